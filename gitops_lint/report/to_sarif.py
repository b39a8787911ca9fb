"""SARIF 2.1.0 for GitHub code scanning and other readers, built with sarif_om; the only module that imports it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

import attr
import sarif_om as sarif

from gitops_lint.findings import Finding, Fix, Outcome, Region, Related, RuleCard, Taken
from gitops_lint.report import ReportSettings
from gitops_lint.report.layout import Json, layout
from gitops_lint.report.linehash import line_hashes
from gitops_lint.report.sarifrules import descriptor, level
from gitops_lint.text.lines import Lines

NAME = "sarif"
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_BASE = "SRCROOT"
# GitHub refuses a file beyond these: results of one run, related locations of one result, bytes when compressed
MOST_RESULTS = 25_000
_MOST_RELATED = 100
# of those, how many the message links: a sentence must stay one
_MOST_LINKS = 10
_MOST_BYTES = 10_000_000
# of more results than this GitHub keeps only a part, so the worst go first
_KEPT = 5_000
# what SARIF assumes when a property is absent is left out, but for these, which readers look for
_ALWAYS = {"level", "ruleIndex"}


def render(outcome: Outcome, settings: ReportSettings) -> str:
    taken = (*outcome.suppressed, *outcome.baselined) if settings.sarif_suppressed else ()
    entries: list[tuple[Finding, Taken | None]] = [
        *((one, None) for one in outcome.findings),
        *((one.finding, one) for one in taken),
    ]
    most = MOST_RESULTS
    while True:
        text = _log(outcome, settings, entries, most)
        if len(text) <= _MOST_BYTES or most <= 1 or len(gzip.compress(text.encode())) <= _MOST_BYTES:
            return text
        most = min(most, len(entries)) * 3 // 4


def _log(outcome: Outcome, settings: ReportSettings, entries: Sequence[tuple[Finding, Taken | None]], most: int) -> str:
    total = len(entries)
    if total > min(_KEPT, most):
        entries = sorted(entries, key=lambda one: -one[0].severity)[:most]
    cards = _cards(outcome, [finding for finding, _ in entries])
    indexes = {card.id: index for index, card in enumerate(cards)}
    maker = _Results(outcome, settings, indexes)
    log = sarif.SarifLog(
        schema_uri=_SCHEMA,
        version="2.1.0",
        runs=[
            sarif.Run(
                tool=sarif.Tool(
                    driver=sarif.ToolComponent(
                        name="gitops-lint",
                        semantic_version=settings.version,
                        information_uri=settings.url or None,
                        rules=[descriptor(card) for card in cards],
                    )
                ),
                automation_details=sarif.RunAutomationDetails(id=f"{settings.sarif_category or 'gitops-lint'}/"),
                column_kind="unicodeCodePoints",
                original_uri_base_ids={
                    _BASE: sarif.ArtifactLocation(description=sarif.Message(text="The top folder of the repository."))
                },
                invocations=[_invocation(outcome, total - len(entries))],
                results=[maker.result(finding, taken) for finding, taken in entries],
            )
        ],
    )
    return layout({"$schema": log.schema_uri, "version": log.version, "runs": _json(log.runs)}, 5)


def _json(value: object) -> Json:
    """What sarif_om's objects say, by the names of the schema, without what is absent or assumed."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    made: Any = type(value)
    plain: dict[str, Json] = {}
    for attribute, name, assumed in _properties(made):
        item = getattr(value, attribute)
        if item is not None and (item != assumed or name in _ALWAYS):
            plain[name] = _json(item)
    return plain


@cache
def _properties(made: type[Any]) -> tuple[tuple[str, str, object], ...]:
    """Of one of sarif_om's classes: attribute, name in the schema, and what a reader assumes when it is absent."""
    if not attr.has(made):
        raise TypeError(f"{made.__name__} has no place in SARIF")
    found = []
    for field in attr.fields(made):
        factory = getattr(field.default, "factory", None)
        assumed = factory() if factory is not None else field.default
        found.append((field.name, field.metadata["schema_property_name"], assumed))
    return tuple(found)


def _cards(outcome: Outcome, findings: Iterable[Finding]) -> list[RuleCard]:
    """A card for every rule that speaks, by id; one is made up from the finding where the outcome brings none."""
    found: dict[str, RuleCard] = {}
    for one in findings:
        if one.rule not in found:
            words = one.rule.replace("-", " ").capitalize()
            made = RuleCard(one.rule, one.area, one.group, one.severity, one.confidence, words, words, "", "")
            found[one.rule] = outcome.rules.get(one.rule, made)
    return [found[id] for id in sorted(found)]


def _invocation(outcome: Outcome, left_out: int) -> object:
    notifications = []
    if left_out:
        text = f"{left_out} results were left out, the mildest first, to stay below what GitHub accepts in one upload."
        notifications.append(sarif.Notification(message=sarif.Message(text=text), level="warning"))
    if outcome.crashed:
        text = "A rule or an engine failed, so results may be missing; see the results of rule-crashed."
        notifications.append(sarif.Notification(message=sarif.Message(text=text), level="error"))
    return sarif.Invocation(
        execution_successful=not outcome.crashed, tool_execution_notifications=notifications or None
    )


