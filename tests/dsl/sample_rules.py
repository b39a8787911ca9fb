"""Rules that between them use every construct of the language; the parser's and printer's tests begin with them."""

from __future__ import annotations

from gitops_lint.dsl.parse import parse_rules
from gitops_lint.errors import RuleError

CANARY = '''
# a comment; """ in it means nothing
rule unanalysed-canary-weight {
  title      "A canary must be analysed before it gets most of the traffic"
  group      suspicious
  severity   error
  confidence medium
  tags       rollout, canary
  formerly   blind-canary, hasty-canary
  applies to argo-rollouts >= v1.2 < 2
  applies to kubernetes >= 1.25
  what       """
    Reports steps that send much traffic to a canary nothing has looked at.

      - background analysis counts
    """
  why        "The step takes effect at once."
  instead    "Put an analysis before it."
  source     "argo-rollouts docs/features/canary.md, v1.7"
  source     "a second one"
  link       "https://example.com/canary"

  param limit : percent = 50% "highest weight allowed without a prior analysis"
  param kinds : list    = ["a", "b",]

  for each Rollout, "apps/Deployment", "/Pod" written or generated as ro
  unless   ro.spec.strategy.canary.analysis is present
  with each ro.spec.strategy.canary.steps as step at n
  when     step.setWeight > limit and not (n == 1 or step.pause.duration default 5m < 1h)
  let      words = entries(ro.metadata.labels, ro.metadata.annotations["a/b.c"])[0].key
  follow ro.spec.workloadRef as owner
    report warning "no {owner} here{did_you_mean}" at ro.spec.workloadRef
  find one AnalysisTemplate generated as template where template.name == words and template.namespace in ["x", "y"]
    else report "there is {{no}} template" at ro.spec
  require some earlier in ro.spec.strategy.canary.steps before step satisfies (earlier.analysis is not missing)
    else report info "step {n} sends {step.setWeight}% to \\"{before(ro.name, \\"-\\")}\\""
      at step.setWeight
      see ro.spec.strategy.canary.steps[0] "the first step"
      see template "the template"
      note "weights: {ro.spec.strategy.canary.steps[*].setWeight}"
      help "analyse {ro.name} first"
      fix unsafe "wait {limit}" {
        set step.setWeight to 10 + 5 - 1
        append "x" to ro.metadata.finalizers
        remove step.pause
        rename key ro.spec.startegy to "strategy"
      }
  forbid words matches /^[a-z]+\\/\\d{2}$/ or words like "*-test" or words starts with "a" or words ends with "b"
    report "x" at ro
  require words not in [1, 1.5, -2, 512Mi, true] or words contains "q"
    report "y" at ro

  bad "one step" {
    file "a.yaml" """
      kind: Rollout
        indented: "{{ braces }}"
    """
    file "b.yaml" "kind: X"
    expect "spec" covers "x" message "m" in "b.yaml" document 2
    expect "" covers "kind" message "m"
    expect fixed """
      kind: Rollout
    """
  }
  good "no step" { """
    a: 1
  """ }
}
'''

SMALL = """
rule small {
  for each Rollout as ro
  require ro.x == 1 else report "{ro.name} is small" at ro.x
}
"""


def with_clause(clause: str) -> str:
    """A rule with one more clause, in its fourth line."""
    return f'rule demo {{\n  title "demo"\n  for each Rollout as ro\n  {clause}\n}}\n'


def told(text: str) -> RuleError | None:
    """What the parser says of a text, or None where it has nothing to say. Whatever else it raises comes through."""
    try:
        parse_rules(text, "demo.rule")
    except RuleError as error:
        return error
    return None
