"""What the user did wrong outside the repository's YAML: arguments, configuration, rule files. Raised anywhere, shown by `cli`."""

from __future__ import annotations


class GitopsLintError(Exception):
    """
    The tool cannot go on; the command ends with status 2 and nothing was checked.

    message: one sentence for the user, lower-case start, no full stop.
    file, line, column: where the cause stands, counted from 1; None where it has no place.
    help: how to cure it, or "".
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        help: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.help = help

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}\n  help: {self.help}" if self.help else text


class UsageError(GitopsLintError):
    """A flag, an argument or a path on the command line."""


class ConfigurationError(GitopsLintError):
    """The configuration file, or a setting in it."""


class RuleError(GitopsLintError):
    """A rule file: its syntax, or what the static checks say of it."""
