"""Types of expressions, and everything that can be wrong inside one: names, fields, comparisons, absence; called by `typecheck`."""

from __future__ import annotations

from dataclasses import replace

from gitops_lint.dsl.conditions import Conditions, beside
from gitops_lint.dsl.fits import comparable, in_words, misfit, sort_of, sum_type, type_of_literal
from gitops_lint.dsl.judge import Judge
from gitops_lint.dsl.paths import COMPUTED, LOST, Paths
from gitops_lint.dsl.patterns import wrong_glob, wrong_regex
from gitops_lint.dsl.scope import Scope, Typed
from gitops_lint.dsl.tree import (
    Bool,
    Call,
    Default,
    Expr,
    Key,
    ListOf,
    Literal_,
    Name,
    Number,
    Path,
    Quantity,
    Span,
    Sum,
    Text,
)
from gitops_lint.dsl.types import (
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
from gitops_lint.dsl.walk import LITERALS
from gitops_lint.dsl.wording import as_written, meant
from gitops_lint.dsl.world import Function, Parameter


class Expressions:
    """Judges the expressions of one rule; errors go to the judge, LOST stands for what could not be told."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._paths = Paths(judge)
        self._conditions = Conditions(judge, self.typed)

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
        one, two = beside(left, expr.left, right), beside(right, expr.right, left)
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
            no_place=COMPUTED if isinstance(made, (BoolType, NumberType)) else "",
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

    # ---- conditions and names

    def condition(self, expr: Expr, scope: Scope) -> None:
        """Judges a condition; errors in it are recorded."""
        self._conditions.condition(expr, scope)

    def item_of(self, expr: Expr, source: Typed) -> Type:
        """The type of the items of a list; an error where it is none."""
        return self._conditions.item_of(expr, source)

    def free_name(self, name: str, span: Span, scope: Scope) -> bool:
        """Whether a clause may bind a name; an error where it is taken."""
        return self._conditions.free_name(name, span, scope)


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
