"""Go templates as far as words tell: actions that stay open, blocks without `end`, the names of functions and fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import LanguageError
from gitops_lint.pattern import pattern

_OPENERS = frozenset(("block", "define", "if", "range", "with"))
_KEYWORDS = _OPENERS | {"break", "continue", "else", "end", "template", "true", "false", "nil"}
_TOKEN = pattern(
    r"""(?P<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<field>[.$][A-Za-z0-9_.]*)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<open>["`'])|(?P<close>-?\}\})""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A function (`kind` function) or a field with its dots (`field`) in an action. whole: the dot is the template's data."""

    kind: str
    text: str
    start: int
    end: int
    whole: bool


def words(text: str) -> list[Word]:
    """The functions and fields of all actions. Raises LanguageError for an action or a block that stays open."""
    found: list[Word] = []
    blocks: list[tuple[str, int, int]] = []
    at = 0
    while (start := text.find("{{", at)) >= 0:
        begin = start + (3 if text[start : start + 4] in ("{{- ", "{{-\n", "{{-\t") else 2)
        comment = re.compile(r"\s*/\*").match(text, begin)
        if comment is not None:
            end = text.find("*/", comment.end())
            close = re.compile(r"\s*-?\}\}").match(text, end + 2) if end >= 0 else None
            if close is None:
                raise LanguageError("this comment is never closed by `*/}}`", start, begin, ("*/}}",))
            at = close.end()
            continue
        inside, at = _action(text, start, begin)
        _keep_blocks(inside, blocks, start, at)
        whole = not any(word in ("range", "with", "define", "block") for word, _, _ in blocks)
        found.extend(_named(inside, whole))
    if blocks:
        word, start, end = blocks[-1]
        raise LanguageError(f"this `{word}` has no `{{{{ end }}}}`", start, end, ("end",))
    return found


def _action(text: str, start: int, at: int) -> tuple[list[re.Match[str]], int]:
    """The tokens of one action and the offset behind its `}}`."""
    inside: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text, at):
        if token.lastgroup == "close":
            return inside, token.end()
        if token.lastgroup == "open":
            raise LanguageError(f"this string is never closed by `{token.group()}`", token.start(), token.end())
        inside.append(token)
    raise LanguageError("this `{{` is never closed by `}}`", start, start + 2, ("}}",))


def _keep_blocks(inside: list[re.Match[str]], blocks: list[tuple[str, int, int]], start: int, end: int) -> None:
    first = next((one for one in inside), None)
    if first is None or first.lastgroup != "word":
        return
    word = first.group()
    if word in _OPENERS:
        blocks.append((word, first.start(), first.end()))
    elif word == "end":
        if not blocks:
            raise LanguageError("this `end` closes nothing", first.start(), first.end())
        blocks.pop()
    elif word == "else" and not blocks:
        raise LanguageError("this `else` belongs to no `if`", first.start(), first.end())


def _named(inside: list[re.Match[str]], whole: bool) -> Iterator[Word]:
    for token in inside:
        if token.lastgroup == "field":
            yield Word("field", token.group(), token.start(), token.end(), whole or token.group().startswith("$."))
        elif token.lastgroup == "word" and token.group() not in _KEYWORDS:
            before = token.string[token.start() - 1 : token.start()]
            if not (before.isdigit() or before in (")", ".")):  # 1e3, (x).Field
                yield Word("function", token.group(), token.start(), token.end(), whole)
