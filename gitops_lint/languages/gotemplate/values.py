"""
The values that templates compute with, each Python class standing for one of Go's; the evaluator and the functions share them.

| Go | here |
| --- | --- |
| string, bool, nil | str, bool, None |
| float64 (every number that came out of JSON or YAML) | float |
| int (written in a template, or made by a function) | int |
| int64, uint8 (what `add` and its like return; a byte of a string) | Int64, Byte |
| complex128 (`2i` in a template) | complex |
| []interface{}, map[string]interface{} | list, dict |
| []string, map[string]string | StringList, StringMap |
| []int, [][]interface{} (`until`, `chunk`) | IntList, ListList |
| a nil []interface{} or []string (JSON's null, else as an empty one) | NilList, NilStringList |
| keys and values of a map, in Go's order by chance | UnorderedStrings, UnorderedList |
| no value (a missing key without `missingkey=error`) | NO_VALUE |

A string of Go is bytes: one that is no valid UTF-8 stands in a str as Python's `surrogateescape` has it (U+DC80..U+DCFF).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeAlias

Value: TypeAlias = Any
"""One of the classes above, or what a function hands to another one (a date, a version)."""


class StringList(list[str]):
    """A list that Go knows to hold strings only: path segments, labels of a pull request."""

    __slots__ = ()


class StringMap(dict[str, str]):
    """A map that Go knows to hold strings only: labels and annotations of a cluster, `values` of a generator."""

    __slots__ = ()


class IntList(list[int]):
    """A list that Go knows to hold ints only: what `until` returns."""

    __slots__ = ()


class ListList(list[list[Any]]):
    """A list that Go knows to hold lists only: what `chunk` returns."""

    __slots__ = ()


class NilList(list[Any]):
    """A list that is nil, and so empty: `rest` of an empty one. Only JSON and deep equality tell it from an empty list."""

    __slots__ = ()


class NilStringList(StringList):
    """A list of strings that is nil: what `regexFindAll` returns when nothing matches."""

    __slots__ = ()


class UnorderedStrings(StringList):
    """What `keys` returns: Go leaves the order to chance. Here sorted; see `unordered`."""

    __slots__ = ()


class UnorderedList(list[Any]):
    """What `values` returns, and what functions make of it that keep the order; see `unordered`."""

    __slots__ = ()


def unordered(value: Value) -> bool:
    """
    Whether the order of a list is chance: whoever prints it, ranges over it or takes one of its items cannot know the result.

    `sortAlpha`, `len`, `has` and the truth of it can be known.
    """
    return isinstance(value, UnorderedStrings | UnorderedList) and any(one != value[0] for one in value[1:])


class Int64(int):
    """An int64. Go tells it from int when a function is called (`trunc (add 1 2) .x` fails) and when it prints a type."""

    __slots__ = ()


class Byte(int):
    """A uint8: what `index` finds in a string."""

    __slots__ = ()


class NoValue(Enum):
    """The type of NO_VALUE: what a missing key gives."""

    NO_VALUE = "<no value>"


NO_VALUE: Final = NoValue.NO_VALUE


def of_plain(value: object) -> Value:
    """A value read from YAML or JSON, as a template sees it: numbers are float64, everything else is as it was."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, StringList | StringMap):
        return value
    if isinstance(value, Mapping):
        return {key: of_plain(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [of_plain(one) for one in value]
    raise TypeError(f"{type(value).__name__} is no value of YAML or JSON")
