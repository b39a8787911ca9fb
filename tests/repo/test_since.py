"""`--since`: what a change brought, also where it touched nothing; compared with a commit that Git itself has made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from gitrepo import GitRepository

from gitops_lint.cli.check import _since
from gitops_lint.errors import UsageError
from gitops_lint.findings import Outcome
from gitops_lint.options import Options, StandardInput
from gitops_lint.pipeline import run, with_baseline_written

if shutil.which("git") is None:
    pytest.skip("these tests make repositories with git", allow_module_level=True)

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  selectors:\n    app: web\n"
GOOD = SERVICE.replace("selectors", "selector")
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
FILES = {
    "deploy/kustomization.yaml": "resources: [settings.yaml, pod.yaml]\n",
    "deploy/settings.yaml": SETTINGS.format(name="settings"),
    "deploy/pod.yaml": POD,
    "old.yaml": SERVICE.format(name="old"),
}
SINCE = Options(since="main")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    """A branch `topic` without any change yet; `main` has one old mistake."""
    repository = GitRepository(tmp_path)
    repository.commit(FILES)
    repository.git("checkout", "--quiet", "-b", "topic")
    monkeypatch.chdir(tmp_path)
    return repository


def shown(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one.rule, one.file) for one in outcome.findings]


def test_what_was_there_before_is_not_reported(made: GitRepository) -> None:
    made.commit({"new.yaml": SERVICE.format(name="new"), "old.yaml": "# moved down\n\n" + SERVICE.format(name="old")})

    assert shown(run(["."], Options())) == [("unknown-field", "new.yaml"), ("unknown-field", "old.yaml")]
    outcome = run(["."], SINCE)
    assert shown(outcome) == [("unknown-field", "new.yaml")]
    assert outcome.details[-1].startswith("since: main, compared with ")
    assert outcome.details[-1].endswith("1 findings were there before")
    assert outcome.warnings == ()


def test_a_change_is_told_what_it_breaks_in_a_file_that_it_does_not_touch(made: GitRepository) -> None:
    made.commit({"deploy/settings.yaml": SETTINGS.format(name="renamed")})
    outcome = run(["."], SINCE)

    assert [(one.rule, one.file, one.region.path) for one in outcome.findings] == [
        ("missing-config-map", "deploy/pod.yaml", "spec.containers[0].envFrom[0].configMapRef.name")
    ]
    assert shown(run(["old.yaml"], SINCE)) == []


def test_what_is_not_committed_is_new(made: GitRepository) -> None:
    made.write({"new.yaml": SERVICE.format(name="new")})

    assert shown(run(["."], Options(since="HEAD"))) == [("unknown-field", "new.yaml")]
    stdin = StandardInput("piped.yaml", SERVICE.format(name="piped").encode())
    assert shown(run(["-"], Options(since="HEAD", stdin=stdin))) == [("unknown-field", "piped.yaml")]


def test_a_file_that_was_moved_brings_nothing_and_a_second_mistake_does(made: GitRepository) -> None:
    made.git("mv", "old.yaml", "apps.yaml")
    made.commit()
    assert shown(run(["."], SINCE)) == []

    made.commit({"old.yaml": SERVICE.format(name="old")})
    assert shown(run(["."], SINCE)) == [("unknown-field", "apps.yaml")]


def test_what_others_have_merged_meanwhile_is_not_the_branch_s(made: GitRepository) -> None:
    made.commit({"new.yaml": SERVICE.format(name="new")})
    made.git("checkout", "--quiet", "main")
    # main has cured the old mistake; the branch still has it, and did not bring it
    made.commit({"old.yaml": GOOD.format(name="old")})
    made.git("checkout", "--quiet", "topic")

    assert shown(run(["."], SINCE)) == [("unknown-field", "new.yaml")]


def test_a_comment_or_a_line_of_the_baseline_that_goes_brings_the_finding_back(made: GitRepository) -> None:
    made.git("checkout", "--quiet", "main")
    ignored = SERVICE.replace("selectors:", "selectors:  # gitops-lint: ignore[unknown-field] why")
    made.write({"ignored.yaml": ignored.format(name="ignored")})
    with_baseline_written(["."], Options())
    made.commit()
    made.git("branch", "--force", "topic")
    made.git("checkout", "--quiet", "topic")
    assert shown(run(["."], SINCE)) == []

    made.commit({"ignored.yaml": SERVICE.format(name="ignored"), ".gitops-lint-baseline.yaml": None})
    assert shown(run(["."], SINCE)) == [("unknown-field", "ignored.yaml"), ("unknown-field", "old.yaml")]
    assert shown(run(["."], Options(since="main", use_baseline=False))) == [("unknown-field", "ignored.yaml")]


def test_an_entry_of_the_baseline_is_stale_for_the_change_that_cures(made: GitRepository) -> None:
    made.git("checkout", "--quiet", "main")
    with_baseline_written(["."], Options())
    made.commit()
    made.git("branch", "--force", "topic")
    made.git("checkout", "--quiet", "topic")
    made.commit({"old.yaml": GOOD.format(name="old")})
    assert shown(run(["."], SINCE)) == [("stale-baseline-entry", ".gitops-lint-baseline.yaml")]

    made.git("branch", "--force", "main")
    made.commit({"new.yaml": SERVICE.format(name="new")})
    assert shown(run(["."], SINCE)) == [("unknown-field", "new.yaml")]


def test_the_configuration_of_now_judges_both_sides(made: GitRepository) -> None:
    made.git("checkout", "--quiet", "main")
    made.commit({".gitops-lint.yaml": "ignore: [unknown-field]\n"})
    made.git("branch", "--force", "topic")
    made.git("checkout", "--quiet", "topic")
    made.commit({".gitops-lint.yaml": "ignore: []\n"})

    assert shown(run(["."], Options())) == [("unknown-field", "old.yaml")]
    assert shown(run(["."], SINCE)) == []


def test_a_run_that_is_not_complete_always_says_so(made: GitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> object:
        raise ZeroDivisionError("no schema today")

    monkeypatch.setattr(import_module("gitops_lint.policy.vocabulary.resources"), "verdict", broken)
    outcome = run(["."], SINCE)

    assert outcome.crashed
    assert {one.rule for one in outcome.findings} == {"rule-crashed"}


def test_where_nothing_differs_that_is_said(made: GitRepository) -> None:
    assert run(["."], Options(since="HEAD")).warnings == (
        "no file differs from `HEAD`, so that nothing can be new; to check a branch, name the one that it goes into, as"
        " `--since origin/main`",
    )


def test_before_the_first_commit_everything_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = GitRepository(tmp_path)
    made.write(FILES)
    monkeypatch.chdir(tmp_path)

    assert shown(run(["."], Options(since="HEAD"))) == [("unknown-field", "old.yaml")]
    with pytest.raises(UsageError, match="`main` is no commit here"):
        run(["."], SINCE)


def test_a_root_below_the_top_level_is_compared_with_its_own_folder(made: GitRepository) -> None:
    made.commit({"deploy/settings.yaml": SETTINGS.format(name="renamed"), "new.yaml": SERVICE.format(name="new")})

    assert shown(run(["deploy"], Options(since="main", root="deploy"))) == [("missing-config-map", "pod.yaml")]


def test_without_git_there_is_nothing_to_compare_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.yaml").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="lies in no Git repository"):
        run(["."], SINCE)
    with pytest.raises(UsageError, match="leave out `--since`"):
        with_baseline_written(["."], SINCE)


@pytest.mark.parametrize(
    ("given", "environment", "compared"),
    [
        (None, {"PRE_COMMIT": "1", "PRE_COMMIT_FROM_REF": "origin/main"}, None),
        ("HEAD", {}, "HEAD"),
        ("HEAD", {"PRE_COMMIT": "1"}, "HEAD"),
        ("HEAD", {"PRE_COMMIT": "1", "PRE_COMMIT_FROM_REF": ""}, "HEAD"),
        ("HEAD", {"PRE_COMMIT": "1", "PRE_COMMIT_FROM_REF": "origin/main"}, "origin/main"),
        ("v1", {"PRE_COMMIT": "1", "PRE_COMMIT_FROM_REF": "origin/main"}, "v1"),
        ("HEAD", {"PRE_COMMIT_FROM_REF": "origin/main"}, "HEAD"),
    ],
)
def test_a_range_of_pre_commit_is_compared_with_its_beginning(
    given: str | None, environment: dict[str, str], compared: str | None
) -> None:
    assert compared == _since(given, environment)


WATCHED = """
import json, os, sys
seen = []
sys.addaudithook(lambda event, given: seen.append([event, str(given[0])]) if event in EVENTS else None)
from gitops_lint.cli import main
status = main(["check", "--since", "main", "-f", "concise", "-q"])
print(json.dumps([status, seen]))
""".replace("EVENTS", repr(("open", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")))


def test_a_hostile_git_configuration_is_neither_run_nor_followed(
    made: GitRepository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made.commit({"new.yaml": SERVICE.format(name="new")})
    outside = tmp_path_factory.mktemp("outside")
    program = outside / "run-me"
    program.write_text(f"#!/bin/sh\ntouch {outside}/was-run\n")
    program.chmod(0o755)
    (outside / "included").write_text("[core]\n\tfsmonitor = x\n")
    with (made.folder / ".git" / "config").open("a") as config:
        config.write(
            f"[include]\n\tpath = {outside}/included\n"
            f'[includeIf "gitdir:**"]\n\tpath = {outside}/included\n'
            f"[core]\n\tfsmonitor = {program}\n\thooksPath = {outside}\n\tsshCommand = {program}\n\tpager = {program}\n"
            f"\tworktree = {outside}\n\tgitProxy = {program}\n\tattributesFile = {outside}/included\n"
            f"[diff]\n\texternal = {program}\n[gc]\n\tauto = 1\n[extensions]\n\tpartialClone = origin\n"
            f'[filter "x"]\n\tsmudge = {program}\n\tclean = {program}\n\tprocess = {program}\n'
            f'[remote "origin"]\n\turl = ext::{program}\n\tpromisor = true\n\tuploadpack = {program}\n'
        )
    (made.folder / ".git" / "info").mkdir(exist_ok=True)
    (made.folder / ".git" / "info" / "attributes").write_text("* filter=x\n")
    shutil.copy(program, made.folder / ".git" / "hooks" / "post-checkout")
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(f"[core]\n\tfsmonitor = {program}\n")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=made.folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "PYTHONPATH": str(Path(__file__).parent.parent.parent),
        },
    )
    report, _, last = done.stdout.rstrip("\n").rpartition("\n")
    status, seen = json.loads(last)

    assert (status, report.partition(":")[0], report.count("\n")) == (1, "new.yaml", 0), done.stderr
    assert not (outside / "was-run").exists()
    assert [one for one in seen if one[0] != "open"] == []
    opened = {one[1] for one in seen if one[0] == "open"}
    assert [one for one in opened if one.startswith((str(outside), str(home / ".gitconfig"), "/etc/gitconfig"))] == []
