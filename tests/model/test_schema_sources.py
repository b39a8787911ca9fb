"""Where schemas come from, in which order, and what each source means by them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gitops_lint.errors import ConfigurationError
from gitops_lint.model.resource import identity_of
from gitops_lint.model.schema import KindSchema, Schemas, problems
from gitops_lint.model.schemas.bundle import absolute, version_key
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.path import render
from gitops_lint.text.scalars import plain


def messages(text: str, schemas: Schemas) -> list[tuple[str, str]]:
    """Path and message of each problem."""
    root = parse_yaml(Source(text, "a.yaml")).documents[0].root
    assert root is not None
    who = identity_of(root)
    assert who is not None
    schema = schemas.schema_for(who.group, who.version, who.kind)
    assert schema is not None
    return [(render(problem.path), problem.message) for problem in problems(root, schema)]


def crd(spec: str) -> dict[str, Any]:
    text = f"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: shops.example.com}}\n{spec}"
    root = parse_yaml(Source(text, "crd.yaml")).documents[0].root
    assert root is not None
    value = plain(root)
    assert isinstance(value, dict)
    return value


SHOP = """
spec:
  group: example.com
  names: {kind: Shop}
  versions:
  - name: v1
    served: true
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [size, note, kept]
            properties:
              size: {type: integer, minimum: 0, exclusiveMinimum: true}
              note: {type: string, nullable: true}
              port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {known: {type: boolean}}}
              closed: {type: object}
              labels: {type: object, additionalProperties: {type: string}}
              until: {type: string, format: date-time}
              code: {type: string, pattern: '^[a-z]+$'}
              kept: {type: string, default: a}
              template: {type: object, properties: {metadata: {type: object}}}
              object: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
  - name: v1alpha1
    served: false
    deprecated: true
    deprecationWarning: use v1
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


def shop(spec: str) -> str:
    return f"apiVersion: example.com/v1\nkind: Shop\nmetadata: {{name: a, labels: {{b: c}}}}\nspec: {spec}\n"


@pytest.fixture(scope="module")
def with_crd() -> Schemas:
    return Schemas(crds=[crd(SHOP), {"spec": "broken"}, {"spec": {"group": "a", "names": []}}])


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{size: 1, note: a, port: 80, free: {any: [1]}, labels: {a: b}, code: abc}", []),
        ("{size: 1, note: a, port: http}", []),
        ("{size: 1, note: a, template: {metadata: {labels: {a: b}}}}", []),
        ("{size: 1, note: }", []),
        ("{size: 1}", [("spec.note", "`spec` needs the field `note`")]),
        ("{size: 0, note: a}", [("spec.size", "`0` is not a value of `spec.size`: it must be more than 0")]),
        (
            "{size: 1, note: a, sze: 2}",
            [("spec.sze", "`sze` is not a field of `spec`; did you mean `size`?")],
        ),
        (
            "{size: 1, note: a, closed: {a: 1}}",
            [("spec.closed.a", "`a` is not a field of `spec.closed`, which has none")],
        ),
        (
            "{size: 1, note: a, free: {known: 1}}",
            [("spec.free.known", "`1` is a number, `spec.free.known` must be a boolean")],
        ),
        (
            "{size: 1, note: a, labels: {a: 1}}",
            [("spec.labels.a", "`1` is read as a number, `spec.labels.a` must be a string: quote it")],
        ),
        (
            "{size: 1, note: a, until: tomorrow}",
            [
                (
                    "spec.until",
                    "`tomorrow` is not a time in RFC 3339 form, as in `2027-03-01T08:00:00Z` (`spec.until`)",
                )
            ],
        ),
        (
            "{size: 1, note: a, code: A1}",
            [("spec.code", "`A1` is not a value of `spec.code`: it must be text that matches `^[a-z]+$`")],
        ),
        (
            "{size: 1, note: a, object: {kind: Job, metadata: {nme: a}, x: y}}",
            [
                ("spec.object.apiVersion", "`spec.object` needs the field `apiVersion`"),
                ("spec.object.metadata.nme", "`nme` is not a field of `spec.object.metadata`; did you mean `name`?"),
            ],
        ),
    ],
)
def test_a_definition_of_the_repository_counts(with_crd: Schemas, spec: str, expected: list[tuple[str, str]]) -> None:
    assert messages(shop(spec), with_crd) == expected


def test_versions_of_a_definition_say_whether_they_are_served(with_crd: Schemas) -> None:
    old, new = with_crd.schema_for("example.com", "v1alpha1", "Shop"), with_crd.schema_for("example.com", "v1", "Shop")
    assert old is not None
    assert new is not None

    assert with_crd.known_versions("example.com", "Shop") == ["v1", "v1alpha1"]
    assert with_crd.known_kinds("example.com") == ["Shop"]
    assert (old.served, old.deprecated, new.served, new.deprecated) == (False, "use v1", True, "")
    assert new.source == "CustomResourceDefinition shops.example.com"


