"""
What many Applications have in common, told once at the first of them: how production is synced, what it follows, what
automation leaves unsaid, namespaces that environments share.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import BOOL, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Spot, Value
from gitops_lint.model.appproject import LOCAL_NAME, LOCAL_SERVER
from gitops_lint.model.argocd import GROUP, ApplicationSource, Found, application_sources, destination_of
from gitops_lint.model.resource import Resource
from gitops_lint.model.syncwindows import covered
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.environments import environment_served, is_production
from gitops_lint.policy.vocabulary.resources import name_or_kind, resource_of
from gitops_lint.repo.gitdata import normalise_url
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.environments import Environment
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, templated, text_of, value

_GROUP = {
    "who": Field(TEXT, optional=False, doc="the Applications in short: `a`, `b` and 3 more"),
    "count": Field(INTEGER, optional=False, doc="how many there are"),
    "because": Field(TEXT, optional=False, doc="why the first is of its environment, a clause; or empty"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Trait:
    """
    Something that an Application has. key: those with the same key are told together. at: where it stands; fields: what
    the fact says of it.
    """

    key: tuple[str, ...]
    at: Spot | None
    fields: tuple[tuple[str, Value], ...] = ()


Find = Callable[[Repo, Resource], Trait | None]
Groups = dict[tuple[str, ...], list[Resource]]


def told_once(subject: Subject, repo: Repo, record: str, find: Find, groups: Callable[[Repo], Groups]) -> list[Value]:
    """
    The fact of the group that an Application is the first of; nothing for the others, and for those without the trait.

    An Application that a generator made, and no file holds, is a group by itself.
    """
    resource = resource_of(subject)
    trait = find(repo, resource)
    if trait is None:
        return []
    members = repo.once(groups).get(trait.key, [])
    place = (resource.file, resource.document, resource.name)
    places = [(one.file, one.document, one.name) for one in members]
    if place in places and places[0] != place:
        return []
    names = [one.name for one in members] if place in places else [resource.name]
    served = environment_served(repo, resource)
    because = served.because if isinstance(served, Environment) else ""
    fields: dict[str, Value] = {"who": in_short(names), "count": len(names), "because": because, **dict(trait.fields)}
    return [Fact(record, trait.at, fields)]


def grouped(repo: Repo, find: Find) -> Groups:
    """The written Applications that have a trait, by its key, each list by file and place."""
    found: Groups = {}
    for one in repo.resources(GROUP, "Application"):
        trait = find(repo, one)
        if trait is not None:
            found.setdefault(trait.key, []).append(one)
    return found


def in_short(names: Sequence[str]) -> str:
    """``a`, `b` and 3 more`: names in a sentence; one that stands there twice is told once."""
    told = list(dict.fromkeys(f"`{name}`" for name in names))
    if len(names) > 4 or len(told) < len(names):
        return f"{', '.join(told[:2])} and {len(names) - len(told[:2])} more"
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _spec(resource: Resource) -> Found:
    return get(resource.root, "spec")


def automated(resource: Resource) -> Mapping | None:
    """`automated` of an Application that syncs by itself; None for one that does not, or may not."""
    found = get(get(_spec(resource), "syncPolicy"), "automated")
    if not isinstance(found, Mapping):
        return None
    enabled = value(get(found, "enabled"))
    return found if enabled is MISSING or enabled is True else None


# ---- production that syncs by itself

UNGUARDED = record(
    "UnguardedProduction",
    {
        **_GROUP,
        "project": Field(TEXT, optional=False, doc="their project"),
        "windows": Field(BOOL, optional=False, doc="whether that project has sync windows, none of which is for them"),
        "branch": Field(TEXT, optional=False, doc="the branch that the first follows, or HEAD"),
    },
    doc="production Applications that sync by themselves, from a branch, outside of any sync window; it points at `automated`",
)


@attribute(
    "Application",
    "unguardedProduction",
    returns=ListType(UNGUARDED),
    needs={"kustomize"},
    source="argo-cd controller/appcontroller.go autoSync, pkg/apis/application/v1alpha1/types.go SyncWindows.Matches",
)
def unguarded_production(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Production Applications that deliver each commit to a branch at once: one fact for each project, at the first of them."""
    return told_once(subject, repo, "UnguardedProduction", _unguarded, _unguarded_groups)


