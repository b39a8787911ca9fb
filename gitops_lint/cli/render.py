"""`gitops-lint render`: the Applications that ApplicationSets generate, and what a change does to them."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click

from gitops_lint.cli import FINDINGS, OK, close_quietly, completion
from gitops_lint.cli.output import colors, write
from gitops_lint.errors import UsageError
from gitops_lint.options import Options
from gitops_lint.report.compared import Comparison
from gitops_lint.report.rendered import Remark, RenderedSet, Rendering
from gitops_lint.report.terminal import Paint, visible

Form = Literal["yaml", "json", "text", "markdown"]
_FORMS = ("yaml", "json")
_FORMS_AGAINST = ("text", "markdown", "json")


@click.command("render")
@click.argument("paths", nargs=-1, shell_complete=completion.paths)
@click.option(
    "-f",
    "--format",
    type=click.Choice(["yaml", "json", "text", "markdown"]),
    help="Form: yaml or json; with --against text, markdown or json.  [default: yaml; with --against text]",
)
@click.option(
    "--set", "sets", multiple=True, metavar="NAME", help="ApplicationSets to render; `*` counts. May be repeated."
)
@click.option("--against", metavar="REF", help="Tell what comes, changes and goes since this branch, tag or commit.")
@click.option("-o", "--output-file", metavar="FILE", shell_complete=completion.paths, help="Where it goes.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option(
    "--config", metavar="FILE", shell_complete=completion.paths, help="Configuration to use instead of the one found."
)
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option(
    "--root",
    metavar="DIR",
    shell_complete=completion.folders,
    help="Folder whose files are known.  [default: the Git repository]",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of generators that cannot be expanded.")
def render(
    paths: tuple[str, ...],
    format: Form | None,
    sets: tuple[str, ...],
    against: str | None,
    output_file: str | None,
    color: Literal["auto", "always", "never"],
    config: str | None,
    isolated: bool,
    root: str | None,
    quiet: bool,
) -> int:
    """
    Print the Applications that the ApplicationSets below PATHS generate.

    Nothing is asked of a cluster or the network; what only they know is named, and what the configuration says of it is used.
    """
    form = format or ("yaml" if against is None else "text")
    if form not in (_FORMS if against is None else _FORMS_AGAINST):
        raise UsageError(f"`--format {form}` goes {'with' if against is None else 'without'} `--against`")
    # imported here: `--help` needs none of it
    from gitops_lint import rendering

    options = Options(config=config, isolated=isolated, root=root)
    with _without_collector():
        if against is None:
            made = rendering.render(*paths, options=options, sets=sets)
            _write(_manifests(made, form), output_file)
        else:
            compared = rendering.compare(*paths, against=against, options=options, sets=sets)
            made = compared.rendering
            paint = Paint(colors(color, os.environ, output_file is None and sys.stdout.isatty()))
            write(_comparison(compared, form, paint), output_file)
    remark(made, quiet=quiet)
    return FINDINGS if made.failed else OK


def _manifests(made: Rendering, form: Form) -> Iterator[str]:
    from gitops_lint.report import rendered_json, rendered_yaml

    return rendered_json.parts(made) if form == "json" else rendered_yaml.documents(made)


def _write(parts: Iterable[str], file: str | None) -> None:
    """Writes a text piece by piece: all Applications together may be larger than memory. Raises UsageError."""
    if file is not None:
        try:
            with Path(file).open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.writelines(parts)
        except OSError as error:
            raise UsageError(f"`{file}` cannot be written: {error.strerror or error}") from error
        return
    try:
        sys.stdout.writelines(parts)
        sys.stdout.flush()
    except BrokenPipeError:
        close_quietly()


def _comparison(made: Comparison, form: Form, paint: Paint) -> str:
    from gitops_lint.report import compared_json, compared_markdown, compared_text

    if form == "json":
        return compared_json.render(made)
    return compared_markdown.render(made) if form == "markdown" else compared_text.render(made, paint)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Trees have no cycles: with a million nodes alive the collector would look through all of them and find nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def remark(rendering: Rendering, *, quiet: bool) -> None:
    """Says on standard error what failed, what is not created, and, unless quiet, what is not known."""
    for one in rendering.applicationsets:
        if one.error is not None:
            _say("error", one, f"generates nothing: {one.error.message}", one.error)
        for each in one.refused:
            _say("warning", one, f"generates an Application that is not created: {each.message}", each)
        for each in () if quiet else one.unknown:
            _say("note", one, f"is not known as a whole: {each.message}", each)


def _say(word: str, one: RenderedSet, message: str, remark: Remark) -> None:
    lines = [f"{word}: {remark.place or one.place}: ApplicationSet `{one.name}` {message}"]
    if remark.help:
        lines.append(f"  help: {remark.help}")
    for line in lines:
        click.echo(visible(line), err=True)
