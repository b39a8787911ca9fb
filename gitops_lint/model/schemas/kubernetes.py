"""Kubernetes' own kinds as a source of schemas, by version, from the data files of kubernetes-validate."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from gitops_lint.model.schemas.apiserver import sharpen
from gitops_lint.model.schemas.bundle import KUBERNETES, Manner, Schema, version_key
from gitops_lint.model.schemas.problem import Path as FieldPath
from gitops_lint.model.schemas.sources import Found


class KubernetesSchemas:
    """
    Kubernetes' own kinds, from the data files of kubernetes-validate: one file of definitions a minor version.

    The package is found without importing it, and only the file of the wanted version is read. version: "1.30"; None is
    the newest there is; one that is not there counts as the newest before it, or the oldest.
    """

    def __init__(self, version: str | None) -> None:
        self._wanted = version
        self._definitions: dict[str, Schema] | None = None
        self._by_kind: dict[tuple[str, str, str], str] = {}
        self._later: list[tuple[str, dict[str, frozenset[str]]]] | None = None
        self.version = ""

    def find(self, group: str, version: str, kind: str) -> Found | None:
        if not _of_kubernetes(group):
            return None
        definitions = self._load()
        name = self._by_kind.get((group, version, kind))
        if name is None:
            return None
        return Found(definitions[name], KUBERNETES, "kubernetes:definitions", f"Kubernetes {self.version}")

    def versions(self, group: str, kind: str) -> Iterable[str]:
        if not _of_kubernetes(group):
            return []
        self._load()
        return [version for of_group, version, of_kind in self._by_kind if (of_group, of_kind) == (group, kind)]

    def kinds(self, group: str) -> Iterable[str]:
        if not _of_kubernetes(group):
            return []
        self._load()
        return [kind for of_group, _, kind in self._by_kind if of_group == group]

    def document(self, name: str) -> tuple[Schema, Manner] | None:
        return ({"$defs": self._load()}, KUBERNETES) if name == "kubernetes:definitions" else None

    def since(self, group: str, version: str, kind: str, path: FieldPath, name: str) -> str:
        """
        The first version after the wanted one in which the mapping at a path takes a field of that name, or "".

        Of the later versions only the names of the fields are kept, once a mistake that they may explain was found.
        """
        definitions = self._load()
        holder = _definition_at(definitions, self._by_kind.get((group, version, kind), ""), path)
        if holder and self._later is None:
            later = [each for each in _ordered(_folders()) if version_key(_minor(each)) > version_key(self.version)]
            self._later = [(_minor(folder), _names(_read(folder))) for folder in later]
        return next((minor for minor, names in self._later or () if name in names.get(holder, ())), "")

    def _load(self) -> dict[str, Schema]:
        if self._definitions is None:
            folder = _newest(_folders(), self._wanted)
            if folder is None:
                self._definitions = {}
                return self._definitions
            self.version = _minor(folder)
            loaded = self._definitions = _read(folder)
            sharpen(loaded)
            self._by_kind = _kinds(loaded)
        return self._definitions


def _of_kubernetes(group: str) -> bool:
    return "." not in group or group.endswith(".k8s.io")


def _folders() -> list[Path]:
    spec = find_spec("kubernetes_validate")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "kubernetes-json-schema"
        if folder.is_dir():
            return [entry for entry in folder.iterdir() if re.fullmatch(r"v\d[\d.]*-local-strict", entry.name)]
    return []


def _newest(folders: Iterable[Path], wanted: str | None) -> Path | None:
    ordered = _ordered(folders)
    if not ordered or wanted is None:
        return ordered[-1] if ordered else None
    limit = version_key(wanted)[:2]
    return next((folder for folder in reversed(ordered) if version_key(folder.name)[:2] <= limit), ordered[0])


def _ordered(folders: Iterable[Path]) -> list[Path]:
    return sorted(folders, key=lambda folder: version_key(folder.name))


def _minor(folder: Path) -> str:
    return ".".join(folder.name.lstrip("v").split(".")[:2])


def _read(folder: Path) -> dict[str, Schema]:
    definitions: dict[str, Schema] = json.loads((folder / "_definitions.json").read_bytes())["$defs"]
    return definitions


def _kinds(definitions: Mapping[str, Schema]) -> dict[tuple[str, str, str], str]:
    """Group, version and kind to the name of the definition."""
    found: dict[tuple[str, str, str], str] = {}
    for name, schema in definitions.items():
        kinds = schema.get("x-kubernetes-group-version-kind", ())
        # options of requests (DeleteOptions) are listed under every group and are no kinds of a repository
        if len(kinds) == 1:
            found[(kinds[0]["group"], kinds[0]["version"], kinds[0]["kind"])] = name
    return found


def _definition_at(definitions: Mapping[str, Schema], name: str, path: FieldPath) -> str:
    """Name of the definition that the mapping at a path of a definition has; "" where it has none of its own."""
    for part in path:
        if isinstance(part, int):
            continue
        below = definitions.get(name, {}).get("properties", {}).get(part, {})
        below = below.get("items") or below.get("additionalProperties") or below
        name = str(below.get("$ref", "")).rpartition("/")[2]
    return name


def _names(definitions: Mapping[str, Schema]) -> dict[str, frozenset[str]]:
    return {name: frozenset(schema.get("properties", ())) for name, schema in definitions.items()}
