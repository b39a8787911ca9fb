"""
Manifests as YAML that `kubectl apply` takes: what is read back are the same values, by every YAML reader there is.

Called for thousands of Applications that share most of their nodes, so what is shared is written once.
"""

from __future__ import annotations

from functools import lru_cache

from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import UNKNOWN, entries, typed
from gitops_lint.text.write import scalar_text, value_lines

_STEP = "  "


class ManifestText:
    """Writes manifests; one object for all of a run."""

    def __init__(self) -> None:
        # by id and indentation; the node is kept so that its id stays its own
        self._shared: dict[tuple[int, str], tuple[Node, str]] = {}

    def __call__(self, root: Mapping) -> str:
        """A document without its `---`, with its final line end."""
        return self._entries(root, "") if root.items else "{}\n"

    def _entries(self, node: Mapping, indent: str) -> str:
        shared = _is_shared(node)
        if shared:
            known = self._shared.get((id(node), indent))
            if known is not None:
                return known[1]
        parts: list[str] = []
        for name, _, value in entries(node):
            parts.append(f"{indent}{_key(name)}:")
            parts.append(self._value(value, indent))
        text = "".join(parts)
        if shared:
            self._shared[id(node), indent] = (node, text)
        return text

    def _value(self, node: Node, indent: str) -> str:
        """What stands behind a key, from its blank or line break to the end of its last line."""
        if isinstance(node, Scalar):
            return _scalar(node, indent)
        if isinstance(node, Mapping):
            return f"\n{self._entries(node, indent + _STEP)}" if node.items else " {}\n"
        if isinstance(node, Sequence):
            return f"\n{self._items(node, indent)}" if node.items else " []\n"
        return f" null  # not known: {_comment(node.why)}\n"

    def _items(self, node: Sequence, indent: str) -> str:
        shared = _is_shared(node)
        if shared:
            known = self._shared.get((id(node), indent))
            if known is not None:
                return known[1]
        parts: list[str] = []
        inner = indent + _STEP
        for item in node.items:
            if isinstance(item, Mapping) and item.items:
                parts.append(f"{indent}- {self._entries(item, inner)[len(inner) :]}")
            elif isinstance(item, Sequence) and item.items:
                parts.append(f"{indent}- {self._items(item, inner)[len(inner) :]}")
            else:
                parts.append(f"{indent}-{self._value(item, indent)}")
        text = "".join(parts)
        if shared:
            self._shared[id(node), indent] = (node, text)
        return text


def _is_shared(node: Mapping | Sequence) -> bool:
    """Whether a node is one of a template: what was made for one Application, or read from its patch, is no other's."""
    return node.origin is None and node.source.exact


@lru_cache(16_384)
def _key(name: str) -> str:
    return scalar_text(name)


def _scalar(scalar: Scalar, indent: str) -> str:
    value = typed(scalar)
    if value is UNKNOWN:
        # `.inf` and the like: whoever reads the manifest refuses it as it is written
        return f" {scalar.text}\n"
    if isinstance(value, str) and "\n" in value:
        first, *more = value_lines(value, len(indent) + len(_STEP))
        return "\n".join([f" {first}", *more]) + "\n"
    return f" {_text(value)}\n"


@lru_cache(16_384, typed=True)  # true is not 1
def _text(value: bool | int | float | str | None) -> str:
    return scalar_text(value)


def _comment(text: str) -> str:
    return " ".join(text.split())
