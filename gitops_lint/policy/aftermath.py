"""The run's own facts (ignore comments, skipped files, crashes) and the rules that judge them, after everything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gitops_lint.baseline import Baseline, Entry
from gitops_lint.dsl.compile import compile_rule
from gitops_lint.dsl.world import Fact, Stretch
from gitops_lint.findings import Crash, Fix
from gitops_lint.policy.drafts import finding_of
from gitops_lint.policy.places import Where
from gitops_lint.policy.rulepack import PackedRule
from gitops_lint.policy.run import Results, Wanted
from gitops_lint.policy.subjects import Context
from gitops_lint.policy.vocabulary import GitopsVocabulary
from gitops_lint.policy.world import LocalWorld
from gitops_lint.repo.discover import Skipped
from gitops_lint.repo.index import Repo
from gitops_lint.suppress import SuppressionFact
from gitops_lint.text.nodes import Source

KINDS = ("Suppression", "SkippedFile", "Crash", "BaselineEntry")


def suppression_facts(facts: Iterable[SuppressionFact], repo: Repo) -> list[tuple[Fact, Fix | None]]:
    """What there is to say of ignore comments, with the cure."""
    made = []
    for one in facts:
        at = Stretch(repo.loader.file(one.region.file).source, one.region.start, one.region.end, one.region.document)
        fields = {"kind": one.kind, "text": one.text, "detail": one.detail}
        made.append((Fact("Suppression", at, fields), one.fix))
    return made


def skipped_facts(skipped: Iterable[Skipped]) -> list[tuple[Fact, Fix | None]]:
    """Files that were passed over; they have no text to point at, so their first place stands for them."""
    return [
        (
            Fact(
                "SkippedFile", Stretch(Source("", one.file), 0, 0), {"kind": one.kind, "why": one.why, "file": one.file}
            ),
            None,
        )
        for one in skipped
    ]


def crash_facts(crashes: Iterable[Crash], repo: Repo) -> list[tuple[Fact, Fix | None]]:
    """One fact for each rule and file that failed together, however many subjects it failed on."""
    made: dict[tuple[str, str], tuple[Fact, Fix | None]] = {}
    for one in crashes:
        loaded = repo.loader.file(one.file)
        document = next((each for each in loaded.documents if each.number == one.document), None)
        start = document.root.start if document is not None and document.root is not None else 0
        at = Stretch(loaded.source, start, start, one.document)
        fields = {"rule": one.rule, "subject": one.file, "error": one.error}
        made.setdefault((one.rule, one.file), (Fact("Crash", at, fields), None))
    return list(made.values())


def baseline_facts(entries: Iterable[Entry], baseline: Baseline) -> list[tuple[Fact, Fix | None]]:
    """Entries of the baseline that fit no finding, with the cure."""
    return [
        (
            Fact("BaselineEntry", Stretch(baseline.source, one.start, one.end), {"rule": one.rule, "file": one.file}),
            one.fix,
        )
        for one in entries
    ]


def run_fact_rules(
    facts: Sequence[tuple[Fact, Fix | None]],
    rules: Iterable[PackedRule],
    vocabulary: GitopsVocabulary,
    context: Context,
    wanted: Wanted,
    results: Results,
) -> None:
    """Adds what the rules about the run itself say. A rule that cannot be switched off is asked whatever is wanted."""
    world = LocalWorld(vocabulary, context)
    for rule in rules:
        names = {kind.name for kind in rule.kinds}
        spoken_of = [(fact, fix) for fact, fix in facts if fact.record in names] if names.intersection(KINDS) else []
        if not spoken_of:
            continue
        compiled = compile_rule(rule.rule)
        for fact, fix in spoken_of:
            file = fact.at.source.file or "" if isinstance(fact.at, Stretch) else ""
            if not (wanted(rule, file) or rule.id in ALWAYS):
                continue
            for draft in compiled.run(world, fact).drafts:
                made = finding_of(draft, rule.rule, rule.area, _nowhere)
                results.findings.append(replace(made, fixes=(fix,)) if fix is not None else made)


ALWAYS = frozenset(("rule-crashed",))
"""A run that is not complete always says so."""


def _nowhere(file: str, offset: int) -> Where:
    return Where(0, None)
