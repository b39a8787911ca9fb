"""
`{did_you_mean}`: the closest of the values that a comparison expected, worked out only where a report is made.

Looked at, last first: the comparisons of the check's own condition, then those of the `when` and `unless` clauses above it.
A comparison expects the right side of `==`, the items on the right of `in` and `not in`, the items of a list that should
contain a value, the literal that a list should contain, and, in `some x in list satisfies (x.name == given)`, what the side
with `x` is for each item. The first comparison that has something close to the text, but not the text itself, decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gitops_lint.dsl.compare import listed
from gitops_lint.dsl.evaluate import Frame, Names, evaluate
from gitops_lint.dsl.tree import (
    And,
    Bool,
    Compare,
    Expr,
    ListOf,
    Name,
    Not,
    Number,
    Or,
    Quantified,
    Quantity,
    Test,
    Text,
    parts,
)
from gitops_lint.dsl.values import Items, Secret, settle
from gitops_lint.dsl.world import Value
from gitops_lint.text.nodes import Mapping
from gitops_lint.text.scalars import entries

Suggest = Callable[[Frame], str]
Expectation = Callable[[Frame], tuple[list[str], list[str]]]
"""Texts that were given, and texts that were expected. With several given ones any of them may be the mistake."""

_CUTOFF = 0.6


def closest(text: str, options: Iterable[str]) -> str:
    """The option most like a text, upper and lower case being alike; "" where none is close or the text is an option."""
    known = sorted(set(options))
    if not text or text in known:
        return ""
    folded = text.casefold()
    for one in known:
        if one.casefold() == folded:
            return one
    # not at the top: most runs suggest nothing
    import difflib

    by_folded = {one.casefold(): one for one in reversed(known)}
    found = difflib.get_close_matches(folded, by_folded, n=1, cutoff=_CUTOFF)
    return by_folded[found[0]] if found else ""


def words(suggestion: str) -> str:
    """`; did you mean "x"?`, or nothing."""
    return f'; did you mean "{suggestion}"?' if suggestion else ""


def suggestion(conditions: Iterable[tuple[Expr, Names]]) -> Suggest:
    """The closure that gives the closest expected value as words; conditions in the order of the rule, with their names."""
    found = [one for expr, names in conditions for one in _expectations(expr, names)]
    found.reverse()

    def run(f: Frame) -> str:
        for expectation in found:
            given, expected = expectation(f)
            if set(given) & set(expected):
                continue
            for one in given:
                close = closest(one, expected)
                if close:
                    return words(close)
        return ""

    return run


def _expectations(expr: Expr, names: Names) -> Iterator[Expectation]:
    match expr:
        case And(inner) | Or(inner):
            for part in inner:
                yield from _expectations(part, names)
        case Not(negated):
            yield from _expectations(negated, names)
        case Name(name):
            bound = names.bound.get(name)
            if bound is not None and bound.source is not None and bound.number < 0:
                yield from _expectations(bound.source, names)
        case Compare("==", left, right):
            yield _pair(left, right, names)
        case Test("in" | "not in", left, right):
            yield _pair(left, right, names)
        case Test("contains", left, right):
            yield _pair(left, right, names) if _is_literal(right) else _pair(right, left, names)
        case Quantified():
            yield from _of_items(expr, names)


def _pair(given: Expr, expected: Expr, names: Names) -> Expectation:
    first, second = evaluate(given, names), evaluate(expected, names)
    return lambda f: (_texts(first(f)), _texts(second(f)))


def _of_items(expr: Quantified, names: Names) -> Iterator[Expectation]:
    bound, inner = names.bind(expr.name, numbered=True)
    source = evaluate(expr.source, names)
    for one in conjuncts(expr.body):
        if (
            not isinstance(one, Compare)
            or one.op != "=="
            or mentions(one.left, expr.name) == mentions(one.right, expr.name)
        ):
            continue
        theirs, ours = (one.left, one.right) if mentions(one.left, expr.name) else (one.right, one.left)
        yield _items_pair(source, bound.slot, evaluate(theirs, inner), evaluate(ours, inner))


def _items_pair(
    source: Callable[[Frame], Value], slot: int, theirs: Callable[[Frame], Value], ours: Callable[[Frame], Value]
) -> Expectation:
    def run(f: Frame) -> tuple[list[str], list[str]]:
        items = listed(source(f))
        expected: list[str] = []
        for item in items if isinstance(items, Items) else ():
            f[slot] = item
            expected.extend(_texts(theirs(f)))
        return _texts(ours(f)), expected

    return run


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """The parts of a condition that must all hold."""
    if isinstance(expr, And):
        for part in expr.parts:
            yield from conjuncts(part)
    else:
        yield expr


def mentions(expr: Expr, name: str) -> bool:
    """Whether an expression uses a name."""
    return expr.name == name if isinstance(expr, Name) else any(mentions(part, name) for part in parts(expr))


def _is_literal(expr: Expr) -> bool:
    return isinstance(expr, Text | Number | Bool | Quantity | ListOf)


def _texts(given: Value) -> list[str]:
    """The texts of a value: its own, its items', the keys of a map; none of a secret, which a suggestion would tell."""
    if isinstance(given, Secret):
        return []
    found = settle(given)
    if isinstance(found, str):
        return [found]
    if isinstance(found, Mapping):
        return [key for key, _, _ in entries(found)]
    if isinstance(found, dict):
        return list(found)
    items = listed(found)
    if not isinstance(items, Items):
        return []
    return [text for one in items if not isinstance(one, Secret) and isinstance(text := settle(one), str)]
