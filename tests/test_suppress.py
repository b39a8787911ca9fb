"""What ignore comments take away from findings, and what is said of the comments."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gitops_lint.findings import Finding, Group, Region, Severity, TextEdit
from gitops_lint.ignores import ignore_comments
from gitops_lint.suppress import KnownRules, Suppression, SuppressionFact, suppress
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml

GROUPS: dict[str, Group] = {
    "plaintext-secret": "security",
    "single-replica": "practice",
    "weight-above-hundred": "correctness",
    "rule-crashed": "correctness",
}
KNOWN = KnownRules(
    areas={
        "single-replica": "rollout",
        "weight-above-hundred": "rollout",
        "plaintext-secret": "secrets",
        "rule-crashed": "layout",
    },
    groups=GROUPS,
    formerly={"one-replica": "single-replica"},
)
TODAY = datetime.date(2026, 6, 15)


def finding(text: str, covered: str, rule: str = "single-replica", file: str = "a.yaml") -> Finding:
    source = Source(text, file)
    start = text.index(covered)
    first, last = source.position(start), source.position(start + len(covered))
    region = Region(file, start, start + len(covered), first.line, first.column, last.line, last.column)
    return Finding(rule, KNOWN.areas[rule], GROUPS[rule], Severity.ERROR, "high", f"{rule} here", region)


def run(
    text: str,
    *findings: Finding,
    today: datetime.date | None = TODAY,
    never: tuple[str, ...] = (),
    require_reason: bool = False,
    ran: Callable[[str, str], bool] = lambda rule, file: True,
) -> Suppression:
    source = Source(text, "a.yaml")
    comments = {"a.yaml": ignore_comments(source, parse_yaml(source))}
    return suppress(findings, comments, KNOWN, today=today, never=never, require_reason=require_reason, ran=ran)


def told(text: str, fact: SuppressionFact) -> tuple[str, str, str, str]:
    """Kind, covered text, names and detail of a fact."""
    return fact.kind, text[fact.region.start : fact.region.end], fact.text, fact.detail


@pytest.mark.parametrize("word", ["single-replica", "rollout", "one-replica"])
@pytest.mark.parametrize(
    "text",
    [
        "replicas: 1  # gitops-lint: ignore[{}] a test app\n",
        "# gitops-lint: ignore[{}] a test app\nreplicas: 1\n",
        "a: 1\nreplicas: 1\n# gitops-lint: ignore-resource[{}] a test app\n",
        "replicas: 1\n---\na: 1 # gitops-lint: ignore-file[{}] a test app\n",
    ],
)
def test_a_comment_takes_the_finding_away_and_gives_its_reason(text: str, word: str) -> None:
    text = text.format(word)
    one = finding(text, "replicas")
    done = run(text, one)

    assert (done.findings, done.facts) == ((), ())
    assert [(taken.finding, taken.reason, taken.how) for taken in done.taken] == [(one, "a test app", "comment")]


@pytest.mark.parametrize(
    ("text", "covered", "rule"),
    [
        ("replicas: 1\nb: 2  # gitops-lint: ignore[single-replica]\n", "1", "single-replica"),
        ("# gitops-lint: ignore[single-replica]\na: 2\nreplicas: 1\n", "1", "single-replica"),
        ("replicas: 1\n---\n# gitops-lint: ignore-resource[single-replica]\na: 2\n", "1", "single-replica"),
        ("replicas: 1  # gitops-lint: ignore[single-replica]\n", "1", "weight-above-hundred"),
        ("replicas: 1  # gitops-lint: ignore[secrets]\n", "1", "single-replica"),
        ("replicas: 1  # gitops-lint: ignore[ALL]\n", "1", "single-replica"),
        ("replicas: 1  # gitops-lint: ignore[group:practice]\n", "1", "single-replica"),
        ("replicas: 1  # gitops-lint: ignore\n", "1", "single-replica"),
        ("replicas: 1  # gitops-lint: ignore[single-replica] until=soon\n", "1", "single-replica"),
        ("replicas: 1  # gitops-lint: ignore[rule-crashed]\n", "1", "rule-crashed"),
    ],
)
def test_what_a_comment_does_not_cover_or_name_still_counts(text: str, covered: str, rule: str) -> None:
    one = finding(text, covered, rule)

    assert run(text, one).findings == (one,)


def test_a_comment_speaks_of_its_own_file_only() -> None:
    text = "replicas: 1  # gitops-lint: ignore[single-replica]\n"
    one = finding(text, "1", file="b.yaml")

    assert run(text, one).findings == (one,)


@pytest.mark.parametrize(
    ("text", "kind", "covered", "names", "detail"),
    [
        ("a: 1 # gitops-lint: ignore[single-replica] x", "unused", "# gitops-lint: ignore[single-replica] x", "single-replica", ""),
        ("a: 1 # gitops-lint: ignore[rollout]", "unused", "# gitops-lint: ignore[rollout]", "rollout", ""),
        ("a: 1 # gitops-lint: ignore[single-replca]", "unknown", "single-replca", "single-replca", "single-replica"),
        ("a: 1 # gitops-lint: ignore[secret]", "unknown", "secret", "secret", "secrets"),
        ("a: 1 # gitops-lint: ignore[xyzzy]", "unknown", "xyzzy", "xyzzy", ""),
        ("a: 1 # gitops-lint: ignore[ALL]", "unknown", "ALL", "ALL", ""),
        ("a: 1 # gitops-lint: ignore[rollout] until=2026-06-14 x", "expired", "2026-06-14", "rollout", "2026-06-14"),
        ("a: 1 # gitops-lint: ignore", "malformed", "# gitops-lint: ignore", "", "`ignore` names no rule: write `ignore[rule-id] reason`"),
        ("a: 1 # gitops-lint: ignore[rule-crashed]", "refused", "rule-crashed", "rule-crashed", "rule-crashed"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_comment_is_told(text: str, kind: str, covered: str, names: str, detail: str) -> None:
    (fact,) = run(text).facts

    assert (kind, covered, names, detail) == told(text, fact)


@pytest.mark.parametrize(
    ("today", "taken"),
    [
        (datetime.date(2026, 6, 14), 1),
        (datetime.date(2026, 6, 15), 1),
        (datetime.date(2026, 6, 16), 0),
        (None, 1),
    ],
)
def test_a_comment_counts_up_to_its_last_day(today: datetime.date | None, taken: int) -> None:
    text = "replicas: 1 # gitops-lint: ignore[single-replica] until=2026-06-15 moved\n"
    done = run(text, finding(text, "1"), today=today)

    assert len(done.taken) == taken
    assert [fact.kind for fact in done.facts] == ["expired"] * (1 - taken)


def test_of_several_words_only_the_idle_ones_are_told() -> None:
    text = "replicas: 1 # gitops-lint: ignore[weight-above-hundred, single-replica, plaintext-secret] x\n"
    facts = run(text, finding(text, "1")).facts

    assert [told(text, fact)[:2] for fact in facts] == [
        ("unused", "weight-above-hundred"),
        ("unused", "plaintext-secret"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("replicas: 1 # gitops-lint: ignore[secrets, rollout] x\n", "replicas: 1 # gitops-lint: ignore[rollout] x\n"),
        ("replicas: 1 # gitops-lint: ignore[rollout, secrets] x\n", "replicas: 1 # gitops-lint: ignore[rollout] x\n"),
        ("replicas: 1 # gitops-lint: ignore[secrets] x\n", "replicas: 1\n"),
        ("# gitops-lint: ignore[secrets] x\nreplicas: 1\n", "replicas: 1\n"),
        ("replicas: 1 # gitops-lint: ignore[rolout] x\n", "replicas: 1 # gitops-lint: ignore[rollout] x\n"),
        ("replicas: 1 # gitops-lint: ignore[rollout] until=2020-01-01\n", "replicas: 1\n"),
    ],
)
def test_a_fix_leaves_what_is_right(text: str, expected: str) -> None:
    (fact,) = run(text, finding(text, "1")).facts
    assert fact.fix is not None
    (edit,) = fact.fix.edits

    assert expected == text[: edit.start] + edit.text + text[edit.end :]
    assert fact.fix.safe is (fact.kind != "unknown")


def test_a_comment_is_not_called_unused_where_its_rule_did_not_run() -> None:
    text = "replicas: 1 # gitops-lint: ignore[single-replica, secrets]\n"
    facts = run(text, ran=lambda rule, file: rule == "plaintext-secret").facts

    assert [told(text, fact)[:2] for fact in facts] == [("unused", "secrets")]


def test_an_area_is_unused_only_where_all_its_rules_ran() -> None:
    text = "replicas: 1 # gitops-lint: ignore[rollout]\n"

    assert run(text, ran=lambda rule, file: rule == "single-replica").facts == ()


@pytest.mark.parametrize("never", [("secrets",), ("plaintext-secret",), ("group:security",)])
@pytest.mark.parametrize("word", ["secrets", "plaintext-secret"])
def test_what_is_never_suppressed_stays_and_the_comment_is_refused(never: tuple[str, ...], word: str) -> None:
    text = f"password: hunter2  # gitops-lint: ignore[{word}] x\n"
    one = finding(text, "hunter2", "plaintext-secret")
    done = run(text, one, never=never)

    assert done.findings == (one,)
    assert [told(text, fact) for fact in done.facts] == [("refused", word, word, never[0])]


def test_a_reason_may_be_asked_for() -> None:
    text = "replicas: 1 # gitops-lint: ignore[single-replica]\n"
    one = finding(text, "1")
    done = run(text, one, require_reason=True)

    assert [taken.finding for taken in done.taken] == [one]
    assert [told(text, fact)[:2] for fact in done.facts] == [
        ("without-reason", "# gitops-lint: ignore[single-replica]"),
    ]


def test_the_comment_that_stands_nearest_gives_the_reason() -> None:
    text = (
        "# gitops-lint: ignore-resource[rollout] the file\n"
        "spec:\n"
        "  # gitops-lint: ignore[rollout] the entry\n"
        "  replicas: 1  # gitops-lint: ignore[rollout] the line\n"
    )
    done = run(text, finding(text, "1  #"))

    assert [taken.reason for taken in done.taken] == ["the line"]
    assert done.facts == ()


def test_the_removal_of_a_whole_line_is_an_edit_of_the_file() -> None:
    text = "a: 1\n# gitops-lint: ignore[secrets]\nb: 2\n"
    (fact,) = run(text).facts

    assert fact.fix is not None
    assert fact.fix.edits == (TextEdit("a.yaml", 5, 36, ""),)


@given(some.integers(0, 7), some.sampled_from(["single-replica", "weight-above-hundred"]))
def test_suppressing_one_finding_removes_exactly_it(number: int, rule: str) -> None:
    lines = [f"key{n}: value{n}" for n in range(8)]
    plain = [
        finding("\n".join(lines), f"value{n}", one) for n in range(8) for one in KNOWN.areas if n % 2 or one == rule
    ]
    lines[number] += f"  # gitops-lint: ignore[{rule}] x"
    text = "\n".join(lines)
    moved = [finding(text, f"value{n}", one) for n in range(8) for one in KNOWN.areas if n % 2 or one == rule]
    done = run(text, *moved)

    assert len(done.findings) == len(plain) - 1
    assert [(one.finding.rule, one.finding.line) for one in done.taken] == [(rule, number + 1)]
    assert done.facts == ()
