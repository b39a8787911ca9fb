"""What a rule asks of its first subject before all else, seen from its text; known when the rule is checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gitops_lint.dsl.tree import And, Check, Clause, Expr, ForEach, Is, Key, Let, Name, Not, Path, Rule, When, WithEach


def screens_of(rule: Rule) -> tuple[str, ...]:
    """
    The attributes of a rule's first subject without which no row of it comes to a check: those that it goes through, and
    those that a condition asks to be true.
    """
    first = next(clause for clause in rule.clauses if isinstance(clause, ForEach))
    return tuple(dict.fromkeys(_screens(rule.clauses[rule.clauses.index(first) + 1 :], first.name)))


def _screens(clauses: Sequence[Clause], subject: str) -> Iterator[str]:
    for number, clause in enumerate(clauses):
        match clause:
            case WithEach(source=source):
                yield from _attributes((source,), subject)
                return
            case When(condition=condition, negated=False):
                yield from _attributes(_parts(condition), subject)
            case Check(condition=condition, forbidden=True) if number == len(clauses) - 1:
                yield from _attributes(_parts(condition), subject)
            case Check(condition=Not(value=value), forbidden=False) if number == len(clauses) - 1:
                yield from _attributes(_parts(value), subject)
            case Let() | When():
                pass
            case _:
                return


def _parts(condition: Expr) -> Iterator[Expr]:
    """What must be true for the whole to be true."""
    match condition:
        case And(parts=parts):
            for part in parts:
                yield from _parts(part)
        case Is(value=value, state="true", negated=False):
            yield value
        case _:
            yield condition


def _attributes(parts: Iterable[Expr], subject: str) -> Iterator[str]:
    for part in parts:
        match part:
            case Path(base=Name(name=base), steps=(Key(name=attribute),)) if base == subject:
                yield attribute
