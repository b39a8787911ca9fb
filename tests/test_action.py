"""
The GitHub Action: its steps, run by bash with what a runner gives them, on real Git repositories.

Only the installation is replaced: what it would put into an environment of its own is the gitops-lint under test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION: Mapping[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[Mapping[str, Any]] = ACTION["runs"]["steps"]
if shutil.which("git") is None or shutil.which("bash") is None:
    pytest.skip("a runner has git and bash", allow_module_level=True)

EXPRESSION = re.compile(r"\$\{\{ *inputs\.([\w-]+) *\}\}")
WRONG = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  selectors:\n    app: web\n"
RIGHT = WRONG.replace("selectors", "selector")
GITOPS_LINT = '#!/bin/bash\nexec "{python}" -I -m gitops_lint "$@"\n'
# stands for it where only the arguments matter: one a line, each ends with `|`
ARGUMENTS = "#!/bin/bash\nprintf '%s|\\n' \"$@\"\n"
# a runner's python3 that makes no environment and installs nothing: it notes what it was asked
PYTHON = """#!/bin/bash
echo "$*" >> "{log}"
case "$*" in
  *"-m venv "*)
    mkdir -p "${{!#}}/bin"
    cp "$0" "${{!#}}/bin/python"
    cp "{path}/gitops-lint" "${{!#}}/bin/" ;;
  *"-m pip "*) ;;
  *) exec "{python}" "$@" ;;
