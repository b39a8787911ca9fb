"""Fixes change what was asked for and nothing else: comments, layout, quotes and line ends stay."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_lint.text.comments import comments
from gitops_lint.text.edit import Edit, NotEditable, append_item, apply, remove, rename_key, set_value
from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence, Unknown
from gitops_lint.text.parse import parse_json, parse_yaml
from gitops_lint.text.path import Path, parse
from gitops_lint.text.scalars import Plain, plain
from gitops_lint.text.source import Source

Change = Callable[..., list[Edit]]


def root_of(text: str) -> Node:
    root = parse_yaml(Source(text)).documents[0].root
    assert root is not None
    return root


def changed(text: str, change: Change, path: str, *asked: Any) -> str:
    return apply(text, change(root_of(text), parse(path), *asked))


TABLE: list[tuple[str, Change, str, tuple[Any, ...], str]] = [
    # a scalar for a scalar
    ("a: 1 # c\n", set_value, "a", (2,), "a: 2 # c\n"),
    ("a: 1 # c\n", set_value, "a", ("yes",), 'a: "yes" # c\n'),
    ("a: 1\n", set_value, "a", ("1.20",), 'a: "1.20"\n'),
    ("a: 1\n", set_value, "a", ("12:30",), 'a: "12:30"\n'),
    ("a: 1\n", set_value, "a", ("{{ x }}",), 'a: "{{ x }}"\n'),
    ("a: 1\n", set_value, "a", ('say "x": y',), "a: 'say \"x\": y'\n"),
    ("a: 1\n", set_value, "a", ("https://x.y/z",), "a: https://x.y/z\n"),
    ("a: 1\n", set_value, "a", (True,), "a: true\n"),
    ("a: 1\n", set_value, "a", (None,), "a: null\n"),
    ('a: "x"   # c\n', set_value, "a", ("y",), 'a: "y"   # c\n'),
    ("a: 'x'\n", set_value, "a", ("it's",), "a: 'it''s'\n"),
    ("a: 'x'\n", set_value, "a", (5,), "a: 5\n"),
    ("a: &x 1\n", set_value, "a", (2,), "a: &x 2\n"),
    ("a:\n", set_value, "a", (2,), "a: 2\n"),
    ("a: # c\nb: 1\n", set_value, "a", (2,), "a: 2 # c\nb: 1\n"),
    ("a:\r\n  b: 1\r\n", set_value, "a.c", (2,), "a:\r\n  b: 1\r\n  c: 2\r\n"),
    ("- 1\n- 2\n", set_value, "[1]", (3,), "- 1\n- 3\n"),
    # blocks
    ("a: | # c\n  x\n  y\n\nb: 1\n", set_value, "a", ("z",), "a: z # c\n\nb: 1\n"),
    ("a: | # c\n  x\n  y\n\nb: 1\n", set_value, "a", ("z\nw\n",), "a: | # c\n  z\n  w\n\nb: 1\n"),
    ("a:\n  b: 1 # c\n", set_value, "a.b", ("x\ny",), "a:\n  b: |- # c\n    x\n    y\n"),
    ("a: 1", set_value, "a", ("x\ny\n",), "a: |\n  x\n  y\n"),
    # collections
    ("a: 1 # c\nb: 2\n", set_value, "a", ({"x": [1]},), "a: # c\n  x:\n    - 1\nb: 2\n"),
    ("a:\n  b: 1\nc:\n- d\n", set_value, "a", ([2],), "a:\n- 2\nc:\n- d\n"),
    ("a:\n  b: 1\n", set_value, "a", ({},), "a: {}\n"),
    ("a: # c\n  b: 1\nd: 2\n", set_value, "a", (3,), "a: 3 # c\nd: 2\n"),
    ("a: {b: 1} # c\n", set_value, "a", ([1, "x,y"],), 'a: [1, "x,y"] # c\n'),
    ("- a: 1\n  b: 2\n- c\n", set_value, "[0]", (5,), "- 5\n- c\n"),
    ("- x # c\n", set_value, "[0]", ({"a": 1, "b": 2},), "- a: 1\n  b: 2 # c\n"),
    # what is missing
    ("a: 1\n", set_value, "b", (2,), "a: 1\nb: 2\n"),
    ("a: 1", set_value, "b", (2,), "a: 1\nb: 2"),
    ("a: 1\n---\nz: 1\n", set_value, "b", (2,), "a: 1\nb: 2\n---\nz: 1\n"),
    (
        "metadata:\n    name: x # c\n",
        set_value,
        'metadata.annotations["a.b/c"]',
        ("1",),
        'metadata:\n    name: x # c\n    annotations:\n        a.b/c: "1"\n',
    ),
    ("a:\n- x: 1\n", set_value, "a[0].u.v", (2,), "a:\n- x: 1\n  u:\n    v: 2\n"),
    ("a: {b: 1} # c\n", set_value, "a.d", ("x",), "a: {b: 1, d: x} # c\n"),
    ("a: {}\n", set_value, "a.b", (1,), "a: {b: 1}\n"),
    ("a:\nb: 1\n", set_value, "a.c", (1,), "a:\n  c: 1\nb: 1\n"),
    ("a: |+\n  x\n\n\n", set_value, "b", (1,), "a: |+\n  x\n\n\nb: 1\n"),
    # appending
    ("a:\n  - x # c\n# d\nb: 1\n", append_item, "a", ("w",), "a:\n  - x # c\n  - w\n# d\nb: 1\n"),
    ("a: [x] # c\n", append_item, "a", ("w",), "a: [x, w] # c\n"),
    ("a: []\n", append_item, "a", ("y",), 'a: ["y"]\n'),
    ("a: [\n  x, # c\n  y # d\n]\n", append_item, "a", ("z",), "a: [\n  x, # c\n  y, # d\n  z\n]\n"),
    ("a: [\n  x,\n]\n", append_item, "a", ("z",), "a: [\n  x,\n  z\n]\n"),
    ("a:\n", append_item, "a", ("z",), "a:\n  - z\n"),
    ("b: 1\n", append_item, "a", ({"k": 1, "m": 2},), "b: 1\na:\n  - k: 1\n    m: 2\n"),
    # removing
    ("a: 1\nb: 2 # c\n# d\n", remove, "b", (), "a: 1\n# d\n"),
    ("a: 1\nb: 2", remove, "b", (), "a: 1"),
    ("a: 1\nb:\n  c: 1\n  d: 2\ne: 3\n", remove, "b", (), "a: 1\ne: 3\n"),
    ("a:\n  b: 1 # c\nd: 1\n", remove, "a.b", (), "a: {} # c\nd: 1\n"),
    ("- a: 1\n  b: 2\n", remove, "[0].a", (), "- b: 2\n"),
    ("- a: 1\n  b: 2\n", remove, "[0].b", (), "- a: 1\n"),
    ("a:\n- x\n- y # c\n- z\n", remove, "a[1]", (), "a:\n- x\n- z\n"),
    ("a:\n- x\nb: 1\n", remove, "a[0]", (), "a: []\nb: 1\n"),
    ("a: {b: 1, c: 2, d: 3}\n", remove, "a.c", (), "a: {b: 1, d: 3}\n"),
    ("a: {b: 1, c: 2}\n", remove, "a.c", (), "a: {b: 1}\n"),
    ("a: &x 1\nb: *x\nc: 2\n", remove, "b", (), "a: &x 1\nc: 2\n"),
    # renaming
    ("a: 1 # c\n", rename_key, "a", ("b",), "b: 1 # c\n"),
    ('"a": 1\n', rename_key, "a", ("b",), '"b": 1\n'),
    ("a: 1\n", rename_key, "a", ("on",), '"on": 1\n'),
    ("a: {b: &x {c: 1}}\n", rename_key, "a.b", ("d",), "a: {d: &x {c: 1}}\n"),
]


@pytest.mark.parametrize(("text", "change", "path", "asked", "expected"), TABLE)
def test_a_change_alters_only_its_own_lines(
    text: str, change: Change, path: str, asked: tuple[Any, ...], expected: str
) -> None:
    assert changed(text, change, path, *asked) == expected


JSON = '{\n  "a": 1,\n  "b": ["x"]\n}\n'


@pytest.mark.parametrize(
    ("change", "path", "asked", "expected"),
    [
        (set_value, "c.d", ("y",), '{\n  "a": 1,\n  "b": ["x"],\n  "c": {"d": "y"}\n}\n'),
        (append_item, "b", ("z",), '{\n  "a": 1,\n  "b": ["x", "z"]\n}\n'),
        (remove, "b", (), '{\n  "a": 1\n}\n'),
        (rename_key, "a", ("e",), '{\n  "e": 1,\n  "b": ["x"]\n}\n'),
    ],
)
def test_json_stays_json(change: Change, path: str, asked: tuple[Any, ...], expected: str) -> None:
    result = changed(JSON, change, path, *asked)

    assert result == expected
    assert parse_json(Source(result)).mistakes == []


def test_a_value_that_is_there_already_needs_no_edit() -> None:
    root = root_of("a: [1, {b: yes}]\n")

    assert set_value(root, ("a", 0), 1) == []
    assert set_value(root, ("a",), [1, {"b": True}]) == []
    assert set_value(root, ("a", 0), True) != []


REFUSED: list[tuple[str, Change, str, tuple[Any, ...], str]] = [
    ("a: &x 1\nb: *x\n", set_value, "b", (2,), "the value is shared by an alias"),
    ("a: &x 1\nb: *x\n", set_value, "a", (2,), "the value is shared by an alias"),
    ("a: &x {c: 1}\nb: *x\n", set_value, "b.c", (2,), "the value is shared by an alias"),
    ("a: &x {c: {d: 1}}\nb:\n  <<: *x\n", set_value, "b.c.d", (2,), "the value comes from a merge"),
    ("x: &x {a: 1}\nb:\n  a: 2\n  <<: *x\n", set_value, "b.a", (3,), "a merge below the key may replace it"),
    ("a: 1\na: 2\n", set_value, "a", (3,), "key `a` is written twice"),
    ("a: !!str 1\n", set_value, "a", (3,), "the value has a tag"),
    ("a: x\n", set_value, "a.b", (3,), "`a` is not a mapping"),
    ("a: [1]\n", set_value, "a[3]", (3,), "a list item can be added at the end only"),
    ("a: 1\n", append_item, "a", (3,), "`a` is not a list"),
    ("a: 1\n", remove, "b", (), "`b` is not there"),
    ("a: 1\n", remove, "", (), "`` is not there"),
    ("a: 1\nb: 2\n", rename_key, "a", ("b",), "`b` is there already"),
    ("- 1\n", rename_key, "[0]", ("b",), "`[0]` is no key"),
    ("x: &x {a: 1}\nb:\n  <<: *x\n  a: 2\n", remove, "b.a", (), "the change would alter more than was asked for"),
]


@pytest.mark.parametrize(("text", "change", "path", "asked", "why"), REFUSED)
def test_what_cannot_be_edited_says_why(text: str, change: Change, path: str, asked: tuple[Any, ...], why: str) -> None:
    with pytest.raises(NotEditable, match=re.escape(why)) as raised:
        changed(text, change, path, *asked)
    assert raised.value.why == why


def test_only_text_that_a_person_wrote_in_a_file_is_edited() -> None:
    root = root_of("a: 1\n")
    assert isinstance(root, Mapping)
    made = Scalar(root.source, 3, 4, "2", origin=Origin("ApplicationSet shop"))
    engine = Mapping(root.source, 0, 4, [root.items[0], made])
    other = Mapping(root.source, 0, 4, [root.items[0], Scalar(Source("x"), 0, 1, "x")])
    holder = Scalar(Source("c: |\n  a: 1\n", "cm.yaml"), 3, 11, "a: 1\n", "|")
    inner = parse_yaml(Source("a: 1\n", None, holder)).documents[0].root
    assert inner is not None
    unknown = Mapping(root.source, 0, 4, [root.items[0], Unknown(root.source, 3, 4, "x", Origin("chart"))])

    for tree, why in [
        (engine, "the value was made by an engine, nobody wrote it"),
        (other, "the value is written in another text"),
        (inner, "the text lies inside a value of another document"),
        (unknown, "the value was made by an engine, nobody wrote it"),
    ]:
        with pytest.raises(NotEditable, match=why):
            set_value(tree, ("a",), 3)


def test_an_explicit_key_may_be_added_over_a_merge() -> None:
    text = "x: &x {a: 1}\nb:\n  <<: *x\n"

    assert changed(text, set_value, "b.a", 2) == text + "  a: 2\n"


def test_a_number_that_json_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="no number that can be written"):
        set_value(root_of("a: 1\n"), ("a",), float("inf"))


def test_edits_apply_in_any_order_and_must_not_overlap() -> None:
    assert apply("abc", [Edit(2, 3, "C"), Edit(0, 1, "A"), Edit(3, 3, "!")]) == "AbC!"
    with pytest.raises(ValueError, match="two edits overlap at offset 1"):
        apply("abc", [Edit(0, 2, "x"), Edit(1, 3, "y")])


class Dumper(yaml.SafeDumper):
    """PyYAML's emitter with lists indented below their keys or not."""

    lists_indented = False

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless and not self.lists_indented)


