"""
The tokens of a Go template, made one at a time as the parser asks for them, so that the first mistake is Go's first mistake.

Source: Go text/template/parse/lex.go.
"""

from __future__ import annotations

import re
from typing import Final

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.quoting import is_print, is_raw_byte, quoted, utf8
from gitops_lint.pattern import pattern

KEYWORDS: Final = frozenset(
    ("block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with")
)
OPEN, CLOSE = "{{", "}}"
_SPACE: Final = " \t\r\n"
_SPACES = pattern(r"[ \t\r\n]*")
_WORD = pattern(r"[A-Za-z0-9_]*")
_NUMBER = pattern(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_SINGLES: Final = {"=": "assign", "|": "pipe", "(": "(", ")": ")"}
_UNTERMINATED: Final = {'"': "unterminated quoted string", "'": "unterminated character constant"}


@dataclass(frozen=True, slots=True)
class Token:
    """
    One token. start, end: offsets in the text, end exclusive; line: that of its start, from 1.

    kind: a word of KEYWORDS, or text, open, close, space, dot, field, variable, identifier, bool, number, complex, character,
    string, raw string, declare (`:=`), assign (`=`), pipe, `(`, `)`, mark (any other sign), end of text, error (its value is
    the message).
    """

    kind: str
    value: str
    start: int
    end: int
    line: int

    def shown(self) -> str:
        """The token as Go's messages name it."""
        if self.kind == "end of text":
            return "EOF"
        if self.kind == "error":
            return self.value
        if self.kind in KEYWORDS or self.kind == "dot":
            return f"<{self.value}>"
        if len(self.value) > 10 or len(utf8(self.value)) > 10:
            return f"{quoted(self.value[:10])}..."
        return quoted(self.value)


class Lexer:
    """The tokens of one text, in order. inside: whether the next one stands in an action."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.inside = False
        self._at = 0
        self._line = 1
        self._counted = 0
        self._opened = 0
        self._parens: list[int] = []

    def next(self) -> Token:
        """The next token; after the last one, or a mistake, `end of text` or a further mistake."""
        return self._in_action() if self.inside else self._outside()

    def _token(self, kind: str, start: int, end: int) -> Token:
        return Token(kind, self.text[start:end], start, end, self._line_of(start))

    def _line_of(self, at: int) -> int:
        if at > self._counted:
            self._line += self.text.count("\n", self._counted, at)
            self._counted = at
        return self._line

    def _emit(self, kind: str, end: int) -> Token:
        token = self._token(kind, self._at, end)
        self._at = end
        return token

    def _error(self, message: str, start: int, end: int, shown: int | None = None) -> Token:
        """start: where Go's token begins, which says the line; shown: where ours does, if elsewhere."""
        token = Token("error", message, start if shown is None else shown, max(end, start), self._line_of(start))
        self.text = ""
        self._at = 0
        return token

    # ---- outside of actions

    def _outside(self) -> Token:
        while True:
            text, at = self.text, self._at
            opened = text.find(OPEN, at)
            if opened < 0:
                return self._emit("text" if at < len(text) else "end of text", len(text))
            inner = opened + 2
            trims = text[inner : inner + 1] == "-" and text[inner + 1 : inner + 2] in _SPACE and inner + 1 < len(text)
            if opened > at:
                end = opened
                if trims:
                    end = at + len(text[at:opened].rstrip(_SPACE))
                self._at = opened
                if end > at:
                    return self._token("text", at, end)
            if trims:
                inner += 2
            if text.startswith("/*", inner):
                mistake = self._past_comment(inner)
                if mistake is not None:
                    return mistake
                continue
            token = self._token("open", opened, opened + 2)
            self._at = inner
            self._opened = opened
            self._parens.clear()
            self.inside = True
            return token

    def _past_comment(self, start: int) -> Token | None:
        closed = self.text.find("*/", start + 2)
        if closed < 0:
            return self._error("unclosed comment", start, len(self.text))
        end = self._right_delimiter(closed + 2)
        if end is None:
            return self._error("comment ends before closing delimiter", start, closed + 2)
        self._at = end
        return None

    def _right_delimiter(self, at: int) -> int | None:
        """Where the text goes on after a closing delimiter at this place; None where there is none."""
        text = self.text
        if text.startswith(CLOSE, at):
            return at + 2
        if text[at : at + 1] in _SPACE and text.startswith("-}}", at + 1):
            return _end(_SPACES, text, at + 4)
        return None

    # ---- inside of actions

    def _in_action(self) -> Token:
        text, at = self.text, self._at
        after = self._right_delimiter(at)
        if after is not None:
            if self._parens:
                return self._error("unclosed left paren", at, after, self._parens[-1])
            close = at if text.startswith(CLOSE, at) else at + 2
            token = self._token("close", close, close + 2)
            self._at = after
            self.inside = False
            return token
        if at >= len(text):
            return self._error("unclosed action", at, at, self._opened)
        sign = text[at]
        if sign in _SPACE:
            end = _end(_SPACES, text, at)
            # the last blank belongs to a trim marker
            return self._emit("space", end - 1 if text.startswith("-}}", end) else end)
        if sign in _SINGLES:
            return self._single(sign)
        if sign in "\"'":
            return self._quoted(sign)
        if sign == ".":
            following = text[at + 1 : at + 2]
            return self._number() if following in "0123456789" else self._named("field", "dot")
        if sign == "$":
            return self._named("variable", "variable")
        if sign in "+-0123456789":
            return self._number()
        if _is_alphanumeric(sign):
            return self._identifier()
        return self._other(sign)

    def _single(self, sign: str) -> Token:
        if sign == "(":
            self._parens.append(self._at)
        elif sign == ")":
            if not self._parens:
                return self._error("unexpected right paren", self._at, self._at + 1)
            self._parens.pop()
        return self._emit(_SINGLES[sign], self._at + 1)

    def _other(self, sign: str) -> Token:
        at = self._at
        if sign == ":":
            if self.text.startswith("=", at + 1):
                return self._emit("declare", at + 2)
            return self._error("expected :=", at, at + 1)
        if sign == "`":
            closed = self.text.find("`", at + 1)
            if closed < 0:
                return self._error("unterminated raw quoted string", at, len(self.text))
            return self._emit("raw string", closed + 1)
        if " " <= sign <= "~":
            return self._emit("mark", at + 1)
        return self._error(f"unrecognized character in action: {_shown(sign)}", at, at + 1)

    def _quoted(self, quote: str) -> Token:
        text, end = self.text, self._at + 1
        while end < len(text) and text[end] != "\n":
            if text[end] == quote:
                return self._emit("string" if quote == '"' else "character", end + 1)
            if text[end] == "\\":
                end += 1
                if text[end : end + 1] in ("", "\n"):
                    break
            end += 1
        return self._error(_UNTERMINATED[quote], self._at, min(end, len(text)))

    def _named(self, kind: str, alone: str) -> Token:
        """`.name` or `$name`, or the sign alone."""
        start = self._at + 1
        if self._at_terminator(start):
            return self._emit(alone, start)
        end = self._word_end(start)
        if not self._at_terminator(end):
            return self._bad_character(end)
        return self._emit(kind, end)

    def _identifier(self) -> Token:
        end = self._word_end(self._at)
        if not self._at_terminator(end):
            return self._bad_character(end)
        word = self.text[self._at : end]
        if word in KEYWORDS:
            return self._emit(word, end)
        return self._emit("bool" if word in ("true", "false") else "identifier", end)

    def _bad_character(self, at: int) -> Token:
        return self._error(f"bad character {_shown(self.text[at])}", self._at, at + 1)

    def _word_end(self, at: int) -> int:
        text = self.text
        while True:
            at = _end(_WORD, text, at)
            if at >= len(text) or text[at] < "\x80" or not _is_alphanumeric(text[at]):
                return at
            at += 1

    def _at_terminator(self, at: int) -> bool:
        return at >= len(self.text) or self.text[at] in " \t\r\n.,|:)(" or self.text.startswith(CLOSE, at)

    def _number(self) -> Token:
        end, good = self._number_end(self._at)
        kind = "number"
        if good and self.text[end : end + 1] in ("+", "-"):
            kind = "complex"
            end, good = self._number_end(end)
            good = good and self.text[end - 1] == "i"
        if not good:
            return self._error(f"bad number syntax: {quoted(self.text[self._at : end])}", self._at, end)
        return self._emit(kind, end)

    def _number_end(self, at: int) -> tuple[int, bool]:
        end = _end(_NUMBER, self.text, at)
        if end < len(self.text) and _is_alphanumeric(self.text[end]):
            return end + 1, False
        return end, True


def _end(expression: re.Pattern[str], text: str, at: int) -> int:
    """Where a match that begins at this place ends."""
    found = expression.match(text, at)
    return found.end() if found else at


def _is_alphanumeric(character: str) -> bool:
    return character == "_" or character.isalpha() or character.isdecimal()


def _shown(character: str) -> str:
    if is_raw_byte(character):
        character = "\ufffd"
    return f"U+{ord(character):04X}" + (f" '{character}'" if is_print(character) else "")
