"""Commits by name, and as trees of files, on repositories that Git itself has made."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from gitrepo import GitRepository

from gitops_lint.config import Limits
from gitops_lint.errors import UsageError
from gitops_lint.repo.commits import Commits
from gitops_lint.repo.committree import CommitTree, blob_id
from gitops_lint.repo.discover import WorkingTree
from gitops_lint.repo.gitdata import git_folder

if shutil.which("git") is None:
    pytest.skip("these tests make repositories with git", allow_module_level=True)


def commits_of(repository: GitRepository) -> Commits:
    git = git_folder(repository.folder)
    assert git is not None
    return Commits(git)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> GitRepository:
    """main: one - two - merge; topic leaves at one and is merged; a later branch leaves at two."""
    made = GitRepository(tmp_path_factory.mktemp("history"))
    made.commit({"a.yaml": "a: 1\n"})
    made.git("tag", "light")
    made.git("tag", "--annotate", "v1", "--message", "first")
    made.git("tag", "--annotate", "v1-again", "--message", "of a tag", "v1")
    made.git("checkout", "--quiet", "-b", "team/topic")
    made.commit({"b.yaml": "b: 1\n"})
    made.git("checkout", "--quiet", "main")
    made.commit({"a.yaml": "a: 2\n"})
    made.git("branch", "later")
    made.git("merge", "--quiet", "--no-ff", "--message", "merge", "team/topic")
    made.git("checkout", "--quiet", "later")
    made.commit({"c.yaml": "c: 1\n"})
    made.git("update-ref", "refs/remotes/origin/main", "main")
    made.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    return made


@pytest.fixture(params=["loose", "packed"])
def kept(request: pytest.FixtureRequest, history: GitRepository, tmp_path: Path) -> GitRepository:
    """The same with its objects and references in files of their own, and in packs."""
    shutil.copytree(history.folder, tmp_path / "copy", symlinks=True)
    copy = GitRepository(tmp_path / "copy")
    if request.param == "packed":
        copy.git("gc", "--quiet")
        assert not (copy.folder / ".git" / "refs" / "heads" / "main").exists()
    return copy


NAMES = (
    *(
        "HEAD",
        "@",
        "main",
        "later",
        "team/topic",
        "heads/main",
        "refs/heads/main",
        "light",
        "v1",
        "v1-again",
        "tags/v1",
    ),
    *("origin/main", "origin", "remotes/origin/main", "HEAD~1", "HEAD~", "HEAD^", "@~2", "main^2", "main^1~1", "v1^{}"),
    *("main^{commit}", "main~0", "main^0", "v1~0"),
)


def test_a_name_means_what_git_says(kept: GitRepository) -> None:
    commits = commits_of(kept)
    for name in NAMES:
        assert (name, kept.git("rev-parse", f"{name}^{{commit}}")) == (name, commits.find(name))


@pytest.mark.parametrize("length", [40, 12, 7, 5])
def test_a_hash_may_be_cut_short(length: int, kept: GitRepository) -> None:
    for name in ("main", "later", "v1"):
        sha = kept.git("rev-parse", name)
        assert kept.git("rev-parse", f"{name}^{{commit}}") == commits_of(kept).find(sha[:length])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "`nothing` is no commit here: this clone has no branch and no tag of that name"),
        ("", "`` is no commit here"),
        ("~1~", "`~1~` is no commit"),
        ("HEAD~99", "`HEAD~99` is no commit: "),
        ("main^3", "`main^3` is no commit: "),
        ("main..later", "`main..later` does not name one commit"),
        ("main@{1}", "`main@{1}` does not name one commit"),
        ("../../../etc/passwd", "`../../../etc/passwd` does not name one commit"),
        ("/etc/passwd", "`/etc/passwd` is no commit here"),
        ("config", "`config` is no commit here"),
        ("--upload-pack=x", "`--upload-pack=x` is no commit here"),
        ("0" * 40, f"the Git object {'0' * 40} is not in this clone"),
        ("main^{tree}", "`main^{tree}` names no commit"),
    ],
)
def test_what_names_no_commit_is_said(name: str, message: str, history: GitRepository) -> None:
    with pytest.raises(UsageError) as raised:
        commits_of(history).find(name)

    assert raised.value.message.startswith(message)


def test_two_histories_part_where_git_says(kept: GitRepository) -> None:
    commits = commits_of(kept)
    names = ("main", "later", "team/topic", "light", "main~1")
    for one in names:
        for other in names:
            expected = kept.git("merge-base", one, other)
            assert (one, other, expected) == (one, other, commits.merge_base(commits.find(one), commits.find(other)))


def test_histories_without_a_common_commit_are_told(history: GitRepository, tmp_path: Path) -> None:
    shutil.copytree(history.folder, tmp_path / "copy")
    made = GitRepository(tmp_path / "copy")
    made.git("checkout", "--quiet", "--orphan", "alone")
    made.commit()
    commits = commits_of(made)
    with pytest.raises(UsageError, match="the two have no commit in common"):
        commits.merge_base(commits.find("alone"), commits.find("main"))


def test_a_worktree_has_its_own_head_and_the_references_of_all(history: GitRepository, tmp_path: Path) -> None:
    shutil.copytree(history.folder, tmp_path / "copy")
    GitRepository(tmp_path / "copy").git("worktree", "add", "--quiet", str(tmp_path / "tree"), "team/topic")
    tree = GitRepository(tmp_path / "tree")

    assert tree.git("rev-parse", "HEAD") == commits_of(tree).head
    assert tree.git("rev-parse", "main") == commits_of(tree).find("main")


def test_objects_that_are_borrowed_are_found(history: GitRepository, tmp_path: Path) -> None:
    history.git("clone", "--quiet", "--shared", str(history.folder), str(tmp_path / "borrower"))
    borrower = GitRepository(tmp_path / "borrower")

    assert (borrower.folder / ".git" / "objects" / "info" / "alternates").exists()
    commits = commits_of(borrower)
    assert CommitTree(commits, commits.find("origin/main")).files() == ("a.yaml", "b.yaml")


def test_a_shallow_clone_says_what_to_fetch(history: GitRepository, tmp_path: Path) -> None:
    url = history.folder.as_uri()
    history.git("clone", "--quiet", "--depth=1", "--branch=later", url, str(tmp_path / "shallow"))
    shallow = GitRepository(tmp_path / "shallow")
    for name in ("origin/main", "main", "HEAD~1"):
        with pytest.raises(UsageError) as raised:
            commits_of(shallow).find(name)
        assert "fetch-depth: 0" in raised.value.help

    shallow.git("fetch", "--quiet", "--depth=1", "origin", "main")
    commits = commits_of(shallow)
    with pytest.raises(UsageError, match="this clone's history ends before") as raised:
        commits.merge_base(commits.find("FETCH_HEAD"), commits.find("HEAD"))
    assert "fetch-depth: 0" in raised.value.help


def test_a_partial_clone_says_that_objects_are_missing(history: GitRepository, tmp_path: Path) -> None:
    history.git("config", "uploadpack.allowFilter", "true")
    url = history.folder.as_uri()
    history.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", url, str(tmp_path / "partial"))
    commits = commits_of(GitRepository(tmp_path / "partial"))
    with pytest.raises(UsageError, match="is not in this clone") as raised:
        CommitTree(commits, commits.find("HEAD"))
    assert "a partial clone holds only part of the objects" in raised.value.help


def test_hashes_of_another_kind_are_told(tmp_path: Path) -> None:
    made = GitRepository(tmp_path, "--object-format=sha256")
    made.commit({"a.yaml": "a: 1\n"})
    with pytest.raises(UsageError, match="SHA-256"):
        commits_of(made).find("HEAD")


def test_a_reftable_is_told_by_its_folder(history: GitRepository, tmp_path: Path) -> None:
    shutil.copytree(history.folder, tmp_path / "copy")
    (tmp_path / "copy" / ".git" / "reftable").mkdir()
    with pytest.raises(UsageError, match="keeps its references in a reftable"):
        commits_of(GitRepository(tmp_path / "copy"))


def _loose(repository: GitRepository, sha: str) -> Path:
    return repository.folder / ".git" / "objects" / sha[:2] / sha[2:]


def _empty(path: Path, sha: str) -> None:
    path.write_bytes(b"")


def _garbage(path: Path, sha: str) -> None:
    path.write_bytes(b"\x00garbage")


def _cut(path: Path, sha: str) -> None:
    path.write_bytes(path.read_bytes()[:12])


def _other(path: Path, sha: str) -> None:
    path.write_bytes(zlib.compress(b"tree 12\0100644 a.yaml"))


@pytest.mark.parametrize("what", ["HEAD", "HEAD^{tree}", "HEAD:a.yaml"])
@pytest.mark.parametrize("damage", [_empty, _garbage, _cut, _other])
def test_damaged_objects_are_told(what: str, damage: Callable[[Path, str], None], tmp_path: Path) -> None:
    made = GitRepository(tmp_path)
    made.commit({"a.yaml": "a: 1\n"})
    sha = made.git("rev-parse", what)
    path = _loose(made, sha)
    path.chmod(0o644)
    damage(path, sha)
    commits = commits_of(made)
    with pytest.raises(UsageError, match=r"the Git object|names no commit"):
        CommitTree(commits, commits.find("HEAD"))


# ---- trees


def test_a_commit_holds_what_its_checkout_holds(tmp_path: Path) -> None:
    made = GitRepository(tmp_path / "main")
    inner = GitRepository(tmp_path / "inner")
    inner.commit({"x.yaml": "x: 1\n"})
    made.write(
        {"a.yaml": "a: 1\n", "apps/web/b.yaml": "b: 1\n", "apps/note.txt": "x", "apps/é.yml": "", "big.yaml": "x" * 900}
    )
    made.write({"out/skip.yaml": "s: 1\n"})
    for link, target in {
        "link.yaml": "a.yaml",
        "apps/up.yaml": "../a.yaml",
        "apps/again.yaml": "up.yaml",
        "folder": "apps/web",
        "apps/web/self": "..",
        "through.yaml": "folder/b.yaml",
        "outside.yaml": "../inner/x.yaml",
        "broken.yaml": "nothing.yaml",
        "loop.yaml": "loop.yaml",
        "git.yaml": ".git/config",
    }.items():
        (made.folder / link).symlink_to(target)
    made.git("submodule", "--quiet", "add", str(inner.folder), "vendor/inner")
    commit = made.commit()
    limits = Limits(file_bytes=800)
    working = WorkingTree(made.folder, ["out/"], limits)
    tree = CommitTree(commits_of(made), commit, "", ["out/"], limits)

    assert working.files() == tree.files()
    assert working.skipped == tree.skipped
    assert {"big.yaml", "outside.yaml", "broken.yaml", "loop.yaml", "git.yaml", "vendor/inner"} == {
        one.file for one in tree.skipped
    }
    for file in (
        *tree.files(),
        "link.yaml",
        "apps/again.yaml",
        "through.yaml",
        "folder/b.yaml",
        "apps/web/self/note.txt",
    ):
        assert working.read(file) == tree.read(file)
        assert blob_id(working.read(file)) == tree.blob_of(tree.resolve(file))
    for path in (
        "",
        "apps",
        "folder",
        "apps/web/self/web",
        "vendor/inner",
        "vendor",
        "nothing",
        "out/skip.yaml",
        "loop.yaml",
    ):
        assert (path, working.exists(path), working.is_directory(path), working.unseen(path)) == (
            path,
            tree.exists(path),
            tree.is_directory(path),
            tree.unseen(path),
        )
        assert working.list_directory(path) == tree.list_directory(path)
    for path in ("big.yaml", "nothing.yaml", "outside.yaml"):
        with pytest.raises(OSError, match=Path(path).stem):
            tree.read(path)


def test_a_root_below_the_top_level_is_a_folder_of_the_commit(tmp_path: Path) -> None:
    made = GitRepository(tmp_path)
    commit = made.commit({"deploy/shop/a.yaml": "a: 1\n", "other.yaml": "o: 1\n"})
    commits = commits_of(made)

    assert CommitTree(commits, commit, "deploy/shop").files() == ("a.yaml",)
    assert CommitTree(commits, commit, "later").files() == ()
    assert CommitTree(commits, None).files() == ()


def test_names_that_no_checkout_would_make_are_left_out(tmp_path: Path) -> None:
    made = GitRepository(tmp_path)
    made.commit({"a.yaml": "a: 1\n"})
    blob = made.git("rev-parse", "HEAD:a.yaml")
    raw = bytes.fromhex(blob)
    entries = b"".join(
        b"100644 " + name + b"\0" + raw for name in (b"..", b".GIT", b"a/../../b.yaml", b"ok.yaml", b"\xff.yaml")
    )
    (made.folder / "tree").write_bytes(entries)
    tree = made.git("hash-object", "-t", "tree", "-w", "--literally", "tree")
    commit = made.git("commit-tree", tree, "-m", "odd")
    found = CommitTree(commits_of(made), commit)

    assert found.files() == ("ok.yaml",)
    assert [(one.file, one.kind) for one in found.skipped] == [("\ufffd.yaml", "name")]


def test_a_small_repository_cannot_claim_any_number_of_files(tmp_path: Path) -> None:
    made = GitRepository(tmp_path)
    made.commit({"a.yaml": "a: 1\n"})
    below, mode = made.git("rev-parse", "HEAD:a.yaml"), b"100644"
    for _ in range(20):
        entries = b"".join(mode + b" %d.yaml\0" % number + bytes.fromhex(below) for number in range(10))
        (made.folder / "tree").write_bytes(entries)
        below, mode = made.git("hash-object", "-t", "tree", "-w", "tree"), b"40000"
    commit = made.git("commit-tree", below, "-m", "bomb")
    with pytest.raises(UsageError, match="more files than any working folder would"):
        CommitTree(commits_of(made), commit, limits=Limits(files=500))
