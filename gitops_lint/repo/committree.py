"""A Git commit as a tree of files: what `--since` and `--against` compare the working folder with. Nothing is checked out."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Sequence
from pathlib import Path

from gitops_lint.config import DEFAULT_LIMITS, Limits
from gitops_lint.errors import UsageError
from gitops_lint.repo.commits import Commits
from gitops_lint.repo.discover import Listing, Skipped, SkippedKind, is_candidate, within_limits
from gitops_lint.repo.gitdata import git_folder, top_level

_FOLDER, _LINK, _SUBMODULE, _TYPE = 0o040000, 0o120000, 0o160000, 0o170000
_PATH_LENGTH = 4096
_LINKS = 40  # as many as Linux follows


def tree_before(
    root: Path, name: str, exclude: Sequence[str], limits: Limits, *, flag: str
) -> tuple[CommitTree, str | None]:
    """
    The files below a root at the commit at which the history of now and that of `name` parted, and its hash.

    Without any commit there are no files, and the hash is None. flag: what asks for it, for messages. Raises UsageError.
    """
    top = top_level(root)
    git = git_folder(top) if top is not None else None
    if top is None or git is None:
        raise UsageError(f"`{flag}` compares with a commit, and `{root}` lies in no Git repository")
    commits = Commits(git)
    head = commits.head
    commit = None
    if head is not None or name not in ("HEAD", "@"):
        commit = commits.find(name)
        commit = commits.merge_base(commit, head) if head is not None else commit
    folder = root.relative_to(top).as_posix()
    return CommitTree(commits, commit, "" if folder == "." else folder, exclude, limits), commit


class CommitTree:
    """
    The files of one folder of a commit.

    commit: its hash; None: no files at all. folder: relative to the top level, "" is the top level. exclude, limits: as for
    a working folder. What a working folder would tell as skipped is told in the same words. Raises UsageError where
    objects are missing, or hold more than any working folder would.
    """

    def __init__(
        self,
        commits: Commits,
        commit: str | None,
        folder: str = "",
        exclude: Sequence[str] = (),
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._commits = commits
        self._limits = limits
        self._blobs: dict[str, str] = {}
        self._skipped: list[Skipped] = []
        self._unseen: dict[str, str] = {}
        targets: dict[str, str] = {}
        nested: list[str] = []
        if commit is not None and (top := self._below(commits.tree(commit), folder)) is not None:
            self._walk(top, targets, nested)
        links = self._links(targets, nested)
        sizes = {file: len(commits.blob(sha)) for file, sha in self._blobs.items() if is_candidate(file)}
        self._listing = Listing(self._blobs, links, nested)
        self._readable, left, unseen = within_limits(self._listing.files, sizes, exclude, limits)
        self._skipped += left
        self._unseen |= unseen

    def blob_of(self, file: str) -> str | None:
        """The hash of a file's bytes, as Git counts it; None where there is no such file."""
        return self._blobs.get(file)

    # ---- Tree

    @property
    def skipped(self) -> Sequence[Skipped]:
        return tuple(sorted(self._skipped, key=lambda one: (one.file, one.kind)))

    def files(self) -> Sequence[str]:
        return self._readable

    def every_file(self) -> Sequence[str]:
        return self._listing.files

    def read(self, file: str) -> bytes:
        sha = self._blobs.get(self._listing.resolve(file))
        if sha is None:
            raise FileNotFoundError(file)
        try:
            data = self._commits.blob(sha)
        except UsageError as error:
            raise OSError(error.message) from error
        if len(data) > self._limits.file_bytes:
            raise OSError(f"{file} is larger than {self._limits.file_bytes} bytes")
        return data

    def exists(self, path: str) -> bool:
        return self._listing.is_file(path) or self._listing.is_directory(path)

    def is_directory(self, path: str) -> bool:
        return self._listing.is_directory(path)

    def resolve(self, path: str) -> str:
        return self._listing.resolve(path)

    def list_directory(self, directory: str) -> Sequence[str]:
        return self._listing.list_directory(directory)

    def unseen(self, path: str) -> str | None:
        while True:
            if why := self._unseen.get(path):
                return why
            if not path:
                return None
            path = path.rpartition("/")[0]

    # ---- what a commit holds

    def _below(self, tree: str, folder: str) -> str | None:
        """The tree of a folder; None where the commit has no such folder."""
        for part in folder.split("/") if folder else ():
            found = [
                sha for name, mode, sha in self._commits.entries(tree) if name == part.encode() and mode == _FOLDER
            ]
            if not found:
                return None
            tree = found[0]
        return tree

    def _walk(self, top: str, targets: dict[str, str], nested: list[str]) -> None:
        waiting = [("", top)]
        # equal folders are one object in Git, so that a small repository can claim to hold any number of files
        left = 10 * self._limits.files
        while waiting:
            folder, tree = waiting.pop()
            for raw, mode, sha in self._commits.entries(tree):
                left -= 1
                if left < 0 or len(folder) > _PATH_LENGTH:
                    raise UsageError("the commit holds more files than any working folder would")
                name = raw.decode("utf-8", "replace")
                path = f"{folder}/{name}" if folder else name
                if name in ("", ".", "..") or name.lower() == ".git" or "/" in name or "\0" in name:
                    continue  # no checkout would make it
                if name.encode() != raw:
                    self._skip(path, "its name is not valid UTF-8", "name")
                elif mode & _TYPE == _FOLDER:
                    waiting.append((path, sha))
                elif mode & _TYPE == _LINK:
                    targets[path] = self._commits.blob(sha)[:_PATH_LENGTH].decode("utf-8", "replace")
                elif mode & _TYPE == _SUBMODULE:
                    why = "the folder is a Git repository of its own (a submodule or a clone)"
                    self._skip(path, why, "nested-repository", unseen=True)
                    nested.append(path)
                else:
                    self._blobs[path] = sha

    def _links(self, targets: dict[str, str], nested: Sequence[str]) -> dict[str, str]:
        """Each link that leads to something in the tree, with the path that it leads to in the end."""
        if not targets:
            return {}
        plain = Listing(self._blobs, {}, nested)
        found = {}
        for path in sorted(targets):
            end, why = _followed(path, targets)
            if why == "link-outside":
                self._skip(path, "the symbolic link leaves the root and is not followed", why, unseen=True)
            elif why == "link-loop":
                self._skip(path, "the symbolic link ends in a loop", why)
            elif end in plain.known or plain.is_directory(end):
                found[path] = end
            else:
                self._skip(path, "the symbolic link points to nothing", "link-broken")
        return found

    def _skip(self, file: str, why: str, kind: SkippedKind, *, unseen: bool = False) -> None:
        self._skipped.append(Skipped(file, why, kind))
        if unseen:
            self._unseen[file] = why


def blob_id(data: bytes) -> str:
    """The hash that Git gives a file of these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _followed(path: str, targets: dict[str, str]) -> tuple[str, SkippedKind | None]:
    """Where a path ends when links are followed component by component, and why it does not, or None."""
    left = path.split("/")[::-1]
    at: list[str] = []
    followed = 0
    while left:
        part = left.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not at:
                return "", "link-outside"
            at.pop()
            continue
        target = targets.get("/".join([*at, part]))
        if target is None:
            at.append(part)
            continue
        followed += 1
        if followed > _LINKS:
            return "", "link-loop"
        if posixpath.isabs(target):
            return "", "link-outside"
        left += target.split("/")[::-1]
    if ".git" in at:
        return "", "link-outside"
    return "/".join(at), None
