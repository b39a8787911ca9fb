"""JSON schemas of kinds to types of the rule language, kind by kind when a rule asks; called by the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gitops_lint.dsl.types import (
    ANYTHING,
    BOOL,
    DURATION,
    INT_OR_PERCENT,
    INT_OR_TEXT,
    INTEGER,
    NUMBER,
    PERCENT,
    QUANTITY,
    TEXT,
    VERSION,
    WAVE,
    Field,
    ListType,
    MapType,
    RecordType,
    TextType,
    Type,
    common,
    over_versions,
)
from gitops_lint.errors import RuleError
from gitops_lint.model.schema import Schemas

Schema = Mapping[str, Any]
Resolve = Callable[[Any], Schema]
"""A part of a schema with its `$ref` followed; {} where it leads nowhere."""

_DOMAINS: dict[str, Type] = {
    "duration": DURATION,
    "rollout-duration": DURATION,
    "percent": PERCENT,
    "quantity": QUANTITY,
    "int-or-percent": INT_OR_PERCENT,
    "int-or-string": INT_OR_TEXT,
    "semver": VERSION,
    "version": VERSION,
    "wave": WAVE,
}
# what Kubernetes' definitions call by name only
_NAMED: dict[str, Type] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": QUANTITY,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": INT_OR_TEXT,
    "io.k8s.apimachinery.pkg.runtime.RawExtension": ANYTHING,
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": ANYTHING,
}
_SCALARS: dict[str, Type] = {"string": TEXT, "integer": INTEGER, "number": NUMBER, "boolean": BOOL}
_DEEPEST = 32  # references and branches followed for one field


class SchemaTypes:
    """Types of the kinds that `schemas` has."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._metadata: RecordType | None = None

    def versions(self, group: str, kind: str) -> list[str]:
        """Versions of a kind, newest first; empty where no schema is known."""
        return self._schemas.known_versions(group, kind)

    def record(self, group: str, kind: str) -> RecordType | None:
        """
        The fields of a kind over all its versions, or None without a schema.

        A field that only some versions have says so in `only_in`.
        """
        found = []
        for version in self.versions(group, kind):
            schema = self._schemas.schema_for(group, version, kind)
            if schema is not None:
                found.append((version, record_of(schema.schema, schema.resolve, kind)))
        return over_versions(found, kind) if found else None

    def metadata(self) -> Type:
        """What `metadata` holds in every kind: Kubernetes' ObjectMeta."""
        config_map = self.record("", "ConfigMap")
        field = config_map.field_of("metadata") if config_map is not None else None
        return field.type if field is not None else ANYTHING


def record_of(schema: Schema, resolve: Resolve, name: str) -> RecordType:
    """The record of an object's schema; a schema that lists no properties gives a record where everything is free."""
    made = type_of(schema, resolve, name)
    if isinstance(made, RecordType):
        return made
    return RecordType(name, lambda wanted: Field(made.value if isinstance(made, MapType) else ANYTHING), lambda: ())


def record_of_text(text: str, name: str) -> RecordType:
    """
    The record of a JSON schema in a file of the user's, whose references stay inside it.

    Raises RuleError where the text is no JSON object.
    """
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as error:
        raise RuleError(f"the schema of {name} is no JSON: {error.msg} in line {error.lineno}") from error
    if not isinstance(schema, dict):
        raise RuleError(f"the schema of {name} is no JSON object")

    def resolve(part: Any) -> Schema:
        for _ in range(_DEEPEST):
            if not isinstance(part, dict):
                return {}
            reference = part.get("$ref")
            if not isinstance(reference, str):
                return part
            part = {**_pointed(schema, reference), **{key: given for key, given in part.items() if key != "$ref"}}
        return {}

    return record_of(schema, resolve, name)


def _pointed(root: Schema, reference: str) -> Schema:
    found: Any = root
    if not reference.startswith("#"):
        return {}
    for step in reference[1:].split("/")[1:]:
        found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


# ---- one schema to one type


