"""Clauses that reach another resource as closures: `follow` a reference, `find` by a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gitops_lint.dsl.compile_reports import Make, report
from gitops_lint.dsl.evaluate import TALLY, WORLD, Decide, Evaluate, Frame, Names, decide, evaluate
from gitops_lint.dsl.steps import ask
from gitops_lint.dsl.suggest import Suggest, closest, conjuncts, mentions, words
from gitops_lint.dsl.tree import Compare, Expr, Find, Follow, Key, Name, Path
from gitops_lint.dsl.values import Items, Secret, settle, show, thing
from gitops_lint.dsl.world import Thing, Value
from gitops_lint.text.scalars import MISSING, UNKNOWN

Row = Callable[[Frame], None]
Before = Callable[[Row], Row]

# What a report of `follow` may name beside the names above it.
TARGET, REASON = "target", "reason"


def follow(clause: Follow, names: Names) -> tuple[Before, Names]:
    """
    One row for each thing that the reference reaches. A reference that is not written names nothing and drops the row; one
    whose text or `name` is a template drops it as well, and is counted.

    A report is made where the target is absent, or where it exists but cannot be reached: its message may use `{target}`
    and the clause's own name (what exists elsewhere, or nothing), `{reason}` and `{did_you_mean}` (the names there are).
    """
    reference = evaluate(clause.reference, names)
    bound, after_names = names.bind(clause.name)
    slot = bound.slot
    reason, told_names = after_names.bind(REASON)
    candidates, told_names = told_names.bind("")
    told_names = told_names.with_bound(TARGET, bound)
    make = None
    if clause.report is not None:
        make = report(clause.report, told_names, suggest=_among(candidates.slot, reference))

    def before(after: Row) -> Row:
        def run(f: Frame) -> None:
            given = reference(f)
            if isinstance(given, Secret):
                given = given.value
            named = settle(name_in(given))
            if named is MISSING:
                return
            if named is UNKNOWN:
                f[TALLY].unverified += 1
                return
            reached = f[WORLD].follow(given)
            if reached.status == "known":
                for one in reached.found:
                    f[slot] = one
                    after(f)
            elif reached.status == "unknown":
                f[TALLY].unverified += 1
            elif make is not None:
                f[slot] = reached.found[0] if reached.found else MISSING
                f[reason.slot] = reached.reason
                f[candidates.slot] = reached.candidates
                f[TALLY].drafts.append(make(f))

        return run

    return before, after_names


def _among(candidates: int, reference: Evaluate) -> Suggest:
    return lambda f: words(closest(name_of(reference(f)), f[candidates]))


def name_in(reference: Value) -> Value:
    """What a reference names, not yet settled: itself, or the field `name` of a fact that has one."""
    if thing(reference) is None:
        return reference
    found = ask(reference, "name")
    return reference if found is MISSING else found


def name_of(reference: Value) -> str:
    """The name that a reference holds as text, "" where it holds none."""
    found = settle(name_in(reference))
    return found if isinstance(found, str) else ""


def find(clause: Find, names: Names, indexed: frozenset[str]) -> tuple[Before, Names]:
    """
    any: one row for each match. one: a row where there is exactly one. every: a row with the list of them.

    A thing for which the condition is unknown makes the answer unknown: `any` counts the row once beside those of its
    matches, `one` drops and counts it (more than one match is still one too many), `every` binds a list that may hold more.
    A report speaks where `one` has none or several, and where the others have none.
    """
    bound, inner = names.bind(clause.name)
    condition = decide(clause.where, inner)
    search = _search(clause, names, condition, bound.slot, indexed)
    make = None
    if clause.report is not None:
        make = report(clause.report, inner, suggest=_names_there(clause, names))
    within = {"any": _find_any, "one": _find_one, "every": _find_every}[clause.quantifier]
    return within(search, bound.slot, make), inner


def _find_any(search: Search, slot: int, make: Make | None) -> Before:
    def before(after: Row) -> Row:
        def run(f: Frame) -> None:
            found = search(f)
            for one in found:
                f[slot] = one
                after(f)
            if found.open:
                f[TALLY].unverified += 1
            elif not found and make is not None:
                f[slot] = MISSING
                f[TALLY].drafts.append(make(f))

        return run

    return before


def _find_one(search: Search, slot: int, make: Make | None) -> Before:
    def before(after: Row) -> Row:
        def run(f: Frame) -> None:
            found = search(f)
            if found.open and len(found) < 2:
                f[TALLY].unverified += 1
                return
            f[slot] = found[0] if found else MISSING
            if len(found) == 1:
                after(f)
            elif make is not None:
                f[TALLY].drafts.append(make(f))

        return run

    return before


def _find_every(search: Search, slot: int, make: Make | None) -> Before:
    def before(after: Row) -> Row:
        def run(f: Frame) -> None:
            found = search(f)
            f[slot] = found
            if not found and not found.open and make is not None:
                f[TALLY].drafts.append(make(f))
            after(f)

        return run

    return before


# ---- which things fit

Search = Callable[[Frame], Items]
"""The things that fit; open where for others that cannot be known."""


def _search(clause: Find, names: Names, condition: Decide, slot: int, indexed: frozenset[str]) -> Search:
    kinds, origin = clause.kinds, clause.origin
    index = lookup_key(clause, indexed)

    def sift(f: Frame, things: Iterable[Thing]) -> Items:
        found = Items()
        for one in things:
            f[slot] = one
            fits = condition(f)
            if fits:
                found.append(one)
            elif fits is None:
                found.open = True
        return found

    if index is None:
        return lambda f: sift(f, f[WORLD].subjects(kinds, origin))
    attribute, expr = index
    wanted = evaluate(expr, names)

    def by_index(f: Frame) -> Items:
        key = settle(wanted(f))
        if isinstance(key, str):
            return sift(f, f[WORLD].lookup(kinds, origin, attribute, key))
        if key is MISSING or key is UNKNOWN:
            # Nothing is called what is missing, and what is unknown may be anything: neither needs a look at the things.
            return Items(open=key is UNKNOWN)
        return sift(f, f[WORLD].subjects(kinds, origin))

    return by_index


def lookup_key(clause: Find, indexed: frozenset[str]) -> tuple[str, Expr] | None:
    """
    The part of a condition that an index answers: an attribute, and the expression it must equal.

    `name` before others, as it tells most apart, then the first that is written; None where no part of the condition is
    an equality of an indexed attribute with something that is known before the search.
    """
    usable = [key for key in _equalities(clause) if key[0] in indexed]
    return next((key for key in usable if key[0] == "name"), usable[0] if usable else None)


def _equalities(clause: Find) -> list[tuple[str, Expr]]:
    """Attributes of the thing that must equal something known before the search, in the order written."""
    return [key for part in conjuncts(clause.where) if (key := _equality(part, clause.name)) is not None]


def _equality(part: Expr, name: str) -> tuple[str, Expr] | None:
    if not isinstance(part, Compare) or part.op != "==":
        return None
    for one, other in ((part.left, part.right), (part.right, part.left)):
        match one:
            case Path(Name(found), (Key(attribute),)) if found == name and not mentions(other, name):
                return attribute, other
    return None


def _names_there(clause: Find, names: Names) -> Suggest:
    """Among the things of those kinds, the attribute that is closest to what was looked for."""
    keys = _equalities(clause)
    if not keys:
        return _nothing_near
    attribute, expr = next((key for key in keys if key[0] == "name"), keys[0])
    wanted = evaluate(expr, names)
    kinds, origin = clause.kinds, clause.origin

    def run(f: Frame) -> str:
        given = wanted(f)
        if isinstance(given, Secret):
            return ""
        there = (ask(one, attribute) for one in f[WORLD].subjects(kinds, origin))
        return words(closest(name_of(given), [show(one) for one in there if isinstance(settle(one), str)]))

    return run


def _nothing_near(f: Frame) -> str:
    return ""
