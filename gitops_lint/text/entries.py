"""Where the entries of a collection stand in the text, aliases too: for `edit.py`."""

from __future__ import annotations

import re

from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, pairs
from gitops_lint.text.write import column

_ALIAS = pattern(r"\s*:\s*(?:[&!]\S+\s+)*\*[^\s,\[\]{}]+")
_ITEM_ALIAS = pattern(r"\s*\*[^\s,\[\]{}]+")


class NotEditable(Exception):  # noqa: N818  the name says what is known, not that something failed
    """The text cannot be edited as asked; the reason is in words for a note."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def entry_spans(node: Mapping | Sequence) -> list[tuple[int, int]]:
    """Start and end of every entry in the text: key to value, dash to item; aliases at the place where they stand."""
    text = node.source.text
    spans: list[tuple[int, int]] = []
    if isinstance(node, Mapping):
        for key, value in pairs(node):
            if not node.start <= key.start <= node.end or (spans and key.start < spans[-1][1]):
                raise NotEditable("a key is an alias")
            if value.start < key.end:
                alias = _ALIAS.match(text, key.end)
                if alias is None:
                    raise NotEditable("a value is an alias that cannot be found")
                spans.append((key.start, alias.end()))
            else:
                spans.append((key.start, max(value.end, kept_end(value))))
        return spans
    if not node.flow:
        dashes = dashes_of(node)
        for number, (dash, item) in enumerate(zip(dashes, node.items)):
            limit = dashes[number + 1] if number + 1 < len(dashes) else node.end
            if dash <= item.start <= limit:
                spans.append((dash, max(item.end, dash + 1)))
            else:
                alias = _ITEM_ALIAS.match(text, dash + 1)
                if alias is None:
                    raise NotEditable("an item is an alias that cannot be found")
                spans.append((dash, alias.end()))
        return spans
    at = node.start + 1
    for item in node.items:
        if item.start < at or item.end >= node.end:
            raise NotEditable("an item is an alias")
        spans.append((item.start, item.end))
        at = item.end
    return spans


def dashes_of(node: Sequence) -> list[int]:
    """Offsets of the dashes of a block list."""
    text = node.source.text
    wanted = column(node.source, node.start)
    covered = sorted((item.start, item.end) for item in node.items if node.start < item.start <= item.end <= node.end)
    dashes = [node.start]
    at = node.start
    while True:
        newline = re.compile(r"\r\n|\n|\r").search(text, at, node.end)
        if newline is None:
            break
        at = newline.end()
        dash = at + wanted
        is_dash = text[dash : dash + 1] == "-" and text[dash + 1 : dash + 2] in ("", " ", "\t", "\r", "\n")
        if is_dash and not text[at:dash].strip() and not any(start <= dash < end for start, end in covered):
            dashes.append(dash)
    if len(dashes) != len(node.items):
        raise NotEditable("the items of the list cannot be told apart")
    return dashes


def kept_end(node: Node) -> int:
    """End of a node's text with the trailing blank lines of a last block scalar that keeps them (`|+`)."""
    last = node
    while isinstance(last, (Mapping, Sequence)) and last.items and not last.flow:
        below = last.items[-1]
        if below.end != last.end:
            break
        last = below
    text = node.source.text
    if isinstance(last, Scalar) and last.style in ("|", ">") and "+" in text[last.start : last.start + 3]:
        blank = re.compile(r"(?:\r\n|\n|\r)(?=[ \t]*(?:[\r\n]|\Z))(?:[ \t]*)")
        end = last.end
        while (found := blank.match(text, end)) is not None and found.end() > end:
            end = found.end()
        return end
    return node.end
