"""A place in a value becomes a place in the text that a person wrote, whatever the style."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_lint.text.inside import outermost, place_in_value, place_of, value_offset
from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence
from gitops_lint.text.parse import parse_json, parse_yaml
from gitops_lint.text.scalars import get
from gitops_lint.text.source import Source
from gitops_lint.text.span import Place


def scalar_of(text: str, key: str = "a", file: str | None = None) -> Scalar:
    root = parse_yaml(Source(text, file)).documents[0].root
    node = get(root, key) if root is not None else None
    assert isinstance(node, Scalar)
    return node


def covered(scalar: Scalar, part: str) -> str:
    start = scalar.text.index(part)
    source, first, last = place_in_value(scalar, start, start + len(part))
    return source.text[first:last]


# A scalar as written, a part of its value, and the text that part covers.
TABLE = [
    ("a: foo bar\n", "bar", "bar"),
    ("a: foo\n  bar\n", "bar", "bar"),
    ("a: foo\n  bar\n", "o b", "o\n  b"),
    ("a: foo\n\n  bar\n", "\n", "\n"),
    ("a: 'it''s so'\n", "t's", "t''s"),
    ("a: 'it''s so'\n", "so", "so"),
    ("a: 'x\n\n   y'\n", "y", "y"),
    ('a: "x\\ty"\n', "\t", "\\t"),
    ('a: "x\\ty"\n', "y", "y"),
    ('a: "\\u00e9\\x41\\U0001F600z"\n', "A", "\\x41"),
    ('a: "\\u00e9\\x41\\U0001F600z"\n', "\U0001f600", "\\U0001F600"),
    ('a: "\\u00e9\\x41\\U0001F600z"\n', "z", "z"),
    ('a: "foo \\\n   bar"\n', "foo b", "foo \\\n   b"),
    ('a: "foo\n   bar"\n', "bar", "bar"),
    ("a: |\n  foo\n    bar\n  baz\n", "bar", "bar"),
    ("a: |\n  foo\n    bar\n  baz\n", "foo\n  b", "foo\n    b"),
    ("a: |2\n    foo\n  bar\n", "  foo", "  foo"),
    ("a: |2-\n    foo\n  bar\n", "bar", "bar"),
    ("a: |-2\n    foo\n  bar\n", "bar", "bar"),
    ("a: |+ # c\n  foo\n\n\n", "foo\n\n", "foo\n\n"),
    ("a: |\n\n\n  foo\n", "foo", "foo"),
    ("a: >\n  foo\n  bar\n\n  baz\n   deep\n  end\n", "bar", "bar"),
    ("a: >\n  foo\n  bar\n\n  baz\n   deep\n  end\n", "foo bar", "foo\n  bar"),
    ("a: >\n  foo\n  bar\n\n  baz\n   deep\n  end\n", " deep", " deep"),
    ("a: >-\n  foo\n  bar\n", "bar", "bar"),
    ("a: |\r\n  foo\r\n  bar\r\n", "bar", "bar"),
    ("a: &x !!str |\n  foo\n", "foo", "foo"),
    ("b:\n  - c: 1\na: 'x'\n", "x", "x"),
]


@pytest.mark.parametrize(("text", "part", "expected"), TABLE)
def test_a_part_of_a_value_covers_its_text(text: str, part: str, expected: str) -> None:
    assert covered(scalar_of(text), part) == expected


def test_json_escapes_translate_with_surrogate_pairs() -> None:
    root = parse_json(Source('{"a": "x\\ud83d\\ude00\\u0041y"}')).documents[0].root
    assert root is not None
    node = get(root, "a")
    assert isinstance(node, Scalar)

    assert covered(node, "\U0001f600") == "\\ud83d\\ude00"
    assert covered(node, "y") == "y"


def test_an_empty_stretch_is_a_place_between_characters() -> None:
    text = "a: 'xy'\n"
    scalar = scalar_of(text)

    assert [place_in_value(scalar, at, at)[1] for at in (0, 1, 2)] == [4, 5, 6]
    assert place_in_value(scalar_of("a: ''\n"), 0, 0)[1:] == (4, 4)


def test_a_stretch_outside_of_the_value_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("1..5 lies outside of a value of 2 characters")):
        place_in_value(scalar_of("a: xy\n"), 1, 5)


def test_the_cursor_finds_its_character() -> None:
    text = 'a: "x\\ty"\n'
    scalar = scalar_of(text)

    assert [value_offset(scalar, at) for at in range(3, 10)] == [0, 0, 1, 1, 2, 3, 3]
    assert value_offset(scalar, 1) is None


def nested(outer: str, key: str = "a", exact: bool = True) -> tuple[Scalar, Source]:
    holder = scalar_of(outer, key, "apps/cm.yaml")
    return holder, Source(holder.text, None, holder, exact)


def test_text_in_a_block_scalar_translates_outwards() -> None:
    text = "a: |\n  b: 'it''s'\n  c: |\n    deep: query\n"
    _, inner = nested(text)
    root = parse_yaml(inner).documents[0].root
    assert isinstance(root, Mapping)
    node = get(root, "b")
    assert isinstance(node, Scalar)
    deepest = get(root, "c")
    assert isinstance(deepest, Scalar)
    third = Source(deepest.text, None, deepest)
    root = parse_yaml(third).documents[0].root
    assert root is not None
    query = get(root, "deep")
    assert isinstance(query, Scalar)

    assert covered(node, "'s") == "''s"
    assert covered(query, "query") == "query"
    assert place_of(query) == Place("apps/cm.yaml", text.index("query"), text.index("query") + 5)
    assert value_offset(query, text.index("query") + 2) == 2
    assert outermost(third, 0, 4)[1:] == (text.index("deep"), text.index("deep") + 4)


def test_rendered_text_has_the_place_of_its_scalar() -> None:
    text = "a: |\n  b: {{ x }}\n"
    holder, rendered = nested(text, exact=False)
    node = Scalar(rendered, 3, 4, "y")

    assert place_in_value(node, 0, 1) == (holder.source, holder.start, holder.end)
    assert place_of(node) == Place("apps/cm.yaml", holder.start, holder.end)
    assert value_offset(node, holder.start + 4) is None


def test_a_rendered_scalar_is_its_own_place() -> None:
    scalar = scalar_of('a: "{{ x }}"\n')
    made = Scalar(scalar.source, scalar.start, scalar.end, "production", '"', None, Origin("ApplicationSet shop"))

    assert place_in_value(made, 0, 4)[1:] == (scalar.start, scalar.end)


def test_a_node_of_no_file_has_no_place() -> None:
    assert place_of(scalar_of("a: x\n")) is None


class Emitter(yaml.SafeDumper):
    """PyYAML's emitter, told a style for every text."""


