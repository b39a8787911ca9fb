"""
Findings to text. A format `name` is the module `to_<name>.py` in this package, with a `NAME` and a function `render`.

Called by `cli`. Reporters read an Outcome and settings, nothing else, and are imported when they are asked for.
"""

from __future__ import annotations

import importlib
import os.path
import pkgutil
from typing import Protocol

from gitops_lint.dataclass import dataclass
from gitops_lint.errors import UsageError
from gitops_lint.findings import Outcome
from gitops_lint.report.secrets import masked

# formats that can hold counts instead of findings
COUNTED = ("text", "concise", "json")


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """
    How an outcome is shown; what is shown is the outcome's.

    color, links: whether colours and OSC 8 links may be used. width: display columns of the terminal. max_per_rule:
    findings of one rule shown in detail, 0 = all. quiet: nothing but findings. hidden: findings that `--min-severity`
    left out. show_unverified: list how often each rule could not decide. folder: the folder, absolute, from which the user
    reads paths ("" = the root). github: the text goes to a GitHub runner, which obeys some lines. version: the tool's;
    url: the project's page or "". statistics: counts instead of findings, in the formats of COUNTED.
    source: the address under which a forge shows the files of the commit, with its final `/`, or "".
    sarif_suppressed, sarif_category: the flags of those names.
    """

    color: bool = False
    links: bool = False
    width: int = 120
    max_per_rule: int = 0
    quiet: bool = False
    hidden: int = 0
    show_unverified: bool = False
    folder: str = ""
    github: bool = False
    version: str = "0"
    url: str = ""
    statistics: bool = False
    source: str = ""
    sarif_suppressed: bool = False
    sarif_category: str = ""


class Reporter(Protocol):
    """What a module `to_<name>.py` offers."""

    NAME: str

    def render(self, outcome: Outcome, settings: ReportSettings) -> str:
        """The whole report, with its final line end; "" where there is nothing to say."""
        ...


def names() -> list[str]:
    """The formats there are, sorted."""
    return sorted(one.name.removeprefix("to_") for one in pkgutil.iter_modules(__path__) if one.name.startswith("to_"))


def reporter(name: str) -> Reporter:
    """The reporter of a format. Raises UsageError for a name that is none."""
    if name not in names():
        raise UsageError(f"`{name}` is not a format; there are: {', '.join(names())}")
    module: Reporter = importlib.import_module(f"{__name__}.to_{name}")
    return module


def render(name: str, outcome: Outcome, settings: ReportSettings) -> str:
    """The report of an outcome in one format, with secrets masked. Raises UsageError for a name that is none."""
    if settings.statistics and name in COUNTED:
        # imported when it is asked for, as the reporters are
        from gitops_lint.report.statistics import counts

        return counts(name, outcome, settings)
    return reporter(name).render(masked(outcome), settings)


def shown_path(file: str, outcome: Outcome, settings: ReportSettings) -> str:
    """A file's path as the user would type it, with `/`: relative to the folder where the command was started."""
    if not settings.folder or not outcome.root or settings.folder == outcome.root or "://" in file:
        return file
    try:
        return os.path.relpath(os.path.join(outcome.root, file), settings.folder).replace(os.sep, "/")  # noqa: PTH118
    except ValueError:  # another drive
        return file


def path_in_repository(file: str, outcome: Outcome) -> str:
    """A file's path from the top of its Git repository, as forges know it; what lies elsewhere keeps its address."""
    return file if "://" in file else outcome.prefix + file
