"""
What an Application delivers of this repository: the folder of each source, how it is read, and the resources it holds.

Only what is sure is there: sources of this repository at its main branch, folders of plain manifests and kustomizations.
Charts, plugins and other repositories are seen as parts that are not known.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.model.appproject import LOCAL_NAME, LOCAL_SERVER, glob_expression, known_text
from gitops_lint.model.argocd import GROUP, ApplicationSource, Found, application_sources, destination_of
from gitops_lint.model.kubernetes import CLUSTER_SCOPED
from gitops_lint.model.resource import Identity, Resource
from gitops_lint.policy.vocabulary.applications import is_checked_out
from gitops_lint.repo.index import Repo
from gitops_lint.repo.kustomization import Kustomization
from gitops_lint.simulate.everyapplication import every_application
from gitops_lint.simulate.layers import inputs, transformed
from gitops_lint.text.nodes import Mapping, Node
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, get, items, templated, text_of, value

Manner = Literal["directory", "kustomize", "chart", "plugin", "unknown"]


@dataclass(frozen=True, slots=True)
class Held:
    """
    One resource that a source delivers.

    resource: None for a generated one. namespace: what it says itself or its kustomization sets, None where it has none.
    sure: whether nothing may change its name or namespace, or take it away.
    """

    identity: Identity
    resource: Resource | None
    name: str
    namespace: str | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """
    What one source delivers.

    folder: its real path in this repository; None where it lies elsewhere. manner: how Argo CD reads it. held: its
    resources, in the order of files; whole: whether these are all.
    """

    source: ApplicationSource
    folder: str | None
    manner: Manner
    held: tuple[Held, ...] = ()
    whole: bool = False


_BLOCKS = ("helm", "kustomize", "directory", "plugin")

# Options of kustomize that leave names and namespaces of resources as they are.
_HARMLESS = frozenset(
    (
        "apiVersions",
        "commonAnnotations",
        "commonAnnotationsEnvsubst",
        "commonLabels",
        "forceCommonAnnotations",
        "forceCommonLabels",
        "images",
        "kubeVersion",
        "labelIncludeTemplates",
        "labelWithoutSelector",
        "replicas",
        "version",
    )
)


def block_of(source: ApplicationSource) -> str | None:
    """The one block that decides how a source is read; "" for none, None where there are several or one is not known."""
    found = []
    for name in _BLOCKS:
        node = get(source.node, name)
        if node is MISSING:
            continue
        if not isinstance(node, Mapping) or node.open:
            return None
        if any(not is_nothing(each) for each in node.items[1::2]):
            found.append(name)
    return None if len(found) > 1 else (found[0] if found else "")


def is_nothing(node: Node) -> bool:
    """Whether a field of a block counts as not set when the spec is normalised."""
    if isinstance(node, (Mapping, SequenceNode)):
        return not node.open and all(
            is_nothing(each) for each in (node.items[1::2] if isinstance(node, Mapping) else node.items)
        )
    return value(node) in (None, False, "")


def folder_of(source: ApplicationSource, repo: Repo) -> str | None:
    """The real folder of a source that lies in this repository, "" for the root; None where it does not or is not there."""
    path = known_text(source.path)
    if source.chart is not MISSING or not path or path.startswith("/") or not is_checked_out(source, repo):
        return None
    normal = posixpath.normpath(path)
    normal = "" if normal == "." else normal
    if normal == ".." or normal.startswith("../") or (normal and repo.unseen(normal) is not None):
        return None
    return repo.tree.resolve(normal) if repo.is_directory(normal) else None


def contents_of(source: ApplicationSource, repo: Repo) -> Contents:
    """What a source delivers, as far as this repository shows it."""
    folder = folder_of(source, repo)
    if folder is None:
        return Contents(source, None, "chart" if source.chart is not MISSING else "unknown")
    block = block_of(source)
    kustomization = repo.kustomizations.at(folder)
    chart = folder in repo.roles.charts
    if block is None or block == "plugin":
        return Contents(source, folder, "unknown" if block is None else "plugin")
    if block == "helm" or (not block and chart):
        # with both files the one that is found last decides; nothing is said of that
        return Contents(source, folder, "unknown" if kustomization is not None and not block else "chart")
    if block == "kustomize" or (not block and kustomization is not None):
        if kustomization is None or kustomization.broken or kustomization.component:
            return Contents(source, folder, "kustomize")
        options = source.kustomize
        plain = isinstance(options, Mapping) and not all(
            text_of(key) in _HARMLESS or is_nothing(node)
            for key, node in zip(options.items[::2], options.items[1::2], strict=True)
        )
        held, whole = _built(kustomization, repo)
        if plain:
            held = tuple(replace(each, sure=False) for each in held)
        return Contents(source, folder, "kustomize", held, whole)
    files = manifests_in(source, folder, repo)
    return Contents(source, folder, "directory", tuple(_of_files(files, repo)), True)


def _built(kustomization: Kustomization, repo: Repo) -> tuple[tuple[Held, ...], bool]:
    """What the build of a kustomization holds, and whether that is all."""

    def work() -> tuple[tuple[Held, ...], bool]:
        layer = inputs(repo, kustomization)
        held = []
        for member in layer.members:
            built = transformed(member, kustomization)
            sure = built.sure and not templated(built.name)
            held.append(Held(built.identity, built.resource, built.name, built.namespaces[-1], sure))
        return tuple(held), not layer.unseen

    return repo.kept((_built, kustomization.directory), work)


def _of_files(files: Sequence[str], repo: Repo) -> Iterator[Held]:
    for file in files:
        facts = repo.facts(file)
        if facts is None or facts.template or facts.role not in ("manifest", "kustomization"):
            continue
        for resource in repo.in_file(file):
            sure = not templated(resource.name) and not templated(resource.namespace or "")
            yield Held(resource.identity, resource, resource.name, resource.namespace, sure)


# ---- folders of plain manifests

_ENDINGS = (".yaml", ".yml", ".json", ".jsonnet")


def manifests_in(source: ApplicationSource, folder: str, repo: Repo) -> list[str]:
    """
    The files that Argo CD takes for manifests in a folder that is read as plain files.

    Source: argo-cd reposerver/repository/repository.go getPotentiallyValidManifests: globs without separators over the path
    below the folder.
    """
    directory = source.directory
    include, exclude = known_text(get(directory, "include")), known_text(get(directory, "exclude"))
    return [
        file
        for file in files_below(folder, value(get(directory, "recurse")) is True, repo)
        if file.endswith(_ENDINGS) and is_taken(file[len(folder) + 1 if folder else 0 :], include, exclude)
    ]


def is_taken(below: str, include: str | None, exclude: str | None) -> bool:
    """Whether `include` and `exclude` let a file through; where one of them is not known, it is."""
    if exclude and _fits(exclude, below):
        return False
    return not include or _fits(include, below)


def _fits(pattern: str, path: str) -> bool:
    expression = glob_expression(pattern)
    return expression is not None and expression.fullmatch(path) is not None


def files_below(folder: str, deep: bool, repo: Repo) -> list[str]:
    """The files of a folder, with those of the folders in it where `deep` says so."""
    if not deep:
        return list(repo.tree.list_directory(folder))
    every = repo.once(_every_file)
    if not folder:
        return list(every)
    start = bisect_left(every, f"{folder}/")
    return list(every[start : bisect_left(every, f"{folder}0")])


def _every_file(repo: Repo) -> tuple[str, ...]:
    return tuple(repo.tree.files())


# ---- Applications

Scope = Literal["cluster", "namespace", "unknown"]


def _declared_scopes(repo: Repo) -> dict[tuple[str, str], str]:
    """Group and kind of the CustomResourceDefinitions of the repository, to the scope that they say."""
    found: dict[tuple[str, str], str] = {}
    for one in repo.resources("apiextensions.k8s.io", "CustomResourceDefinition"):
        spec = get(one.root, "spec")
        group, kind = known_text(get(spec, "group")), known_text(get(get(spec, "names"), "kind"))
        scope = known_text(get(spec, "scope"))
        if group and kind and scope in ("Cluster", "Namespaced"):
            found[group, kind] = scope
    return found


_NAMESPACED = frozenset(
    (
        ("argoproj.io", "AnalysisTemplate"),
        ("argoproj.io", "AppProject"),
        ("argoproj.io", "Application"),
        ("argoproj.io", "ApplicationSet"),
        ("argoproj.io", "Rollout"),
        ("bitnami.com", "SealedSecret"),
        ("cert-manager.io", "Certificate"),
        ("cert-manager.io", "Issuer"),
        ("external-secrets.io", "ExternalSecret"),
        ("external-secrets.io", "SecretStore"),
        ("monitoring.coreos.com", "PodMonitor"),
        ("monitoring.coreos.com", "PrometheusRule"),
        ("monitoring.coreos.com", "ServiceMonitor"),
    )
)
_OF_BUILT_IN = {
    "": "ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota "
    "Secret Service ServiceAccount",
    "apps": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "batch": "CronJob Job",
    "autoscaling": "HorizontalPodAutoscaler",
    "policy": "PodDisruptionBudget",
    "networking.k8s.io": "Ingress NetworkPolicy",
    "rbac.authorization.k8s.io": "Role RoleBinding",
}
_NAMESPACED_BUILT_IN = frozenset((group, kind) for group, kinds in _OF_BUILT_IN.items() for kind in kinds.split())


def scope_of(group: str, kind: str, repo: Repo) -> Scope:
    """Whether a kind belongs to a namespace, by what Kubernetes and well-known projects say, or a definition here."""
    if (group, kind) in CLUSTER_SCOPED:
        return "cluster"
    if (group, kind) in _NAMESPACED_BUILT_IN or (group, kind) in _NAMESPACED:
        return "namespace"
    declared = repo.once(_declared_scopes).get((group, kind))
    return "unknown" if declared is None else ("cluster" if declared == "Cluster" else "namespace")


@dataclass(frozen=True, slots=True)
class Delivered:
    """
    An Application with what it delivers.

    root: its mapping. cluster: a word for the cluster it delivers to, None where that is not known. namespace: of the
    destination, "" where it has none, None where it is not known.
    """

    root: Mapping
    file: str
    document: int
    name: str
    cluster: str | None
    namespace: str | None
    contents: tuple[Contents, ...]

    def held(self) -> Iterator[tuple[Contents, Held]]:
        for one in self.contents:
            for each in one.held:
                yield one, each


def delivered_by(resource: Resource, root: Mapping, repo: Repo) -> Delivered:
    """What an Application delivers; nothing is known of one with a sourceHydrator."""
    # several rules ask one after another of the same Application
    return repo.latest(delivered_by, root, lambda: _delivered_by(resource, root, repo))


def _delivered_by(resource: Resource, root: Mapping, repo: Repo) -> Delivered:
    spec = get(root, "spec")
    sources = [] if get(spec, "sourceHydrator") is not MISSING else application_sources(spec)
    target = destination_of(spec)
    contents = tuple(contents_of(one, repo) for one in sources)
    namespace = known_text(target.namespace)
    return Delivered(root, resource.file, resource.document, resource.name, cluster_of(spec), namespace, contents)


def cluster_of(spec: Found) -> str | None:
    """One word for the cluster of a destination, however it is named; None where it is not known."""
    target = destination_of(spec)
    server, name = known_text(target.server), known_text(target.name)
    if server is None or name is None or bool(server) == bool(name):
        return None
    if name == LOCAL_NAME or (server and server.rstrip("/") == LOCAL_SERVER):
        return LOCAL_NAME
    return name or server.rstrip("/")


def _all_delivered(repo: Repo) -> tuple[Delivered, ...]:
    found = []
    for one in repo.resources(GROUP, "Application"):
        root = one.root
        if items(get(get(root, "spec"), "sources")) or get(get(root, "spec"), "source") is not MISSING:
            found.append(_delivered_by(one, root, repo))
    return tuple(found)


def _every_delivered(repo: Repo) -> tuple[Delivered, ...]:
    written = len(repo.resources(GROUP, "Application"))
    made = [one for one in every_application(repo)[written:] if one.kind == "Application"]
    return (*all_delivered(repo), *(_delivered_by(one, one.root, repo) for one in made))


def every_delivered(repo: Repo) -> Sequence[Delivered]:
    """What every Application delivers: those that are written, by file and place, then those that are generated."""
    return repo.once(_every_delivered)


def all_delivered(repo: Repo) -> Sequence[Delivered]:
    """What every Application that is written here delivers, by file and place."""
    return repo.once(_all_delivered)
