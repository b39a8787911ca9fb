"""What the names of a rule stand for at one point of it, which values are known to be there, and what was read; for `typecheck`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.tree import AllItems, Call, Expr, Index, Key, Name, Path, Span, Step
from gitops_lint.dsl.types import RecordType, Type

Role = Literal["subject", "item", "number", "target", "match", "matches", "value", "parameter"]

PathKey = tuple[object, ...]
"""
One value, however it is spelled: the name it starts from (or the call, a tree), then keys as text, indexes as numbers, and
EVERY for `[*]`. A name that `let` gave a path stands for that path.
"""

EVERY = AllItems()
RESERVED = frozenset(("target", "did_you_mean"))
"""Names with a meaning of their own."""


@dataclass(frozen=True, slots=True)
class Typed:
    """
    What is known of an expression before it runs.

    optional: it may be missing. key: what it is called, or None for a value that only exists here. reads: where it comes
    from, for "which rules look at this field" (`Rollout.spec.replicas`). reference: kinds it names. no_place: why nothing
    can point at it, or "". written: it is text of a file, reached by fields alone, so a fix may edit it.
    """

    type: Type
    optional: bool = False
    key: PathKey | None = None
    reads: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    no_place: str = ""
    written: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """A name and what it stands for. source: the list it is an item of. expr: what `let` gave it. by: the clause's words."""

    name: str
    role: Role
    value: Typed
    span: Span
    source: PathKey | None = None
    expr: Expr | None = None

    @property
    def never_missing(self) -> bool:
        """A subject and what a reference reached are always there, so asking whether they are is a mistake."""
        return self.role in ("subject", "target")


@dataclass(slots=True)
class Scope:
    """
    Names and present values at one point of a rule. Scopes are extended by making new ones; `used` is shared by all of them.
    """

    names: Mapping[str, Binding] = field(default_factory=dict)
    present: frozenset[PathKey] = frozenset()
    used: set[str] = field(default_factory=set)
    inside: int = 0  # quantifiers around this point

    def binding(self, name: str) -> Binding | None:
        found = self.names.get(name)
        if found is not None:
            self.used.add(name)
        return found

    def with_binding(self, binding: Binding) -> Scope:
        names = {**self.names, binding.name: binding}
        return Scope(names, self.present, self.used, self.inside)

    def with_present(self, keys: frozenset[PathKey]) -> Scope:
        return Scope(self.names, self.present | keys, self.used, self.inside)

    def one_deeper(self) -> Scope:
        return Scope(self.names, self.present, self.used, self.inside + 1)

    def key_of(self, expr: Expr) -> PathKey | None:
        """What an expression is called, whichever way it is spelled; None for one that has no name."""
        match expr:
            case Name(name=name):
                bound = self.names.get(name)
                return bound.value.key if bound is not None else None
            case Call():
                return (expr,)
            case Path(base=base, steps=steps):
                start = self.key_of(base)
                return start + tuple(step_key(step) for step in steps) if start is not None else None
            case _:
                return None


def step_key(step: Step) -> object:
    match step:
        case Key(name=name):
            return name
        case Index(number=number):
            return number
        case AllItems():
            return EVERY


def as_item(value: Typed, item: Type, name: str) -> Typed:
    """An item of a list `value`, under the name that a clause gives it."""
    thing = isinstance(item, RecordType) and item.thing
    reads = value.reads if thing else tuple(f"{each}[]" for each in value.reads)
    return replace(value, type=item, optional=False, key=(name,), reads=reads, default="")
