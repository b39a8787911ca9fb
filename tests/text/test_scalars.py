"""Scalars are what go-yaml makes of them; MISSING, UNKNOWN, duplicates and merges follow one table."""

from __future__ import annotations

import pytest

from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence, Unknown
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import (
    MISSING,
    UNKNOWN,
    Plain,
    Reader,
    entries,
    get,
    get_written,
    is_null,
    items,
    key_node,
    key_text,
    plain,
    templated,
    text_of,
    value,
)
from gitops_lint.text.source import Source


def root_of(text: str, *, open: bool = False) -> Node:
    parsed = parse_yaml(Source(text), open=open)
    root = parsed.documents[0].root
    assert root is not None
    return root


def typed(written: str, reader: Reader = "v2") -> object:
    return value(get_written(root_of(f"a: {written}\n"), "a"), reader)


# What sigs.k8s.io/yaml and kustomize make of each text.
TABLE: list[tuple[str, object, object]] = [
    *((word, True, word) for word in ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON")),
    *((word, False, word) for word in ("n", "N", "no", "No", "NO", "off", "Off", "OFF")),
    *((word, True, True) for word in ("true", "True", "TRUE")),
    *((word, False, False) for word in ("false", "False", "FALSE")),
    *((word, word, word) for word in ("tRue", "yEs", "oN", "nULL", "None", "nil")),
    *((word, None, None) for word in ("~", "null", "Null", "NULL", "")),
    ("017", 15, 15),
    ("0o17", 15, 15),
    ("0O17", 15, 15),
    ("08", 8, 8),
    ("09", 9, 9),
    ("0x1F", 31, 31),
    ("0X1f", 31, 31),
    ("-0x1F", -31, -31),
    ("0b11", 3, 3),
    ("-0b11", -3, -3),
    ("0b12", "0b12", "0b12"),
    ("1_000", 1000, 1000),
    ("1__0", 10, 10),
    ("1_", 1, 1),
    ("0_7", 7, 7),
    ("_1", "_1", "_1"),
    ("+5", 5, 5),
    ("-5", -5, -5),
    ("+", "+", "+"),
    ("-", [None], [None]),
    ("1e3", 1000, 1000),
    ("1E3", 1000, 1000),
    ("1e+3", 1000, 1000),
    ("5e-1", 0.5, 0.5),
    ("1.5e3", 1500, 1500),
    ("12e03", 12000, 12000),
    ("6e7", 60000000, 60000000),
    ("0e1234", 0, 0),
    ("1.0", 1, 1),
    ("1.", 1, 1),
    (".5", 0.5, 0.5),
    (".", ".", "."),
    ("-.5", -0.5, -0.5),
    ("-0.0", 0, 0),
    ("1.20", 1.2, 1.2),
    ("1.2.3", "1.2.3", "1.2.3"),
    ("1,000", "1,000", "1,000"),
    ("12:30", "12:30", "12:30"),
    ("190:20:30", "190:20:30", "190:20:30"),
    ("22:22", "22:22", "22:22"),
    ("2001-12-14", "2001-12-14", "2001-12-14T00:00:00Z"),
    ("2001-1-4", "2001-1-4", "2001-01-04T00:00:00Z"),
    ("2001-13-14", "2001-13-14", "2001-13-14"),
    ("2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"),
    (".inf", UNKNOWN, UNKNOWN),
    ("-.Inf", UNKNOWN, UNKNOWN),
    (".nan", UNKNOWN, UNKNOWN),
    ("=", "=", "="),
    ("<<", "<<", "<<"),
    ("9223372036854775807", 9223372036854775807, 9223372036854775807),
    ("18446744073709551615", 18446744073709551615, 18446744073709551615),
    ("18446744073709551616", 18446744073709551616.0, 18446744073709551616.0),
    ("12345678901234567890123", 12345678901234567890123.0, 12345678901234567890123.0),
    ("1e400", "1e400", "1e400"),
    ("!foo x", "x", "x"),
    ("!foo 5", "5", "5"),
    ("!!str 5", "5", "5"),
    ('!!int "5"', 5, 5),
    ("!!int x", UNKNOWN, UNKNOWN),
    ("!!float 1", 1, 1),
    ("!!bool yes", True, UNKNOWN),
    ("!!null ~", None, None),
    ("!!binary aGk=", "hi", "hi"),
    ("!!binary ___", UNKNOWN, UNKNOWN),
    ('"yes"', "yes", "yes"),
    ("'017'", "017", "017"),
    ('"~"', "~", "~"),
    ("|\n  1\n", "1\n", "1\n"),
    (">-\n  true\n", "true", "true"),
]


@pytest.mark.parametrize(("written", "v2", "v3"), TABLE, ids=[row[0] or "nothing" for row in TABLE])
def test_each_reader_types_a_text_by_its_own_table(written: str, v2: object, v3: object) -> None:
    if written == "-":
        assert plain(root_of("- \n")) == [None]
        return
    found = typed(written, "v2"), typed(written, "v3")

    assert found == (v2, v3)
    assert tuple(type(one) for one in found) == (type(v2), type(v3))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ x }}", True),
        ("a-{{x}}-b", True),
        ("{{\nx }}", True),
        ("<+input>", True),
        ("${VAR}", True),
        ("{{ x", False),
        ("}} {{", False),
        ("<+", False),
        ("<+>", True),
        ("}} {{ }}", True),
        ("a > b <+ c", False),
        ("$VAR", False),
        ("$(VAR)", False),
        ("{ x }", False),
        ("", False),
    ],
)
def test_a_text_is_templated_when_a_token_is_closed(text: str, expected: bool) -> None:
    assert templated(text) is expected


