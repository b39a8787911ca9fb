"""
Expressions of the rule language as closures: what `compile` builds rules from.

A closure takes a frame, the list in which a running rule keeps what it knows: the world, the tally, the subject that is
being judged, the only subject it may look at (or None), then one slot for each name. Conditions answer True, False or
None (unknown), everything else a Value.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import field
from typing import Any

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl import compare
from gitops_lint.dsl.compare import Truth
from gitops_lint.dsl.matching import glob, regex
from gitops_lint.dsl.steps import all_of, ask, call, item, written_null
from gitops_lint.dsl.tree import (
    AllItems,
    And,
    Bool,
    Call,
    Compare,
    Default,
    Expr,
    Index,
    Is,
    Key,
    ListOf,
    Literal_,
    Matches,
    Name,
    Not,
    Number,
    Or,
    Path,
    Quantified,
    Quantity,
    Step,
    Sum,
    Test,
    Text,
)
from gitops_lint.dsl.units import parse_version
from gitops_lint.dsl.values import Items, literal, settle
from gitops_lint.dsl.world import Value
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN

Frame = list[Any]
Evaluate = Callable[[Frame], Value]
Decide = Callable[[Frame], Truth]

WORLD, TALLY, SUBJECT, ONLY, NAMES = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Bound:
    """
    Where a frame keeps a name.

    number: the slot with its position in `source`, from 1, for the item of a list; else -1. source: the list, or what
    `let` gave, so that `at` has a place to fall back on where the value itself has none.
    """

    slot: int
    number: int = -1
    source: Expr | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The names known at one point of a rule; extending makes a new one, `size` (slots of a frame) is shared."""

    bound: MappingOf[str, Bound] = field(default_factory=dict)
    size: list[int] = field(default_factory=lambda: [NAMES])

    def slot(self) -> int:
        """A slot that nothing else uses."""
        self.size[0] += 1
        return self.size[0] - 1

    def bind(self, name: str, *, source: Expr | None = None, numbered: bool = False) -> tuple[Bound, Names]:
        """A new name with its slot, and the names with it."""
        new = Bound(self.slot(), self.slot() if numbered else -1, source)
        return new, self.with_bound(name, new)

    def with_bound(self, name: str, bound: Bound) -> Names:
        return Names({**self.bound, name: bound}, self.size)


# ---- values


def evaluate(expr: Expr, names: Names) -> Evaluate:
    """The closure that gives an expression's value. Raises LookupError for a name that nothing binds."""
    match expr:
        case Name(name):
            return _slot(name, names)
        case Path():
            return _path(expr, names)
        case Call():
            return _call(expr, names)
        case Text() | Number() | Bool() | Quantity() | ListOf():
            return _constant(expr)
        case Default(given, fallback):
            return _default(given, fallback, names)
        case Sum(op, left, right):
            first, second = evaluate(left, names), evaluate(right, names)
            add = compare.add if op == "+" else compare.subtract
            return lambda f: add(first(f), second(f))
        case Compare() | Is() | Test() | Matches() | Quantified() | And() | Or() | Not():
            condition = decide(expr, names)

            def as_value(f: Frame) -> Value:
                truth = condition(f)
                return UNKNOWN if truth is None else truth

            return as_value


def _constant(expr: Literal_) -> Evaluate:
    constant = literal(expr)
    return lambda f: constant


def _slot(name: str, names: Names) -> Evaluate:
    slot = _bound(name, names).slot
    return lambda f: f[slot]


def _bound(name: str, names: Names) -> Bound:
    found = names.bound.get(name)
    if found is None:
        raise LookupError(f"{name} is not bound")
    return found


def _default(given: Expr, fallback: Literal_, names: Names) -> Evaluate:
    inner, constant = evaluate(given, names), literal(fallback)

    def run(f: Frame) -> Value:
        found = inner(f)
        return constant if settle(found) is MISSING else found

    return run


def _call(expr: Call, names: Names) -> Evaluate:
    function, args = expr.function, tuple(evaluate(arg, names) for arg in expr.args)
    return lambda f: call(f[WORLD], function, [arg(f) for arg in args])


