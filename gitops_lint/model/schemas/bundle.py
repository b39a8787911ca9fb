"""One self-contained, closed schema of a kind, made from the documents that sources hand over; called by `model.schema`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gitops_lint.dataclass import dataclass

Schema = dict[str, Any]
"""A JSON Schema as plain data; keywords are free, so its values are Any."""

OBJECT_META = "gitops-lint:meta.k8s.io/shared.json#/$defs/ObjectMeta"

# Go's integer types: a number outside does not decode
_INTEGERS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
# words of OpenAPI for what `model.formats` knows under another
_FORMATS = {"date-time": "rfc3339"}
# keywords whose values are data, not schemas
_DATA = frozenset(("const", "default", "enum", "example", "examples", "required"))
_BY_NAME = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))


@dataclass(frozen=True, slots=True)
class Manner:
    """
    How schemas of one source are meant.

    closed: an object that lists properties takes no others (a structural schema of a CustomResourceDefinition prunes them).
    nulls_dropped: `null` beside a type says no more than that a null field is dropped, which holds anyway.
    prose: whether descriptions are kept; those of Kubernetes are longer than all the rest, and never shown.
    """

    closed: bool = False
    nulls_dropped: bool = False
    prose: bool = True


SHIPPED = Manner()
STRUCTURAL = Manner(closed=True, prose=False)
KUBERNETES = Manner(nulls_dropped=True, prose=False)
FOREIGN = Manner(prose=False)

Find = Callable[[str], tuple[Schema, Manner] | None]
"""Gives the schema that an absolute reference names and how it is meant, or None where there is none."""


class Bundler:
    """Makes bundles for one set of targets; parts that kinds share (a PodSpec) are prepared once."""

    def __init__(self, find: Find, targets: Mapping[str, str]) -> None:
        self._find = find
        self._targets = {name: version_key(version) for name, version in targets.items()}
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self._parts: dict[str, Schema] = {}
        self._uses: dict[str, tuple[str, ...]] = {}

    def bundle(self, root: Schema, manner: Manner, where: str) -> Schema:
        """
        `root` as a schema of its own: all references lead to its own `$defs`.

        where: the absolute name of the document that holds `root`; relative references start from it.
        """
        uses: dict[str, None] = {}
        prepared: Schema = self._prepared(root, manner, where, uses)
        prepared.pop("$id", None)
        prepared.pop("$defs", None)
        prepared.pop("definitions", None)
        if "properties" not in root:
            # a version that is kept for its name only lists nothing
            prepared.pop("additionalProperties", None)
        self._overlay_metadata(prepared, uses)
        prepared["$defs"] = self._closure(uses)
        return prepared

    def _closure(self, uses: Mapping[str, None]) -> dict[str, Schema]:
        found: dict[str, Schema] = {}
        waiting = list(uses)
        while waiting:
            name = waiting.pop()
            local = self._local(name)
            if local in found:
                continue
            if name not in self._parts:
                self._prepare_part(name)
            found[local] = self._parts[name]
            waiting += self._uses[name]
        return found

    def _local(self, name: str) -> str:
        """The key in `$defs` for an absolute reference: its last part, numbered where two references end alike."""
        if name not in self._names:
            last = (
                "".join(char if char.isalnum() or char in ".-_" else "." for char in name.rpartition("/")[2]) or "part"
            )
            number = 1
            while (key := last if number == 1 else f"{last}.{number}") in self._taken:
                number += 1
            self._names[name] = key
            self._taken.add(key)
        return self._names[name]

    def _refer(self, name: str, uses: dict[str, None]) -> str:
        uses[name] = None
        return f"#/$defs/{self._local(name)}"

    def _prepare_part(self, name: str) -> None:
        answer = self._find(name)
        uses: dict[str, None] = {}
        # a reference that leads nowhere says nothing: everything is right there
        self._parts[name] = self._prepared(answer[0], answer[1], name, uses) if answer else {}
        self._parts[name].pop("$id", None)
        self._uses[name] = tuple(uses)

    def _prepared(self, schema: Any, manner: Manner, where: str, uses: dict[str, None]) -> Any:
        if isinstance(schema, list):
            return [self._prepared(item, manner, where, uses) for item in schema]
        if not isinstance(schema, dict):
            return schema
        made: Schema = {}
        for word, given in schema.items():
            if word == "$ref":
                made["$ref"] = self._refer(absolute(given, where), uses)
            elif word in _DATA:
                made[word] = given
            elif word == "description" and not manner.prose:
                continue
            elif word in _BY_NAME and isinstance(given, dict):
                made[word] = {key: self._prepared(part, manner, where, uses) for key, part in given.items()}
            elif word == "format":
                made["format"] = _FORMATS.get(given, given)
            elif isinstance(given, (dict, list)) and not word.startswith("x-"):
                made[word] = self._prepared(given, manner, where, uses)
            else:
                made[word] = given
        if "properties" in made:
            self._keep_to_targets(made)
            metadata = _plain(made["properties"].get("metadata"))
            if manner.closed and "properties" not in metadata:
                # generators leave out the ObjectMeta of a template inside; it is seldom meant to be empty
                metadata.pop("additionalProperties", None)
        if manner.nulls_dropped:
            _without_null(made)
        if "type" in made:
            _bounded(made)
        self._honour(made, manner, uses)
        return made

    def _keep_to_targets(self, made: Schema) -> None:
        """Takes away the properties that the target versions do not have; `x-elsewhen` keeps their versions for messages."""
        elsewhen: Schema = {}
        for name, part in made["properties"].items():
            if isinstance(part, dict) and ("x-since" in part or "x-until" in part):
                if not self._served(part.get("x-since", {}), part.get("x-until", {})):
                    elsewhen[name] = {word: part[f"x-{word}"] for word in ("since", "until") if f"x-{word}" in part}
        for name in elsewhen:
            del made["properties"][name]
        if elsewhen:
            made["x-elsewhen"] = elsewhen

    def _served(self, since: Mapping[str, str], until: Mapping[str, str]) -> bool:
        """since: first version that has it; until: first version without it. Without a target the newest version counts."""
        for system, version in since.items():
            if system in self._targets and self._targets[system] < version_key(version):
                return False
        return not any(
            system not in self._targets or self._targets[system] >= version_key(version)
            for system, version in until.items()
        )

    def _honour(self, made: Schema, manner: Manner, uses: dict[str, None]) -> None:
        """The `x-kubernetes-…` words, and what closes an object."""
        if made.get("x-kubernetes-int-or-string") is True:
            made.pop("anyOf", None)
            made["type"] = ["integer", "string"]
        for word, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            # OpenAPI 3.0 writes `exclusiveMinimum: true` beside `minimum`
            if isinstance(made.get(word), bool):
                if made.pop(word) and bound in made:
                    made[word] = made.pop(bound)
        if made.pop("nullable", None) is True and "type" in made:
            made["type"] = [*_types(made), "null"]
            if "enum" in made and None not in made["enum"]:
                made["enum"] = [*made["enum"], None]
        keeps = made.get("x-kubernetes-preserve-unknown-fields") is True
        if keeps and made.get("additionalProperties") is False:
            del made["additionalProperties"]
        if made.get("x-kubernetes-embedded-resource") is True:
            properties = made.setdefault("properties", {})
            properties.setdefault("apiVersion", {"type": "string"})
            properties.setdefault("kind", {"type": "string"})
            metadata = properties.get("metadata", {})
            if not metadata.get("properties"):
                properties["metadata"] = {"$ref": self._refer(OBJECT_META, uses)}
            made["required"] = [
                *made.get("required", ()),
                *(n for n in ("apiVersion", "kind") if n not in made.get("required", ())),
            ]
        if "required" in made:
            # the API server fills in defaults before it asks for what is required
            properties = made.get("properties", {})
            made["required"] = [name for name in made["required"] if "default" not in _plain(properties.get(name))]
        if manner.closed and not keeps and made.get("type") == "object" and "additionalProperties" not in made:
            made["additionalProperties"] = False

    def _overlay_metadata(self, root: Schema, uses: dict[str, None]) -> None:
        """ObjectMeta where the schema of a kind leaves `metadata` bare, and the two fields that every object has."""
        properties = root.setdefault("properties", {})
        properties.setdefault("apiVersion", {"type": "string"})
        properties.setdefault("kind", {"type": "string"})
        metadata = properties.get("metadata")
        if not isinstance(metadata, dict) or not any(
            word in metadata for word in ("$ref", "properties", "allOf", "anyOf", "oneOf")
        ):
            properties["metadata"] = {"$ref": self._refer(OBJECT_META, uses)}
        elif "properties" in metadata and metadata.get("additionalProperties") is False:
            # a CustomResourceDefinition may restrict `metadata.name` and says nothing of the other fields then
            del metadata["additionalProperties"]


def _plain(schema: Any) -> Schema:
    return schema if isinstance(schema, dict) else {}


def _types(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return list(kinds) if isinstance(kinds, list) else [kinds]


def _without_null(made: Schema) -> None:
    kinds = made.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        kept = [kind for kind in kinds if kind != "null"]
        made["type"] = kept[0] if len(kept) == 1 else kept
    branches = made.get("oneOf")
    if isinstance(branches, list) and all(set(branch) == {"type"} for branch in branches):
        # how the definitions of Kubernetes write IntOrString and Quantity
        del made["oneOf"]
        made["type"] = [kind for branch in branches for kind in _types(branch)]


def _bounded(made: Schema) -> None:
    bounds = _INTEGERS.get(made.get("format", ""))
    if bounds and "integer" in _types(made):
        low, high = bounds
        made["minimum"] = max(low, made.get("minimum", low))
        made["maximum"] = min(high, made.get("maximum", high))


def without_patterns(schema: Any) -> Any:
    """A copy of a schema that asks for no pattern."""
    if isinstance(schema, list):
        return [without_patterns(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made: Schema = {}
    for word, given in schema.items():
        if word in _BY_NAME and word != "patternProperties" and isinstance(given, dict):
            made[word] = {name: without_patterns(part) for name, part in given.items()}
        elif word == "patternProperties":
            made["additionalProperties"] = True
        elif word != "pattern" and word not in made:
            made[word] = given if word in _DATA else without_patterns(given)
    return made


def absolute(reference: str, where: str) -> str:
    """`reference` as written in the document `where`: whole names stay, `#/…` is this document, else a file beside it."""
    document, hash_, pointer = reference.partition("#")
    base = where.partition("#")[0]
    if not document:
        return f"{base}#{pointer}"
    if ":" in document.partition("/")[0]:
        return reference
    folder = base.rpartition("/")[0]
    if document.startswith("/"):
        head, colon, rest = base.partition("://")
        return f"{head}://{rest.partition('/')[0]}{document}{hash_}{pointer}" if colon else reference
    parts = folder.split("/") if folder else []
    for part in document.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return f"{'/'.join(parts)}{hash_}{pointer}"


def version_key(version: str) -> tuple[int, ...]:
    """`v2.13.1` to (2, 13, 1); words behind the numbers do not count."""
    numbers: list[int] = []
    for part in version.lstrip("v").split("."):
        digits = part[: next((at for at, char in enumerate(part) if not char.isdigit()), len(part))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)
