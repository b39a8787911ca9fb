"""
Work on many files, here or by worker processes: every file examined, then asked what only the whole repository can answer.

Workers start where there is enough to parse, and only through `concurrent.futures.Executor`: one for each, so that a file is
asked about where its tree is still at hand. What they get and give is plain data; where a worker dies, all is done here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from gitops_lint.config import Config
from gitops_lint.examine import Examined, Examiner, Plan
from gitops_lint.policy.answers import Answers, Reader, Writer
from gitops_lint.policy.run import RepositoryRules, Results
from gitops_lint.policy.screening import Due
from gitops_lint.remembered import Remembered, may_write_secrets
from gitops_lint.repo.discover import Tree, WorkingTree
from gitops_lint.repo.facts import FileFacts
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import Loader, digest
from gitops_lint.repo.overlay import Overlay
from gitops_lint.repo.questions import Questions
from gitops_lint.repo.role import Role
from gitops_lint.repo.roles import Roles

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

ENOUGH = 1 << 20
"""Bytes of text from which workers cost less than they save."""
_MOST = 8  # more workers than this wait for the process that gathers what they send
_CHUNK = 192 << 10  # bytes of text for one task: small enough that all workers end at about the same time

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Part = tuple[str, tuple[Due, ...]]  # a file, and what it is to be asked
Told = Callable[[int], None]  # is told how many more files are done


class Crew:
    """
    Those who look at the files of one tree by one plan; to be entered and left, as workers stay until then.

    jobs: worker processes at most, 1 for none, 0 for as many as there are processors. remembered: what earlier runs
    know of the files.
    """

    def __init__(
        self,
        tree: Tree,
        plan: Plan,
        roles: Roles,
        jobs: int = 1,
        remembered: Remembered | None = None,
        examiner: Examiner | None = None,
    ) -> None:
        self.tree = tree
        self.plan = plan
        self.examiner = Examiner(tree, plan) if examiner is None else examiner
        self.loader = Loader(tree, roles.of)
        self._roles = roles
        self._hands: list[Executor] = []
        self._who: dict[str, int] = {}  # file to the number of the worker that has looked at it
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

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dismiss()

    def _dismiss(self) -> None:
        for hand in self._hands:
            hand.shutdown(wait=False, cancel_futures=True)
        self._hands = []
        self._who = {}

    def _looked_at(self, files: Sequence[tuple[str, Role]], told: Told) -> list[Examined]:
        workers = self._workers([file for file, _ in files])
        if workers > 1:
            self._hands = _hands(workers, self.examiner, self._roles)
            chunks = list(_chunks(files, lambda one: self._size(one[0])))
            done = self._by_workers(_examine_chunk, dict(enumerate(chunks)), told)
            if done is not None:
                for number, (worker, _) in done.items():
                    self._who.update((file, worker) for file, _ in chunks[number])
                return [one for number in sorted(done) for one in decoded(done[number][1])]
        return [self._examine_here(file, role, told) for file, role in files]

    def _examine_here(self, file: str, role: Role, told: Told) -> Examined:
        loaded = self.examiner.load(file, role)
        examined = self.examiner.judge(loaded)
        if examined.due:
            # somebody will ask for its tree again
            self.loader.keep(loaded)
        told(1)
        return examined

    def ask(self, repo: Repo, due: Sequence[Part], told: Told) -> Results:
        """What the rules say that look across files. due: files with what is to be asked of each, sorted."""
        if self._remembered is None or not repo.noting:
            return self._asked(repo, due, told)[0]
        questions = Questions(repo)
        writer = Writer(questions)
        plan = self._remembered.keys(self.plan).plan
        writer.made.plan = plan
        old = self._remembered.answers
        results = Results()
        if old is not None and old.plan == plan:
            reader = Reader(old, questions)
            holding = reader.holding(file for file, _ in due)
            for file in holding:
                answer = old.files[file]
                results.findings.extend(answer.findings)
                for rule, rows in answer.unverified.items():
                    results.count(rule, rows)
            writer.take(old, holding, reader.again)
            told(len(holding))
            known = set(holding)
            due = [part for part in due if part[0] not in known]
        more, tables = self._asked(repo, due, told, writer)
        results.add(more)
        for table in tables:
            writer.take(table, table.files)
        if due or old is None or old.plan != plan or len(writer.made.files) != len(old.files):
            self._remembered.keep_answers(writer.made)
        return results

    def _asked(
        self, repo: Repo, due: Sequence[Part], told: Told, writer: Writer | None = None
    ) -> tuple[Results, list[Answers]]:
        """What the rules say, and what workers noted of it; what is found here the writer gets."""
        if not self._hands:
            workers = self._workers([file for file, _ in due])
            self._hands = _hands(workers, self.examiner, self._roles) if workers > 1 else []
        if self._hands and due:
            parts = self._parts(due)
            facts = encoded(repo.files())
            tasks = {worker: (facts, repo.config, writer is not None, part) for worker, part in parts.items()}
            done = self._by_workers(_ask_part, tasks, told, own=True)
            if done is not None:
                results = Results()
                tables = []
                for worker in sorted(done):
                    more, noted = done[worker][1]
                    results.add(more)
                    if noted:
                        import msgspec

                        tables.append(msgspec.msgpack.decode(noted, type=Answers))
                return results, tables
        return _answers(_rules(self.examiner, repo), due, told, writer), []

    def _parts(self, due: Sequence[Part]) -> dict[int, list[Part]]:
        """Worker to what it is asked: about what it has looked at, and an even part of what nobody has looked at yet."""
        new = sum(self._size(file) for file, _ in due if file not in self._who)
        parts: dict[int, list[Part]] = {}
        given = 0
        for file, some in due:
            worker = self._who.get(file)
            if worker is None:
                worker = given * len(self._hands) // (new + 1)
                given += self._size(file)
            parts.setdefault(worker, []).append((file, some))
        return parts

    def _by_workers(
        self, work: Callable[[Task], Answer], tasks: Mapping[int, Task], told: Told, *, own: bool = False
    ) -> dict[int, tuple[int, Answer]] | None:
        """
        For the number of each task who did it, and the answer; None where a worker died.

        own: the number of a task is that of the worker who does it; else whoever is free takes the next.
        """
        from concurrent.futures import FIRST_COMPLETED, wait
        from concurrent.futures.process import BrokenProcessPool

        done: dict[int, tuple[int, Answer]] = {}
        waiting = sorted(tasks, reverse=True)
        running: dict[Future[Answer], tuple[int, int]] = {}
        free = [worker for worker in range(len(self._hands)) for _ in range(2)]  # one at work, one to go on with
        try:
            while waiting or running:
                while waiting and (own or free):
                    number = waiting.pop()
                    worker = number if own else free.pop()
                    running[self._hands[worker].submit(work, tasks[number])] = (number, worker)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    number, worker = running.pop(future)
                    done[number] = (worker, future.result())
                    free.insert(0, worker)
                    told(size_of(tasks[number]))
        except BrokenProcessPool:
            self._dismiss()
            return None
        return done

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


def size_of(task: object) -> int:
    """How many files a task is about."""
    files = task[-1] if isinstance(task, tuple) else task
    return len(files) if isinstance(files, list) else 0


def _hands(workers: int, examiner: Examiner, roles: Roles) -> list[Executor]:
    """Executors of one process each, started."""
    # not at the top: a small repository needs no workers, and importing what starts them takes 30 ms
    import multiprocessing
    import threading
    import warnings
    from concurrent.futures import ProcessPoolExecutor

    # Only Linux forks safely; there a worker begins with all that is known here. Where somebody else's threads run (the
    # library in a server) none is forked.
    method = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
    context = multiprocessing.get_context(method)
    hands: list[Executor] = []
    with warnings.catch_warnings():
        # the second worker is forked beside the thread that waits for the first, which holds nothing that a child needs
        warnings.simplefilter("ignore", DeprecationWarning)
        for _ in range(workers):
            hand = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(examiner, roles))
            hand.submit(_ready)
            hands.append(hand)
    return hands


def encoded(facts: Sequence[FileFacts]) -> bytes:
    """The facts of files as bytes: less work for both sides than pickle."""
    import msgspec

    return msgspec.msgpack.encode(facts)


def decoded(examined: bytes) -> list[Examined]:
    """What a worker sends."""
    import msgspec

    return msgspec.msgpack.decode(examined, type=list[Examined])


# ---- what a worker process does

_CREW: Crew | None = None


def _begin(examiner: Examiner, roles: Roles) -> None:
    global _CREW
    _CREW = Crew(examiner.tree, examiner.plan, roles, 1, examiner=examiner)


def _ready() -> None:
    """The first task, so that the process starts."""


def _examine_chunk(files: list[tuple[str, Role]]) -> bytes:
    import msgspec

    assert _CREW is not None  # each worker begins with it
    return msgspec.msgpack.encode([_CREW._examine_here(file, role, _nobody) for file, role in files])


def _ask_part(task: tuple[bytes, Config, bool, list[Part]]) -> tuple[Results, bytes]:
    import msgspec

    assert _CREW is not None  # each worker begins with it
    facts, config, noting, due = task
    files = msgspec.msgpack.decode(facts, type=list[FileFacts])
    repo = Repo(_CREW.tree, _CREW._roles, files, config, loader=_CREW.loader, noting=noting)
    writer = Writer(Questions(repo)) if noting else None
    results = _answers(_rules(_CREW.examiner, repo), due, _nobody, writer)
    return results, b"" if writer is None else msgspec.msgpack.encode(writer.made)


def _nobody(more: int) -> None:
    """Is told how many files are done, and tells nobody."""


def _rules(examiner: Examiner, repo: Repo) -> RepositoryRules:
    return RepositoryRules(examiner.plan.rules, examiner.vocabulary, examiner.context, repo)


def _answers(
    rules: RepositoryRules, due: Sequence[tuple[str, Sequence[Due]]], told: Told, writer: Writer | None = None
) -> Results:
    results = Results()
    for file, some in due:
        if writer is None:
            rules.run(file, some, results)
        else:
            one, step = rules.noted(file, some)
            results.add(one)
            if not one.crashes and not one.changed and not may_write_secrets(one.findings):
                writer.add(file, one, step)
        told(1)
    return results
