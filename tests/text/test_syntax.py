"""Broken YAML is told in plain words, at the place where the cure is."""

from __future__ import annotations

import re

import pytest

from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.source import Source

# Broken text, what the mistake covers, its message, its cure, what related places cover; and the correct twin.
TABLE = [
    (
        "a:\n\tb: 1\n",
        "\t",
        "this line is indented with a tab, and YAML indents with spaces only",
        "replace the tab with spaces",
        [],
        "a:\n  b: 1\n",
    ),
    (
        "a: |\n  x\n\ty\n",
        "\t",
        "this line is indented with a tab, and YAML indents with spaces only",
        "replace the tab with spaces",
        [],
        "a: |\n  x\n  y\n",
    ),
    (
        "a: b: c\n",
        "b: c",
        "`b: c` needs quotes: a colon followed by a space starts another key",
        'write `"b: c"`',
        [],
        'a: "b: c"\n',
    ),
    (
        '- a: say "x": y # c\n',
        'say "x": y',
        '`say "x": y` needs quotes: a colon followed by a space starts another key',
        "write `'say \"x\": y'`",
        [],
        "- a: 'say \"x\": y' # c\n",
    ),
    (
        'a: "x": y\n',
        ":",
        'a colon follows the closing quote of `"x"`, but this value is no key',
        "put quotes around the whole value",
        [],
        "a: '\"x\": y'\n",
    ),
    (
        "a: foo\n  b: 1\n",
        "b",
        "`b` is indented deeper than `a`, which has the value `foo` already",
        "indent it like `a`, or remove that value",
        ["a"],
        "a: foo\nb: 1\n",
    ),
    (
        "- a: 1\n  b: 2\n   c: 3\n",
        "c",
        "`c` is indented deeper than `b`, which has the value `2` already",
        "indent it like `b`, or remove that value",
        ["b"],
        "- a: 1\n  b: 2\n  c: 3\n",
    ),
    (
        "spec\n  replicas: 1\n",
        "spec",
        "a colon is missing behind `spec`: the next line has a key of its own",
        "write `spec:`",
        [],
        "spec:\n  replicas: 1\n",
    ),
    (
        "a: 1\nfoo\nb: 2\n",
        "foo",
        "`foo` stands among keys, but no colon and value follow it",
        "give it a value; or indent it deeper, if it continues the text above",
        [],
        "a: 1\nfoo:\nb: 2\n",
    ),
    (
        "a: 1\nfoo:bar\nb: 2\n",
        ":",
        "a space is missing behind the colon of `foo:bar`",
        "write `foo: bar`",
        [],
        "a: 1\nfoo: bar\nb: 2\n",
    ),
    (
        "a: 1\nfoo=bar\nb: 2\n",
        "foo=bar",
        "`foo=bar` is no entry of a mapping: a key is followed by a colon and a space",
        "write `foo: bar`",
        [],
        "a: 1\nfoo: bar\nb: 2\n",
    ),
    (
        "a: |\ntext\nb: 1\n",
        "text",
        "`text` is not indented, so that it is no text of the block scalar above it",
        "indent the text deeper than its key",
        ["a: |"],
        "a: |\n  text\nb: 1\n",
    ),
    (
        "-a\n-b: 1\n",
        "-",
        "a space is missing behind the dash of `-a`",
        "write `- a`",
        [],
        "- a\n- b: 1\n",
    ),
    (
        "x:\n  - a\n  -b\n  - c\n",
        "-",
        "a space is missing behind the dash of `-b`",
        "write `- b`",
        [],
        "x:\n  - a\n  - b\n  - c\n",
    ),
    (
        "a:\n  b: 1\n c: 2\n",
        "c",
        "`c` is indented by 1 space, but the lines around it by 0 (`a`) or 2 (`b`)",
        "indent it like the lines it belongs to",
        [],
        "a:\n  b: 1\nc: 2\n",
    ),
    (
        "a:\n    - b\n  - c\n",
        "- c",
        "`- c` is indented by 2 spaces, but the lines around it by 0 (`a`) or 4 (`- b`)",
        "indent it like the lines it belongs to",
        [],
        "a:\n    - b\n    - c\n",
    ),
    (
        "c:\n  - name: a\n  image: b\n",
        "image",
        "`image` stands in the column of the dashes, and so belongs to no list item",
        "indent it like the first key of the item; or less than the dashes, if the list is over",
        ["- name: a"],
        "c:\n  - name: a\n    image: b\n",
    ),
    (
        "a:\n  b: 1\n  - c\n",
        "- c",
        "the list item `- c` stands among the keys of a mapping",
        "give the list a key of its own; or indent the item below the key it belongs to",
        ["b"],
        "a:\n  b:\n  - c\n",
    ),
    (
        'a: "b" c\n',
        "c",
        '`c` follows the closing quote of `"b"`',
        "put the quotes around the whole value",
        [],
        'a: "b c"\n',
    ),
    (
        "a: 'it's'\n",
        "s'",
        "`s'` follows the closing quote of `'it'`",
        "write a quote in single quotes twice: `''`",
        [],
        "a: 'it''s'\n",
    ),
    (
        'a: "foo\nb: "bar"\nc: 1\n',
        '"foo',
        'the quote of `"foo` is closed only on a later line: is its end missing here?',
        'close it with `"`',
        ['"'],
        'a: "foo"\nb: "bar"\nc: 1\n',
    ),
    (
        'a: "foo\nb: 1\n',
        '"foo',
        'the quote opened here is not closed: `"foo`',
        'close it with `"`',
        [],
        'a: "foo"\nb: 1\n',
    ),
    (
        "a: [x] y\n",
        "y",
        "`y` follows the closing `]`",
        "put quotes around the whole value, if it is a text",
        [],
        'a: "[x] y"\n',
    ),
    (
        "x: &x 1\na: *x y\n",
        "y",
        "`y` follows the alias `*x`, which is a whole value",
        "put quotes around the whole value, if it is a text",
        [],
        "x: &x 1\na: *x\n",
    ),
    (
        "a: [1, 2\nb: 3\n",
        "[",
        "the list opened here with `[` is not closed",
        "close it with `]`",
        [],
        "a: [1, 2]\nb: 3\n",
    ),
    (
        "a: {b: 1\nc: 2\n",
        "{",
        "the mapping opened here with `{` is not closed",
        "close it with `}`",
        [],
        "a: {b: 1}\nc: 2\n",
    ),
    ("a: [\n", "[", "the list opened here with `[` is not closed", "close it with `]`", [], "a: []\n"),
    (
        "a: [1, {b: 1} 3]\n",
        "3]",
        "a comma or `]` is missing before `3]`",
        "put quotes around text that holds brackets",
        ["["],
        "a: [1, {b: 1}, 3]\n",
    ),
    (
        "a: [1, 2}\n",
        "}",
        "`}` closes the list that `[` opened",
        "close it with `]`",
        ["["],
        "a: [1, 2]\n",
    ),
    ("a: [1,,2]\n", ",", "a comma stands here with no value before it", "remove the comma", [], "a: [1,2]\n"),
    ("a: }\n", "}", "`}` closes nothing that was opened", "", [], "a: {}\n"),
    ("a: [b]]\n", "]", "`]` closes nothing that was opened", "", [], "a: [b]\n"),
    ("a: @x # c\n", "@x", "`@x` needs quotes: no plain text can start with `@`", 'write `"@x"`', [], 'a: "@x" # c\n'),
    (
        "a: `x`\n",
        "`x`",
        "this text needs quotes: no plain text can start with a backtick",
        "put quotes around it",
        [],
        'a: "`x`"\n',
    ),
    (
        "a: - b\n",
        "- b",
        "`- b` stands on the line of its key, and a list starts on a line of its own",
        'move it to the next line; or write `"- b"`, if it is a text',
        [],
        "a:\n  - b\n",
    ),
    ("a: *.yaml\n", "*.yaml", "`*.yaml` needs quotes: `*` starts an alias", 'write `"*.yaml"`', [], 'a: "*.yaml"\n'),
    ("a: & b\n", "& b", "`& b` needs quotes: `&` starts an anchor", 'write `"& b"`', [], 'a: "& b"\n'),
    ("a: ? b\n", "? b", "`? b` needs quotes: `? ` starts a key", 'write `"? b"`', [], 'a: "? b"\n'),
    (
        "a: >=1.0\n",
        ">=1.0",
        "`>=1.0` needs quotes: `>` starts a block scalar, whose text begins on the next line",
        'write `">=1.0"`',
        [],
        'a: ">=1.0"\n',
    ),
    (
        'a: "\\d+"\n',
        "\\d",
        "`\\d` is no escape that double quotes know",
        "write `\\\\d`, or use single quotes, in which a backslash is just a backslash",
        [],
        "a: '\\d+'\n",
    ),
    (
        'a: "\\xZZ"\n',
        "\\xZZ",
        "`\\xZZ` is no escape: `\\x` takes 2 hexadecimal digits of a character",
        "write a backslash as `\\\\` in double quotes",
        [],
        'a: "\\\\xZZ"\n',
    ),
    (
        "%foo\na: 1\n",
        "%foo",
        "`%foo` is read as a directive, as every line that starts with `%`",
        "indent the line, or put quotes around it",
        [],
        '"%foo": 1\n',
    ),
    (
        "a: !x!y z\n",
        "!x!y",
        "tag `!x!y` uses a prefix that no %TAG line declares",
        "put quotes around text that starts with `!`",
        [],
        'a: "!x!y z"\n',
    ),
    (
        "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> main\n",
        "<<<<<<< HEAD",
        "the file holds an unresolved merge conflict of Git",
        "keep one of the two versions",
        [],
        "a: 1\nb: 2\n",
    ),
    (
        'a: {{ "x" | quote }}\n',
        '{{ "x" | quote }}',
        '`{{ "x" | quote }}` needs quotes: without them YAML reads the braces as a mapping',
        "write `'{{ \"x\" | quote }}'`",
        [],
        "a: '{{ \"x\" | quote }}'\n",
    ),
    (
        "a: {{ x }}-y # c\nb: 1\n",
        "{{ x }}-y",
        "`{{ x }}-y` needs quotes: without them YAML reads the braces as a mapping",
        'write `"{{ x }}-y"`',
        [],
        'a: "{{ x }}-y" # c\nb: 1\n',
    ),
]


