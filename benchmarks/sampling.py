"""
Where the time of one run goes, by sampling: a timer of processor time asks every few milliseconds which function runs.

cProfile slows small functions down several times and so points at the wrong ones. `profile` starts this module in a
process of its own, with the gitops-lint that is measured; all of its work is done in that process.
"""

from __future__ import annotations

import collections
import json
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from benchmarks.processes import run
from benchmarks.program import CACHE_VARIABLE, ENDS, ROOT, Program

EVERY = 0.005
"""Seconds of processor time between two samples."""


def profile(folder: Path, program: Program, depth: int) -> str:
    """Tables of a cold run on a folder: self and inclusive time by room, by module and by function. depth: rows of each."""
    with tempfile.TemporaryDirectory() as cache:
        paths = [program.environment.get("PYTHONPATH", ""), str(ROOT)]
        environment = {"PYTHONPATH": ":".join(path for path in paths if path), CACHE_VARIABLE: cache}
        command = (sys.executable, "-m", "benchmarks.sampling", *program.flags)
        told = json.loads(run(command, folder=folder, environment=environment, statuses=ENDS).output)
    total = told["samples"]
    parts = [
        f"{total} samples, one each {1000 * EVERY:g} ms of processor time; self time counts where a function itself runs\n"
    ]
    for kind, first in (("room", "inclusive"), ("module", "self"), ("function", "self"), ("function", "inclusive")):
        parts.append(
            f"{'self':>7} {'with all it calls':>18}  {kind}, most {'self time' if first == 'self' else 'in all'} first"
        )
        rows = sorted(told[first][kind].items(), key=lambda row: (-row[1], row[0]))
        for name, _ in rows[:depth]:
            alone, with_calls = told["self"][kind].get(name, 0), told["inclusive"][kind][name]
            parts.append(f"{alone / total:7.1%} {with_calls / total:18.1%}  {name}")
        parts.append("")
    return "\n".join(parts)


class Samples:
    """Counts by room, module and function: where samples fell (self), and what was under way (inclusive)."""

    def __init__(self) -> None:
        self.count = 0
        kinds = ("room", "module", "function")
        self.alone = {kind: collections.Counter[str]() for kind in kinds}
        self.inclusive = {kind: collections.Counter[str]() for kind in kinds}

    def take(self, signal_number: int, frame: FrameType | None) -> None:
        """One sample, as a signal handler gets it."""
        self.count += 1
        first = True
        seen: set[tuple[str, str]] = set()
        while frame is not None and frame.f_code is not main.__code__:
            for kind, name in _names(frame).items():
                if first:
                    self.alone[kind][name] += 1
                if (kind, name) not in seen:
                    seen.add((kind, name))
                    self.inclusive[kind][name] += 1
            first = False
            frame = frame.f_back


def _names(frame: FrameType) -> dict[str, str]:
    """
    The names of the function that a frame runs: `repo`, `repo/index.py`, `repo/index.py:edges`.

    Libraries stand in brackets, by their top folder: `(yaml)`.
    """
    # the module's name and not the file's: what a declaration of a class makes has no file, and may have no module either
    name = frame.f_globals.get("__name__") or type(frame.f_locals.get("self")).__module__
    top, _, below = name.partition(".")
    if top == "gitops_lint":
        room, module = below.partition(".")[0], f"{below.replace('.', '/')}.py"
    else:
        room = module = f"({top})"
    return {"room": room, "module": module, "function": f"{module}:{frame.f_code.co_name}"}


def main() -> int:
    """What `profile` starts: `gitops-lint check` in this process, its report thrown away, the samples printed as JSON."""
    samples = Samples()
    signal.signal(signal.SIGPROF, samples.take)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    from gitops_lint.cli import main as gitops_lint

    with tempfile.TemporaryDirectory() as work:
        report = str(Path(work, "report.json"))
        flags = [] if "--jobs" in sys.argv[1:] else ["--jobs", "1"]
        status = gitops_lint(["check", "--format", f"json={report}", *flags, *sys.argv[1:], "."])
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(json.dumps({"samples": samples.count, "self": samples.alone, "inclusive": samples.inclusive}))
    return status


if __name__ == "__main__":
    sys.exit(main())
