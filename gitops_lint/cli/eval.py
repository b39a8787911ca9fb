"""`gitops-lint eval`: one template on given parameters, for people who look for what is wrong in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from gitops_lint.cli import FINDINGS, OK, completion
from gitops_lint.cli.output import colors, columns, write
from gitops_lint.errors import GitopsLintError, UsageError
from gitops_lint.languages.failure import LanguageError
from gitops_lint.languages.gotemplate.errors import GoTemplateError
from gitops_lint.languages.gotemplate.function import NotDeterministicError
from gitops_lint.languages.gotemplate.values import StringList, StringMap, Value

_NAME = "template"
"""What stands for the text where a file would be named."""


@click.command("eval")
@click.argument("language", type=click.Choice(["go-template", "fasttemplate"]))
@click.argument("text")
@click.option(
    "--data",
    metavar="FILE",
    shell_complete=completion.paths,
    help="YAML or JSON with the parameters; `-` is standard input.  [default: no parameters]",
)
@click.option(
    "--missingkey",
    type=click.Choice(["default", "invalid", "zero", "error"]),
    help="What a missing key gives, as `goTemplateOptions` says it.",
)
@click.option(
    "--string-map",
    "maps",
    multiple=True,
    metavar="PATH",
    help="A parameter such as `metadata.labels` that the controller holds as a map of strings. May be repeated.",
)
@click.option(
    "--string-list",
    "lists",
    multiple=True,
    metavar="PATH",
    help="A parameter such as `path.segments` that the controller holds as a list of strings. May be repeated.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def eval(
    language: Literal["go-template", "fasttemplate"],
    text: str,
    data: str | None,
    missingkey: str | None,
    maps: tuple[str, ...],
    lists: tuple[str, ...],
    color: Literal["auto", "always", "never"],
) -> int:
    """
    Print what an ApplicationSet makes of TEXT, or what is wrong in it.

    `go-template` is the language of `goTemplate: true`, `fasttemplate` the one without it; there, nested parameters are named
    with dots.
    """
    if language == "fasttemplate" and (missingkey or maps or lists):
        raise UsageError("`--missingkey`, `--string-map` and `--string-list` go with `go-template`")
    values = _parameters(data)
    for path in maps:
        _hold(values, path, StringMap, dict)
    for path in lists:
        _hold(values, path, StringList, list)
    try:
        made = _filled_in(language, text, values, (f"missingkey={missingkey}",) if missingkey else ())
    except LanguageError as error:
        _tell(text, error, colors(color, os.environ, sys.stderr.isatty()))
        return FINDINGS
    except NotDeterministicError as error:
        click.echo(f"error: the result cannot be known: {error.why}", err=True)
        return FINDINGS
    write(made if made.endswith("\n") else f"{made}\n", None)
    return OK


def _filled_in(language: str, text: str, values: Mapping[str, Value], options: tuple[str, ...]) -> str:
    # imported here: `--help` needs none of it
    if language == "fasttemplate":
        from gitops_lint.simulate.applicationset.flatten import texts
        from gitops_lint.simulate.applicationset.strings import rendered

        return rendered(text, texts(values), go=False)
    from gitops_lint.languages.gotemplate import read
    from gitops_lint.simulate.applicationset.yamlfunctions import APPLICATIONSET_FUNCTIONS

    return read(text, APPLICATIONSET_FUNCTIONS, options).run(values)


def _parameters(data: str | None) -> dict[str, Value]:
    """The parameters of a file. Raises GitopsLintError where it cannot be read, is no YAML, or holds no mapping."""
    from gitops_lint.languages.gotemplate.values import of_plain
    from gitops_lint.text.nodes import Source
    from gitops_lint.text.parse import parse_yaml
    from gitops_lint.text.scalars import plain
    from gitops_lint.text.source import decode

    if data is None:
        return {}
    try:
        written = sys.stdin.buffer.read() if data == "-" else Path(data).read_bytes()
    except OSError as error:
        raise UsageError(f"`{data}` cannot be read: {error.strerror or error}") from error
    name = "standard input" if data == "-" else data
    content, undecodable = decode(written)
    source = Source(content)
    parsed = parse_yaml(source)
    for mistake in (*undecodable, *parsed.mistakes):
        place = source.position(mistake.start)
        raise GitopsLintError(mistake.message, file=name, line=place.line, column=place.column)
    values: Any = plain(parsed.documents[0].root) if parsed.documents and parsed.documents[0].root else {}
    if not isinstance(values, dict):
        raise GitopsLintError("the parameters are a mapping of names to values", file=name)
    made: dict[str, Value] = of_plain(values)
    return made


def _hold(values: dict[str, Value], path: str, made: Callable[[Any], Value], written: type) -> None:
    """Makes one parameter what Go holds it as. Raises UsageError where there is none, or where it holds no texts."""
    *above, last = path.split(".")
    holder: Value = values
    for name in above:
        holder = holder.get(name) if isinstance(holder, dict) else None
    held = holder.get(last) if isinstance(holder, dict) else None
    parts: Any = held.values() if isinstance(held, dict) else held
    if not isinstance(held, written) or not all(isinstance(one, str) for one in parts):
        what = "map" if written is dict else "list"
        raise UsageError(f"`{path}` is no {what} of texts in the parameters")
    holder[last] = made(held)


def _tell(text: str, error: LanguageError, color: bool) -> None:
    """The mistake on standard error, with the line it stands in."""
    from gitops_lint.findings import Region
    from gitops_lint.report.snippet import Look, Mark, last_line, snippet
    from gitops_lint.report.terminal import Paint, visible
    from gitops_lint.text.lines import Lines

    lines, paint = Lines(text), Paint(color)
    first, last = lines.position(error.start), lines.position(max(error.start, error.end))
    region = Region(_NAME, error.start, error.end, first.line, first.column, last.line, last.column)
    mark = Mark(region, "", True)
    gutter = len(str(last_line([mark])))
    arrow = f"{' ' * gutter}{paint('gutter', '-->')} {_NAME}:{first.line}:{first.column}"
    rows = [f"{paint('error', 'error')}{paint('strong', f': {visible(error.message)}')}", arrow]
    rows += snippet(lines, [mark], (), Look(gutter, columns(), paint))
    rows += _notes(error, f"{' ' * gutter}{paint('gutter', ' =')}", paint)
    click.echo("\n".join(rows), err=True)


def _notes(error: LanguageError, before: str, paint: Any) -> Sequence[str]:
    from gitops_lint.report.terminal import visible

    notes = [("help", error.help)] if error.help else []
    if isinstance(error, GoTemplateError):
        notes.append(("note", f"Argo CD says: {error.upstream}"))
    return [f"{before} {paint('strong', word)}: {visible(said)}" for word, said in notes]
