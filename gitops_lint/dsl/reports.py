"""What a report says, where it points and what its fix would write; called by `typecheck` for each report of a rule."""

from __future__ import annotations

from dataclasses import replace

from gitops_lint.dsl.expressions import Expressions
from gitops_lint.dsl.fits import comparable, in_words, misfit
from gitops_lint.dsl.judge import Judge
from gitops_lint.dsl.paths import LOST
from gitops_lint.dsl.scope import Scope, Typed
from gitops_lint.dsl.tree import (
    AllItems,
    Call,
    Check,
    Clause,
    Compare,
    Edit,
    Expr,
    Find,
    FixPlan,
    Follow,
    Key,
    Message,
    Name,
    Path,
    Report,
    Rule,
    See,
    Test,
    Text,
)
from gitops_lint.dsl.types import (
    TEXT,
    BoolType,
    DomainType,
    ListType,
    MapType,
    NumberType,
    PlaceType,
    RecordType,
    TextType,
    Type,
    Untyped,
    holds_secret,
)
from gitops_lint.dsl.walk import CONDITIONS, LITERALS, expressions_in
from gitops_lint.dsl.wording import as_written, meant

MASK = "••••"


class Reports:
    """Judges the reports of one rule."""

    def __init__(self, judge: Judge, expressions: Expressions) -> None:
        self._judge = judge
        self._expressions = expressions

    def report(self, report: Report, scope: Scope, suggests: bool) -> None:
        """suggests: whether what is checked compares with known names, so that `{did_you_mean}` can say something."""
        self._message(report.message, scope, suggests)
        self._place(report.at, scope, "at")
        for see in report.see:
            self._place(see.place, scope, "see")
            self._message(see.message, scope, False)
        for note in report.notes:
            self._message(note, scope, suggests)
        if report.help is not None:
            self._message(report.help, scope, suggests)
        if report.fix is not None:
            self._message(report.fix.title, scope, False)
            for edit in report.fix.edits:
                self._edit(edit, scope)

    # ---- words

    def _message(self, message: Message, scope: Scope, suggests: bool) -> None:
        for part in message.parts:
            if isinstance(part, str):
                continue
            if isinstance(part, Name) and part.name == "did_you_mean" and "did_you_mean" not in scope.names:
                if not suggests:
                    self._judge.wrong(
                        part.span,
                        "did_you_mean has nothing to compare here: the report follows no name and no list of names",
                    )
                continue
            self._shown(part, self._expressions.typed(part, scope))

    def _shown(self, part: Expr, value: Typed) -> None:
        given = value.type
        if holds_secret(given):
            self._judge.secret_parts.add(id(part))
        if isinstance(given, PlaceType):
            self._judge.wrong(part.span, f'"{as_written(part)}" is a place: it can be pointed at, not printed')
        elif isinstance(given, MapType) or (isinstance(given, RecordType) and not given.thing):
            self._judge.wrong(part.span, f'"{as_written(part)}" is a mapping: name the field to print')
        elif isinstance(part, (*LITERALS, *CONDITIONS)):
            self._judge.wrong(part.span, f"{as_written(part)} is no value to print: say it in words")

    # ---- places

    def _place(self, expr: Expr, scope: Scope, word: str) -> None:
        if not isinstance(expr, (Name, Path, Call)):
            self._judge.wrong(expr.span, f"{word} points at a name or a path of the rule")
            return
        value = self._expressions.typed(expr, scope)
        if value is LOST:
            return
        if value.no_place:
            self._judge.wrong(
                expr.span,
                f'{word} cannot point at "{as_written(expr)}", which {value.no_place}',
                help="point at what it was found in",
            )
        elif isinstance(expr, Path) and any(isinstance(step, AllItems) for step in expr.steps):
            self._judge.wrong(
                expr.span,
                f"{word} points at one place, {as_written(expr)} are many",
                help="`with each` binds one of them",
            )

    # ---- fixes

    def _edit(self, edit: Edit, scope: Scope) -> None:
        place = self._expressions.typed(edit.place, scope)
        value = self._expressions.typed(edit.value, scope) if edit.value is not None else LOST
        if place is not LOST and _stands_for_text(edit, place, scope):
            # whether that text is a node, and can be edited, shows with the finding
            if holds_secret(value.type) and edit.value is not None:
                self._judge.wrong(
                    edit.value.span,
                    f'"{as_written(edit.value)}" may be a secret in clear text, which a fix never writes',
                )
            return
        if not isinstance(edit.place, Path):
            if place is not LOST:
                self._judge.wrong(
                    edit.place.span, f'{edit.op} needs a path to a field; "{as_written(edit.place)}" is none'
                )
            return
        if place is LOST:
            return
        if not place.written:
            self._judge.wrong(
                edit.place.span,
                f'"{as_written(edit.place)}" is computed; a fix changes fields that are written in a file',
            )
            return
        if any(isinstance(step, AllItems) for step in edit.place.steps):
            self._judge.wrong(edit.place.span, f"{edit.op} changes one place, {as_written(edit.place)} are many")
        elif edit.value is not None and value is not LOST:
            self._new_value(edit, edit.place, edit.value, place, value, scope)

    def _new_value(self, edit: Edit, path: Path, new: Expr, place: Typed, value: Typed, scope: Scope) -> None:
        if holds_secret(value.type):
            self._judge.wrong(new.span, f'"{as_written(new)}" may be a secret in clear text, which a fix never writes')
        elif edit.op == "set":
            self._fits(new, place.type, value.type, f'"{as_written(path)}"')
        elif edit.op == "append":
            if isinstance(place.type, ListType):
                self._fits(new, self._judge.settled(place.type.item), value.type, f'an item of "{as_written(path)}"')
            elif not isinstance(place.type, Untyped):
                self._judge.wrong(path.span, f'"{as_written(path)}" is {in_words(place.type)}, not a list')
        elif edit.op == "rename":
            self._new_key(path, new, value, scope)

    def _new_key(self, path: Path, new: Expr, value: Typed, scope: Scope) -> None:
        if not isinstance(path.steps[-1], Key):
            self._judge.wrong(path.span, f'rename changes a key; "{as_written(path)}" ends in an item')
            return
        if not isinstance(new, Text):
            if not comparable(value.type, TEXT):
                self._judge.wrong(new.span, f"a key is text, not {in_words(value.type)}")
            return
        parent = self._expressions.typed(
            replace(path, steps=path.steps[:-1]) if len(path.steps) > 1 else path.base, scope
        )
        if isinstance(parent.type, RecordType) and parent.type.field_of(new.value) is None:
            hint = meant(new.value, parent.type.names())
            self._judge.wrong(new.span, f'"{new.value}" is not a field beside "{path.steps[-1].name}"{hint}')

    def _fits(self, new: Expr, wanted: Type, given: Type, of: str) -> None:
        if isinstance(new, LITERALS):
            wrong = misfit(new, wanted)
            if wrong is not None:
                self._judge.wrong(new.span, f"{of} would be {as_written(new)}, which {wrong}")
        elif not comparable(wanted, given):
            self._judge.wrong(new.span, f'{of} is {in_words(wanted)}, but "{as_written(new)}" is {in_words(given)}')


