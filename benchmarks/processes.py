"""Programs run and watched: wall time, processor time and the memory of a whole tree of processes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MEMORY_WORD = "PSS" if Path("/proc/self/smaps_rollup").exists() else "RSS"
"""PSS counts a page that several processes share once in all; RSS counts it for each of them."""


@dataclass(frozen=True, slots=True)
class Run:
    """
    One run of a program.

    wall: seconds from start to end. cpu: seconds of processors, user and system, of the program and all it started.
    memory: the highest sum over all its processes in bytes, of MEMORY_WORD; 0 where it was not watched. output: what it
    wrote to standard output.
    """

    wall: float
    cpu: float
    status: int
    memory: int = 0
    output: bytes = b""


class ProgramError(Exception):
    """A program that had to work did not; says which and what it wrote."""


def run(
    command: Sequence[str],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    statuses: Sequence[int] = (0,),
    watched: bool = False,
) -> Run:
    """
    A program from start to end, its output kept.

    environment: what is set besides what this process has. statuses: how it may end. watched: its memory is sampled,
    which slows it down a little, so times come from runs that are not. Raises ProgramError.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    watch = Watch(process.pid) if watched else None
    output, errors = process.communicate()
    wall = time.perf_counter() - start
    memory = watch.stop() if watch else 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in statuses:
        raise ProgramError(
            f"`{' '.join(command)}` ended with {process.returncode}: {errors.decode(errors='replace')[-2000:]}"
        )
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Run(wall, cpu, process.returncode, memory, output)


def fastest(runs: Sequence[Run]) -> Run:
    """The least wall time and the least processor time of several runs; noise only ever adds."""
    best = min(runs, key=lambda one: one.wall)
    memory = max(one.memory for one in runs)
    return Run(best.wall, min(one.cpu for one in runs), best.status, memory, best.output)


class Watch:
    """Samples the memory of a process and everything below it until `stop`. Linux only: elsewhere it says 0."""

    def __init__(self, pid: int, every: float = 0.01) -> None:
        self._pid = pid
        self._every = every
        self._most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        if sys.platform == "linux":
            self._thread.start()

    def stop(self) -> int:
        """The most bytes that were seen at one time."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        return self._most

    def _sample(self) -> None:
        while not self._over.wait(self._every):
            self._most = max(self._most, sum(memory_of(pid) for pid in family(self._pid)))


def family(pid: int) -> list[int]:
    """A process and all below it, as /proc knows them now."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found.extend(int(child) for child in children.read_text().split())
            except OSError:
                continue
    return found


def memory_of(pid: int) -> int:
    """Bytes of one process, as MEMORY_WORD counts; 0 for one that is gone."""
    file = "smaps_rollup" if MEMORY_WORD == "PSS" else "status"
    word = "Pss:" if MEMORY_WORD == "PSS" else "VmRSS:"
    try:
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(word):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0
