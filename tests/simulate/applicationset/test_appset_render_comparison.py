"""What a change does to the Applications that ApplicationSets generate."""

from __future__ import annotations

import pytest

from gitops_lint.model.resource import Resource, identity_of
from gitops_lint.simulate.applicationset.comparison import SetChange, compared, differences
from gitops_lint.simulate.applicationset.generate import GeneratedSet, generate
from gitops_lint.simulate.applicationset.surroundings import Surroundings
from gitops_lint.text.nodes import Mapping, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING, Missing, Plain

SHOP = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shop, namespace: argocd}
spec:
  generators: [{list: {elements: [{name: eu, revision: a}, {name: us, revision: a}]}}]
  template:
    metadata: {name: 'shop-{{name}}', labels: {team: shop}}
    spec:
      project: default
      source: {repoURL: https://git.example.com/a.git, path: apps, targetRevision: '{{revision}}'}
      destination: {server: https://kubernetes.default.svc, namespace: shop}
      syncPolicy: {automated: {prune: false}}
"""
WITHOUT_US = SHOP.replace(", {name: us, revision: a}", "")
NEWER = SHOP.replace("revision: a}", "revision: b}")
CASCADE = "everything it has deployed is deleted with it (resources-finalizer.argocd.argoproj.io)"
ASKING = "{scmProvider: {github: {organization: a}}}"


def generated(text: str) -> GeneratedSet:
    root = parse_yaml(Source(text, "shop.yaml")).documents[0].root
    assert isinstance(root, Mapping)
    identity = identity_of(root)
    assert identity is not None
    return generate(Resource(identity, "shop.yaml", 0, root), Surroundings())


def change(before: str | None, after: str | None) -> SetChange | None:
    """What happens to one ApplicationSet; None for nothing."""
    found = compared([generated(before)] if before is not None else [], [generated(after)] if after is not None else [])
    return found[0] if found else None


def told(before: str | None, after: str | None) -> list[tuple[str, str]]:
    found = change(before, after)
    return [] if found is None else [(one.action, one.name) for one in found.applications]


def with_policy(text: str, policy: str) -> str:
    return text.replace("  template:", f"  syncPolicy: {policy}\n  template:")


# ---- what comes and goes


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (SHOP, SHOP, []),
        (SHOP, SHOP.replace("apiVersion", "# a comment\napiVersion"), []),
        (WITHOUT_US, SHOP, [("add", "shop-us")]),
        (SHOP, WITHOUT_US, [("delete", "shop-us")]),
        (SHOP, NEWER, [("change", "shop-eu"), ("change", "shop-us")]),
        (SHOP, SHOP.replace("shop-{{name}}", "{{name}}"), [("delete", "shop-eu"), ("delete", "shop-us"), ("add", "eu"), ("add", "us")]),
        (None, SHOP, [("add", "shop-eu"), ("add", "shop-us")]),
        (SHOP, None, [("delete", "shop-eu"), ("delete", "shop-us")]),
    ],
)  # fmt: skip
def test_applications_come_change_and_go(
    before: str | None, after: str | None, expected: list[tuple[str, str]]
) -> None:
    assert told(before, after) == expected


@pytest.mark.parametrize(
    ("policy", "update", "deletion"),
    [
        ("{}", "change", "delete"),
        ("{applicationsSync: sync}", "change", "delete"),
        ("{applicationsSync: create-only}", "leave", "leave"),
        ("{applicationsSync: create-update}", "change", "leave"),
        ("{applicationsSync: create-delete}", "leave", "delete"),
    ],
)
def test_the_policy_says_what_the_controller_may_do(policy: str, update: str, deletion: str) -> None:
    assert told(SHOP, with_policy(NEWER, policy)) == [(update, "shop-eu"), (update, "shop-us")]
    assert told(SHOP, with_policy(WITHOUT_US, policy)) == [(deletion, "shop-us")]


@pytest.mark.parametrize(
    ("policy", "metadata", "action"),
    [
        ("{}", "{name: shop, namespace: argocd}", "delete"),
        ("{applicationsSync: create-only}", "{name: shop, namespace: argocd}", "delete"),
        (
            "{applicationsSync: create-only}",
            "{name: shop, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}",
            "leave",
        ),
        (
            "{applicationsSync: create-delete}",
            "{name: shop, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}",
            "delete",
        ),
    ],
)
def test_applications_go_with_their_applicationset(policy: str, metadata: str, action: str) -> None:
    before = with_policy(SHOP, policy).replace("{name: shop, namespace: argocd}", metadata)

    assert told(before, None) == [(action, "shop-eu"), (action, "shop-us")]


# ---- what is deleted in clusters


@pytest.mark.parametrize(
    ("before", "notes", "prunes"),
    [
        (SHOP, (CASCADE,), True),
        (with_policy(SHOP, "{preserveResourcesOnDeletion: true}"), ("what it has deployed stays, and nobody looks after it any more",), False),
        (SHOP.replace("labels: {", "finalizers: [other.example.com/a], labels: {"), ("what it has deployed stays, and nobody looks after it any more",), False),
        (SHOP.replace("labels: {", "finalizers: [resources-finalizer.argocd.argoproj.io/background], labels: {"), (CASCADE,), True),
    ],
)  # fmt: skip
def test_what_an_application_has_deployed_goes_with_its_finalizer(
    before: str, notes: tuple[str, ...], prunes: bool
) -> None:
    found = change(before, WITHOUT_US)
    assert found is not None
    gone = next(one for one in found.applications if one.action == "delete")

    assert (gone.notes, gone.prunes) == (notes, prunes)


@pytest.mark.parametrize(
    ("automated", "prunes"),
    [
        ("{prune: true}", True),
        ("{prune: false}", False),
        ("{}", False),
        ("{prune: true, enabled: false}", False),
    ],
)
def test_a_new_source_prunes_what_it_delivers_no_longer(automated: str, prunes: bool) -> None:
    written = SHOP.replace("{prune: false}", automated)
    found = change(written, written.replace("path: apps", "path: other"))
    assert found is not None

    assert [one.prunes for one in found.applications] == [prunes, prunes]


def test_a_label_prunes_nothing() -> None:
    written = SHOP.replace("{prune: false}", "{prune: true}")
    found = change(written, written.replace("team: shop", "team: other"))
    assert found is not None

    assert [(one.prunes, one.notes) for one in found.applications] == [(False, ()), (False, ())]


def test_a_new_cluster_leaves_the_old_one_as_it_is() -> None:
    written = SHOP.replace("{prune: false}", "{prune: true}")
    found = change(
        written, written.replace("kubernetes.default.svc", "eu.example.com").replace("path: apps", "path: b")
    )
    assert found is not None

    assert found.applications[0].notes == (
        "what it has deployed to the old cluster stays there: Argo CD looks after the new one only",
    )
    assert not found.applications[0].prunes


# ---- fields


def test_fields_are_told_with_both_values() -> None:
    found = change(SHOP, NEWER)
    assert found is not None
    (field,) = found.applications[0].fields

    assert (field.path, field.old, field.new) == (("spec", "source", "targetRevision"), "a", "b")


@pytest.mark.parametrize(
    ("spec", "after"),
    [
        ("preservedFields: {labels: [team]}", SHOP.replace("team: shop", "team: other")),
        ("preservedFields: {labels: [team]}", SHOP.replace("labels: {team: shop}", "labels: {}")),
        ("ignoreApplicationDifferences: [{jsonPointers: [/spec/source/targetRevision]}]", NEWER),
        ("ignoreApplicationDifferences: [{jqPathExpressions: [.spec.source.targetRevision]}]", NEWER),
        ("ignoreApplicationDifferences: [{jsonPointers: [/spec/source]}]", NEWER),
    ],
)
def test_fields_that_the_controller_keeps_are_no_change(spec: str, after: str) -> None:
    extra = "" if spec == "{}" else f"  {spec}\n"

    assert told(SHOP, after.replace("  template:", f"{extra}  template:")) == []


def test_what_argo_cd_notes_on_an_application_is_kept_once_it_is_there() -> None:
    refreshed = SHOP.replace("labels: {", "annotations: {argocd.argoproj.io/refresh: normal}, labels: {")

    assert told(refreshed, SHOP) == []
    assert told(SHOP, refreshed) == [("change", "shop-eu"), ("change", "shop-us")]


def test_differences_of_one_application_are_ignored_there_only() -> None:
    extra = "  ignoreApplicationDifferences: [{name: shop-eu, jsonPointers: [/spec/source/targetRevision]}]\n"

    assert told(SHOP, NEWER.replace("  template:", f"{extra}  template:")) == [("change", "shop-us")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [(("a",), 1, 2)]),
        ({"a": 1}, {}, [(("a",), 1, MISSING)]),
        ({}, {"a": None}, [(("a",), MISSING, None)]),
        ({"a": [1, 2]}, {"a": [1, 3]}, [(("a", 1), 2, 3)]),
        ({"a": [1, 2]}, {"a": [1]}, [(("a",), [1, 2], [1])]),
        ({"a": {"b": 1}}, {"a": [1]}, [(("a",), {"b": 1}, [1])]),
        ({"a": 1}, {"a": True}, [(("a",), 1, True)]),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": "1"}, {"a": 1}, [(("a",), "1", 1)]),
    ],
)
def test_differences(old: Plain, new: Plain, expected: list[tuple[object, Plain | Missing, Plain | Missing]]) -> None:
    assert [(one.path, one.old, one.new) for one in differences(old, new)] == expected


# ---- what cannot be known


def test_an_error_leaves_everything_as_it_is() -> None:
    found = change(SHOP, SHOP.replace("path: apps", "path: 'apps {{name}} {{'"))
    assert found is not None

    assert (found.applications, found.notes) == (
        (),
        ("it ends in an error now: the controller leaves its 2 Applications as they are, and makes no others",),
    )


def test_behind_an_error_nothing_is_known_to_be_new() -> None:
    broken = SHOP.replace("path: apps", "path: 'apps {{name}} {{'")

    assert told(broken, SHOP) == [("unknown", "shop-eu"), ("unknown", "shop-us")]
    assert change(broken, broken) is None


def test_an_unknown_generator_may_still_yield_what_is_missing() -> None:
    after = WITHOUT_US.replace("generators: [", f"generators: [{ASKING}, ")

    assert told(SHOP, after) == [("unknown", "shop-us")]


def test_what_an_unknown_generator_yielded_may_have_been_there() -> None:
    before = WITHOUT_US.replace("generators: [", f"generators: [{ASKING}, ")

    assert told(before, SHOP) == [("unknown", "shop-us")]


def test_an_application_that_moves_to_another_set_is_deleted_first() -> None:
    other = SHOP.replace("name: shop,", "name: other,").replace("{name: eu, revision: a}, ", "")
    found = compared([generated(SHOP)], [generated(WITHOUT_US), generated(other)])

    assert [(one.of.appset.name, each.action, each.name) for one in found for each in one.applications] == [
        ("shop", "delete", "shop-us"),
        ("other", "add", "shop-us"),
    ]
    assert found[0].applications[0].notes[-1] == (
        "ApplicationSet other generates it now, and can create it only once it is gone"
    )
