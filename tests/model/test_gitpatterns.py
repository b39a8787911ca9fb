"""The three ways of matching paths, as path.Match, a Git pathspec and doublestar do it."""

from __future__ import annotations

import pytest

from gitops_lint.model.gitpatterns import directories_matching, files_matching, malformed, paths_matching

DIRECTORIES = ["apps", "apps/web", "apps/web/base", "apps/.hidden", "apps/api", "charts"]
FILES = ["apps/web/config.json", "apps/web/deep/config.json", "apps/config.json", "top.yaml"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("apps/*", ["apps/web", "apps/api"]),
        ("apps/**", ["apps/web", "apps/api"]),
        ("*", ["apps", "charts"]),
        ("apps/*/*", ["apps/web/base"]),
        ("apps/[^w]*", ["apps/api"]),
        ("apps/[!w]*", ["apps/web"]),
        ("apps/w?b", ["apps/web"]),
        ("{apps,charts}", []),
        ("./apps", []),
        ("apps/", []),
        ("apps/.hidden", []),
        ("apps/[a-", []),
    ],
)
def test_directories(pattern: str, expected: list[str]) -> None:
    assert directories_matching(pattern, DIRECTORIES) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("apps/*/config.json", ["apps/web/config.json", "apps/web/deep/config.json"]),
        ("apps/**/config.json", ["apps/web/config.json", "apps/web/deep/config.json"]),
        ("apps/web", ["apps/web/config.json", "apps/web/deep/config.json"]),
        ("./top.yaml", ["top.yaml"]),
        ("*.json", ["apps/web/config.json", "apps/web/deep/config.json", "apps/config.json"]),
        ("nothing/*", []),
    ],
)
def test_files_as_a_pathspec(pattern: str, expected: list[str]) -> None:
    assert files_matching(pattern, FILES) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("apps/*/config.json", ["apps/web/config.json"]),
        ("apps/**/config.json", ["apps/web/config.json", "apps/web/deep/config.json", "apps/config.json"]),
        ("{top,other}.yaml", ["top.yaml"]),
        ("**", FILES),
    ],
)
def test_files_with_the_newer_globbing(pattern: str, expected: list[str]) -> None:
    assert paths_matching(pattern, FILES) == expected


@pytest.mark.parametrize(
    ("pattern", "refused"),
    [("[a", True), ("[]", True), ("[a-]", True), ("a\\", True), ("[a-c]", False), ("a\\*", False), ("[^a]", False)],
)
def test_malformed_patterns(pattern: str, refused: bool) -> None:
    assert (malformed(pattern) is not None) == refused
