"""
Functions of maps. `set`, `unset` and the merges change the map they are given, as Go's do.

Source: Masterminds/sprig v3.3.0 dict.go; dario.cat/mergo v1.0.2 merge.go; mitchellh/copystructure.
"""

from __future__ import annotations

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import Function, FunctionError, Struct
from gitops_lint.languages.gotemplate.functions.reflection import is_empty
from gitops_lint.languages.gotemplate.printing import DEEPEST, text_of, type_name
from gitops_lint.languages.gotemplate.quoting import utf8
from gitops_lint.languages.gotemplate.values import StringMap, UnorderedList, UnorderedStrings, Value


def dictionary(*pairs: Value) -> dict[str, Value]:
    """The last key without a value gets an empty text."""
    return {text_of(key): pairs[at * 2 + 1] if at * 2 + 1 < len(pairs) else "" for at, key in enumerate(pairs[::2])}


def put(map: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    map[key] = value
    return map


def take_out(map: dict[str, Value], key: str) -> dict[str, Value]:
    map.pop(key, None)
    return map


def pick(map: dict[str, Value], *keys: str) -> dict[str, Value]:
    return {key: map[key] for key in keys if key in map}


def omit(map: dict[str, Value], *keys: str) -> dict[str, Value]:
    return {key: value for key, value in map.items() if key not in keys}


def keys(*maps: dict[str, Value]) -> UnorderedStrings:
    return UnorderedStrings(key for map in maps for key in sorted(map, key=utf8))


def values(map: dict[str, Value]) -> UnorderedList:
    return UnorderedList(map[key] for key in sorted(map, key=utf8))


def dig(*arguments: Value) -> Value:
    if len(arguments) < 3:
        raise FunctionError("dig needs at least three arguments")
    *path, fallback, map = arguments
    here = _as_map(map)
    for key in path:
        if not isinstance(key, str):
            raise FunctionError(f"interface conversion: interface {{}} is {_said(key)}, not string")
    for at, key in enumerate(path):
        if key not in here:
            return fallback
        if at == len(path) - 1:
            return here[key]
        here = _as_map(here[key])
    return fallback


def _as_map(value: Value) -> dict[str, Value]:
    if type(value) is not dict:
        raise FunctionError(f"interface conversion: interface {{}} is {_said(value)}, not map[string]interface {{}}")
    return value


def _said(value: Value) -> str:
    return "nil" if value is None else type_name(value)


def merge(target: dict[str, Value], *sources: dict[str, Value]) -> dict[str, Value]:
    """What the target has and is not empty stays; maps in maps are merged too."""
    for source in sources:
        _merge(target, source, False, 0)
    return target


def merge_overwrite(target: dict[str, Value], *sources: dict[str, Value]) -> dict[str, Value]:
    """What a later source has wins, an empty text or nil too; maps in maps are merged."""
    for source in sources:
        _merge(target, source, True, 0)
    return target


def _merge(target: dict[str, Value], source: dict[str, Value], overwrite: bool, depth: int) -> None:
    if depth > DEEPEST:
        raise BeyondLimitError("the maps are too deep to be merged", 0, 0)
    for key, value in list(source.items()):
        if value is None:
            if overwrite:
                _assign(target, key, None)
            continue
        old = target.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            _merge(old, value, overwrite, depth + 1)
            if old:
                continue
        if overwrite or is_empty(old):
            _assign(target, key, value)


def _assign(target: dict[str, Value], key: str, value: Value) -> None:
    if isinstance(target, StringMap) and not isinstance(value, str):
        raise FunctionError("reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string")
    target[key] = value


def checked_copy(value: Value) -> Value:
    if value is None:
        raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
    return deep_copy(value)


def deep_copy(value: Value, depth: int = 0) -> Value:
    if isinstance(value, Struct) or not isinstance(value, list | dict):
        return value
    if depth > DEEPEST:
        raise BeyondLimitError("the value is too deep to be copied", 0, 0)
    if isinstance(value, dict):
        return type(value)((key, deep_copy(one, depth + 1)) for key, one in value.items())
    return type(value)(deep_copy(one, depth + 1) for one in value)


DICTS = (
    Function("dict", dictionary, (), "any"),
    Function("get", lambda map, key: map.get(key, ""), ("map", "string")),
    Function("set", put, ("map", "string", "any")),
    Function("unset", take_out, ("map", "string")),
    Function("hasKey", lambda map, key: key in map, ("map", "string")),
    Function("pluck", lambda key, *maps: [map[key] for map in maps if key in map], ("string",), "map"),
    Function("keys", keys, (), "map"),
    Function("values", values, ("map",)),
    Function("pick", pick, ("map",), "string"),
    Function("omit", omit, ("map",), "string"),
    Function("dig", dig, (), "any"),
    *(Function(name, merge, ("map",), "map") for name in ("merge", "mustMerge")),
    *(Function(name, merge_overwrite, ("map",), "map") for name in ("mergeOverwrite", "mustMergeOverwrite")),
    *(Function(name, checked_copy, ("any",)) for name in ("deepCopy", "mustDeepCopy")),
)
