"""
Which fields a Go template is sure to ask for, read without running it: straight actions only, silent about control flow.

Source: Go text/template/parse/lex.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_lint.pattern import pattern

_ACTION = pattern(r"\{\{-?(.*?)\}\}", re.DOTALL)
_STRING = pattern(r"\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|'(?:[^'\\\n]|\\.)*'")
_CONTROL = pattern(r"\s*(?:if|range|with|else|end|define|template|block|break|continue)\b")
_CHAIN = pattern(r"(?<![\w)\].$\"`])((?:\.[A-Za-z_]\w*)+)")
_WHOLE_CHAIN = pattern(r"(?:\.[A-Za-z_]\w*)+")
# `and`, `or` and comparisons may stop early; a variable is somebody else's field.
_UNSURE = pattern(r"\b(?:and|or)\b|\$|:=|/\*")
_PLAIN = pattern(r"[A-Za-z_][\w-]*(?:(?:\.[\w/-]+)|(?:\[\d+\]))*")
_WORDS = frozenset(("true", "false", "nil", "end", "else", "break", "continue"))


def chains(text: str) -> Iterator[tuple[int, int, tuple[str, ...], bool]]:
    """
    The field chains that a template evaluates for sure: start, end, names, and whether the action is nothing else.

    `{{ .a.b | lower }}` asks for (a, b). None where the text has control flow, which may move the dot or skip the action.
    """
    actions = list(_actions(text))
    if any(_CONTROL.match(inner) for _, _, _, inner in actions):
        return
    for _, _, begin, inner in actions:
        body = _STRING.sub(lambda found: '"' * len(found[0]), inner)
        if _UNSURE.search(body):
            continue
        bare = _WHOLE_CHAIN.fullmatch(body) is not None
        for found in _CHAIN.finditer(body):
            start = begin + found.start(1)
            yield start, start + len(found[1]), tuple(found[1][1:].split(".")), bare


def plain_name(text: str) -> Iterator[tuple[int, int, str]]:
    """Actions that are one name without a leading dot, as plain tokens are written: start, end (with braces) and the name."""
    for start, end, _, inner in _actions(text):
        if _PLAIN.fullmatch(inner) is not None and inner not in _WORDS:
            yield start, end, inner


def _actions(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Actions: start, end, and what is in them without blanks and trim marks: where it begins, and its text."""
    # behind the last `}}` nothing is one, and looking for its end from each `{{` there would be quadratic
    for found in _ACTION.finditer(text, 0, text.rfind("}}") + 2):
        inner = found[1].removesuffix("-")
        bare = inner.lstrip()
        yield found.start(), found.end(), found.start(1) + len(inner) - len(bare), bare.rstrip()
