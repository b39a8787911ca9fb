"""
The type Application as the controller's Go code knows it, as far as generating needs it: which fields there are, in which
order they are rendered, what each holds, and the part of a tree that such a type keeps.

Source: argo-cd pkg/apis/application/v1alpha1/types.go, applicationset_types.go; a test compares it with our schemas.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Literal, TypeAlias

from gitops_lint.dataclass import dataclass
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import entries, is_null, typed

Leaf = Literal["string", "bool", "int", "int-or-string", "raw"]
"""What a field holds that has no fields; raw is free-form data, whose keys are no fields."""


@dataclass(frozen=True, slots=True, eq=False)
class Struct:
    """A Go struct. name: as messages of the JSON decoder write it. fields: by their JSON names, in Go's order."""

    name: str
    fields: MappingOf[str, Type]


@dataclass(frozen=True, slots=True, eq=False)
class ListOf:
    """A Go slice. merged: a strategic merge patch adds to it; every other list is replaced as a whole."""

    item: Type
    merged: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MapOf:
    """A Go map from strings: every key is kept, and rendered as values are."""

    item: Leaf


Type: TypeAlias = "Leaf | Struct | ListOf | MapOf"


def _struct(name: str, /, **fields: Type) -> Struct:
    return Struct(name, fields)


_TEXTS = ListOf("string")
_TEXT_MAP = MapOf("string")

_HELM = _struct(
    "ApplicationSourceHelm",
    valueFiles=_TEXTS,
    parameters=ListOf(_struct("HelmParameter", name="string", value="string", forceString="bool")),
    releaseName="string",
    values="string",
    fileParameters=ListOf(_struct("HelmFileParameter", name="string", path="string")),
    version="string",
    passCredentials="bool",
    ignoreMissingValueFiles="bool",
    skipCrds="bool",
    valuesObject="raw",
    namespace="string",
    kubeVersion="string",
    apiVersions=_TEXTS,
    skipTests="bool",
    skipSchemaValidation="bool",
)
_PATCH_TARGET = _struct(
    "KustomizeSelector",
    group="string",
    version="string",
    kind="string",
    name="string",
    namespace="string",
    annotationSelector="string",
    labelSelector="string",
)
_KUSTOMIZE = _struct(
    "ApplicationSourceKustomize",
    namePrefix="string",
    nameSuffix="string",
    images=_TEXTS,
    commonLabels=_TEXT_MAP,
    version="string",
    commonAnnotations=_TEXT_MAP,
    forceCommonLabels="bool",
    forceCommonAnnotations="bool",
    namespace="string",
    commonAnnotationsEnvsubst="bool",
    replicas=ListOf(_struct("KustomizeReplica", name="string", count="int-or-string")),
    patches=ListOf(
        _struct("KustomizePatch", path="string", patch="string", target=_PATCH_TARGET, options=MapOf("bool"))
    ),
    components=_TEXTS,
    ignoreMissingComponents="bool",
    labelWithoutSelector="bool",
    kubeVersion="string",
    apiVersions=_TEXTS,
    labelIncludeTemplates="bool",
)
_JSONNET_VAR = _struct("JsonnetVar", name="string", value="string", code="bool")
_DIRECTORY = _struct(
    "ApplicationSourceDirectory",
    recurse="bool",
    jsonnet=_struct(
        "ApplicationSourceJsonnet",
        extVars=ListOf(_JSONNET_VAR),
        tlas=ListOf(_JSONNET_VAR),
        libs=_TEXTS,
    ),
    exclude="string",
    include="string",
    disableExtensionFilter="bool",
)
_INFO = _struct("Info", name="string", value="string")
_PLUGIN = _struct(
    "ApplicationSourcePlugin",
    name="string",
    env=ListOf(_struct("EnvEntry", name="string", value="string")),
    parameters=ListOf(
        _struct("ApplicationSourcePluginParameter", name="string", string="string", map=_TEXT_MAP, array=_TEXTS)
    ),
)
_SOURCE = _struct(
    "ApplicationSource",
    repoURL="string",
    path="string",
    targetRevision="string",
    helm=_HELM,
    kustomize=_KUSTOMIZE,
    directory=_DIRECTORY,
    plugin=_PLUGIN,
    chart="string",
    ref="string",
    name="string",
    tagPrefix="string",
)
_SYNC_POLICY = _struct(
    "SyncPolicy",
    automated=_struct("SyncPolicyAutomated", prune="bool", selfHeal="bool", allowEmpty="bool", enabled="bool"),
    syncOptions=_TEXTS,
    retry=_struct(
        "RetryStrategy",
        limit="int",
        backoff=_struct("Backoff", duration="string", factor="int", maxDuration="string"),
        refresh="bool",
    ),
    managedNamespaceMetadata=_struct("ManagedNamespaceMetadata", labels=_TEXT_MAP, annotations=_TEXT_MAP),
)
_HYDRATOR = _struct(
    "SourceHydrator",
    drySource=_struct(
        "DrySource",
        repoURL="string",
        targetRevision="string",
        path="string",
        helm=_HELM,
        kustomize=_KUSTOMIZE,
        directory=_DIRECTORY,
        plugin=_PLUGIN,
    ),
    syncSource=_struct("SyncSource", targetBranch="string", path="string", repoURL="string"),
    hydrateTo=_struct("HydrateTo", targetBranch="string"),
)
SPEC = _struct(
    "ApplicationSpec",
    source=_SOURCE,
    destination=_struct("ApplicationDestination", server="string", namespace="string", name="string"),
    project="string",
    syncPolicy=_SYNC_POLICY,
    ignoreDifferences=ListOf(
        _struct(
            "ResourceIgnoreDifferences",
            group="string",
            kind="string",
            name="string",
            namespace="string",
            jsonPointers=_TEXTS,
            jqPathExpressions=_TEXTS,
            managedFieldsManagers=_TEXTS,
        )
    ),
    info=ListOf(_INFO),
    revisionHistoryLimit="int",
    sources=ListOf(_SOURCE),
    sourceHydrator=_HYDRATOR,
)
TEMPLATE = _struct(
    "ApplicationSetTemplate",
    metadata=_struct(
        "ApplicationSetTemplateMeta",
        name="string",
        namespace="string",
        labels=_TEXT_MAP,
        annotations=_TEXT_MAP,
        finalizers=_TEXTS,
    ),
    spec=SPEC,
)
"""`spec.template` of an ApplicationSet, and `template` of a generator."""
APPLICATION = _struct(
    "Application",
    # of ObjectMeta only what the controller copies into the Application that it writes
    metadata=_struct(
        "ObjectMeta",
        name="string",
        namespace="string",
        labels=_TEXT_MAP,
        annotations=_TEXT_MAP,
        finalizers=ListOf("string", merged=True),
    ),
    spec=SPEC,
    operation="raw",
)
"""What a `templatePatch` is decoded as."""


