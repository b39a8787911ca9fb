"""
Which files there are: trees of files, and the root that a run looks at. The only room below `cli` that opens files of the
linted repository.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from gitops_lint.config import DEFAULT_LIMITS, Limits, says_root
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import UsageError
from gitops_lint.repo.gitdata import git_folder, read_regular, top_level, tracked

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SkippedKind = Literal[
    "link-outside",  # a symbolic link that leaves the root
    "link-loop",
    "link-broken",
    "not-a-file",  # FIFO, socket, device
    "unreadable",
    "changed",  # between one look at it and the next
    "name",  # a file name that is no UTF-8
    "nested-repository",  # a folder with a `.git` of its own: Git tracks none of its files
    "too-large",
    "too-many",
    "too-much",
]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something under the root that was not read. file: relative path; why: a clause for people; kind: for rules."""

    file: str
    why: str
    kind: SkippedKind


class Tree(Protocol):
    """
    A folder of files: a working folder, memory, a checkout of another repository.

    Paths are relative with `/`, without `.` and `..`. Reading what is not in `files()` raises FileNotFoundError, except
    for links inside the tree.
    """

    def files(self) -> Sequence[str]:
        """Every file, sorted; links are not among them, their targets are."""

    def every_file(self) -> Sequence[str]:
        """As `files`, with those that exist but are left out by the configuration or over a limit."""

    def read(self, file: str) -> bytes:
        """Bytes of one file. Raises OSError."""

    def exists(self, path: str) -> bool:
        """Whether a file or folder has that path, links followed; "" is the root."""

    def is_directory(self, path: str) -> bool: ...

    def resolve(self, path: str) -> str:
        """The path with the tree's symbolic links followed; the same path where there are none."""

    def list_directory(self, directory: str) -> Sequence[str]:
        """Paths of the files directly in a folder, sorted; links to files as they are named here."""

    def unseen(self, path: str) -> str | None:
        """Why nobody here can tell what lies at a path (another repository, over a limit); None where it is known."""

    @property
    def skipped(self) -> Sequence[Skipped]: ...


_SUFFIXES = (".yaml", ".yml", ".json", ".lua", ".tpl")
_NAMES = frozenset(("Kustomization",))
_LARGEST_IGNORE_FILE = 128 * 1024
_MOST_LINES = 5000
_MOST_PATTERNS = 1000
"""In one set: RE2 bounds the memory of a set, and 2,000 patterns with two `**` are too many for it."""


def is_candidate(file: str) -> bool:
    """Whether a file may hold what gitops-lint knows: YAML, JSON, Lua, Helm helpers. Others only exist."""
    name = file.rpartition("/")[2]
    return name.lower().endswith(_SUFFIXES) or name in _NAMES


class Listing:
    """
    Paths of a tree: what all kinds of trees share once they know their files and links.

    links: path of a link to the path that it leads to. folders: those that exist although no file is known in them.
    """

    def __init__(self, files: Iterable[str], links: Mapping[str, str], folders: Iterable[str] = ()) -> None:
        self.files = tuple(sorted(files))
        self.links = dict(links)
        self.known = frozenset(self.files)
        by_directory: dict[str, list[str]] = {"": []}
        for file in (*self.files, *self.links):
            directory = file.rpartition("/")[0]
            by_directory.setdefault(directory, []).append(file)
            while directory:
                directory = directory.rpartition("/")[0]
                if directory in by_directory:
                    break
                by_directory[directory] = []
        for folder in folders:
            by_directory.setdefault(folder, [])
        self.by_directory = {directory: tuple(sorted(found)) for directory, found in by_directory.items()}

    def resolve(self, path: str) -> str:
        if not self.links:
            return path
        for _ in range(40):  # as many links as Linux follows
            parts = path.split("/")
            for count in range(1, len(parts) + 1):
                target = self.links.get("/".join(parts[:count]))
                if target is not None:
                    path = "/".join(part for part in (target, *parts[count:]) if part)
                    break
            else:
                return path
        return path

    def is_file(self, path: str) -> bool:
        return self.resolve(path) in self.known

    def is_directory(self, path: str) -> bool:
        return self.resolve(path) in self.by_directory

    def list_directory(self, directory: str) -> tuple[str, ...]:
        found = self.by_directory.get(self.resolve(directory), ())
        real = self.resolve(directory)
        named = (f"{directory}/{one[len(real) :].lstrip('/')}" if real != directory else one for one in found)
        return tuple(one for one in named if self.is_file(one))