def test_templated_text_is_unknown_only_where_a_person_wrote_it() -> None:
    node = get(root_of('a: "{{ x }}"\n'), "a")
    assert isinstance(node, Scalar)
    made = Scalar(node.source, node.start, node.end, node.text, node.style, None, Origin("ApplicationSet shop"))

    assert value(node) is UNKNOWN
    assert value(made) == "{{ x }}"
    assert plain(node) == "{{ x }}"


def test_missing_and_unknown_have_no_truth() -> None:
    with pytest.raises(TypeError, match="MISSING is neither true nor false"):
        bool(MISSING)
    with pytest.raises(TypeError, match="UNKNOWN is neither true nor false"):
        bool(UNKNOWN)


def test_missing_and_unknown_are_passed_on() -> None:
    assert get(MISSING, "a") is MISSING
    assert get(UNKNOWN, "a") is UNKNOWN
    assert value(MISSING) is MISSING
    assert value(UNKNOWN) is UNKNOWN
    assert plain(MISSING) is None
    assert text_of(MISSING) is None
    assert items(UNKNOWN) == []
    assert entries(MISSING) == []


def test_collections_have_no_value_of_their_own() -> None:
    root = root_of("a: [1]\n")

    assert value(root) is UNKNOWN
    assert value(get(root, "a")) is UNKNOWN
    assert plain(root) == {"a": [1]}


def test_null_counts_as_missing_unless_what_is_written_is_asked_for() -> None:
    root = root_of('a: ~\nb:\nc: "~"\n')

    assert get(root, "a") is MISSING
    assert get(root, "b") is MISSING
    assert is_null(get_written(root, "a"))
    assert text_of(get(root, "c")) == "~"
    assert get(get_written(root, "a"), "x") is MISSING


def test_a_key_of_something_that_is_no_mapping_is_unknown() -> None:
    root = root_of("a: text\nb: [1]\n")

    assert get(get(root, "a"), "x") is UNKNOWN
    assert get(get(root, "b"), "x") is UNKNOWN


def test_an_open_mapping_never_lacks_a_key() -> None:
    root = root_of("a: 1\nb: {c: 2}\n", open=True)
    assert isinstance(root, Mapping)

    assert root.open
    assert value(get(root, "a")) == 1
    assert get(root, "z") is UNKNOWN
    assert get(get(root, "b"), "z") is UNKNOWN


def test_a_mapping_with_a_template_as_key_never_lacks_a_key() -> None:
    root = root_of('"{{ x }}": 1\nb: 2\n')

    assert value(get(root, "b")) == 2
    assert get(root, "a") is UNKNOWN


