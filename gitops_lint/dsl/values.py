"""
What a running rule handles beside nodes: lists that may hold more, secrets, values read in a domain; and how every value
reads in a message. Callers: `compare`, `compile`, the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import cast

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.tree import Bool, ListOf, Literal_, Number, Quantity, Text
from gitops_lint.dsl.units import (
    DOMAINS,
    SUFFIXES,
    TIME_UNITS,
    Domain,
    Duration,
    IntOrPercent,
    Minutes,
    Percent,
    QuantityValue,
    Version,
    Wave,
    bounded,
    exact,
    number_text,
    parse_duration,
    parse_int_or_percent,
    parse_percent,
    parse_quantity,
    parse_version,
    parse_wave,
)
from gitops_lint.dsl.world import Part, Stretch, Thing, Value
from gitops_lint.text.nodes import Mapping, Scalar, Sequence, Unknown
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, is_null, value

SECRET = "••••"
_SHOWN_ITEMS = 10
_SHOWN_LEVELS = 5
_SHOWN_CHARACTERS = 160


# ---- wrappers


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be printed: it compares as what it holds, and what is taken out of it is secret as well."""

    value: Value

    def __repr__(self) -> str:
        return f"Secret({SECRET})"


class Items(list[Value]):
    """A list that a rule goes through; open: it may hold more than is shown, as `open` on a Sequence says it of a node."""

    __slots__ = ("open",)

    def __init__(self, items: Iterable[Value] = (), open: bool = False) -> None:
        super().__init__(items)
        self.open = open


def as_domain(given: Value, name: str) -> Domain | None:
    """
    A value read as a domain: duration, percent, quantity, int-or-percent, version or wave (the names of `types`).

    given: a node, a text, a number or a value of that domain; anything else, and what the domain does not take, is None.
    A whole number is seconds as a duration; a number is hundredths as a percent, and itself as the others; a fraction is no
    version, since 2.10 reads as 2.1. Raises KeyError for another name.
    """
    return _READERS[name](settle(given))


def _as_duration(given: Value) -> Duration | None:
    if isinstance(given, str):
        return parse_duration(given, bare_seconds=True)
    if isinstance(given, Minutes):
        return given.duration
    number = exact(given)
    if number is not None:
        # No field of Kubernetes or Argo takes a fraction of a second without unit; 0.5 beside `500m` is half a core.
        return parse_duration(str(number), bare_seconds=True)
    return given if isinstance(given, Duration) else None


def _as_percent(given: Value) -> Percent | None:
    if isinstance(given, str):
        return parse_percent(given)
    if isinstance(given, IntOrPercent):
        return Percent(Fraction(given.number), given.text) if given.percent else None
    number = exact(given)
    if number is not None:
        return Percent(number)
    return given if isinstance(given, Percent) else None


def _as_quantity(given: Value) -> QuantityValue | None:
    if isinstance(given, str):
        return parse_quantity(given)
    if isinstance(given, Minutes):
        return given.quantity
    number = exact(given)
    if number is not None:
        return QuantityValue(bounded(number), number_text(number))
    return given if isinstance(given, QuantityValue) else None


def _as_int_or_percent(given: Value) -> IntOrPercent | None:
    if isinstance(given, str):
        return parse_int_or_percent(given)
    if isinstance(given, Percent):
        return IntOrPercent(int(given.number), True, given.text) if given.number.denominator == 1 else None
    number = exact(given)
    if number is not None:
        return IntOrPercent(int(number), False) if number.denominator == 1 else None
    return given if isinstance(given, IntOrPercent) else None


def _as_version(given: Value) -> Version | None:
    if isinstance(given, str):
        return parse_version(given)
    if given.__class__ is int:
        return parse_version(str(given))
    return given if isinstance(given, Version) else None


def _as_wave(given: Value) -> Wave | None:
    if isinstance(given, str):
        return parse_wave(given)
    number = exact(given)
    if number is not None:
        return Wave(int(number)) if number.denominator == 1 else None
    return given if isinstance(given, Wave) else None


_READERS = {
    "duration": _as_duration,
    "percent": _as_percent,
    "quantity": _as_quantity,
    "int-or-percent": _as_int_or_percent,
    "version": _as_version,
    "wave": _as_wave,
}


# ---- literals


