"""
A checked rule to closures: `compile_rule` is called once a process for each rule that finds something to look at, `run`
once a repository, or once a document for rules that need no other.

Rows are never stored: a clause calls the next one once for each row it lets through, deepest last, so a rule costs the
frame and what its rows look at. A compiled rule keeps nothing between runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.compare import listed
from gitops_lint.dsl.compile_joins import find, follow
from gitops_lint.dsl.compile_reports import Make, report
from gitops_lint.dsl.evaluate import (
    ONLY,
    SUBJECT,
    TALLY,
    WORLD,
    Bound,
    Decide,
    Evaluate,
    Frame,
    Names,
    decide,
    evaluate,
)
from gitops_lint.dsl.tree import Check, Clause, Expr, Find, Follow, ForEach, Let, Param, Rule, When, WithEach
from gitops_lint.dsl.units import Version, parse_version
from gitops_lint.dsl.values import Items, as_domain, literal
from gitops_lint.dsl.world import Tally, Thing, Value, World
from gitops_lint.text.scalars import MISSING

Row = Callable[[Frame], None]
Before = Callable[[Row], Row]
"""A clause that waits for what comes after it."""

# Attributes that every world can look up: enough where nobody says more.
INDEXED = frozenset(("name",))
_DOMAINS = frozenset(("duration", "percent", "quantity", "int-or-percent", "version", "wave"))


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """
    A rule ready to run, any number of times, in any world.

    size: slots of a frame, which a report that is made for the first time may add to. params: slot, name, type and default of each parameter. bounds: what `applies to` says.
    """

    rule: Rule
    size: list[int]
    first: Row
    params: tuple[tuple[int, Param, Value], ...]
    bounds: tuple[tuple[str, tuple[tuple[str, Version], ...]], ...]

    @property
    def name(self) -> str:
        return self.rule.name

    def applies(self, world: World) -> bool:
        """Whether the rule speaks of the versions that the repository is judged for; a version not known counts as fitting."""
        return all(_within(parse_version(world.target(product)), bounds) for product, bounds in self.bounds)

    def run(self, world: World, subject: Thing | None = None) -> Tally:
        """
        What the rule finds. subject: the only one that the first `for each` binds; None: all of them.

        The caller sees to it that a subject is of the kind that the rule names. Whatever an attribute or a function of the
        vocabulary raises comes through.
        """
        tally = Tally()
        if self.bounds and not self.applies(world):
            return tally
        frame: Frame = [None] * self.size[0]
        frame[WORLD], frame[TALLY], frame[ONLY] = world, tally, subject
        for slot, param, default in self.params:
            frame[slot] = param_value(world.param(self.rule.name, param.name), param, default)
        self.first(frame)
        return tally


def _within(version: Version | None, bounds: Sequence[tuple[str, Version]]) -> bool:
    if version is None:
        return True
    return all(
        version.precedence >= bound.precedence if op == ">=" else version.precedence < bound.precedence
        for op, bound in bounds
    )


def param_value(given: Value, param: Param, default: Value) -> Value:
    """A parameter's value in its type's domain; the default where the configuration says nothing that the type takes."""
    if given is MISSING or given is None:
        return default
    if param.type in _DOMAINS:
        found = as_domain(given, param.type)
        return default if found is None else found
    return given


def param_default(param: Param) -> Value:
    written = literal(param.default)
    found = as_domain(written, param.type) if param.type in _DOMAINS else None
    return written if found is None else found


def compile_rule(rule: Rule, indexed: frozenset[str] = INDEXED) -> CompiledRule:
    """
    The closures of a rule that the checker let through.

    indexed: attributes that `find … where x.<attribute> == …` may look up. Raises ValueError for a pattern that RE2 refuses,
    LookupError for a name that nothing binds: the checker reports both before.
    """
    names = Names()
    params = []
    for param in rule.params:
        bound, names = names.bind(param.name)
        params.append((bound.slot, param, param_default(param)))
    body = _Body(names, indexed)
    clauses = [body.clause(clause) for clause in rule.clauses]
    row: Row = _end
    for clause in reversed(clauses):
        row = clause(row)
    bounds = tuple(
        (each.product, tuple((op, found) for op, text in each.bounds if (found := parse_version(text)) is not None))
        for each in rule.applies_to
    )
    return CompiledRule(rule, names.size, row, tuple(params), bounds)


def _end(f: Frame) -> None:
    """Behind the last clause there is nothing to do."""


class _Body:
    """The clauses of one rule from top to bottom, with the names and conditions above each."""

    def __init__(self, names: Names, indexed: frozenset[str]) -> None:
        self.names = names
        self.indexed = indexed
        self.conditions: tuple[tuple[Expr, Names], ...] = ()
        self.first = True

    def clause(self, clause: Clause) -> Before:
        match clause:
            case ForEach():
                return self.for_each(clause)
            case WithEach():
                return self.with_each(clause)
            case Let(name, value):
                given = evaluate(value, self.names)
                bound, self.names = self.names.bind(name, source=value)
                return _let(bound.slot, given)
            case When(condition, negated):
                found = _when(decide(condition, self.names), not negated)
                self.conditions = (*self.conditions, (condition, self.names))
                return found
            case Check(condition, forbidden, words):
                conditions = (*self.conditions, (condition, self.names))
                return _check(decide(condition, self.names), forbidden, report(words, self.names, conditions))
            case Follow():
                before, self.names = follow(clause, self.names)
                return before
            case Find():
                before, self.names = find(clause, self.names, self.indexed)
                return before

    def for_each(self, clause: ForEach) -> Before:
        bound, self.names = self.names.bind(clause.name)
        slot, kinds, origin, first = bound.slot, clause.kinds, clause.origin, self.first
        self.first = False

        def before(after: Row) -> Row:
            def over_all(f: Frame) -> None:
                for subject in f[WORLD].subjects(kinds, origin):
                    f[slot] = subject
                    after(f)

            def first_of_all(f: Frame) -> None:
                only = f[ONLY]
                for subject in f[WORLD].subjects(kinds, origin) if only is None else (only,):
                    f[SUBJECT] = f[slot] = subject
                    after(f)

            return first_of_all if first else over_all

        return before

    def with_each(self, clause: WithEach) -> Before:
        source = evaluate(clause.source, self.names)
        bound, self.names = self.names.bind(clause.name, source=clause.source, numbered=True)
        if clause.number:
            self.names = self.names.with_bound(clause.number, _number_of(bound.number, clause.source))
        slot, number = bound.slot, bound.number

        def before(after: Row) -> Row:
            def run(f: Frame) -> None:
                items = listed(source(f))
                if not isinstance(items, Items):
                    if items is not MISSING:
                        f[TALLY].unverified += 1
                    return
                for at, item in enumerate(items, 1):
                    f[slot] = item
                    f[number] = at
                    after(f)
                if items.open:
                    f[TALLY].unverified += 1

            return run

        return before


def _number_of(slot: int, source: Expr) -> Bound:
    return Bound(slot, source=source)


def _let(slot: int, given: Evaluate) -> Before:
    def before(after: Row) -> Row:
        def run(f: Frame) -> None:
            f[slot] = given(f)
            after(f)

        return run

    return before


def _when(condition: Decide, wanted: bool) -> Before:
    def before(after: Row) -> Row:
        def run(f: Frame) -> None:
            truth = condition(f)
            if truth is wanted:
                after(f)
            elif truth is None:
                f[TALLY].unverified += 1

        return run

    return before


def _check(condition: Decide, forbidden: bool, make: Make) -> Before:
    def before(after: Row) -> Row:
        def run(f: Frame) -> None:
            truth = condition(f)
            if truth is forbidden:
                f[TALLY].drafts.append(make(f))
            elif truth is None:
                f[TALLY].unverified += 1
            after(f)

        return run

    return before
