"""
What Go knows of a value at run time: its type, its kind, whether it is empty, whether two are equal in depth.

Source: Masterminds/sprig v3.3.0 reflect.go, defaults.go (empty); Go reflect/deepequal.go.
"""

from __future__ import annotations

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import Function, FunctionError, Struct
from gitops_lint.languages.gotemplate.printing import DEEPEST, type_name
from gitops_lint.languages.gotemplate.values import NilList, NilStringList, Value

NIL_POINTER = "runtime error: invalid memory address or nil pointer dereference"
"""What Go says when sprig asks for the type of nil."""


def kind_of(value: Value) -> str:
    """The reflect.Kind: `map`, `slice`, `float64`, …; `invalid` for nil."""
    if isinstance(value, dict):
        return "map"
    if isinstance(value, list):
        return "slice"
    if isinstance(value, Struct):
        return "ptr" if value.go_type.startswith("*") else "struct"
    name = type_name(value)
    return "invalid" if name == "<nil>" else name


def checked_kind(value: Value) -> str:
    """As `kind_of`. Raises FunctionError for nil, as sprig's functions of lists fail when they look at its type."""
    if value is None:
        raise FunctionError(NIL_POINTER)
    return kind_of(value)


def is_empty(value: Value) -> bool:
    """nil, false, zero, an empty text, list or map; never a struct."""
    return not isinstance(value, Struct) and not value


def deep_equal(first: Value, second: Value, depth: int = 0) -> bool:
    """reflect.DeepEqual: the types are one, so that 1 is not 1.0; a list that is nil is not one that is empty."""
    if type_name(first) != type_name(second):
        return False
    if not isinstance(first, list | dict):
        return bool(first == second)
    if first is second:
        return True
    if depth > DEEPEST:
        raise BeyondLimitError("the values are too deep to be compared", 0, 0)
    if len(first) != len(second):
        return False
    if isinstance(first, dict):
        return all(key in second and deep_equal(value, second[key], depth + 1) for key, value in first.items())
    if _is_nil(first) != _is_nil(second):
        return False
    return all(deep_equal(one, other, depth + 1) for one, other in zip(first, second, strict=True))


def _is_nil(value: Value) -> bool:
    return isinstance(value, NilList | NilStringList)


def type_is_like(name: str, value: Value) -> bool:
    return type_name(value) in (name, f"*{name}")


REFLECTION = (
    Function("typeOf", type_name, ("any",)),
    Function("typeIs", lambda name, value: type_name(value) == name, ("string", "any")),
    Function("typeIsLike", type_is_like, ("string", "any")),
    Function("kindOf", kind_of, ("any",)),
    Function("kindIs", lambda name, value: kind_of(value) == name, ("string", "any")),
    Function("deepEqual", deep_equal, ("any", "any")),
)
