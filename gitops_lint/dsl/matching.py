"""The two kinds of pattern in rules, `matches /…/` and `like "…"`, as functions from text to yes or no in linear time."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def regex(pattern: str) -> Callable[[str], bool]:
    """
    Whether an RE2 pattern is found in a text. Raises ValueError where RE2 refuses the pattern: the checker says it before.

    RE2 is loaded when the first rule with a pattern is compiled: most runs never need it.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        search = re2.compile(pattern, options).search
    except re2.error as error:
        raise ValueError(f"RE2 refuses /{pattern}/: {error}") from None

    def found(text: str) -> bool:
        # A lone surrogate, which escapes can make, is no UTF-8: RE2 sees a character in its place.
        return search(text if _encodable(text) else text.encode("utf-8", "replace").decode()) is not None

    return found


def _encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def glob(pattern: str) -> Callable[[str], bool]:
    """Whether a whole text fits: `*` is any text, also none and also `/`; `?` is any one character."""
    if "?" not in pattern:
        parts = pattern.split("*")
        if len(parts) == 1:
            return lambda text: text == pattern
        if len(parts) == 2:
            head, tail = parts
            least = len(head) + len(tail)
            return lambda text: len(text) >= least and text.startswith(head) and text.endswith(tail)
        return lambda text: _has_parts(parts, text)
    return lambda text: _fits(pattern, text)


def _has_parts(parts: Sequence[str], text: str) -> bool:
    """Whether a text begins with the first part, ends with the last, and holds the others between them in this order."""
    head, tail = parts[0], parts[-1]
    if not text.startswith(head) or not text.endswith(tail):
        return False
    at, end = len(head), len(text) - len(tail)
    for part in parts[1:-1]:
        # the first place leaves most room for the parts behind it
        found = text.find(part, at, end) if at <= end else -1
        if found < 0:
            return False
        at = found + len(part)
    return at <= end


def _fits(pattern: str, text: str) -> bool:
    # On a mismatch only the last `*` takes one character more, so the time is the product of the lengths at worst.
    at = here = 0
    star, resume = -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, here
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[here]):
            at += 1
            here += 1
        elif star >= 0:
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return pattern[at:].strip("*") == ""
