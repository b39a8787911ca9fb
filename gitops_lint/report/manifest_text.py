"""
Manifests as YAML that `kubectl apply` takes, and as JSON: what is read back are the same values, by every reader there is.

Called for thousands of Applications that share most of their nodes, so what is shared is written once, and the keys of
mappings that a template made alike are written once as well.
"""

from __future__ import annotations

import json
from functools import lru_cache

from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import UNKNOWN, entries, typed
from gitops_lint.text.write import scalar_text, value_lines

_STEP = "  "
_KEPT = 16_384


class ManifestYaml:
    """Writes manifests as YAML; one object for all of a run."""

    def __init__(self) -> None:
        # by id and indentation; the node is kept so that its id stays its own
        self._shared: dict[tuple[int, str], tuple[Node, str]] = {}
        self._heads: dict[tuple[int, str], tuple[object, list[tuple[int, str]]]] = {}
        self._scalars: dict[int, tuple[Scalar, str]] = {}

    def __call__(self, root: Mapping) -> str:
        """A document without its `---`, with its final line end."""
        return self._entries(root, "") or "{}\n"

    def _entries(self, node: Mapping, indent: str) -> str:
        """The lines of a mapping; "" for one without entries."""
        shared = _is_shared(node)
        if shared:
            known = self._shared.get((id(node), indent))
            if known is not None:
                return known[1]
        parts: list[str] = []
        for head, value in self._pairs(node, indent):
            parts.append(head)
            parts.append(self._scalar(value, indent) if isinstance(value, Scalar) else self._collection(value, indent))
        text = "".join(parts)
        if shared:
            self._shared[id(node), indent] = (node, text)
        return text

    def _pairs(self, node: Mapping, indent: str) -> list[tuple[str, Node]]:
        """Each value of a mapping behind its key as written."""
        places = node.places
        if not places:
            listed = entries(node)
            places = node.places
            if not places:  # merges, or keys of which a reader makes something else
                return [(f"{indent}{_key(name)}:", value) for name, _, value in listed]
        known = self._heads.get((id(places), indent))
        if known is None:
            if len(self._heads) == _KEPT:
                self._heads.clear()
            made = [(at, f"{indent}{_key(name)}:") for name, at in places.items()]
            known = self._heads[id(places), indent] = (places, made)
        items = node.items
        return [(head, items[at]) for at, head in known[1]]

    def _scalar(self, scalar: Scalar, indent: str) -> str:
        """What stands behind a key, from its blank to the end of its last line."""
        if scalar.origin is not None and scalar.style != "plain":
            text = scalar.text
            return f" {_text(text)}\n" if "\n" not in text else _written(scalar, indent)
        known = self._scalars.get(id(scalar))
        if known is not None:
            return known[1]
        text = _written(scalar, indent)
        if text.count("\n") == 1 and scalar.origin is None and scalar.source.exact:
            self._scalars[id(scalar)] = (scalar, text)
        return text

    def _collection(self, node: Node, indent: str) -> str:
        if isinstance(node, Mapping):
            below = self._entries(node, indent + _STEP)
            return f"\n{below}" if below else " {}\n"
        if isinstance(node, Sequence):
            return f"\n{self._items(node, indent)}" if node.items else " []\n"
        return f" null  # not known: {_comment(node)}\n"

    def _items(self, node: Sequence, indent: str) -> str:
        shared = _is_shared(node)
        if shared:
            known = self._shared.get((id(node), indent))
            if known is not None:
                return known[1]
        parts: list[str] = []
        inner = indent + _STEP
        for item in node.items:
            if isinstance(item, Scalar):
                parts.append(f"{indent}-{self._scalar(item, indent)}")
                continue
            below = self._entries(item, inner) if isinstance(item, Mapping) else ""
            if isinstance(item, Sequence) and item.items:
                below = self._items(item, inner)
            parts.append(f"{indent}- {below[len(inner) :]}" if below else f"{indent}-{self._collection(item, indent)}")
        text = "".join(parts)
        if shared:
            self._shared[id(node), indent] = (node, text)
        return text


class ManifestJson:
    """Writes manifests as JSON, each on one line; one object for all of a run."""

    def __init__(self) -> None:
        self._shared: dict[int, tuple[Node, str]] = {}
        self._heads: dict[int, tuple[object, list[tuple[int, str]]]] = {}

    def __call__(self, node: Node) -> str:
        if isinstance(node, Scalar) and node.origin is not None and node.style != "plain":
            return _quoted(node.text)
        shared = _is_shared(node)
        if shared:
            known = self._shared.get(id(node))
            if known is not None:
                return known[1]
        text = self._written(node)
        if shared:
            self._shared[id(node)] = (node, text)
        return text

    def _written(self, node: Node) -> str:
        if isinstance(node, Mapping):
            return "{" + ", ".join([head + self(value) for head, value in self._pairs(node)]) + "}"
        if isinstance(node, Sequence):
            return "[" + ", ".join(map(self, node.items)) + "]"
        value = typed(node) if isinstance(node, Scalar) else None
        return json.dumps(node.text if isinstance(node, Scalar) and value is UNKNOWN else value)

    def _pairs(self, node: Mapping) -> list[tuple[str, Node]]:
        places = node.places
        if not places:
            listed = entries(node)
            places = node.places
            if not places:
                return [(f"{_quoted(name)}: ", value) for name, _, value in listed]
        known = self._heads.get(id(places))
        if known is None:
            if len(self._heads) == _KEPT:
                self._heads.clear()
            known = self._heads[id(places)] = (places, [(at, f"{_quoted(name)}: ") for name, at in places.items()])
        items = node.items
        return [(head, items[at]) for at, head in known[1]]


def _is_shared(node: Node) -> bool:
    """Whether a node is one of a template: what was made for one Application, or read from its patch, is no other's."""
    return node.origin is None and node.source.exact


def _written(scalar: Scalar, indent: str) -> str:
    value = typed(scalar)
    if value is UNKNOWN:
        # `.inf` and the like: whoever reads the manifest refuses it as it is written
        return f" {scalar.text}\n"
    if isinstance(value, str) and "\n" in value:
        first, *more = value_lines(value, len(indent) + len(_STEP))
        return "\n".join([f" {first}", *more]) + "\n"
    return f" {_text(value)}\n"


@lru_cache(_KEPT)
def _key(name: str) -> str:
    return scalar_text(name)


@lru_cache(_KEPT, typed=True)  # true is not 1
def _text(value: bool | int | float | str | None) -> str:
    return scalar_text(value)


def _comment(node: Node) -> str:
    why = getattr(node, "why", "")
    return " ".join(why.split())


_quoted = json.encoder.encode_basestring_ascii
