"""
Paths such as `spec.generators[0].git["a.b/c"]`: from node to path when a finding is made, and from path to node.

A path is a tuple of segments: a string for a key, a number for an index. Keys that are not made of letters, digits, `_`,
`-` and `$` stand in brackets and double quotes, in single quotes when the key holds a double quote.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, pairs
from gitops_lint.text.scalars import MISSING, UNKNOWN, get_written, is_merge, key_node, key_text

Segment = str | int
Path = tuple[Segment, ...]

_BARE = pattern(r"[A-Za-z_$][A-Za-z0-9_$\-]*")
_PART = pattern(
    r"""\.?(?P<bare>[^.\[\]"']+)|\[(?P<index>[0-9]+)\]|\[(?P<quote>["'])(?P<key>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)\]"""
)


def render(path: Path) -> str:
    """The path as text; "" for the root."""
    parts: list[str] = []
    for segment in path:
        if isinstance(segment, int):
            parts.append(f"[{segment}]")
        elif _BARE.fullmatch(segment):
            parts.append(f".{segment}" if parts else segment)
        else:
            quote = "'" if '"' in segment and "'" not in segment else '"'
            escaped = segment.replace("\\", "\\\\").replace(quote, f"\\{quote}")
            parts.append(f"[{quote}{escaped}{quote}]")
    return "".join(parts)


def parse(text: str) -> Path:
    """
    The segments of a path written as text; both quotes are understood, and a backslash before a quote or a backslash.

    Raises ValueError, saying where, for text that is no path.
    """
    path: list[Segment] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or (found["bare"] is not None and (text[at] == ".") != bool(path)):
            raise ValueError(f"`{text}` is no path: `{text[at:]}` is not understood")
        if found["bare"] is not None:
            path.append(found["bare"])
        elif found["index"] is not None:
            path.append(int(found["index"]))
        else:
            path.append(re.sub(r"\\(.)", r"\1", found["key"], flags=re.DOTALL))
        at = found.end()
    return tuple(path)


def find(root: Node, path: str | Path) -> Node | None:
    """The node at a path, a written null included; None where there is none. Raises ValueError for no path."""
    segments = parse(path) if isinstance(path, str) else path
    node, found = nearest(root, segments)
    return node if len(found) == len(segments) else None


def nearest(root: Node, path: Path) -> tuple[Node, Path]:
    """The deepest node along a path that exists, and the segments that lead to it."""
    node = root
    for depth, segment in enumerate(path):
        below = _below(node, segment)
        if below is None:
            return node, path[:depth]
        node = below
    return node, path


def key_or_node(root: Node, path: Path) -> Node:
    """
    What to point at for a path that may not exist: its node, else the key of the nearest parent that does.

    The key is shown rather than the whole mapping below it; for a list item, a merged mapping or the root there is no
    key, and the node itself comes back.
    """
    node, found = nearest(root, path)
    if len(found) == len(path) or not found or not isinstance(found[-1], str):
        return node
    parent, _ = nearest(root, found[:-1])
    return key_node(parent, found[-1]) or node


def path_of(root: Node, node: Node) -> Path | None:
    """
    The path from a root to a node below it, by identity; None when it is not there.

    A key has the path of its value, `<<` and what it merges that of their mapping. Through an alias the first way in the text is taken.
    """
    if root is node:
        return ()
    guided = _guided(root, node)
    if guided is not None:
        return guided
    # Depth first with a stack of our own; `seen` keeps aliases from being walked again.
    seen: set[int] = set()
    stack: list[tuple[Node, Path]] = [(root, ())]
    while stack:
        at, path = stack.pop()
        if at is node:
            return path
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at, Mapping):
            for index in range(len(at.items) - 2, -1, -2):
                key = at.items[index]
                below = path if is_merge(key) else (*path, segment_of(key))
                if key is node:
                    return below
                stack.append((at.items[index + 1], below))
        elif isinstance(at, Sequence):
            for index in range(len(at.items) - 1, -1, -1):
                stack.append((at.items[index], (*path, index)))
    return None


def _guided(root: Node, node: Node) -> Path | None:
    """The same, found by offsets: in a tree as it is written, entries stand in the order of the text. None where they do not."""
    if node.source is not root.source:
        return None
    path: Path = ()
    at = root
    while isinstance(at, (Mapping, Sequence)) and at.source is node.source:
        step = 2 if isinstance(at, Mapping) else 1
        places = range(0, len(at.items), step)
        index = bisect_right(places, node.start, key=_starts(at.items)) - 1
        if index < 0:
            return None
        first = at.items[places[index]]
        if isinstance(at, Sequence):
            path, at = (*path, index), first
        else:
            if not is_merge(first):
                path = (*path, segment_of(first))
            if first is node:
                return path
            at = at.items[places[index] + 1]
        if at is node:
            return path
    return None


def _starts(items: list[Node]) -> Callable[[int], int]:
    return lambda place: items[place].start


def segment_of(key: Node) -> str:
    """The segment a key has in a path: what JSON makes of it, else its text as written."""
    text = key_text(key)
    if text is not None:
        return text
    return key.source.text[key.start : key.end] if not isinstance(key, Scalar) else key.text


def _below(node: Node, segment: Segment) -> Node | None:
    if isinstance(segment, int):
        if isinstance(node, Sequence) and segment < len(node.items):
            return node.items[segment]
        return None
    if not isinstance(node, Mapping):
        return None
    found = get_written(node, segment)
    if found is MISSING or found is UNKNOWN:
        # A plain `on` is the key "true": people write it as it stands in the file.
        return next((value for key, value in pairs(node) if isinstance(key, Scalar) and key.text == segment), None)
    return found
