"""
What many Applications have in common, told once at the first of them: what automation leaves unsaid, retries without an
end, namespaces that environments share.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import BOOL, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Spot, Value
from gitops_lint.model.appproject import LOCAL_NAME, LOCAL_SERVER
from gitops_lint.model.argocd import (
    GROUP,
    Found,
    application_sources,
    application_spec,
    destination_of,
)
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.environments import environment_served
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.environments import Environment
from gitops_lint.simulate.everyapplication import every_application, is_same
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, get, templated, text_of, value

GROUP_FIELDS = {
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
    """
    resource = resource_of(subject)
    trait = find(repo, resource)
    if trait is None:
        return []
    members = repo.once(groups).get(trait.key) or [resource]
    if not is_same(members[0], resource):
        return []
    names = [one.name for one in members]
    served = environment_served(repo, resource)
    because = served.because if isinstance(served, Environment) else ""
    fields: dict[str, Value] = {"who": in_short(names), "count": len(names), "because": because, **dict(trait.fields)}
    return [Fact(record, trait.at, fields)]


def grouped(repo: Repo, find: Find, kind: str = "Application") -> Groups:
    """The Applications, or ApplicationSets, that have a trait, by its key, in order: those in files first."""
    found: Groups = {}
    for one in every_application(repo) if kind == "Application" else repo.resources(GROUP, kind):
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


def delivered_spec(resource: Resource) -> Found:
    """`spec` of an Application, or of the template of an ApplicationSet."""
    return application_spec(resource.kind, resource.root)


def automated(resource: Resource) -> Mapping | None:
    """`automated` of an Application that syncs by itself; None for one that does not, or may not."""
    found = get(get(delivered_spec(resource), "syncPolicy"), "automated")
    if not isinstance(found, Mapping):
        return None
    enabled = value(get(found, "enabled"))
    return found if enabled is MISSING or enabled is True else None


# ---- what automation leaves unsaid

UNSAID = record(
    "UnsaidAutomation",
    {
        **GROUP_FIELDS,
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
    project = text_of(get(delivered_spec(resource), "project")) or "default"
    return Trait((project, str(prune), str(heal)), block, (("prune", prune), ("selfHeal", heal)))


# ---- the project that everybody has, and the head of a repository

IN_DEFAULT = record(
    "InDefaultProject", GROUP_FIELDS, doc="Applications in the project default; it points at the project"
)


@attribute("Application", "inDefaultProject", returns=ListType(IN_DEFAULT), needs={"index"})
def in_default_project(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The Applications in the project default: one fact for the repository, at the first."""
    return told_once(subject, repo, "InDefaultProject", _in_default, _in_default_groups)


def _in_default_groups(repo: Repo) -> Groups:
    return grouped(repo, _in_default)


def _in_default(repo: Repo, resource: Resource) -> Trait | None:
    project = get(delivered_spec(resource), "project")
    return Trait((), project) if isinstance(project, Scalar) and project.text == "default" else None


FOLLOWS_HEAD = record(
    "FollowsHead",
    {**GROUP_FIELDS, "words": Field(TEXT, optional=False, doc="how a message calls the source of the first")},
    doc="Applications that sync by themselves what HEAD is; it points at the revision, or at the source without one",
)


@attribute(
    "Application",
    "followsHead",
    returns=ListType(FOLLOWS_HEAD),
    needs={"index"},
    source="argo-cd docs/user-guide/tracking_strategies.md",
)
def follows_head(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The Applications that sync by themselves and follow HEAD, written or left out: one fact for the repository."""
    return told_once(subject, repo, "FollowsHead", _follows_head, _follows_head_groups)


def _follows_head_groups(repo: Repo) -> Groups:
    return grouped(repo, _follows_head)


def _follows_head(repo: Repo, resource: Resource) -> Trait | None:
    if automated(resource) is None:
        return None
    for one in application_sources(delivered_spec(resource)):
        revision = value(one.target_revision)
        if one.chart is not MISSING or (text_of(one.repo_url) or "").startswith("oci://"):
            continue
        if revision is MISSING or revision in ("", "HEAD"):
            at = one.target_revision if isinstance(one.target_revision, Scalar) else one.node
            words = "the source" if one.index is None else f"source {one.index + 1}"
            return Trait((), at, (("words", words),))
    return None


# ---- retries without an end

ENDLESS = record(
    "EndlessRetry",
    {
        "who": Field(TEXT, optional=False, doc="the Applications and ApplicationSets in short"),
        "count": Field(INTEGER, optional=False, doc="how many there are"),
    },
    doc="a negative limit of retries, in what syncs by itself; it points at the limit",
)


@attribute(
    ("Application", "ApplicationSet"),
    "endlessRetries",
    returns=ListType(ENDLESS),
    needs={"index"},
    source="argo-cd controller/appcontroller.go processRequestedAppOperation, autoSync",
)
def endless_retries(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What tries a failed sync again without end, and with the same commit: one fact for the repository, at the first."""
    return told_once(subject, repo, "EndlessRetry", _endless, _endless_groups)


def _endless_groups(repo: Repo) -> Groups:
    found = [
        *grouped(repo, _endless, "Application").get((), ()),
        *grouped(repo, _endless, "ApplicationSet").get((), ()),
    ]
    return {(): sorted(found, key=lambda one: (one.file, one.document))}


def _endless(repo: Repo, resource: Resource) -> Trait | None:
    policy = get(delivered_spec(resource), "syncPolicy")
    retry = get(policy, "retry")
    limit = value(get(retry, "limit"))
    if automated(resource) is None or not isinstance(limit, int) or isinstance(limit, bool) or limit >= 0:
        return None
    if get(retry, "refresh") is not MISSING and value(get(retry, "refresh")) is not False:
        return None
    node = get(retry, "limit")
    return Trait((), node if isinstance(node, Scalar) else None)


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
        if is_same(one, resource):
            break
        if first is None:
            first = one, other
        elif first[1].name != other.name:
            return ()
    if first is None or first[1].name == served.name:
        return ()
    place = destination_of(delivered_spec(resource)).namespace
    before = destination_of(delivered_spec(first[0])).namespace
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
    for one in every_application(repo):
        home = _home(one)
        if home is not None:
            found.setdefault(home, []).append(one)
    return found


_OF_ARGO_CD = frozenset(("argocd", "argo-cd", "openshift-gitops"))


def _home(resource: Resource) -> tuple[str, str] | None:
    """Cluster and namespace of an Application, where both are written; None also for the namespace of Argo CD itself."""
    target = destination_of(delivered_spec(resource))
    server, name, namespace = (text_of(one) or "" for one in (target.server, target.name, target.namespace))
    if not namespace or not (server or name) or namespace in (resource.namespace, *_OF_ARGO_CD):
        return None
    if any(templated(one) for one in (server, name, namespace)):
        return None
    if server.rstrip("/") == LOCAL_SERVER or name == LOCAL_NAME:
        # the cluster of whichever Argo CD reads the folder
        return (f"{LOCAL_SERVER} {posixpath.dirname(resource.file)}", namespace)
    return (server or name, namespace)
