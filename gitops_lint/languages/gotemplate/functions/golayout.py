"""Times written and read by Go's layouts: `2006-01-02T15:04:05Z07:00`. Source: Go time/format.go."""

from __future__ import annotations

import re

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.function import FunctionError
from gitops_lint.pattern import pattern

_MONTHS = (
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
)  # fmt: skip
_WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
_ELEMENT = pattern(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_(?=2006)|_2|__2|3|4|5|PM|pm"
    r"|[-Z]07:00:00|[-Z]070000|[-Z]07:00|[-Z]0700|[-Z]07|[.,](?:0+|9+)(?![0-9])",
    re.ASCII,
)
_ZONE = pattern(
    r"UTC|ChST|MeST|GMT(?:[+-](?:2[0-3]|[01]?[0-9])(?![0-9]))?|[+-](?:2[0-3]|[01]?[0-9])(?![0-9])"
    r"|[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """seconds: since 1970 in UTC; offset: of its zone, in seconds east; zone: its name, or ""."""

    seconds: int
    nanoseconds: int = 0
    offset: int = 0
    zone: str = "UTC"

    def date(self) -> tuple[int, int, int]:
        return _date_of((self.seconds + self.offset) // 86400)

    def clock(self) -> tuple[int, int, int]:
        second = (self.seconds + self.offset) % 86400
        return second // 3600, second // 60 % 60, second % 60

    def weekday(self) -> int:
        """0 for Sunday."""
        return ((self.seconds + self.offset) // 86400 + 4) % 7

    def day_of_year(self) -> int:
        year = self.date()[0]
        return (self.seconds + self.offset) // 86400 - days_before(year, 1, 1) + 1


ZERO = Moment(-62135596800)
"""time.Time{}: the first of January of the year 1, in UTC."""


def days_before(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the Gregorian calendar, of any year."""
    shifted = year - (month <= 2)
    of_era = shifted % 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return shifted // 400 * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def _date_of(days: int) -> tuple[int, int, int]:
    days += 719468
    of_era = days % 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + days // 146097 * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(month: int, year: int) -> int:
    return 29 if month == 2 and _is_leap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


# ---- writing


def written(moment: Moment, layout: str) -> str:
    return _ELEMENT.sub(lambda found: _element(moment, found.group()), layout)


def _element(moment: Moment, element: str) -> str:
    year, month, day = moment.date()
    hour, minute, second = moment.clock()
    twelve = hour % 12 or 12
    plain = {
        "2006": _padded(year, 4),
        "06": f"{abs(year) % 100:02}",
        "January": _MONTHS[month - 1],
        "Jan": _MONTHS[month - 1][:3],
        "1": str(month),
        "01": f"{month:02}",
        "Monday": _WEEKDAYS[moment.weekday()],
        "Mon": _WEEKDAYS[moment.weekday()][:3],
        "2": str(day),
        "_2": f"{day:2}",
        "02": f"{day:02}",
        "__2": f"{moment.day_of_year():3}",
        "002": f"{moment.day_of_year():03}",
        "15": f"{hour:02}",
        "3": str(twelve),
        "03": f"{twelve:02}",
        "4": str(minute),
        "04": f"{minute:02}",
        "5": str(second),
        "05": f"{second:02}",
        "PM": "PM" if hour >= 12 else "AM",
        "pm": "pm" if hour >= 12 else "am",
        "_": "_",
    }
    if element in plain:
        return plain[element]
    if element == "MST":
        return moment.zone or _offset(moment.offset, "-0700")
    if element[0] in ".,":
        return _fraction(moment.nanoseconds, element)
    return "Z" if element[0] == "Z" and moment.offset == 0 else _offset(moment.offset, element)


def _padded(number: int, width: int) -> str:
    return f"-{-number:0{width}}" if number < 0 else f"{number:0{width}}"


def _fraction(nanoseconds: int, element: str) -> str:
    digits = f"{nanoseconds:09}"[: len(element) - 1].ljust(len(element) - 1, "0")[:9]
    if element[1] == "0":
        return element[0] + digits
    digits = digits.rstrip("0")
    return element[0] + digits if digits else ""


def _offset(offset: int, element: str) -> str:
    # Go cuts towards zero, so that half a minute to the west is `+`
    minutes = abs(offset) // 60
    sign = "-" if offset < 0 and minutes else "+"
    colon = ":" if ":" in element else ""
    made = f"{sign}{minutes // 60:02}"
    if len(element) > 3:
        made += f"{colon}{minutes % 60:02}"
    if len(element) in (7, 9):
        made += f"{colon}{abs(offset) % 60:02}"
    return made


# ---- reading


class _MismatchError(Exception):
    """The value does not begin with what the layout asks for."""


class _RangeError(Exception):
    """what: of the parts of a time, the one that is too large."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def read(layout: str, value: str) -> Moment:
    """The moment that a text is by a layout, in UTC if it has no zone. Raises FunctionError in Go's words."""
    reading = _Reading(value)
    at = 0
    for found in [*_ELEMENT.finditer(layout), None]:
        prefix = layout[at : len(layout) if found is None else found.start()]
        if found is not None and found.group() == "_":
            prefix += "_"
        try:
            reading.skip(prefix)
        except _MismatchError:
            raise _refusal(value, layout, reading.left, prefix) from None
        if found is None:
            break
        at = found.end()
        if found.group() == "_":
            continue
        hold = reading.left
        following = _ELEMENT.search(layout, at)
        try:
            reading.element(found.group(), None if following is None else following.group())
        except _MismatchError:
            raise _refusal(value, layout, hold, found.group()) from None
        except _RangeError as error:
            raise FunctionError(f"parsing time {shown(value)}: {error.what} out of range") from None
    if reading.left:
        raise FunctionError(f"parsing time {shown(value)}: extra text: {shown(reading.left)}")
    try:
        return reading.moment()
    except _RangeError as error:
        raise FunctionError(f"parsing time {shown(value)}: {error.what}") from None


def _refusal(value: str, layout: str, left: str, element: str) -> FunctionError:
    return FunctionError(
        f"parsing time {shown(value)} as {shown(layout)}: cannot parse {shown(left)} as {shown(element)}"
    )


def shown(text: str) -> str:
    made = ""
    for one in text:
        if one in '"\\':
            made += f"\\{one}"
        elif " " <= one < "\x80":
            made += one
        else:
            made += "".join(f"\\x{byte:02x}" for byte in one.encode("utf-8", "surrogatepass"))
    return f'"{made}"'


class _Reading:
    """What has been read of a value. left: what has not."""

    def __init__(self, value: str) -> None:
        self.left = value
        self.year = self.hour = self.minute = self.second = self.nanoseconds = 0
        self.month = self.day = self.day_of_year = -1
        self.half = ""
        self.utc = False
        self.offset: int | None = None
        self.zone = ""

    def skip(self, prefix: str) -> None:
        while prefix:
            if prefix[0] == " ":
                if self.left and self.left[0] != " ":
                    raise _MismatchError
                prefix, self.left = prefix.lstrip(" "), self.left.lstrip(" ")
            elif self.left[:1] != prefix[0]:
                raise _MismatchError
            else:
                prefix, self.left = prefix[1:], self.left[1:]

    def _take(self, expression: str) -> str:
        found = re.compile(expression, re.ASCII).match(self.left)
        if found is None:
            raise _MismatchError
        self.left = self.left[found.end() :]
        return found.group()

    def _number(self, fixed: bool, least: int, most: int, what: str) -> int:
        number = int(self._take("[0-9]{2}" if fixed else "[0-9]{1,2}"))
        if not least <= number <= most:
            raise _RangeError(what)
        return number

    def _named(self, names: list[str], length: int | None) -> int:
        for at, name in enumerate(names):
            short = name[:length]
            if self.left[: len(short)].lower() == short.lower():
                self.left = self.left[len(short) :]
                return at
        raise _MismatchError

    def element(self, element: str, following: str | None) -> None:
        fixed = element[0] == "0"
        bare = element.lstrip("0_")
        if element[0] in ".,":
            self._fraction(element)
        elif element == "MST":
            self._zone()
        elif element[0] in "-Z":
            self._offset(element)
        elif element in ("January", "Jan"):
            self.month = self._named(_MONTHS, None if element == "January" else 3) + 1
        elif element in ("Monday", "Mon"):
            self._named(_WEEKDAYS, None if element == "Monday" else 3)
        elif element in ("PM", "pm"):
            self.half = self._take("AM|PM" if element == "PM" else "am|pm").lower()
        elif element == "2006":
            self.year = int(self._take("[0-9]{4}"))
        elif element == "06":
            short = int(self._take("[0-9]{2}"))
            self.year = short + (1900 if short >= 69 else 2000)
        elif element in ("002", "__2"):
            self._skip_blanks(2 if element == "__2" else 0)
            self.day_of_year = int(self._take("[0-9]{3}" if fixed else "[0-9]{1,3}"))
        elif bare == "1":
            self.month = self._number(fixed, 1, 12, "month")
        elif bare == "2":
            self._skip_blanks(1 if element == "_2" else 0)
            self.day = self._number(fixed, 0, 99, "day")
        elif bare == "15":
            self.hour = self._number(False, 0, 23, "hour")
        elif bare == "3":
            self.hour = self._number(fixed, 0, 12, "hour")
        elif bare == "4":
            self.minute = self._number(fixed, 0, 59, "minute")
        else:
            self.second = self._number(fixed, 0, 59, "second")
            if (following or "")[:1] not in (".", ","):
                # a fraction may follow that the layout does not name
                self._any_fraction()

    def _skip_blanks(self, most: int) -> None:
        for _ in range(most):
            self.left = self.left.removeprefix(" ")

    def _fraction(self, element: str) -> None:
        if element[1] == "9":
            self._any_fraction()
        else:
            self._keep_fraction(self._take(rf"[.,][0-9]{{{len(element) - 1}}}"))

    def _any_fraction(self) -> None:
        if re.compile("[.,][0-9]", re.ASCII).match(self.left):
            self._keep_fraction(self._take("[.,][0-9]+"))

    def _keep_fraction(self, text: str) -> None:
        self.nanoseconds = int(text[1:10].ljust(9, "0"))

    def _zone(self) -> None:
        found = _ZONE.match(self.left)
        if found is None:
            raise _MismatchError
        self.left = self.left[found.end() :]
        if found.group() == "UTC":
            self.utc = True
        else:
            self.zone = found.group()

    def _offset(self, element: str) -> None:
        if element[0] == "Z" and self.left[:1] == "Z":
            self.left = self.left[1:]
            self.utc = True
            return
        colon = ":" if ":" in element else ""
        parts = {3: 1, 5: 2, 6: 2, 7: 3, 9: 3}[len(element)]
        taken = self._take("[+-]" + colon.join(["[0-9]{2}"] * parts))
        hours, minutes, seconds = (int(one) for one in (*re.findall("[0-9]{2}", taken), "0", "0")[:3])
        for number, most, what in ((hours, 24, "hour"), (minutes, 60, "minute"), (seconds, 60, "second")):
            if number > most:
                raise _RangeError(f"time zone offset {what}")
        offset = (hours * 60 + minutes) * 60 + seconds
        self.offset = -offset if taken[0] == "-" else offset

    def moment(self) -> Moment:
        hour = self.hour
        if self.half == "pm" and hour < 12:
            hour += 12
        elif self.half == "am" and hour == 12:
            hour = 0
        month, day = self._month_and_day()
        if day < 1 or day > days_in(month, self.year):
            raise _RangeError("day out of range")
        seconds = days_before(self.year, month, day) * 86400 + hour * 3600 + self.minute * 60 + self.second
        if self.utc:
            return Moment(seconds, self.nanoseconds)
        if self.offset is not None and self.offset != -1:
            seconds -= self.offset
            if self.offset == 0 and self.zone in ("", "UTC"):
                return Moment(seconds, self.nanoseconds)
            return Moment(seconds, self.nanoseconds, self.offset, self.zone)
        if self.zone:
            offset = int(self.zone[3:]) * 3600 if self.zone.startswith("GMT") and len(self.zone) > 3 else 0
            # as Go has it: what was read counts as UTC, and is shown in the zone
            return Moment(seconds, self.nanoseconds, offset, self.zone)
        return Moment(seconds, self.nanoseconds)

    def _month_and_day(self) -> tuple[int, int]:
        if self.day_of_year < 0:
            return (1 if self.month < 0 else self.month), (1 if self.day < 0 else self.day)
        if not 1 <= self.day_of_year <= 365 + _is_leap(self.year):
            raise _RangeError("day-of-year out of range")
        _, month, day = _date_of(days_before(self.year, 1, 1) + self.day_of_year - 1)
        if self.month >= 0 and self.month != month:
            raise _RangeError("day-of-year does not match month")
        if self.day >= 0 and self.day != day:
            raise _RangeError("day-of-year does not match day")
        return month, day
