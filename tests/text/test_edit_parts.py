"""Edits of parts of a scalar, of texts inside of scalars, and of keys that a later one replaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.text.edit import Edit, NotEditable, apart, apply, edit_inside, remove_shadowed, set_part
from gitops_lint.text.nodes import Node, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.path import parse
from gitops_lint.text.scalars import plain


def root_of(text: str) -> Node:
    root = parse_yaml(Source(text)).documents[0].root
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("text", "start", "end", "new", "expected"),
    [
        ("a: x,y # c\n", 2, 3, "zed", "a: x,zed # c\n"),
        ('a: "x,y" # c\n', 0, 1, "zed", 'a: "zed,y" # c\n'),
        ("a: 'x,y'\n", 2, 3, "z", "a: 'x,z'\n"),
        ("a: >-\n  x,\n  y\n", 3, 4, "z", "a: >-\n  x,\n  z\n"),
        ("a: |\n  x\n  y\n", 2, 3, "z", "a: |\n  x\n  z\n"),
        ('a: "\\u0078,y"\n', 0, 1, "z", 'a: "z,y"\n'),
        ("a: x,y\n", 2, 3, "z: #", 'a: "x,z: #"\n'),
    ],
)
def test_a_part_of_a_value_is_set(text: str, start: int, end: int, new: str, expected: str) -> None:
    assert apply(text, set_part(root_of(text), parse("a"), start, end, new)) == expected


@given(st.text("ab ,:#'\"\\-", min_size=1, max_size=8), st.data())
def test_a_part_that_is_set_is_the_part_of_the_value(value: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    new = data.draw(st.text("xy: #'", max_size=4))
    text = "a: '" + value.replace("'", "''") + "' # c\nb: 1\n"

    made = apply(text, set_part(root_of(text), parse("a"), start, end, new))

    assert plain(root_of(made)) == {"a": value[:start] + new + value[end:], "b": 1}
    assert made.endswith(" # c\nb: 1\n")


PATCH = "patch: |- # why\n  - op: add\n    path: x # c\n  - op: remove\nb: 1\n"


def test_a_text_in_a_block_is_edited_at_its_place() -> None:
    inner = "- op: add\n  path: x # c\n- op: remove"
    at = inner.index("x")

    made = apply(PATCH, edit_inside(root_of(PATCH), parse("patch"), [Edit(at, at + 1, "/x")]))

    assert made == PATCH.replace("path: x", "path: /x")


@pytest.mark.parametrize(
    ("text", "edit", "why"),
    [
        (PATCH, Edit(0, 0, "a\n"), "the change takes other lines"),
        (PATCH, Edit(0, 12, ""), "the change takes other lines"),
        ('patch: "\\u0078"\n', Edit(0, 1, "y"), "the text stands in the file in another form"),
        ("patch: [a]\n", Edit(0, 1, "y"), "`patch` is no text"),
        ("x: &p a\npatch: *p\n", Edit(0, 1, "y"), "the value is shared by an alias"),
    ],
)
def test_what_cannot_be_edited_inside_is_left_alone(text: str, edit: Edit, why: str) -> None:
    with pytest.raises(NotEditable) as caught:
        edit_inside(root_of(text), parse("patch"), [edit])

    assert caught.value.why in (why, "the text stands in the file in another form")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1 # one\nb: 2\na: 3\n", "b: 2\na: 3\n"),
        ("# top\na: 1\na: 3\n", "# top\na: 3\n"),
        ("a:\n  x: 1\n  y: [1,\n    2]\na: 3\n", "a: 3\n"),
        ("{a: 1, b: 2, a: 3}\n", "{b: 2, a: 3}\n"),
        ("a: |\n  text\n\na: 3\n", "\na: 3\n"),
    ],
)
def test_a_key_that_does_not_count_is_removed(text: str, expected: str) -> None:
    made = apply(text, remove_shadowed(root_of(text), text.index("a:")))

    assert made == expected
    assert plain(root_of(made)) == plain(root_of(text))


@pytest.mark.parametrize(
    ("text", "start"),
    [("a: 1\na: 3\n", 5), ("a: 1\nb: 3\n", 0), ("a: 1\na: 3\n", 3), ("x: &m\n  a: 1\n  a: 2\ny: *m\n", 8)],
    ids=["the one that counts", "the only one", "no key", "below an anchor"],
)
def test_a_key_that_counts_stays(text: str, start: int) -> None:
    with pytest.raises(NotEditable):
        remove_shadowed(root_of(text), start)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [((0, 2), (3, 4), True), ((0, 2), (2, 4), False), ((2, 2), (2, 2), False), ((5, 6), (0, 4), True)],
)
def test_edits_that_touch_are_not_apart(one: tuple[int, int], other: tuple[int, int], expected: bool) -> None:
    assert apart(Edit(*one, ""), [Edit(*other, "")]) is expected
