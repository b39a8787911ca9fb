"""The report for programs: version 1 of the JSON that `schemas/gitops-lint/findings.json` describes."""

from __future__ import annotations

from collections.abc import Mapping

from gitops_lint.findings import Finding, Fix, GeneratedBy, Outcome, Region, Severity, Taken
from gitops_lint.report import ReportSettings
from gitops_lint.report.layout import Json, layout
from gitops_lint.text.lines import Lines

NAME = "json"


def render(outcome: Outcome, settings: ReportSettings) -> str:
    edited = _Edits(outcome.sources)
    answer: Json = {
        "version": 1,
        "tool": {"name": "gitops-lint", "version": settings.version},
        "summary": {
            "errors": outcome.count(Severity.ERROR),
            "warnings": outcome.count(Severity.WARNING),
            "infos": outcome.count(Severity.INFO),
            "suppressed": len(outcome.suppressed),
            "baselined": len(outcome.baselined),
            "unverified": sum(outcome.unverified.values()),
            "files": outcome.files,
            "resources": outcome.resources,
        },
        "findings": [_finding(one, edited) for one in outcome.findings],
        "suppressed": [_taken(one, edited) for one in outcome.suppressed],
        "baselined": [_taken(one, edited) for one in outcome.baselined],
        "unverified": dict(sorted(outcome.unverified.items())),
    }
    return layout(answer, 3)


class _Edits:
    """Lines and columns of edits, from the texts of their files."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self.lines: dict[str, Lines] = {}

    def fix(self, fix: Fix) -> Json:
        edits: list[Json] = []
        for edit in fix.edits:
            record: dict[str, Json] = {"file": edit.file, "start": edit.start, "end": edit.end, "text": edit.text}
            if edit.file in self.sources:
                lines = self.lines.setdefault(edit.file, Lines(self.sources[edit.file]))
                start, end = lines.position(edit.start), lines.position(edit.end)
                record |= {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
            edits.append(record)
        return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _finding(finding: Finding, edited: _Edits) -> dict[str, Json]:
    of = finding.resource
    return {
        "rule": finding.rule,
        "area": finding.area,
        "group": finding.group,
        "severity": finding.severity.word,
        "confidence": finding.confidence,
        "message": finding.message,
        **_place(finding.region),
        "resource": None
        if of is None
        else {"group": of.group, "version": of.version, "kind": of.kind, "namespace": of.namespace, "name": of.name},
        "related": [{**_place(one.region), "message": one.message} for one in finding.related],
        "notes": list(finding.notes),
        "help": finding.help,
        "fixes": [edited.fix(fix) for fix in finding.fixes],
        "fingerprint": finding.fingerprint,
        "generated_by": _generated_by(finding.generated_by),
    }


def _taken(taken: Taken, edited: _Edits) -> Json:
    return {**_finding(taken.finding, edited), "reason": taken.reason}


def _place(region: Region) -> dict[str, Json]:
    return {
        "file": region.file,
        "line": region.line,
        "column": region.column,
        "end_line": region.end_line,
        "end_column": region.end_column,
        "document": region.document,
        "path": region.path,
    }


def _generated_by(made: GeneratedBy | None) -> Json:
    if made is None:
        return None
    return {
        "maker": made.maker,
        "element": None if made.element is None else _place(made.element),
        "template": None if made.template is None else _place(made.template),
    }
