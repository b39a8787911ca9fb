"""Durations as Go reads and writes them: `1h30m`, `1.5ms`. Source: Go time/format.go (ParseDuration), time/time.go (String)."""

from __future__ import annotations

import re
from typing import Any

from gitops_lint.languages.gotemplate.function import FunctionError
from gitops_lint.languages.gotemplate.functions.golayout import shown
from gitops_lint.pattern import pattern

NANOSECONDS = 10**9
_UNITS = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,
    "\u03bcs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_AMOUNT = pattern(r"([0-9]*)(?:(\.)([0-9]*))?([^.0-9]*)", re.ASCII)
_LARGEST = 1 << 63


def read_duration(text: str) -> int:
    """Nanoseconds of `1h30m`, `-1.5s`. Raises FunctionError in Go's words."""
    refused = FunctionError(f"time: invalid duration {shown(text)}")
    bare = text[1:] if text[:1] in ("+", "-") else text
    if bare == "0":
        return 0
    total = 0
    if not bare:
        raise refused
    while bare:
        found: Any = _AMOUNT.match(bare)
        whole, point, fraction, unit = found.groups()
        if (not whole and not fraction) or (not whole and not point):
            raise refused
        if len(whole.lstrip("0")) > 19:
            raise refused
        if not unit:
            raise FunctionError(f"time: missing unit in duration {shown(text)}")
        if unit not in _UNITS:
            raise FunctionError(f"time: unknown unit {shown(unit)} in duration {shown(text)}")
        amount = int(whole or 0) * _UNITS[unit] + _part(fraction or "", _UNITS[unit])
        total += amount
        if amount > _LARGEST or total > _LARGEST:
            raise refused
        bare = bare[found.end() :]
    if text[0] == "-":
        return -total
    if total == _LARGEST:
        raise refused
    return total


def _part(fraction: str, unit: int) -> int:
    digits = fraction[:18]
    return int(float(int(digits)) * (float(unit) / 10.0 ** len(digits))) if digits else 0


def duration_text(nanoseconds: int) -> str:
    """time.Duration.String: `1h30m0s`, `1.5ms`."""
    sign, left = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if left == 0:
        return "0s"
    for unit, size in (("ns", 1), ("\u00b5s", 10**3), ("ms", 10**6)):
        if left < 10**9 and left < size * 1000:
            return f"{sign}{_with_fraction(left, size)}{unit}"
    seconds = f"{_with_fraction(left % (60 * NANOSECONDS), NANOSECONDS)}s"
    minutes = left // (60 * NANOSECONDS)
    if minutes == 0:
        return sign + seconds
    return sign + (f"{minutes // 60}h{minutes % 60}m" if minutes >= 60 else f"{minutes}m") + seconds


def _with_fraction(number: int, size: int) -> str:
    fraction = f"{number % size:0{len(str(size)) - 1}}".rstrip("0") if size > 1 else ""
    return f"{number // size}.{fraction}" if fraction else str(number // size)
