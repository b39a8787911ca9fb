"""
What a shell offers when somebody presses Tab: `gitops-lint completion` writes the script, and the script asks `answer`.

Runs at every key press, so rules are known by their file names and nothing is compiled.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
    split_arg_string,
)

from gitops_lint import shipped
from gitops_lint.cli import COMPLETION, OK, PROGRAM, commands
from gitops_lint.cli.output import write
from gitops_lint.errors import GitopsLintError
from gitops_lint.findings import GROUPS

SHELLS = ("bash", "zsh", "fish")
_RULE = ".rule"


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """
    Write the script that makes a shell complete commands, flags, formats and rules.

    bash: eval "$(gitops-lint completion bash)" in ~/.bashrc. zsh: the same with zsh, in ~/.zshrc. fish: gitops-lint
    completion fish | source, in ~/.config/fish/config.fish.
    """
    write(script(shell), None)
    return OK


def script(shell: str) -> str:
    """The script for one of SHELLS."""
    made = get_completion_class(shell)
    assert made is not None, shell
    # not the class's own `source`: the one for bash starts a bash to ask for its version
    return ShellComplete.source(made(commands, {}, PROGRAM, COMPLETION)).lstrip()


def answer(instruction: str) -> int:
    """Answers a script. instruction: what it put into the variable COMPLETION, as `bash_complete`; the exit status."""
    return shell_complete(commands, {}, PROGRAM, COMPLETION, instruction)


class _Bash(BashComplete):
    """Bash takes `--select=group:security` apart into five words; here it is one, and only its last part is offered."""

    def get_completion_args(self) -> tuple[list[str], str]:
        words = split_arg_string(os.environ["COMP_WORDS"])
        at = int(os.environ["COMP_CWORD"])
        joined: list[str] = []
        glued = False
        for word in words[1 : at + 1]:
            breaks = word in ("=", ":")
            if joined and (breaks or glued):
                joined[-1] += word
            else:
                joined.append(word)
            glued = breaks
        incomplete = joined.pop() if joined and at < len(words) else ""
        flag, is_given, value = incomplete.partition("=")
        # click would ask the command that stands there, and without any word before it that is none
        return ([*joined, flag], value) if is_given and flag.startswith("-") else (joined, incomplete)

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        found = super().get_completions(args, incomplete)
        begun = max(incomplete.rfind("="), incomplete.rfind(":")) + 1
        return [CompletionItem(one.value[begun:], one.type) if one.type == "plain" else one for one in found]


class _WholeWords(ShellComplete):
    """zsh and fish give `--select=wrong` as it stands, and take what replaces all of it."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        flag, is_given, value = incomplete.partition("=")
        if not is_given or not flag.startswith("-"):
            return super().get_completions(args, incomplete)
        found = super().get_completions([*args, flag], value)
        return [CompletionItem(f"{flag}={one.value}", one.type) if one.type == "plain" else one for one in found]


class _Zsh(_WholeWords, ZshComplete):
    pass


class _Fish(_WholeWords, FishComplete):
    # a comma behind the first belongs to what is offered: a list of rules
    source_template = FishComplete.source_template.replace('string split ","', 'string split -m 1 ","')


for _shell in (_Bash, _Zsh, _Fish):
    add_completion_class(_shell)


# ---- what parameters offer


def rule_words(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Ids, areas, groups and `ALL` for the last word of a list that commas separate; those that it names are not offered."""
    before, comma, word = incomplete.rpartition(",")
    named = set(before.split(","))
    areas, ids = _shipped_rules()
    words = [*ids, *_own_rules(), *areas, *(f"group:{one}" for one in GROUPS), "ALL"]
    return [
        CompletionItem(f"{before}{comma}{one}")
        for one in sorted(dict.fromkeys(words))
        if one.startswith(word) and one not in named
    ]


def rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    return _starting(incomplete, (*_shipped_rules()[1], *_own_rules()))


def formats(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Names of formats; after `FORMAT=`, files."""
    from gitops_lint.report import names

    return paths(context, parameter, incomplete) if "=" in incomplete else _starting(incomplete, names())


def paths(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    return [CompletionItem(incomplete, type="file")]


def folders(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    return [CompletionItem(incomplete, type="dir")]


def first_words(group: click.Group, context: click.Context, default: str, incomplete: str) -> list[CompletionItem[str]]:
    """
    What may stand where a command may: besides commands, what the default command takes.

    Files come first: bash forgets what was offered before them, and shows them where nothing else fits.
    """
    command = group.get_command(context, default)
    flags = command.shell_complete(click.Context(command, parent=context), incomplete) if command is not None else []
    return [CompletionItem(incomplete, type="file"), *flags]


def _starting(incomplete: str, words: Iterable[str]) -> list[CompletionItem[str]]:
    return [CompletionItem(one) for one in sorted(dict.fromkeys(words)) if one.startswith(incomplete)]


def _shipped_rules() -> tuple[list[str], list[str]]:
    """Areas and ids of the built-in rules: the names of their folders and files."""
    areas = [one for one in shipped.folder("rules").iterdir() if one.is_dir()]
    files = (file.name for area in areas for file in area.iterdir())
    return [area.name for area in areas], [name.removesuffix(_RULE) for name in files if name.endswith(_RULE)]


def _own_rules() -> Iterator[str]:
    """Ids of the rules in folders that the configuration names; none where it cannot be read: a shell asks no questions."""
    from gitops_lint.config import load_config
    from gitops_lint.repo.discover import find_root

    try:
        root = find_root([])
        found = load_config(Path.cwd(), root).rule_folders
    except (GitopsLintError, OSError):
        return
    for folder in found:
        for file in sorted((root / folder).rglob(f"*{_RULE}")):
            if re.fullmatch(r"[a-z0-9-]+", file.stem):
                yield file.stem
