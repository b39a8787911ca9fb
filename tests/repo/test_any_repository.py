"""Whatever a repository holds, reading it never fails, and the places it names are places of its text."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.kustomization import read_kustomization
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of
from gitops_lint.repo.shown import show_files

_FIELDS = [
    "apiVersion",
    "kind",
    "metadata",
    "spec",
    "namespace",
    "namePrefix",
    "nameSuffix",
    "resources",
    "bases",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "generators",
    "transformers",
    "validators",
    "configurations",
    "crds",
    "openapi",
    "replacements",
    "vars",
    "images",
    "replicas",
    "labels",
    "commonLabels",
    "commonAnnotations",
    "configMapGenerator",
    "secretGenerator",
    "generatorOptions",
    "helmCharts",
]
_INNER = [
    "name",
    "path",
    "patch",
    "target",
    "select",
    "targets",
    "fieldPaths",
    "options",
    "op",
    "pairs",
    "files",
    "envs",
    "env",
    "literals",
    "valuesFile",
    "newTag",
    "kind",
    "group",
    "source",
    "sources",
    "repoURL",
    "helm",
    "valueFiles",
    "directory",
    "recurse",
    "generators",
    "git",
    "list",
    "matrix",
    "items",
    "labels",
    "data",
]
_TEXTS = st.sampled_from(
    [
        "a.yaml",
        "../b",
        "x/kustomization.yaml",
        "Component",
        "List",
        "Application",
        "argoproj.io/v1alpha1",
        "v1",
        "{{ x }}",
        "",
        "(",
        "*",
    ]
)
_VALUES = st.recursive(
    _TEXTS | st.none() | st.booleans() | st.integers(-1, 3),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(_INNER + _FIELDS), below, max_size=4),
    max_leaves=12,
)
_DOCUMENTS = st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=6)
_NAMES = st.sampled_from(
    ["kustomization.yaml", "a.yaml", "b/kustomization.yaml", "x/kustomization.yaml", "b/a.yaml", "Chart.yaml"]
)


@settings(max_examples=150, deadline=None)
@given(contents=st.dictionaries(_NAMES, _DOCUMENTS, max_size=4))
def test_reading_never_fails(contents: dict[str, dict[str, object]]) -> None:
    files = {name: json.dumps(document) for name, document in contents.items()}
    tree = MemoryTree(files)
    roles = roles_of(tree)
    repo = Repo(tree, roles, [facts_of(load(tree, file, role)) for file, role in roles.items()], remote_urls=())
    for resource in repo.all_resources():
        repo.namespace_of(resource)
        repo.names_of(resource)
        repo.is_orphan(resource.file)
        assert resource.root is not None
    show_files(repo)
    for one in repo.kustomizations.all():
        text = files[one.file]
        for entry in one.entries:
            # what a plugin's file names has its place in the kustomization that lists the plugin
            assert 0 <= entry.start <= entry.end <= len(text)
            if entry.field not in ("helmCharts.valuesFile", "generators.files"):
                assert json.dumps(entry.text)[1:-1] in text[entry.start : entry.end]
        assert read_kustomization(repo.tree, one.file) == one
        repo.kustomizations.unseen_in(one.directory)
