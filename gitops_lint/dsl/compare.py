"""
The operators of the rule language on values: equality, order, membership, states, sums; all three-valued.

A truth is True, False or None, None being unknown. Every function takes values as a rule meets them (nodes, things, plain
and domain values, MISSING, UNKNOWN). Unknown where a part is unknown or the types differ, false where a part is missing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from fractions import Fraction

from gitops_lint.dsl.units import (
    DOMAINS,
    Domain,
    Duration,
    IntOrPercent,
    Minutes,
    Percent,
    QuantityValue,
    Version,
    Wave,
    exact,
)
from gitops_lint.dsl.values import Items, Secret, as_domain, settle, thing
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.text.nodes import Mapping, Scalar, Sequence
from gitops_lint.text.scalars import MISSING, UNKNOWN, Missing, UnknownValue, entries, get, is_null, templated

Truth = bool | None

_NAMES: dict[type, str] = {
    Duration: "duration",
    Percent: "percent",
    QuantityValue: "quantity",
    IntOrPercent: "int-or-percent",
    Version: "version",
    Wave: "wave",
}


# ---- three-valued logic


def negate(truth: Truth) -> Truth:
    return None if truth is None else not truth


def every(truths: Iterable[Truth]) -> Truth:
    """Kleene's and: false if one is false, else unknown if one is unknown."""
    answer: Truth = True
    for one in truths:
        if one is False:
            return False
        if one is None:
            answer = None
    return answer


def truth(given: Value) -> Truth:
    """A value where a condition is wanted: true and false are themselves, missing is false, anything else unknown."""
    found = settle(given)
    if found is True or found is False:
        return found is True
    return False if found is MISSING else None


# ---- equality


_DEEPEST = 60  # collections within collections; real manifests stay below 30


def equal(left: Value, right: Value, depth: int = 0) -> Truth:
    """`left == right`. depth: how many collections are around both; what is nested beyond reason is unknown."""
    a, b = settle(left), settle(right)
    if a is UNKNOWN or b is UNKNOWN:
        return None
    if a is MISSING or b is MISSING:
        return False
    kind, other = a.__class__, b.__class__
    if kind is other and (kind is str or kind is int or kind is bool):
        return a == b
    if kind in DOMAINS or other in DOMAINS:
        order = _domain_order(a, b)
        return None if order is None else order == 0
    if kind in _LISTS and other in _LISTS:
        return _equal_lists(a, b, depth + 1)
    if kind in _MAPS and other in _MAPS:
        return _equal_fields(_fields(a), _fields(b), may_have_more(a) or may_have_more(b), depth + 1)
    x, y = exact(a), exact(b)
    if x is not None and y is not None:
        return x == y
    return _equal_things(a, b, depth + 1)


def _equal_things(a: Value, b: Value, depth: int) -> Truth:
    if thing(a) is None or thing(b) is None:
        return None
    if isinstance(a, Fact) and isinstance(b, Fact):
        if a.record != b.record:
            return False
        return _equal_fields(dict(a.fields), dict(b.fields), False, depth)
    return a is b or a == b


def _equal_lists(a: Value, b: Value, depth: int) -> Truth:
    if depth > _DEEPEST:
        return None
    first, second = listed(a), listed(b)
    if not isinstance(first, Items) or not isinstance(second, Items) or first.open or second.open:
        return None
    if len(first) != len(second):
        return False
    return every(equal(x, y, depth) for x, y in zip(first, second, strict=True))


def _equal_fields(a: dict[str, Value], b: dict[str, Value], open_: bool, depth: int) -> Truth:
    """Maps are equal if all fields are, null being as good as none; open_: one of them may have more fields."""
    if depth > _DEEPEST:
        return None
    answers: list[Truth] = [None] if open_ else []
    for key in sorted(a.keys() | b.keys()):
        x, y = a.get(key, MISSING), b.get(key, MISSING)
        absent = [one for one in (x, y) if settle(one) is MISSING]
        if len(absent) == 2:
            continue
        answers.append(equal(x, y, depth) if not absent else None if open_ else False)
    return every(answers)


# ---- order


_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(op: str, left: Value, right: Value) -> Truth:
    """`left op right` for `==`, `!=`, `<`, `<=`, `>`, `>=`. `!=` of something missing is false, as every comparison is."""
    if op == "==":
        return equal(left, right)
    a, b = settle(left), settle(right)
    if a is UNKNOWN or b is UNKNOWN:
        return None
    if a is MISSING or b is MISSING:
        return False
    if op == "!=":
        return negate(equal(a, b))
    order = ordered(a, b)
    return None if order is None else _ORDERS[op](order, 0)


