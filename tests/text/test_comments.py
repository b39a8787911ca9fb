"""Comments are found between scalars, with the document they lie in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.text.comments import comments
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.source import Source


def found(text: str) -> list[tuple[str, bool, int]]:
    source = Source(text)
    return [(one.text, one.own_line, one.document) for one in comments(source, parse_yaml(source))]


TABLE = [
    ("# a\n", [("a", True, 0)]),
    ("a: 1 # b\n", [("b", False, 0)]),
    ("a: 1 #b", [("b", False, 0)]),
    ("  #  b  \na: 1\n", [("b", True, 0)]),
    ("a: x#y\n", []),
    ("a: 'x # y' # z\n", [("z", False, 0)]),
    ('a: "x\n  # y" # z\n', [("z", False, 0)]),
    ("a: | # head\n  # no\n  x # no\n# yes\n", [("head", False, 0), ("yes", True, 0)]),
    ("a: |\n  x\n\n # yes\nb: 1\n", [("yes", True, 0)]),
    ("a: [1, # b\n  2] # c\n", [("b", False, 0), ("c", False, 0)]),
    ("a: &x 1 # b\nc: *x # d\n", [("b", False, 0), ("d", False, 0)]),
    ("# a\n---\n# b\nc: 1\n--- # d\ne: 2\n# f\n", [("a", True, 0), ("b", True, 0), ("d", False, 1), ("f", True, 1)]),
    ("a: [ # b\n---\nc: 1 # d\n", [("b", False, 0), ("d", False, 1)]),
    ("a: '# b': c # d\n", [("d", False, 0)]),
    ("a: # # b\n", [("# b", False, 0)]),
    ("a: 1\r\n# b\r\nc: 2 # d\r\n", [("b", True, 0), ("d", False, 0)]),
    ("#\n", [("", True, 0)]),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_comments_are_told_from_text(text: str, expected: list[tuple[str, bool, int]]) -> None:
    assert found(text) == expected


@given(st.text(alphabet=st.sampled_from("a:#'\"|-[] \n"), max_size=30))
def test_comments_run_from_their_mark_to_the_end_of_the_line(text: str) -> None:
    source = Source(text)
    for one in comments(source, parse_yaml(source)):
        assert text[one.start] == "#"
        assert text[one.end : one.end + 1] in ("", "\n")
        assert one.text == text[one.start + 1 : one.end].strip()
