"""Sources and settings of an Application that fail, do nothing or do not belong into Git: each with its correct twin."""

from __future__ import annotations

import pytest

from gitops_lint.dsl.world import Fact, Part
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary.application_settings import dead_links, name_mistake, setting_oddities
from gitops_lint.policy.vocabulary.application_sources import ref_revisions, source_oddities
from gitops_lint.policy.vocabulary.application_targets import young_options
from gitops_lint.repo.load import load_bytes
from gitops_lint.repo.role import MANIFEST
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING

URL = "https://git.example.com/org/repo.git"


def application(spec: str, metadata: str = "name: a", rest: str = "", targets: dict[str, str] | None = None) -> Subject:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{{metadata}}}\nspec: {spec}\n{rest}"
    resource = load_bytes(text.encode(), "app.yaml", MANIFEST).resources[0]
    context = Context(Schemas(), targets or {}, {})
    return Subject("Application", {}, context, "app.yaml", 0, lambda: resource.root, resource)


def told(found: object) -> list[tuple[object, str]]:
    """Problem and covered text of each fact."""
    assert isinstance(found, (list, tuple))
    facts = [one for one in found if isinstance(one, Fact)]
    return [(one.ask("problem"), _covered(one)) for one in facts]


def _covered(one: Fact) -> str:
    if isinstance(one.at, Part):
        return one.at.scalar.text[one.at.start : one.at.end]
    return one.at.text if isinstance(one.at, Scalar) else ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("repoURL: https://github.com/o/r/tree/main/x, path: a", [("page", "/tree/main/x")]),
        ("repoURL: https://gitlab.com/g/s/r/-/blob/main/x.yaml, path: a", [("page", "/-/blob/main/x.yaml")]),
        ("repoURL: https://codeberg.org/o/r/src/branch/main, path: a", [("page", "/src/branch/main")]),
        ("repoURL: https://github.com/o/tree, path: a", []),
        ("repoURL: https://gitlab.com/tree/r.git, path: a", []),
        ("repoURL: 'https://github.com/{{org}}/r/tree/main', path: a", []),
        ("repoURL: github.com/o/r, path: a", [("no-scheme", "github.com/o/r")]),
        ("repoURL: git.example.com:8443/o/r, path: a", [("no-scheme", "git.example.com:8443/o/r")]),
        ("repoURL: git@github.com:o/r.git, path: a", []),
        ("repoURL: /srv/git/r.git, path: a", []),
        ("repoURL: registry.example.com/charts, chart: c, targetRevision: 1.0.0", []),
        (f"repoURL: {URL}, chart: c, targetRevision: 1.0.0", [("git-chart", URL)]),
        ("repoURL: 'git@h:o/r', chart: c, targetRevision: 1.0.0", [("git-chart", "git@h:o/r")]),
        ("repoURL: oci://h/charts, chart: c, targetRevision: 1.0.0", [("oci-chart", "chart")]),
        ("repoURL: oci://h/charts/c, path: ., targetRevision: 1.0.0", []),
        (f"repoURL: {URL}, path: a, targetRevision: origin/main", [("remote-name", "origin/")]),
        (f"repoURL: {URL}, path: a, targetRevision: original", []),
    ],
)
def test_repositories_and_revisions(source: str, expected: list[tuple[str, str]]) -> None:
    assert told(source_oddities(application(f"{{source: {{{source}}}}}"))) == expected


@pytest.mark.parametrize(
    ("helm", "expected"),
    [
        ("{releaseName: web}", []),
        ("{releaseName: Web}", [("release-name", "Web")]),
        ("{releaseName: '{{name}}_x'}", []),
        ("{values: 'a: 1'}", []),
        ("{values: '- a'}", [("values", "- a")]),
        ("{values: 'a: [1'}", [("values", "[")]),
        ("{values: 'a: {{ b'}", [("values", "{")]),
        ("{values: 'a: {{ b }}'}", []),
        ("{values: '# nothing'}", []),
        ("{values: 'a: [1', valuesObject: {a: 1}}", []),
        ("{parameters: [{name: a, value: x}, {name: a, value: y}]}", [("parameter", "a")]),
        ("{parameters: [{name: a, value: x}, {name: b, value: y}]}", []),
        ("{version: v3}", [("old-helm-version", "version")]),
    ],
)
def test_helm_blocks(helm: str, expected: list[tuple[str, str]]) -> None:
    assert told(source_oddities(application(f"{{source: {{repoURL: {URL}, path: a, helm: {helm}}}}}"))) == expected


