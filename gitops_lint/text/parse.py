"""
YAML text to nodes, document by document, and what is wrong with it in words for people.

Ordinary documents are read by `plainyaml.py`, all others are built from libyaml's events with a stack of our own: composing
recurses in C and refuses what Kubernetes accepts. One broken document does not hide the others of its file: reading goes on
at the next `---` line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from yaml import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    MarkedYAMLError,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
)
from yaml._yaml import CParser

from gitops_lint.pattern import pattern
from gitops_lint.text.jsontext import parse_json as parse_json
from gitops_lint.text.keys import SPECIAL, key_mistakes
from gitops_lint.text.mistakes import Mistake as Mistake
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source, children
from gitops_lint.text.parsed import MAX_DEPTH
from gitops_lint.text.parsed import Document as Document
from gitops_lint.text.parsed import Parsed as Parsed
from gitops_lint.text.plainyaml import PlainReader
from gitops_lint.text.syntax import explain
from gitops_lint.text.templates import judge_templates, unquoted_template, value_end

_SEPARATOR = pattern(r"---(?=[ \t\r\n]|\Z)")
_OWN_SEPARATOR = pattern(
    r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)|(?:%|\.\.\.)[^\r\n]*(?:\r\n|\r|\n))*---(?=[ \t\r\n]|\Z)"
)
_PLAIN_SEPARATOR = pattern(r"---[ \t]*(?:#|[\r\n]|\Z)")
_END_MARKER = pattern(r"(?:^|(?<=[\r\n]))\.\.\.(?=[ \t\r\n]|\Z)")
_PROPERTIES = pattern(r"(?:(?:!<[^>]*>|[&!][^\s\[\]{},]*)\s*(?:#[^\r\n]*\s*)*)*")
_BLANK = " \t\r\n\x85\u2028\u2029"
_LINE_END = pattern(r"[\r\n\x85\u2028\u2029]")
_BLOCK_HEADER = pattern(r"[|>][-+0-9]*")
# What YAML's reader refuses; U+FEFF is refused by libyaml but not by go-yaml. A plain text: few files need it compiled.
_REFUSED = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\ufeff\uff00-\ufffd\U00010000-\U0010ffff]"
_SLASH_ESCAPE = pattern(r"(?<!\\)(?:\\\\)*\\/")
_FREE_ALIASING = 100_000
_ALIASING_OF_FILE = 400_000
"""Nodes that the aliases of all documents of one text may add: each of them is looked at again by whoever walks the tree."""
_MOST_BROKEN = 100
_MOST_STARTS = 1000
"""How often reading begins anew behind a broken document or a JSON object: each time costs what the rest of the text does."""
_MOST_TRIES = 50
"""How often the reader of ordinary documents is asked again behind one that was not ordinary."""
_NAMES = {
    0: "the NUL character",
    0x1B: "the escape character",
    0x7F: "the delete character",
    0xFEFF: "a byte order mark",
}


def parse_yaml(source: Source, *, open: bool = False, plain: bool = True) -> Parsed:
    """
    Documents and mistakes of a YAML text; never raises for what the text holds.

    open: mark every mapping and sequence as one that may hold more than is shown. plain: False makes libyaml read ordinary
    documents too, with the same result; tests compare the two.
    A mistake that Kubernetes' readers live with (`duplicate-key`) or that leaves the tree readable (`null-key`,
    `merge-value`, `document-separator`, …) comes beside its document; one that does not, in place of it.
    """
    try:
        return _Stream(source, source.text, open, plain).read()
    except (_RefusedError, UnicodeEncodeError):
        return _read_refused(source, open, plain)


class _RefusedError(Exception):
    """The reader met a character that YAML does not allow."""


class _BrokenError(Exception):
    """The document cannot be read any further; holds the mistake."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


class _Anchor:
    """What an anchor names: size in nodes with aliases expanded (0 while the node is not finished), and its height."""

    __slots__ = ("height", "node", "size")

    def __init__(self, node: Node, size: int) -> None:
        self.node = node
        self.size = size
        self.height = 1


