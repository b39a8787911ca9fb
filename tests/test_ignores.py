"""Ignore comments: how they are written, and which text each one covers."""

from __future__ import annotations

import datetime

import pytest

from gitops_lint.ignores import IgnoreComment, ignore_comments
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.parsed import Parsed


def read(text: str, file: str = "a.yaml") -> list[IgnoreComment]:
    source = Source(text, file)
    parsed = Parsed(source) if file.endswith(".lua") else parse_yaml(source)
    return list(ignore_comments(source, parsed))


def only(text: str, file: str = "a.yaml") -> IgnoreComment:
    (one,) = read(text, file)
    return one


def covered(text: str, file: str = "a.yaml") -> str:
    one = only(text, file)
    return text[one.covers_start : one.covers_end]


@pytest.mark.parametrize(
    ("comment", "scope", "words", "reason", "until"),
    [
        ("ignore[a]", "node", ["a"], "", None),
        ("ignore[single-replica] single-tenant test app", "node", ["single-replica"], "single-tenant test app", None),
        ("ignore[a, b-c ,d]  why  ", "node", ["a", "b-c", "d"], "why", None),
        ("ignore [a] x", "node", ["a"], "x", None),
        ("ignore[a] until=2027-03-01 moved", "node", ["a"], "moved", datetime.date(2027, 3, 1)),
        ("ignore[a] until=2027-03-01", "node", ["a"], "", datetime.date(2027, 3, 1)),
        ("ignore[a] not until=2027-03-01", "node", ["a"], "not until=2027-03-01", None),
        ("ignore-resource[a] x", "resource", ["a"], "x", None),
        ("ignore-file[appset] vendored", "file", ["appset"], "vendored", None),
    ],
)
def test_a_comment_says_what_where_why_and_how_long(
    comment: str, scope: str, words: list[str], reason: str, until: datetime.date | None
) -> None:
    text = f"a: 1 # gitops-lint: {comment}\n"
    one = only(text)

    assert (scope, words, reason, until) == (one.scope, [word.text for word in one.words], one.reason, one.until)
    assert one.malformed == ""
    assert [text[word.region.start : word.region.end] for word in one.words] == words
    assert text[one.region.start : one.region.end] == f"# gitops-lint: {comment}"


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("ignore", "`ignore` names no rule: write `ignore[rule-id] reason`"),
        ("ignore plaintext-secret", "`ignore` names no rule: write `ignore[rule-id] reason`"),
        ("ignore[]", "`ignore` names no rule: write `ignore[rule-id] reason`"),
        ("ignore-file[ , ]", "`ignore-file` names no rule: write `ignore-file[rule-id] reason`"),
        ("disable[a]", "`disable` is not one of `ignore`, `ignore-resource`, `ignore-file`"),
        ("ignore[a] until=tomorrow", "`tomorrow` is not a date: write `until=YYYY-MM-DD`"),
        ("ignore[a] until=2027-02-30 x", "`2027-02-30` is not a date: write `until=YYYY-MM-DD`"),
        ("ignore[a] until=20270301 x", "`20270301` is not a date: write `until=YYYY-MM-DD`"),
        ("ignore[a] until= x", "`` is not a date: write `until=YYYY-MM-DD`"),
    ],
)
def test_what_cannot_be_read_says_what_is_wrong(comment: str, why: str) -> None:
    assert why == only(f"a: 1 # gitops-lint: {comment}\n").malformed


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n",
        "a: 1 # see gitops-lint: a linter\n",
        "a: '# gitops-lint: ignore[a]'\n",
        "a: gitops-lint: ignore[a]\n",
        "run: |\n  x # gitops-lint: ignore[a]\n",
        "a#gitops-lint: 1\n",
    ],
)
def test_other_text_is_no_ignore_comment(text: str) -> None:
    assert read(text) == []


