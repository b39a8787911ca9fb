"""A resource beside its schema: what of it is known, how messages call its parts, where else a field could stand."""

from __future__ import annotations

import collections.abc as abc
from typing import Any, Protocol

from gitops_lint.model.schemas import words
from gitops_lint.model.schemas.bundle import Schema
from gitops_lint.model.schemas.problem import Path
from gitops_lint.model.schemas.texts import expanded_later
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Unknown, children
from gitops_lint.text.scalars import MISSING, UNKNOWN, Plain, Reader, get_written, is_null, value

_ONE_LINE = ("plain", "'", '"')


Versions = abc.Mapping[str, abc.Mapping[str, str]]
"""`since` and `until` to system to version."""


class Kind(Protocol):
    """What of `model.schema.KindSchema` is needed here."""

    @property
    def kind(self) -> str: ...
    @property
    def schema(self) -> Schema: ...
    def resolve(self, schema: Schema) -> Schema: ...
    def holders(self, name: str) -> list[Path]: ...
    def elsewhen(self, path: Path, name: str) -> Versions: ...


class Ground:
    """One resource, its schema, and its plain value without null fields."""

    def __init__(self, root: Node, kind: Kind, instance: Plain, reader: Reader) -> None:
        self.root = root
        self.kind = kind
        self.instance = instance
        self.reader: Reader = reader

    def place(self, path: Path) -> str:
        """How messages call what is at a path: `env[0].value`, or the kind for the document."""
        return f"`{words.short(path) or self.kind.kind}`"

    def quoted(self, node: Node, path: Path) -> str:
        """The value as it is written, in backticks; "this value" for a credential, several lines, or no scalar."""
        if not isinstance(node, Scalar) or not words.quotable(path, self.instance):
            return "this value"
        written = (
            node.source.text[node.start : node.end] if node.origin is None and node.style in _ONE_LINE else node.text
        )
        if "\n" in written or "`" in written:
            return "this value"
        return f"`{written}`" if len(written) <= 60 else f"`{written[:60]}…`"

    def node(self, path: Path) -> Node | None:
        """The node at a path of the plain value; None where an engine could not compute it."""
        node: Node = self.root
        for part in path:
            if isinstance(part, int):
                if not isinstance(node, Sequence) or part >= len(node.items):
                    return None
                node = node.items[part]
                continue
            found = get_written(node, part, self.reader)
            if found is MISSING or found is UNKNOWN:
                return None
            node = found
        return node

    def open_above(self, path: Path) -> bool:
        """Whether a part that is not shown may add fields at `path`: the mapping there, or one around it, is open."""
        nodes = [self.node(path[:length]) for length in range(len(path) + 1)]
        return any(isinstance(node, (Mapping, Sequence)) and node.open for node in nodes)

    def unknown(self, node: Node) -> bool:
        """Whether the value itself cannot be known: made by a template, refused by the reader, or not computed."""
        if isinstance(node, Scalar):
            return value(node, self.reader) is UNKNOWN or (node.origin is None and expanded_later(node.text))
        if isinstance(node, Mapping):
            # `replicas: {{ count }}` is read as a mapping in a mapping
            return node.flow and node.source.text.startswith("{{", node.start)
        return isinstance(node, Unknown)

    def unknown_below(self, node: Node) -> bool:
        if self.unknown(node) or (isinstance(node, (Mapping, Sequence)) and node.open):
            return True
        return any(self.unknown_below(child) for child in children(node))

    def elsewhere(self, name: str, path: Path, written: Any) -> str:
        """Readable path of the mapping that does take `name`, where one such mapping is near; else ""."""
        here = tuple("[]" if isinstance(part, int) else part for part in path)
        near: list[tuple[int, Path]] = []
        for holder in self.kind.holders(name):
            if holder == here or holder[:1] == ("status",) or not self._could_hold(holder, name, written):
                continue
            shared = next((at for at, (a, b) in enumerate(zip(holder, here)) if a != b), min(len(holder), len(here)))
            near.append((len(holder) + len(here) - 2 * shared, holder))
        near.sort(key=lambda found: found[0])
        if not near or near[0][0] > (4 if len(near) == 1 else 2) or (len(near) > 1 and near[0][0] == near[1][0]):
            return ""
        return ".".join(str(part) for part in near[0][1]).replace(".[]", "[]")

    def _could_hold(self, holder: Path, name: str, written: Any) -> bool:
        schema: Schema = self.kind.schema
        for part in holder:
            schema = self.kind.resolve(schema)
            schema = schema["items"] if part == "[]" else schema["properties"][part]
        types = types_of(self.kind.resolve(self.kind.resolve(schema)["properties"][name]))
        if isinstance(written, Mapping):
            return "object" in types
        if isinstance(written, Sequence):
            return "array" in types
        return (
            not isinstance(written, Scalar)
            or is_null(written)
            or bool({"string", "integer", "number", "boolean"} & set(types))
        )


def types_of(schema: Schema) -> list[str]:
    """The types that a schema names, as a list; empty where it names none."""
    kinds = schema.get("type", [])
    return list(kinds) if isinstance(kinds, list) else [kinds]
