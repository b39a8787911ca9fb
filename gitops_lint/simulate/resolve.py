"""What a reference reaches: known, absent, elsewhere or unknown. The only room that may say "it is not there"."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.model.resource import Resource
from gitops_lint.repo.argosources import SourceUse
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
    return repo.kept((resolve, wanted), partial(_resolve, repo, wanted))


def _resolve(repo: Repo, wanted: Wanted) -> Resolution:
    space = None if wanted.cluster else wanted.namespace or wanted.home
    groups = sorted({one for kind in wanted.kinds for one in repo.once(_kinds_by_name).get(kind, ())})
    named = [one for group, kind in groups for one in repo.called(group, kind, wanted.name)]
    found = [one for one in named if wanted.cluster or _reach(space, _home(repo, one))]
    if found:
        return Resolution("known", tuple(found))
    if any(repo.config.is_external(group, kind, wanted.name, space) for group, kind in groups or _bare(wanted)):
        return Resolution("unknown", reason="the configuration says that it exists elsewhere")
    if any((group, kind) in repo.once(_templated_kinds) for group, kind in groups):
        return Resolution("unknown", reason="another one's name is a template")
    if any(repo.generated(kind, wanted.name) for kind in wanted.kinds):
        return Resolution("unknown", reason="a kustomization generates it")
    candidates = _candidates(repo, tuple(groups), space, wanted.cluster)
    if named:
        return Resolution("elsewhere", tuple(named), candidates, _places(repo, named))
    if any(kind in repo.config.closed for kind in wanted.kinds) or any(repo.config.is_closed(*one) for one in groups):
        return Resolution("absent", (), candidates)
    if any(kind in MADE_ELSEWHERE for kind in wanted.kinds):
        return Resolution("unknown", (), candidates, "such resources are often made outside of Git")
    why = incomplete(repo, wanted.file) or ("" if wanted.cluster else brought_elsewhere(repo, space))
    return Resolution("unknown", (), candidates, why) if why else Resolution("absent", (), candidates)


def _kinds_by_name(repo: Repo) -> dict[str, list[tuple[str, str]]]:
    """Bare kind to the groups in which the repository holds some, with the kind."""
    found: dict[str, list[tuple[str, str]]] = {}
    for group, kind in sorted(repo.kinds()):
        found.setdefault(kind, []).append((group, kind))
    return found


def _templated_kinds(repo: Repo) -> frozenset[tuple[str, str]]:
    """Group and kind of every resource whose name is a template, so that it may have any."""
    return frozenset((one.group, one.kind) for one in repo.all_resources() if templated(one.name))


def _candidates(repo: Repo, groups: Groups, space: str | None, cluster: bool) -> tuple[str, ...]:
    """The names of all resources of these kinds that can be reached from a namespace, sorted."""
    reached = None if cluster else space
    return repo.kept((_candidates, groups, reached), partial(_names_in_reach, repo, groups, reached))


def _names_in_reach(repo: Repo, groups: Groups, space: str | None) -> tuple[str, ...]:
    resources = (one for group, kind in groups for one in repo.resources(group, kind))
    return tuple(sorted({one.name for one in resources if space is None or _reach(space, _home(repo, one))}))


Groups = tuple[tuple[str, str], ...]


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


def brought_elsewhere(repo: Repo, space: str | None) -> str:
    """
    Why an Application may bring more into a namespace than this repository shows; "" where none does.

    A chart, another repository, a build with remote parts. space: None where the namespace is not known, so that every
    Application may be meant; one whose destination is a template may mean any.
    """
    for use in repo.roles.sources:
        destination = use.destination_namespace
        if destination is None or (space is not None and destination != space and not templated(destination)):
            continue
        if use.chart is not None or use not in repo.once(_own):
            return f"{use.words()} brings what this repository does not show"
        path = posixpath.normpath(use.path.text) if use.path is not None else "."
        if templated(path) or not repo.is_directory(path):
            continue
        if path in repo.roles.charts or repo.kustomizations.unseen_in(path):
            return f"{use.words()} brings what this repository does not show"
    return ""


def _own(repo: Repo) -> frozenset[SourceUse]:
    return frozenset(repo.own_sources)


def near_miss(name: str, candidates: Iterable[str]) -> str:
    """
    The one name that a name is most likely a slip of: two letters more, fewer or other at most; "" where there is none.

    Names that differ in digits alone are a series, and short ones differ by nature.
    """
    close = [
        one
        for one in sorted(set(candidates))
        if one != name and min(len(one), len(name)) > 4 and _distance(one, name) <= 2 and not _series(one, name)
    ]
    return close[0] if len(close) == 1 else ""


def _series(one: str, other: str) -> bool:
    return one.translate(_NO_DIGITS) == other.translate(_NO_DIGITS)


_NO_DIGITS = str.maketrans("", "", "0123456789")


def _distance(one: str, other: str) -> int:
    """Letters to insert, drop, replace or swap between two texts; 3 where it is more than two."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        older, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
    return min(row[-1], 3)


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
