"""
Functions of text: case, blanks, cutting by bytes, wrapping.

Source: Masterminds/sprig v3.3.0 strings.go, functions.go; Masterminds/goutils v1.1.1 wordutils.go, stringutils.go.
"""

from __future__ import annotations

from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions.characters import (
    SPACES,
    is_lower,
    is_title,
    is_upper,
    lower,
    lower_rune,
    runes,
    title,
    title_rune,
    upper,
    upper_rune,
)
from gitops_lint.languages.gotemplate.functions.limits import check_size
from gitops_lint.languages.gotemplate.functions.words import camelcase, kebabcase, snakecase
from gitops_lint.languages.gotemplate.quoting import from_utf8, utf8


def trim_all(cut: str, text: str) -> str:
    return runes(text).strip(runes(cut)) if cut else text


def no_space(text: str) -> str:
    """goutils.DeleteWhiteSpace goes through bytes, and writes each that is not white as a rune of its own."""
    data = utf8(text)
    kept = "".join(chr(one) for one in data if chr(one) not in SPACES)
    return text if len(kept) == len(data) else kept


def initials(text: str) -> str:
    """goutils.Initials goes through bytes too: of a letter outside ASCII it takes the first byte as a rune."""
    found = []
    gap = True
    for one in utf8(text):
        white = chr(one) in SPACES
        if gap and not white:
            found.append(chr(one))
        gap = white
    return "".join(found)


def untitle(text: str) -> str:
    made = []
    begins = True
    for rune in runes(text):
        if rune in SPACES:
            begins = True
        elif begins:
            rune = lower_rune(rune)
            begins = False
        made.append(rune)
    return "".join(made)


def swap_case(text: str) -> str:
    made = []
    begins = True
    for rune in runes(text):
        if is_upper(rune) or is_title(rune):
            made.append(lower_rune(rune))
            begins = False
        elif is_lower(rune):
            made.append(title_rune(rune) if begins else upper_rune(rune))
            begins = False
        else:
            made.append(rune)
            begins = rune in SPACES
    return "".join(made)


def truncate(count: int, text: str) -> str:
    data = utf8(text)
    if count < 0 and len(data) + count > 0:
        return from_utf8(data[count:])
    return from_utf8(data[:count]) if 0 <= count < len(data) else text


def substring(start: int, end: int, text: str) -> str:
    data = utf8(text)
    if start < 0:
        return from_utf8(_cut(data, 0, end))
    return from_utf8(_cut(data, start, len(data) if end < 0 or end > len(data) else end))


def _cut(data: bytes, start: int, end: int) -> bytes:
    if end < 0:
        raise FunctionError(f"runtime error: slice bounds out of range [:{end}]")
    if end > len(data):
        raise FunctionError(f"runtime error: slice bounds out of range [:{end}] with length {len(data)}")
    if start > end:
        raise FunctionError(f"runtime error: slice bounds out of range [{start}:{end}]")
    return data[start:end]


def abbreviate(width: int, text: str) -> str:
    return text if width < 4 else from_utf8(_abbreviated(utf8(text), 0, width))


def abbreviate_both(left: int, right: int, text: str) -> str:
    if right < 4 or (left > 0 and right < 7):
        return text
    return from_utf8(_abbreviated(utf8(text), left, right))


def _abbreviated(data: bytes, offset: int, width: int) -> bytes:
    if len(data) <= width:
        return data
    offset = min(offset, len(data))
    if len(data) - offset < width - 3:
        offset = len(data) - (width - 3)
    if offset <= 4:
        return data[: width - 3] + b"..."
    if width < 7:
        return b""
    if offset + width - 3 < len(data):
        # too narrow for another mark: goutils returns nothing for the rest, and sprig drops the error
        rest = b"" if width - 3 < 4 else _abbreviated(data[offset:], 0, width - 3)
        return b"..." + rest
    return b"..." + data[len(data) - (width - 3) :]


def repeat(count: int, text: str) -> str:
    if count < 0:
        raise FunctionError("strings: negative Repeat count")
    check_size(count * len(utf8(text)))
    return text * count


def indent(spaces: int, text: str) -> str:
    if spaces < 0:
        raise FunctionError("strings: negative Repeat count")
    check_size(spaces * (text.count("\n") + 1) + len(text))
    pad = " " * spaces
    return pad + text.replace("\n", "\n" + pad)


def wrap(width: int, text: str, mark: str = "\n", cut_words: bool = False) -> str:
    """goutils.WrapCustom: columns are bytes; blanks at the start of a line go, those at its end stay."""
    data = utf8(text)
    line_end = utf8(mark or "\n")
    width = max(width, 1)
    check_size(len(data) + len(data) // width * len(line_end))
    made = []
    at = 0
    while len(data) - at > width:
        if data[at] == 0x20:
            at += 1
            continue
        blank = data.rfind(b" ", at, at + width + 1)
        behind = blank + 1
        if blank < 0 and cut_words:
            blank = behind = at + width
        elif blank < 0:
            blank = data.find(b" ", at + width)
            behind = blank + 1
            if blank < 0:
                blank = behind = len(data)
        made.append(data[at:blank])
        if blank < len(data) or cut_words:
            made.append(line_end)
        at = behind
    made.append(data[at:])
    return from_utf8(b"".join(made))


def plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def replace(old: str, new: str, text: str) -> str:
    check_size(len(text) + (text.count(old) if old else len(text) + 1) * len(new))
    return text.replace(old, new)


STRINGS = (
    Function("hello", lambda: "Hello!", ()),
    Function("upper", upper, ("string",)),
    Function("lower", lower, ("string",)),
    Function("title", title, ("string",)),
    Function("untitle", untitle, ("string",)),
    Function("swapcase", swap_case, ("string",)),
    Function("snakecase", snakecase, ("string",)),
    Function("kebabcase", kebabcase, ("string",)),
    Function("camelcase", camelcase, ("string",)),
    Function("trim", lambda text: text.strip(SPACES), ("string",)),
    Function("trimall", trim_all, ("string", "string")),
    Function("trimAll", trim_all, ("string", "string")),
    Function("trimPrefix", lambda start, text: text.removeprefix(start), ("string", "string")),
    Function("trimSuffix", lambda end, text: text.removesuffix(end), ("string", "string")),
    Function("nospace", no_space, ("string",)),
    Function("initials", initials, ("string",)),
    Function("trunc", truncate, ("int", "string")),
    Function("substr", substring, ("int", "int", "string")),
    Function("abbrev", abbreviate, ("int", "string")),
    Function("abbrevboth", abbreviate_both, ("int", "int", "string")),
    Function("repeat", repeat, ("int", "string")),
    Function("replace", replace, ("string", "string", "string")),
    Function("contains", lambda part, text: part in text, ("string", "string")),
    Function("hasPrefix", lambda start, text: text.startswith(start), ("string", "string")),
    Function("hasSuffix", lambda end, text: text.endswith(end), ("string", "string")),
    Function("indent", indent, ("int", "string")),
    Function("nindent", lambda spaces, text: "\n" + indent(spaces, text), ("int", "string")),
    Function("wrap", wrap, ("int", "string")),
    Function(
        "wrapWith", lambda width, mark, text: wrap(width, text, mark, cut_words=True), ("int", "string", "string")
    ),
    Function("plural", plural, ("string", "string", "int")),
)
