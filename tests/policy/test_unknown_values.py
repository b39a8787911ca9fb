"""Templates stay unknown on their way through functions, look-ups and references of the real vocabulary."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from gitops_lint.cache import Cache
from gitops_lint.config import Config
from gitops_lint.options import Options
from gitops_lint.pipeline import check_tree
from gitops_lint.policy.rulefiles import FolderOfRules, read_folder
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.repo.discover import MemoryTree

HEAD = """
  title "A rule of a test"
  group suspicious
  severity warning
  what "Reports."
  why "Because."
  instead "Do not."
  source "nowhere"
"""
TAIL = '''
  bad "some" {
    """
    kind: X
    """
    expect "kind" covers "X" message "m"
  }
  good "none" {
    """
    kind: Y
    """
  }
'''


def messages(folder: Path, clauses: str, text: str) -> tuple[list[str], int]:
    """Messages of one rule over one file, and how many of its rows could not be decided."""
    rule = f"rule of-a-test {{{HEAD}{indent(dedent(clauses), '  ')}{TAIL}}}\n"
    area = folder / "policies" / "layout"
    area.mkdir(parents=True)
    (area / "of-a-test.rule").write_text(rule, encoding="utf-8")
    pack = RulePack(read_folder(FolderOfRules(folder / "policies", "policies", built_in=False), Cache(None), None))
    config = Config().with_flags(select=("of-a-test",))
    outcome = check_tree(MemoryTree({"app.yaml": dedent(text)}), config, Options(), pack)
    assert not outcome.crashed
    return [one.message for one in outcome.findings], outcome.unverified.get("of-a-test", 0)


CONFIG = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: a, labels: {app: web, "x/{{ k }}": y}}
    data: {one: "{{ v }}=1", two: "Prune=1", three: ~}
"""


@pytest.mark.parametrize(
    ("condition", "found", "unverified"),
    [
        ('before(entry.value, "=") == "Prune"', [], 1),
        ('lower(entry.value) == "none"', ["two"], 1),
    ],
)
def test_a_function_of_a_template_is_unknown(tmp_path: Path, condition: str, found: list[str], unverified: int) -> None:
    clauses = f"""
        for each ConfigMap as map
        with each entries(map.data) as entry
        when entry.value is present
        require {condition} report "{{entry.key}}" at entry
    """

    assert messages(tmp_path, clauses, CONFIG) == (found, unverified)


def test_entries_of_a_map_with_a_template_as_key_may_be_more(tmp_path: Path) -> None:
    clauses = """
        for each ConfigMap as map
        require some entry in entries(map.metadata.labels) satisfies (entry.key == "team") report "no team" at map
    """

    assert messages(tmp_path, clauses, CONFIG) == ([], 1)


@pytest.mark.parametrize(("name", "expected"), [("settings", ["settings is there"]), ("other", ["no other"])])
def test_a_name_is_looked_up(tmp_path: Path, name: str, expected: list[str]) -> None:
    assert messages(tmp_path, LOOK_UP, CONFIG + SERVICE.replace("NAME", name)) == (expected, 0)


def test_a_name_that_is_a_template_may_be_any(tmp_path: Path) -> None:
    text = CONFIG.replace("name: settings", 'name: "{{ n }}"') + SERVICE.replace("NAME", "settings")

    assert messages(tmp_path, LOOK_UP, text) == ([], 1)


SERVICE = """
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: NAME, namespace: a}
"""
LOOK_UP = """
    for each Service as service
    find any ConfigMap as map where map.name == service.name else report "no {service.name}" at service.metadata.name
    forbid map is present report "{service.name} is there" at service
"""
