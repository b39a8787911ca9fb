"""
Reviewdog's diagnostic format, with fixes as suggestions that a reviewer accepts by a click.

Columns count bytes of UTF-8 there (reviewdog proto/rdf/reviewdog.proto, Position). Of a position in a file whose text is not
at hand only the line is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from gitops_lint.findings import Finding, Fix, Outcome, RuleCard, Severity, TextEdit
from gitops_lint.report import ReportSettings, path_in_repository
from gitops_lint.report.layout import Json, layout, paired
from gitops_lint.report.secrets import Stretch, stretches
from gitops_lint.report.terminal import MASK, visible
from gitops_lint.text.lines import Lines

NAME = "rdjson"
_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}
# one suggestion is one stretch of text: edits that lie further apart are no small thing to click away
_FURTHEST = 2000


def render(outcome: Outcome, settings: ReportSettings) -> str:
    texts = _Texts(outcome)
    source: dict[str, Json] = {"name": "gitops-lint"}
    if settings.url:
        source["url"] = settings.url
    answer: Json = {
        "source": source,
        "diagnostics": [_diagnostic(one, outcome, texts) for one in outcome.findings],
    }
    return layout(answer, 3)


def _diagnostic(finding: Finding, outcome: Outcome, texts: _Texts) -> Json:
    message = visible(finding.message) + (f"\nhelp: {visible(finding.help)}" if finding.help else "")
    region = finding.region
    answer: dict[str, Json] = {
        "message": message,
        "location": {
            "path": paired(path_in_repository(region.file, outcome)),
            "range": {
                "start": texts.position(region.file, region.line, region.column),
                "end": texts.position(region.file, region.end_line, region.end_column),
            },
        },
        "severity": _SEVERITIES[finding.severity],
        "code": _code(finding.rule, outcome.rules.get(finding.rule)),
    }
    made = [texts.suggestion(finding, fix) for fix in finding.fixes]
    suggestions: list[Json] = [one for one in made if one is not None]
    if suggestions:
        answer["suggestions"] = suggestions
    return answer


def _code(rule: str, card: RuleCard | None) -> Json:
    return {"value": rule, "url": card.url} if card and card.url else {"value": rule}


class _Texts:
    """Positions and suggestions in the files of an outcome; keeps their line tables."""

    def __init__(self, outcome: Outcome) -> None:
        self.sources: Mapping[str, str] = outcome.sources
        self.secrets: Mapping[str, Sequence[Stretch]] = stretches(outcome)
        self.lines: dict[str, Lines] = {}

    def position(self, file: str, line: int, column: int) -> Json:
        lines = self._of(file)
        if lines is None or line > len(lines.starts):
            return {"line": line}
        start, _ = lines.bounds(line)
        before = lines.text[start : start + column - 1]
        return {"line": line, "column": len(before.encode("utf-8", "replace")) + 1}

    def suggestion(self, finding: Finding, fix: Fix) -> dict[str, Json] | None:
        """
        None for a fix that is no single change near its finding: in another file, in several places with a secret
        between them, or with a secret in its text, which would be written back masked.
        """
        edits = sorted(fix.edits, key=lambda one: (one.start, one.end))
        lines = self._of(finding.file)
        if lines is None or not edits or any(one.file != finding.file or MASK in one.text for one in edits):
            return None
        start, end = edits[0].start, max(one.end for one in edits)
        overlap = any(one.end > other.start for one, other in pairwise(edits))
        if overlap or end - start > _FURTHEST or end > len(lines.text):
            return None
        if len(edits) > 1 and any(left < end and start < right for left, right in self.secrets.get(finding.file, ())):
            return None
        text = "".join(_pieces(lines.text, edits))
        first, last = lines.position(start), lines.position(end)
        if first.column == last.column == 1 and first.line < last.line and (not text or text.endswith("\n")):
            # whole lines, which a reviewer sees as such: their last line end is not part of the text, and no text is no line
            rows = text.removesuffix("\n").removesuffix("\r")
            if rows or not text:
                whole: Json = {"start": {"line": first.line}, "end": {"line": last.line - 1}}
                return {"range": whole, "text": paired(rows)}
        places: Json = {
            "start": self.position(finding.file, first.line, first.column),
            "end": self.position(finding.file, last.line, last.column),
        }
        return {"range": places, "text": paired(text)}

    def _of(self, file: str) -> Lines | None:
        if file not in self.lines and file in self.sources:
            self.lines[file] = Lines(self.sources[file])
        return self.lines.get(file)


def _pieces(text: str, edits: Sequence[TextEdit]) -> Iterable[str]:
    """The text from the first edit to the last, with all made."""
    at = edits[0].start
    for one in edits:
        yield text[at : one.start]
        yield one.text
        at = one.end
