"""
Whether a schema that a CustomResourceDefinition of the repository holds is one that the API server would take: no
reference, and no word whose value is not of its type. Asked once for each, so that whoever reads it need not look twice.
"""

from __future__ import annotations

import math
from typing import Any

Schema = dict[str, Any]

ANYTHING: Schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
"""What stands for a schema that is none: nothing can be said of what it would allow."""

_BY_NAME = frozenset(("properties", "patternProperties"))
_LISTS = frozenset(("allOf", "anyOf", "oneOf"))
_TEXTS = frozenset(("pattern", "format", "title", "description", "x-kubernetes-list-type", "x-kubernetes-map-type"))
_NUMBERS = frozenset(("minimum", "maximum", "multipleOf"))
_COUNTS = frozenset(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"))
_FLAGS = frozenset(
    (
        "nullable",
        "uniqueItems",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
    )
)
_TYPES = frozenset(("object", "array", "string", "integer", "number", "boolean", "null"))
_DATA = frozenset(("default", "example"))
# Source: kubernetes/apiextensions-apiserver pkg/apis/apiextensions/v1/types_jsonschema.go and its validation
_REFUSED = frozenset(("$ref", "definitions", "dependencies", "additionalItems"))


class _UnsoundError(Exception):
    """The API server would refuse the schema."""


def sound(schema: Any) -> Schema:
    """A copy of a schema without the words that the API server does not know; ANYTHING where it would refuse the schema."""
    try:
        return _sound(schema)
    except _UnsoundError:
        return dict(ANYTHING)


def _sound(schema: Any) -> Schema:
    if not isinstance(schema, dict):
        raise _UnsoundError
    made: Schema = {}
    for word, given in schema.items():
        if given is None:
            continue  # as if it were not written
        if word in _BY_NAME and isinstance(given, dict):
            made[word] = {name: _sound(part) for name, part in given.items()}
        elif word in _LISTS and isinstance(given, list):
            made[word] = [_sound(part) for part in given]
        elif word in ("items", "not") or (word == "additionalProperties" and not isinstance(given, bool)):
            made[word] = _sound(given)
        elif word in _DATA or word == "additionalProperties":
            made[word] = given
        elif _is_known(word):
            if not _fits(word, given):
                raise _UnsoundError
            made[word] = given
    return {word: given for word, given in made.items() if given != [] or word in _DATA}


def _is_known(word: str) -> bool:
    known = (_BY_NAME, _LISTS, _TEXTS, _NUMBERS, _COUNTS, _FLAGS, _REFUSED, ("type", "required", "enum"))
    return word.startswith("x-kubernetes-") or any(word in some for some in known)


def _fits(word: str, given: Any) -> bool:
    """Whether the value of a word that is known and holds no schema has the right type."""
    if word in _TEXTS:
        return isinstance(given, str)
    if word in _FLAGS:
        return isinstance(given, bool)
    if word in _COUNTS:
        return isinstance(given, int) and not isinstance(given, bool) and given >= 0
    if word in _NUMBERS:
        is_number = isinstance(given, (int, float)) and not isinstance(given, bool) and math.isfinite(given)
        return is_number and (word != "multipleOf" or given > 0)
    if word == "type":
        kinds = given if isinstance(given, list) else [given]
        return all(isinstance(kind, str) and kind in _TYPES for kind in kinds)
    if word == "required":
        return isinstance(given, list) and all(isinstance(name, str) for name in given)
    if word == "enum":
        return isinstance(given, list)
    return word.startswith("x-kubernetes-")
