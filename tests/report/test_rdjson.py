"""Reviewdog's diagnostic format: proto/rdf/reviewdog.proto, with columns in bytes of UTF-8."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from gitops_lint.findings import Finding, Fix, Outcome, Region, RuleCard, Severity, TextEdit
from gitops_lint.report import ReportSettings, render
from gitops_lint.text.lines import Lines


def record(required: list[str], **properties: object) -> dict[str, object]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


TEXT = {"type": "string"}
NUMBER = {"type": "integer", "minimum": 1}
POSITION = record(["line"], line=NUMBER, column=NUMBER)
RANGE = record(["start"], start=POSITION, end=POSITION)
SCHEMA = record(
    ["diagnostics"],
    source=record(["name"], name=TEXT, url=TEXT),
    severity={"enum": ["ERROR", "WARNING", "INFO"]},
    diagnostics={
        "type": "array",
        "items": record(
            ["message", "location"],
            message=TEXT,
            location=record(["path"], path=TEXT, range=RANGE),
            severity={"enum": ["ERROR", "WARNING", "INFO"]},
            code=record(["value"], value=TEXT, url=TEXT),
            suggestions={"type": "array", "items": record(["range", "text"], range=RANGE, text=TEXT)},
        ),
    },
)
FILE = "a.yaml"
YAML = "kind: é\npassword: hunter2-hunter2\nimage: 日本 # 🎉\nlast: 1\n"


def finding(covered: str, *edits: tuple[str, str], text: str = YAML, file: str = FILE) -> Finding:
    """A finding on a text, with a fix that replaces texts by others."""
    fix = Fix("do it", True, tuple(edit(text, old, new, file) for old, new in edits))
    return Finding(
        "a-rule", "yaml", "practice", Severity.ERROR, "high", "m", region(text, covered), fixes=(fix,) if edits else ()
    )


def region(text: str, covered: str) -> Region:
    start = text.index(covered)
    lines = Lines(text)
    first, last = lines.position(start), lines.position(start + len(covered))
    return Region(FILE, start, start + len(covered), first.line, first.column, last.line, last.column)


def edit(text: str, old: str, new: str, file: str = FILE) -> TextEdit:
    return TextEdit(file, text.index(old), text.index(old) + len(old), new)


def diagnostics(outcome: Outcome) -> list[dict[str, Any]]:
    text = render("rdjson", outcome, ReportSettings(url="https://lint.example/"))
    found = json.loads(text)

    assert text.isascii()
    Draft202012Validator(SCHEMA).validate(found)
    return list(found["diagnostics"])


def suggestions(one: Finding, text: str = YAML, **more: Any) -> list[dict[str, Any]]:
    (diagnostic,) = diagnostics(Outcome((one,), sources={FILE: text}, **more))
    return list(diagnostic.get("suggestions", []))


def at(line: int, column: int, end_line: int, end_column: int) -> dict[str, Any]:
    return {"start": {"line": line, "column": column}, "end": {"line": end_line, "column": end_column}}


def test_a_report_of_everything_has_the_form(outcome: Outcome) -> None:
    assert len(diagnostics(outcome)) == len(outcome.findings)


def test_a_clean_run_has_no_diagnostics() -> None:
    assert diagnostics(Outcome(())) == []


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ("kind", at(1, 1, 1, 5)),
        ("é", at(1, 7, 1, 9)),
        ("本", at(3, 11, 3, 14)),
        ("🎉\nlast", at(3, 17, 4, 5)),
    ],
)
def test_columns_count_bytes(covered: str, expected: dict[str, Any]) -> None:
    (one,) = diagnostics(Outcome((finding(covered),), sources={FILE: YAML}, prefix="deploy/"))

    assert one["location"] == {"path": "deploy/a.yaml", "range": expected}


def test_without_the_text_only_lines_are_told() -> None:
    (one,) = diagnostics(Outcome((finding("本", ("本", "x")),)))

    assert one["location"]["range"] == {"start": {"line": 3}, "end": {"line": 3}}
    assert "suggestions" not in one


def test_the_rule_has_its_page_and_the_message_its_help() -> None:
    card = RuleCard("a-rule", "yaml", "practice", Severity.ERROR, "high", "", "", "", "", url="https://lint.example/r")
    (one,) = diagnostics(Outcome((replace(finding("kind"), help="write `x`"),), rules={"a-rule": card}))

    assert one["code"] == {"value": "a-rule", "url": "https://lint.example/r"}
    assert one["message"] == "m\nhelp: write `x`"


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (finding("本", ("日本", "x")), (at(3, 8, 3, 14), "x")),
        (finding("kind", ("kind", "Kind"), (" é", " e")), (at(1, 1, 1, 9), "Kind: e")),
        (finding("last", ("last: 1\n", "")), ({"start": {"line": 4}, "end": {"line": 4}}, "")),
        (finding("last", ("last: 1\n", "a\nb\n")), ({"start": {"line": 4}, "end": {"line": 4}}, "a\nb")),
        (finding("last", ("last: 1\n", "a")), (at(4, 1, 5, 1), "a")),
    ],
)
def test_a_fix_is_a_suggestion(one: Finding, expected: tuple[dict[str, Any], str]) -> None:
    assert [{"range": expected[0], "text": expected[1]}] == suggestions(one)


@pytest.mark.parametrize(
    "one",
    [
        finding("kind", ("kind", "x"), file="b.yaml"),
        finding("kind", ("kind", "••••")),
        finding("kind", ("kind", "x"), ("ind", "y")),
    ],
    ids=["elsewhere", "masked", "overlap"],
)
def test_what_cannot_be_one_suggestion_is_none(one: Finding) -> None:
    assert suggestions(one) == []


def test_a_secret_between_two_edits_is_not_told() -> None:
    one = finding("kind", ("kind", "x"), ("image", "y"))
    start = YAML.index("hunter2")
    hidden = {FILE: ((start, start + len("hunter2-hunter2")),)}

    assert "hunter2" in suggestions(one)[0]["text"]
    assert suggestions(one, secrets=hidden) == []


def test_a_name_that_is_not_utf8_can_be_read() -> None:
    one = finding("kind")
    (told,) = diagnostics(Outcome((replace(one, region=replace(one.region, file="a\udcff")),)))

    assert told["location"]["path"] == "a\ufffd"


def accepted(text: str, suggestion: dict[str, Any]) -> str:
    """What reviewdog makes of a file when a suggestion is accepted: whole lines are replaced."""
    lines = text.split("\n")
    start, end = suggestion["range"]["start"], suggestion["range"]["end"]
    first, last = lines[start["line"] - 1].encode(), lines[end["line"] - 1].encode()
    if "column" in start:
        new = first[: start["column"] - 1] + suggestion["text"].encode() + last[end["column"] - 1 :]
        lines[start["line"] - 1 : end["line"]] = new.decode().split("\n")
    else:
        lines[start["line"] - 1 : end["line"]] = suggestion["text"].split("\n") if suggestion["text"] else []
    return "\n".join(lines)


@given(some.text("aé日🎉: \n", max_size=30), some.data())
@settings(max_examples=200, deadline=None)
def test_an_accepted_suggestion_is_the_fix(text: str, data: some.DataObject) -> None:
    start, end, third, fourth = sorted(data.draw(some.integers(0, len(text))) for _ in range(4))
    new = data.draw(some.text("xé\n", max_size=4))
    edits = (TextEdit(FILE, start, end, new), TextEdit(FILE, third, fourth, "z"))
    one = Finding("a-rule", "yaml", "practice", Severity.ERROR, "high", "m", Region(FILE, 0, 0, 1, 1, 1, 1), fixes=())
    for some_edits in (edits[:1], edits):
        expected = text
        for change in reversed(some_edits):
            expected = expected[: change.start] + change.text + expected[change.end :]
        (told,) = suggestions(replace(one, fixes=(Fix("do it", True, some_edits),)), text)

        assert expected == accepted(text, told)