def _unguarded_groups(repo: Repo) -> Groups:
    return grouped(repo, _unguarded)


def _unguarded(repo: Repo, resource: Resource) -> Trait | None:
    block = automated(resource)
    if block is None or not is_production(repo, resource):
        return None
    spec = _spec(resource)
    branch = next((found for one in application_sources(spec) if (found := moving(one)) is not None), None)
    project = value(get(spec, "project"))
    project = "default" if project is MISSING or project == "" else project
    if branch is None or not isinstance(project, str):
        return None
    windows = _has_window(repo, resource, project)
    if windows is None:
        return None
    return Trait((project,), block, (("project", project), ("windows", windows), ("branch", branch)))


def _has_window(repo: Repo, resource: Resource, project: str) -> bool | None:
    """
    False: the project, as each of its definitions here has it, has no windows; True: it has some, none for the
    Application. None: one is, or nobody can tell.
    """
    defined = repo.named(GROUP, "AppProject", project)
    if not defined:
        # the project default is there without a file, and nothing gives it windows but a file or a hand
        return False if project == "default" else None
    target = destination_of(_spec(resource))
    texts = [text_of(one) or "" for one in (target.server, target.name, target.namespace)]
    if any(templated(one) for one in texts) or UNKNOWN in (target.server, target.name, target.namespace):
        return None
    answers = []
    given = False
    for one in defined:
        windows = get(get(one.root, "spec"), "syncWindows")
        given = given or windows is not MISSING
        answers.append(covered(windows, resource.name, [one for one in texts[:2] if one], texts[2]))
    return given if all(one is False for one in answers) else None


# ---- what production follows

_DIGIT = pattern(r"[0-9]")


def moving(source: ApplicationSource) -> str | None:
    """
    The branch that a Git source follows, or HEAD; None for a chart, a tag, a version, a commit, and what nobody can tell.

    A name with a digit in it may be a tag, so that only names without one count, and what begins with refs/heads.
    """
    url = text_of(source.repo_url)
    if source.chart is not MISSING or source.repo_url is UNKNOWN or not url or templated(url) or url.startswith("oci:"):
        return None
    found = value(source.target_revision)
    if found is MISSING or found in ("", "HEAD"):
        return "HEAD"
    if not isinstance(found, str) or not isinstance(source.target_revision, Scalar):
        return None
    text = source.target_revision.text
    if text.startswith("refs/heads/"):
        return text.removeprefix("refs/heads/")
    if text.startswith("refs/") or _DIGIT.search(text) or "*" in text or text in ("latest",):
        return None
    return text


FOLLOWED = record(
    "FollowedBranch",
    {
        **_GROUP,
        "branch": Field(TEXT, optional=False, doc="the branch, or HEAD"),
        "repository": Field(TEXT, optional=False, doc="the repository as written"),
        "own": Field(BOOL, optional=False, doc="whether it is this repository"),
    },
    doc="production Applications that follow a branch; it points at the revision, or at the source without one",
)


