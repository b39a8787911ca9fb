"""
What one of several like things lacks: an environment that all the others have. Things are overlays of an application, value
files of a chart, Applications of one stem. Callers: the vocabulary.

An environment counts as missing only where at least three others have it, next to nobody lacks it, and the thing has every
other environment that is usual there, two at least: a thing that is in dev alone has not come further yet.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from gitops_lint.dataclass import dataclass
from gitops_lint.model.environmentwords import whole_word
from gitops_lint.repo.index import Repo

_FEWEST = 3
"""How many others must have an environment."""

_HOLDERS = frozenset(("overlays", "overlay", "envs", "env", "environments", "environment", "stages", "values"))


@dataclass(frozen=True, slots=True)
class Member:
    """
    One environment of one thing.

    circle: those that are compared. thing: one of them. environment: canonical; written: the word as it is written. place:
    where it is: a folder, a file, or the key of an Application.
    """

    circle: str
    thing: str
    environment: str
    written: str
    place: str


@dataclass(frozen=True, slots=True)
class Lack:
    """
    A thing without an environment. has: the environments it has, as written. place: of the last one. missing: the word that
    the others write. others: how many have it; example: the place of one of them.
    """

    thing: str
    has: tuple[str, ...]
    place: str
    missing: str
    others: int
    example: str


def lacks(members: Iterable[Member]) -> Iterator[Lack]:
    """The things that lack an environment, by circle and thing."""
    circles: dict[str, dict[str, dict[str, Member]]] = {}
    for one in members:
        circles.setdefault(one.circle, {}).setdefault(one.thing, {}).setdefault(one.environment, one)
    for _, things in sorted(circles.items()):
        yield from _of_circle(things)


def _of_circle(things: dict[str, dict[str, Member]]) -> Iterator[Lack]:
    grown = {thing: has for thing, has in things.items() if len(has) > 1}
    counts: dict[str, int] = {}
    for has in grown.values():
        for environment in has:
            counts[environment] = counts.get(environment, 0) + 1
    allowed = max(1, len(grown) // 10)
    usual = {name for name, count in counts.items() if count >= _FEWEST and len(grown) - count <= allowed}
    for thing, has in sorted(grown.items()):
        missing = usual - set(has)
        if len(missing) != 1 or len(usual & set(has)) < 2:
            continue
        (name,) = missing
        example = next(other[name] for other in grown.values() if name in other)
        mine = [one for one in has.values() if one.environment in usual]
        yield Lack(
            thing, tuple(one.written for one in mine), mine[-1].place, example.written, counts[name], example.place
        )


# ---- overlays and value files


def overlay_members(repo: Repo) -> Iterator[Member]:
    """
    Folders of kustomizations whose name is an environment: of `apps/shop/overlays/prod` and `apps/shop/prod` the thing is
    shop; of `envs/prod/shop` it is shop as well, in the circle of `envs`.
    """
    for directory, found in repo.kustomizations.by_directory.items():
        if found.component:
            continue
        above, _, last = directory.rpartition("/")
        environment = _environment(repo, last)
        if environment is not None and above:
            thing = posixpath.dirname(above) if posixpath.basename(above) in _HOLDERS else above
            yield Member(f"{posixpath.dirname(thing)} of", thing, environment, last, directory)
        holder, _, parent = above.rpartition("/")
        environment = _environment(repo, parent)
        if environment is not None:
            yield Member(f"{holder} in", last, environment, parent, directory)


def value_file_members(repo: Repo) -> Iterator[Member]:
    """Value files of charts that are named after an environment: `values-prod.yaml`, `values/prod.yaml`."""
    for file, role in repo.roles.items():
        if role.name != "values" or not file.endswith((".yaml", ".yml")):
            continue
        folder, _, name = file.rpartition("/")
        stem = name.rpartition(".")[0]
        word = stem
        for beginning in ("values-", "values.", "values_"):
            word = word.removeprefix(beginning)
        environment = _environment(repo, word)
        if environment is None:
            continue
        thing = posixpath.dirname(folder) if posixpath.basename(folder) in _HOLDERS else folder
        circle = f"{posixpath.dirname(thing)} {file.removeprefix(thing)[: -len(name)]}{stem.removesuffix(word)}"
        yield Member(circle, thing, environment, word, file)


def _environment(repo: Repo, word: str) -> str | None:
    return word if word in repo.config.environments else whole_word(word)
