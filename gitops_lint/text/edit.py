"""
Fixes as edits of the text: values set, items appended, entries removed, keys renamed, everything else left as it is.

Comments, layout, quotes, anchors and line ends stay. Only text that a person wrote is edited. Before edits are handed
out they are tried: the new text is parsed, and its values must be the old ones but for the change that was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Sequence as SequenceOf

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.text.entries import NotEditable as NotEditable
from gitops_lint.text.entries import dashes_of, entry_spans, kept_end
from gitops_lint.text.inside import place_in_value
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source, children
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.path import Path, Segment, render
from gitops_lint.text.scalars import MISSING, Plain, get_written, is_merge, is_null, key_text, plain
from gitops_lint.text.trees import renamed, same, with_value, without
from gitops_lint.text.write import (
    Layout,
    block_lines,
    column,
    entry_lines,
    flow_text,
    item_lines,
    layout_of,
    scalar_text,
    value_lines,
)

_COMMENT = pattern(r"[ \t]+#[^\r\n]*")
_ENDS_IN_BLOCK = pattern(r"(?:^|[ \t])\|(?:[ \t]+#[^\r\n]*)?[\r\n][^|]*[^\r\n]\Z")
_HEADER_COMMENT = pattern(r"[|>][-+0-9]*([ \t]+#[^\r\n]*)?")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace start..end (code points of the text; equal for an insertion) by `text`."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; ValueError when two of them overlap."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits):
        if edit.start < at:
            raise ValueError(f"two edits overlap at offset {edit.start}")
        parts.extend((text[at : edit.start], edit.text))
        at = edit.end
    parts.append(text[at:])
    return "".join(parts)


def apart(edit: Edit, others: Iterable[Edit]) -> bool:
    """Whether an edit neither overlaps nor touches any of the others, so that their order says nothing."""
    return all(edit.end < other.start or other.end < edit.start for other in others)


def set_value(root: Node, path: Path, value: Plain) -> list[Edit]:
    """
    Edits that make `value` the value at a path; missing parents are created, a missing list item only at the end.

    Empty when it is the value already. Raises NotEditable.
    """
    way = _Way(root, path)
    if way.complete:
        if same(plain(way.node), value):
            return []
        edits = _replace(way, value)
    else:
        edits = _create(way, value)
    return _tried(root, edits, with_value(plain(root), path, value))


def append_item(root: Node, path: Path, value: Plain) -> list[Edit]:
    """Edits that append an item to the list at a path; a missing or null list is created. Raises NotEditable."""
    way = _Way(root, path)
    if not way.complete or is_null(way.node):
        return set_value(root, path, [value])
    if not isinstance(way.node, Sequence):
        raise NotEditable(f"`{render(path)}` is not a list")
    edits = _add(way.node, [value], way.layout)
    return _tried(root, edits, with_value(plain(root), (*path, len(way.node.items)), value))


def remove(root: Node, path: Path) -> list[Edit]:
    """Edits that remove an entry or item with its line; the last one of a collection leaves `{}` or `[]`. Raises NotEditable."""
    way = _Way(root, path, value_stays=True)
    if not path or not way.complete:
        raise NotEditable(f"`{render(path)}` is not there")
    parent, index = way.parents[-1], way.indexes[-1]
    if not isinstance(parent, (Mapping, Sequence)):
        raise NotEditable(f"`{render(path)}` is not there")
    stride = 2 if isinstance(parent, Mapping) else 1
    if len(parent.items) == stride:
        above = _Way(root, path[:-1])
        edits = _replace(above, {} if stride == 2 else [])
    else:
        edits = _remove_one(parent, index // stride)
    return _tried(root, edits, without(plain(root), path))


def rename_key(root: Node, path: Path, name: str) -> list[Edit]:
    """Edits that give the key at the end of a path another name; quotes are kept. Raises NotEditable."""
    way = _Way(root, path, value_stays=True)
    parent = way.parents[-1] if way.parents else None
    if not path or not way.complete or not isinstance(parent, Mapping):
        raise NotEditable(f"`{render(path)}` is no key")
    if get_written(parent, name) is not MISSING:
        raise NotEditable(f"`{render((*path[:-1], name))}` is there already")
    key = parent.items[way.indexes[-1]]
    assert isinstance(key, Scalar)
    quote = key.style if key.style in ('"', "'") else ""
    edits = [Edit(key.start, key.end, scalar_text(name, parent.flow, way.layout.json, quote))]
    return _tried(root, edits, renamed(plain(root), path, name))


def remove_shadowed(root: Node, start: int) -> list[Edit]:
    """
    Edits that remove the entry whose key starts at an offset, where a later entry of the same key counts instead.

    Raises NotEditable, also for an entry that counts.
    """
    _check(root, root.source)
    found = entry_at(root, start)
    if found is None:
        raise NotEditable("no key is written there")
    parent, index = found
    if _uses(root)[id(parent)] > 1:
        raise NotEditable("the value is shared by an alias")
    return _tried(root, _remove_one(parent, index // 2), plain(root))


def entry_at(root: Node, start: int) -> tuple[Mapping, int] | None:
    """The mapping with a key that is written at an offset, and the key's index in its `items`; None where none is."""
    stack: list[Node] = [root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            for index in range(0, len(node.items), 2):
                if node.items[index].start == start:
                    return node, index
        stack.extend(children(node))
    return None


def set_part(root: Node, path: Path, start: int, end: int, text: str) -> list[Edit]:
    """
    Edits that replace some characters of the scalar at a path: start..end, code points of its value. Raises NotEditable.

    Where the characters stand in the text as they are in the value, nothing else is touched; else the scalar is written anew.
    """
    try:
        return edit_inside(root, path, [Edit(start, end, text)])
    except NotEditable:
        node = _scalar(root, path)
        return set_value(root, path, node.text[:start] + text + node.text[end:])


def edit_inside(root: Node, path: Path, inner: SequenceOf[Edit]) -> list[Edit]:
    """
    Edits of a scalar's value, such as a patch in a block scalar, as edits of the text around it; line breaks stay where they are.

    Raises NotEditable where the characters do not stand in the text as they are in the value, or a line would come or go.
    """
    node = _scalar(root, path)
    value = apply(node.text, inner)
    edits = []
    for one in inner:
        source, first, last = place_in_value(node, one.start, one.end)
        if source is not root.source or source.text[first:last] != node.text[one.start : one.end]:
            raise NotEditable("the text stands in the file in another form")
        if set("\r\n") & {*one.text, *node.text[one.start : one.end]}:
            raise NotEditable("the change takes other lines")
        edits.append(Edit(first, last, one.text))
    return _tried(root, edits, with_value(plain(root), path, value))


def _scalar(root: Node, path: Path) -> Scalar:
    """The scalar at a path, written there and nowhere else."""
    way = _Way(root, path)
    if not way.complete or not isinstance(way.node, Scalar):
        raise NotEditable(f"`{render(path)}` is no text")
    return way.node


class _Way:
    """
    The nodes on a path as far as they are there, each of them written at its place and nowhere else.

    value_stays: the node at the end is not touched, so that it may be an alias.
    parents, indexes: a collection and the index in its `items` (of the key, in a mapping) for each step taken.
    """

    def __init__(self, root: Node, path: Path, value_stays: bool = False) -> None:
        self.root = root
        self.path = path
        self.parents: list[Mapping | Sequence] = []
        self.indexes: list[int] = []
        self.node = root
        uses = _uses(root)
        _check(root, root.source)
        for depth, segment in enumerate(path, 1):
            index = _index_of(self.node, segment)
            if index is None:
                break
            node = self.node
            assert isinstance(node, (Mapping, Sequence))
            below = node.items[index + 1] if isinstance(node, Mapping) else node.items[index]
            _check(below, root.source)
            behind = node.items[index].end if isinstance(node, Mapping) else node.start
            alias = uses[id(below)] > 1 or below.start < behind or below.end > node.end
            if alias and not (value_stays and depth == len(path)):
                raise NotEditable("the value is shared by an alias")
            self.parents.append(node)
            self.indexes.append(index)
            self.node = below
        self.taken = path[: len(self.parents)]
        self.layout = layout_of(root)

    @property
    def complete(self) -> bool:
        """Whether the node at the end of the path is there."""
        return len(self.taken) == len(self.path)

    @property
    def missing(self) -> Path:
        """The segments that lead on to what is not there."""
        return self.path[len(self.taken) :]

    @property
    def in_flow(self) -> bool:
        return any(parent.flow for parent in self.parents)


def _check(node: Node, source: Source) -> None:
    if node.origin is not None:
        raise NotEditable("the value was made by an engine, nobody wrote it")
    if node.source is not source:
        raise NotEditable("the value is written in another text")
    if source.inside is not None:
        raise NotEditable("the text lies inside a value of another document")


def _uses(root: Node) -> dict[int, int]:
    """How often each node stands below the root: more than once through an alias."""
    uses = {id(root): 1}
    stack = [root]
    while stack:
        for child in children(stack.pop()):
            uses[id(child)] = uses.get(id(child), 0) + 1
            if uses[id(child)] == 1:
                stack.append(child)
    return uses


def _index_of(node: Node, segment: Segment) -> int | None:
    """Index in `items` of what a segment names; None when it is not there."""
    if isinstance(segment, int):
        return segment if isinstance(node, Sequence) and segment < len(node.items) else None
    if not isinstance(node, Mapping):
        return None
    found = [index for index in range(0, len(node.items), 2) if key_text(node.items[index]) == segment]
    found = [index for index in found if not is_merge(node.items[index])]
    if len(found) > 1:
        raise NotEditable(f"key `{segment}` is written twice")
    if not found:
        return None
    for index in range(found[0] + 2, len(node.items), 2):
        if is_merge(node.items[index]):
            raise NotEditable("a merge below the key may replace it")
    return found[0]


def _replace(way: _Way, value: Plain) -> list[Edit]:
    """Edits that put a value in place of the node at the end of a way."""
    node, layout = way.node, way.layout
    if isinstance(node, Scalar) and node.tag is not None:
        raise NotEditable("the value has a tag")
    text = node.source.text
    if way.in_flow or (isinstance(node, (Mapping, Sequence)) and node.flow):
        quote = _quote_of(node, value)
        written = flow_text(value, layout.json) if not quote else scalar_text(value, True, layout.json, quote)
        return [Edit(node.start, node.end, written)]
    filled = isinstance(value, (dict, list)) and bool(value)
    own_column = column(node.source, node.start)
    if not way.parents:
        if filled:
            return [Edit(node.start, node.end, _joined(block_lines(value, layout), own_column, layout))]
        return [Edit(node.start, node.end, _joined(value_lines(value, layout.step), 0, layout))]
    if isinstance(node, (Mapping, Sequence)):
        fits = isinstance(value, dict) == isinstance(node, Mapping)
        if filled and fits:
            return [Edit(node.start, node.end, _joined(block_lines(value, layout), own_column, layout))]
        return _replace_behind(way, value)
    if filled:
        return _replace_behind(way, value)
    quote = _quote_of(node, value)
    lines = value_lines(value, _content_indent(way), quote)
    comment = ""
    if isinstance(node, Scalar) and node.style in ("|", ">"):
        header = _HEADER_COMMENT.match(text, node.start)
        comment = header[1] or "" if header is not None else ""
    space = " " if node.start > 0 and text[node.start - 1] not in " \t\r\n" else ""
    lines[0] = space + lines[0] + comment
    if len(lines) > 1 and (behind := _COMMENT.match(text, node.end)) is not None:
        # The comment of the line goes behind the block header, else it would become text.
        lines[0] += behind.group()
        return [Edit(node.start, behind.end(), layout.newline.join(lines))]
    return [Edit(node.start, node.end, layout.newline.join(lines))]


def _content_indent(way: _Way) -> int:
    """Column at which the lines of a block scalar at the end of a way begin."""
    parent = way.parents[-1]
    if isinstance(parent, Mapping):
        return column(parent.source, parent.items[way.indexes[-1]].start) + way.layout.step
    return column(parent.source, parent.start) + 2


def _replace_behind(way: _Way, value: Plain) -> list[Edit]:
    """Edits for a value that takes other lines than the old one: a collection for a scalar, or the other way round."""
    parent, node, layout = way.parents[-1], way.node, way.layout
    text, source = node.source.text, node.source
    if isinstance(parent, Mapping):
        key = parent.items[way.indexes[-1]]
        base = column(source, key.start)
        begin = _colon_end(text, key.end)
    else:
        base = column(source, parent.start)
        begin = dashes_of(parent)[way.indexes[-1]] + 1
    if text[begin : node.start].strip() and not text[begin : node.start].lstrip().startswith("#"):
        raise NotEditable("the value has an anchor or a tag")
    line_end = _line_end(text, begin)
    filled = isinstance(value, (dict, list)) and bool(value)
    if isinstance(node, Scalar):
        # From `key: old # comment` to `key: # comment` and lines below it.
        stop = _line_end(text, node.end)
        comment = text[node.end : stop] if node.style not in ("|", ">") else ""
        if node.start > line_end:
            raise NotEditable("the value does not stand on the line of its key")
        if isinstance(parent, Sequence):
            lines = block_lines(value, layout)
            return [Edit(begin, node.end, " " + _joined(lines, base + 2, layout))]
        wider = layout.step if isinstance(value, dict) else layout.dash
        lines = block_lines(value, layout)
        body = layout.newline + " " * (base + wider) + _joined(lines, base + wider, layout)
        return [Edit(begin, stop, comment.rstrip() + body)]
    if filled:
        if isinstance(parent, Sequence):
            return [Edit(begin, node.end, " " + _joined(block_lines(value, layout), base + 2, layout))]
        wider = layout.step if isinstance(value, dict) else layout.dash
        lines = block_lines(value, layout)
        if node.start > line_end:
            body = layout.newline + " " * (base + wider) + _joined(lines, base + wider, layout)
            return [Edit(line_end, node.end, body)]
        raise NotEditable("the value does not stand below its key")
    lines = value_lines(value, _content_indent(way))
    written = layout.newline.join(lines)
    if node.start <= line_end:
        return [Edit(begin, node.end, " " + written)]
    # The comment behind the key stays, what stood below it goes.
    if len(lines) > 1:
        return [Edit(begin, node.end, " " + written)]
    return [Edit(begin, begin, " " + written), Edit(line_end, node.end, "")]


def _create(way: _Way, value: Plain) -> list[Edit]:
    """Edits that create what a path lacks."""
    missing = way.missing
    nested: Plain = value
    for segment in reversed(missing[1:]):
        if isinstance(segment, int):
            if segment != 0:
                raise NotEditable("a list item can be added at the end only")
            nested = [nested]
        else:
            nested = {segment: nested}
    first = missing[0]
    node = way.node
    if is_null(node):
        if isinstance(first, int) and first != 0:
            raise NotEditable("a list item can be added at the end only")
        made: Plain = [nested] if isinstance(first, int) else {first: nested}
        return _replace(way, made)
    if isinstance(first, int):
        if not isinstance(node, Sequence) or first != len(node.items):
            raise NotEditable("a list item can be added at the end only")
        return _add(node, [nested], way.layout)
    if not isinstance(node, Mapping):
        raise NotEditable(f"`{render(way.taken)}` is not a mapping")
    if len(missing) > 1 and get_written(node, first) is not MISSING:
        raise NotEditable("the value comes from a merge")
    if not node.items:
        return _replace(way, {first: nested})
    return _add(node, {first: nested}, way.layout)


def _add(node: Mapping | Sequence, added: dict[str, Plain] | list[Plain], layout: Layout) -> list[Edit]:
    """Edits that add an entry to a mapping or an item to a list."""
    text, source = node.source.text, node.source
    if node.flow:
        return _add_in_flow(node, added, layout)
    if isinstance(added, dict):
        ((key, value),) = added.items()
        lines = entry_lines(key, value, layout)
    else:
        lines = item_lines(added[0], layout)
    at = _line_end(text, kept_end(node))
    indent = column(source, node.start)
    written = " " * indent + _joined(lines, indent, layout)
    if at == len(text) and text[-1:] in ("\r", "\n"):
        return [Edit(at, at, written + layout.newline)]
    return [Edit(at, at, layout.newline + written)]


def _add_in_flow(node: Mapping | Sequence, added: dict[str, Plain] | list[Plain], layout: Layout) -> list[Edit]:
    text = node.source.text
    written = flow_text(added, layout.json)[1:-1]
    if not node.items:
        return [Edit(node.start, node.end, text[node.start] + written + text[node.end - 1])]
    last = entry_spans(node)[-1][1]
    between = text[last : node.end - 1]
    comma = re.match(r"\s*,", between)
    edits: list[Edit] = []
    at = last
    if comma is not None:
        at = last + comma.end()
    separator = " "
    start = entry_spans(node)[-1][0]
    if "\n" in between or "\r" in between:
        line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
        if not text[line:start].strip():
            separator = layout.newline + text[line:start]
    if comma is None:
        behind = _line_end(text, at) if separator != " " else at
        if behind != at and text[at:behind].strip():
            edits.append(Edit(at, at, ","))
            return [*edits, Edit(behind, behind, separator + written)]
        return [Edit(at, at, "," + separator + written)]
    behind = _line_end(text, at) if separator != " " else at
    return [Edit(behind, behind, separator + written)]


def _remove_one(parent: Mapping | Sequence, number: int) -> list[Edit]:
    """Edits that remove one of several entries."""
    text = parent.source.text
    spans = entry_spans(parent)
    start, end = spans[number]
    if parent.flow:
        if number + 1 < len(spans):
            return [Edit(start, spans[number + 1][0], "")]
        return [Edit(spans[number - 1][1], end, "")]
    line = start
    while line > 0 and text[line - 1] in " \t":
        line -= 1
    if line > 0 and text[line - 1] not in "\r\n":
        # Behind a dash on the same line: the next entry moves up.
        return [Edit(start, spans[number + 1][0], "")] if number + 1 < len(spans) else [Edit(start, end, "")]
    stop = _line_end(text, end)
    if text.startswith("\r\n", stop):
        return [Edit(line, stop + 2, "")]
    if stop < len(text):
        return [Edit(line, stop + 1, "")]
    # The last line of a text that ends without a break: the break before it goes.
    line -= 2 if text.startswith("\r\n", line - 2) else 1
    return [Edit(max(line, 0), stop, "")]


def _colon_end(text: str, at: int) -> int:
    found = re.compile(r"\s*:").match(text, at)
    if found is None:
        raise NotEditable("the key has no colon on its line")
    return found.end()


def _line_end(text: str, at: int) -> int:
    while at < len(text) and text[at] not in "\r\n":
        at += 1
    return at


def _joined(lines: SequenceOf[str], indent: int, layout: Layout) -> str:
    """Lines as one text, all but the first indented."""
    pad = " " * indent
    return layout.newline.join([lines[0], *(pad + line if line else line for line in lines[1:])])


def _quote_of(node: Node, value: Plain) -> str:
    """The quotes a new text keeps from the old one."""
    if isinstance(node, Scalar) and isinstance(value, str) and node.style in ('"', "'"):
        return node.style
    return ""


def _tried(root: Node, edits: list[Edit], expected: Plain) -> list[Edit]:
    """The edits, if the text they make has the values expected in this document and the old ones in all others."""
    text = root.source.text
    edits = [
        # A block scalar ends with a break, also where the file did not.
        Edit(edit.start, edit.end, edit.text + layout_of(root).newline)
        if edit.end == len(text) and _ENDS_IN_BLOCK.search(edit.text)
        else edit
        for edit in edits
    ]
    before = parse_yaml(Source(text)).documents
    after = parse_yaml(Source(apply(text, edits))).documents
    if len(before) != len(after):
        raise NotEditable("the change would break the file")
    for old, new in zip(before, after):
        if old.root is None or new.root is None:
            if old.root is not new.root:
                raise NotEditable("the change would alter another document")
            continue
        mine = old.start <= root.start < old.end
        if not same(plain(new.root), expected if mine else plain(old.root)):
            raise NotEditable("the change would alter more than was asked for")
    return edits
