"""
What Go says of a text that is no JSON: a scanner that does no more than find the first character out of place.

Source: Go encoding/json/scanner.go.
"""

from __future__ import annotations

import re

from gitops_lint.languages.gotemplate.quoting import utf8
from gitops_lint.pattern import pattern

_END = "unexpected end of JSON input"
_BLANKS = pattern(r"[ \t\r\n]*")
_PLAIN = pattern(r'[^"\\\x00-\x1f]*')
_DIGITS = pattern("[0-9]*")
_WORDS = {"t": "true", "f": "false", "n": "null"}
_HEX = frozenset("0123456789abcdefABCDEF")
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}


class _MistakeError(Exception):
    """message: Go's words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def mistake_of(text: str) -> str:
    """The message for a text that is no JSON."""
    try:
        _Scanner(text).scan()
    except _MistakeError as error:
        return error.message
    return _END


class _Scanner:
    def __init__(self, text: str) -> None:
        # Go feeds a blank at the end, so that `-` and `tru` end with a message of their own
        self._text = f"{text} "
        self._last = len(text)
        self._at = 0

    def scan(self) -> None:
        open: list[str] = []
        self._value_or_opening(open)
        while open:
            self._blanks()
            one = self._here()
            if one == ",":
                self._at += 1
                if open[-1] == "{":
                    self._key()
                self._value_or_opening(open)
            elif one == ("]" if open[-1] == "[" else "}"):
                self._at += 1
                open.pop()
            else:
                self._refuse("after array element" if open[-1] == "[" else "after object key:value pair")
        self._blanks()
        if self._at < self._last:
            self._refuse("after top-level value")

    def _value_or_opening(self, open: list[str]) -> None:
        """A value, or the start of one that goes on: what has been opened is put on the stack."""
        while True:
            self._blanks()
            one = self._here()
            if one not in ("[", "{"):
                self._scalar(one)
                return
            self._at += 1
            self._blanks()
            if self._here() == ("]" if one == "[" else "}"):
                self._at += 1
                return
            open.append(one)
            if one == "{":
                self._key()

    def _key(self) -> None:
        self._blanks()
        if self._here() != '"':
            self._refuse("looking for beginning of object key string")
        self._string()
        self._blanks()
        if self._here() != ":":
            self._refuse("after object key")
        self._at += 1

    def _scalar(self, one: str) -> None:
        if one == '"':
            self._string()
        elif one == "-" or (one.isascii() and one.isdigit()):
            self._number()
        elif one in _WORDS:
            word = _WORDS[one]
            for letter in word:
                if self._here() != letter:
                    self._refuse(f"in literal {word} (expecting '{letter}')", bare=True)
                self._at += 1
        else:
            self._refuse("looking for beginning of value")

    def _number(self) -> None:
        if self._here() == "-":
            self._at += 1
            self._digit("in numeric literal")
        if self._here() == "0":
            self._at += 1
        else:
            self._digits()
        if self._here() == ".":
            self._at += 1
            self._digit("after decimal point in numeric literal")
            self._digits()
        if self._here() in ("e", "E"):
            self._at += 1
            if self._here() in ("+", "-"):
                self._at += 1
            self._digit("in exponent of numeric literal")
            self._digits()

    def _digit(self, where: str) -> None:
        one = self._here()
        if not (one.isascii() and one.isdigit()):
            self._refuse(where, bare=True)

    def _digits(self) -> None:
        self._skip(_DIGITS)

    def _string(self) -> None:
        self._at += 1
        while True:
            self._skip(_PLAIN)
            if self._at >= self._last:
                raise _MistakeError(_END)
            one = self._here()
            if one == '"':
                self._at += 1
                return
            if one != "\\":
                self._refuse("in string literal")
            self._at += 1
            self._escape()

    def _escape(self) -> None:
        one = self._here()
        if one not in 'bfnrt\\/"u':
            self._refuse("in string escape code", bare=True)
        self._at += 1
        if one == "u":
            for _ in range(4):
                if self._here() not in _HEX:
                    self._refuse("in \\u hexadecimal character escape", bare=True)
                self._at += 1

    def _here(self) -> str:
        return self._text[self._at : self._at + 1]

    def _blanks(self) -> None:
        self._skip(_BLANKS)

    def _skip(self, expression: re.Pattern[str]) -> None:
        found = expression.match(self._text, self._at)
        self._at = self._at if found is None else found.end()

    def _refuse(self, where: str, *, bare: bool = False) -> None:
        """bare: the blank behind the end is out of place too."""
        if self._at >= self._last and not bare:
            raise _MistakeError(_END)
        raise _MistakeError(f"invalid character {_quoted(self._here() or ' ')} {where}")


def _quoted(character: str) -> str:
    """Go goes through bytes: of a letter outside ASCII it names the first one."""
    if character == "'":
        return "'\\''"
    if character == '"':
        return "'\"'"
    byte = utf8(character)[0]
    shown = _ESCAPES.get(chr(byte)) or (chr(byte) if chr(byte).isprintable() else f"\\x{byte:02x}")
    return f"'{shown}'"
