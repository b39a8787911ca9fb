"""What a template makes of one set of parameters, for the tables of functions."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from gitops_lint.languages.gotemplate import GoTemplateError, read
from gitops_lint.languages.gotemplate.function import NotDeterministicError
from gitops_lint.languages.gotemplate.values import StringList, StringMap, of_plain
from gitops_lint.simulate.applicationset.yamlfunctions import APPLICATIONSET_FUNCTIONS

PARAMETERS: dict[str, Any] = {
    "name": "web",
    "n": 3,
    "f": 2.5,
    "neg": -7,
    "big": 1234567,
    "t": True,
    "nul": None,
    "l": ["b", "a", "c", "a"],
    "mix": ["x", 1, None, True, ["y"]],
    "el": [],
    "em": {},
    "m": {"a": "x", "b": {"c": "d", "n": None}, "e": "", "l": [1, 2]},
    "o": {"a": "other", "b": {"c": "q", "new": 1}, "k": 5, "e": "full", "l": []},
    "labels": StringMap(env="prod", team="a"),
    "parts": StringList(("p", "q")),
}


def outcome(template: str) -> str:
    """The text, `error: ` and Go's message, or `unknown: ` and why it cannot be known."""
    try:
        return read(template, APPLICATIONSET_FUNCTIONS).run(of_plain(deepcopy(PARAMETERS)))
    except GoTemplateError as error:
        return f"error: {error.message}"
    except NotDeterministicError as error:
        return f"unknown: {error.why}"
