"""
What earlier runs over a repository have left in the cache: what its files came to, and what a whole run said. `crew` and
`pipeline` ask it.

Everything is data that a decoder checks against the classes it becomes; what cannot be read is as good as not there. No value
of a Secret is kept: facts hold none, messages mask them, and a file or run with a fix that may write one is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from gitops_lint import __version__
from gitops_lint.cache import Cache
from gitops_lint.config import Config
from gitops_lint.dataclass import dataclass
from gitops_lint.examine import Examined, Plan
from gitops_lint.findings import Finding, Outcome, Taken
from gitops_lint.policy.answers import Answers
from gitops_lint.repo.discover import WorkingTree, is_candidate
from gitops_lint.repo.load import digest
from gitops_lint.repo.paths import is_text
from gitops_lint.repo.role import Role
from gitops_lint.shipped import code_stamp

Kind = TypeVar("Kind")

_LARGEST = 256 << 20
"""Bytes of a cached file that are read: more than any repository within the default limits leaves."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a whole run said, but for what can be read again: texts and rules. Fields as in `findings.Outcome`."""

    key: bytes
    findings: tuple[Finding, ...]
    suppressed: tuple[Taken, ...]
    unverified: Mapping[str, int]
    files: int
    resources: int
    secrets: Mapping[str, tuple[tuple[int, int], ...]]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """One file as it was last seen. key: of its bytes, its role and the plan."""

    key: bytes
    examined: Examined


class Remembered:
    """
    The memory of one repository.

    cache: where it is kept between processes. root: the repository's folder, which names the entries. settings: a digest of
    everything beside the files that findings depend on.
    """

    def __init__(self, cache: Cache, root: Path, settings: bytes) -> None:
        self.settings = settings
        self._cache = cache
        self._name = hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._files: dict[str, _Kept] | None = None
        self._changed = False

    # ---- files

    def __len__(self) -> int:
        """How many files are remembered."""
        return len(self._by_file)

    @property
    def _by_file(self) -> dict[str, _Kept]:
        if self._files is None:
            import msgspec

            found = _decoded(self._cache.read(f"files-{self._name}"), dict[str, _Kept], msgspec.DecodeError)
            self._files = {} if found is None else found
        return self._files

    def keys(self, plan: Plan) -> Keys:
        """Makes the keys of files that are examined by a plan."""
        return Keys(self.settings, plan)

    def file(self, file: str, key: bytes) -> Examined | None:
        """What a file came to, if it did under this key."""
        kept = self._by_file.get(file)
        return kept.examined if kept is not None and kept.key == key else None

    def learn(self, key: bytes, examined: Examined) -> None:
        """Keeps what a file came to, unless that may hold what must not be kept or is no fact about the file."""
        if examined.crashes or examined.facts.unreadable is not None or may_write_secrets(examined.findings):
            return
        self._by_file[examined.facts.file] = _Kept(key, examined)
        self._changed = True

    def save(self, files: Iterable[str]) -> None:
        """Writes what is remembered of these files; others are gone."""
        wanted = set(files)
        kept = {file: one for file, one in self._by_file.items() if file in wanted}
        if self._changed or len(kept) < len(self._by_file):
            import msgspec

            self._cache.write(f"files-{self._name}", msgspec.msgpack.encode(kept))

    def digest(self, file: str) -> str | None:
        """The digest of a file's bytes when it was last seen."""
        kept = self._by_file.get(file)
        return None if kept is None else kept.examined.facts.digest

    # ---- answers

    @cached_property
    def answers(self) -> Answers | None:
        """What the last run answered across files; None where there is none."""
        import msgspec

        return _decoded(self._cache.read(f"answers-{self._name}"), Answers, msgspec.DecodeError)

    def keep_answers(self, answers: Answers) -> None:
        """Keeps what a run answered across files."""
        import msgspec

        self._cache.write(f"answers-{self._name}", msgspec.msgpack.encode(answers))

    # ---- runs

    @property
    def holds_run(self) -> bool:
        """Whether there is a run at all, so that a key is worth making."""
        return self._run is not None

    @cached_property
    def _run(self) -> Run | None:
        import msgspec

        return _decoded(self._cache.read(f"run-{self._name}"), Run, msgspec.DecodeError)

    def run(self, key: bytes) -> Run | None:
        """What the last run said, if its key was this one."""
        return self._run if self._run is not None and self._run.key == key else None

    def keep_run(self, run: Run) -> None:
        """Keeps what a run said, unless that may hold what must not be kept."""
        if not may_write_secrets((*run.findings, *(one.finding for one in run.suppressed))):
            import msgspec

            self._cache.write(f"run-{self._name}", msgspec.msgpack.encode(run))


