"""
Functions of dates. What asks the clock cannot be known, and says so.

The zone `Local` is UTC, as it is in the controller's image. Source: Masterminds/sprig v3.3.0 date.go; Go time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NoReturn

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.function import Function, FunctionError, NotDeterministicError
from gitops_lint.languages.gotemplate.functions.cast import parse_clamped, wrapped
from gitops_lint.languages.gotemplate.functions.durations import NANOSECONDS, duration_text, read_duration
from gitops_lint.languages.gotemplate.functions.golayout import ZERO, Moment, read, written
from gitops_lint.languages.gotemplate.functions.structs import JsonStruct
from gitops_lint.languages.gotemplate.printing import type_name
from gitops_lint.languages.gotemplate.values import Int64, Value

_TEXT = "2006-01-02 15:04:05.999999999 -0700 MST"
_JSON = "2006-01-02T15:04:05.999999999Z07:00"
_DATE = "2006-01-02"
_KNOWN_ZONES = ("", "UTC", "Local")
_DAY = 24 * 3600 * NANOSECONDS
_AGES = (("y", 365 * _DAY), ("mo", 30 * _DAY), ("d", _DAY), ("h", _DAY // 24), ("m", _DAY // 1440), ("s", NANOSECONDS))
_NOT_COMPUTED = "Add AddDate AppendFormat Compare In Local Location Round Sub Truncate UTC Zone ZoneBounds ISOWeek Date Clock Month Weekday"
"""Methods that a time has, but whose results are no values of templates here."""


@dataclass(frozen=True, slots=True)
class Time(JsonStruct):
    """A time.Time."""

    moment: Moment

    go_type = "time.Time"

    def text(self) -> str:
        return written(self.moment, _TEXT)

    def json_text(self) -> str:
        year = self.moment.date()[0]
        if not 0 <= year <= 9999:
            raise FunctionError(
                "json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: year outside of range [0,9999]"
            )
        return written(self.moment, _JSON)

    def members(self) -> Mapping[str, Function]:
        moment = self.moment
        plain: dict[str, Callable[[], Value]] = {
            "String": self.text,
            "Year": lambda: moment.date()[0],
            "Day": lambda: moment.date()[2],
            "Hour": lambda: moment.clock()[0],
            "Minute": lambda: moment.clock()[1],
            "Second": lambda: moment.clock()[2],
            "Nanosecond": lambda: moment.nanoseconds,
            "YearDay": moment.day_of_year,
            "Unix": lambda: Int64(moment.seconds),
            "UnixMilli": lambda: Int64(moment.seconds * 1000 + moment.nanoseconds // 10**6),
            "UnixMicro": lambda: Int64(moment.seconds * 10**6 + moment.nanoseconds // 1000),
            "UnixNano": lambda: Int64(wrapped(moment.seconds * NANOSECONDS + moment.nanoseconds)),
            "IsZero": lambda: (moment.seconds, moment.nanoseconds) == (ZERO.seconds, 0),
            "IsDST": lambda: False,
        }
        compared: dict[str, Callable[[tuple[int, int], tuple[int, int]], bool]] = {
            "Before": lambda mine, other: mine < other,
            "After": lambda mine, other: mine > other,
            "Equal": lambda mine, other: mine == other,
        }
        return {
            **{name: Function(name, call, ()) for name, call in plain.items()},
            **{name: Function(name, self._against(holds), ("time",)) for name, holds in compared.items()},
            **{name: Function(name, _not_computed(name), (), "any") for name in _NOT_COMPUTED.split()},
            "Format": Function("Format", lambda layout: written(moment, layout), ("string",)),
        }

    def _against(self, holds: Callable[[tuple[int, int], tuple[int, int]], bool]) -> Callable[[Value], bool]:
        def call(other: Value) -> bool:
            moment = _moment(other)
            return holds((self.moment.seconds, self.moment.nanoseconds), (moment.seconds, moment.nanoseconds))

        return call


def _not_computed(name: str) -> Callable[..., NoReturn]:
    def call(*arguments: Value) -> NoReturn:
        raise NotDeterministicError(f"`{name}` of a time is not computed offline")

    return call


def _moment(value: Value) -> Moment:
    if not isinstance(value, Time):
        raise FunctionError(f"wrong type for value; expected time.Time; got {type_name(value)}")
    return value.moment


def now(*arguments: Value) -> NoReturn:
    raise NotDeterministicError("it asks the clock, so that the result is another one each time the controller renders")


def date_in_zone(layout: str, value: Value, zone: str) -> str:
    """A time, or seconds since 1970 as an int; for anything else sprig takes the time it is."""
    if isinstance(value, Time):
        moment = value.moment
    elif isinstance(value, int) and type(value) in (int, Int64):
        moment = Moment(int(value))
    else:
        now()
    if zone not in _KNOWN_ZONES:
        raise NotDeterministicError("zones other than UTC are rules of the machine, which are not known offline")
    return written(replace(moment, offset=0, zone="UTC"), layout)


def modified(duration: str, value: Value) -> Time:
    """The time moved by a duration. Raises FunctionError for what is none."""
    moment = _moment(value)
    sum = moment.seconds * NANOSECONDS + moment.nanoseconds + read_duration(duration)
    return Time(replace(moment, seconds=sum // NANOSECONDS, nanoseconds=sum % NANOSECONDS))


def modified_or_same(duration: str, value: Value) -> Time:
    try:
        return modified(duration, value)
    except FunctionError:
        return Time(_moment(value))


def to_date(layout: str, text: str) -> Time:
    return Time(read(layout, text))


def to_date_or_zero(layout: str, text: str) -> Time:
    try:
        return to_date(layout, text)
    except FunctionError:
        return Time(ZERO)


def duration(seconds: Value) -> str:
    """Of an int64 or a text of digits; anything else, an int that is written in the template too, is no time at all."""
    number = 0
    if isinstance(seconds, str):
        number = parse_clamped(seconds)
    elif isinstance(seconds, Int64):
        number = int(seconds)
    return duration_text(wrapped(number * NANOSECONDS))


def duration_round(value: Value) -> str:
    if isinstance(value, Time):
        now()
    nanoseconds = 0
    if isinstance(value, str):
        try:
            nanoseconds = read_duration(value)
        except FunctionError:
            nanoseconds = 0
    elif isinstance(value, Int64):
        nanoseconds = int(value)
    size = abs(nanoseconds)
    return next((f"{size // length}{unit}" for unit, length in _AGES if size > length), "0s")


DATES = (
    Function("now", now, ()),
    Function("ago", now, ("any",)),
    Function("date", lambda layout, value: date_in_zone(layout, value, "Local"), ("string", "any")),
    Function("htmlDate", lambda value: date_in_zone(_DATE, value, "Local"), ("any",)),
    Function("htmlDateInZone", lambda value, zone: date_in_zone(_DATE, value, zone), ("any", "string")),
    *(Function(name, date_in_zone, ("string", "any", "string")) for name in ("dateInZone", "date_in_zone")),
    *(Function(name, modified_or_same, ("string", "time")) for name in ("dateModify", "date_modify")),
    *(Function(name, modified, ("string", "time")) for name in ("mustDateModify", "must_date_modify")),
    Function("toDate", to_date_or_zero, ("string", "string")),
    Function("mustToDate", to_date, ("string", "string")),
    Function("unixEpoch", lambda value: str(_moment(value).seconds), ("time",)),
    Function("duration", duration, ("any",)),
    Function("durationRound", duration_round, ("any",)),
)
