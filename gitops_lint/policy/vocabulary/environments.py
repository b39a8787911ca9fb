"""Which environment a resource serves, by which sign that is known, and which environments an ApplicationSet makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.applicationset import Entry, entries_of
from gitops_lint.model.argocd import Found, Generator
from gitops_lint.model.environmentwords import PRODUCTION, in_cluster, in_folders, in_name, together, whole_word
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.environments import Environment, environment_of
from gitops_lint.simulate.everyapplication import generated_by
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, UnknownValue, entries, get, items, templated, value

SERVED = record(
    "ServedEnvironment",
    {
        "name": Field(
            TEXT, optional=False, doc="as the configuration calls it, else production, staging, development, test"
        ),
        "production": Field(BOOL, optional=False, doc="whether it is production"),
        "because": Field(TEXT, optional=False, doc="the sign by which it is known, a clause"),
    },
    doc="the environment that a resource serves; it points at the sign where that stands in the resource",
)


def environment_served(repo: Repo, resource: Resource) -> Environment | UnknownValue | None:
    """The environment of a resource, worked out once; as `simulate` has it."""
    key = (environment_of, resource.file, resource.document, resource.identity)
    return repo.kept(key, lambda: environment_of(repo, resource))


def is_production(repo: Repo, resource: Resource) -> bool:
    """Whether a resource is known to serve production."""
    found = environment_served(repo, resource)
    return isinstance(found, Environment) and found.production


@attribute("Resource", "servedEnvironment", returns=SERVED, needs={"kustomize"}, optional=True)
def served_environment(subject: Subject, repo: Repo) -> Value:
    """
    The environment that it serves, with the sign; missing where nothing tells one, unknown where signs contradict each other.

    An ApplicationSet serves an environment where all its Applications do.
    """
    found = environment_served(repo, resource_of(subject))
    if not isinstance(found, Environment):
        return UNKNOWN if found is UNKNOWN else MISSING
    at = found.node if found.node is not None else None
    fields: dict[str, Value] = {"name": found.name, "production": found.production, "because": found.because}
    return Fact("ServedEnvironment", at, fields, title=found.name)


@attribute("Resource", "environment", returns=TEXT, needs={"kustomize"}, optional=True, indexed=True)
def environment(subject: Subject, repo: Repo) -> Value:
    """The name of the environment that it serves; missing where nothing tells one, unknown where signs contradict each other."""
    found = subject.ask("servedEnvironment")
    return found.fields["name"] if isinstance(found, Fact) else found


@attribute("Resource", "isProduction", returns=BOOL, needs={"kustomize"}, optional=True)
def is_production_attribute(subject: Subject, repo: Repo) -> Value:
    """Whether the environment that it serves is production; missing and unknown as `environment`."""
    found = subject.ask("servedEnvironment")
    return found.fields["production"] if isinstance(found, Fact) else found


# ---- what an ApplicationSet makes

MADE = record(
    "MadeEnvironment",
    {
        "name": Field(TEXT, optional=False, doc="the environment"),
        "production": Field(BOOL, optional=False, doc="whether it is production"),
        "written": Field(TEXT, optional=False, doc="the word that tells it, as written"),
    },
    doc="an environment that a generator of an ApplicationSet names; it points at the word",
)


@attribute("ApplicationSet", "madeEnvironments", returns=ListType(MADE), needs={"kustomize"})
def made_environments(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    The environments of the Applications that it generates, and those that its generators name: in elements of lists, labels of
    clusters, paths of Git. One fact for each, at the word that names it first, else at the name of the set.
    """
    return environments_made(repo, resource_of(subject))


def environments_made(repo: Repo, appset: Resource) -> list[Fact]:
    """The facts of `madeEnvironments`."""
    found: dict[str, Fact] = {}
    for one in _making(entries_of(appset.root)):
        for name, node in _named(one):
            if repo.config.environments:
                # only the words of the configuration count
                name = node.text
            if not repo.config.environments or name in repo.config.environments:
                found.setdefault(name, _made(name, _is_production(repo, name), node))
    place = get(get(appset.root, "metadata"), "name")
    for made in generated_by(repo, appset):
        served = environment_served(repo, made)
        if isinstance(served, Environment) and isinstance(place, Scalar):
            found.setdefault(served.name, _made(served.name, served.production, place))
    return list(found.values())


def production_made(repo: Repo, appset: Resource) -> Fact | None:
    """The first production environment that an ApplicationSet makes, among others or alone; None for none that is known."""
    found = next((one for one in environments_made(repo, appset) if one.fields["production"] is True), None)
    served = environment_served(repo, appset)
    if found is not None or not isinstance(served, Environment) or not served.production:
        return found
    place = served.node if served.node is not None else get(get(appset.root, "metadata"), "name")
    return _made(served.name, True, place) if isinstance(place, Scalar) else None


