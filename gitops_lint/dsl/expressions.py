"""Types of expressions, and everything that can be wrong inside one: names, fields, comparisons, absence; called by `typecheck`."""

from __future__ import annotations

from dataclasses import replace

from gitops_lint.dsl.fits import comparable, in_words, misfit, ordered, sort_of, sum_type, type_of_literal
from gitops_lint.dsl.guards import known_present
from gitops_lint.dsl.judge import Judge
from gitops_lint.dsl.paths import COMPUTED, LOST, Paths
from gitops_lint.dsl.patterns import wrong_glob, wrong_regex
from gitops_lint.dsl.scope import Binding, Scope, Typed, as_item
from gitops_lint.dsl.tree import (
    And,
    Bool,
    Call,
    Compare,
    Default,
    Expr,
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
    Span,
    Sum,
    Test,
    Text,
)
from gitops_lint.dsl.types import (
    ANYTHING,
    BOOL,
    TEXT,
    VERSION,
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
    holds_secret,
    made_secret,
)
from gitops_lint.dsl.walk import expressions_in
from gitops_lint.dsl.wording import as_written, meant
from gitops_lint.dsl.world import Function, Parameter

LITERALS = (Text, Number, Bool, Quantity, ListOf)
CONDITIONS = (Compare, Is, Test, Matches, Quantified, And, Or, Not)
RESERVED = frozenset(("target", "did_you_mean"))


