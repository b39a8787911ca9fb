"""
What was known or there before, taken away from an outcome: the baseline's file found, read, judged and written, and a
commit of which the findings are old.

Called by `pipeline` between the findings of a tree and their report.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from gitops_lint.baseline import BYTES, NAME, Baseline, Entry, empty, read_baseline, renewed, settle
from gitops_lint.changes import new_findings
from gitops_lint.config import Config
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import ConfigurationError, GitopsLintError, UsageError
from gitops_lint.findings import Finding, Outcome, in_order, with_fingerprints
from gitops_lint.model.schema import Schemas
from gitops_lint.options import Options
from gitops_lint.policy.aftermath import baseline_facts, run_fact_rules
from gitops_lint.policy.packedrule import PackedRule
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.policy.run import Results
from gitops_lint.policy.selection import graded
from gitops_lint.policy.subjects import Context
from gitops_lint.policy.vocabulary import GitopsVocabulary
from gitops_lint.repo.committree import CommitTree, blob_id, tree_before
from gitops_lint.repo.discover import Tree
from gitops_lint.repo.rewriting import rewrite
from gitops_lint.report.secrets import masked
from gitops_lint.suppress import NEVER as SUPPRESSED_NEVER


@dataclass(frozen=True, slots=True)
class BaselineFile:
    """
    Where the baseline of a run lies. path: in the file system. name: as findings name it, relative to the root where it
    lies there. data: its bytes; None where there is no such file.
    """

    path: Path
    name: str
    data: bytes | None

    def read(self, pack: RulePack) -> Baseline:
        """Its entries. Raises ConfigurationError with the place of what is wrong in it."""
        return empty(self.name) if self.data is None else read_baseline(self.data, self.name, pack.former_names)


def baseline_file(root: Path, config: Config, options: Options, *, writing: bool = False) -> BaselineFile | None:
    """
    The baseline that counts: the flag's, else the configuration's, else the one that lies at the root under its own name;
    None without one. writing: it need not exist yet.

    Raises UsageError or ConfigurationError for one that is named and cannot be read, or leaves the root.
    """
    if not options.use_baseline:
        return None
    wrong: type[GitopsLintError] = ConfigurationError if options.baseline is None else UsageError
    if options.baseline is not None:
        path = Path(options.baseline).absolute()
    elif config.baseline is None and options.isolated and not writing:
        # `--isolated` has taken the configuration's word away; a file that nobody names is not looked for then, either
        return None
    else:
        path = root / (config.baseline or NAME)
    real = Path(os.path.realpath(path))
    inside = real.is_relative_to(root)
    if options.baseline is None and not inside:
        raise ConfigurationError(
            f"the baseline `{path.relative_to(root)}` lies outside the root, behind a symbolic link"
        )
    name = real.relative_to(root).as_posix() if inside else path.as_posix()
    try:
        data = _read(real)
    except FileNotFoundError:
        if writing:
            return BaselineFile(real, name, None)
        if options.baseline is None and config.baseline is None:
            return None
        raise wrong(
            f"the baseline `{options.baseline or config.baseline}` does not exist",
            help="write it with `--write-baseline`",
        ) from None
    except OSError as error:
        raise wrong(f"the baseline `{name}` cannot be read: {error.strerror or error}") from error
    return BaselineFile(real, name, data)


def _read(path: Path) -> bytes:
    """Bytes of a regular file. Raises OSError."""
    # a FIFO is not waited for
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is not a regular file")
        data = stream.read(BYTES + 1)
    if len(data) > BYTES:
        raise OSError(f"it has more than {BYTES} bytes")
    return data


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run has judged and by what. is_asked: whether the findings of a file are to be reported."""

    tree: Tree
    config: Config
    options: Options
    pack: RulePack
    is_asked: Callable[[str], bool]


def without_known(outcome: Outcome, baseline: Baseline, job: Judged) -> Outcome:
    """The outcome of a whole tree without the findings of the baseline, and with what is to be said of entries that fit none."""
    settled = settle(outcome.findings, baseline, job.tree.exists)
    judged = _judge(job, complete=not outcome.crashed)
    stale = [one for one in settled.left if judged(one) and (job.is_asked(one.file) or job.is_asked(baseline.file))]
    said = with_fingerprints(in_order(_stale_findings(stale, baseline, job.config, job.pack)))
    return replace(
        outcome,
        findings=tuple(in_order([*settled.findings, *said])),
        baselined=(*outcome.baselined, *settled.taken),
        sources={**outcome.sources, baseline.file: baseline.source.text} if said else outcome.sources,
        rules={**outcome.rules, **job.pack.cards(one.rule for one in said)},
    )


def _judge(job: Judged, *, complete: bool) -> Callable[[Entry], bool]:
    """Whether a run would have found again what an entry speaks of. complete: no rule failed."""

    def judged(entry: Entry) -> bool:
        rule = job.pack.find(entry.rule)
        if not complete or rule is None or job.tree.unseen(entry.file) is not None:
            return False
        return job.config.for_file(entry.file).selects(rule.id, rule.area, rule.group)

    return judged


