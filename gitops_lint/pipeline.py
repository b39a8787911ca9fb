"""The way of a repository from paths to findings: discover → load → classify → index → rules → suppress → order."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gitops_lint.baseline import NAME as BASELINE
from gitops_lint.baseline import STALE, read_baseline
from gitops_lint.cache import user_cache
from gitops_lint.config import Config, load_config, read_config
from gitops_lint.crew import Crew
from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.tree import Example
from gitops_lint.errors import UsageError
from gitops_lint.examine import Examined, plan_of
from gitops_lint.findings import Finding, Outcome, in_order, merged, with_fingerprints
from gitops_lint.known import Before, Judged, baseline_file, before, without_known, write_baseline
from gitops_lint.options import Options
from gitops_lint.policy.aftermath import crash_facts, run_fact_rules, skipped_facts, suppression_facts
from gitops_lint.policy.rulepack import RulePack, load_pack
from gitops_lint.policy.run import Results
from gitops_lint.policy.selection import check_params, check_words, graded, known_rules, ran, wanted_rules
from gitops_lint.policy.shown import files_of, secrets_of, sources_of
from gitops_lint.progress import told_of
from gitops_lint.remembered import Remembered, Run, key_of_tree, run_of, settings_digest
from gitops_lint.repo.discover import MemoryTree, Skipped, Tree, WorkingTree, find_root, relative_paths
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.gitdata import git_state, remotes, top_level
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.overlay import Overlay
from gitops_lint.repo.roles import roles_of
from gitops_lint.repo.shown import show_files
from gitops_lint.suppress import suppress
from gitops_lint.text.edit import Edit, apart, apply
from gitops_lint.text.source import decode


def check(*paths: str | Path, options: Options | None = None) -> Outcome:
    """
    What gitops-lint reports on paths; without paths, on the current folder. The library's door, as `run` is the command's.

    Raises GitopsLintError for a path, a configuration or a rule file that is wrong.
    """
    return run([str(path) for path in paths] or ["."], options or Options())


def run(paths: Sequence[str], options: Options) -> Outcome:
    """What `gitops-lint check PATHS` reports. Raises GitopsLintError for what ends with status 2."""
    return outcome_of(job_of(paths, options))


@dataclass(frozen=True, slots=True)
class Job:
    """
    One run, prepared: where, by what settings and rules, and what is to be reported.

    below: the paths to report on, relative to the root; "" is the root itself. before: what is not reported because it was
    there at a commit; None: everything is. memory: what earlier runs over the root know.
    """

    root: Path
    tree: Tree
    config: Config
    options: Options
    pack: RulePack
    below: tuple[str, ...]
    before: Before | None = None
    memory: Remembered | None = None

    @property
    def judged(self) -> Judged:
        return Judged(self.tree, self.config, self.options, self.pack, lambda file: is_below(file, self.below))


def job_of(paths: Sequence[str], options: Options) -> Job:
    """What the command line asks for, with the configuration and the rules read. Raises GitopsLintError."""
    stdin = options.stdin
    # standard input stands for a file that need not exist; its folder does
    chosen = [Path(stdin.file).parent] if stdin else [Path(path) for path in paths]
    root = find_root(chosen, Path(options.root) if options.root else None, isolated=options.isolated)
    config = configured(chosen, root, options)
    tree: Tree = WorkingTree(root, config.exclude, config.limits)
    below = relative_paths(root, [Path(stdin.file)] if stdin else chosen)
    if stdin:
        tree = Overlay(tree, below[0], stdin.content)
    cache = user_cache(options.cache_dir) if options.cache else None
    pack = load_pack(config.rule_folders, root=root, cache=cache)
    memory = Remembered(cache, root, settings_digest(config, pack.digest)) if cache is not None else None
    since = options.since
    old = before(root, since, config, lambda then: check_tree(then, config, options, pack, memory)) if since else None
    return Job(root, tree, config, options, pack, tuple(below), old, memory)


def outcome_of(job: Job) -> Outcome:
    """The findings of a job, without what the baseline knows, narrowed to what it is to report."""
    return _shown(found_by(job), job)


def found_by(job: Job) -> Outcome:
    """Everything there is to say about the tree of a job: from memory, where nothing has changed since the last run."""
    memory = job.memory
    # what lies in other repositories is no part of a key
    if memory is None or not isinstance(job.tree, WorkingTree) or job.config.repositories:
        return check_tree(job.tree, job.config, job.options, job.pack, memory)
    # git generators take what is checked out for the branch that it is
    rest = (job.options.today, job.options.suppressions, remotes(job.root), git_state(job.root))
    if memory.holds_run:
        run = memory.run(key_of_tree(memory.settings, job.tree, rest))
        if run is not None:
            return recalled(run, job.tree, job.config, job.pack)
    outcome = check_tree(job.tree, job.config, job.options, job.pack, memory)
    memory.save(job.tree.files())
    if not outcome.crashed and all(one.rule != UNREAD for one in outcome.findings):
        memory.keep_run(run_of(outcome, key_of_tree(memory.settings, job.tree, rest, memory.digest)))
    return outcome


def recalled(run: Run, tree: Tree, config: Config, pack: RulePack) -> Outcome:
    """The outcome of a run that is remembered."""
    return Outcome(
        findings=run.findings,
        suppressed=run.suppressed,
        unverified=run.unverified,
        files=run.files,
        resources=run.resources,
        sources={file: decode(tree.read(file))[0] for file in files_of(run.findings)},
        secrets=run.secrets,
        rules=pack.cards(one.rule for one in run.findings),
        fail_on=config.fail_on,
        details=run.details,
    )


def with_baseline_written(paths: Sequence[str], options: Options) -> tuple[Outcome, str]:
    """As `run`, once the findings of now have been written into the baseline; and a sentence on what came and went."""
    if options.since:
        raise UsageError("`--write-baseline` writes all findings, not those since a commit: leave out `--since`")
    job = job_of(paths, options)
    file = baseline_file(job.root, job.config, options, writing=True)
    if file is None:
        raise UsageError("`--write-baseline` needs a baseline, which `--no-baseline` forbids")
    file.read(job.pack)  # raises: a baseline with a mistake is not overwritten
    found = found_by(job)
    said = write_baseline(found, file, job.judged, lambda one: concerns(one, job.below))
    return _shown(found, replace(job, options=replace(options, baseline=str(file.path)))), said


def _shown(found: Outcome, job: Job) -> Outcome:
    """What a job reports of everything that was found."""
    file = baseline_file(job.root, job.config, job.options)
    left = found if file is None else without_known(found, file.read(job.pack), job.judged)
    if job.before is not None:
        left = job.before.brought(left, file, job.judged)
    outcome = reported(left, job.below)
    top = top_level(job.root)
    prefix = job.root.relative_to(top).as_posix() if top is not None else "."
    known = () if file is None else (f"baseline: {file.name}",)
    details = (f"root: {job.root}", f"configuration: {job.config.file or 'none'}", *known, *outcome.details)
    return replace(outcome, root=str(job.root), prefix="" if prefix == "." else f"{prefix}/", details=details)


def configured(paths: Sequence[Path], root: Path, options: Options) -> Config:
    """The configuration of a run: the file's, then the flags."""
    start = paths[0].resolve() if paths and paths[0].exists() else root
    read = load_config(start, root, Path(options.config) if options.config else None, options.isolated)
    return read.with_flags(
        select=options.select,
        ignore=options.ignore,
        extend_select=options.extend_select,
        profile=options.profile,
        fail_on=options.fail_on,
        targets=options.targets,
        rule_folders=[str(Path(one).absolute()) for one in options.rule_folders],
        schema_locations=options.schema_locations,
    )


