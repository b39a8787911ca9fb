"""Types that a rule's parameters may have, and versions as `applies to` writes them."""

from __future__ import annotations

from collections.abc import Mapping

from gitops_lint.dsl.types import (
    BOOL,
    DURATION,
    INTEGER,
    NUMBER,
    PERCENT,
    QUANTITY,
    TEXT,
    ListType,
    TextType,
    Type,
)
from gitops_lint.pattern import pattern

PARAMETER_TYPES: Mapping[str, Type] = {
    "text": TEXT,
    "number": NUMBER,
    "integer": INTEGER,
    "boolean": BOOL,
    "duration": DURATION,
    "percent": PERCENT,
    "quantity": QUANTITY,
    "globs": ListType(TextType(language="glob")),
    "list": ListType(TEXT),
}

_VERSION = pattern(r"v?\d+(\.\d+){0,2}")


def is_version(text: str) -> bool:
    return _VERSION.fullmatch(text) is not None


def compare_versions(one: str, two: str) -> int:
    """-1, 0 or 1; parts that are not written count as 0."""
    left, right = ([int(part) for part in text.removeprefix("v").split(".")] for text in (one, two))
    width = max(len(left), len(right))
    left += [0] * (width - len(left))
    right += [0] * (width - len(right))
    return (left > right) - (left < right)
