"""What the resources of an Application share: a namespace that nobody creates, and resources that are there twice."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.suggest import closest
from gitops_lint.dsl.types import TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.appproject import known_text
from gitops_lint.model.argocd import GROUP, application_spec, destination_of
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_contents import (
    Held,
    all_delivered,
    cluster_of,
    delivered_by,
    folder_of,
    scope_of,
)
from gitops_lint.policy.vocabulary.application_sources import is_placeholder, sources_of
from gitops_lint.policy.vocabulary.applications import spec_of
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.policy.vocabulary.sync_options import application_options
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, get, templated

# Namespaces that a cluster, or what is commonly installed before Argo CD, brings along.
_GIVEN = pattern(
    r"default|kube-.*|openshift.*|argocd|argo-cd|argo|istio-system|monitoring|flux-system|cattle-.*|knative-.*|cert-manager"
)


def _created_elsewhere(repo: Repo) -> frozenset[tuple[str | None, str]]:
    """Cluster and namespace of every Application and ApplicationSet that creates its namespace; None: a cluster not known."""
    found: set[tuple[str | None, str]] = set()
    for kind in ("Application", "ApplicationSet"):
        for one in repo.resources(GROUP, kind):
            spec = application_spec(kind, one.root)
            namespace = known_text(destination_of(spec).namespace)
            if any(text == "CreateNamespace=true" for text, _ in application_options(spec)):
                found.add((cluster_of(spec), "" if namespace is None else namespace))
    return frozenset(found)


def _manages_namespaces(repo: Repo) -> frozenset[str | None]:
    """The clusters for which Applications of this repository deliver Namespaces that they hold."""
    return frozenset(
        one.cluster
        for one in all_delivered(repo)
        for _, held in one.held()
        if (held.identity.group, held.identity.kind) == ("", "Namespace") and held.sure
    )


@attribute(
    "Application",
    "uncreatedNamespace",
    returns=TEXT,
    optional=True,
    needs={"kustomize"},
    source="argo-cd docs/user-guide/sync-options.md, Create Namespace",
)
def uncreated_namespace(subject: Subject, repo: Repo) -> Value:
    """
    The namespace of its destination, where this repository delivers Namespaces to the cluster and nothing creates this one.

    Missing where it may come from elsewhere: charts, plugins, folders that are not wholly known, names that are templates.
    """
    spec = spec_of(subject)
    node = destination_of(spec).namespace
    name, cluster = known_text(node), cluster_of(spec)
    if not name or not isinstance(node, Scalar) or cluster is None or is_placeholder(name) or _GIVEN.fullmatch(name):
        return MISSING
    listed = get(get(spec, "syncPolicy"), "syncOptions")
    if listed is not MISSING and (not isinstance(listed, SequenceNode) or listed.open):
        return MISSING
    if any(text == "CreateNamespace=true" for text, _ in application_options(spec)):
        return MISSING
    known = repo.resources("", "Namespace")
    if cluster not in repo.once(_manages_namespaces) or any(templated(one.name) for one in known):
        return MISSING
    if name == known_text(get(get(subject.root or MISSING, "metadata"), "namespace")) or repo.called(
        "", "Namespace", name
    ):
        return MISSING
    elsewhere = repo.once(_created_elsewhere)
    if any((where, each) in elsewhere for where in (cluster, None) for each in (name, "")):
        return MISSING
    root = subject.root
    delivered = delivered_by(resource_of(subject), root, repo) if isinstance(root, Mapping) else None
    if delivered is None or not delivered.contents:
        return MISSING
    if not all(one.manner == "directory" or (one.manner == "kustomize" and one.whole) for one in delivered.contents):
        return MISSING
    needs = [
        held
        for _, held in delivered.held()
        if not held.namespace and scope_of(held.identity.group, held.identity.kind, repo) == "namespace"
    ]
    return node if needs else MISSING


@attribute("Application", "nearNamespace", returns=TEXT, needs={"index"})
def near_namespace(subject: Subject, repo: Repo) -> Value:
    """A Namespace of this repository with a name like that of its destination; empty where there is none."""
    name = known_text(destination_of(spec_of(subject)).namespace)
    return closest(name or "", [one.name for one in repo.resources("", "Namespace")])


REPEATED_RESOURCE = record(
    "RepeatedResource",
    {
        "words": Field(TEXT, optional=False, doc="kind and name of the resource"),
        "more": Field(TEXT, optional=False, doc="` and 2 more`, or empty"),
        "file": Field(TEXT, optional=False, doc="the file whose resource counts"),
        "first": Field(TEXT, optional=False, doc="the file whose resource is dropped"),
    },
    doc="a resource that an Application delivers twice; it points at the path of the source",
)


@attribute(
    "Application",
    "repeatedResources",
    returns=ListType(REPEATED_RESOURCE),
    needs={"kustomize"},
    source="argo-cd controller/state.go DeduplicateTargetObjects",
    screen=lambda subject: bool(sources_of(subject)),
)
def repeated_resources(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Resources that its folders of plain manifests, or two of its sources, hold twice; one fact for all."""
    root = subject.root
    if not isinstance(root, Mapping) or all(folder_of(one, repo) is None for one in sources_of(subject)):
        return ()
    delivered = delivered_by(resource_of(subject), root, repo)
    seen: dict[tuple[str, str, str, str], tuple[int, Held]] = {}
    twice: list[tuple[Held, Held, Scalar]] = []
    for number, contents in enumerate(delivered.contents):
        for held in contents.held:
            who = held.identity
            scope = scope_of(who.group, who.kind, repo)
            if not held.sure or not who.name or (scope == "unknown" and not held.namespace):
                continue
            space = "" if scope == "cluster" else (held.namespace or delivered.namespace or "")
            key = (who.group, who.kind, space, held.name)
            earlier = seen.get(key)
            path = contents.source.path
            if earlier is not None and isinstance(path, Scalar):
                # what is twice in one build kustomize refuses itself
                if contents.manner == "directory" or earlier[0] != number:
                    twice.append((held, earlier[1], path))
            seen[key] = (number, held)
    if not twice:
        return ()
    held, first, path = twice[0]
    fields: dict[str, Value] = {
        "words": f"{held.identity.kind} {held.name}",
        "more": f" and {len(twice) - 1} more" if len(twice) > 1 else "",
        "file": held.resource.file if held.resource is not None else "",
        "first": first.resource.file if first.resource is not None else "",
    }
    return [Fact("RepeatedResource", path, fields)]
