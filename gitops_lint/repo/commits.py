"""
Which commit a name of Git means, and where two histories parted. Read in process, from Git's objects and references
alone: no configuration is read, no hook is run, no program is started. Asked by `committree`.
"""

from __future__ import annotations

import heapq
import re
import stat
import weakref
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gitops_lint.errors import UsageError
from gitops_lint.pattern import pattern

if TYPE_CHECKING:
    from dulwich.objects import Commit, ObjectID, ShaFile

_HASH = pattern(r"[0-9a-f]{40}")
_SHORT = pattern(r"[0-9a-f]{4,39}")
_PSEUDO = pattern(r"[A-Z][A-Z_]*")
_STEPS = pattern(r"(?:\^\{[a-z]*\}|[~^][0-9]*)+\Z")
_STEP = pattern(r"\^\{(?P<kind>[a-z]*)\}|(?P<sign>[~^])(?P<count>[0-9]*)")
# what Git refuses in the name of a reference (source: Git's git-check-ref-format)
_NO_NAME = pattern(r"(?:^|/)\.|\.\.|[\x00-\x20\x7f~^:?*\[\\]|@\{|//|^/|/$|\.lock(?:/|$)|\.$")
_PLACES = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_UNKNOWN = "this clone has no branch and no tag of that name, and no commit whose hash begins so"
_FETCH_ALL = "fetch the whole history: `fetch-depth: 0` for actions/checkout, else `git fetch --unshallow`"
_REFERENCE_BYTES = 4096
_PACKED_BYTES = 256 * 1024 * 1024


