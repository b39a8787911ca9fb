"""Where `at`, `see` and the edits of a fix point: how far a path could be walked, and what of it is not there."""

from __future__ import annotations

from collections.abc import Callable

from gitops_lint.dsl.compare import listed
from gitops_lint.dsl.evaluate import SUBJECT, Evaluate, Frame, Names, evaluate, is_target, take
from gitops_lint.dsl.tree import AllItems, Call, Default, Expr, Index, Key, Name, Path, Step, Sum
from gitops_lint.dsl.values import Items, Secret, thing
from gitops_lint.dsl.world import Part, Spot, Stretch, Thing, Trail, Value
from gitops_lint.text.nodes import Mapping, Scalar, Sequence, Unknown
from gitops_lint.text.scalars import MISSING, UNKNOWN, get_written, is_null

FindTrail = Callable[[Frame], Trail]


def trail(expr: Expr, names: Names) -> FindTrail:
    """
    The closure that finds the place an expression stands for.

    A value without a place of its own (a plain text, a number) is shown where it came from: the list it is an item of, the
    first argument of the call that made it, at last the subject of the rule.
    """
    match expr:
        case Name(name):
            return _name(name, names)
        case Path(base, steps) if not is_target(expr):
            return _path(base, steps, names)
        case Call(_, args):
            return _placed(evaluate(expr, names), trail(args[0], names) if args else _subject)
        case Default(inner, _):
            return trail(inner, names)
        case Sum(_, left, _):
            return trail(left, names)
        case _:
            return _subject


def _subject(f: Frame) -> Trail:
    subject: Thing | None = f[SUBJECT]
    return Trail(subject, None if subject is None else subject.node)


def _name(name: str, names: Names) -> FindTrail:
    bound = names.bound.get(name)
    if bound is None:
        raise LookupError(f"{name} is not bound")
    slot = bound.slot
    return _placed(lambda f: f[slot], _subject if bound.source is None else trail(bound.source, names))


def _placed(value: Evaluate, source: FindTrail) -> FindTrail:
    def run(f: Frame) -> Trail:
        found = value(f)
        spot, subject = spot_of(found), thing(found)
        if spot is None and subject is None:
            return source(f)
        if spot is None:
            # A record without a place is shown where it came from; a subject without one (a file) is itself.
            origin = source(f)
            return origin if origin.thing is not None and origin.at is not None else Trail(subject, None)
        return Trail(subject or source(f).thing, spot)

    return run


def _path(base: Name | Call, steps: tuple[Step, ...], names: Names) -> FindTrail:
    start, begin = evaluate(base, names), trail(base, names)

    def run(f: Frame) -> Trail:
        return _walk(start(f), steps, begin(f))

    return run


def _walk(value: Value, steps: tuple[Step, ...], begin: Trail) -> Trail:
    subject, at = begin.thing, begin.at
    for number, step in enumerate(steps):
        if isinstance(step, AllItems):
            # Of many the first is shown; where there are none, what should hold them.
            items = listed(take(value, step))
            if not isinstance(items, Items) or not items:
                return Trail(subject, at)
            found: Value = items[0]
        else:
            found = take(value, step)
        if found is MISSING or found is UNKNOWN:
            written = _written(value, step)
            if written is not None:
                return Trail(subject, written, _names(steps[number + 1 :]))
            return Trail(subject, at, _names(steps[number:]) if _takes_more(value, at) else ())
        at = spot_of(found) or at
        value = found
    return Trail(subject, at)


def _names(steps: tuple[Step, ...]) -> tuple[str | int, ...]:
    """Keys and indexes up to the first `[*]`."""
    names: list[str | int] = []
    for step in steps:
        match step:
            case Key(name):
                names.append(name)
            case Index(number):
                names.append(number)
            case AllItems():
                break
    return tuple(names)


def _takes_more(value: Value, at: Spot | None) -> bool:
    """Whether something missing could be written below that spot: not below a fact that only points at a text."""
    if isinstance(value, Secret):
        value = value.value
    return isinstance(value, Mapping | Sequence | Scalar) or isinstance(at, Mapping)


def _written(value: Value, step: Step) -> Spot | None:
    """The null that stands where a step leads, or the node that nobody can know."""
    if isinstance(value, Secret):
        value = value.value
    subject = thing(value)
    holder = value if subject is None else subject.node
    if not isinstance(step, Key) or not isinstance(holder, Mapping):
        return None
    found = get_written(holder, step.name)
    if isinstance(found, Unknown):
        return found
    return found if isinstance(found, Scalar) and is_null(found) else None


def spot_of(value: Value) -> Spot | None:
    """The place of a value; the first one's of a list; None where it has none."""
    if isinstance(value, Scalar | Mapping | Sequence | Unknown | Part | Stretch):
        return value
    if isinstance(value, Secret):
        return spot_of(value.value)
    if isinstance(value, list | tuple):
        return next((spot for one in value if (spot := spot_of(one)) is not None), None)
    subject = thing(value)
    return None if subject is None else subject.node