def test_json_has_no_comments() -> None:
    assert read('{"a": 1} # gitops-lint: ignore[a]\n', "a.json") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2  # gitops-lint: ignore[x]\nc: 3\n", "b: 2  # gitops-lint: ignore[x]"),
        ("a:  # gitops-lint: ignore[x]\n  b: 1\n", "a:  # gitops-lint: ignore[x]"),
        ("- a: 1  # gitops-lint: ignore[x]\n  b: 2\n", "- a: 1  # gitops-lint: ignore[x]"),
        ("a: |  # gitops-lint: ignore[x]\n  one\n  two\nb: 1\n", "a: |  # gitops-lint: ignore[x]\n  one\n  two"),
        ("a: [1,  # gitops-lint: ignore[x]\n  2]\nb: 1\n", "a: [1,  # gitops-lint: ignore[x]\n  2]"),
        ('a: "one\n  two"  # gitops-lint: ignore[x]\nb: 1\n', '"one\n  two"  # gitops-lint: ignore[x]'),
        ("a: 1 # other # gitops-lint: ignore[x]\n", "a: 1 # other # gitops-lint: ignore[x]"),
    ],
)
def test_behind_a_value_a_comment_covers_the_line_and_what_is_written_on_it(text: str, expected: str) -> None:
    assert expected == covered(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n# gitops-lint: ignore[x]\nb: 2\nc: 3\n", "b: 2"),
        ("# gitops-lint: ignore[x]\na:\n  b:\n    - 1\nc: 3\n", "a:\n  b:\n    - 1"),
        ("# gitops-lint: ignore[x]\na: 1\nb: 2\n", "a: 1"),
        ("# gitops-lint: ignore[x]\n\n# another\na: 1\nb: 2\n", "a: 1"),
        ("x:\n  # gitops-lint: ignore[x]\n  - a: 1\n    b: 2\n  - c: 3\n", "- a: 1\n    b: 2"),
        ("x:\n# gitops-lint: ignore[x]\n- a: 1\n  b: 2\n- c: 3\n", "- a: 1\n  b: 2"),
        ("x:\n  - a: 1\n    # gitops-lint: ignore[x]\n    b: 2\n    c: 3\n", "b: 2"),
        ("# gitops-lint: ignore[x]\n- - 1\n  - 2\n- 3\n", "- - 1\n  - 2"),
        ("x: [\n  # gitops-lint: ignore[x]\n  {a: 1},\n  2]\n", "{a: 1}"),
        ("# gitops-lint: ignore[x]\na: |\n  one\n  two\nb: 1\n", "a: |\n  one\n  two"),
        ("# gitops-lint: ignore[x]\na:\nb: 1\n", "a:"),
        ("# gitops-lint: ignore[x]\n&anchor a: 1\nb: 1\n", "&anchor a: 1"),
        ("x:\n  a: 1\n  # gitops-lint: ignore[x]\nb:\n  c: 2\nd: 1\n", "b:\n  c: 2"),
        ("# gitops-lint: ignore[x]\n---\na: 1\nb: 2\n---\nc: 3\n", "a: 1\nb: 2"),
        ("a: 1\n# gitops-lint: ignore[x]\n", ""),
        ("a: 1\n# gitops-lint: ignore[x]\n---\nb: 2\n", "b: 2"),
        ("a: 1\n---\n# gitops-lint: ignore[x]\nb: 2\nc: 3\n", "b: 2"),
        ("base: &b {x: 1}\n# gitops-lint: ignore[x]\nuse: *b\nc: 1\n", "use"),
        ("# gitops-lint: ignore[x]\r\na:\r\n  b: 1\r\nc: 2\r\n", "a:\r\n  b: 1"),
    ],
)
def test_on_its_own_line_a_comment_covers_the_next_entry_with_all_below_it(text: str, expected: str) -> None:
    assert expected == covered(text)


def test_for_a_resource_it_covers_the_document_from_anywhere_in_it() -> None:
    text = "a: 1\n---\nb: 2\n# gitops-lint: ignore-resource[x]\nc: 3\n---\nd: 4\n"

    assert covered(text) == "---\nb: 2\n# gitops-lint: ignore-resource[x]\nc: 3\n"
    assert only(text).document == 1


def test_for_a_file_it_covers_the_file() -> None:
    text = "a: 1\n---\nb: 2 # gitops-lint: ignore-file[x]\n"

    assert text == covered(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1\nb: 2 # gitops-lint: ignore[x]\n", "b: 2 # gitops-lint: ignore[x]"),
        ("a: [1\n# gitops-lint: ignore[x]\nb: }\nc: 1\n", "b: }"),
    ],
)
def test_in_a_document_that_cannot_be_read_a_comment_covers_a_line(text: str, expected: str) -> None:
    assert expected == covered(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lua: |\n  a = 1 -- gitops-lint: ignore[x] why\n  b = 2\n", "  a = 1 -- gitops-lint: ignore[x] why"),
        ("lua: |\n  -- gitops-lint: ignore[x]\n  a = 1\n  b = 2\n", "a = 1"),
        ("lua: |\n  -- gitops-lint: ignore[x]\n  -- more\n\n  a = 1\n  b = 2\nc: 3\n", "a = 1"),
    ],
)
def test_lua_in_a_block_scalar_has_comments_of_its_own(text: str, expected: str) -> None:
    assert expected == covered(text)


def test_lua_files_have_comments() -> None:
    one = only("local a = 1\n-- gitops-lint: ignore[x] why\nlocal b\n", "health.lua")

    assert (one.reason, one.covers_start, one.covers_end) == ("why", 42, 49)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1  # gitops-lint: ignore[x] why\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\n  # gitops-lint: ignore[x]\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\r\n# gitops-lint: ignore[x]\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n"),
        ("a: 1 # keep # gitops-lint: ignore[x]\nb: 2\n", "a: 1 # keep\nb: 2\n"),
        ("# gitops-lint: ignore[x]", ""),
    ],
)
def test_the_removal_leaves_nothing_behind(text: str, expected: str) -> None:
    edit = only(text).removal

    assert edit is not None
    assert expected == text[: edit.start] + edit.text + text[edit.end :]
