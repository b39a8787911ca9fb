"""How far a run is, on one line of standard error that is gone when there is something to read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from gitops_lint.progress import Progress

# a run that is over by then shows nothing
DELAY = 1.0
_BETWEEN = 0.1
_CLEAR = "\r\x1b[2K"


class ProgressLine:
    """
    A `Progress` that rewrites one line, at most ten times a second, from DELAY seconds after it was made.

    stream: a terminal. width: its display columns. clock: seconds.
    """

    def __init__(self, stream: TextIO, width: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._width = width
        self._clock = clock
        self._next = clock() + DELAY
        self._shown = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _BETWEEN
        counts = f"{done}/{total}" if total else str(done) if done else ""
        # the last column stays free: some terminals go on to the next line there
        text = f"{stage} {counts}".rstrip()[: max(self._width - 1, 0)]
        self._write(f"{_CLEAR}{text}")
        self._shown = True

    def clear(self) -> None:
        """Takes the line away, if there is one."""
        if self._shown:
            self._write(_CLEAR)
            self._shown = False

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._next = float("inf")  # the terminal has gone; the run goes on


def wanted(stream: TextIO, environment: Mapping[str, str], *, quiet: bool) -> bool:
    """Whether to show a line: on a terminal that can rewrite one, which a CI's log cannot."""
    return not quiet and not environment.get("CI") and environment.get("TERM") != "dumb" and stream.isatty()


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress | None]:
    """Something to call while a run lasts, None where nobody would see it; the line is gone at the end, however it ends."""
    if not wanted(sys.stderr, os.environ, quiet=quiet):
        yield None
        return
    from gitops_lint.cli.output import columns

    line = ProgressLine(sys.stderr, columns())
    try:
        yield line
    finally:
        line.clear()
