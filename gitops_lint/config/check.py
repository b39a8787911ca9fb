"""
A configuration against its JSON Schema, with the place of each mistake: the schema is the only list of key names.

Knows the part of JSON Schema that the shipped schema uses. The jsonschema library is not used: importing it takes longer
than everything else that a run of a small repository does, and its messages have no places.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping as MappingOf
from functools import cache
from typing import Any

from gitops_lint.errors import ConfigurationError
from gitops_lint.shipped import folder
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import key_text, typed

Schema = MappingOf[str, Any]

_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "boolean": "`true` or `false`",
    "integer": "a whole number",
}


@cache
def config_schema() -> Schema:
    """The shipped JSON Schema of the configuration."""
    text = (folder("schemas") / "gitops-lint" / "config.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


def check(root: Node) -> None:
    """Nothing where a configuration is as the schema has it; raises ConfigurationError for its first mistake."""
    _check(root, config_schema(), "")


def mistake(node: Node, message: str, help: str = "") -> ConfigurationError:
    """An error that points at a node of the configuration."""
    at = node.source.position(node.start)
    return ConfigurationError(message, file=node.source.file, line=at.line, column=at.column, help=help)


def _check(node: Node, schema: Schema, path: str) -> None:
    if "$ref" in schema:
        target: Any = config_schema()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        _check(node, target, path)
    if "oneOf" in schema:
        _check_one_of(node, schema["oneOf"], path)
    if "enum" in schema:
        _check_enum(node, schema["enum"], path)
    if "type" in schema:
        _check_type(node, schema, path)
    if isinstance(node, Mapping):
        _check_mapping(node, schema, path)
    elif isinstance(node, Sequence):
        if len(node.items) < schema.get("minItems", 0):
            raise mistake(node, f"`{path}` needs at least one entry")
        for number, item in enumerate(node.items):
            _check(item, schema.get("items", {}), f"{path}[{number}]")


def _check_type(node: Node, schema: Schema, path: str) -> None:
    wanted = schema["type"]
    found = _type_of(node)
    if found == wanted:
        if isinstance(node, Scalar):
            _check_scalar(node, schema, path)
        return
    where = f"`{path}`" if path else "the configuration"
    expected = schema.get("x-expected", _WORDS[wanted])
    if isinstance(node, Scalar) and wanted == "string" and found != "null":
        raise mistake(
            node, f"{where} must be {expected}, but YAML reads `{node.text}` as {_SHOWN[found]}", f'write "{node.text}"'
        )
    raise mistake(node, f"{where} must be {expected}, not {_SHOWN[found]}")


def _check_one_of(node: Node, forms: list[Schema], path: str) -> None:
    """Checks a node against the form of its type; the forms have types of their own."""
    known = next((form for form in forms if form["type"] == _type_of(node)), None)
    if known is None:
        expected = " or ".join(form.get("x-expected", _WORDS[form["type"]]) for form in forms)
        raise mistake(node, f"`{path}` must be {expected}, not {_SHOWN[_type_of(node)]}")
    _check(node, known, path)


_SHOWN = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a number",
    "number": "a number",
    "null": "empty",
    "unknown": "this",
}


def _type_of(node: Node) -> str:
    if isinstance(node, Mapping):
        return "object"
    if isinstance(node, Sequence):
        return "array"
    if not isinstance(node, Scalar):
        return "unknown"
    value = typed(node)
    if value is None:
        return "null"
    names: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return names.get(type(value), "unknown")


def _check_scalar(node: Scalar, schema: Schema, path: str) -> None:
    value = typed(node)
    if isinstance(value, int) and not isinstance(value, bool) and value < schema.get("minimum", value):
        raise mistake(node, f"`{path}` must be at least {schema['minimum']}, not {value}")
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            raise mistake(node, f"`{path}` must not be empty")
        if "pattern" in schema and not re.search(schema["pattern"], value, re.DOTALL):
            raise mistake(node, f"`{path}` must be {schema['x-expected']}, not `{value}`")


def _check_enum(node: Node, words: list[str], path: str) -> None:
    if isinstance(node, Scalar) and typed(node) in words:
        return
    expected = ", ".join(f"`{word}`" for word in words)
    written = f"`{node.text}`" if isinstance(node, Scalar) and node.text else _SHOWN[_type_of(node)]
    close = difflib.get_close_matches(node.text, words, n=1) if isinstance(node, Scalar) else []
    help = f"did you mean `{close[0]}`?" if close else ""
    raise mistake(node, f"`{path}` must be one of {expected}, not {written}", help)


def _check_mapping(node: Mapping, schema: Schema, path: str) -> None:
    properties: Schema = schema.get("properties", {})
    others = schema.get("additionalProperties")
    seen: set[str] = set()
    for at in range(0, len(node.items), 2):
        key, value = node.items[at], node.items[at + 1]
        name = key_text(key)
        if name is None:
            raise mistake(key, "a key of the configuration must be a text")
        if name in seen:
            raise mistake(key, f"`{name}` is written twice; only one of them would count")
        seen.add(name)
        below = f"{path}.{name}" if path else name
        if name in properties:
            _check(value, properties[name], below)
        elif others is False:
            raise _unknown_key(key, name, list(properties), path)
        elif others is not None:
            _check(value, others, below)
    for name in schema.get("required", ()):
        if name not in seen:
            raise mistake(node, f"`{path}` needs the key `{name}`")


def _unknown_key(key: Node, name: str, known: list[str], path: str) -> ConfigurationError:
    where = f"in `{path}`" if path else "in the configuration"
    close = difflib.get_close_matches(name.replace("_", "-").lower(), known, n=1, cutoff=0.6)
    help = f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(sorted(known))}"
    return mistake(key, f"`{name}` is not a key {where}", help)
