"""Lines of a file with its marked stretches underlined, as compilers show them; used by the text report."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Region
from gitops_lint.report.secrets import Stretch
from gitops_lint.report.terminal import MASK, Paint, glyph, visible, width
from gitops_lint.text.lines import Lines

# a line longer than this is cut before anything is measured: minified JSON puts a megabyte on one
_NEAR = 1000
_NARROWEST = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch to underline: carets for the main one, dashes for others; label stands beside the underline."""

    region: Region
    label: str
    main: bool


@dataclass(frozen=True, slots=True)
class Look:
    """How a snippet is drawn. gutter: digits of line numbers; columns: display width of the terminal; main: carets' style."""

    gutter: int
    columns: int
    paint: Paint
    main: str = "error"


@dataclass(frozen=True, slots=True)
class _Underline:
    """Offsets start..end within one line's part of the text; start == end marks a point."""

    start: int
    end: int
    label: str
    main: bool


def last_line(marks: Sequence[Mark]) -> int:
    """The largest line number that a snippet of these marks shows."""
    return max(_last_line(one.region) for one in marks)


def snippet(lines: Lines, marks: Sequence[Mark], hidden: Sequence[Stretch], look: Look) -> list[str]:
    """
    The block under `--> path:line:column`: an empty gutter, the marked lines with underlines, an empty gutter.

    marks: all in this one text, at least one. hidden: stretches of the text that are masked. [] when the text has no such
    lines (a place that is older than the text).
    """
    if last_line(marks) > len(lines.starts):
        return []
    wanted: dict[int, list[_Underline]] = {}
    for mark in marks:
        for number, underline in _underlines(lines, mark):
            wanted.setdefault(number, []).append(underline)
    numbers = sorted(wanted)
    rows = [_row(look, None, "")]
    parent = numbers[0] - 1
    if _is_bare_key(lines, parent):
        rows.append(_row(look, parent, visible(lines.text[slice(*lines.bounds(parent))].rstrip())))
    for before, number in zip([numbers[0] - 1, *numbers], numbers, strict=False):
        if number > before + 1:
            rows.append(look.paint("gutter", "..."))
        rows += _line(lines, number, wanted[number], hidden, look)
    rows.append(_row(look, None, ""))
    return rows


def _last_line(region: Region) -> int:
    """A stretch that ends with a line break ends on the line it breaks."""
    if region.end_line > region.line and region.end_column == 1:
        return region.end_line - 1
    return region.end_line


def _underlines(lines: Lines, mark: Mark) -> list[tuple[int, _Underline]]:
    region, last = mark.region, _last_line(mark.region)
    first_start, first_end = lines.bounds(region.line)
    start = min(first_start + region.column - 1, first_end)
    last_start, last_end = lines.bounds(last)
    end = last_end if last < region.end_line else min(last_start + region.end_column - 1, last_end)
    if last == region.line:
        return [(region.line, _Underline(start, max(start, end), mark.label, mark.main))]
    text = lines.text
    head = first_start + len(text[first_start:first_end].rstrip())
    tail = last_start + _indent(text[last_start:last_end])
    return [
        (region.line, _Underline(start, max(start, head), "", mark.main)),
        (last, _Underline(min(tail, end), end, mark.label, mark.main)),
    ]


def _is_bare_key(lines: Lines, number: int) -> bool:
    """Whether a line is only a key: it names what the next line lies in, and holds no value that might be a secret."""
    if number < 1:
        return False
    line = lines.text[slice(*lines.bounds(number))].strip()
    return line.endswith(":") and len(line) < 80 and " " not in line.removeprefix("- ") and not line.startswith("#")


def _line(
    lines: Lines, number: int, underlines: Sequence[_Underline], hidden: Sequence[Stretch], look: Look
) -> list[str]:
    start, end = lines.bounds(number)
    focus = min(underlines, key=lambda one: (not one.main, one.start))
    left, right = (
        max(start, focus.start - _NEAR),
        min(end, max(focus.start, min(focus.end, focus.start + _NEAR)) + _NEAR),
    )
    glyphs = _glyphs(lines.text, left, right, start, hidden)
    columns = [0]
    for sign in glyphs:
        columns.append(columns[-1] + width(sign))

    def column(offset: int) -> int:
        return columns[min(max(offset, left), right) - left]

    view = _View.around(
        column(focus.start),
        max(column(focus.end), column(focus.start) + 1),
        columns[-1],
        max(_NARROWEST, look.columns - look.gutter - 3),
        more=(left > start, right < end),
    )
    rows = [_row(look, number, view.cut(glyphs, columns).rstrip())]
    for one in sorted(underlines, key=lambda one: (not one.main, one.start, one.end)):
        pad, length = view.clip(column(one.start), column(one.end))
        sign = ("^" if one.main else "-") * length
        label = f" {visible(one.label)}" if one.label else ""
        rows.append(_row(look, None, " " * pad + look.paint(look.main if one.main else "related", sign + label)))
    return rows


def _glyphs(text: str, left: int, right: int, line_start: int, hidden: Sequence[Stretch]) -> list[str]:
    """One sign for each code point left..right; of a masked stretch the first has the mask and the others nothing."""
    glyphs = list(map(glyph, text[left:right]))
    for start, end in hidden:
        # the indentation of a block scalar's lines is no secret, and a mask there would lie about the layout
        start = max(start, line_start + _indent(text[line_start:right]) if start < line_start else start)
        start, end = max(start, left), min(end, right)
        if start < end:
            glyphs[start - left : end - left] = [MASK, *[""] * (end - start - 1)]
    return glyphs


@dataclass(frozen=True, slots=True)
class _View:
    """The display columns of a line that are shown, first..last; a cut end shows `…` in its place."""

    first: int
    last: int
    cut_left: bool
    cut_right: bool

    @classmethod
    def around(cls, start: int, end: int, total: int, room: int, more: tuple[bool, bool]) -> _View:
        if total <= room and not any(more):
            return cls(0, total, False, False)
        spare = room - (end - start)
        first = start - 4 if spare < 8 else start - spare // 2
        first = max(0, min(first, total - room))
        last = min(total, first + room)
        return cls(first, last, first > 0 or more[0], last < total or more[1])

    def cut(self, glyphs: Sequence[str], columns: Sequence[int]) -> str:
        first, last = self.first + self.cut_left, self.last - self.cut_right
        kept = []
        for index, sign in enumerate(glyphs):
            if columns[index] >= first and columns[index + 1] <= last:
                kept.append(sign)
            elif columns[index] < last and columns[index + 1] > first:  # half of a wide sign lies outside
                kept.append(" " * (min(columns[index + 1], last) - max(columns[index], first)))
        return ("…" if self.cut_left else "") + "".join(kept) + ("…" if self.cut_right else "")

    def clip(self, start: int, end: int) -> tuple[int, int]:
        """Padding and length of an underline; at least one column long, inside the view."""
        first = min(max(start, self.first), max(self.first, self.last - 1 if start < end else self.last)) - self.first
        length = min(end, self.last) - self.first - first
        return first, max(1, length)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _row(look: Look, number: int | None, content: str) -> str:
    margin = look.paint("gutter", f"{'' if number is None else number:>{look.gutter}} |")
    return f"{margin} {content}" if content else margin
