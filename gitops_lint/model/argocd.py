"""Applications and ApplicationSets as views that keep their nodes: sources, destination, generators."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.dataclass import dataclass
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import Missing, UnknownValue, get, items, typed

GROUP = "argoproj.io"

Found = Node | Missing | UnknownValue

# Source: argo-cd pkg/apis/application/v1alpha1/applicationset_types.go, ApplicationSetGenerator.
GENERATORS = (
    "list",
    "clusters",
    "git",
    "scmProvider",
    "clusterDecisionResource",
    "pullRequest",
    "matrix",
    "merge",
    "plugin",
)


@dataclass(frozen=True, slots=True, eq=False)
class ApplicationSource:
    """
    One entry of `spec.source` or `spec.sources`.

    node: its mapping. index: position in `sources`, None for `source`. The other fields are nodes, MISSING where absent.
    """

    node: Mapping
    index: int | None

    @property
    def repo_url(self) -> Found:
        return get(self.node, "repoURL")

    @property
    def path(self) -> Found:
        return get(self.node, "path")

    @property
    def chart(self) -> Found:
        return get(self.node, "chart")

    @property
    def ref(self) -> Found:
        return get(self.node, "ref")

    @property
    def target_revision(self) -> Found:
        return get(self.node, "targetRevision")

    @property
    def helm(self) -> Found:
        return get(self.node, "helm")

    @property
    def kustomize(self) -> Found:
        return get(self.node, "kustomize")

    @property
    def directory(self) -> Found:
        return get(self.node, "directory")

    @property
    def plugin(self) -> Found:
        return get(self.node, "plugin")

    @property
    def value_files(self) -> list[Scalar]:
        """`helm.valueFiles` in order."""
        return [one for one in items(get(self.helm, "valueFiles")) if isinstance(one, Scalar)]


@dataclass(frozen=True, slots=True, eq=False)
class Destination:
    """`spec.destination`: nodes, MISSING where absent."""

    server: Found
    name: Found
    namespace: Found


def application_spec(kind: str, root: Node) -> Found:
    """`spec` of an Application; the spec of the template of an ApplicationSet."""
    spec = get(root, "spec")
    return get(get(spec, "template"), "spec") if kind == "ApplicationSet" else spec


def application_sources(spec: Found) -> list[ApplicationSource]:
    """
    The sources that count: those of `sources` where it holds any, else `source`.

    Source: argo-cd pkg/apis/application/v1alpha1/types.go ApplicationSpec.GetSources.
    """
    several = [one for one in items(get(spec, "sources")) if isinstance(one, Mapping)]
    if several:
        return [ApplicationSource(one, index) for index, one in enumerate(several)]
    single = get(spec, "source")
    return [ApplicationSource(single, None)] if isinstance(single, Mapping) else []


def destination_of(spec: Found) -> Destination:
    """The destination of an Application's spec."""
    found = get(spec, "destination")
    return Destination(get(found, "server"), get(found, "name"), get(found, "namespace"))


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """
    One generator of an ApplicationSet, at whatever depth.

    kind: its key (`git`). key: that key's node; node: what stands under it. entry: the item of `generators` it lies in.
    depth: 0 below spec.generators, 1 inside a matrix or merge, …
    """

    kind: str
    key: Scalar
    node: Node
    entry: Mapping
    depth: int


def generators_of(root: Node) -> Iterator[Generator]:
    """Every known generator of an ApplicationSet, outer ones first, in the order of the text."""
    yield from _generators(get(get(root, "spec"), "generators"), 0)


def _generators(entries: Found, depth: int) -> Iterator[Generator]:
    for entry in items(entries):
        if not isinstance(entry, Mapping):
            continue
        for at in range(0, len(entry.items), 2):
            key, node = entry.items[at], entry.items[at + 1]
            if not isinstance(key, Scalar) or key.text not in GENERATORS:
                continue
            yield Generator(key.text, key, node, entry, depth)
            if key.text in ("matrix", "merge") and depth < 8:
                yield from _generators(get(node, "generators"), depth + 1)


def is_true(node: Found) -> bool:
    """Whether a scalar is the boolean true."""
    return isinstance(node, Scalar) and typed(node) is True


def text(node: Found) -> str | None:
    """The text of a scalar that is not null; None for anything else."""
    return node.text if isinstance(node, Scalar) and typed(node) is not None else None
