"""Small repositories in memory, loaded as a run loads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from gitops_lint.config import Config
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of

MakeRepo = Callable[..., Repo]


def make_repo(files: Mapping[str, str], remotes: Sequence[str] = (), config: Config | None = None) -> Repo:
    tree = MemoryTree(files)
    roles = roles_of(tree)
    return Repo(
        tree, roles, [facts_of(load(tree, file, role)) for file, role in roles.items()], config, remote_urls=remotes
    )


@pytest.fixture
def repo_of() -> MakeRepo:
    return make_repo
