"""A tree and its text are one: printing loses nothing, and printed text is printed again as it is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from rule_trees import EXPRESSIONS, RULES
from sample_rules import CANARY, SMALL

from gitops_lint.dsl import tree
from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.printer import print_expression, print_rule


def test_the_canonical_text_of_a_rule() -> None:
    (rule,) = parse_rules(
        """
        kind Foo untyped
        rule demo { title "x" severity error group practice tags a , b confidence low
          why \"\"\"
             one
               two
          \"\"\"
          param p:percent=5%
          for each Foo as f when (f.x == 1) and not (f.y) unless f.z is missing
          with each f.items as item at n
          require every x in f.xs satisfies (x != n) report warning "{n}: {item}" at item fix safe "t" { remove item.x set f.y to 3 }
          bad "b" { "x: 1\\n" expect "x" covers "1" message "m" document 1 }
        }""",
        "x",
    )

    assert (
        print_rule(rule)
        == '''kind Foo untyped

rule demo {
  title      "x"
  group      practice
  severity   error
  confidence low
  tags       a, b
  why """
    one
      two
  """

  param p : percent = 5%

  for each Foo as f
  when f.x == 1 and not f.y
  unless f.z is missing
  with each f.items as item at n
  require every x in f.xs satisfies (x != n)
    else report warning "{n}: {item}"
      at item
      fix safe "t" {
        remove item.x
        set f.y to 3
      }

  bad "b" {
    """
      x: 1
    """
    expect "x" covers "1" message "m" document 1
  }
}
'''
    )


@pytest.mark.parametrize("text", [CANARY, SMALL])
def test_printing_a_written_rule_keeps_its_tree(text: str) -> None:
    (rule,) = parse_rules(text, "x")
    printed = print_rule(rule)

    assert parse_rules(printed, "x") == [rule]
    assert print_rule(parse_rules(printed, "x")[0]) == printed


@given(RULES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_parsing_what_was_printed_gives_the_tree(rule: tree.Rule) -> None:
    printed = print_rule(rule)
    (again,) = parse_rules(printed, "x")

    assert again == rule
    assert print_rule(again) == printed


@given(EXPRESSIONS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_expressions_keep_their_meaning(expression: tree.Expr) -> None:
    (rule,) = parse_rules(f"rule a {{ when {print_expression(expression)} }}", "x")

    assert rule.clauses == (tree.When(expression),)
