"""Documents to subjects: which things of a file a kind names, made once and shared by all rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gitops_lint.dsl.tree import Kind
from gitops_lint.dsl.world import Attribute, KindEntry
from gitops_lint.model.resource import Identity, Resource, identity_of
from gitops_lint.policy.subjects import Context, Making, Subject
from gitops_lint.policy.vocabulary import ANY_GROUP, GitopsVocabulary
from gitops_lint.repo.load import LoadedDocument, LoadedFile
from gitops_lint.text.nodes import Mapping as MappingNode
from gitops_lint.text.scalars import get, text_of

Name = tuple[str, str | None]  # kind and group; group None for what is no Kubernetes resource

HARNESS_KINDS: Mapping[str, str] = {
    "pipeline": "HarnessPipeline",
    "template": "HarnessTemplate",
    "inputSet": "HarnessInputSet",
    "overlayInputSet": "HarnessOverlayInputSet",
    "trigger": "HarnessTrigger",
    "connector": "HarnessConnector",
    "service": "HarnessService",
    "environment": "HarnessEnvironment",
    "infrastructureDefinition": "HarnessInfrastructure",
    "overrides": "HarnessOverride",
    "serviceOverrides": "HarnessOverride",
    "environmentGroup": "HarnessEnvironmentGroup",
    "secret": "HarnessSecret",
    "gitExperience": "HarnessSettings",
    "conflictResolution": "HarnessSettings",
    "gitops": "HarnessGitopsEntity",
}


class Binder:
    """Makes subjects. One for a run: it knows which attributes a kind answers."""

    def __init__(self, vocabulary: GitopsVocabulary, context: Context) -> None:
        self._vocabulary = vocabulary
        self._context = context
        self._attributes: dict[Name, Mapping[str, Attribute]] = {}
        self._entries: dict[Kind, tuple[KindEntry, frozenset[Name]]] = {}

    def names(self, kind: Kind) -> tuple[bool, frozenset[Name]]:
        """Whether a kind as a rule writes it means every resource, and else which kinds it means."""
        if kind not in self._entries:
            # the checker let it through, so a kind that nobody knows is one that its rule file declares
            entry = self._vocabulary.kind(kind) or KindEntry(kind.name, ANY_GROUP if kind.group is None else kind.group)
            members = [self._vocabulary.kind(Kind(name)) for name in entry.members] or [entry]
            self._entries[kind] = (entry, frozenset((one.name, one.group) for one in members if one is not None))
        entry, named = self._entries[kind]
        return entry.everything, named

    def means(self, kinds: Sequence[Kind], subject: Subject) -> bool:
        """Whether one of the kinds names the subject."""
        name = name_of(subject)
        for kind in kinds:
            everything, named = self.names(kind)
            if name in named:
                return True
            if subject.resource is not None and (everything or (subject.kind, ANY_GROUP) in named):
                return True
        return False

    def mean(self, kinds: Sequence[Kind], name: Name) -> bool:
        """Whether one of the kinds names resources of this kind and group."""
        for kind in kinds:
            everything, named = self.names(kind)
            if everything or name in named or (name[0], ANY_GROUP) in named:
                return True
        return False

    def resource(
        self, found: Resource, loaded: LoadedFile | Callable[[], LoadedFile], made: Making | None = None
    ) -> Subject:
        return Subject(
            found.kind,
            self._answers(found.kind, found.group),
            self._context,
            found.file,
            found.document,
            lambda: found.root,
            found,
            loaded,
            made,
        )

    def file(self, loaded: LoadedFile) -> Subject:
        return Subject("File", self._answers("File", None), self._context, loaded.file, 0, None, None, loaded)

    def document(self, document: LoadedDocument, loaded: LoadedFile) -> Subject:
        return self._plain("Document", document, loaded)

    def entities(self, document: LoadedDocument, loaded: LoadedFile) -> list[Subject]:
        """What a document is besides a Kubernetes resource: a Harness entity, a chart, values."""
        kind = entity_kind(document)
        return [self._plain(kind, document, loaded)] if kind else []

    def of_file(self, loaded: LoadedFile) -> list[Subject]:
        """Every subject of a file: itself, its documents, its entities, its resources, in this order."""
        found = [self.file(loaded)]
        for document in loaded.documents:
            if document.root is None:
                continue
            found.append(self.document(document, loaded))
            found.extend(self.entities(document, loaded))
            if document.classification.what in JUDGED:
                found.extend(self.resource(one, loaded) for one in document.resources)
            elif document.classification.what == "kustomization" and isinstance(document.root, MappingNode):
                found.append(self.resource(kustomization_of(document, loaded), loaded))
        return found

    def _plain(self, kind: str, document: LoadedDocument, loaded: LoadedFile) -> Subject:
        root = document.root
        return Subject(kind, self._answers(kind, None), self._context, loaded.file, document.number, root, None, loaded)

    def _answers(self, kind: str, group: str | None) -> Mapping[str, Attribute]:
        name = (kind, group)
        if name not in self._attributes:
            # a kind that no rule can name still answers what every resource answers
            known = self._vocabulary.kind(Kind(kind, group)) is not None
            asked = Kind(kind, group) if known else Kind("Resource") if group is not None else Kind(kind)
            self._attributes[name] = self._vocabulary.attributes(asked)
        return self._attributes[name]


JUDGED = frozenset(("resource", "argocd-configuration", "list", "custom-resource-definition"))
"""Documents whose resources rules look at: a patch or a chart's template is no resource of its own."""


KUSTOMIZE_GROUP = "kustomize.config.k8s.io"


def kustomization_of(document: LoadedDocument, loaded: LoadedFile) -> Resource:
    """A kustomization as a resource: apiVersion and kind may be left out (kustomize api/types Kustomization.FixKustomizationPreUnmarshalling)."""
    root = document.root
    if not isinstance(root, MappingNode):
        raise LookupError(f"{loaded.file} holds no kustomization")
    given = identity_of(root)
    if given is not None and given.group == KUSTOMIZE_GROUP:
        identity = given
    else:
        kind = text_of(get(root, "kind")) or "Kustomization"
        version = "v1alpha1" if kind == "Component" else "v1beta1"
        identity = Identity(KUSTOMIZE_GROUP, version, kind if kind == "Component" else "Kustomization", None, "")
    return Resource(identity, loaded.file, document.number, root)


def name_of(subject: Subject) -> Name:
    return (subject.kind, subject.resource.group if subject.resource is not None else None)


def entity_kind(document: LoadedDocument) -> str:
    """The kind under which rules name a document that is no Kubernetes resource; "" for none."""
    what = document.classification
    if what.what == "harness":
        return HARNESS_KINDS[what.entity]
    return {"helm-chart": "HelmChart", "helm-values": "HelmValues"}.get(what.what, "")
