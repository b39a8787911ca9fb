"""Typed views of Harness entities: scopes, names, stages and steps in order, events, schedules, credentials, URLs."""

from __future__ import annotations

import pytest

from gitops_lint.model.harness import (
    Name,
    Scope,
    body,
    credential,
    event_of,
    name_of,
    repository_path,
    root_key,
    runs_later,
    schedule_problem,
    scope_of,
    shortest_gap,
    stages,
    steps,
    variable_names,
)
from gitops_lint.text.nodes import Node, Source
from gitops_lint.text.parse import parse_yaml


def tree(text: str) -> Node:
    root = parse_yaml(Source(text)).documents[0].root
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("{orgIdentifier: o, projectIdentifier: p}", Scope("o", "p")),
        ("{orgIdentifier: o}", Scope("o", "")),
        ("{name: x}", Scope("", "")),
        ("{orgIdentifier: <+input>}", None),
    ],
)
def test_an_entity_says_its_scope(text: str, scope: Scope | None) -> None:
    assert scope == scope_of(tree(text))


@pytest.mark.parametrize(
    ("text", "secret", "name"),
    [
        ("a", False, Name("", "a")),
        ("org.a", False, Name("org", "a")),
        ("account.a", False, Name("account", "a")),
        ("acct.a", False, None),
        ("Account.a", False, None),
        ("org.a.b", False, None),
        ("org.a.b", True, Name("org", "a.b")),
        ("account.", False, None),
        ("", False, None),
        (" a", False, None),
    ],
)
def test_a_reference_has_one_of_three_forms(text: str, secret: bool, name: Name | None) -> None:
    assert name == name_of(text, secret=secret)


def test_a_prefix_leads_out_of_the_own_scope() -> None:
    own = Scope("o", "p")

    assert [Name(prefix, "x").scope(own) for prefix in ("", "org", "account")] == [own, Scope("o", ""), Scope("", "")]
    assert [one.name for one in (own, Scope("o", ""), Scope("", ""))] == ["project", "org", "account"]


PIPELINE = """
pipeline:
  stages:
    - stage:
        identifier: build
        spec:
          execution:
            steps:
              - step: {identifier: a}
              - parallel:
                  - step: {identifier: b}
                  - step: {identifier: c}
              - stepGroup:
                  identifier: g
                  steps:
                    - step: {identifier: d}
            rollbackSteps:
              - step: {identifier: r}
    - parallel:
        - stage: {identifier: x}
        - stage: {identifier: y}
"""


def test_stages_and_steps_come_in_the_order_of_the_text() -> None:
    root = tree(PIPELINE)
    found = list(stages(body(root)))
    inner = list(steps(found[0].node))

    assert root_key(root) == "pipeline"
    assert [(one.identifier, one.place) for one in found] == [("build", (0,)), ("x", (1, 0)), ("y", (1, 1))]
    assert [(one.identifier, one.group, one.is_group, one.rollback) for one in inner] == [
        ("a", (), False, False),
        ("b", (), False, False),
        ("c", (), False, False),
        ("g", (), True, False),
        ("d", ("g",), False, False),
        ("r", (), False, True),
    ]


@pytest.mark.parametrize(
    ("step", "other", "later"),
    [("b", "a", True), ("a", "b", False), ("c", "b", False), ("d", "c", True), ("r", "a", False), ("a", "a", False)],
)
def test_a_step_runs_later_where_a_list_says_so(step: str, other: str, later: bool) -> None:
    by_name = {one.identifier: one for one in steps(next(stages(body(tree(PIPELINE)))).node)}

    assert later is runs_later(by_name[step], by_name[other])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{variables: [{name: a}, {name: b}]}", ["a", "b"]),
        ("{}", []),
        ("{variables: <+input>}", None),
        ("{variables: [{name: <+x>}]}", None),
    ],
)
def test_names_of_variables_are_all_known_or_none(text: str, names: list[str] | None) -> None:
    assert names == variable_names(tree(text))


