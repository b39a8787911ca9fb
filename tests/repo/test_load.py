"""Files to documents: what is parsed, what is a mistake, what is remembered."""

from __future__ import annotations

import pickle

import pytest

from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.load import Loader, digest, load, load_bytes
from gitops_lint.repo.references import references_of
from gitops_lint.repo.role import Role

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
LIST = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: a}}\n- {a: 1}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n"


def mistakes(text: str, role: Role | None = None, file: str = "a.yaml") -> list[str]:
    return [one.kind for one in load_bytes(text.encode(), file, role or Role()).mistakes]


def test_documents_are_numbered_and_classified() -> None:
    loaded = load_bytes((SERVICE + "---\n---\na: 1\n").encode(), "a.yaml")

    assert [(one.number, one.classification.what) for one in loaded.documents] == [
        (0, "resource"),
        (1, "empty"),
        (2, "other"),
    ]
    assert [(one.kind, one.name, one.document) for one in loaded.resources] == [("Service", "web", 0)]
    assert loaded.digest == digest((SERVICE + "---\n---\na: 1\n").encode())


def test_a_broken_document_loses_itself_only() -> None:
    loaded = load_bytes(f"a: [\n---\n{SERVICE}".encode(), "a.yaml")

    assert [one.name for one in loaded.resources] == ["web"]
    assert [(one.kind, one.document) for one in loaded.mistakes] == [("syntax", 0)]


def test_items_of_a_list_are_resources() -> None:
    loaded = load_bytes(LIST.encode(), "a.yaml")

    assert [(one.kind, one.name, one.document) for one in loaded.resources] == [("Service", "a", 0), ("Secret", "b", 0)]


@pytest.mark.parametrize(
    ("text", "role", "file", "expected"),
    [
        ("a: [", Role(), "a.yaml", ["syntax"]),
        ("apiVersion: v1\nkind: A\nkind: B\n", Role(), "a.yaml", ["duplicate-key"]),
        (
            "a: 1\na: 2\n",
            Role(),
            "a.yaml",
            [],
        ),  # a file of another tool: what go-yaml refuses there is nobody's mistake
        ("a: 1\na: 2\n", Role("values"), "a.yaml", ["duplicate-key"]),
        ("%YAML 1.2\n---\na: 1\n", Role(), "a.yaml", []),
        ("a: [", Role("other-tool"), "a.yaml", []),
        ("a: [", Role("generated-data"), "a.yaml", []),
        ("a: [", Role("test-data"), "a.yaml", []),
        ("{% if x %}\na: 1\n{% endif %}\n", Role(), "a.yaml", []),
        ("{% if x %}\na: 1\n{% endif %}\n", Role(applied=True), "a.yaml", ["template-file"]),
        ("apiVersion: v1\nkind: A\nmetadata: {name: {{ x }}}\n", Role(), "a.yaml", ["unquoted-template"]),
        ("a: b", Role("chart-template"), "a.yaml", []),
        ("{{ if }}\n", Role("chart-template"), "a.yaml", []),
        ('{"a": 1', Role(), "a.json", []),
        ('{"apiVersion": "v1", "kind": ', Role(), "a.json", ["syntax"]),
        ("local a = [", Role("lua"), "a.lua", []),
    ],
)
def test_mistakes_are_those_that_a_reader_of_the_file_would_meet(
    text: str, role: Role, file: str, expected: list[str]
) -> None:
    assert mistakes(text, role, file) == expected


def test_templates_have_no_documents() -> None:
    assert load_bytes(b"{% if x %}\na: 1\n{% endif %}\n", "a.yaml").template
    assert load_bytes(b"a: {{ .Values.a }}\n", "a.yaml", Role("chart-template")).template
    assert load_bytes(b"a: 1\n", "a.yaml", Role("template")).template
    assert not load_bytes(SERVICE.encode(), "a.yaml", Role("chart-template")).template


def test_json_that_is_no_manifest_is_not_parsed() -> None:
    assert load_bytes(b'{"panels": []}', "dashboard.json").documents == ()
    assert len(load_bytes(b'{"panels": []}', "config.json", Role("generator-input")).documents) == 1
    assert len(load_bytes(b'{"apiVersion": "v1", "kind": "Service"}', "service.json").resources) == 1


def test_a_file_that_cannot_be_read_says_so() -> None:
    loaded = load(MemoryTree({}), "missing.yaml")

    assert loaded.unreadable
    assert (loaded.documents, loaded.mistakes) == ((), ())


def test_the_memory_is_bounded_by_bytes() -> None:
    reads: list[str] = []

    class Counting(MemoryTree):
        def read(self, file: str) -> bytes:
            reads.append(file)
            return super().read(file)

    loader = Loader(
        Counting({"a.yaml": SERVICE, "b.yaml": SERVICE, "c.yaml": SERVICE}), {}, bytes_kept=2 * len(SERVICE)
    )
    for file in ("a.yaml", "b.yaml", "a.yaml", "c.yaml", "a.yaml", "b.yaml"):
        assert loader.document(file, 0) is not None

    assert reads == ["a.yaml", "b.yaml", "c.yaml", "b.yaml"]
    assert loader.document("a.yaml", 5) is None


# ---- facts


def test_facts_are_plain_and_small() -> None:
    text = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web, team: a}
  annotations: {argocd.argoproj.io/sync-wave: "1", kubectl.kubernetes.io/last-applied-configuration: "x"}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: robot
"""
    facts = facts_of(load_bytes(text.encode(), "a.yaml"), references_of)
    (one,) = facts.documents

    assert pickle.loads(pickle.dumps(facts)) == facts
    assert one.identity is not None
    assert (one.identity.kind, one.identity.namespace, one.identity.name) == ("Deployment", "shop", "web")
    assert one.labels == {"app": "web", "team": "a"}
    assert one.pod_labels == {"app": "web"}
    assert one.annotations == {"argocd.argoproj.io/sync-wave": "1"}
    assert [(ref.relation, ref.name, text[ref.start : ref.end]) for ref in one.references] == [
        ("serviceAccountName", "robot", "robot")
    ]
    assert text[one.start : one.end].startswith("apiVersion")


def test_facts_of_a_list_are_those_of_its_items() -> None:
    facts = facts_of(load_bytes(LIST.encode(), "a.yaml"))

    assert [(one.what, one.item, one.identity.name if one.identity else None) for one in facts.documents] == [
        ("list", None, ""),
        ("resource", 0, "a"),
        ("resource", 2, "b"),
    ]


def test_facts_of_harness_entities_are_their_names() -> None:
    text = "inputSet:\n  identifier: dev\n  orgIdentifier: o\n  pipeline: {identifier: deploy}\n"
    (one,) = facts_of(load_bytes(text.encode(), "a.yaml")).documents

    assert (one.what, one.entity) == ("harness", "inputSet")
    assert one.names == {"identifier": "dev", "orgIdentifier": "o", "pipelineIdentifier": "deploy"}
