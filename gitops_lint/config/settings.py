"""The settings as values: what a configuration file says once it has been checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

from gitops_lint.config.globs import matches
from gitops_lint.config.selection import NO_WORD, FileSettings, Layer, Selector, of_profile
from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Severity
from gitops_lint.text.scalars import Plain

Profile = Literal["default", "strict"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read and computed at most. Counts, and sizes in bytes."""

    files: int = 100_000
    file_bytes: int = 4 * 1024 * 1024
    total_bytes: int = 512 * 1024 * 1024
    applications: int = 20_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Settings of one rule: severity None is the rule's own; params by name, not yet checked against the rule."""

    severity: Severity | None = None
    params: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Override:
    """Other settings for the files that patterns of .gitignore name."""

    files: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: tuple[tuple[str, Severity], ...] = ()


@dataclass(frozen=True, slots=True)
class ExternalName:
    """Something that exists outside the repository. kind: `Kind` or `group/Kind`; namespace None: any; `*` and `?` count."""

    kind: str
    name: str
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that Argo CD knows although no Secret of it is in the repository."""

    name: str
    server: str = ""
    project: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fixture:
    """Parameter sets that a generator would yield which asks an outside service; applicationset is a name with `*`."""

    generator: str
    parameters: tuple[Mapping[str, Plain], ...]
    applicationset: str = "*"


_PRODUCTION = ("production", "prod", "prd", "live")


@dataclass(frozen=True, slots=True)
class Environment:
    """
    What belongs to one environment: what one list names is enough.

    paths: patterns of .gitignore for files and for the folders that Applications deliver. clusters: names or addresses,
    namespaces and projects: names, all with `*` and `?`. cluster_labels: labels that a cluster must all have, where there
    are any. production: None where its name tells.
    """

    paths: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    cluster_labels: Mapping[str, str] = field(default_factory=dict)
    namespaces: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    production: bool | None = None

    def is_production(self, name: str) -> bool:
        """Whether it is production, as it says or as its name does."""
        return name.lower() in _PRODUCTION if self.production is None else self.production

    def holds_path(self, path: str) -> bool:
        """Whether its patterns name a file or a folder, or the manifests in a folder; path: relative to the root."""
        return matches(self.paths, path) or matches(self.paths, f"{path}/kustomization.yaml")

    def holds_cluster(self, name: str | None, server: str | None, labels: Mapping[str, str]) -> bool:
        """Whether a cluster belongs to it; None is not known."""
        if any(_fits(one, known) for one in self.clusters for known in (name, server) if known):
            return True
        return bool(self.cluster_labels) and all(labels.get(key) == text for key, text in self.cluster_labels.items())

    def holds_namespace(self, namespace: str) -> bool:
        return any(_fits(one, namespace) for one in self.namespaces)

    def holds_project(self, project: str) -> bool:
        return any(_fits(one, project) for one in self.projects)


@dataclass(frozen=True, slots=True)
class Suppressions:
    """What comments may do: whether they must say why, and what they cannot silence."""

    require_reason: bool = False
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """
    Everything a configuration file says, and the defaults for what it does not say.

    file: the file that was read, relative to the root where it lies below it; None without one. said: key to
    `file:line` of what was written, for `--show-config`. named: every word that should name a rule, area or group, for
    whoever knows them. fail_on: the mildest severity that counts as failure; None: never. flags: what the command line says
    of the rules, which wins over the file.
    """

    file: str | None = None
    root: bool = False
    profile: Profile = "default"
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    rule_folders: tuple[str, ...] = ()
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    external: tuple[ExternalName, ...] = ()
    closed: tuple[str, ...] = ()
    repositories: Mapping[str, str] = field(default_factory=dict)
    clusters: tuple[Cluster, ...] = ()
    environments: Mapping[str, Environment] = field(default_factory=dict)
    generators: tuple[Fixture, ...] = ()
    suppressions: Suppressions = field(default_factory=Suppressions)
    schema_locations: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    fail_on: Severity | None = Severity.ERROR
    baseline: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    named: tuple[Selector, ...] = ()
    flags: Layer = NO_WORD
    _made: dict[tuple[int, ...], FileSettings] = field(default_factory=dict, init=False, repr=False, compare=False)

    def with_flags(
        self,
        *,
        select: Sequence[str] | None = None,
        ignore: Sequence[str] = (),
        extend_select: Sequence[str] = (),
        profile: Profile | None = None,
        fail_on: Severity | None = None,
        baseline: str | None = None,
        targets: Mapping[str, str] | None = None,
        rule_folders: Sequence[str] = (),
        schema_locations: Sequence[str] = (),
    ) -> Config:
        """
        This configuration with what the command line says; None or empty leaves what the file says.

        targets win product by product; folders of rules and schemas come after those of the file.
        """
        words = [("--select", word) for word in select or ()]
        words += [("--ignore", word) for word in ignore] + [("--extend-select", word) for word in extend_select]
        return replace(
            self,
            profile=profile or self.profile,
            fail_on=self.fail_on if fail_on is None else fail_on,
            targets={**self.targets, **(targets or {})},
            rule_folders=self.rule_folders + tuple(rule_folders),
            schema_locations=self.schema_locations + tuple(schema_locations),
            baseline=baseline if baseline is not None else self.baseline,
            flags=Layer(tuple(select) if select else None, tuple(extend_select), tuple(ignore)),
            named=self.named + tuple(Selector(word, flag) for flag, word in words),
        )

    def for_file(self, path: str) -> FileSettings:
        """
        What counts for one file, relative to the root.

        In order: the profile, the file's `select` and `ignore`, the flags, the overrides that name the file. The `select` of
        an override adds nothing to an explicit `--select`.
        """
        chosen = tuple(at for at, one in enumerate(self.overrides) if matches(one.files, path))
        known = self._made.get(chosen)
        if known is None:
            known = self._made[chosen] = self._with([self.overrides[at] for at in chosen])
        return known

    def _with(self, overrides: Sequence[Override]) -> FileSettings:
        layers = [of_profile(self.profile), Layer(self.select, (), self.ignore), self.flags]
        layers += [Layer(None, () if self.flags.select is not None else one.select, one.ignore) for one in overrides]
        severities = {rule: said.severity for rule, said in self.rules.items() if said.severity is not None}
        for one in overrides:
            severities.update(one.severities)
        return FileSettings(tuple(layers), severities)

    def param(self, rule: str, name: str) -> tuple[Plain] | None:
        """The value a rule's parameter is given, in a tuple of one; None where the configuration does not give it."""
        params = self.rules[rule].params if rule in self.rules else {}
        return (params[name],) if name in params else None

    def is_external(self, group: str, kind: str, name: str, namespace: str | None = None) -> bool:
        """Whether `external` says that this exists elsewhere; an unknown namespace (None) fits every one."""
        for one in self.external:
            if one.kind not in (kind, f"{group}/{kind}") or not _fits(one.name, name):
                continue
            if one.namespace is None or namespace is None or _fits(one.namespace, namespace):
                return True
        return False

    def is_closed(self, group: str, kind: str) -> bool:
        """Whether `closed` says that resources of this kind live nowhere but in this repository."""
        return kind in self.closed or f"{group}/{kind}" in self.closed

    def environment_of(self, path: str) -> str | None:
        """The first environment whose patterns name a file; None where none does."""
        return next((name for name, one in self.environments.items() if matches(one.paths, path)), None)


def _fits(pattern: str, text: str) -> bool:
    """Whether text fits a pattern in which `*` and `?` stand for any characters; linear but for one factor, as RE2 is."""
    at = place = 0
    star, resume = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            at, resume = star + 1, resume + 1
            place = resume
        else:
            return False
    return not pattern[at:].strip("*")
