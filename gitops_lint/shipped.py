"""Where the rules and schemas that come with gitops-lint are, in a checkout and in a wheel; the only module that knows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gitops_lint.errors import GitopsLintError

if TYPE_CHECKING:  # it takes its time, and only annotations name it
    from importlib.resources.abc import Traversable


def folder(name: str) -> Traversable:
    """
    The shipped folder `name` ("rules" or "schemas").

    Read through the Traversable, so that a zipped wheel works, and pick files by their suffix: a build also packs what
    editors leave behind. Raises GitopsLintError naming both places where the folder should have been.
    """
    packed = _packed(name)
    if packed.is_dir():
        return packed
    checkout = Path(__file__).parent.parent
    beside = checkout / name
    # pyproject.toml tells a checkout from a site-packages folder that happens to hold a folder of this name
    if (checkout / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    raise GitopsLintError(
        f"the shipped `{name}` are missing: neither `{packed}` nor `{beside}` exists", help="install gitops-lint again"
    )


def text(name: str) -> str | None:
    """
    What a file holds that the build made for the wheel (`rules.jsonl`: the checked built-in rules).

    None in a checkout, which keeps such data in the cache instead.
    """
    packed = _packed(name)
    return packed.read_text(encoding="utf-8") if packed.is_file() else None


def code_stamp() -> str:
    """What tells one state of a checkout's code from another, by sizes and times; empty where gitops-lint is installed."""
    package = Path(__file__).parent
    if not (package.parent / "pyproject.toml").is_file():
        return ""
    newest = size = 0
    for folder in (package, package.parent / "schemas"):
        for path, _, names in os.walk(folder):
            for name in names:
                if name.endswith((".py", ".json", ".lark")):
                    found = os.stat(f"{path}/{name}")  # noqa: PTH116 (four hundred files: a Path for each takes longer)
                    newest = max(newest, found.st_mtime_ns)
                    size += found.st_size
    return f"{newest} {size}"


def _packed(name: str) -> Traversable:
    package = Path(__file__).parent
    if package.is_dir():
        return package / "_shipped" / name
    # a wheel that is not unpacked
    from importlib.resources import files

    return files("gitops_lint") / "_shipped" / name
