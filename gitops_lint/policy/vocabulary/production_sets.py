"""ApplicationSets that make production: changed together with other environments, deleted together with the set."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.types import TEXT, Field, ListType
from gitops_lint.dsl.world import Value
from gitops_lint.model.applicationset import template_overrides
from gitops_lint.model.argocd import GROUP
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_groups import (
    GROUP_FIELDS,
    Groups,
    Trait,
    automated,
    grouped,
    told_once,
)
from gitops_lint.policy.vocabulary.environments import environments_made, is_production, production_made
from gitops_lint.policy.vocabulary.production import is_held, project_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.everyapplication import generated_by
from gitops_lint.text.scalars import MISSING, get

SETS = record(
    "ProductionSets",
    {**GROUP_FIELDS, "name": Field(TEXT, optional=False, doc="the production environment of the first")},
    doc="ApplicationSets that make production; it points at the word that tells it in the first of them",
)


@attribute("ApplicationSet", "changedWithTheRest", returns=ListType(SETS), needs={"kustomize"})
def changed_with_the_rest(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    The sets without a strategy that make production and other environments, where Applications sync by themselves and no sync
    window is for production, nor may be: one fact for the repository, at the first.
    """
    return told_once(subject, repo, "ProductionSets", _with_the_rest, _with_the_rest_groups)


def _with_the_rest_groups(repo: Repo) -> Groups:
    return grouped(repo, _with_the_rest, "ApplicationSet")


def _with_the_rest(repo: Repo, appset: Resource) -> Trait | None:
    if get(get(appset.root, "spec"), "strategy") is not MISSING or template_overrides(appset.root):
        return None
    if automated(appset) is None:
        return None
    made = environments_made(repo, appset)
    production = next((one for one in made if one.fields["production"] is True), None)
    if production is None or all(one.fields["production"] is True for one in made):
        return None
    applications = [one for one in generated_by(repo, appset) if is_production(repo, one)]
    if any(automated(one) is None or is_held(repo, one) for one in applications):
        return None
    # what it generates is not known, so that any window of its project may be for it
    if not applications and any(_has_windows(one) for one in repo.named(GROUP, "AppProject", project_of(appset))):
        return None
    return Trait((), production.at, (("name", production.fields["name"]),))


def _has_windows(project: Resource) -> bool:
    return get(get(project.root, "spec"), "syncWindows") is not MISSING


@attribute(
    "ApplicationSet",
    "deletedProduction",
    returns=ListType(SETS),
    needs={"kustomize"},
    source="argo-cd applicationset/utils/utils.go RenderTemplateParams",
)
def deleted_production(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    The sets that make production and do not say what becomes of it when they go, by `preserveResourcesOnDeletion`, by
    `applicationsSync` or by a finalizer of the template: one fact for the repository, at the first.
    """
    return told_once(subject, repo, "ProductionSets", _deleted, _deleted_groups)


def _deleted_groups(repo: Repo) -> Groups:
    return grouped(repo, _deleted, "ApplicationSet")


def _deleted(repo: Repo, appset: Resource) -> Trait | None:
    spec = get(appset.root, "spec")
    policy = get(spec, "syncPolicy")
    said = (get(policy, "preserveResourcesOnDeletion"), get(policy, "applicationsSync"))
    if any(one is not MISSING for one in said):
        return None
    if get(get(get(spec, "template"), "metadata"), "finalizers") is not MISSING:
        return None
    production = production_made(repo, appset)
    return None if production is None else Trait((), production.at, (("name", production.fields["name"]),))
