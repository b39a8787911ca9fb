"""What the build puts into a wheel: the rules of the checkout, checked, as the data that an installed gitops-lint reads."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from gitops_lint.policy.packedrule import packed, unpacked
from gitops_lint.policy.rulefiles import FolderOfRules, check_all, rule_texts

ROOT = Path(__file__).parent.parent
pytest.importorskip("hatchling")


def made(root: Path, target: str = "wheel", version: str = "standard") -> dict[str, Any]:
    """What the hook adds to a build, each file's content in the place of its path."""
    specification = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    hook = module.RulesHook(str(root), {}, None, None, str(root), target)
    data: dict[str, Any] = {"force_include": {}}
    hook.initialize(version, data)
    found = {name: Path(path).read_text() for path, name in data["force_include"].items()}
    hook.finalize(version, data, "")

    assert not any(Path(path).exists() for path in data["force_include"])
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a few of the built-in rules."""
    for file in sorted((ROOT / "rules" / "schema").glob("*.rule"))[:2]:
        (tmp_path / "rules" / "schema").mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / "schema" / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_a_wheel_holds_the_checked_rules(project: Path) -> None:
    (name, data), *others = made(project).items()
    rules = check_all(rule_texts(FolderOfRules(project / "rules", "rules", built_in=True)))

    assert (name, others) == ("gitops_lint/_shipped/rules.jsonl", [])
    assert data == packed(rules)
    assert [rule.rule for rule in unpacked(data)] == [rule.rule for rule in sorted(rules, key=lambda one: one.id)]


@pytest.mark.parametrize(("target", "version"), [("sdist", "standard"), ("wheel", "editable")])
def test_other_builds_hold_no_data(project: Path, target: str, version: str) -> None:
    assert made(project, target, version) == {}


def test_a_wrong_rule_stops_the_build(project: Path) -> None:
    (project / "rules" / "schema" / "x.rule").write_text("rule x {")
    with pytest.raises(Exception, match=r"x\.rule:1:9: the rule `x` that begins in line 1 is not closed"):
        made(project)
