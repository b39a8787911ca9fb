"""A document that is a Kubernetes object: who it is, and the few parts that every kind has."""

from __future__ import annotations

from collections.abc import Callable, Container

from gitops_lint.dataclass import dataclass
from gitops_lint.text.nodes import Mapping, Node
from gitops_lint.text.scalars import Missing, UnknownValue, entries, get, text_of

Found = Node | Missing | UnknownValue


@dataclass(frozen=True, slots=True)
class Identity:
    """
    What names a resource in a cluster.

    group: "" for Kubernetes' core group. namespace: None where the document says none (the delivery may add one).
    name: as written, templates included; "" where the document gives none; `prefix*` for a `generateName`, which no
    reference can match because `*` cannot stand in a name.
    """

    group: str
    version: str
    kind: str
    namespace: str | None
    name: str

    @property
    def api_version(self) -> str:
        """As it is written in `apiVersion`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def generates_name(self) -> bool:
        """Whether the API server makes the name up, so that two such resources never collide."""
        return self.name.endswith("*")


class Resource:
    """
    One document that is a Kubernetes object, or one that an engine made.

    document: number in the file's YAML stream, from 0.
    root: the mapping, or a function that gives it. The function is called at each use and its answer is not kept here:
    whoever hands it over bounds the memory that trees take (`repo` parses a document again when it was dropped).
    """

    __slots__ = ("_root", "document", "file", "identity")

    def __init__(self, identity: Identity, file: str, document: int, root: Mapping | Callable[[], Mapping]) -> None:
        self.identity = identity
        self.file = file
        self.document = document
        self._root = root

    def __repr__(self) -> str:
        who = self.identity
        return f"<Resource {who.api_version} {who.kind} {who.namespace or '-'}/{who.name} {self.file}#{self.document}>"

    @property
    def root(self) -> Mapping:
        return self._root() if callable(self._root) else self._root

    @property
    def group(self) -> str:
        return self.identity.group

    @property
    def version(self) -> str:
        return self.identity.version

    @property
    def kind(self) -> str:
        return self.identity.kind

    @property
    def namespace(self) -> str | None:
        return self.identity.namespace

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def labels(self) -> dict[str, Node]:
        """`metadata.labels`, key to value node; empty where there are none or they are not a mapping."""
        return _nodes(get(get(self.root, "metadata"), "labels"))

    @property
    def annotations(self) -> dict[str, Node]:
        """`metadata.annotations`, key to value node; empty where there are none or they are not a mapping."""
        return _nodes(get(get(self.root, "metadata"), "annotations"))


def identity_of(root: Node) -> Identity | None:
    """
    Who a document is, or None where it is no Kubernetes resource: that takes a scalar `apiVersion` and a scalar `kind`.

    Templates stay as text: `apiVersion: {{ $v }}` gives that text as version. Only the first `/` of an `apiVersion` with one
    `/` divides group from version, which is how the API server reads it (apimachinery runtime/schema ParseGroupVersion).
    """
    if not isinstance(root, Mapping):
        return None
    api_version = text_of(get(root, "apiVersion"))
    kind = text_of(get(root, "kind"))
    if not api_version or not kind:
        return None
    group, slash, version = api_version.partition("/")
    if not slash or "/" in version:
        group, version = "", api_version
    metadata = get(root, "metadata")
    if not isinstance(metadata, Mapping):
        return Identity(group, version, kind, None, "")
    name = text_of(get(metadata, "name"))
    if not name:
        prefix = text_of(get(metadata, "generateName"))
        name = f"{prefix}*" if prefix else ""
    return Identity(group, version, kind, text_of(get(metadata, "namespace")) or None, name)


def is_of_other_kind(root: Mapping, kinds: Container[str]) -> bool:
    """Whether a document is a Kubernetes object of none of these kinds; costs less than its identity."""
    kind = text_of(get(root, "kind")) or ""
    return kind != "" and kind not in kinds and bool(text_of(get(root, "apiVersion")))


def _nodes(node: Found) -> dict[str, Node]:
    return {key: value for key, _, value in entries(node)}