TEXT = st.text(alphabet=st.sampled_from("ab c'\"\\:#-é\U0001f600\n\n\t\u2028\x85\x07 "), max_size=30)


def scalars_of(root: Node) -> list[Scalar]:
    if isinstance(root, Scalar):
        return [root]
    if isinstance(root, (Mapping, Sequence)):
        return [scalar for child in root.items for scalar in scalars_of(child)]
    return []


@settings(max_examples=400, deadline=None)
@given(
    values=st.lists(TEXT, min_size=1, max_size=3),
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    width=st.sampled_from([4, 20, 200]),
    line_break=st.sampled_from(["\n", "\r\n", "\r"]),
    unicode=st.booleans(),
)
def test_every_character_of_every_scalar_finds_its_text(
    values: list[str], style: str | None, width: int, line_break: str, unicode: bool
) -> None:
    tree = {"k": [{"x": value} for value in values]}
    text = yaml.dump(
        tree,
        Dumper=Emitter,
        default_style=style,
        width=width,
        allow_unicode=unicode,
        default_flow_style=False,
        line_break=line_break,
    )
    parsed = parse_yaml(Source(text))
    assert parsed.mistakes == []
    for document in parsed.documents:
        assert document.root is not None
        for scalar in scalars_of(document.root):
            check_characters(scalar, text)


def check_characters(scalar: Scalar, text: str) -> None:
    behind = scalar.start
    for at, character in enumerate(scalar.text):
        _, start, end = place_in_value(scalar, at, at + 1)
        written = text[start:end]

        assert behind <= start < end
        assert (start, end) != (scalar.start, scalar.end) or len(scalar.text) == 1
        assert written == character or written[0] == "\\" or written == "''" or re.search("[\r\n\x85]", written)
        assert value_offset(scalar, start) == at
        behind = end
    assert place_in_value(scalar, 0, len(scalar.text))[2] == behind or not scalar.text
