"""
What a number written in a template is: Go decides by its digits, as a template has no types.

Source: Go text/template/parse/node.go newNumber, strconv ParseInt and ParseFloat.
"""

from __future__ import annotations

from math import isinf
from typing import Final, NamedTuple

from gitops_lint.languages.gotemplate.quoting import code_point, quoted
from gitops_lint.pattern import pattern

_WHOLE = pattern(r"([+-]?)(0[xX]_?[0-9a-fA-F_]+|0[bB]_?[01_]+|0[oO]_?[0-7_]+|0[0-7_]*|[1-9][0-9_]*)")
_DECIMAL = pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HEXADECIMAL = pattern(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+")
_PARTS = pattern(r"([+-]?[^+-]+(?:[eE][+-][^+-]+)?)([+-].+)i")
_STRAY_UNDERSCORE = pattern(r"(?<![0-9])_|_(?![0-9])")
_STRAY_HEX_UNDERSCORE = pattern(r"(?<![0-9a-fA-FxX])_|_(?![0-9a-fA-F])")
_STRAY_BASE_UNDERSCORE = pattern(r"(?<![0-9bBoO])_|_(?![0-9])")
LEAST, MOST = -(2**63), 2**63 - 1
_MOST_UNSIGNED: Final = 2**64 - 1


class Meaning(NamedTuple):
    """The number as each type it can be: None where it is not; unsigned: too large for an int64, but not for a uint64."""

    whole: int | None
    fraction: float | None
    both: complex | None = None
    unsigned: bool = False


def character(literal: str) -> Meaning:
    """A character literal. Raises ValueError with Go's message, QuotingError among them."""
    code = code_point(literal)
    if code is None:
        raise ValueError(f"malformed character constant: {literal}")
    return Meaning(code, float(code))


def number(literal: str) -> Meaning:
    """A number literal other than two parts of a complex one. Raises ValueError with Go's message."""
    if literal.endswith("i"):
        imaginary = _float(literal[:-1])
        if imaginary is not None:
            return _of_complex(complex(0, imaginary))
    whole = _whole(literal)
    if whole is not None:
        if LEAST <= whole <= MOST:
            return Meaning(whole, float(whole))
        if 0 <= whole <= _MOST_UNSIGNED and literal[0] != "+":
            return Meaning(None, float(whole), unsigned=True)
    fraction = _float(literal)
    if fraction is None:
        raise ValueError(f"illegal number syntax: {quoted(literal)}")
    if not any(one in literal for one in ".eEpP"):
        raise ValueError(f"integer overflow: {quoted(literal)}")
    return Meaning(_whole_of(fraction), fraction)


def complex_number(literal: str) -> Meaning:
    """`1+2i`. Raises ValueError."""
    parts = _PARTS.fullmatch(literal)
    real, imaginary = (_float(parts[1]), _float(parts[2])) if parts else (None, None)
    if real is None or imaginary is None:
        raise ValueError("syntax error scanning complex number")
    return _of_complex(complex(real, imaginary))


def _of_complex(value: complex) -> Meaning:
    if value.imag:
        return Meaning(None, None, value)
    return Meaning(_whole_of(value.real), value.real, value)


def _whole_of(value: float) -> int | None:
    return int(value) if value == value // 1 and LEAST <= value <= MOST else None


def _whole(literal: str) -> int | None:
    found = _WHOLE.fullmatch(literal)
    if not found or (_STRAY_BASE_UNDERSCORE.search(literal) and not _is_hexadecimal(found[2])):
        return None
    if _is_hexadecimal(found[2]) and _STRAY_HEX_UNDERSCORE.search(literal):
        return None
    digits = found[2].replace("_", "")
    base = {"x": 16, "b": 2, "o": 8}.get(digits[1:2].lower(), 8 if digits[0] == "0" else 10)
    value = int(digits[2:] if digits[1:2].isalpha() else digits, base)
    return -value if found[1] == "-" else value


def _is_hexadecimal(literal: str) -> bool:
    return literal.lstrip("+-")[:2] in ("0x", "0X")


def _float(literal: str) -> float | None:
    """None where it is no float64, or too large for one."""
    hexadecimal = _is_hexadecimal(literal)
    if (_STRAY_HEX_UNDERSCORE if hexadecimal else _STRAY_UNDERSCORE).search(literal):
        return None
    digits = literal.replace("_", "")
    try:
        if hexadecimal:
            return float.fromhex(digits) if _HEXADECIMAL.fullmatch(digits) else None
        value = float(digits) if _DECIMAL.fullmatch(digits) else None
    except OverflowError:
        return None
    return None if value is None or isinf(value) else value
