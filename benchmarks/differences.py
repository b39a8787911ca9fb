"""What two versions of gitops-lint say of the same repository, compared, and shown by rule as text or Markdown."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Sort = Literal["+", "-", "~"]


@dataclass(frozen=True, slots=True)
class Said:
    """One finding of a report: its fingerprint is what makes it the same in both versions."""

    fingerprint: str
    rule: str
    severity: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One finding that came (`+`), went (`-`) or is told in another way (`~`).

    words: what is told of it now; before: what was told, for `~`.
    """

    sort: Sort
    rule: str
    repository: str
    place: str
    words: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What one version said of one repository.

    failure: "" where it gave a report. crashed: it did, and reports that a rule crashed. seconds: processor time, which
    does not depend on what else the machine does.
    """

    findings: Mapping[str, Said]
    seconds: float
    failure: str = ""
    crashed: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """One repository under both versions."""

    repository: str
    old: Answer
    new: Answer

    @property
    def differences(self) -> list[Difference]:
        """Nothing where a version gave no report: then there is nothing to compare."""
        return [] if self.old.failure or self.new.failure else list(_differences(self))

    @property
    def worse(self) -> bool:
        """The new version fails, or a rule crashes, where that was not so before."""
        return bool(self.new.failure and not self.old.failure) or (self.new.crashed and not self.old.crashed)


def findings_of(report: Mapping[str, Any]) -> dict[str, Said]:
    """The findings of a JSON report by their fingerprint."""
    return {
        one["fingerprint"]: Said(
            one["fingerprint"],
            one["rule"],
            one["severity"],
            f"{one['file']}:{one['line']}:{one['column']}",
            one["message"],
        )
        for one in report["findings"]
    }


def _differences(one: Comparison) -> Iterable[Difference]:
    old, new = one.old.findings, one.new.findings
    for key in sorted(old.keys() | new.keys(), key=lambda key: _order(new.get(key) or old[key])):
        before, now = old.get(key), new.get(key)
        if before is None and now is not None:
            yield Difference("+", now.rule, one.repository, now.place, _words(now))
        elif now is None and before is not None:
            yield Difference("-", before.rule, one.repository, before.place, _words(before))
        elif now is not None and before is not None and _words(now) != _words(before):
            yield Difference("~", now.rule, one.repository, now.place, _words(now), _words(before))


def _order(said: Said) -> tuple[str, str, int, int, str]:
    file, line, column = said.place.rsplit(":", 2)
    return (said.rule, file, int(line), int(column), said.fingerprint)


def _words(said: Said) -> str:
    return f"{said.severity}: {said.message}"


def by_rule(comparisons: Iterable[Comparison]) -> dict[str, list[Difference]]:
    """All differences by rule; within one by repository and place."""
    rules: dict[str, list[Difference]] = collections.defaultdict(list)
    for comparison in comparisons:
        for difference in comparison.differences:
            rules[difference.rule].append(difference)
    return dict(sorted(rules.items()))


def as_text(comparisons: Sequence[Comparison], most: int) -> str:
    """For a terminal. most: differences of one rule that are shown; 0 shows all."""
    parts = [f"{rule}: {_counts(found)}\n{_lines(found, most)}" for rule, found in by_rule(comparisons).items()]
    return "\n".join([*parts, "\n".join(_summary(comparisons)), ""])


def as_markdown(comparisons: Sequence[Comparison], most: int) -> str:
    """For a comment on a pull request: the summary, then each rule folded away."""
    head = "| repository | findings | processor time | |\n| --- | --- | --- | --- |\n"
    rows = "".join(f"| {one.repository} | {_change(one)} | {_time([one])} | {_trouble(one)} |\n" for one in comparisons)
    parts = [f"{_summary(comparisons)[-1]}\n\n{head}{rows}"]
    for rule, found in by_rule(comparisons).items():
        block = _lines(found, most)
        # what a repository says is shown as it is: a fence that is longer than any in it
        fence = "`" * (max((len(run) for run in re.findall("`+", block)), default=0) + 3)
        parts.append(
            f"<details><summary><code>{rule}</code>: {_counts(found)}</summary>\n\n"
            f"{fence}diff\n{block}{fence}\n\n</details>\n"
        )
    return "\n".join(parts)


def _lines(found: Sequence[Difference], most: int) -> str:
    shown = found[:most] if most else found
    lines = []
    for one in shown:
        # a line break in a message would start a line of its own
        words = " ".join(one.words.split())
        lines.append(f"{one.sort} {one.repository} {one.place} {words}\n")
        if one.sort == "~":
            lines.append(f"  before: {' '.join(one.before.split())}\n")
    if len(shown) < len(found):
        lines.append(f"  and {len(found) - len(shown)} more\n")
    return "".join(lines)


def _counts(found: Iterable[Difference]) -> str:
    counts = collections.Counter(one.sort for one in found)
    words: dict[Sort, str] = {"+": "came", "-": "went", "~": "told in another way"}
    return ", ".join(f"{counts[sort]} {word}" for sort, word in words.items() if counts[sort])


def _change(one: Comparison) -> str:
    return f"{len(one.old.findings)} → {len(one.new.findings)}"


def _trouble(one: Comparison) -> str:
    told = []
    for name, answer in (("old", one.old), ("new", one.new)):
        if answer.failure:
            told.append(f"{name}: {' '.join(answer.failure.split())[:200]}")
        elif answer.crashed:
            told.append(f"{name}: a rule crashed")
    return "; ".join(told)


def _time(comparisons: Sequence[Comparison]) -> str:
    """How many times as long the new version takes, where both gave a report."""
    both = [one for one in comparisons if not one.old.failure and not one.new.failure]
    if not both:
        return "-"
    old, new = sum(one.old.seconds for one in both), sum(one.new.seconds for one in both)
    return f"{old:.1f} s → {new:.1f} s ({new / old:.2f} times)"


def _summary(comparisons: Sequence[Comparison]) -> list[str]:
    lines = []
    for one in comparisons:
        trouble = _trouble(one)
        lines.append(f"{one.repository}: {_change(one)} findings, {_time([one])}" + (f"  {trouble}" if trouble else ""))
    counts = _counts(difference for one in comparisons for difference in one.differences) or "no finding came or went"
    lines.append(f"{len(comparisons)} repositories: {counts}; {_time(comparisons)}")
    return lines
