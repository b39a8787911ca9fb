"""What a document is, and what it is not."""

from __future__ import annotations

from textwrap import dedent

import pytest

from gitops_lint.repo.classify import classify
from gitops_lint.repo.role import MANIFEST, Role
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml

TABLE: list[tuple[str, str, str, str]] = [
    # file, text, what, entity
    ("a.yaml", "{apiVersion: v1, kind: Service, metadata: {name: web}}", "resource", ""),
    ("a.yaml", "{apiVersion: v1, kind: ConfigMap}", "resource", ""),
    ("a.yaml", "{apiVersion: example.com/v1, kind: Anything, metadata: {generateName: x-}}", "resource", ""),
    ("a.yaml", "{apiVersion: v1, kind: List, items: []}", "list", ""),
    ("a.yaml", "{apiVersion: v1, kind: ConfigMapList, items: []}", "list", ""),
    ("a.yaml", "{apiVersion: v1, kind: List}", "resource", ""),
    ("a.yaml", "{apiVersion: config.openshift.io/v1, kind: AllowList, metadata: {name: a}}", "resource", ""),
    (
        "a.yaml",
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}",
        "custom-resource-definition",
        "",
    ),
    ("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm}}", "argocd-configuration", "argocd-cm"),
    ("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: my-argocd-cm}}", "resource", ""),
    (
        "a.yaml",
        "{apiVersion: argoproj.io/v1beta1, kind: ArgoCD, metadata: {name: a}}",
        "argocd-configuration",
        "ArgoCD",
    ),
    ("a.yaml", "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization}", "kustomization", ""),
    (
        "a.yaml",
        "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: a}}",
        "resource",
        "",
    ),
    ("a.yaml", "{apiVersion: v1, kind: Service, $patch: delete, metadata: {name: a}}", "kustomize-patch", ""),
    ("replicas-patch.yaml", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}", "kustomize-patch", ""),
    ("patches/replicas.yaml", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}", "kustomize-patch", ""),
    ("dispatch.yaml", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}", "resource", ""),
    ("a.yaml", "[{op: add, path: /a, value: 1}, {op: remove, path: /b}]", "json-patch", ""),
    ("a.yaml", "[{op: add, value: 1}]", "other", ""),
    ("a.yaml", "[{name: a, path: /b}]", "other", ""),
    ("a.yaml", "[]", "other", ""),
    ("a.yaml", "text", "other", ""),
    ("a.yaml", "{a: 1}", "other", ""),
    ("a.yaml", "{kind: Service, metadata: {name: web}}", "other", ""),
    ("a.yaml", "", "empty", ""),
    # objects that no cluster sees
    ("kubeconfig.yaml", "{apiVersion: v1, kind: Config, clusters: [], users: []}", "other", ""),
    ("a.yaml", "{apiVersion: v1, kind: Config, metadata: {name: a}}", "resource", ""),
    ("kind.yaml", "{apiVersion: kind.x-k8s.io/v1alpha4, kind: Cluster}", "other", ""),
    ("skaffold.yaml", "{apiVersion: skaffold/v2beta29, kind: Config}", "other", ""),
    ("c.yaml", "{apiVersion: backstage.io/v1alpha1, kind: Component, metadata: {name: a}}", "other", ""),
    ("g.yaml", "{apiVersion: builtin, kind: PrefixTransformer, metadata: {name: a}}", "other", ""),
    ("g.yaml", "{apiVersion: 1, kind: x}", "other", ""),
    # Harness
    ("p.yaml", "{pipeline: {identifier: a, stages: []}}", "harness", "pipeline"),
    ("p.yaml", "{pipeline: {stages: []}}", "harness", "pipeline"),
    ("p.yaml", "{version: 1, pipeline: {id: a}}", "harness", "pipeline"),
    ("p.yaml", "{version: 1, kind: input-set, spec: {}}", "harness", "inputSet"),
    ("p.yaml", "{version: 1, kind: overlay-input-set, spec: {}}", "harness", "overlayInputSet"),
    ("t.yaml", "{trigger: {name: a, identifier: a}}", "harness", "trigger"),
    ("i.yaml", "{infrastructureDefinition: {orgIdentifier: default}}", "harness", "infrastructureDefinition"),
    (".harness/c.yaml", "{connector: {name: a}}", "harness", "connector"),
    ("x/.harness/c.yaml", "{connector: {name: a}, other: 1}", "harness", "connector"),
    (".harness/c.yaml", "{connector: text}", "harness", "connector"),
    (".harness/s.yaml", "{gitExperience: {enabled: true}}", "harness", "gitExperience"),
    ("s.yaml", "{conflictResolution: {strategy: manual}}", "harness", "conflictResolution"),
    ("s.yaml", "{conflictResolution: {other: manual}}", "other", ""),
    ("values.yaml", "{service: {port: 80}}", "other", ""),
    ("values.yaml", "{service: {identifier: a}, image: b}", "other", ""),
    ("serverless.yml", "{service: shop, provider: {}}", "other", ""),
    ("x.yaml", "{environment: {A: 1}}", "other", ""),
]