class Indented(Dumper):
    lists_indented = True


WORDS = st.sampled_from(
    [
        "a",
        "name",
        "on",
        "12",
        "1e3",
        "x: y",
        "# no",
        "",
        "it's",
        'say "x"',
        "line\nmore\n",
        "line\nmore",
        "- x",
        "{{ x }}",
        "12:30",
        "null",
        "~",
        "a,b",
        "[x]",
        "é",
        "2001-12-14",
        "=",
        "0o17",
        " lead",
        "trail ",
        "\t",
        "*x",
    ]
)
SCALARS = WORDS | st.integers(-5, 2000) | st.booleans() | st.none() | st.sampled_from([1.5, 1e22, -0.25])
KEYS = st.sampled_from(["a", "b", "c", "x y", "12", "a.b/c", "off"])
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3),
    max_leaves=8,
)


def paths(tree: Plain, path: Path = ()) -> list[Path]:
    below: list[tuple[str | int, Plain]] = []
    if isinstance(tree, dict):
        below = list(tree.items())
    elif isinstance(tree, list):
        below = list(enumerate(tree))
    return [path, *(deeper for segment, child in below for deeper in paths(child, (*path, segment)))]


def layout(tree: Plain, data: st.DataObject) -> str:
    """The tree as a person may have written it, with comments before and behind."""
    text = yaml.dump(
        tree,
        Dumper=data.draw(st.sampled_from([Dumper, Indented])),
        default_flow_style=data.draw(st.sampled_from([False, False, None, True])),
        indent=data.draw(st.sampled_from([2, 4])),
        sort_keys=False,
        allow_unicode=True,
        width=40,
    )
    lines = []
    for number, line in enumerate(text.splitlines()):
        # Behind `key:` a comment can always stand; elsewhere it may be text.
        lines.append(f"{line} # c{number}" if re.fullmatch(r"[ -]*\w+:", line) else line)
    text = data.draw(st.sampled_from(["", "# top\n", "---\n"])) + "\n".join(lines)
    return text + data.draw(st.sampled_from(["", "\n", "\n# end\n", "\n---\nz: 1\n"]))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), VALUES, st.data())
