"""Bytes of a file to text: byte order marks, encodings, and what cannot be decoded."""

from __future__ import annotations

import codecs

from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Source as Source

_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def decode(data: bytes) -> tuple[str, list[Mistake]]:
    """
    Text of a file, byte order mark removed, line ends kept; and what is wrong with its bytes (kind `encoding`).

    The text always comes back, so that places can be shown: an invalid byte sequence becomes U+FFFD. With a mistake
    about UTF-8 or NUL the text is not what a Kubernetes tool would read, and Kubernetes tools refuse the file.
    UTF-16 is told by its byte order mark, or by the NUL bytes of its first two characters.
    """
    if data.startswith(_UTF32):
        return _wide(data, "utf-32", "UTF-32")
    encoding = _UTF16.get(data[:2])
    if encoding is not None:
        return _wide(data[2:], encoding, "UTF-16")
    if len(data) >= 4 and len(data) % 2 == 0 and b"\0" in data[:4] and data[:4] != b"\0\0\0\0":
        if data[0] and not data[1] and data[2] and not data[3]:
            return _wide(data, "utf-16-le", "UTF-16")
        if not data[0] and data[1] and not data[2] and data[3]:
            return _wide(data, "utf-16-be", "UTF-16")
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error)
    if b"\0" in data:
        return text, [_nul(text)]
    return text, []


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> tuple[str, list[Mistake]]:
    text = data.decode("utf-8", errors="replace")
    start = len(data[: error.start].decode("utf-8"))
    byte = data[error.start]
    mistake = Mistake(
        "encoding",
        f"the file is not valid UTF-8: byte 0x{byte:02X} does not belong here",
        start,
        start + 1,
        help="save the file as UTF-8; it may have been written in another encoding such as Latin-1 or Windows-1252",
    )
    mistakes = [mistake]
    if "\0" in text:
        mistakes.append(_nul(text))
    return text, mistakes


def _nul(text: str) -> Mistake:
    at = text.index("\0")
    count = text.count("\0")
    message = "the file contains a NUL character" if count == 1 else f"the file contains {count} NUL characters"
    return Mistake(
        "encoding",
        message,
        at,
        at + 1,
        help="remove it; a file with NUL characters may be binary and no manifest at all",
    )


def _wide(data: bytes, encoding: str, name: str) -> tuple[str, list[Mistake]]:
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    end = min(len(text), 1)
    mistake = Mistake(
        "encoding",
        f"the file is written in {name}, but tools that read manifests expect UTF-8",
        0,
        end,
        help="save the file as UTF-8",
    )
    return text, [mistake]
