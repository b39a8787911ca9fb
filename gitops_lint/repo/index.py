"""The whole repository, asked by name: resources by kind and name, documents, kustomizations, what exists, whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path

from gitops_lint.config import Config
from gitops_lint.model.resource import Resource
from gitops_lint.repo.discover import Tree, WorkingTree
from gitops_lint.repo.facts import DocumentFacts, FileFacts
from gitops_lint.repo.gitdata import normalise_url, remotes
from gitops_lint.repo.load import LoadedDocument, LoadedFile, Loader, list_items
from gitops_lint.repo.roles import Roles
from gitops_lint.text.nodes import Mapping


class Repo:
    """
    What is known of a repository once every file has given its facts.

    facts: of all files, in any order. Trees are not kept: a Resource parses its document again when its root is asked for,
    through a bounded memory.
    """

    def __init__(
        self,
        tree: Tree,
        roles: Roles,
        facts: Iterable[FileFacts],
        config: Config | None = None,
        *,
        loader: Loader | None = None,
        remote_urls: Sequence[str] | None = None,
    ) -> None:
        self.tree = tree
        self.roles = roles
        self.config = config if config is not None else Config()
        self.loader = loader if loader is not None else Loader(tree, roles.of)
        self._facts = {one.file: one for one in sorted(facts, key=lambda one: one.file)}
        self._remote_urls = remote_urls

    # ---- files and documents

    def files(self) -> Sequence[FileFacts]:
        """The facts of every file that was read, sorted by path."""
        return tuple(self._facts.values())

    def facts(self, file: str) -> FileFacts | None:
        return self._facts.get(file)

    def load(self, file: str) -> LoadedFile:
        """A file with its trees, from memory or parsed again."""
        return self.loader.file(file)

    def document(self, file: str, number: int) -> LoadedDocument | None:
        """One document with its tree; None where the file holds none of that number."""
        return self.loader.document(file, number)

    def exists(self, path: str) -> bool:
        """Whether a file or folder has that path, relative to the root."""
        return self.tree.exists(path)

    def is_directory(self, path: str) -> bool:
        return self.tree.is_directory(path)

    def unseen(self, path: str) -> str | None:
        """Why nobody can tell what lies at a path (a submodule, a limit, an exclusion); None where it is known."""
        return self.tree.unseen(path)

    # ---- resources

    @cached_property
    def _all(self) -> tuple[tuple[Resource, DocumentFacts], ...]:
        return tuple(
            (self._resource(facts.file, one), one)
            for facts in self._facts.values()
            for one in facts.documents
            if one.is_resource
        )

    def _resource(self, file: str, facts: DocumentFacts) -> Resource:
        assert facts.identity is not None  # what `is_resource` says
        return Resource(facts.identity, file, facts.number, partial(self._root, file, facts.number, facts.item))

    def _root(self, file: str, number: int, item: int | None) -> Mapping:
        document = self.loader.document(file, number)
        root = document.root if document is not None else None
        if root is not None and item is not None:
            found = list_items(root)
            root = found[item] if item < len(found) else None
        if not isinstance(root, Mapping):
            raise ChangedMeanwhileError(file)
        return root

    @cached_property
    def _by_kind(self) -> dict[tuple[str, str], list[Resource]]:
        found: dict[tuple[str, str], list[Resource]] = {}
        for resource, _ in self._all:
            found.setdefault((resource.group, resource.kind), []).append(resource)
        return found

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str], list[Resource]]:
        found: dict[tuple[str, str, str], list[Resource]] = {}
        for resource, _ in self._all:
            found.setdefault((resource.group, resource.kind, resource.name), []).append(resource)
        return found

    @cached_property
    def _by_file(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource, _ in self._all:
            found.setdefault(resource.file, []).append(resource)
        return found

    @cached_property
    def _facts_of(self) -> dict[int, DocumentFacts]:
        return {id(resource): facts for resource, facts in self._all}

    def all_resources(self) -> Sequence[Resource]:
        """Every resource, by file and place."""
        return tuple(resource for resource, _ in self._all)

    def resources(self, group: str, kind: str) -> Sequence[Resource]:
        """The resources of a kind, by file and place; group "" is Kubernetes' core."""
        return tuple(self._by_kind.get((group, kind), ()))

    def named(self, group: str, kind: str, name: str) -> Sequence[Resource]:
        """The resources of a kind that are written with that name."""
        return tuple(self._by_name.get((group, kind, name), ()))

    def in_file(self, file: str) -> Sequence[Resource]:
        return tuple(self._by_file.get(file, ()))

    def kinds(self) -> frozenset[tuple[str, str]]:
        """(group, kind) of everything that is there."""
        return frozenset(self._by_kind)

    def facts_of(self, resource: Resource) -> DocumentFacts:
        """The facts of a resource that this repo gave out: its labels and annotations without its tree."""
        return self._facts_of[id(resource)]

    def labelled(self, key: str, text: str) -> Sequence[Resource]:
        """The resources whose `metadata.labels` hold this pair."""
        return tuple(resource for resource, facts in self._all if facts.labels.get(key) == text)

    def harness(self, entity: str | None = None) -> Sequence[tuple[str, DocumentFacts]]:
        """Files and documents of Harness entities, of one root key (`inputSet`) or all."""
        return tuple(
            (facts.file, one)
            for facts in self._facts.values()
            for one in facts.documents
            if one.what == "harness" and entity in (None, one.entity)
        )

    # ---- whose it is

    @cached_property
    def remotes(self) -> Sequence[str]:
        """URLs by which this repository is known: the remotes of its Git data."""
        if self._remote_urls is not None:
            return tuple(self._remote_urls)
        return tuple(remotes(Path(self.tree.root))) if isinstance(self.tree, WorkingTree) else ()

    @cached_property
    def _own_urls(self) -> frozenset[str]:
        return frozenset(normalise_url(url) for url in self.remotes)

    def is_this_repository(self, url: str, path: str | None = None) -> bool:
        """
        Whether a repoURL means this repository: it equals a remote after normalising, or no remote is known and `path`
        exists here.
        """
        if self._own_urls:
            return normalise_url(url) in self._own_urls
        return path is not None and self.exists(path)


class ChangedMeanwhileError(Exception):
    """A file no longer holds what it held when the run began."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} changed while it was checked")
        self.file = file
