"""How a fuzz target is run: with atheris, or over the files that are given without it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "hostile")]


def run(one: Callable[[bytes], None]) -> None:
    """
    Feeds bytes to `one` until it raises: those that atheris invents from a corpus (folders and flags of libFuzzer on the
    command line), or with `--replay FILE…` those of the files, without atheris.
    """
    if sys.argv[1:2] == ["--replay"]:
        for path in files_of(sys.argv[2:]):
            one(path.read_bytes())
        return
    import atheris

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


def files_of(given: Iterable[str]) -> list[Path]:
    """The files that are named, and those in folders that are named."""
    found: list[Path] = []
    for one in map(Path, given):
        found += sorted(path for path in one.rglob("*") if path.is_file()) if one.is_dir() else [one]
    return found


def instrumented() -> object:
    """A block whose imports are watched by atheris; an empty one for a replay."""
    if sys.argv[1:2] == ["--replay"]:
        from contextlib import nullcontext

        return nullcontext()
    import atheris

    return atheris.instrument_imports(include=["gitops_lint"])
