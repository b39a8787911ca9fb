"""JSON text of reports: broken over lines down to a depth, compact below; ASCII only, whatever encoding the output has."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gitops_lint.pattern import pattern

_SURROGATE = pattern("[\ud800-\udfff]")

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def layout(value: Json, depth: int) -> str:
    """
    A JSON text with its final line end.

    depth: how many levels of containers are broken over lines. json's own indentation runs in Python, not in C, and takes
    most of the time of a big report.
    """
    return _layout(value, depth, "\n") + "\n"


def _layout(value: Json, depth: int, line: str) -> str:
    if depth == 0 or not value or not isinstance(value, (dict, list)):
        return json.dumps(value)
    inner = line + "  "
    if isinstance(value, dict):
        items = (f"{json.dumps(key)}: {_layout(item, depth - 1, inner)}" for key, item in value.items())
        return f"{{{inner}{_joined(items, inner)}{line}}}"
    return f"[{inner}{_joined((_layout(item, depth - 1, inner) for item in value), inner)}{line}]"


def _joined(items: Iterable[str], line: str) -> str:
    return f",{line}".join(items)


def paired(text: str) -> str:
    """text for readers that refuse a lone surrogate, which stands for a byte that is not UTF-8: U+FFFD in its place."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
