"""How schema problems are put into words: short paths, types, lists of what is allowed, what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitops_lint.model.schemas.problem import Path
from gitops_lint.pattern import pattern
from gitops_lint.text.path import render

_TYPES = {
    "array": "a list",
    "boolean": "a boolean",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a string",
}
_SYSTEMS = {
    "argo-cd": "Argo CD",
    "argo-rollouts": "Argo Rollouts",
    "external-secrets": "External Secrets",
    "istio": "Istio",
    "kubernetes": "Kubernetes",
    "kustomize": "kustomize",
    "prometheus-operator": "Prometheus Operator",
    "sealed-secrets": "Sealed Secrets",
}
# values under such names are never quoted, unless the name says that the value only names something
_SECRET = pattern(r"passw|passphrase|secret|token|credential|api_?key|private_?key|access_?key", re.IGNORECASE)
_NAMING = pattern(r"(name|ref|kind|path|file|url|policy|format|type)$", re.IGNORECASE)


def short(path: Path) -> str:
    """A path that still names a thing when it is long: its last two keys (`env[0].value`); "" for the document."""
    whole = render(path)
    if len(whole) <= 40:
        return whole
    keys = [at for at, part in enumerate(path) if isinstance(part, str)]
    return render(path[keys[-2] if len(keys) > 1 else 0 :])


def type_word(name: str) -> str:
    """A JSON Schema type in words: `object` is "a mapping"."""
    return _TYPES.get(name, name)


def type_of(value: Any) -> str:
    """The type of a plain value in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "a mapping"


def either(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def both(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def some(words: Sequence[str], most: int = 10) -> str:
    """The first ten of sorted words, with "…" for the rest."""
    return ", ".join(words[:most]) + (", …" if len(words) > most else "")


def close(word: str, allowed: Iterable[str]) -> str:
    """The one of `allowed` that `word` probably means, or ""."""
    candidates = sorted(allowed)
    plain = _bare(word)
    for candidate in candidates:
        if _bare(candidate) == plain:
            return candidate
    found = difflib.get_close_matches(word, candidates, 1, 0.75) if len(word) > 2 else []
    return found[0] if found else ""


def same_but_case(word: str, other: str) -> bool:
    return _bare(word) == _bare(other)


def _bare(word: str) -> str:
    return word.replace("-", "").replace("_", "").lower()


def versions(given: Mapping[str, str]) -> str:
    """`{"argo-cd": "2.8"}` to "Argo CD 2.8"."""
    return (
        both([f"{_SYSTEMS.get(system, system)} {version}" for system, version in sorted(given.items())])
        if given
        else ""
    )


def quotable(path: Path, root: Any) -> bool:
    """
    Whether a message may quote the value at `path` of a plain resource: not the data of a Secret, nor what a name calls a
    credential (`password: 123456` is a type mistake and a secret at once).
    """
    if isinstance(root, dict) and root.get("kind") == "Secret" and path[:1] in (("data",), ("stringData",)):
        return False
    keys = [part for part in path if isinstance(part, str)]
    if keys[-1:] == ["value"]:
        holder = _at(root, path[:-1])
        name = holder.get("name") if isinstance(holder, dict) else None
        keys = [*keys[:-1], *([name] if isinstance(name, str) else [])]
    return not keys or not _SECRET.search(keys[-1]) or _NAMING.search(keys[-1]) is not None


def _at(root: Any, path: Path) -> Any:
    found = root
    for part in path:
        if isinstance(found, list) and isinstance(part, int):
            found = found[part]
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found