def check_tree(
    tree: Tree, config: Config, options: Options, pack: RulePack, memory: Remembered | None = None
) -> Outcome:
    """
    Everything there is to say about a tree of files; `reported` narrows it to paths.

    memory: what earlier runs know of files; what this one learns is added.
    """
    check_words(pack, config)
    check_params(pack, config)
    roles = roles_of(tree)
    plan = plan_of(wanted_rules(pack, config), config, tree, roles)
    # what lies in other repositories is not noted
    noting = memory is not None and isinstance(tree, WorkingTree) and not config.repositories
    with Crew(tree, plan, roles, options.jobs, memory) as crew:
        examiner = crew.examiner
        examined = crew.examine(list(roles.items()), told_of(options.progress, "reading files", len(roles)))
        repo = Repo(tree, roles, [one.facts for one in examined], config, loader=crew.loader, noting=noting)
        results = gathered(examined)
        due = [(one.facts.file, one.due) for one in examined if one.due]
        results.add(crew.ask(repo, due, told_of(options.progress, "following references", len(due))))
    found = [graded(finding, config) for finding in results.findings]
    comments = {one.facts.file: one.comments for one in examined if one.comments}
    left = suppress(
        in_order(merged(found)),
        comments if options.suppressions else {},
        known_rules(pack),
        today=options.today,
        never=config.suppressions.never,
        require_reason=config.suppressions.require_reason,
        ran=ran(pack, config, results),
    )
    after = Results()
    facts = [
        *suppression_facts(left.facts, repo),
        *skipped_facts([*tree.skipped, *unread(examined), *changed(results.changed)]),
        *crash_facts(results.crashes, repo),
    ]
    run_fact_rules(facts, pack.rules, examiner.vocabulary, examiner.context, examiner.wants, after)
    findings = with_fingerprints(in_order([*left.findings, *(graded(one, config) for one in after.findings)]))
    return Outcome(
        findings=tuple(findings),
        suppressed=left.taken,
        unverified=dict(sorted(results.unverified.items())),
        files=len(examined),
        resources=sum(1 for one in examined for document in one.facts.documents if document.is_resource),
        crashed=bool(results.crashes or after.crashes),
        sources=sources_of(findings, repo),
        secrets=secrets_of(findings, repo),
        rules=pack.cards(one.rule for one in findings),
        fail_on=config.fail_on,
        details=(f"rules: {len(pack)}, of which {len(wanted_rules(pack, config))} are on for some file",),
    )


