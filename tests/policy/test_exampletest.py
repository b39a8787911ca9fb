"""What is said where a rule finds something else than its example expects."""

from __future__ import annotations

from gitops_lint.dsl.tree import Example, Expect, Given
from gitops_lint.findings import Finding, Region, Severity
from gitops_lint.policy.exampletest import disagreements

TEXT = "a: 1\nb: two\n"
EXAMPLE = Example(True, "t", (Given("test.yaml", TEXT),), (Expect("a", "1", "a is one"),))


def finding(path: str, start: int, end: int, message: str, file: str = "test.yaml", document: int = 0) -> Finding:
    region = Region(file, start, end, 1, 1, 1, 2, document, path)
    return Finding("demo", "sync", "practice", Severity.INFO, "high", message, region)


def test_agreement_says_nothing() -> None:
    assert disagreements(EXAMPLE, [finding("a", 3, 4, "a is one")], {}) == []


def test_what_differs_is_told_side_by_side() -> None:
    assert disagreements(EXAMPLE, [finding("a", 0, 4, "a is 1")], {}) == [
        'found "a" in test.yaml, but not as expected:',
        '  covers expected: "1"',
        '  covers found:    "a: 1"',
        '  message expected: "a is one"',
        '  message found:    "a is 1"',
    ]


def test_the_same_message_elsewhere_is_a_difference_of_place() -> None:
    assert disagreements(EXAMPLE, [finding("b", 8, 11, "a is one", document=1)], {}) == [
        'found "b" in test.yaml, but not as expected:',
        "  document expected: 0",
        "  document found:    1",
        '  path expected: "a"',
        '  path found:    "b"',
        '  covers expected: "1"',
        '  covers found:    "two"',
    ]


def test_missing_and_unexpected_findings() -> None:
    assert disagreements(EXAMPLE, [finding("b", 8, 11, "b is two")], {}) == [
        "expected, but not found:",
        '  expect "a" covers "1"   (test.yaml)',
        '    message "a is one"',
        "found, but not expected:",
        '  expect "b" covers "two"   (test.yaml)',
        '    message "b is two"',
    ]


def test_equal_findings_are_counted() -> None:
    twice = [finding("a", 3, 4, "a is one")] * 2

    assert disagreements(EXAMPLE, twice, {})[0] == "found, but not expected:"


def test_the_fixed_text_is_compared() -> None:
    example = Example(True, "t", (Given("test.yaml", TEXT),), (), "a: 2\nb: two\n")

    assert disagreements(example, [], {"test.yaml": "a: 2\nb: two\n"}) == []
    assert disagreements(example, [], {"test.yaml": TEXT}) == ["the fix should change test.yaml, but changes nothing"]
    assert disagreements(example, [], {"test.yaml": "a: 3\n"}) == [
        "the fix makes another text of test.yaml; expected:",
        "  a: 2",
        "  b: two",
        "found:",
        "  a: 3",
    ]
