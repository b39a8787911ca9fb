"""Compiled rules find what the plain interpreter finds, over generated rules and documents."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from interpret import interpret
from small_world import SmallWorld, world

from gitops_lint.dsl import tree
from gitops_lint.dsl.compile import compile_rule
from gitops_lint.dsl.tree import (
    AllItems,
    And,
    Bool,
    Call,
    Check,
    Clause,
    Compare,
    Default,
    Edit,
    Expr,
    Find,
    FixPlan,
    Follow,
    ForEach,
    Index,
    Is,
    Key,
    Kind,
    Let,
    ListOf,
    Matches,
    Message,
    Name,
    Not,
    Number,
    Or,
    Param,
    Path,
    Quantified,
    Quantity,
    Report,
    Rule,
    See,
    Sum,
    Text,
    When,
    WithEach,
)
from gitops_lint.dsl.world import Tally
from gitops_lint.text.nodes import Mapping, Node, Sequence

# ---- documents

FIELDS = ("a", "b", "list", "spec")
SCALARS = st.sampled_from(
    [
        "x",
        "y",
        "web",
        "5m",
        "300",
        "50%",
        "{{t}}",
        "${T}-x",
        "",
        "true",
        1,
        2,
        60,
        1.5,
        True,
        False,
        None,
        "1.2.0",
        "ENC[x]",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from((*FIELDS, "{{k}}")), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(["web", "web2", "db", "{{n}}", None])


ITEMS = SCALARS | st.fixed_dictionaries(
    {}, optional={"a": SCALARS, "b": SCALARS, "list": st.lists(SCALARS, max_size=2)}
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": draw(st.sampled_from(["Small", "Small", "Secret"])),
        "metadata": {"name": draw(NAMES)},
        "spec": {"uses": draw(st.lists(NAMES, max_size=2)), "list": draw(st.lists(ITEMS, max_size=3))},
        "data": draw(st.dictionaries(st.sampled_from(FIELDS), SCALARS, max_size=2)),
        "list": draw(st.lists(ITEMS, max_size=3)),
        "a": draw(SCALARS),
        "b": draw(SCALARS),
    }
    return {**found, **draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=1))}


@st.composite
def worlds(draw: st.DrawFn) -> SmallWorld:
    made = world("\n---\n".join(json.dumps(one) for one in draw(st.lists(documents(), min_size=1, max_size=3))))
    for document in made.documents:
        if draw(st.integers(0, 3)) == 0:
            _open_some(document.root, draw)
    made.params = draw(st.sampled_from([{}, {"limit": 30}, {"limit": "70%"}, {"limit": "many"}]))
    made.targets = draw(st.sampled_from([{}, {"argo-cd": "2.9"}, {"argo-cd": "v3.1.0"}]))
    made.elsewhere = draw(st.sampled_from([frozenset(), frozenset({"db"})]))
    made.outside = draw(st.sampled_from([frozenset(), frozenset({"web2"})]))
    return made


def _open_some(node: Node, draw: st.DrawFn) -> None:
    if isinstance(node, (Mapping, Sequence)):
        node.open = draw(st.booleans())
        for one in node.items:
            _open_some(one, draw)


# ---- rules

LITERALS: st.SearchStrategy[Any] = st.one_of(
    st.builds(Text, st.sampled_from(["x", "web", "5m", "Prune", "", "a", "1.2.0"])),
    st.builds(Number, st.sampled_from([0, 1, 2, 60, 1.5])),
    st.builds(Bool, st.booleans()),
    st.builds(Quantity, st.sampled_from(["5", "60", "0.5"]), st.sampled_from(["m", "%", "s", "Mi", "d"])),
    st.just(ListOf((Text("x"), Text("web")))),
    st.just(ListOf((Text("x"), Number(1), Quantity("5", "m")))),
)
STEPS = st.lists(
    st.one_of(
        st.builds(Key, st.sampled_from((*FIELDS, "name", "data", "uses", "number", "key", "value", "metadata"))),
        st.builds(Index, st.integers(-1, 2)),
        st.just(AllItems()),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
GOOD_STEPS = st.sampled_from(
    [
        ("a",), ("b",), ("name",), ("number",), ("list",), ("spec", "list"), ("spec", "nothing"), ("data",), ("uses",),
        ("list", None, "a"), ("list", 0), ("spec", "list", 1, "b"), ("metadata", "name"), ("data", "a"), ("uses", None, "name"),
    ]
).map(lambda keys: tuple(AllItems() if one is None else Key(one) if isinstance(one, str) else Index(one) for one in keys))  # fmt: skip
ITEM_STEPS = st.sampled_from([(Key("a"),), (Key("b"),), (Key("list"),), (Key("name"),), ()])
STATES = st.sampled_from(
    ["missing", "present", "empty", "null", "true", "false", "templated", "plaintext", "encrypted"]
)


class _Rules:
    """Draws the clauses of one rule; names are unique, markers are names of items."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.count = 0
        self.names: list[str] = ["limit"]
        self.items: list[tuple[str, Expr]] = []

    def fresh(self) -> str:
        self.count += 1
        return f"n{self.count}"

    def base(self) -> Name:
        return Name(self.draw(st.sampled_from(self.names[1:] * 4 + self.names[1:2] * 4 + self.names[:1])))

    def place(self) -> Name | Path:
        base = self.base()
        match self.draw(st.integers(0, 9)):
            case 0:
                return base
            case 1:
                return Path(base, self.draw(STEPS))
        of_item = any(name == base.name for name, _ in self.items)
        steps = self.draw(ITEM_STEPS if of_item else GOOD_STEPS)
        return Path(base, steps) if steps else base

    def value(self, depth: int) -> Expr:
        kind = self.draw(st.integers(0, 9))
        if kind <= 5 or depth == 0:
            return self.place()
        if kind == 6:
            return Default(self.place(), self.draw(LITERALS))
        if kind == 7:
            return Sum(self.draw(st.sampled_from(["+", "-"])), self.value(0), self.draw(LITERALS))
        if kind == 8:
            call = self.call()
            return Path(call, self.draw(STEPS)) if self.draw(st.booleans()) else call
        if self.draw(st.booleans()):
            return Path(Name("target"), (Key("argo-cd"),))
        return self.condition(depth - 1)

    def call(self) -> Call:
        function = self.draw(st.sampled_from(["entries", "before", "options", "second_word", "nothing"]))
        args = {"entries": 1, "second_word": 1, "before": 2}.get(function, 0)
        return Call(function, tuple(self.place() if n == 0 else Text("-") for n in range(args)))

    def condition(self, depth: int) -> Expr:
        kind = self.draw(st.integers(0, 9 if depth else 6))
        if kind <= 1:
            op = self.draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
            return Compare(
                op, self.value(depth), self.draw(LITERALS) if self.draw(st.integers(0, 3)) else self.value(depth)
            )
        if kind == 2:
            op = self.draw(st.sampled_from(["in", "not in", "contains", "starts with", "ends with"]))
            return tree.Test(
                op, self.value(depth), self.draw(LITERALS) if self.draw(st.integers(0, 3)) else self.value(depth)
            )
        if kind == 3:
            if self.draw(st.booleans()):
                return Matches(self.value(depth), self.draw(st.sampled_from(["x*", "*", "?", "w?b*", ""])), True)
            return Matches(self.value(depth), self.draw(st.sampled_from(["^x", "[0-9]+", "e.$"])), False)
        if kind <= 5:
            return Is(self.value(depth), self.draw(STATES), self.draw(st.booleans()))
        if kind == 6:
            return self.value(0)
        if kind == 7:
            return self.quantified(depth)
        if kind == 8:
            parts = tuple(self.condition(depth - 1) for _ in range(self.draw(st.integers(2, 3))))
            return And(parts) if self.draw(st.booleans()) else Or(parts)
        return Not(self.condition(depth - 1))

    def quantified(self, depth: int) -> Quantified:
        name, source = self.fresh(), self.value(1)
        position: Any = ""
        marker = ""
        if self.items and self.draw(st.booleans()):
            marker, of_marker = self.draw(st.sampled_from(self.items))
            position = self.draw(st.sampled_from(["before", "after"]))
            source = of_marker if self.draw(st.integers(0, 3)) else source
        self.names.append(name)
        self.items.append((name, source))
        body = self.condition(depth - 1)
        self.items.pop()
        self.names.remove(name)
        quantifier = self.draw(st.sampled_from(["every", "some", "no"]))
        return Quantified(quantifier, name, source, position, marker, body)

    def message(self) -> Message:
        return Message(("m ", self.place(), self.value(1)))

    def report(self) -> Report:
        fix = None
        if self.draw(st.integers(0, 3)) == 0:
            edits = (Edit("set", self.place(), self.value(1)), Edit("remove", self.place(), None))
            fix = FixPlan(True, self.message(), edits)
        see = (See(self.place(), self.message()),) if self.draw(st.booleans()) else ()
        at = self.value(1) if self.draw(st.integers(0, 3)) == 0 else self.place()
        return Report(self.draw(st.sampled_from(["", "info"])), self.message(), at, see, fix=fix)

    def clause(self) -> Clause:
        kind = self.draw(st.integers(0, 9))
        if kind <= 1:
            source = self.value(1)
            clause = WithEach(source, self.fresh(), self.fresh() if self.draw(st.booleans()) else "")
            self.names.extend(one for one in (clause.name, clause.number) if one)
            self.items.append((clause.name, source))
            return clause
        if kind == 2:
            return self.named(Let(self.fresh(), self.value(2)))
        if kind <= 4:
            return When(self.condition(2), self.draw(st.booleans()))
        if kind <= 7:
            return Check(self.condition(2), self.draw(st.booleans()), self.report())
        told = self.report() if self.draw(st.booleans()) else None
        if kind == 8:
            return self.named(Follow(self.place(), self.fresh(), told))
        name = self.fresh()
        where: Expr = Compare("==", Path(Name(name), (Key("name"),)), self.value(1))
        self.names.append(name)
        parts = [where, *(self.condition(1) for _ in range(self.draw(st.integers(0, 1))))]
        self.names.remove(name)
        if self.draw(st.booleans()):
            parts.append(Compare("<", Path(Name(name), (Key("number"),)), Number(1)))
        whole = parts[0] if len(parts) == 1 else And(tuple(parts))
        quantifier = self.draw(st.sampled_from(["one", "every", "any"]))
        return self.named(Find(quantifier, (Kind("Small"),), "both", name, whole, told))

    def named(self, clause: Let | Follow | Find) -> Clause:
        self.names.append(clause.name)
        return clause

    def rule(self) -> Rule:
        subject = self.fresh()
        self.names.append(subject)
        kinds = (Kind(self.draw(st.sampled_from(["Small", "Any"]))),)
        clauses: list[Clause] = [ForEach(kinds, "written", subject)]
        clauses.extend(self.clause() for _ in range(self.draw(st.integers(1, 4))))
        clauses.append(Check(self.condition(2), self.draw(st.booleans()), self.report()))
        return Rule("generated", params=(Param("limit", "percent", Quantity("50", "%")),), clauses=tuple(clauses))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    return _Rules(draw).rule()


def told(tally: Tally) -> tuple[list[str], int]:
    """Drafts as text, in an order of their own: the interpreter finishes a clause before it begins the next."""
    return sorted(map(repr, tally.drafts)), tally.unverified


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), worlds())
def test_compiled_and_interpreted_rules_agree(rule: Rule, where: SmallWorld) -> None:
    assert told(interpret(rule, where)) == told(compile_rule(rule).run(where))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), worlds())
def test_one_subject_after_the_other_comes_to_the_same(rule: Rule, where: SmallWorld) -> None:
    compiled = compile_rule(rule)
    first = rule.clauses[0]
    assert isinstance(first, ForEach)
    apart = [compiled.run(where, subject) for subject in where.subjects(first.kinds, "written")]
    together = compiled.run(where)

    assert together.drafts == [draft for one in apart for draft in one.drafts]
    assert together.unverified == sum(one.unverified for one in apart)
