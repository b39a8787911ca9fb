"""
Ignore comments written into a text, so that they take given findings away and change nothing else.

For each finding the narrowest place is tried first: the comment that is there already, behind the line, on a line of its own
above the entry, and only then the resource or the file. Every new text is read again: its values must be the old ones,
and a comment must cover each finding. Called by `ignoring`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Region
from gitops_lint.ignores import MARKER, IgnoreComment, ignore_comments
from gitops_lint.languages.failure import LanguageError
from gitops_lint.languages.lua.lexer import tokens
from gitops_lint.text.nodes import Mapping, Node, Scalar, Source, children, pairs
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.parsed import Document, Parsed

Form = Literal[
    "yaml",  # read and compared
    "lua",
    "lines",  # settings in lines, where `#` begins a comment at the start of a line
    "template",  # text of a template engine: nothing in it can be read, so that only the first line is safe
]
_SIGNS = {"yaml": "#", "lua": "--", "lines": "#", "template": "#"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One finding to take away: where it begins, and its rule."""

    region: Region
    rule: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """text: the new one. left: indexes of the findings for which no place was found."""

    text: str
    left: tuple[int, ...]


def ignored(text: str, file: str, form: Form, wanted: Sequence[Wanted], reason: str = "") -> Ignored:
    """
    A text with ignore comments for findings.

    text: as decoded, line ends as in the file. wanted: findings in this file. reason: what stands behind the bracket of
    new comments, on one line; it may begin with `until=YYYY-MM-DD`.
    """
    desk = _Desk(text, file, form, " ".join(reason.split()))
    old = desk.written({})
    ways = [iter(()) if old.covers(one) else desk.places(one.region) for one in wanted]
    now: list[_Place | None] = [next(way, None) for way in ways]
    good: dict[_Place, bool] = {}
    while True:
        chosen: dict[_Place, list[str]] = {}
        for place, one in zip(now, wanted):
            if place is not None:
                chosen.setdefault(place, []).append(one.rule)
        made = desk.written(chosen)
        if desk.is_same(made):
            failed = [at for at, place in enumerate(now) if place is not None and not made.covers(wanted[at])]
        else:
            # which of the places it is: each alone
            for place, rules in chosen.items():
                if place not in good:
                    good[place] = desk.is_same(desk.written({place: rules}))
            failed = [at for at, place in enumerate(now) if place is not None and not good[place]]
            failed = failed or [at for at, place in enumerate(now) if place is not None]
        if not failed:
            left = (at for at, place in enumerate(now) if place is None and not old.covers(wanted[at]))
            return Ignored(made.source.text, tuple(left))
        for at in failed:
            now[at] = next(ways[at], None)


@dataclass(frozen=True, slots=True)
class _Place:
    """
    Where a comment goes. at: offset in the old text. above: the text is a line of its own, before the line that begins
    there. verb: of the new comment. words_of: where it is a comment that is there already, its last word ends at `at`.
    """

    at: int
    verb: str = "ignore"
    above: bool = False
    indent: str = ""
    extends: bool = False


class _Made:
    """A text with comments in it, and where the old offsets are now."""

    def __init__(self, source: Source, parsed: Parsed, moves: Sequence[tuple[int, bool, int]]) -> None:
        self.source = source
        self.parsed = parsed
        self._moves = moves
        self._comments: tuple[IgnoreComment, ...] | None = None

    def covers(self, one: Wanted) -> bool:
        """Whether a comment takes a finding away."""
        if self._comments is None:
            self._comments = ignore_comments(self.source, self.parsed)
        region = replace(one.region, start=self._moved(one.region.start), end=self._moved(one.region.end))
        return any(
            comment.covers(region) and any(word.text == one.rule for word in comment.words)
            for comment in self._comments
            if not comment.malformed
        )

    def _moved(self, offset: int) -> int:
        return offset + sum(size for at, above, size in self._moves if at < offset or (above and at == offset))


