"""How production Applications are synced and what they follow, told once for what they have in common."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType
from gitops_lint.dsl.world import Value
from gitops_lint.model.argocd import GROUP, ApplicationSource, application_sources, destination_of
from gitops_lint.model.resource import Resource
from gitops_lint.model.syncwindows import covered
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_groups import (
    GROUP_FIELDS,
    Groups,
    Trait,
    automated,
    delivered_spec,
    grouped,
    told_once,
)
from gitops_lint.policy.vocabulary.environments import is_production
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, templated, text_of, value

# ---- production that syncs by itself

UNGUARDED = record(
    "UnguardedProduction",
    {
        **GROUP_FIELDS,
        "project": Field(TEXT, optional=False, doc="their project"),
        "windows": Field(BOOL, optional=False, doc="whether that project has sync windows, none of which is for them"),
        "branch": Field(TEXT, optional=False, doc="the branch that the first follows, or HEAD"),
    },
    doc="production Applications that sync by themselves, from a branch, outside of any sync window; it points at `automated`",
)


@attribute(
    "Application",
    "unguardedProduction",
    returns=ListType(UNGUARDED),
    needs={"kustomize"},
    source="argo-cd controller/appcontroller.go autoSync, pkg/apis/application/v1alpha1/types.go SyncWindows.Matches",
)
def unguarded_production(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Production Applications that deliver each commit to a branch at once: one fact for each project, at the first of them."""
    return told_once(subject, repo, "UnguardedProduction", _unguarded, _unguarded_groups)


def _unguarded_groups(repo: Repo) -> Groups:
    return grouped(repo, _unguarded)


def _unguarded(repo: Repo, resource: Resource) -> Trait | None:
    block = automated(resource)
    if block is None or not is_production(repo, resource):
        return None
    spec = delivered_spec(resource)
    branch = next((found for one in application_sources(spec) if (found := moving(one)) is not None), None)
    project = project_of(resource)
    if branch is None or templated(project):
        return None
    windows = _has_window(repo, resource, project)
    if windows is None:
        return None
    return Trait((project,), block, (("project", project), ("windows", windows), ("branch", branch)))


def _has_window(repo: Repo, resource: Resource, project: str) -> bool | None:
    """
    False: the project, as each of its definitions here has it, has no windows; True: it has some, none for the
    Application. None: one is, or nobody can tell.
    """
    defined = repo.named(GROUP, "AppProject", project)
    if not defined:
        # the project default is there without a file, and nothing gives it windows but a file or a hand
        return False if project == "default" else None
    target = destination_of(delivered_spec(resource))
    texts = [text_of(one) or "" for one in (target.server, target.name, target.namespace)]
    if any(templated(one) for one in texts) or UNKNOWN in (target.server, target.name, target.namespace):
        return None
    answers = []
    given = False
    for one in defined:
        windows = get(get(one.root, "spec"), "syncWindows")
        given = given or windows is not MISSING
        answers.append(covered(windows, resource.name, [one for one in texts[:2] if one], texts[2]))
    return given if all(one is False for one in answers) else None


# ---- what production follows

_DIGIT = pattern(r"[0-9]")


def moving(source: ApplicationSource) -> str | None:
    """
    The branch that a Git source follows, or HEAD; None for a chart, a tag, a version, a commit, and what nobody can tell.

    A name with a digit in it may be a tag, so that only names without one count, and what begins with refs/heads.
    """
    url = text_of(source.repo_url)
    if source.chart is not MISSING or source.repo_url is UNKNOWN or not url or templated(url) or url.startswith("oci:"):
        return None
    found = value(source.target_revision)
    if found is MISSING or found in ("", "HEAD"):
        return "HEAD"
    if not isinstance(found, str) or not isinstance(source.target_revision, Scalar):
        return None
    text = source.target_revision.text
    if text.startswith("refs/heads/"):
        return text.removeprefix("refs/heads/")
    if text.startswith("refs/") or _DIGIT.search(text) or "*" in text or text in ("latest",):
        return None
    return text


FOLLOWED = record(
    "FollowedBranch",
    {
        **GROUP_FIELDS,
        "branch": Field(TEXT, optional=False, doc="the branch, or HEAD"),
        "repository": Field(TEXT, optional=False, doc="the repository as written"),
        "own": Field(BOOL, optional=False, doc="whether it is this repository"),
    },
    doc="production Applications that follow a branch; it points at the revision, or at the source without one",
)


@attribute(
    "Application",
    "followedBranches",
    returns=ListType(FOLLOWED),
    needs={"kustomize"},
    source="argo-cd docs/user-guide/tracking_strategies.md",
)
def followed_branches(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Branches that production Applications follow: one fact for each branch of this repository, and one for all others.

    HEAD in one that syncs by itself is left to those who ask for it alone.
    """
    return told_once(subject, repo, "FollowedBranch", _followed, _followed_groups)


def _followed_groups(repo: Repo) -> Groups:
    return grouped(repo, _followed)


def _followed(repo: Repo, resource: Resource) -> Trait | None:
    if not is_production(repo, resource):
        return None
    for one in application_sources(delivered_spec(resource)):
        branch = moving(one)
        if branch is None or (branch == "HEAD" and automated(resource) is not None):
            continue
        url = text_of(one.repo_url) or ""
        path = text_of(one.path)
        at = one.target_revision if isinstance(one.target_revision, Scalar) else one.node
        own = repo.is_this_repository(url, posixpath.normpath(path) if path else None)
        key = ("own", branch) if own else ("others",)
        return Trait(key, at, (("branch", branch), ("repository", url), ("own", own)))
    return None


def is_held(repo: Repo, application: Resource) -> bool:
    """Whether a sync window of its project, where that is in this repository, is for an Application, or may be."""
    project = project_of(application)
    return bool(repo.named(GROUP, "AppProject", project)) and _has_window(repo, application, project) is None


def project_of(resource: Resource) -> str:
    """The project of an Application, or of the template of an ApplicationSet."""
    return text_of(get(delivered_spec(resource), "project")) or "default"
