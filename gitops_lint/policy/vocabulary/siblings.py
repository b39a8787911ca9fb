"""What is alike but for its environment: copies of Applications, and things that lack an environment which the others have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Spot, Value
from gitops_lint.model.argocd import GROUP
from gitops_lint.model.environmentwords import in_name, without_words
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_groups import in_short
from gitops_lint.policy.vocabulary.resources import name_or_kind, resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.everyapplication import every_application
from gitops_lint.simulate.siblings import Lack, Member, lacks, overlay_members, value_file_members
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import get, plain, templated

LACK = record(
    "MissingEnvironment",
    {
        "thing": Field(TEXT, optional=False, doc="what lacks it: a folder, or the stem of a name"),
        "has": Field(TEXT, optional=False, doc="the environments that it has, in words"),
        "missing": Field(TEXT, optional=False, doc="the environment that it lacks"),
        "others": Field(INTEGER, optional=False, doc="how many others have it"),
        "example": Field(TEXT, optional=False, doc="where one of them has it"),
    },
    doc="something without an environment that all the others of its kind have; it points at the last one that it has",
)


def _fact(lack: Lack, at: Spot | None) -> Fact:
    fields: dict[str, Value] = {
        "thing": lack.thing,
        "has": in_short(lack.has),
        "missing": lack.missing,
        "others": lack.others,
        "example": lack.example,
    }
    return Fact("MissingEnvironment", at, fields)


def _first_key(root: Node | None) -> Node | None:
    return root.items[0] if isinstance(root, Mapping) and root.items else root


@attribute("Kustomization", "missingOverlays", returns=ListType(LACK), needs={"kustomize"})
def missing_overlays(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The overlay that an application lacks and its siblings have: told at the last overlay that it has."""
    found = repo.once(_overlay_lacks).get(subject.file.rpartition("/")[0])
    return [] if found is None else [_fact(found, _first_key(subject.root))]


def _overlay_lacks(repo: Repo) -> dict[str, Lack]:
    return {one.place: one for one in lacks(overlay_members(repo))}


@attribute("HelmValues", "missingValueFiles", returns=ListType(LACK), needs={"index"})
def missing_value_files(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The value file that a chart lacks and the charts beside it have: told at the last value file that it has."""
    found = repo.once(_value_file_lacks).get(subject.file)
    return [] if found is None or subject.document else [_fact(found, _first_key(subject.root))]


def _value_file_lacks(repo: Repo) -> dict[str, Lack]:
    return {one.place: one for one in lacks(value_file_members(repo))}


@attribute("Application", "missingSiblings", returns=ListType(LACK), needs={"index"})
def missing_siblings(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The Application that `shop` lacks for an environment, where the other names of its kind have one for each."""
    resource = resource_of(subject)
    found = repo.once(_application_lacks).get(_key(resource))
    name = name_or_kind(subject)
    return [] if found is None or not isinstance(name, Scalar) else [_fact(found, name)]


def _application_lacks(repo: Repo) -> dict[str, Lack]:
    return {one.place: one for one in lacks(_application_members(repo))}


def _application_members(repo: Repo) -> Iterator[Member]:
    known = every_application(repo)
    if any(one.kind == "ApplicationSet" for one in known):
        # it may make the one that is missed
        return
    for one in known:
        said = in_name(one.name) if not templated(one.name) else None
        if said is not None and said.environment is not None:
            stem = without_words(one.name)
            if stem.count("\0") == 1:
                bare = stem.replace("\0", "").strip("-._")
                yield Member("", bare, said.environment, said.environment, _key(one))


def _key(resource: Resource) -> str:
    return f"{resource.file}#{resource.document} {resource.name}"


# ---- copies

COPIES = record(
    "Copies",
    {
        "who": Field(TEXT, optional=False, doc="the copies of one in short: `shop-dev`, `shop-prod` and 2 more"),
        "count": Field(INTEGER, optional=False, doc="how many of the kind are copies of another"),
        "more": Field(INTEGER, optional=False, doc="how many sets of copies there are beside the first"),
    },
    doc="what is written again for each environment, told once for its kind; it points at the name of the first",
)

_FEWEST_COPIES = {"Application": 3, "ApplicationSet": 2}


@attribute(("Application", "ApplicationSet"), "copies", returns=ListType(COPIES), needs={"index"})
def copies(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The Applications, or ApplicationSets, that differ in words of environments only: one fact for each kind, at the first."""
    resource = resource_of(subject)
    families = repo.once(_copied_sets if resource.kind == "ApplicationSet" else _copied_applications)
    if not families or _key(families[0][0]) != _key(resource):
        return []
    count = sum(len(one) - 1 for one in families)
    name = name_or_kind(subject)
    if not isinstance(name, Scalar):
        return []
    fields: dict[str, Value] = {
        "who": in_short([one.name for one in families[0]]),
        "count": count,
        "more": len(families) - 1,
    }
    return [Fact("Copies", name, fields)]


def _copied_applications(repo: Repo) -> Sequence[Sequence[Resource]]:
    return _copied(repo, "Application")


def _copied_sets(repo: Repo) -> Sequence[Sequence[Resource]]:
    return _copied(repo, "ApplicationSet")


def _copied(repo: Repo, kind: str) -> list[list[Resource]]:
    """
    Families of resources that are the same once words of environments and the cluster are taken out. Their names differ, for
    what has the same name belongs to different Argo CDs.
    """
    families: dict[str, list[Resource]] = {}
    for one in repo.resources(GROUP, kind):
        stem = without_words(one.name)
        spec = get(one.root, "spec")
        if "\0" in stem and isinstance(spec, Mapping) and not templated(one.name):
            families.setdefault(f"{stem} {_shape(plain(spec))}", []).append(one)
    found = []
    for members in families.values():
        named = list({one.name: one for one in members}.values())
        if len(named) >= _FEWEST_COPIES[kind]:
            found.append(named)
    return sorted(found, key=lambda family: (family[0].file, family[0].document))


def _shape(spec: object) -> str:
    return without_words(json.dumps(_without_places(spec), sort_keys=True, default=str))


def _without_places(value: object, below: str = "") -> object:
    """A spec without what says to which cluster a copy goes, and from which state of a repository."""
    if isinstance(value, dict):
        left = ("name", "server") if below == "destination" else ("targetRevision",)
        return {key: _without_places(one, key) for key, one in value.items() if key not in left}
    if isinstance(value, list):
        return [_without_places(one) for one in value]
    return value
