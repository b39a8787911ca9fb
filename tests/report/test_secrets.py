from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gitops_lint.findings import Finding, Fix, Outcome, Region, Severity, Taken, TextEdit
from gitops_lint.report import ReportSettings, names, render
from gitops_lint.report.secrets import masked, stretches

TEXT = "kind: Secret\nstringData: {token: abc, password: correct-horse}\n"


def finding(place: Callable[..., Region], covered: str, secret: bool = True) -> Finding:
    return Finding(
        "plaintext-secret",
        "secrets",
        "security",
        Severity.ERROR,
        "high",
        f"`{covered}` is no secret any more: {covered}",
        place("secret.yaml", covered, text=TEXT, secret=secret),
        notes=(f"found {covered}",),
        help=f"remove {covered}",
        fixes=(Fix(f"drop {covered}", True, (TextEdit("secret.yaml", 0, 4, covered),)),),
        label=covered,
    )


@pytest.mark.parametrize("format", names())
def test_no_format_prints_a_secret(format: str, place: Callable[..., Region], settings: ReportSettings) -> None:
    one, two = finding(place, "correct-horse"), finding(place, "kind", secret=False)
    outcome = Outcome((one, two), suppressed=(Taken(one, ""),), sources={"secret.yaml": TEXT})

    for shown in (settings, replace(settings, sarif_suppressed=True)):
        text = render(format, outcome, shown)
        assert "correct-horse" not in text
        assert "plaintext-secret" in text


def test_a_secret_of_a_suppressed_finding_is_masked_in_the_snippet_of_another(
    place: Callable[..., Region], settings: ReportSettings
) -> None:
    shown = replace(finding(place, "stringData", secret=False), message="m", notes=(), help="", fixes=(), label="")
    outcome = Outcome((shown,), suppressed=(Taken(finding(place, "correct-horse"), ""),), sources={"secret.yaml": TEXT})

    assert "2 | stringData: {token: abc, password: ••••}" in render("text", outcome, settings)


def test_stretches_that_the_outcome_names_are_masked(place: Callable[..., Region], settings: ReportSettings) -> None:
    shown = replace(finding(place, "stringData", secret=False), message="m", notes=(), help="", fixes=(), label="")
    at = TEXT.index("abc")
    outcome = Outcome((shown,), sources={"secret.yaml": TEXT}, secrets={"secret.yaml": ((at, at + 3),)})

    assert "2 | stringData: {token: ••••, password: correct-horse}" in render("text", outcome, settings)


def test_a_short_secret_is_masked_in_backticks_only(place: Callable[..., Region]) -> None:
    one = replace(finding(place, "abc"), message="`abc` of abcdef")

    assert masked(Outcome((one,), sources={"secret.yaml": TEXT})).findings[0].message == "`••••` of abcdef"


def test_stretches_that_touch_are_joined(place: Callable[..., Region]) -> None:
    outcome = Outcome((finding(place, "abc"),), secrets={"secret.yaml": ((36, 40), (0, 3), (2, 5), (5, 6))})

    assert TEXT.index("abc") == 33
    assert stretches(outcome) == {"secret.yaml": ((0, 6), (33, 40))}
