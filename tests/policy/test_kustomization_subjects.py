"""A file by the name of a kustomization is one subject more only where it holds a mapping."""

from __future__ import annotations

import pytest

from gitops_lint.config import Config
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.binding import Binder
from gitops_lint.policy.subjects import Context
from gitops_lint.policy.vocabulary import GitopsVocabulary
from gitops_lint.repo.load import load_bytes
from gitops_lint.repo.role import Role


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("resources: []\n", ["File", "Document", "Kustomization"]),
        ("kind: Component\n", ["File", "Document", "Component"]),
        ("- op: replace\n", ["File", "Document"]),
        ("text\n", ["File", "Document"]),
        ("", ["File"]),
        ("resources: []\n---\n- a\n", ["File", "Document", "Kustomization", "Document"]),
    ],
)
def test_subjects_of_a_kustomization(text: str, kinds: list[str]) -> None:
    schemas = Schemas({}, Config().schema_locations, ())
    binder = Binder(GitopsVocabulary(schemas), Context(schemas, {}))
    loaded = load_bytes(text.encode(), "kustomization.yaml", Role("kustomization"))

    assert [one.kind for one in binder.of_file(loaded)] == kinds
