from __future__ import annotations

from dataclasses import replace

import pytest

from gitops_lint.findings import Finding, Outcome, Region, Severity, in_order
from gitops_lint.report import ReportSettings, render


def finding(severity: Severity, line: int, file: str = "a.yaml", message: str = "m", end_line: int = 0) -> Finding:
    return Finding(
        "a-rule", "yaml", "practice", severity, "high", message, Region(file, 0, 1, line, 2, end_line or line, 5)
    )


def test_the_worst_ten_are_annotations_and_the_others_lines() -> None:
    some = [finding(Severity.INFO, line) for line in range(1, 9)] + [
        finding(Severity.ERROR, line) for line in (20, 21, 22)
    ]
    text = render("github", Outcome(tuple(in_order(some))), ReportSettings()).splitlines()

    assert [line.split(" ")[0] for line in text[:4]] == ["::error", "::error", "::error", "::notice"]
    assert len([line for line in text if line.startswith("::")]) == 10
    assert text[10:] == ["a.yaml:8:2: info[a-rule] m"]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            finding(Severity.WARNING, 3, "a,b:c%.yaml", "50% of\nit: a, b"),
            "::warning file=a%2Cb%3Ac%25.yaml,line=3,col=2,endLine=3,endColumn=5,title=a-rule::50%25 of␊it: a, b",
        ),
        (finding(Severity.ERROR, 3, end_line=7), "::error file=a.yaml,line=3,endLine=7,title=a-rule::m"),
        (
            replace(finding(Severity.ERROR, 3), help="do\r\nthis"),
            "::error file=a.yaml,line=3,col=2,endLine=3,endColumn=5,title=a-rule::m%0Ahelp: do␍␊this",
        ),
    ],
)
def test_properties_and_message_are_escaped(one: Finding, expected: str) -> None:
    assert expected == render("github", Outcome((one,)), ReportSettings()).rstrip("\n")


def test_files_are_told_from_the_top_of_the_git_repository() -> None:
    outcome = Outcome((finding(Severity.ERROR, 1),), prefix="deploy/")

    assert "file=deploy/a.yaml," in render("github", outcome, ReportSettings())