class Commits:
    """
    The commits of one repository.

    git: its `.git` folder, for a worktree that of the worktree. Every method raises UsageError, with what to do, for what
    is not there, is ambiguous, or cannot be read.
    """

    def __init__(self, git: Path) -> None:
        # not at the top: importing it takes 100 ms, and only runs that compare need it
        from dulwich.object_store import DiskObjectStore

        self._git = git
        self._common = git
        common = _text(git / "commondir", _REFERENCE_BYTES)
        if common is not None:
            self._common = git / common.strip()
        if (self._common / "reftable").is_dir():
            raise UsageError("the Git repository keeps its references in a reftable, which gitops-lint cannot read")
        # a store of its own rather than dulwich's Repo, which reads Git's configuration and follows includes
        self._store = DiskObjectStore(str(self._common / "objects"))
        # packs stay open as long as somebody may ask for their objects
        weakref.finalize(self, self._store.close)
        self._shallow = frozenset((_text(self._common / "shallow", _PACKED_BYTES) or "").split())
        self._packed: dict[str, str] | None = None
        self._visited: dict[str, tuple[int, tuple[str, ...]]] = {}

    def find(self, name: str) -> str:
        """The hash of the commit that a name means: a branch, a tag, a hash or its beginning, with `~2`, `^1` behind it."""
        if ".." in name or "@{" in name:
            raise UsageError(f"`{name}` does not name one commit; write a branch, a tag or a hash, as `origin/main`")
        steps = _STEPS.search(name)
        base = name[: steps.start()] if steps else name
        found = self._named("HEAD" if base == "@" else base)
        if found is None:
            known = "the branch has no commit yet" if base in ("HEAD", "@") else _UNKNOWN
            raise UsageError(f"`{name}` is no commit here: {known}", help=self._fetch(base))
        commit = self._peeled(found, name)
        for step in _STEP.finditer(steps[0]) if steps else ():
            commit = self._step(commit, step, name)
        return commit

    @property
    def head(self) -> str | None:
        """The commit that is checked out; None before the first one."""
        return self._reference("HEAD")

    def merge_base(self, one: str, other: str) -> str:
        """
        The commit at which two histories parted, the youngest where there are several.

        Source: Git's paint_down_to_common (commit-reach.c), without the commit graph.
        """
        first, second, stale = 1, 2, 4
        marks = {one: first, other: second} if one != other else {one: first | second}
        waiting = [(-self._time_and_parents(sha)[0], sha) for sha in marks]
        heapq.heapify(waiting)
        found: dict[str, int] = {}
        while any(not marks[sha] & stale for _, sha in waiting):
            when, sha = heapq.heappop(waiting)
            mark = marks[sha]
            if mark == first | second:
                found[sha] = when
                mark |= stale
            for parent in self._time_and_parents(sha)[1]:
                before = marks.get(parent, 0)
                if before & mark != mark:
                    marks[parent] = before | mark
                    heapq.heappush(waiting, (-self._time_and_parents(parent)[0], parent))
        best = [(when, sha) for sha, when in found.items() if not marks[sha] & stale]
        if best:
            return min(best)[1]
        if self._shallow:
            raise UsageError("this clone's history ends before the commit where the two parted", help=_FETCH_ALL)
        raise UsageError("the two have no commit in common")

    def tree(self, commit: str) -> str:
        """The hash of a commit's tree."""
        sha: bytes = self._commit(commit).tree
        return sha.decode("ascii")

    def entries(self, tree: str) -> Iterator[tuple[bytes, int, str]]:
        """Name, mode and hash of what lies directly in a tree."""
        from dulwich.objects import Tree

        found = self._object(tree)
        if not isinstance(found, Tree):
            raise UsageError(f"the Git object {tree} is no tree")
        for entry in found.iteritems():
            if entry.path is not None and entry.mode is not None and entry.sha is not None:
                yield entry.path, entry.mode, entry.sha.decode("ascii")

    def blob(self, sha: str) -> bytes:
        """The bytes of a file."""
        return self._object(sha).as_raw_string()

    def _object(self, sha: str) -> ShaFile:
        from dulwich.errors import (
            ApplyDeltaError,
            ChecksumMismatch,
            FileFormatException,
            ObjectFormatException,
        )

        try:
            return self._store[_id(sha)]
        except KeyError:
            help = _FETCH_ALL if self._shallow else "fetch it: a partial clone holds only part of the objects"
            raise UsageError(f"the Git object {sha} is not in this clone", help=help) from None
        except (
            ApplyDeltaError,
            ChecksumMismatch,
            FileFormatException,
            ObjectFormatException,
            AssertionError,
            IndexError,
            OSError,
            ValueError,
            zlib.error,
        ) as error:
            raise UsageError(f"the Git object {sha} cannot be read: {error or type(error).__name__}") from error

    # ---- names

    def _named(self, base: str) -> str | None:
        """The object that a name without steps means, in Git's order (source: Git's gitrevisions)."""
        if _HASH.fullmatch(base):
            return base
        if base and not _NO_NAME.search(base):
            if _PSEUDO.fullmatch(base) and (found := self._reference(base)):
                return found
            if base.startswith("refs/") and (found := self._reference(base)):
                return found
            for place in _PLACES:
                if found := self._reference(place.format(base)):
                    return found
        return self._beginning_with(base) if _SHORT.fullmatch(base) else None

    def _beginning_with(self, short: str) -> str | None:
        from dulwich.objects import Commit, Tag

        found = {sha.decode("ascii") for sha in self._store.iter_prefix(short.encode("ascii"))}
        commits = [sha for sha in sorted(found) if isinstance(self._object(sha), (Commit, Tag))]
        if len(commits) > 1:
            raise UsageError(f"`{short}` is the beginning of several commits: {', '.join(one[:12] for one in commits)}")
        return commits[0] if commits else None

    def _reference(self, name: str) -> str | None:
        for _ in range(5):  # as many symbolic references as Git follows
            text = _text((self._common if "/" in name else self._git) / name, _REFERENCE_BYTES)
            if text is None:
                text = self._packed_references.get(name, "")
            if text.startswith("ref:"):
                name = text.removeprefix("ref:").strip()
                if _NO_NAME.search(name) or not name.startswith("refs/"):
                    return None
                continue
            word = next(iter(text.split()), "")
            if re.fullmatch(r"[0-9a-f]{64}", word):
                raise UsageError("the Git repository names its objects by SHA-256, which gitops-lint cannot read")
            return word if _HASH.fullmatch(word) else None
        return None

    @property
    def _packed_references(self) -> dict[str, str]:
        if self._packed is None:
            lines = (_text(self._common / "packed-refs", _PACKED_BYTES) or "").splitlines()
            pairs = (line.split(" ", 1) for line in lines if line and line[0] not in "#^" and " " in line)
            self._packed = {name.strip(): sha for sha, name in pairs}
        return self._packed

    def _fetch(self, base: str) -> str:
        if self._shallow or base.startswith(("origin/", "refs/remotes/")):
            return f"fetch it, as `git fetch origin {base.removeprefix('origin/')}`; in CI, {_FETCH_ALL}"
        return ""

    # ---- steps

    def _peeled(self, sha: str, name: str) -> str:
        from dulwich.objects import Commit, Tag

        for _ in range(10):
            found = self._object(sha)
            if isinstance(found, Commit):
                return sha
            if not isinstance(found, Tag):
                break
            sha = found.object[1].decode("ascii")
        raise UsageError(f"`{name}` names no commit")

    def _step(self, commit: str, step: re.Match[str], name: str) -> str:
        if step["sign"] is None:
            if step["kind"] in ("", "commit"):
                return commit
            raise UsageError(f"`{name}` names no commit")
        count = int(step["count"] or 1)
        if step["sign"] == "~":
            for _ in range(count):
                commit = self._parent(commit, 1, name)
            return commit
        return self._parent(commit, count, name) if count else commit

    def _parent(self, commit: str, number: int, name: str) -> str:
        parents = [sha.decode("ascii") for sha in self._commit(commit).parents]
        if len(parents) < number:
            raise UsageError(f"`{name}` is no commit: {commit[:12]} has {len(parents)} parents")
        if commit in self._shallow:
            raise UsageError(f"`{name}` lies before the beginning of this clone's history", help=_FETCH_ALL)
        return parents[number - 1]

    def _time_and_parents(self, commit: str) -> tuple[int, tuple[str, ...]]:
        """When a commit was made, and those before it that this clone has."""
        known = self._visited.get(commit)
        if known is None:
            found = self._commit(commit)
            parents = () if commit in self._shallow else tuple(sha.decode("ascii") for sha in found.parents)
            known = self._visited[commit] = (int(found.commit_time), parents)
        return known

    def _commit(self, sha: str) -> Commit:
        from dulwich.objects import Commit

        found = self._object(sha)
        if not isinstance(found, Commit):
            raise UsageError(f"the Git object {sha} is no commit")
        return found


def _id(sha: str) -> ObjectID:
    from dulwich.objects import ObjectID

    return ObjectID(sha.encode("ascii"))


def _text(path: Path, most: int) -> str | None:
    """The text of a file of Git's own; None where there is no regular file of that name, or one that is too large."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            return None
        return path.read_bytes().decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
