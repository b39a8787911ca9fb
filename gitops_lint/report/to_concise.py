"""One line a finding, `path:line:col: severity[id] message`, as problem matchers and editors read it."""

from __future__ import annotations

from gitops_lint.findings import Finding, Outcome
from gitops_lint.report import ReportSettings, shown_path
from gitops_lint.report.terminal import Paint, inert, visible

NAME = "concise"


def render(outcome: Outcome, settings: ReportSettings) -> str:
    paint = Paint(settings.color, settings.links)
    text = "".join(line(one, outcome, settings, paint) + "\n" for one in outcome.findings)
    return inert(text) if settings.github else text


def line(finding: Finding, outcome: Outcome, settings: ReportSettings, paint: Paint) -> str:
    """One finding on one line, without its line end."""
    path = visible(shown_path(finding.file, outcome, settings))
    word = paint(finding.severity.word, f"{finding.severity.word}[{visible(finding.rule)}]")
    return f"{path}:{finding.line}:{finding.column}: {word} {visible(finding.message)}"
