"""`gitops-lint render`: the Applications that ApplicationSets generate, as YAML or JSON."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import click

from gitops_lint.cli import FINDINGS, OK, completion
from gitops_lint.cli.output import write
from gitops_lint.options import Options
from gitops_lint.report.rendered import Remark, RenderedSet, Rendering
from gitops_lint.report.terminal import visible


@click.command("render")
@click.argument("paths", nargs=-1, shell_complete=completion.paths)
@click.option(
    "-f",
    "--format",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="Form of the manifests.",
)
@click.option(
    "--set", "sets", multiple=True, metavar="NAME", help="ApplicationSets to render; `*` counts. May be repeated."
)
@click.option("-o", "--output-file", metavar="FILE", shell_complete=completion.paths, help="Where the manifests go.")
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
    format: Literal["yaml", "json"],
    sets: tuple[str, ...],
    output_file: str | None,
    config: str | None,
    isolated: bool,
    root: str | None,
    quiet: bool,
) -> int:
    """
    Print the Applications that the ApplicationSets below PATHS generate.

    Nothing is asked of a cluster or the network; what only they know is named, and what the configuration says of it is used.
    """
    # imported here: `--help` needs none of it
    from gitops_lint import rendering
    from gitops_lint.report import rendered_json, rendered_yaml

    options = Options(config=config, isolated=isolated, root=root)
    with _without_collector():
        made = rendering.render(*paths, options=options, sets=sets)
        write(rendered_json.render(made) if format == "json" else rendered_yaml.render(made), output_file)
    remark(made, quiet=quiet)
    return FINDINGS if made.failed else OK


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
    """Says on standard error what failed, and, unless quiet, what is not known."""
    for one in rendering.applicationsets:
        if one.error is not None:
            _say("error", one, f"generates nothing: {one.error.message}", one.error)
        for each in () if quiet else one.unknown:
            _say("note", one, f"is not known as a whole: {each.message}", each)


def _say(word: str, one: RenderedSet, message: str, remark: Remark) -> None:
    lines = [f"{word}: {remark.place or one.place}: ApplicationSet `{one.name}` {message}"]
    if remark.help:
        lines.append(f"  help: {remark.help}")
    for line in lines:
        click.echo(visible(line), err=True)
