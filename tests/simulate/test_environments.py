"""The environment that an Application or another resource serves: known by a sign, unknown where signs disagree."""

from __future__ import annotations

import pytest

from gitops_lint.config import Config, read_config
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.references import references_of
from gitops_lint.repo.roles import roles_of
from gitops_lint.simulate.environments import Environment, environment_of
from gitops_lint.text.scalars import UNKNOWN

OWN = "https://git.example.com/own.git"


def repo_of(files: dict[str, str], config: str = "") -> Repo:
    tree = MemoryTree(files)
    roles = roles_of(tree)
    facts = [facts_of(load(tree, file, role), references_of) for file, role in roles.items()]
    settings = read_config(config.encode(), ".gitops-lint.yaml") if config else Config()
    return Repo(tree, roles, facts, settings, remote_urls=[OWN])


def application(
    name: str = "shop",
    project: str = "web",
    path: str = "apps/shop",
    namespace: str = "shop",
    cluster: str = "server: https://kubernetes.default.svc",
    labels: str = "{}",
    values: str = "[]",
) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: '{name}', namespace: argocd, labels: {labels}}}\nspec:\n  project: '{project}'\n"
        f"  source: {{repoURL: '{OWN}', path: '{path}', helm: {{valueFiles: {values}}}}}\n"
        f"  destination: {{namespace: '{namespace}', {cluster}}}\n"
    )


def served(files: dict[str, str], config: str = "", kind: str = "Application") -> Environment | object:
    repo = repo_of(files, config)
    (resource,) = repo.resources("argoproj.io", kind)
    return environment_of(repo, resource)


SIGNS = [
    (application(), None),
    (application(name="shop-prod"), ("production", "its name is `shop-prod`")),
    (application(namespace="shop-staging"), ("staging", "its destination namespace is `shop-staging`")),
    (application(project="qa"), ("test", "its project is `qa`")),
    (application(path="apps/shop/overlays/dev"), ("development", "its source path is `apps/shop/overlays/dev`")),
    (application(cluster="name: prod-eu"), ("production", "its cluster is `prod-eu`")),
    (
        application(cluster="server: 'https://dev.k8s.example.com:6443'"),
        ("development", "its cluster is `https://dev.k8s.example.com:6443`"),
    ),
    (application(labels="{environment: prod-eu}"), ("production", "its label `environment` is `prod-eu`")),
    (application(values="[values.yaml, values-prod.yaml]"), ("production", "its values come from `values-prod.yaml`")),
    (
        application(values="[$values/envs/dev/shop.yaml]"),
        ("development", "its values come from `$values/envs/dev/shop.yaml`"),
    ),
    # the strongest sign is told
    (application(name="shop-prod", namespace="prod"), ("production", "its destination namespace is `prod`")),
    # two signs that disagree
    (application(name="shop-prod", namespace="shop-dev"), UNKNOWN),
    (application(labels="{env: blue}", namespace="shop-prod"), UNKNOWN),
    (application(values="[values-dev.yaml, values-prod.yaml]"), UNKNOWN),
    # a template hides one
    (application(namespace="{{ .Values.namespace }}", path="overlays/prod"), UNKNOWN),
    (application(name="{{ name }}", path="overlays/prod"), ("production", "its source path is `overlays/prod`")),
]


@pytest.mark.parametrize(("text", "expected"), SIGNS)
def test_signs_of_an_application(text: str, expected: tuple[str, str] | object) -> None:
    found = served({"argocd/shop.yaml": text})

    assert (found.name, found.because) == expected if isinstance(found, Environment) else found is expected
    if isinstance(found, Environment):
        assert found.production is (found.name == "production")


def test_the_folder_of_the_file_is_a_sign() -> None:
    found = served({"clusters/prod/shop.yaml": application()})

    assert isinstance(found, Environment)
    assert (found.name, found.because, found.node) == ("production", "its file is clusters/prod/shop.yaml", None)


