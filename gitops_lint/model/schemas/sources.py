"""Where schemas of kinds come from: the shipped folder, CustomResourceDefinitions, `--schema-location`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from gitops_lint import shipped
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import ConfigurationError
from gitops_lint.model.schemas.bundle import FOREIGN, SHIPPED, STRUCTURAL, Manner, Schema
from gitops_lint.model.schemas.sound import sound
from gitops_lint.pattern import pattern

if TYPE_CHECKING:  # it takes its time, and only annotations name it
    from importlib.resources.abc import Traversable

# folders of `schemas/` that hold no kinds: the tool's own formats, and parts that kinds share
_NO_KINDS = frozenset(("gitops-lint", "meta.k8s.io"))


@dataclass(frozen=True, slots=True)
class Found:
    """A schema as its source has it. where: absolute name of the document, from which its references start; source: words."""

    schema: Schema
    manner: Manner
    where: str
    source: str


class Origin(Protocol):
    """One place that schemas come from."""

    def find(self, group: str, version: str, kind: str) -> Found | None: ...
    def versions(self, group: str, kind: str) -> Iterable[str]: ...
    def kinds(self, group: str) -> Iterable[str]: ...
    def document(self, name: str) -> tuple[Schema, Manner] | None:
        """The document of that absolute name (without `#…`), where it is one of this source."""


class ShippedSchemas:
    """The schemas of this project: `schemas/<group>/<kind in lower case>_<version>.json`; the title is the kind."""

    def __init__(self) -> None:
        self._folders: dict[str, Traversable] | None = None
        self._files: dict[str, dict[str, Traversable]] = {}
        self._documents: dict[str, Schema] = {}

    def find(self, group: str, version: str, kind: str) -> Found | None:
        file = f"{kind.lower()}_{version}.json"
        if file not in self._group(group):
            return None
        schema = self._read(group, file)
        if schema["title"] != kind:
            return None
        return Found(schema, SHIPPED, f"gitops-lint:{group}/{file}", "shipped with gitops-lint")

    def versions(self, group: str, kind: str) -> Iterable[str]:
        start = kind.lower() + "_"
        found = [file[len(start) : -len(".json")] for file in self._group(group) if file.startswith(start)]
        return [version for version in found if self.find(group, version, kind)]

    def kinds(self, group: str) -> Iterable[str]:
        for file in self._group(group):
            if "_" in file:
                yield str(self._read(group, file)["title"])

    def document(self, name: str) -> tuple[Schema, Manner] | None:
        group, _, file = name.removeprefix("gitops-lint:").partition("/")
        if not name.startswith("gitops-lint:") or file not in self._group(group, shared=True):
            return None
        return self._read(group, file), SHIPPED

    def _group(self, group: str, shared: bool = False) -> dict[str, Traversable]:
        if self._folders is None:
            self._folders = {entry.name: entry for entry in shipped.folder("schemas").iterdir() if entry.is_dir()}
        if group not in self._folders or (group in _NO_KINDS and not shared):
            return {}
        if group not in self._files:
            entries = (entry for entry in self._folders[group].iterdir() if entry.name.endswith(".json"))
            self._files[group] = {entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name)}
        return self._files[group]

    def _read(self, group: str, file: str) -> Schema:
        name = f"{group}/{file}"
        if name not in self._documents:
            self._documents[name] = json.loads(self._files[group][file].read_text(encoding="utf-8"))
        return self._documents[name]


class DefinedSchemas:
    """Kinds that CustomResourceDefinitions of the repository define; given as plain values, broken ones are passed over."""

    def __init__(self, crds: Sequence[Mapping[str, Any]]) -> None:
        self._found: dict[tuple[str, str], dict[str, Found]] = {}
        for crd in crds:
            self._read(crd)

    def _read(self, crd: Mapping[str, Any]) -> None:
        spec = _mapping(crd.get("spec"))
        group, kind = spec.get("group"), _mapping(spec.get("names")).get("kind")
        if not isinstance(group, str) or not isinstance(kind, str):
            return
        beta = crd.get("apiVersion") == "apiextensions.k8s.io/v1beta1"
        whole = _mapping(_mapping(spec.get("validation")).get("openAPIV3Schema"))
        # v1beta1 keeps what a schema does not list, unless it says otherwise
        keeps = spec.get("preserveUnknownFields", beta) is not False
        name = _mapping(crd.get("metadata")).get("name", f"{kind} in {group}")
        entries = spec.get("versions")
        versions = (
            [_mapping(entry) for entry in entries] if isinstance(entries, list) else [{"name": spec.get("version")}]
        )
        for entry in versions:
            schema = _mapping(_mapping(entry.get("schema")).get("openAPIV3Schema")) or whole
            version = entry.get("name")
            if isinstance(version, str) and schema:
                manner = FOREIGN if keeps else STRUCTURAL
                where = f"crd:{group}/{kind}/{version}"
                found = Found(
                    {**sound(schema), **_of_version(entry)}, manner, where, f"CustomResourceDefinition {name}"
                )
                self._found.setdefault((group, kind), {}).setdefault(version, found)

    def find(self, group: str, version: str, kind: str) -> Found | None:
        return self._found.get((group, kind), {}).get(version)

    def versions(self, group: str, kind: str) -> Iterable[str]:
        return self._found.get((group, kind), ())

    def kinds(self, group: str) -> Iterable[str]:
        return [kind for of_group, kind in self._found if of_group == group]

    def document(self, name: str) -> tuple[Schema, Manner] | None:
        return None


def _of_version(entry: Mapping[str, Any]) -> Schema:
    """What a CustomResourceDefinition says of one of its versions, in our words."""
    words: Schema = {"x-served": False} if entry.get("served") is False else {}
    if entry.get("deprecated") is True:
        words["x-deprecated"] = str(entry.get("deprecationWarning") or "use a newer version")
    return words


_FIELD = pattern(r"\{\{\s*\.(\w+)\s*\}\}")
_STANDARD = (
    "/{{ .NormalizedKubernetesVersion }}-standalone{{ .StrictSuffix }}/{{ .ResourceKind }}{{ .KindSuffix }}.json"
)


class LocatedSchemas:
    """
    Files that `--schema-location` names, in kubeconform's syntax: a path with `{{ .Group }}` and the like, or a folder laid
    out as the collections of Kubernetes schemas are.

    read: gives the bytes of a file, or None where there is none. Raises ConfigurationError for a URL (nothing is fetched)
    and for a field that kubeconform does not have.
    Source: kubeconform pkg/registry/registry.go.
    """

    def __init__(self, locations: Sequence[str], kubernetes: str | None, read: Callable[[str], bytes | None]) -> None:
        self._templates = [_template(location) for location in locations if location != "default"]
        self._kubernetes = f"v{kubernetes.lstrip('v')}" if kubernetes else "master"
        self._read = read
        self._documents: dict[str, Schema | None] = {}

    def find(self, group: str, version: str, kind: str) -> Found | None:
        for template in self._templates:
            for strict in ("-strict", "") if "StrictSuffix" in template else ("",):
                path = self._path(template, group, version, kind, strict)
                schema = self._document(path)
                if schema is not None:
                    return Found(schema, FOREIGN, path, path)
        return None

    def versions(self, group: str, kind: str) -> Iterable[str]:
        return []

    def kinds(self, group: str) -> Iterable[str]:
        return []

    def document(self, name: str) -> tuple[Schema, Manner] | None:
        schema = self._document(name) if self._templates and "://" not in name else None
        return (schema, FOREIGN) if schema is not None else None

    def _path(self, template: str, group: str, version: str, kind: str, strict: str) -> str:
        short = group.partition(".")[0].lower()
        fields = {
            "Group": group,
            "ResourceKind": kind.lower(),
            "ResourceAPIVersion": version,
            "NormalizedKubernetesVersion": self._kubernetes,
            "StrictSuffix": strict,
            "KindSuffix": f"-{short}-{version.lower()}" if group else f"-{version.lower()}",
        }
        return _FIELD.sub(lambda found: fields[found[1]], template)

    def _document(self, path: str) -> Schema | None:
        if path not in self._documents:
            content = self._read(path)
            try:
                loaded = json.loads(content) if content is not None else None
            except ValueError as wrong:
                raise ConfigurationError(f"the schema `{path}` is no JSON: {wrong}", file=path) from wrong
            self._documents[path] = loaded if isinstance(loaded, dict) else None
        return self._documents[path]


_FIELDS = ("Group", "ResourceKind", "ResourceAPIVersion", "NormalizedKubernetesVersion", "StrictSuffix", "KindSuffix")


def _template(location: str) -> str:
    if "://" in location:
        raise ConfigurationError(
            f"the schema location `{location}` is a URL, and gitops-lint fetches nothing",
            help="copy the schemas into the repository and name the path",
        )
    for field in _FIELD.findall(location):
        if field not in _FIELDS:
            raise ConfigurationError(
                f"the schema location `{location}` names `.{field}`; it may name {', '.join(sorted(_FIELDS))}"
            )
    if "{{" in _FIELD.sub("", location):
        raise ConfigurationError(
            f"the schema location `{location}` holds a template that is not a plain field such as `{{{{.Group}}}}`"
        )
    return location if location.endswith(".json") else location.rstrip("/") + _STANDARD


def part(document: Schema, pointer: str) -> Schema | None:
    """What a JSON pointer names in a document; None where it leads nowhere or to no schema."""
    found: Any = document
    for token in unquote(pointer).split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    return found if isinstance(found, dict) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
