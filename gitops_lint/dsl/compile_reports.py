"""Reports of a rule as closures: the message, the places and the fix of one finding, made only where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gitops_lint.dsl.evaluate import SUBJECT, Evaluate, Frame, Names, evaluate
from gitops_lint.dsl.suggest import Suggest, suggestion
from gitops_lint.dsl.trails import FindTrail, trail
from gitops_lint.dsl.tree import Edit, Expr, FixPlan, Message, Name, Report
from gitops_lint.dsl.units import DOMAINS
from gitops_lint.dsl.values import Secret, in_message, settle, show, thing
from gitops_lint.dsl.world import Draft, DraftEdit, DraftFix, Value
from gitops_lint.text.nodes import Mapping, Sequence
from gitops_lint.text.scalars import MISSING, UNKNOWN, plain

DID_YOU_MEAN = "did_you_mean"

Make = Callable[[Frame], Draft]
Words = Callable[[Frame], str]


def report(
    told: Report, names: Names, conditions: Iterable[tuple[Expr, Names]] = (), suggest: Suggest | None = None
) -> Make:
    """
    What makes a finding of one row; its closures are made for the first, as most rules find nothing.

    conditions: what `{did_you_mean}` is worked out from, unless suggest says it. Raises what making closures raises, then.
    """
    ready: list[Make] = []

    def make(f: Frame) -> Draft:
        if not ready:
            ready.append(_report(told, names, conditions, suggest))
            # quantifiers in messages take slots, which the frame at hand was made without
            f.extend([None] * (names.size[0] - len(f)))
        return ready[0](f)

    return make


def _report(told: Report, names: Names, conditions: Iterable[tuple[Expr, Names]], suggest: Suggest | None) -> Make:
    if suggest is None:
        suggest = suggestion(conditions) if _asks_for_suggestion(told) else _no_suggestion
    message, at = _message(told.message, names, suggest), trail(told.at, names)
    see = tuple((trail(one.place, names), _message(one.message, names, suggest)) for one in told.see)
    notes = tuple(_message(note, names, suggest) for note in told.notes)
    cure = None if told.help is None else _message(told.help, names, suggest)
    fix = None if told.fix is None else _fix(told.fix, names, suggest)
    severity = told.severity

    def make(f: Frame) -> Draft:
        subject = f[SUBJECT]
        if subject is None:
            raise LookupError("a report needs a `for each` above it: a finding belongs to something")
        return Draft(
            subject=subject,
            severity=severity,
            message=message(f),
            at=at(f),
            see=tuple((place(f), words(f)) for place, words in see),
            notes=tuple(note(f) for note in notes),
            help="" if cure is None else cure(f),
            fix=None if fix is None else fix(f),
        )

    return make


def _no_suggestion(f: Frame) -> str:
    return ""


def _asks_for_suggestion(told: Report) -> bool:
    messages = [told.message, *(one.message for one in told.see), *told.notes]
    if told.help is not None:
        messages.append(told.help)
    if told.fix is not None:
        messages.append(told.fix.title)
    return any(isinstance(part, Name) and part.name == DID_YOU_MEAN for one in messages for part in one.parts)


def _message(message: Message, names: Names, suggest: Suggest) -> Words:
    parts = [part if isinstance(part, str) else _shown(part, names, suggest) for part in message.parts]
    if all(isinstance(part, str) for part in parts):
        whole = "".join(part for part in parts if isinstance(part, str))
        return lambda f: whole
    return lambda f: "".join(part if isinstance(part, str) else part(f) for part in parts)


def _shown(expr: Expr, names: Names, suggest: Suggest) -> Words:
    if isinstance(expr, Name) and expr.name == DID_YOU_MEAN and DID_YOU_MEAN not in names.bound:
        return suggest
    value = evaluate(expr, names)
    return lambda f: in_message(value(f))


def _fix(plan: FixPlan, names: Names, suggest: Suggest) -> Callable[[Frame], DraftFix | None]:
    """A fix whose value cannot be known, or would have to write a secret, is left out: the finding stands without it."""
    title = _message(plan.title, names, suggest)
    edits = tuple(_edit(edit, names) for edit in plan.edits)

    def make(f: Frame) -> DraftFix | None:
        made = [edit(f) for edit in edits]
        done = tuple(edit for edit in made if edit is not None)
        return DraftFix(title(f), plan.safe, done) if len(done) == len(made) else None

    return make


def _edit(edit: Edit, names: Names) -> Callable[[Frame], DraftEdit | None]:
    place: FindTrail = trail(edit.place, names)
    value: Evaluate | None = None if edit.value is None else evaluate(edit.value, names)
    op = edit.op

    def make(f: Frame) -> DraftEdit | None:
        if value is None:
            return DraftEdit(op, place(f))
        given = value(f)
        if isinstance(given, Secret) or settle(given) is UNKNOWN or settle(given) is MISSING:
            return None
        return DraftEdit(op, place(f), written(given))

    return make


def written(given: Value) -> object:
    """What a fix writes for a value: a plain value of YAML; values with a unit as text, things by their words."""
    found = settle(given)
    if isinstance(found, Mapping | Sequence):
        return plain(found)
    if isinstance(found, list | tuple):
        return [written(one) for one in found]
    if isinstance(found, dict):
        return {key: written(one) for key, one in found.items()}
    if found.__class__ in DOMAINS or thing(found) is not None:
        return show(found)
    return found