esac
"""


@dataclass(frozen=True)
class Done:
    """What a runner sees of an action: its status, log, outputs, summary, and how Python was called."""

    status: int
    log: str
    outputs: Mapping[str, str]
    summary: str
    calls: tuple[str, ...]


class Runner:
    """Runs the steps of action.yml one after the other until one fails, each with the variables that a runner sets."""

    def __init__(self, folder: Path) -> None:
        self.temporary = folder / "runner temp"
        self.workspace = folder / "workspace"
        self.path = folder / "path"
        for one in (self.temporary, self.workspace, self.path):
            one.mkdir()
        self.calls = folder / "calls"
        self.python = PYTHON.format(log=self.calls, python=sys.executable, path=self.path)
        self.offer("gitops-lint", GITOPS_LINT.format(python=sys.executable))
        self.offer("python3", self.python)

    def offer(self, name: str, script: str) -> None:
        (self.path / name).write_text(script)
        (self.path / name).chmod(0o755)

    def run(self, **given: str) -> Done:
        """given: the inputs of the workflow, with `_` for `-`."""
        inputs = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        inputs |= {name.replace("_", "-"): value for name, value in given.items()}
        answers = {name: self.temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
        answers["GITHUB_STEP_SUMMARY"].write_text("from a step before\n")
        status, log = 0, ""
        for step in STEPS:
            script = self.temporary / "script.sh"
            script.write_text(step["run"])
            variables = {name: evaluated(text, inputs) for name, text in step.get("env", {}).items()}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                cwd=self.workspace / evaluated(step.get("working-directory", "."), inputs),
                env={
                    "PATH": f"{self.path}{os.pathsep}{os.environ['PATH']}",
                    # where compiled rules are kept from test to test
                    "HOME": os.environ.get("HOME", str(self.temporary)),
                    "CI": "true",
                    "GITHUB_ACTIONS": "true",
                    "GITHUB_ACTION_PATH": str(ROOT),
                    "GITHUB_WORKSPACE": str(self.workspace),
                    "RUNNER_TEMP": str(self.temporary),
                    **{name: str(file) for name, file in answers.items()},
                    **variables,
                },
                capture_output=True,
                text=True,
                check=False,
            )
            status, log = done.returncode, log + done.stdout + done.stderr
            if status:
                break
        return Done(
            status,
            log,
            outputs_of(answers["GITHUB_OUTPUT"]),
            answers["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
            tuple(self.calls.read_text().splitlines()) if self.calls.exists() else (),
        )

    def git(self, *words: str) -> str:
        return git(self.workspace, *words)

    def commit(self, **texts: str) -> str:
        """Writes NAME.yaml for each text and commits all; the commit."""
        for name, text in texts.items():
            (self.workspace / f"{name}.yaml").write_text(text.format(name=name))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "x")
        return self.git("rev-parse", "HEAD")


def evaluated(text: str, inputs: Mapping[str, str]) -> str:
    """`${{ inputs.NAME }}` replaced; any other expression would be one that the tests do not know."""
    value = EXPRESSION.sub(lambda found: inputs[found[1]], text)
    assert "${{" not in EXPRESSION.sub("", text)
    return value


def outputs_of(file: Path) -> dict[str, str]:
    """A file of `name=value` lines and of values between lines `name<<END` and `END`, as the runner reads it."""
    lines = iter(file.read_text(encoding="utf-8").splitlines() if file.exists() else ())
    found: dict[str, str] = {}
    for line in lines:
        name, heredoc, end = line.partition("<<")
        if not heredoc:
            name, _, found[name] = line.partition("=")
            continue
        value = []
        while (part := next(lines)) != end:
            value.append(part)
        found[name] = "\n".join(value)
    return found


def git(folder: Path, *words: str) -> str:
    author = {f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**kept, **author},
    )
    return done.stdout.strip()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    one = Runner(tmp_path)
    one.git("init", "--quiet")
    return one


# ---- what a step says and how it ends


def test_findings_fail_the_step_after_all_reports_are_written(runner: Runner) -> None:
    runner.commit(web=WRONG)
    done = runner.run(sarif_file="reports/gitops-lint.sarif")

    assert done.status == 1, done.log
    assert done.outputs == {
        "status": "1",
        "findings": "1",
        "errors": "1",
        "warnings": "0",
        "infos": "0",
        "sarif-file": "reports/gitops-lint.sarif",
    }
    assert '"unknown-field"' in (runner.workspace / "reports" / "gitops-lint.sarif").read_text(encoding="utf-8")
    assert "error[unknown-field]: `selectors`" in done.log
    assert "\n::error file=web.yaml,line=6," in done.log
    assert done.summary.startswith("from a step before\n")
    assert "unknown-field" in done.summary


def test_a_clean_repository_passes(runner: Runner) -> None:
    runner.commit(web=RIGHT)
    done = runner.run()

    assert (done.status, done.outputs) == (
        0,
        {"status": "0", "findings": "0", "errors": "0", "warnings": "0", "infos": "0"},
    )


def test_gitops_lint_comes_from_the_checkout_of_the_action(runner: Runner) -> None:
    runner.commit(web=RIGHT)
    calls = runner.run().calls

    assert [call for call in calls if "-m pip" in call] == [
        f"-I -m pip install --quiet --disable-pip-version-check {ROOT}"
    ]
    # else a `venv.py`, `pip.py` or `json.py` of the linted repository would be run
    assert all(call.startswith("-I ") for call in calls)


def test_modules_of_the_repository_are_not_run(runner: Runner, tmp_path: Path) -> None:
    for name in ("json", "os", "pathlib", "uuid", "site", "sitecustomize", "gitops_lint", "click"):
        (runner.workspace / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    runner.commit(web=RIGHT)

    assert runner.run().status == 0
    assert not (tmp_path / "ran").exists()


def test_without_a_python_that_is_new_enough_the_log_says_what_to_do(runner: Runner) -> None:
    for name in ("python3", "python"):
        runner.offer(name, "#!/bin/bash\nexit 1\n")
    runner.commit(web=RIGHT)
    done = runner.run()

    assert done.status == 2
    assert "needs Python 3.11 or newer; run actions/setup-python before it" in done.log
    assert done.outputs == {}


def test_the_second_name_of_python_is_tried(runner: Runner) -> None:
    runner.offer("python3", "#!/bin/bash\nexit 1\n")
    runner.offer("python", runner.python)
    runner.commit(web=RIGHT)

    assert runner.run().status == 0


# ---- inputs


REPORTS = "--format=json=… --format=markdown=…"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, f"check --format=text {REPORTS} -- ."),
        ({"format": "concise", "summary": "false"}, "check --format=concise --format=json=… -- ."),
        ({"paths": "apps\n"}, f"check --format=text {REPORTS} -- apps"),
        ({"paths": "apps/one.yaml\r\n\r\ntwo.yaml"}, f"check --format=text {REPORTS} -- apps/one.yaml two.yaml"),
        ({"paths": ""}, f"check --format=text {REPORTS} -- ."),
        ({"paths": "--exit-zero"}, f"check --format=text {REPORTS} -- --exit-zero"),
        ({"sarif_file": "new/a.sarif"}, f"check --format=text {REPORTS} --format=sarif=new/a.sarif -- ."),
        (
            {"fail_on": "warning", "since": "origin/main", "config": "-c.yaml"},
            f"check --format=text {REPORTS} --fail-on=warning --since=origin/main --config=-c.yaml -- .",
        ),
        ({"args": "--profile=strict\n\n--jobs\n2\n"}, f"check --format=text {REPORTS} --profile=strict --jobs 2 -- ."),
    ],
)
def test_inputs_become_flags_and_paths(given: Mapping[str, str], expected: str, runner: Runner) -> None:
    runner.offer("gitops-lint", ARGUMENTS)
    done = runner.run(**given)
    arguments = done.log.removesuffix("|\n").split("|\n")
    shown = " ".join(re.sub(r"=[^=]*gitops-lint-reports\.\w+/\w+\.\w+$", "=…", one) for one in arguments)

    assert (done.status, shown) == (0, expected)


@pytest.mark.parametrize("name", sorted(set(ACTION["inputs"]) - {"working-directory"}))
def test_what_an_input_holds_is_not_run(name: str, runner: Runner, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    text = f"""a "b' $HOME; touch {ran} # $(touch {ran}) `touch {ran}` & touch {ran} \\"""
    runner.offer("gitops-lint", ARGUMENTS)
    done = runner.run(**{name.replace("-", "_"): text})

    assert not ran.exists()
    assert (done.status, done.outputs) == (0, {"status": "0"}), done.log
    # it arrives as it was written, within one argument
    assert name == "summary" or re.search(rf"^(--[a-z=-]+=)?{re.escape(text)}\|$", done.log, re.MULTILINE)


