"""
Static checks of a rule before it runs, against a vocabulary: names, fields, types, absence, places, fixes. What comes out is
known to make sense and says what it needs; `compile` takes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.cost import cost
from gitops_lint.dsl.expressions import Expressions
from gitops_lint.dsl.fits import in_words, misfit
from gitops_lint.dsl.guards import known_present
from gitops_lint.dsl.judge import Judge
from gitops_lint.dsl.params import PARAMETER_TYPES, compare_versions, is_version
from gitops_lint.dsl.paths import LOST
from gitops_lint.dsl.patterns import wrong_glob
from gitops_lint.dsl.reports import Reports, masked, suggests_names
from gitops_lint.dsl.rule_errors import raise_all
from gitops_lint.dsl.scope import Binding, Role, Scope, Typed, as_item
from gitops_lint.dsl.tree import (
    And,
    AppliesTo,
    Check,
    Clause,
    Compare,
    Expr,
    Find,
    Follow,
    ForEach,
    Is,
    Key,
    Kind,
    Let,
    ListOf,
    Name,
    Param,
    Path,
    Rule,
    Span,
    Text,
    When,
    WithEach,
)
from gitops_lint.dsl.types import ANYTHING, INTEGER, Field, ListType, RecordType, Untyped
from gitops_lint.dsl.walk import depth, expressions_of, mentions, report_of
from gitops_lint.dsl.wording import as_written, meant, one_of
from gitops_lint.dsl.world import Vocabulary

DEEPEST = 40  # levels of an expression; nobody reads more, and the checks recurse


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """
    A rule that makes sense, and what is known of it before it runs.

    rule: with secrets in messages replaced by dots, and declared groups of kinds written out. local: for what is written one file is enough (one `for each`, no
    `follow` or `find`, only attributes and functions without needs). needs: stages of the repository it asks for. kinds: what `for
    each` binds, classes expanded; a repository without any of them never runs the rule. others: kinds it reaches by `follow`,
    `find` and attributes. fields: what it reads, as `Rollout.spec.replicas`, `Rollout.spec.template.spec.containers[].image`,
    sorted. cost: its loops in words.
    """

    rule: Rule
    local: bool
    needs: frozenset[str]
    kinds: tuple[Kind, ...]
    others: tuple[Kind, ...]
    fields: tuple[str, ...]
    cost: str


def check(
    rule: Rule, vocabulary: Vocabulary, file: str = "", text: str = "", declared: Mapping[str, RecordType] | None = None
) -> CheckedRule:
    """
    The rule, checked. Whether it is complete (title, docs, examples) is `rulefile`'s to say.

    file, text: the rule file as it was parsed, for the places of errors; without the text they have none. declared: types of
    the kinds that the rule file declares (`kind Foo from "schema.json"`); one that is not there is free-form.
    Raises RuleError, or RuleErrors in the order of the text.
    """
    return _Checking(rule, vocabulary, file, text, declared or {}).checked()


class _Checking:
    def __init__(
        self, rule: Rule, vocabulary: Vocabulary, file: str, text: str, declared: Mapping[str, RecordType]
    ) -> None:
        self._rule = rule
        known = {each.name: declared.get(each.name) or _free(each.name, vocabulary) for each in rule.kinds}
        self._judge = Judge(rule, vocabulary, known, file, text)
        self._expressions = Expressions(self._judge)
        self._reports = Reports(self._judge, self._expressions)
        self._subjects: list[ForEach] = []
        self._used_once: list[tuple[str, Span, str]] = []  # names that must be used, with what they are
        self._subject_kinds: tuple[Kind, ...] = ()

    def checked(self) -> CheckedRule:
        if not self._too_deep():
            self._head()
            scope = self._parameters()
            for clause in self._rule.clauses:
                scope = self._clause(clause, scope)
            self._unused(scope)
            self._shape()
        raise_all(self._judge.errors)
        needs = frozenset(self._judge.needs)
        followed = any(isinstance(clause, (Follow, Find)) for clause in self._rule.clauses)
        return CheckedRule(
            masked(_with_groups(self._rule), self._judge.secret_parts),
            local=len(self._subjects) == 1 and not needs and not followed,
            needs=needs,
            kinds=self._subject_kinds,
            others=tuple(kind for kind in self._judge.kinds if kind not in self._subject_kinds),
            fields=tuple(sorted(self._judge.reads)),
            cost=cost(self._rule),
        )

    # ---- the rule as a whole

    def _too_deep(self) -> bool:
        found = False
        for clause in self._rule.clauses:
            for expr in expressions_of(clause):
                if depth(expr) > DEEPEST:
                    self._judge.wrong(
                        clause.span, f"this nests deeper than {DEEPEST} levels", help="name its parts with `let`"
                    )
                    found = True
        return found

    def _head(self) -> None:
        for each in self._rule.applies_to:
            self._applies_to(each)
        names = [each.name for each in self._rule.kinds]
        for at, declaration in enumerate(self._rule.kinds):
            if declaration.name in names[:at]:
                self._judge.wrong(declaration.span, f'the kind "{declaration.name}" is declared twice')

    def _applies_to(self, given: AppliesTo) -> None:
        products = list(self._judge.vocabulary.targets())
        if given.product not in products:
            hint = meant(given.product, products, have="known are")
            self._judge.wrong(given.span, f'"{given.product}" is not a product with a version{hint}')
        for _, version in given.bounds:
            if not is_version(version):
                self._judge.wrong(given.span, f'"{version}" is not a version such as 2.13')
                return
        lowest = [version for op, version in given.bounds if op == ">="]
        highest = [version for op, version in given.bounds if op == "<"]
        if any(compare_versions(low, high) >= 0 for low in lowest for high in highest):
            self._judge.wrong(given.span, f"no version of {given.product} is in these bounds")

    def _shape(self) -> None:
        if not self._subjects:
            self._judge.wrong(
                self._rule.span, "the rule looks at nothing", help="begin with `for each <kind> as <name>`"
            )
        if not any(report_of(clause) is not None for clause in self._rule.clauses):
            self._judge.wrong(
                self._rule.span, "the rule never reports anything", help="say what must hold: `require … else report …`"
            )

    def _unused(self, scope: Scope) -> None:
        for name, span, what in self._used_once:
            if name not in scope.used:
                self._judge.wrong(span, f'the {what} "{name}" is never used')

    # ---- parameters

    def _parameters(self) -> Scope:
        scope = Scope()
        for param in self._rule.params:
            scope = self._parameter(param, scope)
        return scope

    def _parameter(self, param: Param, scope: Scope) -> Scope:
        given = PARAMETER_TYPES.get(param.type)
        if given is None:
            hint = meant(param.type, PARAMETER_TYPES, have="they are")
            self._judge.wrong(param.span, f'"{param.type}" is not a type of parameters{hint}')
        else:
            wrong = misfit(param.default, given)
            if wrong is not None:
                self._judge.wrong(
                    param.default.span,
                    f'the parameter "{param.name}" is {in_words(given)}, but {as_written(param.default)} {wrong}',
                )
            if param.type == "globs" and isinstance(param.default, ListOf):
                for item in param.default.items:
                    empty = wrong_glob(item.value) if isinstance(item, Text) else None
                    if empty is not None:
                        self._judge.wrong(item.span, empty)
        value = Typed(given or ANYTHING, no_place="is a parameter and stands in no file")
        return self._bind(param.name, "parameter", value, param.span, scope, unused="parameter")

    # ---- clauses

    def _clause(self, clause: Clause, scope: Scope) -> Scope:
        """Judges a clause and gives the scope of those below it."""
        match clause:
            case ForEach():
                return self._for_each(clause, scope)
            case WithEach():
                return self._with_each(clause, scope)
            case Follow():
                return self._follow(clause, scope)
            case Find():
                return self._find(clause, scope)
            case Let(name=name, value=value):
                given = self._expressions.typed(value, scope)
                return self._bind(name, "value", given, clause.span, scope, expr=value, unused="name")
            case When(condition=condition, negated=negated):
                self._expressions.condition(condition, scope)
                return scope.with_present(known_present(condition, not negated, scope))
            case Check(condition=condition, forbidden=forbidden, report=report):
                self._expressions.condition(condition, scope)
                found = scope.with_present(known_present(condition, forbidden, scope))
                self._reports.report(report, found, suggests_names(clause))
                return scope

    def _bind(
        self,
        name: str,
        role: Role,
        value: Typed,
        span: Span,
        scope: Scope,
        *,
        source: tuple[object, ...] | None = None,
        expr: Expr | None = None,
        unused: str = "",
    ) -> Scope:
        if not self._expressions.free_name(name, span, scope):
            return scope if name in scope.names else scope.with_binding(Binding(name, role, LOST, span))
        if unused:
            self._used_once.append((name, span, unused))
        scope.used.discard(name)  # a quantifier above may have used the word for something of its own
        return scope.with_binding(Binding(name, role, value, span, source, expr))

    def _for_each(self, clause: ForEach, scope: Scope) -> Scope:
        value = self._things(clause.kinds, clause.name)
        if not self._subjects:
            self._subject_kinds = tuple(self._judge.kinds)
        else:
            first = self._subjects[0]
            self._judge.wrong(
                clause.span,
                f"this compares every {_singular(clause.kinds)} with every {_singular(first.kinds)}",
                help=f"`find any {clause.kinds[0].name} as {clause.name} where {clause.name}.name == …` looks them up by key",
            )
        self._origin(clause)
        self._subjects.append(clause)
        return self._bind(clause.name, "subject", value, clause.span, scope)

    def _things(self, kinds: tuple[Kind, ...], name: str) -> Typed:
        """A thing of these kinds, under the name that a clause gives it."""
        for at, kind in enumerate(kinds):
            if kind in kinds[:at]:
                self._judge.wrong(kind.span, f'the kind "{kind.name}" is named twice')
        before = set(self._judge.kinds)
        record = self._judge.kinds_read(kinds)
        if record is None:
            return LOST
        read = tuple(kind.name for kind in self._judge.kinds if kind not in before) or tuple(
            kind.name for kind in kinds
        )
        return Typed(record, key=(name,), reads=read, written=True)

    def _origin(self, clause: ForEach | Find) -> None:
        if clause.origin == "written":
            return
        # the written ones that a rule begins with need nothing; those that are generated are asked for where their set is
        if clause.origin == "generated" or isinstance(clause, Find) or self._subjects:
            self._judge.needs_stages(("applicationsets",))
        if not any(self._judge.vocabulary.is_generated(kind) for kind in clause.kinds):
            self._judge.wrong(
                clause.span,
                "nothing of these kinds is generated",
                help="ApplicationSets generate Applications: drop the word",
            )

    def _with_each(self, clause: WithEach, scope: Scope) -> Scope:
        source = self._expressions.typed(clause.source, scope)
        item = self._expressions.item_of(clause.source, source)
        value = as_item(source, item, clause.name) if source is not LOST else LOST
        below = scope.with_present(known_present(Is(clause.source, "present", False), True, scope))
        below = self._bind(
            clause.name, "item", value, clause.span, below, source=scope.key_of(clause.source), unused="item"
        )
        if clause.number:
            number = Typed(INTEGER, no_place="is a number, not a place")
            below = self._bind(clause.number, "number", number, clause.span, below, unused="number")
        return below

    def _follow(self, clause: Follow, scope: Scope) -> Scope:
        self._judge.needs_stages(("references",))
        reference = self._expressions.typed(clause.reference, scope)
        value = LOST
        written = as_written(clause.reference)
        if isinstance(reference.type, ListType):
            self._judge.wrong(
                clause.reference.span,
                f'"{written}" is a list of references',
                help=f"`with each {written} as reference` comes first",
            )
        elif reference.reference:
            record = self._judge.kind_names(reference.reference)
            if record is not None:
                value = Typed(record, key=(clause.name,), reads=reference.reference, written=True)
        elif reference is not LOST and not isinstance(reference.type, Untyped):
            self._judge.wrong(clause.reference.span, f'"{written}" names no other resource, so it cannot be followed')
        if clause.report is not None:
            self._reports.report(clause.report, scope, suggests_names(clause))
        below = scope.with_present(known_present(Is(clause.reference, "present", False), True, scope))
        return self._bind(clause.name, "target", value, clause.span, below)

    # ---- find

    def _find(self, clause: Find, scope: Scope) -> Scope:
        self._judge.needs_stages(("index",))
        self._origin(clause)
        value = self._things(clause.kinds, clause.name)
        inside = self._bind(clause.name, "match", value, clause.span, scope)
        self._expressions.condition(clause.where, inside)
        if value is not LOST:
            self._by_key(clause)
        if clause.report is not None:
            self._reports.report(clause.report, scope, suggests_names(clause))
        if clause.name not in inside.names or inside is scope:
            return scope
        if clause.quantifier == "every":
            found = Typed(ListType(value.type), key=(clause.name,), reads=value.reads, no_place="is a list of things")
            return scope.with_binding(Binding(clause.name, "matches", found, clause.span))
        return inside.with_present(known_present(clause.where, True, inside))

    def _by_key(self, clause: Find) -> None:
        indexed = self._judge.vocabulary.indexed()
        if any(_looks_up(part, clause.name, indexed) for part in _conjuncts(clause.where)):
            return
        subject = self._subjects[0].kinds if self._subjects else ()
        whom = f"every {_singular(subject)}" if subject else "everything"
        names = one_of([f"{clause.name}.{name}" for name in sorted(indexed)]) if indexed else "an indexed attribute"
        self._judge.wrong(
            clause.where.span,
            f"this compares every {_singular(clause.kinds)} with {whom}",
            help=f"`where` needs an equality that looks things up: {names} == …",
        )


def _looks_up(part: Expr, name: str, indexed: frozenset[str]) -> bool:
    if not isinstance(part, Compare) or part.op != "==":
        return False
    for side, other in ((part.left, part.right), (part.right, part.left)):
        if isinstance(side, Path) and side.base == Name(name) and len(side.steps) == 1:
            step = side.steps[0]
            if isinstance(step, Key) and step.name in indexed and not mentions(other, name):
                return True
    return False


def _conjuncts(where: Expr) -> Iterator[Expr]:
    if isinstance(where, And):
        for part in where.parts:
            yield from _conjuncts(part)
    else:
        yield where


def _singular(kinds: tuple[Kind, ...]) -> str:
    return one_of([kind.name for kind in kinds])


def _with_groups(rule: Rule) -> Rule:
    """The rule with the group that its file declares for a kind written out, so that the run need not know declarations."""
    groups = {each.name: each.group for each in rule.kinds if each.group}
    if not groups:
        return rule

    def written_out(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
        return tuple(
            replace(kind, group=groups[kind.name]) if kind.group is None and kind.name in groups else kind
            for kind in kinds
        )

    clauses = tuple(
        replace(clause, kinds=written_out(clause.kinds)) if isinstance(clause, (ForEach, Find)) else clause
        for clause in rule.clauses
    )
    return replace(rule, clauses=clauses)


def _free(name: str, vocabulary: Vocabulary) -> RecordType:
    """A kind that the rule file declares without a schema: what every resource has, and anything else."""
    resource = Kind("Resource")
    base = vocabulary.type_of(resource) if vocabulary.kind(resource) is not None else None

    def field_of(wanted: str) -> Field | None:
        return (base.field_of(wanted) if base is not None else None) or Field(ANYTHING)

    return RecordType(name, field_of, base.names if base is not None else tuple, thing=True, also=("Resource",))