def ordered(a: Value, b: Value) -> int | None:
    """
    -1, 0 or 1 for two settled values that have an order, else None.

    Two texts have one where both read as values with a unit, and every reading agrees: `9m` is less than `10m`.
    """
    kind = a.__class__
    if kind in DOMAINS or b.__class__ in DOMAINS:
        return _domain_order(a, b)
    if kind is str and b.__class__ is str:
        return _agreed(_read_order(a, b, name) for name in _NAMES.values())
    x, y = exact(a), exact(b)
    return None if x is None or y is None else _sign(x, y)


def _domain_order(a: Value, b: Value) -> int | None:
    """How two settled values compare, of which at least one has a unit: the other is read in its domain."""
    kind, other = a.__class__, b.__class__
    if kind is Minutes and other is Minutes:
        return _read_order(a, b, "duration")
    if kind is Minutes or other is Minutes:
        partner = b if kind is Minutes else a
        if partner.__class__ in DOMAINS:
            return _read_order(a, b, _NAMES[partner.__class__])
        return _agreed(_read_order(a, b, name) for name in ("duration", "quantity"))
    if kind in DOMAINS and other in DOMAINS and kind is not other:
        if {kind, other} == {Percent, IntOrPercent}:
            return _read_order(a, b, "int-or-percent")
        return None
    return _read_order(a, b, _NAMES[kind if kind in DOMAINS else other])


def _read_order(a: Value, b: Value, name: str) -> int | None:
    x, y = as_domain(a, name), as_domain(b, name)
    return None if x is None or y is None else _order_within(x, y)


def _order_within(x: Domain, y: Domain) -> int | None:
    if isinstance(x, IntOrPercent) and isinstance(y, IntOrPercent):
        # A percentage of something not known has an order only against nothing at all.
        return _sign(x.number, y.number) if x.percent == y.percent or 0 in (x.number, y.number) else None
    if isinstance(x, Version) and isinstance(y, Version):
        return (x.precedence > y.precedence) - (x.precedence < y.precedence)
    if isinstance(x, Duration) and isinstance(y, Duration):
        return _sign(x.nanoseconds, y.nanoseconds)
    if isinstance(x, Percent | QuantityValue | Wave) and isinstance(y, Percent | QuantityValue | Wave):
        return _sign(x.number, y.number)
    return None


def _agreed(orders: Iterable[int | None]) -> int | None:
    found = {order for order in orders if order is not None}
    return found.pop() if len(found) == 1 else None


def _sign(a: int | Fraction, b: int | Fraction) -> int:
    return (a > b) - (a < b)


# ---- lists and maps

_LISTS = frozenset((Sequence, list, tuple, Items))
_MAPS = frozenset((Mapping, dict))


def listed(given: Value) -> Items | Missing | UnknownValue:
    """The items of a list in order; MISSING for something missing or null, UNKNOWN for what is no list."""
    if isinstance(given, Sequence):
        return Items(given.items, given.open)
    if isinstance(given, Items):
        return given
    if isinstance(given, list | tuple):
        return Items(one for one in given if one is not MISSING and one is not None)
    if isinstance(given, Secret):
        found = listed(given.value)
        return Items(map(Secret, found), found.open) if isinstance(found, Items) else found
    return MISSING if settle(given) is MISSING else UNKNOWN


def _fields(given: Value) -> dict[str, Value]:
    if isinstance(given, Mapping):
        return {key: node for key, _, node in entries(given)}
    return given if isinstance(given, dict) else {}


def may_have_more(given: Value) -> bool:
    """Whether a map may have keys that it does not show."""
    if not isinstance(given, Mapping):
        return False
    keys = given.items[::2]
    return given.open or any(
        not isinstance(key, Scalar) or (key.origin is None and templated(key.text)) for key in keys
    )


# ---- membership and text


def contains(container: Value, item: Value) -> Truth:
    """A list holds an equal item, a map has that key, a text has that part."""
    whole, part = settle(container), settle(item)
    if whole is UNKNOWN or part is UNKNOWN:
        return None
    if whole is MISSING or part is MISSING:
        return False
    if isinstance(whole, str):
        return part in whole if isinstance(part, str) else None
    if isinstance(whole, Mapping | dict):
        return _has_key(whole, part)
    items = listed(whole)
    if not isinstance(items, Items):
        return None
    answer: Truth = None if items.open else False
    for one in items:
        found = equal(one, part)
        if found:
            return True
        if found is None:
            answer = None
    return answer


def _has_key(whole: Mapping | dict[str, Value], key: Value) -> Truth:
    if not isinstance(key, str):
        return None
    if isinstance(whole, dict):
        return whole.get(key) is not None
    found = get(whole, key)
    return None if found is UNKNOWN else found is not MISSING


