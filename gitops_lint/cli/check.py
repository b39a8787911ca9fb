"""`gitops-lint check`: flags to Options, an Outcome to reports and an exit status."""

from __future__ import annotations

import datetime
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, redirect_stdout
from dataclasses import replace
from typing import Any, Literal, NoReturn

import click

from gitops_lint import __version__
from gitops_lint.cli import FINDINGS, INTERNAL_ERROR, OK, WRONG_USE, completion, project_url
from gitops_lint.cli.output import FOR_PEOPLE, Output, colors, columns, outputs, source_url, write
from gitops_lint.cli.progress import progress
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import GitopsLintError, UsageError
from gitops_lint.findings import Outcome, Severity
from gitops_lint.options import Options, StandardInput
from gitops_lint.report import COUNTED, ReportSettings, names, render
from gitops_lint.report.secrets import masked, stretches
from gitops_lint.report.terminal import visible

_SEVERITY = click.Choice(["error", "warning", "info"])
_STDIN_NAME = "stdin.yaml"


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of `check` as click reads them; the names are those of the options."""

    stdin_filename: str | None
    format: tuple[str, ...]
    output_file: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    profile: Literal["default", "strict"] | None
    fail_on: str | None
    min_severity: str | None
    config: str | None
    isolated: bool
    root: str | None
    rules: tuple[str, ...]
    target: tuple[str, ...]
    schema_location: tuple[str, ...]
    no_suppressions: bool
    baseline: str | None
    no_baseline: bool
    write_baseline: bool
    since: str | None
    add_ignores: bool
    reason: str
    show_unverified: bool
    statistics: bool
    show_files: bool
    show_config: bool
    max_per_rule: int
    fix: bool
    unsafe_fixes: bool
    diff: bool
    show_fixes: bool
    color: Literal["auto", "always", "never"]
    offline: bool
    exit_zero: bool
    require_resources: bool
    jobs: int | None
    no_cache: bool
    cache_dir: str | None
    watch: bool
    verbose: bool
    quiet: bool
    sarif_suppressed: bool
    sarif_category: str


@click.command("check")
@click.argument("paths", nargs=-1, shell_complete=completion.paths)
@click.option(
    "--stdin-filename",
    metavar="FILE",
    shell_complete=completion.paths,
    help="The file that standard input (path `-`) stands for.",
)
@click.option(
    "-f",
    "--format",
    multiple=True,
    metavar="FORMAT[=FILE]",
    shell_complete=completion.formats,
    help=f"Form: {', '.join(names())}. May be repeated.",
)
@click.option(
    "-o",
    "--output-file",
    metavar="FILE",
    shell_complete=completion.paths,
    help="Where the report goes, for a single format.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    shell_complete=completion.rule_words,
    help="Rules to run: ids, areas, group:NAME or ALL.",
)
@click.option(
    "--ignore", multiple=True, metavar="RULES", shell_complete=completion.rule_words, help="Rules not to run."
)
@click.option(
    "--extend-select",
    multiple=True,
    metavar="RULES",
    shell_complete=completion.rule_words,
    help="Rules to run besides the configured ones.",
)
@click.option(
    "--profile", type=click.Choice(["default", "strict"]), help="strict also runs the rules of good practice."
)
@click.option("--fail-on", type=_SEVERITY, help="Exit with 1 from this severity on.  [default: error]")
@click.option("--min-severity", type=_SEVERITY, help="Show findings from this severity on.")
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
@click.option(
    "--rules",
    multiple=True,
    metavar="DIR",
    shell_complete=completion.folders,
    help="Folder with rules of your own; may be repeated.",
)
@click.option("--target", multiple=True, metavar="PRODUCT=VERSION", help="Version to check for, as argo-cd=2.13.")
@click.option(
    "--schema-location",
    multiple=True,
    metavar="PATH",
    shell_complete=completion.paths,
    help="JSON schemas of further kinds.",
)
@click.option("--no-suppressions", is_flag=True, help="Report what ignore comments would take away, too.")
@click.option(
    "--baseline",
    metavar="FILE",
    shell_complete=completion.paths,
    help="Known findings.  [default: .gitops-lint-baseline.yaml, if there is one]",
)
@click.option("--no-baseline", is_flag=True, help="Report what the baseline would take away, too.")
@click.option(
    "--write-baseline", is_flag=True, help="Write all findings into the baseline: they are known from now on."
)
@click.option("--since", metavar="REF", help="Report only what came after this branch, tag or commit.")
@click.option("--add-ignores", is_flag=True, help="Write ignore comments for all findings into the files.")
@click.option("--reason", default="", metavar="TEXT", help="With --add-ignores: why, behind each comment.")
@click.option("--show-unverified", is_flag=True, help="List how often each rule could not decide.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of showing them.")
@click.option("--show-files", is_flag=True, help="List the files that would be read, and stop.")
@click.option("--show-config", is_flag=True, help="Print every setting and where it comes from, and stop.")
@click.option(
    "--max-per-rule",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Findings shown in detail; 0 = all.",
)
@click.option("--fix", is_flag=True, help="Change the files: make the fixes that are safe.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes at which a person should look.")
@click.option("--diff", is_flag=True, help="Print what --fix would change, and change nothing.")
@click.option("--show-fixes", is_flag=True, help="With --fix or --diff: list what was fixed.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("--offline", is_flag=True, help="Accepted; there is no other mode.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also when there are findings.")
@click.option("--require-resources", is_flag=True, help="Exit with 2 when no resource is found.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.")
@click.option("--no-cache", is_flag=True, help="Keep nothing for the next run, and use nothing of earlier ones.")
@click.option(
    "--cache-dir",
    metavar="DIR",
    shell_complete=completion.folders,
    help="Folder for what is kept between runs.  [default: the user's cache]",
)
@click.option("-w", "--watch", is_flag=True, help="Run again whenever a file changes, until Ctrl-C.")
@click.option("-v", "--verbose", is_flag=True, help="Say which configuration was used, and more.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but findings.")
@click.option("--sarif-suppressed", is_flag=True, help="SARIF also holds what comments and the baseline took away.")
@click.option("--sarif-category", default="", metavar="NAME", help="Tells several uploads of one commit apart.")
def check(paths: tuple[str, ...], **given: Any) -> int:
    """
    Report what is wrong in a GitOps repository.

    PATHS choose what is reported, not what is known: the whole repository is read. Without PATHS all of the current
    folder is reported; `-` is standard input.
    """
    flags = Flags(**given)
    if flags.watch:
        _refuse_beside_watch(paths, flags)
    if flags.reason and not flags.add_ignores:
        raise UsageError("`--reason` goes with `--add-ignores`")
    if flags.write_baseline and (flags.add_ignores or flags.fix or flags.diff):
        raise UsageError("`--write-baseline` does not go with a flag that changes the files")
    asked = outputs(flags.format, flags.output_file)
    if flags.statistics and not any(one.format in COUNTED for one in asked):
        raise UsageError(f"`--statistics` goes with a report in one of the formats {', '.join(COUNTED)}")
    chosen, options = _options(paths, flags)
    # imported here: `--help` and wrong usage need none of it
    from gitops_lint import pipeline

    if flags.show_files:
        write("".join(f"{visible(file)}\n" for file in pipeline.files(chosen, options)), None)
        return OK
    if flags.show_config:
        from gitops_lint.cli import showconfig

        write(showconfig.settings(chosen, options), None)
        return OK
    # with many trees alive the collector would look through all of them again and again and find nothing to free
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    if flags.watch:
        _watch(paths, chosen, options, flags, asked)
    if flags.write_baseline:
        outcome, said = pipeline.with_baseline_written(chosen, options)
        _say([] if flags.quiet else [said], "")
        return finish(outcome, flags, asked)
    if flags.add_ignores:
        return _add_ignores(chosen, options, flags, asked)
    if flags.fix or flags.diff:
        return _fix(chosen, options, flags, asked)
    with progress(quiet=flags.quiet) as told:
        outcome = pipeline.run(chosen, replace(options, progress=told))
    return finish(outcome, flags, asked)


def _refuse_beside_watch(paths: Sequence[str], flags: Flags) -> None:
    writing = (("--fix", flags.fix), ("--diff", flags.diff), ("--write-baseline", flags.write_baseline))
    for flag, is_given in (("-", "-" in paths), *writing, ("--add-ignores", flags.add_ignores)):
        if is_given:
            raise UsageError(f"`--watch` only reads, again and again: it does not go with `{flag}`")


def _watch(
    paths: tuple[str, ...], chosen: Sequence[str], options: Options, flags: Flags, asked: Sequence[Output]
) -> NoReturn:
    """Check again and again, until an interruption ends it."""
    from gitops_lint import pipeline
    from gitops_lint.cli.watch import Files, clear_screen, watch

    files = Files(chosen, options, [output.file for output in asked if output.file is not None])

    def once() -> None:
        try:
            # the day may be another one by now
            outcome = pipeline.run(chosen, _options(paths, flags)[1])
            # only now: until then the report before is still there to be read
            clear_screen()
            finish(outcome, flags, asked)
        except GitopsLintError as error:
            clear_screen()
            click.echo(f"error: {error}", err=True)
        if not flags.quiet:
            _say(["watching for changes; Ctrl-C ends"], "")

    watch(once, files.look)


def _add_ignores(paths: Sequence[str], options: Options, flags: Flags, asked: Sequence[Output]) -> int:
    """Silence everything in the files themselves; what no comment can take away is reported."""
    from gitops_lint.ignoring import add_ignores
    from gitops_lint.pipeline import job_of

    for flag, given in (("-", options.stdin), ("--fix", flags.fix), ("--diff", flags.diff)):
        if given:
            raise UsageError(f"`--add-ignores` writes into files, and does not go with `{flag}`")
    silenced = add_ignores(job_of(paths, options), flags.reason)
    if not flags.quiet:
        _say(silenced.left, "warning: ")
        findings, files = (f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in silenced.counts)
        _say([f"ignored {findings} in {files}"], "")
    return finish(silenced.outcome, flags, asked)


def _fix(paths: Sequence[str], options: Options, flags: Flags, asked: Sequence[Output]) -> int:
    """Fix, or show what would be fixed; what is left decides the exit status, for a diff whether there is one."""
    from gitops_lint.cli import fixes
    from gitops_lint.pipeline import job_of

    job, stdin = job_of(paths, options), options.stdin
    if flags.diff:
        fixed = fixes.show_diff(job, unsafe=flags.unsafe_fixes)
    elif stdin is not None:
        fixed = fixes.fix_stdin(job, stdin, unsafe=flags.unsafe_fixes)
    else:
        fixed = fixes.fix_files(job, unsafe=flags.unsafe_fixes)
    if not flags.quiet:
        _say(fixed.left_out, "warning: ")
        _say(fixes.summary(fixed, written=not flags.diff, listed=flags.show_fixes), "")
    if flags.diff:
        return INTERNAL_ERROR if fixed.outcome.crashed else FINDINGS if fixed.changes and not flags.exit_zero else OK
    # the fixed text has standard output for itself
    with redirect_stdout(sys.stderr) if stdin is not None else nullcontext():
        return finish(fixed.outcome, flags, asked)


def finish(outcome: Outcome, flags: Flags, asked: Sequence[Output]) -> int:
    """Write what an outcome says to where it was asked for; the exit status."""
    if not flags.quiet:
        _say(outcome.warnings, "warning: ")
    if flags.verbose:
        _say(outcome.details, "")
    shown = outcome
    if flags.min_severity is not None:
        least = Severity.of(flags.min_severity)
        kept = tuple(one for one in outcome.findings if one.severity >= least)
        # a secret stays one when the finding that says so is not shown
        shown = replace(outcome, findings=kept, secrets=stretches(outcome))
    for output in asked:
        settings = _settings(output, flags, len(outcome.findings) - len(shown.findings))
        text = render(output.format, shown, settings)
        if settings.github and output.file is None:
            from gitops_lint.report.to_github import commands

            text += commands(masked(shown))
        write(text, output.file)
    return _status(outcome, flags)


def _status(outcome: Outcome, flags: Flags) -> int:
    if outcome.crashed:
        return INTERNAL_ERROR
    if outcome.resources == 0 and not flags.quiet:
        _say(["no Kubernetes, Argo CD or Harness resource was found"], "warning: ")
    if outcome.resources == 0 and flags.require_resources:
        return WRONG_USE
    return FINDINGS if outcome.failed and not flags.exit_zero else OK


def _settings(output: Output, flags: Flags, hidden: int) -> ReportSettings:
    environment = os.environ
    to_terminal = output.file is None and sys.stdout.isatty()
    color = colors(flags.color, environment, to_terminal) if output.file is None else flags.color == "always"
    return ReportSettings(
        color=color,
        links=color and to_terminal and not environment.get("CI"),
        width=columns(),
        max_per_rule=flags.max_per_rule,
        quiet=flags.quiet,
        hidden=hidden,
        show_unverified=flags.show_unverified,
        statistics=flags.statistics,
        source=source_url(environment),
        folder=os.getcwd(),  # noqa: PTH109 (a string, as os.path.relpath takes it)
        github=environment.get("GITHUB_ACTIONS") == "true" and output.format in FOR_PEOPLE,
        version=__version__,
        url=project_url() if output.format in ("sarif", "rdjson") else "",
        sarif_suppressed=flags.sarif_suppressed,
        sarif_category=flags.sarif_category.strip("/"),
    )


def _options(paths: Sequence[str], flags: Flags) -> tuple[tuple[str, ...], Options]:
    """The paths to report on, and everything else that the pipeline is told."""
    if not (flags.fix or flags.diff):
        for given, flag in ((flags.unsafe_fixes, "--unsafe-fixes"), (flags.show_fixes, "--show-fixes")):
            if given:
                raise UsageError(f"`{flag}` goes with `--fix` or `--diff`")
    stdin = None
    if "-" in paths:
        if len(paths) > 1:
            raise UsageError("`-` (standard input) cannot be combined with other paths")
        stdin = StandardInput(flags.stdin_filename or _STDIN_NAME, sys.stdin.buffer.read())
    elif flags.stdin_filename is not None:
        raise UsageError("`--stdin-filename` goes with the path `-`")
    options = Options(
        select=_words(flags.select) or None,
        ignore=_words(flags.ignore),
        extend_select=_words(flags.extend_select),
        profile=flags.profile,
        fail_on=None if flags.fail_on is None else Severity.of(flags.fail_on),
        config=flags.config,
        isolated=flags.isolated,
        root=flags.root,
        rule_folders=flags.rules,
        targets=dict(map(_target, flags.target)),
        schema_locations=flags.schema_location,
        suppressions=not flags.no_suppressions,
        jobs=flags.jobs or 0,
        cache=not flags.no_cache,
        cache_dir=flags.cache_dir,
        stdin=stdin,
        today=datetime.date.today(),
        baseline=flags.baseline,
        use_baseline=not flags.no_baseline,
        since=_since(flags.since, os.environ),
    )
    return (stdin.file,) if stdin else tuple(paths) or (".",), options


def _since(given: str | None, environment: Mapping[str, str]) -> str | None:
    """
    The commit to compare with. pre-commit runs the hook's `HEAD` also for a range of commits (`--from-ref`, before a push):
    then HEAD is the end of it, and nothing would ever be new.
    """
    if given == "HEAD" and environment.get("PRE_COMMIT") == "1":
        return environment.get("PRE_COMMIT_FROM_REF") or given
    return given


def _words(given: Sequence[str]) -> tuple[str, ...]:
    """`--select a,b --select c` is `a`, `b`, `c`."""
    return tuple(word for one in given for word in (part.strip() for part in one.split(",")) if word)


def _target(given: str) -> tuple[str, str]:
    product, equals, version = given.partition("=")
    if not (product and equals and version):
        raise UsageError(f"`--target {given}` is not PRODUCT=VERSION, as in `--target argo-cd=2.13`")
    return product, version


def _say(lines: Sequence[str], prefix: str) -> None:
    for line in lines:
        click.echo(f"{prefix}{visible(line)}", err=True)
