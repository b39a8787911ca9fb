from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gitops_lint.findings import Finding, Fix, Outcome, Region, RuleCard, Severity, TextEdit
from gitops_lint.report import COUNTED, ReportSettings, names, render

COUNTS = ReportSettings(statistics=True)


def finding(rule: str, severity: Severity = Severity.ERROR, safe: bool | None = None) -> Finding:
    fixes = () if safe is None else (Fix("f", safe, (TextEdit("a.yaml", 0, 1, "x"),)),)
    return Finding(rule, "yaml", "practice", severity, "high", "m", Region("a.yaml", 0, 1, 1, 2, 1, 5), fixes=fixes)


CARD = RuleCard("b-rule", "yaml", "practice", Severity.ERROR, "high", "The title", "", "", "")
SOME = Outcome(
    (
        *[finding("b-rule", safe=True)] * 10,
        finding("c-rule", Severity.WARNING),
        finding("d-rule", Severity.INFO, safe=True),
        finding("d-rule", Severity.WARNING, safe=False),
        finding("a-rule", Severity.INFO),
    ),
    rules={"b-rule": CARD},
)


def test_the_rule_with_most_findings_comes_first() -> None:
    assert render("text", SOME, COUNTS).splitlines() == [
        "10  error    [*]  b-rule  The title",
        " 2  warning  [-]  d-rule  D rule",
        " 1  info          a-rule  A rule",
        " 1  warning       c-rule  C rule",
        "[*] --fix cures all of them, [-] some",
        "",
        "10 errors, 2 warnings, 2 infos (11 fixable with --fix)",
    ]


def test_without_a_fix_there_are_no_marks() -> None:
    outcome = Outcome((finding("a-rule"), finding("a-rule", safe=False), finding("b", Severity.INFO)))

    assert render("concise", outcome, COUNTS) == "2  error  a-rule  A rule\n1  info   b       B\n"


def test_json_is_a_list_of_counts() -> None:
    listed = json.loads(render("json", SOME, COUNTS))

    assert listed[0] == {"rule": "b-rule", "severity": "error", "count": 10, "fixable": 10, "title": "The title"}
    assert [one["rule"] for one in listed] == ["b-rule", "d-rule", "a-rule", "c-rule"]


@pytest.mark.parametrize(
    ("format", "expected"),
    [("text", "nothing to report in 1 file, 0 resources\n"), ("concise", ""), ("json", "[]\n")],
)
def test_a_clean_run_counts_nothing(format: str, expected: str) -> None:
    assert render(format, Outcome((), files=1), COUNTS) == expected


def test_quiet_leaves_out_the_summary() -> None:
    assert render("text", Outcome((finding("a"),)), replace(COUNTS, quiet=True)) == "1  error  a  A\n"


@pytest.mark.parametrize("format", sorted(set(names()) - set(COUNTED)))
def test_other_formats_hold_the_findings_as_ever(format: str) -> None:
    assert render(format, SOME, COUNTS) == render(format, SOME, ReportSettings())


def test_a_title_of_somebody_s_rule_is_only_text() -> None:
    card = replace(CARD, title="\x1b[31m ##[group] ::error::x")
    text = render("text", replace(SOME, rules={"b-rule": card}), replace(COUNTS, github=True))

    assert "␛[31m ## [group] ::error::x" in text
