"""
Functions of lists. Those whose names begin with `must` fail with the same words as the others, which panic.

Source: Masterminds/sprig v3.3.0 list.go, numeric.go.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from gitops_lint.languages.gotemplate.function import Function, FunctionError, NotDeterministicError
from gitops_lint.languages.gotemplate.functions.cast import to_int
from gitops_lint.languages.gotemplate.functions.ordering import ordered
from gitops_lint.languages.gotemplate.functions.reflection import checked_kind, deep_equal, is_empty
from gitops_lint.languages.gotemplate.printing import type_name
from gitops_lint.languages.gotemplate.values import ListList, NilList, UnorderedList, UnorderedStrings, Value


def _checked(value: Value, refusal: str) -> list[Value]:
    """The list. refusal: what sprig says before the kind of something else."""
    kind = checked_kind(value)
    if kind != "slice":
        raise FunctionError(f"{refusal} {kind}")
    found: list[Value] = value
    return found


def _like(value: list[Value], items: list[Value]) -> list[Value]:
    """The items as a list of any type, its order chance where that of the other list was."""
    return UnorderedList(items) if isinstance(value, UnorderedList | UnorderedStrings) else items


def append(value: Value, item: Value) -> list[Value]:
    found = _checked(value, "Cannot push on type")
    return _like(found, [*found, item])


def prepend(value: Value, item: Value) -> list[Value]:
    found = _checked(value, "Cannot prepend on type")
    return _like(found, [item, *found])


def first(value: Value) -> Value:
    return next(iter(ordered(_checked(value, "Cannot find first on type"))), None)


def last(value: Value) -> Value:
    return next(reversed(ordered(_checked(value, "Cannot find last on type"))), None)


def rest(value: Value) -> list[Value]:
    found = ordered(_checked(value, "Cannot find rest on type"))
    return list(found[1:]) if found else NilList()


def initial(value: Value) -> list[Value]:
    found = ordered(_checked(value, "Cannot find initial on type"))
    return list(found[:-1]) if found else NilList()


def reverse(value: Value) -> list[Value]:
    found = _checked(value, "Cannot find reverse on type")
    return _like(found, list(reversed(found)))


def compact(value: Value) -> list[Value]:
    found = _checked(value, "Cannot compact on type")
    return _like(found, [one for one in found if not is_empty(one)])


def uniq(value: Value) -> list[Value]:
    found = _checked(value, "Cannot find uniq on type")
    kept = _Set()
    return _like(found, [one for one in found if kept.adds(one)])


def without(value: Value, *omitted: Value) -> list[Value]:
    found = _checked(value, "Cannot find without on type")
    refused = _Set()
    for one in omitted:
        refused.adds(one)
    return _like(found, [one for one in found if one not in refused])


class _Set:
    """Values of which no two are equal in depth: scalars by hash, the others one by one."""

    def __init__(self) -> None:
        self._scalars: set[tuple[str, Value]] = set()
        self._others: list[Value] = []

    def __contains__(self, value: Value) -> bool:
        if isinstance(value, str | int | float | None):
            # NaN equals nothing, not even itself
            return (type_name(value), value) in self._scalars and value == value
        return any(deep_equal(value, one) for one in self._others)

    def adds(self, value: Value) -> bool:
        """Puts a value in; whether it was not there."""
        if value in self:
            return False
        if isinstance(value, str | int | float | None):
            self._scalars.add((type_name(value), value))
        else:
            self._others.append(value)
        return True


def has(item: Value, value: Value) -> bool:
    return value is not None and any(deep_equal(item, one) for one in _checked(value, "Cannot find has on type"))


def concat(*lists: Value) -> list[Value]:
    made: list[Value] = []
    chance = False
    for one in lists:
        kind = checked_kind(one)
        if kind != "slice":
            raise FunctionError(f"Cannot concat type {kind} as list")
        made += one
        chance = chance or isinstance(one, UnorderedList | UnorderedStrings)
    if chance:
        return UnorderedList(made)
    return made or NilList()


def chunk(size: int, value: Value) -> ListList:
    """Counted in floats, as sprig does: sizes that make no sense fail where Go makes room for the pieces."""
    found = ordered(_checked(value, "Cannot chunk type"))
    pieces = _pieces(len(found), size)
    if pieces < 0:
        raise FunctionError("runtime error: makeslice: len out of range")
    made = ListList()
    for at in range(pieces):
        length = size
        if at == pieces - 1:
            length = int(math.fmod(len(found), size)) or size
        if length < 0:
            raise FunctionError("runtime error: makeslice: len out of range")
        piece = found[at * size : at * size + length] if at * size >= 0 else []
        if len(piece) < length:
            raise FunctionError("reflect: slice index out of range")
        made.append(list(piece))
    return made


def _pieces(length: int, size: int) -> int:
    # without a size Go divides by zero, and an infinity becomes the smallest number
    return math.floor((length - 1) / size) + 1 if size else -1


def cut(value: Value, *bounds: Value) -> Value:
    found = ordered(_checked(value, "list should be type of slice or array but"))
    if not found:
        return None
    start = to_int(bounds[0]) if bounds else 0
    end = to_int(bounds[1]) if len(bounds) > 1 else len(found)
    if end > len(found) and end <= 1 << (len(found) - 1).bit_length() and 0 <= start <= end:
        raise NotDeterministicError("Go may have kept room behind the list, so that its end here may be allowed or not")
    if not 0 <= start <= end <= len(found):
        raise FunctionError("reflect.Value.Slice: slice index out of bounds")
    return type(found)(found[start:end])


def _both(name: str, call: Callable[..., Value]) -> tuple[Function, ...]:
    must = f"must{name[0].upper()}{name[1:]}"
    return tuple(Function(one, call, ("any",)) for one in (name, must))


LISTS = (
    Function("list", lambda *items: list(items), (), "any"),
    Function("tuple", lambda *items: list(items), (), "any"),
    *(Function(name, append, ("any", "any")) for name in ("append", "push", "mustAppend", "mustPush")),
    *(Function(name, prepend, ("any", "any")) for name in ("prepend", "mustPrepend")),
    *_both("first", first),
    *_both("last", last),
    *_both("rest", rest),
    *_both("initial", initial),
    *_both("reverse", reverse),
    *_both("compact", compact),
    *_both("uniq", uniq),
    *(Function(name, without, ("any",), "any") for name in ("without", "mustWithout")),
    *(Function(name, has, ("any", "any")) for name in ("has", "mustHas")),
    *(Function(name, cut, ("any",), "any") for name in ("slice", "mustSlice")),
    *(Function(name, chunk, ("int", "any")) for name in ("chunk", "mustChunk")),
    Function("concat", concat, (), "any"),
)
