"""What a reference reaches: known, absent, elsewhere or unknown. The only room that may say "it is not there"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gitops_lint.model.resource import Resource
from gitops_lint.repo.index import Repo
from gitops_lint.text.scalars import templated

Status = Literal["known", "absent", "elsewhere", "unknown"]

# Kinds that operators, charts and people make beside Git so often that nothing follows from not finding one
# (counted over public repositories: half of what is named is nowhere in Git).
MADE_ELSEWHERE = frozenset(("Secret", "ClusterRole", "SecretStore", "ClusterSecretStore", "Gateway"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What a reference asks for.

    kinds: by bare name, most likely first. namespace: written beside the name; None means the referrer's. cluster: the target
    has no namespace. home: the
    referrer's own, None where nobody here says it. file: where the referrer is.
    """

    kinds: tuple[str, ...]
    name: str
    namespace: str | None
    cluster: bool
    home: str | None
    file: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """
    status: as `dsl.world.Followed` says. found: the targets, in file order; of `elsewhere` the ones out of reach.
    candidates: names of the same kind in reach, for did-you-mean. reason: why it is out of reach or unknown, a clause.
    """

    status: Status
    found: tuple[Resource, ...] = ()
    candidates: tuple[str, ...] = ()
    reason: str = ""


def resolve(repo: Repo, wanted: Wanted) -> Resolution:
    """
    What the reference reaches in this repository.

    absent takes more than not finding it: the kind must be one that lives in Git, nothing remote or rendered elsewhere
    may lie in the builds that the referrer belongs to, and `external` must not name it. A namespace that nobody here
    says fits every other.
    """
    if templated(wanted.name) or (wanted.namespace is not None and templated(wanted.namespace)):
        return Resolution("unknown", reason="its name is a template")
    space = None if wanted.cluster else wanted.namespace or wanted.home
    groups = {(group, kind) for group, kind in repo.kinds() if kind in wanted.kinds}
    every = [one for group, kind in sorted(groups) for one in repo.resources(group, kind)]
    in_reach = [one for one in every if wanted.cluster or _reach(space, _home(repo, one))]
    found = [one for one in in_reach if wanted.name in repo.names_of(one)]
    if found:
        return Resolution("known", tuple(found))
    if any(repo.config.is_external(group, kind, wanted.name, space) for group, kind in groups or _bare(wanted)):
        return Resolution("unknown", reason="the configuration says that it exists elsewhere")
    if any(templated(one.name) for one in every):
        return Resolution("unknown", reason="another one's name is a template")
    candidates = tuple(sorted({one.name for one in in_reach}))
    named = [one for one in every if wanted.name in repo.names_of(one)]
    if named:
        return Resolution("elsewhere", tuple(named), candidates, _places(repo, named))
    if any(kind in repo.config.closed for kind in wanted.kinds) or any(repo.config.is_closed(*one) for one in groups):
        return Resolution("absent", (), candidates)
    if any(kind in MADE_ELSEWHERE for kind in wanted.kinds):
        return Resolution("unknown", (), candidates, "such resources are often made outside of Git")
    why = incomplete(repo, wanted.file)
    return Resolution("unknown", (), candidates, why) if why else Resolution("absent", (), candidates)


def incomplete(repo: Repo, file: str) -> str:
    """
    Why more may be delivered together with a file than this repository shows; "" where nothing speaks for it.

    A remote base, a chart or a plugin in one of its builds may hold anything; so may a chart of the same folder.
    """
    kustomizations = repo.roles.kustomizations
    for placement in kustomizations.placements(file):
        for _, why, _, _ in kustomizations.unseen_in(placement.build):
            return why
    chart = repo.roles.of(file).chart
    return f"it belongs to the chart in `{chart}`" if chart is not None else ""


def _bare(wanted: Wanted) -> set[tuple[str, str]]:
    return {("", kind) for kind in wanted.kinds}


def _home(repo: Repo, resource: Resource) -> str | None:
    """Its namespace; None where nobody here says it, or builds differ: then it fits every one."""
    found = repo.namespace_of(resource)
    return found if isinstance(found, str) else None


def _reach(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _places(repo: Repo, found: Sequence[Resource]) -> str:
    spaces = sorted({space for one in found if (space := _home(repo, one)) is not None})
    return "it is in namespace " + " and ".join(f"`{space}`" for space in spaces) if spaces else "it is out of reach"
