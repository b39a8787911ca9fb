"""
Places inside a scalar's value to places in the text that a person wrote, and back.

Nothing is stored: the way from value to text is computed from source, start, end and style when it is asked for. Callers
are engines of embedded languages (a place in a PromQL query, in YAML in a ConfigMap) and whoever makes a `Place`.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Node, Scalar, Source
from gitops_lint.text.span import Place

# Value start, value end, source start, source end. Equal lengths: copied character by character; else one escape or fold.
_Piece = tuple[int, int, int, int]

_BREAK = r"(?:\r\n|[\r\n\x85\u2028\u2029])"
_BREAKS = pattern(_BREAK)
_FOLD = pattern(rf"[ \t]*+{_BREAK}(?:[ \t]*+{_BREAK})*+[ \t]*+")
_DOUBLE = pattern(
    rf"(?P<fold>[ \t]*+{_BREAK}(?:[ \t]*+{_BREAK})*+[ \t]*+)"
    rf"|\\(?P<joined>{_BREAK}(?:[ \t]*+{_BREAK})*+[ \t]*+)"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)",
    re.DOTALL,
)
_SINGLE = pattern(rf"(?P<fold>{_FOLD.pattern})|''")
_HEADER = pattern(r"[|>](?:([1-9])([-+])?|([-+])([1-9])?)?(?:[ \t][^\r\n\x85\u2028\u2029]*)?")
_KEPT = "\u2028\u2029"


def place_in_value(scalar: Scalar, start: int, end: int) -> tuple[Source, int, int]:
    """
    Where a stretch of a scalar's value is written: the outermost source, start and end offsets in it.

    start, end: code points of `scalar.text`, 0 <= start <= end <= len. An escape or a fold is taken whole. Where the
    text was rendered (an origin, a source that is not exact) or does not tell, the whole scalar is the place.
    """
    written = _place_in(scalar, start, end)
    if written is None:
        return outermost(scalar.source, scalar.start, scalar.end)
    return outermost(scalar.source, *written)


def outermost(source: Source, start: int, end: int) -> tuple[Source, int, int]:
    """A stretch of a text, which may lie inside scalars of others, as a stretch of the text that lies in none."""
    while source.inside is not None:
        scalar = source.inside
        written = _place_in(scalar, start, end) if source.exact else None
        start, end = written if written is not None else (scalar.start, scalar.end)
        source = scalar.source
    return source, start, end


def place_of(node: Node) -> Place | None:
    """The place of a node in its file; None when it lies in no file."""
    source, start, end = outermost(node.source, node.start, node.end)
    return Place(source.file, start, end) if source.file is not None else None


def value_offset(scalar: Scalar, source_offset: int) -> int | None:
    """
    The offset in `scalar.text` that belongs to an offset of the outermost source: what a cursor in an editor is on.

    None outside of the scalar and where the text does not tell. Inside an escape: the character it makes; on
    indentation or a quote: the character after it.
    """
    source = scalar.source
    if source.inside is not None:
        inner = value_offset(source.inside, source_offset) if source.exact else None
        if inner is None:
            return None
        source_offset = inner
    pieces = _pieces(scalar)
    if pieces is None or not scalar.start <= source_offset <= max(scalar.end, pieces[-1][3] if pieces else 0):
        return None
    for value_start, value_end, start, end in pieces:
        if source_offset < start:
            return value_start
        if source_offset < end:
            verbatim = end - start == value_end - value_start
            return value_start + (source_offset - start if verbatim else 0)
    return len(scalar.text)


def _place_in(scalar: Scalar, start: int, end: int) -> tuple[int, int] | None:
    """The stretch in the scalar's own source; None where that cannot be told."""
    if not 0 <= start <= end <= len(scalar.text):
        raise ValueError(f"{start}..{end} lies outside of a value of {len(scalar.text)} characters")
    pieces = _pieces(scalar)
    if pieces is None:
        return None
    if not pieces:
        # An empty value: behind the opening quote, or where the value would stand.
        at = scalar.start + (1 if scalar.style in ('"', "'") and scalar.end > scalar.start else 0)
        return at, at
    starts = [piece[0] for piece in pieces]
    if start == len(scalar.text):
        at = pieces[-1][3]
        return at, at
    value_start, value_end, source_start, source_end = pieces[bisect_right(starts, start) - 1]
    verbatim = source_end - source_start == value_end - value_start
    first = source_start + (start - value_start if verbatim else 0)
    if start == end:
        return first, first
    value_start, value_end, source_start, source_end = pieces[bisect_right(starts, end - 1) - 1]
    verbatim = source_end - source_start == value_end - value_start
    return first, (source_start + end - value_start if verbatim else source_end)


def _pieces(scalar: Scalar) -> list[_Piece] | None:
    """The value cut into copied stretches, escapes and folds; None if the text in the source makes another value."""
    text = scalar.source.text
    if scalar.style == "plain":
        candidates = [_flow_pieces(text, scalar.start, scalar.end, _FOLD)]
    elif scalar.style == "'":
        candidates = [_flow_pieces(text, scalar.start + 1, scalar.end - 1, _SINGLE)]
    elif scalar.style == '"':
        candidates = [_flow_pieces(text, scalar.start + 1, scalar.end - 1, _DOUBLE)]
    else:
        candidates = [_block_pieces(text, scalar.start, indent) for indent in _indents(text, scalar.start)]
    for pieces in candidates:
        if _fits(pieces, scalar):
            return pieces
    return None


