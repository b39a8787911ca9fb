"""
The meaning of a rule written down as directly as it goes, to hold the compiled one against: rows are dictionaries, clauses
turn a list of rows into the next, expressions are walked again for every row.

It shares the operators of single values (`compare`, `steps`) with the compiled form; names, rows, order of evaluation,
quantifiers, positions, paths, joins, reports and places are its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitops_lint.dsl import compare
from gitops_lint.dsl.compare import Truth, listed
from gitops_lint.dsl.compile import INDEXED, param_default, param_value
from gitops_lint.dsl.compile_joins import lookup_key, name_in, name_of
from gitops_lint.dsl.compile_reports import written
from gitops_lint.dsl.matching import glob, regex
from gitops_lint.dsl.steps import all_of, ask, call, item, written_null
from gitops_lint.dsl.suggest import closest, words
from gitops_lint.dsl.tree import (
    AllItems,
    And,
    Call,
    Check,
    Compare,
    Default,
    Expr,
    Find,
    Follow,
    ForEach,
    Index,
    Is,
    Key,
    Let,
    Matches,
    Message,
    Name,
    Not,
    Or,
    Path,
    Quantified,
    Report,
    Rule,
    Step,
    Sum,
    Test,
    When,
    WithEach,
)
from gitops_lint.dsl.units import parse_version
from gitops_lint.dsl.values import Items, Secret, in_message, literal, settle, thing
from gitops_lint.dsl.world import Draft, DraftEdit, DraftFix, Part, Spot, Stretch, Tally, Thing, Trail, Value, World
from gitops_lint.text.nodes import Mapping, Scalar, Sequence, Unknown
from gitops_lint.text.scalars import MISSING, UNKNOWN, get_written, is_null

Row = dict[str, Any]
"""Values by name; and by `(name,)` where the value came from: the expression, and its number in a list from 1 or 0."""


def interpret(rule: Rule, world: World, subject: Thing | None = None) -> Tally:
    """What a rule finds, row by row."""
    return _Run(rule, world, subject).tally()


class _Run:
    def __init__(self, rule: Rule, world: World, subject: Thing | None) -> None:
        self.rule = rule
        self.world = world
        self.only = subject
        self.drafts: list[Draft] = []
        self.unverified = 0
        self.lists: dict[str, tuple[Expr, bool]] = {}
        self.subject_name = next((one.name for one in rule.clauses if isinstance(one, ForEach)), "")

    def tally(self) -> Tally:
        start: Row = {"did_you_mean": ""}  # of a check: tested by itself
        for param in self.rule.params:
            start[param.name] = param_value(self.world.param(self.rule.name, param.name), param, param_default(param))
        rows = [start]
        first = True
        for clause in self.rule.clauses:
            rows = [after for row in rows for after in self.after(clause, row, first)]
            first = first and not isinstance(clause, ForEach)
        return Tally(self.drafts, self.unverified)

    # ---- clauses

    def after(self, clause: Any, row: Row, first: bool) -> Iterator[Row]:
        match clause:
            case ForEach():
                only = [self.only] if first and self.only is not None else None
                for one in only or self.world.subjects(clause.kinds, clause.origin):
                    yield {**row, clause.name: one}
            case WithEach():
                items = listed(self.value(clause.source, row))
                self.lists[clause.name] = (clause.source, True)
                if items is MISSING:
                    return
                if items is UNKNOWN or items.open:
                    self.unverified += 1
                for n, item_ in enumerate([] if items is UNKNOWN else items, 1):
                    more: Row = {clause.name: item_, f"#{clause.name}": n}
                    if clause.number:
                        more[clause.number] = n
                        self.lists[clause.number] = (clause.source, False)
                    yield {**row, **more}
            case Let(name, value):
                self.lists[name] = (value, False)
                yield {**row, name: self.value(value, row)}
            case When(condition, negated):
                truth = self.truth(condition, row)
                if truth is None:
                    self.unverified += 1
                elif truth != negated:
                    yield row
            case Check(condition, forbidden, report):
                truth = self.truth(condition, row)
                if truth is None:
                    self.unverified += 1
                elif truth == forbidden:
                    self.drafts.append(self.draft(report, row))
                yield row
            case Follow():
                yield from self.followed(clause, row)
            case Find():
                yield from self.found(clause, row)

    def followed(self, clause: Follow, row: Row) -> Iterator[Row]:
        reference = self.value(clause.reference, row)
        name = settle(name_in(reference))
        if name is MISSING:
            return
        if name is UNKNOWN:
            self.unverified += 1
            return
        reached = self.world.follow(reference.value if isinstance(reference, Secret) else reference)
        if reached.status == "known":
            yield from ({**row, clause.name: one} for one in reached.found)
        elif reached.status == "unknown":
            self.unverified += 1
        elif clause.report is not None:
            first = next(iter(reached.found), MISSING)
            near = words(closest(name_of(reference), reached.candidates))
            told = {**row, clause.name: first, "target": first, "reason": reached.reason, "did_you_mean": near}
            self.drafts.append(self.draft(clause.report, told))

    def found(self, clause: Find, row: Row) -> Iterator[Row]:
        fits = [
            (one, self.truth(clause.where, {**row, clause.name: one}))
            for one in self.world.subjects(clause.kinds, clause.origin)
        ]
        matches = [one for one, truth in fits if truth]
        unsure = any(truth is None for _, truth in fits)
        key = lookup_key(clause, INDEXED)
        wanted = settle(self.value(key[1], row)) if key is not None else None
        if wanted is MISSING or wanted is UNKNOWN:
            # Nothing is called what is missing, and what is unknown may be anything: no name is looked at.
            matches, unsure = [], wanted is UNKNOWN
        if clause.quantifier == "every":
            if not matches and not unsure and clause.report is not None:
                self.drafts.append(self.draft(clause.report, {**row, clause.name: Items()}))
            yield {**row, clause.name: Items(matches, unsure)}
            return
        if unsure and (clause.quantifier == "any" or len(matches) < 2):
            self.unverified += 1
        if clause.quantifier == "any":
            yield from ({**row, clause.name: one} for one in matches)
            wrong = not matches and not unsure
        else:
            if len(matches) == 1 and not unsure:
                yield {**row, clause.name: matches[0]}
            wrong = len(matches) > 1 or (not matches and not unsure)
        if wrong and clause.report is not None:
            self.drafts.append(self.draft(clause.report, {**row, clause.name: next(iter(matches), MISSING)}))

    # ---- values and conditions

    def value(self, expr: Expr, row: Row) -> Value:
        match expr:
            case Name(name):
                return row[name]
            case Path(Name("target"), (Key(product), *_)):
                return parse_version(self.world.target(product)) or UNKNOWN
            case Path(base, steps):
                return self.steps(self.value(base, row), steps)
            case Call(function, args):
                return call(self.world, function, [self.value(arg, row) for arg in args])
            case Default(inner, fallback):
                found = self.value(inner, row)
                return literal(fallback) if settle(found) is MISSING else found
            case Sum(op, left, right):
                add = compare.add if op == "+" else compare.subtract
                return add(self.value(left, row), self.value(right, row))
            case Compare() | Is() | Test() | Matches() | Quantified() | And() | Or() | Not():
                truth = self.truth(expr, row)
                return UNKNOWN if truth is None else truth
        return literal(expr)

    def steps(self, given: Value, steps: tuple[Step, ...]) -> Value:
        if not steps or given is MISSING or given is UNKNOWN:
            return given
        first, rest = steps[0], steps[1:]
        match first:
            case Key(name):
                return self.steps(ask(given, name), rest)
            case Index(number):
                return self.steps(item(given, number), rest)
            case AllItems():
                return all_of(given, (lambda one: self.steps(one, rest)))

    def truth(self, expr: Expr, row: Row) -> Truth:
        match expr:
            case And(parts):
                truths = [self.truth(part, row) for part in parts]
                return False if False in truths else None if None in truths else True
            case Or(parts):
                truths = [self.truth(part, row) for part in parts]
                return True if True in truths else None if None in truths else False
            case Not(inner):
                return {True: False, False: True, None: None}[self.truth(inner, row)]
            case Compare(op, left, right):
                return compare.compare(op, self.value(left, row), self.value(right, row))
            case Test(op, left, right):
                return self.test(op, self.value(left, row), self.value(right, row))
            case Matches(inner, pattern, is_glob):
                found = settle(self.value(inner, row))
                if found is MISSING:
                    return False
                return (glob if is_glob else regex)(pattern)(found) if isinstance(found, str) else None
            case Is(inner, state, negated):
                truth = self.state(inner, state, row)
                return {True: False, False: True, None: None}[truth] if negated else truth
            case Quantified():
                return self.quantified(expr, row)
        return compare.truth(self.value(expr, row))

    def test(self, op: str, left: Value, right: Value) -> Truth:
        match op:
            case "in":
                return compare.contains(right, left)
            case "not in":
                return compare.not_in(left, right)
            case "contains":
                return compare.contains(left, right)
            case "starts with":
                return compare.text_test(left, right, lambda a, b: a[: len(b)] == b)
        return compare.text_test(left, right, lambda a, b: a[len(a) - len(b) :] == b if len(b) <= len(a) else False)

    def state(self, inner: Expr, state: str, row: Row) -> Truth:
        if state == "null":
            match inner:
                case Path(base, (*before, Key(last))) if base != Name("target"):
                    return written_null(self.steps(self.value(base, row), tuple(before)), last)
            return compare.is_null_value(self.value(inner, row))
        found = self.value(inner, row)
        if state not in ("plaintext", "encrypted"):
            return compare.STATES[state](found)
        if settle(found) is MISSING:
            return False
        if settle(found) is UNKNOWN and not isinstance(found, Scalar):
            return None
        return compare.truth(call(self.world, f"is_{state}", [found]))

    def quantified(self, expr: Quantified, row: Row) -> Truth:
        items = listed(self.value(expr.source, row))
        if items is UNKNOWN:
            return None
        shown: list[Value] = [] if items is MISSING else list(items)
        numbered = list(enumerate(shown, 1))
        if expr.position and items is not MISSING:
            at = self.number_of(expr, row, shown)
            if at is None:
                return None
            numbered = [(n, one) for n, one in numbered if (n < at if expr.position == "before" else n > at)]
        before = self.lists.get(expr.name)
        self.lists[expr.name] = (expr.source, True)
        truths = [self.truth(expr.body, {**row, expr.name: one, f"#{expr.name}": n}) for n, one in numbered]
        if before is not None:
            self.lists[expr.name] = before
        if items is not MISSING and items.open:
            truths.append(None)
        wanted = expr.quantifier != "every"
        if wanted in truths:
            return expr.quantifier == "some"
        if None in truths:
            return None
        return expr.quantifier != "some"

    def number_of(self, expr: Quantified, row: Row, items: list[Value]) -> int | None:
        source, numbered = self.lists.get(expr.marker, (None, False))
        if numbered and source == expr.source:
            return int(row[f"#{expr.marker}"])
        return next((n for n, one in enumerate(items, 1) if one is row[expr.marker]), None)

    # ---- reports

    def draft(self, report: Report, row: Row) -> Draft:
        fix = None
        if report.fix is not None:
            edits = [self.edit(edit, row) for edit in report.fix.edits]
            if None not in edits:
                fix = DraftFix(self.message(report.fix.title, row), report.fix.safe, tuple(one for one in edits if one))
        return Draft(
            row[self.subject_name],
            report.severity,
            self.message(report.message, row),
            self.trail(report.at, row),
            tuple((self.trail(see.place, row), self.message(see.message, row)) for see in report.see),
            tuple(self.message(note, row) for note in report.notes),
            self.message(report.help, row) if report.help is not None else "",
            fix,
        )

    def message(self, message: Message, row: Row) -> str:
        return "".join(part if isinstance(part, str) else in_message(self.value(part, row)) for part in message.parts)

    def edit(self, edit: Any, row: Row) -> DraftEdit | None:
        if edit.value is None:
            return DraftEdit(edit.op, self.trail(edit.place, row))
        value = self.value(edit.value, row)
        if isinstance(value, Secret) or settle(value) in (MISSING, UNKNOWN):
            return None
        return DraftEdit(edit.op, self.trail(edit.place, row), written(value))

    def trail(self, expr: Expr, row: Row) -> Trail:
        match expr:
            case Name(name):
                origin = self.lists.get(name)
                return self.placed(row[name], origin[0] if origin is not None else None, row)
            case Path(Name("target"), _):
                return self.of_subject(row)
            case Path(base, steps):
                start = self.trail(base, row)
                return self.walked(self.value(base, row), steps, start.thing, start.at)
            case Call(_, args):
                return self.placed(self.value(expr, row), args[0] if args else None, row)
            case Default(inner, _):
                return self.trail(inner, row)
            case Sum(_, left, _):
                return self.trail(left, row)
        return self.of_subject(row)

    def of_subject(self, row: Row) -> Trail:
        subject = row[self.subject_name]
        return Trail(subject, subject.node)

    def placed(self, value: Value, origin: Expr | None, row: Row) -> Trail:
        spot, owner = _place(value), thing(value)
        came_from = self.of_subject(row) if origin is None else self.trail(origin, row)
        if spot is not None:
            return Trail(owner or came_from.thing, spot)
        if owner is not None and came_from.at is None:
            return Trail(owner, None)
        return came_from

    def walked(self, value: Value, steps: tuple[Step, ...], owner: Thing | None, at: Spot | None) -> Trail:
        if not steps:
            return Trail(owner, at)
        step, rest = steps[0], steps[1:]
        holder = value.value if isinstance(value, Secret) else value
        if isinstance(step, AllItems):
            items = listed(all_of(value, None))
            if not isinstance(items, Items) or not items:
                return Trail(owner, at)
            return self.walked(items[0], rest, owner, _place(items[0]) or at)
        found = ask(value, step.name) if isinstance(step, Key) else item(value, step.number)
        if found is not MISSING and found is not UNKNOWN:
            return self.walked(found, rest, owner, _place(found) or at)
        owner_of_field = thing(holder)
        inside = holder if owner_of_field is None else owner_of_field.node
        if isinstance(step, Key) and isinstance(inside, Mapping):
            there = get_written(inside, step.name)
            if isinstance(there, Unknown) or (isinstance(there, Scalar) and is_null(there)):
                return Trail(owner, there, _missing(rest))
        writable = thing(holder) is None and hasattr(holder, "source")
        return Trail(owner, at, _missing(steps) if writable or isinstance(at, Mapping) else ())


def _missing(steps: tuple[Step, ...]) -> tuple[str | int, ...]:
    names: list[str | int] = []
    for step in steps:
        if isinstance(step, AllItems):
            break
        names.append(step.name if isinstance(step, Key) else step.number)
    return tuple(names)


def _place(value: Value) -> Spot | None:
    if isinstance(value, Secret):
        return _place(value.value)
    if isinstance(value, list | tuple):
        return next((place for one in value if (place := _place(one)) is not None), None)
    owner = thing(value)
    if owner is not None:
        return owner.node
    return value if isinstance(value, Scalar | Mapping | Sequence | Unknown | Part | Stretch) else None
