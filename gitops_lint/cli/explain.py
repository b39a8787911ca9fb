"""`gitops-lint explain`: a rule's manual page in the terminal."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterator
from typing import Literal

import click

from gitops_lint.cli import OK
from gitops_lint.cli.completion import rule_ids
from gitops_lint.cli.output import colors, columns, write

_WIDEST = 100


@click.command("explain")
@click.argument("id", shell_complete=rule_ids)
@click.option(
    "--rules", "folders", multiple=True, metavar="DIR", help="Folder with rules of your own; may be repeated."
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def explain(id: str, folders: tuple[str, ...], color: Literal["auto", "always", "never"]) -> int:
    """Tell what the rule ID looks for, why, and what to write instead."""
    from gitops_lint.cli.ruleset import pack_of, rule_called
    from gitops_lint.dsl.rulepage import rule_page
    from gitops_lint.report.terminal import Paint, visible

    rule = rule_called(id, pack_of(folders))
    paint = Paint(color=colors(color, os.environ, sys.stdout.isatty()))
    lines = []
    if id != rule.id:
        lines.append(f"`{id}` is called `{rule.id}` now.\n")
    for style, line in _lines(rule_page(rule.rule, rule.area), min(columns(), _WIDEST)):
        lines.append(paint(style, visible(line)) if style else visible(line))
    write("\n".join(lines) + "\n", None)
    return OK


def _lines(page: str, width: int) -> Iterator[tuple[str, str]]:
    """Style and text of each line: headings strong, code indented, prose wrapped."""
    code = ""
    for line in page.splitlines():
        if code:
            if line == code:
                code = ""
            else:
                yield ("help" if re.match(r" *#.*\^", line) else "", f"    {line}")
        elif line.startswith(("```", "~~~~")):
            code = line[:3] if line.startswith("```") else line[:4]
        elif line.startswith("#"):
            yield "strong", line.lstrip("# ")
        elif not line:
            yield "", ""
        else:
            indent = "  " if line.startswith("- ") else ""
            for part in textwrap.wrap(
                line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            ):
                yield "", part