def text_test(given: Value, other: Value, test: Callable[[str, str], bool]) -> Truth:
    """A test of two texts (`starts with`, `ends with`)."""
    a, b = settle(given), settle(other)
    if a is UNKNOWN or b is UNKNOWN:
        return None
    if a is MISSING or b is MISSING:
        return False
    return test(a, b) if isinstance(a, str) and isinstance(b, str) else None


def not_in(item: Value, container: Value) -> Truth:
    """`item not in container`; false where one of them is missing."""
    found = contains(container, item)
    if found is False and MISSING in (settle(item), settle(container)):
        return False
    return negate(found)


# ---- states


def _missing(given: Value) -> Truth:
    if isinstance(given, Secret):
        return _missing(given.value)
    if isinstance(given, Scalar):
        return is_null(given)
    found = settle(given)
    return None if found is UNKNOWN else found is MISSING


def _present(given: Value) -> Truth:
    return negate(_missing(given))


def _empty(given: Value) -> Truth:
    """An empty text, list or map; what is missing is not empty."""
    found = settle(given)
    if found is UNKNOWN:
        return None
    if isinstance(found, str):
        return found == ""
    if isinstance(found, Mapping | dict):
        return None if may_have_more(found) and not _shows_some(found) else not _fields(found)
    items = listed(found)
    if isinstance(items, Items):
        return None if items.open and not items else not items
    return False


def _shows_some(given: Mapping | dict[str, Value]) -> bool:
    return any(key.__class__ is Scalar for key in given.items[::2]) if isinstance(given, Mapping) else bool(given)


def _true(given: Value) -> Truth:
    return truth(given)


def _false(given: Value) -> Truth:
    return False if settle(given) is MISSING else negate(truth(given))


def _templated(given: Value) -> Truth:
    """Whether a text holds a template, also where it is known text that an engine made."""
    if isinstance(given, Secret):
        return _templated(given.value)
    if isinstance(given, Scalar | str):
        return templated(given.text if isinstance(given, Scalar) else given)
    return None if settle(given) is UNKNOWN else False


def is_null_value(given: Value) -> Truth:
    """Whether a value itself is a written null; what is missing is none."""
    if isinstance(given, Secret):
        return is_null_value(given.value)
    if isinstance(given, Scalar) and is_null(given):
        return True
    return None if settle(given) is UNKNOWN else False


STATES: dict[str, Callable[[Value], Truth]] = {
    "missing": _missing,
    "present": _present,
    "empty": _empty,
    "true": _true,
    "false": _false,
    "templated": _templated,
}
"""The states that a value alone decides; `null` needs where it was found, `plaintext` and `encrypted` need the world."""


# ---- sums


def add(left: Value, right: Value) -> Value:
    """`left + right` of numbers, or of values with a unit and what reads as one; UNKNOWN for anything else."""
    return _sum(left, right, 1)


def subtract(left: Value, right: Value) -> Value:
    return _sum(left, right, -1)


def _sum(left: Value, right: Value, sign: int) -> Value:
    if isinstance(left, Secret) or isinstance(right, Secret):
        total = _sum(settle(left), settle(right), sign)
        return total if total is MISSING or total is UNKNOWN else Secret(total)
    a, b = settle(left), settle(right)
    if a is UNKNOWN or b is UNKNOWN:
        return UNKNOWN
    if a is MISSING or b is MISSING:
        return MISSING
    if a.__class__ in DOMAINS or b.__class__ in DOMAINS:
        return _sum_of_units(a, b, sign)
    if isinstance(a, int) and isinstance(b, int) and not isinstance(a, bool) and not isinstance(b, bool):
        return a + sign * b
    x, y = exact(a), exact(b)
    return UNKNOWN if x is None or y is None else x + sign * y


def _sum_of_units(a: Value, b: Value, sign: int) -> Value:
    kinds = [one.__class__ for one in (a, b) if one.__class__ in DOMAINS and one.__class__ is not Minutes]
    name = _NAMES[kinds[0]] if kinds else "duration"
    x, y = as_domain(a, name), as_domain(b, name)
    if isinstance(x, Duration) and isinstance(y, Duration):
        return Duration(x.nanoseconds + sign * y.nanoseconds)
    if isinstance(x, Percent) and isinstance(y, Percent):
        return Percent(x.number + sign * y.number)
    if isinstance(x, QuantityValue) and isinstance(y, QuantityValue):
        return QuantityValue(x.number + sign * y.number)
    if isinstance(x, Wave) and isinstance(y, Wave):
        return Wave(x.number + sign * y.number)
    if isinstance(x, IntOrPercent) and isinstance(y, IntOrPercent) and x.percent == y.percent:
        return IntOrPercent(x.number + sign * y.number, x.percent)
    return UNKNOWN
