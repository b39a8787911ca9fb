"""What one run of `check` was asked to do: the command line as a value, which `cli` makes and `pipeline` reads."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Severity
from gitops_lint.progress import Progress


@dataclass(frozen=True, slots=True)
class StandardInput:
    """A file whose content came through standard input; file: the name it goes by, as typed on the command line."""

    file: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Options:
    """
    The flags of one run, not yet joined with the configuration file; what is given here wins over the file.

    select, ignore, extend_select: rule ids, areas, `group:security`, `ALL`; select None = not given.
    profile: "default" or "strict". fail_on: None = the configuration's, else error. config: a file's path; isolated: read
    no configuration. root: a folder; None = found from the first path. rule_folders: folders of users' rules.
    targets: product -> version, as in the configuration. schema_locations: files or folders of JSON schemas.
    suppressions: False = ignore comments take nothing away. jobs: worker processes; 0 = as many as there are processors. The library
    starts none by itself, as a program that imports it may not be made for that.
    stdin: content that stands for one file. today: the date on which suppressions expire; None = nothing expires.
    baseline: a file's path; None = the configuration's or the one at the root. use_baseline: False = it takes nothing away.
    since: a commit as Git names it; only what came after it is reported.
    cache: whether what files came to is kept for the next run; cache_dir: the folder for it, None = the user's.
    progress: told how far the run is; no part of what is asked, so options that differ only there are equal.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    profile: Literal["default", "strict"] | None = None
    fail_on: Severity | None = None
    config: str | None = None
    isolated: bool = False
    root: str | None = None
    rule_folders: tuple[str, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    schema_locations: tuple[str, ...] = ()
    suppressions: bool = True
    jobs: int = 1
    stdin: StandardInput | None = None
    today: datetime.date | None = None
    baseline: str | None = None
    use_baseline: bool = True
    since: str | None = None
    cache: bool = False
    cache_dir: str | None = None
    progress: Progress | None = field(default=None, compare=False)
