"""
What a single line of ordinary block YAML holds, for `plainyaml.py`: where its dash, key and value stand, and their texts.

Only lines are told whose meaning does not hang on what YAML allows besides: whatever is not sure is REFUSED, and then
libyaml reads the document. Manifests say the same lines over and over, so what was found is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TypeAlias

from gitops_lint.pattern import pattern
from gitops_lint.text.keys import SPECIAL
from gitops_lint.text.scalars import odd_key

KEY, ITEM, KEY_ITEM, NOTHING, TEXT, SEPARATOR, END, REFUSED = range(8)
"""`a: 1`, `- 1`, `- a: 1`, a blank line or comment, a scalar without key or dash, `---`, behind the text, anything else."""

NONE, SCALAR, BLOCK, FLOW, QUOTED = range(5)
"""The value behind the key or dash: none on this line, a scalar, a block scalar's header, `[…]` or `{…}`, quotes left open."""

USUAL, ODD_KEY, LOOK = 0, 1, 2
"""The key: one like most; flags: one that `scalars` has to look at, one that `keys` has to look at."""

Form: TypeAlias = tuple[int, int, int, int, str, str, int, int, int, int, str, str]
"""
Kind; column of the dash, key or text; start, end, text and style of the key, and what sort it is; kind, start, end, text and
style of the value. Offsets count from the start of the line. The text of a block scalar is its chomping: "", "-" or "+".
"""

BEHIND = "\0"
"""Stands behind the last line of a text."""

_MOST_LINES = 8192
"""How many lines are kept: enough for what a repository says again and again, and a few MB."""

_LONGEST = 900
"""libyaml takes a key of 1,024 characters and no longer one."""

# libyaml 0.2.5: scanner.c, yaml_parser_fetch_next_token and yaml_parser_scan_plain_scalar
_LINE = pattern(
    r"( *)"
    r"(-(?: +|\Z))?"
    r"(?:(\"[^\"\\]*\"|'[^']*'|[^ \-?:,\[\]{}#&*!|>'\"%@`][^ :#]*+(?:(?: ++|:)[^ :#]++)*+):(?: +|\Z))?"
    r"(.*)"
)
_DASHES = pattern(r"--- *(?: #.*)?\Z")
_QUOTED = pattern(r"(?:\"[^\"\\]*\"|'(?:[^']|'')*')(?= *\Z| +#)")
_ESCAPED = pattern(r"\"(?:[^\"\\]|\\[\"\\nt])*\"(?= *\Z| +#)")
_OPEN = pattern(r"'(?:[^']|'')*+\Z|\"(?:[^\"\\]|\\(?:[\"\\nt]|\Z))*+\Z")
_ESCAPE = pattern(r"\\(.)")
_HEADER = pattern(r"([|>])([-+]?) *(?: #.*)?\Z")
_FLOW_END = pattern(r" *\Z| +#")
_FLOW_TOKEN = pattern(
    r" *(?:([\[\]{},])|(\"[^\"\\]*\"|'[^']*'|[A-Za-z0-9_./$][A-Za-z0-9_./$@=+*-]*)(: +)?(?=[ \[\]{},\"'A-Za-z0-9_./$]|\Z))"
)
_NO_START = frozenset(" ?:,[]{}#&*!|>'\"%@`")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_DEEPEST = 8

_REFUSED: Form = (REFUSED, 0, 0, 0, "", "", USUAL, NONE, 0, 0, "", "")
_NOTHING: Form = (NOTHING, 0, 0, 0, "", "", USUAL, NONE, 0, 0, "", "")
_SEPARATOR: Form = (SEPARATOR, 0, 0, 0, "", "", USUAL, NONE, 0, 0, "", "")
_END: Form = (END, 0, 0, 0, "", "", USUAL, NONE, 0, 0, "", "")

KNOWN: dict[str, Form] = {}
"""Lines that were looked at, by their text."""


def form_of(line: str) -> Form:
    """The form of a line, its break left out; BEHIND is the line behind a text."""
    form = _form(line)
    if len(KNOWN) >= _MOST_LINES:
        KNOWN.clear()
    KNOWN[line] = form
    return form


