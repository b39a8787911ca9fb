"""What no reporter prints: stretches of files that hold secrets, and the words of findings that repeat them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gitops_lint.findings import Finding, Fix, Outcome, Region
from gitops_lint.report.terminal import MASK

Stretch = tuple[int, int]
# shorter ones are also ordinary words: masking them everywhere would hide the sentence and tell the secret
_TELLING = 8


def stretches(outcome: Outcome) -> dict[str, tuple[Stretch, ...]]:
    """File -> stretches that are never shown, sorted and joined: those of every finding, also of suppressed ones."""
    found: dict[str, list[Stretch]] = {file: list(some) for file, some in outcome.secrets.items()}
    taken = (one.finding for one in (*outcome.suppressed, *outcome.baselined))
    for finding in (*outcome.findings, *taken):
        for region in secret_regions(finding):
            found.setdefault(region.file, []).append((region.start, region.end))
    return {file: tuple(_joined(some)) for file, some in found.items()}


def masked(outcome: Outcome) -> Outcome:
    """The outcome with no secret's text left in a message, note, help, label or fix."""
    return replace(
        outcome,
        findings=tuple(_masked(one, outcome.sources) for one in outcome.findings),
        suppressed=tuple(replace(one, finding=_masked(one.finding, outcome.sources)) for one in outcome.suppressed),
        baselined=tuple(replace(one, finding=_masked(one.finding, outcome.sources)) for one in outcome.baselined),
    )


def secret_regions(finding: Finding) -> list[Region]:
    """The regions of a finding, its own and the related ones, that are marked `secret`."""
    return [one for one in (finding.region, *(place.region for place in finding.related)) if one.secret]


def _masked(finding: Finding, sources: Mapping[str, str]) -> Finding:
    words = set()
    for region in secret_regions(finding):
        text = sources.get(region.file, "")[region.start : region.end].strip()
        words |= {text, text.strip("'\""), *(line.strip() for line in text.splitlines())}
    words.discard("")
    if not words:
        return finding
    known = f"{finding.file} {finding.region.path} {finding.resource.name if finding.resource else ''}"

    def clean(text: str) -> str:
        for word in sorted(words, key=lambda word: (-len(word), word)):
            text = text.replace(f"`{word}`", f"`{MASK}`")
            if len(word) >= _TELLING and word not in known:
                text = text.replace(word, MASK)
        return text

    return replace(
        finding,
        message=clean(finding.message),
        label=clean(finding.label),
        help=clean(finding.help),
        notes=tuple(map(clean, finding.notes)),
        related=tuple(replace(one, message=clean(one.message)) for one in finding.related),
        fixes=tuple(
            Fix(clean(fix.title), fix.safe, tuple(replace(edit, text=clean(edit.text)) for edit in fix.edits))
            for fix in finding.fixes
        ),
    )


def _joined(some: Iterable[Stretch]) -> Iterable[Stretch]:
    last: Stretch | None = None
    for start, end in sorted(some):
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last
