"""Our schemas of Argo CD, Argo Rollouts, Istio, Sealed Secrets, ServiceMonitor and kustomize: same fields and types as upstream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from gitops_lint import shipped

Schema = Mapping[str, Any]

GROUPS = ("argoproj.io", "bitnami.com", "kustomize.config.k8s.io", "monitoring.coreos.com", "networking.istio.io")
UPSTREAM = Path(__file__).parents[2].parent / "shared" / "crds"
KINDS = [
    *(
        f"argoproj.io/{kind}_v1alpha1"
        for kind in (
            "analysisrun",
            "analysistemplate",
            "application",
            "applicationset",
            "appproject",
            "clusteranalysistemplate",
            "experiment",
            "rollout",
        )
    ),
    *(
        f"networking.istio.io/{kind}_{version}"
        for kind in ("destinationrule", "virtualservice")
        for version in ("v1", "v1beta1", "v1alpha3")
    ),
    "bitnami.com/sealedsecret_v1alpha1",
    "monitoring.coreos.com/servicemonitor_v1",
]


def shipped_documents() -> dict[str, dict[str, Any]]:
    """Every schema document of the groups, by its `$id`."""
    documents = {}
    for group in GROUPS:
        for entry in shipped.folder("schemas").joinpath(group).iterdir():
            if entry.name.endswith(".json"):
                documents[f"gitops-lint:{group}/{entry.name}"] = json.loads(entry.read_text(encoding="utf-8"))
    return documents


DOCUMENTS = shipped_documents()
needs_upstream = pytest.mark.skipif(not UPSTREAM.is_dir(), reason="upstream's schemas are not at hand")


def followed(schema: Schema) -> Schema:
    """The schema with its reference followed; words beside the reference win."""
    while "$ref" in schema:
        name, _, key = schema["$ref"].partition("#/$defs/")
        schema = {**DOCUMENTS[name]["$defs"][key], **{word: given for word, given in schema.items() if word != "$ref"}}
    return schema


# ---- agreement with the CustomResourceDefinitions


def typed_by_us(path: str) -> str | None:
    """Why ours says more than upstream's schema at a path, None where it may not."""
    if path.endswith("].resources.limits") or path.endswith("].resources.requests"):
        return "the CustomResourceDefinition was thinned out for size; the controller decodes quantities"
    if path == "spec.encryptedData":
        return "all keys have the one type: that unknown ones stay says nothing more"
    if path.endswith("template.spec.volumes"):
        return "the CustomResourceDefinition was thinned out for size; the controller decodes volumes, and unknown fields stay"
    return None


KEPT_WORDS = (
    "default",
    "required",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "maxProperties",
    "oneOf",
    "allOf",
    "not",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
)


def differences(theirs: Schema, ours: Schema, path: str) -> Iterator[str]:
    ours = followed(ours)
    if typed_by_us(path):
        return
    amount = theirs.get("x-kubernetes-int-or-string", False)
    expected = ["integer", "string"] if amount else theirs.get("type")
    if ours.get("type") != expected:
        yield f"{path}: type {expected} is {ours.get('type')}"
    for word in KEPT_WORDS:
        # the pattern of a quantity is its format here
        given = None if amount and word == "pattern" else theirs.get(word)
        if ours.get(word) != given:
            yield f"{path}: {word} {given} is {ours.get(word)}"
    if "enum" in theirs and ours.get("enum") != theirs["enum"]:
        yield f"{path}: values {theirs['enum']} are {ours.get('enum')}"
    if "enum" in ours and "enum" not in theirs and ours.get("x-enforced-by") != "controller":
        yield f"{path}: values that upstream's schema does not list"
    if "properties" in theirs or "properties" in ours:
        yield from property_differences(theirs, ours, path)
    if ("items" in theirs) != ("items" in ours):
        yield f"{path}: a list in one of the two only"
    elif "items" in theirs:
        yield from differences(theirs["items"], ours["items"], f"{path}[]")
    values = theirs.get("additionalProperties")
    if isinstance(values, dict):
        yield from differences(values, ours.get("additionalProperties", {}), f"{path}{{}}")
    elif isinstance(ours.get("additionalProperties"), dict):
        yield f"{path}: a map here only"


def property_differences(theirs: Schema, ours: Schema, path: str) -> Iterator[str]:
    expected, found = theirs.get("properties", {}), ours.get("properties", {})
    for name in expected.keys() ^ found.keys():
        yield f"{path}.{name}: only {'here' if name in found else 'upstream'}"
    for name in expected.keys() & found.keys():
        yield from differences(expected[name], found[name], f"{path}.{name}")
    free = theirs.get("x-kubernetes-preserve-unknown-fields", False)
    if free == (ours.get("additionalProperties") is False):
        yield f"{path}: {'closed' if free else 'not closed'}"


