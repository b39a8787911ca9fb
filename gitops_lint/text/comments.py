"""Comments of a text: libyaml drops them, so they are looked for between the scalars, where one may matter."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from gitops_lint.text.nodes import Node, Scalar, Source, children
from gitops_lint.text.parsed import Document, Parsed

_COMMENT = re.compile(r"(?:(?<=[\r\n])|(?<=[ \t])|\A)#[^\r\n]*")
_QUOTED = re.compile(r""""(?:[^"\\\r\n]|\\.)*"|'(?:[^'\r\n]|'')*'""")
_BREAK = re.compile(r"[\r\n]")


@dataclass(frozen=True, slots=True)
class Comment:
    """
    One comment.

    start, end: from `#` to the end of its line. text: without `#` and surrounding blanks.
    own_line: nothing but blanks stands before it. document: number of the document it lies in, 0 if there is none.
    """

    start: int
    end: int
    text: str
    own_line: bool
    document: int


def comments(source: Source, parsed: Parsed) -> list[Comment]:
    """
    All comments of a YAML text, in order.

    In a document that could not be read only quotes on the same line tell a comment from text, and a `#` in a block
    scalar counts as a comment. Costs a walk over all nodes: call it for texts that hold `gitops-lint:` only.
    """
    text = source.text
    spans = _scalar_spans(parsed.documents)
    starts = [start for start, _ in spans]
    found: list[Comment] = []
    for match in _COMMENT.finditer(text):
        at = match.start()
        index = bisect_right(starts, at) - 1
        if index >= 0 and at < spans[index][1]:
            continue
        document = _document_at(parsed, at)
        line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
        before = text[line:at]
        if document is None and any(
            quoted.start() < at - line < quoted.end() for quoted in _QUOTED.finditer(text[line : match.end()])
        ):
            continue
        if found and found[-1].end > at:
            continue
        number = document.number if document is not None else _number_at(parsed, at)
        words = match.group()[1:].strip()
        found.append(Comment(at, match.end(), words, not before.strip(), number))
    return found


def _scalar_spans(documents: list[Document]) -> list[tuple[int, int]]:
    """Stretches of text that scalars take, sorted; the header line of a block scalar is none, a comment may end it."""
    spans: list[tuple[int, int]] = []
    seen: set[int] = set()
    stack: list[Node] = [document.root for document in documents if document.root is not None]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Scalar):
            start = node.start
            if node.style in ("|", ">"):
                line = _BREAK.search(node.source.text, start, node.end)
                start = line.start() if line is not None else node.end
            if start < node.end:
                spans.append((start, node.end))
        else:
            stack.extend(children(node))
    spans.sort()
    return spans


def _document_at(parsed: Parsed, at: int) -> Document | None:
    for document in parsed.documents:
        if document.start <= at < document.end:
            return document
    return None


def _number_at(parsed: Parsed, at: int) -> int:
    """Number of the broken document at an offset: the one behind the last readable one before it."""
    numbers = [document.number for document in parsed.documents if document.end <= at]
    return numbers[-1] + 1 if numbers else 0
