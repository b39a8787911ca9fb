"""
Mistakes of a jq path that need no jq to be seen: brackets and quotes without an end, pointers, keys that need quotes.

What is not found here may still be wrong. Source: gojq lexer.go and parser.go.y, of which argo-cd compiles `del(<path>)`.
"""

from __future__ import annotations

import re

from gitops_lint.pattern import pattern

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_GLUED = pattern(r"\.[A-Za-z_][A-Za-z0-9_]*((?:-|/)[A-Za-z_][A-Za-z0-9_]*)(?![A-Za-z0-9_(])")
# Words that may stand behind an operator without being the rest of a key.
_FUNCTIONS = frozenset(
    ("length", "keys", "values", "add", "not", "null", "true", "false", "tojson", "tostring", "tonumber")
)


def jq_mistake(text: str) -> tuple[int, int, str] | None:
    """The first mistake of a path: start and end in its text, and a clause about it; None where none is seen."""
    if not text.strip():
        return 0, len(text), "is empty"
    if re.match(r"\s*/(?!/)", text):
        return 0, len(text), "is no jq path but a JSON pointer, which belongs under `jsonPointers`"
    outside = _outside_strings(text)
    if isinstance(outside, int):
        return outside, len(text), "has a quote without its end"
    open_ones: list[tuple[str, int]] = []
    for at, character in enumerate(outside):
        if character in _CLOSING:
            open_ones.append((character, at))
        elif character in _CLOSING.values():
            if not open_ones or _CLOSING[open_ones[-1][0]] != character:
                return at, at + 1, f"has a `{character}` that closes nothing"
            open_ones.pop()
    if open_ones:
        character, at = open_ones[-1]
        return at, at + 1, f"has a `{character}` that is never closed"
    trailing = re.search(r"[|,]\s*$", outside)
    if trailing:
        return trailing.start(), trailing.end(), f"ends with `{trailing.group().strip()}`"
    return _glued(text, outside)


def _outside_strings(text: str) -> str | int:
    """The text with blanks for comments and for what stands in quotes; the place of a quote without an end."""
    shown = list(text)
    at = 0
    while at < len(text):
        if text[at] == "#":
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
        elif text[at] == '"':
            found = _end_of_string(text, at)
            if found is None:
                return at
            end = found
        else:
            at += 1
            continue
        for inside in range(at, end):
            shown[inside] = " "
        at = end
    return "".join(shown)


def _end_of_string(text: str, start: int) -> int | None:
    """Behind the quote that ends a string; strings inside `\\(…)` are passed over as a whole."""
    at = start + 1
    while at < len(text):
        if text.startswith("\\(", at):
            inner = _end_of_interpolation(text, at + 2)
            if inner is None:
                return None
            at = inner
        elif text[at] == "\\":
            at += 2
        elif text[at] == '"':
            return at + 1
        else:
            at += 1
    return None


def _end_of_interpolation(text: str, start: int) -> int | None:
    depth, at = 1, start
    while at < len(text):
        if text[at] == '"':
            found = _end_of_string(text, at)
            if found is None:
                return None
            at = found
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return at
    return None


def _glued(text: str, outside: str) -> tuple[int, int, str] | None:
    """`.a.b-c` means `.a.b` minus a function `c`, which is not defined."""
    for found in _GLUED.finditer(outside):
        rest = found[1]
        if rest[1:] in _FUNCTIONS or f"def {rest[1:]}" in text or re.search(rf"\bas\s+\$?{rest[1:]}\b", text):
            continue
        word = "subtracts" if rest[0] == "-" else "divides by"
        key = found.group()[1:]
        return (
            found.start(1),
            found.end(1),
            f'{word} `{rest[1:]}`, which is no function of jq: a key with `{rest[0]}` needs quotes, as in `["{key}"]`',
        )
    return None
