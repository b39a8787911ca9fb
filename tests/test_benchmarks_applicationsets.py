"""The repository on which `render` is measured is the same for the same seed, and generates what it says."""

from __future__ import annotations

from pathlib import Path

from benchmarks.applicationsets import APPLICATIONS, repository
from benchmarks.rendering import write
from gitops_lint import render


def test_the_same_seed_gives_the_same_applicationsets() -> None:
    assert list(repository(0.05, 7)) == list(repository(0.05, 7))
    assert list(repository(0.05, 7)) != list(repository(0.05, 8))


def test_every_applicationset_generates_a_hundred_applications(tmp_path: Path) -> None:
    write(tmp_path, 0.05, 1)
    made = render(tmp_path).applicationsets

    assert [(len(one.applications), one.error, one.unknown, one.refused) for one in made] == [
        (APPLICATIONS, None, (), ())
    ] * 10
