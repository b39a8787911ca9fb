"""
Operands of a Go template by themselves, and the types of arguments as Go checks them.

Source: Go text/template/exec.go evalArg, validateType, idealConstant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NoReturn, TypeAlias

from gitops_lint.languages.gotemplate.function import Function, Kind, Struct
from gitops_lint.languages.gotemplate.printing import type_name
from gitops_lint.languages.gotemplate.state import Node, State
from gitops_lint.languages.gotemplate.tree import Bool, Nil, Number, Operand, String, Variable
from gitops_lint.languages.gotemplate.values import NO_VALUE, Int64, NilList, UnorderedList, Value

Eval: TypeAlias = Callable[[State, Value], Value]
"""A value, of a run and the dot."""
_GO_TYPES: Final[Mapping[Kind, str]] = {
    "any": "interface {}",
    "value": "reflect.Value",
    "string": "string",
    "int": "int",
    "int64": "int64",
    "float64": "float64",
    "bool": "bool",
    "list": "[]interface {}",
    "map": "map[string]interface {}",
    "time": "time.Time",
}
# by the exact class: those below `list` and `dict` are other types in Go, but for the lists of interface{} themselves
CLASSES: Final[Mapping[Kind, type]] = {
    "string": str, "int": int, "int64": Int64, "float64": float, "bool": bool, "list": list, "map": dict, "time": Struct,
}  # fmt: skip
_LISTS: Final = frozenset((list, NilList, UnorderedList))
BOXING: Final = _LISTS | {dict}
"""Lists and maps of interface{}."""


def constant(node: Operand, value: Value) -> Eval:
    """A value that is written in the template."""

    def constant(state: State, dot: Value) -> Value:
        state.node = node
        return value

    return constant


def refused(node: Operand, message: str) -> Eval:
    """Fails with this message when it is asked for: Go finds such mistakes only where they are reached."""
    return lambda state, dot: state.fail(message, node)


def bare_variable(node: Variable) -> Eval:
    """A variable without fields."""
    name = node.name

    def variable(state: State, dot: Value) -> Value:
        state.node = node
        return state.variable(name)[1]

    return variable


def number_of(node: Number) -> Eval:
    """A number where no type is asked for: how it is written says which it is."""
    if node.both is not None:
        return constant(node, node.both)
    is_hexadecimal = node.text[:2] in ("0x", "0X") and not any(one in node.text for one in "pP")
    if node.text[0] != "'" and not is_hexadecimal and any(one in node.text for one in ".eEpP"):
        return constant(node, node.fraction)
    if node.whole is None:
        return refused(node, f"{node.text} overflows int")
    return constant(node, node.whole)


def nil_of(node: Nil, kind: Kind) -> Eval:
    """`nil` as an argument of this type."""
    if kind in ("any", "value"):
        return constant(node, None if kind == "any" else NO_VALUE)
    if kind not in ("list", "map"):
        return refused(node, f"cannot assign nil to {_GO_TYPES[kind]}")

    def empty(state: State, dot: Value) -> Value:
        state.node = node
        return _empty(kind)

    return empty


def constant_of_kind(node: Bool | Number | String, kind: Kind) -> Eval:
    """A literal as an argument of this type, where it must be one of its own."""
    number = node if isinstance(node, Number) else None
    match kind:
        case "string":
            if isinstance(node, String):
                return constant(node, node.value)
        case "bool":
            if isinstance(node, Bool):
                return constant(node, node.value)
        case "int" | "int64":
            if number is not None and number.whole is not None:
                return constant(node, CLASSES[kind](number.whole))
            return refused(node, f"expected integer; found {node.source()}")
        case "float64":
            if number is not None and number.fraction is not None:
                return constant(node, number.fraction)
            return refused(node, f"expected float; found {node.source()}")
        case _:
            return refused(node, f"can't handle {node.source()} for arg of type {_GO_TYPES[kind]}")
    return refused(node, f"expected {kind}; found {node.source()}")


# ---- arguments


def count_mistake(function: Function, name: str, written: int, given: int) -> str:
    """What Go says of so many arguments, or "". written: without the one that is piped in, which one message leaves out."""
    wanted = len(function.params)
    if function.rest is not None:
        return "" if given >= wanted else f"wrong number of args for {name}: want at least {wanted} got {written}"
    return "" if given == wanted else f"wrong number of args for {name}: want {wanted} got {given}"


def kind_at(function: Function, place: int) -> Kind:
    """The type of a function's parameter, counted from 0."""
    if place < len(function.params):
        return function.params[place]
    return function.rest or "any"


def as_argument(state: State, value: Value, kind: Kind, shown: Node) -> Value:
    """The value as an argument of this type; fails where it is of another one. shown: what our place covers then."""
    if kind == "value":
        return value
    if kind == "any":
        return None if value is NO_VALUE else value
    if type(value) is CLASSES[kind] or (kind == "list" and type(value) in _LISTS):
        return value
    if kind == "time" and type_name(value) == _GO_TYPES[kind]:
        return value
    if value is NO_VALUE:
        if kind in ("list", "map"):
            return _empty(kind)
        state.fail(f"invalid value; expected {_GO_TYPES[kind]}", shown=shown)
    given = "interface {}" if value is None else type_name(value)
    state.fail(f"wrong type for value; expected {_GO_TYPES[kind]}; got {given}", shown=shown)


def _empty(kind: Kind) -> Value:
    """What a list or map is where there is no value."""
    return NilList() if kind == "list" else {}


def not_callable(state: State, node: Node, value: Value, name: Value) -> NoReturn:
    """Fails as `call` does. name: what the value is called in the message."""
    if value is None or value is NO_VALUE:
        state.fail("error calling call: call of nil", node)
    shown = name if isinstance(name, str) else f"<{type_name(name)} Value>"
    state.fail(f"error calling call: non-function {shown} of type {type_name(value)}", node)
