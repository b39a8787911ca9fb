"""What is wrong with what Applications deliver of this repository: folders that are read otherwise, resources that clash."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Spot, Value
from gitops_lint.model.appproject import known_text, normal_repository
from gitops_lint.model.argocd import GROUP
from gitops_lint.model.argosync import HOOK_KEYS, SYNC_OPTIONS, hook_of, words
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_contents import (
    Contents,
    Delivered,
    Held,
    all_delivered,
    delivered_by,
    every_delivered,
    scope_of,
)
from gitops_lint.policy.vocabulary.application_folders import has_folder
from gitops_lint.policy.vocabulary.applications import builds_of, spec_of
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, templated, text_of, value

# ---- namespaces

HELD = record(
    "HeldResource",
    {
        "words": Field(TEXT, optional=False, doc="kind and name of the resource"),
        "file": Field(TEXT, optional=False, doc="its file"),
        "more": Field(TEXT, optional=False, doc="` and 2 more`, or empty"),
        "other": Field(TEXT, optional=True, doc="the other Application, where there is one"),
    },
    doc="a resource that an Application delivers, with a place in the Application",
)


def _words(held: Held) -> str:
    return f"{held.identity.kind} {held.name}"


def _held_fact(at: Spot, held: Sequence[Held], other: Value = MISSING) -> Fact:
    first = held[0]
    more = f" and {len(held) - 1} more" if len(held) > 1 else ""
    file = first.resource.file if first.resource is not None else ""
    fields: dict[str, Value] = {"words": _words(first), "file": file, "more": more}
    if other is not MISSING:
        fields["other"] = other
    return Fact("HeldResource", at, fields, title=_words(first))


def _delivered(subject: Subject, repo: Repo) -> Delivered | None:
    root = subject.root
    return delivered_by(resource_of(subject), root, repo) if isinstance(root, Mapping) else None


def _without_namespace(subject: Subject) -> bool:
    target = get(spec_of(subject), "destination")
    return isinstance(target, Mapping) and get(target, "namespace") is MISSING and not target.open


@attribute(
    "Application",
    "homelessResources",
    returns=ListType(HELD),
    needs={"kustomize"},
    source="argo-cd controller/state.go CompareAppState",
    screen=_without_namespace,
)
def homeless_resources(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Resources of a namespaced kind without a namespace, where the destination has none either; one fact for all."""
    target = get(spec_of(subject), "destination")
    if not _without_namespace(subject) or not isinstance(target, Mapping):
        return ()
    delivered = _delivered(subject, repo)
    homeless = [
        held
        for contents, held in (delivered.held() if delivered is not None else ())
        if held.sure
        and not held.namespace
        and scope_of(held.identity.group, held.identity.kind, repo) == "namespace"
        and not _may_change(held, contents)
        and not _left_out(held, repo)
    ]
    return [_held_fact(target, homeless)] if homeless else []


def _may_change(held: Held, contents: Contents) -> bool:
    """Whether the namespace that is written may not be the one that is applied: patches, a root that is open."""
    return contents.manner != "directory" and not contents.whole


def _left_out(held: Held, repo: Repo) -> bool:
    """Whether no sync applies a resource."""
    if held.resource is None:
        return False
    written = repo.facts_of(held.resource).annotations
    return hook_of({key: written[key] for key in HOOK_KEYS if key in written}).skipped


# ---- one resource, two Applications


def _shared_index(repo: Repo) -> dict[tuple[str, str, str, str, str], list[Delivered]]:
    """Cluster, group, kind, namespace and name to the Applications that deliver it, by file and place."""
    found: dict[tuple[str, str, str, str, str], list[Delivered]] = {}
    for one in every_delivered(repo):
        for key, _ in _keys(one, repo):
            known = found.setdefault(key, [])
            if not known or known[-1] is not one:
                known.append(one)
    return {key: many for key, many in found.items() if len(many) > 1}


def _keys(one: Delivered, repo: Repo) -> Iterator[tuple[tuple[str, str, str, str, str], Held]]:
    if one.cluster is None or one.namespace is None:
        return
    for _, held in one.held():
        who = held.identity
        if not held.sure or not held.name or held.identity.name == "" or _left_out(held, repo):
            continue
        scope = scope_of(who.group, who.kind, repo)
        if scope == "unknown" and not held.namespace:
            continue
        space = "" if scope == "cluster" else (held.namespace or one.namespace)
        yield (one.cluster, who.group, who.kind, space, held.name), held


