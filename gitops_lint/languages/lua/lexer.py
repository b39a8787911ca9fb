"""Lua text to tokens. Source: gopher-lua v1.1.2 parse/lexer.go; what is not there is not Lua for Argo CD."""

from __future__ import annotations

import re
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import LanguageError
from gitops_lint.pattern import pattern

TokenKind = Literal["name", "keyword", "string", "number", "sign", "end"]

KEYWORDS = frozenset(
    [
        "and",
        "break",
        "do",
        "else",
        "elseif",
        "end",
        "false",
        "for",
        "function",
        "goto",
        "if",
        "in",
        "local",
        "nil",
        "not",
        "or",
        "repeat",
        "return",
        "then",
        "true",
        "until",
        "while",
    ]
)

_SIGNS = ("...", "..", "==", "~=", "<=", ">=", "::", *"+-*/%^#<>=(){}[];:,.")
_BLANK = pattern(r"[ \t\r\n]+")
_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = pattern(r"0[xX][0-9A-Fa-f]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_LONG = pattern(r"\[(=*)\[")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_DIGITS = pattern(r"[0-9]{1,3}")

# What other languages write, and the cure.
_FOREIGN = {
    "&&": "write `and`",
    "||": "write `or`",
    "!=": "write `~=`",
    "!": "write `not`",
    "//": "a comment starts with `--`; a division has one `/`",
    "+=": "write the sum out: `x = x + 1`",
    "-=": "write the difference out: `x = x - 1`",
    "?": "Lua has no `?`; write `a and b or c`",
    "~": "write `~=` for not equal, `not` for the opposite",
}


@dataclass(frozen=True, slots=True)
class Token:
    """
    One word of the text. text: as written; of a string, its value. start, end: offsets.

    line_before: a line ends between the token before and this one.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    line_before: bool = False

    def words(self) -> str:
        """How a message names it."""
        return "the end of the script" if self.kind == "end" else f"`{self.text}`"


def tokens(text: str) -> list[Token]:
    """All tokens, the last of kind "end". Raises LanguageError."""
    found: list[Token] = []
    at, line = 0, False
    while True:
        at, broke = _skip(text, at)
        line = line or broke
        if at >= len(text):
            found.append(Token("end", "", len(text), len(text), line))
            return found
        token = _token(text, at, line)
        found.append(token)
        at, line = token.end, False


def _skip(text: str, at: int) -> tuple[int, bool]:
    """Past blanks and comments, and whether a line ended there."""
    broke = False
    while at < len(text):
        blank = _BLANK.match(text, at)
        if blank is not None:
            broke = broke or "\n" in blank.group()
            at = blank.end()
        elif text.startswith("--", at):
            long = _LONG.match(text, at + 2)
            if long is not None:
                end = text.find(f"]{long[1]}]", long.end())
                if end < 0:
                    raise LanguageError(f"this comment is never closed by `]{long[1]}]`", at, long.end())
                broke = broke or "\n" in text[at:end]
                at = end + len(long[1]) + 2
            else:
                end = text.find("\n", at)
                at = len(text) if end < 0 else end
        else:
            break
    return at, broke


def _token(text: str, at: int, line: bool) -> Token:
    sign = text[at]
    name = _NAME.match(text, at)
    if name is not None:
        word = name.group()
        return Token("keyword" if word in KEYWORDS else "name", word, at, name.end(), line)
    if sign.isascii() and (sign.isdigit() or (sign == "." and text[at + 1 : at + 2].isdigit())):
        return _number(text, at, line)
    if sign in "\"'":
        return _string(text, at, line)
    if sign == "[":
        long = _LONG.match(text, at)
        if long is not None:
            end = text.find(f"]{long[1]}]", long.end())
            if end < 0:
                raise LanguageError(f"this string is never closed by `]{long[1]}]`", at, long.end())
            value = text[long.end() : end].replace("\r\n", "\n")
            return Token("string", value.removeprefix("\n"), at, end + len(long[1]) + 2, line)
    for known in _SIGNS:
        if text.startswith(known, at):
            _refuse_foreign(text, at, line, known)
            return Token("sign", known, at, at + len(known), line)
    for foreign, cure in _FOREIGN.items():
        if text.startswith(foreign, at):
            raise LanguageError(f"`{foreign}` is not Lua", at, at + len(foreign), help=cure)
    raise LanguageError(f"`{sign}` is not Lua", at, at + 1)


def _refuse_foreign(text: str, at: int, line: bool, sign: str) -> None:
    """Signs that begin like Lua and go on like another language: no text with them parses."""
    two = text[at : at + 2]
    if two in ("//", "+=", "-="):
        raise LanguageError(f"`{two}` is not Lua", at, at + 2, help=_FOREIGN[two])
    if (
        sign == "#"
        and (line or at == 0 or not text[:at].strip())
        and text[at + 1 : at + 2] in (" ", "#", "!", "\t", "")
    ):
        # a statement never begins with `#`, but the right side of an assignment may go on in a new line with it
        before = text[:at].rstrip()
        if not before or (
            before[-1] not in "=,(+-*/%^<>.{[" and not re.search(r"\b(?:and|or|not|return|if|while|until|in)$", before)
        ):
            raise LanguageError("`#` starts no comment in Lua", at, at + 1, help="start comments with `--`")


def _number(text: str, at: int, line: bool) -> Token:
    found = _NUMBER.match(text, at)
    assert found is not None  # it starts with a digit, or a dot and a digit
    return Token("number", found.group(), at, found.end(), line)


def _string(text: str, start: int, line: bool) -> Token:
    quote, at = text[start], start + 1
    value: list[str] = []
    while True:
        sign = text[at : at + 1]
        if sign in ("", "\n", "\r"):
            raise LanguageError(f"this string is never closed by `{quote}` in its line", start, at)
        if sign == quote:
            return Token("string", "".join(value), start, at + 1, line)
        if sign != "\\":
            value.append(sign)
            at += 1
            continue
        digits = _DIGITS.match(text, at + 1)
        if digits is not None:
            value.append(chr(int(digits.group()) % 256))
            at = digits.end()
        elif text.startswith("\r\n", at + 1):
            value.append("\n")
            at += 3
        else:
            escaped = text[at + 1 : at + 2]
            if not escaped:
                raise LanguageError(f"this string is never closed by `{quote}`", start, at + 1)
            value.append(_ESCAPES.get(escaped, escaped))
            at += 2
