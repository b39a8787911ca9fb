"""How far a long run is: what `pipeline` and `examine` may call, and `cli` shows. Plain numbers, so that any room can."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""
Called in the main process with what is being done ("reading files"), how many of it are done, and how many there are
(0: nobody knows yet). Whoever calls it may do so for every file: how often something is shown is the other side's.
"""
