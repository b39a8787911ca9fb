"""What to write instead, for the mistakes that authors of Go templates make most; said beside Go's own message."""

from __future__ import annotations

from collections.abc import Container, Iterable
from difflib import get_close_matches
from typing import Final

_OPERATORS: Final = {
    "==": "compare with `eq a b`",
    "!=": "compare with `ne a b`",
    "&&": "combine with `and a b`",
    "||": "combine with `or a b`",
    "<=": "compare with `le a b`",
    ">=": "compare with `ge a b`",
    "?": "choose with `ternary yes no condition`, or with `if` and `else`",
    "<": "compare with `lt a b`",
    ">": "compare with `gt a b`",
    "+": "add with `add a b`",
    "!": "negate with `not a`",
    "{": "an action cannot stand in another one: take the inner braces away",
    "'": 'a text stands in double quotes: "…"',
}


def advice(message: str, text: str, at: int, functions: Container[str]) -> str:
    """One line for a mistake found while parsing, or "". at: where it is."""
    if message.startswith("function "):
        return _other_function(message.split('"')[1], functions)
    if message.startswith("bad character U+002D"):
        return 'a key with `-` in it is read with `index`: `index . "my-key"`'
    if message.startswith("bad character U+005B") or message.startswith('unexpected "["'):
        return "an element of a list is read with `index`: `index .list 0`"
    if message.startswith("malformed character constant"):
        return _OPERATORS["'"]
    if message.startswith("undefined variable"):
        return "declare it with `:=` in the same block or an outer one"
    if message == "unexpected EOF":
        return "`{{end}}` is missing: it closes this block"
    if message.startswith(("unexpected ", "bad number syntax", "illegal number syntax", "missing value")):
        sign = next((one for one in _OPERATORS if text.startswith(one, at)), "")
        return _OPERATORS.get(sign, "")
    return ""


def _other_function(name: str, functions: Container[str]) -> str:
    # not at the top: a template without mistakes need not load the functions of sprig
    from gitops_lint.languages.gotemplate.functions.removed import REMOVED

    known = REMOVED.get(name)
    if known is not None:
        return known
    close = get_close_matches(name, functions, n=1, cutoff=0.75) if isinstance(functions, Iterable) else []
    if close:
        return f"did you mean `{close[0]}`?"
    return f"a parameter is written with a dot: `.{name}`"
