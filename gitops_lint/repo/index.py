"""The whole repository, asked by name: resources by kind and name, documents, kustomizations, what exists, whose it is."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from gitops_lint.config import Config
from gitops_lint.model.kubernetes import CLUSTER_SCOPED
from gitops_lint.model.resource import Identity, Resource
from gitops_lint.repo.argosources import SourceUse, source_path
from gitops_lint.repo.asked import Asked, AskedRoles, AskedTree, Question, Step
from gitops_lint.repo.discover import Tree, WorkingTree
from gitops_lint.repo.facts import DocumentFacts, FileFacts
from gitops_lint.repo.gitdata import normalise_url, remotes
from gitops_lint.repo.globs import any_of
from gitops_lint.repo.kustomization import Generated, Kustomization
from gitops_lint.repo.kustomizations import Kustomizations, Placement
from gitops_lint.repo.load import LoadedDocument, LoadedFile, Loader, list_items
from gitops_lint.repo.openness import texts
from gitops_lint.repo.roles import Roles, files_of_directory_source
from gitops_lint.text.nodes import Mapping
from gitops_lint.text.scalars import UNKNOWN, UnknownValue, get, templated

Answer = TypeVar("Answer")


class Repo:
    """
    What is known of a repository once every file has given its facts.

    facts: of all files, in any order. Trees are not kept: a Resource parses its document again when its root is asked for,
    through a bounded memory. noting: what is asked is noted (`asked`), so that answers can be kept between runs, which
    only a WorkingTree has; everything that depends on the repository and is kept goes through `once` or `kept`.
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
        noting: bool = False,
    ) -> None:
        self._tree = tree
        self._roles = roles
        self.noting = noting and isinstance(tree, WorkingTree)
        self.asked = Asked()
        self._asked_tree: Tree = AskedTree(tree, self.asked) if noting and isinstance(tree, WorkingTree) else tree
        self._asked_roles = AskedRoles(roles, self.asked) if self.noting else roles
        self.config = config if config is not None else Config()
        self.loader = loader if loader is not None else Loader(tree, roles.of)
        self._facts = {one.file: one for one in sorted(facts, key=lambda one: one.file)}
        self._remote_urls = remote_urls
        self._answers: dict[Hashable, Any] = {}
        self._steps: dict[Hashable, Step] = {}
        self._latest: dict[Callable[..., object], tuple[object, Any, Step | None]] = {}

    @property
    def tree(self) -> Tree:
        """The files; what is asked of them is noted."""
        return self._asked_tree

    @property
    def roles(self) -> Roles:
        """The roles of the files; what is asked of them is noted."""
        return self._asked_roles

    def once(self, of: Callable[..., Answer], *args: str) -> Answer:
        """
        What a function of the repository, and of plain arguments, answers; worked out at the first question.

        of: a function of a module. The answer must not change afterwards: what is filled bit by bit is to be many answers.
        """
        question = ("once", of.__module__, of.__qualname__, *args) if self.noting else None
        return self.kept((of, *args), partial(of, self, *args), question)

    def step_of(self, of: Callable[..., object], *args: str) -> Step:
        """How the answer of `once` was worked out. Raises LookupError where it was not."""
        return self._steps[(of, *args)]

    def kept(self, key: Hashable, work: Callable[[], Answer], question: Question | None = None) -> Answer:
        """
        What work comes to, worked out at the first question; it must not change afterwards.

        key: names the work among all that is kept here; a tuple that begins with a function of the module will do.
        """
        if key not in self._answers:
            if self.noting:
                self._answers[key], self._steps[key] = self.asked.step(work, question)
            else:
                self._answers[key] = work()
        if self.asked.now is not None:
            self.asked.now.add(self._steps[key])
        answer: Answer = self._answers[key]
        return answer

    def __reduce__(self) -> tuple[object, ...]:
        # another process gets what this one was told, and works out the rest again
        return (Repo, (self._tree, self._roles, tuple(self._facts.values()), self.config))

    # ---- files and documents

    def files(self) -> Sequence[FileFacts]:
        """The facts of every file that was read, sorted by path."""
        self.asked.note("files")
        return tuple(self._facts.values())

    def facts(self, file: str) -> FileFacts | None:
        self.asked.note("facts", file)
        return self._facts.get(file)

    def given(self, file: str) -> FileFacts | None:
        """The facts of a file, without a note."""
        return self._facts.get(file)

    @property
    def given_tree(self) -> Tree:
        """The files, without notes."""
        return self._tree

    @property
    def given_roles(self) -> Roles:
        """The roles, without notes."""
        return self._roles

    def load(self, file: str) -> LoadedFile:
        """A file with its trees, from memory or parsed again. Raises ChangedMeanwhileError where it is no longer the same."""
        if self.asked.now is not None:
            self.asked.now.add(file)
        loaded = self.loader.file(file)
        known = self._facts.get(file)
        if known is not None and loaded.digest != known.digest:
            raise ChangedMeanwhileError(file)
        return loaded

    def document(self, file: str, number: int) -> LoadedDocument | None:
        """One document with its tree; None where the file holds none of that number. Raises as `load`."""
        return next((one for one in self.load(file).documents if one.number == number), None)

    def exists(self, path: str) -> bool:
        """Whether a file or folder has that path, relative to the root."""
        self.asked.note("tree.exists", path)
        return self._tree.exists(path)

    def is_directory(self, path: str) -> bool:
        self.asked.note("tree.is_directory", path)
        return self._tree.is_directory(path)

    def unseen(self, path: str) -> str | None:
        """Why nobody can tell what lies at a path (a submodule, a limit, an exclusion); None where it is known."""
        self.asked.note("tree.unseen", path)
        return self._tree.unseen(path)

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
        document = self.document(file, number)
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
        self.asked.note("all_resources")
        return tuple(resource for resource, _ in self._all)

    def resources(self, group: str, kind: str) -> Sequence[Resource]:
        """The resources of a kind, by file and place; group "" is Kubernetes' core."""
        self.asked.note("resources", group, kind)
        return tuple(self._by_kind.get((group, kind), ()))

    def named(self, group: str, kind: str, name: str) -> Sequence[Resource]:
        """The resources of a kind that are written with that name."""
        self.asked.note("named", group, kind, name)
        return tuple(self._by_name.get((group, kind, name), ()))

    def called(self, group: str, kind: str, name: str) -> Sequence[Resource]:
        """The resources of a kind that a reference may mean by that name (`names_of`), by file and place."""
        self.asked.note("called", group, kind, name)
        known = self._called.get((group, kind))
        if known is None:
            known = self._called[group, kind] = {}
            for resource in self._by_kind.get((group, kind), ()):
                for each in self.names_of(resource):
                    known.setdefault(each, []).append(resource)
        return tuple(known.get(name, ()))

    @cached_property
    def _called(self) -> dict[tuple[str, str], dict[str, list[Resource]]]:
        return {}

    def in_file(self, file: str) -> Sequence[Resource]:
        self.asked.note("in_file", file)
        return tuple(self._by_file.get(file, ()))

    def kinds(self) -> frozenset[tuple[str, str]]:
        """(group, kind) of everything that is there."""
        self.asked.note("kinds")
        return frozenset(self._by_kind)

    def latest(self, of: Callable[..., object], about: object, work: Callable[[], Answer]) -> Answer:
        """As `kept`, for questions that come one after another about the same object: only the last answer is kept."""
        known = self._latest.get(of)
        if known is None or known[0] is not about:
            value, step = self.asked.step(work) if self.noting else (work(), None)
            known = self._latest[of] = (about, value, step)
        if known[2] is not None and self.asked.now is not None:
            self.asked.now.add(known[2])
        answer: Answer = known[1]
        return answer

    def holds(self, group: str | None, kind: str) -> bool:
        """Whether there is anything of a kind; group None: of any group."""
        self.asked.note("holds", group, kind)
        return (group, kind) in self._by_kind if group is not None else kind in self._kinds_alone

    @cached_property
    def _kinds_alone(self) -> frozenset[str]:
        return frozenset(kind for _, kind in self._by_kind)

    def facts_of(self, resource: Resource) -> DocumentFacts:
        """The facts of a resource that this repo gave out: its labels and annotations without its tree."""
        self.asked.note("facts", resource.file)
        return self._facts_of[id(resource)]

    def labelled(self, key: str, text: str) -> Sequence[Resource]:
        """The resources whose `metadata.labels` hold this pair."""
        self.asked.note("labelled", key, text)
        return tuple(resource for resource, facts in self._all if facts.labels.get(key) == text)

    def harness(self, entity: str | None = None) -> Sequence[tuple[str, DocumentFacts]]:
        """Files and documents of Harness entities, of one root key (`inputSet`) or all."""
        self.asked.note("harness", entity)
        return tuple(
            (facts.file, one)
            for facts in self._facts.values()
            for one in facts.documents
            if one.what == "harness" and entity in (None, one.entity)
        )

    def of_entity(self, entity: str) -> Sequence[tuple[str, DocumentFacts]]:
        """Files and documents that were recognised as one entity, whatever they are (`argo-cd`: its chart's values)."""
        self.asked.note("of_entity", entity)
        found = self._facts.values()
        return tuple((facts.file, one) for facts in found for one in facts.documents if one.entity == entity)

    # ---- whose it is

    @property
    def remotes(self) -> Sequence[str]:
        """URLs by which this repository is known: the remotes of its Git data."""
        self.asked.note("remotes")
        return self._remotes

    @cached_property
    def _remotes(self) -> Sequence[str]:
        if self._remote_urls is not None:
            return tuple(self._remote_urls)
        return tuple(remotes(Path(self._tree.root))) if isinstance(self._tree, WorkingTree) else ()

    @cached_property
    def _own_urls(self) -> frozenset[str]:
        here = [url for url, folder in self.config.repositories.items() if posixpath.normpath(folder) == "."]
        return frozenset(normalise_url(url) for url in (*self._remotes, *here))

    def is_this_repository(self, url: str, path: str | None = None) -> bool:
        """
        Whether a repoURL means this repository: it equals a remote after normalising, or a URL that `repositories:` maps to
        `.`; or neither is known and `path` exists here.
        """
        self.asked.note("is_this_repository", url, path)
        if self._own_urls:
            return normalise_url(url) in self._own_urls
        return path is not None and self.exists(path)

    def checkout(self, url: str) -> Tree | None:
        """The files of another repository that `repositories:` says lies beside this one; None where it does not."""
        wanted = normalise_url(url)
        for written, folder in self.config.repositories.items():
            if normalise_url(written) == wanted and isinstance(self._tree, WorkingTree):
                return self._checkouts.setdefault(wanted, WorkingTree(self._tree.root / folder, (), self.config.limits))
        return None

    @cached_property
    def _checkouts(self) -> dict[str, Tree]:
        return {}

    # ---- where resources end up

    @property
    def kustomizations(self) -> Kustomizations:
        return self._asked_roles.kustomizations

    @property
    def own_sources(self) -> Sequence[SourceUse]:
        """The sources of Applications and ApplicationSets that mean this repository; with tokens where a set has them."""
        self.asked.note("own_sources")
        return self._own_sources

    @cached_property
    def _own_sources(self) -> Sequence[SourceUse]:
        found = []
        for use in self._roles.sources:
            url = use.repo_url.text if use.repo_url is not None else ""
            if use.chart is None and self.is_this_repository(url, source_path(use)):
                found.append(use)
        return tuple(found)

    @cached_property
    def _delivered(self) -> dict[str, list[SourceUse]]:
        """Folder to the sources that Argo CD reads it for, by written paths."""
        found: dict[str, list[SourceUse]] = {}
        for use in self._own_sources:
            path = source_path(use)
            if path is not None and self._tree.is_directory(path):
                found.setdefault(self._tree.resolve(path), []).append(use)
        return found

    @cached_property
    def _delivered_files(self) -> dict[str, list[SourceUse]]:
        """File to the sources that read it as one of a folder of plain manifests."""
        found: dict[str, list[SourceUse]] = {}
        for directory, uses in self._delivered.items():
            if self._roles.kustomizations.at(directory) is not None or directory in self._roles.charts:
                continue
            for use in uses:
                for file in files_of_directory_source(use, directory, self._facts):
                    found.setdefault(file, []).append(use)
        return found

    @cached_property
    def _patterns(self) -> Sequence[tuple[Callable[[str], bool], SourceUse]]:
        """Sources whose path has tokens: which folders they may mean."""
        return tuple(
            (any_of([use.path.text]), use)
            for use in self._own_sources
            if use.path is not None and templated(use.path.text)
        )

    def delivering(self, file: str) -> Sequence[SourceUse]:
        """The sources with written paths that deliver a file: as one of a folder, or through a kustomization."""
        self.asked.note("delivering", file)
        found = list(self._delivered_files.get(file, ()))
        for placement in self.placements(file):
            found += self._delivered.get(placement.build, ())
        return tuple(dict.fromkeys(found))

    def placements(self, file: str) -> Sequence[Placement]:
        """The builds that hold a file's resources; empty where no kustomization includes it."""
        self.asked.note("placements", file)
        known = self._placed.get(file)
        if known is None:
            known = self._placed[file] = self._roles.kustomizations.placements(file, self._built)
        return known

    @cached_property
    def _placed(self) -> dict[str, Sequence[Placement]]:
        return {}

    @cached_property
    def _built(self) -> frozenset[str]:
        return frozenset(path for path in self._delivered if self._roles.kustomizations.at(path) is not None)

    def is_orphan(self, file: str) -> bool:
        """
        Whether nothing applies a manifest although its folder is built through a kustomization, which does not name it.

        False where that kustomization could not be read, and where something that is not known may read the folder.
        """
        self.asked.note("is_orphan", file)
        role = self._roles.of(file)
        directory = posixpath.dirname(file)
        beside = self._roles.kustomizations.at(directory)
        if role.name != "manifest" or role.applied or beside is None or beside.broken:
            return False
        return not self._roles.kustomizations.named_by(file) and file not in self._delivered_files

    def namespace_of(self, resource: Resource) -> str | UnknownValue | None:
        """
        The namespace that a resource of a file ends up in.

        What kustomizations that include it set, else what is written, else the destination of the Application that delivers
        it. None: nothing sets one, or the kind has none. UNKNOWN: builds or Applications set different ones, or a token.
        """
        if self.asked.now is not None:
            self.asked.note(*_who("namespace_of", resource))
        key = (resource.file, resource.document, resource.identity)
        if key not in self._homes:
            self._homes[key] = self._home_of(resource)
        return self._homes[key]

    @cached_property
    def _homes(self) -> dict[tuple[str, int, Identity], str | UnknownValue | None]:
        return {}

    def _home_of(self, resource: Resource) -> str | UnknownValue | None:
        written = resource.namespace
        if (resource.group, resource.kind) in CLUSTER_SCOPED:
            return None
        if (written is not None and templated(written)) or self._is_changed(resource, "namespace"):
            return UNKNOWN
        placements = self.placements(resource.file)
        if not placements and self._roles.kustomizations.includers(resource.file):
            return UNKNOWN
        found: set[str | UnknownValue | None] = set()
        if not placements:
            if written is not None:
                return written
            found |= self._destinations(self._delivered_files.get(resource.file, ()), posixpath.dirname(resource.file))
        for one in placements:
            if one.namespace is not None or written is not None:
                found.add(one.namespace if one.namespace is not None else written)
            else:
                found |= self._destinations(self._delivered.get(one.build, ()), one.build)
        if len(found) == 1:
            return found.pop()
        return UNKNOWN if found else None

    def _destinations(self, uses: Sequence[SourceUse], directory: str) -> set[str | UnknownValue | None]:
        found: set[str | UnknownValue | None] = {_known(use.destination_namespace) for use in uses}
        for means, use in self._patterns:
            if means(directory):
                found.add(_known(use.destination_namespace))
        return found or {None}

    def names_of(self, resource: Resource) -> Sequence[str]:
        """
        The names by which a reference may mean a resource: the written one, and those it gets in the builds that hold it.

        The written one counts although a build puts a prefix before it, since kustomize changes what names it as well.
        """
        if self.asked.now is not None:
            self.asked.note(*_who("names_of", resource))
        return tuple(dict.fromkeys((resource.name, *self.built_names(resource))))

    def built_names(self, resource: Resource) -> Sequence[str]:
        """
        The names that a resource has once it is built, one for each different build; the written one where none holds it.

        Empty where a patch may give it another name, or take it out of a build.
        Source: kustomize api/internal/builtins/PrefixTransformer.go and NamespaceTransformer.go: CustomResourceDefinition,
        APIService and Namespace get no prefix; `namespace:` renames a Namespace.
        """
        if self.asked.now is not None:
            self.asked.note(*_who("built_names", resource))
        key = (resource.file, resource.document, resource.identity)
        if key not in self._builds:
            self._builds[key] = self._names_built(resource)
        return self._builds[key]

    @cached_property
    def _builds(self) -> dict[tuple[str, int, Identity], Sequence[str]]:
        return {}

    def _names_built(self, resource: Resource) -> Sequence[str]:
        if self._is_changed(resource, "name"):
            return ()
        placements = self.placements(resource.file)
        if resource.kind == "Namespace":
            found = [one.namespace or resource.name for one in placements]
        elif resource.kind in ("CustomResourceDefinition", "APIService"):
            found = []
        else:
            found = [one.prefix + resource.name + one.suffix for one in placements]
        return tuple(dict.fromkeys(found)) or (resource.name,)

    def generated(self, kind: str, name: str) -> Sequence[tuple[Kustomization, Generated]]:
        """The ConfigMaps or Secrets that kustomizations generate under a name, and who generates each."""
        self.asked.note("graph.generated", kind, name)
        return self._roles.kustomizations.generated(kind, name)

    def _is_changed(self, resource: Resource, field: str) -> bool:
        """Whether a patch may change `metadata.<field>`, or the whole resource."""
        changes = self._roles.of(resource.file).changes
        if not changes:
            return False
        known = self._facts_of.get(id(resource))
        labels = known.labels if known is not None else texts(get(get(resource.root, "metadata"), "labels"))
        paths = ((), ("metadata",), ("metadata", field))
        return any(
            change.path in paths
            and change.effect in ("set", "any")
            and change.target.fits(resource.identity, labels, change.renames)
            for change in changes
        )


def _who(name: str, resource: Resource) -> tuple[str | int | None, ...]:
    """The question about one resource."""
    who = resource.identity
    return (name, resource.file, resource.document, who.group, who.version, who.kind, who.namespace, who.name)


def _known(namespace: str | None) -> str | UnknownValue | None:
    return UNKNOWN if namespace is not None and templated(namespace) else namespace


class ChangedMeanwhileError(Exception):
    """A file no longer holds what it held when the run began."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} changed while it was checked")
        self.file = file