def _form(line: str) -> Form:
    if not line.isprintable():  # tabs, control characters and the breaks that only YAML knows
        return _END if line == BEHIND else _REFUSED
    if line.startswith(("---", "...")):
        return _SEPARATOR if _DASHES.match(line) else _REFUSED
    found = _LINE.match(line)
    if found is None:
        return _REFUSED
    column = found.end(1)
    key_at, key_end = found.span(3)
    at = found.start(4)
    key, style, sort = "", "plain", USUAL
    if key_at >= 0:
        kind = KEY if found.start(2) < 0 else KEY_ITEM
        if key_end - key_at > _LONGEST:
            return _REFUSED
        key = line[key_at:key_end]
        if key[0] in "'\"":
            style = key[0]
            key = key[1:-1]
        key = sys.intern(key)
        sort = (LOOK if key in SPECIAL else USUAL) | (ODD_KEY if odd_key(key, style) else USUAL)
    elif found.start(2) >= 0:
        kind = ITEM
        key_at, key_end = column, column + 1
    else:
        kind = TEXT
    if at == len(line) or line[at] == "#":
        if kind == TEXT:
            return _NOTHING
        return (kind, column, key_at, key_end, key, style, sort, NONE, 0, 0, "", "")
    value = _value(line, at)
    if value is None:
        # it may still go on with the plain scalar of the line before
        return (TEXT, column, 0, 0, "", "", USUAL, NONE, 0, 0, "", "") if kind in (TEXT, ITEM) else _REFUSED
    return (kind, column, key_at, key_end, key, style, sort, *value)


def _value(line: str, at: int) -> tuple[int, int, int, str, str] | None:
    first = line[at]
    if first not in _NO_START:
        return _plain(line, at)
    if first in "'\"":
        return _quoted(line, at)
    if first in "|>":
        header = _HEADER.match(line, at)
        return (BLOCK, at, header.end(2), header.group(2), first) if header is not None else None
    if first in "[{":
        end = _flow_end(line, at)
        return (FLOW, at, end, "", first) if end else None
    return None


def _plain(line: str, at: int) -> tuple[int, int, int, str, str] | None:
    if line[at] == "-" and line[at + 1 : at + 2] in ("", " "):
        return None
    comment = line.find(" #", at)
    text = (line[at:comment] if comment >= 0 else line[at:]).rstrip(" ")
    if not plain_goes_on(text):
        return None
    return SCALAR, at, at + len(text), text, "plain"


def plain_goes_on(text: str) -> bool:
    """Whether a text without comment is nothing but a part of a plain scalar, in block context."""
    return ": " not in text and not text.endswith(":")


def _quoted(line: str, at: int) -> tuple[int, int, int, str, str] | None:
    found = _QUOTED.match(line, at)
    if found is not None:
        text = line[at + 1 : found.end() - 1]
        quote = line[at]
        return SCALAR, at, found.end(), text.replace("''", "'") if quote == "'" else text, quote
    found = _ESCAPED.match(line, at)
    if found is not None:
        return SCALAR, at, found.end(), unescaped(line[at + 1 : found.end() - 1]), '"'
    return (QUOTED, at, len(line), "", line[at]) if _OPEN.match(line, at) is not None else None


def unescaped(text: str) -> str:
    """The text that simple escapes in double quotes stand for."""
    return _ESCAPE.sub(lambda one: _ESCAPES[one.group(1)], text)


def flow_tokens(line: str, at: int) -> Iterator[tuple[int, int, str, bool]]:
    """Start, end, text and whether it is a key of every token of a flow collection at `at`; it was found to be one."""
    while True:
        found = _FLOW_TOKEN.match(line, at)
        if found is None:
            return
        group = found.lastindex
        if group == 1:
            yield found.start(1), found.end(1), found.group(1), False
        else:
            yield found.start(2), found.end(2), found.group(2), found.start(3) >= 0
        at = found.end()


def _flow_end(line: str, at: int) -> int:
    """Where the flow collection at `at` ends, 0 when it is not one that is simple, or more follows on its line."""
    open_ones: list[tuple[str, set[str]]] = []
    wanted = "value"  # "first": an item or the end; "value", "item", "after"
    for _, end, text, is_key in flow_tokens(line, at):
        if text in "[{":
            if wanted not in ("value", "first", "item") or (wanted != "value" and open_ones[-1][0] == "{"):
                return 0
            if len(open_ones) >= _DEEPEST:
                return 0
            open_ones.append((text, set()))
            wanted = "first"
        elif text in "]}":
            if wanted not in ("first", "after") or (text == "]") != (open_ones[-1][0] == "["):
                return 0
            open_ones.pop()
            if not open_ones:
                return end if _FLOW_END.match(line, end) else 0
            wanted = "after"
        elif text == ",":
            if wanted != "after":
                return 0
            wanted = "item"
        elif is_key:
            kind, keys = open_ones[-1]
            key = text.strip("'\"")
            if kind != "{" or wanted not in ("first", "item") or key in keys or key in SPECIAL:
                return 0
            keys.add(key)
            wanted = "value"
        else:
            if wanted not in ("value", "first", "item") or (wanted != "value" and open_ones[-1][0] == "{"):
                return 0
            wanted = "after"
    return 0
