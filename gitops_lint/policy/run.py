"""Rules over a file and over a repository: each rule by itself, its crash a finding, the others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.compile import CompiledRule, compile_rule
from gitops_lint.findings import Crash, Finding, condensed
from gitops_lint.policy.binding import Binder
from gitops_lint.policy.drafts import finding_of
from gitops_lint.policy.places import Where
from gitops_lint.policy.rulepack import PackedRule
from gitops_lint.policy.screening import Choice, Due, RulesByKind, may_have
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary import GitopsVocabulary
from gitops_lint.policy.world import LocalWorld, RepoWorld
from gitops_lint.repo.asked import Step
from gitops_lint.repo.index import ChangedMeanwhileError, Repo
from gitops_lint.repo.load import LoadedFile

_LOG = logging.getLogger(__name__)

Wanted = Callable[[PackedRule, str], bool]  # whether a rule counts for a file


@dataclass(slots=True)
class Results:
    """
    What running rules came to.

    unverified: rule to the number of rows that could not be decided. changed: files
    that were no longer the same when they were looked at again.
    """

    findings: list[Finding] = field(default_factory=list)
    unverified: dict[str, int] = field(default_factory=dict)
    crashes: list[Crash] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    def add(self, other: Results) -> None:
        """Adds what others came to."""
        self.findings.extend(other.findings)
        self.crashes.extend(other.crashes)
        self.changed |= other.changed
        for rule, rows in other.unverified.items():
            self.count(rule, rows)

    def count(self, rule: str, rows: int) -> None:
        if rows:
            self.unverified[rule] = self.unverified.get(rule, 0) + rows


class LocalRules:
    """The rules that look at one document by itself, ready to run on one file after the other."""

    def __init__(
        self, rules: Iterable[PackedRule], vocabulary: GitopsVocabulary, context: Context, binder: Binder
    ) -> None:
        self._world = LocalWorld(vocabulary, context)
        self._rules = RulesByKind([rule for rule in rules if rule.local], binder)
        self._compiled: dict[str, CompiledRule | None] = {}

    def run(self, loaded: LoadedFile, subjects: Iterable[Subject], choice: Choice, results: Results) -> None:
        """Adds what the local rules say of the subjects of a file."""
        locate = _locator({loaded.file: loaded}, None)
        for subject in subjects:
            for screens, rules in self._rules.of(subject, choice):
                for attribute in screens:
                    if not may_have(subject, attribute):
                        break
                else:
                    for rule in rules:
                        compiled = self._compile(rule)
                        if compiled is not None:
                            _run_one(rule, compiled, self._world, subject, locate, results)

    def _compile(self, rule: PackedRule) -> CompiledRule | None:
        if rule.id not in self._compiled:
            made = compile_rule(rule.rule)
            self._compiled[rule.id] = made if made.applies(self._world) else None
        return self._compiled[rule.id]


class RepositoryRules:
    """The rules that look across files, ready to run on one file after the other. One that is never due costs nothing."""

    def __init__(self, rules: Iterable[PackedRule], vocabulary: GitopsVocabulary, context: Context, repo: Repo) -> None:
        self._world = RepoWorld(vocabulary, context.over(repo), repo)
        self._rules = {rule.id: rule for rule in rules}
        self._indexed = vocabulary.indexed()
        self._locate = _locator({}, repo)

    def run(self, file: str, due: Iterable[Due], results: Results) -> None:
        """Adds what the rules that are due say of a file: all of one file together, so that its tree is parsed once."""
        for one in due:
            try:
                subject = self._subject(file, one)
            except (ChangedMeanwhileError, IndexError):
                results.changed.add(file)
                continue
            if one.generated:
                self._run_generated(subject, one.rules, results)
            else:
                self._run_all(subject, one.rules, results)

    def _run_all(self, subject: Subject, rules: Iterable[str], results: Results) -> None:
        for id in rules:
            if not all(may_have(subject, attribute) for attribute in self._rules[id].screens):
                continue
            compiled = self._compile(self._rules[id])
            if compiled is not None:
                _run_one(self._rules[id], compiled, self._world, subject, self._locate, results)

    def _run_generated(self, subject: Subject, rules: Sequence[str], results: Results) -> None:
        """The rules on all that one ApplicationSet generates: twenty Applications of one template are one mistake."""
        found = Results()
        for made in self._world.generated_by(subject):
            self._run_all(made, rules, found)
        found.findings = condensed(found.findings)
        results.add(found)

    def noted(self, file: str, due: Iterable[Due]) -> tuple[Results, Step]:
        """What the rules that are due say of a file, and what that depended on."""
        results = Results()
        asked = self._world.repo.asked
        _, step = asked.step(lambda: self.run(file, due, results))
        return results, Step(step.needs | {file})

    def _subject(self, file: str, due: Due) -> Subject:
        if due.resource:
            return self._world.subject_of(self._world.repo.in_file(file)[due.at])
        return self._world.subjects_of(file)[due.at]

    def _compile(self, rule: PackedRule) -> CompiledRule | None:
        return self._world.repo.kept((RepositoryRules, rule.id), lambda: self._compiled(rule))

    def _compiled(self, rule: PackedRule) -> CompiledRule | None:
        made = compile_rule(rule.rule, self._indexed)
        return made if self._world.has_any(rule.kinds, rule.origin) and made.applies(self._world) else None


def _run_one(
    rule: PackedRule,
    compiled: CompiledRule,
    world: LocalWorld,
    subject: Subject,
    locate: Callable[[str, int], Where],
    results: Results,
) -> None:
    """One rule on one subject. Whatever it raises is that rule's crash alone."""
    try:
        tally = compiled.run(world, subject)
        made = [finding_of(draft, rule.rule, rule.area, locate) for draft in tally.drafts]
    except ChangedMeanwhileError as error:
        results.changed.add(error.file)
        return
    except Exception as error:
        _LOG.debug("rule %s failed on %s", rule.id, subject.words(), exc_info=True)
        results.crashes.append(Crash(rule.id, subject.file, subject.document, f"{type(error).__name__}: {error}"))
        return
    results.findings.extend(made)
    results.count(rule.id, tally.unverified)


def _locator(files: dict[str, LoadedFile], repo: Repo | None) -> Callable[[str, int], Where]:
    def locate(file: str, offset: int) -> Where:
        loaded = files.get(file)
        if loaded is None:
            if repo is None:
                raise LookupError(f"{file} is not at hand")
            loaded = repo.load(file)
        return where_in(loaded, offset)

    return locate


def where_in(loaded: LoadedFile, offset: int) -> Where:
    """The document around an offset."""
    found = Where(0, None)
    for document in loaded.documents:
        if document.start > offset and found.root is not None:
            break
        found = Where(document.number, document.root)
    return found