def test_the_value_is_set_and_all_else_is_unchanged(tree: dict[str, Plain], wanted: Plain, data: st.DataObject) -> None:
    text = layout(tree, data)
    root = root_of(text)
    tree = mapping_of(root)
    path = data.draw(st.sampled_from(paths(tree)))
    edits = set_value(root, path, wanted)
    result = apply(text, edits)

    assert plain(root_of(result)) == replaced(tree, path, wanted)
    if isinstance(wanted, (str, int, float)) and not isinstance(at(tree, path), (dict, list)):
        assert told(result) == told(text)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), VALUES, st.data())
def test_items_are_appended_and_entries_removed(tree: dict[str, Plain], wanted: Plain, data: st.DataObject) -> None:
    text = layout(tree, data)
    root = root_of(text)
    tree = mapping_of(root)
    path = data.draw(st.sampled_from(paths(tree)))
    if isinstance(at(tree, path), list):
        result = apply(text, append_item(root, path, wanted))

        assert plain(root_of(result)) == replaced(tree, path, [*as_list(at(tree, path)), wanted])
        assert told(result) == told(text)
    if path:
        result = apply(text, remove(root, path))
        parent = at(tree, path[:-1])
        kept: Plain
        if isinstance(parent, dict):
            kept = {key: value for key, value in parent.items() if key != path[-1]}
        else:
            kept = [item for index, item in enumerate(as_list(parent)) if index != path[-1]]

        assert plain(root_of(result)) == replaced(tree, path[:-1], kept)
        if isinstance(path[-1], str):
            renamed = apply(text, rename_key(root, path, "new name"))
            assert told(renamed) == told(text)


