"""Nested values as flat names with dots, and values as Go writes them. Called by generators and by selectors on parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping

from gitops_lint.languages.gotemplate.printing import text_of as go_text
from gitops_lint.languages.gotemplate.values import StringList, StringMap, Value


def flattened(values: Mapping[str, Value]) -> dict[str, Value]:
    """
    The leaves of nested maps and lists by their names (`zones.0.name`); empty maps and lists vanish.

    Maps and lists that Go knows to hold strings only are leaves. Source: jeremywohl/flatten, Flatten with DotStyle.
    """
    found: dict[str, Value] = {}
    for key, value in values.items():
        if isinstance(value, dict | list):
            _add(found, key, value)
        else:
            found[key] = value
    return found


def _add(found: dict[str, Value], name: str, value: Value) -> None:
    if isinstance(value, dict) and not isinstance(value, StringMap):
        for key, one in value.items():
            _add(found, f"{name}.{key}", one)
    elif isinstance(value, list) and not isinstance(value, StringList):
        for index, one in enumerate(value):
            _add(found, f"{name}.{index}", one)
    else:
        found[name] = value


def flattened_texts(values: Mapping[str, Value]) -> dict[str, str]:
    """
    The leaves as Go prints them; maps of strings are taken apart as well, but not those in lists.

    Source: argo-cd applicationset/generators/generator_spec_processor.go flattenParameters, normalizeMapForFlatten.
    """
    return {name: as_text(value) for name, value in flattened(_plain_maps(values)).items()}


def _plain_maps(values: Mapping[str, Value]) -> dict[str, Value]:
    return {key: _plain_maps(value) if isinstance(value, dict) else value for key, value in values.items()}


def as_text(value: Value) -> str:
    """A value as `fmt.Sprintf("%v", value)` prints it. Raises BeyondLimitError for one that is too large."""
    return value if isinstance(value, str) else go_text(value)


def texts(values: Mapping[str, Value]) -> dict[str, str]:
    """The leaves of nested values as text: what plain tokens see of a file."""
    return {name: as_text(value) for name, value in flattened(values).items()}


_ESCAPES = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def go_json(value: Value) -> str:
    """A value as Go's encoding/json writes it."""
    return json.dumps(_whole(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).translate(_ESCAPES)


def _whole(value: Value) -> Value:
    """The value with whole numbers as integers, which JSON writes without a point."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list) else value
