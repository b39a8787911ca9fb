"""What a path of a rule reaches, step by step through records, lists and maps; unknown fields are told here."""

from __future__ import annotations

from dataclasses import replace

from gitops_lint.dsl.fits import in_words
from gitops_lint.dsl.judge import Judge
from gitops_lint.dsl.scope import EVERY, Scope, Typed
from gitops_lint.dsl.tree import AllItems, Index, Key, Path, Step
from gitops_lint.dsl.types import (
    ANYTHING,
    BoolType,
    Field,
    KindType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    ReferenceType,
    Type,
    Untyped,
)
from gitops_lint.dsl.wording import meant, one_of, path_as_written

LOST = Typed(ANYTHING)
"""What stands for a value after an error, so that one mistake is told once."""

COMPUTED = "is computed and is written nowhere"


class Paths:
    """Walks paths for one rule."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def walk(self, base: Typed, path: Path, scope: Scope) -> Typed:
        """What the path reaches from `base`; LOST after an error."""
        here, lists = base, 0
        optional = base.optional
        for at, step in enumerate(path.steps):
            if isinstance(here.type, Untyped) and base is LOST:
                return LOST
            found = self._step(here, step, path, at)
            if found is None:
                return LOST
            if found.key is not None and found.key in scope.present:
                found = replace(found, optional=False)
            if isinstance(step, AllItems) and not isinstance(here.type, Untyped):
                # from here on each item is asked: one that lacks the rest is left out, so only the list itself may be missing
                optional = optional if lists else here.optional
                lists = 1
            here = found
        record = _record_in(here.type)
        if record is None or not record.thing:
            self._judge.reads.update(here.reads)
        if not lists:
            return here
        item = here.type.item if isinstance(here.type, ListType) else here.type
        return replace(here, type=ListType(item), optional=optional)

    def _step(self, here: Typed, step: Step, path: Path, at: int) -> Typed | None:
        match step:
            case Key():
                return self._key(here, step, path, at)
            case Index(number=number):
                return self._index(here, number, path, at)
            case AllItems():
                return self._all(here, path, at)

    # ---- fields

    def _key(self, here: Typed, step: Key, path: Path, at: int) -> Typed | None:
        given = here.type
        key = (*here.key, step.name) if here.key is not None else None
        reads = tuple(f"{each}.{step.name}" for each in here.reads)
        if isinstance(given, Untyped):
            return Typed(given, True, key, reads, no_place=here.no_place, written=here.written)
        if isinstance(given, MapType):
            value = self._judge.settled(given.value)
            return Typed(value, True, key, reads, no_place=here.no_place, written=here.written)
        if isinstance(given, RecordType):
            field = given.field_of(step.name)
            if field is None:
                self._unknown_field(given, step, path, at)
                return None
            self._in_versions(field, step, path, at)
            return self._field(here, field, key, reads)
        self._no_fields(given, step, path, at)
        return None

    def _field(self, here: Typed, field: Field, key: tuple[object, ...] | None, reads: tuple[str, ...]) -> Typed:
        self._judge.needs_stages(field.needs)
        given = self._judge.settled(field.type)
        record = _record_in(given)
        reference = field.reference or (record.reference if record is not None else ())
        if isinstance(given, ReferenceType):
            reference = given.kinds
        if record is not None and record.thing:
            # what is asked of a thing counts as asked of its kind, wherever the thing was come by
            self._judge.reads.update(reads)
            reads = _called(field.type)
        return Typed(
            given,
            here.optional or field.optional,
            key,
            reads,
            reference,
            no_place=COMPUTED if field.computed and isinstance(given, (BoolType, NumberType)) else "",
            written=(record is not None and record.thing) or (here.written and not field.computed),
            default=field.default,
        )

    def _in_versions(self, field: Field, step: Key, path: Path, at: int) -> None:
        where = path_as_written(path.base, path.steps[:at])
        if field.only_kinds:
            self._judge.wrong(
                step.span, f'"{step.name}" is a field of {where} only in {one_of(field.only_kinds, "and")}'
            )
        elif field.only_in and not self._judge.rule.applies_to:
            self._judge.wrong(
                step.span,
                f'"{step.name}" is a field of {where} only in {one_of(field.only_in, "and")}',
                help="a rule reads what all served versions have, or says `applies to`",
            )

    def _unknown_field(self, record: RecordType, step: Key, path: Path, at: int) -> None:
        where = path_as_written(path.base, path.steps[:at])
        hint = meant(step.name, record.names())
        self._judge.wrong(step.span, f'"{step.name}" is not a field of {where}{hint}')

    def _no_fields(self, given: Type, step: Key, path: Path, at: int) -> None:
        where = path_as_written(path.base, path.steps[:at])
        help = ""
        if isinstance(given, ListType):
            help = f"`with each {where} as item` asks one item after the other, `{where}[*].{step.name}` all of them"
        elif isinstance(given, ReferenceType):
            help = f"`follow {where} as target` reaches what it names"
        self._judge.wrong(step.span, f'"{where}" is {in_words(given)} and has no field "{step.name}"', help=help)

    # ---- items

    def _index(self, here: Typed, number: int, path: Path, at: int) -> Typed | None:
        key = (*here.key, number) if here.key is not None else None
        reads = tuple(f"{each}[]" for each in here.reads)
        if isinstance(here.type, ListType):
            return replace(
                here, type=self._judge.settled(here.type.item), optional=True, key=key, reads=reads, default=""
            )
        if isinstance(here.type, Untyped):
            return replace(here, optional=True, key=key, reads=reads)
        self._no_items(here.type, path, at)
        return None

    def _all(self, here: Typed, path: Path, at: int) -> Typed | None:
        key = (*here.key, EVERY) if here.key is not None else None
        reads = tuple(f"{each}[]" for each in here.reads)
        given = here.type
        if isinstance(given, (ListType, MapType)):
            inner = given.item if isinstance(given, ListType) else given.value
            return replace(here, type=self._judge.settled(inner), optional=False, key=key, reads=reads, default="")
        if isinstance(given, Untyped):
            return replace(here, key=key, reads=reads)
        self._no_items(given, path, at)
        return None

    def _no_items(self, given: Type, path: Path, at: int) -> None:
        where = path_as_written(path.base, path.steps[:at])
        self._judge.wrong(path.steps[at].span, f'"{where}" is {in_words(given)}, not a list')


def _called(given: Type) -> tuple[str, ...]:
    while isinstance(given, ListType):
        given = given.item
    return given.kinds if isinstance(given, KindType) else (str(given),)


def _record_in(given: Type) -> RecordType | None:
    """The record that a value is, or that its items are."""
    while isinstance(given, ListType):
        given = given.item
    return given if isinstance(given, RecordType) else None
