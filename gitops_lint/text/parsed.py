"""What a parser hands back: the documents of a text that could be read, and the mistakes."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field

from gitops_lint.dataclass import dataclass
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Node, Source

MAX_DEPTH = 256
"""Collections within collections; real manifests stay below 30, and the cost of flow nesting is quadratic."""


@dataclass(frozen=True, slots=True)
class Document:
    """
    One document of a stream.

    number: counts all documents of the stream from 0, empty and broken ones included.
    root: None for an empty document. start, end: the stretch of the text that belongs to it, from its `---` (from 0 for
    the first) to the next document: comments before and behind its content lie in it.
    """

    number: int
    root: Node | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """
    Documents that could be read, in order, and mistakes sorted by place; a broken document has only mistakes.

    starts: where each document of the stream begins, by number, the broken ones included.
    """

    source: Source
    documents: list[Document] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    starts: tuple[int, ...] = ()

    def number_at(self, offset: int) -> int:
        """Number of the document that an offset belongs to; 0 in a text without documents."""
        return max(0, bisect_right(self.starts, offset) - 1)
