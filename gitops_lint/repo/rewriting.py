"""
New text for files of the linted repository: the only room that writes there, and only where a flag asks for it.

A file keeps its encoding, byte order mark, mode and owner, and a link stays a link to the file that gets the text. What
is written takes the old file's place in one step: whoever reads meanwhile sees the old bytes or the new ones.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import stat
import tempfile
from pathlib import Path

from gitops_lint.errors import GitopsLintError
from gitops_lint.text.source import decode

_FORMS = (
    # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (b"", "utf-8"),
    (b"", "utf-16-le"),
    (b"", "utf-16-be"),
)


def rewrite(root: Path, file: str, before: bytes | None, text: str) -> None:
    """
    Gives one file a new text. before: its bytes when they were read; None: there is no such file yet.

    file: relative to the root, with `/`. Raises GitopsLintError, and leaves the file as it is, when it has changed since,
    is no regular file, lies outside the root or in `.git`, cannot be written, or holds bytes that are no text.
    """
    path = _target(root, file)
    data = text.encode("utf-8") if before is None else encoded(before, text, file)
    found = _unchanged(path, file, before)
    if data == before:
        return
    try:
        _replace(path, data, found)
    except OSError as error:
        raise GitopsLintError(f"cannot be written: {error.strerror or error}", file=file) from error


def encoded(before: bytes, text: str, file: str) -> bytes:
    """
    A new text in the encoding of the old bytes, with their byte order mark where they have one.

    file: for the error. Raises GitopsLintError when the old bytes do not come back from their own text: then nobody can
    say what the rest of the new file should be.
    """
    old, _ = decode(before)
    for mark, encoding in _FORMS:
        if not before.startswith(mark):
            continue
        with contextlib.suppress(UnicodeEncodeError):
            if mark + old.encode(encoding) == before:
                return mark + text.encode(encoding)
    raise GitopsLintError("cannot be rewritten: it is not valid UTF-8", file=file)


def _target(root: Path, file: str) -> Path:
    """The real path of a file, links followed; it need not exist."""
    top = Path(os.path.realpath(root))
    try:
        path = Path(os.path.realpath(top / file))
    except (OSError, ValueError) as error:
        raise GitopsLintError(f"cannot be written: {error}", file=file) from error
    if not path.is_relative_to(top) or path == top:
        raise GitopsLintError("is not written: it lies outside the root, behind a symbolic link perhaps", file=file)
    if ".git" in path.relative_to(top).parts:
        raise GitopsLintError("is not written: it belongs to Git itself", file=file)
    return path


def _unchanged(path: Path, file: str, before: bytes | None) -> os.stat_result | None:
    """What the system knows of a file that still holds the bytes that were read; None for one that is not there yet."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        if before is None:
            return None
        raise GitopsLintError("is not written: it is gone since it was read", file=file) from None
    except OSError as error:
        raise GitopsLintError(f"cannot be written: {error.strerror}", file=file) from error
    if before is None:
        raise GitopsLintError("is not written: there is a file of that name", file=file)
    if not stat.S_ISREG(found.st_mode):
        raise GitopsLintError("is not written: it is not a regular file", file=file)
    try:
        same = path.read_bytes() == before
    except OSError as error:
        raise GitopsLintError(f"cannot be written: {error.strerror}", file=file) from error
    if not same:
        raise GitopsLintError("is not written: it has changed since it was read", file=file, help="run again")
    # the new file takes the old one's place, for which its folder is asked and not the file
    if not os.access(path, os.W_OK):
        raise GitopsLintError("cannot be written: Permission denied", file=file)
    return found


def _replace(path: Path, data: bytes, found: os.stat_result | None) -> None:
    """Writes beside the file and renames. Raises OSError, with nothing left behind."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if found is None:
            Path(name).chmod(0o666 & ~_umask())
        else:
            _keep_owner(name, found)
            Path(name).chmod(stat.S_IMODE(found.st_mode))
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _keep_owner(name: str, found: os.stat_result) -> None:
    mine = os.lstat(name)
    if (mine.st_uid, mine.st_gid) != (found.st_uid, found.st_gid) and hasattr(os, "chown"):
        # only root may give a file away; then the writer owns it, as after a checkout
        with contextlib.suppress(PermissionError):
            os.chown(name, found.st_uid, found.st_gid)


def _umask() -> int:
    """The process's mask; the system tells it only to who sets it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
