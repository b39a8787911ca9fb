"""`python -m benchmarks`: measures gitops-lint and prints every budget with what was measured."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from benchmarks import budgets, figures, performance_page, rendering, sampling
from benchmarks.generate import write
from benchmarks.kubeconform import kubeconform
from benchmarks.processes import ProgramError
from benchmarks.program import Program, named, this_checkout

SMALL = 0.005
"""Times the reference repository: some 20 files."""


def main() -> int:
    parser = arguments()
    given = parser.parse_args()
    if given.write_docs and (given.folder or given.quick):
        parser.error("--write-docs takes the whole measurement of generated repositories")
    try:
        with tempfile.TemporaryDirectory(prefix="gitops-lint-benchmark-") as work:
            program = named(given.command) if given.command else this_checkout(Path(work))
            if given.jobs:
                program = Program(program.command, program.environment, ("--jobs", str(given.jobs)))
            if given.render:
                factors = rendering.FACTORS[-1:] if given.quick else rendering.FACTORS
                made = [
                    rendering.rendered(program, one, given.seed, 1 if given.quick else given.repeats) for one in factors
                ]
                print(f"{machine()}\n\n{rendering.report(made)}")
                return 0
            if given.profile:
                with repository(given.folder, given.factors[0], given.seed) as folder:
                    print(sampling.profile(folder, program, given.depth))
                return 0
            return measure(given, program)
    except ProgramError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure gitops-lint; nothing here is a test, a slow machine is only slow.",
    )
    parser.add_argument("folder", type=Path, nargs="?", help="a repository to measure instead of generated ones")
    parser.add_argument(
        "--factors", type=factors, default=[1.0, 3.0, 10.0], help="sizes, times the reference (default 1,3,10)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the generated repositories (default 1)")
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of each sort, of which the fastest counts (default 3)"
    )
    parser.add_argument("--quick", action="store_true", help="one run of each sort, the first size only, little else")
    parser.add_argument(
        "--command", default="", help="the gitops-lint to measure (default: the wheel of this checkout)"
    )
    parser.add_argument("--jobs", type=int, default=0, help="worker processes (default: what gitops-lint chooses)")
    parser.add_argument(
        "--kubeconform", default="", metavar="PROGRAM", help="compare with kubeconform; it is told to use no network"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")
    parser.add_argument("--write-docs", action="store_true", help="write the tables into docs/performance.md, too")
    parser.add_argument("--render", action="store_true", help="measure `render` on generated ApplicationSets instead")
    parser.add_argument(
        "--profile", action="store_true", help="sample one run in one process instead, and show where time goes"
    )
    parser.add_argument("--depth", type=int, default=40, help="how many functions --profile shows (default 40)")
    return parser


def factors(text: str) -> list[float]:
    """The sizes, smallest first, the order in which they are measured."""
    return sorted(float(part) for part in text.split(","))


def measure(given: argparse.Namespace, program: Program) -> int:
    repeats = 1 if given.quick else given.repeats
    sizes = given.factors[:1] if given.quick or given.folder else given.factors
    lines: list[budgets.Line] = []
    measured: list[figures.Figures] = []
    for factor in sizes:
        with repository(given.folder, factor, given.seed) as folder:
            name = given.folder.name if given.folder else f"{factor:g}x"
            # the larger a repository is, the less a disturbance counts
            one = figures.figures_of(name, folder, program, max(1, repeats - 1) if factor > 1 else repeats)
            measured.append(one)
            progress(budgets.sizes([one]))
            if factor == sizes[0]:
                lines += budgets.of_repository(one, reference=not given.folder and factor == 1)
                if not given.quick:
                    without, plus = figures.with_idle_rules(folder, program, repeats)
                    lines.append(budgets.of_idle_rules(without, plus, 100))
                if given.kubeconform:
                    lines.append(budgets.of_kubeconform(one, kubeconform(given.kubeconform, folder, repeats)))
    for larger in measured[1:]:
        lines += budgets.of_growth(measured[0], larger)
    short = ("--version", "--help")
    count = 3 if given.quick else 11
    times = {words: figures.median_time(program, [words], count) for words in short}
    imports = {} if given.command else {words: figures.slow_imports(program, [words]) for words in short}
    lines += budgets.of_start(times, imports)
    if sizes[0] > SMALL or given.folder:
        with repository(None, SMALL, given.seed) as folder:
            measured.insert(0, figures.figures_of(f"{SMALL:g}x", folder, program, count))
    lines += budgets.of_small(measured[0])
    text = f"{machine()}\n\n{budgets.table(lines)}\n{budgets.sizes(measured)}"
    print(text)
    if given.json:
        told = {"lines": [asdict(one) for one in lines], "repositories": [plain(one) for one in measured]}
        given.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if given.write_docs:
        performance_page.write(text)
    return 0


def plain(one: figures.Figures) -> dict[str, object]:
    """Figures as JSON can hold them: without what the runs wrote."""
    made = asdict(one)
    for run in ("cold", "again", "changed"):
        del made[run]["output"]
    return made


@contextmanager
def repository(given: Path | None, factor: float, seed: int) -> Iterator[Path]:
    """A folder to measure that may be changed: a copy of the one given, or a generated one."""
    with tempfile.TemporaryDirectory(prefix="gitops-lint-repository-") as work:
        folder = Path(work, "repository")
        if given:
            shutil.copytree(given, folder, symlinks=True)
        else:
            folder.mkdir()
            write(folder, factor, seed)
        yield folder


def machine() -> str:
    """What was measured on, in one line."""
    return f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}. Times are wall / processor time."


def progress(text: str) -> None:
    """To standard error, so that what is printed at the end stands alone."""
    print(text.splitlines()[-1], file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
