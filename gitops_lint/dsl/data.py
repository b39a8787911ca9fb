"""
Syntax trees of rules to JSON data and back: how the wheel and the cache keep rules. Data only; whatever stands in such a
file, reading it gives a tree that a rule file could have given, or DataError.
"""

from __future__ import annotations

import functools
import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gitops_lint.dataclass import dataclass, fields_of
from gitops_lint.dsl import tree
from gitops_lint.dsl.literals import (
    LONGEST_NUMBER,
    UNITS,
    is_key,
    is_name,
    is_number,
    is_pattern,
    is_word,
    write_number,
)
from gitops_lint.pattern import pattern

VERSION = 1
"""Of the layout. Raise it whenever a class of `tree.py` changes: older data is then refused and made again."""

_DEEPEST = 80  # an expression is at most 60 deep, and a few levels of rule, clause, report and message lie above it

_BOUND = pattern(r"\d+(\.\d+){0,2}")
_LONE = pattern("[\ud800-\udfff]")


class DataError(Exception):
    """Data that is no rule. message: what is wrong and where in it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def to_data(rule: tree.Rule) -> list[Any]:
    """
    The rule as JSON data: `[version, node]`, a node being `[class, field, …]` without trailing defaults and without spans.

    Raises DataError for a tree that no rule file gives (nested too deep, a name with a blank, …).
    """
    data = [VERSION, _written(rule, 0)]
    from_data(data)
    return data


def from_data(data: object) -> tree.Rule:
    """The rule that `to_data` gave; spans are NOWHERE. Raises DataError for anything else."""
    if not isinstance(data, list) or len(data) != 2 or data[0] != VERSION or isinstance(data[0], bool):
        raise DataError(f"this is no rule of layout {VERSION}")
    rule = _node(data[1], frozenset({"Rule"}), 0)
    assert isinstance(rule, tree.Rule)
    return rule


# ---- writing


def _written(value: object, depth: int) -> Any:
    if depth > _DEEPEST * 2:
        raise DataError("the tree is nested too deep")
    if isinstance(value, tuple):
        return [_written(one, depth + 1) for one in value]
    name = type(value).__name__
    if type(value) is not _classes().get(name):
        return value
    layout = _layout(name)
    fields = [getattr(value, one) for one in layout.names]
    while len(fields) > layout.required and fields[-1] == layout.defaults[len(fields) - 1]:
        fields.pop()
    return [name, *(_written(one, depth + 1) for one in fields)]


# ---- reading

Reader = Callable[[object, int], Any]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How one class of the tree is kept: its fields in turn. required: how many of them have no default."""

    build: Callable[..., Any]
    names: tuple[str, ...]
    readers: tuple[Reader, ...]
    defaults: tuple[object, ...]
    required: int
    check: Callable[[Any], bool] | None


@functools.cache
def _classes() -> Mapping[str, type[Any]]:
    """The classes that data may name: those that `tree.py` declares."""
    return {name: cls for name, cls in vars(tree).items() if isinstance(cls, type) and cls.__module__ == tree.__name__}


@functools.cache
def _layout(name: str) -> _Layout:
    """The layout of a class, from its annotations: what is not said there cannot be read."""
    cls = _classes()[name]
    fields = [one for one in fields_of(cls).values() if one.compare]
    return _Layout(
        cls,
        tuple(one.name for one in fields),
        tuple(_reader_of(one.type) for one in fields),
        tuple(one.default for one in fields),
        sum(one.required for one in fields),
        _CHECKS.get(cls),
    )


def _node(data: object, allowed: frozenset[str], depth: int) -> Any:
    """The node of one of the allowed classes."""
    if depth > _DEEPEST:
        raise DataError("the tree is nested too deep")
    if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] not in allowed:
        raise DataError(f"expected {_or(sorted(allowed))}, found {_shown(data)}")
    if len(data) == 2 and isinstance(data[1], str) and data[0] in _LEAVES:
        return _leaf(data[0], data[1])
    name, *given = data
    return _made(name, given, depth)


_LEAVES = frozenset(("Key", "Kind", "Name", "Text"))


@functools.lru_cache(maxsize=4096)
def _leaf(name: str, text: str) -> Any:
    """A node that holds one text: half of all nodes, which say the same again and again."""
    return _made(name, [text], 0)


def _made(name: str, given: list[Any], depth: int) -> Any:
    layout = _layout(name)
    if not layout.required <= len(given) <= len(layout.readers):
        raise DataError(f"{name} has {len(given)} fields")
    depth += 1
    made = layout.build(*[read(one, depth) for read, one in zip(layout.readers, given)])
    if layout.check is not None and not layout.check(made):
        raise DataError(f"no rule file can say the list of {name}")
    return made


@functools.cache
def _reader_of(annotation: str) -> Reader:
    """What reads a field annotated so in `tree.py`, whose annotations are texts; few of them differ."""
    return _reader(typing.get_type_hints(type("", (), {"__annotations__": {"it": annotation}}), vars(tree))["it"])


