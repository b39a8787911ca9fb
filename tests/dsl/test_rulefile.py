"""Rule files: what makes one complete, and the page that is made of it."""

from __future__ import annotations

import pytest

from gitops_lint.dsl.rule_errors import RuleErrors
from gitops_lint.dsl.rulecard import card_of
from gitops_lint.dsl.rulefile import AREAS, area_error, id_error, load_rule_file
from gitops_lint.dsl.rulepage import HEADINGS, place_of, rule_page
from gitops_lint.dsl.tree import Expect
from gitops_lint.errors import RuleError
from gitops_lint.findings import Severity
from gitops_lint.text.nodes import Source

COMPLETE = '''rule small-rollout {
  title    "A Rollout with one replica"
  group    practice
  severity info
  confidence medium
  tags     rollout
  formerly tiny-rollout
  applies to argo-rollouts >= 1.2
  what     "Reports Rollouts of one replica."
  why      "One replica is no canary."
  instead  "Run two."
  source   "argo-rollouts docs/features/canary.md, v1.7"
  link     "https://example.com/canary"
  param least : integer = 2 "how many there should be"
  for each Rollout as ro
  require ro.spec.replicas >= least
    else report "{ro.name} is small" at ro.spec.replicas
      fix safe "run two" { set ro.spec.replicas to 2 }
  bad "one replica" {
    """
      kind: Rollout
      spec:
        replicas: 1
    """
    expect "spec.replicas" covers "1" message "web is small"
    expect fixed """
      kind: Rollout
      spec:
        replicas: 2
    """
  }
  good "two replicas" {
    """
      kind: Rollout
      spec:
        replicas: 2
    """
  }
}
'''
FILE = "rules/rollout/small-rollout.rule"


def errors(text: str, file: str = FILE, area: str = "rollout") -> list[str]:
    with pytest.raises(RuleError) as caught:
        load_rule_file(text, file, area)
    found = caught.value
    return [one.message for one in (found.errors if isinstance(found, RuleErrors) else (found,))]


def without(line: str) -> str:
    lines = [one for one in COMPLETE.splitlines() if not one.strip().startswith(line)]
    return "\n".join(lines)


def test_a_complete_rule_is_loaded() -> None:
    rule = load_rule_file(COMPLETE, FILE, "rollout")

    assert rule.name == "small-rollout"
    assert len(rule.examples) == 2


@pytest.mark.parametrize("word", ["title", "group", "severity", "what", "why", "instead", "source"])
def test_each_fact_is_asked_for(word: str) -> None:
    assert errors(without(f"{word} ")) == [f"`{word}` is missing in rule `small-rollout`"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rule small-rollout", "rule smallRollout", "`smallRollout` is no id of a rule: ids are lower-case words joined by `-`, such as `missing-canary-service`"),
        ("A Rollout with one replica", "A Rollout with one replica.", "the title is one line without a full stop"),
        ("A Rollout with one replica", "A\\nB", "the title is one line without a full stop"),
        ("tags     rollout", "tags Rollout", "`Rollout` is not written in lower-case words joined by `-`"),
        ("tags     rollout", "tags a, b, a", "the tag `a` is said twice"),
        ("formerly tiny-rollout", "formerly small-rollout", "`small-rollout` is the rule's name and cannot be a former one"),
        ('"one replica"', '"two replicas"', "two examples are called `two replicas`"),
        ('"one replica"', '" "', "this example has no title"),
        ('covers "1"', 'covers "one"', "the text `one` that should be covered is nowhere in `test.yaml`"),
        ('is small"\n    expect', 'is small" in "b.yaml"\n    expect', "this example has no file called `b.yaml`"),
        ('fix safe "run two" { set ro.spec.replicas to 2 }', "", "`expect fixed` stands here, but no report of this rule has a fix"),
        ('good "two replicas" {', 'good "two replicas" { "a: 1" ', "two files of this example are called `test.yaml`"),
        ('good "two replicas" {', 'good "two replicas" { file "../x" "a: 1" ', "`../x` is no path below the root of the example"),
    ],
)  # fmt: skip
def test_mistakes(old: str, new: str, message: str) -> None:
    assert old in COMPLETE
    assert message in errors(COMPLETE.replace(old, new, 1))


