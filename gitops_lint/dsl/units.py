"""
Values with units, exact and comparable: durations, percentages, Kubernetes quantities, versions, waves; and the texts that
mean them. Callers: `values`, `compare`, the vocabulary.

Numbers inside are exact (int or Fraction), so that 0.1 + 0.2 is 0.3 and `1500m` is `1.5`.
"""

from __future__ import annotations

import math
import re
from dataclasses import field
from decimal import Decimal
from fractions import Fraction

from gitops_lint.dataclass import dataclass

# ---- values with units


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in nanoseconds; text: as written, "" where it was computed."""

    nanoseconds: int
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text or _duration_text(self.nanoseconds)


@dataclass(frozen=True, slots=True)
class Percent:
    """`50%` is 50."""

    number: Fraction
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text or f"{number_text(self.number)}%"


@dataclass(frozen=True, slots=True)
class QuantityValue:
    """A Kubernetes quantity in its base unit (bytes, cores)."""

    number: Fraction
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text or _quantity_text(self.number)


@dataclass(frozen=True, slots=True)
class IntOrPercent:
    """`3` or `25%`. A number and a percentage are ordered only where one of them is nothing: `0` and `0%` are equal."""

    number: int
    percent: bool
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text or f"{self.number}{'%' if self.percent else ''}"


@dataclass(frozen=True, slots=True)
class Version:
    """A version by semantic versioning's precedence; parts that are not written are 0, build metadata does not count."""

    numbers: tuple[int, int, int]
    pre: tuple[str, ...] = ()
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text or ".".join(map(str, self.numbers)) + ("-" + ".".join(self.pre) if self.pre else "")

    @property
    def precedence(self) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
        """A key that sorts as the specification says: a release after its pre-releases, numbers before words."""
        parts = tuple((not one.isdigit(), int(one) if one.isdigit() else 0, one) for one in self.pre)
        return (self.numbers, not self.pre, parts)


@dataclass(frozen=True, slots=True)
class Wave:
    """A sync wave."""

    number: int
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text or str(self.number)


@dataclass(frozen=True, slots=True)
class Minutes:
    """A literal such as `500m`, minutes beside a duration and milli beside a quantity; known once it meets the other."""

    duration: Duration
    quantity: QuantityValue
    text: str

    def __str__(self) -> str:
        return self.text


Domain = Duration | Percent | QuantityValue | IntOrPercent | Version | Wave
DOMAINS = frozenset((Duration, Percent, QuantityValue, IntOrPercent, Version, Wave, Minutes))


# ---- text and numbers to values with units

TIME_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
# Plain texts, compiled by `re` at first use: most runs meet no value with a unit. Digits are bounded, as int() refuses many.
_DURATION_PART = r"([0-9]{1,30}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(ns|us|µs|μs|ms|s|m|h)"
_DURATION = rf"([-+]?)((?:{_DURATION_PART})+)"
_INT = r"[-+]?[0-9]{1,30}"
_PERCENT = r"([-+]?[0-9]{1,30}(?:\.[0-9]{1,30})?)%"
_QUANTITY = r"([-+]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60}))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([-+]?[0-9]{1,9}))?"
_NUMBER = r"([0-9]{1,18})"
_VERSION = rf"v?{_NUMBER}(?:\.{_NUMBER})?(?:\.{_NUMBER})?(?:-([0-9A-Za-z.-]{{1,200}}))?(?:\+[0-9A-Za-z.-]+)?"
SUFFIXES = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000)} | {
    letter + i: Fraction(base**power)
    for i, base, letters in (("", 1000, "kMGTPE"), ("i", 1024, "KMGTPE"))
    for power, letter in enumerate(letters, 1)
}
MAX_INT64 = (1 << 63) - 1


def parse_duration(text: str, *, bare_seconds: bool = False) -> Duration | None:
    """
    What Go's time.ParseDuration makes of a text; None where it fails, also on more than 292 years.

    bare_seconds: a whole number without unit counts seconds, as Argo's own fields read it.
    Source: Go src/time/format.go; argo-rollouts pkg/apis/rollouts/v1alpha1/types.go (RolloutPause.DurationSeconds).
    """
    if text in ("0", "+0", "-0"):
        return Duration(0, text)
    if bare_seconds and re.fullmatch(_INT, text):
        return _seconds(int(text), text)
    found = re.fullmatch(_DURATION, text)
    if found is None:
        return None
    total = sum(int(Fraction(number) * TIME_UNITS[unit]) for number, unit in re.findall(_DURATION_PART, found[2]))
    if total > MAX_INT64:
        return None
    return Duration(-total if found[1] == "-" else total, text)


def _seconds(number: int, text: str = "") -> Duration | None:
    nanoseconds = number * 10**9
    return Duration(nanoseconds, text) if abs(nanoseconds) <= MAX_INT64 else None


