from __future__ import annotations

import pytest

from gitops_lint.findings import Region
from gitops_lint.report.secrets import Stretch
from gitops_lint.report.snippet import Look, Mark, snippet
from gitops_lint.report.terminal import Paint, width
from gitops_lint.text.lines import Lines


def region(text: str, covered: str, length: int | None = None) -> Region:
    start = text.index(covered)
    end = start + (len(covered) if length is None else length)
    lines = Lines(text)
    first, last = lines.position(start), lines.position(end)
    return Region("a.yaml", start, end, first.line, first.column, last.line, last.column)


def drawn(text: str, *marks: Mark, hidden: tuple[Stretch, ...] = (), columns: int = 80) -> list[str]:
    return snippet(Lines(text), marks, hidden, Look(2, columns, Paint()))


def main(text: str, covered: str, label: str = "", length: int | None = None) -> Mark:
    return Mark(region(text, covered, length), label, True)


@pytest.mark.parametrize(
    ("text", "covered", "expected"),
    [
        ("a: b", "b", [" 1 | a: b", "   |    ^ here"]),
        ("a: b", "a", [" 1 | a: b", "   | ^ here"]),
        ("spec:\n  a: b", "b", [" 1 | spec:", " 2 |   a: b", "   |      ^ here"]),
        ("x: 1\n  a: b", "b", [" 2 |   a: b", "   |      ^ here"]),
        ("# note:\na: b", "b", [" 2 | a: b", "   |    ^ here"]),
        ("a: 日本 b", "本", [" 1 | a: 日本 b", "   |      ^^ here"]),
        ("a: e\u0301 b", "b", [" 1 | a: e\u0301 b", "   |      ^ here"]),
        ("\ta: b", "b", [" 1 |     a: b", "   |        ^ here"]),
        ("a: \x1b[0m b", "\x1b[0m", [" 1 | a: ␛[0m b", "   |    ^^^^ here"]),
        ("a: b\r\nc: d\r\n", "d", [" 2 | c: d", "   |    ^ here"]),
        ("a: b   \nc", "b   ", [" 1 | a: b", "   |    ^^^^ here"]),
        ("a\u2028b: c", "c", [" 1 | a<U+2028>b: c", "   |             ^ here"]),
    ],
)
def test_one_stretch_is_underlined(text: str, covered: str, expected: list[str]) -> None:
    assert ["   |", *expected, "   |"] == drawn(text, main(text, covered, "here"))


def test_a_point_gets_one_caret_also_behind_the_last_character() -> None:
    text = "a:\nb: 1"

    assert drawn(text, main(text, "\nb", length=0)) == ["   |", " 1 | a:", "   |   ^", "   |"]


def test_of_a_long_stretch_the_first_and_the_last_line_are_shown() -> None:
    text = "run: |\n  one\n  two\n  three\nnext: 1\n"

    assert drawn(text, main(text, "|\n  one\n  two\n  three", "all of it")) == [
        "   |",
        " 1 | run: |",
        "   |      ^",
        "...",
        " 4 |   three",
        "   |   ^^^^^ all of it",
        "   |",
    ]


def test_a_stretch_that_takes_the_line_end_along_stops_on_its_line() -> None:
    text = "a: 1\nb: 2\n"

    assert drawn(text, main(text, "a: 1\n")) == ["   |", " 1 | a: 1", "   | ^^^^", "   |"]


def test_places_of_one_file_share_a_snippet_and_the_main_one_stands_first_on_its_line() -> None:
    text = "kind: A\nname: b\nx: 1\nname: b\n"
    second = region(text, "x")
    other = Mark(region(text, "kind"), "the kind", False)
    same_line = Mark(Region("a.yaml", second.start, second.end + 3, 3, 1, 3, 5), "the entry", False)

    assert drawn(text, Mark(second, "here", True), other, same_line) == [
        "   |",
        " 1 | kind: A",
        "   | ---- the kind",
        "...",
        " 3 | x: 1",
        "   | ^ here",
        "   | ---- the entry",
        "   |",
    ]


@pytest.mark.parametrize(
    ("text", "hidden", "expected"),
    [
        ("pass: hunter2", (6, 13), " 1 | pass: ••••"),
        ("{a: one, pass: hunter2}", (15, 22), " 1 | {a: one, pass: ••••}"),
        ("pass: x", (6, 7), " 1 | pass: ••••"),
    ],
)
def test_a_secret_stretch_is_masked_whatever_is_marked(text: str, hidden: Stretch, expected: str) -> None:
    rows = drawn(text, main(text, text[0]), hidden=(hidden,))

    assert expected == rows[1]


def test_a_masked_line_keeps_its_indentation() -> None:
    text = "key: |\n    abc\n    def\n"

    assert drawn(text, main(text, "def"), hidden=((5, 22),))[1:3] == [" 3 |     ••••", "   |     ^^^^"]


@pytest.mark.parametrize("columns", [24, 40, 60, 100])
@pytest.mark.parametrize("before", [0, 10, 35, 300, 5000])
def test_a_long_line_is_cut_around_the_stretch(before: int, columns: int) -> None:
    text = "x" * before + "日needle本" + "y" * 5000
    rows = drawn(text, main(text, "needle"), columns=columns)
    line, carets = rows[1], rows[2]

    assert "needle" in line
    assert line.endswith("…")
    assert all(width(row) <= max(columns, 24 + 5) for row in rows)
    assert carets.index("^") - width(line[: line.index("needle")]) == 0
    assert carets.count("^") == 6


def test_a_stretch_wider_than_the_terminal_is_shown_from_its_start() -> None:
    text = "a: " + "z" * 300
    rows = drawn(text, main(text, "z" * 300, "all"), columns=50)

    assert rows[1].startswith(" 1 | a: zzz")
    assert rows[2].endswith("^ all")


def test_a_place_that_the_text_does_not_have_gives_no_snippet() -> None:
    assert drawn("a: b", Mark(Region("a.yaml", 90, 91, 9, 1, 9, 2), "", True)) == []
