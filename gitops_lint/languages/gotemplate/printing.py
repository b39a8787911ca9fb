"""
How Go prints the values of templates (`%v`), and what it calls their types; for the evaluator and for functions.

Source: Go fmt/print.go, strconv/ftoa.go, internal/fmtsort.
"""

from __future__ import annotations

from math import copysign, inf
from typing import Final

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import NotDeterministicError, Struct
from gitops_lint.languages.gotemplate.values import (
    NO_VALUE,
    Byte,
    Int64,
    IntList,
    ListList,
    NilList,
    NilStringList,
    StringList,
    StringMap,
    UnorderedList,
    UnorderedStrings,
    Value,
    unordered,
)

MOST_PIECES: Final = 200_000
"""Values inside one printed value; lists that hold a list twice, which holds one twice, ... have more than a machine can print."""
DEEPEST: Final = 100
MOST_CHARACTERS: Final = 1 << 20
TOO_LARGE: Final = "the value is too large to be printed"
_FIRST_EXPONENT: Final = 6
_TYPE_NAMES: Final[dict[type, str]] = {
    str: "string",
    bool: "bool",
    int: "int",
    Int64: "int64",
    Byte: "uint8",
    float: "float64",
    complex: "complex128",
    list: "[]interface {}",
    dict: "map[string]interface {}",
    StringList: "[]string",
    StringMap: "map[string]string",
    IntList: "[]int",
    ListList: "[][]interface {}",
    NilList: "[]interface {}",
    NilStringList: "[]string",
    UnorderedStrings: "[]string",
    UnorderedList: "[]interface {}",
    type(None): "<nil>",
    type(NO_VALUE): "<nil>",
}


def type_name(value: Value) -> str:
    """The Go type of a value, as `%T` prints it: `float64`, `[]interface {}`; `<nil>` for nil and no value."""
    name = _TYPE_NAMES.get(type(value))
    if name is not None:
        return name
    if isinstance(value, Struct):
        return value.go_type
    raise TypeError(f"{type(value).__name__} is no value of a template")


def text_of(value: Value) -> str:
    """
    A value as `%v` prints it; `<nil>` for nil, `<no value>` for no value.

    Raises BeyondLimitError for a value with more than MOST_PIECES parts, or deeper than DEEPEST, and NotDeterministicError for a
    list whose order is chance.
    """
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is float:
        return float_text(value)
    if kind is int:
        return int.__repr__(value)
    pieces: list[str] = []
    _write(value, pieces, 0)
    return joined(pieces)


def check_order(value: Value) -> None:
    """Raises NotDeterministicError for a list whose order is chance."""
    if unordered(value):
        raise NotDeterministicError("Go leaves the order of the keys of a map to chance, so that it is not known here")


def joined(pieces: list[str]) -> str:
    """The pieces as one text. Raises BeyondLimitError for more than MOST_CHARACTERS."""
    if sum(map(len, pieces)) > MOST_CHARACTERS:
        raise BeyondLimitError(TOO_LARGE, 0, 0)
    return "".join(pieces)


def _write(value: Value, pieces: list[str], depth: int) -> None:
    if isinstance(value, str):
        pieces.append(value)
    elif value is None:
        pieces.append("<nil>")
    elif isinstance(value, bool):
        pieces.append("true" if value else "false")
    elif isinstance(value, int):
        pieces.append(int.__repr__(value))
    elif isinstance(value, float):
        pieces.append(float_text(value))
    elif isinstance(value, list | dict):
        if depth >= DEEPEST or len(pieces) > MOST_PIECES:
            raise BeyondLimitError(TOO_LARGE, 0, 0)
        check_order(value)
        before = "[" if isinstance(value, list) else "map["
        if isinstance(value, list):
            for one in value:
                pieces.append(before)
                _write(one, pieces, depth + 1)
                before = " "
        else:
            for key in sorted(value):
                pieces.append(f"{before}{key}:")
                _write(value[key], pieces, depth + 1)
                before = " "
        pieces.append("]" if value else f"{before}]")
    elif value is NO_VALUE:
        pieces.append("<no value>")
    elif isinstance(value, complex):
        imaginary = float_text(value.imag)
        pieces.append(f"({float_text(value.real)}{'' if imaginary[0] in '+-' else '+'}{imaginary}i)")
    elif isinstance(value, Struct):
        pieces.append(value.text())
    else:
        raise TypeError(f"{type(value).__name__} is no value of a template")


def float_text(value: float) -> str:
    """A float64 as `%v` prints it: its shortest digits, with an exponent below 1e-4 and from 1e6 on."""
    if -1e6 < value < 1e6 and value == (whole := int(value)) and whole:
        return int.__repr__(whole)
    return shortest(value, "g")


def shortest(value: float, verb: str) -> str:
    """A float64 with as few digits as tell it from others, as Go's `g` (what `%v` uses), `e` or `f` writes it."""
    if value != value:
        return "NaN"
    sign = "-" if copysign(1.0, value) < 0 else ""
    if value in (inf, -inf):
        return f"{sign or '+'}Inf"
    # 12.5 is the digits 125 and the point 2: 0.125e2
    mantissa, _, power = repr(abs(value)).partition("e")
    whole, _, rest = mantissa.partition(".")
    point = len(whole) + int(power or 0)
    digits = (whole + rest).rstrip("0")
    point -= len(digits) - len(digits := digits.lstrip("0"))
    if not digits:
        digits, point = "0", 1
    exponent = point - 1
    if verb == "e" or (verb == "g" and (exponent < -4 or exponent >= _FIRST_EXPONENT)):
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[point:]}" if len(digits) > point else ""
    return f"{sign}{digits[:point]:0<{point}}{fraction}"
