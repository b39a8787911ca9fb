"""
The fingerprint that GitHub gives a line, so that ours and the one its upload action computes are the same.

Algorithm: a 64-bit polynomial hash with base 37 over the 100 UTF-16 units from the start of the line, without spaces and
tabs, CR and CRLF read as LF, the end of the file as one unit 65535 and zeros behind it; then `:` and the how-many-th line
with that hash it is. Source: github/codeql-action src/fingerprints.ts.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator

_WINDOW = 100
_BASE = 37
_MASK = 2**64 - 1
_LEAVING = pow(_BASE, _WINDOW, 2**64)
_END_OF_FILE = 65535
_LF = 10


def line_hashes(text: str) -> list[str]:
    """
    The fingerprint of every line of a text, the first line first.

    A line begins with its first unit that is no space or tab: blanks before the end of the file make no line of their own.
    """
    units, starts = _units(text)
    hashes: list[str] = []
    seen: Counter[str] = Counter()
    value = 0
    window: deque[int] = deque([0] * _WINDOW)
    pending = iter(starts)
    line = next(pending, None)
    # after unit number n went in, the window holds the units from n - 99 on
    for index in range(len(units) + _WINDOW - 1):
        unit = units[index] if index < len(units) else 0
        value = (_BASE * value + unit - _LEAVING * window.popleft()) & _MASK
        window.append(unit)
        if line is not None and index == line + _WINDOW - 1:
            word = f"{value:x}"
            seen[word] += 1
            hashes.append(f"{word}:{seen[word]}")
            line = next(pending, None)
    return hashes


def _units(text: str) -> tuple[list[int], list[int]]:
    """The units that count, the end of the file included, and the index of each line's first one."""
    units: list[int] = []
    starts: list[int] = []
    at_start = True
    for unit in _counting(text):
        if at_start:
            starts.append(len(units))
        at_start = unit == _LF
        units.append(unit)
    if at_start:
        starts.append(len(units))
    units.append(_END_OF_FILE)
    return units, starts


def _counting(text: str) -> Iterator[int]:
    data = text.encode("utf-16-le", "surrogatepass")
    after_cr = False
    for index in range(0, len(data), 2):
        unit = data[index] | data[index + 1] << 8
        if unit in (0x20, 0x09) or (after_cr and unit == _LF):
            after_cr = False
            continue
        after_cr = unit == 0x0D
        yield _LF if after_cr else unit
