"""Where a report goes and how it may look there: files, terminals, pipes, GitHub's runner."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gitops_lint.cli import close_quietly
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import UsageError
from gitops_lint.pattern import pattern
from gitops_lint.report import names

# formats that a person reads; a GitHub runner gets annotations in addition to them
FOR_PEOPLE = ("text", "concise")
_WIDTH = 120
_SOURCE = pattern(r"https?://[\w.-]+(:\d+)?(/[\w.-]+){2,}/blob/[0-9a-f]{40,64}/", re.ASCII)


@dataclass(frozen=True, slots=True)
class Output:
    """One report: a format, and a file or (None) standard output."""

    format: str
    file: str | None = None


def outputs(formats: Sequence[str], output_file: str | None) -> list[Output]:
    """
    The reports that `--format FORMAT[=FILE]` and `--output-file` ask for; text on standard output where none is named.

    Raises UsageError for an unknown format, two reports for one place, or a folder that does not exist.
    """
    asked = []
    for one in formats or ("text",):
        name, equals, file = one.partition("=")
        if name not in names():
            raise UsageError(f"`{name}` is not a format; there are: {', '.join(names())}")
        if equals and not file:
            raise UsageError(f"`--format {one}` names no file after `=`")
        asked.append(Output(name, file if equals and file != "-" else None))
    if output_file is not None:
        if len(asked) > 1 or asked[0].file is not None:
            raise UsageError("`--output-file` goes with a single format; write `--format FORMAT=FILE` for several")
        asked = [Output(asked[0].format, None if output_file == "-" else output_file)]
    places = [one.file for one in asked]
    for place in places:
        if places.count(place) > 1:
            where = "standard output" if place is None else f"`{place}`"
            raise UsageError(f"several reports would go to {where}; write `--format FORMAT=FILE`")
        if place is not None and not Path(place).parent.is_dir():
            raise UsageError(f"`{place}` cannot be written: its folder does not exist")
    return asked


def colors(asked: str, environment: Mapping[str, str], terminal: bool) -> bool:
    """Whether to use colours: the flag (`auto`, `always`, `never`), then NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, the terminal."""
    if asked != "auto":
        return asked == "always"
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and environment.get("TERM") != "dumb"


def source_url(environment: Mapping[str, str]) -> str:
    """The address under which the forge that runs this shows the files of the commit, with its final `/`; "" elsewhere."""
    server, repository, commit = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA"))
    project, sha = environment.get("CI_PROJECT_URL", ""), environment.get("CI_COMMIT_SHA", "")
    for url in (f"{server}/{repository}/blob/{commit}/", f"{project}/-/blob/{sha}/"):
        if _SOURCE.fullmatch(url):
            return url
    return ""


def columns() -> int:
    """Display columns: COLUMNS, else the terminal's, else what a CI log shows without wrapping."""
    return shutil.get_terminal_size((_WIDTH, 24)).columns


def write(text: str, file: str | None) -> None:
    """
    Write a report, whole. A reader of standard output that has gone is no reason to say anything.

    Raises UsageError when the file cannot be written.
    """
    if file is None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            close_quietly()
        return
    try:
        Path(file).write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"`{file}` cannot be written: {error.strerror or error}") from error
