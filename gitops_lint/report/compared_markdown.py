"""
What a change does to generated Applications, as a comment on a pull request.

What comes from the repository stands in HTML and in `<code>`, where no forge reads Markdown, mentions or references.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from gitops_lint.report.compared import Comparison, ShownSet, grouped
from gitops_lint.report.compared_text import lines, listed
from gitops_lint.report.terminal import visible
from gitops_lint.simulate.applicationset.comparison import Action

# GitHub refuses a comment of more than 65,536 characters
MOST_BYTES = 60_000
_WORDS: dict[Action, str] = {
    "add": "➕ added",
    "change": "✏️ changed",
    "delete": "🗑️ deleted",
    "leave": "⏸️ left as it is",
    "unknown": "❔ not known",
}
# so many rows may lie open; more would push the discussion out of sight
_OPEN = 20


def render(comparison: Comparison) -> str:
    head = f"### {escape(comparison.summary, quote=False)}\n"
    if comparison.commit is not None:
        head += f"\nCompared with <code>{escape(visible(comparison.against))}</code> ({comparison.commit[:10]}).\n"
    room = MOST_BYTES - len(head.encode()) - 200
    rows = sum(len(grouped(one.applications)) for one in comparison.applicationsets)
    parts, left_out = [head], 0
    for one in comparison.applicationsets:
        section = "\n".join(_section(one, is_open=rows <= _OPEN)) + "\n"
        room -= len(section.encode()) + 1
        if room < 0:
            left_out += 1
        else:
            parts.append(section)
    if left_out:
        parts.append(
            f"and {left_out} more ApplicationSet{'' if left_out == 1 else 's'}, for which there is no room here\n"
        )
    return "\n".join(parts)


def _section(one: ShownSet, *, is_open: bool) -> Iterator[str]:
    counts = f"{len(one.applications)} Application{'' if len(one.applications) == 1 else 's'}"
    yield f"<details{' open' if is_open else ''}>"
    yield f"<summary>ApplicationSet {_code(one.words)}: {counts}, {_code(str(one.place))}</summary>"
    if one.error is not None:
        yield f"<p>❌ {_code(one.error.message)}</p>"
    for note in (*one.notes, *(f"not known as a whole: {each.message}" for each in one.unknown)):
        yield f"<p>{_code(note)}</p>"
    if one.applications:
        yield "<table>"
        for change, names in grouped(one.applications):
            told = "<br>".join(_code(line) for line in (listed(names), *lines(change)))
            yield f"<tr><td>{_WORDS[change.action]}</td><td>{told}</td></tr>"
        yield "</table>"
    yield "</details>"


def _code(text: str) -> str:
    return f"<code>{escape(visible(text))}</code>"
