"""SARIF: what the standard and GitHub ask. The standard's schema and validator are used where npm has installed them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from gitops_lint.findings import Finding, Outcome, Region, Related, RuleCard, Severity, TextEdit
from gitops_lint.report import ReportSettings, render, to_sarif

PROJECT = Path(__file__).parent.parent.parent
ONE = Finding(
    "a-rule", "yaml", "practice", Severity.ERROR, "high", "m", Region("a.yaml", 0, 1, 1, 1, 1, 2), fingerprint="f" * 16
)


def multitool() -> Path | None:
    """The command `sarif-multitool` (npm's @microsoft/sarif-multitool): named in the environment, beside us, or on PATH."""
    found = os.environ.get("SARIF_MULTITOOL") or shutil.which("sarif-multitool")
    places = [Path(found)] if found else []
    places += [folder / "node_modules" / ".bin" / "sarif-multitool" for folder in (PROJECT, PROJECT / ".ci")]
    return next((place.resolve() for place in places if place.exists()), None)


def run_of(outcome: Outcome, settings: ReportSettings) -> Any:
    log = json.loads(render("sarif", outcome, settings))

    assert list(log) == ["$schema", "version", "runs"]
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


@pytest.mark.skipif(multitool() is None, reason="sarif-multitool is not installed")
@pytest.mark.parametrize("suppressed", [False, True])
def test_the_standards_validator_has_nothing_to_say(
    suppressed: bool, tmp_path: Path, outcome: Outcome, settings: ReportSettings
) -> None:
    file = tmp_path / "report.sarif"
    file.write_text(render("sarif", outcome, replace(settings, sarif_suppressed=suppressed)), encoding="utf-8")
    done = subprocess.run([str(multitool()), "validate", str(file)], capture_output=True, text=True, timeout=60)

    assert [line for line in done.stdout.splitlines() if "SARIF" in line and str(file) in line] == []
    assert "Analysis completed successfully" in done.stdout


@pytest.mark.skipif(multitool() is None, reason="sarif-multitool is not installed")
def test_the_report_is_as_the_standards_schema_says(outcome: Outcome, settings: ReportSettings) -> None:
    tool = multitool()
    assert tool is not None
    schema = next(parent for parent in tool.parents if parent.name == "@microsoft").rglob("sarif-2.1.0.json")
    validator = jsonschema_rs.validator_for(json.loads(next(schema).read_text(encoding="utf-8-sig")), offline=True)

    for some in (outcome, Outcome(()), Outcome((ONE,), crashed=True)):
        answer = json.loads(render("sarif", some, settings))
        assert [error.message for error in validator.iter_errors(answer)] == []


def test_a_clean_run_has_an_empty_list_of_results(settings: ReportSettings) -> None:
    run = run_of(Outcome(()), settings)

    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert run["columnKind"] == "unicodeCodePoints"
    assert "SRCROOT" in run["originalUriBaseIds"]
    assert run["automationDetails"] == {"id": "gitops-lint/"}


def test_a_crash_is_no_success(settings: ReportSettings) -> None:
    (invocation,) = run_of(Outcome((ONE,), crashed=True), settings)["invocations"]

    assert invocation["executionSuccessful"] is False
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["error"]


def test_a_result_has_all_that_github_asks(outcome: Outcome, settings: ReportSettings) -> None:
    run = run_of(outcome, settings)
    rules = run["tool"]["driver"]["rules"]

    for finding, result in zip(outcome.findings, run["results"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["level"] in ("error", "warning", "note")
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "SRCROOT"
        assert set(place["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert result["partialFingerprints"]["gitopsLint/v1"] == finding.fingerprint
        assert ("primaryLocationLineHash" in result["partialFingerprints"]) is (finding.file in outcome.sources)


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b.yaml", "a%20b.yaml"),
        ("üñ/%41#.yaml", "%C3%BC%C3%B1/%2541%23.yaml"),
        ("c:d.yaml", "c%3Ad.yaml"),
        ("a\udcff.yaml", "a%ED%B3%BF.yaml"),
    ],
)
def test_uris_are_percent_encoded_below_the_git_top_level(file: str, uri: str, settings: ReportSettings) -> None:
    odd = replace(ONE, region=replace(ONE.region, file=file))
    (result,) = run_of(Outcome((odd,), prefix="deploy/"), settings)["results"]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == f"deploy/{uri}"


def test_related_places_are_linked_from_the_message(outcome: Outcome, settings: ReportSettings) -> None:
    result = run_of(outcome, settings)["results"][0]

    assert result["message"]["text"].splitlines()[:2] == [
        "success-rate needs argument service-name, which this step does not pass.",
        "See [declared here, without a default](1), [this canary](2), the same name [there] (https://git.example/base//a.yaml:2).",
    ]
    assert [one["id"] for one in result["relatedLocations"]] == [1, 2]
    assert result["relatedLocations"][0]["message"]["text"] == "declared here, without a default."


@pytest.mark.parametrize(
    ("message", "label", "expected"),
    [
        ("use `a[0](b)`", "x", "use `a[0\\](b)`.\nSee [x](1)."),
        ("list[0] is `]`", "a [b] \\c", "list[0] is `]`.\nSee [a \\[b\\] \\\\c](1)."),
        ("what is it?", "", "what is it?\nSee [b.yaml:3](1)."),
    ],
)
def test_brackets_make_no_links_by_accident(message: str, label: str, expected: str, settings: ReportSettings) -> None:
    related = (Related(Region("b.yaml", 0, 1, 3, 1, 3, 2), label),)
    (result,) = run_of(Outcome((replace(ONE, message=message, related=related),)), settings)["results"]

    assert expected == result["message"]["text"]


def test_a_security_rule_has_a_score_and_others_do_not(outcome: Outcome, settings: ReportSettings) -> None:
    rules = {one["id"]: one["properties"] for one in run_of(outcome, settings)["tool"]["driver"]["rules"]}

    assert rules["plaintext-secret"] == {
        "precision": "high",
        "security-severity": "8.0",
        "tags": ["secrets", "security"],
    }
    assert rules["weight-above-hundred"] == {
        "precision": "high",
        "problem.severity": "warning",
        "tags": ["rollout", "correctness"],
    }


@pytest.mark.parametrize("severity", Severity)
def test_scores_are_texts_within_githubs_range(severity: Severity, settings: ReportSettings) -> None:
    card = RuleCard("a-rule", "yaml", "security", severity, "low", "t", "w", "", "")
    (rule,) = run_of(Outcome((ONE,), rules={"a-rule": card}), settings)["tool"]["driver"]["rules"]

    assert isinstance(rule["properties"]["security-severity"], str)
    assert 0.0 < float(rule["properties"]["security-severity"]) <= 10.0


def test_texts_of_rules_are_neither_empty_nor_too_long(settings: ReportSettings) -> None:
    long = RuleCard(
        "a-rule",
        "yaml",
        "practice",
        Severity.INFO,
        "low",
        "t" * 2000,
        "w" * 2000,
        "",
        "",
        tags=tuple("abcdefghijklmnop"),
    )
    empty = RuleCard("b", "yaml", "practice", Severity.INFO, "low", "", "", "", "")
    outcome = Outcome((ONE, replace(ONE, rule="b")), rules={"a-rule": long, "b": empty})

    for rule in run_of(outcome, settings)["tool"]["driver"]["rules"]:
        for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"]):
            assert 1 < len(text) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["properties"]["tags"]) <= 10
        assert rule.get("name", "").lower() != rule["id"]


def test_a_fix_tells_what_is_deleted_and_inserted(outcome: Outcome, settings: ReportSettings) -> None:
    (fix,) = run_of(outcome, settings)["results"][1]["fixes"]
    (change,) = fix["artifactChanges"]

    assert change["artifactLocation"]["uri"] == "deploy/apps/shop.yaml"
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 13, "startColumn": 22, "endLine": 13, "endColumn": 25},
            "insertedContent": {"text": "100"},
        }
    ]


