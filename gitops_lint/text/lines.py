"""Where the lines of a text begin, for `Source`: line breaks are LF, CRLF and a lone CR, as editors and GitHub count."""

from __future__ import annotations

from bisect import bisect_right

from gitops_lint.pattern import pattern
from gitops_lint.text.span import Position

_BREAK = pattern(r"\r\n|\n|\r")


class Lines:
    """The line table of one text; U+0085, U+2028 and U+2029 do not end a line here, though YAML counts them."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def position(self, offset: int) -> Position:
        """Position of an offset, 0..len(text) inclusive; ValueError outside."""
        if not 0 <= offset <= len(self.text):
            raise ValueError(f"offset {offset} lies outside the text (0 to {len(self.text)})")
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """Offset of a position; the end of a line (before its break) is a place too. ValueError outside the text."""
        start, end = self.bounds(line)
        if not 1 <= column <= end - start + 1:
            raise ValueError(f"line {line} has no column {column}")
        return start + column - 1

    def bounds(self, line: int) -> tuple[int, int]:
        """Start and end of a line, its break left out; ValueError when there is no such line."""
        if not 1 <= line <= len(self.starts):
            raise ValueError(f"the text has no line {line}")
        start = self.starts[line - 1]
        if line == len(self.starts):
            return start, len(self.text)
        end = self.starts[line] - 1
        if end > start and self.text[end] == "\n" and self.text[end - 1] == "\r":
            end -= 1
        return start, end
