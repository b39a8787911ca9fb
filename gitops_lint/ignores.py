"""
Ignore comments of one file: what they say and which stretch they cover. `examine` asks for them, `suppress` applies them.

    replicas: 1  # gitops-lint: ignore[single-replica] until=2027-03-01 one tenant

`ignore` behind a value covers what stands on that line; on a line of its own it covers the next entry with everything
below it; `ignore-resource` covers its document, `ignore-file` the file. A `#` in a block scalar is content; Lua in one
has comments of its own: `-- gitops-lint: ignore[...]`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Region, TextEdit
from gitops_lint.pattern import pattern
from gitops_lint.text.comments import comments
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source, children, pairs
from gitops_lint.text.parsed import Document, Parsed

MARKER = "gitops-lint:"
Scope = Literal["node", "resource", "file"]
_SCOPES: dict[str, Scope] = {"ignore": "node", "ignore-resource": "resource", "ignore-file": "file"}
_DIRECTIVE = pattern(
    r"(?:(?:#|--)[ \t]*)?gitops-lint:[ \t]*(?P<verb>[A-Za-z-]+)[ \t]*(?P<list>\[(?P<words>[^\]\r\n]*)\])?(?P<rest>[^\r\n]*)"
)
_UNTIL = pattern(r"[ \t]*until=(?P<date>\S*)")
_LUA = pattern(r"--(?!\[\[)[^\r\n]*?gitops-lint:[^\r\n]*")
MOST_COMMENTS = 1000
"""Ignore comments of one file: what one covers is looked for in the whole tree."""
MOST_WORDS = 200
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Word:
    """One id or area in the brackets, as written, with its place."""

    text: str
    region: Region


@dataclass(frozen=True, slots=True)
class IgnoreComment:
    """
    One ignore comment.

    region: from `#` (or `--`) to the end of its line, what other tools say in front of it left out. covers_start, covers_end:
    what it covers, code points of the file, end exclusive. until: the last day on which it counts; None = for ever.
    until_region: where that date stands. malformed: what is wrong with how it is written, "" when it can be read; such a
    comment takes nothing away. removal: the edit that takes the comment out, with the blanks or the line it leaves.
    """

    region: Region
    scope: Scope
    document: int
    covers_start: int
    covers_end: int
    words: tuple[Word, ...] = ()
    reason: str = ""
    until: datetime.date | None = None
    until_region: Region | None = None
    malformed: str = ""
    removal: TextEdit | None = field(default=None, compare=False)

    def covers(self, region: Region) -> bool:
        """Whether a region of the same file begins in what this comment covers."""
        if region.start == region.end == self.covers_end:
            return True
        return self.covers_start <= region.start < self.covers_end


def ignore_comments(source: Source, parsed: Parsed) -> tuple[IgnoreComment, ...]:
    """
    The ignore comments of a file, in order.

    parsed: the file's documents; a broken one still has its comments, which then cover lines. A text without the marker
    costs a search. JSON has no comments.
    """
    text = source.text
    if MARKER not in text or source.file is None or source.file.endswith(".json"):
        return ()
    found: list[IgnoreComment] = []
    lua_file = source.file.endswith(".lua")
    if not lua_file:
        for comment in comments(source, parsed):
            if MARKER in comment.text:
                if len(found) >= MOST_COMMENTS:
                    why = f"the file has {MOST_COMMENTS} before this one; this and all behind it are not read"
                    region = _region(source, comment.start, comment.end, comment.document)
                    found.append(IgnoreComment(region, "node", comment.document, 0, 0, malformed=why))
                    break
                document = _document(parsed, comment.start, comment.document)
                found += _read(source, parsed, comment.start, comment.end, comment.own_line, comment.document, document)
    for start, end, number in [(0, len(text), 0)] if lua_file else _block_scalars(parsed):
        for match in _LUA.finditer(text, start, end):
            line = _line_start(text, match.start())
            own_line = not text[line : match.start()].strip()
            found += _read(source, parsed, match.start(), match.end(), own_line, number, None)
    found.sort(key=lambda one: one.region.start)
    return tuple(found)


def _read(
    source: Source, parsed: Parsed, start: int, end: int, own_line: bool, number: int, document: Document | None
) -> list[IgnoreComment]:
    """The ignore comment that a comment start..end is, or nothing: prose may mention the marker, too."""
    text = source.text
    match = _DIRECTIVE.search(text, start, end)
    if match is None:
        return []
    verb, bracketed = match["verb"], match["list"] is not None
    if verb not in _SCOPES and not bracketed:
        return []
    at = start if not text[start : match.start()].strip("#- \t") else match.start()
    region = _region(source, at, end, number)
    removal = _removal(source, at, end, own_line and at == start)
    scope = _SCOPES.get(verb, "node")
    covers = _covers(source, parsed, scope, start, end, own_line, document)
    if verb not in _SCOPES:
        known = "`, `".join(_SCOPES)
        return [IgnoreComment(region, scope, number, *covers, malformed=f"`{verb}` is not one of `{known}`")]
    words = _words(source, match, number)
    if len(words) > MOST_WORDS:
        why = f"`{verb}` names more than {MOST_WORDS} rules: name their area, or `ignore` them in the configuration"
        return [IgnoreComment(region, scope, number, *covers, malformed=why)]
    if not words:
        why = f"`{verb}` names no rule: write `{verb}[rule-id] reason`"
        return [IgnoreComment(region, scope, number, *covers, malformed=why)]
    until, until_region, reason, why = _until(source, match, number)
    return [IgnoreComment(region, scope, number, *covers, words, reason, until, until_region, why, removal)]


def _words(source: Source, match: re.Match[str], number: int) -> tuple[Word, ...]:
    if match["words"] is None:
        return ()
    base = match.start("words")
    return tuple(
        Word(one.group(), _region(source, base + one.start(), base + one.end(), number))
        for one in re.finditer(r"[^,\s]+", match["words"])
    )


def _until(source: Source, match: re.Match[str], number: int) -> tuple[datetime.date | None, Region | None, str, str]:
    """Last day, its place, the reason, and what is wrong with the date ("" when nothing is)."""
    rest = match["rest"]
    found = _UNTIL.match(rest)
    if found is None:
        return None, None, rest.strip(), ""
    base = match.start("rest")
    region = _region(source, base + found.start("date"), base + found.end("date"), number)
    reason = rest[found.end() :].strip()
    written = found["date"]
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII):
            raise ValueError
        return datetime.date.fromisoformat(written), region, reason, ""
    except ValueError:
        return None, region, reason, f"`{written}` is not a date: write `until=YYYY-MM-DD`"


def _covers(
    source: Source, parsed: Parsed, scope: Scope, start: int, end: int, own_line: bool, document: Document | None
) -> tuple[int, int]:
    text = source.text
    if scope == "file":
        return 0, len(text)
    if scope == "resource":
        return (document.start, document.end) if document is not None else (0, len(text))
    root = document.root if document is not None else None
    if own_line:
        return _next_entry(text, end, root, parsed, "--" if text.startswith("--", start) else "#")
    return _on_line(text, start, root)


def _on_line(text: str, at: int, root: Node | None) -> tuple[int, int]:
    """The line of an offset, and every scalar or flow collection that has a part on it."""
    first, last = _line_start(text, at), _line_end(text, at)
    start, end = first, last
    for node in _walk(root):
        written_whole = isinstance(node, Scalar) or (isinstance(node, (Mapping, Sequence)) and node.flow)
        if written_whole and node.start < last and node.end > first:
            start, end = min(start, node.start), max(end, node.end)
    return start, end


def _next_entry(text: str, at: int, root: Node | None, parsed: Parsed, sign: str) -> tuple[int, int]:
    """The first entry of a mapping or item of a sequence behind an offset; the next line where there is no tree."""
    begin = _next_token(text, at, sign)
    if text.startswith("---", begin):
        roots = [one.root for one in parsed.documents if one.root is not None and one.root.start > begin]
        return (roots[0].start, roots[0].end) if roots else (begin, _line_end(text, begin))
    if begin >= len(text):
        return len(text), len(text)
    if root is None:
        return begin, _line_end(text, begin)
    dash = text.startswith("-", begin) and text[begin + 1 : begin + 2] in ("", " ", "\t", "\r", "\n")
    best: tuple[int, int] | None = None
    for start, end, item in _entries(root):
        # a dash opens an item; without one the first key of the item's mapping is what comes next
        if start < begin or item is not dash:
            continue
        if best is None or start < best[0] or (start == best[0] and end > best[1]):
            best = (start, end)
    if best is not None:
        return begin, best[1]
    return (begin, root.end) if root.start >= begin else (begin, begin)


def _entries(root: Node) -> Iterator[tuple[int, int, bool]]:
    """Start and end of every entry of a mapping and every item of a sequence, and whether it is an item of a block."""
    for node in _walk(root):
        if isinstance(node, Mapping):
            for key, value in pairs(node):
                yield key.start, max(key.end, value.end if value.start >= key.start else key.end), False
        elif isinstance(node, Sequence):
            for item in node.items:
                if item.start >= node.start:
                    yield item.start, item.end, not node.flow


def _walk(root: Node | None) -> Iterator[Node]:
    seen: set[int] = set()
    stack: list[Node] = [root] if root is not None else []
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            stack.extend(children(node))


def _block_scalars(parsed: Parsed) -> Iterator[tuple[int, int, int]]:
    """Start, end and document number of the block scalars that hold the marker."""
    for document in parsed.documents:
        for node in _walk(document.root):
            if isinstance(node, Scalar) and node.style in ("|", ">") and MARKER in node.text:
                yield node.start, node.end, document.number


def _document(parsed: Parsed, at: int, number: int) -> Document | None:
    """The document a comment speaks of: the one it lies in, or, where a stretch between belongs to none, its number's."""
    lying_in = (one for one in parsed.documents if one.start <= at < one.end)
    return next(lying_in, None) or next((one for one in parsed.documents if one.number == number), None)


def _next_token(text: str, at: int, sign: str) -> int:
    """Offset of the first text behind an offset that is neither blank nor a comment (from sign on); else the text's end."""
    while at < len(text):
        if text[at] in _BLANKS:
            at += 1
        elif text.startswith(sign, at):
            at = _line_end(text, at)
        else:
            break
    return at


def _removal(source: Source, start: int, end: int, whole_line: bool) -> TextEdit:
    text = source.text
    if whole_line:
        start = _line_start(text, start)
        if text.startswith("\r\n", end):
            end += 2
        elif end < len(text):
            end += 1
    else:
        while start > 0 and text[start - 1] in " \t":
            start -= 1
    return TextEdit(source.file or "", start, end, "")


def _region(source: Source, start: int, end: int, number: int) -> Region:
    first, last = source.position(start), source.position(end)
    return Region(source.file or "", start, end, first.line, first.column, last.line, last.column, number)


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_end(text: str, at: int) -> int:
    ends = [place for place in (text.find("\n", at), text.find("\r", at)) if place >= 0]
    return min(ends, default=len(text))
