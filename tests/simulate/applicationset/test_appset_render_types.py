"""The fields of the Go type Application that generating knows are those of the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gitops_lint.shipped import folder
from gitops_lint.simulate.applicationset.application import SPEC, ListOf, MapOf, Struct, Type

SHARED: dict[str, Any] = json.loads((folder("schemas") / "argoproj.io" / "shared.json").read_text(encoding="utf-8"))[
    "$defs"
]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = SHARED[schema["$ref"].rpartition("/")[2]]
    return schema


def kinds_of_type(type: Type, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(type, Struct):
        for name, below in type.fields.items():
            yield from kinds_of_type(below, f"{path}.{name}")
    elif isinstance(type, ListOf):
        yield from kinds_of_type(type.item, f"{path}[]")
    elif isinstance(type, MapOf):
        yield f"{path}{{}}", type.item
    else:
        yield path, type


def kinds_of_schema(schema: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    schema = resolved(schema)
    kind = schema.get("type")
    if schema.get("properties"):
        for name, below in schema["properties"].items():
            yield from kinds_of_schema(below, f"{path}.{name}")
    elif kind == "array":
        yield from kinds_of_schema(schema["items"], f"{path}[]")
    elif isinstance(schema.get("additionalProperties"), dict):
        yield f"{path}{{}}", KINDS[resolved(schema["additionalProperties"])["type"]]
    elif kind is None or isinstance(kind, list):
        yield path, "int-or-string"
    else:
        yield path, KINDS[kind]


KINDS = {"string": "string", "boolean": "bool", "integer": "int", "object": "raw"}


def test_every_field_of_the_schema_is_known_with_its_kind() -> None:
    assert sorted(kinds_of_type(SPEC, "spec")) == sorted(kinds_of_schema(SHARED["ApplicationSpec"], "spec"))
