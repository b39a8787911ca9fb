"""Generators that ask an outside service: answers of the configuration, and what fails without one."""

from __future__ import annotations

import pytest
from generating import around, cluster, said_of, sets, unknown

from gitops_lint.config.settings import Fixture
from gitops_lint.languages.gotemplate.values import StringList
from gitops_lint.simulate.applicationset.naming import branch_slug
from gitops_lint.simulate.applicationset.surroundings import Surroundings, Switches
from gitops_lint.text.scalars import Plain

PULLS = "- pullRequest: {github: {owner: o, repo: r}%s}"
SCM = "- scmProvider: {github: {organization: o}%s}"
PLUGIN = "- plugin: {configMapRef: {name: p}, input: {parameters: {size: 3}}%s}"
DECISIONS = "- clusterDecisionResource: {configMapRef: c, name: d%s}"


def answering(generator: str, *parameters: dict[str, Plain]) -> Surroundings:
    return around(fixtures=[Fixture(generator, parameters)], clusters=[cluster("east")])


@pytest.mark.parametrize("text", [PULLS, SCM, PLUGIN, DECISIONS])
def test_without_an_answer_nothing_is_known(text: str) -> None:
    assert unknown(text % "") == [
        "an outside service is asked; `generators:` in the configuration can say what it would answer"
    ]


def test_a_pull_request_is_completed() -> None:
    here = answering(
        "pullRequest",
        {"number": 12, "branch": "Feature/New_Thing", "head_sha": "0123456789abcdef", "labels": ["a", "b"]},
    )
    expected = {
        "number": "12",
        "branch": "Feature/New_Thing",
        "branch_slug": "feature-new-thing",
        "head_sha": "0123456789abcdef",
        "head_short_sha": "01234567",
        "head_short_sha_7": "0123456",
    }

    assert sets(PULLS % "", here) == [expected]
    (found,) = sets(PULLS % ", values: {host: 'pr-{{.number}}.example.com'}", here, go=True)
    assert found == {**expected, "labels": ["a", "b"], "values": {"host": "pr-12.example.com"}}
    assert type(found["labels"]) is StringList


def test_a_repository_is_completed() -> None:
    here = answering("scmProvider", {"repository": "r", "branch": "Main", "sha": "0123456789", "labels": ["a", "b"]})

    assert sets(SCM % "", here) == [
        {
            "repository": "r",
            "branch": "Main",
            "branchNormalized": "main",
            "sha": "0123456789",
            "short_sha": "01234567",
            "short_sha_7": "0123456",
            "labels": "a,b",
        }
    ]


def test_what_a_plugin_answers_is_flat_for_plain_tokens() -> None:
    here = answering("plugin", {"name": "a", "deep": {"n": 2}})
    more = ", values: {x: '%s'}"
    flat, nested = sets(PLUGIN % (more % "{{deep.n}}"), here), sets(PLUGIN % (more % "{{.deep.n}}"), here, go=True)
    given = {"input": {"parameters": {"size": 3.0}}}

    assert flat == [{"name": "a", "deep.n": "2", "generator": given, "values.x": "2"}]
    assert nested == [{"name": "a", "deep": {"n": 2.0}, "generator": given, "values": {"x": "2"}}]


def test_decisions_about_clusters_take_the_server_of_the_cluster_and_leave_values_alone() -> None:
    here = answering("clusterDecisionResource", {"clusterName": "east", "weight": 3}, {"name": "x", "server": "s"})
    text = DECISIONS % ", values: {a: '{{name}}'}"

    assert sets(text, here) == [
        {"clusterName": "east", "weight": "3", "name": "east", "server": "https://east", "values.a": "{{name}}"},
        {"name": "x", "server": "s", "values.a": "{{name}}"},
    ]
    assert [one["values"] for one in sets(text, here, go=True)] == [{"a": "{{name}}"}] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- scmProvider: {}", "no SCM provider implementation configured"),
        ("- scmProvider: {azuredevops: {}}", "no SCM provider implementation configured"),
        (
            "- pullRequest: {azureDevOps: {}}",
            "failed to select pull request service provider: no Pull Request provider implementation configured",
        ),
        ("- clusterDecisionResource: {configMapRef: c}", "there is a problem with the definition of the ClusterDecisionResource generator"),
        (
            "- clusterDecisionResource: {configMapRef: c, name: d, labelSelector: {matchLabels: {a: b}}}",
            "there is a problem with the definition of the ClusterDecisionResource generator",
        ),
    ],
)  # fmt: skip
def test_what_fails_before_anybody_is_asked(text: str, message: str) -> None:
    assert said_of(text)[0] == message


def test_services_may_be_switched_off() -> None:
    off = around(switches=Switches(scm_providers=False))

    assert said_of(SCM % "", off)[0] == "scm providers are disabled"
    assert said_of(PULLS % "", off)[0] == "failed to select pull request service provider: scm providers are disabled"


@pytest.mark.parametrize(
    ("branch", "slug"),
    [
        ("feature/Add_Thing", "feature-add-thing"),
        ("a@b & c", "aatb-and-c"),
        ("--x__", "x"),
        ("-".join(["word"] * 12), "-".join(["word"] * 10)),
        ("x" * 60, "x" * 50),
        ('it\'s "it"', "its-it"),
        ("é", None),
    ],
)
def test_slugs_of_branches(branch: str, slug: str | None) -> None:
    assert branch_slug(branch) == slug
