"""The lines and tokens around a place where libyaml gave up: what `syntax.py` and `structure.py` look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yaml import YAMLError
from yaml._yaml import CParser

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.text.mistakes import Kind, Mistake

_BREAK = pattern(r"[\r\n]")
_COMMENT = pattern(r"[ \t]#.*$")
_PREFIX = pattern(r"[ \t]*(?:-[ \t]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of libyaml with offsets in the text."""

    kind: type[Any]
    start: int
    end: int
    style: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line by offsets, its break left out; `content` is where its text begins behind blanks and dashes."""

    start: int
    end: int
    content: int
    text: str

    @property
    def column(self) -> int:
        """Column of the content, from 0."""
        return self.content - self.start


class Case:
    """One error: the text, where its document begins, where libyaml gave up, and the tokens before that place."""

    def __init__(self, text: str, document: int, at: int, context: str, context_at: int) -> None:
        self.text = text
        self.document = document
        self.at = at
        self.context = context
        self.context_at = context_at
        self.tokens = _tokens(text, document, at)

    def line(self, at: int) -> Line:
        start = max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1
        found = _BREAK.search(self.text, start)
        end = found.start() if found is not None else len(self.text)
        text = self.text[start:end]
        prefix = _PREFIX.match(text)
        return Line(start, end, start + (prefix.end() if prefix is not None else 0), text)

    def line_before(self, line: Line) -> Line | None:
        """The nearest line above that is neither blank nor a comment, within the document."""
        while line.start > self.document:
            line = self.line(line.start - (2 if self.text.startswith("\r\n", line.start - 2) else 1))
            if line.text.strip() and not line.text.lstrip().startswith("#"):
                return line
        return None

    def value_end(self, at: int) -> int:
        """End of the line's text from an offset on: comment and trailing blanks left out."""
        line = self.line(at)
        rest = _COMMENT.sub("", self.text[at : line.end])
        return at + len(rest.rstrip())

    def to_line_end(self, at: int) -> str:
        return self.text[at : self.value_end(at)]

    def tell(self, message: str, start: int, end: int, help: str = "", *related: tuple[int, int, str]) -> Mistake:
        return self.tell_kind("syntax", message, start, end, help, *related)

    def tell_kind(
        self, kind: Kind, message: str, start: int, end: int, help: str = "", *related: tuple[int, int, str]
    ) -> Mistake:
        end = min(max(start, end), len(self.text))
        return Mistake(kind, message, min(start, end), end, 0, help, related)


def _tokens(text: str, document: int, at: int) -> list[Token]:
    """Tokens of the document up to the place of the error, as far as the scanner gets."""
    tokens: list[Token] = []
    parser = CParser(text[document : at + 1024])
    get_token: Callable[[], Any] = parser.get_token
    try:
        while True:
            token = get_token()
            if token is None or token.start_mark.index + document >= at:
                return tokens
            start, end = token.start_mark.index + document, token.end_mark.index + document
            tokens.append(Token(token.__class__, start, end, getattr(token, "style", None)))
    except YAMLError:
        return tokens
    finally:
        parser.dispose()