class MemoryTree:
    """Files given as a mapping from path to text or bytes: standard input, an editor, the examples of rules."""

    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        self._data = {
            posixpath.normpath(file): data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
            for file, data in files.items()
        }
        self._listing = Listing(self._data, {})

    @property
    def skipped(self) -> Sequence[Skipped]:
        return ()

    def files(self) -> Sequence[str]:
        return self._listing.files

    def every_file(self) -> Sequence[str]:
        return self._listing.files

    def read(self, file: str) -> bytes:
        if file not in self._data:
            raise FileNotFoundError(file)
        return self._data[file]

    def exists(self, path: str) -> bool:
        return self._listing.is_file(path) or self._listing.is_directory(path)

    def is_directory(self, path: str) -> bool:
        return self._listing.is_directory(path)

    def resolve(self, path: str) -> str:
        return path

    def list_directory(self, directory: str) -> Sequence[str]:
        return self._listing.list_directory(directory)

    def unseen(self, path: str) -> str | None:
        return None


class WorkingTree:
    """
    The files under a folder that Git tracks or would track; no Git is needed for it.

    exclude: globs as in `.gitignore`; what they name is not read but exists. limits: how much is read at most. The folder
    is walked at first use. Files that Git cannot track (FIFOs, devices) and links that leave the root are never opened.
    """

    def __init__(self, root: Path, exclude: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS) -> None:
        self.root = root
        self._start = f"{root}{os.sep}"
        self._exclude = tuple(exclude)
        self._limits = limits
        self._walked: _Walk | None = None
        self._kept: dict[str, bytes] = {}
        self._room = KEPT_BYTES

    def __getstate__(self) -> dict[str, object]:
        # another process reads for itself
        return {**self.__dict__, "_kept": {}}

    @property
    def _walk(self) -> _Walk:
        if self._walked is None:
            self._walked = _Walk(self.root, self._limits).run(self._exclude)
        return self._walked

    @property
    def skipped(self) -> Sequence[Skipped]:
        return tuple(sorted(self._walk.skipped, key=lambda one: (one.file, one.kind)))

    def files(self) -> Sequence[str]:
        return self._walk.readable

    def every_file(self) -> Sequence[str]:
        return self._walk.listing.files

    def names(self) -> bytes:
        """All that is known before a file is opened, as one text: equal where the same exists, and the same is skipped."""
        walk = self._walk
        parts: list[object] = [walk.listing.files, sorted(walk.links.items()), sorted(walk.nested), walk.readable]
        parts += [[(one.file, one.why, one.kind) for one in self.skipped], sorted(walk.unseen.items())]
        parts.append(sorted(walk.listing.by_directory))
        return repr(parts).encode("utf-8", "backslashreplace")

    def size(self, file: str) -> int:
        """Bytes of a file when the folder was walked; 0 for one that was not there."""
        return self._walk.sizes.get(self._walk.listing.resolve(file), 0)

    def read(self, file: str) -> bytes:
        listing = self._walk.listing
        resolved = listing.resolve(file)
        kept = self._kept.get(resolved)
        if kept is not None:
            return kept
        if resolved not in listing.known:
            raise FileNotFoundError(file)
        data = self._read(file, resolved)
        if len(data) <= self._room:
            self._room -= len(data)
            self._kept[resolved] = data
        return data

    def _read(self, file: str, resolved: str) -> bytes:
        # no link is followed and no FIFO waited for, should the file have become one since the walk
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(f"{self._start}{resolved}", flags)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(f"{file} is not a regular file")
            data = _read_up_to(descriptor, found.st_size, self._limits.file_bytes + 1)
        finally:
            os.close(descriptor)
        if len(data) > self._limits.file_bytes:
            raise OSError(f"{file} is larger than {self._limits.file_bytes} bytes")
        return data

    def exists(self, path: str) -> bool:
        return self._walk.listing.is_file(path) or self._walk.listing.is_directory(path)

    def is_directory(self, path: str) -> bool:
        return self._walk.listing.is_directory(path)

    def resolve(self, path: str) -> str:
        return self._walk.listing.resolve(path)

    def list_directory(self, directory: str) -> Sequence[str]:
        return self._walk.listing.list_directory(directory)

    def unseen(self, path: str) -> str | None:
        for one in (path, *_parents(path)):
            if why := self._walk.unseen.get(one):
                return why
        return None


