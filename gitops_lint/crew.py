"""
Work on many files, here or by worker processes: every file examined, then asked what only the whole repository can answer.

Workers start where there is enough to parse, and only through `concurrent.futures.Executor`. What they get and give is plain
data; a worker that dies takes nothing along: its part is done here.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from gitops_lint.examine import Examined, Examiner, Plan
from gitops_lint.policy.run import RepositoryRules, Results
from gitops_lint.policy.screening import Due
from gitops_lint.remembered import Remembered
from gitops_lint.repo.discover import Tree, WorkingTree
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import Loader, digest
from gitops_lint.repo.overlay import Overlay
from gitops_lint.repo.role import Role

ENOUGH = 1 << 20
"""Bytes of text from which workers cost less than they save."""
_MOST = 8  # more workers than this wait for the process that gathers what they send
_CHUNK = 192 << 10  # bytes of text for one task: small enough that all workers end at about the same time

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Told = Callable[[int], None]  # is told how many more files are done


class Crew:
    """
    Those who look at the files of one tree by one plan.

    jobs: worker processes at most, 1 for none, None for as many as there are processors. remembered: what earlier runs
    know of the files.
    """

    def __init__(
        self,
        tree: Tree,
        plan: Plan,
        role_of: Callable[[str], Role],
        jobs: int | None = None,
        remembered: Remembered | None = None,
    ) -> None:
        self.tree = tree
        self.plan = plan
        self.examiner = Examiner(tree, plan)
        self.loader = Loader(tree, role_of)
        self._jobs = jobs
        self._remembered = remembered

    def examine(self, files: Sequence[tuple[str, Role]], told: Told) -> list[Examined]:
        """Every file, in the order given; those that are remembered are not looked at again."""
        if self._remembered is None:
            return self._looked_at(files, told)
        keys = self._remembered.keys(self.plan)
        known: dict[str, Examined] = {}
        if len(self._remembered):
            for file, role in files:
                try:
                    key = keys.key(digest(self.tree.read(file)), role)
                except OSError:
                    continue
                found = self._remembered.file(file, key)
                if found is not None:
                    known[file] = found
            told(len(known))
        left = [(file, role) for file, role in files if file not in known]
        for (_, role), examined in zip(left, self._looked_at(left, told)):
            self._remembered.learn(keys.key(examined.facts.digest, role), examined)
            known[examined.facts.file] = examined
        return [known[file] for file, _ in files]

    def _looked_at(self, files: Sequence[tuple[str, Role]], told: Told) -> list[Examined]:
        workers = self._workers([file for file, _ in files])
        if workers > 1:
            chunks = list(_chunks(files, lambda one: self._size(one[0])))
            done = _by_workers(workers, _begin_examining, (self.examiner,), _examine_chunk, chunks, told)
            if done is not None:
                return [one for some in done for one in some]
        return [self._examine_here(file, role, told) for file, role in files]

    def _examine_here(self, file: str, role: Role, told: Told) -> Examined:
        loaded = self.examiner.load(file, role)
        examined = self.examiner.judge(loaded)
        if examined.due:
            # somebody will ask for its tree again
            self.loader.keep(loaded)
        told(1)
        return examined

    def ask(self, repo: Repo, due: Sequence[tuple[str, tuple[Due, ...]]], told: Told) -> Results:
        """What the rules say that look across files. due: files with what is to be asked of each, sorted."""
        workers = self._workers([file for file, _ in due])
        if workers > 1:
            chunks = list(_chunks(due, lambda one: self._size(one[0])))
            done = _by_workers(workers, _begin_asking, (self.examiner, repo), _ask_chunk, chunks, told)
            if done is not None:
                results = Results()
                for some in done:
                    results.add(some)
                return results
        return _answers(self.examiner, repo, due, told)

    def _workers(self, files: Sequence[str]) -> int:
        """How many processes this many files are worth."""
        if self._jobs == 1 or not isinstance(self.tree, WorkingTree | Overlay):
            return 1
        at_hand = self._jobs or min(processors(), _MOST)
        return min(at_hand, 1 + sum(map(self._size, files)) // ENOUGH)

    def _size(self, file: str) -> int:
        return self.tree.size(file) if isinstance(self.tree, WorkingTree | Overlay) else 0


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _chunks(tasks: Sequence[Task], size: Callable[[Task], int]) -> Iterator[list[Task]]:
    """The tasks in order, in parts of about the same size."""
    chunk: list[Task] = []
    total = 0
    for one in tasks:
        chunk.append(one)
        total += size(one) + 500  # a file costs something however small it is
        if total >= _CHUNK:
            yield chunk
            chunk, total = [], 0
    if chunk:
        yield chunk


def _by_workers(
    workers: int,
    begin: Callable[..., None],
    given: tuple[object, ...],
    work: Callable[[list[Task]], Answer],
    chunks: Sequence[list[Task]],
    told: Told,
) -> list[Answer] | None:
    """The answer for each chunk; None where a worker died (the system ran out of memory or ended it)."""
    answers = []
    pool = _pool(workers, begin, given)
    try:
        for chunk, answer in zip(chunks, pool.map(work, chunks)):
            answers.append(answer)
            told(len(chunk))
    except BrokenProcessPool:
        return None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return answers


def _pool(workers: int, begin: Callable[..., None], given: tuple[object, ...]) -> Executor:
    # Only Linux forks safely while nothing else runs in this process; there a worker begins with all that is known here.
    method = "fork" if sys.platform == "linux" and threads() == 1 else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=given)


def threads() -> int:
    """Threads of this process, also those that are not Python's."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 (names alone)
    except OSError:
        return 2


# ---- what a worker process does

_EXAMINER: Examiner | None = None
_RULES: RepositoryRules | None = None


def _begin_examining(examiner: Examiner) -> None:
    global _EXAMINER
    _EXAMINER = examiner


def _examine_chunk(files: list[tuple[str, Role]]) -> list[Examined]:
    assert _EXAMINER is not None  # the pool begins with it
    return [_EXAMINER.judge(_EXAMINER.load(file, role)) for file, role in files]


def _begin_asking(examiner: Examiner, repo: Repo) -> None:
    global _RULES
    _RULES = _rules(examiner, repo)


def _ask_chunk(due: list[tuple[str, tuple[Due, ...]]]) -> Results:
    assert _RULES is not None  # the pool begins with them
    results = Results()
    for file, some in due:
        _RULES.run(file, some, results)
    return results


def _rules(examiner: Examiner, repo: Repo) -> RepositoryRules:
    return RepositoryRules(examiner.plan.rules, examiner.vocabulary, examiner.context, repo)


def _answers(examiner: Examiner, repo: Repo, due: Sequence[tuple[str, Sequence[Due]]], told: Told) -> Results:
    rules = _rules(examiner, repo)
    results = Results()
    for file, some in due:
        rules.run(file, some, results)
        told(1)
    return results
