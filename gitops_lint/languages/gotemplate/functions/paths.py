"""Slash paths. Source: Go path/path.go; on Linux path/filepath says the same."""

from __future__ import annotations

from gitops_lint.languages.gotemplate.function import Function


def clean(path: str) -> str:
    """The shortest path that means the same; of nothing `.`."""
    rooted = path.startswith("/")
    kept: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part != ".." or not rooted:
            kept.append(part)
    return ("/" if rooted else "") + "/".join(kept) or "."


def base(path: str) -> str:
    """The last part; of nothing `.`, of slashes alone `/`."""
    bare = path.rstrip("/")
    return bare.rpartition("/")[2] if bare else "/" if path else "."


def directory(path: str) -> str:
    return clean(path[: path.rfind("/") + 1])


def extension(path: str) -> str:
    """From the last dot of the last part."""
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name else ""


_BY_NAME = {
    "base": base,
    "dir": directory,
    "clean": clean,
    "ext": extension,
    "isAbs": lambda path: path.startswith("/"),
}

PATHS = tuple(
    Function(name, call, ("string",))
    for short, call in _BY_NAME.items()
    for name in (short, f"os{short[0].upper()}{short[1:]}")
)
