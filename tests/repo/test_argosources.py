"""What Argo CD reads of a repository: sources, value files, patterns of git generators."""

from __future__ import annotations

import pytest

from gitops_lint.repo.argosources import (
    Written,
    generators_in,
    matching,
    mentions_sources,
    source_path,
    sources_in,
    value_file_paths,
)
from gitops_lint.repo.globs import any_of
from gitops_lint.repo.load import load_bytes

APPLICATION = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  destination: {server: https://prod, namespace: shop}
  sources:
    - repoURL: https://h/o/charts
      chart: web
      targetRevision: 1.2.3
      helm:
        ignoreMissingValueFiles: true
        valueFiles: [$values/env/prod.yaml, local.yaml, https://h/x.yaml, secrets://y.yaml]
    - repoURL: https://h/o/r
      ref: values
    - repoURL: https://h/o/r
      path: ./apps/web/
      directory: {recurse: true, include: '*.yaml', exclude: 'x/*'}
"""

SET = """
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec:
  generators:
    - matrix:
        generators:
          - git:
              repoURL: https://h/o/r
              files: [{path: 'clusters/*.yaml'}, {path: clusters/old.yaml, exclude: true}]
          - merge:
              generators:
                - git: {repoURL: https://h/o/r, directories: [{path: 'apps/*'}]}
                - list: {elements: []}
    - git: null
    - clusters: {}
  template:
    metadata: {name: x}
    spec:
      source: {repoURL: https://h/o/r, path: 'apps/{{name}}', kustomize: {namePrefix: a-}}
      destination: {name: in-cluster}
"""


def test_sources_of_an_application() -> None:
    chart, values, folder = sources_in(load_bytes(APPLICATION.encode(), "a.yaml"))

    assert (chart.words(), chart.index, chart.tool, chart.ignore_missing_value_files) == (
        "Application shop",
        0,
        "helm",
        True,
    )
    assert (chart.chart.text if chart.chart else None, chart.target_revision, source_path(chart)) == (
        "web",
        "1.2.3",
        None,
    )
    assert (values.ref, values.path) == ("values", None)
    assert (folder.tool, folder.recurse, folder.include, folder.exclude) == ("directory", True, "*.yaml", "x/*")
    assert (folder.destination_server, folder.destination_namespace, folder.destination_name) == (
        "https://prod",
        "shop",
        None,
    )
    assert source_path(folder) == "apps/web"
    assert folder.path is not None
    assert APPLICATION[folder.path.start : folder.path.end] == "./apps/web/"


def test_value_files_with_their_paths() -> None:
    uses = list(sources_in(load_bytes(APPLICATION.encode(), "a.yaml")))

    assert [(one.text, path) for one, path in value_file_paths(uses[0], uses)] == [
        ("$values/env/prod.yaml", "env/prod.yaml")
    ]


def test_the_template_of_a_set_is_a_source_with_tokens() -> None:
    (use,) = sources_in(load_bytes(SET.encode(), "a.yaml"))

    assert (use.words(), use.index, use.tool, use.templated) == ("ApplicationSet all", None, "kustomize", True)
    assert source_path(use) is None


def test_git_generators_are_found_at_any_depth() -> None:
    files, directories = generators_in(load_bytes(SET.encode(), "a.yaml"))

    assert (files.field, [(one.text, exclude) for one, exclude in files.patterns]) == (
        "files",
        [("clusters/*.yaml", False), ("clusters/old.yaml", True)],
    )
    assert (directories.field, [one.text for one, _ in directories.patterns]) == ("directories", ["apps/*"])
    assert matching(files.patterns, ["clusters/a.yaml", "clusters/old.yaml", "x.yaml"]) == ["clusters/a.yaml"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("apps", "apps"),
        (".", ""),
        ("''", ""),
        ("./a/../b", "b"),
        ("..", None),
        ("a/../../b", None),
        ("/a", None),
        ("'{{x}}'", None),
    ],
)
def test_the_folder_of_a_source(path: str, expected: str | None) -> None:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {{source: {{repoURL: u, path: {path}}}}}\n"
    (use,) = sources_in(load_bytes(text.encode(), "a.yaml"))

    assert source_path(use) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (APPLICATION, True),
        (SET, True),
        ("kind: Application\n", False),
        ("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n", False),
    ],
)
def test_a_text_search_finds_files_with_sources(data: str, expected: bool) -> None:
    assert mentions_sources(data.encode()) is expected


@pytest.mark.parametrize(
    "spec",
    ["null", "[]", "{source: x}", "{sources: [1, {}]}", "{source: {helm: {valueFiles: {a: b}}}}", "{template: []}"],
)
def test_specs_of_wrong_types_name_little(spec: str) -> None:
    for kind in ("Application", "ApplicationSet"):
        text = f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nspec: {spec}\n"
        loaded = load_bytes(text.encode(), "a.yaml")

        assert all(use.path is None for use in sources_in(loaded))
        assert list(generators_in(loaded)) == []


GLOBS: list[tuple[str, str, bool]] = [
    ("apps/*/config.json", "apps/a/config.json", True),
    ("apps/*/config.json", "apps/a/b/config.json", True),  # a Git pathspec: `*` also matches `/`
    ("apps/**/config.json", "apps/config.json", True),  # doublestar: no folder as well
    ("apps/**", "apps/a/b.yaml", True),
    ("apps", "apps/a/b.yaml", True),
    ("apps/", "apps/a/b.yaml", True),
    ("./apps/a.yaml", "apps/a.yaml", True),
    ("apps", "appsx/a.yaml", False),
    ("apps/?.yaml", "apps/a.yaml", True),
    ("apps/?.yaml", "apps/ab.yaml", False),
    ("apps/[ab].yaml", "apps/b.yaml", True),
    ("apps/[!ab].yaml", "apps/b.yaml", False),
    ("apps/{a,b}.yaml", "apps/b.yaml", True),
    ("apps/{a,b}.yaml", "apps/c.yaml", False),
    ("apps/{{name}}.yaml", "apps/x.yaml", True),
    ("apps/{{name}}.yaml", "apps/x.json", False),
    ("apps/${ENV}.yaml", "apps/x.yaml", True),
    ("apps/a.yaml", "apps/aXyaml", False),
    (r"apps/\*.yaml", "apps/*.yaml", True),
    (r"apps/\*.yaml", "apps/a.yaml", False),
    ("apps/[", "apps/[", True),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), GLOBS)
def test_globs_in_the_wide_sense(pattern: str, path: str, expected: bool) -> None:
    assert any_of([pattern])(path) is expected


def test_one_of_several_patterns_suffices() -> None:
    named = any_of(["a/*.yaml", "b.yaml", "c/**"])

    assert [named(path) for path in ("a/x.yaml", "b.yaml", "c/d/e", "d")] == [True, True, True, False]
    assert not any_of([])("a")


def test_exclusion_by_a_token_excludes_nothing() -> None:
    patterns = [(Written("*.yaml", 0, 0), False), (Written("{{x}}.yaml", 0, 0), True)]

    assert matching(patterns, ["a.yaml"]) == ["a.yaml"]
