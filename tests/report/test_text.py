from __future__ import annotations

from dataclasses import replace

import pytest

from gitops_lint.errors import UsageError
from gitops_lint.findings import Finding, Outcome, Region, Related, Severity, Taken
from gitops_lint.report import ReportSettings, names, render, reporter

ONE = Finding("a-rule", "yaml", "practice", Severity.ERROR, "high", "m", Region("apps/a.yaml", 0, 1, 1, 1, 1, 2))
MANY = tuple(replace(ONE, region=replace(ONE.region, line=line, end_line=line)) for line in range(1, 16))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome((), files=1, resources=0), "nothing to report in 1 file, 0 resources"),
        (Outcome((), files=3, resources=1), "nothing to report in 3 files, 1 resource"),
        (
            Outcome((), suppressed=(Taken(ONE, ""),), files=3, resources=2),
            "nothing to report in 3 files, 2 resources (1 suppressed)",
        ),
        (Outcome((ONE,)), "1 error"),
        (
            Outcome((ONE, ONE, replace(ONE, severity=Severity.INFO)), unverified={"a": 12}),
            "2 errors, 1 info (12 unverifiable)",
        ),
    ],
)
def test_the_last_line_sums_up(outcome: Outcome, expected: str) -> None:
    assert expected == render("text", outcome, ReportSettings()).splitlines()[-1]


def test_what_is_not_shown_is_counted() -> None:
    assert render("text", Outcome(()), ReportSettings(hidden=3)).endswith("0 resources (3 below --min-severity)\n")


def test_quiet_says_nothing_but_findings() -> None:
    assert render("text", Outcome(()), ReportSettings(quiet=True)) == ""


def test_more_than_max_per_rule_are_only_counted() -> None:
    text = render("text", Outcome(MANY), ReportSettings(max_per_rule=3))

    assert text.count("error[a-rule]: m") == 3
    assert "error[a-rule]: +12 more\n(--max-per-rule 0 shows all)\n" in text
    assert text.endswith("15 errors\n")


def test_zero_shows_all() -> None:
    assert render("text", Outcome(MANY), ReportSettings(max_per_rule=0)).count("error[a-rule]: m") == 15


def test_many_related_places_are_cut() -> None:
    places = tuple(Related(Region(f"r{n}.yaml", 0, 1, 1, 1, 1, 2), "") for n in range(9))
    text = render("text", Outcome((replace(ONE, related=places),)), ReportSettings())

    assert text.count(":::") == 5
    assert "= note: and 4 other places" in text


@pytest.mark.parametrize(
    ("root", "folder", "expected"),
    [
        ("", "", "apps/a.yaml"),
        ("/r", "/r", "apps/a.yaml"),
        ("/r", "/r/apps", "a.yaml"),
        ("/r", "/r/other/x", "../../apps/a.yaml"),
        ("/r/deploy", "/r", "deploy/apps/a.yaml"),
    ],
)
def test_paths_are_those_that_the_user_would_type(root: str, folder: str, expected: str) -> None:
    outcome, shown = Outcome((ONE,), root=root), ReportSettings(folder=folder)

    assert f" --> {expected}:1:1" in render("text", outcome, shown)
    assert render("concise", outcome, shown) == f"{expected}:1:1: error[a-rule] m\n"


def test_a_concise_report_of_nothing_is_empty() -> None:
    assert render("concise", Outcome(()), ReportSettings()) == ""


def test_a_message_stays_on_its_line() -> None:
    odd = replace(ONE, message="a\nb", notes=("c\nd",), help="e\x1b[0m")
    text = render("text", Outcome((odd,)), ReportSettings())

    assert "error[a-rule]: a␊b\n" in text
    assert "= note: c␊d\n" in text
    assert "= help: e␛[0m\n" in text


@pytest.mark.parametrize("name", names())
def test_a_reporter_is_found_by_its_name(name: str) -> None:
    assert name == reporter(name).NAME


@pytest.mark.parametrize("name", ["xml", "", "text ", "../text"])
def test_an_unknown_format_is_named_with_the_known_ones(name: str) -> None:
    with pytest.raises(UsageError, match="is not a format; there are: checkstyle, concise, github, gitlab, json"):
        reporter(name)
