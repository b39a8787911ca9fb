"""
The documentation speaks of what exists: paths, links, commands, flags, formats, rules.

`GOLDEN=write python3 -m pytest tests/test_docs.py` writes the help that pages quote anew and compares; read the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
import pytest

from gitops_lint.cli import COMMANDS, commands, main
from gitops_lint.report import names

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
COMMAND_LINE = DOCS / "command-line.md"
# what `gitops-lint rules docs` writes is proved fresh by .ci/run, and checked here by its name alone
GENERATED = {"index.md", *(f"{file.stem}.md" for file in (ROOT / "rules").glob("*/*.rule"))}
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "examples" / "shop" / "README.md",
    *sorted(DOCS.glob("*.md")),
    *sorted((DOCS / "decisions").glob("*.md")),
]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PATH_WORD = re.compile(r"`([\w.*<>-]*(?:/[\w.*<>-]+)+/?|[\w-]+\.(?:md|toml))`")
OWN_FOLDERS = (
    "gitops_lint/",
    "docs/",
    "rules/",
    "schemas/",
    "tests/",
    "examples/",
    ".ci/",
    "changelog.d/",
    "benchmarks/",
)
HELP = re.compile(r"```console\n\$ gitops-lint (?P<args>[a-z ]*--help)\n(?P<text>.*?)```", re.DOTALL)
USED = re.compile(r"^gitops-lint(?: .*)?$|`(gitops-lint(?: [^`]*)?)`", re.MULTILINE)

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """What GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pages
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page

        assert target.exists() or (target.parent == DOCS / "rules" and target.name in GENERATED), link
        assert not anchor or anchor in anchors(target), link


@pages
def test_paths_that_are_named_exist(page: Path) -> None:
    for word in PATH_WORD.findall(FENCE.sub("", text_of(page))):
        if not word.startswith(OWN_FOLDERS) and "/" in word:
            continue  # a path in somebody's repository
        pattern = re.sub(r"<[^>]*>", "*", word).rstrip("/")
        found = [*ROOT.glob(pattern), *page.parent.glob(pattern), *DOCS.glob(pattern)]

        assert found or word in ("pyproject.toml",), word


@pages
def test_quoted_help_is_what_the_command_says(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def current(found: re.Match[str]) -> str:
        assert main(found["args"].split()) == 0
        return f"```console\n$ gitops-lint {found['args']}\n{capsys.readouterr().out}```"

    text = text_of(page)
    if os.environ.get("GOLDEN") == "write":
        text = HELP.sub(current, text)
        page.write_text(text, encoding="utf-8", newline="\n")

    assert HELP.sub(current, text) == text


@pages
def test_commands_in_the_pages_are_understood(page: Path) -> None:
    for found in USED.finditer(text_of(page)):
        words = (found[1] or found[0]).split("  #")[0].split()[1:]
        command: click.Command = commands
        context = click.Context(commands)
        if not words or words[0] not in COMMANDS:
            words = words if words and words[0] in ("-h", "--help", "--version") else ["check", *words]
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            inner = command.get_command(context, words.pop(0))
            assert inner is not None, found[0]
            command = inner
        known = {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}

        assert {word.split("=")[0] for word in words if word.startswith("-")} <= known | {"-h", "--help", "-"}, found[0]


def parameters(command: str) -> list[click.Option]:
    inner = commands.get_command(click.Context(commands), command)
    assert inner is not None
    return [one for one in inner.params if isinstance(one, click.Option)]


def test_every_flag_of_check_is_explained() -> None:
    explained = set(
        re.findall(r"`(--?[a-z-]+)", "\n".join(re.findall(r"^\| .*$", text_of(COMMAND_LINE), re.MULTILINE)))
    )
    flags = {flag for option in parameters("check") if not option.hidden for flag in option.opts}

    assert flags - explained == set()


def test_no_flag_is_explained_that_does_not_exist() -> None:
    (section,) = re.findall(r"^## check\n(.*?)^## ", text_of(COMMAND_LINE), re.MULTILINE | re.DOTALL)
    explained = set(re.findall(r"^\| (.*?) \|", section, re.MULTILINE))
    named = {flag for cell in explained for flag in re.findall(r"`(--?[a-z-]+)", cell)}

    assert named - {flag for option in parameters("check") for flag in option.opts} == set()


def test_every_command_has_a_section() -> None:
    assert set(COMMANDS) - anchors(COMMAND_LINE) == set()


def test_every_command_of_rules_is_explained() -> None:
    rules = commands.get_command(click.Context(commands), "rules")
    assert isinstance(rules, click.Group)

    assert set(rules.commands) - set(re.findall(r"`gitops-lint rules ([a-z]+)", text_of(COMMAND_LINE))) == set()


def test_every_format_is_explained() -> None:
    (section,) = re.findall(r"^## Formats\n(.*?)^## ", text_of(COMMAND_LINE), re.MULTILINE | re.DOTALL)

    assert set(re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE)) == set(names())


@pages
def test_rules_in_ignore_comments_exist(page: Path) -> None:
    ids = {file.stem for file in (ROOT / "rules").glob("*/*.rule")}
    named = set(re.findall(r"gitops-lint explain ([a-z-]+)", text_of(page))) | set(
        re.findall(r"# gitops-lint: ignore\[([a-z-]+)\]", text_of(page))
    )
    made_up = {"rule-id", "missing-canary-service"} if page.parent == DOCS else set()

    assert named - ids <= made_up
    assert {"paused-in-git", "count-without-interval"} <= ids