@attribute(
    "Application",
    "sharedResources",
    returns=ListType(HELD),
    needs={"kustomize"},
    source="argo-cd controller/state.go CompareAppState (SharedResourceWarning)",
    screen=has_folder,
)
def shared_resources(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Resources that an earlier Application delivers to the same cluster as well, one fact for each such Application.

    Only Applications that are applied together are compared: those of other folders may be for other clusters.
    """
    mine = _delivered(subject, repo)
    index = repo.once(_shared_index)
    if mine is None or not index or not mine.name or templated(mine.name):
        return ()
    builds = builds_of(mine.file, repo)
    by_other: dict[str, tuple[Delivered, list[Held]]] = {}
    for key, held in _keys(mine, repo):
        for other in index.get(key, ()):
            if (other.file, other.document, other.name) == (mine.file, mine.document, mine.name):
                break  # what comes behind it tells of the two
            if other.name != mine.name and builds_of(other.file, repo) == builds:
                by_other.setdefault(f"{other.file} {other.document} {other.name}", (other, []))[1].append(held)
    at = next((one.source.path for one in mine.contents if one.held and isinstance(one.source.path, Scalar)), None)
    found: list[Value] = []
    if isinstance(at, Scalar):
        for other, several in by_other.values():
            name = get(get(other.root, "metadata"), "name")
            found.append(_held_fact(at, several, name if isinstance(name, Scalar) else other.name))
    return found


# ---- Applications that deliver each other

CYCLE = record(
    "ApplicationCycle",
    {
        "way": Field(TEXT, optional=False, doc="the names of the Applications in turn, with arrows"),
        "next": Field(TEXT, optional=True, doc="the name of the next one"),
    },
    doc="Applications of which each delivers the next, and the last the first; it points at the name of the first",
)


def _children(repo: Repo) -> dict[tuple[str, int], list[Delivered]]:
    """Each Application, by file and document, to those that it delivers, itself left out."""
    every = {(one.file, one.document): one for one in all_delivered(repo)}
    found: dict[tuple[str, int], list[Delivered]] = {}
    for key, one in every.items():
        for _, held in one.held():
            if held.resource is None or (held.identity.group, held.identity.kind) != (GROUP, "Application"):
                continue
            child = every.get((held.resource.file, held.resource.document))
            if child is not None and child is not one and child.name != one.name:
                found.setdefault(key, []).append(child)
    return found


@attribute(
    "Application",
    "cycles",
    returns=ListType(CYCLE),
    needs={"kustomize"},
    source="argo-cd docs/operator-manual/cluster-bootstrapping.md",
    screen=has_folder,
)
def cycles(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The shortest way over other Applications back to this one, told at the first of them."""
    who = resource_of(subject)
    start = (who.file, who.document)
    children = repo.once(_children)
    came: dict[tuple[str, int], tuple[str, int]] = {}
    waiting = [start]
    names = {start: who.name}
    while waiting:
        at = waiting.pop(0)
        for child in children.get(at, ()):
            key = (child.file, child.document)
            if key == start:
                way = [at]
                while way[-1] != start:
                    way.append(came[way[-1]])
                way.reverse()
                if start != min(way):
                    return ()
                words_of_way = " → ".join([*(names[one] for one in way), who.name])
                fields: dict[str, Value] = {"way": words_of_way}
                own = get(get(subject.root or MISSING, "metadata"), "name")
                return [Fact("ApplicationCycle", own, fields)] if isinstance(own, Scalar) else []
            if key not in names:
                names[key] = child.name
                came[key] = at
                waiting.append(key)
    return ()


# ---- Applications that are pruned without their resources


def _pruning_parents(repo: Repo) -> dict[tuple[str, int], str]:
    """Each Application, by file and document, that one which prunes by itself delivers, to the name of that one."""
    by_key = {(one.file, one.document): one for one in all_delivered(repo)}
    found: dict[tuple[str, int], str] = {}
    for key, children in repo.once(_children).items():
        policy = get(get(by_key[key].root, "spec"), "syncPolicy")
        automated = get(policy, "automated")
        if value(get(automated, "prune")) is True and value(get(automated, "enabled")) is not False:
            for child in children:
                found.setdefault((child.file, child.document), by_key[key].name)
    return found


def _has_no_finalizer(subject: Subject) -> bool:
    finalizers = get(get(subject.root or MISSING, "metadata"), "finalizers")
    return finalizers is MISSING or (
        isinstance(finalizers, SequenceNode) and not finalizers.items and not finalizers.open
    )


@attribute(
    "Application",
    "orphaningParent",
    returns=TEXT,
    optional=True,
    needs={"kustomize"},
    source="argo-cd docs/user-guide/app_deletion.md",
    screen=_has_no_finalizer,
)
def orphaning_parent(subject: Subject, repo: Repo) -> Value:
    """The Application that prunes this one, where this one has no finalizer; missing where there is none."""
    who = resource_of(subject)
    if not _has_no_finalizer(subject) or subject.kind != "Application":
        return MISSING
    return repo.once(_pruning_parents).get((who.file, who.document), MISSING)


# ---- what is lost when it is pruned

_DATA = frozenset(
    (("", "PersistentVolumeClaim"), ("", "Namespace"), ("apiextensions.k8s.io", "CustomResourceDefinition"))
)


def _prunes(subject: Subject) -> bool:
    automated = get(get(spec_of(subject), "syncPolicy"), "automated")
    return value(get(automated, "prune")) is True and value(get(automated, "enabled")) is not False


@attribute(
    "Application",
    "prunedData",
    returns=ListType(HELD),
    needs={"kustomize"},
    source="argo-cd docs/user-guide/sync-options.md, gitops-engine/pkg/sync/sync_context.go",
    screen=_prunes,
)
def pruned_data(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Namespaces, claims of volumes and definitions of kinds that automated pruning may delete; one fact for all."""
    if not _prunes(subject):
        return ()
    policy = get(spec_of(subject), "syncPolicy")
    prune = get(get(policy, "automated"), "prune")
    if any(text_of(one) in ("Prune=false", "Prune=confirm") for one in items(get(policy, "syncOptions"))):
        return ()
    delivered = _delivered(subject, repo)
    kept = [
        held
        for _, held in (delivered.held() if delivered is not None else ())
        if (held.identity.group, held.identity.kind) in _DATA
        and held.resource is not None
        and not _is_guarded(held, repo)
    ]
    return [_held_fact(prune, kept)] if kept and isinstance(prune, Scalar) else []


def _is_guarded(held: Held, repo: Repo) -> bool:
    """Whether a resource is not pruned without a question, or a patch may say so."""
    if held.resource is None or _left_out(held, repo):
        return True
    written = repo.facts_of(held.resource).annotations.get(SYNC_OPTIONS, "")
    if any(word.text in ("Prune=false", "Prune=confirm") for word in words(written)):
        return True
    if not repo.roles.of(held.resource.file).changes:
        return False
    annotations = get(get(held.resource.root, "metadata"), "annotations")
    return get(annotations, SYNC_OPTIONS) is UNKNOWN


# ---- hydrators that write to one place

HYDRATED = record(
    "HydratedTwin",
    {
        "other": Field(TEXT, optional=False, doc="the name of the other Application"),
        "branch": Field(TEXT, optional=False, doc="the branch"),
        "path": Field(TEXT, optional=False, doc="the folder"),
    },
    doc="an earlier Application whose hydrator writes to the same folder; it points at the folder",
)


def _target(root: Mapping) -> tuple[str, str, str] | None:
    hydrator = get(get(root, "spec"), "sourceHydrator")
    dry, sync, to = get(hydrator, "drySource"), get(hydrator, "syncSource"), get(hydrator, "hydrateTo")
    url = known_text(get(sync, "repoURL")) or known_text(get(dry, "repoURL"))
    branch = known_text(get(to, "targetBranch")) or known_text(get(sync, "targetBranch"))
    path = known_text(get(sync, "path"))
    return (normal_repository(url), branch, posixpath.normpath(path)) if url and branch and path else None


def _hydrators(repo: Repo) -> dict[tuple[str, str, str], list[tuple[str, int, str]]]:
    found: dict[tuple[str, str, str], list[tuple[str, int, str]]] = {}
    for one in repo.resources(GROUP, "Application"):
        target = _target(one.root)
        if target is not None:
            found.setdefault(target, []).append((one.file, one.document, one.name))
    return found


def _hydrates(subject: Subject) -> bool:
    return get(spec_of(subject), "sourceHydrator") is not MISSING


@attribute(
    "Application",
    "hydratedTwins",
    returns=ListType(HYDRATED),
    needs={"index"},
    source="argo-cd controller/hydrator/hydrator.go validateApplications",
    screen=_hydrates,
)
def hydrated_twins(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The first Application of another name whose hydrator writes to the same folder of the same branch."""
    who, root = resource_of(subject), subject.root
    target = _target(root) if isinstance(root, Mapping) else None
    at = get(get(get(spec_of(subject), "sourceHydrator"), "syncSource"), "path")
    if target is None or not isinstance(at, Scalar):
        return ()
    for file, document, name in repo.once(_hydrators).get(target, ()):
        if (file, document) >= (who.file, who.document):
            break
        if name != who.name:
            return [Fact("HydratedTwin", at, {"other": name, "branch": target[1], "path": target[2]})]
    return ()
