"""
Answers about files, with what they depended on, as plain data: a later run asks a rule again only where something that it
depended on has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Finding
from gitops_lint.policy.run import Results
from gitops_lint.repo.asked import Question, Step
from gitops_lint.repo.questions import NOTHING, Questions

Plain = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules said of one file. step: the number of what that depended on."""

    step: int
    findings: tuple[Finding, ...]
    unverified: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OldStep:
    """A step of an earlier run: numbers of questions and of steps before it; value: the digest of what it came to, if any."""

    questions: tuple[int, ...]
    steps: tuple[int, ...]
    question: int = -1
    value: bytes = NOTHING


@dataclass(slots=True)
class Answers:
    """
    What a run answered.

    plan: the digest of all that they depend on beside the files. questions: each once, a file as a tuple of one. values: the digest of what each came to. steps: each behind those that it
    needs. files: file to the answer about it.
    """

    plan: bytes = b""
    questions: list[Plain] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    steps: list[OldStep] = field(default_factory=list)
    files: dict[str, Answer] = field(default_factory=dict)


class Writer:
    """Gathers answers, of this run and of an earlier one, into one table."""

    def __init__(self, questions: Questions | None) -> None:
        self.made = Answers()
        self._asked = questions
        self._questions: dict[Plain, int] = {}
        self._steps: dict[int, int] = {}
        self._kept: list[Step] = []  # so that an id stays its own

    def add(self, file: str, results: Results, step: Step) -> None:
        """Adds what was answered about a file in this run."""
        self.made.files[file] = Answer(self._step(step), tuple(results.findings), results.unverified)

    def _step(self, step: Step) -> int:
        known = self._steps.get(id(step))
        if known is None:
            questions = [self._question(one) for one in step.needs if not isinstance(one, Step)]
            steps = [self._step(one) for one in step.needs if isinstance(one, Step)]
            own, value = -1, NOTHING
            if step.question is not None and self._asked is not None:
                value = self._asked.comparable(step)
                own = self._number(_plain(step.question), value) if value else -1
            known = self._steps[id(step)] = len(self.made.steps)
            self._kept.append(step)
            self.made.steps.append(OldStep(tuple(sorted(questions)), tuple(sorted(steps)), own, value))
        return known

    def _question(self, question: Question) -> int:
        plain = _plain(question)
        known = self._questions.get(plain)
        if known is None:
            assert self._asked is not None  # else there are only answers of others
            known = self._number(plain, self._asked.answer(question))
        return known

    def _number(self, plain: Plain, value: bytes) -> int:
        known = self._questions.get(plain)
        if known is None:
            known = self._questions[plain] = len(self.made.questions)
            self.made.questions.append(plain)
            self.made.values.append(value)
        return known

    def take(self, other: Answers, files: Iterable[str], again: Mapping[int, Step] | None = None) -> None:
        """Adds answers of another table about some files. again: its steps that were worked out again."""
        numbers: dict[int, int] = {}

        def question(number: int) -> int:
            return self._number(other.questions[number], other.values[number])

        def step(number: int) -> int:
            known = numbers.get(number)
            if known is None:
                if again and number in again:
                    known = numbers[number] = self._step(again[number])
                    return known
                old = other.steps[number]
                steps = tuple(step(one) for one in old.steps)
                questions = tuple(map(question, old.questions))
                own = question(old.question) if old.question >= 0 else -1
                known = numbers[number] = len(self.made.steps)
                self.made.steps.append(OldStep(questions, steps, own, old.value))
            return known

        for file in files:
            answer = other.files[file]
            self.made.files[file] = Answer(step(answer.step), answer.findings, answer.unverified)


def _plain(question: Question) -> Plain:
    return (_TEXT, question) if isinstance(question, str) else question


def _asked(plain: Plain) -> Question:
    return str(plain[1]) if plain[0] == _TEXT else plain


_TEXT = "text"
"""The name of the question for the text of a file, which is noted by its path alone."""


class Reader:
    """Answers of an earlier run: which of them still hold."""

    def __init__(self, answers: Answers, questions: Questions) -> None:
        self._answers = answers
        self._asked = questions
        self._same: list[bool | None] = [None] * len(answers.questions)
        self._holds: list[bool] = []
        self.again: dict[int, Step] = {}

    def holding(self, files: Iterable[str]) -> list[str]:
        """The files whose answers still hold."""
        for step in self._answers.steps:
            self._holds.append(self._still(step))
        known = self._answers.files
        return [file for file in files if file in known and self._holds[known[file].step]]

    def _still(self, step: OldStep) -> bool:
        if all(self._holds[one] for one in step.steps) and all(map(self._is_same, step.questions)):
            return True
        if step.value and self._value(step.question) == step.value:
            # it came to the same by another way: what it depends on now is what counts from here on
            self.again[len(self._holds)] = self._asked.step(_asked(self._answers.questions[step.question]))
            return True
        return False

    def _is_same(self, number: int) -> bool:
        known = self._same[number]
        if known is None:
            old = self._answers.values[number]
            known = self._same[number] = bool(old) and self._value(number) == old
        return known

    def _value(self, number: int) -> bytes:
        return self._asked.answer(_asked(self._answers.questions[number]))