def _path(expr: Path, names: Names) -> Evaluate:
    base, steps = expr.base, expr.steps
    if is_target(expr):
        return _target(expr)
    start = evaluate(base, names)
    for at, step in enumerate(steps):
        if isinstance(step, AllItems):
            before, after = _walk(start, steps[:at]), steps[at + 1 :]
            rest = _steps_after(after)
            return lambda f: all_of(before(f), rest)
    if isinstance(base, Name) and len(steps) == 1 and isinstance(steps[0], Key):
        slot, only = _bound(base.name, names).slot, steps[0].name
        return lambda f: ask(f[slot], only)
    return _walk(start, steps)


def _steps_after(steps: tuple[Step, ...]) -> Callable[[Value], Value]:
    for at, step in enumerate(steps):
        if isinstance(step, AllItems):
            head, rest = steps[:at], _steps_after(steps[at + 1 :])
            return lambda given: all_of(_go(given, head), rest)
    return lambda given: _go(given, steps)


def _walk(start: Evaluate, steps: tuple[Step, ...]) -> Evaluate:
    if not steps:
        return start
    if all(isinstance(step, Key) for step in steps):
        keys = tuple(step.name for step in steps if isinstance(step, Key))

        def by_keys(f: Frame) -> Value:
            found = start(f)
            for key in keys:
                found = ask(found, key)
                if found is MISSING or found is UNKNOWN:
                    return found
            return found

        return by_keys
    return lambda f: _go(start(f), steps)


def _go(given: Value, steps: tuple[Step, ...]) -> Value:
    for step in steps:
        if given is MISSING or given is UNKNOWN:
            return given
        given = take(given, step)
    return given


def take(given: Value, step: Step) -> Value:
    """One step of a path from a value; `[*]` gives the list of what is there."""
    match step:
        case Key(name):
            return ask(given, name)
        case Index(number):
            return item(given, number)
        case AllItems():
            return all_of(given, None)


def is_target(path: Path) -> bool:
    """Whether a path asks for a product's version: `target.argo-cd`."""
    return isinstance(path.base, Name) and path.base.name == "target"


def _target(path: Path) -> Evaluate:
    step = path.steps[0]
    product = step.name if isinstance(step, Key) else ""

    def run(f: Frame) -> Value:
        version = parse_version(f[WORLD].target(product))
        return UNKNOWN if version is None else version

    return run


# ---- conditions


def decide(expr: Expr, names: Names) -> Decide:
    """The closure that says whether a condition holds."""
    match expr:
        case And(parts):
            return _all(tuple(decide(part, names) for part in parts))
        case Or(parts):
            return _any(tuple(decide(part, names) for part in parts))
        case Not(inner):
            return _negated(decide(inner, names))
        case Compare():
            return _compare(expr, names)
        case Test():
            return _test(expr, names)
        case Matches():
            return _matches(expr, names)
        case Is():
            found = _is(expr, names)
            return _negated(found) if expr.negated else found
        case Quantified():
            return _quantified(expr, names)
        case Bool(constant):
            return lambda f: constant
        case _:
            given = evaluate(expr, names)
            return lambda f: compare.truth(given(f))


def _all(parts: tuple[Decide, ...]) -> Decide:
    def run(f: Frame) -> Truth:
        answer: Truth = True
        for part in parts:
            one = part(f)
            if one is False:
                return False
            if one is None:
                answer = None
        return answer

    return run


def _any(parts: tuple[Decide, ...]) -> Decide:
    def run(f: Frame) -> Truth:
        answer: Truth = False
        for part in parts:
            one = part(f)
            if one is True:
                return True
            if one is None:
                answer = None
        return answer

    return run


def _negated(inner: Decide) -> Decide:
    def run(f: Frame) -> Truth:
        truth = inner(f)
        return None if truth is None else not truth

    return run


def _compare(expr: Compare, names: Names) -> Decide:
    op, left, right = expr.op, evaluate(expr.left, names), evaluate(expr.right, names)
    if op == "==":
        if isinstance(expr.right, Text):
            return _is_text(left, expr.right.value)
        equal = compare.equal
        return lambda f: equal(left(f), right(f))
    test = compare.compare
    return lambda f: test(op, left(f), right(f))


def _is_text(given: Evaluate, wanted: str) -> Decide:
    equal = compare.equal

    def run(f: Frame) -> Truth:
        found = settle(given(f))
        return found == wanted if isinstance(found, str) else equal(found, wanted)

    return run