def type_of(schema: Any, resolve: Resolve, name: str, depth: int = 0) -> Type:
    """
    The type of what a schema describes. name: how messages call a record made of it.

    What is free (no type, `x-kubernetes-preserve-unknown-fields`, branches of different types) is `anything`: it is better
    to know less than to refuse a rule that is right.
    """
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return ANYTHING
    named = _NAMED.get(str(schema.get("$ref", "")).rpartition("/")[2])
    if named is not None:
        return named
    schema = resolve(schema)
    kinds = _types(schema)
    if schema.get("x-kubernetes-int-or-string") is True or kinds == {"integer", "string"}:
        return _DOMAINS.get(str(schema.get("format", "")), INT_OR_TEXT)
    domain = _DOMAINS.get(str(schema.get("format", "")))
    if domain is not None and kinds <= _SCALARS.keys():
        return domain
    if "enum" in schema or "const" in schema:
        return _of_values(schema, kinds)
    if "properties" in schema or kinds == {"object"}:
        return _of_object(schema, resolve, name, depth)
    if kinds == {"array"}:
        items = schema.get("items")
        return ListType(type_of(items, resolve, name, depth + 1))
    branches = _branches(schema)
    if branches and not kinds:
        return common([type_of(branch, resolve, name, depth + 1) for branch in branches])
    if len(kinds) != 1:
        return ANYTHING
    kind = next(iter(kinds))
    return TextType(language=str(schema.get("format", ""))) if kind == "string" else _SCALARS.get(kind, ANYTHING)


def _types(schema: Schema) -> set[str]:
    given = schema.get("type", ())
    return ({given} if isinstance(given, str) else set(given)) - {"null"}


def _branches(schema: Schema) -> list[Any]:
    return [branch for word in ("allOf", "anyOf", "oneOf") for branch in schema.get(word, ())]


def _of_values(schema: Schema, kinds: set[str]) -> Type:
    values = [each for each in (schema["enum"] if "enum" in schema else [schema["const"]]) if each is not None]
    if values and all(isinstance(each, str) for each in values):
        return TextType(tuple(values))
    if all(isinstance(each, bool) for each in values):
        return BOOL
    if all(isinstance(each, int) for each in values):
        return INTEGER
    return ANYTHING


def _of_object(schema: Schema, resolve: Resolve, name: str, depth: int) -> Type:
    own: Mapping[str, Any] = schema.get("properties", {})
    branches = [resolve(branch) for branch in _branches(schema)]
    inner = [branch["properties"] for branch in branches if isinstance(branch.get("properties"), Mapping)]
    rest = schema.get("additionalProperties")
    free = schema.get("x-kubernetes-preserve-unknown-fields") is True or rest is True or "patternProperties" in schema
    if not own and not inner:
        if isinstance(rest, Mapping) and not free:
            return MapType(type_of(rest, resolve, name, depth + 1))
        if free or rest is None:
            return ANYTHING
    required = frozenset(schema.get("required", ()))
    gone: Mapping[str, Any] = schema.get("x-elsewhen", {})
    known = frozenset((*own, *(key for properties in inner for key in properties), *gone))

    def part(wanted: str) -> Any:
        if wanted in own:
            return own[wanted]
        return next((properties[wanted] for properties in inner if wanted in properties), None)

    def field_of(wanted: str) -> Field | None:
        if wanted in gone and part(wanted) is None:
            return Field(ANYTHING, doc="a field that only other versions of the product have")
        if wanted not in known:
            if isinstance(rest, Mapping):
                return Field(type_of(rest, resolve, wanted, depth + 1))
            return Field(ANYTHING) if free else None
        given = part(wanted)
        settled = resolve(given) if isinstance(given, Mapping) else {}
        default = settled.get("default")
        return Field(
            type_of(given, resolve, wanted),
            optional=wanted not in required or default is not None,
            doc=str(settled.get("description", "")),
            default="" if default is None else json.dumps(default),
        )

    def names() -> Iterable[str]:
        return sorted(known)

    return RecordType(name, field_of, names)
