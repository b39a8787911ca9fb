"""What is measured on one repository, and on the command itself."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compose import yaml_files
from benchmarks.processes import Run, fastest, run
from benchmarks.program import ROOT, Program

SLOW_IMPORTS = ("jsonschema", "jsonschema_rs", "lark", "lupa", "sarif_om")
"""What nothing that only prints a few lines may import."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What PyYAML's C loader needs for the same files in one process; seconds, and what they hold."""

    wall: float
    cpu: float
    files: int
    documents: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Figures:
    """
    One repository, measured. Each run is the fastest of several; memory is in bytes.

    cold: a fresh cache. again: nothing changed. changed: one file did. findings: how many were reported.
    """

    name: str
    yardstick: Yardstick
    cold: Run
    again: Run
    changed: Run
    memory: int
    findings: int


def figures_of(name: str, folder: Path, program: Program, repeats: int) -> Figures:
    """Measures a repository. folder: changed in one file, so a copy of what somebody needs. Raises ProgramError."""
    yardstick = composed(folder, repeats)
    cold: list[Run] = []
    again: list[Run] = []
    changed: list[Run] = []
    victim = changeable(folder)
    text = victim.read_bytes()
    for number in range(repeats):
        with tempfile.TemporaryDirectory() as cache:
            # a single run is watched, too; else memory has a run of its own, since watching takes a little time
            cold.append(program.check(folder, Path(cache), watched=repeats == 1))
            again.append(program.check(folder, Path(cache)))
            # another content each time: a cache must not know it
            victim.write_bytes(text + f"# changed {number}\n".encode())
            changed.append(program.check(folder, Path(cache)))
            victim.write_bytes(text)
    memory = cold[0].memory
    if repeats > 1:
        with tempfile.TemporaryDirectory() as cache:
            memory = program.check(folder, Path(cache), watched=True).memory
    findings = len(json.loads(cold[0].output)["findings"])
    return Figures(name, yardstick, fastest(cold), fastest(again), fastest(changed), memory, findings)


def composed(folder: Path, repeats: int) -> Yardstick:
    """The yardstick, the fastest of several runs."""
    told = [
        json.loads(run((sys.executable, "-m", "benchmarks.compose", str(folder.absolute())), folder=ROOT).output)
        for _ in range(repeats)
    ]
    first = told[0]
    return Yardstick(
        min(one["wall"] for one in told),
        min(one["cpu"] for one in told),
        first["files"],
        first["documents"],
        first["bytes"],
    )


def changeable(folder: Path) -> Path:
    """A file as somebody changes it before a commit: a Deployment in the middle, else the middle file."""
    files = yaml_files(folder)
    workloads = [file for file in files if file.name in ("deployment.yaml", "rollout.yaml")]
    chosen = workloads or files
    return chosen[len(chosen) // 2]


def median_time(program: Program, words: Sequence[str], repeats: int) -> float:
    """Seconds that a short command takes, the median of several."""
    return statistics.median(program.asked(*words).wall for _ in range(repeats))


def slow_imports(program: Program, words: Sequence[str]) -> list[str]:
    """Which slow libraries a short command imports."""
    return [name for name in SLOW_IMPORTS if name in program.imported(*words)]


def with_idle_rules(folder: Path, program: Program, repeats: int, count: int = 100) -> tuple[list[Run], list[Run]]:
    """
    Cold runs without and with so many rules for kinds that the repository does not have, by turns.

    Both know their rules already, as the wheel knows its own: what is measured is rules that do not apply, not checking
    rule files.
    """
    without: list[Run] = []
    plus: list[Run] = []
    with tempfile.TemporaryDirectory() as work:
        rules = Path(work, "rules", "layout")
        rules.mkdir(parents=True)
        for number in range(count):
            (rules / f"idle-{number}.rule").write_text(idle_rule(number), encoding="utf-8")
        empty = Path(work, "empty")
        (empty / ".git").mkdir(parents=True)
        flags = ("--rules", str(rules.parent))
        known = Path(work, "known")
        program.check(empty, known, flags=flags)
        for _ in range(repeats):
            for runs, given in ((without, ()), (plus, flags)):
                cache = Path(work, "cache")
                shutil.copytree(known, cache)
                runs.append(program.check(folder, cache, flags=given))
                shutil.rmtree(cache)
    return without, plus


def idle_rule(number: int) -> str:
    """A rule for a kind that no repository has."""
    return f"""kind Idle{number} in "idle{number}.example.com" untyped

rule idle-{number} {{
  title    "An idle rule"
  group    practice
  severity warning
  what     "Reports nothing, since no repository has the kind."
  why      "It stands for the many rules that do not apply to a repository."
  instead  "Nothing."
  source   "the benchmark"

  for each Idle{number} as i
  require  i.spec.size is present
    else report "{{i}} has no size" at i.spec

  bad "without a size" {{
    \"\"\"
      apiVersion: idle{number}.example.com/v1
      kind: Idle{number}
      metadata: {{name: a}}
      spec: {{}}
    \"\"\"
    expect "spec" covers "spec" message "Idle{number} a has no size"
  }}
  good "with one" {{
    \"\"\"
      apiVersion: idle{number}.example.com/v1
      kind: Idle{number}
      metadata: {{name: a}}
      spec: {{size: 1}}
    \"\"\"
  }}
}}
"""
