"""
The three ways in which a git generator reads its patterns: directories, files, and files with the newer globbing.

Source: argo-cd applicationset/generators/git.go (Go's path.Match for directories), util/git/client.go LsFiles (a Git
pathspec for files, or bmatcuk/doublestar where the controller is told so).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

from gitops_lint.pattern import pattern

_BRACES = pattern(r"\{([^{}]*)\}")


def malformed(pattern: str) -> str | None:
    """Why Go's path.Match refuses a pattern, as a clause; None where it takes it. Such a pattern is logged and skipped."""
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            if at + 1 == len(pattern):
                return "it ends with a backslash"
            at += 2
        elif pattern[at] == "[":
            end = _class_end(pattern, at)
            if end is None:
                return "`[` is not closed by a `]`, or holds a range that lacks an end"
            at = end
        else:
            at += 1
    return None


def _class_end(pattern: str, start: int) -> int | None:
    at = start + 1
    if pattern[at : at + 1] == "^":
        at += 1
    first = True
    while at < len(pattern):
        if pattern[at] == "]" and not first:
            return at + 1
        first = False
        end = _class_character(pattern, at)
        if end is None:
            return None
        at = end
        if pattern[at : at + 1] == "-":
            end = _class_character(pattern, at + 1)
            if end is None:
                return None
            at = end
    return None


def _class_character(pattern: str, at: int) -> int | None:
    if at >= len(pattern) or pattern[at] in "-]":
        return None
    if pattern[at] == "\\":
        at += 1
    return at + 1 if at + 1 < len(pattern) else None


def _expression(pattern: str, *, star: str, any_star: str, one: str, negations: str) -> str:
    """star: what `*` is; any_star: what `**` is; one: what `?` is; negations: marks that negate a class."""
    made, at = [], 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "*":
            end = at
            while pattern[end : end + 1] == "*":
                end += 1
            made.append(any_star if end - at > 1 else star)
            at = end
        elif letter == "?":
            made.append(one)
            at += 1
        elif letter == "\\" and at + 1 < len(pattern):
            made.append(re.escape(pattern[at + 1]))
            at += 2
        elif letter == "[" and (end := pattern.find("]", at + 2)) > 0:
            inner = pattern[at + 1 : end]
            negated = inner[:1] in tuple(negations)
            body = re.sub(r"([]\[^&~|])", r"\\\1", inner[1:] if negated else inner)
            made.append(f"[^/{body}]" if negated else f"[{body}]")
            at = end + 1
        else:
            made.append(re.escape(letter))
            at += 1
    return "".join(made)


def _compiled(expression: str) -> Callable[[str], bool] | None:
    # on RE2, whose time is linear: the pattern comes from the repository. Not at the top: most have no git generator
    import re2

    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    try:
        compiled = re2.compile(expression, options=options)
    except re2.error:
        return None
    return lambda path: compiled.fullmatch(path) is not None


def directories_matching(pattern: str, directories: Iterable[str]) -> list[str]:
    """Directories that a pattern of `directories` names; hidden ones, and those below them, are never looked at."""
    if malformed(pattern):
        return []
    expression = _compiled(_expression(pattern, star="[^/]*", any_star="[^/]*", one="[^/]", negations="^"))
    if expression is None:
        return []
    return [one for one in directories if not hidden(one) and expression(one)]


def hidden(directory: str) -> bool:
    """Whether a part of a path begins with a dot."""
    return any(part.startswith(".") for part in directory.split("/"))


def files_matching(pattern: str, files: Iterable[str]) -> list[str]:
    """Files that a pattern names as a Git pathspec: `*` crosses slashes, a folder means everything below it."""
    path = posixpath.normpath(pattern)
    literal = [one for one in files if one == path or one.startswith(f"{path}/")]
    if literal or not any(mark in path for mark in "*?["):
        return literal
    expression = _compiled(_expression(path, star=".*", any_star=".*", one=".", negations="!^"))
    return [one for one in files if expression(one)] if expression is not None else []


def paths_matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """Paths that a pattern names with the newer globbing: `*` stays in one level, `**` is any number of levels, `{a,b}` are alternatives."""
    expressions = []
    for one in _alternatives(posixpath.normpath(pattern)):
        marked = one.replace("**/", "\0")
        made = _expression(marked, star="[^/]*", any_star=".*", one="[^/]", negations="!^")
        expressions.append(made.replace(re.escape("\0"), "(?:.*/)?"))
    compiled = _compiled("|".join(f"(?:{one})" for one in expressions))
    return [one for one in paths if compiled(one)] if compiled is not None else []


def _alternatives(pattern: str) -> list[str]:
    found = _BRACES.search(pattern)
    if found is None or pattern.count("{") > 6:
        return [pattern]
    return [
        made
        for choice in found[1].split(",")
        for made in _alternatives(pattern[: found.start()] + choice + pattern[found.end() :])
    ]
