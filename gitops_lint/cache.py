"""
Bytes by name in the user's cache folder: what makes a second run fast and may vanish at any time. Never code, never trees.

A folder that others may write, or that belongs to somebody else, is not used: nothing is read from it or written to it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

FOLDER_VARIABLE = "GITOPS_LINT_CACHE_DIR"


class Cache:
    """One folder of cached files. folder: where, or None for a cache that keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """What was written under a name; None where there is nothing, or nothing that can be trusted."""
        if self._folder is None or not _is_ours(self._folder):
            return None
        path = self._folder / name
        try:
            with path.open("rb") as file:
                if not _is_private(os.fstat(file.fileno())):
                    return None
                return file.read()
        except OSError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Keeps bytes under a name, whole or not at all. A cache that cannot be written is no error."""
        if self._folder is None:
            return
        # not at the top: reading needs none of it
        import tempfile

        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours(self._folder):
                return
            handle, temporary = tempfile.mkstemp(prefix=".", dir=self._folder)
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).replace(self._folder / name)
        except OSError:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def user_cache(folder: str | None = None) -> Cache:
    """The user's cache: in the folder given, else where GITOPS_LINT_CACHE_DIR says, else where the system keeps caches."""
    chosen = folder or os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Cache(Path(chosen))
    # imported here: a run that is told where its cache lies needs none of it
    import platformdirs

    return Cache(Path(platformdirs.user_cache_dir("gitops-lint", appauthor=False)))


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and _is_private(found)


def _is_private(found: os.stat_result) -> bool:
    """Whether only this user may write it. Windows knows no such bits: the profile folder is private there."""
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
