"""Everything that can be wrong in a condition: comparisons of different types, absence without a guard, quantifiers; for `expressions`."""

from __future__ import annotations

from collections.abc import Callable

from gitops_lint.dsl.fits import comparable, in_words, misfit, ordered, sort_of, type_of_literal
from gitops_lint.dsl.guards import known_present
from gitops_lint.dsl.judge import Judge
from gitops_lint.dsl.paths import LOST
from gitops_lint.dsl.patterns import fits_none, wrong_glob, wrong_regex
from gitops_lint.dsl.scope import RESERVED, Binding, Scope, Typed, as_item
from gitops_lint.dsl.tree import (
    And,
    Compare,
    Expr,
    Is,
    ListOf,
    Literal_,
    Matches,
    Name,
    Not,
    Or,
    Quantified,
    Span,
    Test,
)
from gitops_lint.dsl.types import (
    ANYTHING,
    BoolType,
    DomainType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    ReferenceType,
    TextType,
    Type,
    Untyped,
)
from gitops_lint.dsl.walk import LITERALS, expressions_in
from gitops_lint.dsl.wording import MOST_SHOWN, as_written, meant

Ask = Callable[[Expr, Scope], Typed]
"""What is known of a value in a scope; errors in it are recorded."""


class Conditions:
    """Judges the conditions of one rule. typed: what values are, which may hold conditions in turn."""

    def __init__(self, judge: Judge, typed: Ask) -> None:
        self._judge = judge
        self._typed = typed

    def condition(self, expr: Expr, scope: Scope, negative: bool = False) -> None:
        """
        Judges a condition. negative: it stands under `not`, where a comparison with something missing would come out true,
        so what it compares must be known to be there.
        """
        match expr:
            case And(parts=parts):
                self._in_turn(parts, True, scope, negative)
            case Or(parts=parts):
                self._in_turn(parts, False, scope, negative)
            case Not(value=value):
                self.condition(value, scope, not negative)
            case Compare():
                self._compare(expr, scope, negative)
            case Is():
                self._is(expr, scope)
            case Test():
                self._test(expr, scope, negative)
            case Matches():
                self._matches(expr, scope, negative)
            case Quantified():
                self._quantified(expr, scope, negative)
            case _:
                self._verdict(expr, scope, negative)

    def _in_turn(self, parts: tuple[Expr, ...], truth: bool, scope: Scope, negative: bool) -> None:
        """Parts of `and` and `or`: a later one only counts where the earlier ones came out as `truth`."""
        for part in parts:
            self.condition(part, scope, negative)
            scope = scope.with_present(known_present(part, truth, scope))

    def _verdict(self, expr: Expr, scope: Scope, negative: bool) -> None:
        value = self._typed(expr, scope)
        if value is LOST:
            return
        if isinstance(expr, LITERALS):
            self._judge.wrong(expr.span, f"{as_written(expr)} is always the same; a condition compares something")
        elif isinstance(value.type, Untyped):
            self._judge.wrong(
                expr.span, f'"{as_written(expr)}" may be anything: ask `is true`, `is present` or compare it'
            )
        elif not isinstance(value.type, BoolType):
            self._judge.wrong(
                expr.span,
                f'"{as_written(expr)}" is {in_words(value.type)}, not a condition',
                help="compare it, or ask `is present`",
            )
        elif negative:
            self._guarded(expr, value, "`not` of it would be true")

    def _compare(self, expr: Compare, scope: Scope, negative: bool) -> None:
        left, right = self._typed(expr.left, scope), self._typed(expr.right, scope)
        if left is LOST or right is LOST:
            return
        if isinstance(expr.left, LITERALS) and isinstance(expr.right, LITERALS):
            self._judge.wrong(expr.span, "two literals are compared, which always comes out the same")
            return
        if not self._comparable(expr, left, right):
            return
        if expr.op not in ("==", "!="):
            one, two = beside(left, expr.left, right), beside(right, expr.right, left)
            if not ordered(one, two):
                unordered = one if not ordered(one, one) else two
                self._judge.wrong(expr.span, f"{in_words(unordered)} has no order: {expr.op} cannot be asked of it")
                return
        if expr.op != "==" or negative:
            why = (
                "`not` of the comparison would be true"
                if negative and expr.op == "=="
                else f"{expr.op} says nothing of it"
            )
            self._guarded(expr.left, left, why)
            self._guarded(expr.right, right, why)

    def _comparable(self, expr: Compare, left: Typed, right: Typed) -> bool:
        for literal, other, beside in ((expr.left, expr.right, right), (expr.right, expr.left, left)):
            if isinstance(literal, LITERALS):
                return self._fits(literal, beside.type, f'"{as_written(other)}"', enum=expr.op in ("==", "!="))
        if comparable(left.type, right.type):
            return True
        self._judge.wrong(
            expr.span,
            f'"{as_written(expr.left)}" is {in_words(left.type)} and "{as_written(expr.right)}" is {in_words(right.type)}:'
            " they cannot be compared",
        )
        return False

    def _guarded(self, expr: Expr, value: Typed, why: str) -> None:
        if not value.optional:
            return
        written = as_written(expr)
        by_default = f"; Kubernetes' default is {value.default}" if value.default else ""
        self._judge.wrong(
            expr.span,
            f'"{written}" may be missing, and then {why}{by_default}',
            help=f"ask `{written} is present` before, write `{written} is missing or …`, or give it a value: `{written} default …`",
        )

    # ---- states

    def _is(self, expr: Is, scope: Scope) -> None:
        value = self._typed(expr.value, scope)
        if value is LOST:
            return
        written, state, given = as_written(expr.value), expr.state, value.type
        if isinstance(expr.value, LITERALS):
            self._judge.wrong(expr.span, f"{written} is a literal; a state is asked of a value of the file")
        elif state in ("missing", "present"):
            bound = scope.names.get(expr.value.name) if isinstance(expr.value, Name) else None
            if bound is not None and (bound.never_missing or bound.role in ("number", "parameter")):
                self._judge.wrong(expr.span, f'"{written}" is always present')
        elif state in ("true", "false") and not isinstance(given, (BoolType, Untyped)):
            help = f'compare the text: `{written} == "{state}"`' if isinstance(given, TextType) else ""
            self._judge.wrong(expr.span, f'"{written}" is {in_words(given)} and never {state}', help)
        elif state == "empty" and isinstance(given, (BoolType, NumberType)):
            self._judge.wrong(expr.span, f'"{written}" is {in_words(given)} and never empty')
        elif state in ("plaintext", "encrypted") and isinstance(given, (BoolType, NumberType, ListType, MapType)):
            self._judge.wrong(expr.span, f'"{written}" is {in_words(given)}; {state} is asked of text')

    # ---- membership and patterns

    def _test(self, expr: Test, scope: Scope, negative: bool) -> None:
        left, right = self._typed(expr.left, scope), self._typed(expr.right, scope)
        if left is LOST or right is LOST:
            return
        if expr.op in ("in", "not in"):
            self._member(expr, left, right)
        elif expr.op == "contains":
            self._contains(expr, left, right)
        else:
            for side, value in ((expr.left, left), (expr.right, right)):
                self._textual(side, value, f"`{expr.op}` is asked of text")
        if expr.op == "not in" or negative:
            why = "`not in` says nothing of it" if expr.op == "not in" else "`not` of the condition would be true"
            self._guarded(expr.left, left, why)
            self._guarded(expr.right, right, why)

    def _member(self, expr: Test, left: Typed, right: Typed) -> None:
        if isinstance(right.type, TextType):
            self._judge.wrong(
                expr.right.span,
                f'"{as_written(expr.right)}" is text, not a list',
                help="a part of a text: `text contains part`",
            )
            return
        if not isinstance(right.type, (ListType, Untyped)):
            self._judge.wrong(expr.right.span, f'"{as_written(expr.right)}" is {in_words(right.type)}, not a list')
            return
        if isinstance(expr.right, ListOf):
            if not expr.right.items:
                self._judge.wrong(expr.right.span, "nothing is in an empty list")
            for item in expr.right.items:
                self._fits(item, left.type, f'"{as_written(expr.left)}"')
        elif isinstance(right.type, ListType):
            self._item_fits(expr.left, left, right.type, as_written(expr.right))

    def _contains(self, expr: Test, left: Typed, right: Typed) -> None:
        if isinstance(left.type, ListType):
            self._item_fits(expr.right, right, left.type, as_written(expr.left))
        elif isinstance(left.type, (MapType, RecordType)) or sort_of(left.type) == "text":
            self._textual(expr.right, right, "a map contains keys, a text contains text")
        elif not isinstance(left.type, Untyped):
            self._judge.wrong(
                expr.left.span,
                f'"{as_written(expr.left)}" is {in_words(left.type)}: only lists, maps and text contain something',
            )

    def _item_fits(self, expr: Expr, value: Typed, wanted: ListType, of: str) -> None:
        if isinstance(expr, LITERALS):
            self._fits(expr, wanted.item, f'an item of "{of}"')
        elif not comparable(value.type, wanted.item):
            self._judge.wrong(
                expr.span,
                f'"{as_written(expr)}" is {in_words(value.type)}, and an item of "{of}" is {in_words(wanted.item)}',
            )

    def _fits(self, literal: Literal_, wanted: Type, of: str, *, enum: bool = True) -> bool:
        wrong = misfit(literal, wanted, enum=enum)
        if wrong is not None:
            self._judge.wrong(literal.span, f"{of} is compared with {as_written(literal)}, which {wrong}")
        return wrong is None

    def _textual(self, expr: Expr, value: Typed, why: str) -> None:
        given = value.type
        if isinstance(given, (TextType, DomainType, ReferenceType, Untyped)):
            return
        help = f"`some item in {as_written(expr)} satisfies (…)` asks its items" if isinstance(given, ListType) else ""
        self._judge.wrong(expr.span, f'"{as_written(expr)}" is {in_words(given)}: {why}', help)

    def _matches(self, expr: Matches, scope: Scope, negative: bool) -> None:
        value = self._typed(expr.value, scope)
        wrong = wrong_glob(expr.pattern) if expr.glob else wrong_regex(expr.pattern)
        if wrong is not None:
            self._judge.wrong(_pattern_span(expr), wrong)
        if value is LOST:
            return
        word = "like" if expr.glob else "matches"
        self._textual(expr.value, value, f"`{word}` is asked of text")
        if isinstance(value.type, TextType) and value.type.values and wrong is None:
            if fits_none(expr.pattern, value.type.values, glob=expr.glob):
                values = ", ".join(sorted(value.type.values)[:MOST_SHOWN])
                self._judge.wrong(
                    _pattern_span(expr), f'"{as_written(expr.value)}" never fits this pattern; its values are: {values}'
                )
        if negative:
            self._guarded(expr.value, value, "`not` of the condition would be true")

    # ---- quantifiers

    def _quantified(self, expr: Quantified, scope: Scope, negative: bool) -> None:
        if scope.inside:
            scope.used.update(each.name for each in expressions_in(expr) if isinstance(each, Name))
            self._judge.wrong(
                expr.span,
                "a quantifier stands inside another one",
                help="give the outer list to `with each`, or ask with [*]",
            )
            return
        source = self._typed(expr.source, scope)
        item = self.item_of(expr.source, source)
        if expr.marker:
            self._marker(expr, scope)
        if not self.free_name(expr.name, expr.span, scope):
            return
        used_before = expr.name in scope.used
        scope.used.discard(expr.name)
        value = as_item(source, item, expr.name) if source is not LOST else LOST
        inner = scope.one_deeper().with_binding(Binding(expr.name, "item", value, expr.span))
        inner = inner.with_present(known_present(Is(expr.source, "present", False), True, scope))
        self.condition(expr.body, inner, negative)
        if expr.name not in scope.used:
            self._judge.wrong(expr.span, f'"{expr.name}" is not used: the condition says the same of every item')
        if used_before:
            scope.used.add(expr.name)

    def item_of(self, expr: Expr, source: Typed) -> Type:
        """The type of the items of a list; an error where it is none."""
        given = source.type
        if isinstance(given, ListType):
            return self._judge.settled(given.item)
        if isinstance(given, Untyped):
            return given
        help = (
            f"`entries({as_written(expr)})` is the list of its entries"
            if isinstance(given, (MapType, RecordType))
            else ""
        )
        self._judge.wrong(expr.span, f'"{as_written(expr)}" is {in_words(given)}, not a list', help)
        return ANYTHING

    def _marker(self, expr: Quantified, scope: Scope) -> None:
        marker = scope.binding(expr.marker)
        if marker is None:
            hint = meant(expr.marker, scope.names, have="known here are")
            self._judge.wrong(expr.span, f'"{expr.marker}" is not bound by any clause above{hint}')
        elif marker.role != "item" or marker.source is None or marker.source != scope.key_of(expr.source):
            self._judge.wrong(
                expr.span,
                f'"{expr.marker}" is not an item of {as_written(expr.source)}, so nothing stands {expr.position} it',
                help=f"`with each {as_written(expr.source)} as {expr.marker}` binds one",
            )

    def free_name(self, name: str, span: Span, scope: Scope) -> bool:
        """Whether a clause may bind a name; an error where it is taken."""
        if name in RESERVED:
            self._judge.wrong(span, f'"{name}" has a meaning of its own; choose another name')
            return False
        if name in scope.names:
            self._judge.wrong(span, f'"{name}" is already the name of something above; choose another name')
            return False
        return True


def _pattern_span(expr: Matches) -> Span:
    """Where the pattern stands: it ends the expression, its delimiters are two characters."""
    start, end = expr.span
    return (max(start, end - len(expr.pattern) - 2), end)


def beside(value: Typed, expr: Expr, other: Typed) -> Type:
    return type_of_literal(expr, other.type) if isinstance(expr, LITERALS) else value.type
