"""A tree with one file's content replaced: what an editor or standard input hands over before it is saved."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from gitops_lint.repo.discover import Skipped, Tree, WorkingTree


class Overlay:
    """The tree below, in which `file` (relative, with `/`) has this content, whether it is there or not."""

    def __init__(self, below: Tree, file: str, content: bytes) -> None:
        self._below = below
        self._file = file
        self._content = content

    def files(self) -> Sequence[str]:
        return sorted({*self._below.files(), self._file})

    def read(self, file: str) -> bytes:
        return self._content if file == self._file else self._below.read(file)

    def size(self, file: str) -> int:
        """Bytes of a file, as far as that is known; the content's own for the one that is replaced."""
        if file == self._file:
            return len(self._content)
        return self._below.size(file) if isinstance(self._below, WorkingTree) else 0

    def exists(self, path: str) -> bool:
        return path == self._file or self._below.exists(path)

    def is_directory(self, path: str) -> bool:
        return self._below.is_directory(path)

    def resolve(self, path: str) -> str:
        return self._below.resolve(path)

    def list_directory(self, directory: str) -> Sequence[str]:
        here = [self._file] if posixpath.dirname(self._file) == directory else []
        return sorted({*self._below.list_directory(directory), *here})

    def unseen(self, path: str) -> str | None:
        return None if path == self._file else self._below.unseen(path)

    @property
    def skipped(self) -> Sequence[Skipped]:
        return self._below.skipped
