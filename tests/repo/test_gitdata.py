"""Git's own files: remotes, tracked paths, URLs that mean the same repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from dulwich import porcelain
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.repo.gitdata import normalise_url, remotes, top_level, tracked

SAME = [
    "https://github.com/org/shop.git",
    "https://github.com/org/shop",
    "https://github.com/org/shop/",
    "https://GitHub.com/Org/Shop.git",
    "http://github.com/org/shop",
    "https://user:token@github.com/org/shop.git",
    "https://github.com:443/org/shop.git",
    "git@github.com:org/shop.git",
    "git@github.com:/org/shop.git",
    "ssh://git@github.com/org/shop.git",
    "ssh://git@github.com:22/org/shop",
    "git://github.com/org/shop.git",
    "github.com:org/shop",
    "https://github.com/org//shop?ref=main",
]


@pytest.mark.parametrize("url", SAME)
def test_ways_of_writing_one_repository_are_equal(url: str) -> None:
    assert normalise_url(url) == "github.com/org/shop"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://gitlab.example.com:8443/group/sub/shop.git", "gitlab.example.com:8443/group/sub/shop"),
        ("https://dev.azure.com/org/project/_git/shop", "dev.azure.com/org/project/_git/shop"),
        ("ssh://git@bitbucket.example.com:7999/shop/app.git", "bitbucket.example.com/shop/app"),
        ("{{.repoURL}}", "{{.repourl}}"),
        ("", ""),
        ("../shop.git", "../shop"),
        ("git@[::1]:org/shop.git", "[::1]/org/shop"),
    ],
)
def test_other_urls_keep_what_tells_them_apart(url: str, expected: str) -> None:
    assert normalise_url(url) == expected


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_and_never_fails(url: str) -> None:
    assert isinstance(normalise_url(url), str)


def test_remotes_are_read_from_the_folder_or_above(tmp_path: Path) -> None:
    repo = porcelain.init(str(tmp_path))
    repo.close()
    config = tmp_path / ".git" / "config"
    config.write_text(
        '[core]\n\tbare = false\n[include]\n\tpath = /etc/passwd\n[remote "origin"]\n\turl = git@h:o/r.git\n'
        '\tfetch = +refs/heads/*:refs/remotes/origin/*\n[remote "up"]\n\turl = "https://h/up/r"\n'
    )
    (tmp_path / "apps").mkdir()

    assert remotes(tmp_path / "apps") == ["git@h:o/r.git", "https://h/up/r"]


def test_a_worktree_has_the_remotes_of_its_repository(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    data = main / ".git" / "worktrees" / "tree"
    data.mkdir(parents=True)
    tree.mkdir()
    (main / ".git" / "config").write_text('[remote "origin"]\n\turl = https://h/o/r\n')
    (data / "commondir").write_text("../..\n")
    (tree / ".git").write_text(f"gitdir: {data}\n")

    assert remotes(tree) == ["https://h/o/r"]


@pytest.mark.parametrize("text", ["[remote", "\x00\xff", '[remote "a"]\nurl'])
def test_a_broken_git_config_has_no_remotes(tmp_path: Path, text: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(text, encoding="latin-1")

    assert remotes(tmp_path) == []


def test_no_git_means_no_remotes_and_no_top_level(tmp_path: Path) -> None:
    assert (remotes(tmp_path), top_level(tmp_path), tracked(tmp_path)) == ([], None, frozenset())


def test_tracked_are_the_paths_of_the_index(tmp_path: Path) -> None:
    repo = porcelain.init(str(tmp_path))
    names = ["a.yaml", "deep/er/b.yaml", "deep/er/bb.yaml", "z" * 70 + ".yaml"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a: 1\n")
    porcelain.add(repo, [str(tmp_path / name) for name in names])
    repo.close()

    assert tracked(tmp_path) == frozenset(names)


@given(st.binary(max_size=200))
def test_a_broken_index_tracks_nothing(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("index")
    (folder / ".git").mkdir()
    (folder / ".git" / "index").write_bytes(b"DIRC\0\0\0\2\0\0\0\5" + data)

    assert isinstance(tracked(folder), frozenset)


def test_version_4_of_the_index_shares_the_beginning_of_names(tmp_path: Path) -> None:
    entry = bytes(60) + (5).to_bytes(2, "big")
    data = b"DIRC" + (4).to_bytes(4, "big") + (2).to_bytes(4, "big")
    data += entry + b"\0apps/a.yaml\0" + entry + b"\x06b.yaml\0"
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(data)

    assert tracked(tmp_path) == {"apps/a.yaml", "apps/b.yaml"}