def test_a_step_starts_in_the_working_directory(runner: Runner) -> None:
    (runner.workspace / "apps").mkdir()
    runner.commit(**{"apps/one": WRONG, "two": WRONG})
    done = runner.run(working_directory="apps", format="concise", fail_on="error", sarif_file="a.sarif")

    assert (done.status, done.outputs["sarif-file"]) == (1, "apps/a.sarif"), done.log
    assert re.findall(r"^(\S+\.yaml):\d+:\d+: error\[unknown-field\]", done.log, re.MULTILINE) == ["one.yaml"]


@pytest.mark.parametrize("status", [1, 2, 3])
def test_the_status_is_kept_also_where_there_is_no_report(status: int, runner: Runner) -> None:
    runner.offer("gitops-lint", f"#!/bin/bash\nexit {status}\n")
    done = runner.run(sarif_file="a.sarif")

    assert (done.status, done.outputs) == (status, {"status": str(status)})


def test_a_file_name_of_several_lines_adds_no_output(runner: Runner) -> None:
    runner.commit(web=RIGHT)
    done = runner.run(sarif_file="a.sarif\nfindings=7\nstatus<<X\n9\nX")

    assert (done.outputs["findings"], done.outputs["status"]) == ("0", "0")


def test_an_old_report_is_not_taken_for_a_new_one(runner: Runner) -> None:
    (runner.workspace / "old.sarif").write_text("{}")
    runner.commit(web=RIGHT)
    done = runner.run(sarif_file="old.sarif", config="missing.yaml")

    assert (done.status, done.outputs) == (2, {"status": "2"})
    assert not (runner.workspace / "old.sarif").exists()


# ---- since


def test_since_reports_what_came_after_a_commit(runner: Runner) -> None:
    before = runner.commit(old=WRONG)
    runner.commit(new=WRONG)
    done = runner.run(since=before, format="concise")

    assert done.status == 1, done.log
    assert re.findall(r"^(\S+\.yaml):\d+", done.log, re.MULTILINE) == ["new.yaml"]
    assert done.outputs["findings"] == "1"


def test_since_in_a_shallow_checkout_says_what_the_checkout_needs(runner: Runner, tmp_path: Path) -> None:
    before = runner.commit(old=WRONG)
    runner.commit(new=WRONG)
    whole = runner.workspace
    runner.workspace = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", whole.as_uri(), str(runner.workspace))
    done = runner.run(since=before)

    assert done.status == 2, done.log
    assert "::error title=gitops-lint::the checkout is shallow" in done.log
    assert "fetch-depth: 0" in done.log


# ---- the files themselves


def test_no_expression_stands_in_a_script() -> None:
    assert [step["name"] for step in STEPS if "${{" in step["run"]] == []


def test_no_other_action_is_used() -> None:
    assert [step for step in STEPS if "uses" in step] == []


def test_every_input_and_output_is_described_and_used() -> None:
    used = {name for step in STEPS for name in EXPRESSION.findall(str(step))}

    assert used == set(ACTION["inputs"])
    assert all(one["description"] for one in (*ACTION["inputs"].values(), *ACTION["outputs"].values()))
