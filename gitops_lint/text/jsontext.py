"""
JSON text to nodes, as strict as Go's encoding/json, for files whose name says JSON.

JSON in a YAML file is YAML and goes through `parse_yaml`.
"""

from __future__ import annotations

import json
import re
from typing import Literal

from gitops_lint.pattern import pattern
from gitops_lint.text.keys import key_mistakes
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source
from gitops_lint.text.parsed import MAX_DEPTH, Document, Parsed
from gitops_lint.text.templates import is_template, unquoted_template

_SPACE = pattern(r"[ \t\r\n]*+")
_STRING = pattern(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_NUMBER = pattern(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?(?![0-9A-Za-z_.+])")
_WORD = pattern(r"[A-Za-z_$][A-Za-z0-9_$.\-]*+")
_NUMERIC = pattern(r"[-+.0-9][-+.0-9A-Za-z_]*+")
_SURROGATE = pattern("[\ud800-\udfff]")
_LITERALS = frozenset(("true", "false", "null"))
_MEANT = {"None": "null", "nil": "null", "undefined": "null", "NaN": "null", "Infinity": "null"}

_Expected = Literal["value", "value or ]", "key", "key or }", ":", ", or }", ", or ]"]


class _JsonError(Exception):
    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


def parse_json(source: Source, *, open: bool = False) -> Parsed:
    """
    Documents and mistakes of a JSON text: one value, and nothing behind it.

    More values are a mistake, yet are read as documents 1, 2, …: a tool that reads `.json` refuses the whole file.
    open: as for `parse_yaml`. Strings are scalars of style '"', all others of style "plain".
    Source: Go's encoding/json; argo-cd reposerver/repository (json.Unmarshal for `.json`).
    """
    text = source.text
    roots: list[tuple[Node | None, int]] = []
    mistakes: list[Mistake] = []
    at = _skip(text, 0)
    if at == len(text):
        return Parsed(source, [], [Mistake("syntax", "the file is empty, and JSON needs a value", 0, 0)])
    while at < len(text):
        number = len(roots)
        try:
            root, end = _value(source, at, number, open, mistakes)
        except _JsonError as error:
            roots.append((None, at))
            comment = text.startswith(("#", "//", "/*"), at)
            mistakes.append(error.mistake if number == 0 or comment else _second(at, number))
            break
        if number == 1:
            mistakes.append(_second(at, number))
        roots.append((root, at))
        at = _skip(text, end)
    starts = (0, *(start for _, start in roots[1:]))
    ends = (*starts[1:], len(text))
    documents = [
        Document(number, root, starts[number], ends[number])
        for number, (root, _) in enumerate(roots)
        if root is not None
    ]
    if len(documents) < len(roots) and is_template(text):
        last = mistakes[-1]
        message = "this is a template, not JSON; it can be read only after it is rendered"
        mistakes = [Mistake("template-file", message, last.start, last.end, last.document)]
    mistakes.sort(key=lambda mistake: (mistake.start, mistake.end))
    return Parsed(source, documents, mistakes, starts)


def _second(at: int, number: int) -> Mistake:
    message = "a second value stands here, and a JSON file holds one; the whole file is refused"
    cure = "put the values into one list, into files of their own, or into a YAML file separated by `---`"
    return Mistake("syntax", message, at, at + 1, number, cure)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at


def _value(source: Source, at: int, number: int, opened: bool, mistakes: list[Mistake]) -> tuple[Node, int]:
    """One value that begins at `at`, and where it ends; raises _JsonError."""
    text = source.text
    top: list[Node] = []
    items = top
    stack: list[tuple[Mapping | Sequence, list[Node]]] = []
    expected: _Expected = "value"
    while True:
        at = _skip(text, at)
        mark = text[at : at + 1]
        node = stack[-1][0] if stack else None
        if expected in ("key", "key or }") and mark == '"':
            key, at = _string(source, at, number)
            items.append(key)
            expected = ":"
            continue
        if expected == ":" and mark == ":":
            at += 1
            expected = "value"
            continue
        if expected in (", or }", ", or ]") and mark == ",":
            at += 1
            expected = "key" if expected == ", or }" else "value"
            continue
        if (mark == "}" and expected in ("key or }", ", or }")) or (
            mark == "]" and expected in ("value or ]", ", or ]")
        ):
            assert node is not None
            at += 1
            node.end = at
            if isinstance(node, Mapping):
                mistakes.extend(key_mistakes(node, number))
            items = stack.pop()[1]
        elif expected in ("value", "value or ]") and mark in ("{", "["):
            if len(stack) >= MAX_DEPTH:
                message = f"this is nested in more than {MAX_DEPTH} objects and lists; the file is not read any further"
                raise _JsonError(Mistake("too-deep", message, at, at + 1, number))
            make = Mapping if mark == "{" else Sequence
            node = make(source, at, at, [], True, opened)
            items.append(node)
            stack.append((node, items))
            items = node.items
            at += 1
            expected = "key or }" if mark == "{" else "value or ]"
            continue
        elif expected in ("value", "value or ]"):
            scalar, at = _scalar(source, at, number, stack)
            items.append(scalar)
        else:
            raise _JsonError(_unexpected(text, at, expected, number, stack))
        if not stack:
            return top[0], at
        expected = ", or }" if isinstance(stack[-1][0], Mapping) else ", or ]"


def _scalar(
    source: Source, at: int, number: int, stack: list[tuple[Mapping | Sequence, list[Node]]]
) -> tuple[Scalar, int]:
    text = source.text
    if text.startswith('"', at):
        return _string(source, at, number)
    found = _NUMBER.match(text, at)
    if found is None:
        found = _WORD.match(text, at)
        if found is None or found.group() not in _LITERALS:
            raise _JsonError(_unexpected(text, at, "value", number, stack))
    return Scalar(source, at, found.end(), found.group()), found.end()


def _string(source: Source, at: int, number: int) -> tuple[Scalar, int]:
    text = source.text
    found = _STRING.match(text, at)
    if found is None:
        raise _JsonError(_broken_string(text, at, number))
    end = found.end()
    value = text[at + 1 : end - 1]
    if "\\" in value:
        # Go puts U+FFFD in place of half a surrogate pair.
        value = _SURROGATE.sub("\ufffd", json.loads(found.group()))
    return Scalar(source, at, end, value, '"'), end


def _broken_string(text: str, start: int, number: int) -> Mistake:
    """What ends a string too early: a break, a control character, an escape JSON does not have, the end of the file."""
    at = start + 1
    while at < len(text) and text[at] != '"':
        character = text[at]
        if character in "\r\n":
            message = "this string does not end on its line"
            return Mistake("syntax", message, start, at, number, 'close it with `"`; write a line break as `\\n`')
        if character < " ":
            name = "a tab" if character == "\t" else f"the control character U+{ord(character):04X}"
            escape = "\\t" if character == "\t" else f"\\u{ord(character):04x}"
            message = f"{name} stands in a string, and JSON wants it escaped"
            return Mistake("syntax", message, at, at + 1, number, f"write `{escape}`")
        if character == "\\":
            escape = text[at : at + 2]
            digits = re.match(r"[0-9a-fA-F]{0,4}", text[at + 2 : at + 6])
            if escape == "\\u" and digits is not None and digits.end() < 4:
                end = at + 2 + digits.end()
                message = f"`{text[at:end]}` is no escape: `\\u` takes four hexadecimal digits"
                return Mistake("syntax", message, at, end, number)
            if len(escape) < 2 or escape[1] not in '"\\/bfnrtu':
                message = f"JSON has no escape `{escape}`"
                return Mistake("syntax", message, at, at + len(escape), number, "write a backslash as `\\\\`")
            at += 1
        at += 1
    return Mistake("syntax", 'this string has no closing `"`', start, start + 1, number)


def _unexpected(
    text: str, at: int, expected: _Expected, number: int, stack: list[tuple[Mapping | Sequence, list[Node]]]
) -> Mistake:
    """The mistake at a place where something else should stand."""
    before = len(text[:at].rstrip(" \t\r\n")) - 1  # the last character that was read
    if at >= len(text):
        if not stack:
            return Mistake("syntax", "the file ends where a value should stand", at, at, number)
        node = stack[-1][0]
        what, mark = ("object", "}") if isinstance(node, Mapping) else ("list", "]")
        message = f"the {what} opened here is not closed before the end of the file"
        return Mistake("syntax", message, node.start, node.start + 1, number, f"close it with `{mark}`")
    if text.startswith("{{", before) and expected in ("key", "key or }"):
        return unquoted_template(text, before, number)
    mark = text[at]
    if text.startswith(("//", "/*"), at) or mark == "#":
        return Mistake("syntax", "JSON has no comments", at, _line_end(text, at), number, "remove it")
    if mark in "}]" and text[before : before + 1] == "," and expected in ("value", "key"):
        message = f"a comma stands before the closing `{mark}`, and JSON allows none there"
        return Mistake("syntax", message, before, before + 1, number, "remove the comma")
    if mark == "'":
        return Mistake("syntax", "JSON strings stand in double quotes, not in single ones", at, at + 1, number)
    word = _WORD.match(text, at)
    numeric = _NUMERIC.match(text, at)
    if expected in ("key", "key or }"):
        if word is not None:
            message = f"key `{word.group()}` needs double quotes"
            return Mistake("syntax", message, at, word.end(), number, f'write `"{word.group()}"`')
        return Mistake("syntax", f"a key in double quotes is expected, not `{mark}`", at, at + 1, number)
    if expected == ":":
        return Mistake("syntax", f"a colon is expected between key and value, not `{mark}`", at, at + 1, number)
    if expected in (", or }", ", or ]"):
        close = expected[-1]
        if mark in "}]":
            opener = stack[-1][0].start
            related = ((opener, opener + 1, "opened here"),)
            return Mistake("syntax", f"`{mark}` closes what `{text[opener]}` opened", at, at + 1, number, "", related)
        message = f"a comma or `{close}` is expected after this value"
        return Mistake("syntax", message, before, before + 1, number, "put a comma between two entries")
    if word is not None:
        meant = _MEANT.get(word.group(), word.group().lower() if word.group().lower() in _LITERALS else None)
        if meant is not None:
            return Mistake("syntax", f"JSON has no `{word.group()}`", at, word.end(), number, f"write `{meant}`")
        message = f"`{word.group()}` needs double quotes"
        return Mistake("syntax", message, at, word.end(), number, f'write `"{word.group()}"`')
    if numeric is not None:
        return Mistake(
            "syntax",
            f"`{numeric.group()}` is no JSON number",
            at,
            numeric.end(),
            number,
            "use a form such as 10, -0.5 or 1e3",
        )
    return Mistake("syntax", f"a value is expected, not `{mark}`", at, at + 1, number)


def _line_end(text: str, at: int) -> int:
    found = re.compile(r"[\r\n]").search(text, at)
    return found.start() if found is not None else len(text)
