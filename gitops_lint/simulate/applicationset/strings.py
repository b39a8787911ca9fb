"""One string of an ApplicationSet filled in with the parameters of a set: fields of generators, of templates, of patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from gitops_lint.languages import fasttemplate
from gitops_lint.languages.failure import BeyondLimitError, LanguageError
from gitops_lint.languages.gotemplate.errors import GoTemplateError
from gitops_lint.languages.gotemplate.functions.dicts import deep_copy
from gitops_lint.languages.gotemplate.values import Value

if TYPE_CHECKING:
    from gitops_lint.languages.gotemplate import Template

_MISSING_KEYS = frozenset(("default", "invalid", "zero", "error"))
_CHANGING = frozenset(("set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"))
_KEPT = 4096
_SHOWN = 60


def rendered(text: str, values: Mapping[str, Value], go: bool, options: Sequence[str] = ()) -> str:
    """
    The text with the parameters filled in, as the controller does it.

    values: flat names without `go`, nested values with it. options: of `goTemplateOptions`; they count with `go` alone.
    The values stay as they are: functions such as `set` change a copy, while in the controller the fields rendered after it see
    the change. Raises LanguageError with the controller's own words and with offsets in the text, NotDeterministicError
    where the result cannot be known, and BeyondLimitError where it is more than we follow.
    Source: argo-cd applicationset/utils/utils.go, Render.Replace.
    """
    made = _made(text, values, go, options, missing=False)
    assert made is not None  # only `rendered_unless_missing` asks for that
    return made


def rendered_unless_missing(
    text: str, values: Mapping[str, Value], go: bool, options: Sequence[str] = ()
) -> str | None:
    """As `rendered`; None where that fails since a key is missing. Source: utils.go isMissingKeyError."""
    return _made(text, values, go, options, missing=True)


def _made(text: str, values: Mapping[str, Value], go: bool, options: Sequence[str], *, missing: bool) -> str | None:
    if not go:
        return _replaced(text, values) if "{{" in text else text
    chosen = tuple(options)
    if chosen:
        _check(chosen, text)
    if "{{" not in text:
        return text
    try:
        template = _go_template(text, chosen)
    except BeyondLimitError:
        raise  # what we do not follow, the controller may well
    except LanguageError as error:
        raise _worded("failed to parse template", text, error) from error
    try:
        return template.run(deep_copy(values) if template.called & _CHANGING else values)
    except BeyondLimitError:
        raise
    except LanguageError as error:
        if missing and ("map has no entry for key" in error.message or "can't evaluate field" in error.message):
            return None
        raise _worded("failed to execute go template", text, error) from error


def _replaced(text: str, values: Mapping[str, Value]) -> str:
    template = _template(text)
    at = template.unclosed
    if at is not None:
        # as Go prints the texts with %q, but for characters that nobody writes
        message = f'Cannot find end tag="}}}}" in the template={_quoted(text)} starting from {_quoted(text[at + 2 :])}'
        raise LanguageError(f"invalid template: {message}", at, at + 2, help="close it with `}}`")
    return template.replaced(values)


@lru_cache(_KEPT)
def _template(text: str) -> fasttemplate.Template:
    return fasttemplate.read(text)


@lru_cache(_KEPT)
def _go_template(text: str, options: tuple[str, ...]) -> Template:
    # not at the top: most repositories hold no ApplicationSet, and the functions take long to import
    from gitops_lint.languages.gotemplate import read
    from gitops_lint.simulate.applicationset.yamlfunctions import APPLICATIONSET_FUNCTIONS

    return read(text, APPLICATIONSET_FUNCTIONS, options)


def _check(options: tuple[str, ...], text: str) -> None:
    """Raises where Go panics for an option, which it does for every string, also for one without actions."""
    said = _refused(options)
    if said:
        raise LanguageError(said, 0, len(text), help="one of " + ", ".join(_known_options()))


@lru_cache(_KEPT)
def _refused(options: tuple[str, ...]) -> str:
    for option in options:
        name, equals, value = option.partition("=")
        if name != "missingkey" or not equals or value not in _MISSING_KEYS:
            return f"unrecognized option: {option}" if option else "empty option string"
    return ""


def _known_options() -> list[str]:
    return [f"missingkey={value}" for value in sorted(_MISSING_KEYS)]


def _worded(what: str, text: str, error: LanguageError) -> LanguageError:
    words = error.where if isinstance(error, GoTemplateError) else error.message
    message = f"{what} {_shown(text)}: {words}"
    return LanguageError(message, error.start, error.end, error.expected, error.help)


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _quoted(text: str) -> str:
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    escaped = (
        shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    )
    return f'"{escaped}"'
