"""What GitLab's documentation asks of a code quality report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gitops_lint.findings import Confidence, Finding, Group, Outcome, Region, Severity, with_fingerprints
from gitops_lint.report import ReportSettings, render

PLAIN = ReportSettings()
LINE = {"type": "integer", "minimum": 1}
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    # relative, and not from `./`
                    "path": {"type": "string", "pattern": r"^(?!/|\./)."},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": LINE, "end": LINE}},
                },
            },
        },
    },
}


def finding(severity: Severity = Severity.ERROR, group: Group = "practice", sure: Confidence = "high") -> Finding:
    return Finding("a-rule", "yaml", group, severity, sure, "m", Region("a.yaml", 0, 1, 1, 2, 1, 5))


def entries(outcome: Outcome) -> list[dict[str, Any]]:
    text = render("gitlab", outcome, PLAIN)
    found = json.loads(text)

    assert text.startswith("[")  # no byte order mark
    assert text.isascii()
    Draft202012Validator(SCHEMA).validate(found)
    assert len({one["fingerprint"] for one in found}) == len(found)
    return list(found)


def test_a_report_of_everything_has_the_form(outcome: Outcome) -> None:
    found = entries(outcome)

    assert len(found) == len(outcome.findings)
    assert found[0]["location"] == {"path": "deploy/apps/shop.yaml", "lines": {"begin": 12, "end": 12}}


def test_a_clean_run_is_an_empty_list() -> None:
    assert entries(Outcome(())) == []


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (finding(Severity.ERROR, "security"), "blocker"),
        (finding(Severity.ERROR, sure="low"), "critical"),
        (finding(Severity.WARNING, "security"), "major"),
        (finding(Severity.WARNING, sure="low"), "minor"),
        (finding(Severity.INFO, "security"), "info"),
    ],
)
def test_severity(one: Finding, word: str) -> None:
    assert entries(Outcome((one,)))[0]["severity"] == word


def test_equal_findings_have_fingerprints_of_their_own() -> None:
    one = finding()

    assert len(entries(Outcome((one, one, replace(one, message="n"))))) == 3


def test_a_fingerprint_stays_when_lines_move_and_differs_between_roots() -> None:
    (one,) = with_fingerprints([finding()])
    moved = replace(one, region=replace(one.region, line=9, end_line=9, start=80, end=81))

    (here,), (later,), (elsewhere,) = (
        entries(outcome) for outcome in (Outcome((one,)), Outcome((moved,)), Outcome((one,), prefix="other/"))
    )
    assert here["fingerprint"] == later["fingerprint"]
    assert here["fingerprint"] != elsewhere["fingerprint"]


def test_a_name_that_is_not_utf8_can_be_read() -> None:
    one = finding()
    odd = replace(one, region=replace(one.region, file="a\udcff.yaml"), message="\ud800")
    (entry,) = entries(Outcome((odd,)))

    assert entry["location"]["path"] == "a\ufffd.yaml"
    assert entry["description"] == "<U+D800>"
