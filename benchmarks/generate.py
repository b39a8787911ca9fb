"""
A GitOps repository of any size, the same for the same seed: what the benchmark runs on, so that it needs no download.

`python -m benchmarks.generate FOLDER --factor 1` writes one; factor 1 is the reference repository.
"""

from __future__ import annotations

import argparse
import collections
import math
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import components, estate
from benchmarks.written import REPOSITORY_URL, File, kustomization

REFERENCE_FILES = 4070
"""YAML files of the reference repository."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sort of thing in a repository. count: how many of them the reference repository has."""

    name: str
    count: int
    make: Callable[[int, random.Random], list[File]]


PARTS = (
    Part("component", 44, components.component),
    Part("small component", 80, components.small_component),
    Part("tenant", 76, estate.tenant),
    Part("policy", 42, estate.policy),
    Part("queue", 26, estate.queue),
    Part("rendered operator", 25, estate.rendered),
    Part("definitions", 30, estate.definitions),
    Part("large definitions", 2, estate.large_definitions),
    Part("chart", 2, estate.chart),
    Part("inflated chart", 26, estate.inflated),
    Part("dashboards", 24, estate.dashboards),
    Part("subscription", 22, estate.subscription),
    Part("pipeline settings", 20, estate.settings),
)
"""How often each sort occurs in a repository of that size; `benchmarks/README.md` shows what this was fitted to."""

AUTHOR = b"Platform <platform@example.com>"
DAY = 1_767_225_600
"""When everything is committed, in seconds since 1970: the beginning of 2026."""

FIRST = 0.1
"""What occurs `count` times in the reference repository occurs once from `FIRST / count` times its size on."""


def repository(factor: float = 1.0, seed: int = 1) -> Iterator[File]:
    """
    The files of a repository of about `factor` times the reference, part by part; the same for the same arguments.

    Parts come evenly: a small repository has what is frequent, and a large one has of everything in proportion.
    """
    due = sorted(
        ((number + FIRST) / part.count, part.name, number, part)
        for part in PARTS
        for number in range(math.ceil(factor * part.count - FIRST))
    )
    room = 1.1 * factor * REFERENCE_FILES + 5
    sets: list[str] = []
    applications: list[str] = []
    beginning = estate.platform()
    yield from beginning
    room -= len(beginning) + 4
    for _, name, number, part in due:
        files = part.make(number, random.Random(f"{seed}/{name}/{number}"))
        if len(files) > room:
            continue  # a small repository has no room for the large parts, and some for the next
        room -= len(files)
        for file in files:
            folder, _, last = file.path.rpartition("/")
            if folder == "argo-cd-apps/base/applications":
                applications.append(last)
            elif folder.startswith("argo-cd-apps/base/sets/") and last == "kustomization.yaml":
                sets.append(folder.rpartition("/")[2])
            yield file
    if applications:
        yield File("argo-cd-apps/base/applications/kustomization.yaml", kustomization(applications))
    if sets:
        yield File("argo-cd-apps/base/sets/kustomization.yaml", kustomization(sets))
    folders = ["projects", *(["applications"] if applications else []), *(["sets"] if sets else [])]
    for environment in ("staging", "production"):
        yield File(
            f"argo-cd-apps/overlays/{environment}/kustomization.yaml",
            kustomization([f"../../base/{folder}" for folder in folders], namespace="argocd"),
        )


def write(folder: Path, factor: float = 1.0, seed: int = 1, *, commit: bool = False) -> dict[str, tuple[str, ...]]:
    """
    The repository on disk, as a Git repository whose remote is its own URL.

    commit: everything is committed, for what looks at the history; else nothing is, which is quicker.
    Returns the mistakes that were put into it: path to rules.
    """
    planted = {}
    made: set[Path] = set()
    for file in repository(factor, seed):
        target = folder / file.path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        target.write_text(file.text, encoding="utf-8", newline="\n")
        if file.planted:
            planted[file.path] = file.planted
    _make_repository(folder, commit)
    return planted


def _make_repository(folder: Path, commit: bool) -> None:
    # not at the top: only a commit needs it
    from dulwich import porcelain

    with porcelain.init(str(folder)) as made:
        config = made.get_config()
        config.set((b"remote", b"origin"), b"url", REPOSITORY_URL.encode())
        config.write_to_path()
        (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
        if commit:
            porcelain.add(made)
            porcelain.commit(
                made,
                b"Everything\n",
                author=AUTHOR,
                committer=AUTHOR,
                # the same commit for the same content
                author_timestamp=DAY,
                author_timezone=0,
                commit_timestamp=DAY,
                commit_timezone=0,
            )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description="Write a GitOps repository.")
    parser.add_argument("folder", type=Path, help="an empty or new folder")
    parser.add_argument("--factor", type=float, default=1.0, help="times the reference repository (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="another number gives another repository (default 1)")
    parser.add_argument("--commit", action="store_true", help="commit everything")
    given = parser.parse_args()
    if given.folder.exists() and any(given.folder.iterdir()):
        print(f"error: {given.folder} is not empty", file=sys.stderr)
        return 2
    planted = write(given.folder, given.factor, given.seed, commit=given.commit)
    files = [one for one in given.folder.rglob("*.yaml") if one.is_file()]
    print(f"{len(files)} YAML files, {sum(one.stat().st_size for one in files) / 1e6:.1f} MB in {given.folder}")
    for rule, count in sorted(collections.Counter(rule for rules in planted.values() for rule in rules).items()):
        print(f"  {count} planted: {rule}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