@attribute(
    "Application",
    "followedBranches",
    returns=ListType(FOLLOWED),
    needs={"kustomize"},
    source="argo-cd docs/user-guide/tracking_strategies.md",
)
def followed_branches(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Branches that production Applications follow: one fact for each repository and branch, at the first of them.

    HEAD in one that syncs by itself is left to those who ask for it alone.
    """
    return told_once(subject, repo, "FollowedBranch", _followed, _followed_groups)


def _followed_groups(repo: Repo) -> Groups:
    return grouped(repo, _followed)


def _followed(repo: Repo, resource: Resource) -> Trait | None:
    if not is_production(repo, resource):
        return None
    for one in application_sources(_spec(resource)):
        branch = moving(one)
        if branch is None or (branch == "HEAD" and automated(resource) is not None):
            continue
        url = text_of(one.repo_url) or ""
        path = text_of(one.path)
        at = one.target_revision if isinstance(one.target_revision, Scalar) else one.node
        own = repo.is_this_repository(url, posixpath.normpath(path) if path else None)
        return Trait((normalise_url(url), branch), at, (("branch", branch), ("repository", url), ("own", own)))
    return None


# ---- what automation leaves unsaid

UNSAID = record(
    "UnsaidAutomation",
    {
        **_GROUP,
        "prune": Field(BOOL, optional=False, doc="whether `prune` is left out"),
        "selfHeal": Field(BOOL, optional=False, doc="whether `selfHeal` is left out"),
    },
    doc="Applications that sync by themselves without a word about pruning or self-healing; it points at `automated`",
)


@attribute(
    "Application",
    "unsaidAutomation",
    returns=ListType(UNSAID),
    needs={"index"},
    source="argo-cd pkg/apis/application/v1alpha1/types.go SyncPolicyAutomated",
)
def unsaid_automation(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Applications whose `automated` leaves out `prune` or `selfHeal`: one fact for each way and project, at the first of them."""
    return told_once(subject, repo, "UnsaidAutomation", _unsaid, _unsaid_groups)


def _unsaid_groups(repo: Repo) -> Groups:
    return grouped(repo, _unsaid)


def _unsaid(repo: Repo, resource: Resource) -> Trait | None:
    block = automated(resource)
    if block is None:
        return None
    prune, heal = get(block, "prune") is MISSING, get(block, "selfHeal") is MISSING
    if not prune and not heal:
        return None
    project = text_of(get(_spec(resource), "project")) or "default"
    return Trait((project, str(prune), str(heal)), block, (("prune", prune), ("selfHeal", heal)))


# ---- namespaces that environments share

SHARED = record(
    "SharedNamespace",
    {
        "namespace": Field(TEXT, optional=False, doc="the namespace"),
        "other": Field(TEXT, optional=False, doc="the name of the other Application"),
        "environment": Field(TEXT, optional=False, doc="the environment of this one"),
        "otherEnvironment": Field(TEXT, optional=False, doc="that of the other"),
        "because": Field(TEXT, optional=False, doc="why this one is of its environment, a clause"),
        "otherBecause": Field(TEXT, optional=False, doc="why the other is of its own, a clause"),
        "first": Field(TEXT, optional=False, doc="where the other names the namespace"),
    },
    doc="an Application that delivers into the namespace of another environment; it points at its namespace",
)


@attribute("Application", "sharedNamespaces", returns=ListType(SHARED), needs={"kustomize"})
def shared_namespaces(subject: Subject, repo: Repo) -> Sequence[Value]:
    """An earlier Application of another environment with the same namespace and cluster: one for each namespace."""
    resource = resource_of(subject)
    home = _home(resource)
    served = environment_served(repo, resource)
    if home is None or not isinstance(served, Environment):
        return ()
    members = repo.once(_homes).get(home, [])
    first: tuple[Resource, Environment] | None = None
    for one in members:
        other = environment_served(repo, one)
        if not isinstance(other, Environment):
            continue
        if (one.file, one.document, one.name) == (resource.file, resource.document, resource.name):
            break
        if first is None:
            first = one, other
        elif first[1].name != other.name:
            return ()
    if first is None or first[1].name == served.name:
        return ()
    place = destination_of(_spec(resource)).namespace
    before = destination_of(_spec(first[0])).namespace
    if not isinstance(place, Scalar) or not isinstance(before, Scalar):
        return ()
    fields: dict[str, Value] = {
        "namespace": home[1],
        "other": first[0].name,
        "environment": served.name,
        "otherEnvironment": first[1].name,
        "because": served.because,
        "otherBecause": first[1].because,
        "first": before,
    }
    return [Fact("SharedNamespace", place, fields)]


def _homes(repo: Repo) -> dict[tuple[str, str], list[Resource]]:
    found: dict[tuple[str, str], list[Resource]] = {}
    for one in repo.resources(GROUP, "Application"):
        home = _home(one)
        if home is not None:
            found.setdefault(home, []).append(one)
    return found


_OF_ARGO_CD = frozenset(("argocd", "argo-cd", "openshift-gitops"))


def _home(resource: Resource) -> tuple[str, str] | None:
    """Cluster and namespace of an Application, where both are written; None also for the namespace of Argo CD itself."""
    target = destination_of(_spec(resource))
    server, name, namespace = (text_of(one) or "" for one in (target.server, target.name, target.namespace))
    if not namespace or not (server or name) or namespace in (resource.namespace, *_OF_ARGO_CD):
        return None
    if any(templated(one) for one in (server, name, namespace)):
        return None
    if server.rstrip("/") == LOCAL_SERVER or name == LOCAL_NAME:
        # the cluster of whichever Argo CD reads the folder
        return (f"{LOCAL_SERVER} {posixpath.dirname(resource.file)}", namespace)
    return (server or name, namespace)


# ---- projects

UNDESCRIBED = record(
    "UndescribedProjects",
    {
        "who": Field(TEXT, optional=False, doc="the projects in short: project `a`, projects `a` and `b`"),
        "are": Field(TEXT, optional=False, doc="is or are"),
        "count": Field(INTEGER, optional=False, doc="how many there are"),
    },
    doc="projects without a description; it points at the name of the first",
)


@attribute("AppProject", "undescribed", returns=ListType(UNDESCRIBED), needs={"index"})
def undescribed(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The projects of the repository without a description: one fact, at the first of them."""
    resource = resource_of(subject)
    found = repo.once(_undescribed_projects)
    name = name_or_kind(subject)
    if not found or (found[0].file, found[0].document) != (resource.file, resource.document):
        return ()
    names = list(dict.fromkeys(one.name for one in found))
    fields: dict[str, Value] = {
        "who": f"project{'s' if len(names) > 1 else ''} {in_short(names)}",
        "are": "are" if len(names) > 1 else "is",
        "count": len(names),
    }
    return [Fact("UndescribedProjects", name if isinstance(name, Scalar) else None, fields)]


def _undescribed_projects(repo: Repo) -> Sequence[Resource]:
    return [
        one
        for one in repo.resources(GROUP, "AppProject")
        if one.name not in ("", "default") and get(get(one.root, "spec"), "description") is MISSING
    ]


SPANNED = record(
    "SpannedEnvironments",
    {
        "who": Field(TEXT, optional=False, doc="its production Applications in short"),
        "production": Field(INTEGER, optional=False, doc="how many of them there are"),
        "others": Field(TEXT, optional=False, doc="the other environments, in words"),
    },
    doc="the environments of a project that holds production and others; it points at its name",
)


@attribute("AppProject", "spannedEnvironments", returns=ListType(SPANNED), needs={"kustomize"})
def spanned_environments(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The environments of its Applications, where production and others are among them."""
    resource = resource_of(subject)
    if resource.name in ("", "default") or len(repo.named(GROUP, "AppProject", resource.name)) > 1:
        return ()
    served = [(one, environment_served(repo, one)) for one in repo.once(_members).get(resource.name, ())]
    known = [(one, found) for one, found in served if isinstance(found, Environment)]
    production = [one.name for one, found in known if found.production]
    others = sorted({found.name for _, found in known if not found.production})
    name = name_or_kind(subject)
    if not production or not others or not isinstance(name, Scalar):
        return ()
    words = others[0] if len(others) == 1 else f"{', '.join(others[:-1])} and {others[-1]}"
    fields: dict[str, Value] = {"who": in_short(production), "production": len(production), "others": words}
    return [Fact("SpannedEnvironments", name, fields)]


def _members(repo: Repo) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in repo.resources(GROUP, "Application"):
        found.setdefault(text_of(get(_spec(one), "project")) or "default", []).append(one)
    return found
