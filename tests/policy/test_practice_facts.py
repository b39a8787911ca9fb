"""What facts about many Applications say: names in short, revisions that move, environments of generators, copies."""

from __future__ import annotations

import pytest

from gitops_lint.dsl.world import Fact
from gitops_lint.model.argocd import application_sources
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary.application_groups import in_short
from gitops_lint.policy.vocabulary.environments import made_environments
from gitops_lint.policy.vocabulary.production import moving
from gitops_lint.policy.vocabulary.siblings import copies
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of
from gitops_lint.text.nodes import Scalar, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING


def repo_of(files: dict[str, str]) -> Repo:
    tree = MemoryTree(files)
    roles = roles_of(tree)
    return Repo(tree, roles, [facts_of(load(tree, file, role)) for file, role in roles.items()], remote_urls=[])


def subject_of(repo: Repo, kind: str, name: str) -> Subject:
    (resource,) = repo.named("argoproj.io", kind, name)
    return Subject(kind, {}, Context(Schemas(), {}, repo=repo), resource.file, 0, lambda: resource.root, resource)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a"], "`a`"),
        (["a", "b"], "`a` and `b`"),
        (["a", "b", "c", "d"], "`a`, `b`, `c` and `d`"),
        (["a", "b", "c", "d", "e"], "`a`, `b` and 3 more"),
        (["a", "a", "a"], "`a` and 2 more"),
        (["a", "a", "b"], "`a`, `b` and 1 more"),
    ],
)
def test_names_in_short(names: list[str], expected: str) -> None:
    assert in_short(names) == expected


@pytest.mark.parametrize(
    ("revision", "branch"),
    [
        ("", "HEAD"),
        ("targetRevision: HEAD", "HEAD"),
        ("targetRevision: main", "main"),
        ("targetRevision: feature/cart", "feature/cart"),
        ("targetRevision: refs/heads/release-1.4", "release-1.4"),
        ("targetRevision: release-1.4", None),
        ("targetRevision: v1.4.0", None),
        ("targetRevision: 1f0c2d3e4b5a69788796a5b4c3d2e1f00f1e2d3c", None),
        ("targetRevision: refs/tags/stable", None),
        ("targetRevision: '*'", None),
        ("targetRevision: '{{branch}}'", None),
        ("targetRevision: main\n  chart: shop", None),
    ],
)
def test_revisions_that_move(revision: str, branch: str | None) -> None:
    text = f"source:\n  repoURL: https://git.example.com/a.git\n  path: x\n  {revision}\n"
    (document,) = parse_yaml(Source(text)).documents
    (source,) = application_sources(document.root if document.root is not None else MISSING)

    assert moving(source) == branch


@pytest.mark.parametrize(
    ("generators", "expected"),
    [
        (
            "[{list: {elements: [{env: dev}, {env: prod}, {env: prod}]}}]",
            [("development", "dev"), ("production", "prod")],
        ),
        # the key for it tells, whatever other values say
        ("[{list: {elements: [{env: prod, tier: x, name: test}]}}]", [("production", "prod")]),
        ("[{list: {elements: [{name: live, url: u}]}}]", [("production", "live")]),
        ("[{list: {elements: [{name: shop}]}}]", []),
        ("[{list: {elements: [{cluster: c, values: {name: a-dev, path: overlays/dev}}]}}]", [("development", "a-dev")]),
        ("[{list: {elements: [{name: a-dev, path: overlays/prod}]}}]", []),
        ("[{list: {elements: [{url: 'https://prod.example.com'}]}}]", []),
        ("[{clusters: {selector: {matchLabels: {env: prod-eu}}}}]", [("production", "prod-eu")]),
        (
            "[{clusters: {selector: {matchExpressions: [{key: fleet, operator: In, values: [production, staging]}]}}}]",
            [("production", "production"), ("staging", "staging")],
        ),
        ("[{clusters: {selector: {matchExpressions: [{key: env, operator: NotIn, values: [production]}]}}}]", []),
        ("[{git: {directories: [{path: 'overlays/prod/*'}]}}]", [("production", "overlays/prod/*")]),
        ("[{git: {directories: [{path: 'overlays/prod/*', exclude: true}]}}]", []),
        (
            "[{merge: {mergeKeys: [name], generators: [{list: {elements: [{name: dev}]}}, {list: {elements: [{name: prod}]}}]}}]",
            [("development", "dev")],
        ),
        ("[{matrix: {generators: [{list: {elements: [{stage: uat}]}}, {clusters: {}}]}}]", [("staging", "uat")]),
    ],
)
def test_environments_that_generators_name(generators: str, expected: list[tuple[str, str]]) -> None:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: shop}\n"
        f"spec:\n  generators: {generators}\n  template: {{metadata: {{name: a}}, spec: {{project: web}}}}\n"
    )
    repo = repo_of({"a.yaml": text})
    found = made_environments(subject_of(repo, "ApplicationSet", "shop"), repo)

    assert [(one.fields["name"], one.fields["written"]) for one in found if isinstance(one, Fact)] == expected


def application(name: str, environment: str, more: str = "") -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}}}\nspec:\n  project: web\n"
        f"  source: {{repoURL: https://git.example.com/a.git, path: overlays/{environment}, targetRevision: {name}}}\n"
        f"  destination: {{name: k8s-{name}-{environment}, namespace: shop-{environment}}}\n{more}"
    )


THREE = ("dev", "staging", "prod")


@pytest.mark.parametrize(
    ("applications", "expected"),
    [
        ([application(f"shop-{one}", one) for one in THREE], ("`shop-dev`, `shop-prod` and `shop-staging`", 2, 0)),
        ([application(f"shop-{one}", one) for one in THREE[:2]], None),
        # copies of one name belong to different Argo CDs
        ([application("shop", one) for one in THREE], None),
        ([application(f"shop-{one}", one, f"  info: [{{name: a, value: {one}s}}]\n") for one in THREE], None),
    ],
)
def test_copies(applications: list[str], expected: tuple[str, int, int] | None) -> None:
    files = {f"{name.split('name: ')[1].split('}')[0]}-{number}.yaml": name for number, name in enumerate(applications)}
    repo = repo_of(files)
    found: list[object] = []
    for one in repo.resources("argoproj.io", "Application"):
        subject = Subject("Application", {}, Context(Schemas(), {}, repo=repo), one.file, 0, one.root, one)
        found += copies(subject, repo)
    told = [(one.fields["who"], one.fields["count"], one.fields["more"]) for one in found if isinstance(one, Fact)]

    assert told == ([expected] if expected is not None else [])
    assert all(isinstance(one.at, Scalar) for one in found if isinstance(one, Fact))
