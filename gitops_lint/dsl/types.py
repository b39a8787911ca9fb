"""
The types of the rule language. Types of resources come from schemas (`policy/schematypes.py`), types of facts from the
vocabulary; `typecheck` compares them, `rules vocabulary` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from typing import Literal

from gitops_lint.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TextType:
    """
    A string. values: the only ones allowed (an enum), or (). language: the format it is written in, or "". secret: it may
    hold a secret in clear text, so no message shows it.
    """

    values: tuple[str, ...] = ()
    language: str = ""
    secret: bool = False

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
    """
    A value with a unit: name is duration, percent, quantity, int-or-percent, int-or-text, version or wave.

    int-or-text: what Kubernetes calls IntOrString where the schema does not say what the string is (a port's name, a percent).
    """

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
    thing: a subject or a fact, which has words of its own in a message; else a mapping. also: what it counts as besides its
    name (`Rollout` also as `workload` and `Resource`). reference: kinds that it names as a whole, where `follow` takes it.
    """

    name: str
    field_of: Callable[[str], Field | None] = field(compare=False, hash=False)
    names: Callable[[], Iterable[str]] = field(compare=False, hash=False)
    thing: bool = False
    also: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class KindType:
    """A resource of one of these kinds; who asks a vocabulary gets its fields (`typecheck` does)."""

    kinds: tuple[str, ...]

    def __str__(self) -> str:
        return " or ".join(self.kinds)


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
    """Free-form: anything may be asked, nothing is promised. secret: what TextType says."""

    secret: bool = False

    def __str__(self) -> str:
        return "anything"


Type = (
    TextType
    | NumberType
    | BoolType
    | DomainType
    | ListType
    | MapType
    | RecordType
    | KindType
    | ReferenceType
    | PlaceType
    | Untyped
)


@dataclass(frozen=True, slots=True)
class Field:
    """
    A named part of a record. optional: may be missing (then comparing it needs a guard). computed: an attribute of the
    vocabulary, not text of the file. needs: stages the value needs (`references`, `kustomize`, …); empty: local.
    reference: kinds that the field's value names, where `follow` may be used on it. default: what Kubernetes puts there
    where it is missing, as text, or "". only_in, only_kinds: the versions (kinds) that have it, where not all do that the record
    stands for.
    """

    type: Type
    optional: bool = True
    computed: bool = False
    needs: frozenset[str] = frozenset()
    doc: str = ""
    reference: tuple[str, ...] = ()
    default: str = ""
    only_in: tuple[str, ...] = ()
    only_kinds: tuple[str, ...] = ()


TEXT = TextType()
SECRET_TEXT = TextType(secret=True)
NUMBER = NumberType()
INTEGER = NumberType(integer=True)
BOOL = BoolType()
DURATION = DomainType("duration")
PERCENT = DomainType("percent")
QUANTITY = DomainType("quantity")
INT_OR_PERCENT = DomainType("int-or-percent")
INT_OR_TEXT = DomainType("int-or-text")
VERSION = DomainType("version")
WAVE = DomainType("wave")
PLACE = PlaceType()
ANYTHING = Untyped()


# ---- several types as one


def common(types: Sequence[Type]) -> Type:
    """What holds for a value of any of these types, at least one; `anything` where they have nothing in common."""
    return _merged([("", each) for each in types], "only_kinds")


def shared(records: Sequence[RecordType], name: str = "") -> RecordType:
    """
    One record for things of several kinds, at least one: every field that any has, those of all and those of some.

    A field that some lack says in `only_kinds` which have it, down to any depth; it is optional where it is in any of them.
    """
    if len(records) == 1:
        return records[0]
    names = tuple(dict.fromkeys(record.name for record in records))
    made = _merged_record([(record.name, record) for record in records], "only_kinds")
    also = tuple(each for each in records[0].also if all(each in record.also for record in records))
    return replace(made, name=name or " or ".join(names), also=also)


def over_versions(records: Sequence[tuple[str, RecordType]], name: str) -> RecordType:
    """
    One record for the served versions of a kind (version, its record), at least one: every field that any has.

    A field that some versions lack says in `only_in` which have it, down to any depth.
    """
    return replace(_merged_record(records, "only_in"), name=name)


Lack = Literal["only_in", "only_kinds"]


def _merged(types: Sequence[tuple[str, Type]], lack: Lack) -> Type:
    """One type for values that come from several places; each with the place's name, for the fields that some lack."""
    first = types[0][1]
    records = [(origin, each) for origin, each in types if isinstance(each, RecordType)]
    if len(records) == len(types):
        return _merged_record(records, lack)
    if isinstance(first, ListType):
        items = [(origin, each.item) for origin, each in types if isinstance(each, ListType)]
        return ListType(_merged(items, lack)) if len(items) == len(types) else _anything(types)
    if isinstance(first, MapType):
        values = [(origin, each.value) for origin, each in types if isinstance(each, MapType)]
        return MapType(_merged(values, lack)) if len(values) == len(types) else _anything(types)
    if all(each == first for _, each in types):
        return first
    texts = [each for _, each in types if isinstance(each, TextType)]
    if len(texts) == len(types):
        return _text(texts)
    if all(isinstance(each, NumberType) for _, each in types):
        return NUMBER
    for made in (KindType, ReferenceType):
        named = [each.kinds for _, each in types if isinstance(each, made)]
        if len(named) == len(types):
            return made(tuple(dict.fromkeys(kind for kinds in named for kind in kinds)))
    return _anything(types)


def _anything(types: Sequence[tuple[str, Type]]) -> Type:
    return Untyped(secret=any(holds_secret(each) for _, each in types))


def _text(texts: Sequence[TextType]) -> TextType:
    closed = all(each.values for each in texts)
    languages = {each.language for each in texts}
    return TextType(
        tuple(dict.fromkeys(value for each in texts for value in each.values)) if closed else (),
        languages.pop() if len(languages) == 1 else "",
        any(each.secret for each in texts),
    )


def _merged_record(records: Sequence[tuple[str, RecordType]], lack: Lack) -> RecordType:
    first = records[0][1]
    if all(record.field_of is first.field_of for _, record in records):
        return first

    def field_of(wanted: str) -> Field | None:
        found = [(origin, each) for origin, record in records if (each := record.field_of(wanted)) is not None]
        if not found:
            return None
        made = _merged_field(found, lack)
        if len(found) == len(records):
            return made
        having = tuple(dict.fromkeys(origin for origin, _ in found if origin))
        return replace(made, only_in=having) if lack == "only_in" else replace(made, only_kinds=having)

    def names() -> Iterable[str]:
        return sorted({each for _, record in records for each in record.names()})

    return RecordType(
        first.name,
        field_of,
        names,
        thing=all(record.thing for _, record in records),
        also=first.also,
        reference=tuple(dict.fromkeys(kind for _, record in records for kind in record.reference)),
    )


def _merged_field(fields: Sequence[tuple[str, Field]], lack: Lack) -> Field:
    first = fields[0][1]
    every = [each for _, each in fields]
    return replace(
        first,
        type=_merged([(origin, each.type) for origin, each in fields], lack),
        optional=any(each.optional for each in every),
        computed=any(each.computed for each in every),
        needs=frozenset().union(*(each.needs for each in every)),
        reference=tuple(dict.fromkeys(kind for each in every for kind in each.reference)),
        default=first.default if all(each.default == first.default for each in every) else "",
        only_in=tuple(dict.fromkeys(version for each in every for version in each.only_in)),
        only_kinds=tuple(dict.fromkeys(kind for each in every for kind in each.only_kinds)),
    )


# ---- secrets


def holds_secret(given: Type) -> bool:
    """Whether a value of this type, printed, could show a secret; records are printed by name only."""
    if isinstance(given, (TextType, Untyped)):
        return given.secret
    if isinstance(given, ListType):
        return holds_secret(given.item)
    return isinstance(given, MapType) and holds_secret(given.value)


# keys are no secrets: messages name them
_PUBLIC = frozenset(("key",))


def made_secret(given: Type) -> Type:
    """`given` as it is when it was computed from a secret: text stays secret, numbers, verdicts and keys do not."""
    if isinstance(given, (TextType, Untyped)):
        return replace(given, secret=True)
    if isinstance(given, ListType):
        return ListType(made_secret(given.item))
    if isinstance(given, RecordType):
        return replace(given, field_of=lambda wanted: _made_secret_field(given.field_of(wanted), wanted))
    return MapType(made_secret(given.value)) if isinstance(given, MapType) else given


def _made_secret_field(field: Field | None, name: str) -> Field | None:
    return field if field is None or name in _PUBLIC else replace(field, type=made_secret(field.type))
