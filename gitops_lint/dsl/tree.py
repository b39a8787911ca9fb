"""
The syntax tree of a rule file: what `parse` makes, `typecheck` judges, `compile` turns into closures and the wheel ships.

Trees are values: frozen, comparable, and data (`to_data` / `from_data` give and take JSON). `span` is (start, end) in the
rule file, in code points, end exclusive; it takes no part in equality, so that parse(print(tree)) == tree.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from gitops_lint.dataclass import dataclass

Span = tuple[int, int]
NOWHERE: Span = (0, 0)


# ---- expressions


@dataclass(frozen=True, slots=True)
class Text:
    """`"…"`: a string literal, escapes resolved."""

    value: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """`3`, `-1`, `1.5`."""

    value: int | float
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Bool:
    """`true` or `false` as a value (after `is` they are states)."""

    value: bool
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Quantity:
    """`5m`, `50%`, `512Mi`: a number with a unit. `m` is minutes beside a duration and milli beside a quantity."""

    number: str
    unit: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """`[a, b]`: literals only."""

    items: tuple[Literal_, ...]
    span: Span = field(default=NOWHERE, compare=False)


Literal_ = Text | Number | Bool | Quantity | ListOf


@dataclass(frozen=True, slots=True)
class Key:
    """`.name` or `["any text"]`."""

    name: str
    quoted: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """`[0]`."""

    number: int
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AllItems:
    """`[*]`: every item of a list or every value of a map; what follows is asked of each, results flattened."""

    span: Span = field(default=NOWHERE, compare=False)


Step = Key | Index | AllItems


@dataclass(frozen=True, slots=True)
class Name:
    """A name bound by an earlier clause, a parameter, a define's argument, or `target`."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`function(args)`; a call of a `define` is expanded when the file is parsed."""

    function: str
    args: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """`base.step[0]["x"]`: fields and attributes asked one after the other; always at least one step."""

    base: Name | Call
    steps: tuple[Step, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Default:
    """`value default literal`: the literal where value is missing."""

    value: Expr
    fallback: Literal_
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`left == right` and its kin."""

    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expr
    right: Expr
    span: Span = field(default=NOWHERE, compare=False)


State = Literal["missing", "present", "empty", "null", "true", "false", "templated", "plaintext", "encrypted"]


@dataclass(frozen=True, slots=True)
class Is:
    """`value is state`, `value is not state`."""

    value: Expr
    state: State
    negated: bool
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Test:
    """`a in b`, `a not in b`, `a contains b`, `a starts with b`, `a ends with b`."""

    op: Literal["in", "not in", "contains", "starts with", "ends with"]
    left: Expr
    right: Expr
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Matches:
    """`value matches /regex/` (RE2, searched) or `value like "glob"` (`*` and `?`, the whole text)."""

    value: Expr
    pattern: str
    glob: bool
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Quantified:
    """`every|some|no name in list [before|after marker] satisfies (body)`; marker names an item of the same list."""

    quantifier: Literal["every", "some", "no"]
    name: str
    source: Expr
    position: Literal["", "before", "after"]
    marker: str
    body: Expr
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """`left + right`, `left - right`."""

    op: Literal["+", "-"]
    left: Expr
    right: Expr
    span: Span = field(default=NOWHERE, compare=False)


Expr = (
    Text | Number | Bool | Quantity | ListOf | Name | Call | Path | Default | Compare | Is | Test | Matches | Quantified
    | And | Or | Not | Sum
)  # fmt: skip


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly below one: operands, arguments, a path's base; items of a list of literals too."""
    match expr:
        case Path():
            return (expr.base,)
        case Call():
            return expr.args
        case Default() | Is() | Matches() | Not():
            return (expr.value, expr.fallback) if isinstance(expr, Default) else (expr.value,)
        case Compare() | Test() | Sum():
            return (expr.left, expr.right)
        case Quantified():
            return (expr.source, expr.body)
        case And() | Or():
            return expr.parts
        case ListOf():
            return expr.items
        case _:
            return ()


def measure(expr: Expr, most: int) -> tuple[int, int]:
    """
    How many expressions there are in one, itself included, and how deep it is nested (1: no parts).

    Does not recurse, and stops counting beyond `most`: shared parts can make a small thing endless.
    """
    size = depth = 0
    todo: list[tuple[Expr, int]] = [(expr, 1)]
    while todo and size <= most:
        one, level = todo.pop()
        size += 1
        depth = max(depth, level)
        todo.extend((part, level + 1) for part in parts(one))
    return size, depth


# ---- reports and fixes


@dataclass(frozen=True, slots=True)
class Message:
    """`"text {expr} text"`: text and expressions in turn; `{{` and `}}` are braces; `{did_you_mean}` is a Name."""

    parts: tuple[str | Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class See:
    """`see path "words"`: a related place."""

    place: Expr
    message: Message
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a fix. set: value at place; append: value to the list at place; remove: place; rename: key at place."""

    op: Literal["set", "append", "remove", "rename"]
    place: Expr
    value: Expr | None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class FixPlan:
    """`fix safe "title" { edits }`."""

    safe: bool
    title: Message
    edits: tuple[Edit, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Report:
    """`report [severity] "message" at place [see …]* [note "…"]* [help "…"] [fix …]`; severity "" is the rule's own."""

    severity: Literal["", "error", "warning", "info"]
    message: Message
    at: Expr
    see: tuple[See, ...] = ()
    notes: tuple[Message, ...] = ()
    help: Message | None = None
    fix: FixPlan | None = None
    span: Span = field(default=NOWHERE, compare=False)


# ---- clauses, in the order they are written


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind as written: `Rollout`, or `"group/Kind"` (group, kind apart; group None: the vocabulary's)."""

    name: str
    group: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


Origin = Literal["written", "generated", "both"]


@dataclass(frozen=True, slots=True)
class ForEach:
    kinds: tuple[Kind, ...]
    origin: Origin
    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class WithEach:
    source: Expr
    name: str
    number: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Follow:
    reference: Expr
    name: str
    report: Report | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Find:
    quantifier: Literal["one", "every", "any"]
    kinds: tuple[Kind, ...]
    origin: Origin
    name: str
    where: Expr
    report: Report | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Let:
    name: str
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class When:
    """`when C`, `unless C` (negated)."""

    condition: Expr
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """`require C else report …`, `forbid C report …` (forbidden)."""

    condition: Expr
    forbidden: bool
    report: Report
    span: Span = field(default=NOWHERE, compare=False)


Clause = ForEach | WithEach | Follow | Find | Let | When | Check


# ---- one rule


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    type: str
    default: Literal_
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """`applies to argo-cd >= 2.8 < 3.0`."""

    product: str
    bounds: tuple[tuple[Literal[">=", "<"], str], ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A file of an example: its name and text (dedented)."""

    file: str
    text: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Expect:
    """path: node path; covers: exact source text; message; file: "" is the first given file; document: number from 0."""

    path: str
    covers: str
    message: str
    file: str = ""
    document: int = 0
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Example:
    """`bad "title" {…}` or `good "title" {…}`. fixed: what the first file reads after the fix, or None."""

    bad: bool
    title: str
    given: tuple[Given, ...]
    expect: tuple[Expect, ...] = ()
    fixed: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class KindDeclaration:
    """`kind Foo from "schema.json"`, `kind Foo untyped` (schema ""), group after `in`: `kind Foo in "example.com" untyped`."""

    name: str
    group: str
    schema: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is written, macros expanded. Texts are dedented; lists keep the written order."""

    name: str
    title: str = ""
    group: str = ""
    severity: str = ""
    confidence: str = "high"
    tags: tuple[str, ...] = ()
    applies_to: tuple[AppliesTo, ...] = ()
    what: str = ""
    why: str = ""
    instead: str = ""
    sources: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    kinds: tuple[KindDeclaration, ...] = ()
    params: tuple[Param, ...] = ()
    clauses: tuple[Clause, ...] = ()
    examples: tuple[Example, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)
