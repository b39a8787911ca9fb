"""
The types of the rule language. Types of resources come from schemas (`policy/schematypes.py`), types of facts from the
vocabulary; `typecheck` compares them, `rules vocabulary` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace


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
    parts: the records it is the common part of, each with what it is called in messages.
    """

    name: str
    field_of: Callable[[str], Field | None] = field(compare=False, hash=False)
    names: Callable[[], Iterable[str]] = field(compare=False, hash=False)
    thing: bool = False
    also: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    parts: tuple[RecordType, ...] = ()

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
    where it is missing, as text, or "". only_in: the versions that have it, where not all served ones do.
    """

    type: Type
    optional: bool = True
    computed: bool = False
    needs: frozenset[str] = frozenset()
    doc: str = ""
    reference: tuple[str, ...] = ()
    default: str = ""
    only_in: tuple[str, ...] = ()


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
    first, *others = types
    for other in others:
        first = _common_of_two(first, other)
    return first


def _common_of_two(one: Type, two: Type) -> Type:
    if isinstance(one, RecordType) and isinstance(two, RecordType):
        return one if one.field_of is two.field_of else shared([one, two])
    if one == two:
        return one
    if isinstance(one, TextType) and isinstance(two, TextType):
        values = tuple(dict.fromkeys(one.values + two.values)) if one.values and two.values else ()
        return TextType(values, one.language if one.language == two.language else "", one.secret or two.secret)
    if isinstance(one, NumberType) and isinstance(two, NumberType):
        return NUMBER
    if isinstance(one, ListType) and isinstance(two, ListType):
        return ListType(_common_of_two(one.item, two.item))
    if isinstance(one, MapType) and isinstance(two, MapType):
        return MapType(_common_of_two(one.value, two.value))
    if (
        isinstance(one, (KindType, ReferenceType))
        and isinstance(two, (KindType, ReferenceType))
        and type(one) is type(two)
    ):
        return type(one)(tuple(dict.fromkeys(one.kinds + two.kinds)))
    return Untyped(secret=holds_secret(one) or holds_secret(two))


def shared(records: Sequence[RecordType], name: str = "") -> RecordType:
    """
    The record of what all of `records` have, at least one: a rule over several kinds may ask only that.

    A field is optional where it is in any of them. Its `names` are those of all, so that a hint can name what only some have.
    """
    parts = tuple(dict.fromkeys(part for record in records for part in (record.parts or (record,))))
    if len(records) == 1:
        return records[0]

    def field_of(wanted: str) -> Field | None:
        found = [record.field_of(wanted) for record in records]
        present = [each for each in found if each is not None]
        return _common_field(present) if len(present) == len(found) else None

    def names() -> Iterable[str]:
        return sorted({each for record in records for each in record.names()})

    also = [set(record.also) for record in records]
    names_of = tuple(dict.fromkeys(record.name for record in records))
    return RecordType(
        name or " or ".join(names_of),
        field_of,
        names,
        thing=all(record.thing for record in records),
        also=tuple(each for each in records[0].also if all(each in others for others in also)),
        parts=parts,
    )


def _common_field(fields: Sequence[Field]) -> Field:
    first = fields[0]
    return replace(
        first,
        type=common([each.type for each in fields]),
        optional=any(each.optional for each in fields),
        computed=any(each.computed for each in fields),
        needs=frozenset().union(*(each.needs for each in fields)),
        reference=tuple(dict.fromkeys(kind for each in fields for kind in each.reference)),
        default=first.default if all(each.default == first.default for each in fields) else "",
        only_in=tuple(dict.fromkeys(version for each in fields for version in each.only_in)),
    )


def over_versions(records: Sequence[tuple[str, RecordType]], name: str) -> RecordType:
    """
    One record for the served versions of a kind (version, its record): every field that any has.

    A field that some versions lack says in `only_in` which have it, down to any depth.
    """
    if len(records) == 1:
        return records[0][1]

    def field_of(wanted: str) -> Field | None:
        found = [(version, each) for version, record in records if (each := record.field_of(wanted)) is not None]
        if not found:
            return None
        inner = [(version, each.type) for version, each in found]
        merged = replace(_common_field([each for _, each in found]), type=_over_versions(inner))
        if len(found) == len(records):
            return merged
        return replace(merged, only_in=tuple(version for version, _ in found))

    def names() -> Iterable[str]:
        return sorted({each for _, record in records for each in record.names()})

    first = records[0][1]
    return RecordType(name, field_of, names, thing=first.thing, also=first.also, reference=first.reference)


def _over_versions(types: Sequence[tuple[str, Type]]) -> Type:
    records = [(version, each) for version, each in types if isinstance(each, RecordType)]
    if len(records) == len(types):
        return over_versions(records, records[0][1].name)
    items = [(version, each.item) for version, each in types if isinstance(each, ListType)]
    if len(items) == len(types):
        return ListType(_over_versions(items))
    values = [(version, each.value) for version, each in types if isinstance(each, MapType)]
    if len(values) == len(types):
        return MapType(_over_versions(values))
    return common([each for _, each in types])


# ---- secrets


def holds_secret(given: Type) -> bool:
    """Whether a value of this type, printed, could show a secret; records are printed by name only."""
    if isinstance(given, (TextType, Untyped)):
        return given.secret
    if isinstance(given, ListType):
        return holds_secret(given.item)
    return isinstance(given, MapType) and holds_secret(given.value)


def made_secret(given: Type) -> Type:
    """`given` as it is when it was computed from a secret: text stays secret, numbers and verdicts do not."""
    if isinstance(given, (TextType, Untyped)):
        return replace(given, secret=True)
    if isinstance(given, ListType):
        return ListType(made_secret(given.item))
    return MapType(made_secret(given.value)) if isinstance(given, MapType) else given
