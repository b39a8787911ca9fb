"""
Regular expressions that are compiled when they are first asked: most runs never ask most of them, and compiling all was a
seventh of what it takes to start. Used by every room.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_OFFERED = (
    "findall", "finditer", "flags", "fullmatch", "groupindex", "groups", "match", "search", "split", "sub", "subn",
)  # fmt: skip


class _Late:
    """Stands for a pattern. Its slots are empty until one of them is asked for, and then hold the pattern's own methods."""

    __slots__ = ("_flags", "_text", "pattern", *_OFFERED)

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _OFFERED:
            raise AttributeError(name)
        made = re.compile(self._text, self._flags)
        for one in _OFFERED:
            setattr(self, one, getattr(made, one))
        return getattr(made, name)


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, compiled at its first use: whatever is wrong in it shows then. For patterns of modules."""
    return cast("re.Pattern[AnyStr]", _Late(text, int(flags)))
