"""What an AppProject says of roles, entries that are there twice, patterns and windows."""

from __future__ import annotations

import pytest

from gitops_lint.dsl.world import Fact, Part
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary.projects import pattern_mistakes, repeated_entries, role_mistakes, windows
from gitops_lint.repo.load import load_bytes
from gitops_lint.repo.role import MANIFEST


def project(spec: str) -> Subject:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {{name: a}}\nspec: {spec}\n"
    resource = load_bytes(text.encode(), "project.yaml", MANIFEST).resources[0]
    return Subject("AppProject", {}, Context(Schemas(), {}), "project.yaml", 0, lambda: resource.root, resource)


def facts(found: object) -> list[Fact]:
    assert isinstance(found, (list, tuple))
    return [one for one in found if isinstance(one, Fact)]


def test_a_mistake_in_a_policy_points_at_its_part() -> None:
    found = facts(role_mistakes(project("{roles: [{name: dev, policies: ['p, proj:a:dev, apps, get, a/*, allow']}]}")))
    at = found[0].at

    assert isinstance(at, Part)
    assert (found[0].ask("problem"), at.scalar.text[at.start : at.end]) == ("resource", "apps")


@pytest.mark.parametrize(
    "role",
    [
        "{name: dev, policies: ['p, proj:a:dev, applications, get, a/*, allow'], groups: [devs]}",
        "{name: dev, policies: ['p, proj:a:dev, {{ resource }}, get, a/*, allow']}",
        "{name: '{{ role }}', policies: ['p, proj:a:x, applications, get, a/*, allow']}",
    ],
)
def test_roles_without_mistakes_or_not_known(role: str) -> None:
    assert facts(role_mistakes(project(f"{{roles: [{role}]}}"))) == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{destinations: [{server: s, namespace: n}, {server: s, namespace: n}]}", ["destination"]),
        ("{destinations: [{name: s, namespace: n}, {server: s, namespace: n}]}", ["destination"]),
        ("{destinations: [{server: s, namespace: n}, {server: s, namespace: m}]}", []),
        ("{sourceRepos: [r, r], sourceNamespaces: [ns, ns]}", ["source repository", "source namespace"]),
        ("{roles: [{name: x}, {name: x}]}", ["role"]),
        ("{roles: [{name: x, groups: [g, g]}]}", ["group"]),
        ("{sourceRepos: ['{{r}}', '{{r}}']}", []),
        (
            "{syncWindows: [{kind: allow, duration: 1h}, {kind: allow, duration: 1h, manualSync: true, description: d}]}",
            ["sync window"],
        ),
        ("{syncWindows: [{kind: allow, duration: 1h}, {kind: allow, duration: 2h}]}", []),
    ],
)
def test_entries_that_are_there_twice(spec: str, expected: list[str]) -> None:
    assert [one.ask("what") for one in facts(repeated_entries(project(spec)))] == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{destinations: [{server: '*'}]}", ["no-namespace"]),
        ("{destinations: [{namespace: '*'}]}", ["no-cluster"]),
        ("{destinations: [{server: '*', namespace: '!*'}]}", ["deny-all"]),
        ("{destinations: [{server: '{{s}}'}]}", []),
        ("{sourceRepos: ['https://h/{a,b}']}", ["braces"]),
        ("{sourceRepos: ['*', '!https://h/*']}", ["narrow-deny"]),
        ("{sourceRepos: ['https://other/**', '!https://h/*']}", []),
        ("{sourceRepos: ['*', '!https://h/org/*']}", []),
        ("{destinationServiceAccounts: [{server: '!a', defaultServiceAccount: b}]}", ["account-deny"]),
        ("{destinationServiceAccounts: [{server: a, defaultServiceAccount: 'b*'}]}", ["account"]),
        ("{destinationServiceAccounts: [{server: '[a', defaultServiceAccount: b}]}", ["glob"]),
    ],
)
def test_patterns(spec: str, expected: list[str]) -> None:
    assert [one.ask("problem") for one in facts(pattern_mistakes(project(spec)))] == expected


@pytest.mark.parametrize(
    ("window", "covers", "never"),
    [
        ("{duration: 1h, applications: ['*']}", True, False),
        ("{duration: 1h, applications: []}", False, False),
        ("{duration: 0s, clusters: [c]}", True, True),
        ("{duration: -1h, namespaces: [n]}", True, True),
        ("{duration: 10m}", False, False),
    ],
)
def test_windows(window: str, covers: bool, never: bool) -> None:
    found = facts(windows(project(f"{{syncWindows: [{window}]}}")))

    assert [(one.ask("covers"), one.ask("never")) for one in found] == [(covers, never)]
