"""
The text that places refer to, and the nodes that parsers and engines make of it.

A node holds offsets into its source and nothing that could be computed: no parent, no path, no value. An alias is the
anchor's node again, and trees that engines make share the nodes they did not change, so a node can have many parents.
An origin marks a node that an engine made; everything else was written by a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import field

from gitops_lint.dataclass import dataclass
from gitops_lint.text.lines import Lines
from gitops_lint.text.span import Place, Position


class Source:
    """
    One text that offsets count in.

    text: decoded, byte order mark removed, line ends as in the file.
    file: relative to the root; None for text that lies in no file of its own.
    inside: the scalar that holds this text (YAML in a ConfigMap, a rendered template); else None.
    exact: True when `text` is the value of `inside`, so that places translate; False when it was rendered from it.
    """

    __slots__ = ("_lines", "exact", "file", "inside", "text")

    def __init__(self, text: str, file: str | None = None, inside: Scalar | None = None, exact: bool = True) -> None:
        self.text = text
        self.file = file
        self.inside = inside
        self.exact = exact
        self._lines: Lines | None = None

    @property
    def lines(self) -> Lines:
        """The line table, made when first asked for."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines

    def position(self, offset: int) -> Position:
        """
        Line and column of one place in this text.

        offset: code points from the start of the text, 0..len(text) inclusive; the end is a place too.
        Line and column count from 1; the column counts code points. Raises ValueError when offset lies outside.
        """
        return self.lines.position(offset)

    def offset(self, line: int, column: int) -> int:
        """Offset of a line and column (both from 1); ValueError when the text has no such place."""
        return self.lines.offset(line, column)

    def line(self, number: int) -> str:
        """Text of one line (from 1) without its break; ValueError when there is no such line."""
        start, end = self.lines.bounds(number)
        return self.text[start:end]

    @property
    def line_count(self) -> int:
        """Number of lines, at least 1; a text that ends with a break has an empty last line."""
        return len(self.lines.starts)

    def __repr__(self) -> str:
        return f"<Source {self.file or 'of no file'}, {len(self.text)} characters>"


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Why a made node is there; one object for all nodes of one Application or one patch.

    maker: words for a note: "ApplicationSet shop", "kustomization overlays/prod".
    made_from: generator element, patch, …; shown as related places, most specific first.
    """

    maker: str
    made_from: tuple[Place, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Scalar:
    """
    A single value: `text` is what YAML or JSON makes of it (escapes and folding done), not yet typed.

    start, end: the value as written with its quotes or block header, without anchor and tag; a block scalar ends with
    its last line that is not blank. style: "plain", "'", '"', "|" or ">". tag: as resolved by YAML
    ("tag:yaml.org,2002:str", "!Ref"), None when none was written.
    """

    source: Source
    start: int
    end: int
    text: str
    style: str = "plain"
    tag: str | None = None
    origin: Origin | None = None

    def __repr__(self) -> str:
        return f"Scalar({self.text!r}, {self.start}:{self.end})"


@dataclass(slots=True, eq=False, repr=False)
class Mapping:
    """
    Keys and values in the order written: `items` is key, value, key, value, …; duplicates and `<<` stay as written.

    start, end: from the first key to the end of the last value, or from `{` to behind `}`; without anchor and tag.
    flow: written with braces. open: it may hold more than is shown, so that a key not found is unknown, not missing.
    places: where in `items` the value of each key stands; `scalars` makes it at the first look-up, so items do not change
    any more by then.
    """

    source: Source
    start: int
    end: int
    items: list[Node]
    flow: bool = False
    open: bool = False
    origin: Origin | None = None
    places: dict[str, int] | None = field(default=None, init=False)

    def __repr__(self) -> str:
        return f"Mapping({len(self.items) // 2} keys, {self.start}:{self.end})"


@dataclass(slots=True, eq=False, repr=False)
class Sequence:
    """Items in the order written; a block sequence starts at its first dash. `flow` and `open` as for Mapping."""

    source: Source
    start: int
    end: int
    items: list[Node]
    flow: bool = False
    open: bool = False
    origin: Origin | None = None

    def __repr__(self) -> str:
        return f"Sequence({len(self.items)} items, {self.start}:{self.end})"


@dataclass(slots=True, eq=False, repr=False)
class Unknown:
    """A value that an engine could not compute; `why` says so in words for a note. Never in a tree that was written."""

    source: Source
    start: int
    end: int
    why: str
    origin: Origin | None = None

    def __repr__(self) -> str:
        return f"Unknown({self.why!r}, {self.start}:{self.end})"


Node = Scalar | Mapping | Sequence | Unknown


def pairs(mapping: Mapping) -> Iterator[tuple[Node, Node]]:
    """Key node and value node of every entry as written: duplicates come twice, `<<` comes as itself."""
    items = iter(mapping.items)
    return zip(items, items)


def children(node: Node) -> SequenceOf[Node]:
    """Nodes directly below a node: keys and values of a mapping, items of a sequence, nothing for the others."""
    if isinstance(node, (Mapping, Sequence)):
        return node.items
    return ()
