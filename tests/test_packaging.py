"""The wheel: built, installed into a bare environment, and linted with. It holds what the checkout holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytest.importorskip("hatchling")

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selectors:\n    app: web\n"


def run(command: list[str | Path], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GITHUB", "GITOPS"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **environment},
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    built = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target], ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = target.glob("*.whl")
    return made


def names(folder: str, suffix: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(f"*{suffix}")}


def test_the_wheel_holds_the_rules_and_schemas_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        held = {name.removeprefix("gitops_lint/_shipped/") for name in packed.namelist()}
        heads = json.loads(packed.read("gitops_lint/_shipped/rules.jsonl").partition(b"\n")[0])

    assert names("rules", ".rule") <= held
    assert names("schemas", ".json") <= held
    assert {rule["id"] for rule in heads["rules"]} == {Path(name).stem for name in names("rules", ".rule")}
    assert "gitops_lint/dsl/grammar.lark" in held
    assert "gitops_lint/py.typed" in held


def test_a_bare_environment_lints_with_the_wheel(wheel: Path, tmp_path: Path) -> None:
    made = run([sys.executable, "-m", "venv", tmp_path / "bare"], tmp_path)
    assert made.returncode == 0, made.stderr
    python = tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python"
    site = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], tmp_path).stdout.strip()
    # the libraries come from here, so that the test needs no network; their folder is not read for installed projects
    Path(site, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    installed = run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], tmp_path)
    assert installed.returncode == 0, installed.stderr

    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "web.yaml").write_text(SERVICE)
    command = [python.parent / "gitops-lint", "-f", "concise", "."]
    done = run(command, tmp_path / "repository", XDG_CACHE_HOME=str(tmp_path / "cache"))

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "web.yaml:6:3: error[unknown-field] `selectors` is not a field of `spec`; did you mean `selector`?\n"
    )
    where = run([python, "-c", "import gitops_lint; print(gitops_lint.__file__)"], tmp_path / "repository")
    assert Path(where.stdout.strip()).is_relative_to(tmp_path / "bare")
