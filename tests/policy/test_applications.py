"""What an Application delivers: sources that count, refs, destinations, finalizers."""

from __future__ import annotations

import pytest

from gitops_lint.dsl.world import Fact
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary.applications import (
    delivered_sources,
    destination_mistakes,
    ref_mistakes,
    unknown_finalizers,
)
from gitops_lint.repo.load import load_bytes
from gitops_lint.repo.role import MANIFEST
from gitops_lint.text.nodes import Scalar


def application(spec: str, finalizers: str = "[]") -> Subject:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a, finalizers: {finalizers}}}\nspec: {spec}\n"
    resource = load_bytes(text.encode(), "app.yaml", MANIFEST).resources[0]
    return Subject("Application", {}, Context(Schemas(), {}), "app.yaml", 0, lambda: resource.root, resource)


def facts(found: object) -> list[Fact]:
    assert isinstance(found, (list, tuple))
    return [one for one in found if isinstance(one, Fact)]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{source: {repoURL: u, path: a}}", [("the source", "repository", "")]),
        ("{source: {repoURL: u, path: a}, sources: [{repoURL: u, chart: c}]}", [("source 1", "chart", "")]),
        ("{source: {repoURL: oci://h/c, path: .}}", [("the source", "oci", "")]),
        ("{source: {repoURL: u, chart: c, targetRevision: '*'}}", [("the source", "chart", "any")]),
        ("{source: {repoURL: u, chart: c, targetRevision: 1.x}}", [("the source", "chart", "range")]),
        ("{source: {repoURL: u, chart: c, targetRevision: '>=1.0 <2'}}", [("the source", "chart", "range")]),
        ("{source: {repoURL: u, chart: c, targetRevision: 1.0.0-next.1}}", [("the source", "chart", "")]),
        ("{source: {repoURL: u, path: a}, sourceHydrator: {}}", []),
        ("{}", []),
    ],
)
def test_sources_that_count(spec: str, expected: list[tuple[str, str, str]]) -> None:
    found = facts(delivered_sources(application(spec)))

    assert [(one.ask("words"), one.ask("form"), one.ask("floating")) for one in found] == expected


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ("{path: a, helm: {valueFiles: [$v/x.yaml]}}, {ref: v}", []),
        ("{path: a, helm: {valueFiles: [$w/x.yaml]}}, {ref: v}", [("undefined", "$w/x.yaml")]),
        ("{path: a, helm: {valueFiles: [$w/x.yaml]}}", [("none", "$w/x.yaml")]),
        ("{path: a, helm: {fileParameters: [{name: p, path: $w/x.yaml}]}}", [("none", "$w/x.yaml")]),
        ("{path: a, helm: {valueFiles: [$v/x.yaml]}}, {ref: v, chart: c}", [("chart", "c")]),
        ("{ref: v, chart: c}", []),
        ("{ref: v}, {ref: v}", [("duplicate", "v")]),
        ("{ref: a.b}", [("name", "a.b")]),
        ("{path: a, helm: {valueFiles: ['$v/{{x}}.yaml']}}", []),
        ("{path: a, helm: {valueFiles: [$w/x.yaml]}}, {ref: '${REF}'}", []),
    ],
)
def test_refs_of_sources(sources: str, expected: list[tuple[str, str]]) -> None:
    found = facts(ref_mistakes(application(f"{{sources: [{sources}]}}")))

    assert [(one.ask("problem"), one.at.text if isinstance(one.at, Scalar) else "") for one in found] == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [("$values/x.yaml", ["single"]), ("$ARGOCD_APP_NAME/x.yaml", []), ("${ENV}/x.yaml", []), ("x.yaml", [])],
)
def test_a_single_source_knows_no_refs(file: str, expected: list[str]) -> None:
    found = facts(ref_mistakes(application(f"{{source: {{path: a, helm: {{valueFiles: ['{file}']}}}}}}")))

    assert [one.ask("problem") for one in found] == expected


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("{name: a, server: b}", ["both"]),
        ("{namespace: a}", ["neither"]),
        ("{}", ["neither"]),
        ("{name: a}", []),
        ("{name: '', server: b}", []),
    ],
)
def test_destinations(destination: str, expected: list[str]) -> None:
    found = facts(destination_mistakes(application(f"{{destination: {destination}}}")))

    assert [one.ask("problem") for one in found] == expected


@pytest.mark.parametrize(
    ("finalizer", "known"),
    [
        ("resources-finalizer.argocd.argoproj.io", True),
        ("resources-finalizer.argocd.argoproj.io/background", True),
        ("post-delete-finalizer.argocd.argoproj.io/cleanup", True),
        ("example.com/own", True),
        ("resources-finalizer.argoproj.io", False),
        ("resources-finalizer.argocd.argoproj.io/orphan", False),
    ],
)
def test_finalizers(finalizer: str, known: bool) -> None:
    assert (len(unknown_finalizers(application("{}", f"[{finalizer}]"))) == 0) is known
