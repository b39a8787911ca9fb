"""
What a reader of YAML would make of a text that stands without quotes, as far as go-yaml v2 asks before it writes one.

Source: go.yaml.in/yaml/v2 v2.4.4 resolve.go, encode.go (stringv).
"""

from __future__ import annotations

import re
from typing import Any

from gitops_lint.languages.gotemplate.functions.cast import parse_float, parse_int
from gitops_lint.languages.gotemplate.functions.golayout import days_in
from gitops_lint.pattern import pattern

_WORDS = frozenset(
    [
        "y",
        "Y",
        "yes",
        "Yes",
        "YES",
        "true",
        "True",
        "TRUE",
        "on",
        "On",
        "ON",
        "n",
        "N",
        "no",
        "No",
        "NO",
        "false",
        "False",
        "FALSE",
        "off",
        "Off",
        "OFF",
        "~",
        "null",
        "Null",
        "NULL",
        ".nan",
        ".NaN",
        ".NAN",
        ".inf",
        ".Inf",
        ".INF",
        "+.inf",
        "+.Inf",
        "+.INF",
        "-.inf",
        "-.Inf",
        "-.INF",
    ]
) | {""}
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_BASE_60 = pattern(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", re.ASCII)
_BINARY = pattern(r"-?0b[-+]?[01]+", re.ASCII)
_TIME = pattern(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+]([0-9]{2}):([0-9]{2})))"
    r"|(?:[ ]+([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?))?",
    re.ASCII,
)
_MOST_UNSIGNED = (1 << 64) - 1


def is_plain_string(text: str) -> bool:
    """Whether a text without quotes is read as the text it is, by old readers of times like `1:20` too."""
    if text in _WORDS:
        return False
    if text[0] == ".":
        return parse_float(text) is None
    if text[0] not in "+-0123456789":
        return True
    if _is_time(text) or _BASE_60.fullmatch(text):
        return False
    digits = text.replace("_", "")
    return not (_is_whole(digits) or _is_float(digits) or _BINARY.fullmatch(digits))


def _is_whole(digits: str) -> bool:
    if parse_int(digits) is not None:
        return True
    unsigned: Any = digits if digits[:1] not in ("+", "-") else ""
    found = re.fullmatch(r"0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*)", unsigned, re.ASCII)
    if found is None:
        return False
    written, base = next(
        (one, base) for one, base in zip(found.groups(), (16, 2, 8, 10), strict=True) if one is not None
    )
    return len(written.lstrip("0")) <= 64 and int(written, base) <= _MOST_UNSIGNED


def _is_float(digits: str) -> bool:
    return _FLOAT.fullmatch(digits) is not None and parse_float(digits) is not None


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day, *clock = (int(one) if one else 0 for one in found.groups())
    if not 1 <= month <= 12 or not 1 <= day <= days_in(month, year):
        return False
    hour, minute, second, zone_hours, zone_minutes, late_hour, late_minute, late_second = clock
    return (
        max(hour, late_hour) < 24
        and max(minute, late_minute) < 60
        and max(second, late_second) < 60
        and zone_hours <= 24
        and zone_minutes < 60
    )
