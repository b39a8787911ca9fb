"""GitLab's code quality report: what a merge request shows beside its changed lines."""

from __future__ import annotations

import hashlib
from collections import Counter

from gitops_lint.findings import Finding, Outcome, Severity
from gitops_lint.report import ReportSettings, path_in_repository
from gitops_lint.report.layout import Json, layout, paired
from gitops_lint.report.terminal import visible

NAME = "gitlab"


def render(outcome: Outcome, settings: ReportSettings) -> str:
    seen: Counter[str] = Counter()
    entries: list[Json] = []
    for one in outcome.findings:
        identity = f"{one.rule}\n{outcome.prefix}{one.file}\n{one.fingerprint}"
        seen[identity] += 1
        entries.append(_entry(one, outcome, f"{identity}\n{seen[identity]}"))
    return layout(entries, 2)


def _entry(finding: Finding, outcome: Outcome, identity: str) -> Json:
    # of entries with one fingerprint GitLab shows one, and compares branches by it; several reports of a pipeline become
    # one list, so it also tells roots of one repository apart
    fingerprint = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return {
        "description": visible(finding.message),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _severity(finding),
        "location": {
            "path": paired(path_in_repository(finding.file, outcome)),
            "lines": {"begin": finding.line, "end": finding.region.end_line},
        },
    }


def _severity(finding: Finding) -> str:
    """GitLab has five words, from `info` to `blocker`; the group and the confidence decide between neighbours."""
    if finding.severity is Severity.INFO:
        return "info"
    if finding.severity is Severity.WARNING:
        return "minor" if finding.confidence == "low" else "major"
    return "blocker" if finding.group == "security" else "critical"
