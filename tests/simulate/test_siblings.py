"""What lacks an environment that the others of its kind have."""

from __future__ import annotations

import pytest

from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of
from gitops_lint.simulate.siblings import Member, lacks, overlay_members, value_file_members


def repo_of(files: dict[str, str]) -> Repo:
    tree = MemoryTree(files)
    roles = roles_of(tree)
    return Repo(tree, roles, [facts_of(load(tree, file, role)) for file, role in roles.items()], remote_urls=[])


ALL = {"development": "dev", "staging": "stg", "production": "prod"}


def members(**things: str) -> list[Member]:
    """Things by name, with the words of their environments."""
    by_word = {word: name for name, word in ALL.items()}
    return [
        Member("", thing, by_word[word], word, f"{thing}/{word}")
        for thing, words in things.items()
        for word in words.split()
    ]


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        ({"a": "dev stg prod", "b": "dev stg prod", "c": "dev stg prod", "d": "dev prod"}, [("d", "stg", "d/prod", 3)]),
        ({"a": "dev stg prod", "b": "dev stg prod", "c": "dev stg prod", "d": "dev stg"}, [("d", "prod", "d/stg", 3)]),
        ({"a": "dev stg prod", "b": "dev stg prod", "c": "dev stg prod"}, []),
        # too few others
        ({"a": "dev stg prod", "b": "dev stg prod", "c": "dev prod"}, []),
        # it has not come further yet
        ({"a": "dev stg prod", "b": "dev stg prod", "c": "dev stg prod", "d": "dev"}, []),
        # two without it: it is no habit
        ({"a": "dev stg prod", "b": "dev stg prod", "c": "dev stg prod", "d": "dev prod", "e": "dev prod"}, []),
        # two environments are all there are
        ({"a": "dev prod", "b": "dev prod", "c": "dev prod", "d": "dev"}, []),
    ],
)
def test_lacks(things: dict[str, str], expected: list[tuple[str, str, str, int]]) -> None:
    assert [(one.thing, one.missing, one.place, one.others) for one in lacks(members(**things))] == expected


def test_overlays_of_both_layouts() -> None:
    folders = ("apps/shop/overlays/prod", "apps/cart/dev", "envs/qa/pay", "apps/base")
    repo = repo_of({f"{folder}/kustomization.yaml": "resources: []\n" for folder in folders})

    assert {(one.circle, one.thing, one.written) for one in overlay_members(repo)} == {
        ("apps of", "apps/shop", "prod"),
        ("apps of", "apps/cart", "dev"),
        ("envs in", "pay", "qa"),
    }


def test_value_files_of_charts() -> None:
    chart = "apiVersion: v2\nname: a\nversion: 1.0.0\n"
    files = (
        "charts/a/values-prod.yaml",
        "charts/a/values/dev.yaml",
        "charts/a/values.yaml",
        "charts/a/templates/prod.yaml",
    )
    repo = repo_of({"charts/a/Chart.yaml": chart, **dict.fromkeys(files, "replicas: 1\n")})

    assert [(one.thing, one.environment, one.place) for one in value_file_members(repo)] == [
        ("charts/a", "production", "charts/a/values-prod.yaml"),
        ("charts/a", "development", "charts/a/values/dev.yaml"),
    ]
