"""Who a document is, and the parts that every kind has."""

from __future__ import annotations

import pytest

from gitops_lint.model.resource import Identity, Resource, identity_of
from gitops_lint.text.nodes import Mapping, Scalar, Source
from gitops_lint.text.parse import parse_yaml


def root_of(text: str) -> Mapping:
    root = parse_yaml(Source(text, "a.yaml")).documents[0].root
    assert isinstance(root, Mapping)
    return root


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("{apiVersion: v1, kind: Service, metadata: {name: a}}", Identity("", "v1", "Service", None, "a")),
        (
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: b}}",
            Identity("apps", "v1", "Deployment", "b", "a"),
        ),
        ("{apiVersion: v1, kind: Pod, metadata: {generateName: a-}}", Identity("", "v1", "Pod", None, "a-*")),
        ("{apiVersion: v1, kind: Pod, metadata: {name: 8080, namespace: ''}}", Identity("", "v1", "Pod", None, "8080")),
        ("{apiVersion: v1, kind: Pod, metadata: }", Identity("", "v1", "Pod", None, "")),
        ("{apiVersion: v1, kind: Pod, metadata: [a]}", Identity("", "v1", "Pod", None, "")),
        ("{apiVersion: '{{ $v }}', kind: '{{ $k }}'}", Identity("", "{{ $v }}", "{{ $k }}", None, "")),
        ("{apiVersion: a/b/c, kind: Pod}", Identity("", "a/b/c", "Pod", None, "")),
    ],
)
def test_identity_is_what_the_document_says(text: str, identity: Identity) -> None:
    assert identity_of(root_of(text)) == identity


@pytest.mark.parametrize(
    "text", ["{kind: Pod}", "{apiVersion: v1}", "{apiVersion: , kind: Pod}", "{apiVersion: [v1], kind: Pod}", "a: 1"]
)
def test_a_document_without_apiversion_or_kind_is_no_resource(text: str) -> None:
    assert identity_of(root_of(text)) is None


def test_a_made_up_name_never_collides() -> None:
    assert Identity("", "v1", "Pod", None, "a-*").generates_name
    assert not Identity("", "v1", "Pod", None, "a").generates_name


def test_labels_and_annotations_keep_their_nodes() -> None:
    root = root_of(
        "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web}, annotations: {wave: '5', none: }}}"
    )
    identity = identity_of(root)
    assert identity is not None
    resource = Resource(identity, "a.yaml", 0, root)

    label = resource.labels["app"]
    assert isinstance(label, Scalar)
    assert (label.text, root.source.text[label.start : label.end]) == ("web", "web")
    assert list(resource.annotations) == ["wave", "none"]
    assert resource.identity.api_version == "v1"


def test_a_root_that_a_function_gives_is_asked_for_each_time() -> None:
    asked: list[int] = []

    def load() -> Mapping:
        asked.append(1)
        return root_of("{apiVersion: v1, kind: Pod, metadata: [a]}")

    resource = Resource(Identity("", "v1", "Pod", None, ""), "a.yaml", 0, load)

    assert resource.labels == {}
    assert resource.root is not resource.root
    assert len(asked) == 3