def item_type(type: Type, key: str) -> Type | None:
    """The type under a key of a mapping of that type; None where it has no such field. Below free-form data all is free-form."""
    if isinstance(type, Struct):
        return type.fields.get(key)
    if isinstance(type, MapOf):
        return type.item
    return "raw" if type == "raw" else None


def kept(node: Node, type: Type) -> Node:
    """
    The part of a tree that the API server keeps: known fields that are not null, the last of duplicates, merge keys resolved.

    Nodes without anything to drop are returned as they are; what is of another kind than the type says stays, too, since
    the API server refuses the whole there.
    """
    if isinstance(node, Mapping):
        if isinstance(type, Struct | MapOf):
            return _kept_entries(node, type)
        return _without_doubles(node) if type == "raw" else node
    if isinstance(node, Sequence) and (isinstance(type, ListOf) or type == "raw"):
        below: Type = type.item if isinstance(type, ListOf) else "raw"
        items = [kept(item, below) for item in node.items]
        if _same(items, node.items):
            return node
        return Sequence(node.source, node.start, node.end, items, node.flow, node.open, node.origin)
    return node


def _kept_entries(node: Mapping, type: Struct | MapOf) -> Mapping:
    items: list[Node] = []
    for name, key, value in entries(node):
        below = item_type(type, name)
        if below is not None and not is_null(value):
            items += (key, kept(value, below))
    return node if _same(items, node.items) else with_items(node, items)


def _without_doubles(node: Mapping) -> Mapping:
    """Free-form data as JSON: merges done, the last of duplicates, nulls kept."""
    items: list[Node] = []
    for _, key, value in entries(node):
        items += (key, kept(value, "raw"))
    return node if _same(items, node.items) else with_items(node, items)


def with_items(node: Mapping, items: list[Node]) -> Mapping:
    """A mapping at the place of another one, with other items."""
    return Mapping(node.source, node.start, node.end, items, node.flow, node.open, node.origin)


def is_zero(node: Node) -> bool:
    """Whether Go holds a zero value for a leaf or a list: nothing to keep against a default. Source: mergo isEmptyValue."""
    if isinstance(node, Scalar):
        value = typed(node)
        return value is None or value == "" or value is False or (not isinstance(value, str) and value == 0)
    if isinstance(node, Sequence):
        return not node.items and not node.open
    return False


def _same(items: list[Node], others: list[Node]) -> bool:
    return len(items) == len(others) and all(one is other for one, other in zip(items, others, strict=True))