KEPT_BYTES = 24 << 20
"""How much of what was read is kept: three stages ask for the same files, and all should see the same bytes."""


def _read_up_to(descriptor: int, expected: int, most: int) -> bytes:
    """The content of an open file, at most so many bytes; expected: its size when it was looked at."""
    data = os.read(descriptor, min(expected + 1, most))
    if len(data) <= expected:
        more = os.read(descriptor, 1) if len(data) < expected else b""
        if not more:
            return data
        data += more
    # it grows while it is read, or the system gives it in parts
    while len(data) < most and (more := os.read(descriptor, most - len(data))):
        data += more
    return data


def _parents(path: str) -> list[str]:
    found = []
    while path:
        path = path.rpartition("/")[0]
        found.append(path)
    return found


class _Walk:
    """One walk over a folder: listing of what exists, which of it is read, and what was skipped."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = Path(os.path.realpath(root))
        # patterns and the index speak of paths from the top level, which may lie above the root
        self.top = top_level(self.root) or self.root
        self.above = "" if self.top == self.root else self.root.relative_to(self.top).as_posix() + "/"
        self.limits = limits
        self.skipped: list[Skipped] = []
        self.unseen: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.nested: list[str] = []
        self._tracked: frozenset[str] | None = None
        self._tracked_folders: frozenset[str] = frozenset()
        self.listing = Listing((), {})
        self.readable: tuple[str, ...] = ()

    def run(self, exclude: Sequence[str]) -> _Walk:
        self._folders(self._specs_above())
        self.listing = Listing(self.sizes, self.links, self.nested)
        self.readable, left, unseen = within_limits(self.listing.files, self.sizes, exclude, self.limits)
        self.skipped += left
        self.unseen |= unseen
        return self

    def _specs_above(self) -> list[tuple[str, GitIgnoreSpec]]:
        """Patterns of `.git/info/exclude` and of the `.gitignore` files above the root: (folder they count from, patterns)."""
        git = git_folder(self.top)
        found = [("", spec) for spec in (_ignore_file(git / "info" / "exclude") or () if git else ())]
        parts = self.above.split("/")[:-1]
        for count in range(len(parts)):
            folder = "/".join(parts[:count])
            prefix = folder + "/" if folder else ""
            found += [(prefix, spec) for spec in _ignore_file(self.top / folder / ".gitignore") or ()]
        return found

    def _folders(self, specs_above: list[tuple[str, GitIgnoreSpec]]) -> None:
        waiting = [("", specs_above)]
        while waiting:
            folder, specs = waiting.pop()
            try:
                with os.scandir(self.root / folder) as entries:
                    found = sorted(entries, key=lambda one: one.name)
            except OSError as error:
                self._skip(folder or ".", f"the folder cannot be read: {error.strerror}", "unreadable", unseen=True)
                continue
            if any(one.name == ".gitignore" and one.is_file(follow_symlinks=False) for one in found):
                prefix = self.above + (folder + "/" if folder else "")
                more = _ignore_file(self.root / folder / ".gitignore")
                if more is None:
                    why = f"it cannot be read, or has more than {_LARGEST_IGNORE_FILE} bytes or {_MOST_LINES} patterns"
                    self._skip(f"{folder}/.gitignore" if folder else ".gitignore", why, "too-large")
                specs = [*specs, *((prefix, spec) for spec in more or ())]
            for one in found:
                path = f"{folder}/{one.name}" if folder else one.name
                if one.name == ".git":
                    continue
                if not _is_text(path):
                    self._skip(os.fsencode(path).decode("utf-8", "replace"), "its name is not valid UTF-8", "name")
                elif one.is_symlink():
                    if not self._ignored(path, specs):
                        self._link(path)
                elif one.is_dir(follow_symlinks=False):
                    if self._ignored(path + "/", specs):
                        continue
                    if os.path.lexists(self.root / path / ".git"):
                        why = "the folder is a Git repository of its own (a submodule or a clone)"
                        self._skip(path, why, "nested-repository", unseen=True)
                        self.nested.append(path)
                        continue
                    waiting.append((path, specs))
                elif not self._ignored(path, specs):
                    self._file(path, one)

    def _file(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError as error:
            self._skip(path, f"the file cannot be read: {error.strerror}", "unreadable")
            return
        if stat.S_ISREG(found.st_mode):
            self.sizes[path] = found.st_size
        else:
            self._skip(path, "it is not a regular file (a FIFO, a socket or a device)", "not-a-file")

    def _link(self, path: str) -> None:
        try:
            target = os.path.realpath(self.root / path, strict=True)
        except FileNotFoundError:
            self._skip(path, "the symbolic link points to nothing", "link-broken")
            return
        except OSError:
            self._skip(path, "the symbolic link ends in a loop", "link-loop")
            return
        try:
            inside = Path(target).relative_to(self.root).as_posix()
        except ValueError:
            inside = ".git"
        if inside.split("/")[0] == ".git":
            self._skip(path, "the symbolic link leaves the root and is not followed", "link-outside", unseen=True)
            return
        self.links[path] = "" if inside == "." else inside

    def _ignored(self, path: str, specs: list[tuple[str, GitIgnoreSpec]]) -> bool:
        """Whether Git would not track a path; a folder ends with `/`. The deepest file that says something decides."""
        full = self.above + path
        return bool(_said(full, specs)) and not self._is_tracked(full)

    def _is_tracked(self, path: str) -> bool:
        if self._tracked is None:
            self._tracked = tracked(self.top)
            self._tracked_folders = frozenset(folder for file in self._tracked for folder in _parents(file))
        return path[:-1] in self._tracked_folders if path.endswith("/") else path in self._tracked

    def _skip(self, file: str, why: str, kind: SkippedKind, *, unseen: bool = False) -> None:
        self.skipped.append(Skipped(file, why, kind))
        if unseen:
            self.unseen[file] = why


def within_limits(
    files: Iterable[str], sizes: Mapping[str, int], exclude: Sequence[str], limits: Limits
) -> tuple[tuple[str, ...], list[Skipped], dict[str, str]]:
    """
    Which files are read, what was skipped, and why nobody can tell what is in the others.

    sizes: bytes of each file that may be read.
    """
    specs = [("", spec) for spec in _specs(exclude)]
    read: list[str] = []
    skipped: list[Skipped] = []
    unseen: dict[str, str] = {}
    count = total = 0

    def skip(path: str, why: str, kind: SkippedKind) -> None:
        skipped.append(Skipped(path, why, kind))
        unseen[path] = why

    for path in files:
        if _said(path, specs):
            unseen[path] = "it is excluded by the configuration"
            continue
        if not is_candidate(path):
            read.append(path)
            continue
        size = sizes[path]
        if size > limits.file_bytes:
            skip(path, f"the file has {size} bytes, more than the limit of {limits.file_bytes}", "too-large")
        elif count == limits.files:
            skip(path, f"more than {limits.files} files would be read", "too-many")
        elif total + size > limits.total_bytes:
            skip(path, f"more than {limits.total_bytes} bytes would be read", "too-much")
        else:
            count += 1
            total += size
            read.append(path)
    return tuple(read), skipped, unseen


def _is_text(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _said(path: str, specs: Sequence[tuple[str, GitIgnoreSpec]]) -> bool | None:
    """What the last pattern that names a path says of it: to be left out, or (`!`) not; None where none does."""
    for prefix, spec in reversed(specs):
        said = spec.check_file(path[len(prefix) :]).include
        if said is not None:
            return said
    return None


def _ignore_file(path: Path) -> list[GitIgnoreSpec] | None:
    """The patterns of a file as `.gitignore`; None where it cannot be read, or holds more than is believed."""
    data = read_regular(path, _LARGEST_IGNORE_FILE)
    if data is None:
        return None
    lines = [line for line in data.decode("utf-8", "replace").splitlines() if line.strip() and line[0] != "#"]
    return _specs(lines) if len(lines) <= _MOST_LINES else None


def _specs(lines: Sequence[str]) -> list[GitIgnoreSpec]:
    """Patterns in the order written, as few sets as RE2 has room for; one that Git or RE2 cannot read is left out."""
    if not lines:
        return []
    # not at the top: importing them takes 50 ms, and a folder without `.gitignore` does not need it
    import re2
    from pathspec import GitIgnoreSpec

    if len(lines) <= _MOST_PATTERNS:
        try:
            return [GitIgnoreSpec.from_lines(lines)]
        except (ValueError, re2.error):
            if len(lines) == 1:
                return []
    half = len(lines) // 2
    return [*_specs(lines[:half]), *_specs(lines[half:])]


def find_root(
    paths: Sequence[Path], explicit: Path | None = None, current: Path | None = None, *, isolated: bool = False
) -> Path:
    """
    The folder that a run knows: `explicit`, else the nearest folder from the first path up to the Git top level whose
    configuration says `root: true`, else the Git top level, else the current folder.

    current: what paths are relative to; None: the process's. isolated: configuration files have no say.
    Raises UsageError when it is no folder, when a path does not exist, or lies outside it.
    """
    here = Path(os.path.realpath(current or Path.cwd()))
    absolute = [Path(os.path.realpath(here / path)) for path in paths] or [here]
    for path, written in zip(absolute, paths):
        if not path.exists():
            raise UsageError(f"`{written}` does not exist")
    if explicit is not None:
        root = Path(os.path.realpath(here / explicit))
        if not root.is_dir():
            raise UsageError(f"the root `{explicit}` is not a folder")
    else:
        start = absolute[0] if absolute[0].is_dir() else absolute[0].parent
        top = top_level(start)
        folders = [start, *start.parents]
        upwards = folders[: folders.index(top) + 1] if top else [start]
        root = next((folder for folder in upwards if not isolated and says_root(folder)), top or here)
    for path, written in zip(absolute, paths):
        if not path.is_relative_to(root):
            raise UsageError(f"`{written}` lies outside the root `{root}`", help="name another root with `--root`")
    return root


def relative_paths(root: Path, paths: Sequence[Path], current: Path | None = None) -> list[str]:
    """Each path relative to the root, with `/`; the root itself is ""."""
    real = Path(os.path.realpath(root))
    here = Path(os.path.realpath(current or Path.cwd()))
    found = (Path(os.path.realpath(here / path)).relative_to(real).as_posix() for path in paths)
    return ["" if path == "." else path for path in found]
