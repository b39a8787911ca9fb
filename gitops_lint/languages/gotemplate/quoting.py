"""
Go's quoted strings, both ways, and its strings as bytes: for literals of templates, `%q` and `quote`.

A byte that is no UTF-8 stands in our texts as one of the lone surrogates that Python's `surrogateescape` uses.
Source: Go strconv/quote.go.
"""

from __future__ import annotations

from typing import Final

from gitops_lint.pattern import pattern

_LETTERS: Final = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 0x5C}
_ESCAPED: Final = {chr(code): f"\\{letter}" for letter, code in _LETTERS.items()}
_HEX_DIGITS: Final = {"x": 2, "u": 4, "U": 8}
_PLAIN = pattern(r"[ !#-\[\]-~]*")
_FOREIGN_SURROGATE = pattern("[\ud800-\udc7f\udd00-\udfff]")
_REPLACEMENT: Final = "\ufffd"


class QuotingError(ValueError):
    """What stands between the quotes is no Go literal: `invalid syntax`, as strconv says it."""


def utf8(text: str) -> bytes:
    """The bytes that the text is in Go."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # half a pair, out of an escape in JSON or YAML: Go's decoders had replaced it
        return _FOREIGN_SURROGATE.sub(_REPLACEMENT, text).encode("utf-8", "surrogateescape")


def from_utf8(data: bytes) -> str:
    """The text whose bytes these are; also for bytes that are no UTF-8."""
    return data.decode("utf-8", "surrogateescape")


def is_raw_byte(character: str) -> bool:
    """Whether a character of ours is a byte of Go's that belongs to no character."""
    return "\udc80" <= character <= "\udcff"


def quoted(text: str, ascii_only: bool = False) -> str:
    """The text in double quotes, as `%q` writes it; `%+q` where only ASCII may stay."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(_escaped(one, '"', ascii_only) for one in text) + '"'


def quoted_rune(code: int, ascii_only: bool = False) -> str:
    """A code point in single quotes; what is none counts as U+FFFD."""
    valid = 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return "'" + _escaped(chr(code) if valid else _REPLACEMENT, "'", ascii_only) + "'"


def can_backquote(text: str) -> bool:
    """Whether the text can stand between backquotes on one line."""
    return not any(one in "`\x7f\ufeff" or (one < " " and one != "\t") or is_raw_byte(one) for one in text)


def is_print(character: str) -> bool:
    """Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII blank."""
    return character.isprintable() and not is_raw_byte(character)


def _escaped(character: str, quote: str, ascii_only: bool) -> str:
    if character == quote or character == "\\":
        return "\\" + character
    code = ord(character)
    if is_raw_byte(character):
        return f"\\x{code - 0xDC00:02x}"
    if (code < 0x7F or not ascii_only) and is_print(character):
        return character
    if character in _ESCAPED:
        return _ESCAPED[character]
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def unquoted(literal: str) -> str:
    """What a string literal of a template, its quotes included, stands for. Raises QuotingError."""
    inner = literal[1:-1]
    if literal[0] == "`":
        return inner.replace("\r", "")
    if "\\" not in inner:
        return inner
    # escapes may put together the bytes of one character, so the bytes are decoded as a whole
    made, at = bytearray(), 0
    while at < len(inner):
        escape = inner.find("\\", at)
        if escape < 0:
            escape = len(inner)
        made += utf8(inner[at:escape])
        at = escape
        if at < len(inner):
            code, is_byte, at = _unescaped(inner, at, '"')
            made += bytes((code,)) if is_byte else chr(code).encode()
    return from_utf8(bytes(made))


def code_point(literal: str) -> int | None:
    """The code point of a character literal, its quotes included; None for more than one. Raises QuotingError."""
    inner = literal[1:]
    if inner[0] == "'":
        raise QuotingError("invalid syntax")
    if inner[0] == "\\":
        code, _, end = _unescaped(inner, 0, "'")
    else:
        code, end = 0xFFFD if is_raw_byte(inner[0]) else ord(inner[0]), 1
    return code if inner[end:] == "'" else None


def _unescaped(text: str, at: int, quote: str) -> tuple[int, bool, int]:
    """Code, whether it is one byte, and the end of the escape that begins at a backslash."""
    kind = text[at + 1 : at + 2]
    if kind in _LETTERS and kind:
        return _LETTERS[kind], False, at + 2
    if kind == quote:
        return ord(quote), False, at + 2
    if kind in _HEX_DIGITS and kind:
        digits = text[at + 2 : at + 2 + _HEX_DIGITS[kind]]
        if len(digits) == _HEX_DIGITS[kind] and all(one in "0123456789abcdefABCDEF" for one in digits):
            code = int(digits, 16)
            if kind == "x" or (code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF):
                return code, kind == "x", at + 2 + len(digits)
    elif kind and kind in "01234567":
        digits = text[at + 1 : at + 4]
        if len(digits) == 3 and all(one in "01234567" for one in digits) and int(digits, 8) < 256:
            return int(digits, 8), True, at + 4
    raise QuotingError("invalid syntax")
