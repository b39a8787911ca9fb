"""What `check --fix` and `check --diff` say and write."""

from __future__ import annotations

import os
import sys
from collections import Counter

from gitops_lint.cli import close_quietly
from gitops_lint.findings import Outcome
from gitops_lint.fixing import Fixed, diff, fix, write
from gitops_lint.options import StandardInput
from gitops_lint.pipeline import Job
from gitops_lint.repo.rewriting import encoded
from gitops_lint.report import ReportSettings, shown_path
from gitops_lint.report.terminal import visible


def fix_files(job: Job, *, unsafe: bool) -> Fixed:
    """Fixes what can be fixed and writes the files. Raises GitopsLintError."""
    fixed = fix(job, unsafe=unsafe)
    write(job, fixed.changes)
    return fixed


def fix_stdin(job: Job, stdin: StandardInput, *, unsafe: bool) -> Fixed:
    """Writes the content of standard input, fixed, to standard output in its own encoding; no file is touched."""
    fixed = fix(job, unsafe=unsafe)
    data = next((encoded(one.data, one.text, one.file) for one in fixed.changes), stdin.content)
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        close_quietly()
    return fixed


def show_diff(job: Job, *, unsafe: bool) -> Fixed:
    """Writes what would change to standard output, as a unified diff. A terminal gets no control characters."""
    fixed = fix(job, unsafe=unsafe)
    lines = diff(fixed.changes, fixed.outcome.prefix)
    to_terminal = sys.stdout.isatty()
    text = "".join(f"{visible(line) if to_terminal else line}\n" for line in lines)
    try:
        # line ends as they are in the files, which a text stream would change on Windows
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
        sys.stdout.flush()
    except BrokenPipeError:
        close_quietly()
    return fixed


def summary(fixed: Fixed, *, written: bool, listed: bool) -> list[str]:
    """
    Lines for standard error: what was fixed, or would be, and what else could be.

    listed: also each file with its rules.
    """
    made, files = len(fixed.made), len(fixed.changes)
    said = f"{'fixed' if written else 'would fix'} {_many(made, 'finding')} in {_many(files, 'file')}"
    if not made:
        said = "nothing fixed" if written else "nothing to fix"
    lines = [f"{said}; {fixed.more} more with --unsafe-fixes" if fixed.more else said]
    if listed:
        for file in sorted({one.file for one in fixed.made}):
            lines.append(f"  {_shown(file, fixed.outcome)}")
            rules = Counter(one.rule for one in fixed.made if one.file == file)
            lines += [f"    {count} × {rule}" for rule, count in sorted(rules.items())]
    return lines


def _shown(file: str, outcome: Outcome) -> str:
    folder = os.getcwd()  # noqa: PTH109 (a string, as os.path.relpath takes it)
    return shown_path(file, outcome, ReportSettings(folder=folder))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