def _test(expr: Test, names: Names) -> Decide:
    left, right = evaluate(expr.left, names), evaluate(expr.right, names)
    contains, text_test = compare.contains, compare.text_test
    match expr.op:
        case "in":
            if isinstance(expr.right, ListOf) and all(isinstance(one, Text) for one in expr.right.items):
                return _in_texts(left, expr.right)
            return lambda f: contains(right(f), left(f))
        case "not in":
            return lambda f: compare.not_in(left(f), right(f))
        case "contains":
            return lambda f: contains(left(f), right(f))
        case "starts with":
            return lambda f: text_test(left(f), right(f), str.startswith)
        case "ends with":
            return lambda f: text_test(left(f), right(f), str.endswith)


def _in_texts(given: Evaluate, wanted: ListOf) -> Decide:
    texts = frozenset(one.value for one in wanted.items if isinstance(one, Text))
    whole = tuple(one.value for one in wanted.items if isinstance(one, Text))

    def run(f: Frame) -> Truth:
        found = settle(given(f))
        return found in texts if found.__class__ is str else compare.contains(whole, found)

    return run


def _matches(expr: Matches, names: Names) -> Decide:
    given = evaluate(expr.value, names)
    fits = glob(expr.pattern) if expr.glob else regex(expr.pattern)

    def run(f: Frame) -> Truth:
        found = settle(given(f))
        if isinstance(found, str):
            return fits(found)
        return False if found is MISSING else None

    return run


def _is(expr: Is, names: Names) -> Decide:
    state = expr.state
    if state == "null":
        return _is_null(expr.value, names)
    given = evaluate(expr.value, names)
    if state in ("plaintext", "encrypted"):
        function = f"is_{state}"

        def verdict(f: Frame) -> Truth:
            found = given(f)
            plain = settle(found)
            if plain is MISSING or (plain is UNKNOWN and not isinstance(found, Scalar)):
                return False if plain is MISSING else None
            return compare.truth(call(f[WORLD], function, [found]))

        return verdict
    test = compare.STATES[state]
    return lambda f: test(given(f))


def _is_null(expr: Expr, names: Names) -> Decide:
    if isinstance(expr, Path) and not is_target(expr) and isinstance(expr.steps[-1], Key):
        last = expr.steps[-1].name
        parent: Expr = Path(expr.base, expr.steps[:-1], expr.span) if len(expr.steps) > 1 else expr.base
        holder = evaluate(parent, names)
        return lambda f: written_null(holder(f), last)
    given = evaluate(expr, names)
    return lambda f: compare.is_null_value(given(f))


_DECISIVE = {"every": False, "some": True, "no": True}


def _quantified(expr: Quantified, names: Names) -> Decide:
    """Stops at the first item that decides; then unknown if an item was, or if the list may hold more; else the default."""
    source = evaluate(expr.source, names)
    position = _position(expr, names) if expr.position else None
    bound, inner = names.bind(expr.name, source=expr.source, numbered=True)
    slot, number = bound.slot, bound.number
    body = decide(expr.body, inner)
    decisive = _DECISIVE[expr.quantifier]
    decided = expr.quantifier == "some"
    exhausted = not decided
    listed = compare.listed

    def run(f: Frame) -> Truth:
        items = listed(source(f))
        if not isinstance(items, Items):
            return exhausted if items is MISSING else None
        first, last = 0, len(items)
        if position is not None:
            window = position(f, items)
            if window is None:
                return None
            first, last = window
        unknown = items.open
        for at in range(first, last):
            f[slot] = items[at]
            f[number] = at + 1
            one = body(f)
            if one is decisive:
                return decided
            if one is None:
                unknown = True
        return None if unknown else exhausted

    return run


def _position(expr: Quantified, names: Names) -> Callable[[Frame, Items], tuple[int, int] | None]:
    """The items before or after the marker, as first and end; None where the marker is not found in the list."""
    marker = _bound(expr.marker, names)
    before = expr.position == "before"
    same_list = marker.number >= 0 and marker.source == expr.source
    slot, number = marker.slot, marker.number

    def window(f: Frame, items: Items) -> tuple[int, int] | None:
        if same_list:
            at = f[number] - 1
        else:
            found = f[slot]
            at = next((n for n, one in enumerate(items) if one is found), -1)
        if at < 0:
            return None
        return (0, at) if before else (at + 1, len(items))

    return window
