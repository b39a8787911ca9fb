"""Words of sentences about syntax: what terminals of the grammar are called, lists of words, close spellings."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "GROUP_WORD": ("group", ("correctness", "security", "suspicious", "practice")),
    "SEVERITY_WORD": ("severity", ("error", "warning", "info")),
    "LEVEL_WORD": ("confidence", ("high", "medium", "low")),
    "SAFETY_WORD": ("kind of fix", ("safe", "unsafe")),
    "MATCHES_WORD": ("way to find", ("any", "one", "every")),
    "STATE": (
        "state",
        ("missing", "present", "empty", "null", "true", "false", "templated", "plaintext", "encrypted"),
    ),
}
_WORDS = {
    "NAME": "a name",
    "KEY": "the name of a field",
    "STRING": 'a text in "…"',
    "BLOCK": 'a block in """…"""',
    "REGEX": "a pattern in /…/",
    "INT": "a whole number",
    "COUNT": "a number from 0",
    "FLOAT": "a number",
    "QUANTITY": "a number with a unit",
    "BOOL": "true or false",
    "VERSION": "a version such as 2.8",
    "BOUND": "`>=` or `<`",
    "CMP": "a comparison such as `==`",
    "SIGN": "`+` or `-`",
    "QUANTIFIER": "`every`, `some` or `no`",
    "POSITION": "`before` or `after`",
    "WRITTEN": "`written`",
    "GENERATED": "`generated`",
    "UNTYPED": "`untyped`",
    "NEGATION": "`not`",
    "EQUAL": "`=`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "DOT": "`.`",
    "STAR": "`*`",
    "$END": "the end",
}


def word_for(terminal: str) -> str:
    """How a terminal of the grammar is called in a sentence."""
    if terminal in CHOICES:
        return "a " + CHOICES[terminal][0]
    return _WORDS[terminal] if terminal in _WORDS else f"`{terminal.removeprefix('_').lower()}`"


def plain(before: str) -> str:
    """The word in front of the mistake, for a sentence."""
    return f"`{before}`" if before else "the beginning"


def one_of(words: Sequence[str]) -> str:
    """`a, b or c`."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """The help that names a close word, or ""."""
    close = difflib.get_close_matches(word, list(words), 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def expected(wanted: frozenset[str]) -> str:
    """The help that lists what terminals would do, or "" where they are many."""
    said = sorted({word_for(terminal) for terminal in wanted if terminal != "$END"})
    return "expected " + one_of(said) if 0 < len(said) <= 10 else ""
