"""
Documents of ordinary block YAML, read line by line into the very nodes that `parse.py` makes of libyaml's events.

Made for what manifests are: mappings and sequences by indentation, scalars of one line, plain scalars that go on, block
scalars, comments, `---`. Whatever else stands in a document (anchors, tags, tabs, directives, templates, mistakes) ends the
reading there, and libyaml reads that document: this reader knows no mistake but those of keys. See
docs/decisions/0011-plain-yaml-is-read-by-our-own-reader.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gitops_lint.pattern import pattern
from gitops_lint.text.keys import key_mistakes
from gitops_lint.text.lineforms import (
    BEHIND,
    BLOCK,
    END,
    ITEM,
    KEY,
    KNOWN,
    LOOK,
    NONE,
    NOTHING,
    ODD_KEY,
    QUOTED,
    SCALAR,
    SEPARATOR,
    TEXT,
    flow_tokens,
    form_of,
    plain_goes_on,
    unescaped,
)
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source
from gitops_lint.text.scalars import ODD

_DEEPEST = 200  # parse.py refuses at 256
_ALLOWED = bytes((9, 10, *range(0x20, 0x7F)))
_STRANGE = pattern("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SINGLE = pattern(r"'(?:[^']|'')*+'(?= *(?:\n|\Z)| +#)")
_DOUBLE = pattern(r"\"(?:[^\"\\]|\\[\"\\nt\n])*+\"(?= *(?:\n|\Z)| +#)")
_OUTDENTED = pattern(r"\n[^ \n]")
_BLANK_LINE = pattern(r" *\n")

_new: Callable[[type[Scalar]], Scalar] = object.__new__
_new_mapping: Callable[[type[Mapping]], Mapping] = object.__new__
_new_sequence: Callable[[type[Sequence]], Sequence] = object.__new__


class PlainReader:
    """
    Reads documents of one text in order, as long as they are ordinary.

    roots, starts: of the documents that `read` has read; a start is where the `---` of a document stands, or where reading
    began. mistakes: of their keys.
    """

    def __init__(self, source: Source, text: str, open: bool) -> None:
        self.source = source
        self.text = text
        self.open = open
        self.roots: list[Node | None] = []
        self.starts: list[int] = []
        self.mistakes: list[Mistake] = []
        self._lines = text.split("\n")
        self._lines.append(BEHIND)
        self._index = 0  # of the next line
        self._position = 0  # where it begins
        self._number = 0  # of the document at hand

    def read(self, at: int, number: int) -> int | None:
        """Reads from offset `at` on, where document `number` begins; where the first begins that was not read, None at the end."""
        text = self.text
        self._index = text.count("\n", 0, at)
        self._position = at
        self._number = number
        self.roots, self.starts, self.mistakes = [], [], []
        begun = False
        while True:
            told = len(self.mistakes)
            root: list[Node] = []
            kind, behind = self._document(root)
            if kind != SEPARATOR and kind != END:
                del self.mistakes[told:]
                return at
            if begun or root:
                self.roots.append(root[0] if root else None)
                self.starts.append(at)
                self._number += 1
                begun = True
            if kind == END:
                return None
            if begun or at:  # what stands before the first `---` belongs to its document
                at = behind
            begun = True

    def _document(self, top: list[Node]) -> tuple[int, int]:
        """
        Reads the content of one document into `top`: one node, or none for an empty document.

        Kind and start of the line that ended it: SEPARATOR or END, else the document is not one for this reader.
        """
        source, text, opened, lines = self.source, self.text, self.open, self._lines
        index, position = self._index, self._position
        known = KNOWN.get
        node: Mapping | Sequence | None = None  # the collection at hand
        items = top
        column = -1  # where its keys or dashes stand
        places: dict[str, int] | None = None  # of its keys, None in a sequence
        stack: list[tuple[Mapping | Sequence | None, list[Node], int, dict[str, int] | None]] = []
        waiting = 1  # where the null would stand of the key or dash that has no value yet, else 0
        last = 0  # end of the value read last
        looks: list[Mapping] = []  # the mappings at hand whose keys need a look
        while True:
            line = lines[index]
            index += 1
            start = position
            position += len(line) + 1
            (
                kind, at, key_at, key_end, key, key_style, sort, value_kind, value_at, value_end, value, value_style,
            ) = known(line) or form_of(line)  # fmt: skip
            if kind >= NOTHING:
                if kind == NOTHING:
                    continue
                if kind == TEXT:
                    if at <= column or column < 0:
                        return kind, start
                    if waiting == 0:
                        last = _goes_on(text, items, last, start + at, start + len(line))
                        if last == 0:
                            return kind, start
                        continue
                    if value_kind == NONE:
                        return kind, start
                    waiting = 0
                else:
                    if kind != SEPARATOR and (kind != END or index < len(lines)):
                        return TEXT, start
                    if column >= 0:
                        if waiting:
                            items.append(_null(source, waiting))
                            last = waiting
                        while node is not None:
                            node.end = last
                            if looks and looks[-1] is node:
                                self._look(looks)
                            node, items, column, places = stack.pop()
                    self._index, self._position = index, position
                    return kind, start
            else:
                if waiting or at != column or (places is None) == (kind == KEY):
                    # another collection than the one at hand
                    if waiting and (at > column or (at == column and kind != KEY and places is not None)):
                        if len(stack) >= _DEEPEST:
                            return TEXT, start
                        stack.append((node, items, column, places))
                        column = at
                        waiting = 0
                        if kind == KEY:
                            node = _new_mapping(Mapping)
                            node.places = places = {}
                        else:
                            node = _new_sequence(Sequence)
                            places = None
                        node.source = source
                        node.start = start + at
                        node.flow = False
                        node.open = opened
                        node.origin = None
                        items.append(node)
                        node.items = items = []
                    else:
                        if waiting:
                            items.append(_null(source, waiting))
                            last = waiting
                            waiting = 0
                        elif at > column:
                            if kind != ITEM:
                                return TEXT, start
                            last = _goes_on(text, items, last, start + at, start + len(line))
                            if last == 0:
                                return TEXT, start
                            continue
                        while column > at:
                            assert node is not None
                            node.end = last
                            if looks and looks[-1] is node:
                                self._look(looks)
                            node, items, column, places = stack.pop()
                        if kind == KEY and places is None and node is not None and column == at:
                            # a sequence whose dashes stand below the key that holds it
                            node.end = last
                            node, items, column, places = stack.pop()
                        if column != at or (places is None) == (kind == KEY):
                            return TEXT, start
                if kind != KEY:
                    if kind == ITEM:
                        if value_kind == NONE:
                            waiting = start + key_end
                            continue
                    else:
                        if len(stack) >= _DEEPEST:
                            return TEXT, start
                        stack.append((node, items, column, places))
                        node = _new_mapping(Mapping)
                        node.source = source
                        node.start = start + key_at
                        node.flow = False
                        node.open = opened
                        node.origin = None
                        items.append(node)
                        node.items = items = []
                        node.places = places = {}
                        column = key_at
                if kind != ITEM:
                    assert places is not None
                    if sort or key in places:
                        assert isinstance(node, Mapping)
                        if sort & ODD_KEY:
                            node.places = ODD
                        if (sort & LOOK or key in places) and not (looks and looks[-1] is node):
                            looks.append(node)
                    scalar = _new(Scalar)
                    scalar.source = source
                    scalar.start = start + key_at
                    scalar.end = start + key_end
                    scalar.text = key
                    scalar.style = key_style
                    scalar.tag = None
                    scalar.origin = None
                    items.append(scalar)
                    places[key] = len(items)
                    if value_kind == NONE:
                        waiting = start + key_end + 1
                        continue
            if value_kind == SCALAR:
                scalar = _new(Scalar)
                scalar.source = source
                scalar.start = start + value_at
                scalar.end = last = start + value_end
                scalar.text = value
                scalar.style = value_style
                scalar.tag = None
                scalar.origin = None
                items.append(scalar)
            elif value_kind == BLOCK:
                read = _block(text, lines[index], position, column, value, value_style)
                if read is None:
                    return TEXT, start
                value, last, count, position = read
                index += count
                items.append(Scalar(source, start + value_at, last, value, value_style))
            elif value_kind == QUOTED:
                open_quotes = _quoted(text, start + value_at)
                if open_quotes is None:
                    return TEXT, start
                value, last, count, position = open_quotes
                index += count
                items.append(Scalar(source, start + value_at, last, value, value_style))
            else:
                items.append(_flow(source, line, value_at, start, opened))
                last = start + value_end

    def _look(self, looks: list[Mapping]) -> None:
        """Notes the mistakes among the keys of the last of these mappings, which is complete."""
        self.mistakes.extend(key_mistakes(looks.pop(), self._number))


def _null(source: Source, at: int) -> Scalar:
    return Scalar(source, at, at, "")


def _goes_on(text: str, items: list[Node], last: int, start: int, end: int) -> int:
    """Adds a line to the plain scalar that ended at `last`; where the scalar ends now, 0 when it does not go on so."""
    scalar = items[-1] if items else None
    if not isinstance(scalar, Scalar) or scalar.style != "plain" or scalar.end != last or scalar.start == last:
        return 0
    line = text[start:end].rstrip(" ")
    gap = text[last:start]
    if " #" in line or not plain_goes_on(line) or gap.strip(" \n"):
        return 0
    breaks = gap.count("\n")
    scalar.text += (" " if breaks == 1 else "\n" * (breaks - 1)) + line
    scalar.end = start + len(line)
    return scalar.end


@lru_cache(maxsize=64)
def _lines_of_block(indent: int) -> re.Pattern[str]:
    """Lines of a block scalar with some indentation; group 1 is there when a blank line has spaces that do not count."""
    shorter = f"|( {{1,{indent - 1}}})(?:\n|\\Z)" if indent > 1 else "|(?!)()"
    return re.compile(f"(?: {{{indent}}}[^\n]*(?:\n|\\Z)|\n{shorter})*+")


def _block(text: str, first: str, at: int, column: int, chomping: str, style: str) -> tuple[str, int, int, int] | None:
    """
    The block scalar whose first line is at `at`, in a collection at `column`: value, end, lines, and where the next line is.

    None for one without content, and for one that libyaml has to look at. Source: libyaml 0.2.5, scanner.c,
    yaml_parser_scan_block_scalar.
    """
    content = first.lstrip(" ")
    indent = len(first) - len(content)
    if not content:
        longest = 0
        line = at
        while (blank := _BLANK_LINE.match(text, line)) is not None:
            longest = max(longest, blank.end() - line - 1)
            line = blank.end()
        content = text[line : line + 1000].lstrip(" ")
        indent = len(text[line : line + 1000]) - len(content)
        if longest > indent:
            return None
    if not column < indent < 100 or not content or content[0] in "\t\n":
        return None
    found = _lines_of_block(indent).match(text, at)
    assert found is not None
    lines = found.group()
    if _STRANGE.search(lines) if not lines.isascii() else lines.encode().translate(None, _ALLOWED):
        return None
    margin = " " * indent
    if found.group(1) is not None:
        body = "\n".join([line[indent:] for line in lines.split("\n")])
    else:
        body = lines.replace("\n" + margin, "\n").removeprefix(margin)
    value = body.rstrip("\n")
    breaks = body[len(value) :]
    if style == ">" and "\n" in value:
        value = _folded(value)
    if chomping != "-":
        value += breaks if chomping else breaks[:1]
    behind = at + len(lines)
    end = text.find("\n", at + len(lines.rstrip(" \t\n")), behind)
    return value, end if end >= 0 else behind, lines.count("\n") + (lines[-1] != "\n"), behind


def _folded(value: str) -> str:
    """The lines of a folded scalar, their indentation removed, made into longer ones; it has no break at its end."""
    body = value.lstrip("\n")
    made = ["\n" * (len(value) - len(body))]
    if "\n " not in body and "\n\t" not in body and "\n\n" not in body:
        return made[0] + body.replace("\n", " ")
    breaks = 0
    indented = True  # whether the line before begins with a blank: such lines keep the breaks around them
    for number, line in enumerate(body.split("\n")):
        if not line:
            breaks += 1
            continue
        indented, before = line[0] in " \t", indented
        if number and not indented and not before:
            made.append("\n" * breaks or " ")
        elif number:
            made.append("\n" * (breaks + 1))
        made.append(line)
        breaks = 0
    return "".join(made)


def _quoted(text: str, start: int) -> tuple[str, int, int, int] | None:
    """
    The scalar that begins with a quote at `start` and ends on another line: value, end, further lines, where the next line is.

    None for one that libyaml has to look at. Source: libyaml 0.2.5, scanner.c, yaml_parser_scan_flow_scalar.
    """
    quote = text[start]
    found = (_SINGLE if quote == "'" else _DOUBLE).match(text, start)
    if found is None:
        return None
    end = found.end()
    line_end = text.find("\n", end)
    behind = line_end + 1 if line_end >= 0 else len(text) + 1
    written = text[start:behind]
    if _STRANGE.search(written) or "\t" in written or _OUTDENTED.search(text, start, end):
        return None
    first, *others = text[start + 1 : end - 1].split("\n")
    count = len(others)
    escaped = quote == '"' and _odd_backslash(first)
    made = [first[:-1] if escaped else first.rstrip(" ")]
    breaks = 0
    for left, line in enumerate(others, 1 - count):
        line = line.lstrip(" ")
        if not line and left:
            breaks += 1
            continue
        made.append("\n" * breaks or ("" if escaped else " "))
        escaped = quote == '"' and left < 0 and _odd_backslash(line)
        made.append(line[:-1] if escaped else line.rstrip(" ") if left else line)
        breaks = 0
    value = "".join(made)
    return value.replace("''", "'") if quote == "'" else unescaped(value), end, count, behind


def _odd_backslash(line: str) -> bool:
    """Whether the break behind this line is escaped."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _flow(source: Source, line: str, at: int, start: int, opened: bool) -> Mapping | Sequence:
    """The flow collection at `at` in a line that begins at `start`, and that `lineforms` has found to be simple."""
    stack: list[Mapping | Sequence] = []
    for begin, end, text, _ in flow_tokens(line, at):
        if text in "[{":
            make = Mapping if text == "{" else Sequence
            node = make(source, start + begin, start + begin, [], True, opened)
            if stack:
                stack[-1].items.append(node)
            stack.append(node)
        elif text in "]}":
            node = stack.pop()
            node.end = start + end
            if not stack:
                return node
        elif text != ",":
            style = text[0] if text[0] in "'\"" else "plain"
            value = text if style == "plain" else text[1:-1]
            stack[-1].items.append(Scalar(source, start + begin, start + end, value, style))
    raise AssertionError("a flow collection without end is none for this reader")
