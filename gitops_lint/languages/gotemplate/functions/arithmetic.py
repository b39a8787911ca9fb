"""
Functions of numbers. Source: Masterminds/sprig v3.3.0 numeric.go, functions.go; shopspring/decimal v1.4.0 for the floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions.cast import parse_clamped, parse_plain_int, to_float, to_int, wrapped
from gitops_lint.languages.gotemplate.functions.limits import check_size
from gitops_lint.languages.gotemplate.printing import text_of
from gitops_lint.languages.gotemplate.values import Int64, IntList, Value

_PLACES = 10**16
"""A quotient of decimals is rounded to 16 places."""


def add(*terms: Value) -> Int64:
    return Int64(wrapped(sum(map(to_int, terms))))


def multiply(first: Value, *others: Value) -> Int64:
    product = to_int(first)
    for one in others:
        product = wrapped(product * to_int(one))
    return Int64(product)


def divide(dividend: Value, divisor: Value) -> Int64:
    return Int64(wrapped(_quotient(to_int(dividend), to_int(divisor))))


def modulo(dividend: Value, divisor: Value) -> Int64:
    number, by = to_int(dividend), to_int(divisor)
    return Int64(number - by * _quotient(number, by))


def _quotient(number: int, by: int) -> int:
    """Cut towards zero, as Go divides; Python rounds down."""
    if by == 0:
        raise FunctionError("runtime error: integer divide by zero")
    quotient = abs(number) // abs(by)
    return quotient if (number < 0) == (by < 0) else -quotient


def floats(step: Callable[[Any, Any], Any]) -> Callable[..., float]:
    """A function of floats that reckons in decimals, here Fractions, from left to right."""

    def reckoned(first: Value, *others: Value) -> float:
        result = _decimal(first)
        for one in others:
            result = step(result, _decimal(one))
        try:
            return float(result)
        except OverflowError:
            return -math.inf if result < 0 else math.inf

    return reckoned


def _decimal(value: Value) -> Any:
    from fractions import Fraction  # slow to load, and few templates need it

    number = to_float(value)
    if not math.isfinite(number):
        shown = "NaN" if math.isnan(number) else "+Inf" if number > 0 else "-Inf"
        raise FunctionError(f"Cannot create a Decimal from {shown}")
    return Fraction(repr(number))


def _divided(dividend: Any, divisor: Any) -> Any:
    from fractions import Fraction

    if divisor == 0:
        raise FunctionError("decimal division by 0")
    quotient = abs(dividend / divisor) * _PLACES
    whole = (2 * quotient.numerator + quotient.denominator) // (2 * quotient.denominator)
    return Fraction(whole if (dividend < 0) == (divisor < 0) else -whole, _PLACES)


_add_floats = floats(lambda sum, term: sum + term)
_subtract_floats = floats(lambda difference, term: difference - term)
_multiply_floats = floats(lambda product, factor: product * factor)
_divide_floats = floats(_divided)


def greatest(first: Value, *others: Value) -> Int64:
    return Int64(max(to_int(one) for one in (first, *others)))


def least(first: Value, *others: Value) -> Int64:
    return Int64(min(to_int(one) for one in (first, *others)))


def greatest_float(first: Value, *others: Value) -> float:
    return _extreme(max, math.inf, (first, *others))


def least_float(first: Value, *others: Value) -> float:
    return _extreme(min, -math.inf, (first, *others))


def _extreme(choose: Callable[[list[float]], float], end: float, values: tuple[Value, ...]) -> float:
    """math.Max and math.Min, one after the other: an infinity on that side wins over NaN, NaN over every number."""
    found = to_float(values[0])
    for one in values[1:]:
        number = to_float(one)
        if end in (found, number):
            found = end
        elif math.isnan(found) or math.isnan(number):
            found = math.nan
        else:
            found = choose([found, number])
    return found


def round_to(value: Value, places: int, *on: float) -> float:
    """Half goes up, or what is said to: also for numbers below zero, whose fraction is below zero too."""
    power = _power_of_ten(places)
    digit = power * to_float(value)
    if not math.isfinite(digit):
        return digit / power if power else math.nan
    fraction = math.modf(digit)[0]
    whole = float(math.ceil(digit)) if fraction >= (on[0] if on else 0.5) else float(math.floor(digit))
    if power == 0:
        return math.nan if whole == 0 else math.copysign(math.inf, whole)
    return (math.copysign(whole, digit) if whole == 0 else whole) / power


def _power_of_ten(exponent: int) -> float:
    """math.Pow(10, exponent) of Go, which multiplies squares and so differs from C in the last digit now and then."""
    if exponent >= 1024:
        return math.inf
    if exponent <= -1080:
        return 0.0
    factor, doublings = 1.0, 0
    square, shift = math.frexp(10.0)
    left = abs(exponent)
    while left:
        if left & 1:
            factor *= square
            doublings += shift
        square *= square
        shift <<= 1
        if square < 0.5:
            square += square
            shift -= 1
        left >>= 1
    if exponent < 0:
        factor, doublings = 1 / factor, -doublings
    try:
        return math.ldexp(factor, doublings)
    except OverflowError:
        return math.inf


def whole(rounded: Callable[[float], int]) -> Callable[[Value], float]:
    """`floor` and `ceil`, which leave infinities and NaN as they are."""

    def made(value: Value) -> float:
        number = to_float(value)
        return math.copysign(float(rounded(number)), number) if math.isfinite(number) else number

    return made


def octal(value: Value) -> Int64:
    return Int64(parse_plain_int(text_of(value), 8) or 0)


def until(count: int) -> IntList:
    return until_step(0, count, -1 if count < 0 else 1)


def until_step(start: int, stop: int, step: int) -> IntList:
    if (step >= 0) if stop < start else (step <= 0):
        return IntList()
    check_size(abs(stop - start) // abs(step))
    return IntList(range(start, stop, step))


def sequence(*bounds: int) -> str:
    if not 1 <= len(bounds) <= 3:
        return ""
    start, end = (1 if len(bounds) == 1 else bounds[0]), bounds[-1]
    towards = -1 if end < start else 1
    step = bounds[1] if len(bounds) == 3 else towards
    if len(bounds) == 3 and towards < 0 and step > 0:
        return ""
    return " ".join(map(str, until_step(start, end + towards, step)))


ARITHMETIC = (
    Function("int", lambda value: to_int(value), ("any",)),
    Function("int64", lambda value: Int64(to_int(value)), ("any",)),
    Function("float64", to_float, ("any",)),
    Function("atoi", parse_clamped, ("string",)),
    Function("toDecimal", octal, ("any",)),
    Function("add", add, (), "any"),
    Function("add1", lambda value: add(value, 1), ("any",)),
    Function("sub", lambda number, less: Int64(wrapped(to_int(number) - to_int(less))), ("any", "any")),
    Function("mul", multiply, ("any",), "any"),
    Function("div", divide, ("any", "any")),
    Function("mod", modulo, ("any", "any")),
    Function("max", greatest, ("any",), "any"),
    Function("biggest", greatest, ("any",), "any"),
    Function("min", least, ("any",), "any"),
    Function("addf", lambda *terms: _add_floats(0.0, *terms), (), "any"),
    Function("add1f", lambda value: _add_floats(value, 1), ("any",)),
    Function("subf", _subtract_floats, ("any",), "any"),
    Function("mulf", _multiply_floats, ("any",), "any"),
    Function("divf", _divide_floats, ("any",), "any"),
    Function("maxf", greatest_float, ("any",), "any"),
    Function("minf", least_float, ("any",), "any"),
    Function("floor", whole(math.floor), ("any",)),
    Function("ceil", whole(math.ceil), ("any",)),
    Function("round", round_to, ("any", "int"), "float64"),
    Function("until", until, ("int",)),
    Function("untilStep", until_step, ("int", "int", "int")),
    Function("seq", sequence, (), "int"),
)
