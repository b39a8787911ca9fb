"""What a change does to generated Applications, for people."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.report.compared import Comparison, ShownChange, ShownSet, grouped
from gitops_lint.report.terminal import Paint, visible
from gitops_lint.simulate.applicationset.comparison import Action

SIGNS: dict[Action, str] = {"add": "+", "change": "~", "delete": "-", "leave": "=", "unknown": "?"}
_STYLES: dict[Action, str] = {
    "add": "help",
    "change": "warning",
    "delete": "error",
    "leave": "faint",
    "unknown": "faint",
}
_NAMES = 5
_LONGEST = 300


def render(comparison: Comparison, paint: Paint) -> str:
    """A block for each ApplicationSet, and a sentence at the end."""
    blocks = ["\n".join(_block(one, paint)) + "\n" for one in comparison.applicationsets]
    blocks.append(f"{paint('strong', visible(comparison.summary))}\n")
    return "\n".join(blocks)


def _block(one: ShownSet, paint: Paint) -> Iterator[str]:
    yield f"{paint('strong', visible(f'ApplicationSet {one.words}'))}  {visible(str(one.place))}"
    if one.error is not None:
        yield f"  {paint('error', 'error')}: {visible(one.error.message)}"
    for note in one.notes:
        yield f"  {visible(note)}"
    for each in one.unknown:
        yield f"  note: not known as a whole: {visible(each.message)}"
    for change, names in grouped(one.applications):
        yield f"  {paint(_STYLES[change.action], SIGNS[change.action])} {visible(listed(names))}"
        for line in lines(change):
            yield f"      {visible(line)}"


def lines(change: ShownChange) -> list[str]:
    """The fields and notes of a change, each cut to what can be read."""
    return [_cut(field.words) for field in change.fields] + list(change.notes)


def listed(names: list[str]) -> str:
    """Some names, and how many others."""
    shown = ", ".join(names[:_NAMES])
    return shown if len(names) <= _NAMES else f"{shown} and {len(names) - _NAMES} more"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
