"""
The types of the rule language. Types of resources come from schemas (`policy/schematypes.py`), types of facts from the
vocabulary; `typecheck` compares them, `rules vocabulary` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TextType:
    """A string. values: the only ones allowed (an enum), or (). language: the format it is written in, or ""."""

    values: tuple[str, ...] = ()
    language: str = ""

    def __str__(self) -> str:
        return "text" if not self.values else "one of " + ", ".join(self.values)


@dataclass(frozen=True, slots=True)
class NumberType:
    integer: bool = False

    def __str__(self) -> str:
        return "integer" if self.integer else "number"


@dataclass(frozen=True, slots=True)
class BoolType:
    def __str__(self) -> str:
        return "boolean"


@dataclass(frozen=True, slots=True)
class DomainType:
    """A value with a unit: name is duration, percent, quantity, int-or-percent, version or wave."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListType:
    item: Type

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True, slots=True)
class MapType:
    """Keys are free, values are alike (labels, data)."""

    value: Type

    def __str__(self) -> str:
        return f"map of {self.value}"


@dataclass(frozen=True, slots=True)
class RecordType:
    """
    A thing with named fields: a mapping of a schema, a resource or a record of facts.

    name: how messages call it (`Rollout`, `AnalysisUse`, `spec.strategy`). field_of: a field by name, or None. names: all
    of them, for did-you-mean. Both are asked lazily because schemas are large and recursive.
    """

    name: str
    field_of: Callable[[str], Field | None] = field(compare=False, hash=False)
    names: Callable[[], Iterable[str]] = field(compare=False, hash=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ReferenceType:
    """A node (or fact) that names a resource of one of these kinds; what `follow` takes."""

    kinds: tuple[str, ...]

    def __str__(self) -> str:
        return "reference to " + " or ".join(self.kinds)


@dataclass(frozen=True, slots=True)
class PlaceType:
    """Something that can only be pointed at."""

    def __str__(self) -> str:
        return "place"


@dataclass(frozen=True, slots=True)
class Untyped:
    """Free-form: anything may be asked, nothing is promised."""

    def __str__(self) -> str:
        return "anything"


Type = (
    TextType | NumberType | BoolType | DomainType | ListType | MapType | RecordType | ReferenceType | PlaceType | Untyped
)


@dataclass(frozen=True, slots=True)
class Field:
    """
    A named part of a record. optional: may be missing (then comparing it needs a guard). computed: an attribute of the
    vocabulary, not text of the file. needs: stages the value needs (`references`, `kustomize`, …); empty: local.
    reference: kinds that the field's value names, where `follow` may be used on it.
    """

    type: Type
    optional: bool = True
    computed: bool = False
    needs: frozenset[str] = frozenset()
    doc: str = ""
    reference: tuple[str, ...] = ()


TEXT = TextType()
NUMBER = NumberType()
INTEGER = NumberType(integer=True)
BOOL = BoolType()
DURATION = DomainType("duration")
PERCENT = DomainType("percent")
QUANTITY = DomainType("quantity")
INT_OR_PERCENT = DomainType("int-or-percent")
VERSION = DomainType("version")
WAVE = DomainType("wave")
PLACE = PlaceType()
ANYTHING = Untyped()
