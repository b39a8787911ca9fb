"""JSON schemas to types of the rule language: a table of schemas, and fields of kinds that are shipped or Kubernetes' own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gitops_lint.dsl.tree import Kind
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
)
from gitops_lint.errors import RuleError
from gitops_lint.policy.schematypes import record_of_text
from gitops_lint.policy.vocabulary import GitopsVocabulary

VOCABULARY = GitopsVocabulary()


def field_of(schema: dict[str, Any], **root: Any) -> Field:
    """The field `x` of an object with that property."""
    text = json.dumps({"type": "object", "properties": {"x": schema}, **root})
    found = record_of_text(text, "Thing").field_of("x")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, TEXT),
        ({"type": "boolean"}, BOOL),
        ({"type": "integer", "format": "int32"}, INTEGER),
        ({"type": "number", "format": "double"}, NUMBER),
        ({"type": ["string", "null"]}, TEXT),
        ({"type": "string", "enum": ["a", "b"]}, TextType(values=("a", "b"))),
        ({"const": "v1"}, TextType(values=("v1",))),
        ({"enum": [1, 2]}, INTEGER),
        ({"enum": [True]}, BOOL),
        ({"enum": ["a", 1]}, ANYTHING),
        ({"type": "string", "format": "duration"}, DURATION),
        ({"type": "string", "format": "percent"}, PERCENT),
        ({"type": "integer", "format": "percent"}, PERCENT),
        ({"type": "string", "format": "quantity"}, QUANTITY),
        ({"type": "string", "format": "semver"}, VERSION),
        ({"type": "string", "format": "wave"}, WAVE),
        ({"type": "string", "format": "cron"}, TextType(language="cron")),
        ({"type": "string", "format": "re2"}, TextType(language="re2")),
        ({"type": ["integer", "string"], "format": "int-or-percent"}, INT_OR_PERCENT),
        ({"type": ["integer", "string"]}, INT_OR_TEXT),
        ({"x-kubernetes-int-or-string": True}, INT_OR_TEXT),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, ANYTHING),
        ({"type": "array", "items": {"type": "string"}}, ListType(TEXT)),
        ({"type": "array"}, ListType(ANYTHING)),
        ({"type": "object", "additionalProperties": {"type": "string"}}, MapType(TEXT)),
        ({"type": "object", "additionalProperties": True}, ANYTHING),
        ({"type": "object"}, ANYTHING),
        ({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, ANYTHING),
        ({"$ref": "#/$defs/elsewhere"}, ANYTHING),
        ({"$ref": "https://example.com/schema.json"}, ANYTHING),
        ({}, ANYTHING),
        (True, ANYTHING),
    ],
)
def test_a_schema_is_a_type(schema: Any, expected: Type) -> None:
    assert field_of(schema).type == expected


def test_required_fields_are_there_and_fields_with_a_default_are_optional() -> None:
    schema = {"type": "string"}

    assert field_of(schema).optional is True
    assert field_of(schema, required=["x"]).optional is False
    assert field_of({**schema, "default": "a"}, required=["x"]) == Field(TEXT, optional=True, default='"a"')


def test_an_object_with_properties_is_closed_unless_it_says_otherwise() -> None:
    inner = {"type": "object", "properties": {"a": {"type": "integer"}}}
    records = {
        word: field_of({**inner, **given}).type
        for word, given in {
            "closed": {},
            "free": {"x-kubernetes-preserve-unknown-fields": True},
            "more": {"additionalProperties": {"type": "boolean"}},
        }.items()
    }
    found = {word: record.field_of("other") for word, record in records.items() if isinstance(record, RecordType)}

    assert found == {"closed": None, "free": Field(ANYTHING), "more": Field(BOOL)}


def test_branches_give_their_fields_together() -> None:
    record = field_of(
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "anyOf": [{"properties": {"b": {"type": "integer"}}}, {"required": ["a"]}],
        }
    ).type

    assert isinstance(record, RecordType)
    assert list(record.names()) == ["a", "b"]


def test_a_schema_that_holds_itself_is_walked_as_deep_as_a_rule_asks() -> None:
    text = json.dumps({"type": "object", "properties": {"child": {"$ref": "#"}, "name": {"type": "string"}}})
    record = record_of_text(text, "Tree")
    for _ in range(50):
        found = record.field_of("child")
        assert found is not None
        assert isinstance(found.type, RecordType)
        record = found.type

    assert record.field_of("name") == Field(TEXT)


def test_a_reference_to_itself_alone_says_nothing() -> None:
    text = json.dumps({"properties": {"x": {"$ref": "#/properties/x"}}})
    found = record_of_text(text, "Loop").field_of("x")

    assert found is not None
    assert found.type == ANYTHING


@pytest.mark.parametrize("text", ["[", "[]", '"x"'])
def test_what_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        record_of_text(text, "Foo")


# ---- kinds


def reach(kind: Kind, path: str) -> Field:
    """The field at a path of a kind, through the items of lists."""
    record: Type = VOCABULARY.type_of(kind)
    found: Field | None = None
    for name in path.split("."):
        while isinstance(record, ListType):
            record = record.item
        assert isinstance(record, RecordType), path
        found = record.field_of(name)
        assert found is not None, f"{path}: {name}"
        record = found.type
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "path", "given", "optional"),
    [
        ("Rollout", "spec.strategy.canary.steps.setWeight", INTEGER, True),
        ("Rollout", "spec.strategy.canary.maxSurge", INT_OR_PERCENT, True),
        ("AnalysisTemplate", "spec.metrics.interval", DURATION, True),
        ("ApplicationSet", "spec.goTemplate", BOOL, True),
        ("Application", "metadata.annotations", MapType(TEXT), True),
        ("Application", "metadata.ownerReferences.name", TEXT, False),
        ("Deployment", "spec.template.spec.containers.name", TEXT, False),
        ("Deployment", "spec.template.spec.containers.resources.limits", MapType(QUANTITY), True),
        ("Deployment", "spec.strategy.rollingUpdate.maxSurge", INT_OR_TEXT, True),
        ("CronJob", "spec.jobTemplate.spec.template.spec.containers.image", TEXT, True),
        ("ConfigMap", "data", MapType(TEXT), True),
        ("VirtualService", "spec.http.route.weight", INTEGER, True),
        ("Kustomization", "resources", ListType(TEXT), True),
    ],
)
def test_a_field_of_a_kind(kind: str, path: str, given: Type, optional: bool) -> None:
    found = reach(Kind(kind), path)

    assert (found.type, found.optional) == (given, optional)


def test_a_field_of_some_versions_says_which() -> None:
    assert reach(Kind("HorizontalPodAutoscaler"), "spec.maxReplicas").only_in == ()
    assert reach(Kind("HorizontalPodAutoscaler"), "spec.metrics").only_in == ("v2",)


def test_a_field_of_some_kinds_of_a_class_says_which() -> None:
    assert reach(Kind("workload"), "metadata.labels").only_kinds == ()
    assert reach(Kind("workload"), "spec.jobTemplate").only_kinds == ("CronJob",)
    assert "Rollout" in reach(Kind("workload"), "spec.replicas").only_kinds


def test_the_data_of_a_secret_is_secret() -> None:
    assert reach(Kind("Secret"), "stringData").type == MapType(TextType(secret=True))
    assert reach(Kind("Secret"), "type").type == TEXT
