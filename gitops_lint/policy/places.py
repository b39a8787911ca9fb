"""From what a rule points at to the stretch of a file a person sees: the smallest text, its lines, its node path."""

from __future__ import annotations

from collections.abc import Callable

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.world import Part, Spot, Stretch
from gitops_lint.findings import Region
from gitops_lint.text.inside import place_in_value
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source, children
from gitops_lint.text.path import path_of, render
from gitops_lint.text.span import Place


@dataclass(frozen=True, slots=True)
class Where:
    """The document a place lies in: its number in the file and its root (None for a document without content)."""

    document: int
    root: Node | None


Locate = Callable[[str, int], Where]  # file and offset to the document around it


def region_of(spot: Spot, locate: Locate) -> tuple[Region, str]:
    """
    Where a spot is shown, and its node path for the fingerprint.

    A scalar is shown whole, unless it runs over lines: then, like a mapping or a list, by its key, so that a report stays
    on one line of a diff. The path is the spot's own in either case. A spot that is marked `secret` makes a region that is.
    """
    secret = isinstance(spot, (Part, Stretch)) and spot.secret
    if isinstance(spot, Stretch):
        around = locate(spot.source.file or "", spot.start)
        inner = path_around(around.root, spot.start) if around.document == spot.document and not spot.whole else ()
        shown = render(inner)
        return _region(spot.source, spot.start, spot.end, spot.document, shown, secret), shown
    node = spot.scalar if isinstance(spot, Part) else spot
    source = _written(node.source)
    where = locate(source.file or "", _written_start(node))
    written = _written_node(node)
    segments = path_to(where.root, written) if where.root is not None else None
    path = render(segments) if segments is not None else ""
    named = named_path(where.root, segments) if segments is not None and where.root is not None else path
    if isinstance(spot, Part):
        text_source, start, end = place_in_value(spot.scalar, spot.start, spot.end)
    else:
        text_source, start, end = _shown(node, where.root, segments)
    return _region(text_source, start, end, where.document, path, secret), named


def region_at(place: Place, locate: Locate) -> Region | None:
    """The region of a place in a file; None where it lies in no document of this repository that could be read."""
    if "//" in place.file:
        return None  # a file of another repository
    where = locate(place.file, place.start)
    if where.root is None:
        return None
    path = render(path_around(where.root, place.start))
    return _region(where.root.source, place.start, place.end, where.document, path, False)


def path_to(root: Node, node: Node) -> tuple[str | int, ...] | None:
    """Path of a node below a root; of one that an engine made, that of the written node at its place. None for neither."""
    found = path_of(root, node)
    if found is None:
        twin = written_at(root, node)
        found = path_of(root, twin) if twin is not None else None
    return found


def written_at(root: Node, node: Node) -> Node | None:
    """The node below a root that is written where another one says that it is."""
    stack = [root]
    while stack:
        one = stack.pop()
        if (one.start, one.end, one.__class__) == (node.start, node.end, node.__class__):
            return one
        stack.extend(one for one in children(one) if one.start <= node.start)
    return None


def path_around(root: Node | None, offset: int) -> tuple[str | int, ...]:
    """Path of the innermost written node, or key, that an offset lies in; () for none."""
    found: list[str | int] = []
    node = root
    while isinstance(node, (Mapping, Sequence)):
        step = _step_to(node, offset)
        if step is None:
            break
        found.append(step[0])
        node = step[1]
    return tuple(found)


def _step_to(node: Mapping | Sequence, offset: int) -> tuple[str | int, Node] | None:
    if isinstance(node, Sequence):
        return next(((at, one) for at, one in enumerate(node.items) if one.start <= offset < one.end), None)
    for at in range(0, len(node.items), 2):
        key, value = node.items[at], node.items[at + 1]
        if isinstance(key, Scalar) and (key.start <= offset < key.end or value.start <= offset < value.end):
            return key.text, value
    return None


def named_path(root: Node, segments: tuple[str | int, ...]) -> str:
    """A path in which a list item that is a mapping with a scalar `name` stands by that name, so that moves keep it."""
    parts: list[str] = []
    node: Node | None = root
    for segment in segments:
        node = _child(node, segment)
        name = _name_of(node) if isinstance(segment, int) else None
        parts.append(f"[name={name}]" if name is not None else render((segment,)))
    return "/".join(parts)


def _name_of(node: Node | None) -> str | None:
    if isinstance(node, Mapping):
        items = node.items
        for at in range(0, len(items), 2):
            key, value = items[at], items[at + 1]
            if isinstance(key, Scalar) and key.text == "name" and isinstance(value, Scalar):
                return value.text
    return None


def _child(node: Node | None, segment: str | int) -> Node | None:
    if isinstance(node, Sequence) and isinstance(segment, int):
        return node.items[segment] if segment < len(node.items) else None
    if isinstance(node, Mapping):
        items = node.items
        for at in range(len(items) - 2, -1, -2):
            key = items[at]
            if isinstance(key, Scalar) and key.text == segment:
                return items[at + 1]
    return None


def _written(source: Source) -> Source:
    """The file's own text that a source lies in."""
    while source.inside is not None:
        source = source.inside.source
    return source


def _written_node(node: Node) -> Node:
    """The node of the file that holds this one: itself, or the scalar whose text it was read from."""
    while node.source.inside is not None:
        node = node.source.inside
    return node


def _written_start(node: Node) -> int:
    return _written_node(node).start


def _shown(node: Node, root: Node | None, segments: tuple[str | int, ...] | None) -> tuple[Source, int, int]:
    source = node.source
    if source.inside is not None:
        inner = _anchor(node)
        if source.exact:
            return _outwards(source, inner.start, inner.end)
        outer = _written_node(node)
        return _shown(outer, root, segments)
    if isinstance(node, Scalar) and "\n" not in source.text[node.start : node.end]:
        return source, node.start, node.end
    if segments and root is not None and isinstance(segments[-1], str):
        key = _key_in(root, segments)
        if key is not None and key.source.inside is None:
            return key.source, key.start, key.end
    anchor = _anchor(node)
    return anchor.source, anchor.start, anchor.end


def _outwards(source: Source, start: int, end: int) -> tuple[Source, int, int]:
    """Offsets in a text that lies in a scalar, as offsets in the file."""
    scalar = source.inside
    if scalar is None:
        return source, start, end
    return place_in_value(scalar, start, end)


def _anchor(node: Node) -> Node:
    """What stands for a collection that has no key: a short flow collection itself, else its first scalar."""
    while True:
        text = node.source.text[node.start : node.end]
        if isinstance(node, Scalar) or (getattr(node, "flow", False) and "\n" not in text):
            return node
        inner = children(node)
        if not inner:
            return node
        node = inner[0]


def _key_in(root: Node, segments: tuple[str | int, ...]) -> Scalar | None:
    node: Node | None = root
    for segment in segments[:-1]:
        node = _child(node, segment)
    if not isinstance(node, Mapping):
        return None
    items = node.items
    for at in range(len(items) - 2, -1, -2):
        key = items[at]
        if isinstance(key, Scalar) and key.text == segments[-1]:
            return key
    return None


def _region(source: Source, start: int, end: int, document: int, path: str, secret: bool) -> Region:
    first, last = source.position(start), source.position(max(start, end))
    return Region(
        source.file or "", start, end, first.line, first.column, last.line, last.column, document, path, secret=secret
    )
