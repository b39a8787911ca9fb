"""Every built-in rule: it is complete and makes sense, finds in its examples what they say, and its page is up to date."""

from __future__ import annotations

import functools
import re
from collections import Counter
from pathlib import Path

import pytest

from gitops_lint.cache import Cache
from gitops_lint.cli.rulepages import outdated, pages
from gitops_lint.dsl.data import from_data, to_data
from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.printer import print_rule
from gitops_lint.dsl.rulefile import AREAS
from gitops_lint.dsl.tree import Check, Example, Find, Follow
from gitops_lint.errors import RuleError
from gitops_lint.pipeline import run_example
from gitops_lint.policy.exampletest import disagreements
from gitops_lint.policy.packedrule import PackedRule
from gitops_lint.policy.rulefiles import RuleText, check_one, read_text
from gitops_lint.policy.rulepack import RulePack, check_unique, load_pack
from gitops_lint.policy.vocabulary import GitopsVocabulary

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "rules").glob("*/*.rule"))
PAGES = ROOT / "docs" / "rules"


@functools.cache
def checked(file: Path) -> PackedRule | RuleError:
    """The rule of a file, or what is wrong with it."""
    text = read_text(file, file.name)
    try:
        return check_one(RuleText(file.name, file.parent.name, text, file.parent.parent, True), vocabulary())
    except RuleError as error:
        return error


@functools.cache
def vocabulary() -> GitopsVocabulary:
    return GitopsVocabulary()


@functools.cache
def pack() -> RulePack:
    """Every rule that can be read: one that cannot fails its own test and no other's."""
    return RulePack(rule for rule in map(checked, FILES) if isinstance(rule, PackedRule))


def rule_of(file: Path) -> PackedRule:
    found = checked(file)
    if isinstance(found, RuleError):
        pytest.skip("its check fails")
    return found


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_the_rule_is_complete_and_makes_sense(file: Path) -> None:
    found = checked(file)

    assert isinstance(found, PackedRule), str(found)


def test_ids_and_areas() -> None:
    check_unique(pack())

    assert len({file.stem for file in FILES}) == len(FILES)
    assert {file.parent.name for file in FILES} <= set(AREAS)


def test_examples_say_what_the_rule_finds(file: Path) -> None:
    rule = rule_of(file)
    wrong = []
    for example in rule.rule.examples:
        lines = disagreements(example, *run_example(pack(), rule.id, example))
        wrong += [f"`{example.title}`:", *lines] if lines else []

    assert not wrong, "\n".join(wrong)


def test_what_a_fix_makes_is_found_no_more(file: Path) -> None:
    rule = rule_of(file)
    for example in rule.rule.examples:
        if example.fixed is None:
            continue
        first, *others = example.given
        again = Example(False, example.title, (type(first)(first.file, example.fixed), *others))
        before, _ = run_example(pack(), rule.id, example)
        after, _ = run_example(pack(), rule.id, again)

        assert len(after) == sum(not finding.fixes for finding in before), example.title


def test_text_tree_and_data_agree(file: Path) -> None:
    (rule,) = parse_rules(file.read_text(encoding="utf-8"), file.name)

    assert parse_rules(print_rule(rule), file.name) == [rule]
    assert from_data(to_data(rule)) == rule


def test_the_rule_says_what_it_should(file: Path) -> None:
    rule = rule_of(file).rule
    messages = [
        clause.report.message
        for clause in rule.clauses
        if isinstance(clause, Check | Follow | Find) and clause.report is not None
    ]

    assert not re.search(r"\b(illegal|incorrect)\b", rule.title, re.IGNORECASE)
    for message in messages:
        last = message.parts[-1] if message.parts else ""
        assert not (isinstance(last, str) and last.endswith(".") and not last.endswith("…")), message


def test_no_two_rules_have_one_title() -> None:
    titles = Counter(rule.title for rule in pack())

    assert [title for title, count in titles.items() if count > 1] == []


@pytest.mark.skipif(not PAGES.is_dir(), reason="the pages are not part of this copy")
def test_the_pages_are_up_to_date() -> None:
    wrong = outdated(PAGES, pages(load_pack(cache=Cache(None))))

    assert not wrong, "\n".join([*wrong, "`gitops-lint rules docs` writes them"])