class _Desk:
    """One text, and the ways to write comments into it."""

    def __init__(self, text: str, file: str, form: Form, reason: str) -> None:
        self.text = text
        self.file = file
        self.form = form
        self.sign = _SIGNS[form]
        self.reason = f" {reason}" if reason else ""
        self.newline = "\r\n" if "\r\n" in text else "\n"
        source = Source(text, file)
        self.parsed = self._parsed(source)
        self.comments = ignore_comments(source, self.parsed)
        self.shape = self._shape(source, self.parsed)

    def _parsed(self, source: Source) -> Parsed:
        return parse_yaml(source) if self.form == "yaml" else Parsed(source)

    def written(self, chosen: MappingOfPlaces) -> _Made:
        """The text with comments at places, each naming its rules."""
        inserts: dict[tuple[int, bool], str] = {}
        for place, names in sorted(chosen.items(), key=lambda one: (one[0].at, one[0].verb)):
            rules = ", ".join(sorted(set(names)))
            if place.extends:
                new = f", {rules}"
            else:
                new = f"{self.sign} {MARKER} {place.verb}[{rules}]{self.reason}"
                new = f"{place.indent}{new}{self.newline}" if place.above else f"  {new}"
            key = (place.at, place.above)
            inserts[key] = inserts.get(key, "") + new
        parts, at = [], 0
        # a comment behind a line ends before one that begins the next, where a last line has no end
        for (offset, _), new in sorted(inserts.items()):
            parts += [self.text[at:offset], new]
            at = offset
        source = Source("".join([*parts, self.text[at:]]), self.file)
        moves = [(offset, above, len(new)) for (offset, above), new in inserts.items()]
        return _Made(source, self._parsed(source), moves)

    def is_same(self, made: _Made) -> bool:
        """Whether nothing but comments has changed."""
        return self._shape(made.source, made.parsed) == self.shape

    def _shape(self, source: Source, parsed: Parsed) -> object:
        """What a reader of the text makes of it, without places."""
        if self.form == "yaml":
            mistakes = [(one.kind, one.document) for one in parsed.mistakes]
            return [(one.number, _nodes(one.root)) for one in parsed.documents], mistakes, len(parsed.starts)
        if self.form == "lua":
            try:
                return [(one.kind, one.text) for one in tokens(source.text)]
            except LanguageError:
                return None
        return None

    # ---- places, the narrowest first

    def places(self, region: Region) -> Iterator[_Place]:
        if self.form != "template":
            yield from self._present(region.start)
        if self.form in ("yaml", "lua"):
            yield from self._behind(region.start)
        if self.form == "yaml":
            yield from self._above_entries(region.start)
            document = self._document(region.start)
            if document is not None and document.root is not None:
                line = self._line_start(document.root.start)
                yield _Place(line, "ignore-resource", True, self._indent(line))
        elif self.form != "template":
            line = self._line_start(region.start)
            yield _Place(line, "ignore", True, self._indent(line))
        yield _Place(self._first_line(), "ignore-file", True)

    def _present(self, at: int) -> Iterator[_Place]:
        """Comments that speak of this place already, for ever: a rule is added to their brackets."""
        line, end = self._line_start(at), self._line_end(at)
        for comment in self.comments:
            if comment.scope != "node" or comment.malformed or comment.until is not None or not comment.words:
                continue
            start = comment.region.start
            own_line = not self.text[self._line_start(start) : start].strip()
            if own_line:
                between = self.text[comment.region.end : line]
                near = start < line and all(
                    not one.strip() or one.lstrip().startswith(self.sign) for one in between.splitlines()
                )
            else:
                near = line <= start < end
            if near:
                yield _Place(comment.words[-1].region.end, extends=True)

    def _behind(self, at: int) -> Iterator[_Place]:
        """Behind the line; behind the first and the last line of the scalars and flow collections that hold the place."""
        offered = set()
        lines = [at]
        for node in self._holding(at):
            if isinstance(node, Scalar) or node.flow:
                lines += [node.start, max(node.start, node.end - 1)]
        for offset in lines:
            start, end = self._line_start(offset), self._line_end(offset)
            content = start + len(self.text[start:end].rstrip())
            if content > start and content not in offered and MARKER not in self.text[start:content]:
                offered.add(content)
                yield _Place(content)

    def _above_entries(self, at: int) -> Iterator[_Place]:
        """Above the entries of mappings and the items of lists that hold the place and begin a line, innermost first."""
        offered = set()
        for node in self._holding(at):
            starts: list[int] = []
            if isinstance(node, Mapping) and not node.flow:
                starts = [key.start for key, value in pairs(node) if key.start <= at <= max(key.end, value.end)]
            elif isinstance(node, SequenceNode) and not node.flow:
                starts = [self._dash(item.start) for item in node.items if item.start <= at <= item.end]
            for start in starts[-1:]:
                line = self._line_start(start)
                if line not in offered and not self.text[line:start].strip(" -"):
                    offered.add(line)
                    yield _Place(line, "ignore", True, self._indent(line))

    def _dash(self, at: int) -> int:
        return max(self.text.rfind("-", 0, at), 0)

    def _holding(self, at: int) -> list[Mapping | SequenceNode | Scalar]:
        """The nodes that hold a place, innermost first."""
        document = self._document(at)
        found: list[Mapping | SequenceNode | Scalar] = []
        node: Node | None = document.root if document is not None else None
        while isinstance(node, (Mapping, SequenceNode, Scalar)):
            found.append(node)
            node = next((one for one in children(node) if one.start <= at <= one.end and one.start >= node.start), None)
        return found[::-1]

    def _document(self, at: int) -> Document | None:
        return next((one for one in self.parsed.documents if one.start <= at <= one.end), None)

    def _first_line(self) -> int:
        return self._line_end(0, whole=True) if self.text.startswith("#!") else 0

    def _indent(self, line: int) -> str:
        found = re.compile(r"[ \t]*").match(self.text, line)
        return found[0] if found is not None else ""

    def _line_start(self, at: int) -> int:
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def _line_end(self, at: int, *, whole: bool = False) -> int:
        found = re.compile(r"\r\n|\n|\r|\Z").search(self.text, at)
        if found is None:
            return len(self.text)
        return found.end() if whole else found.start()


MappingOfPlaces = dict[_Place, list[str]]


def _nodes(root: Node | None) -> list[tuple[object, ...]]:
    """What a document holds, in order, without places; a node that an alias repeats is told once."""
    found: list[tuple[object, ...]] = []
    known: dict[int, int] = {}
    waiting: list[Node] = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if id(node) in known:
            found.append(("alias", known[id(node)]))
            continue
        known[id(node)] = len(known)
        if isinstance(node, Scalar):
            found.append((node.text, node.style, node.tag))
        else:
            found.append((type(node).__name__, len(children(node))))
            waiting.extend(reversed(children(node)))
    return found
