"""
The README says what the command says: the report on the sample, and the excerpts of it, byte for byte.

`GOLDEN=write python3 -m pytest tests/test_readme.py` writes them anew into README.md and docs/start.md and compares; read
the diff.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gitops_lint.config import load_config
from gitops_lint.pipeline import run_example
from gitops_lint.policy.exampletest import disagreements
from gitops_lint.policy.rulefiles import RuleText, check_one
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.policy.vocabulary import GitopsVocabulary
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml

ROOT = Path(__file__).parent.parent
README, START = ROOT / "README.md", ROOT / "docs" / "start.md"
SAMPLE = "examples/shop"
WHOLE = re.compile(r"(?<=<!-- shop: begin -->\n```text\n).*?(?=```\n<!-- shop: end -->)", re.DOTALL)
EXCERPT = re.compile(r"<!-- (?:excerpt|finding): (?P<rule>[a-z-]+) -->\n```text\n(?P<text>.*?)```", re.DOTALL)


@cache
def report() -> str:
    """What `gitops-lint examples/shop` prints into a pipe, 100 columns wide, with nothing else set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TEMP") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "gitops_lint", SAMPLE],
        cwd=ROOT,
        env={**kept, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (1, "")
    return done.stdout.decode()


def block_of(rule: str) -> str:
    """The first finding of a rule as the report shows it, a line break at its end."""
    (first, *_) = [block for block in report().split("\n\n") if f"[{rule}]: " in block.splitlines()[0]]
    return first + "\n"


def as_written(file: Path) -> str:
    """A page's text; with GOLDEN=write its reports are put in first."""
    text = file.read_text(encoding="utf-8")
    if os.environ.get("GOLDEN") == "write":
        text = WHOLE.sub(lambda _: report(), text)
        text = EXCERPT.sub(lambda found: f"{found[0].split('```')[0]}```text\n{block_of(found['rule'])}```", text)
        file.write_text(text, encoding="utf-8", newline="\n")
    return text


def test_the_readme_holds_the_whole_report_on_the_sample() -> None:
    (written,) = WHOLE.findall(as_written(README))

    assert written == report()


@pytest.mark.parametrize("page", [README, START], ids=lambda page: page.name)
def test_excerpts_are_findings_of_that_report(page: Path) -> None:
    (excerpt,) = EXCERPT.finditer(as_written(page))

    assert excerpt["text"] == block_of(excerpt["rule"])


def test_the_planted_secret_is_nowhere_in_the_readme() -> None:
    (file,) = (ROOT / SAMPLE).rglob("payment-secret.yaml")
    (value,) = re.findall(r"^  password: (\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(value) > 10
    assert value not in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", re.findall(r"^```rule\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S))
def test_the_rule_of_the_readme_runs(text: str) -> None:
    _, area, name = text.splitlines()[0].removeprefix("# ").split("/")
    rule = check_one(RuleText(f"{area}/{name}", area, text, Path(), built_in=False), GitopsVocabulary())

    assert [list(disagreements(one, *run_example(RulePack([rule]), rule.id, one))) for one in rule.rule.examples] == [
        [],
        [],
    ]


def yaml_blocks(page: Path) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", yaml_blocks(README) + yaml_blocks(START))
def test_yaml_of_the_pages_is_yaml(text: str) -> None:
    assert parse_yaml(Source(text, "page.yaml")).mistakes == []


@pytest.mark.parametrize("page", [README, START], ids=lambda page: page.name)
def test_the_configuration_of_the_pages_is_one(page: Path, tmp_path: Path) -> None:
    (text,) = [text for text in yaml_blocks(page) if text.startswith("profile:")]
    (tmp_path / ".gitops-lint.yaml").write_text(text, encoding="utf-8")

    assert load_config(tmp_path, tmp_path).ignore


def test_names_that_users_copy_are_ours() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    hooks = re.findall(r"^- id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    for page in (README, START):
        text = page.read_text(encoding="utf-8")

        assert set(re.findall(r"rev: v(\S+)", text)) == {project["version"]}
        assert set(re.findall(r"- repo: (\S+)", text)) == {project["urls"]["Repository"]}
        assert set(re.findall(r"- id: (\S+)", text)) <= set(hooks)
    assert urlsplit(project["urls"]["Repository"]).path.strip("/") in README.read_text(encoding="utf-8")
