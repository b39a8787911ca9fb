from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gitops_lint.findings import (
    Finding,
    Outcome,
    Region,
    Related,
    ResourceName,
    Severity,
    in_order,
    merged,
    with_fingerprints,
)

ONE = Finding(
    "a-rule",
    "yaml",
    "practice",
    Severity.ERROR,
    "high",
    "m",
    Region("a.yaml", 10, 12, 2, 1, 2, 3, path="spec.containers[0].image"),
    ResourceName("apps", "v1", "Deployment", "prod", "web"),
    identity_path="spec.containers[name=web].image",
)


def at(finding: Finding, line: int, column: int = 1, file: str = "a.yaml") -> Finding:
    start = line * 100 + column
    region = Region(file, start, start + 1, line, column, line, column + 1, path=finding.region.path)
    return replace(finding, region=region)


def prints(*findings: Finding) -> list[str]:
    return [one.fingerprint for one in with_fingerprints(findings)]


@given(some.permutations(range(6)))
def test_the_order_is_that_of_file_place_rule_and_message(order: list[int]) -> None:
    expected = [
        at(ONE, 1, 1),
        at(replace(ONE, rule="b-rule"), 1, 1),
        at(replace(ONE, rule="b-rule", message="n"), 1, 1),
        at(ONE, 1, 2),
        at(ONE, 2, 1),
        at(ONE, 1, 1, "b.yaml"),
    ]

    assert expected == in_order([expected[index] for index in order])


def test_line_ten_comes_behind_line_nine() -> None:
    assert [one.line for one in in_order([at(ONE, 10), at(ONE, 9)])] == [9, 10]


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, message="other words", severity=Severity.INFO, help="h"),
        at(ONE, 77),
        replace(ONE, resource=ResourceName("apps", "v2", "Deployment", "prod", "web")),
        replace(ONE, region=replace(ONE.region, path="spec.containers[3].image")),
        replace(ONE, region=replace(ONE.region, document=4)),
    ],
    ids=["message", "line", "version", "position in the list", "document"],
)
def test_an_edit_elsewhere_keeps_the_fingerprint(other: Finding) -> None:
    assert prints(ONE) == prints(other)


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, rule="b-rule"),
        at(ONE, 2, 1, "b.yaml"),
        replace(ONE, resource=ResourceName("apps", "v1", "Deployment", "prod", "api")),
        replace(ONE, resource=ResourceName("apps", "v1", "Deployment", None, "web")),
        replace(ONE, identity_path="spec.containers[name=api].image"),
    ],
    ids=["rule", "file", "name", "namespace", "node"],
)
def test_another_subject_has_another_fingerprint(other: Finding) -> None:
    assert prints(ONE) != prints(other)


def test_without_a_resource_the_document_counts() -> None:
    bare = replace(ONE, resource=None)

    assert prints(bare) != prints(replace(bare, region=replace(bare.region, document=1)))


def test_equal_findings_are_counted_in_order() -> None:
    first, second = prints(ONE, at(ONE, 5))

    assert first != second
    assert [first, second] == prints(at(ONE, 9), at(ONE, 10))


def test_a_fingerprint_is_sixteen_hex_digits() -> None:
    (one,) = prints(replace(ONE, identity_path="half \ud800"))

    assert len(one) == 16
    assert int(one, 16) >= 0


def test_findings_of_one_rule_at_one_place_become_one() -> None:
    here, there = Related(Region("b.yaml", 0, 1, 1, 1, 1, 2), "x"), Related(Region("c.yaml", 0, 1, 1, 1, 1, 2), "y")
    (one,) = merged([replace(ONE, related=(here,)), ONE, replace(ONE, related=(here, there))])

    assert one == replace(ONE, related=(here, there))


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, message="n"),
        replace(ONE, rule="b-rule"),
        at(ONE, 5),
        replace(ONE, region=replace(ONE.region, end=13)),
    ],
)
def test_other_findings_stay_apart(other: Finding) -> None:
    assert len(merged([ONE, other])) == 2


@pytest.mark.parametrize(
    ("severities", "fail_on", "expected"),
    [
        ([], Severity.INFO, False),
        ([Severity.WARNING], Severity.ERROR, False),
        ([Severity.WARNING], Severity.WARNING, True),
        ([Severity.INFO, Severity.ERROR], Severity.ERROR, True),
        ([Severity.INFO], Severity.INFO, True),
        ([Severity.ERROR], None, False),
    ],
)
def test_a_run_fails_from_a_severity_on(severities: list[Severity], fail_on: Severity | None, expected: bool) -> None:
    outcome = Outcome(tuple(replace(ONE, severity=one) for one in severities), fail_on=fail_on)

    assert outcome.failed is expected


@pytest.mark.parametrize("word", ["error", "warning", "info"])
def test_severities_have_words(word: str) -> None:
    assert Severity.of(word).word == word


def test_an_unknown_severity_is_no_severity() -> None:
    with pytest.raises(KeyError):
        Severity.of("fatal")