def _reader(hint: Any) -> Reader:
    """What reads a value of one annotated type."""
    if hint is str:
        return _text
    if hint is bool:
        return _boolean
    if hint is int:
        return _integer
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return _one_of(frozenset(args))
    if origin is tuple and args[-1] is Ellipsis:
        return _many(_reader(args[0]))
    if origin is tuple:
        return _fixed([_reader(one) for one in args])
    if origin is types.UnionType or origin is typing.Union:
        return _union(args)
    if hint in _classes().values():
        return _union((hint,))
    raise AssertionError(f"no reader for {hint}")


def _text(data: object, depth: int) -> str:
    if not isinstance(data, str) or (not data.isascii() and _LONE.search(data)):
        raise DataError(f"expected text, found {_shown(data)}")
    return data


def _boolean(data: object, depth: int) -> bool:
    if not isinstance(data, bool):
        raise DataError(f"expected true or false, found {_shown(data)}")
    return data


def _integer(data: object, depth: int) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise DataError(f"expected a whole number, found {_shown(data)}")
    return data


def _number(data: object, depth: int) -> int | float:
    if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
        raise DataError(f"expected a number, found {_shown(data)}")
    return data


def _one_of(words: frozenset[Any]) -> Reader:
    def read(data: object, depth: int) -> Any:
        if not isinstance(data, str) or data not in words:
            raise DataError(f"expected {_or(sorted(words))}, found {_shown(data)}")
        return data

    return read


def _many(one: Reader) -> Reader:
    def read(data: object, depth: int) -> Any:
        if not isinstance(data, list):
            raise DataError(f"expected a list, found {_shown(data)}")
        return tuple([one(item, depth) for item in data])

    return read


def _fixed(readers: Sequence[Reader]) -> Reader:
    def read(data: object, depth: int) -> Any:
        if not isinstance(data, list) or len(data) != len(readers):
            raise DataError(f"expected a list of {len(readers)}, found {_shown(data)}")
        return tuple([one(item, depth) for one, item in zip(readers, data, strict=True)])

    return read


def _union(args: Sequence[Any]) -> Reader:
    """Some classes of the tree, and perhaps None, text or a number, which are told apart by what JSON made of them."""
    if set(args) == {int, float}:
        return _number
    allowed = frozenset(str(one.__name__) for one in args if one in _classes().values())
    none, text = type(None) in args, str in args
    if not none and not text:
        return lambda data, depth: _node(data, allowed, depth)

    def read(data: object, depth: int) -> Any:
        if none and data is None:
            return None
        if text and (isinstance(data, str) or not allowed):
            return _text(data, depth)
        return _node(data, allowed, depth)

    return read


# ---- what the types cannot say


def _is_maybe_name(name: str) -> bool:
    return not name or is_name(name)


_CHECKS: Mapping[type, Callable[[Any], bool]] = {
    tree.Number: lambda node: len(write_number(node.value)) <= LONGEST_NUMBER,
    tree.Quantity: lambda node: is_number(node.number) and node.unit in UNITS,
    tree.Key: lambda node: node.quoted or is_key(node.name),
    tree.Index: lambda node: 0 <= node.number < 10**9,
    tree.Name: lambda node: is_name(node.name),
    tree.Call: lambda node: is_name(node.function),
    tree.Path: lambda node: bool(node.steps),
    tree.Matches: lambda node: node.glob or is_pattern(node.pattern),
    tree.Quantified: lambda node: is_name(node.name) and (is_name(node.marker) if node.position else not node.marker),
    tree.And: lambda node: len(node.parts) > 1,
    tree.Or: lambda node: len(node.parts) > 1,
    tree.Edit: lambda node: (node.value is None) == (node.op == "remove"),
    tree.FixPlan: lambda node: bool(node.edits),
    tree.Kind: lambda node: is_word(node.name) if node.group is None else bool(node.name),
    tree.ForEach: lambda node: bool(node.kinds) and is_name(node.name),
    tree.WithEach: lambda node: is_name(node.name) and _is_maybe_name(node.number),
    tree.Follow: lambda node: is_name(node.name) and isinstance(node.reference, tree.Name | tree.Call | tree.Path),
    tree.Find: lambda node: bool(node.kinds) and is_name(node.name),
    tree.Let: lambda node: is_name(node.name),
    tree.Param: lambda node: is_name(node.name) and is_word(node.type),
    tree.AppliesTo: lambda node: (
        is_word(node.product) and bool(node.bounds) and all(_BOUND.fullmatch(version) for _, version in node.bounds)
    ),
    tree.Expect: lambda node: 0 <= node.document < 10**9,
    tree.Example: lambda node: bool(node.given) and (node.bad or (not node.expect and node.fixed is None)),
    tree.KindDeclaration: lambda node: is_word(node.name),
    tree.Rule: lambda node: is_word(node.name) and all(is_word(word) for word in (*node.tags, *node.formerly)),
}


# ---- words


def _shown(data: object) -> str:
    if isinstance(data, list):
        return f"the list of {data[0]}" if data and isinstance(data[0], str) else "a list"
    words = "an object" if isinstance(data, dict) else repr(data)
    return words if len(words) <= 60 else words[:57] + "…"


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
