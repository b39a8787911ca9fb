"""Every Application that a repository comes to: those in its files, and those that its ApplicationSets generate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.model.argocd import GROUP
from gitops_lint.model.resource import Resource, identity_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.applicationset.generated import generated_set


def every_application(repo: Repo) -> Sequence[Resource]:
    """
    The written ones by file and place, then the generated ones by ApplicationSet, in the controller's order.

    Where a set's Applications are not all known, the ApplicationSet itself stands behind them for the others.
    """
    return repo.once(_every)


def generated_by(repo: Repo, appset: Resource) -> Sequence[Resource]:
    """
    The Applications of an ApplicationSet, as resources of its file and document; some of them where a generator asks what is not
    here, none where it fails.
    """
    made = generated_set(repo, appset).applications
    named = ((one.root, identity_of(one.root)) for one in made)
    return [Resource(who, appset.file, appset.document, root) for root, who in named if who is not None]


def is_same(one: Resource, application: Resource) -> bool:
    """Whether one of `every_application` is, or stands for, an Application."""
    if (one.file, one.document) != (application.file, application.document):
        return False
    return one.name == application.name or (one.kind, application.kind) == ("ApplicationSet", "Application")


def _every(repo: Repo) -> Sequence[Resource]:
    return (*repo.resources(GROUP, "Application"), *_made(repo))


def _made(repo: Repo) -> Iterator[Resource]:
    for appset in repo.resources(GROUP, "ApplicationSet"):
        yield from generated_by(repo, appset)
        made = generated_set(repo, appset)
        if made.error is not None or made.unknown:
            yield appset
