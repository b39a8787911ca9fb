"""A resource against the JSON schema of its kind: which schema that is, and whether the resource agrees with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, Protocol, cast

from gitops_lint.model.schemas.bundle import Bundler, Manner, Schema, without_patterns
from gitops_lint.model.schemas.doubt import Refusal, doubtful, without_nulls
from gitops_lint.model.schemas.ground import Ground
from gitops_lint.model.schemas.kubernetes import KubernetesSchemas
from gitops_lint.model.schemas.problem import AGREES, Path, SchemaProblem, Verdict
from gitops_lint.model.schemas.sources import (
    DefinedSchemas,
    Found,
    LocatedSchemas,
    Origin,
    ShippedSchemas,
    part,
)
from gitops_lint.model.schemas.texts import format_checks
from gitops_lint.text.nodes import Node
from gitops_lint.text.scalars import MISSING, Missing, Plain, Reader, plain

__all__ = ["KindSchema", "SchemaProblem", "Schemas", "Verdict", "problems", "verdict"]


class _Validator(Protocol):
    def is_valid(self, instance: Any) -> bool: ...
    def iter_errors(self, instance: Any) -> Iterable[Refusal]: ...


class KindSchema:
    """
    The schema of one kind in one version.

    schema: self-contained and closed, references lead to its `$defs`; ObjectMeta is in it; properties that the target
    versions do not have are not. source: where it comes from, in words for a note.
    """

    __slots__ = ("_holders", "_since", "_validator", "group", "kind", "schema", "source", "version")

    def __init__(
        self,
        group: str,
        version: str,
        kind: str,
        schema: Schema,
        source: str,
        since: Callable[[str, str, str, Path, str], str] | None = None,
    ) -> None:
        self.group = group
        self.version = version
        self.kind = kind
        self.schema = schema
        self.source = source
        self._since = since
        self._validator: _Validator | None = None
        self._holders: dict[str, list[Path]] | None = None

    def __repr__(self) -> str:
        return f"<KindSchema {self.group}/{self.version} {self.kind}, {self.source}>"

    @property
    def since(self) -> Mapping[str, str]:
        """System to the first version that serves this version of the kind; empty where nobody said."""
        return cast(Mapping[str, str], self.schema.get("x-since", {}))

    @property
    def until(self) -> Mapping[str, str]:
        """System to the first version that no longer serves this version of the kind; empty while it is served."""
        return cast(Mapping[str, str], self.schema.get("x-until", {}))

    @property
    def deprecated(self) -> str:
        """What to use instead, in words; "" for a version that is not deprecated."""
        return str(self.schema.get("x-deprecated", ""))

    @property
    def served(self) -> bool:
        """False where the CustomResourceDefinition of the repository has this version but does not serve it."""
        return self.schema.get("x-served") is not False

    def resolve(self, schema: Schema) -> Schema:
        """
        A part of this schema with its `$ref` followed; words beside the reference win over those of its target.

        A reference that leads nowhere gives {}: everything is right there.
        """
        for _ in range(32):
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            target = self.schema["$defs"].get(reference.removeprefix("#/$defs/"), {})
            schema = {**target, **{word: given for word, given in schema.items() if word != "$ref"}}
        return {}

    def holders(self, name: str) -> list[Path]:
        """Paths of the mappings that take a field of this name, `[]` for the items of a list; not below free keys."""
        if self._holders is None:
            self._holders = _holders(self)
        return self._holders.get(name, [])

    def elsewhen(self, path: Path, name: str) -> Mapping[str, Mapping[str, str]]:
        """
        For a field that the mapping at `path` does not take and the schema does not speak of: `since` to system to version,
        where a later version has it. Only Kubernetes' own kinds know.
        """
        since = self._since(self.group, self.version, self.kind, path, name) if self._since else ""
        return {"since": {"kubernetes": since}} if since else {}

    def accepts(self, instance: Plain) -> bool:
        """
        Whether a plain resource agrees with the schema as it stands, nulls included: the quick answer.

        True is final. False may still be no problem: a null that is dropped, a template; `model.schemas.explain` knows.
        """
        try:
            return self._compiled().is_valid(instance)
        except ValueError:
            # a key that is no Unicode text (half a surrogate pair, from JSON)
            return False

    def refusals(self, instance: Plain) -> list[Refusal]:
        """What of a plain resource does not agree with the schema, in few words; empty also where this cannot be told."""
        try:
            return list(self._compiled().iter_errors(instance))
        except ValueError:
            return []

    def _compiled(self) -> _Validator:
        if self._validator is None:
            self._validator = _compiled(self.schema)
        return self._validator


def verdict(root: Node, schema: KindSchema, reader: Reader = "v2", instance: Plain | Missing = MISSING) -> Verdict:
    """
    What a resource has wrong with its schema, and how many mistakes were dropped because they may be none.

    reader: whose table of scalars counts ("v3" for what kustomize reads). instance: `plain(root, reader)` where the caller
    has it already. A null field is an absent field, as for the API server: never of the wrong type, missing where required.
    """
    whole = plain(root, reader) if isinstance(instance, Missing) else instance
    if schema.accepts(whole):
        return AGREES
    pruned = without_nulls(whole)
    if pruned != whole and schema.accepts(pruned):
        return AGREES
    ground = Ground(root, schema, pruned, reader)
    uncertain = doubtful(ground, schema.refusals(pruned))
    if uncertain is not None:
        return Verdict((), uncertain)
    # not at the top: jsonschema takes 60 ms to import and most runs never need it
    from gitops_lint.model.schemas.explain import explained

    return explained(ground)


def problems(root: Node, schema: KindSchema, reader: Reader = "v2") -> list[SchemaProblem]:
    """The problems of `verdict`, in the order of the text."""
    return list(verdict(root, schema, reader).problems)


# a bound for kinds whose schemas contain themselves in many ways
_MOST_HOLDERS = 20_000


def _holders(schema: KindSchema) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    waiting: list[tuple[Schema, Path, frozenset[str]]] = [(schema.schema, (), frozenset())]
    seen = 0
    while waiting and seen < _MOST_HOLDERS:
        part_, path, inside = waiting.pop()
        reference = part_.get("$ref")
        if isinstance(reference, str):
            if reference in inside:
                continue
            inside = inside | {reference}
        resolved = schema.resolve(part_)
        seen += 1
        for name, field in resolved.get("properties", {}).items():
            found.setdefault(name, []).append(path)
            waiting.append((field, (*path, name), inside))
        items = resolved.get("items")
        if isinstance(items, dict):
            waiting.append((items, (*path, "[]"), inside))
    return found


class _AcceptsAll:
    def is_valid(self, instance: Any) -> bool:
        return True

    def iter_errors(self, instance: Any) -> Iterable[Refusal]:
        return ()


def _compiled(schema: Schema) -> _Validator:
    """
    The schema as jsonschema-rs checks it.

    A pattern that its engine does not know forbids nothing; a schema that is none at all (a CustomResourceDefinition that no
    API server would take) accepts everything.
    """
    # not at the top: most commands compile no schema
    import jsonschema_rs

    options: dict[str, Any] = {
        "formats": format_checks(),
        "validate_formats": True,
        "offline": True,
        "pattern_options": jsonschema_rs.RegexOptions(),
    }
    for attempt in (schema, without_patterns(schema)):
        try:
            return jsonschema_rs.Draft202012Validator(attempt, **options)
        except (ValueError, jsonschema_rs.ReferencingError):
            continue
    return _AcceptsAll()


class Schemas:
    """
    All schemas of one run, made when they are asked for.

    targets: system ("argo-cd", "kubernetes", …) to the version that counts; the newest where it is not named.
    locations: `--schema-location` in kubeconform's syntax, local paths only (ConfigurationError for a URL).
    crds: CustomResourceDefinitions of the repository as plain values. read: gives the bytes of a file that a location
    names, None where there is none; by default the file system is read.
    """

    def __init__(
        self,
        targets: Mapping[str, str] | None = None,
        locations: Sequence[str] = (),
        crds: Sequence[Mapping[str, Any]] = (),
        read: Callable[[str], bytes | None] | None = None,
    ) -> None:
        targets = targets or {}
        kubernetes = targets.get("kubernetes")
        self._kubernetes = KubernetesSchemas(kubernetes)
        self._origins: tuple[Origin, ...] = (
            ShippedSchemas(),
            DefinedSchemas(crds),
            self._kubernetes,
            LocatedSchemas(locations, kubernetes, read or _read_file),
        )
        self._bundler = Bundler(self._part, targets)
        self._made: dict[tuple[str, str, str], KindSchema | None] = {}

    def schema_for(self, group: str, version: str, kind: str) -> KindSchema | None:
        """The schema of a kind, from the first source that has it; None where nobody here knows the kind."""
        key = (group, version, kind)
        if key not in self._made:
            found = self._found(group, version, kind)
            self._made[key] = self._kind_schema(group, version, kind, found) if found else None
        return self._made[key]

    def known_versions(self, group: str, kind: str) -> list[str]:
        """Versions of a kind that some source has, newest first (v1, v1beta1, v1alpha1); files of locations are not listed."""
        found = {version for origin in self._origins for version in origin.versions(group, kind)}
        return sorted(found, key=_priority)

    def known_kinds(self, group: str) -> list[str]:
        """Kinds of a group that some source has, sorted; files of locations are not listed."""
        return sorted({kind for origin in self._origins for kind in origin.kinds(group)})

    def _kind_schema(self, group: str, version: str, kind: str, found: Found) -> KindSchema:
        bundle = self._bundler.bundle(found.schema, found.manner, found.where)
        since = self._kubernetes.since if found.where.startswith("kubernetes:") else None
        return KindSchema(group, version, kind, bundle, found.source, since)

    def _found(self, group: str, version: str, kind: str) -> Found | None:
        for origin in self._origins:
            if found := origin.find(group, version, kind):
                return found
        return None

    def _part(self, name: str) -> tuple[Schema, Manner] | None:
        document_name, _, pointer = name.partition("#")
        for origin in self._origins:
            if document := origin.document(document_name):
                found = part(document[0], pointer)
                return (found, document[1]) if found is not None else None
        return None


def _read_file(path: str) -> bytes | None:
    file = FilePath(path)
    return file.read_bytes() if file.is_file() else None


def _priority(version: str) -> tuple[int, int, int, str]:
    """Kubernetes' order of versions: stable before beta before alpha, higher numbers first, other words last by name."""
    import re

    found = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if not found:
        return (3, 0, 0, version)
    stage = {None: 0, "beta": 1, "alpha": 2}[found[2]]
    return (stage, -int(found[1]), -int(found[3] or 0), version)
