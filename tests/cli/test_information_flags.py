"""`--show-config` and `--statistics`, with the real pipeline."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gitops_lint.cli import main
from gitops_lint.cli.output import source_url
from gitops_lint.config import CONFIG_NAMES, read_config

CONFIG = """\
root: true
profile: strict
select: [ALL]
ignore: [harness]
targets: {argo-cd: "2.13", kubernetes: "1.30"}
rules:
  floating-revision: {severity: info}
external: {Service: [shared/metrics-*], "external-secrets.io/SecretStore": [vault]}
repositories: {"https://user:hunter2@git.example/charts.git": ../charts}
clusters: [{name: prod, labels: {env: prod}}]
overrides:
  - files: [dev/**]
    ignore: [secrets]
    rules: {floating-revision: {severity: warning}}
generators: [{generator: pullRequest, parameters: [{branch: "a # b"}]}]
limits: {files: 50000}
fail-on: never
"""
DEPLOYMENT = """\
apiVersion: v1
kind: Secret
metadata: {name: a, name: b}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS", "CI", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    assert main(["check", *args]) == 0
    return capsys.readouterr().out.splitlines()


def test_each_setting_is_told_with_its_origin(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".gitops-lint.yaml").write_text(CONFIG, encoding="utf-8")
    lines = said(capsys, "--show-config", "--target", "kubernetes=1.31", "--ignore", "rollout,secrets", "--rules", ".")

    assert lines[:3] == [
        f"# root: {folder}  # its configuration says `root: true`",
        "# configuration: .gitops-lint.yaml",
        "# findings known before: none",
    ]
    assert lines[3:] == [
        "root: true  # .gitops-lint.yaml:1",
        'profile: "strict"  # .gitops-lint.yaml:2',
        'select: ["ALL"]  # .gitops-lint.yaml:3',
        'ignore: ["harness", "rollout", "secrets"]  # .gitops-lint.yaml:4, --ignore',
        "exclude: []  # default",
        f'rule-folders: ["{folder}"]  # --rules',
        "rules:",
        '  floating-revision: {"severity": "info"}  # .gitops-lint.yaml:7',
        'overrides: [{"files": ["dev/**"], "ignore": ["secrets"],'
        ' "rules": {"floating-revision": {"severity": "warning"}}}]  # .gitops-lint.yaml:11',
        "targets:",
        '  argo-cd: "2.13"  # .gitops-lint.yaml:5',
        '  kubernetes: "1.31"  # --target',
        "external:",
        '  Service: ["shared/metrics-*"]  # .gitops-lint.yaml:8',
        '  external-secrets.io/SecretStore: ["vault"]  # .gitops-lint.yaml:8',
        "closed: []  # default",
        "repositories:",
        '  "https://…@git.example/charts.git": "../charts"  # .gitops-lint.yaml:9',
        'clusters: [{"name": "prod", "labels": {"env": "prod"}}]  # .gitops-lint.yaml:10',
        "environments: {}  # default",
        'generators: [{"applicationset": "*", "generator": "pullRequest",'
        ' "parameters": [{"branch": "a # b"}]}]  # .gitops-lint.yaml:15',
        "suppressions:",
        "  require-reason: false  # default",
        "  never: []  # default",
        "schema-locations: []  # default",
        "limits:",
        "  files: 50000  # .gitops-lint.yaml:16",
        "  file-bytes: 4194304  # default",
        "  total-bytes: 536870912  # default",
        "  applications: 20000  # default",
        'fail-on: "never"  # .gitops-lint.yaml:17',
        "# baseline: none  # default",
    ]


def test_what_is_shown_is_a_configuration_that_says_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = CONFIG.replace("user:hunter2@", "")
    (folder / ".gitops-lint.yaml").write_text(kept, encoding="utf-8")
    text = "\n".join(said(capsys, "--show-config"))
    one, other = read_config(kept.encode(), CONFIG_NAMES[0]), read_config(text.encode(), CONFIG_NAMES[0])

    for name in one.__dataclass_fields__:
        if name not in ("said", "named"):
            assert getattr(one, name) == getattr(other, name), name


def test_a_flag_takes_the_place_of_what_the_file_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".gitops-lint.yaml").write_text(CONFIG, encoding="utf-8")
    lines = said(
        capsys, "--show-config", "--select", "secrets", "--extend-select", "harness", "--profile", "default"
    ) + said(capsys, "--show-config", "--fail-on", "info", "--no-baseline", "--no-suppressions")

    assert {
        'select: ["secrets"]  # --select',
        "ignore: []  # --select",
        "# rules that also run: harness  # --extend-select",
        'profile: "default"  # --profile',
        'fail-on: "info"  # --fail-on',
        "# --no-baseline",
        "# --no-suppressions",
    } <= set(lines)


def test_without_a_file_all_is_default(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".gitops-lint.yaml").write_text(CONFIG, encoding="utf-8")
    lines = said(capsys, "--show-config", "--isolated")

    assert lines[:2] == [f"# root: {folder}  # current folder", "# configuration: none  # --isolated"]
    assert {line.rpartition("# ")[2] for line in lines[3:] if not line.endswith(":")} == {"default"}
    assert "# select: none  # default" in lines


def test_the_root_is_the_flag_s_or_the_repository_s(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    below = folder / "apps"
    below.mkdir()
    subprocess.run(["git", "init", "-q", "."], check=True)

    assert said(capsys, "apps", "--show-config")[0] == f"# root: {folder}  # top of the Git repository"
    assert said(capsys, "apps", "--show-config", "--root", "apps")[0] == f"# root: {below}  # --root"


def test_control_characters_are_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".gitops-lint.yaml").write_text('exclude: ["a\\eb\\u202e"]', encoding="utf-8")

    assert 'exclude: ["a\\u001bb<U+202E>"]  # .gitops-lint.yaml:1' in said(capsys, "--show-config")


def test_a_configuration_that_a_run_would_refuse_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".gitops-lint.yaml").write_text("ignore: [no-such-rule]", encoding="utf-8")

    assert main(["check", "--show-config"]) == 2
    assert "no-such-rule" in capsys.readouterr().err


def test_statistics_count_and_keep_the_exit_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    select = ("--select", "duplicate-key", "--fail-on", "warning")

    assert main(["check", "--statistics", *select]) == 1
    assert capsys.readouterr().out == "1  warning  duplicate-key  A key that is written twice\n\n1 warning\n"
    assert main(["check", "--statistics", *select, "-f", "json=counts.json", "-f", "sarif"]) == 1
    assert json.loads((folder / "counts.json").read_text())[0]["rule"] == "duplicate-key"
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"][0]["ruleId"] == "duplicate-key"


def test_statistics_need_a_format_that_can_hold_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--statistics", "-f", "sarif"]) == 2
    assert "`--statistics` goes with a report in one of the formats text, concise, json" in capsys.readouterr().err


SHA = "0a1b2c3d" * 5
GITHUB = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "org/app", "GITHUB_SHA": SHA}
GITLAB = {"CI_PROJECT_URL": "https://gitlab.example:8443/group/sub/app", "CI_COMMIT_SHA": SHA}


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (GITHUB, f"https://github.com/org/app/blob/{SHA}/"),
        (GITLAB, f"https://gitlab.example:8443/group/sub/app/-/blob/{SHA}/"),
        ({}, ""),
        ({**GITHUB, "GITHUB_SHA": ""}, ""),
        ({**GITHUB, "GITHUB_REPOSITORY": 'org/app">'}, ""),
        ({**GITHUB, "GITHUB_SERVER_URL": "javascript:x"}, ""),
    ],
)
def test_files_are_linked_where_a_forge_runs_the_command(environment: dict[str, str], url: str) -> None:
    assert source_url(environment) == url


def test_help_imports_no_reporter() -> None:
    code = (
        "import sys; from gitops_lint.cli import main; main(['check', '--help']);"
        "sys.exit(', '.join(name for name in sys.modules if name.startswith('gitops_lint.report.to_')) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