def suggests_names(clause: Clause) -> bool:
    """Whether a clause's report can say `{did_you_mean}`: it follows a name, or what it checks is compared with names."""
    if isinstance(clause, (Follow, Find)):
        return True
    if not isinstance(clause, Check):
        return False
    return any(
        isinstance(each, Compare) or (isinstance(each, Test) and each.op in ("in", "not in", "contains"))
        for each in expressions_in(clause.condition)
    )


# ---- secrets out of messages


def masked(rule: Rule, secret_parts: set[int]) -> Rule:
    """The rule with every secret of a message replaced by dots. secret_parts: `id` of the expressions in its own messages."""
    if not secret_parts:
        return rule
    return replace(rule, clauses=tuple(_masked_clause(clause, secret_parts) for clause in rule.clauses))


def _masked_clause(clause: Clause, secret: set[int]) -> Clause:
    if isinstance(clause, (Check, Follow, Find)) and clause.report is not None:
        return replace(clause, report=_masked_report(clause.report, secret))
    return clause


def _masked_report(report: Report, secret: set[int]) -> Report:
    def hide(message: Message) -> Message:
        parts = tuple(MASK if not isinstance(part, str) and id(part) in secret else part for part in message.parts)
        return replace(message, parts=parts)

    def hide_in_fix(fix: FixPlan) -> FixPlan:
        return replace(fix, title=hide(fix.title))

    def hide_in_see(see: See) -> See:
        return replace(see, message=hide(see.message))

    return replace(
        report,
        message=hide(report.message),
        see=tuple(map(hide_in_see, report.see)),
        notes=tuple(map(hide, report.notes)),
        help=hide(report.help) if report.help is not None else None,
        fix=hide_in_fix(report.fix) if report.fix is not None else None,
    )


def _stands_for_text(edit: Edit, place: Typed, scope: Scope) -> bool:
    """Whether an edit is of a fact that points at the text, of a plain item of a list, or takes away a place."""
    match place.type:
        case RecordType(thing=True):
            bound = scope.names.get(edit.place.name) if isinstance(edit.place, Name) else None
            return bound is not None and not bound.never_missing and edit.op != "append"
        case PlaceType():
            return edit.op == "remove"
        case TextType() | NumberType() | BoolType() | DomainType():
            return isinstance(edit.place, Name) and not place.no_place and edit.op in ("set", "remove")
        case _:
            return False
