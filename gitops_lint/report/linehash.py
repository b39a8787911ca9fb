"""
The fingerprint that GitHub gives a line, so that ours and the one its upload action computes are the same.

Algorithm: a 64-bit polynomial hash with base 37 over the 100 UTF-16 units from the start of the line, without spaces and
tabs, CR and CRLF read as LF, the end of the file as one unit 65535 and zeros behind it; then `:` and the how-many-th line
with that hash it is. Source: github/codeql-action src/fingerprints.ts.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from itertools import accumulate

_WINDOW = 100
_BASE = 37
_MASK = 2**64 - 1
_LEAVING = pow(_BASE, _WINDOW, 2**64)
_END_OF_FILE = 65535
_LF = 10
_UTF16 = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"


def line_hashes(text: str) -> list[str]:
    """The fingerprint of every line of a text, the first line first; the empty text has one line."""
    units = _units(text)
    starts = [0, *(index + 1 for index, unit in enumerate(units) if unit == _LF)]
    units.append(_END_OF_FILE)
    units.extend([0] * _WINDOW)
    # hashes[n] is the hash of the first n units; that of a window is what its end has and its start had not
    hashes = list(accumulate(units, _next, initial=0))
    seen: Counter[str] = Counter()
    found = []
    for start in starts:
        word = f"{(hashes[start + _WINDOW] - hashes[start] * _LEAVING) & _MASK:x}"
        seen[word] += 1
        found.append(f"{word}:{seen[word]}")
    return found


def _next(value: int, unit: int) -> int:
    return (value * _BASE + unit) & _MASK


def _units(text: str) -> array[int]:
    """The UTF-16 units that count."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    units = array("H")
    units.frombytes(plain.encode(_UTF16, "surrogatepass"))
    return units
