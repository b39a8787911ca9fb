"""One file: load, classify, local rules, facts. What a worker process runs, and what the main process runs without workers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from gitops_lint.config import Config, FileSettings
from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Crash, Finding
from gitops_lint.ignores import IgnoreComment, ignore_comments
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.binding import Binder
from gitops_lint.policy.rulepack import PackedRule
from gitops_lint.policy.run import LocalRules, Results
from gitops_lint.policy.screening import Choice, Due, Screening
from gitops_lint.policy.subjects import Context
from gitops_lint.policy.vocabulary import GitopsVocabulary
from gitops_lint.repo.discover import Tree
from gitops_lint.repo.facts import FileFacts, facts_of
from gitops_lint.repo.load import LoadedFile, load, load_bytes
from gitops_lint.repo.role import Role
from gitops_lint.repo.roles import Roles
from gitops_lint.text.parsed import Document, Parsed
from gitops_lint.text.scalars import Plain, plain


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What every worker is told once; plain data, so that it travels.

    rules: those that are on somewhere. targets: product to version. crds: CustomResourceDefinitions of the
    repository as plain values.
    """

    rules: tuple[PackedRule, ...]
    config: Config
    targets: Mapping[str, str] = field(default_factory=dict)
    crds: tuple[Mapping[str, Plain], ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """
    What one file came to: facts for the rest of the run, and what its local rules found, before suppression.

    due: what the rules that look across files are to be asked about it.
    """

    facts: FileFacts
    due: tuple[Due, ...]
    findings: tuple[Finding, ...]
    unverified: Mapping[str, int]
    crashes: tuple[Crash, ...]
    comments: tuple[IgnoreComment, ...]


class Examiner:
    """Examines files of one tree by one plan. Schemas and compiled rules are made at first use and kept."""

    def __init__(self, tree: Tree, plan: Plan) -> None:
        self.schemas = Schemas(plan.targets, plan.config.schema_locations, plan.crds)
        self.plan = plan
        self.tree = tree
        self._config = plan.config
        self._choices: dict[FileSettings, Choice] = {}
        params = {rule: settings.params for rule, settings in plan.config.rules.items()}
        self.context = Context(self.schemas, plan.targets, params)
        self.vocabulary = GitopsVocabulary(self.schemas)
        self._binder = Binder(self.vocabulary, self.context)
        self._rules = LocalRules(plan.rules, self.vocabulary, self.context, self._binder)
        self._screening = Screening(plan.rules, self._binder)

    def __reduce__(self) -> tuple[object, ...]:
        # another process makes its own schemas and compiled rules
        return (Examiner, (self.tree, self.plan))

    def load(self, file: str, role: Role) -> LoadedFile:
        """A file of the tree, as its role has it read."""
        return load(self.tree, file, role)

    def judge(self, loaded: LoadedFile) -> Examined:
        """What a file comes to."""
        results = Results()
        subjects = self._binder.of_file(loaded)
        choice = self.choice(loaded.file)
        self._rules.run(loaded, subjects, choice, results)
        return Examined(
            facts_of(loaded),
            tuple(self._screening.due(subjects, choice)),
            tuple(results.findings),
            results.unverified,
            tuple(results.crashes),
            ignore_comments(loaded.source, _parsed(loaded)),
        )

    def wants(self, rule: PackedRule, file: str) -> bool:
        """Whether a rule counts for a file."""
        return self.choice(file).wants(rule)

    def choice(self, file: str) -> Choice:
        """Which rules count for a file. Most files have the same settings, so that one answer serves them all."""
        settings = self._config.for_file(file)
        known = self._choices.get(settings)
        if known is None:
            known = self._choices[settings] = Choice(settings.selects)
        return known


def _parsed(loaded: LoadedFile) -> Parsed:
    documents = [Document(one.number, one.root, one.start, one.end) for one in loaded.documents]
    starts: list[int] = []
    end = 0
    for one in documents:
        # a document that cannot be read stands between its neighbours
        starts += [end] * (one.number - len(starts))
        starts.append(one.start)
        end = one.end
    if end < len(loaded.source.text):
        starts.append(end)
    return Parsed(loaded.source, documents, starts=tuple(starts))


def plan_of(rules: Iterable[PackedRule], config: Config, tree: Tree, roles: Roles) -> Plan:
    """
    What every worker needs to know.

    The repository's CustomResourceDefinitions are read first: the kinds they define are judged by them.
    """
    return Plan(
        tuple(rules),
        config,
        {**DEFAULT_TARGETS, **config.targets},
        _definitions(tree, roles),
    )


def _definitions(tree: Tree, roles: Roles) -> tuple[Mapping[str, Plain], ...]:
    found: list[Mapping[str, Plain]] = []
    for file, role in roles.items():
        if role.name not in ("manifest", "chart-crds"):
            continue
        try:
            data = tree.read(file)
        except OSError:
            continue
        if b"CustomResourceDefinition" in data:
            for resource in load_bytes(data, file, role).resources:
                if resource.kind == "CustomResourceDefinition":
                    made = plain(resource.root)
                    if isinstance(made, dict):
                        found.append(made)
    return tuple(found)


DEFAULT_TARGETS = {
    "argo-cd": "3.6",
    "argo-rollouts": "1.11",
    "external-secrets": "2.9",
    "kubernetes": "1.37",
    "kustomize": "5.9",
}
"""The newest versions that the schemas know; what has no version here, and none in the configuration, counts as the newest."""
