"""The names of generated Applications: empty ones, those that Kubernetes refuses, those that somebody else has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationsets import set_spec
from gitops_lint.policy.vocabulary.generated_things import known_applications, name_of, others, with_places
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.applicationset.generated import contested_names_of, name_problems_of
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import get

if TYPE_CHECKING:
    from gitops_lint.simulate.applicationset.generate import GeneratedApplication
    from gitops_lint.simulate.applicationset.params import ParamSet

_CONTROLLER = "argo-cd applicationset/controllers/applicationset_controller.go validateGeneratedApplications"

GENERATED_NAME = record(
    "GeneratedName",
    {
        "problem": Field(
            TextType(values=("empty", "invalid", "repeated", "elsewhere")),
            optional=False,
            doc="repeated: more than one Application of this ApplicationSet has it; elsewhere: one of another ApplicationSet, or a written one",
        ),
        "name": Field(TEXT, optional=False, doc="the name"),
        "why": Field(TEXT, optional=False, doc="what is wrong with it, a clause; or empty"),
        "other": Field(TEXT, optional=False, doc="who has the same name, in words with a verb; or empty"),
        "others": Field(TEXT, optional=False, doc="` and 3 others`, where other names have the same mistake; or empty"),
        "element": Field(ANYTHING, optional=True, doc="what was written for the Application"),
        "twin": Field(ANYTHING, optional=True, doc="what was written for the other one"),
    },
    doc="the name of a generated Application with which it is refused; it points at the name in the template",
)
_LONGEST_NAME = 253


@attribute(
    "ApplicationSet",
    "generatedNames",
    returns=ListType(GENERATED_NAME),
    needs={"applicationsets"},
    source=f"{_CONTROLLER}; kubernetes apimachinery pkg/util/validation IsDNS1123Subdomain",
)
def generated_names(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Names of generated Applications that are empty, no names of Kubernetes, or those of others; each mistake told once."""
    found: dict[str, list[Fact]] = {}
    for problem in _problems(resource_of(subject), repo):
        at = _name_node(subject, problem.application)
        if at is not None:
            name = name_of(problem.application)
            fields: dict[str, Value] = {
                "problem": problem.kind,
                "name": name,
                "why": problem.why,
                "other": problem.other,
            }
            with_places(fields, repo, element=problem.application.params, twin=problem.twin)
            found.setdefault(problem.kind, []).append(Fact("GeneratedName", at, fields))
    return [
        Fact(
            some[0].record,
            some[0].at,
            {**some[0].fields, "others": others(len({one.fields["name"] for one in some}) - 1)},
        )
        for some in found.values()
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """One name and who has it. why: a clause; other, twin: who has it as well, in words, and what was written for that."""

    kind: str
    application: GeneratedApplication
    why: str = ""
    other: str = ""
    twin: ParamSet | None = None


def _problems(me: Resource, repo: Repo) -> Iterator[_Problem]:
    told: set[str] = set()
    for one in name_problems_of(repo, me):
        first = one.applications[0]
        told.add(name_of(first))
        if one.kind == "missing":
            yield _Problem("empty", first)
        elif one.kind == "duplicate":
            yield _Problem("repeated", one.applications[1], twin=first.params)
        elif _is_rendered(first):
            yield _Problem("invalid", first, why_no_name(name_of(first)))
    contested = repo.once(_contested)
    for application in known_applications(repo, me):
        name = name_of(application)
        if not name or name in told:
            continue
        told.add(name)
        earlier = [(who, twin) for who, twin in contested.get(name, ()) if _is_before(who, me)]
        defined = [
            one
            for one in repo.named("argoproj.io", "Application", name)
            if me.namespace is not None and one.namespace == me.namespace
        ]
        if earlier:
            yield _Problem(
                "elsewhere", application, other=f"ApplicationSet `{earlier[0][0].name}` generates", twin=earlier[0][1]
            )
        elif defined:
            yield _Problem("elsewhere", application, other=f"`{defined[0].file}` defines")


def _is_rendered(application: GeneratedApplication) -> bool:
    """Whether a name was filled in, and nothing of its tokens is left: what is written by itself is another rule's matter."""
    name = application.name
    return name is not None and name.origin is not None and "{{" not in name.text


def why_no_name(name: str) -> str:
    """Why the API server refuses a name that it refuses, a clause."""
    if len(name) > _LONGEST_NAME:
        return f"it has {len(name)} characters, {_LONGEST_NAME} are allowed"
    odd = sorted(set(re.findall(r"[^a-z0-9.-]", name)))
    if odd:
        shown = ", ".join("a blank" if one == " " else f"`{one}`" for one in odd[:5])
        return f"{shown} may not be in a name, only lower-case letters, digits, `-` and `.`"
    return "every part of it must begin and end with a lower-case letter or a digit"


def _contested(repo: Repo) -> dict[str, list[tuple[Resource, ParamSet]]]:
    """Name to the ApplicationSets of one namespace that generate an Application of that name, where several do."""
    found: dict[str, list[tuple[Resource, ParamSet]]] = {}
    for one in contested_names_of(repo):
        found.setdefault(one.name, []).extend(
            (made.appset, application.params) for made, application in one.applications
        )
    return found


def _is_before(other: Resource, me: Resource) -> bool:
    """Whether another ApplicationSet, sure to lie in one namespace of one cluster with this one, is the first of the two."""
    beside = me.namespace is not None and other.namespace == me.namespace and other.name != me.name
    return beside and (other.file, other.document) < (me.file, me.document)


def _name_node(subject: Subject, application: GeneratedApplication) -> Node | None:
    """The template's name; where there is none, its metadata, its key, or the whole."""
    template = get(set_spec(subject), "template")
    name = application.name
    if name is not None and name.text and name.source is template_source(template):
        return name
    metadata = get(template, "metadata")
    written = get(metadata, "name")
    for node in (written, metadata, template):
        if isinstance(node, (Scalar, Mapping)):
            return node
    return subject.root


def template_source(template: object) -> object:
    return template.source if isinstance(template, Mapping) else None