def may_write_secrets(findings: Iterable[Finding]) -> bool:
    """Whether a fix writes into a Secret: its text may be a value."""
    return any(one.fixes and one.resource is not None and one.resource.kind == "Secret" for one in findings)


def _decoded(data: bytes | None, kind: type[Kind], wrong: type[Exception]) -> Kind | None:
    import msgspec

    if data is None or len(data) > _LARGEST:
        return None
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (wrong, RecursionError, UnicodeDecodeError):
        return None


class Keys:
    """Keys of files: equal ones mean that a file comes to the same."""

    def __init__(self, settings: bytes, plan: Plan) -> None:
        import msgspec

        self._encode = msgspec.msgpack.encode
        self._plan = _digest(settings, self._encode([dict(plan.targets), list(plan.crds)]))
        self._of_changes: dict[int, bytes] = {}

    @property
    def plan(self) -> bytes:
        """The digest of all that findings depend on beside the files."""
        return self._plan

    def key(self, digest: str, role: Role) -> bytes:
        """The key of a file with these bytes (`load.digest`) in this role."""
        # thousands of files share what a kustomization does to them
        changes = self._of_changes.get(id(role.changes))
        if changes is None:
            changes = self._of_changes[id(role.changes)] = _digest(self._encode(role.changes))
        rest = self._encode((role.name, role.evidence, role.applied, role.built, role.partial, role.chart))
        return _digest(self._plan, digest.encode(), changes, rest)


def settings_digest(config: Config, rules: str) -> bytes:
    """
    Of everything beside the files of a repository that findings depend on.

    rules: the digest of all rules. What is in folders of schemas counts by size and time of its last change.
    """
    stamps = [_stamp(Path(one)) for one in config.schema_locations]
    return _digest(
        __version__.encode(), code_stamp().encode(), repr(config).encode(), rules.encode(), repr(stamps).encode()
    )


def _stamp(path: Path) -> list[tuple[str, int, int]]:
    found = sorted(path.rglob("*")) if path.is_dir() else [path]
    stamps = []
    for one in found:
        try:
            stat = one.stat()
        except OSError:
            continue
        stamps.append((str(one), stat.st_size, stat.st_mtime_ns))
    return stamps


def key_of_tree(
    settings: bytes, tree: WorkingTree, rest: object, known: Callable[[str], str | None] = lambda file: None
) -> bytes:
    """
    The key of a whole run over a folder: all that exists there, and the bytes of all that is read.

    rest: what else it depends on (the day, Git's remotes), by its `repr`. known: the digest of a file that has been read
    already; None: it is read now.
    """
    lines = []
    for file in tree.files():
        if is_candidate(file) or is_text(file):
            try:
                lines.append(f"{known(file) or digest(tree.read(file))} {file}")
            except OSError as error:
                lines.append(f"{error.strerror} {file}")
    parts = ("\n".join(lines), repr(rest))
    return _digest(settings, tree.names(), *(one.encode("utf-8", "backslashreplace") for one in parts))


def run_of(outcome: Outcome, key: bytes) -> Run:
    """What is kept of an outcome."""
    return Run(
        key,
        outcome.findings,
        outcome.suppressed,
        outcome.unverified,
        outcome.files,
        outcome.resources,
        outcome.secrets,
        outcome.details,
    )


def _digest(*parts: bytes) -> bytes:
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        made.update(len(part).to_bytes(8, "little"))
        made.update(part)
    return made.digest()
