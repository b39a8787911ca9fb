"""What a Go template that cannot be read or run ends with: Go's message, the place, and the controller's whole sentence."""

from __future__ import annotations

from typing import Final, Literal

from gitops_lint.languages.failure import LanguageError
from gitops_lint.languages.gotemplate.quoting import quoted, utf8

ROOT: Final = "base"
"""The name under which the controller parses every text; `{{template "base"}}` calls it."""


class GoTemplateError(LanguageError):
    """
    The controller would refuse the text, or stop while running it.

    message: as text/template words it, without its place. phase: parse or exec. line: from 1. column: in bytes, from 0, as Go
    counts them; None while parsing. name: of the running template. node: the part that failed as Go writes it; "" while parsing.
    """

    def __init__(
        self,
        message: str,
        start: int,
        end: int,
        *,
        text: str,
        phase: Literal["parse", "exec"],
        line: int,
        column: int | None = None,
        name: str = ROOT,
        node: str = "",
        help: str = "",
    ) -> None:
        super().__init__(message, start, end, help=help)
        self.text = text
        self.phase = phase
        self.line = line
        self.column = column
        self.name = name
        self.node = node

    def again(self) -> GoTemplateError:
        """The same error, to be raised anew: one that is kept must not keep the frames of its first raise."""
        return GoTemplateError(
            self.message, self.start, self.end, text=self.text, phase=self.phase, line=self.line, column=self.column,
            name=self.name, node=self.node, help=self.help,
        )  # fmt: skip

    @property
    def where(self) -> str:
        """Go's whole sentence: `template: base:1:2: executing "base" at <.x>: message`."""
        if self.column is None:
            return f"template: {ROOT}:{self.line}: {self.message}"
        return f"template: {ROOT}:{self.line}:{self.column}: executing {quoted(self.name)} at <{self.node}>: {self.message}"

    @property
    def upstream(self) -> str:
        """The controller's whole sentence, the text of the template in it."""
        what = "parse template" if self.phase == "parse" else "execute go template"
        return f"failed to {what} {self.text}: {self.where}"


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line from 1, and bytes from its start, of an offset."""
    return text.count("\n", 0, offset) + 1, len(utf8(text[text.rfind("\n", 0, offset) + 1 : offset]))
