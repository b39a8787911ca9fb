"""Which rules a command speaks of: the built-in ones, those of configured folders, and those at paths."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import click

from gitops_lint import shipped
from gitops_lint.config import load_config
from gitops_lint.dsl.literals import write_string
from gitops_lint.dsl.rulefile import SUFFIX
from gitops_lint.dsl.tree import Example
from gitops_lint.errors import GitopsLintError, RuleError, UsageError
from gitops_lint.policy.packedrule import PackedRule
from gitops_lint.policy.rulefiles import FolderOfRules, RuleText, check_all, read_text, rule_texts
from gitops_lint.policy.rulepack import RulePack, check_unique, load_pack
from gitops_lint.repo.discover import find_root


def configured_folders(folders: Sequence[str]) -> list[Path]:
    """The folders that the configuration names, and those of the command line."""
    root = find_root([])
    config = load_config(Path.cwd(), root)
    return [*(_short(root / one) for one in config.rule_folders), *(Path(one) for one in folders)]


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def pack_of(folders: Sequence[str]) -> RulePack:
    """All rules: built-in, configured, and those of the command line's folders."""
    return load_pack(configured_folders(folders))


def rules_to_look_at(folders: Sequence[str]) -> list[PackedRule]:
    """What to check or test where nothing is named: the user's own rules, else the built-in ones; read from their files."""
    own = configured_folders(folders)
    if own:
        return _checked(
            [text for folder in own for text in rule_texts(FolderOfRules(folder, folder.as_posix(), False))]
        )
    return check_all(rule_texts(FolderOfRules(shipped.folder("rules"), "rules", True)))


def rules_at(paths: Sequence[str]) -> list[PackedRule]:
    """The rules of files and folders, checked. Raises UsageError for a path that holds none, RuleErrors for wrong ones."""
    texts: dict[Path, RuleText] = {}
    for path in paths:
        for text in texts_at(Path(path)):
            texts.setdefault(Path(text.file).resolve(), text)
    return _checked(list(texts.values()))


def texts_at(path: Path) -> list[RuleText]:
    """The rule files at a path: one file, or all below a folder; a rule's area is the folder it lies in."""
    if path.is_dir():
        files = sorted(one for one in path.rglob(f"*{SUFFIX}") if one.is_file())
        if not files:
            raise UsageError(f"no rule file lies below `{path}`", help=f"rule files are called DIR/AREA/ID{SUFFIX}")
    elif path.is_file():
        files = [path]
    else:
        raise UsageError(f"`{path}` does not exist")
    return [_text(file) for file in files]


def _text(file: Path) -> RuleText:
    area = file.resolve().parent
    return RuleText(file.as_posix(), area.name, read_text(file, file.as_posix()), area.parent, built_in=False)


def _checked(texts: Sequence[RuleText]) -> list[PackedRule]:
    """The rules of these files; ids that others of them or built-in rules have are wrong, too."""
    rules = check_all(texts)
    files = {Path(rule.file).resolve() for rule in rules}
    check_unique([*(one for one in _pack([]) if _file_of(one) not in files), *rules])
    return rules


def _pack(folders: Sequence[Path]) -> RulePack:
    """
    All rules, for the sake of some that are at hand: where others cannot be read, a warning says so, and there are none.

    Whoever works on a rule in a checkout should not be stopped by another one that is half written.
    """
    try:
        return load_pack(folders)
    except RuleError as error:
        click.echo(f"warning: other rules cannot be read, and are left out: {error.message} ({error.file})", err=True)
        return RulePack([])


def _file_of(rule: PackedRule) -> Path:
    """Where the file of a rule lies; built-in ones are named from the folder above theirs."""
    if not rule.built_in:
        return Path(rule.file).resolve()
    folder = shipped.folder("rules")
    return folder.parent.joinpath(rule.file).resolve() if isinstance(folder, Path) else Path(rule.file)


def named_rules(names: Sequence[str], folders: Sequence[str]) -> tuple[RulePack, list[PackedRule]]:
    """
    The rules of ids and paths (none: the user's own, else the built-in ones), and a pack that holds these and all others.

    Raises UsageError for what is neither, and RuleErrors for wrong rules.
    """
    paths = [name for name in names if _is_path(name)]
    ids = [name for name in names if not _is_path(name)]
    pack = pack_of(folders) if ids else _pack(configured_folders(folders))
    if not names:
        chosen = rules_to_look_at(folders)
    else:
        chosen = [rule_called(name, pack) for name in ids] + (rules_at(paths) if paths else [])
    known = {rule.id for rule in chosen}
    return RulePack([*chosen, *(rule for rule in pack if rule.id not in known)]), chosen


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith(SUFFIX) or Path(name).exists()


def rule_called(name: str, pack: RulePack) -> PackedRule:
    """The rule of that id or former id. Raises UsageError, saying which id is close."""
    found = pack.find(name)
    if found is not None:
        return found
    close = difflib.get_close_matches(name, [*pack.ids, *pack.former_names], 1)
    raise UsageError(
        f"there is no rule `{name}`",
        help=f"did you mean `{close[0]}`?" if close else "`gitops-lint rules list` lists them",
    )


def example_place(rule: PackedRule, example: Example) -> str:
    """File and line of an example, as far as the file can be read."""
    try:
        text = read_text(_file_of(rule), rule.file)
    except GitopsLintError:
        return rule.file
    at = text.find(f"{'bad' if example.bad else 'good'} {write_string(example.title)}")
    return f"{rule.file}:{text.count(chr(10), 0, at) + 1}" if at >= 0 else rule.file
