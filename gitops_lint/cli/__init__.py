"""
The command `gitops-lint`: which commands there are, and the exit status of every way a run can end.

A command NAME is the click command `NAME` in `cli/NAME.py`, imported when it is asked for: `--version` and `--help`
import nothing but click.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from gitops_lint import __version__
from gitops_lint.errors import GitopsLintError, UsageError

OK, FINDINGS, WRONG_USE, INTERNAL_ERROR, INTERRUPTED = 0, 1, 2, 3, 130
DEFAULT_COMMAND = "check"
# name -> what `--help` says of it, so that listing commands imports none of them
COMMANDS = {
    "check": "Report what is wrong in a GitOps repository. Used when no command is named.",
    "render": "Print the Applications that ApplicationSets generate.",
    "eval": "Try one template on given parameters.",
    "explain": "Tell what a rule looks for, why, and what to write instead.",
    "rules": "List, check, test and write rules.",
    "init": "Write a first configuration, a pre-commit hook and a workflow.",
    "completion": "Write the script that makes a shell complete commands, flags and rules.",
}
PROGRAM = "gitops-lint"
COMPLETION = "_GITOPS_LINT_COMPLETE"
"""The variable through which a shell asks what may follow."""
_EPILOG = """
Exit status: 0 clean, 1 findings at or above --fail-on, 2 wrong usage, configuration or rule file, 3 internal error or
a rule that crashed.
"""


class Commands(click.Group):
    """Commands by name from COMMANDS; a first argument that names none belongs to the default command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing and not args:
            return super().parse_args(ctx, args)  # a shell asks how the line may go on: with any command
        if not args or (args[0] not in COMMANDS and args[0] not in ("-h", "--help", "--version")):
            if not ctx.resilient_parsing:
                _refuse_mistyped_command(args)
            args = [DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        from gitops_lint.cli.completion import first_words

        return [*first_words(self, ctx, DEFAULT_COMMAND, incomplete), *super().shell_complete(ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.option("--traceback", is_flag=True, help="Show where an internal error happened; any command takes it.")
def commands(traceback: bool) -> None:
    """Say, before a merge, what Argo CD, Argo Rollouts, Kubernetes and Harness will do with a repository."""


def main(args: Sequence[str] | None = None) -> int:
    """Run one command line (None: the process's own) and return its exit status."""
    given, traceback = _without_traceback(list(sys.argv[1:] if args is None else args))
    for stream in (sys.stdout, sys.stderr):
        # what a terminal's encoding lacks is shown as an escape; it never ends a run
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        status = _invoke(given)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except GitopsLintError as error:
        click.echo(f"error: {error}", err=True)
        return WRONG_USE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        close_quietly()
        return OK
    except Exception as error:
        _internal_error(error, traceback)
        return INTERNAL_ERROR
    return status


def close_quietly() -> None:
    """After the reader of standard output has gone: what is still buffered goes nowhere, also at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def project_url() -> str:
    """The project's page as its package metadata has it, or ""."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata(PROGRAM).get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    pairs = [[part.strip() for part in url.split(",", 1)] for url in urls]
    return next((url for label, url in pairs if label.lower() in ("homepage", "repository", "source")), "")


def _invoke(args: list[str]) -> int:
    completing = os.environ.get(COMPLETION)
    if completing:
        from gitops_lint.cli.completion import answer

        return answer(completing)
    # not click's own main: it ends with status 1, which means findings, where the reader of a pipe has gone
    with commands.make_context(PROGRAM, args) as context:
        answer = commands.invoke(context)
    return answer if isinstance(answer, int) else OK


def _refuse_mistyped_command(args: Sequence[str]) -> None:
    """Nothing for what may be a path; raises UsageError for a word that is like a command and names no file."""
    if args and args[0].isalpha() and not os.path.lexists(args[0]):
        from difflib import get_close_matches

        close = get_close_matches(args[0], COMMANDS, n=1, cutoff=0.7)
        if close:
            raise UsageError(f"`{args[0]}` is neither a command nor a path; did you mean `{close[0]}`?")


def _without_traceback(args: list[str]) -> tuple[list[str], bool]:
    """`--traceback` belongs to no command, so it may stand anywhere before `--`."""
    end = args.index("--") if "--" in args else len(args)
    kept = [one for one in args[:end] if one != "--traceback"]
    return kept + args[end:], len(kept) < end


def _internal_error(error: Exception, traceback: bool) -> None:
    if traceback:
        from traceback import print_exception

        print_exception(error)
    url = project_url()
    click.echo(
        f"internal error: {type(error).__name__}: {error}\n"
        "  This is a defect in gitops-lint: the run is not complete, and nothing can be concluded from it.\n"
        f"  Please report it{f' at {url}' if url else ''} with the command line"
        + ("" if traceback else " and what `--traceback` adds to this message"),
        err=True,
    )
