"""A small real world to run rules in: the documents of one YAML text, a handful of attributes and functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gitops_lint.dsl.tree import Kind, Origin
from gitops_lint.dsl.values import Items, Secret, settle, show
from gitops_lint.dsl.world import Fact, Followed, Part, Spot, Value
from gitops_lint.text.nodes import Mapping as MappingNode
from gitops_lint.text.nodes import Node, Scalar, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, get, text_of


def parsed(text: str, *, open: bool = False) -> list[Node]:
    """The roots of a YAML text that has no mistakes."""
    found = parse_yaml(Source(text, "test.yaml"), open=open)
    assert not found.mistakes, found.mistakes
    return [document.root for document in found.documents if document.root is not None]


class Document:
    """A document as a subject: `kind`, `name` and `number` are computed, everything else is its field."""

    def __init__(self, root: Node, number: int) -> None:
        self.root = root
        self.number = number

    @property
    def node(self) -> Spot:
        return self.root

    @property
    def kind(self) -> str:
        return text_of(get(self.root, "kind")) or ""

    def ask(self, name: str) -> Value:
        match name:
            case "name":
                return get(get(self.root, "metadata"), "name")
            case "number":
                return self.number
            case "data" if self.kind == "Secret":
                found = get(self.root, "data")
                return found if found is MISSING or found is UNKNOWN else Secret(found)
            case "uses":
                return self._uses()
        return get(self.root, name)

    def _uses(self) -> Value:
        """What `spec.uses` names, as facts."""
        found = get(get(self.root, "spec"), "uses")
        return Items(Fact("Use", node, {"name": node, "from": self.number}) for node in getattr(found, "items", ()))

    def words(self) -> str:
        return f"{self.kind} {show(self.ask('name'))}"

    def __repr__(self) -> str:
        return f"<{self.words()} #{self.number}>"


@dataclass
class SmallWorld:
    """
    documents: the subjects, all of them written. elsewhere: names that exist and cannot be reached; outside: names that
    something outside may supply.
    """

    documents: Sequence[Document]
    params: Mapping[str, Value] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    lookups: list[tuple[str, str]] = field(default_factory=list)

    def subjects(self, kinds: Sequence[Kind], origin: Origin) -> Iterable[Document]:
        if origin == "generated":
            return []
        names = {kind.name for kind in kinds}
        return [one for one in self.documents if "Any" in names or one.kind in names]

    def lookup(self, kinds: Sequence[Kind], origin: Origin, attribute: str, key: str) -> Iterable[Document]:
        self.lookups.append((attribute, key))
        asked = [(one, settle(one.ask(attribute))) for one in self.subjects(kinds, origin)]
        return [one for one, found in asked if found == key or found is UNKNOWN]

    def call(self, function: str, args: Sequence[Value]) -> Value:
        settled = [settle(arg) for arg in args]
        match function:
            case "entries":
                return _entries(args)
            case "is_plaintext":
                return isinstance(settled[0], str) and not settled[0].startswith("ENC[")
            case "is_encrypted":
                return isinstance(settled[0], str) and settled[0].startswith("ENC[")
        if UNKNOWN in settled:
            return UNKNOWN
        if MISSING in settled:
            return MISSING
        match function:
            case "before":
                return str(settled[0]).partition(str(settled[1]))[0]
            case "options":
                return ["Prune=false", "Replace=true", "ServerSideApply=true"]
            case "second_word":
                return _second_word(args[0])
            case "nothing":
                return None
        raise LookupError(f"no function is called {function}")

    def follow(self, reference: Value) -> Followed:
        name = show(reference.ask("name") if isinstance(reference, Fact) else reference)
        found = [one for one in self.documents if show(one.ask("name")) == name]
        if name in self.elsewhere:
            return Followed("elsewhere", found, (), "it is in another namespace")
        if found:
            return Followed("known", found)
        if name in self.outside:
            return Followed("unknown")
        return Followed("absent", (), sorted(show(one.ask("name")) for one in self.documents))

    def param(self, rule: str, name: str) -> Value:
        return self.params.get(name, MISSING)

    def target(self, product: str) -> str:
        return self.targets.get(product, "")


def _entries(maps: Sequence[Value]) -> Value:
    if any(settle(one) is UNKNOWN for one in maps):
        return UNKNOWN
    found = [
        Fact("Entry", key, {"key": name, "value": value}, title=name)
        for one in maps
        if isinstance(one, MappingNode)
        for name, key, value in entries(one)
    ]
    return Items(found, any(isinstance(one, MappingNode) and one.open for one in maps))


def _second_word(given: Value) -> Value:
    if not isinstance(given, Scalar):
        return UNKNOWN
    first, _, second = given.text.partition(" ")
    if not second:
        return MISSING
    place = Part(given, len(first) + 1, len(first) + 1 + len(second))
    return Fact("Word", place, {"text": second, "place": place}, title=second)


def world(text: str, *, open: bool = False, **more: Any) -> SmallWorld:
    """A world of the documents in a YAML text."""
    documents = [Document(root, number) for number, root in enumerate(parsed(text, open=open))]
    return SmallWorld(documents, **more)
