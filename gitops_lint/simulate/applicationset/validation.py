"""
Which generated Applications the controller, or the API server, refuses by their names; the others it creates all the same.

Source: argo-cd applicationset/controllers/applicationset_controller.go validateGeneratedApplications; apimachinery
pkg/util/validation IsDNS1123Subdomain.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.simulate.applicationset.generate import GeneratedApplication, GeneratedSet
from gitops_lint.text.nodes import Unknown
from gitops_lint.text.scalars import get

_LONGEST = 253
_SUBDOMAIN = pattern(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end"
    " with an alphanumeric character"
)


@dataclass(frozen=True, slots=True, eq=False)
class NameProblem:
    """
    A name that keeps Applications from being created.

    kind: what is wrong with it. applications: all that have it, in order, at least one. message: the real system's words.
    """

    kind: Literal["missing", "duplicate", "invalid"]
    applications: tuple[GeneratedApplication, ...]
    message: str


def name_problems(generated: GeneratedSet) -> list[NameProblem]:
    """What is wrong with the names of one ApplicationSet's Applications; a name that is not known is passed over."""
    who = generated.appset.name
    by_name: dict[str, list[GeneratedApplication]] = {}
    for one in generated.applications:
        if not isinstance(get(get(one.root, "metadata"), "name"), Unknown):
            by_name.setdefault(one.name.text if one.name is not None else "", []).append(one)
    found = []
    for name, applications in by_name.items():
        if not name:
            said = f"ApplicationSet {who} contains an application with no name"
            found.append(NameProblem("missing", tuple(applications), said))
        elif len(applications) > 1:
            # all of them are skipped, the first as well: errors are kept by name
            said = f"ApplicationSet {who} contains applications with duplicate name: {name}"
            found.append(NameProblem("duplicate", tuple(applications), said))
        elif len(name) > _LONGEST:
            found.append(
                NameProblem("invalid", tuple(applications), f"must be no more than {_LONGEST} characters: {name}")
            )
        elif not _SUBDOMAIN.fullmatch(name):
            found.append(NameProblem("invalid", tuple(applications), f"{_WORDS}: {name}"))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class ContestedName:
    """A name that several ApplicationSets of one namespace generate: whoever comes first owns the Application."""

    name: str
    applications: tuple[tuple[GeneratedSet, GeneratedApplication], ...]


def contested_names(sets: Iterable[GeneratedSet]) -> list[ContestedName]:
    """
    The names that more than one ApplicationSet of a namespace generates, in the order of their first Applications.

    Source: controller-runtime controllerutil.SetControllerReference refuses an object that another controller owns.
    """
    found: dict[tuple[str | None, str], list[tuple[GeneratedSet, GeneratedApplication]]] = {}
    for generated in sets:
        own: set[str] = set()
        for one in generated.applications:
            name = one.name.text if one.name is not None else ""
            if name and name not in own:
                own.add(name)
                found.setdefault((generated.appset.namespace, name), []).append((generated, one))
    return [ContestedName(name, tuple(who)) for (_, name), who in found.items() if len(who) > 1]
