"""`--watch`: run again when a file of the repository changes, until somebody presses Ctrl-C."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from gitops_lint.config import Config
from gitops_lint.errors import GitopsLintError
from gitops_lint.options import Options
from gitops_lint.repo.discover import WorkingTree, find_root

Seen = Mapping[str, tuple[int, int, int]]
"""File to time of change, size and number on its disk: what differs once somebody has written it."""

# seconds between two looks, and how long nothing may change before a run begins: editors write in several steps
PAUSE, SETTLED = 0.5, 0.1
# looking takes at most this part of the time, so that a large repository keeps no processor busy
_SHARE = 0.1
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_RULE = ".rule"


def watch(
    once: Callable[[], None],
    look: Callable[[], Seen],
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> NoReturn:
    """
    Calls `once` now, and again whenever `look` sees something else than before it. Ends by an exception only, such as
    KeyboardInterrupt.
    """
    while True:
        seen = look()
        once()
        while True:
            begin = clock()
            now = look()
            if now != seen:
                break
            pause(max(PAUSE, (clock() - begin) / _SHARE))
        while True:
            pause(SETTLED)
            before, now = now, look()
            if now == before:
                break


class Files:
    """
    The files on which a run depends: those of the repository, its configuration, folders of rules, other checkouts.

    written: files that the run itself writes, which do not count. Raises UsageError for a path that does not exist.
    """

    def __init__(self, paths: Sequence[str], options: Options, written: Sequence[str]) -> None:
        self._paths = [Path(path) for path in paths]
        self._options = options
        self._written = {os.path.realpath(file) for file in written}
        explicit = Path(options.root) if options.root else None
        self._root = find_root(self._paths, explicit, isolated=options.isolated)
        self._config = Config()

    def look(self) -> Seen:
        found = {}
        for file in self._files():
            if file in self._written:
                continue
            try:
                known = os.stat(file)  # noqa: PTH116 (thousands of them, and a Path for each takes as long)
            except OSError:
                continue
            found[file] = (known.st_mtime_ns, known.st_size, known.st_ino)
        return found

    def _files(self) -> Iterator[str]:
        from gitops_lint.pipeline import configured

        # somebody may be writing it; what was known before counts until it can be read again
        with suppress(GitopsLintError):
            self._config = configured(self._paths, self._root, self._options)
        config = self._config
        yield from self._below(self._root, config)
        if self._options.config:
            yield self._options.config
        for folder in config.repositories.values():
            other = self._root / folder
            if other.is_dir() and not other.samefile(self._root):
                yield from self._below(other, Config(limits=config.limits))
        for folder in config.rule_folders:
            yield from (str(file) for file in (self._root / folder).rglob(f"*{_RULE}"))

    def _below(self, root: Path, config: Config) -> Iterator[str]:
        tree = WorkingTree(root, config.exclude, config.limits)
        return (f"{root}{os.sep}{file}" for file in tree.files())


def clear_screen() -> None:
    """Where somebody looks at it, an empty terminal, its scrollback too; the report begins at the top."""
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()
