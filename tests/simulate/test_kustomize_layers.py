"""What a kustomization works on: names of every layer, what components do, and when nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of
from gitops_lint.simulate.layers import Layer, inputs

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"


def layer(files: Mapping[str, str], directory: str = "app") -> Layer:
    tree = MemoryTree(files)
    roles = roles_of(tree)
    repo = Repo(tree, roles, [facts_of(load(tree, file, roles.of(file))) for file in tree.files()], remote_urls=())
    one = repo.kustomizations.at(directory)
    assert one is not None
    return inputs(repo, one)


def test_every_name_that_a_lower_layer_gave_counts() -> None:
    files = {
        "app/kustomization.yaml": "namePrefix: z-\nresources: [../base]\n",
        "base/kustomization.yaml": "namePrefix: x-\nnamespace: shop\nresources: [web.yaml]\n",
        "base/web.yaml": CONFIG,
    }

    found = layer(files)

    assert found.unseen == ""
    assert [(one.names, one.namespaces) for one in found.members] == [(("web", "x-web"), (None, "shop"))]


def test_a_component_renames_what_came_before_it() -> None:
    files = {
        "app/kustomization.yaml": "resources: [web.yaml]\ncomponents: [../part]\n",
        "app/web.yaml": CONFIG,
        "part/kustomization.yaml": "kind: Component\nnameSuffix: -x\n",
    }

    assert [one.name for one in layer(files).members] == ["web-x"]


def test_generators_add_what_they_create() -> None:
    files = {
        "app/kustomization.yaml": "configMapGenerator:\n- name: a\n- name: b\n  behavior: merge\n",
    }

    assert [(one.name, one.hashed) for one in layer(files).members] == [("a", True)]


@pytest.mark.parametrize(
    ("kustomization", "why"),
    [
        (
            "resources: ['https://github.com/o/r//x?ref=1']\n",
            "`https://github.com/o/r//x?ref=1` lies outside of this repository",
        ),
        ("resources: [gone.yaml]\n", "`gone.yaml` could not be read"),
        ("resources: [token.yaml]\n", "a name in `token.yaml` is a template"),
        ("kind: Component\nresources: [web.yaml]\n", "a component works on what includes it"),
    ],
)
def test_what_makes_a_layer_unknown(kustomization: str, why: str) -> None:
    files = {
        "app/kustomization.yaml": kustomization,
        "app/web.yaml": CONFIG,
        "app/token.yaml": CONFIG.replace("web", "'{{ .name }}'"),
    }

    assert layer(files).unseen == why
