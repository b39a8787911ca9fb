"""The clusters generator: Secrets of clusters, the local cluster, selectors, `values`, `flatList`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from generating import around, cluster, expand, said_of, sets, unknown

from gitops_lint.languages.gotemplate.values import StringMap
from gitops_lint.simulate.applicationset.surroundings import Surroundings
from gitops_lint.text.span import Place

LABEL = "argocd.argoproj.io/secret-type"


def two() -> Surroundings:
    first = replace(cluster("dev_1", env="dev"), annotations=StringMap({"note": "a b"}), place=Place("c.yaml", 3, 9))
    return around(clusters=[cluster("prod", "https://p", env="prod"), first])


def test_every_cluster_and_the_local_one_last() -> None:
    local = {
        "name": "in-cluster",
        "nameNormalized": "in-cluster",
        "server": "https://kubernetes.default.svc",
        "project": "",
    }

    assert [
        {
            "name": "dev_1",
            "nameNormalized": "dev-1",
            "server": "https://dev_1",
            "project": "",
            f"metadata.labels.{LABEL}": "cluster",
            "metadata.labels.env": "dev",
            "metadata.annotations.note": "a b",
        },
        {
            "name": "prod",
            "nameNormalized": "prod",
            "server": "https://p",
            "project": "",
            f"metadata.labels.{LABEL}": "cluster",
            "metadata.labels.env": "prod",
        },
        local,
    ] == sets("- clusters: {}", two())
    assert [local] == sets("- clusters: {}", around())


def test_with_go_templates_labels_are_maps_and_the_local_cluster_has_no_metadata() -> None:
    first, second, local = sets("- clusters: {}", two(), go=True)

    assert first["metadata"] == {"labels": {LABEL: "cluster", "env": "dev"}, "annotations": {"note": "a b"}}
    assert second["metadata"] == {"labels": {LABEL: "cluster", "env": "prod"}}
    assert type(first["metadata"]["labels"]) is StringMap
    assert "metadata" not in local


def test_a_cluster_without_labels_and_annotations_has_empty_metadata() -> None:
    bare = replace(cluster("a"), labels=StringMap())

    # only a Secret with the label is found at all
    assert [one for one in sets("- clusters: {}", around(clusters=[bare]), go=True) if one["name"] == "a"] == []


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("{}", ["dev_1", "prod", "in-cluster"]),
        ("{matchLabels: {}}", ["dev_1", "prod", "in-cluster"]),
        ("{matchLabels: {env: prod}}", ["prod"]),
        ("{matchLabels: {env: none}}", []),
        ("{matchLabels: {argocd.argoproj.io/secret-type: repository}}", ["dev_1", "prod"]),
        ("{matchExpressions: [{key: env, operator: NotIn, values: [dev]}]}", ["prod"]),
        ("{matchExpressions: [{key: argocd.argoproj.io/secret-type, operator: DoesNotExist}]}", []),
    ],
)
def test_a_selector_leaves_the_local_cluster_out(selector: str, names: list[str]) -> None:
    assert names == [one["name"] for one in sets(f"- clusters: {{selector: {selector}}}", two())]


def test_a_secret_of_the_local_cluster_takes_its_place() -> None:
    here = around(clusters=[cluster("home", "https://kubernetes.default.svc", env="local")])

    assert [one["name"] for one in sets("- clusters: {}", here)] == ["home"]
    assert [one["name"] for one in sets("- clusters: {selector: {matchLabels: {env: local}}}", here)] == ["home"]


def test_secrets_of_other_namespaces_are_not_seen() -> None:
    stray = replace(cluster("stray"), namespace="default")

    assert [one["name"] for one in sets("- clusters: {}", around(clusters=[stray]))] == ["in-cluster"]
    assert [one["name"] for one in sets("- clusters: {}", around(clusters=[cluster("a")], namespace="gitops"))] == [
        "in-cluster"
    ]


def test_values_see_the_parameters_but_not_each_other() -> None:
    text = "- clusters: {selector: {matchLabels: {env: dev}}, values: {a: '{{name}}-{{values.b}}', b: '{{server}}'}}"
    (found,) = sets(text, two())

    assert (found["values.a"], found["values.b"]) == ("dev_1-{{values.b}}", "https://dev_1")


def test_values_of_go_templates_are_a_map_of_strings() -> None:
    text = "- clusters: {selector: {matchLabels: {env: dev}}, values: {a: '{{.metadata.labels.env}}'}}"
    (found,) = sets(text, two(), go=True)

    assert found["values"] == {"a": "dev"}
    assert type(found["values"]) is StringMap


def test_a_missing_label_fails_where_keys_may_not_be_missing() -> None:
    text = "- clusters: {values: {a: '{{.metadata.labels.zone}}'}}"
    message, covered = said_of(text, two(), go=True, options="missingkey=error")

    assert message.startswith("failed to replace templated string with rendered values: failed to execute go template ")
    assert message.endswith('map has no entry for key "zone"')
    assert covered == "{a: '{{.metadata.labels.zone}}'}"


def test_a_flat_list_is_one_set() -> None:
    (found,) = sets("- clusters: {flatList: true}", two(), go=True)

    assert [one["name"] for one in found["clusters"]] == ["dev_1", "prod", "in-cluster"]


def test_a_set_knows_the_secret_of_its_cluster() -> None:
    (only,) = expand("- clusters: {selector: {matchLabels: {env: dev}}}", two())

    assert [Place("c.yaml", 3, 9)] == [one.element for one in only.sets]


@pytest.mark.parametrize(
    ("selector", "words", "covered"),
    [
        ("{matchExpressions: [{key: env, operator: Equals, values: [a]}]}", '"Equals" is not a valid label selector operator', "Equals"),
        ("{matchLabels: {env: a b}}", "a valid label must be an empty string", "a b"),
        ("{matchExpressions: [{key: env, operator: In, values: []}]}", "values set can't be empty", "[]"),
    ],
)  # fmt: skip
def test_selectors_that_are_refused(selector: str, words: str, covered: str) -> None:
    message, text = said_of(f"- clusters: {{selector: {selector}}}", two())

    assert message.startswith("error getting cluster secrets: error converting label selector: ")
    assert words in message
    assert covered == text


@pytest.mark.parametrize(("local", "names"), [(True, ["a", "in-cluster"]), (False, ["a"])])
def test_what_is_known_comes_beside_what_is_not(local: bool, names: list[str]) -> None:
    # the local cluster may have one of the Secrets that are missing
    here = around(clusters=[cluster("a")], missing_clusters="there may be others", local_cluster=local)
    (found,) = expand("- clusters: {}", here)

    assert [one.values["name"] for one in found.sets] == names
    assert [one.why for one in found.unknown] == ["there may be others"]
    assert unknown("- clusters: {flatList: true}", here) == ["there may be others"]


def test_the_local_cluster_counts_where_nothing_is_missing() -> None:
    assert [one["name"] for one in sets("- clusters: {}", around(local_cluster=False))] == ["in-cluster"]
