"""Every Application that a repository comes to: those in its files, and those that its ApplicationSets generate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitops_lint.model.argocd import GROUP
from gitops_lint.model.resource import Resource, identity_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.applicationset.generate import generate
from gitops_lint.simulate.applicationset.surroundings import surroundings_of


def every_application(repo: Repo) -> Sequence[Resource]:
    """The written ones by file and place, then the generated ones by ApplicationSet, in the controller's order."""
    return repo.once(_every)


def generated_by(repo: Repo, appset: Resource) -> Sequence[Resource]:
    """
    The Applications of an ApplicationSet, as resources of its file and document; some of them where a generator asks what is not
    here, none where it fails.
    """
    return repo.once(_generated).get((appset.file, appset.document, appset.name), ())


def _every(repo: Repo) -> Sequence[Resource]:
    made = [one for several in repo.once(_generated).values() for one in several]
    return (*repo.resources(GROUP, "Application"), *made)


def _generated(repo: Repo) -> Mapping[tuple[str, int, str], Sequence[Resource]]:
    found: dict[tuple[str, int, str], Sequence[Resource]] = {}
    for appset in repo.resources(GROUP, "ApplicationSet"):
        applications = []
        for one in generate(appset, repo.once(surroundings_of)).applications:
            identity = identity_of(one.root)
            if identity is not None:
                applications.append(Resource(identity, appset.file, appset.document, one.root))
        found[appset.file, appset.document, appset.name] = tuple(applications)
    return found
