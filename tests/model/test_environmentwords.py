"""What names, clusters, hosts and folders say of an environment, and where they say nothing certain."""

from __future__ import annotations

import pytest

from gitops_lint.model.environmentwords import in_cluster, in_folders, in_host, in_name, whole_word, without_words


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("prod", "production"),
        ("Production", "production"),
        ("live", "production"),
        ("prod2", "production"),
        ("uat", "staging"),
        ("stage", "staging"),
        ("dev", "development"),
        ("qa", "test"),
        ("shop", None),
        ("shop-prod", None),
        ("", None),
    ],
)
def test_a_whole_word(text: str, environment: str | None) -> None:
    assert whole_word(text) == environment


UNSURE = "unsure"


def said(found: object) -> str | None:
    environment = getattr(found, "environment", None)
    return None if found is None else environment or UNSURE


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("shop-prod", "production"),
        ("prod-shop", "production"),
        ("shop-prod-eu-1", "production"),
        ("shop_live", "production"),
        ("shop-dev", "development"),
        ("shop-dev-2", "development"),
        ("shop-test", "test"),
        ("shop-pre-prod", "staging"),
        ("preprod-shop", "staging"),
        # tools, which have a word in their name
        ("dev-portal", None),
        ("live-chat", None),
        ("test-runner", None),
        ("stage-manager", None),
        ("product", None),
        ("reproducer", None),
        # the last word counts where it is an environment as well
        ("dev-portal-prod", "production"),
        # what is not one environment
        ("shop-nonprod", UNSURE),
        ("shop-non-prod", UNSURE),
        ("cicd-dev-stage-prod", UNSURE),
        ("prod-to-staging", UNSURE),
        ("dev-stage", UNSURE),
    ],
)
def test_a_name(name: str, environment: str | None) -> None:
    assert said(in_name(name)) == environment


@pytest.mark.parametrize(
    ("cluster", "environment"),
    [
        ("dev-cluster", "development"),
        ("live-eu", "production"),
        ("eks-prod-1", "production"),
        ("in-cluster", None),
        ("dev-and-test", UNSURE),
    ],
)
def test_a_cluster(cluster: str, environment: str | None) -> None:
    assert said(in_cluster(cluster)) == environment


@pytest.mark.parametrize(
    ("host", "environment"),
    [
        ("prod.k8s.example.com", "production"),
        ("api.ocp-staging.massive.example", "staging"),
        ("prod", "production"),
        # the domain is somebody's
        ("cluster.dev", None),
        ("api.cluster.dev", None),
        ("live.com", None),
    ],
)
def test_a_host(host: str, environment: str | None) -> None:
    assert said(in_host(host)) == environment


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        ("apps/shop/overlays/prod", "production"),
        ("apps/prod/shop", "production"),
        ("overlays/prod-eu/shop", "production"),
        ("clusters/dev-hub", "development"),
        ("clusters/cluster-3-stage/apps", "staging"),
        ("apps/load-test", None),
        ("test/fixtures", "test"),
        ("apps/shop/base", None),
        ("./prod", "production"),
        ("overlays/prod/apps/dev", UNSURE),
    ],
)
def test_folders(path: str, environment: str | None) -> None:
    assert said(in_folders(path.split("/"))) == environment


def test_copies_look_alike_without_their_words() -> None:
    assert without_words("shop-prod.example.com/dev") == without_words("shop-dev.example.com/staging")
    assert without_words("product-dev") == "product-\0"
