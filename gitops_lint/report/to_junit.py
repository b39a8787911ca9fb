"""
JUnit's XML for CI servers that show tests: a suite for each file, a case for each rule and resource with findings.

GitLab tells cases apart by `classname` and `name`, and shows the text of `failure`. What Jenkins' own schema (xunit-plugin,
junit-10.xsd) has no place for, such as `file` at a case, is left out: the text holds every place.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from gitops_lint.findings import Finding, Outcome
from gitops_lint.report import ReportSettings, path_in_repository
from gitops_lint.report.terminal import visible
from gitops_lint.report.xmltext import HEAD, element

NAME = "junit"
_NAME = "gitops-lint"


def render(outcome: Outcome, settings: ReportSettings) -> str:
    suites = [
        _suite(path_in_repository(file, outcome), list(findings))
        for file, findings in groupby(outcome.findings, key=lambda one: one.file)
    ]
    counts = {"tests": sum(tests for _, tests in suites), "failures": sum(tests for _, tests in suites), "errors": 0}
    texts = [text for text, _ in suites]
    if not texts:
        # a report without a case is "no tests" to GitLab, which looks as if nothing had run
        counts["tests"] = 1
        name = f"nothing to report: {outcome.files} files, {outcome.resources} resources"
        case = element("testcase", {"classname": _NAME, "name": name, "time": "0"})
        texts.append(element("testsuite", {"name": _NAME, **counts, "time": "0"}, [case]))
    return HEAD + element("testsuites", {"name": _NAME, **counts, "time": "0"}, texts)


def _suite(path: str, findings: Sequence[Finding]) -> tuple[str, int]:
    """The suite of one file, and how many cases it has; all of them fail."""
    cases: dict[str, list[Finding]] = {}
    for one in findings:
        cases.setdefault(_case_name(one), []).append(one)
    told = [
        element("testcase", {"classname": path, "name": name, "time": "0"}, [_failure(path, some)])
        for name, some in cases.items()
    ]
    counts = {"tests": len(cases), "failures": len(cases), "errors": 0}
    return element("testsuite", {"name": path, **counts, "time": "0"}, told), len(cases)


def _case_name(finding: Finding) -> str:
    of = finding.resource
    if of is None:
        document = finding.region.document
        return f"{finding.rule}: document {document + 1}" if document else finding.rule
    kind = f"{of.group}/{of.kind}" if of.group else of.kind
    name = f"{of.namespace}/{of.name}" if of.namespace else of.name
    return visible(f"{finding.rule}: {kind} {name}")


def _failure(path: str, findings: Sequence[Finding]) -> str:
    """One `failure`, as readers keep only one of a case: its message is the first finding's, its text tells all."""
    worst = max(one.severity for one in findings)
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    lines = [line for one in findings for line in _lines(path, one)]
    message = f"{findings[0].message}{more}"
    return element("failure", {"message": message, "type": worst.word}, text="\n".join(lines))


def _lines(path: str, finding: Finding) -> list[str]:
    place = f"{visible(path)}:{finding.line}:{finding.column}"
    lines = [f"{place}: {finding.severity.word}[{finding.rule}] {visible(finding.message)}"]
    if finding.help:
        lines.append(f"  help: {visible(finding.help)}")
    return lines
