"""All expressions inside one, and inside a clause, without recursion: rules come from users, who may nest as deep as the parser lets them."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.dsl.tree import (
    And,
    Bool,
    Call,
    Check,
    Clause,
    Compare,
    Default,
    Expr,
    Find,
    Follow,
    Is,
    Let,
    ListOf,
    Matches,
    Message,
    Name,
    Not,
    Number,
    Or,
    Path,
    Quantified,
    Quantity,
    Report,
    Sum,
    Test,
    Text,
    When,
    WithEach,
)

LITERALS = (Text, Number, Bool, Quantity, ListOf)
CONDITIONS = (Compare, Is, Test, Matches, Quantified, And, Or, Not)


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


# ---- clauses


def report_of(clause: Clause) -> Report | None:
    """The report that a clause may make."""
    return clause.report if isinstance(clause, (Check, Follow, Find)) else None


def expressions_of(clause: Clause) -> Iterator[Expr]:
    """Every expression of a clause, those of its report included; not the parts of expressions."""
    match clause:
        case WithEach(source=source):
            yield source
        case Follow(reference=reference):
            yield reference
        case Find(where=where):
            yield where
        case Let(value=value):
            yield value
        case When(condition=condition) | Check(condition=condition):
            yield condition
    report = report_of(clause)
    if report is None:
        return
    messages: list[Message] = [report.message, *report.notes, *(see.message for see in report.see)]
    yield report.at
    yield from (see.place for see in report.see)
    if report.help is not None:
        messages.append(report.help)
    if report.fix is not None:
        messages.append(report.fix.title)
        for edit in report.fix.edits:
            yield edit.place
            if edit.value is not None:
                yield edit.value
    for message in messages:
        yield from (part for part in message.parts if not isinstance(part, str))