EARLY = record(
    "EarlyProduction",
    {
        "step": Field(INTEGER, optional=False, doc="number of the step, from 1"),
        "written": Field(TEXT, optional=False, doc="the word that tells production, as written"),
        "later": Field(TEXT, optional=False, doc="a word of another environment in a later step; its place is there"),
        "laterStep": Field(INTEGER, optional=False, doc="number of that step"),
    },
    doc="a step of RollingSync for production before one for another environment; it points at the word",
)


@attribute(
    "ApplicationSet",
    "earlyProduction",
    returns=ListType(EARLY),
    needs={"index"},
    source="argo-cd applicationset/progressivesync/progressive_sync.go",
)
def early_production(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The first step of RollingSync that is for production alone, where a later one is for other environments alone."""
    strategy = get(get(subject.root or MISSING, "spec"), "strategy")
    first: tuple[int, Scalar] | None = None
    for number, step in enumerate(items(get(get(strategy, "rollingSync"), "steps")), 1):
        words = [
            (name, node)
            for one in items(get(step, "matchExpressions"))
            if value(get(one, "operator")) == "In"
            for node in items(get(one, "values"))
            for name, node in _label(str(value(get(one, "key"))), node)
        ]
        kinds = {
            _is_production(repo, node.text if node.text in repo.config.environments else name) for name, node in words
        }
        if kinds == {True} and first is None:
            first = number, words[0][1]
        elif kinds == {False} and first is not None:
            later = words[0][1]
            fields: dict[str, Value] = {"step": first[0], "written": first[1].text, "later": later, "laterStep": number}
            return [Fact("EarlyProduction", first[1], fields)]
    return ()


def _making(listed: Sequence[Entry]) -> Iterator[Generator]:
    """The generators that make Applications: of a merge, its first child alone, as the others add to what that yields."""
    for entry in listed:
        for one in entry.generators:
            if one.kind == "merge":
                yield from _making(entry.children[:1])
            elif one.kind == "matrix":
                yield from _making(entry.children)
            else:
                yield one


def _made(name: str, production: bool, node: Scalar) -> Fact:
    fields: dict[str, Value] = {"name": name, "production": production, "written": node.text}
    return Fact("MadeEnvironment", node, fields, title=name)


def _is_production(repo: Repo, name: str) -> bool:
    known = repo.config.environments.get(name)
    return known.is_production(name) if known is not None else name == PRODUCTION


def _named(generator: Generator) -> Iterator[tuple[str, Scalar]]:
    if generator.kind == "list":
        for element in items(get(generator.node, "elements")):
            yield from _in_element(element)
    elif generator.kind == "clusters":
        selector = get(generator.node, "selector")
        for key, _, below in entries(get(selector, "matchLabels")):
            yield from _label(key, below)
        for one in items(get(selector, "matchExpressions")):
            label = value(get(one, "key"))
            if isinstance(label, str) and value(get(one, "operator")) == "In":
                for below in items(get(one, "values")):
                    yield from _label(label, below)
    elif generator.kind == "git":
        for field in ("directories", "files"):
            for one in items(get(generator.node, field)):
                path = get(one, "path")
                said = in_folders(path.text.split("/")) if isinstance(path, Scalar) else None
                if (
                    said is not None
                    and said.environment
                    and isinstance(path, Scalar)
                    and value(get(one, "exclude")) is not True
                ):
                    yield said.environment, path


_ENVIRONMENT_KEYS = frozenset(("env", "environment", "stage", "tier"))


def _in_element(element: Node) -> Iterator[tuple[str, Scalar]]:
    """
    The environment of an element of a list: what its key for it says, else a value that is such a word, else the names and
    paths in it, where they agree.
    """
    texts = list(_texts(element))
    keyed = [below for key, below in texts if key.lower() in _ENVIRONMENT_KEYS]
    for below in keyed or [below for _, below in texts]:
        word = whole_word(below.text)
        if word is not None:
            yield word, below
            return
    if keyed:
        return
    said = [
        (in_folders(below.text.split("/")) if "/" in below.text else in_name(below.text), below) for _, below in texts
    ]
    agreed = together(one for one, _ in said)
    if agreed is not None and agreed.environment is not None:
        yield agreed.environment, next(below for one, below in said if one is not None)


def _texts(element: Node) -> Iterator[tuple[str, Scalar]]:
    """The texts of an element that are no addresses, those of its `values` too."""
    for key, _, below in entries(element):
        if isinstance(below, Scalar):
            if "://" not in below.text and not templated(below.text):
                yield key, below
        elif key == "values":
            yield from _texts(below)


def _label(key: str, node: Found) -> Iterator[tuple[str, Scalar]]:
    if not isinstance(node, Scalar):
        return
    word = whole_word(node.text)
    if word is None and key.rpartition("/")[2] in ("env", "environment"):
        said = in_cluster(node.text)
        word = said.environment if said is not None else None
    if word is not None:
        yield word, node