def test_a_fix_in_a_file_that_is_not_at_hand_is_left_out(outcome: Outcome, settings: ReportSettings) -> None:
    one = outcome.findings[1]
    fix = replace(one.fixes[0], edits=(TextEdit("gone.yaml", 0, 1, "x"),))

    assert "fixes" not in run_of(Outcome((replace(one, fixes=(fix,)),)), settings)["results"][0]


def test_suppressed_results_are_left_out_unless_asked_for(outcome: Outcome, settings: ReportSettings) -> None:
    results = run_of(outcome, settings)["results"]
    all_of_them = run_of(outcome, replace(settings, sarif_suppressed=True, sarif_category="prod"))["results"]

    assert len(results) == len(outcome.findings)
    assert all("suppressions" not in one for one in results)
    assert [one["suppressions"] for one in all_of_them] == [
        *([] for _ in outcome.findings),
        [{"kind": "inSource", "justification": "a test app"}],
        [{"kind": "external"}],
    ]


def test_a_category_is_what_stands_before_the_slash(settings: ReportSettings) -> None:
    run = run_of(Outcome(()), replace(settings, sarif_category="prod"))

    assert run["automationDetails"] == {"id": "prod/"}


def test_beyond_the_limit_the_mildest_results_are_dropped_and_a_notification_says_so(
    monkeypatch: pytest.MonkeyPatch, settings: ReportSettings
) -> None:
    monkeypatch.setattr(to_sarif, "MOST_RESULTS", 3)
    some = [
        replace(ONE, severity=severity)
        for severity in (Severity.INFO, Severity.ERROR, Severity.WARNING, Severity.ERROR)
    ]
    run = run_of(Outcome(tuple(some)), settings)

    assert [one["level"] for one in run["results"]] == ["error", "error", "warning"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("1 results were left out")


def test_a_file_that_is_too_big_is_made_smaller(monkeypatch: pytest.MonkeyPatch, settings: ReportSettings) -> None:
    monkeypatch.setattr(to_sarif, "_MOST_BYTES", 3000)
    some = tuple(replace(ONE, message=f"message {number} {number**50}") for number in range(300))
    run = run_of(Outcome(some), settings)

    assert 0 < len(run["results"]) < 300


def test_only_so_many_related_places_are_told(place: Callable[..., Region], settings: ReportSettings) -> None:
    related = tuple(Related(Region("b.yaml", 0, 1, line, 1, line, 2), "x") for line in range(1, 1500))
    (result,) = run_of(Outcome((replace(ONE, related=related),)), settings)["results"]

    assert len(result["relatedLocations"]) == 100
    assert result["message"]["text"].endswith("[x](9), [x](10) and 90 more.")
