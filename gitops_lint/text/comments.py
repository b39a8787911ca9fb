"""Comments of a text: libyaml drops them, so they are looked for between the scalars, where one may matter."""

from __future__ import annotations

from bisect import bisect_right

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Node, Scalar, Source, children
from gitops_lint.text.parsed import Document, Parsed

_QUOTED = pattern(r""""(?:[^"\\\r\n]|\\.)*"|'(?:[^'\r\n]|'')*'""")
_BREAK = pattern(r"[\r\n]")


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
    readable = {document.number for document in parsed.documents}
    found: list[Comment] = []
    at = text.find("#")
    while at >= 0:
        index = bisect_right(starts, at) - 1
        if index >= 0 and at < spans[index][1]:
            at = text.find("#", spans[index][1])
            continue
        ending = _BREAK.search(text, at)
        end = ending.start() if ending is not None else len(text)
        line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
        before = text[line:at]
        number = parsed.number_at(at)
        if (before and before[-1] not in " \t") or (number not in readable and _in_quotes(text[line:end], at - line)):
            at = text.find("#", at + 1)
            continue
        found.append(Comment(at, end, text[at + 1 : end].strip(), not before.strip(), number))
        at = text.find("#", end)
    return found


def _in_quotes(line: str, at: int) -> bool:
    return any(quoted.start() < at < quoted.end() for quoted in _QUOTED.finditer(line))


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
