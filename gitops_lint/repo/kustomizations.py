"""All kustomizations of a repository as a graph: who includes whom, what is done to a file, where it ends up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from functools import cached_property

from gitops_lint.dataclass import dataclass
from gitops_lint.repo.changes import ANY_NAME, AS_WRITTEN, Change, Renames
from gitops_lint.repo.discover import Tree
from gitops_lint.repo.kustomization import (
    INCLUDES,
    Entry,
    Generated,
    Kustomization,
    kustomization_files,
    read_kustomization,
)

# A base that hundreds of overlays include has so many ways up that listing them tells nobody anything.
_MANY = 500


@dataclass(frozen=True, slots=True)
class Placement:
    """
    Where a file's resources end up in one build.

    build: folder of the kustomization that is built. namespace: what the build sets; None where it sets none. prefix,
    suffix: what it puts around names.
    """

    build: str
    namespace: str | None = None
    prefix: str = ""
    suffix: str = ""


class Kustomizations:
    """
    The graph.

    by_directory: folder to its kustomization. Nothing is built here: what a build makes of a resource is `simulate`'s.
    """

    def __init__(self, by_directory: MappingOf[str, Kustomization]) -> None:
        self.by_directory = dict(sorted(by_directory.items()))
        self._ups: dict[str, dict[str, Renames]] = {}
        self._changes: dict[str, list[Change]] = {}
        self._told: dict[str, tuple[Change, ...]] = {}

    def all(self) -> Sequence[Kustomization]:
        """Every kustomization, sorted by folder."""
        return tuple(self.by_directory.values())

    def at(self, directory: str) -> Kustomization | None:
        """The kustomization of a folder."""
        return self.by_directory.get(directory)

    def of_file(self, file: str) -> Kustomization | None:
        """The kustomization that a file is."""
        return self._by_file.get(file)

    @cached_property
    def _by_file(self) -> dict[str, Kustomization]:
        return {one.file: one for one in self.by_directory.values()}

    # ---- who names what

    @cached_property
    def _namers(self) -> dict[str, list[tuple[Kustomization, Entry]]]:
        found: dict[str, list[tuple[Kustomization, Entry]]] = {}
        for one in self.by_directory.values():
            for entry in one.entries:
                if entry.target is not None and entry.status in ("file", "directory"):
                    found.setdefault(entry.target, []).append((one, entry))
        return found

    def named_by(self, path: str) -> Sequence[tuple[Kustomization, Entry]]:
        """The kustomizations that name a file or folder, in whatever field, with the entries that do."""
        return tuple(self._namers.get(path, ()))

    def includers(self, path: str) -> Sequence[tuple[Kustomization, Entry]]:
        """Those that include it as resources, base or component."""
        return tuple((one, entry) for one, entry in self._namers.get(path, ()) if entry.field in INCLUDES)

    def included_by_any(self, path: str) -> bool:
        return bool(self.includers(path))

    @cached_property
    def builds(self) -> Sequence[Kustomization]:
        """What nothing else includes and can stand alone: kustomizations, not components."""
        return tuple(
            one for one in self.by_directory.values() if not one.component and not self.includers(one.directory)
        )

    def closure(self, directory: str) -> Sequence[Kustomization]:
        """A kustomization and all it includes, each once, nearest first; empty where the folder has none."""
        found: dict[str, Kustomization] = {}
        waiting = [directory]
        while waiting:
            one = self.by_directory.get(waiting.pop(0))
            if one is None or one.directory in found:
                continue
            found[one.directory] = one
            waiting += [
                entry.target for entry in one.included() if entry.status == "directory" and entry.target is not None
            ]
        return tuple(found.values())

    def files_of(self, directory: str) -> Sequence[str]:
        """The resource files that the build of a folder reads in this repository, sorted."""
        return tuple(
            sorted(
                {
                    entry.target
                    for one in self.closure(directory)
                    for entry in one.included()
                    if entry.status == "file" and entry.target is not None
                }
            )
        )

    def unseen_in(self, directory: str) -> Sequence[tuple[Kustomization, str, int, int]]:
        """Why the build of a folder holds more than the repository shows: who, why, and where; empty when it is complete."""
        found: list[tuple[Kustomization, str, int, int]] = []
        for one in self.closure(directory):
            if one.broken:
                found.append((one, f"`{one.file}` could not be read", 0, 0))
            found += [(one, why, start, end) for why, start, end in one.unseen]
            for entry in one.included():
                # a folder whose kustomization is a link: paths in it would count from the wrong folder
                if entry.status == "directory" and entry.target not in self.by_directory:
                    found.append((one, f"`{entry.text}` could not be read", entry.start, entry.end))
        return tuple(found)

    def generated(self, kind: str, name: str) -> Sequence[tuple[Kustomization, Generated]]:
        """
        The ConfigMaps or Secrets of that name that kustomizations generate, with the kustomization that does.

        name: as in the generator's entry; the built one has prefixes and, where `hashed`, a suffix of its content.
        """
        return tuple(self._generated.get((kind, name), ()))

    @cached_property
    def _generated(self) -> dict[tuple[str, str], list[tuple[Kustomization, Generated]]]:
        found: dict[tuple[str, str], list[tuple[Kustomization, Generated]]] = {}
        for one in self.by_directory.values():
            for made in one.generated:
                found.setdefault((made.kind, made.name), []).append((one, made))
        return found

    # ---- what is done to a file

    def _up(self, directory: str) -> dict[str, Renames]:
        """Every kustomization at or above a folder in the graph, with the renames that it sees of resources of the folder."""
        known = self._ups.get(directory)
        if known is not None:
            return known
        found: dict[str, Renames] = {directory: AS_WRITTEN}
        for below in self._upwards(directory):
            one = self.by_directory[below]
            seen = found.setdefault(below, AS_WRITTEN)
            if seen and (one.prefix or one.suffix):
                seen += tuple((one.prefix + before, behind + one.suffix) for before, behind in seen)
            for above, _ in self.includers(below):
                if above.directory == directory:
                    continue  # a circle
                there = found.get(above.directory, AS_WRITTEN)
                joined = tuple(dict.fromkeys((*there, *seen))) if there and seen else ANY_NAME
                found[above.directory] = joined if len(joined) <= _MANY else ANY_NAME
        self._ups[directory] = found
        return found

    def _upwards(self, directory: str) -> list[str]:
        """A folder and all above it in the graph, each behind those that it includes (in a circle: in any order)."""
        reached = {directory}
        waiting = [directory]
        below_count: dict[str, int] = {}
        while waiting:
            for above in dict.fromkeys(one.directory for one, _ in self.includers(waiting.pop())):
                below_count[above] = below_count.get(above, 0) + 1
                if above not in reached:
                    reached.add(above)
                    waiting.append(above)
        ordered: dict[str, None] = {}
        ready = [directory]
        while ready or len(ordered) < len(reached):
            # a circle leaves nothing ready: then the next by name goes first
            one = ready.pop() if ready else min(reached - ordered.keys())
            if one in ordered:
                continue
            ordered[one] = None
            for above in dict.fromkeys(upper.directory for upper, _ in self.includers(one)):
                below_count[above] -= 1
                if below_count[above] <= 0:
                    ready.append(above)
        return list(ordered)

    def _own_and_components(self, directory: str, seen: frozenset[str] = frozenset()) -> list[Change]:
        """The changes that a kustomization makes, those of its components included: they see all that came before them."""
        one = self.by_directory.get(directory)
        if one is None or directory in seen:
            return []
        found = list(one.changes)
        for entry in one.included():
            if entry.field == "components" and entry.status == "directory" and entry.target is not None:
                found += self._own_and_components(entry.target, seen | {directory})
        return found

    def changes_to(self, file: str) -> tuple[Change, ...]:
        """What kustomizations do to the resources of a file, each kind of change once, in the order of the graph."""
        directories = sorted({one.directory for one, _ in self.includers(file)})
        if len(directories) == 1:
            return self._changes_in(directories[0])
        found: dict[tuple[object, ...], Change] = {}
        for directory in directories:
            for change in self._changes_in(directory):
                found.setdefault(change.what, change)
        return tuple(found.values())

    def _changes_in(self, directory: str) -> tuple[Change, ...]:
        """What is done to the files that the kustomization of a folder includes, by itself and by all above it."""
        known = self._told.get(directory)
        if known is None:
            found: dict[tuple[object, ...], Change] = {}
            for above, renames in sorted(self._up(directory).items()):
                for change in self._changes_at(above):
                    told = replace(change, renames=renames) if change.target.name and renames != AS_WRITTEN else change
                    found.setdefault(told.what, told)
            known = self._told[directory] = tuple(found.values())
        return known

    def _changes_at(self, directory: str) -> list[Change]:
        known = self._changes.get(directory)
        if known is None:
            known = self._changes[directory] = self._own_and_components(directory)
        return known

    # ---- where it ends up

    def placements(self, file: str, built: frozenset[str] = frozenset()) -> Sequence[Placement]:
        """
        The builds that hold a file's resources, with the namespace and the names they get there.

        built: folders that are built for themselves although something else includes them (an Application's path).
        Empty where no kustomization includes the file, and where there are too many ways up to list.
        """
        found: set[Placement] = set()
        waiting: list[tuple[str, str | None, str, str]] = [
            (one.directory, None, "", "") for one, _ in self.includers(file)
        ]
        seen: set[tuple[str, str | None, str, str]] = set()
        while waiting:
            state = waiting.pop()
            if state in seen:
                continue
            seen.add(state)
            if len(seen) > _MANY:
                return ()
            directory, namespace, prefix, suffix = state
            for one in self._with_components(directory):
                namespace = one.namespace or namespace
                prefix, suffix = one.prefix + prefix, suffix + one.suffix
            above = [one.directory for one, _ in self.includers(directory)]
            if (not above or directory in built) and not self.by_directory[directory].component:
                found.add(Placement(directory, namespace, prefix, suffix))
            waiting += [(upper, namespace, prefix, suffix) for upper in above]
        return tuple(sorted(found, key=lambda one: (one.build, one.namespace or "", one.prefix, one.suffix)))

    def _with_components(self, directory: str, seen: frozenset[str] = frozenset()) -> list[Kustomization]:
        """A kustomization behind its components, which work on what came before them."""
        one = self.by_directory.get(directory)
        if one is None or directory in seen:
            return []
        found: list[Kustomization] = []
        for entry in one.included():
            if entry.field == "components" and entry.target is not None:
                found += self._with_components(entry.target, seen | {directory})
        return [*found, one]


def read_kustomizations(tree: Tree, files: Iterable[str]) -> Kustomizations:
    """
    The graph of these kustomization files.

    Of two in one folder the first of kustomization.yaml, kustomization.yml, Kustomization counts.
    """
    found: dict[str, Kustomization] = {}
    for file in files:
        directory = file.rpartition("/")[0]
        first = kustomization_files(tree, directory)
        if first and first[0] == file:
            found[directory] = read_kustomization(tree, file)
    return Kustomizations(found)
