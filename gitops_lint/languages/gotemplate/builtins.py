"""
The functions that text/template itself brings; `slice` is not among them, as sprig's takes its name.

Source: Go text/template/funcs.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote_plus

from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.printf import formatted
from gitops_lint.languages.gotemplate.printing import check_order, joined, text_of, type_name
from gitops_lint.languages.gotemplate.quoting import is_print, is_raw_byte, utf8
from gitops_lint.languages.gotemplate.values import NO_VALUE, Byte, Int64, NilList, NilStringList, StringMap, Value

_HTML: Final = str.maketrans({'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"})
_JS: Final[Mapping[str, str]] = {
    "\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D",
}  # fmt: skip


def truth(value: Value) -> bool:
    """What `if` makes of a value: zero, empty, nil and no value are false."""
    return value is not NO_VALUE and bool(value)


def _not(value: Value) -> bool:
    return not truth(value)


# ---- containers


def length(value: Value) -> int:
    if value is None:
        raise FunctionError("len of nil pointer")
    if value is NO_VALUE:
        raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
    if isinstance(value, str):
        return len(value) if value.isascii() else len(utf8(value))
    if isinstance(value, list | dict):
        return len(value)
    raise FunctionError(f"len of type {_pointed_at(value)}")


def index(item: Value, *keys: Value) -> Value:
    if item is None or item is NO_VALUE:
        raise FunctionError("index of untyped nil")
    for key in keys:
        if item is None:
            raise FunctionError("index of nil pointer")
        if isinstance(item, dict):
            item = _entry(item, key)
        elif isinstance(item, list):
            at = _place(key, len(item))
            if at == len(item):
                raise FunctionError("reflect: slice index out of range")
            check_order(item)
            item = item[at]
        elif isinstance(item, str):
            data = utf8(item)
            at = _place(key, len(data))
            if at == len(data):
                raise FunctionError("reflect: string index out of range")
            item = Byte(data[at])
        else:
            raise FunctionError(f"can't index item of type {_pointed_at(item)}")
    return item


def _pointed_at(value: Value) -> str:
    """The type of a value, of the struct itself for a pointer to one."""
    return type_name(value).removeprefix("*")


def _entry(item: dict[str, Value], key: Value) -> Value:
    if key is None or key is NO_VALUE:
        raise FunctionError("value is nil; should be of type string")
    if not isinstance(key, str):
        raise FunctionError(f"value has type {type_name(key)}; should be string")
    return item.get(key, "" if isinstance(item, StringMap) else None)


def _place(key: Value, count: int) -> int:
    if key is None or key is NO_VALUE:
        raise FunctionError("cannot index slice/array with nil")
    if not isinstance(key, int) or isinstance(key, bool):
        raise FunctionError(f"cannot index slice/array with type {type_name(key)}")
    if not 0 <= key <= count:
        raise FunctionError(f"index out of range: {key:d}")
    return key


# ---- comparison

_INVALID_TYPE: Final = "invalid type for comparison"
_KINDS: Final[Mapping[type, str]] = {
    str: "string", bool: "bool", int: "int", Int64: "int", Byte: "uint", float: "float", complex: "complex",
}  # fmt: skip


def _kind(value: Value) -> str:
    """Which values can be compared with each other; "" for lists, maps, nil and other things."""
    return _KINDS.get(type(value), "")


def _is_absent(value: Value) -> bool:
    return value is None or value is NO_VALUE


def _is_nil(value: Value) -> bool:
    return _is_absent(value) or isinstance(value, NilList | NilStringList)


def eq(first: Value, *others: Value) -> bool:
    if not others:
        raise FunctionError("missing argument for comparison")
    if len(others) == 1:
        (other,) = others
        # what nearly every template asks
        return first == other if type(first) is str and type(other) is str else _equal(first, other)
    return any(_equal(first, one) for one in others)


def _equal(first: Value, second: Value) -> bool:
    kind, other = _kind(first), _kind(second)
    if kind != other:
        if {kind, other} == {"int", "uint"}:
            return bool(first == second)
        if _is_absent(first) or _is_absent(second):
            return False
        raise FunctionError(f"incompatible types for comparison: {type_name(first)} and {type_name(second)}")
    if kind:
        return bool(first == second)
    if _family(first) is not _family(second) and not _is_absent(first) and not _is_absent(second):
        raise FunctionError(
            f"non-comparable types {formatted('%s', (first,))}: {type_name(first)}, "
            f"{type_name(second)}: {text_of(second)}"
        )
    if _is_nil(first) or _is_nil(second):
        return _is_nil(first) and _is_nil(second)
    if isinstance(second, list | dict):
        raise FunctionError(f"non-comparable type {formatted('%s', (second,))}: {type_name(second)}")
    return bool(first == second)


def _family(value: Value) -> type:
    return list if isinstance(value, list) else dict if isinstance(value, dict) else object


def ne(first: Value, second: Value) -> bool:
    return not eq(first, second)


def lt(first: Value, second: Value) -> bool:
    kind, other = _kind(first), _kind(second)
    if not kind or not other:
        raise FunctionError(_INVALID_TYPE)
    if kind != other and {kind, other} != {"int", "uint"}:
        raise FunctionError(f"incompatible types for comparison: {type_name(first)} and {type_name(second)}")
    if kind in ("bool", "complex"):
        raise FunctionError(_INVALID_TYPE)
    if kind == "string" and not (first.isascii() and second.isascii()):
        return utf8(first) < utf8(second)
    return bool(first < second)


def le(first: Value, second: Value) -> bool:
    return lt(first, second) or eq(first, second)


def gt(first: Value, second: Value) -> bool:
    return not le(first, second)


def ge(first: Value, second: Value) -> bool:
    return not lt(first, second)


# ---- texts


def print_values(*values: Value) -> str:
    pieces: list[str] = []
    after_text = True
    for value in values:
        is_text = isinstance(value, str)
        if not is_text and not after_text:
            pieces.append(" ")
        pieces.append(text_of(value))
        after_text = is_text
    return joined(pieces)


def print_line(*values: Value) -> str:
    return joined([" ".join(text_of(one) for one in values), "\n"])


def printf(format: str, *values: Value) -> str:
    return formatted(format, values)


def _escaper(escape: Callable[[str], str]) -> Callable[..., str]:
    """A function that prints its arguments, nil as `<no value>`, and escapes what comes out."""

    def escaped(*values: Value) -> str:
        return escape(print_values(*("<no value>" if one is None else one for one in values)))

    return escaped


def _html(text: str) -> str:
    return text.translate(_HTML)


def _js(text: str) -> str:
    return "".join(map(_js_character, text))


def _js_character(one: str) -> str:
    if one in _JS:
        return _JS[one]
    if one < " ":
        return f"\\u00{ord(one):02X}"
    return one if one <= "\x7f" or is_print(one) or is_raw_byte(one) else f"\\u{ord(one):04X}"


def _urlquery(text: str) -> str:
    return quote_plus(utf8(text))


def _handled_by_the_evaluator(*values: Value) -> Value:
    raise AssertionError("and, or and call are evaluated where their arguments are")


AND: Final = Function("and", _handled_by_the_evaluator, ("value",), "value")
OR: Final = Function("or", _handled_by_the_evaluator, ("value",), "value")
CALL: Final = Function("call", _handled_by_the_evaluator, ("value",), "value")
BUILTINS: Final[Mapping[str, Function]] = {
    one.name: one
    for one in (
        AND,
        OR,
        CALL,
        Function("not", _not, ("value",)),
        Function("len", length, ("value",)),
        Function("index", index, ("value",), "value"),
        Function("eq", eq, ("value",), "value"),
        Function("ne", ne, ("value", "value")),
        Function("lt", lt, ("value", "value")),
        Function("le", le, ("value", "value")),
        Function("gt", gt, ("value", "value")),
        Function("ge", ge, ("value", "value")),
        Function("print", print_values, (), "any"),
        Function("println", print_line, (), "any"),
        Function("printf", printf, ("string",), "any"),
        Function("html", _escaper(_html), (), "any"),
        Function("js", _escaper(_js), (), "any"),
        Function("urlquery", _escaper(_urlquery), (), "any"),
    )
}
"""By name; used where the given functions have no other of that name."""
