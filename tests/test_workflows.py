"""
GitHub workflows that gitops-lint writes and that its pages show, and the Action: what actionlint and zizmor say of them.

Both run offline. actionlint is found on the PATH, or where `.ci/run` puts it; without it, or without zizmor, a test
skips itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitops_lint.cli.init import HOME
from gitops_lint.cli.starter import workflow

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```yaml\n# (\.github/workflows/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ACTION = "gitops-lint/gitops-lint@"


def workflows() -> dict[str, str]:
    """Where a workflow is shown or written, to its text."""
    found = {
        "init": workflow(HOME, "0.1.0", None),
        "init, another branch": workflow(HOME, "0.1.0", "release#1"),
    }
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for number, (name, text) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1):
            found[f"{page.name} {number}: {name}"] = text
    return found


WORKFLOWS = workflows()
each = pytest.mark.parametrize("text", WORKFLOWS.values(), ids=WORKFLOWS.keys())


def tool(name: str) -> str:
    found = shutil.which(name, path=Path(sys.executable).parent) or shutil.which(name, path=ROOT / ".ci" / "bin")
    found = found or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def repository(folder: Path, text: str) -> Path:
    """A repository with one workflow and the Action, which the workflow takes from beside it: so its inputs are known."""
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    shutil.copy(ROOT / "action.yml", folder)
    file = folder / ".github" / "workflows" / "lint.yml"
    file.parent.mkdir(parents=True)
    file.write_text(re.sub(rf"{ACTION}\S+", "./", text), encoding="utf-8")
    return file


def said(*command: str | Path, cwd: Path) -> tuple[int, str]:
    done = subprocess.run([str(one) for one in command], cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@each
def test_actionlint_finds_nothing(text: str, tmp_path: Path) -> None:
    file = repository(tmp_path, text)

    assert said(tool("actionlint"), "-no-color", "-oneline", file, cwd=tmp_path) == (0, "")


def test_actionlint_knows_the_inputs_and_outputs_of_the_action(tmp_path: Path) -> None:
    text = workflow(HOME, "0.1.0", None) + "        id: lint\n        with:\n          pathes: x\n"
    text += "      - run: exit 1\n        if: steps.lint.outputs.error != '0'\n"
    status, out = said(tool("actionlint"), "-no-color", "-oneline", repository(tmp_path, text), cwd=tmp_path)

    assert status == 1
    assert 'input "pathes" is not defined in action "gitops-lint"' in out
    assert 'property "error" is not defined' in out


@each
def test_zizmor_finds_nothing_in_a_workflow(text: str, tmp_path: Path) -> None:
    file = tmp_path / "lint.yml"
    file.write_text(text, encoding="utf-8")
    status, out = said(tool("zizmor"), "--offline", "--no-config", "--quiet", file, cwd=tmp_path)

    assert status == 0, out


def test_zizmor_finds_nothing_in_the_action(tmp_path: Path) -> None:
    shutil.copy(ROOT / "action.yml", tmp_path)
    command = (tool("zizmor"), "--offline", "--no-config", "--quiet", "--persona=auditor", "action.yml")
    status, out = said(*command, cwd=tmp_path)

    assert status == 0, out


@each
def test_other_actions_are_named_by_their_commit(text: str) -> None:
    uses = re.findall(r"uses: (\S+)(.*)", text)

    assert [one for one, _ in uses if not one.startswith(ACTION) and not re.search(r"@[0-9a-f]{40}$", one)] == []
    # and by their version, for people and for the tools that raise it
    assert all(re.fullmatch(r" # v\d+\.\d+\.\d+", rest) for one, rest in uses if not one.startswith(ACTION))


@each
def test_a_workflow_gives_the_action_what_it_takes(text: str) -> None:
    action: Mapping[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
    given = {name for step in steps if step.get("uses", "").startswith(ACTION) for name in step.get("with", {})}

    assert given <= set(action["inputs"])


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_the_page_explains_every_input_and_output(kind: str) -> None:
    action: Mapping[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "github-action.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {kind.capitalize()}\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)

    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE) == list(action[kind])
