"""The budgets of gitops-lint, each with what was measured and whether it is met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import Figures
from benchmarks.processes import MEMORY_WORD, Run, fastest

MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. met: None where there is nothing to be met, or nothing that can be compared here."""

    what: str
    budget: str
    figure: str
    met: bool | None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "NOT MET", None: "-"}[self.met]


def of_repository(one: Figures, reference: bool) -> list[Line]:
    """What is promised of a repository of the reference's size; reference: whether this one is."""
    yard = one.yardstick
    ratio = one.cold.wall / yard.wall
    least = max(one.cold.wall / 4, 0.6 * yard.wall)
    lines = [
        Line(
            "cold run, against PyYAML's C loader",
            "3 times, and 2 s",
            f"{ratio:.2f} times, {seconds(one.cold.wall)}"
            f" (processors {one.cold.cpu / yard.cpu:.2f} times, {seconds(one.cold.cpu)})",
            ratio <= 3 and one.cold.wall < 2,
        ),
        Line(
            "second run, nothing changed",
            f"a quarter of the cold run or 0.6 times PyYAML: {seconds(least)}",
            f"{seconds(one.again.wall)} (processors {seconds(one.again.cpu)})",
            one.again.wall <= least,
        ),
        Line(
            "one file changed",
            f"a third of the cold run: {seconds(one.cold.wall / 3)}",
            f"{seconds(one.changed.wall)} (processors {seconds(one.changed.cpu)})",
            one.changed.wall <= one.cold.wall / 3,
        ),
        Line(
            "peak memory, all processes",
            "350 MB",
            f"{one.memory / MEGABYTE:.0f} MB {MEMORY_WORD}" if one.memory else "not measured here",
            one.memory < 350 * MEGABYTE if one.memory else None,
        ),
    ]
    if reference:
        return lines
    return [Line(line.what, line.budget, line.figure, None) for line in lines]


def of_growth(small: Figures, large: Figures) -> list[Line]:
    """Time and memory against a repository that is several times as large."""
    times = large.yardstick.files / small.yardstick.files
    lines = []
    for what, before, after in (
        ("cold run", small.cold, large.cold),
        ("second run", small.again, large.again),
        ("one file changed", small.changed, large.changed),
    ):
        grown = after.wall / before.wall
        lines.append(
            Line(
                f"{what}, {times:.1f} times the files",
                f"{1.1 * times:.1f} times the time",
                f"{grown:.1f} times",
                grown <= 1.1 * times,
            )
        )
    if small.memory and large.memory:
        lines.append(
            Line(
                f"peak memory, {times:.1f} times the files",
                "grows with the index and the largest file",
                f"{large.memory / small.memory:.1f} times, {large.memory / MEGABYTE:.0f} MB",
                None,
            )
        )
    return lines


def of_start(times: Mapping[str, float], imports: Mapping[str, Sequence[str]]) -> list[Line]:
    """The short commands: seconds, and the slow libraries that they import."""
    lines = [Line(f"`gitops-lint {words}`", "120 ms", seconds(time), time < 0.12) for words, time in times.items()]
    if imports:
        told = sorted({name for names in imports.values() for name in names})
        lines.append(Line("slow libraries imported for these", "none", ", ".join(told) or "none", not told))
    return lines


def of_small(one: Figures) -> list[Line]:
    """A repository of about 20 files."""
    return [
        Line(
            f"small repository ({one.yardstick.files} files), fresh cache",
            "350 ms",
            seconds(one.cold.wall),
            one.cold.wall < 0.35,
        ),
        Line("small repository, second run", "350 ms", seconds(one.again.wall), one.again.wall < 0.35),
    ]


def of_idle_rules(without: Sequence[Run], plus: Sequence[Run], count: int) -> Line:
    """Cold runs without and with so many rules that do not apply; what counts as no change is what the runs differ by."""
    before, after = fastest(without).cpu, fastest(plus).cpu
    noise = max(max(one.cpu for one in without) - before, 0.02 * before)
    return Line(
        f"{count} rules more that do not apply",
        f"no change (runs differ by {seconds(noise)})",
        f"{1000 * (after - before):+.0f} ms of {seconds(before)} processor time",
        after - before <= noise,
    )


def of_kubeconform(one: Figures, other: Run) -> Line:
    """A cold run beside kubeconform with two workers and the same schemas."""
    return Line(
        "kubeconform, schemas alone",
        "",
        f"{seconds(other.wall)} (processors {seconds(other.cpu)}): gitops-lint takes {one.cold.wall / other.wall:.2f} times that",
        None,
    )


def seconds(value: float) -> str:
    """A time as people read it: milliseconds below one second."""
    return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.2f} s"


def table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table, which is as readable in a terminal."""
    rows = [("what", "budget", "measured", ""), *((one.what, one.budget, one.figure, one.verdict) for one in lines)]
    return aligned(rows)


def sizes(all_figures: Sequence[Figures]) -> str:
    """Every repository that was measured, with its times, as a Markdown table."""
    rows = [
        (
            "repository",
            "files",
            "documents",
            "MB",
            "PyYAML",
            "cold",
            "ratio",
            "second",
            "one changed",
            "memory",
            "findings",
        )
    ]
    for one in all_figures:
        yard = one.yardstick
        rows.append(
            (
                one.name,
                str(yard.files),
                str(yard.documents),
                f"{yard.bytes / MEGABYTE:.1f}",
                both(yard.wall, yard.cpu),
                both(one.cold.wall, one.cold.cpu),
                f"{one.cold.wall / yard.wall:.2f}",
                both(one.again.wall, one.again.cpu),
                both(one.changed.wall, one.changed.cpu),
                f"{one.memory / MEGABYTE:.0f} MB" if one.memory else "-",
                str(one.findings),
            )
        )
    return aligned(rows)


def both(wall: float, cpu: float) -> str:
    """Wall time and processor time."""
    return f"{wall:.2f} / {cpu:.2f} s"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table with columns of one width each; the first row is the head."""
    widths = [max(3, *(len(row[column]) for row in rows)) for column in range(len(rows[0]))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "".join(f"| {line} |\n" for line in lines)