@needs_upstream
@pytest.mark.parametrize("name", KINDS)
def test_fields_types_and_bounds_are_those_of_upstream(name: str) -> None:
    theirs = json.loads((UPSTREAM / f"{name}.json").read_text(encoding="utf-8"))["schema"]
    ours = DOCUMENTS[f"gitops-lint:{name}.json"]
    expected, found = theirs["properties"], ours["properties"]

    wrong = [
        difference
        for part in expected.keys() & found.keys() - {"apiVersion", "kind", "metadata"}
        for difference in differences(expected[part], found[part], part)
    ]

    assert wrong == []
    assert found.keys() == expected.keys() | {"apiVersion", "kind", "metadata"}
    assert ours.get("required") == theirs.get("required")
    assert ours["additionalProperties"] is False
    # ObjectMeta is laid over it when a schema is loaded
    assert found["metadata"] == {"type": "object"}
    assert found["apiVersion"]["enum"] == [name.partition("/")[0] + "/" + name.rpartition("_")[2]]
    assert found["kind"]["enum"] == [ours["title"]]


def closed_levels(schema: Schema, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    schema = followed(schema)
    if schema.get("additionalProperties") is False:
        yield path
    for name, part in schema.get("properties", {}).items():
        yield from closed_levels(part, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield from closed_levels(schema["items"], (*path, 0))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from closed_levels(schema["additionalProperties"], (*path, "some-key"))


def instance_with_invented_key(path: tuple[str | int, ...]) -> Any:
    value: Any = {"inventedKey": 1}
    for key in reversed(path):
        value = [value] if isinstance(key, int) else {key: value}
    return value


@pytest.mark.parametrize("name", [*KINDS, "kustomize.config.k8s.io/kustomization_v1beta1"])
def test_an_invented_key_is_found_at_every_level(name: str) -> None:
    schema = DOCUMENTS[f"gitops-lint:{name}.json"]
    registry = jsonschema_rs.Registry(list(DOCUMENTS.items()))
    validator = jsonschema_rs.Draft202012Validator(schema, registry=registry)

    levels = list(closed_levels(schema, ()))
    missed = [
        path
        for path in levels
        if not any(
            list(error.instance_path) == list(path) and "inventedKey" in error.message
            for error in validator.iter_errors(instance_with_invented_key(path))
        )
    ]

    assert missed == []
    assert () in levels
    assert len(levels) > 3


# ---- the documents themselves

# parts that only a status refers to: nobody writes them
STATUS_PARTS = {
    "AlbStatus",
    "AnalysisRunReference",
    "AwsResource",
    "Condition",
    "Health",
    "ResourceStatus",
    "RunSummary",
    "Status",
    "WeightDestination",
}
BARE = {"apiVersion", "kind", "metadata", "status"}


def undescribed(schema: Schema, path: str) -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        if name in BARE and not path:
            continue
        if not followed(part).get("description"):
            yield f"{path}.{name}"
        yield from undescribed(part, f"{path}.{name}")
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from undescribed(schema[word], path + "[]")


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_field_that_a_user_writes_says_what_it_does(name: str) -> None:
    document = DOCUMENTS[name]
    silent = list(undescribed(document, ""))
    for key, part in document.get("$defs", {}).items():
        if key not in STATUS_PARTS:
            silent += [] if part.get("description") else [key]
            silent += undescribed(part, key)

    assert silent == []
    assert document["title"]
    assert document["description"]


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_document_is_a_valid_schema_and_its_references_lead_somewhere(name: str) -> None:
    document = DOCUMENTS[name]
    Draft202012Validator.check_schema(document)

    assert document["$id"] == name
    for part in parts(document):
        if "$ref" in part:
            target, _, key = part["$ref"].partition("#/$defs/")
            assert key in DOCUMENTS[target]["$defs"], part["$ref"]


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object in the document, schemas and maps of schemas alike."""
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from parts(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from parts(part)


def test_every_shared_part_is_used() -> None:
    used = {
        part["$ref"] for document in DOCUMENTS.values() for part in parts(document) if isinstance(part.get("$ref"), str)
    }
    defined = {f"{name}#/$defs/{key}" for name, document in DOCUMENTS.items() for key in document.get("$defs", {})}

    assert defined == used


FORMATS = {
    *("byte", "binary", "int32", "int64"),
    *(
        "cron",
        "duration",
        "expr",
        "git-revision",
        "glob",
        "gotemplate",
        "int-or-percent",
        "jq",
        "jsonpath",
        "jsonpointer",
    ),
    *("port", "promql", "quantity", "re2", "rfc3339", "rollout-duration", "semver", "timezone"),
}


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_formats_and_versions_are_well_formed(name: str) -> None:
    for part in parts(DOCUMENTS[name]):
        if isinstance(part.get("format"), str) and "type" in part:
            assert part["format"] in FORMATS
        if "x-since" in part:
            assert part["x-since"].keys() <= {"argo-cd", "argo-rollouts", "kustomize"}
            assert all(re.fullmatch(r"\d+\.\d+(\.\d+)?", version) for version in part["x-since"].values())
        if isinstance(part.get("enum"), list) and isinstance(part.get("default"), str):
            assert part["default"] in part["enum"]


# ---- examples of what the schemas refuse


def problems(name: str, instance: Any) -> list[str]:
    registry = jsonschema_rs.Registry(list(DOCUMENTS.items()))
    validator = jsonschema_rs.Draft202012Validator(DOCUMENTS[f"gitops-lint:{name}.json"], registry=registry)
    return sorted(
        f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(instance)
    )


def application(**spec: Any) -> dict[str, Any]:
    base = {
        "project": "default",
        "destination": {"name": "in-cluster"},
        "source": {"repoURL": "https://h/r", "path": "a"},
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "a"},
        "spec": {**base, **spec},
    }


def rollout(step: Any) -> dict[str, Any]:
    spec = {"strategy": {"canary": {"steps": [step]}}}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "a"}, "spec": spec}


def kustomization(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", **fields}


EXAMPLES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("argoproj.io/application_v1alpha1", application(syncPolicy={"automated": {"prune": True, "enabled": False}}), []),
    (
        "argoproj.io/application_v1alpha1",
        application(syncPolicy={"automated": {"prune": "true"}}),
        ['spec.syncPolicy.automated.prune: "true" is not of type "boolean"'],
    ),
    (
        "argoproj.io/application_v1alpha1",
        application(syncPolicy={"preserveResourcesOnDeletion": True}),
        ["spec.syncPolicy: Additional properties are not allowed ('preserveResourcesOnDeletion' was unexpected)"],
    ),
    ("argoproj.io/rollout_v1alpha1", rollout({"pause": {"duration": 30}}), []),
    ("argoproj.io/rollout_v1alpha1", rollout({"pause": {"duration": "1h"}}), []),
    (
        "argoproj.io/rollout_v1alpha1",
        rollout({"setweight": 20}),
        ["spec.strategy.canary.steps.0: Additional properties are not allowed ('setweight' was unexpected)"],
    ),
    (
        "argoproj.io/rollout_v1alpha1",
        rollout({"experiment": {"templates": [{"name": "a", "specRef": "Canary"}]}}),
        ['spec.strategy.canary.steps.0.experiment.templates.0.specRef: "Canary" is not one of "canary" or "stable"'],
    ),
    ("kustomize.config.k8s.io/kustomization_v1beta1", {"resources": []}, []),
    (
        "kustomize.config.k8s.io/kustomization_v1beta1",
        kustomization(images=[{"name": "app", "newTag": "1.20"}], commonLabels={"a": "b"}, bases=["../base"]),
        [],
    ),
    (
        "kustomize.config.k8s.io/kustomization_v1beta1",
        kustomization(images=[{"name": "app", "newTag": 1.2}]),
        ['images.0.newTag: 1.2 is not of type "string"'],
    ),
    (
        "kustomize.config.k8s.io/kustomization_v1beta1",
        kustomization(patches=["patch.yaml"]),
        ['patches.0: "patch.yaml" is not of type "object"'],
    ),
    (
        "kustomize.config.k8s.io/kustomization_v1beta1",
        kustomization(resource=["a.yaml"]),
        [": Additional properties are not allowed ('resource' was unexpected)"],
    ),
]


@pytest.mark.parametrize(("name", "instance", "expected"), EXAMPLES)
def test_examples(name: str, instance: dict[str, Any], expected: list[str]) -> None:
    assert problems(name, instance) == expected


def test_the_deprecated_fields_of_a_kustomization_say_what_to_use() -> None:
    properties = DOCUMENTS["gitops-lint:kustomize.config.k8s.io/kustomization_v1beta1.json"]["properties"]

    assert {name: part["x-deprecated"] for name, part in properties.items() if "x-deprecated" in part} == {
        "bases": "use resources",
        "commonLabels": "use labels with includeSelectors: true",
        "helmChartInflationGenerator": "use helmCharts and helmGlobals",
        "imageTags": "use images",
        "patchesJson6902": "use patches",
        "patchesStrategicMerge": "use patches",
        "vars": "use replacements",
    }
