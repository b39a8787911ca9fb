"""
What a condition that came out true (or false) tells about presence: the guards that let a rule compare what may be missing.
Asked by the checker for `when`, `unless`, `and`, `or`, and for what a report may say.
"""

from __future__ import annotations

from gitops_lint.dsl.scope import PathKey, Scope
from gitops_lint.dsl.tree import And, Compare, Expr, Is, Matches, Name, Not, Or, Quantified, Sum, Test

NOTHING: frozenset[PathKey] = frozenset()

# states that only a value that is there can be in; null counts as missing
_OF_THE_PRESENT = frozenset(("present", "empty", "true", "false", "templated", "plaintext", "encrypted"))


def known_present(condition: Expr, truth: bool, scope: Scope) -> frozenset[PathKey]:
    """
    The values that are there where `condition` has come out as `truth`.

    Comparisons with something missing are false, never true (`rule-language` section 3a), so one that is true shows that
    both its sides are there; one that is false shows nothing. What is unknown counts as there: it has a place.
    """
    match condition:
        case And(parts=parts):
            told = [known_present(part, truth, scope) for part in parts]
            return NOTHING.union(*told) if truth else _all_of(told)
        case Or(parts=parts):
            told = [known_present(part, truth, scope) for part in parts]
            return _all_of(told) if truth else NOTHING.union(*told)
        case Not(value=value):
            return known_present(value, not truth, scope)
        case Is(value=value, state=state, negated=negated):
            holds = truth is not negated
            told_present = state in _OF_THE_PRESENT if holds else state == "missing"
            return _with_parents(value, scope) if told_present else NOTHING
        case Compare(left=left, right=right):
            return _both(left, right, scope) if truth else NOTHING
        case Test(op=op, left=left, right=right):
            return _both(left, right, scope) if truth and op != "not in" else NOTHING
        case Matches(value=value):
            return _with_parents(value, scope) if truth else NOTHING
        case Quantified(quantifier=quantifier, source=source):
            # `some` is only true, `every` and `no` are only false, where there is an item
            return _with_parents(source, scope) if truth is (quantifier == "some") else NOTHING
        case Name(name=name):
            bound = scope.names.get(name)
            return known_present(bound.expr, truth, scope) if bound is not None and bound.expr is not None else NOTHING
        case _:
            return NOTHING


def _all_of(told: list[frozenset[PathKey]]) -> frozenset[PathKey]:
    return told[0].intersection(*told[1:]) if told else NOTHING


def _both(left: Expr, right: Expr, scope: Scope) -> frozenset[PathKey]:
    return _with_parents(left, scope) | _with_parents(right, scope)


def _with_parents(expr: Expr, scope: Scope) -> frozenset[PathKey]:
    """The value and all that it is a part of: `a.b.c` is there only where `a.b` is."""
    if isinstance(expr, Sum):
        return _both(expr.left, expr.right, scope)
    key = scope.key_of(expr)
    return frozenset(key[:end] for end in range(1, len(key) + 1)) if key is not None else NOTHING
