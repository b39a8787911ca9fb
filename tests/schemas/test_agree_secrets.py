"""Our schemas of External Secrets and the operator's own say the same: same fields, same types, same values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gitops_lint import shipped
from gitops_lint.model.schema import KindSchema, Schemas

GROUP = "external-secrets.io"
UPSTREAM = Path(__file__).parents[2].parent / "shared" / "crds" / GROUP
SHIPPED = sorted(
    entry.name for entry in shipped.folder("schemas").joinpath(GROUP).iterdir() if entry.name.endswith(".json")
)
# the release whose schemas are at hand; what later ones have says `x-since`
COMPARED = "2.6"
KINDS = {
    "externalsecret": "ExternalSecret",
    "clusterexternalsecret": "ClusterExternalSecret",
    "secretstore": "SecretStore",
    "clustersecretstore": "ClusterSecretStore",
    "pushsecret": "PushSecret",
    "clusterpushsecret": "ClusterPushSecret",
}

# where ours says more than the compared release, because later ones do: end of the path, difference, reason
LATER = {
    ("generatorRef.kind", "value GitlabDeployToken"): "later generators",
    ("generatorRef.kind", "value BeyondtrustWorkloadCredentialsDynamicSecret"): "later generators",
    ("target.creationPolicy", "value CreateOrMerge"): "a later policy",
    ("aws.service", "value CertificateManager"): "a later service",
    (
        "secretserver.password.value",
        "minLength None is 1",
    ): "later releases refuse an empty text, earlier ones fail to log in",
    (
        "secretserver.username.value",
        "minLength None is 1",
    ): "later releases refuse an empty text, earlier ones fail to log in",
    ("spec.refreshInterval", "type ['integer'] is ['integer', 'string']"): "later releases take a duration too",
    ("onepasswordSDK", "required vault"): "later releases take an environment instead",
    ("secretserver", "required username"): "later releases take a token instead",
    ("secretserver", "required password"): "later releases take a token instead",
    ("dataTo[]", "required storeRef"): "a validation rule: storeRef must specify either name or labelSelector",
}


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas()


@pytest.fixture(scope="module")
def compared() -> Schemas:
    return Schemas({"external-secrets": COMPARED})


@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the operator's schemas are not at hand")
@pytest.mark.parametrize("file", sorted(path.name for path in UPSTREAM.glob("*.json")) if UPSTREAM.is_dir() else [])
def test_ours_has_exactly_the_fields_types_and_values_of_the_operator(compared: Schemas, file: str) -> None:
    name, version = file.removesuffix(".json").split("_")
    upstream = json.loads((UPSTREAM / file).read_text())["schema"]
    kind = compared.schema_for(GROUP, version, KINDS[name])
    assert kind is not None
    differences: list[str] = []

    for part in ("spec", "status"):
        if part in upstream["properties"]:
            compare(upstream["properties"][part], kind.schema["properties"][part], kind, part, differences)

    assert [each for each in differences if not later(each)] == []
    assert set(kind.schema["properties"]) == set(upstream["properties"])
    assert kind.schema["additionalProperties"] is False


def later(difference: str) -> bool:
    path, _, words = difference.partition(": ")
    return any(path.endswith(place) and words == said for place, said in LATER)


def compare(theirs: dict[str, Any], ours: dict[str, Any], kind: KindSchema, path: str, differences: list[str]) -> None:
    ours = kind.resolve(ours)
    free = theirs.get("x-kubernetes-preserve-unknown-fields", False)
    nullable = ["null"] if theirs.get("nullable") else []
    expected_types = [theirs["type"], *nullable] if "type" in theirs else []
    types = ours.get("type", [])
    if expected_types != (types if isinstance(types, list) else [types]):
        differences.append(f"{path}: type {expected_types} is {types}")
    for name in set(theirs.get("properties", {})) ^ set(ours.get("properties", {})):
        differences.append(f"{path}.{name}: only in one of the two")
    if "properties" in theirs and not free and ours.get("additionalProperties") is not False:
        differences.append(f"{path}: not closed")
    if free and ours.get("additionalProperties", True) is not True:
        differences.append(f"{path}: closed")
    for value in set(ours.get("enum", ())) ^ set(theirs.get("enum", ())):
        differences.append(f"{path}: value {value}")
    # what has a default is never missing
    defaults = {name for name, part in theirs.get("properties", {}).items() if "default" in part}
    for name in set(ours.get("required", ())) ^ (set(theirs.get("required", ())) - defaults):
        differences.append(f"{path}: required {name}")
    for word in ("default", "pattern", "minLength", "maxLength"):
        if ours.get(word) != theirs.get(word):
            differences.append(f"{path}: {word} {theirs.get(word)} is {ours.get(word)}")
    for name, part in theirs.get("properties", {}).items():
        if name in ours.get("properties", {}):
            compare(part, ours["properties"][name], kind, f"{path}.{name}", differences)
    if "items" in theirs:
        compare(theirs["items"], ours.get("items", {}), kind, f"{path}[]", differences)
    if isinstance(theirs.get("additionalProperties"), dict):
        compare(theirs["additionalProperties"], ours.get("additionalProperties", {}), kind, f"{path}.*", differences)


@pytest.mark.parametrize("file", SHIPPED)
def test_a_schema_is_valid_and_its_references_lead_somewhere(file: str) -> None:
    folder = shipped.folder("schemas").joinpath(GROUP)
    schema = json.loads(folder.joinpath(file).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)

    assert schema["$id"] == f"gitops-lint:{GROUP}/{file}"
    for reference in references(schema):
        document, _, pointer = reference.partition("#/$defs/")
        target = json.loads(folder.joinpath(document.rpartition("/")[2]).read_text(encoding="utf-8"))
        assert pointer in target["$defs"], reference


def references(schema: object) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
        return own + [found for part in schema.values() for found in references(part)]
    return [found for part in schema for found in references(part)] if isinstance(schema, list) else []


def test_every_field_that_a_user_writes_says_what_it_is_for(schemas: Schemas) -> None:
    silent = []
    for name in KINDS.values():
        for version in schemas.known_versions(GROUP, name):
            kind = schemas.schema_for(GROUP, version, name)
            assert kind is not None
            for key, part in kind.schema["$defs"].items():
                silent += [] if key == "ObjectMeta" else undescribed(part, kind)

    assert sorted(set(silent)) == []


def undescribed(schema: dict[str, Any], kind: KindSchema) -> list[str]:
    found = []
    for name, part in schema.get("properties", {}).items():
        found += [] if kind.resolve(part).get("description") else [name]
        found += undescribed(part, kind)
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            found += undescribed(schema[word], kind)
    return found


def test_old_versions_say_until_when_they_were_served(schemas: Schemas) -> None:
    served = {}
    for version in ("v1", "v1beta1", "v1alpha1"):
        kind = schemas.schema_for(GROUP, version, "ExternalSecret")
        assert kind is not None
        served[version] = (dict(kind.since), dict(kind.until), bool(kind.deprecated))

    assert served == {
        "v1": ({"external-secrets": "0.16"}, {}, False),
        "v1beta1": ({}, {"external-secrets": "0.17"}, True),
        "v1alpha1": ({}, {"external-secrets": "0.16"}, True),
    }