def told(text: str) -> list[str]:
    source = Source(text)
    return [comment.text for comment in comments(source, parse_yaml(source))]


def mapping_of(root: Node) -> dict[str, Plain]:
    """What go-yaml makes of the text: PyYAML writes some texts without quotes that go-yaml takes for numbers."""
    tree = plain(root)
    assert isinstance(tree, dict)
    return tree


def as_list(tree: Plain) -> list[Plain]:
    assert isinstance(tree, list)
    return tree


def at(tree: Plain, path: Path) -> Plain:
    for segment in path:
        if isinstance(tree, dict) and isinstance(segment, str):
            tree = tree[segment]
        else:
            assert isinstance(segment, int)
            tree = as_list(tree)[segment]
    return tree


def replaced(tree: Plain, path: Path, wanted: Plain) -> Plain:
    if not path:
        return wanted
    segment, rest = path[0], path[1:]
    if isinstance(tree, dict) and isinstance(segment, str):
        return {key: replaced(value, rest, wanted) if key == segment else value for key, value in tree.items()}
    return [replaced(item, rest, wanted) if index == segment else item for index, item in enumerate(as_list(tree))]


def test_the_words_for_nodes_are_short() -> None:
    root = root_of("a: [1]\n")
    assert isinstance(root, Mapping)

    assert repr(root) == "Mapping(1 keys, 0:6)"
    assert repr(root.items[1]) == "Sequence(1 items, 3:6)"
    assert repr(Sequence(root.source, 0, 0, [])) == "Sequence(0 items, 0:0)"
    assert repr(root.items[0]) == "Scalar('a', 0:1)"
    assert repr(Unknown(root.source, 0, 1, "made by a chart")) == "Unknown('made by a chart', 0:1)"
    assert repr(root.source) == "<Source of no file, 7 characters>"
