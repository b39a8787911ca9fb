"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit on a real Git repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytest.importorskip("pre_commit")
if shutil.which("git") is None:
    pytest.skip("pre-commit needs git", allow_module_level=True)

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  selectors:\n    app: web\n"
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"
POD = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: nginx:1.27
      envFrom:
        - configMapRef:
            name: settings
"""
SHIPPED = ("gitops_lint", "rules", "schemas")
FILES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


def run(command: list[str | Path], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT", "PYTHON"))}
    author = {f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **author, "COLUMNS": "100", "NO_COLOR": "1", **environment},
    )


def git(*words: str, cwd: Path) -> str:
    done = run(["git", "-c", "init.defaultBranch=main", *words], cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository with what pre-commit installs from, and its commit."""
    folder = tmp_path_factory.mktemp("hooks")
    ignored = shutil.ignore_patterns("__pycache__", "_shipped")
    for name in SHIPPED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "hooks", cwd=folder)
    return folder, git("rev-parse", "HEAD", cwd=folder)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment that it installs once for both hooks."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git("init", "--quiet", cwd=tmp_path)
    (tmp_path / "old.yaml").write_text(SERVICE.format(name="old"))
    (tmp_path / "kustomization.yaml").write_text("resources: [settings.yaml, pod.yaml]\n")
    (tmp_path / "settings.yaml").write_text(SETTINGS.format(name="settings"))
    (tmp_path / "pod.yaml").write_text(POD)
    git("add", "--all", cwd=tmp_path)
    git("commit", "--quiet", "--message", "old", cwd=tmp_path)
    (tmp_path / "new.yaml").write_text(SERVICE.format(name="new"))
    (tmp_path / "settings.yaml").write_text(SETTINGS.format(name="renamed"))
    git("add", "new.yaml", "settings.yaml", cwd=tmp_path)
    # not staged, so that it is no part of the commit
    (tmp_path / "settings.yaml").write_text(SETTINGS.format(name="settings"))
    return tmp_path


@pytest.mark.parametrize(
    ("hook", "reported"),
    [
        ("gitops-lint", ["new.yaml", "old.yaml", "pod.yaml"]),
        # pod.yaml is not touched, but what it needs is gone
        ("gitops-lint-changed", ["new.yaml", "pod.yaml"]),
    ],
)
def test_a_commit_is_stopped_by_what_it_concerns(
    hook: str, reported: list[str], hooks: tuple[Path, str], cache: Path, repository: Path
) -> None:
    folder, commit = hooks
    (repository / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {folder}\n    rev: {commit}\n    hooks:\n      - id: {hook}\n        args: [-f, concise]\n"
    )
    done = run([sys.executable, "-m", "pre_commit", "run"], repository, PRE_COMMIT_HOME=str(cache))
    if "No matching distribution found" in done.stdout:
        pytest.skip("pre-commit installs the libraries from a package index, and none is reached from here")

    assert done.returncode == 1, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if re.search(r"\[(unknown-field|missing-config-map)\]", line)]
    assert [line.partition(":")[0] for line in lines] == reported