@pytest.mark.parametrize(("length", "expected"), [(53, []), (54, ["release-name"])])
def test_the_name_of_an_application_is_the_name_of_its_release(length: int, expected: list[str]) -> None:
    chart = "{source: {repoURL: https://c.example.com, chart: c, targetRevision: 1.0.0}}"
    folder = f"{{source: {{repoURL: {URL}, path: a}}}}"
    name = f"name: {'a' * length}"

    assert [problem for problem, _ in told(source_oddities(application(chart, name)))] == expected
    assert told(source_oddities(application(folder, name))) == []


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("web", ["image"]),
        ("registry:5000/web", ["image"]),
        ("web:v1", []),
        ("web@sha256:0123", []),
        ("web=registry/web", []),
        ("web:$ARGOCD_APP_REVISION", []),
    ],
)
def test_images_of_kustomize(image: str, expected: list[str]) -> None:
    spec = f"{{source: {{repoURL: {URL}, path: a, kustomize: {{images: ['{image}']}}}}}}"

    assert [problem for problem, _ in told(source_oddities(application(spec)))] == expected


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (f"{{repoURL: {URL}, path: a}}, {{repoURL: {URL}, path: a, name: b}}", ["repeated"]),
        (f"{{repoURL: {URL}, path: a}}, {{repoURL: {URL}, path: a, helm: {{}}}}", ["repeated"]),
        (f"{{repoURL: {URL}, path: a}}, {{repoURL: {URL}, path: b}}", []),
        (f"{{repoURL: {URL}, path: '{{{{p}}}}'}}, {{repoURL: {URL}, path: '{{{{p}}}}'}}", []),
        (f"{{repoURL: {URL}, path: a}}, {{repoURL: {URL}, ref: v}}", ["unused-ref"]),
        (f"{{repoURL: {URL}, path: a, helm: {{valueFiles: [$v/x.yaml]}}}}, {{repoURL: {URL}, ref: v}}", []),
        (f"{{repoURL: {URL}, path: a, helm: {{valueFiles: [$w/x.yaml]}}}}, {{repoURL: {URL}, ref: v}}", []),
        (f"{{repoURL: {URL}, path: a, helm: {{valueFiles: ['{{{{v}}}}']}}}}, {{repoURL: {URL}, ref: v}}", []),
        (f"{{repoURL: {URL}, path: a}}, {{repoURL: {URL}, ref: v, path: b}}", []),
    ],
)
def test_sources_together(sources: str, expected: list[str]) -> None:
    found = told(source_oddities(application(f"{{sources: [{sources}]}}")))

    assert [problem for problem, _ in found] == expected


