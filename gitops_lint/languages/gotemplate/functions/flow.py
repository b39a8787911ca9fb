"""Defaults, choices and failing on purpose. Source: Masterminds/sprig v3.3.0 defaults.go, functions.go."""

from __future__ import annotations

from typing import NoReturn

from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions.reflection import is_empty
from gitops_lint.languages.gotemplate.values import Value


def default(fallback: Value, *given: Value) -> Value:
    return given[0] if given and not is_empty(given[0]) else fallback


def coalesce(*values: Value) -> Value:
    return next((one for one in values if not is_empty(one)), None)


def fail(message: str) -> NoReturn:
    raise FunctionError(message)


FLOW = (
    Function("default", default, ("any",), "any"),
    Function("empty", is_empty, ("any",)),
    Function("coalesce", coalesce, (), "any"),
    Function("all", lambda *values: not any(map(is_empty, values)), (), "any"),
    Function("any", lambda *values: not all(map(is_empty, values)), (), "any"),
    Function("ternary", lambda yes, no, holds: yes if holds else no, ("any", "any", "bool")),
    Function("fail", fail, ("string",)),
)