class _Stream:
    """One pass over a stream of documents."""

    def __init__(self, source: Source, text: str, open: bool, plain: bool) -> None:
        self.source = source
        self.text = text
        self.open = open
        self.roots: list[Node | None] = []
        self.starts: list[int] = []  # where each document of the stream begins, by number
        self.broken: set[int] = set()
        self.mistakes: list[Mistake] = []
        self.plain: PlainReader | None = None  # made when first asked
        self.tries = _MOST_TRIES if plain else 0  # how often it may still be asked
        self.handed = False  # whether libyaml has handed the next document back to it
        self.aliased = 0  # nodes that aliases have added so far, in all documents

    def read(self) -> Parsed:
        position: int | None = 0
        begun = 0
        while position is not None:
            begun += 1
            if begun > _MOST_STARTS or len(self.broken) >= _MOST_BROKEN:
                self._give_up(position)
                break
            position = self._read_some(position)
        self._odd_separators()
        self._odd_escapes()
        self.mistakes.sort(key=lambda mistake: (mistake.start, mistake.end))
        text = self.text
        ends = [*self.starts[1:], len(text)]
        documents = [
            Document(number, root, start, end)
            for number, (root, start, end) in enumerate(zip(self.roots, self.starts, ends))
            if number not in self.broken
        ]
        self.mistakes = judge_templates(text, self.starts, self.mistakes, documents)
        return Parsed(self.source, documents, self.mistakes, tuple(self.starts))

    def _read_some(self, base: int) -> int | None:
        """Reads documents from an offset on by either reader; where to go on after a broken one, None at the end."""
        position: int | None = base
        while position is not None:
            position = self._read_plain(position)
            if position is None:
                return None
            self.handed = False
            position = self._read_from(position)
            if not self.handed:
                break
        return position

    def _read_plain(self, base: int) -> int | None:
        """Reads ordinary documents from an offset on; where the first other one begins, None at the end."""
        if not self.tries or (base and not self.text.startswith("---", base)):
            return base
        self.tries -= 1
        if self.plain is None:
            self.plain = PlainReader(self.source, self.text, self.open)
        position = self.plain.read(base, len(self.starts))
        for start, root in zip(self.plain.starts, self.plain.roots):
            self._begin(start)
            self.roots[-1] = root
        self.mistakes.extend(self.plain.mistakes)
        return position

    def _read_from(self, base: int) -> int | None:
        """
        Reads documents from an offset on with libyaml; where to go on after a broken one, None at the end.

        Behind a document that was not ordinary others may be: then the next is `handed` back.
        """
        text = self.text
        parser = CParser(text[base:] if base else text)
        pending = base
        started = False
        try:
            get_event: Callable[[], Any] = parser.get_event
            get_event()  # the start of the stream
            while True:
                event = get_event()
                kind = event.__class__
                if kind is StreamEndEvent:
                    return None
                if kind is DocumentStartEvent:
                    if event.explicit:
                        pending = int(event.start_mark.index) + base
                        if self.tries and pending > base and text.startswith("---", pending):
                            self.handed = True
                            return pending
                    self._begin(pending)
                    started = True
                    if event.version is not None or event.tags is not None:
                        self._directive(pending)
                    root, end = self._build(parser, base)
                    self.roots[-1] = root
                    started = False
                    pending = end
        except MarkedYAMLError as error:
            at = self._offset(error.problem_mark, base, pending)
            if not started and self.starts and error.problem == "did not find expected <document start>":
                return self._behind_document(pending, at)
            if not started:
                self._begin(pending)
            context_at = self._offset(error.context_mark, base, at)
            self._refuse(explain(text, pending, str(error.problem), at, str(error.context or ""), context_at))
        except _BrokenError as broken:
            self._refuse(broken.mistake)
        except YAMLError as error:
            raise _RefusedError from error
        finally:
            parser.dispose()
        return self._next_document(pending)

    def number_at(self, offset: int) -> int:
        """Number of the document that an offset belongs to; 0 in a stream without documents."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def _offset(self, mark: Any, base: int, default: int) -> int:
        return default if mark is None else min(mark.index + base, len(self.text))

    def _begin(self, start: int) -> None:
        self.starts.append(start if self.starts else 0)
        self.roots.append(None)

    def _refuse(self, mistake: Mistake) -> None:
        number = len(self.starts) - 1
        self.broken.add(number)
        self.mistakes.append(replace(mistake, document=number))

    def _give_up(self, at: int) -> None:
        """Leaves the rest of the text alone, as one broken document."""
        self._begin(at)
        line = self.text[at : _line_end(self.text, at)]
        broken = len(self.broken)
        message = (
            f"{broken} documents before this one cannot be read, so the rest of the file is not looked at"
            if broken >= _MOST_BROKEN
            else f"reading began anew {_MOST_STARTS} times in this file, so the rest of it is not looked at"
        )
        self._refuse(Mistake("syntax", message, at, at + len(line.rstrip())))

    def _next_document(self, pending: int) -> int | None:
        """Where the `---` of the document after the one at `pending` stands."""
        text = self.text
        own = _OWN_SEPARATOR.match(text, pending)
        at = own.end() if own is not None else pending
        returns = "\r" in text
        at = _line_with_dashes(text, max(at - 1, 0), returns)
        while at >= 0 and not _SEPARATOR.match(text, at):
            at = _line_with_dashes(text, at, returns)
        return at if at >= 0 else None

    def _behind_document(self, pending: int, at: int) -> int | None:
        """A document is over and more text follows without `---`: go-yaml reads one document and drops the rest."""
        text = self.text
        if text[at : at + 1] == "{" and text.lstrip().startswith("{"):
            return at  # a stream of JSON objects: Kubernetes' decoder reads them all
        line = text[at : _line_end(text, at)].rstrip()
        root = self.roots[-1]
        if _END_MARKER.search(text, max(0, pending - 3), at):
            message = "this text behind `...` is dropped: a new document starts with `---`"
            cure = "write `---` on a line before it"
        elif isinstance(root, (Mapping, Sequence)) and not root.flow:
            message = (
                "this line is indented less than the first line of its document: it and all that follows is dropped"
            )
            cure = "indent it like the first line"
        else:
            message = "this text behind the end of the document is dropped: a new document starts with `---`"
            cure = "write `---` on a line before it"
        self.mistakes.append(Mistake("dropped-after-end", message, at, at + len(line), len(self.starts) - 1, cure))
        return self._next_document(at)

    def _directive(self, start: int) -> None:
        at = self.text.index("%", start)
        end = _line_end(self.text, at)
        written = self.text[at:end].split()[0]
        self.mistakes.append(
            Mistake(
                "version-directive",
                f"the directive `{written}` is refused by kubectl and Argo CD",
                at,
                end,
                len(self.starts) - 1,
                help="remove the line",
            )
        )

    def _odd_separators(self) -> None:
        """Notes lines that begin like a separator and are none: kubectl and Argo CD split a file by lines first."""
        text = self.text
        returns = "\r" in text
        at = 0 if text.startswith("---") else _line_with_dashes(text, 0, returns)
        while at >= 0:
            if not _PLAIN_SEPARATOR.match(text, at):
                number = self.number_at(at)
                if number not in self.broken:
                    self.mistakes.append(_odd_separator(text, at, number))
            at = _line_with_dashes(text, at, returns)

    def _odd_escapes(self) -> None:
        r"""Notes `\/` in double quotes: libyaml has it from YAML 1.2, go-yaml v2 does not; JSON does."""
        text = self.text
        if "\\/" not in text or text.lstrip().startswith("{"):
            return
        for number, root in enumerate(self.roots):
            if root is None or number in self.broken:
                continue
            for scalar in _double_quoted(root):
                found = _SLASH_ESCAPE.search(text, scalar.start, scalar.end)
                if found is not None:
                    message = "`\\/` is no escape for go-yaml: kubectl and Argo CD refuse the document"
                    at = found.end() - 2
                    self.mistakes.append(Mistake("unknown-escape", message, at, at + 2, number, "write `/`"))

    def _build(self, parser: CParser, base: int) -> tuple[Node | None, int]:
        """The root of one document, its start event taken, and where its end event stands."""
        # Any: the marks of an event are never None here, whatever the stubs say.
        get_event: Callable[[], Any] = parser.get_event
        source, text, opened = self.source, self.text, self.open
        top: list[Node] = []
        items = top
        node: Mapping | Sequence | None = None  # the collection at hand
        height = 1  # its height, as far as it is read
        before = 0  # `counted` when it began
        anchor: _Anchor | None = None  # its anchor
        stack: list[tuple[Mapping | Sequence | None, list[Node], int, int, _Anchor | None]] = []
        anchors: dict[str, _Anchor] = {}
        last = 0  # end of the node read last
        counted = 0  # nodes of finished collections, aliases expanded
        aliased = 0  # how many of them aliases added
        largest: tuple[int, str, int, int] | None = None  # the alias that adds most
        while True:
            event = get_event()
            kind = event.__class__
            if kind is ScalarEvent:
                start = event.start_mark.index + base
                last = event.end_mark.index + base
                style = event.style or "plain"
                if style == "|" or style == ">":
                    last = _block_end(text, start, last)
                tag = event.tag
                name = event.anchor
                if tag is None and name is None:
                    items.append(Scalar(source, start, last, event.value, style))
                    continue
                start = min(_behind_properties(text, start), last)
                scalar = Scalar(source, start, last, event.value, style, tag)
                items.append(scalar)
                if name is not None:
                    anchors[name] = _Anchor(scalar, 1)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                assert node is not None
                if node.flow:
                    last = event.end_mark.index + base
                node.end = last
                counted += len(items)
                finished: Node = node
                if isinstance(node, Mapping):
                    keys = {key.text for key in items[::2] if isinstance(key, Scalar)}
                    if len(keys) * 2 != len(items) or not keys.isdisjoint(SPECIAL):
                        finished = self._finish(node)
                if anchor is not None:
                    anchor.node = finished
                    anchor.size = counted - before + 1
                    anchor.height = height
                below = height
                node, items, height, before, anchor = stack.pop()
                items[-1] = finished
                if below >= height:
                    height = below + 1
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                start = event.start_mark.index + base
                if len(stack) >= MAX_DEPTH:
                    raise _BrokenError(_too_deep(start))
                stack.append((node, items, height, before, anchor))
                name = event.anchor
                if event.tag is not None or name is not None:
                    start = _behind_properties(text, start)
                make = Mapping if kind is MappingStartEvent else Sequence
                node = make(source, start, start, [], event.flow_style, opened)
                anchor = None
                if name is not None:
                    anchor = anchors[name] = _Anchor(node, 0)
                items.append(node)
                items = node.items
                height = 1
                before = counted
            elif kind is AliasEvent:
                start = event.start_mark.index + base
                last = event.end_mark.index + base
                named = anchors.get(event.anchor)
                if named is None or named.size == 0:
                    raise _BrokenError(_unknown_alias(event.anchor, start, last, named, anchors))
                if named.height + len(stack) > MAX_DEPTH:
                    raise _BrokenError(_too_deep(start))
                items.append(named.node)
                added = named.size - 1
                counted += added
                aliased += added
                if largest is None or added > largest[0]:
                    largest = (added, event.anchor, start, last)
                if named.height >= height:
                    height = named.height + 1
            elif kind is DocumentEndEvent:
                if largest is not None:
                    self.aliased += aliased
                    if aliased > 10 * (counted - aliased) + _FREE_ALIASING:
                        raise _BrokenError(_excessive(aliased, *largest[1:]))
                    if self.aliased > _ALIASING_OF_FILE and self.aliased > aliased:
                        raise _BrokenError(_excessive_in_file(*largest[1:]))
                end = event.end_mark.index + base
                root = top[0]
                if isinstance(root, Scalar) and root.start == root.end and root.tag is None and not anchors:
                    return (None if root.style == "plain" else root), end
                return root, end

    def _finish(self, mapping: Mapping) -> Node:
        """A mapping whose keys need a look: its mistakes noted; a template action that reads as a mapping, as a text."""
        number = len(self.starts) - 1
        if mapping.flow and len(mapping.items) == 2 and self.text.startswith("{{", mapping.start):
            end = value_end(self.text, mapping.start)
            self.mistakes.append(unquoted_template(self.text, mapping.start, number))
            return Scalar(self.source, mapping.start, end, self.text[mapping.start : end])
        self.mistakes.extend(key_mistakes(mapping, number))
        return mapping


def _double_quoted(root: Node) -> list[Scalar]:
    """Scalars in double quotes below a node, each once."""
    found: dict[int, Scalar] = {}
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Scalar):
            if node.style == '"':
                found[id(node)] = node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.extend(children(node))
    return list(found.values())


def _line_with_dashes(text: str, at: int, returns: bool) -> int:
    """Start of the next line that begins with three dashes, -1 if there is none. returns: whether the text holds any CR."""
    found = text.find("\n---", at)
    if returns:
        other = text.find("\r---", at)
        found = other if found < 0 or 0 <= other < found else found
    return found + 1 if found >= 0 else -1


def _odd_separator(text: str, at: int, number: int) -> Mistake:
    line = text[at : _line_end(text, at)].rstrip()
    dashes = len(line) - len(line.lstrip("-"))
    if dashes == len(line):
        message = f"a document separator has three dashes, this line has {dashes}"
        cure = "write `---`"
    else:
        message = "only a comment may follow `---` on its line; kubectl and Argo CD refuse the file"
        cure = "move the text to the next line"
    # told of the document that it should end: the splitter of kubectl fails while it reads that one
    return Mistake("document-separator", message, at, at + len(line), max(number - 1, 0), cure)


def _line_end(text: str, at: int) -> int:
    found = _LINE_END.search(text, at)
    return found.start() if found is not None else len(text)


def _behind_properties(text: str, start: int) -> int:
    """Where a value begins whose anchor or tag begins at `start`."""
    found = _PROPERTIES.match(text, start)
    return found.end() if found is not None else start


def _block_end(text: str, start: int, end: int) -> int:
    """End of the last line of a block scalar that is not blank; behind the header when all are."""
    header = _LINE_END.search(text, start, end)
    if header is None:
        return start + len(text[start:end].rstrip(_BLANK))
    filled = header.end() + len(text[header.end() : end].rstrip(_BLANK))
    if filled == header.end():
        found = _BLOCK_HEADER.search(text, start, end)
        return found.end() if found is not None else header.start()
    line = _LINE_END.search(text, filled, end)
    return line.start() if line is not None else end


def _too_deep(at: int) -> Mistake:
    message = f"this is nested in more than {MAX_DEPTH} collections; the document is not read any further"
    return Mistake("too-deep", message, at, at + 1)


def _unknown_alias(name: str, start: int, end: int, named: _Anchor | None, anchors: dict[str, _Anchor]) -> Mistake:
    if named is not None:
        at = named.node.start
        related = ((at, at + 1, "the value begins here"),)
        return Mistake(
            "unknown-alias", f"alias `*{name}` stands inside the value that it names", start, end, related=related
        )
    close = get_close_matches(name, anchors, 1)
    message = f"alias `*{name}` has no anchor `&{name}` before it in this document"
    cure = f"did you mean `*{close[0]}`?" if close else ""
    return Mistake("unknown-alias", message, start, end, help=cure)


def _excessive(aliased: int, name: str, start: int, end: int) -> Mistake:
    message = f"aliases such as `*{name}` expand to {aliased:,} nodes; Kubernetes refuses this as excessive aliasing"
    return Mistake("excessive-aliasing", message, start, end)


def _excessive_in_file(name: str, start: int, end: int) -> Mistake:
    message = (
        f"with `*{name}` the aliases of this file expand to over {_ALIASING_OF_FILE:,} nodes: this document is not read"
    )
    return Mistake("excessive-aliasing", message, start, end)


def _read_refused(source: Source, open: bool, plain: bool) -> Parsed:
    """Reads a text with characters that YAML's reader refuses: the documents that hold none survive."""
    text = source.text
    parsed = _Stream(source, re.sub(_REFUSED, "\ufffd", text), open, plain).read()
    hit: dict[int, list[int]] = {}
    for found in re.finditer(_REFUSED, text):
        hit.setdefault(parsed.number_at(found.start()), []).append(found.start())
    mistakes = [mistake for mistake in parsed.mistakes if mistake.document not in hit]
    mistakes.extend(_refused_character(text, places, number) for number, places in hit.items())
    mistakes.sort(key=lambda mistake: (mistake.start, mistake.end))
    documents = [document for document in parsed.documents if document.number not in hit]
    return Parsed(source, documents, mistakes, parsed.starts)


def _refused_character(text: str, places: list[int], number: int) -> Mistake:
    at = places[0]
    code = ord(text[at])
    what = _NAMES.get(code, "a surrogate" if 0xD800 <= code <= 0xDFFF else "a control character")
    more = f" (and {len(places) - 1} more in this document)" if len(places) > 1 else ""
    message = f"U+{code:04X}, {what}, is not allowed in YAML{more}"
    cure = "remove it, or write it as an escape such as `\\x1b` in double quotes"
    return Mistake("encoding", message, at, at + 1, number, cure)
