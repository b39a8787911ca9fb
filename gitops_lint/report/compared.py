"""
What a change does to generated Applications, as values for the printers: `gitops-lint render --against`.

Made by `rendering`. Secrets are masked here, before anything is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.credentials import find_all
from gitops_lint.report.rendered import Remark, Rendering, ShownPlace
from gitops_lint.report.terminal import MASK
from gitops_lint.simulate.applicationset.comparison import Action, FieldChange
from gitops_lint.text.path import render as path_text
from gitops_lint.text.scalars import MISSING, Missing, Plain
from gitops_lint.text.write import flow_text

_TELLING = 4  # shorter secrets are masked only where they stand alone


State = Literal["new", "kept", "gone"]
"""Whether an ApplicationSet comes, stays or goes."""


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field that changes. old, new: MISSING where it was not, or is no more, there; secrets are masked."""

    path: str
    old: Plain | Missing
    new: Plain | Missing

    @property
    def words(self) -> str:
        """`path: old → new` on one line."""
        return f"{self.path}: {_value(self.old)} → {_value(self.new)}"


def _value(value: Plain | Missing) -> str:
    return "nothing" if value is MISSING else flow_text(value, False)


@dataclass(frozen=True, slots=True)
class ShownChange:
    """
    What happens to one Application.

    prunes: whether something is deleted in a cluster because of it. element, template: what it is made of now, else was before.
    """

    name: str
    action: Action
    fields: tuple[ShownField, ...]
    notes: tuple[str, ...]
    prunes: bool
    element: ShownPlace | None
    template: ShownPlace | None


@dataclass(frozen=True, slots=True)
class ShownSet:
    """
    One ApplicationSet with changes. place: where it is written, before where it goes.
    error: why it generates nothing now. unknown: what of it is not known now.
    """

    name: str
    namespace: str | None
    state: State
    place: ShownPlace
    error: Remark | None
    unknown: tuple[Remark, ...]
    notes: tuple[str, ...]
    applications: tuple[ShownChange, ...]

    @property
    def words(self) -> str:
        named = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{named} ({self.state})" if self.state != "kept" else named


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """
    Two sides of a repository. against: the name that was given; commit: what it means, None for an empty tree. rendering: the
    sets of now.
    """

    against: str
    commit: str | None
    applicationsets: tuple[ShownSet, ...]
    rendering: Rendering

    def count(self, action: Action) -> int:
        return sum(1 for one in self.applicationsets for each in one.applications if each.action == action)

    @property
    def pruning(self) -> int:
        """How many changes delete something in a cluster."""
        return sum(1 for one in self.applicationsets for each in one.applications if each.prunes)

    @property
    def summary(self) -> str:
        """One sentence: what comes, changes and goes."""
        counts = [f"{self.count(action)} {word}" for action, word in _SUMMED if self.count(action)]
        said = f"generated Applications: {', '.join(counts) if counts else 'none changes'}"
        if self.pruning:
            said += f"; {self.pruning} of these {'deletes' if self.pruning == 1 else 'delete'} something in a cluster"
        return said


_SUMMED: tuple[tuple[Action, str], ...] = (
    ("add", "added"),
    ("change", "changed"),
    ("delete", "deleted"),
    ("leave", "left as they are"),
    ("unknown", "not known"),
)


def shown_field(field: FieldChange, secrets: Sequence[str]) -> ShownField:
    """A field with secrets masked. secrets: texts that are known to be some."""
    return ShownField(path_text(field.path), _masked(field.old, secrets), _masked(field.new, secrets))


def _masked(value: Plain | Missing, secrets: Sequence[str]) -> Plain | Missing:
    if isinstance(value, str):
        return _masked_text(value, secrets)
    if isinstance(value, list):
        return [_plain(_masked(one, secrets)) for one in value]
    if isinstance(value, dict):
        return {key: _plain(_masked(one, secrets)) for key, one in value.items()}
    return value


def _plain(value: Plain | Missing) -> Plain:
    return None if isinstance(value, Missing) else value


def _masked_text(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        if text == secret:
            return MASK
        if len(secret) >= _TELLING:
            text = text.replace(secret, MASK)
    for one in reversed(find_all(text)):
        text = text[: one.start] + MASK + text[one.end :]
    return text


def grouped(changes: Iterable[ShownChange]) -> list[tuple[ShownChange, list[str]]]:
    """Changes that are the same but for the name, each with the names, in the order of the first."""
    found: dict[object, tuple[ShownChange, list[str]]] = {}
    for one in changes:
        key = (one.action, tuple(field.words for field in one.fields), one.notes)
        found.setdefault(key, (one, []))[1].append(one.name)
    return list(found.values())
