"""Patterns of .gitignore in the configuration, compiled at first use."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def matches(globs: tuple[str, ...], file: str) -> bool:
    """Whether a path relative to the root is named by patterns of .gitignore; a later `!pattern` takes back."""
    return bool(globs) and bool(compiled(globs).match_file(file))


@lru_cache(maxsize=256)
def compiled(globs: tuple[str, ...]) -> GitIgnoreSpec:
    """The patterns as pathspec has them. Raises ValueError for one that Git could not read."""
    # not at the top: importing it takes 50 ms, and most configurations hold no pattern
    import re2
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(globs)
    except re2.error as error:
        raise ValueError(f"too large: {error}") from error
