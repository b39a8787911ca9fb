"""
Anything to a number, as spf13/cast v1.7.0 does it for sprig: no errors, what is no number is 0; for all functions of numbers.

Source: spf13/cast caste.go (ToInt64E, ToIntE, ToFloat64E); Go strconv atoi.go, atof.go, fmt.
"""

from __future__ import annotations

import math
import re

from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.pattern import pattern

_BITS = 64
_SMALLEST = -(1 << 63)
_LARGEST = (1 << 63) - 1
_INTEGER = pattern(
    r"([+-]?)(?:0[xX](_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|0[bB](_?[01]+(?:_[01]+)*)"
    r"|0[oO](_?[0-7]+(?:_[0-7]+)*)|0((?:_?[0-7]+)+)|([1-9][0-9]*(?:_[0-9]+)*|0))",
    re.ASCII,
)
_DIGITS = "[0-9]+(?:_[0-9]+)*"
_DECIMAL = pattern(rf"[+-]?(?:{_DIGITS}\.?(?:{_DIGITS})?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?", re.ASCII)
_HEX_DIGITS = "[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*"
_HEXADECIMAL = pattern(rf"[+-]?0[xX]_?(?:{_HEX_DIGITS}\.?(?:{_HEX_DIGITS})?|\.{_HEX_DIGITS})[pP][+-]?[0-9]+", re.ASCII)
_WORDS = pattern(r"([+-]?)inf(?:inity)?|nan", re.ASCII | re.IGNORECASE)
_BASES = (16, 2, 8, 8, 10)


def wrapped(number: int) -> int:
    """What a sum, product or quotient comes to in 64 bits."""
    return (number - _SMALLEST) % (1 << _BITS) + _SMALLEST


def parse_int(text: str) -> int | None:
    """strconv.ParseInt(text, 0, 64): with the prefix of a base, 0 alone for octal; None where it fails."""
    found = _INTEGER.fullmatch(text)
    if found is None:
        return None
    sign, *written = found.groups()
    # int() itself refuses thousands of digits
    digits, base = next(
        (one.replace("_", ""), base) for one, base in zip(written, _BASES, strict=True) if one is not None
    )
    return _in_range(sign, digits, base)


def parse_plain_int(text: str, base: int = 10) -> int | None:
    """strconv.ParseInt(text, base, 64): digits of that base alone; None where it fails."""
    sign = text[:1] if text[:1] in ("+", "-") else ""
    digits = text[len(sign) :]
    if not digits or any(one not in "0123456789"[:base] for one in digits):
        return None
    return _in_range(sign, digits, base)


def parse_clamped(text: str) -> int:
    """strconv.Atoi and ParseInt in base 10 where the error is dropped: 0 for no number, the nearest for one too large."""
    number = parse_plain_int(text)
    if number is not None:
        return number
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        return 0
    return _SMALLEST if text[0] == "-" else _LARGEST


def _in_range(sign: str, digits: str, base: int) -> int | None:
    digits = digits.lstrip("0")
    if len(digits) > _BITS:
        return None
    number = int(digits, base) if digits else 0
    number = -number if sign == "-" else number
    return number if _SMALLEST <= number <= _LARGEST else None


def parse_float(text: str) -> float | None:
    """strconv.ParseFloat(text, 64); None where it fails, also for a number that is too large."""
    if _DECIMAL.fullmatch(text):
        number = float(text.replace("_", ""))
        return None if math.isinf(number) else number
    if _HEXADECIMAL.fullmatch(text):
        try:
            return float.fromhex(text.replace("_", ""))
        except OverflowError:
            return None
    word = _WORDS.fullmatch(text)
    if word is None:
        return None
    if word[1] is None:
        return math.nan
    return -math.inf if word[1] == "-" else math.inf


def to_int(value: Value) -> int:
    """cast.ToInt64 and cast.ToInt, a plain int: a float is cut at the point, a text read with its prefix, true is 1."""
    if isinstance(value, float):
        return _cut(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return parse_int(_without_zero_decimals(value)) or 0
    return 0


def _cut(number: float) -> int:
    # outside of 64 bits (and for NaN) an amd64 gives the smallest number
    if math.isnan(number) or math.isinf(number):
        return _SMALLEST
    cut = int(number)
    return cut if _SMALLEST <= cut <= _LARGEST else _SMALLEST


def _without_zero_decimals(text: str) -> str:
    """`8.00` is read as 8: zeros at the end go with the point before them."""
    bare = text.rstrip("0")
    return bare[:-1] if bare != text and bare.endswith(".") else text


def to_float(value: Value) -> float:
    """cast.ToFloat64."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        return parse_float(value) or 0.0
    return 0.0
