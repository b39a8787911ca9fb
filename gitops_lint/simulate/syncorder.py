"""
In which order Argo CD applies what one Application delivers: phases, waves, and what waits for what.

Resources belong together where one build of kustomize, one Application, or, where nothing here delivers them, one folder
holds them; nothing follows for resources of different Applications. Source: argo-cd gitops-engine/pkg/sync/sync_tasks.go,
sync_context.go.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.model.argosync import (
    HOOK_KEYS,
    SYNC_PHASES,
    WAVE_KEYS,
    Hook,
    hook_of,
    known_annotations,
    wave_of,
)
from gitops_lint.model.resource import Resource
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import Reference
from gitops_lint.simulate.resolve import Wanted, resolve
from gitops_lint.text.scalars import get, templated, text_of


@dataclass(frozen=True, slots=True)
class Turn:
    """When a resource is applied: its hook, the first phase it has a part in, its wave."""

    hook: Hook
    phase: str
    wave: int

    @property
    def order(self) -> tuple[int, int]:
        return SYNC_PHASES.index(self.phase), self.wave

    def words(self) -> str:
        return f"wave {self.wave}" if self.phase == "Sync" else f"wave {self.wave} of the {self.phase} phase"


def turn_of(resource: Resource) -> Turn | None:
    """The turn of a resource; None where it is not known, or where no regular sync applies it (SyncFail, deletion, Skip)."""
    known = known_annotations(resource.root, (*HOOK_KEYS, *WAVE_KEYS))
    return _turn(known) if known is not None else None


def _turn(annotations: dict[str, str]) -> Turn | None:
    hook = hook_of(annotations)
    phases = [phase for phase in hook.phases if phase != "SyncFail"]
    return Turn(hook, phases[0], wave_of(annotations)) if phases else None


# Argo CD puts them before what needs them, whatever their wave (sync_tasks.go adjustDeps).
_MOVED = ("CustomResourceDefinition", "Namespace")

# ---- what belongs together


class Units:
    """The resources of a repository by what delivers them together."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo

    def keys(self, file: str) -> frozenset[str]:
        """Names of the builds, Applications or the folder that deliver a file; empty where nobody can tell."""
        return self.repo.once(_keys_of, file)

    def together(self, one: Resource, other: Resource) -> bool:
        """Whether everything that delivers the first delivers the second as well."""
        keys = self.keys(one.file)
        return bool(keys) and keys <= self.keys(other.file)

    def members(self, resource: Resource) -> Sequence[Resource]:
        """All that is delivered wherever a resource is, itself included, by file and place."""
        return self.repo.once(_beside, resource.file)

    def later(self, resource: Resource, turn: Turn) -> tuple[Resource, Turn] | None:
        """The first resource that waits until this one is done, with its turn."""
        found: tuple[Resource, Turn] | None = None
        for one in self.members(resource):
            if one.kind in _MOVED:
                continue
            annotations = self.repo.facts_of(one).annotations
            if any(templated(text) for text in annotations.values()):
                continue
            written = _turn(dict(annotations))
            if written is None or written.order <= turn.order or (found and written.order >= found[1].order):
                continue
            known = turn_of(one)
            if known is not None and known.order > turn.order:
                found = (one, known)
        return found


def units_of(repo: Repo) -> Units:
    """The units of a repository."""
    return Units(repo)


def _keys_of(repo: Repo, file: str) -> frozenset[str]:
    return frozenset(_units_of(repo, file))


def _units_of(repo: Repo, file: str) -> Iterator[str]:
    placements = repo.placements(file)
    if placements or repo.kustomizations.includers(file):
        yield from (f"build {one.build}" for one in placements)
        return
    uses = repo.delivering(file)
    yield from (f"application {use.file} {use.document}" for use in uses)
    folder = posixpath.dirname(file)
    if not uses and repo.kustomizations.at(folder) is None:
        yield f"folder {folder}"


def _by_unit(repo: Repo) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resource in repo.all_resources():
        for key in repo.once(_keys_of, resource.file):
            found.setdefault(key, []).append(resource)
    return found


def _beside(repo: Repo, file: str) -> Sequence[Resource]:
    """The resources that are delivered wherever those of a file are."""
    keys = repo.once(_keys_of, file)
    if not keys:
        return ()
    return [one for one in repo.once(_by_unit).get(min(keys), ()) if keys <= repo.once(_keys_of, one.file)]


# ---- what has to be there first

# Kinds whose health a wave waits for; a CronJob starts no pod.
GATED = frozenset(
    (
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("apps", "ReplicaSet"),
        ("", "Pod"),
        ("batch", "Job"),
        ("argoproj.io", "Rollout"),
    )
)
_PRODUCERS = (
    ("external-secrets.io", "ExternalSecret", ("spec", "target", "name")),
    ("bitnami.com", "SealedSecret", ("spec", "template", "metadata", "name")),
    ("cert-manager.io", "Certificate", ("spec", "secretName")),
)


@dataclass(frozen=True, slots=True)
class LateNeed:
    """
    A reference without which a pod does not start, and what it names comes only after the wave has ended.

    target: what brings it: the resource itself, or the one that a controller makes the Secret of.
    """

    reference: Reference
    target: Resource
    turn: Turn


def late_needs(repo: Repo, workload: Resource, turn: Turn, references: Sequence[Reference]) -> Iterator[LateNeed]:
    """
    The references of a workload to what its own Application applies later.

    Silent where anything of that name may be there before: in another Application, in an earlier wave, generated.
    """
    units = units_of(repo)
    for one in references:
        if one.optional or one.relation not in ("serviceAccountName", "volume", "env", "envFrom"):
            continue
        if templated(one.name) or repo.generated(one.kinds[0], one.name):
            continue
        targets = [*_named(repo, workload, one), *_produced(repo, workload, one)]
        late = []
        for target in targets:
            at = turn_of(target) if units.together(workload, target) else None
            if at is None or at.order <= turn.order:
                break  # this one may be there in time
            late.append((target, at))
        if late and len(late) == len(targets):
            target, at = min(late, key=lambda pair: pair[1].order)
            yield LateNeed(one, target, at)


def _named(repo: Repo, workload: Resource, one: Reference) -> Sequence[Resource]:
    home = repo.namespace_of(workload)
    wanted = Wanted(
        one.kinds, one.name, one.namespace, one.cluster, home if isinstance(home, str) else None, workload.file
    )
    reached = resolve(repo, wanted)
    return reached.found if reached.status == "known" else ()


def _produced(repo: Repo, workload: Resource, one: Reference) -> Iterator[Resource]:
    if "Secret" not in one.kinds:
        return
    home = repo.namespace_of(workload)
    for resource in repo.once(_makers_of_secrets).get(one.name, ()):
        space = repo.namespace_of(resource)
        if not isinstance(home, str) or not isinstance(space, str) or home == space:
            yield resource


def _makers_of_secrets(repo: Repo) -> dict[str, list[Resource]]:
    """Name of a Secret to the resources that controllers make it of."""
    found: dict[str, list[Resource]] = {}
    for group, kind, path in _PRODUCERS:
        for resource in repo.resources(group, kind):
            node = get(resource.root, path[0])
            for step in path[1:]:
                node = get(node, step)
            name = text_of(node) or (resource.name if kind != "Certificate" else "")
            found.setdefault(name, []).append(resource)
    return found
