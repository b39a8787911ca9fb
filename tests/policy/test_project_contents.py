"""Lists of kinds, roles and breadth of an AppProject: what matches nothing, what is never asked, what permits too much."""

from __future__ import annotations

import pytest

from gitops_lint.dsl.world import Fact, Part
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary.project_contents import breadth, is_used, kind_mistakes
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of

OPEN = "sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]"


def asked(spec: str, metadata: str = "name: a, namespace: argocd", **files: str) -> tuple[Subject, Repo]:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {{{metadata}}}\nspec: {{{spec}}}\n"
    tree = MemoryTree({"project.yaml": text, **{f"{name}.yaml": each for name, each in files.items()}})
    roles = roles_of(tree)
    repo = Repo(tree, roles, [facts_of(load(tree, file, role)) for file, role in roles.items()], remote_urls=())
    resource = repo.in_file("project.yaml")[0]
    subject = Subject("AppProject", {}, Context(Schemas(), {}, {}), "project.yaml", 0, lambda: resource.root, resource)
    return subject, repo


def problems(found: object) -> list[tuple[object, object]]:
    assert isinstance(found, (list, tuple))
    return [(one.ask("problem"), one.ask("text")) for one in found if isinstance(one, Fact)]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("namespaceResourceBlacklist: [{group: '', kind: Deployment}]", [("group", "Deployment")]),
        ("namespaceResourceBlacklist: [{group: apps, kind: Deployment}]", []),
        ("namespaceResourceBlacklist: [{group: apps/v1, kind: Deployment}]", [("group", "apps/v1")]),
        ("namespaceResourceBlacklist: [{group: '*', kind: Deployment}]", []),
        ("orphanedResources: {ignore: [{group: '', kind: Ingress}]}", [("group", "Ingress")]),
        ("orphanedResources: {ignore: [{group: '', name: x}]}", []),
        ("clusterResourceWhitelist: [{group: apps, kind: Deployment}]", [("scope", "Deployment")]),
        ("clusterResourceWhitelist: [{group: e.com, kind: Widget}]", []),
        ("namespaceResourceBlacklist: [{group: '', kind: Namespace}]", [("scope", "Namespace")]),
        (
            "namespaceResourceBlacklist: [{group: '', kind: Namespace}], clusterResourceBlacklist: [{group: '', kind: 'N*'}]",
            [],
        ),
        (
            "clusterResourceWhitelist: [{group: '', kind: Node}], clusterResourceBlacklist: [{group: '', kind: Node}]",
            [("both", "Node")],
        ),
    ],
)
def test_lists_of_kinds(spec: str, expected: list[tuple[str, str]]) -> None:
    assert problems(kind_mistakes(*asked(spec))) == expected


@pytest.mark.parametrize(
    ("extra", "expected"), [("", True), (", namespaceResourceWhitelist: [{group: '', kind: Pod}]", False)]
)
def test_without_a_whitelist_of_their_own_namespaced_kinds_are_permitted(extra: str, expected: bool) -> None:
    found = kind_mistakes(*asked(f"clusterResourceWhitelist: [{{group: apps, kind: Deployment}}]{extra}"))

    assert [one.ask("harmless") for one in found if isinstance(one, Fact)] == [expected]


def test_a_namespaced_kind_in_a_list_of_the_cluster_is_harmless() -> None:
    found = kind_mistakes(
        *asked("clusterResourceWhitelist: [{group: apps, kind: deployments}, {group: '', kind: ClusterRole}]")
    )

    assert [one.ask("harmless") for one in found if isinstance(one, Fact)] == [True, False]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (OPEN, []),
        (f"{OPEN}, clusterResourceWhitelist: [{{group: '*', kind: '*'}}]", [("everything", "a")]),
        (f"{OPEN}, clusterResourceWhitelist: [{{group: '*', kind: '*'}}], namespaceResourceBlacklist: []", []),
        (f"{OPEN}, sourceNamespaces: [team]", [("argocd", "argocd")]),
        (f"{OPEN}, sourceNamespaces: [argocd]", []),
        ("sourceRepos: ['*'], destinations: [{server: '*', namespace: web}], sourceNamespaces: [team]", []),
        (f"{OPEN}, roles: [{{name: dev, groups: [g]}}]", [("empty-role", "dev")]),
        (f"{OPEN}, roles: [{{name: dev}}]", []),
        ("destinations: [{name: '*', server: https://x, namespace: n}]", [("any-cluster", "name")]),
        ("destinations: [{name: prod, server: '*', namespace: n}]", [("any-cluster", "server")]),
        ("destinations: [{name: prod, server: https://x, namespace: n}]", []),
        ("destinations: [{name: '*', server: '!https://x', namespace: n}]", []),
        ("sourceRepos: [https://github.com/o]", [("no-repository", "https://github.com/o")]),
        ("sourceRepos: [https://github.com/o, https://github.com/o/*]", []),
        ("sourceRepos: [https://github.com/o/r/]", [("no-repository", "https://github.com/o/r/")]),
        ("sourceRepos: [https://github.com/o/r.git, https://charts.example.com/, https://github.com/<org>]", []),
    ],
)
def test_breadth(spec: str, expected: list[tuple[str, str]]) -> None:
    assert problems(breadth(*asked(spec))) == expected


def test_the_default_project_permits_everything_by_its_nature() -> None:
    everything = f"{OPEN}, clusterResourceWhitelist: [{{group: '*', kind: '*'}}]"

    assert problems(breadth(*asked(everything, "name: default, namespace: argocd"))) == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("logs, create", "create"),
        ("logs, get", ""),
        ("logs, '*'", ""),
        ("exec, get", "get"),
        ("exec, create", ""),
        ("applicationsets, sync", "sync"),
        ("applications, sync", ""),
        ("applications, action/apps/Deployment/restart", ""),
        ("repositories, update", ""),
        ("clusters, override", "override"),
    ],
)
def test_actions_of_resources(policy: str, expected: str) -> None:
    text = f"p, proj:a:dev, {policy.replace(chr(39), '')}, a/*, allow"
    found = breadth(*asked(f"{OPEN}, roles: [{{name: dev, policies: ['{text}']}}]"))
    places = [one.at for one in found if isinstance(one, Fact) and isinstance(one.at, Part)]

    assert [one.scalar.text[one.start : one.end] for one in places] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("finalizer", "expected"),
    [
        ("resources-finalizer.argocd.argoproj.io", []),
        ("resources-finalizer.argocd.argoproj.io/foreground", ["finalizer"]),
        ("example.com/keep", []),
    ],
)
def test_finalizers(finalizer: str, expected: list[str]) -> None:
    found = breadth(*asked(OPEN, f"name: a, namespace: argocd, finalizers: [{finalizer}]"))

    assert [problem for problem, _ in problems(found)] == expected


APPLICATION = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x}\nspec: {project: %s}\n"
SET = (
    "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: x}\n"
    "spec: {generators: [%s], template: {spec: {project: %s}}}\n"
)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, True),
        ({"x": APPLICATION % "a"}, True),
        ({"x": APPLICATION % "b"}, False),
        ({"x": APPLICATION % "'{{p}}'"}, True),
        ({"x": SET % ("{list: {elements: []}}", "b")}, False),
        ({"x": SET % ("{list: {elements: [], template: {spec: {project: a}}}}", "b")}, True),
    ],
)
def test_who_uses_it(files: dict[str, str], expected: bool) -> None:
    assert is_used(*asked(OPEN, **files)) is expected
