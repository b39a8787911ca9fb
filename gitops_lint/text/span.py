"""Places as numbers: a position for people, a span inside one text, a place in one file."""

from __future__ import annotations

from gitops_lint.dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Line and column of a place; both count from 1, the column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one text; offsets in code points from 0, `end` is the first one not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """
    A stretch of one file.

    file: relative to the root, with forward slashes. start, end: code points of the decoded text (byte order mark
    removed) from 0, `end` not included. Line and column are computed when the place is shown.
    """

    file: str
    start: int
    end: int
