"""What a shell offers, asked as a shell asks; and a real bash, zsh and fish that load the script and ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitops_lint.cli import COMMANDS, main
from gitops_lint.cli.completion import SHELLS, script
from gitops_lint.report import names

ROOT = Path(__file__).parents[2]
IDS = sorted(file.stem for file in (ROOT / "rules").glob("*/*.rule"))
AREAS = sorted(folder.name for folder in (ROOT / "rules").iterdir() if folder.is_dir())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def offered(
    *words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str = "bash"
) -> list[str]:
    """Kinds and texts that are offered for the last of the words, as the script of a shell reads them."""
    monkeypatch.setenv("_GITOPS_LINT_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", "\n".join(["gitops-lint", *words]))
    # fish gives the word, the others its number
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
    assert main([]) == 0
    out = capsys.readouterr()
    assert out.err == ""
    return out.out.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["exp"], ["file,exp", "plain,explain"]),
        (["rules", "t"], ["plain,test"]),
        (["--write-b"], ["file,--write-b", "plain,--write-baseline"]),
        (["check", "--extend"], ["plain,--extend-select"]),
        (["apps/", "--extend"], ["plain,--extend-select"]),
        (["check", "ap"], ["file,ap"]),
        (["apps/", "ap"], ["file,ap"]),
        # a word that is like a command, and no path, is nobody's mistake yet
        (["chek", "--extend"], ["plain,--extend-select"]),
        (["completion", ""], [f"plain,{one}" for one in SHELLS]),
        (["explain", "duplicate-appl"], [f"plain,{one}" for one in IDS if one.startswith("duplicate-appl")]),
        (["--select", "group:"], [f"plain,{one}" for one in ("correctness", "practice", "security", "suspicious")]),
        (["--select", "AL"], ["plain,ALL"]),
        (["check", "--ignore", "wrong-t"], [f"plain,{one}" for one in IDS if one.startswith("wrong-t")]),
        (["--select", "wrong-type,yaml-synt"], ["plain,wrong-type,yaml-syntax"]),
        (["--select", "wrong-type,wrong-typ"], []),
        (["--format", "s"], ["plain,sarif"]),
        (["--format", "sarif=out"], ["file,sarif=out"]),
        (["-f", "gitl"], ["plain,gitlab"]),
        (["--fail-on", "w"], ["plain,warning"]),
        (["--root", "ap"], ["dir,ap"]),
        (["--config", "ap"], ["file,ap"]),
        # as bash takes words with `=` and `:` apart
        (["--format", "=", "sar"], ["plain,sarif"]),
        (["--format", "="], [f"plain,{one}" for one in names()]),
        (["--select", "=", "group", ":", "sec"], ["plain,security"]),
        (["--select", "group", ":", "sec"], ["plain,security"]),
        (["--select", "=", "wrong-type,yaml-synt"], ["plain,wrong-type,yaml-syntax"]),
        (["--profile", "=", "strict", "--extend"], ["plain,--extend-select"]),
    ],
)
def test_words_are_completed(
    words: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert offered(*words, monkeypatch=monkeypatch, capsys=capsys) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--select=yaml-synt"], "--select=yaml-syntax"),
        (["check", "--select=wrong-type,yaml-synt"], "--select=wrong-type,yaml-syntax"),
        (["--select", "yaml-synt"], "yaml-syntax"),
        (["--format=sar"], "--format=sarif"),
    ],
)
@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_zsh_and_fish_replace_whole_words(
    words: list[str],
    expected: str,
    shell: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = offered(*words, monkeypatch=monkeypatch, capsys=capsys, shell=shell)

    assert found == (["plain", expected, "_"] if shell == "zsh" else [f"plain,{expected}"])


def test_the_first_word_may_be_any_command_or_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert offered("", monkeypatch=monkeypatch, capsys=capsys) == ["file,", *(f"plain,{one}" for one in COMMANDS)]


def test_rules_are_offered_by_id_area_and_group(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = offered("--select", "", monkeypatch=monkeypatch, capsys=capsys)
    groups = [f"group:{one}" for one in ("correctness", "practice", "security", "suspicious")]

    assert found == [f"plain,{one}" for one in sorted({*IDS, *AREAS, *groups, "ALL"})]


def test_own_rules_are_offered_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "policies" / "layout").mkdir(parents=True)
    (folder / "policies" / "layout" / "foreign-registry.rule").write_text("half written")
    (folder / ".gitops-lint.yaml").write_text("rule-folders: [policies]\n")

    assert offered("explain", "foreign", monkeypatch=monkeypatch, capsys=capsys) == ["plain,foreign-registry"]


def test_a_configuration_with_a_mistake_costs_only_own_rules(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".gitops-lint.yaml").write_text("rule-folders: [")

    assert offered("explain", "yaml-synt", monkeypatch=monkeypatch, capsys=capsys) == ["plain,yaml-syntax"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_writes_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert capsys.readouterr().out == script(shell)
    assert "_GITOPS_LINT_COMPLETE" in script(shell)


def test_an_unknown_shell_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2


def in_shell(shell: str, text: str, folder: Path) -> list[str]:
    """What a shell prints that runs a script, with this gitops-lint on its path."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    command = folder / "bin" / "gitops-lint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gitops_lint "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name != "_GITOPS_LINT_COMPLETE"}
    flags = {"bash": ["--norc", "--noprofile", "-c"], "zsh": ["-f", "-c"], "fish": ["-c"]}[shell]
    done = subprocess.run(
        [found, *flags, text],
        cwd=folder,
        env={**kept, "XDG_CONFIG_HOME": str(folder), "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


# presses Tab: fills what readline would, and calls the function that the script registered
BASH = """
eval "$(gitops-lint completion bash)"
compopt() { :; }
tab() {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
  local registered; registered="$(complete -p gitops-lint)"
  registered="${registered#*-F }"
  "${registered%% *}" gitops-lint
  printf '%s\\n' "${COMPREPLY[@]}"
}
"""


def test_bash_loads_the_script_and_completes(folder: Path) -> None:
    text = BASH + "tab gitops-lint exp; tab gitops-lint --select group : sec; tab gitops-lint explain yaml-synt"

    assert in_shell("bash", text, folder) == ["explain", "security", "yaml-syntax"]


def test_zsh_loads_the_script(folder: Path) -> None:
    text = 'autoload -U compinit; compinit -u -D; eval "$(gitops-lint completion zsh)"; print ${_comps[gitops-lint]}'

    assert in_shell("zsh", text, folder) == ["_gitops_lint_completion"]


def test_fish_loads_the_script_and_completes(folder: Path) -> None:
    text = 'gitops-lint completion fish | source; complete -C "gitops-lint exp"'

    assert in_shell("fish", text, folder) == ["explain"]
