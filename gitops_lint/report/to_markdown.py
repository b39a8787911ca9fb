"""
A comment on a pull request, or a job's summary: counts, then a foldable table for each file, the worst first.

What comes from the repository stands in HTML blocks, where no Markdown is read, and what GitHub or GitLab would make a
mention, a reference or a link of stands in `<code>`, where neither looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from gitops_lint.findings import Finding, Outcome, RuleCard, Severity
from gitops_lint.pattern import pattern
from gitops_lint.report import ReportSettings, path_in_repository
from gitops_lint.report.layout import paired
from gitops_lint.report.terminal import Paint, visible
from gitops_lint.report.to_text import summary

NAME = "markdown"
# GitHub refuses a comment of more than 65,536 characters. Counted here are bytes of UTF-8, which are never fewer, and some
# are left for what a workflow puts around the report
MOST_BYTES = 60_000
# of one text, in code points: a longer one is cut, so that no finding takes the room of all others
_LONGEST = 600
_RELATED = 3
# so few findings may lie open; more would push the discussion out of sight
_OPEN = 10
_SIGNS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
# words that become mentions, references, links, emoji or formulas
_ACTIVE = pattern(r"[@#!~%&]\w|\$|://|www\.|\bGH-\d|:[\w+-]+:|\b[0-9a-f]{7,40}\b", re.IGNORECASE)


def render(outcome: Outcome, settings: ReportSettings) -> str:
    head = f"### gitops-lint: {escape(summary(outcome, settings, Paint()), quote=False)}\n"
    if outcome.crashed:
        head += "\nA rule or an engine failed, so findings may be missing; see `rule-crashed`.\n"
    sections, left_out = _sections(outcome, settings.source, MOST_BYTES - len(head.encode()) - 200)
    parts = [head, *sections]
    if left_out:
        parts.append(f"and {left_out} more {'finding' if left_out == 1 else 'findings'}\n")
    return "\n".join(parts)


def _sections(outcome: Outcome, source: str, room: int) -> tuple[list[str], int]:
    """The tables, the file with the worst finding first, that fit into so many bytes; how many findings do not."""
    worst_first = sorted(outcome.findings, key=lambda one: -one.severity)
    by_file: dict[str, list[Finding]] = {}
    for one in worst_first:
        by_file.setdefault(one.file, []).append(one)
    fold = len(outcome.findings) > _OPEN
    rows: dict[str, list[str]] = {}
    shown = 0
    for one in worst_first:
        row = _row(one, outcome, source)
        room -= len(row.encode()) + 1
        if one.file not in rows:
            room -= len(_section(one.file, by_file[one.file], [], outcome, fold).encode()) + 1
        if room < 0:
            break
        rows.setdefault(one.file, []).append(row)
        shown += 1
    files = sorted(rows, key=lambda file: ([-count for count in _counts(by_file[file])], file))
    sections = [_section(file, by_file[file], rows[file], outcome, fold) for file in files]
    return sections, len(worst_first) - shown


def _section(file: str, findings: Sequence[Finding], rows: Sequence[str], outcome: Outcome, fold: bool) -> str:
    told = ", ".join(
        f"{count} {severity.word}{'' if count == 1 else 's'}"
        for severity, count in zip(reversed(Severity), _counts(findings), strict=True)
        if count
    )
    lines = [
        f"<details{'' if fold else ' open'}>",
        f"<summary>{_code(path_in_repository(file, outcome))}: {told}</summary>",
        "<table>",
        *rows,
        "</table>",
        "</details>",
    ]
    return "\n".join(lines) + "\n"


def _counts(findings: Iterable[Finding]) -> list[int]:
    """How many findings of each severity, errors first."""
    severities = [one.severity for one in findings]
    return [severities.count(one) for one in reversed(Severity)]


def _row(finding: Finding, outcome: Outcome, source: str) -> str:
    parts = [_text(finding.message)]
    for one in finding.related[:_RELATED]:
        place = _code(f"{path_in_repository(one.region.file, outcome)}:{one.region.line}")
        parts.append(f"see {place}{f': {_text(one.message)}' if one.message else ''}")
    if len(finding.related) > _RELATED:
        parts.append(f"and {len(finding.related) - _RELATED} more places")
    if finding.help:
        parts.append(f"<em>help:</em> {_text(finding.help)}")
    parts += [f"<em>fix:</em> {_text(fix.title)}" for fix in finding.fixes[:1]]
    parts.append(_rule(finding.rule, outcome.rules.get(finding.rule)))
    sign = f"{_SIGNS[finding.severity]}&nbsp;{finding.severity.word}"
    place, path = f"{finding.line}:{finding.column}", path_in_repository(finding.file, outcome)
    # a name that is not UTF-8 has no address
    if source and paired(path) == path and len(quote(path)) <= _LONGEST:
        place = f'<a href="{escape(source)}{quote(path)}#L{finding.line}">{place}</a>'
    return f"<tr><td>{sign}</td><td>{place}</td><td>{'<br>'.join(parts)}</td></tr>"


def _rule(id: str, card: RuleCard | None) -> str:
    url = card.url if card else ""
    if not (url.startswith("https://") and url.isascii() and url.isprintable()):
        return _code(id)
    return f'<a href="{escape(url)}">{_code(id)}</a>'


def _text(text: str) -> str:
    """A message on one line as HTML: what stands in backticks, and every word that a forge would make something of, as code."""
    parts = _within(visible(text)).split("`")
    if len(parts) % 2 == 0:
        # an odd backtick quotes nothing
        parts[-2:] = ["`".join(parts[-2:])]
    return "".join(_code(part) if number % 2 else _inert(part) for number, part in enumerate(parts))


def _inert(text: str) -> str:
    words = re.split(r"(\s+)", text)
    return "".join(_code(word) if _ACTIVE.search(word) else escape(word) for word in words)


def _code(text: str) -> str:
    return f"<code>{escape(_within(visible(text)))}</code>" if text else ""


def _within(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
