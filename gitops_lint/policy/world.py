"""The two worlds rules run in: one file (what workers know) and the whole repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from gitops_lint.dsl.tree import Kind, Origin
from gitops_lint.dsl.values import settle, show
from gitops_lint.dsl.world import Fact, Followed, Value
from gitops_lint.model.resource import Resource
from gitops_lint.policy.binding import KUSTOMIZE_GROUP, Binder
from gitops_lint.policy.generated import GENERATED, GENERATOR, made_of
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary import ANY_GROUP, GitopsVocabulary
from gitops_lint.repo.facts import DocumentFacts
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.resolve import Wanted, resolve
from gitops_lint.text.nodes import Mapping
from gitops_lint.text.scalars import MISSING, UNKNOWN


class LocalWorld:
    """What a local rule may ask: functions, parameters and targets; other subjects are out of its reach."""

    def __init__(self, vocabulary: GitopsVocabulary, context: Context) -> None:
        self.context = context
        self._vocabulary = vocabulary

    def subjects(self, kinds: Sequence[Kind], origin: Origin) -> Iterable[Subject]:
        raise LookupError("a local rule looks at one subject")

    def lookup(self, kinds: Sequence[Kind], origin: Origin, attribute: str, key: str) -> Iterable[Subject]:
        raise LookupError("a local rule finds no other resources")

    def call(self, function: str, args: Sequence[Value]) -> Value:
        known = self._vocabulary.function(function)
        if known is None:
            raise LookupError(f"no function is called {function}")
        if not known.lenient:
            # A scalar that is a template has no value either, whatever its text looks like.
            settled = [settle(arg) for arg in args]
            if UNKNOWN in settled:
                return UNKNOWN
            if MISSING in settled:
                return MISSING
        if known.needs:
            if self.context.repo is None:
                raise LookupError(f"{function} needs the whole repository")
            return known.compute(*args, self.context.repo)
        return known.compute(*args)

    def follow(self, reference: Value) -> Followed:
        raise LookupError("a local rule follows no references")

    def param(self, rule: str, name: str) -> Value:
        given = self.context.params.get(rule, {})
        return given.get(name, MISSING)

    def target(self, product: str) -> str:
        return self.context.targets.get(product, "")


class RepoWorld(LocalWorld):
    """The whole repository: subjects by kind, looked up by name, references followed."""

    def __init__(self, vocabulary: GitopsVocabulary, context: Context, repo: Repo) -> None:
        super().__init__(vocabulary, context)
        self.repo = repo
        self.binder = Binder(vocabulary, context)
        self._of_resource: dict[_Key, Subject] = {}
        self._of_file: dict[str, tuple[Subject, ...]] = {}

    def subjects(self, kinds: Sequence[Kind], origin: Origin) -> Iterable[Subject]:
        """Subjects in file order; what ApplicationSets generate comes behind what is written."""
        if origin != "generated":
            yield from self._written(kinds)
        if origin != "written" and self.binder.mean(kinds, GENERATED):
            for made_by in self.repo.resources(GENERATOR[1], GENERATOR[0]):
                yield from self.generated_by(self.subject_of(made_by))

    def generated_by(self, subject: Subject) -> Sequence[Subject]:
        """The Applications that an ApplicationSet generates, as far as they can be known."""
        made_by = subject.resource
        if made_by is None:
            return ()
        key = (RepoWorld, "generated", _key(made_by))
        return self.repo.kept(key, lambda: made_of(self.repo, made_by, self.binder))

    def _written(self, kinds: Sequence[Kind]) -> Iterator[Subject]:
        for kind in kinds:
            everything, names = self.binder.names(kind)
            if everything:
                yield from self._resources()
            else:
                for name in sorted(names, key=str):
                    yield from self._of_kind(name)

    def lookup(self, kinds: Sequence[Kind], origin: Origin, attribute: str, key: str) -> Iterable[Subject]:
        table, unsure = self.repo.kept(
            (RepoWorld, "lookup", tuple(kinds), origin, attribute), lambda: self._table(kinds, origin, attribute)
        )
        return (*table.get(key, ()), *unsure)

    def _table(
        self, kinds: Sequence[Kind], origin: Origin, attribute: str
    ) -> tuple[dict[str, list[Subject]], list[Subject]]:
        """Subjects by what they answer, and those of which that is not known."""
        table: dict[str, list[Subject]] = {}
        unsure: list[Subject] = []
        for subject in self.subjects(kinds, origin):
            found = settle(subject.ask(attribute))
            if isinstance(found, str):
                table.setdefault(found, []).append(subject)
            elif found is not MISSING:
                unsure.append(subject)
        return table, unsure

    def follow(self, reference: Value) -> Followed:
        if not isinstance(reference, Fact):
            raise LookupError("only a reference can be followed")
        referrer = reference.fields.get("from")
        kinds = reference.fields.get("kinds")
        if not isinstance(referrer, Subject) or not isinstance(kinds, (list, tuple)):
            raise LookupError(f"{reference.record} is no reference")
        namespace = reference.fields.get("namespace")
        home = self.repo.namespace_of(referrer.resource) if referrer.resource is not None else None
        wanted = Wanted(
            tuple(str(kind) for kind in kinds),
            show(reference.fields.get("name")),
            show(namespace) if namespace is not None and namespace is not MISSING else None,
            reference.fields.get("cluster") is True,
            home if isinstance(home, str) else None,
            referrer.file,
        )
        answer = resolve(self.repo, wanted)
        found = [self.subject_of(resource) for resource in answer.found]
        return Followed(answer.status, found, answer.candidates, answer.reason)

    def subject_of(self, resource: Resource) -> Subject:
        """The one subject of a resource, so that attributes are computed once."""
        key = _key(resource)
        known = self._of_resource.get(key)
        if known is None:
            known = self._of_resource[key] = self.binder.resource(resource, lambda: self.repo.load(resource.file))
        return known

    def subjects_of(self, file: str) -> Sequence[Subject]:
        """Every subject of a file, as `Binder.of_file` orders them."""
        known = self._of_file.get(file)
        if known is None:
            found = self.binder.of_file(self.repo.load(file))
            known = self._of_file[file] = tuple(one if one.resource is None else self._watched(one) for one in found)
        elif self.repo.asked.now is not None:
            self.repo.asked.now.add(file)
        return known

    def _watched(self, subject: Subject) -> Subject:
        """The one subject of a resource; whoever looks at its tree is noted."""
        one = subject.resource
        assert one is not None  # what the caller asks
        key = _key(one)
        known = self._of_resource.get(key)
        if known is None:
            resource = Resource(one.identity, one.file, one.document, partial(self._noted, one.file, one.root))
            known = self._of_resource[key] = self.binder.resource(resource, lambda: self.repo.load(one.file))
        return known

    def _noted(self, file: str, root: Mapping) -> Mapping:
        if self.repo.asked.now is not None:
            self.repo.asked.now.add(file)
        return root

    def _resources(self) -> Iterator[Subject]:
        for resource in self.repo.all_resources():
            yield self.subject_of(resource)

    def _of_kind(self, name: tuple[str, str | None]) -> Sequence[Subject]:
        return self.repo.kept((RepoWorld, "kind", name), lambda: list(self._find(name)))

    def _find(self, name: tuple[str, str | None]) -> Iterator[Subject]:
        kind, group = name
        if group == KUSTOMIZE_GROUP:
            yield from self._in_files(kind, lambda facts: facts.what == "kustomization")
        elif group == ANY_GROUP:
            for of_group in sorted(of_group for of_group, of_kind in self.repo.kinds() if of_kind == kind):
                yield from map(self.subject_of, self.repo.resources(of_group, kind))
        elif group is not None:
            for resource in self.repo.resources(group, kind):
                yield self.subject_of(resource)
        elif kind == "File":
            for facts in self.repo.files():
                yield self.subjects_of(facts.file)[0]
        elif kind == "Document":
            yield from self._in_files(kind, lambda facts: facts.what != "empty")
        else:
            yield from self._in_files(kind, lambda facts: facts.what in ENTITIES)

    def _in_files(self, kind: str, wanted: Callable[[DocumentFacts], bool]) -> Iterator[Subject]:
        """Subjects of a kind in the files that hold a document whose facts are wanted."""
        for facts in self.repo.files():
            if any(wanted(one) for one in facts.documents):
                yield from (one for one in self.subjects_of(facts.file) if one.kind == kind)

    def has_any(self, kinds: Sequence[Kind], origin: Origin) -> bool:
        """Whether the repository holds anything of these kinds, or may generate it; known from facts alone."""
        if origin != "written" and self.binder.mean(kinds, GENERATED) and self.repo.holds(GENERATOR[1], GENERATOR[0]):
            return True
        for kind in kinds:
            everything, names = self.binder.names(kind)
            if everything or any(group is None or group == KUSTOMIZE_GROUP for _, group in names):
                return True
            if any(self.repo.holds(None if group == ANY_GROUP else group, name) for name, group in names):
                return True
        return False


_Key = tuple[str, int, str, str, str | None, str]


def _key(resource: Resource) -> _Key:
    who = resource.identity
    return (resource.file, resource.document, who.group, who.kind, who.namespace, who.name)


ENTITIES = frozenset(("harness", "helm-chart", "helm-values"))