def test_examples_of_both_kinds_are_asked_for() -> None:
    text = COMPLETE[: COMPLETE.index("  bad ")] + "}"

    assert errors(text) == ["rule `small-rollout` has no `bad` example", "rule `small-rollout` has no `good` example"]


def test_a_bad_example_expects_something() -> None:
    text = "\n".join(line for line in COMPLETE.splitlines() if not line.strip().startswith('expect "spec'))

    assert errors(text) == ["a bad example says what the rule finds in it"]


def test_a_file_holds_one_rule_of_its_own_name() -> None:
    assert errors("") == ["this file holds no rule"]
    assert errors("rule a {}\nrule b {}") == ["a file holds one rule, this one holds 2: `a`, `b`"]
    assert errors(COMPLETE, "rules/rollout/other.rule") == ["rule `small-rollout` lies in a file called `other.rule`"]
    assert errors(COMPLETE, "rules/rollout/small-rollout.txt") == ["the name of a rule file ends with `.rule`"]


def test_areas_are_known() -> None:
    assert errors(COMPLETE, area="rollouts") == ["`rollouts` is no area of rules; did you mean `rollout`?"]
    assert area_error("zzz") == f"`zzz` is no area of rules; areas are {', '.join(AREAS)}"
    assert area_error("sync") == ""


@pytest.mark.parametrize("id", ["a", "missing-canary-service", "x2-y"])
def test_ids(id: str) -> None:
    assert id_error(id) == ""


@pytest.mark.parametrize("id", ["", "A", "a_b", "-a", "a-", "a--b", "2a", "a/b", "é", "a" * 61])
def test_other_ids_are_refused(id: str) -> None:
    assert id_error(id)


def test_syntax_errors_come_with_file_and_place() -> None:
    with pytest.raises(RuleError) as caught:
        load_rule_file("rule a {", "x/a.rule", "rollout")

    assert str(caught.value).startswith("x/a.rule:1:9: the rule `a` that begins in line 1 is not closed")


def test_the_card_of_a_rule() -> None:
    card = card_of(load_rule_file(COMPLETE, FILE, "rollout"), "rollout")

    assert (card.id, card.area, card.group, card.severity, card.confidence) == (
        "small-rollout", "rollout", "practice", Severity.INFO, "medium",
    )  # fmt: skip
    assert card.sources == ("argo-rollouts docs/features/canary.md, v1.7",)


# ---- pages


def test_the_page_of_a_rule() -> None:
    page = rule_page(load_rule_file(COMPLETE, FILE, "rollout"), "rollout")

    assert (
        page
        == """# small-rollout

A Rollout with one replica.

- Area: rollout
- Group: practice
- Severity: info
- Confidence: medium
- Applies to: argo-rollouts from 1.2
- Tags: rollout
- Formerly: `tiny-rollout`

## What it reports

Reports Rollouts of one replica.

## Why

One replica is no canary.

## Example

One replica:

```yaml
kind: Rollout
spec:
  replicas: 1
          # ^ web is small
```

## Instead

Run two.

Two replicas:

```yaml
kind: Rollout
spec:
  replicas: 2
```

## Parameters

- `least` (integer, default `2`): how many there should be

They are set in the configuration, under `rules: {small-rollout: {params: {…}}}`.

## Source

- argo-rollouts docs/features/canary.md, v1.7
- <https://example.com/canary>
"""
    )


def test_the_headings_are_always_the_same() -> None:
    text = COMPLETE.replace('param least : integer = 2 "how many there should be"', "").replace("least", "2")
    page = rule_page(load_rule_file(text, FILE, "rollout"), "rollout")

    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == list(HEADINGS)
    assert "## Parameters\n\nNone.\n" in page


@pytest.mark.parametrize(
    ("path", "covers", "line"),
    [
        ("b.name", "x", 4),
        ("b.name", "name", 4),
        ("b", "b", 3),
        ("b.missing", "b", 3),
        ("a.name", "x", 2),
        ("[", "x", 2),
    ],
)
def test_the_marked_text_is_the_one_the_path_names(path: str, covers: str, line: int) -> None:
    source = Source("a:\n  name: x\nb:\n  name: x\n", "f")
    offset = place_of(source, Expect(path, covers, "m"))

    assert source.text.startswith(covers, offset)
    assert source.position(offset).line == line
