"""JSON files are read as strictly as Go reads them, and what is wrong is told in plain words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.text.nodes import Mapping, Sequence
from gitops_lint.text.parse import parse_json, parse_yaml
from gitops_lint.text.scalars import Plain, plain
from gitops_lint.text.source import Source

GOOD: list[tuple[str, Plain]] = [
    ('{"a": 1}', {"a": 1}),
    (' [1, 2.5, -3e2, true, false, null, "x"]\n', [1, 2.5, -300, True, False, None, "x"]),
    ('{"a": {"b": [{}, []]}}', {"a": {"b": [{}, []]}}),
    ('"\\u00e9\\n\\/\\ud83d\\ude00"', "é\n/\U0001f600"),
    ('"\\ud83d"', "\ufffd"),
    ('{"on": "yes", "1": 2}', {"on": "yes", "1": 2}),
    ("\t[\r\n]\t", []),
]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_json_values_become_nodes(text: str, expected: Plain) -> None:
    parsed = parse_json(Source(text))

    assert parsed.mistakes == []
    assert [plain(one.root) for one in parsed.documents if one.root is not None] == [expected]


def test_nodes_cover_their_text() -> None:
    text = '{"a": [1, "x"]}'
    root = parse_json(Source(text), open=True).documents[0].root
    assert isinstance(root, Mapping)
    key, listed = root.items
    assert isinstance(listed, Sequence)

    assert [text[node.start : node.end] for node in (root, key, listed, *listed.items)] == [
        text,
        '"a"',
        '[1, "x"]',
        "1",
        '"x"',
    ]
    assert root.open
    assert listed.flow


BROKEN = [
    ('{"a": 1,}', ",", "a comma stands before the closing `}`, and JSON allows none there", "remove the comma"),
    ("[1,]", ",", "a comma stands before the closing `]`, and JSON allows none there", "remove the comma"),
    ('{"a": 01}', "01", "`01` is no JSON number", "use a form such as 10, -0.5 or 1e3"),
    ('{"a": .5}', ".5", "`.5` is no JSON number", "use a form such as 10, -0.5 or 1e3"),
    ('{"a": +1}', "+1", "`+1` is no JSON number", "use a form such as 10, -0.5 or 1e3"),
    ("{'a': 1}", "'", "JSON strings stand in double quotes, not in single ones", ""),
    ("{a: 1}", "a", "key `a` needs double quotes", 'write `"a"`'),
    ('{"a": yes}', "yes", "`yes` needs double quotes", 'write `"yes"`'),
    ('{"a": True}', "True", "JSON has no `True`", "write `true`"),
    ('{"a": NaN}', "NaN", "JSON has no `NaN`", "write `null`"),
    ('{"a" 1}', "1", "a colon is expected between key and value, not `1`", ""),
    ('{"a": 1 "b": 2}', "1", "a comma or `}` is expected after this value", "put a comma between two entries"),
    ("[1 2]", "1", "a comma or `]` is expected after this value", "put a comma between two entries"),
    ('{"a": [1}', "}", "`}` closes what `[` opened", ""),
    ('{"a": [1', "[", "the list opened here is not closed before the end of the file", "close it with `]`"),
    ('{"a":', "{", "the object opened here is not closed before the end of the file", "close it with `}`"),
    ('["x', '"', 'this string has no closing `"`', ""),
    ('["x\ny"]', '"x', "this string does not end on its line", 'close it with `"`; write a line break as `\\n`'),
    ('["x\ty"]', "\t", "a tab stands in a string, and JSON wants it escaped", "write `\\t`"),
    (
        '["\x01"]',
        "\x01",
        "the control character U+0001 stands in a string, and JSON wants it escaped",
        "write `\\u0001`",
    ),
    ('["\\d"]', "\\d", "JSON has no escape `\\d`", "write a backslash as `\\\\`"),
    ('["\\u12"]', "\\u12", "`\\u12` is no escape: `\\u` takes four hexadecimal digits", ""),
    ("// c\n{}", "// c", "JSON has no comments", "remove it"),
    ('{"a": 1} # c', "# c", "JSON has no comments", "remove it"),
    ("{} {}", "{", "a second value stands here, and a JSON file holds one; the whole file is refused", None),
    ("{} x", "x", "a second value stands here, and a JSON file holds one; the whole file is refused", None),
    ("", "", "the file is empty, and JSON needs a value", ""),
    ("[:]", ":", "a value is expected, not `:`", ""),
    (
        '{"a": {{ x }}}',
        "{{ x }}",
        "`{{ x }}` needs quotes: without them YAML reads the braces as a mapping",
        'write `"{{ x }}"`',
    ),
    ("{{- x }}", "{{- x }}", "this is a template, not JSON; it can be read only after it is rendered", ""),
]


@pytest.mark.parametrize(("text", "covers", "message", "cure"), BROKEN)
def test_what_is_no_json_is_said_with_its_place(text: str, covers: str, message: str, cure: str | None) -> None:
    mistake = parse_json(Source(text)).mistakes[0]

    assert text[mistake.start : mistake.end] == covers
    assert mistake.message == message
    assert cure is None or mistake.help == cure


def test_further_values_are_read_for_what_they_define() -> None:
    parsed = parse_json(Source('{"a": 1}\n{"b": 2}\n{"c": 3}\n'))

    assert [(one.number, plain(one.root)) for one in parsed.documents if one.root] == [
        (0, {"a": 1}),
        (1, {"b": 2}),
        (2, {"c": 3}),
    ]
    assert [(one.kind, one.document) for one in parsed.mistakes] == [("syntax", 1)]


def test_duplicate_keys_are_told() -> None:
    text = '{"a": 1, "a": 2}'
    parsed = parse_json(Source(text))
    (mistake,) = parsed.mistakes

    assert (mistake.kind, mistake.start) == ("duplicate-key", 9)
    assert mistake.message == 'key `"a"` is written twice in this mapping; only the last value counts'
    assert parsed.documents[0].root is not None
    assert plain(parsed.documents[0].root) == {"a": 2}


def test_deep_nesting_is_refused() -> None:
    (mistake,) = parse_json(Source("[" * 300 + "]" * 300)).mistakes

    assert mistake.kind == "too-deep"
    assert parse_json(Source("[" * 256 + "]" * 256)).mistakes == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=10,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_json_written_by_python_reads_back(tree: Plain, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_only, indent=indent)
    document = parse_json(Source(text)).documents[0]
    assert document.root is not None

    assert plain(document.root) == tree


@given(VALUES)
def test_json_read_as_yaml_gives_the_same(tree: Plain) -> None:
    # YAML refuses control characters that JSON allows: escaped, both have them.
    text = json.dumps([tree])
    if "\\ud" in text:
        return
    one, two = parse_json(Source(text)), parse_yaml(Source(text))

    assert [plain(d.root) for d in one.documents if d.root] == [plain(d.root) for d in two.documents if d.root]
