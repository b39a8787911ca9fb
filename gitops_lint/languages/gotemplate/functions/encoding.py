"""
base64, base32 and digests of strings.

Source: Masterminds/sprig v3.3.0 strings.go, crypto.go; Go encoding/base64/base64.go, encoding/base32/base32.go.
"""

from __future__ import annotations

import zlib
from binascii import a2b_base64, b2a_base64
from typing import Literal

from gitops_lint.languages.gotemplate.function import Function
from gitops_lint.languages.gotemplate.quoting import from_utf8, utf8

_ALPHABET_64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_ALPHABET_32 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_PADDING = ord("=")
_BREAKS = b"\r\n"


class _CorruptError(Exception):
    """at: the byte that Go names."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


def decode_64(text: str) -> str:
    """The decoded text; for what is no base64 the text of Go's error, which sprig returns as if it were the result."""
    data = utf8(text)
    try:
        digits = _digits_64(data)
    except _CorruptError as error:
        return f"illegal base64 data at input byte {error.at}"
    return from_utf8(a2b_base64(digits + b"=" * (-len(digits) % 4)))


def _digits_64(data: bytes) -> bytes:
    """Line breaks and the padding taken away. Raises _CorruptError."""
    found = bytearray()
    at = 0
    while at < len(data):
        one = data[at]
        at += 1
        if one in _ALPHABET_64:
            found.append(one)
        elif one in _BREAKS:
            continue
        elif one != _PADDING or len(found) % 4 < 2:
            raise _CorruptError(at - 1)
        else:
            _check_end_64(data, at, two=len(found) % 4 == 2)
            return bytes(found)
    if len(found) % 4:
        raise _CorruptError(len(data) - len(found) % 4)
    return bytes(found)


def _check_end_64(data: bytes, at: int, *, two: bool) -> None:
    """Nothing but line breaks stand behind the padding. at: behind its first sign."""
    if two:
        at = _behind_breaks(data, at)
        if at == len(data):
            raise _CorruptError(at)
        if data[at] != _PADDING:
            raise _CorruptError(at - 1)
        at += 1
    at = _behind_breaks(data, at)
    if at < len(data):
        raise _CorruptError(at)


def _behind_breaks(data: bytes, at: int) -> int:
    while at < len(data) and data[at] in _BREAKS:
        at += 1
    return at


def decode_32(text: str) -> str:
    """As `decode_64`."""
    data = utf8(text).replace(b"\r", b"").replace(b"\n", b"")
    try:
        digits = _digits_32(data)
    except _CorruptError as error:
        return f"illegal base32 data at input byte {error.at}"
    from base64 import b32decode

    return from_utf8(b32decode(digits + b"=" * (-len(digits) % 8)))


def _digits_32(data: bytes) -> bytes:
    """The padding taken away. Raises _CorruptError."""
    for at, one in enumerate(data):
        begun, left = at % 8, len(data) - at - 1
        if one == _PADDING and begun >= 2 and left < 8:
            if left + begun < 7:
                raise _CorruptError(len(data))
            for behind in range(7 - begun):
                if data[at + 1 + behind] != _PADDING:
                    raise _CorruptError(at + behind)
            if begun in (3, 6):
                raise _CorruptError(at)
            return data[:at]
        if one not in _ALPHABET_32:
            raise _CorruptError(at)
    if len(data) % 8:
        raise _CorruptError(len(data) - len(data) % 8)
    return data


def encode_32(text: str) -> str:
    from base64 import b32encode

    return b32encode(utf8(text)).decode()


def digest(name: Literal["sha1", "sha256", "sha512"], text: str) -> str:
    import hashlib  # loads OpenSSL, which few templates need

    return hashlib.new(name, utf8(text), usedforsecurity=False).hexdigest()


ENCODING = (
    Function("b64enc", lambda text: b2a_base64(utf8(text), newline=False).decode(), ("string",)),
    Function("b64dec", decode_64, ("string",)),
    Function("b32enc", encode_32, ("string",)),
    Function("b32dec", decode_32, ("string",)),
    Function("sha1sum", lambda text: digest("sha1", text), ("string",)),
    Function("sha256sum", lambda text: digest("sha256", text), ("string",)),
    Function("sha512sum", lambda text: digest("sha512", text), ("string",)),
    Function("adler32sum", lambda text: str(zlib.adler32(utf8(text))), ("string",)),
)
