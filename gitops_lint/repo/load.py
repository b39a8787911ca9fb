"""Files to documents: bytes to nodes, each document classified, each Kubernetes object a Resource. Called by workers."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Mapping as MappingOf

from gitops_lint.dataclass import dataclass
from gitops_lint.model.resource import Resource, identity_of
from gitops_lint.repo.classify import RESOURCES, Classification, classify
from gitops_lint.repo.discover import Tree
from gitops_lint.repo.openness import all_open, opened
from gitops_lint.repo.role import MANIFEST, Role
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Mapping, Node, Sequence, Source
from gitops_lint.text.parse import parse_json, parse_yaml
from gitops_lint.text.scalars import get
from gitops_lint.text.source import decode


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """
    One document of a file.

    number: in the YAML stream, from 0. root: None for an empty document; where a kustomization changes the resource, the
    parts it may change are unknown or open. start, end: the stretch of the text, `---` and comments included.
    resources: the Kubernetes objects: one for a resource, one an item for a List, none else.
    """

    number: int
    root: Node | None
    start: int
    end: int
    classification: Classification
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """
    One file with everything in it.

    digest: of its bytes, 32 hex digits. mistakes: what is wrong with the text and matters to whoever reads it: a file
    that only another tool reads has none. template: the text is a template of some engine, so there are no documents.
    unreadable: why it could not be read; then the text is empty.
    """

    file: str
    role: Role
    digest: str
    source: Source
    documents: tuple[LoadedDocument, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    template: bool = False
    unreadable: str | None = None

    @property
    def resources(self) -> tuple[Resource, ...]:
        """All Kubernetes objects of the file, in order."""
        return tuple(resource for document in self.documents for resource in document.resources)


def digest(data: bytes) -> str:
    """The name of a content: equal bytes, equal digest."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def load(tree: Tree, file: str, role: Role = MANIFEST) -> LoadedFile:
    """A file of a tree; one that cannot be read comes back with `unreadable`."""
    try:
        data = tree.read(file)
    except OSError as error:
        why = error.strerror or str(error)
        return LoadedFile(file, role, digest(b""), Source("", file), unreadable=why)
    return load_bytes(data, file, role)


_NO_YAML = frozenset(("lua", "text"))
# Roles of files that no tool of the Kubernetes family reads as YAML: what it would refuse there is no mistake.
_UNJUDGED = frozenset(("generated-data", "chart-data", "other-tool", "test-data", "lua", "text", "configuration"))
_UNREADABLE = frozenset(
    ("syntax", "tab-indentation", "unquoted-template", "encoding", "unknown-alias", "too-deep", "excessive-aliasing")
)


def load_bytes(data: bytes, file: str, role: Role = MANIFEST) -> LoadedFile:
    """The same for content that is at hand (an editor, standard input)."""
    text, undecodable = decode(data)
    source = Source(text, file)
    name = digest(data)
    if role.name in _NO_YAML:
        return LoadedFile(file, role, name, source)
    if role.name == "template" or (role.name == "chart-template" and "{{" in text):
        return LoadedFile(file, role, name, source, template=True)
    if file.endswith(".json") and not _worth_parsing(text, role, file):
        return LoadedFile(file, role, name, source)
    parsed = parse_json(source) if file.endswith(".json") else parse_yaml(source)
    unread = {one.document for one in parsed.mistakes if one.kind == "unquoted-template"}
    documents = tuple(
        # where an action lacks its quotes, Kubernetes reads nothing of the document: what is missing there is not known
        _document(
            one.number,
            all_open(one.root) if one.number in unread and one.root else one.root,
            one.start,
            one.end,
            file,
            role,
        )
        for one in parsed.documents
    )
    mistakes = [*undecodable, *parsed.mistakes]
    template = any(one.kind == "template-file" for one in mistakes) and not documents
    return LoadedFile(file, role, name, source, documents, _judged(mistakes, documents, role), template)


def _worth_parsing(text: str, role: Role, file: str) -> bool:
    """Most JSON in a repository (dashboards, package files) is none of our business and large; below `.harness/` it is."""
    return (
        "/.harness/" in f"/{file}"
        or role.name not in ("manifest", "other-tool", "generated-data", "chart-data", "test-data")
        or ('"apiVersion"' in text and '"kind"' in text)
    )


def _document(number: int, root: Node | None, start: int, end: int, file: str, role: Role) -> LoadedDocument:
    found = classify(root, file, role)
    resources: tuple[Resource, ...] = ()
    if isinstance(root, Mapping):
        if found.what in RESOURCES and found.identity is not None:
            if role.changes:
                root = opened(root, found.identity, role.changes)
            resources = (Resource(found.identity, file, number, root),)
        elif found.what == "list":
            if role.changes:
                root = _opened_items(root, role)
            resources = tuple(
                Resource(identity, file, number, item)
                for item in list_items(root)
                if isinstance(item, Mapping) and (identity := identity_of(item)) is not None
            )
    return LoadedDocument(number, root, start, end, found, resources)


def list_items(root: Node) -> list[Node]:
    """The items of a List, in order."""
    found = get(root, "items")
    return found.items if isinstance(found, Sequence) else []


def _opened_items(root: Mapping, role: Role) -> Mapping:
    items = get(root, "items")
    if not isinstance(items, Sequence):
        return root
    changed = [
        opened(item, identity, role.changes)
        if isinstance(item, Mapping) and (identity := identity_of(item)) is not None
        else item
        for item in items.items
    ]
    made = Sequence(items.source, items.start, items.end, changed, items.flow, items.open, items.origin)
    below: list[Node] = [made if node is items else node for node in root.items]
    return Mapping(root.source, root.start, root.end, below, root.flow, root.open, root.origin)


def _judged(mistakes: list[Mistake], documents: tuple[LoadedDocument, ...], role: Role) -> tuple[Mistake, ...]:
    """The mistakes that matter to a reader of the file, by its role and by what the documents are."""
    if role.name in _UNJUDGED:
        return ()
    foreign = {one.number for one in documents if one.classification.what == "other"}
    kept = []
    for one in mistakes:
        if one.kind == "template-file" and not role.applied and role.name != "kustomization":
            continue
        if one.document in foreign and one.kind not in _UNREADABLE:
            continue
        kept.append(one)
    return tuple(kept)


class Loader:
    """
    Files on demand, with a memory of recent ones that is bounded by the bytes of their text (trees take some seven
    times as much).
    """

    def __init__(
        self, tree: Tree, roles: MappingOf[str, Role] | Callable[[str], Role], bytes_kept: int = 16 << 20
    ) -> None:
        self._tree = tree
        self._roles = roles
        self._limit = bytes_kept
        self._size = 0
        self._kept: OrderedDict[str, LoadedFile] = OrderedDict()

    def file(self, file: str) -> LoadedFile:
        """The file, from memory or parsed again."""
        known = self._kept.get(file)
        if known is not None:
            self._kept.move_to_end(file)
            return known
        role = self._roles(file) if callable(self._roles) else self._roles.get(file, MANIFEST)
        loaded = load(self._tree, file, role)
        self.keep(loaded)
        return loaded

    def keep(self, loaded: LoadedFile) -> None:
        """Puts a file that was loaded elsewhere into the memory."""
        if loaded.file in self._kept:
            self._size -= len(self._kept.pop(loaded.file).source.text)
        self._kept[loaded.file] = loaded
        self._size += len(loaded.source.text)
        while self._size > self._limit and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped.source.text)

    def document(self, file: str, number: int) -> LoadedDocument | None:
        """One document; None where the file has none of that number (any more)."""
        return next((one for one in self.file(file).documents if one.number == number), None)
