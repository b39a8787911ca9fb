"""Which files there are: what Git would track, links, limits, the root of a run."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from gitops_lint.config import Limits
from gitops_lint.errors import UsageError
from gitops_lint.repo.discover import MemoryTree, WorkingTree, find_root, is_candidate, relative_paths


def make(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.yaml": "", "b/c.yml": ""}, ["a.yaml", "b/c.yml"]),
        ({"b.yaml": "", "a/z.yaml": "", "a.yaml": ""}, ["a.yaml", "a/z.yaml", "b.yaml"]),
        (
            {".gitignore": "*.tmp.yaml\n", "a.tmp.yaml": "", "b/a.tmp.yaml": "", "b/a.yaml": ""},
            [".gitignore", "b/a.yaml"],
        ),
        ({".gitignore": "/a.yaml\n", "a.yaml": "", "b/a.yaml": ""}, [".gitignore", "b/a.yaml"]),
        (
            {".gitignore": "out/\n", "out/a.yaml": "", "b/out/a.yaml": "", "b/out.yaml": ""},
            [".gitignore", "b/out.yaml"],
        ),
        ({".gitignore": "out/\n!out/a.yaml\n", "out/a.yaml": "", "b.yaml": ""}, [".gitignore", "b.yaml"]),
        ({".gitignore": "*.yaml\n!keep.yaml\n", "a.yaml": "", "b/keep.yaml": ""}, [".gitignore", "b/keep.yaml"]),
        (
            {".gitignore": "*.yaml\n", "b/.gitignore": "!a.yaml\n", "a.yaml": "", "b/a.yaml": "", "b/c.yaml": ""},
            [".gitignore", "b/.gitignore", "b/a.yaml"],
        ),
        ({"b/.gitignore": "/a.yaml\n", "a.yaml": "", "b/a.yaml": ""}, ["a.yaml", "b/.gitignore"]),
        ({".gitignore": "# a.yaml\n\n", "a.yaml": ""}, [".gitignore", "a.yaml"]),
        ({".gitignore": "!\na.yaml\n", "a.yaml": "", "b.yaml": ""}, [".gitignore", "b.yaml"]),
        ({".git/config": "", ".git/info/exclude": "a.yaml\n", "a.yaml": "", "b.yaml": ""}, ["b.yaml"]),
        ({".hidden/a.yaml": "", ".harness/p.yaml": ""}, [".harness/p.yaml", ".hidden/a.yaml"]),
    ],
)
def test_files_are_what_git_would_track(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    assert list(WorkingTree(make(tmp_path, files)).files()) == expected


def test_patterns_above_the_root_count(tmp_path: Path) -> None:
    make(tmp_path, {".git/HEAD": "", ".gitignore": "/apps/secret.yaml\n", "apps/secret.yaml": "", "apps/a.yaml": ""})

    assert list(WorkingTree(tmp_path / "apps").files()) == ["a.yaml"]


def test_a_tracked_file_is_read_although_it_is_ignored(tmp_path: Path) -> None:
    from dulwich import porcelain

    make(tmp_path, {"out/a.yaml": "a: 1", "out/b.yaml": "b: 1"})
    repo = porcelain.init(str(tmp_path))
    porcelain.add(repo, [str(tmp_path / "out" / "a.yaml")])
    repo.close()
    make(tmp_path, {".gitignore": "out/\n*.yaml\n"})

    assert list(WorkingTree(tmp_path).files()) == [".gitignore", "out/a.yaml"]


def test_excluded_files_exist_but_are_not_read(tmp_path: Path) -> None:
    tree = WorkingTree(make(tmp_path, {"a.yaml": "", "vendor/b.yaml": ""}), ["vendor/"])

    assert list(tree.files()) == ["a.yaml"]
    assert tree.exists("vendor/b.yaml")
    assert tree.is_directory("vendor")
    assert tree.unseen("vendor/b.yaml") == "it is excluded by the configuration"
    assert tree.unseen("a.yaml") is None


def test_a_nested_repository_is_not_read_and_nobody_knows_what_is_in_it(tmp_path: Path) -> None:
    tree = WorkingTree(make(tmp_path, {"a.yaml": "", "sub/.git": "gitdir: ../.git/modules/sub\n", "sub/b.yaml": ""}))

    assert list(tree.files()) == ["a.yaml"]
    assert [(one.file, one.kind) for one in tree.skipped] == [("sub", "nested-repository")]
    assert tree.unseen("sub/b.yaml") is not None
    assert tree.is_directory("sub")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_inside_are_names_and_links_outside_are_refused(tmp_path: Path) -> None:
    root = make(tmp_path / "repo", {"base/a.yaml": "a: 1", ".git/config": ""})
    outside = make(tmp_path / "outside", {"secret.yaml": "s: 1"})
    (root / "link").symlink_to("base")
    (root / "one.yaml").symlink_to("base/a.yaml")
    (root / "away").symlink_to(outside)
    (root / "away.yaml").symlink_to(outside / "secret.yaml")
    (root / "broken.yaml").symlink_to("nowhere")
    (root / "loop").symlink_to("loop2")
    (root / "loop2").symlink_to("loop")
    (root / "up").symlink_to(".")
    (root / "git").symlink_to(".git")
    tree = WorkingTree(root)

    assert list(tree.files()) == ["base/a.yaml"]
    assert tree.read("link/a.yaml") == tree.read("one.yaml") == tree.read("up/up/link/a.yaml") == b"a: 1"
    assert tree.resolve("link/a.yaml") == "base/a.yaml"
    assert list(tree.list_directory("link")) == ["link/a.yaml"]
    assert [(one.file, one.kind) for one in tree.skipped] == [
        ("away", "link-outside"),
        ("away.yaml", "link-outside"),
        ("broken.yaml", "link-broken"),
        ("git", "link-outside"),
        ("loop", "link-loop"),
        ("loop2", "link-loop"),
    ]
    assert tree.unseen("away/secret.yaml") is not None
    assert not tree.exists("away/secret.yaml")
    with pytest.raises(FileNotFoundError):
        tree.read("away/secret.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_fifos_and_sockets_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("s.yaml")
        tree = WorkingTree(tmp_path)

        assert [(one.file, one.kind) for one in tree.skipped] == [("pipe.yaml", "not-a-file"), ("s.yaml", "not-a-file")]
        assert list(tree.files()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_file_that_became_a_link_or_a_fifo_is_refused(tmp_path: Path) -> None:
    root = make(tmp_path / "repo", {"a.yaml": "a: 1", "b.yaml": "b: 1"})
    outside = make(tmp_path / "outside", {"secret.yaml": "s: 1"})
    tree = WorkingTree(root)
    tree.files()
    (root / "a.yaml").unlink()
    (root / "a.yaml").symlink_to(outside / "secret.yaml")
    (root / "b.yaml").unlink()
    os.mkfifo(root / "b.yaml")

    with pytest.raises(OSError, match=r".*"):
        tree.read("a.yaml")
    with pytest.raises(OSError, match="not a regular file"):
        tree.read("b.yaml")


@pytest.mark.parametrize("path", ["../outside.yaml", "/etc/passwd", "missing.yaml", "", "."])
def test_nothing_but_files_of_the_tree_is_read(tmp_path: Path, path: str) -> None:
    make(tmp_path, {"outside.yaml": "", "repo/a.yaml": ""})

    with pytest.raises(FileNotFoundError):
        WorkingTree(tmp_path / "repo").read(path)
    with pytest.raises(FileNotFoundError):
        MemoryTree({"a.yaml": ""}).read(path)


@pytest.mark.parametrize(
    ("limits", "read", "skipped"),
    [
        (Limits(), ["a.yaml", "b.yaml", "c.yaml", "x.png"], []),
        (Limits(files=2), ["a.yaml", "b.yaml", "x.png"], [("c.yaml", "too-many")]),
        (Limits(file_bytes=5), ["a.yaml", "b.yaml", "x.png"], [("c.yaml", "too-large")]),
        (Limits(total_bytes=9), ["a.yaml", "b.yaml", "x.png"], [("c.yaml", "too-much")]),
    ],
)
def test_limits_leave_files_out_and_say_so(
    tmp_path: Path, limits: Limits, read: list[str], skipped: list[tuple[str, str]]
) -> None:
    make(tmp_path, {"a.yaml": "a: 1", "b.yaml": "b: 1", "c.yaml": "c: 12345", "x.png": "0123456789"})
    tree = WorkingTree(tmp_path, (), limits)

    assert list(tree.files()) == read
    assert [(one.file, one.kind) for one in tree.skipped] == skipped
    assert all(tree.exists(name) for name in ("a.yaml", "b.yaml", "c.yaml"))
    assert all(tree.unseen(name) for name, _ in skipped)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_utf8_is_skipped(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.yaml", "wb"):  # noqa: PTH123 (pathlib takes no bytes)
        pass

    assert [one.kind for one in WorkingTree(tmp_path).skipped] == ["name"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    make(tmp_path, {"a.yaml": "", "b/c.yaml": ""})
    (tmp_path / "b").chmod(0)
    tree = WorkingTree(tmp_path)
    (tmp_path / "b").chmod(0o700)

    assert [(one.file, one.kind) for one in tree.skipped] == [("b", "unreadable")]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("a.yaml", True),
        ("a.YML", True),
        ("a.json", True),
        ("x/health.lua", True),
        ("x/_helpers.tpl", True),
        ("x/Kustomization", True),
        ("a.md", False),
        ("yaml", False),
    ],
)
def test_candidates_are_told_by_their_names(file: str, expected: bool) -> None:
    assert is_candidate(file) is expected


def test_a_tree_in_memory_knows_its_folders() -> None:
    tree = MemoryTree({"a/b/c.yaml": "ä", "d.yaml": b"\xff"})

    assert list(tree.files()) == ["a/b/c.yaml", "d.yaml"]
    assert tree.read("a/b/c.yaml") == "ä".encode()
    assert [tree.is_directory(path) for path in ("", "a", "a/b", "a/b/c.yaml", "x")] == [True, True, True, False, False]
    assert [tree.exists(path) for path in ("", "a", "a/b/c.yaml", "a/c.yaml")] == [True, True, True, False]
    assert list(tree.list_directory("")) == ["d.yaml"]


# ---- the root


def test_the_root_is_the_git_top_level_else_the_current_folder(tmp_path: Path) -> None:
    make(tmp_path, {"repo/.git/HEAD": "", "repo/apps/a.yaml": "", "plain/a.yaml": ""})

    assert find_root([Path("repo/apps/a.yaml")], current=tmp_path) == tmp_path / "repo"
    assert find_root([Path("apps")], current=tmp_path / "repo") == tmp_path / "repo"
    assert find_root([Path("a.yaml")], current=tmp_path / "plain") == tmp_path / "plain"
    assert find_root([], current=tmp_path / "plain") == tmp_path / "plain"


def test_a_configuration_that_says_root_ends_the_search(tmp_path: Path) -> None:
    make(tmp_path, {".git/HEAD": "", "team/.gitops-lint.yaml": "root: true\n", "team/apps/a.yaml": ""})
    path = Path("team/apps/a.yaml")

    assert find_root([path], current=tmp_path) == tmp_path / "team"
    assert find_root([path], current=tmp_path, isolated=True) == tmp_path
    assert find_root([path], Path(), current=tmp_path) == tmp_path


@pytest.mark.parametrize(
    ("paths", "explicit", "message"),
    [
        (["missing.yaml"], None, "`missing.yaml` does not exist"),
        (["a/x.yaml", "b/y.yaml"], "a", "`b/y.yaml` lies outside the root"),
        (["a/x.yaml"], "a/x.yaml", "the root `a/x.yaml` is not a folder"),
        (["../outside.yaml"], None, "`../outside.yaml` lies outside the root"),
    ],
)
def test_paths_must_exist_below_the_root(tmp_path: Path, paths: list[str], explicit: str | None, message: str) -> None:
    make(tmp_path, {"outside.yaml": "", "w/a/x.yaml": "", "w/b/y.yaml": ""})

    with pytest.raises(UsageError) as raised:
        find_root([Path(path) for path in paths], Path(explicit) if explicit else None, current=tmp_path / "w")

    assert raised.value.message.startswith(message)


def test_paths_are_told_relative_to_the_root(tmp_path: Path) -> None:
    make(tmp_path, {"a/x.yaml": ""})

    assert relative_paths(tmp_path, [Path("x.yaml"), Path(), Path("..")], tmp_path / "a") == ["a/x.yaml", "a", ""]
