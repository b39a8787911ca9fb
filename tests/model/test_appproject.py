"""What a project permits, by the tables of Argo CD's own matching."""

from __future__ import annotations

import pytest

from gitops_lint.model.appproject import (
    Allowed,
    Target,
    destination_permitted,
    glob_matches,
    group_mistake,
    kind_listed,
    normal_repository,
    path_pattern,
    policy_mistake,
    repository_permitted,
    role_name_fits,
)
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml

LOCAL = Target("https://kubernetes.default.svc", "in-cluster", "web")


@pytest.mark.parametrize(
    ("pattern", "text", "separator", "expected"),
    [
        ("*", "a/b", "/", True),
        ("a/*", "a/b", "/", True),
        ("a/*", "a/b/c", "/", False),
        ("a/**", "a/b/c", "/", True),
        ("a/*", "a/b/c", "", True),
        ("!a/*", "a/b", "/", False),
        ("!a/*", "x", "/", True),
        ("{a,b}c", "bc", "", True),
        ("[!a]c", "bc", "", True),
        ("[a", "a", "", False),
        ("", "", "", True),
        ("", "a", "", False),
    ],
)
def test_globs(pattern: str, text: str, separator: str, expected: bool) -> None:
    assert glob_matches(pattern, text, separator) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Git.Example.com/Org/Repo.git", "https://git.example.com/org/repo"),
        ("git@github.com:Org/repo.git", "git@github.com/org/repo"),
        ("ssh://git@github.com/org/repo", "git@github.com/org/repo"),
        ("https://h/{a,b}", "https://h/%7Ba,b%7D"),
    ],
)
def test_repositories_in_one_form(url: str, expected: str) -> None:
    assert normal_repository(url) == expected


@pytest.mark.parametrize(
    ("patterns", "url", "expected"),
    [
        (["*"], "https://h/org/repo", True),
        ([], "https://h/org/repo", False),
        (["https://h/*"], "https://h/org/repo.git", False),
        (["https://h/**"], "https://h/org/repo.git", True),
        (["*", "!https://h/**"], "https://h/org/repo", False),
        (["*", "!https://h/*"], "https://h/org/repo", True),
        (["!https://other/**"], "https://h/org/repo", True),
        (["https://h/{a,b}"], "https://h/a", False),
    ],
)
def test_repositories_that_are_permitted(patterns: list[str], url: str, expected: bool) -> None:
    assert repository_permitted(patterns, url) is expected


@pytest.mark.parametrize(
    ("entry", "target", "expected"),
    [
        (Allowed("*", "", "*"), LOCAL, True),
        (Allowed("*", "", ""), LOCAL, False),
        (Allowed("", "", "*"), LOCAL, False),
        (Allowed("", "in-cluster", "w*"), LOCAL, True),
        (Allowed("https://other", "", "*"), LOCAL, False),
        (Allowed("", "prod", "*"), Target("https://prod", None, "web"), None),
        (Allowed("", "*", "*"), Target("https://prod", None, "web"), True),
        (Allowed("", "prod", "other"), Target("https://prod", None, "web"), False),
        (Allowed("https://prod", "", "*"), Target(None, "prod", "web"), None),
    ],
)
def test_destinations(entry: Allowed, target: Target, expected: bool | None) -> None:
    assert destination_permitted([entry], target) is expected


def test_a_denied_namespace_wins_over_what_permits_it() -> None:
    entries = [Allowed("*", "", "*"), Allowed("*", "", "!web")]

    assert destination_permitted(entries, LOCAL) is False


@pytest.mark.parametrize(
    ("policy", "part", "covered"),
    [
        ("p, proj:a:dev, applications, get, a/*, allow", None, ""),
        ("p,proj:a:dev,applications,action/apps/Deployment/restart,a/ns/x,deny", None, ""),
        ("p, proj:a:dev, applications, get, a/*", "format", "p, proj:a:dev, applications, get, a/*"),
        ("g, proj:a:dev, applications, get, a/*, allow", "format", "g, proj:a:dev, applications, get, a/*, allow"),
        ("p, proj:b:dev, applications, get, a/*, allow", "subject", "proj:b:dev"),
        ("p, proj:a:dev, projects, get, a/*, allow", "resource", "projects"),
        ("p, proj:a:dev, applications, invoke, a/*, allow", "action", "invoke"),
        ("p, proj:a:dev, applications, get, b/*, allow", "object", "b/*"),
        ("p, proj:a:dev, applications, get, a/*,  permit ", "effect", "permit"),
    ],
)
def test_policies(policy: str, part: str | None, covered: str) -> None:
    found = policy_mistake(policy, "a", "dev")

    assert (found and found.part, policy[found.start : found.end] if found else "") == (part, covered)


@pytest.mark.parametrize(
    ("group", "fits"),
    [("devs", True), ('"cn=a,dc=b"', True), ("cn=a,dc=b", False), ("", False), (" devs", False), ('a"b', False)],
)
def test_groups(group: str, fits: bool) -> None:
    assert (group_mistake(group) is None) is fits


@pytest.mark.parametrize(("name", "fits"), [("a", True), ("a-b_c", True), ("-a", False), ("a ", False), ("", False)])
def test_role_names(name: str, fits: bool) -> None:
    assert role_name_fits(name) is fits


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("*", "apps", True),
        ("*", "a/b", False),
        ("Config*", "ConfigMap", True),
        ("config*", "ConfigMap", False),
        ("[A-C]*", "ConfigMap", True),
        ("[^A-C]*", "ConfigMap", False),
        ("{a,b}", "a", False),
        (r"\*", "*", True),
        ("[a", "a", False),
        ("", "", True),
    ],
)
def test_patterns_of_kinds(pattern: str, text: str, expected: bool) -> None:
    found = path_pattern(pattern)

    assert (found is not None and found.fullmatch(text) is not None) is expected


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("[]", False),
        ("[{group: '', kind: Node}]", True),
        ("[{group: '*', kind: '*', name: 'n-*'}]", True),
        ("[{group: '', kind: Node, name: other}]", False),
        ("[{group: '{{g}}', kind: Node}]", None),
        ("[{group: '{{g}}', kind: Node}, {group: '', kind: Node}]", True),
        ("text", None),
    ],
)
def test_lists_of_groups_and_kinds(listed: str, expected: bool | None) -> None:
    node = parse_yaml(Source(listed)).documents[0].root

    assert node is not None
    assert kind_listed(node, "", "Node", "n-1") is expected
