"""Paths lead from node to text and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.text.nodes import Mapping, Node, children
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.path import Path, find, key_or_node, nearest, parse, path_of, render
from gitops_lint.text.scalars import plain
from gitops_lint.text.source import Source

TABLE: list[tuple[Path, str]] = [
    ((), ""),
    (("spec", "generators", 0, "git"), "spec.generators[0].git"),
    (
        ("metadata", "annotations", "argocd.argoproj.io/sync-wave"),
        'metadata.annotations["argocd.argoproj.io/sync-wave"]',
    ),
    (("data", 'say "x"'), "data['say \"x\"']"),
    (("data", "both ' and \""), 'data["both \' and \\""]'),
    (("a b", 0), '["a b"][0]'),
    (("data", "8080"), 'data["8080"]'),
    (("", 1, 2), '[""][1][2]'),
    (("a-b_c$", "back\\slash"), 'a-b_c$["back\\\\slash"]'),
    (("a", "[0]"), 'a["[0]"]'),
    (("a", "line\nbreak"), 'a["line\nbreak"]'),
]


@pytest.mark.parametrize(("path", "text"), TABLE)
def test_paths_are_written_and_read(path: Path, text: str) -> None:
    assert render(path) == text
    assert parse(text) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [("data['a.b/c'].x", ("data", "a.b/c", "x")), ("['x'][10]", ("x", 10)), ("a.0.b", ("a", "0", "b"))],
)
def test_other_spellings_are_read_too(text: str, path: Path) -> None:
    assert parse(text) == path


@pytest.mark.parametrize("text", ["a[", "a[x]", "a..b", ".a", "a['b]", "a]", "a[0]b", "a.", '["a"'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        parse(text)


@given(st.lists(st.text(max_size=6) | st.integers(0, 99), max_size=5))
def test_every_path_reads_back(path: list[str | int]) -> None:
    assert parse(render(tuple(path))) == tuple(path)


TEXT = """\
metadata:
  annotations: {a.b/c: "1"}
spec:
  list: &list
  - name: x
  - [1, 2]
  again: *list
  none:
on: 1
base: &base {k: v}
merged:
  <<: *base
"""


def root() -> Node:
    found = parse_yaml(Source(TEXT)).documents[0].root
    assert found is not None
    return found


def all_nodes(node: Node) -> list[Node]:
    return [node, *(below for child in children(node) for below in all_nodes(child))]


FOUND = [
    ("", 0),
    ('metadata.annotations["a.b/c"]', "1"),
    ("spec.list[0].name", "x"),
    ("spec.list[1][1]", 2),
    ("spec.again[0].name", "x"),
    ("spec.none", None),
    ("true", 1),
    ("on", 1),
    ("merged.k", "v"),
]


@pytest.mark.parametrize(("path", "expected"), FOUND)
def test_a_path_finds_its_node(path: str, expected: object) -> None:
    top = root()
    node = find(top, path)
    assert node is not None

    if path == "":
        assert node is top
    else:
        assert plain(node) == expected


@pytest.mark.parametrize("path", ["spec.lost", "spec.list[2]", "spec.list.name", "spec[0]", "metadata.annotations.a"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert find(root(), path) is None


def test_the_nearest_node_and_its_key_stand_for_what_is_missing() -> None:
    top = root()
    node, found = nearest(top, parse("spec.list[0].image.tag"))
    key = key_or_node(top, parse("spec.lost.deep"))

    assert found == ("spec", "list", 0)
    assert plain(node) == {"name": "x"}
    assert TEXT[key.start : key.end] == "spec"
    assert key_or_node(top, parse("spec.list[0].image")) is node
    assert key_or_node(top, parse("lost")) is top
    assert plain(key_or_node(top, parse("spec.list[0].name"))) == "x"


def test_every_node_has_a_path_that_finds_it() -> None:
    top = root()
    keys = {id(key) for node in all_nodes(top) if isinstance(node, Mapping) for key in node.items[::2]}
    for node in all_nodes(top):
        path = path_of(top, node)
        assert path is not None
        if id(node) not in keys:
            assert find(top, path) is node
            assert find(top, render(path)) is node


def test_a_key_has_the_path_of_its_value() -> None:
    top = root()
    assert isinstance(top, Mapping)

    assert path_of(top, top.items[2]) == ("spec",)
    assert path_of(top, top.items[4]) == ("true",)


def test_a_node_of_another_tree_has_no_path() -> None:
    assert path_of(root(), root()) is None
