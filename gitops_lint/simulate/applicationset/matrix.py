"""The sets of a matrix generator: how one of the first child and one of the second become one."""

from __future__ import annotations

from collections.abc import Mapping

from gitops_lint.languages.gotemplate.values import StringMap, Value
from gitops_lint.simulate.applicationset.flatten import as_text


class CombineError(Exception):
    """Two sets that cannot become one. message: the controller's words; key: the parameter; "" for a panic of Go."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.key = key


def combined(first: Mapping[str, Value], second: Mapping[str, Value], *, go: bool) -> dict[str, Value]:
    """
    One set of two: with goTemplate maps are merged and else the first child wins; without, a key with two values raises
    CombineError. Source: argo-cd applicationset/generators/matrix.go, applicationset/utils/map.go CombineStringMaps.
    """
    return overridden(second, first) if go else _joined(first, second)


def _joined(first: Mapping[str, Value], second: Mapping[str, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {key: as_text(value) for key, value in first.items()}
    for key, value in second.items():
        text = as_text(value)
        known = found.setdefault(key, text)
        if known != text:
            message = f"found duplicate key {key} with different value, a: {known} ,b: {text}"
            raise CombineError(message, key)
    return found


def overridden(base: Mapping[str, Value], by: Mapping[str, Value]) -> dict[str, Value]:
    """
    A map with another one merged over it: maps are merged, everything else is replaced, also by what is empty.

    Raises CombineError where Go panics: a map of strings cannot take values of any type.
    Source: dario.cat/mergo v1.0.2 merge.go deepMerge, with WithOverride.
    """
    found: dict[str, Value] = StringMap(base) if isinstance(base, StringMap) else dict(base)
    if by and isinstance(base, StringMap) and not isinstance(by, StringMap):
        raise CombineError("reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string")
    for key, value in by.items():
        known = found.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            found[key] = overridden(known, value) or value
        else:
            found[key] = value
    return found
