"""How far a long run is: what `pipeline` and `examine` may call, and `cli` shows. Plain numbers, so that any room can."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""
Called in the main process with what is being done ("reading files"), how many of it are done, and how many there are
(0: nobody knows yet). Whoever calls it may do so for every file: how often something is shown is the other side's.
"""


def told_of(progress: Progress | None, stage: str, total: int) -> Callable[[int], None]:
    """A function to be told how many more are done, which tells `progress`; where that is None it tells nobody."""
    if progress is None:
        return lambda more: None
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        progress(stage, done, total)

    progress(stage, 0, total)
    return tell
