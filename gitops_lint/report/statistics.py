"""Counts of findings instead of the findings, for `--statistics`: a row for each rule, the one that speaks most first."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Finding, Outcome, Severity
from gitops_lint.report import ReportSettings
from gitops_lint.report.layout import Json, layout
from gitops_lint.report.terminal import Paint, inert, visible
from gitops_lint.report.to_text import summary

_LEGEND = "[*] --fix cures all of them, [-] some"


@dataclass(frozen=True, slots=True)
class Row:
    """What a rule found. severity: the worst, where the configuration gives files different ones; fixable: by `--fix`."""

    rule: str
    severity: Severity
    count: int
    fixable: int
    title: str


def rows(outcome: Outcome) -> list[Row]:
    """The rows of all rules with findings: most findings first, then by id."""
    by_rule: dict[str, list[Finding]] = {}
    for one in outcome.findings:
        by_rule.setdefault(one.rule, []).append(one)
    return sorted((_row(rule, some, outcome) for rule, some in by_rule.items()), key=lambda row: (-row.count, row.rule))


def counts(name: str, outcome: Outcome, settings: ReportSettings) -> str:
    """The counts in the format `json`, or as lines for people; `text` has the summary, too."""
    counted = rows(outcome)
    if name == "json":
        listed: list[Json] = [
            {
                "rule": row.rule,
                "severity": row.severity.word,
                "count": row.count,
                "fixable": row.fixable,
                "title": row.title,
            }
            for row in counted
        ]
        return layout(listed, 1)
    paint = Paint(settings.color)
    text = "".join(f"{line}\n" for line in _lines(counted, paint))
    if name == "text" and not settings.quiet:
        text += ("\n" if text else "") + summary(outcome, settings, paint) + "\n"
    return inert(text) if settings.github else text


def _row(rule: str, findings: Sequence[Finding], outcome: Outcome) -> Row:
    card = outcome.rules.get(rule)
    title = card.title if card and card.title else rule.replace("-", " ").capitalize()
    fixable = sum(1 for one in findings if one.fixable)
    return Row(rule, max(one.severity for one in findings), len(findings), fixable, title)


def _lines(counted: Sequence[Row], paint: Paint) -> list[str]:
    if not counted:
        return []
    digits = len(str(counted[0].count))
    words = max(len(row.severity.word) for row in counted)
    ids = max(len(visible(row.rule)) for row in counted)
    marked = any(row.fixable for row in counted)
    lines = []
    for row in counted:
        mark = f"{'[*]' if row.fixable == row.count else '[-]' if row.fixable else '   '}  " if marked else ""
        word = paint(row.severity.word, f"{row.severity.word:<{words}}")
        lines.append(f"{row.count:>{digits}}  {word}  {mark}{visible(row.rule):<{ids}}  {visible(row.title)}")
    return [*lines, _LEGEND] if marked else lines
