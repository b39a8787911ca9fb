"""The checker says what is wrong with any rule that can be written, or that nothing is; it never crashes and never loops."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from rule_trees import EXPRESSIONS, RULES
from small_vocabulary import BOX_FIELDS, FUNCTIONS, SmallVocabulary

from gitops_lint.dsl import tree
from gitops_lint.dsl.compile import compile_rule
from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.rule_errors import every_error
from gitops_lint.dsl.typecheck import CheckedRule, check
from gitops_lint.errors import RuleError

WORDS = SmallVocabulary()

RIGHT = """rule a {
  param most : integer = 3
  param where : globs = ["*.yaml"]
  applies to crane >= 1.2
  for each Box, Bag as box
  when box.count is present and box.count > most or box.count is missing
  unless box.meta.name like "x*"
  let name = before(box.name, "-")
  with each entries(box.meta.labels) as label
  find any "thing/Bag" written or generated as bag where bag.name == box.name and bag.zip is true
  require some other in where satisfies (other == name) and not (label.key in ["a", "b"])
    else report warning "{box} {name}{did_you_mean}: {label.value}" at box.meta.labels["a"] see bag "here" help "{most}"
    fix unsafe "f" { set box.meta.name to "a" remove box.meta.labels["b"] }
}
rule b {
  for each Box as box
  with each box.uses as use
  follow use.name as other else report "none{did_you_mean}" at use.where
  with each other.steps as step at n
  when step.weight is present
  require every earlier in other.steps before step satisfies (earlier.pause.duration default 5m >= 5m)
    else report "step {n}" at step.weight
}
"""
TOKENS = re.findall(r'"[^"\n]*"|/[^/\n]*/|[\w-]+|[<>=!]=|\S|\s+', RIGHT)
POOL = sorted(
    {*TOKENS, *BOX_FIELDS, *FUNCTIONS, "target", "50%", "5m", "[*]", "[0]", "default 1", "not ", "is empty", "lorry"}
)


def judged(rule: tree.Rule, text: str = "") -> CheckedRule | None:
    try:
        checked = check(rule, WORDS, "a.rule", text)
    except RuleError as error:
        found = every_error([error])
    else:
        # what the checker lets through is ready to run, whatever it says
        compile_rule(checked.rule, WORDS.indexed())
        return checked

    assert all(each.message and "\n" not in each.message for each in found)
    return None


@given(RULES)
@settings(max_examples=150, deadline=None)
def test_any_tree_is_judged(rule: tree.Rule) -> None:
    found = judged(rule)

    assert found is None or found.kinds


def test_the_rules_that_are_changed_below_are_right() -> None:
    assert all(judged(rule, RIGHT) for rule in parse_rules(RIGHT, "a.rule"))


@given(
    st.lists(st.tuples(st.integers(0, len(TOKENS) - 1), st.sampled_from(POOL), st.booleans()), min_size=1, max_size=3)
)
@settings(max_examples=150, deadline=None)
def test_a_right_rule_with_some_words_changed_is_judged(changes: list[tuple[int, str, bool]]) -> None:
    tokens = list(TOKENS)
    for at, word, instead in changes:
        tokens[at] = word if instead else f"{tokens[at]} {word}"
    text = "".join(tokens)
    try:
        rules = parse_rules(text, "a.rule")
    except RuleError:
        return
    for rule in rules:
        judged(rule, text)


_NAMED = st.sampled_from(["box", "step", "use", "label"])
_PATHS = st.builds(
    tree.Path,
    st.builds(tree.Name, _NAMED),
    st.lists(
        st.builds(tree.Key, st.sampled_from([*BOX_FIELDS, "weight", "key", "value"]))
        | st.builds(tree.Index, st.integers(-1, 1))
        | st.just(tree.AllItems()),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


@given(
    st.recursive(
        _PATHS | EXPRESSIONS, lambda inner: st.builds(tree.And, st.tuples(inner, inner)) | st.builds(tree.Not, inner)
    )
)
@settings(max_examples=200, deadline=None)
def test_any_condition_over_real_names_is_judged(condition: tree.Expr) -> None:
    clauses = (
        tree.ForEach((tree.Kind("Box"),), "written", "box"),
        tree.WithEach(tree.Path(tree.Name("box"), (tree.Key("steps"),)), "step"),
        tree.WithEach(tree.Path(tree.Name("box"), (tree.Key("uses"),)), "use"),
        tree.Let("label", condition),
        tree.Check(condition, False, tree.Report("", tree.Message(("x", condition)), condition)),
    )

    judged(tree.Rule("a", clauses=clauses))


@given(st.integers(30, 5000))
@settings(max_examples=5, deadline=None)
def test_nesting_beyond_reading_is_an_error_and_no_crash(levels: int) -> None:
    condition: tree.Expr = tree.Name("box")
    for _ in range(levels):
        condition = tree.Not(condition)
    clause = tree.When(condition)
    rule = tree.Rule("a", clauses=(tree.ForEach((tree.Kind("Box"),), "written", "box"), clause))

    assert judged(rule) is None