def _fits(pieces: list[_Piece], scalar: Scalar) -> bool:
    text, value = scalar.source.text, scalar.text
    if (pieces[-1][1] if pieces else 0) != len(value):
        return False
    return all(
        end - start != value_end - value_start
        or text[start:end] == value[value_start:value_end]
        or (end - start == 1 and value[value_start] in " \n")  # a lone break: a space, or CR as LF
        for value_start, value_end, start, end in pieces
    )


class _Builder:
    """Collects pieces from left to right."""

    def __init__(self) -> None:
        self.pieces: list[_Piece] = []
        self.length = 0

    def copy(self, start: int, end: int) -> None:
        if end > start:
            self.pieces.append((self.length, self.length + end - start, start, end))
            self.length += end - start

    def one(self, start: int, end: int) -> None:
        """One character of the value from a stretch of the source."""
        self.pieces.append((self.length, self.length + 1, start, end))
        self.length += 1


def _flow_pieces(text: str, start: int, end: int, special: re.Pattern[str]) -> list[_Piece]:
    """Pieces of a plain or quoted scalar whose text (without quotes) is start..end."""
    builder = _Builder()
    at = start
    for found in special.finditer(text, start, end):
        groups = found.groupdict()
        builder.copy(at, found.start())
        at = found.end()
        if special is _FOLD or groups.get("fold") is not None:
            _fold(builder, text, found.start(), at)
        elif groups.get("joined") is not None:
            _fold(builder, text, found.start() + 1, at, escaped=True)
        else:
            builder.one(found.start(), at)
    builder.copy(at, end)
    return builder.pieces


def _fold(builder: _Builder, text: str, start: int, end: int, escaped: bool = False) -> None:
    """Line breaks and the blanks around them: one break becomes a space, n become n - 1; an escaped first, nothing."""
    breaks = [found.span() for found in _BREAKS.finditer(text, start, end)]
    first, rest = breaks[0], breaks[1:]
    if not escaped:
        if text[first[0]] in _KEPT:
            builder.one(*first)
        elif not rest:
            builder.one(start, end)
    for span in rest:
        builder.one(*span)


def _indents(text: str, start: int) -> list[int]:
    """Columns at which the content of a block scalar may begin; more than one where its header gives a number."""
    header = _HEADER.match(text, start)
    if header is None:
        return []
    at = header.end()
    widest = 0
    while True:
        line_break = _BREAKS.match(text, at)
        if line_break is None:
            break
        at = line_break.end()
        spaces = _spaces(text, at)
        widest = max(widest, spaces - at)
        at = spaces
    if header[1] is not None or header[4] is not None:
        return list(range(max(widest, 1), 0, -1))
    return [max(widest, 1)]


def _spaces(text: str, at: int) -> int:
    while text.startswith(" ", at):
        at += 1
    return at


def _block_pieces(text: str, start: int, indent: int) -> list[_Piece]:
    """Pieces of a literal or folded scalar; follows libyaml's scanner.c, yaml_parser_scan_block_scalar."""
    header = _HEADER.match(text, start)
    assert header is not None
    literal = text[start] == "|"
    chomping = header[2] or header[3]
    builder = _Builder()
    line_break = _BREAKS.match(text, header.end())
    at = line_break.end() if line_break is not None else len(text)
    leading: tuple[int, int] | None = None  # the break that ended the content line before
    leading_blank = False  # that line began with a blank
    trailing, at = _block_breaks(text, at, indent)
    while at < len(text) and _column_reached(text, at, indent):
        blank = text[at] in " \t"
        if leading is not None:
            if literal or text[leading[0]] in _KEPT or leading_blank or blank:
                builder.one(*leading)
            elif not trailing:
                builder.one(leading[0], at)
        for span in trailing:
            builder.one(*span)
        leading_blank = blank
        found = _BREAKS.search(text, at)
        end = found.start() if found is not None else len(text)
        builder.copy(at, end)
        leading = found.span() if found is not None else None
        trailing, at = _block_breaks(text, found.end() if found is not None else end, indent)
    if chomping != "-" and leading is not None:
        builder.one(*leading)
    if chomping == "+":
        for span in trailing:
            builder.one(*span)
    return builder.pieces


def _block_breaks(text: str, at: int, indent: int) -> tuple[list[tuple[int, int]], int]:
    """Breaks of the blank lines at a line's start, and where the next line's content or its too small indent ends."""
    breaks: list[tuple[int, int]] = []
    while True:
        begin = at
        while at - begin < indent and text.startswith(" ", at):
            at += 1
        found = _BREAKS.match(text, at)
        if found is None:
            return breaks, at
        breaks.append(found.span())
        at = found.end()


def _column_reached(text: str, at: int, indent: int) -> bool:
    return text[at - indent : at] == " " * indent and (at == indent or text[at - indent - 1] in "\r\n\x85\u2028\u2029")