@pytest.mark.parametrize(
    ("overlays", "expected"), [(("prod",), "production"), (("prod", "dev"), UNKNOWN), (("blue",), None)]
)
def test_the_builds_of_the_file_are_signs(overlays: tuple[str, ...], expected: object) -> None:
    files = {
        "base/shop.yaml": application(),
        "base/kustomization.yaml": "resources: [shop.yaml]\n",
        **{f"overlays/{one}/kustomization.yaml": "resources: [../../base]\n" for one in overlays},
    }
    found = served(files)

    assert (found.name if isinstance(found, Environment) else found) == expected


CLUSTER = (
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: c\n"
    "  labels: {argocd.argoproj.io/secret-type: cluster, env: prod}\n"
    "stringData: {name: eu-1, server: 'https://10.0.0.1'}\n"
)


@pytest.mark.parametrize("cluster", ["name: eu-1", "server: https://10.0.0.1"])
def test_the_labels_of_a_cluster_are_signs(cluster: str) -> None:
    found = served({"a.yaml": application(cluster=cluster), "c.yaml": CLUSTER})

    assert isinstance(found, Environment)
    assert (found.name, found.because) == ("production", "its cluster has the label `env: prod`")


CONFIG = """
environments:
  green: {namespaces: [g-*], projects: [green], production: true}
  blue: {clusters: ["eu-*"], cluster-labels: {env: prod}, namespaces: [b-*]}
  sandbox: ["sandbox/**"]
"""

CONFIGURED = [
    (application(namespace="g-shop"), ("green", True)),
    (application(project="green"), ("green", True)),
    (application(namespace="b-shop"), ("blue", False)),
    (application(cluster="name: eu-7"), ("blue", False)),
    (application(cluster="server: https://10.0.0.1"), ("blue", False)),
    (application(path="sandbox/shop"), ("sandbox", False)),
    (application(values="[/sandbox/values.yaml]"), ("sandbox", False)),
    (application(namespace="g-shop", cluster="name: eu-7"), UNKNOWN),
    # only what is configured counts
    (application(name="shop-prod", namespace="shop-prod"), None),
]


@pytest.mark.parametrize(("text", "expected"), CONFIGURED)
def test_with_a_configuration_only_that_counts(text: str, expected: object) -> None:
    found = served({"a.yaml": text, "c.yaml": CLUSTER}, CONFIG)

    assert ((found.name, found.production) if isinstance(found, Environment) else found) == expected


def test_paths_of_other_repositories_are_not_those_of_the_configuration() -> None:
    text = application(path="sandbox/shop").replace(OWN, "https://git.example.com/other.git")

    assert served({"a.yaml": text}, CONFIG) is None


def application_set(selector: str, spec: str = "") -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: shop, namespace: argocd}\nspec:\n"
        f"  generators: [{{clusters: {{selector: {{matchLabels: {selector}}}}}}}]\n  template:\n"
        "    metadata: {name: '{{name}}-shop'}\n    spec:\n      project: web\n"
        "      source: {repoURL: 'https://git.example.com/own.git', path: apps/shop}\n"
        f"      destination: {{server: '{{{{server}}}}', namespace: shop}}\n{spec}"
    )


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("{env: prod}", "production"),
        ("{environment: dev-1}", "development"),
        ("{tier: gold}", UNKNOWN),
        ("{}", UNKNOWN),
    ],
)
def test_an_application_set_serves_what_it_selects(selector: str, expected: object) -> None:
    found = served({"a.yaml": application_set(selector)}, kind="ApplicationSet")

    assert (found.name if isinstance(found, Environment) else found) == expected


@pytest.mark.parametrize(
    ("file", "namespace", "expected"),
    [
        ("apps/shop/overlays/prod/web.yaml", "shop", "production"),
        ("apps/shop/web.yaml", "shop-dev", "development"),
        ("apps/shop/web.yaml", "shop", None),
        ("overlays/dev/web.yaml", "shop-prod", UNKNOWN),
    ],
)
def test_other_resources_are_known_by_namespace_and_folder(file: str, namespace: str, expected: object) -> None:
    repo = repo_of({file: f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: {namespace}}}\n"})
    (resource,) = repo.resources("", "Service")
    found = environment_of(repo, resource)

    assert (found.name if isinstance(found, Environment) else found) == expected
