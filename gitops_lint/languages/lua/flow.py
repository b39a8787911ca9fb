"""Where a Lua script goes, as far as its text says for certain: whether it falls off its end, loops that never end."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.languages.lua.names import Names, expressions_in, walk
from gitops_lint.languages.lua.tree import (
    Assignment,
    Block,
    Break,
    Call,
    CallStatement,
    Constant,
    Do,
    Expression,
    Goto,
    If,
    Index,
    Label,
    Local,
    Name,
    Parenthesis,
    Repeat,
    Return,
    Statement,
    While,
    blocks_of,
    expressions_of,
)


def falls_through(block: Block) -> bool:
    """Whether some path runs past the end of a block, as far as its shape tells: conditions are not looked at."""
    for statement in block.statements:
        match statement:
            case Return() | Break() | Goto():
                return False
            case Label():
                continue  # a jump may come here, but what follows decides as well
            case Do():
                if not falls_through(statement.body):
                    return False
            case If():
                if statement.otherwise is not None and not any(falls_through(one) for one in blocks_of(statement)):
                    return False
            case While():
                if _is_true(statement.condition) and not _leaves(statement.body):
                    return False
            case Repeat():
                if not falls_through(statement.body) and not _leaves(statement.body):
                    return False
            case CallStatement():
                if isinstance(statement.call.function, Name) and statement.call.function.text == "error":
                    return False
    return True


def has_return(block: Block) -> bool:
    """Whether the script itself returns anywhere; the returns of its functions do not count."""
    return any(isinstance(one, Return) for one in walk(block))


def _is_true(condition: Expression) -> bool:
    while isinstance(condition, Parenthesis):
        condition = condition.inner
    return isinstance(condition, Constant) and condition.kind not in ("nil", "false")


def _leaves(body: Block) -> bool:
    """Whether a loop's body holds a `break` of that loop, or a jump."""
    for statement in body.statements:
        if isinstance(statement, (Break, Goto)):
            return True
        if isinstance(statement, (If, Do)) and any(_leaves(one) for one in blocks_of(statement)):
            return True
        if any(isinstance(one, Goto) for block in blocks_of(statement) for one in walk(block)):
            return True
    return False


def endless_loops(script: Block, names: Names) -> Iterator[While | Repeat]:
    """
    Loops that cannot end once they are entered: nothing inside leaves them, and nothing inside changes their condition.

    A loop with a call is left alone unless the function is known to change nothing and to return.
    """
    for statement in walk(script):
        if isinstance(statement, (While, Repeat)) and _is_endless(statement, names):
            yield statement


_HARMLESS = frozenset(
    ("ipairs", "pairs", "next", "tostring", "tonumber", "type", "rawequal", "rawget", "select", "unpack")
)


def _is_endless(loop: While | Repeat, names: Names) -> bool:
    condition = loop.condition
    asked = list(expressions_in(condition))
    if isinstance(condition, Constant) and (condition.kind in ("nil", "false")) != isinstance(loop, Repeat):
        return False
    if any(not isinstance(one, (Constant, Name, Index)) and isinstance(one, Call) for one in asked):
        return False
    inside = list(walk(loop.body))
    if _leaves(loop.body) or any(isinstance(one, (Return, Goto, Label)) for one in inside):
        return False
    variables = {id(names.of(one)) for one in asked if isinstance(one, Name)}
    if any(names.of(one).shared for one in asked if isinstance(one, Name)):
        return False
    holds_index = any(isinstance(one, Index) for one in asked) or any(_length(one) for one in asked)
    return not any(_disturbs(one, variables, holds_index, names) for one in inside)


def _length(expression: Expression) -> bool:
    return getattr(expression, "operator", "") == "#"


def _disturbs(statement: Statement, variables: set[int], holds_index: bool, names: Names) -> bool:
    """Whether a statement may change what the condition says, or may not come back."""
    for expression in expressions_of(statement):
        for one in expressions_in(expression):
            if isinstance(one, Call) and not (
                one.method is None and isinstance(one.function, Name) and one.function.text in _HARMLESS
            ):
                return True
    if isinstance(statement, Local):
        # a local of the body of `repeat` may be what its condition asks
        return any(id(names.of(name)) in variables for name in statement.names)
    if not isinstance(statement, Assignment):
        return False
    for target in statement.targets:
        if isinstance(target, Name):
            if id(names.of(target)) in variables:
                return True
            continue
        base: Expression = target
        while isinstance(base, (Index, Parenthesis)):
            base = base.base if isinstance(base, Index) else base.inner
        if holds_index and (not isinstance(base, Name) or id(names.of(base)) in variables):
            return True
    return False
