"""All expressions inside one, without recursion: rules come from users, who may nest as deep as the parser lets them."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.dsl.tree import (
    And,
    Call,
    Compare,
    Default,
    Expr,
    Is,
    Matches,
    Name,
    Not,
    Or,
    Path,
    Quantified,
    Sum,
    Test,
)


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """The expressions that one is made of, left to right; literals are leaves."""
    match expr:
        case Path(base=base):
            return (base,)
        case Call(args=args):
            return args
        case Default(value=value) | Is(value=value) | Matches(value=value) | Not(value=value):
            return (value,)
        case Compare(left=left, right=right) | Test(left=left, right=right) | Sum(left=left, right=right):
            return (left, right)
        case And(parts=parts) | Or(parts=parts):
            return parts
        case Quantified(source=source, body=body):
            return (source, body)
        case _:
            return ()


def expressions_in(expr: Expr) -> Iterator[Expr]:
    """The expression itself and all it is made of."""
    waiting = [expr]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(reversed(parts_of(each)))


def depth(expr: Expr) -> int:
    """How deep it nests: 1 for a leaf."""
    deepest, waiting = 0, [(expr, 1)]
    while waiting:
        each, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((part, level + 1) for part in parts_of(each))
    return deepest


def mentions(expr: Expr, name: str) -> bool:
    """Whether a name is used in an expression; names that quantifiers bind are never bound outside."""
    return any(isinstance(each, Name) and each.name == name for each in expressions_in(expr))
