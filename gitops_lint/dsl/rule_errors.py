"""Errors in rule files: one with its line and column, and several at once. `parse`, `typecheck` and `rulefile` raise them."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.errors import RuleError
from gitops_lint.text.lines import Lines


class RuleErrors(RuleError):  # noqa: N818  (it is several)
    """
    Several errors of rule files, told together.

    errors: at least one, in the order of their places. message, file, line and column are the first one's.
    """

    def __init__(self, errors: Sequence[RuleError]) -> None:
        first = errors[0]
        super().__init__(first.message, file=first.file, line=first.line, column=first.column, help=first.help)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def error_at(message: str, *, file: str, text: str, offset: int, help: str = "") -> RuleError:
    """The error for one place of a rule file; offset: code points from 0, clipped to the text."""
    position = Lines(text).position(max(0, min(offset, len(text))))
    return RuleError(message, file=file, line=position.line, column=position.column, help=help)


def raise_all(errors: Sequence[RuleError]) -> None:
    """Raises what was found: nothing, one RuleError, or RuleErrors in order of file, line and column."""
    flat = sorted(every_error(errors), key=lambda one: (one.file or "", one.line or 0, one.column or 0))
    if len(flat) == 1:
        raise flat[0]
    if flat:
        raise RuleErrors(flat)


def every_error(errors: Sequence[RuleError]) -> list[RuleError]:
    """The single errors, those inside RuleErrors taken out, each once."""
    flat: list[RuleError] = []
    seen: set[tuple[str | None, int | None, int | None, str]] = set()
    for error in errors:
        for one in error.errors if isinstance(error, RuleErrors) else (error,):
            key = (one.file, one.line, one.column, one.message)
            if key not in seen:
                seen.add(key)
                flat.append(one)
    return flat
