"""A vocabulary without Kubernetes, small enough to read: two kinds, a class of them, a record of facts, a few functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gitops_lint.dsl.tree import Kind
from gitops_lint.dsl.types import (
    ANYTHING,
    BOOL,
    DURATION,
    INT_OR_TEXT,
    INTEGER,
    PERCENT,
    PLACE,
    QUANTITY,
    SECRET_TEXT,
    TEXT,
    WAVE,
    Field,
    KindType,
    ListType,
    MapType,
    RecordType,
    TextType,
    Type,
    shared,
)
from gitops_lint.dsl.world import Function, KindEntry, Parameter


def record(
    name: str,
    fields: Mapping[str, Field],
    *,
    thing: bool = False,
    also: tuple[str, ...] = (),
    reference: tuple[str, ...] = (),
) -> RecordType:
    return RecordType(name, fields.get, lambda: sorted(fields), thing=thing, also=also, reference=reference)


def present(given: Type) -> Field:
    return Field(given, optional=False)


PORT = record("ports", {"port": present(INTEGER), "name": Field(TEXT), "target": Field(INT_OR_TEXT)})
STEP = record("steps", {"weight": Field(INTEGER), "pause": Field(record("pause", {"duration": Field(DURATION)}))})
USE = record(
    "Use",
    {"name": Field(TEXT, optional=False, reference=("Box",)), "args": Field(ListType(TEXT)), "where": Field(PLACE)},
    thing=True,
)
META = record("meta", {"name": Field(TEXT), "labels": Field(MapType(TEXT))})
BOX_FIELDS = {
    "meta": Field(META),
    "size": Field(QUANTITY),
    "open": Field(BOOL, default="false"),
    "color": Field(TextType(values=("red", "green", "blue"))),
    "count": Field(INTEGER, default="1"),
    "ports": Field(ListType(PORT)),
    "steps": Field(ListType(STEP)),
    "limit": Field(PERCENT),
    "timeout": Field(DURATION),
    "free": Field(ANYTHING),
    "secret": Field(MapType(SECRET_TEXT)),
    "only_new": Field(TEXT, only_in=("v2",)),
    "name": Field(TEXT, optional=False, computed=True),
    "wave": Field(WAVE, optional=False, computed=True, needs=frozenset({"deliveries"})),
    "total": Field(INTEGER, optional=False, computed=True),
    "uses": Field(ListType(USE), optional=False, computed=True, needs=frozenset({"references"})),
    "inner": Field(KindType(("Bag",)), computed=True),
}
BOX = record("Box", BOX_FIELDS, thing=True, also=("container",))
BAG = record(
    "Bag",
    {"meta": Field(META), "count": Field(INTEGER), "zip": Field(BOOL), "name": BOX_FIELDS["name"]},
    thing=True,
    also=("container",),
)
ENTRY = record("Entry", {"key": present(TEXT), "value": Field(ANYTHING)}, thing=True)

FUNCTIONS = {
    each.name: each
    for each in (
        Function("before", (Parameter("text", TEXT), Parameter("mark", TEXT)), TEXT, lambda text, mark: text),
        Function(
            "entries",
            (Parameter("map", MapType(ANYTHING)),),
            ListType(ENTRY),
            lambda *maps: [],
            variadic=True,
            lenient=True,
        ),
        Function("size_of", (Parameter("list", ListType(ANYTHING)),), INTEGER, lambda given: 0),
        Function(
            "fits", (Parameter("text", TEXT), Parameter("regex", TextType(language="re2"), literal=True)), BOOL, bool
        ),
        Function("text", (Parameter("value", ANYTHING),), TEXT, str),
        Function("content", (Parameter("box", KindType(("container",))),), TEXT, str, needs=frozenset({"lua"})),
    )
}


class SmallVocabulary:
    """Kinds Box and Bag in no group, `container` for both, `thing/Box` by its group."""

    def kind(self, kind: Kind) -> KindEntry | None:
        if kind.group not in (None, "thing"):
            return None
        return {
            "Box": KindEntry("Box", "thing"),
            "Bag": KindEntry("Bag", "thing"),
            "container": KindEntry("container", "thing", ("Box", "Bag")),
        }.get(kind.name)

    def is_generated(self, kind: Kind) -> bool:
        return kind.name != "container"

    def kind_names(self) -> Iterable[str]:
        return ("Bag", "Box", "container")

    def type_of(self, kind: Kind) -> RecordType:
        if kind.name == "container":
            return shared([BOX, BAG], "container")
        return {"Box": BOX, "Bag": BAG}[kind.name]

    def function(self, name: str) -> Function | None:
        return FUNCTIONS.get(name)

    def function_names(self) -> Iterable[str]:
        return sorted(FUNCTIONS)

    def indexed(self) -> frozenset[str]:
        return frozenset(("name",))

    def targets(self) -> Iterable[str]:
        return ("crane", "lorry")
