"""Typed views of Rollouts: placeholders, providers, metrics without an end, places that run analyses."""

from __future__ import annotations

import pytest

from gitops_lint.model.rollouts import (
    analysis_uses,
    argument_of,
    arguments,
    experiment_template_of,
    filled,
    placeholders,
    providers,
    runs_for_ever,
    unclosed,
    whole_number,
)
from gitops_lint.text.nodes import Node, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import get


def tree(text: str) -> Node:
    root = parse_yaml(Source(text, "test.yaml")).documents[0].root
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("{{args.a}}", ["args.a"]),
        ("x{{ args.a-b.c }}y{{b}}", ["args.a-b.c", "b"]),
        ("{{open", []),
        ("}} {{a}} }}", ["a"]),
        ("{{{{a}}}}", ["{{a"]),
    ],
)
def test_placeholders_go_from_the_first_braces_to_the_next_closing_ones(text: str, names: list[str]) -> None:
    found = placeholders(text)

    assert [one.name for one in found] == names
    assert all(text[one.start : one.end].startswith("{{") and text[one.start : one.end].endswith("}}") for one in found)


@pytest.mark.parametrize(("text", "at"), [("a", None), ("{{a}}", None), ("{{a}} {{b", 6), ("{{", 0)])
def test_braces_that_nothing_closes_are_found(text: str, at: int | None) -> None:
    assert unclosed(text) == at


def test_names_of_placeholders_say_what_they_stand_for() -> None:
    assert argument_of("args.service-name") == "service-name"
    assert argument_of("service") is None
    assert experiment_template_of("templates.a.b.podTemplateHash") == "a.b"
    assert experiment_template_of("templates.a.replicaset.name") == "a"
    assert experiment_template_of("templates.a.name") is None


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("{name: a}", False),
        ("{name: a, count: 3}", False),
        ("{name: a, interval: 1m}", True),
        ("{name: a, interval: ''}", False),
        ("{name: a, interval: 1m, count: 0}", True),
        ("{name: a, interval: 1m, count: 3}", False),
        ("{name: a, interval: 1m, count: '3'}", False),
        ("{name: a, interval: 1m, count: '{{args.count}}'}", False),
        ("{name: a, interval: 1m, count: '{{args.none}}'}", True),
        ("{name: a, interval: 1m, count: '{{other}}'}", None),
    ],
)
def test_a_metric_runs_for_ever_with_an_interval_and_no_count(metric: str, expected: bool | None) -> None:
    assert runs_for_ever(tree(metric), {"count": "5", "none": "dummy-value"}) is expected


def test_a_text_is_filled_only_where_every_argument_is_known() -> None:
    assert filled("{{args.a}}-{{ args.b }}", {"a": "1", "b": "2"}) == "1-2"
    assert filled("{{args.c}}", {"a": "1"}) is None
    assert filled("plain", {}) == "plain"


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("{provider: {web: {url: x}}}", ["web"]),
        ("{provider: {web: , job: {}}}", ["job"]),
        ("{provider: {prometheus: {}, plugin: {a/b: {}, c/d: {}}}}", ["prometheus", "plugin a/b", "plugin c/d"]),
        ("{provider: {}}", []),
        ("{}", None),
    ],
)
def test_providers_count_each_plugin(metric: str, expected: list[str] | None) -> None:
    assert providers(tree(metric)) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), ("'5'", 5), ("-1", -1), ("5m", None), ("true", None), ("'{{args.n}}'", None), ("1.5", None)],
)
def test_numbers_are_read_as_the_controller_reads_int_or_text(text: str, number: int | None) -> None:
    assert whole_number(tree(text)) == number


def test_arguments_are_known_only_with_all_their_names() -> None:
    known = arguments(
        tree("args: [{name: a}, {name: b, value: x}, {name: c, valueFrom: {secretKeyRef: {name: s, key: k}}}]")
    )

    assert known is not None
    assert [(one.name, one.required) for one in known] == [("a", True), ("b", False), ("c", False)]
    assert arguments(tree("args: [{name: '${NAME}'}]")) is None
    assert arguments(tree("metrics: []")) == []


def test_analyses_come_in_the_order_steps_background_promotions() -> None:
    root = tree(
        """
spec:
  strategy:
    canary:
      analysis: {templates: [{templateName: background}]}
      steps:
        - setWeight: 10
        - analysis: {templates: [{templateName: step}]}
        - experiment: {analyses: [{name: e, templateName: experiment}]}
    blueGreen:
      prePromotionAnalysis: {templates: []}
"""
    )

    uses = list(analysis_uses(root))

    assert [(one.place, one.words, one.blocking) for one in uses] == [
        ("step", "step 2", True),
        ("experiment", "the experiment of step 3", False),
        ("background", "the background analysis", False),
        ("pre-promotion", "the pre-promotion analysis", True),
    ]
    assert get(uses[1].node, "templateName") is not None
