"""What a rule costs, in words: the sizes of its loops multiplied, as `rules check` prints it."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.tree import Call, Expr, Find, ForEach, Key, Kind, Name, Path, Rule, WithEach
from gitops_lint.dsl.wording import one_of, plural


def cost(rule: Rule) -> str:
    """
    The loops of a rule, outermost first: `Rollouts × steps × templates`; "" for a rule without any.

    A `find` counts as the things it finds by key, which is why it never compares all with all.
    """
    sizes = []
    for clause in rule.clauses:
        if isinstance(clause, ForEach):
            sizes.append(kinds_in_words(clause.kinds))
        elif isinstance(clause, WithEach):
            sizes.append(_list_in_words(clause.source))
        elif isinstance(clause, Find):
            sizes.append(f"matching {kinds_in_words(clause.kinds)}")
    return " × ".join(sizes)


def kinds_in_words(kinds: Sequence[Kind]) -> str:
    return one_of([plural(kind.name) for kind in kinds], "and")


def _list_in_words(source: Expr) -> str:
    match source:
        case Path(base=base, steps=steps):
            names = [step.name for step in steps if isinstance(step, Key)]
            return plural(names[-1]) if names else _list_in_words(base)
        case Call(function=function):
            return plural(function)
        case Name(name=name):
            return plural(name)
        case _:
            return "items"