def parse_percent(text: str) -> Percent | None:
    """`50%`, `12.5%`; None for a number without the sign."""
    found = re.fullmatch(_PERCENT, text)
    return None if found is None else Percent(Fraction(found[1]), text)


def parse_quantity(text: str) -> QuantityValue | None:
    """
    A Kubernetes quantity; None where it is none. Finer than nano is rounded up, more than an int64 is capped.

    Source: apimachinery pkg/api/resource/quantity.go (ParseQuantity), suffix.go.
    """
    found = re.fullmatch(_QUANTITY, text)
    if found is None:
        return None
    number, suffix, exponent = Fraction(found[1]), found[2], found[3]
    if suffix is not None:
        number *= SUFFIXES[suffix]
    elif exponent is not None:
        # Beyond these nothing is left but the cap and the rounding, whatever the digits say.
        number *= Fraction(10) ** max(-100, min(100, int(exponent)))
    return QuantityValue(bounded(number), text)


def bounded(number: Fraction) -> Fraction:
    """A quantity as Kubernetes keeps it: finer than nano rounded away from zero, at most an int64."""
    nano = number * 10**9
    if nano.denominator != 1:
        whole = -(-abs(nano.numerator) // nano.denominator)
        number = Fraction(whole if number > 0 else -whole, 10**9)
    return max(Fraction(-MAX_INT64), min(Fraction(MAX_INT64), number))


def parse_int_or_percent(text: str) -> IntOrPercent | None:
    """`25%` or `3` as text; None for fractions. Source: apimachinery pkg/util/intstr/intstr.go."""
    digits = text.removesuffix("%")
    if re.fullmatch(_INT, digits) is None:
        return None
    return IntOrPercent(int(digits), digits != text, text)


def parse_version(text: str) -> Version | None:
    """`v3.2`, `2.13.1-rc1+build`; None where it is no version."""
    found = re.fullmatch(_VERSION, text)
    if found is None:
        return None
    major, minor, patch, pre = found.groups()
    numbers = (int(major), int(minor or 0), int(patch or 0))
    return Version(numbers, tuple(pre.split(".")) if pre else (), text)


def parse_wave(text: str) -> Wave | None:
    """What strconv.Atoi makes of a text. Source: gitops-engine pkg/sync/syncwaves/waves.go."""
    if re.fullmatch(_INT, text) is None or not -MAX_INT64 - 1 <= int(text) <= MAX_INT64:
        return None
    return Wave(int(text), text)


def exact(given: object) -> Fraction | None:
    """A number as the decimal that was written; None for inf, nan and everything that is no number."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int | Fraction):
        return Fraction(given)
    if isinstance(given, float):
        return Fraction(repr(given)) if math.isfinite(given) else None
    return None


# ---- and back to text


def number_text(number: int | float | Fraction) -> str:
    """As Go's encoding/json writes a float64: digits, and an exponent only below 1e-6 and from 1e21."""
    if isinstance(number, int):
        return str(number)
    if isinstance(number, Fraction):
        if number.denominator == 1:
            return str(number.numerator)
        number = number.numerator / number.denominator
    if not math.isfinite(number):
        return {"inf": "+Inf", "-inf": "-Inf"}.get(repr(number), "NaN")
    if number == 0:
        return "0"
    if 1e-6 <= abs(number) < 1e21:
        return f"{Decimal(repr(number)):f}".removesuffix(".0")
    mantissa, _, exponent = f"{Decimal(repr(number)):e}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{exponent[0]}{exponent[1:].lstrip('0')}"


def _duration_text(nanoseconds: int) -> str:
    if nanoseconds == 0:
        return "0s"
    rest, parts = abs(nanoseconds), ""
    for unit in ("h", "m"):
        count, rest = divmod(rest, TIME_UNITS[unit])
        parts += f"{count}{unit}" if count else ""
    if rest and not parts and rest < TIME_UNITS["s"]:
        unit = next(unit for unit in ("ms", "µs", "ns") if rest >= TIME_UNITS[unit])
        parts = f"{number_text(Fraction(rest, TIME_UNITS[unit]))}{unit}"
    elif rest:
        parts += f"{number_text(Fraction(rest, TIME_UNITS['s']))}s"
    return f"-{parts}" if nanoseconds < 0 else parts


def _quantity_text(number: Fraction) -> str:
    for suffix in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
        if number and (number / SUFFIXES[suffix]).denominator == 1:
            return f"{number_text(number / SUFFIXES[suffix])}{suffix}"
    if number.denominator == 1:
        return number_text(number)
    for suffix in ("m", "u", "n"):
        if (number / SUFFIXES[suffix]).denominator == 1:
            return f"{number_text(number / SUFFIXES[suffix])}{suffix}"
    return number_text(number)