def test_a_version_that_lists_nothing_takes_everything() -> None:
    bare = crd(
        "spec: {group: example.com, names: {kind: Shop}, versions: [{name: v1, schema: {openAPIV3Schema: {type: object}}}]}"
    )

    assert messages(shop("{any: [1]}"), Schemas(crds=[bare])) == []


def test_a_v1beta1_definition_keeps_what_it_does_not_list() -> None:
    old = crd("""
spec:
  group: example.com
  version: v1
  names: {kind: Shop}
  validation: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
""")
    keeps = Schemas(crds=[{**old, "apiVersion": "apiextensions.k8s.io/v1beta1"}])
    prunes = Schemas(
        crds=[
            {
                **old,
                "apiVersion": "apiextensions.k8s.io/v1beta1",
                "spec": {**old["spec"], "preserveUnknownFields": False},
            }
        ]
    )

    assert messages(shop("{other: 1}"), keeps) == []
    assert messages(shop("{other: 1}"), prunes) == [("spec.other", "`other` is not a field of `spec`; it has: size")]
    assert len(messages(shop("{size: a}"), keeps)) == 1


def test_a_definition_that_is_no_schema_forbids_nothing() -> None:
    broken = SHOP.replace("type: integer, minimum: 0", "type: 7, minimum: 0")

    assert messages(shop("{size: a}"), Schemas(crds=[crd(broken)])) == []


def test_a_pattern_that_no_linear_engine_knows_forbids_nothing() -> None:
    strange = SHOP.replace("^[a-z]+$", "^(?!x)[a-z]+$")
    schemas = Schemas(crds=[crd(strange)])

    assert messages(shop("{size: 1, note: a, code: '1'}"), schemas) == []
    assert [path for path, _ in messages(shop("{size: a, note: a, code: '1'}"), schemas)] == ["spec.size"]


def test_what_is_shipped_comes_before_what_the_repository_defines() -> None:
    other = crd(
        SHOP.replace("example.com", "argoproj.io").replace("kind: Shop", "kind: Rollout").replace("v1", "v1alpha1", 1)
    )

    schema = Schemas(crds=[other]).schema_for("argoproj.io", "v1alpha1", "Rollout")

    assert schema is not None
    assert schema.source == "shipped with gitops-lint"


# ---- Kubernetes


@pytest.mark.parametrize(
    ("target", "version"), [(None, "1.37"), ("1.30", "1.30"), ("v1.30.4", "1.30"), ("9.9", "1.37"), ("1.2", "1.25")]
)
def test_kubernetes_kinds_come_in_the_wanted_version(target: str | None, version: str) -> None:
    schema = Schemas({"kubernetes": target} if target else {}).schema_for("apps", "v1", "Deployment")

    assert schema is not None
    assert schema.source.startswith("Kubernetes 1.")
    if target is not None and target != "9.9":
        assert schema.source == f"Kubernetes {version}"


def test_a_field_of_a_later_kubernetes_says_since_when() -> None:
    text = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, restartPolicy: Always}]}}"

    assert messages(text, Schemas()) == []
    assert messages(text, Schemas({"kubernetes": "1.26"})) == [
        (
            "spec.containers[0].restartPolicy",
            "`restartPolicy` is a field of `spec.containers[0]` only since Kubernetes 1.28",
        )
    ]


def test_a_kind_that_kubernetes_has_dropped_is_unknown() -> None:
    assert Schemas({"kubernetes": "1.25"}).schema_for("extensions", "v1beta1", "Ingress") is None
    assert Schemas().known_versions("apps", "Deployment") == ["v1"]
    assert "DaemonSet" in Schemas().known_kinds("apps")
    assert Schemas().known_versions("nobody.example.com", "Thing") == []


def test_options_of_requests_are_no_kinds() -> None:
    assert "DeleteOptions" not in Schemas().known_kinds("apps")


# ---- the shipped folder


def test_only_kinds_are_found_in_the_shipped_folder() -> None:
    schemas = Schemas()

    assert schemas.known_kinds("gitops-lint") == []
    assert schemas.known_kinds("meta.k8s.io") == []
    assert schemas.known_versions("external-secrets.io", "SecretStore") == ["v1", "v1beta1", "v1alpha1"]
    assert schemas.known_versions("external-secrets.io", "secretstore") == []
    assert schemas.known_kinds("external-secrets.io") == [
        "ClusterExternalSecret",
        "ClusterPushSecret",
        "ClusterSecretStore",
        "ExternalSecret",
        "PushSecret",
        "SecretStore",
    ]


def test_metadata_is_laid_over_what_leaves_it_bare() -> None:
    text = "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {nme: a}, spec: {}}"

    assert messages(text, Schemas()) == [("metadata.nme", "`nme` is not a field of `metadata`; did you mean `name`?")]