@pytest.mark.parametrize(
    ("first", "second", "own", "expected"),
    [
        ("main", "main", "main", []),
        ("main", "prod", "main", [("$q", "main")]),
        ("prod", "prod", "main", [("$p", "main"), ("$q", "main")]),
        ("", "HEAD", "HEAD", []),
        ("{{r}}", "main", "main", []),
    ],
)
def test_refs_of_one_repository_have_one_revision(
    first: str, second: str, own: str, expected: list[tuple[str, str]]
) -> None:
    sources = (
        f"{{repoURL: {URL}, path: a, targetRevision: '{own}', helm: {{valueFiles: [$p/x.yaml, $q/x.yaml]}}}},"
        f"{{repoURL: {URL}, ref: p, targetRevision: '{first}'}}, {{repoURL: {URL}, ref: q, targetRevision: '{second}'}}"
    )
    found = ref_revisions(application(f"{{sources: [{sources}]}}"))

    assert [(one.ask("ref"), one.ask("otherRevision")) for one in found if isinstance(one, Fact)] == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{syncPolicy: {automated: }}", [("automation", "automated")]),
        ("{syncPolicy: {automated: ~}}", []),
        ("{syncPolicy: {automated: {}}}", []),
        ("{syncPolicy: {retry: {backoff: {duration: 10m}}}}", [("backoff", "10m")]),
        ("{syncPolicy: {retry: {backoff: {maxDuration: 1s}}}}", [("backoff", "1s")]),
        ("{syncPolicy: {retry: {backoff: {duration: 10m, maxDuration: 1h}}}}", []),
        ("{syncPolicy: {retry: {backoff: {duration: 10m, maxDuration: 0s}}}}", []),
        ("{syncPolicy: {retry: {backoff: {duration: soon}}}}", []),
        ("{syncPolicy: {retry: {backoff: {factor: 0}}}}", [("factor", "0")]),
        ("{destination: {server: prod}}", [("server-name", "prod")]),
        ("{destination: {server: '{{server}}'}}", []),
        ("{destination: {server: <cluster>}}", []),
        ("{destination: {server: CLUSTER_URL}}", []),
        ("{destination: {server: https://kubernetes.default}}", [("local-server", "https://kubernetes.default")]),
        (
            "{destination: {server: https://kubernetes.default.svc:443}}",
            [("local-server", "https://kubernetes.default.svc:443")],
        ),
        ("{destination: {server: https://kubernetes.default.svc/}}", []),
        ("{destination: {server: https://kubernetes.example.com}}", []),
        ("{ignoreDifferences: [{kind: Secret, namespace: 'team-*'}]}", [("ignored-name", "team-*")]),
        ("{ignoreDifferences: [{kind: '*', name: web}]}", []),
    ],
)
def test_settings(spec: str, expected: list[tuple[str, str]]) -> None:
    assert told(setting_oddities(application(spec))) == expected


@pytest.mark.parametrize(
    ("rest", "metadata", "expected"),
    [
        ("operation: {sync: {}}\n", "name: a", [("operation", "operation")]),
        ("operation: {}\n", "name: a", []),
        (
            "",
            "name: a, annotations: {argocd.argoproj.io/refresh: normal}",
            [("one-time", "argocd.argoproj.io/refresh")],
        ),
        ("", "name: a, annotations: {argocd.argoproj.io/skip-reconcile: 'true'}", []),
    ],
)
def test_what_does_not_belong_into_git(rest: str, metadata: str, expected: list[tuple[str, str]]) -> None:
    assert told(setting_oddities(application("{}", metadata, rest))) == expected


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("https://x", False),
        ("HTTP://x", False),
        ("Title|https://x", False),
        ("x.example.com", True),
        ("T|x", True),
        ("'{{u}}'", False),
    ],
)
def test_links(text: str, dead: bool) -> None:
    found = dead_links(application("{}", f"name: a, annotations: {{link.argocd.argoproj.io/x: {text}}}"))

    assert bool(found) is dead


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("web", False),
        ("web.v2-x", False),
        ("Web", True),
        ("web_x", True),
        ("-web", True),
        ("'{{n}}_x'", False),
        ("<CLUSTER>-web", False),
        ("WEB_APP", False),
        ("a" * 254, True),
    ],
)
def test_names(name: str, refused: bool) -> None:
    assert (name_mistake(application("{}", f"name: {name}")) is not MISSING) is refused


@pytest.mark.parametrize(
    ("target", "option", "expected"),
    [
        ("3.3", "Prune=false", ["3.4"]),
        ("v3.4.1", "Prune=false", []),
        ("", "Prune=false", []),
        ("3.0", "ClientSideApplyMigration=false", ["3.1"]),
        ("3.0", "CreateNamespace=true", []),
        ("3.3", "Delete=true", []),
    ],
)
def test_options_by_version(target: str, option: str, expected: list[str]) -> None:
    spec = f"{{syncPolicy: {{syncOptions: ['{option}']}}}}"
    found = young_options(application(spec, targets={"argo-cd": target} if target else {}))

    assert [one.ask("since") for one in found if isinstance(one, Fact)] == expected
