"""Hypothesis strategies for syntax trees of rules: every tree that a rule file can give, and no other."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from gitops_lint.dsl import tree
from gitops_lint.dsl.literals import RESERVED, UNITS

# quotes, braces, backslashes and line breaks are where reading and writing can differ
TEXTS = st.text(
    st.one_of(st.sampled_from('"{}\\/\n\t #\r'), st.characters(codec="utf-8")),
    max_size=12,
)
_LETTERS = string.ascii_letters + "_"
WORDS = st.builds(
    lambda first, rest: first + rest, st.sampled_from(_LETTERS), st.text(_LETTERS + string.digits + "-", max_size=6)
) | st.sampled_from(
    ["at", "text", "title", "rule", "when", "is", "in", "report", "error", "default", "missing", "kind"]
)
NAMES = WORDS.filter(lambda word: word not in RESERVED)
FIELDS = NAMES | st.sampled_from(["$patch", "every", "true", "not"])
FILES = st.lists(st.text(string.ascii_letters + " :\"'{}#-", max_size=10), max_size=4).map(
    lambda lines: "".join(line.rstrip() + "\n" for line in lines)
)

NUMBERS = st.one_of(st.integers(-(10**15), 10**15), st.decimals(-1000, 1000, places=3, allow_nan=False).map(float))
QUANTITIES = st.builds(
    tree.Quantity, st.integers(-500, 500).map(str) | st.sampled_from(["0.5", "1.25"]), st.sampled_from(sorted(UNITS))
)
_FLAT = st.one_of(
    st.builds(tree.Text, TEXTS), st.builds(tree.Number, NUMBERS), st.builds(tree.Bool, st.booleans()), QUANTITIES
)
LITERALS = st.recursive(
    _FLAT, lambda inner: st.builds(tree.ListOf, st.lists(inner, max_size=3).map(tuple)), max_leaves=4
)
STEPS = st.one_of(
    st.builds(tree.Key, FIELDS),
    st.builds(tree.Key, TEXTS, st.just(True)),
    st.builds(tree.Index, st.integers(0, 99)),
    st.builds(tree.AllItems),
)
PATTERNS = st.text(st.sampled_from('abc.*{}[]()+"# '), min_size=1, max_size=6) | st.sampled_from(
    [r"\/", r"\d+\\", r"a\"b"]
)
_SOME_STEPS = st.lists(STEPS, min_size=1, max_size=3).map(tuple)
PLACES = st.builds(tree.Name, NAMES) | st.builds(tree.Path, st.builds(tree.Name, NAMES), _SOME_STEPS)


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    calls = st.builds(tree.Call, NAMES, st.lists(inner, max_size=2).map(tuple))
    return st.one_of(
        calls,
        st.builds(tree.Path, calls, _SOME_STEPS),
        st.builds(tree.Default, inner, LITERALS),
        st.builds(tree.Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(tree.Is, inner, st.sampled_from(["missing", "true", "plaintext", "null"]), st.booleans()),
        st.builds(tree.Test, st.sampled_from(["in", "not in", "contains", "starts with", "ends with"]), inner, inner),
        st.builds(tree.Matches, inner, PATTERNS, st.just(False)),
        st.builds(tree.Matches, inner, TEXTS, st.just(True)),
        st.builds(
            tree.Quantified, st.sampled_from(["every", "some", "no"]), NAMES, inner, st.just(""), st.just(""), inner
        ),
        st.builds(tree.Quantified, st.just("some"), NAMES, inner, st.sampled_from(["before", "after"]), NAMES, inner),
        st.builds(tree.And, several),
        st.builds(tree.Or, several),
        st.builds(tree.Not, inner),
        st.builds(tree.Sum, st.sampled_from(["+", "-"]), inner, inner),
    )


EXPRESSIONS = st.recursive(st.one_of(LITERALS, PLACES), _larger, max_leaves=8)


def _message(parts: list[Any]) -> tree.Message:
    """Words that touch are one part, and no part is empty."""
    joined: list[Any] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tree.Message(tuple(joined))


MESSAGES = st.lists(TEXTS | PLACES | EXPRESSIONS, max_size=3).map(_message)
EDITS = st.one_of(
    st.builds(tree.Edit, st.sampled_from(["set", "append", "rename"]), PLACES, EXPRESSIONS),
    st.builds(tree.Edit, st.just("remove"), PLACES, st.none()),
)
FIXES = st.builds(tree.FixPlan, st.booleans(), MESSAGES, st.lists(EDITS, min_size=1, max_size=2).map(tuple))
REPORTS = st.builds(
    tree.Report,
    st.sampled_from(["", "error", "warning", "info"]),
    MESSAGES,
    PLACES,
    st.lists(st.builds(tree.See, PLACES, MESSAGES), max_size=2).map(tuple),
    st.lists(MESSAGES, max_size=2).map(tuple),
    st.none() | MESSAGES,
    st.none() | FIXES,
)
KINDS = st.lists(
    st.builds(tree.Kind, WORDS) | st.builds(tree.Kind, NAMES, st.sampled_from(["", "apps", "a.b/c", 'q"'])),
    min_size=1,
    max_size=2,
).map(tuple)
ORIGINS = st.sampled_from(["written", "generated", "both"])
CLAUSES = st.one_of(
    st.builds(tree.ForEach, KINDS, ORIGINS, NAMES),
    st.builds(tree.WithEach, EXPRESSIONS, NAMES, st.just("") | NAMES),
    st.builds(tree.Follow, PLACES, NAMES, st.none() | REPORTS),
    st.builds(
        tree.Find, st.sampled_from(["one", "every", "any"]), KINDS, ORIGINS, NAMES, EXPRESSIONS, st.none() | REPORTS
    ),
    st.builds(tree.Let, NAMES, EXPRESSIONS),
    st.builds(tree.When, EXPRESSIONS, st.booleans()),
    st.builds(tree.Check, EXPRESSIONS, st.booleans(), REPORTS),
)
GIVEN = st.lists(st.builds(tree.Given, st.just("test.yaml") | TEXTS, FILES | TEXTS), min_size=1, max_size=2).map(tuple)
EXAMPLES = st.one_of(
    st.builds(
        tree.Example,
        st.just(True),
        TEXTS,
        GIVEN,
        st.lists(st.builds(tree.Expect, TEXTS, TEXTS, TEXTS, TEXTS, st.integers(0, 9)), max_size=2).map(tuple),
        st.none() | FILES | TEXTS,
    ),
    st.builds(tree.Example, st.just(False), TEXTS, GIVEN),
)
APPLIES = st.builds(
    tree.AppliesTo,
    NAMES,
    st.lists(
        st.tuples(st.sampled_from([">=", "<"]), st.sampled_from(["2", "2.8", "3.1.4"])), min_size=1, max_size=2
    ).map(tuple),
)
PROSE = TEXTS | FILES.map(lambda text: text.strip("\n"))


def _params(params: list[tree.Param]) -> tuple[tree.Param, ...]:
    return tuple({param.name: param for param in params}.values())


RULES = st.builds(
    tree.Rule,
    WORDS,
    title=TEXTS,
    group=st.sampled_from(["", "correctness", "security", "suspicious", "practice"]),
    severity=st.sampled_from(["", "error", "warning", "info"]),
    confidence=st.sampled_from(["high", "medium", "low"]),
    tags=st.lists(WORDS, max_size=2).map(tuple),
    applies_to=st.lists(APPLIES, max_size=2).map(tuple),
    what=PROSE,
    why=PROSE,
    instead=PROSE,
    sources=st.lists(TEXTS, max_size=2).map(tuple),
    links=st.lists(TEXTS, max_size=2).map(tuple),
    formerly=st.lists(WORDS, max_size=2).map(tuple),
    kinds=st.lists(st.builds(tree.KindDeclaration, WORDS, st.just("") | TEXTS, st.just("") | TEXTS), max_size=2).map(
        tuple
    ),
    params=st.lists(st.builds(tree.Param, NAMES, WORDS, LITERALS, TEXTS), max_size=2).map(_params),
    clauses=st.lists(CLAUSES, max_size=3).map(tuple),
    examples=st.lists(EXAMPLES, max_size=2).map(tuple),
)