def test_a_field_of_another_version_says_which() -> None:
    with_name = "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {}, spec: {project: a, destination: {}, source: {repoURL: a, ref: b}}}"

    assert messages(with_name, Schemas({"argo-cd": "2.6"})) == []
    assert messages(with_name, Schemas()) == []
    assert messages(with_name, Schemas({"argo-cd": "2.5"})) == [
        ("spec.source.ref", "`ref` is a field of `spec.source` only since Argo CD 2.6")
    ]


# ---- schema locations


def located(files: dict[str, Any], *locations: str, **targets: str) -> Schemas:
    def read(path: str) -> bytes | None:
        return json.dumps(files[path]).encode() if path in files else None

    return Schemas(targets, locations, read=read)


CLOSED = {"type": "object", "properties": {"spec": {"$ref": "_definitions.json#/definitions/Spec"}}}
DEFINITIONS = {
    "definitions": {
        "Spec": {"type": "object", "properties": {"size": {"type": "integer"}}, "additionalProperties": False}
    }
}


def test_a_location_is_a_path_with_fields_and_its_references_are_followed() -> None:
    schemas = located(
        {"crds/example.com/shop_v1.json": CLOSED, "crds/example.com/_definitions.json": DEFINITIONS},
        "crds/{{ .Group }}/{{.ResourceKind}}_{{ .ResourceAPIVersion }}.json",
    )
    schema = schemas.schema_for("example.com", "v1", "Shop")

    assert messages(shop("{sise: 1}"), schemas) == [
        ("spec.sise", "`sise` is not a field of `spec`; did you mean `size`?")
    ]
    assert schema is not None
    assert schema.source == "crds/example.com/shop_v1.json"
    assert schemas.schema_for("example.com", "v2", "Shop") is None


def test_a_location_that_is_a_folder_has_the_usual_layout() -> None:
    path = "schemas/v1.30.0-standalone-strict/shop-example-v1.json"

    assert located({path: CLOSED}, "schemas", kubernetes="1.30.0").schema_for("example.com", "v1", "Shop") is not None


def test_the_location_named_default_is_ours_anyway() -> None:
    assert located({}, "default").schema_for("example.com", "v1", "Shop") is None


@pytest.mark.parametrize(
    ("location", "message"),
    [
        (
            "https://example.com/{{.Group}}.json",
            "the schema location `https://example.com/{{.Group}}.json` is a URL, and gitops-lint fetches nothing",
        ),
        (
            "a/{{.Kind}}.json",
            "the schema location `a/{{.Kind}}.json` names `.Kind`; it may name Group, KindSuffix, "
            "NormalizedKubernetesVersion, ResourceAPIVersion, ResourceKind, StrictSuffix",
        ),
        (
            "a/{{ if .Group }}b{{ end }}.json",
            "the schema location `a/{{ if .Group }}b{{ end }}.json` holds a template that is not a plain field such as "
            "`{{.Group}}`",
        ),
    ],
)
def test_a_location_that_cannot_be_used_is_refused(location: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Schemas(locations=[location])

    assert caught.value.message == message


def test_a_file_of_a_location_that_is_no_json_is_an_error() -> None:
    schemas = Schemas(locations=["a.json"], read=lambda path: b"{")

    with pytest.raises(ConfigurationError, match=r"the schema `a\.json` is no JSON"):
        schemas.schema_for("example.com", "v1", "Shop")


def test_a_reference_that_leads_to_the_network_says_nothing() -> None:
    schema = {"type": "object", "properties": {"spec": {"$ref": "https://example.com/spec.json#/a"}}}
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        return json.dumps(schema).encode() if path == "a.json" else None

    assert messages(shop("{any: [1]}"), Schemas(locations=["a.json"], read=read)) == []
    assert asked == ["a.json"]


# ---- small parts


@pytest.mark.parametrize(
    ("reference", "where", "name"),
    [
        ("#/a", "x/y.json", "x/y.json#/a"),
        ("z.json#/a", "x/y.json", "x/z.json#/a"),
        ("../z.json", "x/w/y.json#/b", "x/z.json"),
        ("gitops-lint:a/b.json#/c", "x/y.json", "gitops-lint:a/b.json#/c"),
        ("/z.json#/a", "https://example.com/x/y.json", "https://example.com/z.json#/a"),
    ],
)
def test_references_start_from_their_document(reference: str, where: str, name: str) -> None:
    assert absolute(reference, where) == name


def test_versions_compare_by_number() -> None:
    assert version_key("v1.9") < version_key("1.10") < version_key("1.10.1-rc1") < version_key("2")


def test_a_schema_that_contains_itself_is_no_trap() -> None:
    schema = Schemas().schema_for("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
    assert isinstance(schema, KindSchema)

    assert ("spec", "versions", "[]", "schema") in schema.holders("openAPIV3Schema")