def test_the_last_of_two_equal_keys_counts() -> None:
    root = root_of("a: 1\nb: 2\na: 3\n")
    key = key_node(root, "a")

    assert value(get(root, "a")) == 3
    assert key is not None
    assert key.start == 10
    assert plain(root) == {"a": 3, "b": 2}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("y", "true"),
        ("on", "true"),
        ("No", "false"),
        ("1", "1"),
        ("010", "8"),
        ("1.5", "1.5"),
        ("1.0", "1"),
        ("1000000.5", "1.0000005e+06"),
        ("1e3", "1000"),
        ("1e21", "1e+21"),
        ("0.00001", "1e-05"),
        ('"on"', "on"),
        ("a.b/c", "a.b/c"),
        ("12:30", "12:30"),
        ("~", None),
        (".inf", None),
    ],
)
def test_keys_become_texts(key: str, expected: str | None) -> None:
    root = root_of(f"{key}: 1\n")
    assert isinstance(root, Mapping)

    assert key_text(root.items[0]) == expected
    if expected is not None:
        assert value(get(root, expected)) == 1
        assert plain(root) == {expected: 1}


def test_kustomize_keeps_a_key_on() -> None:
    root = root_of("on: 1\n")

    assert plain(root, "v3") == {"on": 1}
    assert get(root, "on") is MISSING
    assert value(get(root, "on", "v3")) == 1


MERGES: list[tuple[str, Plain, Plain]] = [
    ("x: &x {a: 1, b: 2}\nm:\n  <<: *x\n  a: 3\n", {"a": 3, "b": 2}, {"a": 3, "b": 2}),
    # go-yaml v2 goes through the entries in order, so that a merge below a key replaces it.
    ("x: &x {a: 1, b: 2}\nm:\n  a: 3\n  <<: *x\n", {"a": 1, "b": 2}, {"a": 3, "b": 2}),
    ("x: &x {a: 1}\ny: &y {a: 2, b: 2}\nm:\n  <<: [*x, *y]\n", {"a": 1, "b": 2}, {"a": 1, "b": 2}),
    ("m:\n  <<: {a: 1}\n", {"a": 1}, {"a": 1}),
    ("x: &x {a: 1}\ny: &y\n  <<: *x\n  b: 2\nm:\n  <<: *y\n", {"a": 1, "b": 2}, {"a": 1, "b": 2}),
    ('m:\n  "<<": {a: 1}\n', {"<<": {"a": 1}}, {"<<": {"a": 1}}),
]


@pytest.mark.parametrize(("text", "v2", "v3"), MERGES)
def test_merges_follow_the_reader(text: str, v2: dict[str, Plain], v3: dict[str, Plain]) -> None:
    merged = get(root_of(text), "m")
    both: tuple[tuple[Reader, dict[str, Plain]], ...] = (("v2", v2), ("v3", v3))

    for reader, expected in both:
        assert plain(merged, reader) == expected
        assert {key: plain(node, reader) for key, _, node in entries(merged, reader)} == expected
        assert {key: plain(get(merged, key, reader), reader) for key in expected} == expected
        assert get(merged, "zz", reader) is MISSING


def test_a_merge_of_a_template_may_bring_any_key() -> None:
    root = root_of('<<: "{{ x }}"\na: 1\n')

    assert value(get(root, "a")) == 1
    assert get(root, "b") is UNKNOWN


def test_entries_of_one_mapping_keep_their_key_nodes() -> None:
    root = root_of("on: 1\n~: 2\nb: 3\n")

    assert [(key, text_of(node), plain(below)) for key, node, below in entries(root)] == [
        ("true", "on", 1),
        ("b", "b", 3),
    ]


def test_an_unknown_node_is_unknown() -> None:
    root = root_of("a: 1\n")
    assert isinstance(root, Mapping)
    unknown = Unknown(root.source, 0, 1, "made by a chart")
    made = Mapping(root.source, 0, 4, [root.items[0], unknown], origin=Origin("chart"))

    assert get(made, "a") is unknown
    assert value(unknown) is UNKNOWN
    assert get(unknown, "b") is UNKNOWN
    assert plain(made) == {"a": None}


def test_plain_holds_plain_classes_only() -> None:
    tree = plain(root_of("a: [1, 1.5, x, ~, true, {b: '{{ x }}'}]\n"))

    assert tree == {"a": [1, 1.5, "x", None, True, {"b": "{{ x }}"}]}
    assert isinstance(tree, dict)
    listed = tree["a"]
    assert isinstance(listed, list)
    assert [type(one) for one in listed] == [int, float, str, type(None), bool, dict]


def test_items_of_a_sequence_are_its_nodes() -> None:
    root = root_of("- 1\n- 2\n")
    assert isinstance(root, Sequence)

    assert items(root) is root.items
