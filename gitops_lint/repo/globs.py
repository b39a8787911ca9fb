"""Globs of Argo CD in the wide sense that roles need: what a pattern may name, whichever of its readers is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gitops_lint.pattern import pattern

_TOKEN = pattern(r"\{\{.*?\}\}|\$\{.*?\}|<\+.*?>", re.DOTALL)
_WILD = pattern(r"[*?\[{\\]|\$\{|<\+")
_PART = pattern(r"\*\*/|\*+|\?|\[[!^]?[^\]]+\]|\{[^{}]*\}|\\.|.", re.DOTALL)


def loose_expression(pattern: str) -> str:
    """
    A glob as a regular expression for RE2: `*` also matches `/` as a Git pathspec has it, `**/` no folder as well, as
    doublestar has it, braces are alternatives, and a template token is any text.
    """
    made = []
    place = 0
    for token in _TOKEN.finditer(pattern):
        made += [_expression(pattern[place : token.start()]), ".*"]
        place = token.end()
    made.append(_expression(pattern[place:]))
    return "".join(made)


def _expression(text: str) -> str:
    return "".join(_part(found.group()) for found in _PART.finditer(text))


def _part(part: str) -> str:
    if part == "**/":
        return "(?:.*/)?"
    if part.startswith("*"):
        return ".*"
    if part == "?":
        return "."
    if part.startswith("[") and len(part) > 2:
        inner = part[1:-1]
        negated = inner[0] in "!^"
        body = inner[1:] if negated else inner
        escaped = re.sub(r"([]\[\\^&~|])", r"\\\1", body)
        return f"[^{escaped}]" if negated else f"[{escaped}]"
    if part.startswith("{") and len(part) > 1:
        return "(?:" + "|".join(_expression(one) for one in part[1:-1].split(",")) + ")"
    if part.startswith("\\") and len(part) == 2:
        return re.escape(part[1])
    return re.escape(part)


def any_of(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path is named by one of the patterns; one without wildcards also names everything below it."""
    literal = {re.sub(r"^\./", "", one).rstrip("/") for one in patterns if not _is_wild(one)}
    wild = [loose_expression(re.sub(r"^\./", "", one)) for one in patterns if _is_wild(one)]
    expression = _compiled("|".join(f"(?:{one})" for one in wild)) if wild else None
    below = tuple(f"{one}/" for one in literal)
    # most patterns of a large repository begin with a folder, which most of its files do not lie in
    starts = tuple(_start(re.sub(r"^\./", "", one)) for one in patterns if _is_wild(one))

    def named(path: str) -> bool:
        if path in literal or path.startswith(below):
            return True
        return expression is not None and path.startswith(starts) and expression(path)

    return named


def _start(pattern: str) -> str:
    """What everything that a pattern names begins with."""
    found = _WILD.search(pattern)
    return pattern[: found.start()] if found is not None else pattern


def _is_wild(pattern: str) -> bool:
    return any(mark in pattern for mark in "*?[{\\") or "<+" in pattern


def _compiled(expression: str) -> Callable[[str], bool] | None:
    # not at the top: most repositories have no git generator
    import re2

    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    try:
        compiled = re2.compile(expression, options=options)
    except re2.error:
        return None
    return lambda path: compiled.fullmatch(path) is not None
