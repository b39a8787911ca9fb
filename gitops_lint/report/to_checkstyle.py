"""Checkstyle's XML, which many CI servers and reviewdog read: files with their findings."""

from __future__ import annotations

from itertools import groupby

from gitops_lint.findings import Finding, Outcome
from gitops_lint.report import ReportSettings, path_in_repository
from gitops_lint.report.xmltext import HEAD, element

NAME = "checkstyle"
# of Checkstyle, whose form this is; readers expect one, and none asks for more
_VERSION = "4.3"


def render(outcome: Outcome, settings: ReportSettings) -> str:
    files = [
        element("file", {"name": path_in_repository(file, outcome)}, map(_error, findings))
        for file, findings in groupby(outcome.findings, key=lambda one: one.file)
    ]
    return HEAD + element("checkstyle", {"version": _VERSION}, files)


def _error(finding: Finding) -> str:
    return element(
        "error",
        {
            "line": finding.line,
            "column": finding.column,
            "severity": finding.severity.word,
            "message": finding.message,
            "source": f"gitops-lint.{finding.rule}",
        },
    )
