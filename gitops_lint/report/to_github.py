"""Workflow commands for GitHub Actions: the worst findings as annotations, the others as plain lines."""

from __future__ import annotations

from gitops_lint.findings import Finding, Outcome, Severity
from gitops_lint.report import ReportSettings
from gitops_lint.report.terminal import Paint, inert, visible
from gitops_lint.report.to_concise import line

NAME = "github"
# GitHub shows this many annotations of one step and drops what comes later
SHOWN = 10
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(outcome: Outcome, settings: ReportSettings) -> str:
    worst = _worst(outcome)
    rest = [one for one in outcome.findings if one not in worst]
    lines = "".join(line(one, outcome, settings, Paint()) + "\n" for one in rest)
    return commands(outcome) + inert(lines)


def commands(outcome: Outcome) -> str:
    """The worst findings, ten at most, as workflow commands, one a line: errors first, then in the report's order."""
    return "".join(_command(one, outcome) + "\n" for one in _worst(outcome))


def _worst(outcome: Outcome) -> list[Finding]:
    return sorted(outcome.findings, key=lambda one: -one.severity)[:SHOWN]


def _command(finding: Finding, outcome: Outcome) -> str:
    region = finding.region
    properties = {"file": outcome.prefix + region.file, "line": str(region.line)}
    if region.end_line == region.line:
        # the runner drops columns where the lines differ, and says so in the log
        properties |= {"col": str(region.column), "endLine": str(region.end_line), "endColumn": str(region.end_column)}
    else:
        properties["endLine"] = str(region.end_line)
    properties["title"] = finding.rule
    words = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    text = visible(finding.message) + (f"\nhelp: {visible(finding.help)}" if finding.help else "")
    return f"::{_COMMANDS[finding.severity]} {words}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