def gathered(examined: Sequence[Examined]) -> Results:
    """What the local rules said of all files, as one."""
    results = Results()
    for one in examined:
        results.findings.extend(one.findings)
        results.crashes.extend(one.crashes)
        for rule, rows in one.unverified.items():
            results.count(rule, rows)
    return results


def unread(examined: Sequence[Examined]) -> list[Skipped]:
    """The files that could not be read when their turn came."""
    return [
        Skipped(one.facts.file, one.facts.unreadable, "unreadable")
        for one in examined
        if one.facts.unreadable is not None
    ]


def changed(files: Iterable[str]) -> list[Skipped]:
    """The files that became others while they were checked."""
    return [Skipped(file, "it changed while it was checked", "changed") for file in sorted(files)]


def reported(outcome: Outcome, paths: Sequence[str]) -> Outcome:
    """
    The outcome narrowed to paths: what lies below one of them, or points at a related place there.

    paths: relative to the root; "" is the root itself. What is known of the repository is not narrowed.
    """
    if "" in paths:
        return outcome

    return replace(
        outcome,
        findings=tuple(one for one in outcome.findings if concerns(one, paths)),
        suppressed=tuple(one for one in outcome.suppressed if concerns(one.finding, paths)),
        baselined=tuple(one for one in outcome.baselined if concerns(one.finding, paths)),
    )


def concerns(finding: Finding, paths: Sequence[str]) -> bool:
    """Whether a finding lies below one of the paths or points at a related place there."""
    # an entry of the baseline speaks of another file, by which it has been chosen already
    files = (finding.file, *(one.region.file for one in finding.related))
    return finding.rule == STALE or any(is_below(file, paths) for file in files)


def is_below(file: str, paths: Sequence[str]) -> bool:
    """Whether a file is one of the paths or lies below one; "" is the root."""
    return any(not path or file == path or file.startswith(f"{path}/") for path in paths)


def files(paths: Sequence[str], options: Options) -> list[str]:
    """One line for every document below the paths: what its file and it were taken for, and why."""
    chosen = [Path(path) for path in paths]
    root = find_root(chosen, Path(options.root) if options.root else None, isolated=options.isolated)
    config = configured(chosen, root, options)
    tree = WorkingTree(root, config.exclude, config.limits)
    roles = roles_of(tree)
    repo = Repo(tree, roles, [facts_of(load(tree, file, role), None) for file, role in roles.items()], config)
    below = relative_paths(root, chosen)
    return [row.line for row in show_files(repo) if is_below(row.file, below)]


def run_example(
    pack: RulePack, rule: str, example: Example, config: Config | None = None
) -> tuple[list[Finding], Mapping[str, str]]:
    """
    What one rule finds in the files of an example, in memory, and the texts after all its fixes were made.

    Files named `.gitops-lint.yaml` configure the run, as they would in a repository.
    """
    given = {one.file: one.text for one in example.given}
    tree = MemoryTree(given)
    settings = config or (read_config(given[CONFIG].encode(), CONFIG) if CONFIG in given else Config())
    chosen = settings.with_flags(select=(rule,))
    options = Options(today=EXAMPLE_DAY)
    outcome = check_tree(tree, chosen, options, pack)
    if BASELINE in given:
        known = read_baseline(given[BASELINE].encode(), BASELINE, pack.former_names)
        outcome = without_known(outcome, known, Judged(tree, chosen, options, pack, lambda file: True))
    return list(outcome.findings), fixed(given, outcome.findings)


def fixed(texts: Mapping[str, str], findings: Sequence[Finding]) -> Mapping[str, str]:
    """The texts once every fix of the findings is made, in the order of the findings; one that overlaps another is left out."""
    edits: dict[str, list[Edit]] = {}
    for fix in (fix for one in findings for fix in one.fixes):
        mine = [(edit.file, Edit(edit.start, edit.end, edit.text)) for edit in fix.edits]
        if all(apart(edit, edits.get(file, ())) for file, edit in mine):
            for file, edit in mine:
                edits.setdefault(file, []).append(edit)
    return {file: apply(text, edits.get(file, ())) for file, text in texts.items()}


UNREAD = "unread-file"
CONFIG = ".gitops-lint.yaml"
EXAMPLE_DAY = datetime.date(2026, 1, 1)
"""The day on which examples are run, so that what they say of dates stays true."""