class Expressions:
    """Judges the expressions of one rule; errors go to the judge, LOST stands for what could not be told."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._paths = Paths(judge)

    # ---- values

    def typed(self, expr: Expr, scope: Scope) -> Typed:
        """What is known of an expression; errors in it are recorded."""
        match expr:
            case Text() | Number() | Bool() | Quantity() | ListOf():
                return Typed(type_of_literal(expr), no_place="is a literal, which stands in no file")
            case Name():
                return self._name(expr, scope)
            case Call():
                return self._call(expr, scope)
            case Path():
                return self._path(expr, scope)
            case Default():
                return self._default(expr, scope)
            case Sum():
                return self._sum(expr, scope)
            case _:
                self.condition(expr, scope)
                return Typed(BOOL, no_place="is a verdict, not a place")

    def _name(self, expr: Name, scope: Scope) -> Typed:
        bound = scope.binding(expr.name)
        if bound is not None:
            value = bound.value
            return replace(value, optional=False) if value.key is not None and value.key in scope.present else value
        if expr.name == "target":
            self._judge.wrong(expr.span, "target stands before a product, as in target.argo-cd")
            return LOST
        if expr.name == "did_you_mean":
            self._judge.wrong(expr.span, "did_you_mean is only known in the message of a report")
            return LOST
        if self._judge.vocabulary.function(expr.name) is not None:
            self._judge.wrong(expr.span, f'"{expr.name}" is a function: write {expr.name}(…)')
            return LOST
        hint = meant(expr.name, scope.names, have="known here are")
        self._judge.wrong(expr.span, f'"{expr.name}" is not bound by any clause above{hint}')
        return LOST

    def _path(self, expr: Path, scope: Scope) -> Typed:
        if isinstance(expr.base, Name) and expr.base.name == "target" and "target" not in scope.names:
            return self._target(expr)
        return self._paths.walk(self.typed(expr.base, scope), expr, scope)

    def _target(self, expr: Path) -> Typed:
        first = expr.steps[0]
        name = first.name if isinstance(first, Key) else ""
        products = list(self._judge.vocabulary.targets())
        if name not in products:
            self._judge.wrong(
                first.span, f'"{name}" is not a product with a version{meant(name, products, have="known are")}'
            )
            return LOST
        if len(expr.steps) > 1:
            self._judge.wrong(expr.steps[1].span, f"target.{name} is a version and has no fields")
            return LOST
        return Typed(VERSION, no_place="is a version that the configuration sets")

    def _default(self, expr: Default, scope: Scope) -> Typed:
        value = self.typed(expr.value, scope)
        wrong = misfit(expr.fallback, value.type, enum=False)
        if wrong is not None:
            self._judge.wrong(expr.fallback.span, f"{as_written(expr.fallback)} {wrong}")
            return LOST
        given = value.type
        if isinstance(given, TextType) and given.values and isinstance(expr.fallback, Text):
            given = replace(given, values=(*given.values, expr.fallback.value))
        if isinstance(given, Untyped) and value is not LOST:
            given = type_of_literal(expr.fallback)
        return Typed(given, no_place=value.no_place, reads=value.reads)

    def _sum(self, expr: Sum, scope: Scope) -> Typed:
        left, right = self.typed(expr.left, scope), self.typed(expr.right, scope)
        one, two = _beside(left, expr.left, right), _beside(right, expr.right, left)
        made = sum_type(one, two)
        if made is None:
            help = "text is only put together in messages" if "text" in (sort_of(one), sort_of(two)) else ""
            self._judge.wrong(expr.span, f"{in_words(one)} and {in_words(two)} cannot be added or subtracted", help)
            return LOST
        return Typed(made, left.optional or right.optional, no_place=COMPUTED)

    # ---- calls

    def _call(self, expr: Call, scope: Scope) -> Typed:
        known = self._judge.vocabulary.function(expr.function)
        args = [self.typed(arg, scope) for arg in expr.args]
        if known is None:
            hint = meant(expr.function, self._judge.vocabulary.function_names(), have="known are")
            self._judge.wrong(expr.span, f'"{expr.function}" is not a function{hint}')
            return LOST
        self._judge.needs_stages(known.needs)
        if not self._right_number(expr, known):
            return LOST
        for at, (arg, value) in enumerate(zip(expr.args, args)):
            self._argument(known, _parameter(known, at), arg, value, scope)
        made = known.result_type([value.type for value in args]) if known.result_type is not None else known.returns
        made = self._judge.settled(made)
        if any(holds_secret(value.type) for value in args):
            made = made_secret(made)
        optional = known.optional or (not known.lenient and any(value.optional for value in args))
        key = scope.key_of(expr)
        if key is not None and key in scope.present:
            optional = False
        record = made.item if isinstance(made, ListType) else made
        thing = isinstance(record, RecordType) and record.thing
        return Typed(
            made,
            optional,
            key,
            reads=(str(record),) if thing else (),
            reference=made.kinds
            if isinstance(made, ReferenceType)
            else made.reference
            if isinstance(made, RecordType)
            else (),
            no_place=COMPUTED if isinstance(made, (BoolType, NumberType, DomainType)) else "",
            written=thing,
        )

    def _right_number(self, expr: Call, known: Function) -> bool:
        fewest = sum(1 for param in known.params if not param.optional)
        given, most = len(expr.args), len(known.params)
        if fewest <= given and (known.variadic or given <= most):
            return True
        words = ", ".join(
            f"{param.name}{'…' if known.variadic and param is known.params[-1] else ''}" for param in known.params
        )
        self._judge.wrong(expr.span, f"{known.name}({words}) takes {_count(fewest, most, known.variadic)}, not {given}")
        return False

    def _argument(self, known: Function, param: Parameter, arg: Expr, value: Typed, scope: Scope) -> None:
        if param.literal and not isinstance(arg, LITERALS) and not self._is_parameter(arg, scope):
            self._judge.wrong(arg.span, f"{param.name} of {known.name} is a literal or a parameter of the rule")
            return
        if isinstance(arg, LITERALS):
            wrong = misfit(arg, param.type, exact=True)
            if wrong is not None:
                self._judge.wrong(arg.span, f"{as_written(arg)} as {param.name} of {known.name} {wrong}")
                return
            for text in _texts(arg):
                self._pattern(param.type, text, arg.span)
        elif not accepts(param.type, value.type):
            self._judge.wrong(
                arg.span,
                f"{param.name} of {known.name} is {in_words(param.type)}, but {as_written(arg)} is {in_words(value.type)}",
            )

    def _is_parameter(self, arg: Expr, scope: Scope) -> bool:
        bound = scope.names.get(arg.name) if isinstance(arg, Name) else None
        return bound is not None and bound.role == "parameter"

    def _pattern(self, given: Type, text: str, span: Span) -> None:
        language = _language(given)
        wrong = wrong_regex(text) if language == "re2" else wrong_glob(text) if language == "glob" else None
        if wrong is not None:
            self._judge.wrong(span, wrong)

    # ---- conditions

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
        value = self.typed(expr, scope)
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
        left, right = self.typed(expr.left, scope), self.typed(expr.right, scope)
        if left is LOST or right is LOST:
            return
        if isinstance(expr.left, LITERALS) and isinstance(expr.right, LITERALS):
            self._judge.wrong(expr.span, "two literals are compared, which always comes out the same")
            return
        if not self._comparable(expr, left, right):
            return
        if expr.op not in ("==", "!="):
            one, two = _beside(left, expr.left, right), _beside(right, expr.right, left)
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
        value = self.typed(expr.value, scope)
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
        left, right = self.typed(expr.left, scope), self.typed(expr.right, scope)
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
        value = self.typed(expr.value, scope)
        wrong = wrong_glob(expr.pattern) if expr.glob else wrong_regex(expr.pattern)
        if wrong is not None:
            self._judge.wrong(_pattern_span(expr), wrong)
        if value is LOST:
            return
        word = "like" if expr.glob else "matches"
        self._textual(expr.value, value, f"`{word}` is asked of text")
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
        source = self.typed(expr.source, scope)
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


def accepts(wanted: Type, given: Type) -> bool:
    """Whether a function's parameter takes a value."""
    if isinstance(wanted, Untyped) or isinstance(given, Untyped):
        return True
    if isinstance(wanted, RecordType) and isinstance(given, RecordType):
        return wanted.name == given.name or wanted.name in given.also
    if sort_of(wanted) == "thing" and isinstance(given, RecordType):
        return given.thing and bool({given.name, *given.also} & {*str(wanted).split(" or ")})
    if isinstance(wanted, ListType) and isinstance(given, ListType):
        return accepts(wanted.item, given.item)
    if isinstance(wanted, MapType):
        return isinstance(given, (MapType, RecordType)) and (
            isinstance(given, RecordType) or accepts(wanted.value, given.value)
        )
    if wanted == TEXT:
        return sort_of(given) in ("text", "reference") or isinstance(given, DomainType)
    return comparable(wanted, given)


def _pattern_span(expr: Matches) -> Span:
    """Where the pattern stands: it ends the expression, its delimiters are two characters."""
    start, end = expr.span
    return (max(start, end - len(expr.pattern) - 2), end)


def _beside(value: Typed, expr: Expr, other: Typed) -> Type:
    return type_of_literal(expr, other.type) if isinstance(expr, LITERALS) else value.type


def _parameter(known: Function, at: int) -> Parameter:
    return known.params[min(at, len(known.params) - 1)]


def _texts(literal: Literal_) -> list[str]:
    if isinstance(literal, ListOf):
        return [text for item in literal.items for text in _texts(item)]
    return [literal.value] if isinstance(literal, Text) else []


def _language(given: Type) -> str:
    while isinstance(given, ListType):
        given = given.item
    return given.language if isinstance(given, TextType) else ""


def _count(fewest: int, most: int, variadic: bool) -> str:
    if variadic:
        return f"at least {fewest} argument{'' if fewest == 1 else 's'}"
    words = str(most) if fewest == most else f"{fewest} to {most}"
    return f"{words} argument{'' if words == '1' else 's'}"
