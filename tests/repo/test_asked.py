"""What can be asked of a repository's folder, roles and kustomizations can be asked while notes are taken, and is noted."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_lint.repo.asked import Asked, AskedKustomizations, AskedRoles, AskedTree
from gitops_lint.repo.discover import Tree, WorkingTree
from gitops_lint.repo.kustomizations import Kustomizations
from gitops_lint.repo.roles import Roles


@pytest.mark.parametrize(
    ("facade", "given"),
    [(AskedTree, WorkingTree), (AskedTree, Tree), (AskedKustomizations, Kustomizations), (AskedRoles, Roles)],
)
def test_every_question_is_answered_by_whoever_knows(facade: type, given: type) -> None:
    public = {name for name in vars(given) if not name.startswith("_")}
    assert public - set(vars(facade)) == set()


def test_every_file_is_a_question_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "left-out.yaml").write_text("a: 1\n")
    asked = Asked()
    tree = AskedTree(WorkingTree(tmp_path, ("left-out.yaml",)), asked)
    (files, every), step = asked.step(lambda: (tuple(tree.files()), tuple(tree.every_file())))
    assert (files, every) == ((), ("left-out.yaml",))
    assert step.needs == {("tree.files",), ("tree.every_file",)}
