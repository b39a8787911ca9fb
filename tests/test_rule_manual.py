"""The manual of the rule language: its rules run, and everything else in it is read by the parser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gitops_lint.cli import main
from gitops_lint.dsl.literals import RESERVED
from gitops_lint.dsl.params import PARAMETER_TYPES
from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.rulefile import AREAS
from gitops_lint.dsl.syntax_state import CLAUSES
from gitops_lint.pipeline import run_example
from gitops_lint.policy.exampletest import disagreements
from gitops_lint.policy.rulefiles import RuleText, check_one
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.policy.vocabulary import GitopsVocabulary

MANUAL = (Path(__file__).parent.parent / "docs" / "rule-language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for word, text in BLOCKS if word == language]


@pytest.mark.parametrize("text", blocks("rule"), ids=lambda text: text.splitlines()[0])
def test_complete_rules_run(text: str) -> None:
    _, area, name = text.splitlines()[0].removeprefix("# ").split("/")
    rule = check_one(RuleText(f"{area}/{name}", area, text, Path(), built_in=False), GitopsVocabulary())
    for example in rule.rule.examples:
        assert disagreements(example, *run_example(RulePack([rule]), rule.id, example)) == [], example.title


def test_there_are_three_of_them() -> None:
    assert len(blocks("rule")) == 3


@pytest.mark.parametrize("text", blocks("clauses"))
def test_clauses_are_read(text: str) -> None:
    assert parse_rules(f"rule a {{\n{text}\n}}", "manual")


@pytest.mark.parametrize("text", blocks("head"))
def test_heads_are_read(text: str) -> None:
    assert parse_rules(f"{text}\nrule a {{}}", "manual")


@pytest.mark.parametrize("line", [line for text in blocks("expressions") for line in text.splitlines()])
def test_expressions_are_read(line: str) -> None:
    assert parse_rules(f"rule a {{ when {line} }}", "manual")


def test_no_construct_is_left_out() -> None:
    words = set(re.findall(r"[a-z]+", MANUAL))

    assert {*CLAUSES, *RESERVED, "see", "note", "help", "fix", "set", "append", "remove", "rename"} <= words
    assert all(f"`{area}`" in MANUAL for area in AREAS)
    assert all(f"`{name}`" in MANUAL for name in PARAMETER_TYPES)


def test_links_inside_of_the_page_lead_somewhere() -> None:
    headings = {
        heading.lower().replace(" ", "-").replace(",", "") for heading in re.findall(r"^## (.*)$", MANUAL, re.MULTILINE)
    }

    assert set(re.findall(r"\]\(#([^)]*)\)", MANUAL)) == headings


@pytest.mark.parametrize("command", sorted(set(re.findall(r"gitops-lint ((?:rules )?[a-z]+)", MANUAL))))
def test_the_commands_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    assert "Usage: gitops-lint" in capsys.readouterr().out