@pytest.mark.parametrize(
    ("source", "source_type", "provider", "event", "flat"),
    [
        (
            "{type: Webhook, spec: {type: Github, spec: {type: Push, spec: {connectorRef: a}}}}",
            "Webhook",
            "Github",
            "Push",
            False,
        ),
        (
            "{type: Webhook, spec: {type: Github, spec: {type: Push, connectorRef: a}}}",
            "Webhook",
            "Github",
            "Push",
            True,
        ),
        ("{type: Webhook, spec: {type: Github, spec: {type: Push}}}", "Webhook", "Github", "Push", False),
        ("{type: Webhook, spec: {type: Custom, spec: {payloadConditions: []}}}", "Webhook", "Custom", "", False),
        (
            "{type: Webhook, spec: {type: EventRelay, spec: {payloadConditions: []}}}",
            "Webhook",
            "EventRelay",
            "",
            False,
        ),
        ("{type: Scheduled, spec: {type: Cron}}", "Scheduled", "", "", False),
    ],
)
def test_what_starts_a_trigger(source: str, source_type: str, provider: str, event: str, flat: bool) -> None:
    found = event_of(tree(f"{{source: {source}}}"))

    assert found is not None
    assert (source_type, provider, event, flat) == (found.source, found.provider, found.type, found.flat)


def test_an_event_that_is_a_template_is_unknown() -> None:
    assert event_of(tree("{source: {type: Webhook, spec: {type: <+input>}}}")) is None


@pytest.mark.parametrize(
    ("expression", "quartz", "problem"),
    [
        ("0 3 * * *", False, ""),
        ("*/5 0-6,12 1 jan mon", False, ""),
        ("0 3 * *", False, "has 4 fields, and a schedule of type UNIX has five"),
        (
            "0 0 3 * * *",
            False,
            "has 6 fields, and a schedule of type UNIX has five; with seconds it needs `type: QUARTZ`",
        ),
        ("0 0 3 * * ?", True, ""),
        ("0 3 * * *", True, "has 5 fields, and a schedule of type QUARTZ has six or seven"),
        ("60 3 * * *", False, "has `60` as minute, which must be 0 to 59, a list, a range or a step of them"),
        ("5-1 3 * * *", False, "has `5-1` as minute, which must be 0 to 59, a list, a range or a step of them"),
        ("*/0 3 * * *", False, "has `*/0` as minute, which must be 0 to 59, a list, a range or a step of them"),
    ],
)
def test_the_form_of_a_schedule(expression: str, quartz: bool, problem: str) -> None:
    assert problem == schedule_problem(expression, quartz)


@pytest.mark.parametrize(
    ("expression", "gap"),
    [
        ("* * * * *", 1),
        ("*/5 * * * *", 5),
        ("0,58 * * * *", 2),
        ("0,58 3 * * *", 58),
        ("0 3 * * *", None),
        ("0 0/2 * * * ?", 2),
        ("x * * * *", None),
    ],
)
def test_the_shortest_time_between_two_runs(expression: str, gap: int | None) -> None:
    assert gap == shortest_gap(expression)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ghp_1A2b3C4d5E6f7G8h9I0j1K2l3M4n5O6p7Q8r", "a GitHub token"),
        ("glpat-1A2b3C4d5E6f7G8h9I0j", "a GitLab token"),
        ("github_token", ""),
        ("account.pat", ""),
        ("pat.abcdefghij.0123456789ab.0123456789", "a Harness API key"),
    ],
)
def test_a_credential_is_known_by_its_form(text: str, what: str) -> None:
    assert what == credential(text)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://github.com/org/repo", ["org", "repo"]),
        ("https://github.com/org/repo.git", ["org", "repo"]),
        ("https://github.com/org/", ["org"]),
        ("git@github.com:org/repo.git", ["org", "repo"]),
        ("https://gitlab.example.com:8443/a/b/c", ["a", "b", "c"]),
        ("github", None),
    ],
)
def test_the_path_of_a_repository(url: str, path: list[str] | None) -> None:
    assert path == repository_path(url)