class _Results:
    """Makes results; keeps the line hashes and line tables of files that several findings share."""

    def __init__(self, outcome: Outcome, settings: ReportSettings, indexes: Mapping[str, int]) -> None:
        self.outcome = outcome
        self.settings = settings
        self.indexes = indexes
        self.hashes: dict[str, list[str]] = {}
        self.lines: dict[str, Lines] = {}

    def result(self, finding: Finding, taken: Taken | None) -> object:
        near = [one for one in finding.related if "://" not in one.region.file][:_MOST_RELATED]
        elsewhere = [one for one in finding.related if "://" in one.region.file]
        fixes = [fix for fix in map(self._fix, finding.fixes) if fix is not None]
        return sarif.Result(
            rule_id=finding.rule,
            rule_index=self.indexes[finding.rule],
            level=level(finding.severity),
            message=sarif.Message(text=_message(finding, near, elsewhere)),
            locations=[self._location(finding)],
            related_locations=[
                sarif.Location(
                    id=number,
                    physical_location=self._physical(one.region),
                    message=sarif.Message(text=_sentence(one.message)) if one.message else None,
                )
                for number, one in enumerate(near, 1)
            ]
            or None,
            partial_fingerprints=self._fingerprints(finding),
            fixes=fixes or None,
            suppressions=self._suppressions(taken),
        )

    def _location(self, finding: Finding) -> object:
        of = finding.resource
        logical = None
        if of is not None:
            name = "/".join(part for part in (of.kind, of.namespace, of.name) if part)
            path = finding.region.path
            logical = [
                sarif.LogicalLocation(
                    name=of.name, fully_qualified_name=f"{name}/{path}" if path else name, kind="resource"
                )
            ]
        return sarif.Location(physical_location=self._physical(finding.region), logical_locations=logical)

    def _physical(self, region: Region) -> object:
        return sarif.PhysicalLocation(
            artifact_location=self._artifact(region.file),
            region=sarif.Region(
                start_line=region.line,
                start_column=region.column,
                end_line=region.end_line,
                end_column=region.end_column,
            ),
        )

    def _artifact(self, file: str) -> object:
        path = quote(self.outcome.prefix + file, safe="/", errors="surrogatepass")
        return sarif.ArtifactLocation(uri=path, uri_base_id=_BASE)

    def _fingerprints(self, finding: Finding) -> dict[str, str] | None:
        found = {}
        text = self.outcome.sources.get(finding.file)
        if text is not None:
            if finding.file not in self.hashes:
                self.hashes[finding.file] = line_hashes(text)
            hashes = self.hashes[finding.file]
            if finding.line <= len(hashes):
                found["primaryLocationLineHash"] = hashes[finding.line - 1]
        if finding.fingerprint:
            found["gitopsLint/v1"] = finding.fingerprint
        return found or None

    def _suppressions(self, taken: Taken | None) -> list[object] | None:
        if not self.settings.sarif_suppressed:
            return None
        if taken is None:
            return []  # SARIF wants it on all results of a run or on none
        kind = "inSource" if taken.how == "comment" else "external"
        return [sarif.Suppression(kind=kind, justification=taken.reason or None)]

    def _fix(self, fix: Fix) -> object | None:
        """None where a file that it edits is not at hand, so that offsets cannot become lines."""
        changes: dict[str, list[object]] = {}
        for edit in fix.edits:
            if edit.file not in self.outcome.sources:
                return None
            lines = self.lines.setdefault(edit.file, Lines(self.outcome.sources[edit.file]))
            start, end = lines.position(edit.start), lines.position(edit.end)
            changes.setdefault(edit.file, []).append(
                sarif.Replacement(
                    deleted_region=sarif.Region(
                        start_line=start.line, start_column=start.column, end_line=end.line, end_column=end.column
                    ),
                    inserted_content=sarif.ArtifactContent(text=edit.text),
                )
            )
        made: object = sarif.Fix(
            description=sarif.Message(text=_sentence(fix.title)),
            artifact_changes=[
                sarif.ArtifactChange(artifact_location=self._artifact(file), replacements=some)
                for file, some in changes.items()
            ],
        )
        return made


def _message(finding: Finding, near: Sequence[Related], elsewhere: Sequence[Related]) -> str:
    """The message as a sentence of its own (GitHub's title), then links to the related places, evidence and cure."""
    parts = [_plain_text(_sentence(finding.message))]
    links = [f"[{_link_text(one)}]({number})" for number, one in enumerate(near, 1)]
    links += [_plain_text(f"{one.message} ({one.region.file}:{one.region.line})".strip()) for one in elsewhere]
    if links:
        more = f" and {len(links) - _MOST_LINKS} more" if len(links) > _MOST_LINKS else ""
        parts.append(f"See {', '.join(links[:_MOST_LINKS])}{more}.")
    parts += [_plain_text(_sentence(note)) for note in finding.notes]
    if finding.generated_by is not None:
        parts.append(_plain_text(_sentence(f"generated by {finding.generated_by.maker}")))
    if finding.help:
        parts.append(_plain_text(f"Help: {_sentence(finding.help)}"))
    return "\n".join(parts)


def _link_text(one: Related) -> str:
    words = one.message or f"{one.region.file}:{one.region.line}"
    return re.sub(r"([\[\]\\])", r"\\\1", words)


def _plain_text(text: str) -> str:
    """text in which nothing looks like an embedded link."""
    return re.sub(r"\](?=\()", r"\\]", text)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