@pytest.mark.parametrize(("text", "covers", "message", "cure", "related", "twin"), TABLE, ids=[row[0] for row in TABLE])
def test_a_mistake_is_told_and_its_twin_is_silent(
    text: str, covers: str, message: str, cure: str, related: list[str], twin: str
) -> None:
    parsed = parse_yaml(Source(text))
    (mistake,) = parsed.mistakes

    assert text[mistake.start : mistake.end] == covers
    assert mistake.message == message
    assert mistake.help == cure
    assert [text[start:end] for start, end, _ in mistake.related] == related
    assert parsed.documents == []
    assert parse_yaml(Source(twin)).mistakes == []


@pytest.mark.parametrize("text", [row[0] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_same_mistake_is_told_in_a_later_document_and_with_other_line_ends(text: str) -> None:
    (alone,) = parse_yaml(Source(text)).mistakes
    if alone.kind == "syntax" and text.startswith("%"):
        return  # a directive ends the document before it
    before = "first: 1\n---\n"
    (behind,) = parse_yaml(Source(before + text)).mistakes
    (windows,) = parse_yaml(Source(text.replace("\n", "\r\n"))).mistakes

    assert (behind.kind, behind.message, behind.document) == (alone.kind, alone.message, 1)
    assert behind.start == alone.start + len(before)
    assert (windows.kind, windows.message) == (alone.kind, alone.message)


def test_the_place_can_be_told_as_line_and_column() -> None:
    source = Source("a:\n  b: 1\n c: 2\n")
    (mistake,) = parse_yaml(source).mistakes

    assert (source.position(mistake.start).line, source.position(mistake.start).column) == (3, 2)


def test_no_text_of_a_secret_is_quoted() -> None:
    text = "kind: Secret\nstringData:\n  password: hunter2: x\n"
    (mistake,) = parse_yaml(Source(text)).mistakes

    assert mistake.message == "`…` needs quotes: a colon followed by a space starts another key"
    assert mistake.help == "write `…`"
    assert text[mistake.start : mistake.end] == "hunter2: x"


def test_long_quotations_are_cut() -> None:
    (mistake,) = parse_yaml(Source(f"a: {'x' * 200}: y\n")).mistakes

    assert re.search("`x{60}…`", mistake.message)
    assert len(mistake.message) < 150


def test_words_of_libyaml_do_not_show() -> None:
    for text, *_ in TABLE:
        for mistake in parse_yaml(Source(text)).mistakes:
            assert not re.search("expected|token|scalar style|node content|indicator|context", mistake.message)
