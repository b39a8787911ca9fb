"""Text that a terminal or a CI log may be given: visible control characters, display widths, colours, links."""

from __future__ import annotations

import unicodedata

from gitops_lint.dataclass import dataclass

MASK = "••••"
_TAB = 4
_STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "strong": "1",
    "gutter": "1;34",
    "related": "1;34",
    "help": "1;32",
    "faint": "2",
}
# joiners and variation selectors change nothing but the look of their neighbours: they may pass
_HARMLESS = {"\u200c", "\u200d", "\ufe0e", "\ufe0f"}
_VISIBLE = {0x7F: "␡", **{code: chr(0x2400 + code) for code in range(0x20)}}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours and links, or neither; the words stay the same."""

    color: bool = False
    links: bool = False

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.color and text else text

    def link(self, url: str, text: str) -> str:
        """text as an OSC 8 link. url comes from a rule file, so only printable ASCII of it is believed."""
        if not self.links or not url or not (url.isascii() and url.isprintable()):
            return text
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"


def glyph(char: str) -> str:
    """What stands for one code point: itself, or a visible sign for what a terminal would obey or hide."""
    if " " <= char <= "~":
        return char
    code = ord(char)
    if char == "\t":
        return " " * _TAB
    if code in _VISIBLE:
        return _VISIBLE[code]
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and char not in _HARMLESS:
        return f"<U+{code:04X}>"
    return char


def visible(text: str) -> str:
    """text on one line, with nothing in it that a terminal obeys: control characters, escapes, direction marks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(glyph, text))


def width(text: str) -> int:
    """Columns that text (already visible) takes on a terminal: East Asian wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def inert(text: str) -> str:
    """
    text without anything that a GitHub runner takes for a workflow command.

    The runner obeys a line that begins with `::` and `##[` anywhere in one; both may come from file names or snippets.
    """
    if "::" not in text and "##[" not in text:
        return text
    lines = text.replace("##[", "## [").split("\n")
    return "\n".join(f"./{line.lstrip()}" if line.lstrip().startswith("::") else line for line in lines)


def _columns(char: str) -> int:
    if " " <= char <= "~":
        return 1
    if char in _HARMLESS or unicodedata.category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
