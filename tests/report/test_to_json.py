from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import jsonschema_rs
import pytest

from gitops_lint.findings import Outcome, Region
from gitops_lint.report import ReportSettings, render
from gitops_lint.shipped import folder


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    text = (folder("schemas") / "gitops-lint" / "findings.json").read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(text), offline=True)


def test_json_is_as_its_schema_says(
    schema: jsonschema_rs.Validator, outcome: Outcome, settings: ReportSettings
) -> None:
    answer = json.loads(render("json", outcome, settings))

    assert [error.message for error in schema.iter_errors(answer)] == []


@pytest.mark.parametrize("broken", ["version", "summary", "findings", "suppressed"])
def test_the_schema_misses_what_is_not_there(
    broken: str, schema: jsonschema_rs.Validator, outcome: Outcome, settings: ReportSettings
) -> None:
    answer = json.loads(render("json", outcome, settings))
    del answer[broken]

    assert not schema.is_valid(answer)


def test_the_contract_of_a_finding(outcome: Outcome, settings: ReportSettings) -> None:
    answer = json.loads(render("json", outcome, settings))
    first = answer["findings"][0]

    assert answer["version"] == 1
    assert answer["tool"] == {"name": "gitops-lint", "version": "9.9.9"}
    assert answer["summary"] == {
        "errors": 4,
        "warnings": 1,
        "infos": 4,
        "suppressed": 1,
        "baselined": 1,
        "unverified": 3,
        "files": 5,
        "resources": 3,
    }
    assert {key: first[key] for key in ("rule", "area", "group", "severity", "confidence", "file", "document")} == {
        "rule": "unresolved-analysis-template",
        "area": "rollout",
        "group": "correctness",
        "severity": "error",
        "confidence": "high",
        "file": "apps/shop.yaml",
        "document": 0,
    }
    assert (first["line"], first["column"], first["end_line"], first["end_column"]) == (12, 31, 12, 43)
    assert first["path"] == "spec.strategy.canary.steps[1].analysis.templates[0].templateName"
    assert first["resource"]["name"] == "shop"
    assert first["related"][0]["message"] == "declared here, without a default"
    assert answer["suppressed"][0]["reason"] == "a test app"
    assert answer["baselined"][0]["rule"] == "single-replica"


def test_edits_have_lines_and_columns(outcome: Outcome, settings: ReportSettings) -> None:
    fix = json.loads(render("json", outcome, settings))["findings"][1]["fixes"][0]

    assert fix["edits"][0]["text"] == "100"
    assert (fix["edits"][0]["line"], fix["edits"][0]["column"], fix["edits"][0]["end_column"]) == (13, 22, 25)


def test_generated_by_tells_the_element(outcome: Outcome, settings: ReportSettings) -> None:
    made = json.loads(render("json", outcome, settings))["findings"][1]["generated_by"]

    assert made["maker"] == "ApplicationSet shops"
    assert (made["element"]["line"], made["template"]) == (9, None)


def test_the_bytes_do_not_depend_on_where_the_command_runs(outcome: Outcome, settings: ReportSettings) -> None:
    elsewhere = replace(outcome, root="/home/a/repo", warnings=("w",), details=("d",))

    assert render("json", outcome, settings) == render("json", elsewhere, replace(settings, folder="/tmp", width=40))


def test_an_unpaired_surrogate_is_still_json(place: Callable[..., Region], outcome: Outcome) -> None:
    odd = replace(outcome.findings[0], message="half \ud800")

    assert render("json", Outcome((odd,)), ReportSettings()).isascii()
