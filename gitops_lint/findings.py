"""What gitops-lint reports: findings as values, complete at birth, and their order. Every room above makes or reads them."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Literal

from gitops_lint.dataclass import dataclass


class Severity(enum.IntEnum):
    """How bad a finding is. error: the real system rejects it, drops it silently or breaks."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> Literal["info", "warning", "error"]:
        return _WORDS[self]

    @classmethod
    def of(cls, word: str) -> Severity:
        """The severity a word names. Raises KeyError for any other word."""
        return cls[word.upper()]


_WORDS: tuple[Literal["info", "warning", "error"], ...] = ("info", "warning", "error")

Confidence = Literal["high", "medium", "low"]
Group = Literal["correctness", "security", "suspicious", "practice"]
GROUPS: tuple[Group, ...] = ("correctness", "security", "suspicious", "practice")


@dataclass(frozen=True, slots=True)
class Region:
    """
    A stretch of one file as people count it.

    file: relative to the root, with `/`. start, end: code points from 0, end exclusive. line, column, end_line, end_column:
    from 1, end exclusive, columns in code points. document: number in the YAML stream from 0. path: node path in that
    document, "" for the document itself. secret: what the stretch covers is never printed; reporters show `••••`.
    """

    file: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    document: int = 0
    path: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """A second place a finding points at, with the words that stand there."""

    region: Region
    message: str


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace the code points start..end (exclusive) of a file by text."""

    file: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A cure as data. safe: behaviour stays as its author meant it; otherwise a person should look."""

    title: str
    safe: bool
    edits: tuple[TextEdit, ...]


@dataclass(frozen=True, slots=True)
class ResourceName:
    """The resource a finding speaks of; namespace is None where the text gives none."""

    group: str
    version: str
    kind: str
    namespace: str | None
    name: str


@dataclass(frozen=True, slots=True)
class GeneratedBy:
    """For what an ApplicationSet generated: its maker in words, the generator element and the template line."""

    maker: str
    element: Region | None
    template: Region | None


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing to tell the user.

    rule: the rule's id; area: the folder it lies in. region: where, the smallest text that shows it. identity_path: the
    node path in which list items stand by their `name` (data for the fingerprint). notes: evidence, one sentence each.
    help: the cure, or "". fingerprint: 16 hex digits, stable under edits elsewhere in the file; "" until `with_fingerprints`.
    label: words that stand under the region, beside its carets, or "".
    """

    rule: str
    area: str
    group: Group
    severity: Severity
    confidence: Confidence
    message: str
    region: Region
    resource: ResourceName | None = None
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    fixes: tuple[Fix, ...] = ()
    generated_by: GeneratedBy | None = None
    identity_path: str = ""
    fingerprint: str = ""
    label: str = ""

    @property
    def file(self) -> str:
        return self.region.file

    @property
    def line(self) -> int:
        return self.region.line

    @property
    def column(self) -> int:
        return self.region.column

    @property
    def fixable(self) -> bool:
        """Whether `--fix` has a cure that keeps the behaviour as its author meant it."""
        return any(fix.safe for fix in self.fixes)


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule or engine that failed on one subject: told as the finding `rule-crashed`, and exit status 3."""

    rule: str
    file: str
    document: int
    error: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A finding that a comment (or a baseline) took away. reason: the words its author gave, "" where none."""

    finding: Finding
    reason: str
    how: Literal["comment", "baseline"] = "comment"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    Everything one run has to say; reporters read nothing else.

    findings: what counts, in order. suppressed: what comments took away. unverified: rule id -> rows that were neither
    right nor wrong because something is unknown. crashed: a rule or an engine failed (exit status 3).
    sources: file -> text, only of files that findings, their related places or their fixes point into.
    rules: id -> what reporters may want to print of the rule (title, help text, tags), only for rules with findings.
    secrets: file -> stretches (start, end) that are never printed, besides the regions marked `secret`: a snippet may show
    a line for another reason, and one line may hold a whole Secret.
    root: the root as an absolute path, used to show paths as the user would type them, never printed itself.
    prefix: where the root lies below the top of its Git repository: "" at the top, else with a final `/` (`deploy/`).
    fail_on: the severity from which findings make the run fail: the flag, else the configuration's word; None: never.
    warnings: what the tool itself has to say, one line each (stderr); details: the same, for `--verbose` only (which
    configuration was used, how many rules ran).
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Taken, ...] = ()
    baselined: tuple[Taken, ...] = ()
    unverified: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    resources: int = 0
    crashed: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, RuleCard] = field(default_factory=dict)
    secrets: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    root: str = ""
    prefix: str = ""
    fail_on: Severity | None = Severity.ERROR
    warnings: tuple[str, ...] = ()
    details: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings that count have exactly this severity."""
        return sum(1 for one in self.findings if one.severity == severity)

    @property
    def failed(self) -> bool:
        """Whether a finding that counts is at or above `fail_on`."""
        return self.fail_on is not None and any(one.severity >= self.fail_on for one in self.findings)


