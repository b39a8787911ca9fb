"""What `init` writes, what it leaves alone, and that tools which read these files take them."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from gitops_lint import __version__
from gitops_lint.cli import main
from gitops_lint.cli.init import CONFIG, HOME, PRE_COMMIT, WORKFLOW
from gitops_lint.cli.starter import (
    Installed,
    configuration,
    has_hook,
    installed,
    other_repositories,
    pre_commit_entry,
    with_entry,
    workflow,
)
from gitops_lint.config import Config, read_config
from gitops_lint.repo.discover import MemoryTree

ENTRY = pre_commit_entry(HOME, "1.2.3")
ALL = [CONFIG, PRE_COMMIT, WORKFLOW]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


# ---- which files


def test_what_is_missing_is_written(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert capsys.readouterr().out == "".join(f"{file}: written\n" for file in ALL)
    assert written(repository) == sorted(ALL)


@pytest.mark.parametrize(
    ("flag", "file"), [("--config", CONFIG), ("--pre-commit", PRE_COMMIT), ("--workflow", WORKFLOW)]
)
def test_a_flag_chooses_one(flag: str, file: str, repository: Path) -> None:
    assert main(["init", flag]) == 0
    assert written(repository) == [file]


def test_from_a_folder_below_the_files_of_the_repository_are_written(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "apps").mkdir()
    monkeypatch.chdir(repository / "apps")

    assert main(["init", "--config"]) == 0
    assert written(repository) == [CONFIG]


def test_root_names_the_folder(repository: Path) -> None:
    (repository / "apps").mkdir()

    assert main(["init", "--config", "--root", "apps"]) == 0
    assert written(repository) == [f"apps/{CONFIG}"]


def test_a_second_time_nothing_changes(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init"])
    before = {file: (repository / file).read_bytes() for file in ALL}
    capsys.readouterr()

    assert main(["init", "--config", "--pre-commit", "--workflow"]) == 0
    assert capsys.readouterr().out == (
        ".gitops-lint.yaml: exists, and stays as it is\n"
        ".pre-commit-config.yaml: has the hook already\n"
        ".github/workflows/gitops-lint.yml: exists, and stays as it is\n"
    )
    assert {file: (repository / file).read_bytes() for file in ALL} == before


@pytest.mark.parametrize(
    ("flag", "file", "text"),
    [
        ("--config", "gitops-lint.yaml", "profile: strict\n"),
        ("--config", "pyproject.toml", "[tool.gitops-lint]\n"),
        ("--workflow", ".github/workflows/gitops-lint.yaml", "name: mine\n"),
    ],
)
def test_a_file_of_another_name_for_the_same_is_left_alone(
    flag: str, file: str, text: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / file).parent.mkdir(parents=True, exist_ok=True)
    (repository / file).write_text(text)

    assert main(["init", flag]) == 0
    assert capsys.readouterr().out == f"{file}: exists, and stays as it is\n"
    assert written(repository) == [file]


def test_a_pyproject_without_a_table_of_ours_is_no_configuration(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    main(["init", "--config"])

    assert (repository / CONFIG).exists()


def test_a_dry_run_shows_and_writes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if line and not line.startswith(" ")] == [
        f"{file}: would be written" for file in ALL
    ]
    assert "    profile: default\n" in shown
    assert written(repository) == []


@pytest.mark.skipif(os.name == "nt", reason="symbolic links")
def test_nothing_is_written_through_a_link_that_leaves_the_repository(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (repository / ".github").symlink_to(outside)

    assert main(["init", "--workflow"]) == 2
    assert "it lies outside the root" in capsys.readouterr().err
    assert written(outside) == []
    assert list(outside.iterdir()) == []


# ---- the configuration


def test_the_configuration_is_one_that_changes_nothing_but_versions(repository: Path) -> None:
    main(["init", "--config"])
    read = read_config((repository / CONFIG).read_bytes(), CONFIG)

    assert replace(read, said={}) == Config(file=CONFIG)


def test_it_holds_what_the_repository_shows(repository: Path) -> None:
    (repository / "vendor").mkdir()
    (repository / "vendor" / "a.yaml").write_text("a: 1\n")
    (repository / ".git" / "config").write_text('[remote "origin"]\n\turl = git@github.com:org/gitops.git\n')
    (repository / "install.yaml").write_text(
        "kind: Kustomization\nresources:\n  - https://raw.githubusercontent.com/argoproj/argo-cd/v2.13.2/manifests/install.yaml\n"
    )
    (repository / "app.yaml").write_text(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n  sources:\n"
        "    - {repoURL: 'https://github.com/org/charts.git', path: a}\n"
        "    - {repoURL: 'https://github.com/org/gitops', path: b}\n"
    )
    main(["init", "--config"])
    text = (repository / CONFIG).read_text()

    assert read_config(text.encode(), CONFIG).targets == {"argo-cd": "2.13"}
    assert '  argo-cd: "2.13" # install.yaml:3\n' in text
    assert "# exclude: [vendor/]\n" in text
    assert '#   "https://github.com/org/charts.git": ../charts\n' in text
    assert "org/gitops" not in text


def test_every_line_in_comments_is_one_that_can_be_switched_on() -> None:
    pins = [Installed("argo-cd", "2.9", "a.yaml", 1), Installed("argo-cd", "2.13", "b.yaml", 2)]
    text = configuration(["vendor", "apps"], pins, ["https://x.example/a.git"], "the manual")
    # a comment that is a sentence ends with a full stop
    settings = "\n".join(
        line.removeprefix("# ").removeprefix("#") for line in text.splitlines() if not line.endswith(".")
    )
    switched_on = settings.replace('  argo-cd: "2.9" # a.yaml:1\n', "")
    read = read_config(switched_on.encode(), CONFIG)

    assert read.targets == {"argo-cd": "2.13", "kubernetes": "1.31"}
    assert read.repositories == {"https://x.example/a.git": "../a"}
    assert read_config(text.encode(), CONFIG).targets == {}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- https://raw.githubusercontent.com/argoproj/argo-cd/v2.13.2/manifests/install.yaml", ("argo-cd", "2.13")),
        ("- https://raw.githubusercontent.com/argoproj/argo-cd/refs/tags/v3.0.1/manifests/a.yaml", ("argo-cd", "3.0")),
        ("- github.com/argoproj/argo-cd/manifests/base?ref=v2.1.3", ("argo-cd", "2.1")),
        ("- https://github.com/argoproj/argo-cd//manifests/cluster-install?ref=v2.1.3", ("argo-cd", "2.1")),
        ("- https://github.com/argoproj/argo-rollouts/releases/download/v1.7.2/install.yaml", ("argo-rollouts", "1.7")),
        ("- https://github.com/cert-manager/cert-manager/releases/download/v1.14.2/c.yaml", ("cert-manager", "1.14")),
        (
            "- https://github.com/bitnami-labs/sealed-secrets/releases/download/v0.24.1/c.yaml",
            ("sealed-secrets", "0.24"),
        ),
        ("# - https://github.com/argoproj/argo-rollouts/releases/download/v1.7.2/install.yaml", None),
        ("- a # was https://github.com/argoproj/argo-rollouts/releases/download/v1.7.2/install.yaml", None),
        ("- https://raw.githubusercontent.com/argoproj/argo-cd/stable/manifests/install.yaml", None),
        ("- https://github.com/argoproj-labs/argo-cd/releases/download/v1.0.3/x.yaml", None),
        ("image: quay.io/argoproj/argocd:v2.13.2", None),
    ],
)
def test_versions_are_read_from_what_is_installed(line: str, expected: tuple[str, str] | None) -> None:
    found = installed(MemoryTree({"a.yaml": f"x:\n{line}\n"}))

    assert found == ([Installed(*expected, "a.yaml", 2)] if expected else [])


def test_other_repositories_are_named_once_and_templates_not_at_all() -> None:
    urls = [
        "https://github.com/org/b.git",
        "git@github.com:org/b.git",
        "https://github.com/org/own",
        "https://github.com/org/{{name}}",
        "registry.example/charts",
    ]

    assert other_repositories(urls, ["ssh://git@github.com/org/own.git"]) == ["https://github.com/org/b.git"]


# ---- pre-commit


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "# ours\nrepos:\n  - repo: https://x.example/a\n    rev: v1 # keep\n    hooks:\n      - id: a # last\n",
            "# ours\nrepos:\n  - repo: https://x.example/a\n    rev: v1 # keep\n    hooks:\n      - id: a # last\n"
            + ENTRY,
        ),
        (
            "repos:\n- repo: local\n  hooks: [{id: a}]\n\n# below\nfail_fast: true\n",
            "repos:\n- repo: local\n  hooks: [{id: a}]\n"
            + "".join(f"{line[2:]}\n" for line in ENTRY.splitlines())
            + "\n# below\nfail_fast: true\n",
        ),
        ("repos:\n  - repo: local\n    hooks: []", "repos:\n  - repo: local\n    hooks: []\n" + ENTRY),
        (
            "repos:\r\n  - repo: local\r\n    hooks: []\r\nci: {}\r\n",
            "repos:\r\n  - repo: local\r\n    hooks: []\r\n" + ENTRY.replace("\n", "\r\n") + "ci: {}\r\n",
        ),
        (
            "repos:\n  - repo: local\n    hooks:\n      - id: a\n        entry: |\n          x\n\nci: {}\n",
            "repos:\n  - repo: local\n    hooks:\n      - id: a\n        entry: |\n          x\n"
            + ENTRY
            + "\nci: {}\n",
        ),
        ("repos: []\n", None),
        ("repos: [{repo: local, hooks: []}]\n", None),
        ("fail_fast: true\n", None),
        ("", None),
        ("repos:\n  - repo: [\n", None),
        ("? repos\n: - repo: local\n    hooks: []\n", None),
    ],
)
def test_an_entry_is_added_and_all_else_is_kept(before: str, after: str | None) -> None:
    assert with_entry(before.encode(), ENTRY) == after


def test_the_hook_is_added_only_when_it_is_asked_for(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = repository / PRE_COMMIT
    file.write_text("repos:\n  - repo: local\n    hooks: []\n")
    main(["init"])
    offered = capsys.readouterr().out
    untouched = file.read_text()
    main(["init", "--pre-commit"])

    assert untouched == "repos:\n  - repo: local\n    hooks: []\n"
    assert (
        f"{PRE_COMMIT}: exists; add this to `repos`, or let `init --pre-commit` do it\n{pre_commit_entry(HOME, __version__)}"
        in offered
    )
    assert file.read_text() == untouched + pre_commit_entry(HOME, __version__)
    assert capsys.readouterr().out == f"{PRE_COMMIT}: the hook was added at the end of `repos`\n"


def test_where_it_cannot_be_added_the_entry_is_shown(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / PRE_COMMIT).write_text("repos: []\n")

    assert main(["init", "--pre-commit"]) == 0
    assert capsys.readouterr().out.startswith(f"{PRE_COMMIT}: exists; add this to `repos` yourself\n  - repo: ")
    assert (repository / PRE_COMMIT).read_text() == "repos: []\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- id: gitops-lint\n", True),
        ('  - id: "gitops-lint-changed"\n', True),
        ("# id: gitops-lint\n", False),
        ("", False),
    ],
)
def test_a_hook_that_is_there_is_seen(text: str, expected: bool) -> None:
    assert has_hook(text.encode()) == expected


def test_a_new_pre_commit_configuration_names_a_hook_that_exists(repository: Path) -> None:
    main(["init", "--pre-commit"])
    (repo,) = yaml.safe_load((repository / PRE_COMMIT).read_text())["repos"]
    hooks = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())

    assert (repo["repo"], repo["rev"]) == (HOME, f"v{__version__}")
    assert {one["id"] for one in repo["hooks"]} <= {one["id"] for one in hooks}


def test_the_project_is_where_its_metadata_says() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]

    assert project["urls"]["Repository"] == HOME


# ---- the workflow


@pytest.mark.parametrize(
    ("branch", "expected"),
    [(None, ["main", "master"]), ("trunk", ["trunk"]), ("release/1.x", ["release/1.x"]), ("#1, x", ["#1, x"])],
)
def test_a_workflow_runs_for_the_branch_that_is_deployed(branch: str | None, expected: list[str]) -> None:
    read = yaml.safe_load(workflow(HOME, "1.2.3", branch))

    # YAML 1.1 takes the key `on` for true
    assert read[True]["push"]["branches"] == expected
    assert read["jobs"]["gitops-lint"]["steps"][1]["uses"] == "gitops-lint/gitops-lint@v1.2.3"


def test_the_branch_is_the_one_that_the_remote_calls_its_main_one(repository: Path) -> None:
    head = repository / ".git" / "refs" / "remotes" / "origin" / "HEAD"
    head.parent.mkdir(parents=True)
    head.write_text("ref: refs/remotes/origin/deploy\n")
    main(["init", "--workflow"])

    assert "    branches: [deploy]\n" in (repository / WORKFLOW).read_text()
