"""
Letters as Go's package unicode and strings have them: one rune to one rune, where Python may make two of one.

Source: Go unicode/letter.go, unicode/graphic.go, strings/strings.go (ToUpper, ToLower, Title, TrimSpace).
"""

from __future__ import annotations

import unicodedata

SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What unicode.IsSpace holds to be white: not the separators 0x1c to 0x1f, which Python's `isspace` holds so too."""


def runes(text: str) -> str:
    """A string as Go's `range` and `[]rune` see it: every byte that is no valid UTF-8 is U+FFFD."""
    if text.isascii():
        return text
    return "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text)


def upper(text: str) -> str:
    """strings.ToUpper."""
    return text.upper() if text.isascii() else "".join(map(upper_rune, runes(text)))


def lower(text: str) -> str:
    """strings.ToLower."""
    return text.lower() if text.isascii() else "".join(map(lower_rune, runes(text)))


def upper_rune(rune: str) -> str:
    """unicode.ToUpper: a rune whose upper case is two letters (ß) stays, or becomes the one that stands for both (ᾳ)."""
    for made in (rune.upper(), rune.title()):
        if len(made) == 1:
            return made
    return rune


def lower_rune(rune: str) -> str:
    """unicode.ToLower: `İ` becomes an i without the second dot that Python adds."""
    return rune.lower()[0]


def title_rune(rune: str) -> str:
    """unicode.ToTitle."""
    made = rune.title()
    return made if len(made) == 1 else rune


def title(text: str) -> str:
    """strings.Title: the first letter of every word in title case, a word beginning behind whatever is no letter or digit."""
    made = []
    before = " "
    for rune in runes(text):
        made.append(title_rune(rune) if _separates(before) else rune)
        before = rune
    return "".join(made)


def _separates(rune: str) -> bool:
    if rune <= "\x7f":
        return not (rune.isalnum() or rune == "_")
    return not is_letter(rune) and not is_digit(rune) and rune in SPACES


def is_letter(rune: str) -> bool:
    return unicodedata.category(rune)[0] == "L"


def is_digit(rune: str) -> bool:
    return unicodedata.category(rune) == "Nd"


def is_number(rune: str) -> bool:
    return unicodedata.category(rune)[0] == "N"


def is_punctuation(rune: str) -> bool:
    return unicodedata.category(rune)[0] == "P"


def is_upper(rune: str) -> bool:
    return unicodedata.category(rune) == "Lu"


def is_lower(rune: str) -> bool:
    return unicodedata.category(rune) == "Ll"


def is_title(rune: str) -> bool:
    return unicodedata.category(rune) == "Lt"
