"""Printed manifests are read back as the values they were printed from."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from gitops_lint.report.manifest_text import ManifestJson, ManifestYaml
from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence, Source, Unknown
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import Plain, plain

ORIGIN = Origin("ApplicationSet shop")
SOURCE = Source("")


def tree(text: str) -> Mapping:
    root = parse_yaml(Source(text, "a.yaml")).documents[0].root
    assert isinstance(root, Mapping)
    return root


def made(value: Plain) -> Node:
    """A tree as an engine makes it: every text is rendered."""
    if isinstance(value, dict):
        items = [one for key, below in value.items() for one in (made(key), made(below))]
        return Mapping(SOURCE, 0, 0, items, origin=ORIGIN)
    if isinstance(value, list):
        return Sequence(SOURCE, 0, 0, [made(one) for one in value], origin=ORIGIN)
    if isinstance(value, str):
        return Scalar(SOURCE, 0, 0, value, '"', None, ORIGIN)
    return Scalar(SOURCE, 0, 0, json.dumps(value))


def read(text: str) -> Plain:
    parsed = parse_yaml(Source(text))
    assert parsed.mistakes == []
    root = parsed.documents[0].root
    assert root is not None
    return plain(root)


texts = st.text() | st.sampled_from(
    ["", "y", "no", "1", "0x1F", "1e3", "null", "~", "a: b", "a #b", "- a", "{{x}}", "2001-12-14", "12:30:45", "=", "<<", ".inf",
     "a\nb", "a\n", " a\n b\n", "\n", "a\n\nb\n\n", "\ta", "it's", 'say "x"', "back\\slash", "@x", "*", "&a", "!t", "%", "👍", "\u2028",
     "\x00", "\x7f", "a\r\nb", "---", "..."]
)  # fmt: skip
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def canonical(value: Plain) -> Plain:
    """As JSON has it for Go: a number without a fraction is one whole number."""
    if isinstance(value, dict):
        return {key: canonical(one) for key, one in value.items()}
    if isinstance(value, list):
        return [canonical(one) for one in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value


@given(st.dictionaries(texts, values, max_size=4))
@example({"a": [[["b"]], [], {}, [{"c": [1, "1"]}]]})
@example({"text": "one\n  two\n\nthree\n", "list": ["a\nb"]})
def test_yaml_is_read_back_as_the_same_values(value: dict[str, Plain]) -> None:
    root = made(value)
    assert isinstance(root, Mapping)

    assert read(ManifestYaml()(root)) == canonical(value)


@given(st.dictionaries(texts, values, max_size=4))
def test_json_is_read_back_as_the_same_values(value: dict[str, Plain]) -> None:
    root = made(value)

    assert json.loads(ManifestJson()(root)) == canonical(value)


WRITTEN = """\
metadata: {name: a, labels: {y: on, 1: "2"}}
spec:
  text: |
    one
    two
  numbers: [0x1F, 1e3, 017, 1_000, .5]
  empty: {a: {}, b: [], c: null, d: ''}
  list: [[1, [2]], {a: [b]}, {}, []]
  same: &same {k: v}
  again: *same
  merged: {<<: *same, other: 1}
  twice: 1
  twice: 2
"""


def test_what_people_wrote_is_printed_as_it_is_read() -> None:
    root = tree(WRITTEN)

    assert read(ManifestYaml()(root)) == plain(root)
    assert json.loads(ManifestJson()(root)) == plain(root)


def test_other_readers_read_the_same() -> None:
    value: dict[str, Plain] = {"a": "yes", "b": "12:30:45", "c": "2001-12-14", "d": "=", "e": "1e3", "f": [1, "a: b"]}
    root = made(value)
    assert isinstance(root, Mapping)

    assert yaml.safe_load(ManifestYaml()(root)) == value


def test_shared_nodes_are_printed_at_the_depth_they_stand_in() -> None:
    shared = tree("a: {b: [c, {d: e}]}")
    roots = [
        Mapping(SOURCE, 0, 0, [made("x"), shared], origin=ORIGIN),
        Mapping(SOURCE, 0, 0, [made("x"), Mapping(SOURCE, 0, 0, [made("z"), shared], origin=ORIGIN)], origin=ORIGIN),
    ]
    text = ManifestYaml()

    assert [text(root) for root in roots] == [
        "x:\n  a:\n    b:\n    - c\n    - d: e\n",
        "x:\n  z:\n    a:\n      b:\n      - c\n      - d: e\n",
    ]


@pytest.mark.parametrize(
    ("writer", "printed"), [("yaml", "a: null  # not known: it is drawn by lot\n"), ("json", '{"a": null}')]
)
def test_what_is_not_known_is_null(writer: str, printed: str) -> None:
    root = Mapping(SOURCE, 0, 0, [made("a"), Unknown(SOURCE, 0, 0, "it is drawn\nby lot", ORIGIN)], origin=ORIGIN)

    assert (ManifestYaml() if writer == "yaml" else ManifestJson())(root) == printed


def test_an_empty_mapping_is_a_document() -> None:
    assert ManifestYaml()(Mapping(SOURCE, 0, 0, [])) == "{}\n"