def _stale_findings(entries: Sequence[Entry], baseline: Baseline, config: Config, pack: RulePack) -> Iterable[Finding]:
    if not entries:
        return ()
    schemas = Schemas(config.targets, (), ())
    results = Results()

    def wants(rule: PackedRule, file: str) -> bool:
        return config.for_file(file).selects(rule.id, rule.area, rule.group)

    facts = baseline_facts(entries, baseline)
    run_fact_rules(facts, pack.rules, GitopsVocabulary(schemas), Context(schemas, config.targets), wants, results)
    return [graded(one, config) for one in results.findings]


class Before:
    """
    What there was to report at a commit, for `--since`. Judged once, when it is first asked for: fixes run many times.

    judge: everything that is to say about a tree, by the configuration of now.
    """

    def __init__(self, name: str, commit: str | None, tree: CommitTree, judge: Callable[[Tree], Outcome]) -> None:
        self.name = name
        self.commit = commit
        self._tree = tree
        self._judge = judge
        self._findings: tuple[Finding, ...] | None = None

    def findings(self, file: BaselineFile | None, job: Judged) -> tuple[Finding, ...]:
        """The findings of then, without those that the baseline of then knew. file: the baseline of now."""
        if self._findings is None:
            outcome = self._judge(self._tree)
            baseline = self._baseline(file, job)
            if baseline is not None:
                outcome = without_known(outcome, baseline, replace(job, tree=self._tree))
            self._findings = outcome.findings
        return self._findings

    def _baseline(self, file: BaselineFile | None, job: Judged) -> Baseline | None:
        """The baseline as it was then: what a change takes out of it comes back, and is new."""
        if not job.options.use_baseline or (file is None and job.options.isolated):
            return None
        if file is not None and not self._tree.exists(file.name):
            return None
        name = NAME if file is None else file.name
        with contextlib.suppress(OSError, ConfigurationError):
            return read_baseline(self._tree.read(name), name, job.pack.former_names)
        return None

    def brought(self, outcome: Outcome, file: BaselineFile | None, job: Judged) -> Outcome:
        """The outcome with only those findings that were not there before; what cannot be silenced stays."""
        before = self.findings(file, job)
        new = {id(one) for one in new_findings(outcome.findings, before, job.tree.exists)}
        kept = tuple(one for one in outcome.findings if id(one) in new or one.rule in SUPPRESSED_NEVER)
        gone = len(outcome.findings) - len(kept)
        said = f"since: {self.name}, compared with {self.commit or 'an empty tree'}; {gone} findings were there before"
        same = job.options.stdin is None and self._is_same(job.tree)
        why = (
            f"no file differs from `{self.name}`, so that nothing can be new; to check a branch, name the one that it goes into,"
            " as `--since origin/main`"
        )
        warnings = (*outcome.warnings, why) if same else outcome.warnings
        return replace(outcome, findings=kept, details=(*outcome.details, said), warnings=warnings)

    def _is_same(self, tree: Tree) -> bool:
        """Whether a tree's files are those of the commit, byte for byte."""
        if list(tree.files()) != list(self._tree.files()):
            return False
        try:
            return all(blob_id(tree.read(file)) == self._tree.blob_of(file) for file in tree.files())
        except OSError:
            return False


def before(root: Path, name: str, config: Config, judge: Callable[[Tree], Outcome]) -> Before:
    """
    What `--since name` compares with: the commit at which the history of now and that of `name` parted.

    Of a branch without any commit everything is new. Raises UsageError.
    """
    tree, commit = tree_before(root, name, config.exclude, config.limits, flag="--since")
    return Before(name, commit, tree, judge)


def write_baseline(
    outcome: Outcome,
    file: BaselineFile,
    job: Judged,
    concerns: Callable[[Finding], bool],
) -> str:
    """
    Writes the findings of a whole tree into the baseline; the sentence that tells what came and went.

    outcome: before anything known was taken away. concerns: whether a finding is to be reported, and so to be written;
    entries of other files, and of rules that did not run, stay as they are. Raises GitopsLintError.
    """
    old = file.read(job.pack)
    findings = masked(outcome).findings
    elsewhere = [one.finding for one in settle(findings, old, job.tree.exists).taken if not concerns(one.finding)]
    judged = _judge(job, complete=not outcome.crashed)
    new = renewed(
        in_order([*(one for one in findings if concerns(one)), *elsewhere]),
        old,
        job.tree.exists,
        lambda one: not (judged(one) and job.is_asked(one.file)),
        job.options.today,
    )
    rewrite(file.path.parent, file.path.name, file.data, new.text)
    return f"wrote {file.name}: {new.came} came, {new.went} went, {new.stayed} stayed"
