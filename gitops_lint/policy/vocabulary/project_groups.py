"""What projects leave unsaid, and which environments a project holds."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.types import BOOL, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.argocd import GROUP
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_groups import delivered_spec, in_short
from gitops_lint.policy.vocabulary.environments import environment_served
from gitops_lint.policy.vocabulary.resources import name_or_kind, resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.environments import Environment
from gitops_lint.simulate.everyapplication import every_application
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, get, text_of


@attribute("AppProject", "isFirstOfItsName", returns=BOOL, needs={"index"})
def is_first_of_its_name(subject: Subject, repo: Repo) -> Value:
    """Whether no file before, and no document before, defines a project of its name: copies for other clusters, most often."""
    resource = resource_of(subject)
    first = repo.named(GROUP, "AppProject", resource.name)[:1]
    return not first or (first[0].file, first[0].document) == (resource.file, resource.document)


UNDESCRIBED = record(
    "UndescribedProjects",
    {
        "who": Field(TEXT, optional=False, doc="the projects in short: project `a`, projects `a` and `b`"),
        "are": Field(TEXT, optional=False, doc="is or are"),
        "count": Field(INTEGER, optional=False, doc="how many there are"),
    },
    doc="projects without a description; it points at the name of the first",
)


@attribute("AppProject", "undescribed", returns=ListType(UNDESCRIBED), needs={"index"})
def undescribed(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The projects of the repository without a description: one fact, at the first of them."""
    resource = resource_of(subject)
    found = repo.once(_undescribed_projects)
    name = name_or_kind(subject)
    if not found or (found[0].file, found[0].document) != (resource.file, resource.document):
        return ()
    names = list(dict.fromkeys(one.name for one in found))
    fields: dict[str, Value] = {
        "who": f"project{'s' if len(names) > 1 else ''} {in_short(names)}",
        "are": "are" if len(names) > 1 else "is",
        "count": len(names),
    }
    return [Fact("UndescribedProjects", name if isinstance(name, Scalar) else None, fields)]


def _undescribed_projects(repo: Repo) -> Sequence[Resource]:
    return [
        one
        for one in repo.resources(GROUP, "AppProject")
        if one.name not in ("", "default") and get(get(one.root, "spec"), "description") is MISSING
    ]


SPANNED = record(
    "SpannedEnvironments",
    {
        "who": Field(TEXT, optional=False, doc="its production Applications in short"),
        "production": Field(INTEGER, optional=False, doc="how many of them there are"),
        "others": Field(TEXT, optional=False, doc="the other environments, in words"),
    },
    doc="the environments of a project that holds production and others; it points at its name",
)


@attribute("AppProject", "spannedEnvironments", returns=ListType(SPANNED), needs={"kustomize"})
def spanned_environments(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The environments of its Applications, where production and others are among them."""
    resource = resource_of(subject)
    if resource.name in ("", "default") or len(repo.named(GROUP, "AppProject", resource.name)) > 1:
        return ()
    served = [(one, environment_served(repo, one)) for one in repo.once(_members).get(resource.name, ())]
    known = [(one, found) for one, found in served if isinstance(found, Environment)]
    production = [one.name for one, found in known if found.production]
    others = sorted({found.name for _, found in known if not found.production})
    name = name_or_kind(subject)
    if not production or not others or not isinstance(name, Scalar):
        return ()
    words = others[0] if len(others) == 1 else f"{', '.join(others[:-1])} and {others[-1]}"
    fields: dict[str, Value] = {"who": in_short(production), "production": len(production), "others": words}
    return [Fact("SpannedEnvironments", name, fields)]


def _members(repo: Repo) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in every_application(repo):
        found.setdefault(text_of(get(delivered_spec(one), "project")) or "default", []).append(one)
    return found
