"""
Ignore comments for everything that is reported: the findings of a job, written into their files. Called by `cli`.

Nothing is written before the new texts have been judged: a comment that takes nothing away, or brings a finding of its own,
is left out with all of its file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from gitops_lint.config.selection import exactness
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import GitopsLintError, UsageError
from gitops_lint.findings import Finding, Outcome
from gitops_lint.ignore_edits import Form, Wanted, ignored
from gitops_lint.pattern import pattern
from gitops_lint.pipeline import Job, outcome_of
from gitops_lint.policy.aftermath import KINDS
from gitops_lint.repo.load import load
from gitops_lint.repo.overlay import Edited
from gitops_lint.repo.rewriting import encoded, rewrite
from gitops_lint.repo.role import Role
from gitops_lint.repo.roles import roles_of
from gitops_lint.suppress import NEVER

_SETTINGS = pattern(r"(?:^|/)\.env(?:\.[\w-]+)*$|\.(?:env|properties|ini|conf|tfvars)$|(?:^|/)\.(?:npmrc|pypirc)$")


@dataclass(frozen=True, slots=True)
class Silenced:
    """
    What writing ignore comments came to.

    outcome: of the files as they are now. findings, files: how many were taken away, in how many files. left: a sentence for
    each file and reason why some were not.
    """

    outcome: Outcome
    findings: int
    files: int
    left: tuple[str, ...]

    @property
    def counts(self) -> tuple[tuple[int, str], tuple[int, str]]:
        return (self.findings, "finding"), (self.files, "file")


def add_ignores(job: Job, reason: str = "") -> Silenced:
    """
    Writes ignore comments for all that a job reports. reason: what they say behind the bracket.

    Raises UsageError where the configuration asks for a reason and none is given, GitopsLintError where a file cannot be
    written.
    """
    if job.config.suppressions.require_reason and not reason:
        raise UsageError("the configuration wants ignore comments to say why", help='say it with `--reason "..."`')
    bench = _Bench(job, reason)
    now = outcome_of(job)
    for file in sorted({one.file for one in now.findings}):
        bench.write([one for one in now.findings if one.file == file], file)
    then = bench.judge() if bench.texts else now
    if harmed := _harmed(bench, now, then):
        for file in harmed:
            bench.drop(file, "the comments would not take all of them away")
        then = bench.judge() if bench.texts else now
    for file, text in sorted(bench.texts.items()):
        rewrite(job.root, file, bench.data[file], text)
    taken = len(now.findings) - len(then.findings)
    return Silenced(then, taken, len(bench.texts), tuple(bench.left[file] for file in sorted(bench.left)))


def _harmed(bench: _Bench, now: Outcome, then: Outcome) -> list[str]:
    """Files in which the comments do not do what they are for, and nothing else."""
    expected = Counter({file: len(wanted) for file, wanted in bench.wanted.items()})
    before, after = (Counter(one.file for one in outcome.findings) for outcome in (now, then))
    return [file for file in sorted(bench.texts) if after[file] != before[file] - expected[file]]


class _Bench:
    """
    The files of a job while comments are written into them in memory.

    texts: the new ones. data: the bytes that were read. wanted: the findings that comments take away. left: file -> why some
    of its findings stay.
    """

    def __init__(self, job: Job, reason: str) -> None:
        self.job = job
        self.reason = reason
        self.texts: dict[str, str] = {}
        self.data: dict[str, bytes] = {}
        self.wanted: dict[str, list[Finding]] = {}
        self.left: dict[str, str] = {}
        self._roles = roles_of(job.tree)

    def write(self, findings: Sequence[Finding], file: str) -> None:
        """Puts comments for the findings of one file into its text."""
        asked = [one for one in findings if self._can_be_ignored(one)]
        if len(asked) < len(findings):
            self._leave(file, [one for one in findings if one not in asked], "no comment takes them away")
        if not asked:
            return
        loaded = load(self.job.tree, file, self._roles.of(file))
        form = _form(file, loaded.role, template=loaded.template)
        if loaded.unreadable is not None or form is None:
            why = "this kind of file has no comments" if form is None else "the file cannot be read"
            self._leave(file, asked, why)
            return
        data = self.job.tree.read(file)
        made = ignored(loaded.source.text, file, form, [Wanted(one.region, one.rule) for one in asked], self.reason)
        left = [asked[at] for at in made.left]
        if left:
            self._leave(file, left, "no comment can stand where it would cover them")
        if len(left) == len(asked):
            return
        try:
            encoded(data, made.text, file)
        except GitopsLintError as error:
            self._leave(file, asked, error.message)
            return
        self.texts[file], self.data[file] = made.text, data
        self.wanted[file] = [one for one in asked if one not in left]

    def drop(self, file: str, why: str) -> None:
        """Leaves a file as it is."""
        del self.texts[file]
        self._leave(file, self.wanted.pop(file), why)

    def judge(self) -> Outcome:
        """What the run says of the texts as they are now."""
        data = {file: encoded(self.data[file], text, file) for file, text in self.texts.items()}
        return outcome_of(replace(self.job, tree=Edited(self.job.tree, data)))

    def _can_be_ignored(self, finding: Finding) -> bool:
        words = (*NEVER, *self.job.config.suppressions.never)
        if exactness(words, finding.rule, finding.area, finding.group) >= 0:
            return False
        rule = self.job.pack.find(finding.rule)
        # what is said of the run itself is said after comments have been applied
        return rule is not None and not {kind.name for kind in rule.kinds}.intersection(KINDS)

    def _leave(self, file: str, findings: Sequence[Finding], why: str) -> None:
        rules = ", ".join(sorted({one.rule for one in findings}))
        said = f"{file}: {len(findings)} left ({rules}): {why}"
        self.left[file] = f"{self.left[file]}; {said.removeprefix(f'{file}: ')}" if file in self.left else said


def _form(file: str, role: Role, *, template: bool) -> Form | None:
    """How comments are written in a file; None where there are none."""
    if file.endswith(".json"):
        return None
    if role.name == "text":
        return "lines" if _SETTINGS.search(file) else None
    if template:
        return "template"
    return "lua" if file.endswith(".lua") else "yaml"
