"""
The baseline: findings that were there when somebody began, in a file, so that only what comes later is reported.

    - {rule: unknown-field, file: apps/web.yaml, kind: Service, name: web, path: spec.selectors, first-seen: 2026-03-01}  # line 6: …

One line an entry, sorted, so that branches merge and a review shows what came and went. An entry is the identity of a
finding (the data model's section on identity) and the day it was first seen; line and message are a comment, which
nothing reads. `pipeline` reads the file before a run's findings are reported, and writes it for `--write-baseline`.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import field

from gitops_lint.changes import Identity, partners
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import ConfigurationError
from gitops_lint.findings import Finding, Fix, Taken, TextEdit, identity
from gitops_lint.ignores import MARKER
from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Mapping, Node, Scalar, Source, pairs
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.source import decode
from gitops_lint.text.write import scalar_text

NAME = ".gitops-lint-baseline.yaml"
STALE = "stale-baseline-entry"
# what no baseline holds: a run that is not complete always says so, and what is wrong with the baseline is not hidden in it
NEVER = frozenset(("rule-crashed", STALE))
BYTES = 64 * 1024 * 1024
_VERSION = "1"
_KEYS = ("rule", "file", "group", "kind", "namespace", "name", "document", "path", "first-seen")
_RESOURCE = ("group", "kind", "namespace", "name")
_DAY = pattern(r"\d{4}-\d\d-\d\d", re.ASCII)
_HEADER = (
    "# Findings that are known and not reported. Written by `gitops-lint --write-baseline`; a line may be deleted.\n"
    "# The text behind `#` is for people: nothing reads it.\n"
)
_COMMENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One finding that is known. first_seen: None where nobody wrote it. start, end: where it stands in the file.
    removal: the edit that takes its line out; None where other text stands on it.
    """

    identity: Identity
    first_seen: datetime.date | None = None
    start: int = 0
    end: int = 0
    removal: TextEdit | None = field(default=None, compare=False)

    @property
    def rule(self) -> str:
        return self.identity[0]

    @property
    def file(self) -> str:
        return self.identity[1]

    @property
    def fix(self) -> Fix | None:
        return Fix("remove the line", True, (self.removal,)) if self.removal is not None else None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a file, in its order, and its text."""

    source: Source
    entries: tuple[Entry, ...] = ()

    @property
    def file(self) -> str:
        return self.source.file or NAME


@dataclass(frozen=True, slots=True)
class Settled:
    """findings: what still counts, in order. taken: what the baseline took away. left: entries that fit no finding."""

    findings: tuple[Finding, ...]
    taken: tuple[Taken, ...]
    left: tuple[Entry, ...]


def settle(findings: Sequence[Finding], baseline: Baseline, is_there: Callable[[str], bool]) -> Settled:
    """
    What a baseline leaves of findings.

    findings: in order. is_there: whether a file still exists; an entry whose file is gone fits an equal finding elsewhere.
    """
    asked = [one for one in findings if one.rule not in NEVER]
    fits = dict(zip(map(id, asked), partners(asked, [one.identity for one in baseline.entries], is_there)))
    kept, taken = [], []
    for one in findings:
        at = fits.get(id(one))
        if at is None:
            kept.append(one)
        else:
            seen = baseline.entries[at].first_seen
            taken.append(Taken(one, f"known since {seen}" if seen else "known before", "baseline"))
    used = {at for at in fits.values() if at is not None}
    left = tuple(one for at, one in enumerate(baseline.entries) if at not in used)
    return Settled(tuple(kept), tuple(taken), left)


@dataclass(frozen=True, slots=True)
class Renewed:
    """The new text of a baseline, and how many entries came, went and stayed."""

    text: str
    came: int
    went: int
    stayed: int


def renewed(
    findings: Sequence[Finding],
    old: Baseline,
    is_there: Callable[[str], bool],
    is_kept: Callable[[Entry], bool],
    today: datetime.date | None,
) -> Renewed:
    """
    A baseline that holds these findings.

    findings: what there is now, known or not, in order, with no secret in their messages. old: the baseline until now, whose
    dates stay with the findings that stay. is_kept: whether an entry that fits no finding stays, because this run could
    not have found it. today: the day on which new ones are first seen.
    """
    asked = [one for one in findings if one.rule not in NEVER]
    partner = partners(asked, [one.identity for one in old.entries], is_there)
    stayed = {at for at in partner if at is not None}
    lines = []
    for one, at in zip(asked, partner):
        seen = today if at is None else old.entries[at].first_seen
        lines.append((identity(one), seen, f"line {one.line}: {one.message}"))
    kept = [one for at, one in enumerate(old.entries) if at not in stayed and is_kept(one)]
    lines += [(one.identity, one.first_seen, "") for one in kept]
    went = len(old.entries) - len(stayed) - len(kept)
    newline = "\r\n" if "\r\n" in old.source.text else "\n"
    return Renewed(_text(lines).replace("\n", newline), len(asked) - len(stayed), went, len(stayed) + len(kept))


def _text(lines: Iterable[tuple[Identity, datetime.date | None, str]]) -> str:
    # by file and place in it: what belongs together in a review stands together
    rows = sorted(lines, key=lambda line: (line[0][1], line[0][2:], line[0][0], line[1] or datetime.date.min))
    if not rows:
        return f"{_HEADER}version: {_VERSION}\nfindings: []\n"
    return f"{_HEADER}version: {_VERSION}\nfindings:\n" + "".join(_line(*row) for row in rows)


def _line(of: Identity, first_seen: datetime.date | None, comment: str) -> str:
    rule, file, *subject, path = of
    said = {"rule": rule, "file": file}
    if len(subject) == len(_RESOURCE):
        said |= {key: text for key, text in zip(_RESOURCE, subject) if text}
    else:
        said["document"] = subject[0].removeprefix("document ")
    if path:
        said["path"] = path
    entries = [f"{key}: {text if key == 'document' else scalar_text(text, flow=True)}" for key, text in said.items()]
    if first_seen is not None:
        entries.append(f"first-seen: {first_seen.isoformat()}")
    # a comment that cannot be read as an ignore comment, and that no odd character ends early
    words = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in " ".join(comment.split()))
    words = words.replace(MARKER, MARKER.removesuffix(":"))
    if len(words) > _COMMENT_LENGTH:
        words = words[: _COMMENT_LENGTH - 1] + "…"
    return f"  - {{{', '.join(entries)}}}" + (f"  # {words}\n" if words else "\n")


def empty(file: str) -> Baseline:
    """A baseline that is not there yet."""
    return Baseline(Source("", file))


def read_baseline(data: bytes, file: str, former: MappingOf[str, str] | None = None) -> Baseline:
    """
    The baseline that a file holds.

    file: its name for messages and findings. former: names that rules had once, to the ids they have now. Raises
    ConfigurationError with the place of the first mistake.
    """
    text, mistakes = decode(data)
    source = Source(text, file)
    parsed = parse_yaml(source)
    for one in [*mistakes, *parsed.mistakes]:
        raise _mistake(source, one.start, one.message, one.help)
    roots = [one.root for one in parsed.documents if one.root is not None]
    if not roots:
        return Baseline(source)
    if len(roots) > 1:
        raise _wrong(roots[1], "a baseline is one YAML document; this is a second one")
    return Baseline(source, tuple(_entry(one, former or {}) for one in _list(roots[0])))


def _list(root: Node) -> Sequence[Node]:
    if not isinstance(root, Mapping):
        raise _wrong(root, "a baseline must be a mapping with `version` and `findings`")
    found: dict[str, Node] = {}
    for key, value in _entries(root):
        if key.text not in ("version", "findings"):
            raise _unknown(key, ("version", "findings"))
        found[key.text] = value
    version = found.get("version")
    if version is None:
        raise _wrong(root, f"a baseline needs `version: {_VERSION}`")
    if not isinstance(version, Scalar) or version.text != _VERSION:
        raise _wrong(version, f"this version of gitops-lint reads baselines of version {_VERSION}")
    findings = found.get("findings")
    if findings is None or (isinstance(findings, Scalar) and findings.text in ("", "null", "~")):
        return ()
    if not isinstance(findings, SequenceNode):
        raise _wrong(findings, "`findings` must be a list")
    return findings.items


def _entry(node: Node, former: MappingOf[str, str]) -> Entry:
    if not isinstance(node, Mapping):
        raise _wrong(node, "an entry of the baseline must be a mapping with `rule` and `file`")
    said: dict[str, str] = {}
    first_seen = None
    for key, value in _entries(node):
        if key.text not in _KEYS:
            raise _unknown(key, _KEYS)
        if not isinstance(value, Scalar):
            raise _wrong(value, f"`{key.text}` must be a text")
        said[key.text] = value.text
        if key.text == "first-seen":
            first_seen = _day(value)
        elif key.text == "document" and not re.fullmatch(r"[0-9]{1,9}", value.text):
            raise _wrong(value, f"`document` must be the number of a YAML document, from 0, not `{value.text}`")
    for needed in ("rule", "file"):
        if not said.get(needed):
            raise _wrong(node, f"an entry of the baseline needs `{needed}`")
    resource = tuple(said.get(key, "") for key in _RESOURCE)
    if "document" in said and any(resource):
        raise _wrong(node, "an entry names a resource or a `document`, not both")
    subject = (f"document {int(said['document'])}",) if "document" in said else resource
    rule = former.get(said["rule"], said["rule"])
    return Entry((rule, said["file"], *subject, said.get("path", "")), first_seen, node.start, node.end, _removal(node))


def _entries(node: Mapping) -> Iterable[tuple[Scalar, Node]]:
    for key, value in pairs(node):
        if not isinstance(key, Scalar):
            raise _wrong(key, "a key of the baseline must be a text")
        yield key, value


def _day(node: Scalar) -> datetime.date:
    try:
        if not _DAY.fullmatch(node.text):
            raise ValueError
        return datetime.date.fromisoformat(node.text)
    except ValueError:
        raise _wrong(node, f"`{node.text}` is not a date: write `first-seen: YYYY-MM-DD`") from None


def _removal(node: Mapping) -> TextEdit | None:
    """The edit that removes an entry with its lines, where nothing else but a comment stands on them."""
    text = node.source.text
    start = max(text.rfind("\n", 0, node.start), text.rfind("\r", 0, node.start)) + 1
    if not re.fullmatch(r"[ \t]*-[ \t]+", text[start : node.start]):
        return None
    rest = re.compile(r"[ \t]*(?:[ \t]#[^\r\n]*)?(?:\r\n|\n|\r|\Z)").match(text, node.end)
    return None if rest is None else TextEdit(node.source.file or NAME, start, rest.end(), "")


def _unknown(key: Scalar, known: Sequence[str]) -> ConfigurationError:
    close = difflib.get_close_matches(key.text.replace("_", "-").lower(), known, n=1, cutoff=0.6)
    help = f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(sorted(known))}"
    return _mistake(key.source, key.start, f"`{key.text}` is not a key of the baseline", help)


def _wrong(node: Node, message: str) -> ConfigurationError:
    return _mistake(node.source, node.start, message, "")


def _mistake(source: Source, start: int, message: str, help: str) -> ConfigurationError:
    at = source.position(start)
    return ConfigurationError(message, file=source.file, line=at.line, column=at.column, help=help)
