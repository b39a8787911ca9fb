"""Trees with the content of files replaced: what an editor or standard input hands over, what fixes make of files."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from gitops_lint.repo.discover import Skipped, Tree, WorkingTree


class Overlay:
    """The tree below, in which `file` (relative, with `/`) has this content, whether it is there or not."""

    def __init__(self, below: Tree, file: str, content: bytes) -> None:
        self._below = below
        self._file = file
        self._content = content

    def files(self) -> Sequence[str]:
        return sorted({*self._below.files(), self._file})

    def every_file(self) -> Sequence[str]:
        return sorted({*self._below.every_file(), self._file})

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


class Edited:
    """The tree below, in which some of its files have other bytes."""

    def __init__(self, below: Tree, data: Mapping[str, bytes]) -> None:
        self._below = below
        self._data = data

    def files(self) -> Sequence[str]:
        return self._below.files()

    def every_file(self) -> Sequence[str]:
        return self._below.every_file()

    def read(self, file: str) -> bytes:
        data = self._data.get(self._below.resolve(file))
        return self._below.read(file) if data is None else data

    def exists(self, path: str) -> bool:
        return self._below.exists(path)

    def is_directory(self, path: str) -> bool:
        return self._below.is_directory(path)

    def resolve(self, path: str) -> str:
        return self._below.resolve(path)

    def list_directory(self, directory: str) -> Sequence[str]:
        return self._below.list_directory(directory)

    def unseen(self, path: str) -> str | None:
        return self._below.unseen(path)

    @property
    def skipped(self) -> Sequence[Skipped]:
        return self._below.skipped
