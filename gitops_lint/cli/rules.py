"""`gitops-lint rules`: list, check, test, write and document rules, built-in ones and users' own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from gitops_lint.cli import FINDINGS, OK
from gitops_lint.cli.output import write
from gitops_lint.errors import UsageError

_RULES = click.option(
    "--rules", "folders", multiple=True, metavar="DIR", help="Folder with rules of your own; may be repeated."
)


@click.group("rules")
def rules() -> None:
    """List, check, test and write rules."""


@rules.command("list")
@_RULES
@click.option("-f", "--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rules(folders: tuple[str, ...], format: str) -> int:
    """List all rules: id, severity, group, area and title."""
    from gitops_lint.cli.ruleset import pack_of

    pack = pack_of(folders)
    if format == "json":
        listed = [
            {
                "id": one.id,
                "severity": one.severity,
                "group": one.group,
                "area": one.area,
                "title": one.title,
                "file": one.file,
            }
            for one in pack
        ]
        write(json.dumps({"version": 1, "rules": listed}, indent=2, ensure_ascii=False) + "\n", None)
        return OK
    rows = [("RULE", "SEVERITY", "GROUP", "AREA", "TITLE")]
    rows += [(one.id, one.severity, one.group, one.area, one.title) for one in pack]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(f"{cell:{width}}" for cell, width in zip(row, widths)), row[4]]) for row in rows]
    _print(lines)
    return OK


@rules.command("check")
@click.argument("paths", nargs=-1)
@_RULES
@click.option("-v", "--verbose", is_flag=True, help="Say of each rule what it costs and needs.")
def check_rules(paths: tuple[str, ...], folders: tuple[str, ...], verbose: bool) -> int:
    """
    Check rule files.

    Their syntax, that they are complete, and that they make sense.
    PATHS are rule files or folders of them; without any, the configured folders, else the built-in rules.
    """
    from gitops_lint.cli.ruleset import rules_at, rules_to_look_at

    checked = rules_at(paths) if paths else rules_to_look_at(folders)
    if verbose:
        for rule in checked:
            needs = f"; needs {', '.join(sorted(rule.needs))}" if rule.needs else ""
            _print([f"{rule.id}: {'one file at a time' if rule.local else 'across files'}; {rule.cost}{needs}"])
    _print([f"{_count(len(checked), 'rule')} checked, nothing wrong"])
    return OK


@rules.command("test")
@click.argument("names", nargs=-1, metavar="[IDS|PATHS]...")
@_RULES
def test_rules(names: tuple[str, ...], folders: tuple[str, ...]) -> int:
    """
    Run the examples of rules.

    Says where a rule finds something else than its examples expect.
    IDS name rules, PATHS rule files or folders of them; without any, the configured folders, else the built-in rules.
    Ends with 1 when an example fails.
    """
    from gitops_lint.cli.ruleset import example_place, named_rules
    from gitops_lint.pipeline import run_example
    from gitops_lint.policy.exampletest import disagreements

    pack, chosen = named_rules(names, folders)
    failed = examples = 0
    for rule in chosen:
        for example in rule.rule.examples:
            examples += 1
            findings, fixed = run_example(pack, rule.id, example)
            lines = disagreements(example, findings, fixed)
            if lines:
                failed += 1
                _print([f"{example_place(rule, example)}: {rule.id}, {_title(example.bad)} example `{example.title}`"])
                _print(["  " + line for line in lines])
    total = f"{_count(len(chosen), 'rule')}, {_count(examples, 'example')}"
    _print([f"{total}: {failed} failed" if failed else f"{total}: all as expected"])
    return FINDINGS if failed else OK


@rules.command("new")
@click.argument("area")
@click.argument("id")
@click.option(
    "--dir", "folder", default="policies", show_default=True, metavar="DIR", help="The folder of rules to write to."
)
def new_rule(area: str, id: str, folder: str) -> int:
    """
    Write a rule to start from.

    The skeleton is DIR/AREA/ID.rule; it passes `rules check`, and fails `rules test` until it is filled in.
    """
    from gitops_lint.cli.ruleset import pack_of
    from gitops_lint.cli.skeleton import skeleton
    from gitops_lint.dsl.rulefile import SUFFIX, area_error, id_error

    for wrong in (area_error(area), id_error(id)):
        if wrong:
            raise UsageError(wrong)
    taken = pack_of(()).find(id)
    if taken is not None:
        raise UsageError(f"there is a rule `{id}` already, in `{taken.file}`")
    path = Path(folder) / area / f"{id}{SUFFIX}"
    if path.exists():
        raise UsageError(f"`{path}` exists already")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(skeleton(area, id), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {error.strerror or error}") from error
    _print([f"{path} is written: fill it in until `gitops-lint rules test {path}` passes"])
    return OK


@rules.command("docs")
@click.option("-o", "--output", default="docs/rules", show_default=True, metavar="DIR", help="The folder of the pages.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; end with 1 where pages are not up to date.")
@_RULES
def write_docs(output: str, only_check: bool, folders: tuple[str, ...]) -> int:
    """Write a page for every rule and an index, in Markdown."""
    from gitops_lint.cli.rulepages import outdated, pages, write_pages
    from gitops_lint.cli.ruleset import pack_of

    made = pages(pack_of(folders))
    folder = Path(output)
    try:
        if only_check:
            wrong = outdated(folder, made)
            _print([*wrong, f"`gitops-lint rules docs --output {output}` writes them"] if wrong else [])
            return FINDINGS if wrong else OK
        write_pages(folder, made)
    except OSError as error:
        raise UsageError(f"`{output}` cannot be written: {error.strerror or error}") from error
    _print([f"{_count(len(made) - 1, 'page')} and an index are written to {output}"])
    return OK


@rules.command("vocabulary")
@click.argument("name", required=False)
def show_vocabulary(name: str | None) -> int:
    """
    List what rules may ask.

    Kinds, functions and records of facts; with NAME, everything there is to ask of one of them.
    """
    from gitops_lint.cli.vocabulary import about, overview
    from gitops_lint.policy.vocabulary import GitopsVocabulary

    vocabulary = GitopsVocabulary()
    _print(overview(vocabulary) if name is None else about(vocabulary, name))
    return OK


def _print(lines: Sequence[str]) -> None:
    from gitops_lint.report.terminal import visible

    write("".join(f"{visible(line)}\n" for line in lines), None)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _title(bad: bool) -> str:
    return "bad" if bad else "good"
