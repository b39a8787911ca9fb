"""Whether Kubernetes still serves the version in which a resource is written."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.types import BOOL, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.apiversions import Removal, minor_of, removal_of
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, get

REMOVED_VERSION = record(
    "RemovedVersion",
    {
        "since": Field(TEXT, optional=False, doc="the first Kubernetes without it, such as `1.22`"),
        "minor": Field(INTEGER, optional=False, doc="the minor number of that Kubernetes"),
        "configured": Field(BOOL, optional=False, doc="whether the configuration says which Kubernetes is meant"),
        "replacement": Field(
            TEXT, optional=False, doc="the apiVersion to write, or empty where nothing took its place"
        ),
    },
    doc="a version of one of Kubernetes' own kinds that is not served; it points at the apiVersion",
)


@attribute(
    "Resource",
    "removedVersions",
    returns=ListType(REMOVED_VERSION),
    needs={"index"},
    source="kubernetes/api */zz_generated.prerelease-lifecycle.go",
    screen=lambda subject: _removal(subject) is not None,
)
def removed_versions(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Its version, where the Kubernetes of the configuration does not serve it; without one, any that Kubernetes has removed.
    """
    gone = _removal(subject)
    if gone is None:
        return ()
    target = minor_of(repo.config.targets.get("kubernetes", ""))
    if target is not None and target < gone.minor:
        return ()
    written = get(subject.root or MISSING, "apiVersion")
    if not isinstance(written, Scalar):
        return ()
    fields: dict[str, Value] = {
        "since": f"1.{gone.minor}",
        "minor": gone.minor,
        "configured": target is not None,
        "replacement": gone.replacement,
    }
    return (Fact("RemovedVersion", written, fields),)


def _removal(subject: Subject) -> Removal | None:
    who = resource_of(subject)
    return removal_of(who.identity.api_version, who.kind)
