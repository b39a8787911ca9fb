"""
What Git's own files say of a working folder: its top level, its remotes, the paths it tracks. Read in process: nothing is
executed, no include is followed. Asked by `discover` and `index`.
"""

from __future__ import annotations

import os
import re
import stat
import struct
from pathlib import Path
from urllib.parse import unquote

from gitops_lint.pattern import pattern

_LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of one of Git's own files; the index of 500,000 paths has about as many."""

_SCP = pattern(r"(?:[^@/:\s]+@)?(\[[^\]]+\]|[^/:\s]+):(?!//)(.*)")
_SCHEME = pattern(r"([a-zA-Z][a-zA-Z0-9+.-]*)://(?:[^/@]*@)?([^/]*)(.*)", re.DOTALL)


def top_level(folder: Path) -> Path | None:
    """The nearest folder from `folder` upwards that holds `.git` (a folder, or the file of a worktree or submodule)."""
    for one in (folder, *folder.parents):
        try:
            if (one / ".git").exists():
                return one
        except OSError:
            return None
    return None


def git_folder(root: Path) -> Path | None:
    """Where the Git data of `root` lies: `.git` itself, or what a `gitdir:` line in a file `.git` names; None without one."""
    entry = root / ".git"
    if entry.is_dir():
        return entry
    text = _read(entry)
    if text is None or not text.startswith(b"gitdir:"):
        return None
    named = root / text.removeprefix(b"gitdir:").strip().decode("utf-8", "surrogateescape")
    try:
        return named if named.is_dir() else None
    except (OSError, ValueError):  # too long a name, a NUL character in it
        return None


def git_state(root: Path) -> tuple[str, ...]:
    """What is checked out, and which references there are: HEAD, the remote's HEAD, the names of loose ones, packed ones."""
    top = top_level(root)
    folder = git_folder(top) if top else None
    if folder is None:
        return ()
    common = _read(folder / "commondir")
    shared = folder / common.strip().decode("utf-8", "surrogateescape") if common is not None else folder
    found = [repr(_read(folder / "HEAD")), repr(_read(shared / "refs/remotes/origin/HEAD"))]
    try:
        found += sorted(str(one) for kind in ("heads", "remotes") for one in (shared / "refs" / kind).rglob("*"))
        found.append(str((shared / "packed-refs").stat().st_size))
    except OSError:
        found.append("no packed references")
    return tuple(found)


def remotes(root: Path) -> list[str]:
    """URLs of the remotes of the repository whose top level is `root` or lies above it, as written, in file order."""
    top = top_level(root)
    folder = git_folder(top) if top else None
    if folder is None:
        return []
    common = _read(folder / "commondir")
    if common is not None:
        folder = folder / common.strip().decode("utf-8", "surrogateescape")
    data = _read(folder / "config")
    if data is None or b"remote" not in data.lower():
        return []
    # not at the top: importing it takes 50 ms, and only repositories with Argo CD sources ask
    from io import BytesIO

    from dulwich.config import ConfigFile

    try:
        config = ConfigFile.from_file(BytesIO(data), expand_includes=False)
    except (ValueError, UnicodeError):
        return []
    urls = []
    for section in config.sections():
        if len(section) == 2 and section[0].lower() == b"remote":
            urls += [url.decode("utf-8", "replace") for url in config.get_multivar(section, b"url")]
    # a bare `url` reads as the boolean true
    return [url for url in dict.fromkeys(urls) if url not in ("", "true")]


def normalise_url(url: str) -> str:
    """
    A repository URL in the form in which two ways of writing it are equal: `host/owner/name`, lower case.

    Scheme, user, password, default port, `.git` and slashes at the end are dropped, `git@host:owner/name` is
    `host/owner/name`. Text that is no URL comes back in lower case, so that a templated URL equals only itself.
    Source: argo-cd util/git/git.go NormalizeGitURL lower-cases the whole URL as well.
    """
    text = url.strip()
    if found := _SCHEME.match(text):
        scheme, host, path = found[1].lower(), found[2], found[3]
        for port in {"https": (":443",), "http": (":80",), "ssh": (":22",)}.get(scheme, ()):
            host = host.removesuffix(port)
        if scheme == "ssh" and host.rpartition(":")[2].isdigit():
            host = host.rpartition(":")[0]
    elif found := _SCP.fullmatch(text):
        host, path = found[1], found[2]
    else:
        host, path = "", text
    path = unquote(path.partition("?")[0].partition("#")[0]) if host else path
    path = re.sub(r"/+", "/", path).strip("/")
    path = path[:-4] if path.lower().endswith(".git") else path
    return (f"{host}/{path.rstrip('/')}" if host else path.rstrip("/")).lower()


def tracked(root: Path) -> frozenset[str]:
    """
    Paths that the Git index of `root` holds, relative to it; empty where there is no index or it cannot be read.

    Versions 2, 3 and 4 (source: Git's gitformat-index). Needed only for files that are tracked although `.gitignore`
    names them, so a shared index (`core.splitIndex`) is not followed.
    """
    folder = git_folder(root)
    data = _read(folder / "index") if folder else None
    if data is None or len(data) < 12 or data[:4] != b"DIRC":
        return frozenset()
    version, count = struct.unpack(">II", data[4:12])
    if version not in (2, 3, 4):
        return frozenset()
    names: set[str] = set()
    at, name = 12, b""
    try:
        for _ in range(count):
            start = at
            (flags,) = struct.unpack(">H", data[at + 60 : at + 62])
            at += 64 if version >= 3 and flags & 0x4000 else 62
            if version == 4:
                at, dropped = _variable_length(data, at)
                end = data.index(b"\0", at)
                name = name[: len(name) - dropped] + data[at:end]
                at = end + 1
            else:
                end = data.index(b"\0", at)
                name = data[at:end]
                at = start + ((end - start + 8) // 8) * 8
            names.add(name.decode("utf-8", "surrogateescape"))
    except (struct.error, ValueError, IndexError):
        return frozenset()
    return frozenset(names)


def _variable_length(data: bytes, at: int) -> tuple[int, int]:
    """Git's offset encoding: where it ends, and the number."""
    byte = data[at]
    number = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = data[at]
        number = ((number + 1) << 7) | (byte & 0x7F)
    return at + 1, number


def _read(path: Path) -> bytes | None:
    return read_regular(path, _LARGEST_FILE)


def read_regular(path: Path, most: int) -> bytes | None:
    """
    The bytes of a file; None where it cannot be read, is larger than `most`, or is no regular file: a FIFO is not waited
    for, a device not read. Links are followed.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError):  # ValueError: a NUL character in the path
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(most + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return data if len(data) <= most else None
