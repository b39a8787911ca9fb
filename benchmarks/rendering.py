"""What `gitops-lint render` costs on generated ApplicationSets: `python -m benchmarks --render`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.applicationsets import APPLICATIONS, SETS, repository
from benchmarks.budgets import MEGABYTE, Line, aligned, both, table
from benchmarks.processes import MEMORY_WORD, ProgramError, Run, fastest, run
from benchmarks.program import Program
from benchmarks.written import REPOSITORY_URL

FACTORS = (0.2, 1.0)
_FLAGS = ("render", ".", "--output-file")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One size. files, applications: how many. yaml, json: the fastest of several runs of each format; memory: its peak."""

    factor: float
    files: int
    applications: int
    yaml: Run
    json: Run
    memory: int


def write(folder: Path, factor: float, seed: int) -> int:
    """Writes the repository with the Git data that tell its URL; the number of files."""
    count = 0
    for file in repository(factor, seed):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
        count += 1
    git = folder / ".git"
    for name in ("objects", "refs/heads"):
        (git / name).mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "config").write_text(f'[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = {REPOSITORY_URL}\n')
    return count


def rendered(program: Program, factor: float, seed: int, repeats: int) -> Rendered:
    """Measures one size. Raises ProgramError where not every Application is generated."""
    with tempfile.TemporaryDirectory(prefix="gitops-lint-render-") as work:
        folder = Path(work, "repository")
        files = write(folder, factor, seed)
        out = Path(work, "out")

        def once(form: str, *, watched: bool = False) -> Run:
            words = (*program.command, *_FLAGS, str(out), "--format", form)
            return run(words, folder=folder, environment=program.environment, watched=watched)

        yaml = fastest([once("yaml") for _ in range(repeats)])
        memory = once("yaml", watched=True).memory
        as_json = fastest([once("json") for _ in range(repeats)])
        told = json.loads(out.read_text(encoding="utf-8"))["applicationsets"]
    applications = sum(len(one["applications"]) for one in told)
    if applications != round(SETS * factor) * APPLICATIONS:
        raise ProgramError(
            f"{applications} Applications were generated, {round(SETS * factor) * APPLICATIONS} are written"
        )
    return Rendered(factor, files, applications, yaml, as_json, memory)


def report(all_sizes: Sequence[Rendered]) -> str:
    """The budgets, and every size with its times."""
    rows = [("ApplicationSets", "files", "Applications", "YAML", "JSON", "an Application", "memory")]
    for one in all_sizes:
        rows.append(
            (
                str(round(SETS * one.factor)),
                str(one.files),
                str(one.applications),
                both(one.yaml.wall, one.yaml.cpu),
                both(one.json.wall, one.json.cpu),
                f"{one.yaml.cpu / one.applications * 1e6:.0f} µs",
                f"{one.memory / MEGABYTE:.0f} MB {MEMORY_WORD}" if one.memory else "-",
            )
        )
    return f"{table(budgets(all_sizes))}\n{aligned(rows)}"


def budgets(all_sizes: Sequence[Rendered]) -> list[Line]:
    lines = []
    for one in all_sizes:
        if one.factor == 1:
            words = f"{one.yaml.wall:.2f} s (processors {one.yaml.cpu:.2f} s)"
            lines.append(Line("20,000 Applications of 200 ApplicationSets", "5 s", words, one.yaml.wall < 5))
    small, large = all_sizes[0], all_sizes[-1]
    if large.factor > small.factor:
        times, most = large.yaml.cpu / small.yaml.cpu, 1.1 * large.factor / small.factor
        what = f"{large.factor / small.factor:g} times the ApplicationSets"
        lines.append(Line(what, f"at most {most:g} times the time", f"{times:.1f} times", times <= most))
    return lines
