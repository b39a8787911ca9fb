"""Text of a rule file to its rules, or to errors with line and column; the way in for everyone who reads rule files."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from gitops_lint.dsl.rule_errors import error_at, raise_all
from gitops_lint.dsl.tree import Rule
from gitops_lint.errors import RuleError
from gitops_lint.pattern import pattern

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_MOST_ERRORS = 10
_LONGEST_FILE = 500_000
_DEEPEST = 150

_HIDDEN = pattern(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\r\n])*"|#[^\r\n]*')
_UNIT = pattern(
    r"^[ \t]*(define|kind|rule|title|group|severity|confidence|tags|applies|what|why|instead|source|link|formerly|param"
    r"|for|with|follow|find|let|when|unless|require|forbid|bad|good)(?![\w-])",
    re.MULTILINE,
)


def parse_rules(text: str, file: str) -> list[Rule]:
    """
    The rules of a rule file, in order, with defines expanded and the `{…}` of messages parsed.

    text: decoded, without a byte order mark. file: how errors name it. Whether a rule is complete (title, examples, …) is
    not asked here: `rulefile` does. Raises RuleError, or RuleErrors where a file has several, and nothing else.
    Lark is imported by the first call.
    """
    return _Reading(text, file).rules()


class _Reading:
    """One file being read: the text, and the errors found so far."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.errors: list[RuleError] = []

    def rules(self) -> list[Rule]:
        from gitops_lint.dsl.parse_build import RuleBuilder

        if len(self.text) > _LONGEST_FILE:
            raise RuleError(f"a rule file has at most {_LONGEST_FILE} characters", file=self.file)
        rules: list[Rule] = []
        branch = self._file()
        if branch is not None and self._shallow(branch):
            rules = RuleBuilder(self._expression, self._complain).rules(branch)
        raise_all(self.errors[:_MOST_ERRORS])
        return rules

    def _complain(self, message: str, offset: int, help: str = "") -> None:
        self.errors.append(error_at(message, file=self.file, text=self.text, offset=offset, help=help))

    def _file(self) -> Tree[Token] | None:
        """Lark's tree. After a syntax error, of the text without the broken clause; None where that cannot be told apart."""
        from lark import UnexpectedInput

        from gitops_lint.dsl.syntax_errors import describe

        text = self.text
        for _ in range(_MOST_ERRORS):
            try:
                return _lark().parse(text, start="file")
            except UnexpectedInput as error:
                said = describe(error, text)
                self._complain(said.message, said.offset, said.help)
                shorter = None if said.hopeless else _without_clause(text, said.offset)
                if shorter is None:
                    return None
                text = shorter
        return None

    def _expression(self, text: str, offsets: Sequence[int]) -> Tree[Token] | None:
        """Lark's tree of an expression in a message; offsets: where its characters and its end stand in the file."""
        from lark import Tree, UnexpectedInput

        from gitops_lint.dsl.syntax_errors import describe

        try:
            branch = _lark().parse(text, start="expression")
        except UnexpectedInput as error:
            said = describe(error, text)
            self._complain(f"in the message: {said.message}", offsets[min(said.offset, len(text))], said.help)
            return None
        # Lark gives a bare token for an expression that is one literal
        return branch if not isinstance(branch, Tree) or self._shallow(branch, offsets) else None

    def _shallow(self, branch: Tree[Token], offsets: Sequence[int] | None = None) -> bool:
        """Whether the tree can be walked by recursion; complains where not."""
        from lark import Tree

        todo: list[tuple[Tree[Token], int]] = [(branch, 1)]
        while todo:
            one, depth = todo.pop()
            if depth > _DEEPEST:
                at = 0 if one.meta.empty else one.meta.start_pos
                self._complain("this is nested too deep", at if offsets is None else offsets[at])
                return False
            todo.extend((child, depth + 1) for child in one.children if isinstance(child, Tree))
        return True


@functools.cache
def _lark() -> Lark:
    from lark import Lark

    grammar = (files("gitops_lint.dsl") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", start=["file", "expression"], propagate_positions=True)


class _Unit(NamedTuple):
    start: int
    end: int


def _without_clause(text: str, offset: int) -> str | None:
    """
    The text with the clause around an error blanked, so that the errors behind it can be told too.

    None where it is not clear what the clause is: outside of clauses, or when its braces do not match.
    """
    masked = _HIDDEN.sub(lambda found: re.sub(r"[^\r\n]", " ", found.group()), text)
    if any(found.start(1) == offset for found in _UNIT.finditer(masked)):
        # what is missing is missed where the next clause begins
        offset = max(0, len(masked[:offset].rstrip()) - 1)
    unit = _unit(masked, offset)
    if unit is None:
        return None
    hole = re.sub(r"[^\r\n]", " ", text[unit.start : unit.end])
    if not text[unit.start : unit.end].strip():
        return None
    return text[: unit.start] + hole + text[unit.end :]


def _unit(masked: str, offset: int) -> _Unit | None:
    begun = None
    end = len(masked)
    for found in _UNIT.finditer(masked):
        if found.start(1) > offset:
            end = found.start(1)
            break
        begun = found
    if begun is None:
        return None
    start = begun.start(1)
    if begun.group(1) == "rule":
        # what is broken is the first clause, which begins with no word that is known
        start = masked.find("{", start, offset) + 1
        if start == 0:
            return None
    depth = 0
    for at in range(start, end):
        if masked[at] == "{":
            depth += 1
        elif masked[at] == "}":
            depth -= 1
            if depth < 0:
                return _Unit(start, at)
    return None if depth else _Unit(start, end)
