"""What a file tells the rest of a run: plain data with offsets, small, without nodes, so that it travels between processes."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import field

from gitops_lint.dataclass import dataclass
from gitops_lint.model.kubernetes import pod_template
from gitops_lint.model.resource import Identity, Resource
from gitops_lint.repo.classify import RESOURCES, What
from gitops_lint.repo.load import LoadedDocument, LoadedFile, list_items
from gitops_lint.repo.openness import texts
from gitops_lint.repo.references import Reference
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import get

# Annotations that Argo CD, Rollouts, Helm and kustomize act on; others are only text, and may be long.
ANNOTATIONS = (
    "argocd.argoproj.io/",
    "argocd-image-updater.argoproj.io/",
    "argo-rollouts.argoproj.io/",
    "rollout.argoproj.io/",
    "notifications.argoproj.io",
    "helm.sh/",
    "config.kubernetes.io/",
    "kustomize.config.k8s.io/",
    "external-secrets.io/",
    "sealedsecrets.bitnami.com/",
    "avp.kubernetes.io/",
)


@dataclass(frozen=True, slots=True)
class ReferenceFact:
    """A reference without its node: start and end are the name's place in the file, in code points."""

    relation: str
    kinds: tuple[str, ...]
    name: str
    namespace: str | None
    start: int
    end: int
    optional: bool = False
    cluster: bool = False


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """
    One document, or one item of a List.

    number: in the YAML stream from 0; item: position in a List's `items`, None for the document itself. what, evidence,
    entity: as Classification has them. start, end: of the mapping, code points. labels, pod_labels, annotations: as
    written (annotations only those of ANNOTATIONS). names: what this document defines beside itself: the version label
    of a Harness template, the pipeline of an input set.
    """

    number: int
    start: int
    end: int
    what: What
    evidence: str = ""
    entity: str = ""
    item: int | None = None
    identity: Identity | None = None
    labels: MappingOf[str, str] = field(default_factory=dict)
    pod_labels: MappingOf[str, str] = field(default_factory=dict)
    annotations: MappingOf[str, str] = field(default_factory=dict)
    names: MappingOf[str, str] = field(default_factory=dict)
    references: tuple[ReferenceFact, ...] = ()

    @property
    def is_resource(self) -> bool:
        return self.what in RESOURCES and self.identity is not None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file: digest of its bytes, name of its role, its documents in order; template and unreadable as LoadedFile has them."""

    file: str
    digest: str
    role: str
    documents: tuple[DocumentFacts, ...] = ()
    template: bool = False
    unreadable: str | None = None


Extract = Callable[[str, Node], list[Reference]]


def facts_of(loaded: LoadedFile, extract: Extract | None = None) -> FileFacts:
    """
    The facts of a loaded file.

    extract: finds the references of a kind's tree (`references.references_of`); None leaves them out.
    """
    documents: list[DocumentFacts] = []
    for document in loaded.documents:
        documents += _document(document, extract)
    return FileFacts(loaded.file, loaded.digest, loaded.role.name, tuple(documents), loaded.template, loaded.unreadable)


def _document(document: LoadedDocument, extract: Extract | None) -> list[DocumentFacts]:
    found = document.classification
    root = document.root
    start, end = (root.start, root.end) if root is not None else (document.start, document.end)
    if found.is_resource and document.resources:
        return [_resource(document, document.resources[0], None, found.what, extract)]
    own = DocumentFacts(
        document.number,
        start,
        end,
        found.what,
        found.evidence,
        found.entity,
        identity=found.identity,
        names=_names(root, found.entity) if found.what == "harness" and root is not None else {},
    )
    places = (
        {id(item): at for at, item in enumerate(list_items(root))} if document.resources and root is not None else {}
    )
    items = [_resource(document, one, places[id(one.root)], "resource", extract) for one in document.resources]
    return [own, *items]


def _resource(
    document: LoadedDocument, resource: Resource, item: int | None, what: What, extract: Extract | None
) -> DocumentFacts:
    root = resource.root
    found = document.classification
    annotations = texts(get(get(root, "metadata"), "annotations"))
    references = extract(resource.kind, root) if extract is not None else []
    return DocumentFacts(
        document.number,
        root.start,
        root.end,
        what,
        found.evidence,
        found.entity,
        item,
        resource.identity,
        texts(get(get(root, "metadata"), "labels")),
        texts(get(get(pod_template(resource.kind, root), "metadata"), "labels")),
        {key: text for key, text in annotations.items() if key.startswith(ANNOTATIONS)},
        references=tuple(
            ReferenceFact(
                one.relation,
                one.kinds,
                one.name,
                one.namespace,
                one.node.start,
                one.node.end,
                one.optional,
                one.cluster,
            )
            for one in references
        ),
    )


_HARNESS_NAMES = (
    "identifier",
    "orgIdentifier",
    "projectIdentifier",
    "versionLabel",
    "pipelineIdentifier",
    "environmentRef",
)


def _names(root: Node, entity: str) -> dict[str, str]:
    below = get(root, entity)
    found = {key: node.text for key in _HARNESS_NAMES if isinstance(node := get(below, key), Scalar)}
    pipeline = get(get(below, "pipeline"), "identifier")
    if isinstance(pipeline, Scalar):
        found.setdefault("pipelineIdentifier", pipeline.text)
    if "identifier" not in found and isinstance(one := get(below, "id"), Scalar):
        found["identifier"] = one.text
    return found