def literal(tree: Literal_) -> Value:
    """The value of a literal of the syntax tree; a list becomes a tuple."""
    match tree:
        case Text(text):
            return text
        case Number(number):
            return number
        case Bool(yes):
            return yes
        case ListOf(items):
            return tuple(literal(item) for item in items)
        case Quantity(number, unit):
            return with_unit(number, unit)


def with_unit(number: str, unit: str) -> Value:
    """`5` and `m`, `50` and `%`, …: the value of a literal with a unit. A day, which only rules may write, is 24 hours."""
    text = number + unit
    if unit == "%":
        return Percent(Fraction(number), text)
    if unit == "d":
        return Duration(int(Fraction(number) * 24 * TIME_UNITS["h"]), text)
    in_time = Duration(int(Fraction(number) * TIME_UNITS[unit]), text) if unit in TIME_UNITS else None
    in_size = QuantityValue(bounded(Fraction(number) * SUFFIXES[unit]), text) if unit in SUFFIXES else None
    if in_time is not None and in_size is not None:
        return Minutes(in_time, in_size, text)
    found = in_time or in_size
    if found is None:
        raise ValueError(f"{unit} is not a unit")
    return found


# ---- nodes to values


def settle(given: Value) -> Value:
    """
    What an operator works with: a scalar's value by go-yaml's table, MISSING for null, UNKNOWN for templated text and for
    what an engine could not compute; a secret's inner value. Collections, things and plain values are returned as they are.
    """
    kind = given.__class__
    if isinstance(given, Scalar):
        found = value(given)
        return MISSING if found is None else found
    if kind is str or kind is int or kind is bool:
        return given
    if given is None:
        return MISSING
    if kind is Unknown:
        return UNKNOWN
    if isinstance(given, Secret):
        return settle(given.value)
    return given


_NO_THINGS = DOMAINS | {
    str, int, float, bool, Fraction, type(None), list, tuple, dict, Items, Secret, Part, Stretch,
    Scalar, Mapping, Sequence, Unknown, type(MISSING), type(UNKNOWN),
}  # fmt: skip


def thing(given: Value) -> Thing | None:
    """The value itself where it is a subject or a fact, which is everything that no other class of value is."""
    return None if given.__class__ in _NO_THINGS else cast(Thing, given)


# ---- values in messages


def in_message(given: Value) -> str:
    """What `show` gives, on one line and cut where it is long."""
    text = show(given)
    if "\n" in text or "\r" in text:
        text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def show(given: Value, depth: int = 0) -> str:
    """
    A value as text: a scalar as it is written, numbers as Kubernetes prints them, a thing by its words, a list by its items,
    a secret as dots. Of collections ten items are shown, and a few levels; depth: how many are around this one.
    """
    match given:
        case str():
            return given
        case Scalar():
            return given.text or ("null" if is_null(given) else "")
        case bool():
            return "true" if given else "false"
        case int() | float() | Fraction():
            return number_text(given)
        case Secret():
            return SECRET
        case Mapping() | dict() | Sequence() | list() | tuple() if depth > _SHOWN_LEVELS:
            return "…"
        case Mapping() | dict():
            return _map_text(given, depth)
        case Sequence() | list() | tuple():
            return _list_text(given, depth)
        case Unknown():
            return given.source.text[given.start : given.end]
        case Part():
            return given.scalar.text[given.start : given.end]
        case Stretch():
            return given.source.text[given.start : given.end]
    if given is MISSING or given is None:
        return "(none)"
    if given is UNKNOWN:
        return "(unknown)"
    subject = thing(given)
    return str(given) if subject is None else subject.words()


def _list_text(given: Sequence | list[Value] | tuple[Value, ...], depth: int) -> str:
    items: list[Value] = list(given.items if isinstance(given, Sequence) else given)
    shown = ", ".join(show(item, depth + 1) for item in items[:_SHOWN_ITEMS])
    more = len(items) - _SHOWN_ITEMS
    return f"{shown} and {more} more" if more > 0 else shown


def _map_text(given: Mapping | dict[str, Value], depth: int) -> str:
    pairs = [(key, node) for key, _, node in entries(given)] if isinstance(given, Mapping) else list(given.items())
    shown = ", ".join(f"{key}: {_nested(one, depth + 1)}" for key, one in pairs[:_SHOWN_ITEMS])
    more = len(pairs) - _SHOWN_ITEMS
    return "{" + shown + (f" and {more} more" if more > 0 else "") + "}"


def _nested(given: Value, depth: int) -> str:
    text = show(given, depth)
    return f"[{text}]" if isinstance(given, Sequence | list | tuple) else text