@pytest.mark.parametrize(("file", "text", "what", "entity"), TABLE)
def test_what_a_document_is(file: str, text: str, what: str, entity: str) -> None:
    documents = parse_yaml(Source(text, file)).documents
    root = documents[0].root if documents else None
    found = classify(root, file, MANIFEST)

    assert (found.what, found.entity) == (what, entity)
    assert found.evidence


SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: web}}"

ROLES: list[tuple[Role, str, str]] = [
    (Role("patch", ("named",)), SERVICE, "kustomize-patch"),
    (Role("patch", ("named",)), "[{op: add, path: /a}]", "json-patch"),
    (Role("kustomization", ("named",)), "{resources: []}", "kustomization"),
    (Role("kustomize-plugin", ("named",)), SERVICE, "kustomize-plugin"),
    (Role("chart", ("named",)), "{apiVersion: v2, name: a}", "helm-chart"),
    (Role("values", ("named",)), "{a: 1}", "helm-values"),
    (Role("generator-input", ("named",)), "{a: 1}", "generator-input"),
    (Role("generator-input", ("named",)), SERVICE, "resource"),
    (Role("generated-data", ("named",)), SERVICE, "other"),
    (Role("test-data", ("named",)), SERVICE, "other"),
    (Role("other-tool", ("named",)), SERVICE, "other"),
    (Role("lua-test", ("named",)), "{tests: []}", "lua-test"),
    (Role("configuration", ("named",)), "{root: true}", "configuration"),
    (Role("chart-template", ("named",)), SERVICE, "resource"),
    (Role("manifest", ("named",), applied=True), SERVICE, "resource"),
]


@pytest.mark.parametrize(("role", "text", "what"), ROLES)
def test_a_role_decides_what_its_documents_are(role: Role, text: str, what: str) -> None:
    found = classify(parse_yaml(Source(text)).documents[0].root, "a.yaml", role)

    assert (found.what, found.evidence) == (what, "named")


def test_a_patch_by_its_name_is_a_resource_where_something_applies_it() -> None:
    root = parse_yaml(Source(SERVICE)).documents[0].root

    assert classify(root, "service-patch.yaml", Role(applied=True)).what == "resource"


@pytest.mark.parametrize(
    "text",
    [
        "configs: {cm: {a: b}}",
        "argo-cd: {configs: {cm: {a: b}}}",
        "argo-cd: {notifications: {triggers: {a: b}}}",
    ],
)
def test_values_that_become_argocd_cm_are_told(text: str) -> None:
    root = parse_yaml(Source(dedent(text))).documents[0].root

    assert classify(root, "values.yaml", Role("values")).entity == "argo-cd"
