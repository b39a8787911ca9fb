"""The names of generated Applications: empty ones, those that Kubernetes refuses, those that somebody else has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationsets import set_spec
from gitops_lint.policy.vocabulary.generated_things import known_applications, others, with_places
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import MISSING, get, text_of

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
_NAME = pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")


@attribute(
    "ApplicationSet",
    "generatedNames",
    returns=ListType(GENERATED_NAME),
    needs={"applicationsets"},
    source=f"{_CONTROLLER}; kubernetes apimachinery pkg/util/validation IsDNS1123Subdomain",
)
def generated_names(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Names of generated Applications that are empty, no names of Kubernetes, or those of others; each mistake told once."""
    me = resource_of(subject)
    found: dict[str, list[Fact]] = {}
    seen: dict[str, GeneratedApplication] = {}
    for application in known_applications(repo, me):
        name = text_of(application.name) if application.name is not None else None
        if application.name is None and get(application.root, "metadata") is MISSING:
            continue
        problem, why, other, twin = _problem_of_name(name, application, seen, me, repo)
        if name and name not in seen:
            seen[name] = application
        if problem:
            at = _name_node(subject, application)
            if at is not None:
                fields: dict[str, Value] = {"problem": problem, "name": name or "", "why": why, "other": other}
                with_places(fields, repo, element=application.params, twin=twin)
                found.setdefault(problem, []).append(Fact("GeneratedName", at, fields))
    return [
        Fact(
            some[0].record,
            some[0].at,
            {**some[0].fields, "others": others(len({one.fields["name"] for one in some}) - 1)},
        )
        for some in found.values()
    ]


def _problem_of_name(
    name: str | None,
    application: GeneratedApplication,
    seen: dict[str, GeneratedApplication],
    me: Resource,
    repo: Repo,
) -> tuple[str, str, str, ParamSet | None]:
    if not name:
        return "empty", "", "", None
    if name in seen:
        return "repeated", "", "", seen[name].params
    scalar = application.name
    if scalar is not None and scalar.origin is not None and "{{" not in name:
        why = why_no_name(name)
        if why:
            return "invalid", why, "", None
    for other, twin in repo.once(_by_name).get(name, ()):
        if other is not me and _same_home(other, me) and (other.file, other.document) < (me.file, me.document):
            return "elsewhere", "", f"ApplicationSet `{other.name}` generates", twin
    for written in repo.named("argoproj.io", "Application", name):
        if me.namespace is not None and written.namespace == me.namespace:
            return "elsewhere", "", f"`{written.file}` defines", None
    return "", "", "", None


def why_no_name(name: str) -> str:
    """Why the API server refuses a name of an object, a clause; "" where it takes it."""
    if len(name) > _LONGEST_NAME:
        return f"it has {len(name)} characters, {_LONGEST_NAME} are allowed"
    if _NAME.fullmatch(name):
        return ""
    odd = sorted(set(re.findall(r"[^a-z0-9.-]", name)))
    if odd:
        shown = ", ".join("a blank" if one == " " else f"`{one}`" for one in odd[:5])
        return f"{shown} may not be in a name, only lower-case letters, digits, `-` and `.`"
    return "every part of it must begin and end with a lower-case letter or a digit"


def _by_name(repo: Repo) -> dict[str, list[tuple[Resource, ParamSet]]]:
    """Name to the ApplicationSets that generate an Application of that name."""
    found: dict[str, list[tuple[Resource, ParamSet]]] = {}
    for appset in repo.resources("argoproj.io", "ApplicationSet"):
        for application in known_applications(repo, appset):
            name = text_of(application.name) if application.name is not None else None
            if name:
                found.setdefault(name, []).append((appset, application.params))
    return found


def _same_home(one: Resource, other: Resource) -> bool:
    """Whether two ApplicationSets are sure to lie in one namespace of one cluster, so that both exist at a time."""
    return one.namespace is not None and one.namespace == other.namespace and one.name != other.name


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