@dataclass(frozen=True, slots=True)
class RuleCard:
    """What a report prints of a rule; built from the rule's own file."""

    id: str
    area: str
    group: Group
    severity: Severity
    confidence: Confidence
    title: str
    what: str
    why: str
    instead: str
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str = ""


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By file, place, rule and message: the same for any number of workers, hash seed or file order."""
    return sorted(findings, key=order_key)


def order_key(finding: Finding) -> tuple[str, int, int, str, str, int]:
    region = finding.region
    return (region.file, region.line, region.column, finding.rule, finding.message, region.end)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """
    One finding for each rule and place: the first in order speaks, the places of the others become related ones.

    Two findings of one rule at one place with different messages stay apart: they are two mistakes.
    """
    ordered = in_order(findings)
    written = {_spot(one) for one in ordered if one.generated_by is None}
    first: dict[tuple[str, str, int, int, str], Finding] = {}
    for one in ordered:
        if one.generated_by is not None and _spot(one) in written:
            continue  # the template has been told already
        key = (*_spot(one), one.message)
        known = first.get(key)
        if known is None:
            first[key] = one
            continue
        extra = tuple(place for place in one.related if place not in known.related)
        if extra:
            first[key] = replace(known, related=known.related + extra)
    return list(first.values())


def condensed(findings: Iterable[Finding]) -> list[Finding]:
    """
    What was found in all that one ApplicationSet generates: one finding for each rule and place, whatever the messages, as
    they differ by parameters alone. The first in order speaks, and a note says how many more there are.
    """
    alike: dict[tuple[str, str, int, int], list[Finding]] = {}
    for one in in_order(findings):
        alike.setdefault(_spot(one), []).append(one)
    return [_with_others(*some) for some in alike.values()]


def _with_others(first: Finding, *others: Finding) -> Finding:
    names = dict.fromkeys(one.resource.name for one in others if one.resource is not None)
    if first.resource is not None:
        names.pop(first.resource.name, None)
    if not names:
        return first
    shown = ", ".join(f"`{name}`" for name in list(names)[:_NAMED])
    more = len(names) - _NAMED
    note = f"the same goes for {shown}" + (f" and {more} more that it generates" if more > 0 else "")
    return replace(first, notes=(*first.notes, note))


_NAMED = 3


def _spot(finding: Finding) -> tuple[str, str, int, int]:
    return (finding.rule, finding.region.file, finding.region.start, finding.region.end)


def with_fingerprints(findings: Iterable[Finding]) -> list[Finding]:
    """
    The findings with their identity's hash: rule, file, resource, named node path, and a counter among equals.

    No value, message or line enters it, so that an edit elsewhere, or a reworded message, keeps it.
    """
    seen: dict[tuple[str, ...], int] = {}
    done = []
    for one in findings:
        key = identity(one)
        count = seen[key] = seen.get(key, 0) + 1
        text = "\n".join((*key, str(count)))
        done.append(replace(one, fingerprint=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]))
    return done


def identity(finding: Finding) -> tuple[str, ...]:
    """What stays the same when the file is edited elsewhere (source: the data model's section on identity)."""
    of = finding.resource
    subject: tuple[str, ...]
    if of is None:
        subject = (f"document {finding.region.document}",)
    elif finding.generated_by is not None:
        subject = (of.group, of.kind, finding.generated_by.maker)  # a parameter must not change it
    else:
        subject = (of.group, of.kind, of.namespace or "", of.name)
    return (finding.rule, finding.region.file, *subject, finding.identity_path or finding.region.path)
