"""What a small language answers to a text it does not accept: one sentence, the place, and what was expected there."""

from __future__ import annotations


class LanguageError(Exception):
    """
    A text is not of the language.

    message: one line, lower-case start, no full stop. start, end: offsets in the text, end exclusive; both may be its length.
    expected: what could have stood there, in the user's words. help: the cure, or "".
    """

    def __init__(self, message: str, start: int, end: int, expected: tuple[str, ...] = (), help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.expected = expected
        self.help = help


class BeyondLimitError(LanguageError):
    """The text is larger or deeper than we follow; the real system may accept it."""
