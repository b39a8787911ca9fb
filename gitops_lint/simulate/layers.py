"""
Which resources a kustomization works on, and by which names: what it includes, generates and gets from its components.

Nothing is built: values stay as written. Source: kustomize api/internal/target/kusttarget.go (order of a layer),
api/resource/resource.go (PrevIds), kyaml/resid/resid.go (Equals, EffectiveNamespace).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from gitops_lint.dataclass import dataclass
from gitops_lint.model.kubernetes import CLUSTER_SCOPED
from gitops_lint.model.resource import Identity, Resource
from gitops_lint.repo.changes import Change, Target, matcher
from gitops_lint.repo.index import Repo
from gitops_lint.repo.kustomization import Entry, Generated, Kustomization
from gitops_lint.text.nodes import Mapping, Node
from gitops_lint.text.parse import parse_json, parse_yaml
from gitops_lint.text.scalars import get, items, templated

_NAMING = ((), ("metadata",), ("metadata", "name"), ("metadata", "namespace"), ("kind",), ("apiVersion",))
_UNTOUCHED_KINDS = ("Namespace", "CustomResourceDefinition", "APIService")  # PrefixTransformer.go


@dataclass(frozen=True, slots=True)
class Member:
    """
    One resource of a layer.

    resource: None for a generated one. names, namespaces: from the written to the current one, each once; None: no
    namespace. sure: no patch may have renamed or removed it. entry: what of the asked kustomization brings it (its path
    or its generator), code points. patched: some layer below, or a component, changes it.
    """

    identity: Identity
    resource: Resource | None
    names: tuple[str, ...]
    namespaces: tuple[str | None, ...]
    entry: tuple[int, int]
    sure: bool = True
    patched: bool = False
    hashed: bool = False

    @property
    def name(self) -> str:
        """Its name now."""
        return self.names[-1]

    def brought_by(self, entry: tuple[int, int]) -> Member:
        """The same, brought by another entry."""
        return Member(
            self.identity, self.resource, self.names, self.namespaces, entry, self.sure, self.patched, self.hashed
        )

    @property
    def scoped(self) -> bool:
        return (self.identity.group, self.identity.kind) not in CLUSTER_SCOPED

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Group, version, kind, effective namespace and name now: what kustomize takes for the same resource."""
        who = self.identity
        return (who.group, who.version, who.kind, effective(self.namespaces[-1]) if self.scoped else "", self.name)

    def is_exactly(self, target: Target) -> bool:
        """Whether a patch that says its own kind and name means it, by any of the names it had."""
        who = self.identity
        if (target.group, target.kind) != (who.group, who.kind) or target.name not in self.names:
            return False
        if target.version and target.version != who.version:
            return False
        return not self.scoped or effective(target.namespace) in {effective(one) for one in self.namespaces}

    def may_be(self, target: Target) -> bool:
        """Whether a selector of a patch may mean it; labels are not asked."""
        who = self.identity
        # what tells most resources apart comes first: a layer may hold thousands, and there are hundreds of patches
        return (
            _fits(target.kind, (who.kind,))
            and _fits(target.name, self.names)
            and _fits(target.group, (who.group,))
            and _fits(target.version, (who.version,))
            and (
                not target.namespace
                or _fits(target.namespace, [one or "" for one in self.namespaces] + [effective(self.namespaces[-1])])
            )
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """
    What a kustomization works on.

    members: in kustomize's order. unseen: why there may be more, or other names; "" when all is known.
    """

    members: tuple[Member, ...]
    unseen: str = ""


def transformed(member: Member, by: Kustomization) -> Member:
    """A member behind what a kustomization does to it."""
    return _transformed(member, by, by.changes)


def as_written(repo: Repo, resource: Resource) -> Mapping | None:
    """The tree of a resource as it is in the file: its own `root` is open where kustomizations change it."""
    return _layers(repo).written(resource)


def effective(namespace: str | None) -> str:
    """No namespace and `default` are the same to kustomize."""
    return namespace or "default"


def inputs(repo: Repo, kustomization: Kustomization) -> Layer:
    """What the patches and transformers of a kustomization work on: all that it includes and generates."""
    return _layers(repo).inputs(kustomization)


def before_generating(repo: Repo, kustomization: Kustomization) -> Layer:
    """What is there when its generators run."""
    return _layers(repo).included(kustomization)


_MOST_MEMBERS = 5000
"""Resources of one kustomization: each that includes the one below twice has twice as many, so forty could have 2^40."""


class _Layers:
    def __init__(self, repo: Repo) -> None:
        self._repo = repo

    def written(self, resource: Resource) -> Mapping | None:
        if not self._repo.roles.of(resource.file).changes:
            return resource.root
        trees = self._repo.once(_trees_as_written, resource.file)
        root = trees[resource.document] if resource.document < len(trees) else None
        item = self._repo.facts_of(resource).item
        if item is not None and isinstance(root, Mapping):
            within = items(get(root, "items"))
            root = within[item] if item < len(within) else None
        return root if isinstance(root, Mapping) else None

    def inputs(self, one: Kustomization) -> Layer:
        return self._repo.kept((_Layers, "inputs", one.directory), lambda: self._made(one))

    def _made(self, one: Kustomization) -> Layer:
        members = tuple(self._members(one, frozenset()))
        unseen = self._unseen(one) or _doubt(members)
        if len(members) >= _MOST_MEMBERS:
            unseen = f"it brings more than {_MOST_MEMBERS} resources"
        return Layer(members, unseen)

    def included(self, one: Kustomization) -> Layer:
        doubt = _doubt(self._members(one, frozenset()))
        return Layer(tuple(self._brought(one, frozenset())), self._unseen(one) or doubt)

    def _unseen(self, one: Kustomization) -> str:
        graph = self._repo.kustomizations
        if one.component:
            return "a component works on what includes it"
        for _, why, _, _ in graph.unseen_in(one.directory):
            return why
        for each in graph.closure(one.directory):
            for entry in each.included():
                why = self._unread(entry)
                if why:
                    return why
        return ""

    def _unread(self, entry: Entry) -> str:
        if entry.status == "directory":
            return ""
        if entry.status != "file" or entry.target is None:
            return f"`{entry.text}` could not be read"
        facts = self._repo.facts(entry.target)
        if facts is None or facts.unreadable or facts.template:
            return f"`{entry.text}` could not be read"
        if any(one.what != "empty" and not one.is_resource for one in facts.documents):
            return f"`{entry.text}` holds more than resources"
        if any(templated(one.name) for one in self._repo.in_file(entry.target)):
            return f"a name in `{entry.text}` is a template"
        return ""

    def _members(self, one: Kustomization, above: frozenset[str]) -> Sequence[Member]:
        found = [*islice(self._brought(one, above), _MOST_MEMBERS), *_generated(one.generated)]
        for entry in one.included():
            if entry.field == "components" and entry.target is not None and entry.target not in above:
                component = self._repo.kustomizations.at(entry.target)
                if component is not None:
                    place = (entry.start, entry.end)
                    more = self._members(component, above | {one.directory})
                    found += [each.brought_by(place) for each in more]
                    del found[_MOST_MEMBERS:]
                    found = [_transformed(each, component, component.changes) for each in found]
        return found

    def _brought(self, one: Kustomization, above: frozenset[str]) -> Iterator[Member]:
        for entry in one.included():
            if entry.field == "components" or entry.target is None:
                continue
            place = (entry.start, entry.end)
            if entry.status == "file":
                for resource in self._repo.in_file(entry.target):
                    written = resource.namespace
                    yield Member(resource.identity, resource, (resource.name,), (written,), place)
            elif entry.status == "directory" and entry.target not in above | {one.directory}:
                for member in self._output(entry.target, above | {one.directory}):
                    yield member.brought_by(place)

    def _output(self, directory: str, above: frozenset[str]) -> tuple[Member, ...]:
        return self._repo.kept((_Layers, "output", directory), lambda: self._worked_out(directory, above))

    def _worked_out(self, directory: str, above: frozenset[str]) -> tuple[Member, ...]:
        one = self._repo.kustomizations.at(directory)
        if one is None:
            return ()
        return tuple(_transformed(each, one, one.changes) for each in self._members(one, above))


def _trees_as_written(repo: Repo, file: str) -> tuple[Node | None, ...]:
    source = repo.load(file).source
    parsed = parse_json(source) if file.endswith(".json") else parse_yaml(source)
    return tuple(one.root for one in parsed.documents)


def _doubt(members: Iterable[Member]) -> str:
    return "" if all(each.sure for each in members) else "a patch may rename or remove resources"


def _generated(entries: Iterable[Generated]) -> Iterator[Member]:
    for one in entries:
        if one.behavior not in ("merge", "replace"):
            who = Identity("", "v1", one.kind, one.namespace, one.name)
            yield Member(who, None, (one.name,), (one.namespace,), (one.start, one.end), hashed=one.hashed)


def _transformed(member: Member, by: Kustomization, changes: Iterable[Change]) -> Member:
    """A member behind what a kustomization does to it."""
    patched, sure = member.patched, member.sure
    for change in changes:
        if change.effect in ("image", "labels", "annotations"):
            continue
        target = change.target
        if member.is_exactly(target) if target.exact and target.name else member.may_be(target):
            patched = True
            sure = sure and not (change.path in _NAMING and change.effect in ("set", "any"))
    names, namespaces = member.names, member.namespaces
    if by.namespace and member.scoped:
        namespaces = (*namespaces, by.namespace)
    if by.namespace and member.identity.kind == "Namespace":
        names = (*names, by.namespace)
    if (by.prefix or by.suffix) and member.identity.kind not in _UNTOUCHED_KINDS:
        names = (*names, by.prefix + member.name + by.suffix)
    if names is member.names and namespaces is member.namespaces and patched == member.patched and sure == member.sure:
        return member
    return Member(member.identity, member.resource, names, namespaces, member.entry, sure, patched, member.hashed)


def _fits(pattern: str, found: Iterable[str]) -> bool:
    return not pattern or any(map(matcher(pattern), found))


def _layers(repo: Repo) -> _Layers:
    return _Layers(repo)
