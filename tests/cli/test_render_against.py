"""`gitops-lint render --against`: what a change does to generated Applications, on real Git repositories."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from gitops_lint.cli import main
from gitops_lint.shipped import folder as shipped

SHOP = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: shop
  namespace: argocd
spec:
  generators:
    - git:
        repoURL: https://git.example.com/org/repo.git
        revision: HEAD
        directories:
          - path: apps/*
  template:
    metadata:
      name: '{{path.basename}}'
    spec:
      project: default
      source:
        repoURL: https://git.example.com/org/repo.git
        path: '{{path}}'
        targetRevision: main
      destination:
        server: https://kubernetes.default.svc
        namespace: shop
"""
TEXT = """\
ApplicationSet argocd/shop  sets/shop.yaml:1:1
  - old
      everything it has deployed is deleted with it (resources-finalizer.argocd.argoproj.io)
  ~ kept, other
      spec.source.targetRevision: main → "1.10"
  + new

generated Applications: 1 added, 2 changed, 1 deleted; 1 of these deletes something in a cluster
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a commit of three folders; the working folder has other ones."""
    monkeypatch.chdir(tmp_path)
    for name in ("kept", "old", "other"):
        write(tmp_path, f"apps/{name}/a.yaml", "")
    write(tmp_path, "sets/shop.yaml", SHOP)
    git("init", "-q", "-b", "main")
    git("remote", "add", "origin", "https://git.example.com/org/repo.git")
    commit()
    return tmp_path


def git(*args: str) -> None:
    names = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *args], check=True, capture_output=True)


def commit() -> None:
    git("add", "-A")
    git("commit", "-q", "-m", "a")


def write(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def edit(folder: Path) -> None:
    (folder / "apps/old/a.yaml").unlink()
    (folder / "apps/old").rmdir()
    write(folder, "apps/new/a.yaml", "")
    write(folder, "sets/shop.yaml", SHOP.replace("targetRevision: main", "targetRevision: '1.10'"))


def answer(capsys: pytest.CaptureFixture[str], *args: str) -> Any:
    main(["render", "--against", "HEAD", "--format", "json", *args])
    return json.loads(capsys.readouterr().out)


def test_what_comes_changes_and_goes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder)

    assert main(["render", "--against", "HEAD"]) == 0
    assert capsys.readouterr() == (TEXT, "")


def test_nothing_changes_without_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--against", "main"]) == 0
    assert capsys.readouterr() == ("generated Applications: none changes\n", "")


def test_compared_is_with_the_commit_at_which_the_histories_parted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("checkout", "-q", "-b", "branch")
    edit(folder)
    commit()
    git("checkout", "-q", "main")
    write(folder, "apps/meanwhile/a.yaml", "")
    commit()
    git("checkout", "-q", "branch")
    main(["render", "--against", "main"])

    assert capsys.readouterr().out == TEXT


def test_a_comment_for_a_pull_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder)
    main(["render", "--against", "HEAD", "--format", "markdown"])
    out = capsys.readouterr().out

    assert out.startswith("### generated Applications: 1 added, 2 changed, 1 deleted; 1 of these deletes something")
    assert (
        "<tr><td>✏️ changed</td><td><code>kept, other</code><br><code>spec.source.targetRevision: main → &quot;1.10&quot;</code>"
        in out
    )


def test_a_comment_has_an_end(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(300):
        write(folder, f"sets/{number}.yaml", SHOP.replace("name: shop\n", f"name: {'x' * 150}{number}\n"))
    main(["render", "--against", "HEAD", "--format", "markdown"])
    out = capsys.readouterr().out

    assert len(out.encode()) <= 60_000
    assert out.endswith("more ApplicationSets, for which there is no room here\n")


def test_json_is_as_its_schema_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((shipped("schemas") / "gitops-lint" / "render-against.json").read_text(encoding="utf-8"))
    edit(folder)
    write(
        folder,
        "sets/new.yaml",
        SHOP.replace("name: shop\n", "name: other\n").replace("'{{path.basename}}'", "'a{{path}} {{'"),
    )
    told = answer(capsys)

    assert [error.message for error in jsonschema_rs.validator_for(schema, offline=True).iter_errors(told)] == []
    assert told["summary"] == {"added": 1, "changed": 2, "deleted": 1, "left": 0, "unknown": 0, "pruning": 1}
    assert [(one["name"], one["state"]) for one in told["applicationsets"]] == [("other", "new"), ("shop", "kept")]


def test_json_tells_both_values(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder)
    changes = {one["name"]: one for one in answer(capsys)["applicationsets"][0]["applications"]}

    assert changes["kept"]["fields"] == [{"path": "spec.source.targetRevision", "old": "main", "new": "1.10"}]
    assert (changes["old"]["action"], changes["old"]["prunes"]) == ("delete", True)
    assert changes["new"]["template"] == {"file": "sets/shop.yaml", "line": 14, "column": 5}


def test_secrets_are_not_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "hunter2-is-long"
    helm = f"helm: {{parameters: [{{name: password, value: {secret}}}], values: 'token: ghp_{'aB3dE5gH7jKlM9nOpQ2rStU4vWxY6zA8bC0d'}'}}"
    write(folder, "sets/shop.yaml", SHOP.replace("targetRevision: main", f"{helm}\n        targetRevision: main"))

    for form in ("text", "markdown", "json"):
        main(["render", "--against", "HEAD", "--format", form])
        out = capsys.readouterr().out

        assert "parameters" in out
        assert secret not in out
        assert "ghp_" not in out


def test_an_applicationset_that_goes_takes_its_applications(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sets/shop.yaml").unlink()
    main(["render", "--against", "HEAD", "--set", "shop"])
    out = capsys.readouterr().out

    assert out.startswith("ApplicationSet argocd/shop (gone)  sets/shop.yaml:1:1\n  - kept, old, other\n")


def test_an_error_now_ends_with_status_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "sets/shop.yaml", SHOP.replace("path: '{{path}}'", "path: '{{path}} {{'"))

    assert main(["render", "--against", "HEAD"]) == 1
    out, said = capsys.readouterr()
    assert "it ends in an error now: the controller leaves its 3 Applications as they are, and makes no others" in out
    assert said.startswith("error: sets/shop.yaml:20:25: ApplicationSet `shop` generates nothing: ")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--against", "nowhere"), "error: `nowhere` is no commit here"),
        (("--against", "HEAD", "--format", "yaml"), "error: `--format yaml` goes without `--against`"),
        (("--format", "markdown"), "error: `--format markdown` goes with `--against`"),
        (("--against", "HEAD", "--set", "shpo"), "error: no ApplicationSet is called `shpo`"),
    ],
)
def test_wrong_use(args: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", *args]) == 2
    assert capsys.readouterr().err.startswith(message)


def test_a_folder_without_git_cannot_be_compared(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("plain"))

    assert main(["render", "--against", "main"]) == 2
    assert "lies in no Git repository" in capsys.readouterr().err
