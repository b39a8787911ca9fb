"""What the parser was doing when it could not go on, in terms of the grammar: `syntax_errors` makes sentences of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from lark import Token, Tree, UnexpectedToken

from gitops_lint.dataclass import dataclass

CLAUSES = (
    "title", "group", "severity", "confidence", "tags", "applies", "what", "why", "instead", "source", "link", "formerly",
    "param", "for", "with", "follow", "find", "let", "when", "unless", "require", "forbid", "bad", "good",
)  # fmt: skip
"""Words that begin a clause."""

_VALUES = frozenset(
    {
        "expression", "conjunction", "not_", "compare", "state", "in_", "not_in", "contains", "starts_with", "ends_with",
        "matches", "like", "quantified", "sum", "default", "access", "call", "list",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Brace:
    """A `{` that waits for its `}`: what it belongs to, and its line."""

    owner: str
    line: int


@dataclass(frozen=True, slots=True)
class Situation:
    """
    word: the text that could not be read, "" at the end of the file; kind: its terminal. wanted: terminals that would do.
    before: the last word, text or sign in front of it. clause: the keyword that began the clause, or "".
    behind_value: an expression has just been read. open: braces that are open, the innermost last.
    """

    text: str
    offset: int
    word: str
    kind: str
    wanted: frozenset[str]
    before: str
    clause: str
    behind_value: bool
    open: tuple[_Brace, ...]

    @property
    def quoted(self) -> str:
        if not self.word:
            return "the end of the text"
        first = self.word.splitlines()[0] if self.word.strip() else self.word
        return f"`{first if len(first) <= 40 else first[:37] + '…'}`"

    def wants(self, *terminals: str) -> bool:
        return all(terminal in self.wanted for terminal in terminals)

    @property
    def wants_clause(self) -> bool:
        return self.wants("_TITLE", "_WHEN", "RBRACE")

    @property
    def wants_value(self) -> bool:
        return self.wants("NAME", "LPAR", "STRING")

    @property
    def after_value(self) -> bool:
        return self.behind_value or bool(self.wanted & {"CMP", "SIGN", "_AND"})

    @property
    def ends(self) -> bool:
        """Whether the text went on with what can only be the next clause, or ended."""
        return self.kind in ("RBRACE", "$END", "_RULE") or self.word in CLAUSES


def situation_of(error: UnexpectedToken, text: str) -> Situation:
    """What the parser was doing when it met the token."""
    token = error.token
    stack: list[object] = []
    wanted = frozenset(error.expected)
    interactive = error.interactive_parser
    if interactive is not None:
        stack = list(interactive.parser_state.value_stack)
        accepted: Callable[[], Iterable[str]] = interactive.accepts
        wanted = frozenset(accepted())
    words = [item for item in stack if isinstance(item, Token)]
    at_end = token.type == "$END"
    offset = len(text.rstrip()) if at_end else token.start_pos or 0
    before = _before(text, offset)
    word = "" if at_end else str(token)
    return Situation(
        text, offset, word, _kind(token), wanted, before, _clause(stack), _is_value(stack), _open(words, text)
    )


def _kind(token: Token) -> str:
    """The terminal; without a context Lark cannot tell names from keys, nor numbers from versions."""
    if token.type == "KEY":
        return "NAME"
    return "INT" if token.type in ("VERSION", "COUNT") else token.type


def _is_value(stack: Sequence[object]) -> bool:
    """Whether the last thing read is an expression: the parser may have put it together before it saw the mistake."""
    last = stack[-1] if stack else None
    if isinstance(last, Tree):
        return last.data in _VALUES
    return isinstance(last, Token) and last.type in (
        "INT",
        "FLOAT",
        "QUANTITY",
        "BOOL",
        "RPAR",
        "RSQB",
        "STATE",
        "REGEX",
    )


def _before(text: str, offset: int) -> str:
    """The last word, quoted text or sign before an offset."""
    found = re.search(
        r'([A-Za-z_$][\w$-]*|"(?:\\.|[^"\\\r\n])*"|[^\s\w])[ \t\r\n]*$', text[max(0, offset - 400) : offset]
    )
    return found.group(1) if found else ""


def _clause(stack: Sequence[object]) -> str:
    """The keyword that began what the parser was in the middle of."""
    begun = ""
    for item in reversed(stack):
        if not isinstance(item, Token):
            continue
        if item.type == "LBRACE":
            break
        if item.type.startswith("_"):
            begun = str(item)
            if begun in CLAUSES:
                break
    return begun


def _open(words: Sequence[Token], text: str) -> tuple[_Brace, ...]:
    braces: list[_Brace] = []
    for number, token in enumerate(words):
        if token.type == "RBRACE" and braces:
            braces.pop()
        if token.type != "LBRACE":
            continue
        line = text.count("\n", 0, token.start_pos or 0) + 1
        owner = f"rule `{words[number - 1]}`"
        for earlier in reversed(words[:number]):
            if earlier.type in ("_BAD", "_GOOD"):
                owner = f"example {words[number - 1]}"
                break
            if earlier.type == "_FIX":
                owner = "fix"
                break
            if earlier.type == "_RULE":
                break
        braces.append(_Brace(owner, line))
    return tuple(braces)
