"""The problem matcher in docs/ reads what `concise` writes, as GitHub's runner applies it: line by line, colours removed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gitops_lint.findings import Finding, Outcome, Region, Severity
from gitops_lint.report import ReportSettings, render

MATCHERS = json.loads((Path(__file__).parents[2] / "docs" / "problem-matcher.json").read_text(encoding="utf-8"))
GROUPS = ("file", "line", "column", "code", "message")
SEVERITIES = {"error": "error", "warning": "warning", "notice": "info"}


def matched(line: str) -> list[dict[str, str]]:
    """What the runner makes of a line: one annotation for each matcher that fits."""
    found = []
    for matcher in MATCHERS["problemMatcher"]:
        (pattern,) = matcher["pattern"]
        match = re.search(pattern["regexp"], line)
        if match:
            groups = {name: match[pattern[name]] for name in GROUPS}
            found.append({"severity": SEVERITIES[matcher["severity"]], **groups})
    return found


def test_owners_differ_so_that_no_matcher_replaces_another() -> None:
    owners = [one["owner"] for one in MATCHERS["problemMatcher"]]

    assert len(owners) == len(set(owners)) == 3


def test_every_line_is_one_annotation(outcome: Outcome, settings: ReportSettings) -> None:
    lines = render("concise", outcome, settings).splitlines()

    for finding, line in zip(outcome.findings, lines, strict=True):
        (one,) = matched(line)
        expected = [finding.severity.word, finding.file, str(finding.line), str(finding.column), finding.rule]
        assert expected == [one[name] for name in ("severity", "file", "line", "column", "code")]


@pytest.mark.parametrize("color", [False, True])
def test_the_first_place_counts_whatever_the_message_holds(color: bool) -> None:
    message = "x.yaml:7:7: warning[other] in a message"
    one = Finding("a-rule", "yaml", "practice", Severity.ERROR, "high", message, Region("a b.yaml", 0, 1, 3, 2, 3, 4))
    text = render("concise", Outcome((one,)), ReportSettings(color=color)).rstrip("\n")
    line = re.sub(r"\x1b\[[0-9;]*m", "", text)

    assert {
        "severity": "error",
        "file": "a b.yaml",
        "line": "3",
        "column": "2",
        "code": "a-rule",
        "message": message,
    } in (matched(line))


@pytest.mark.parametrize("line", ["3 errors, 2 warnings", "error[a-rule]: m", "a.yaml:1: error[a-rule] m", ""])
def test_other_lines_are_none(line: str) -> None:
    assert matched(line) == []
