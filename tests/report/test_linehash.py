"""Vectors of the action's own tests; the same values come out of an independent implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gitops_lint.report.linehash import line_hashes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
    ],
)
def test_hashes_are_those_of_the_upload_action(text: str, expected: list[str]) -> None:
    assert expected == line_hashes(text)


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\rb\r", " a\n\tb\n"])
def test_line_ends_and_blanks_do_not_matter(text: str) -> None:
    assert line_hashes("a\nb\n") == line_hashes(text)


def test_equal_lines_are_counted() -> None:
    # more equal text behind both than the window holds
    hashes = line_hashes("x\n" * 200)

    assert [one.split(":")[1] for one in hashes[:3]] == ["1", "2", "3"]
    assert len({one.split(":")[0] for one in hashes[:3]}) == 1


def test_a_character_outside_the_first_plane_is_two_units() -> None:
    # the window ends before the last character, which therefore changes nothing
    assert line_hashes("𝒳" * 50 + "a") == line_hashes("𝒳" * 50 + "c")
    assert line_hashes("𝒳" * 49 + "a") != line_hashes("𝒳" * 49 + "c")


@given(some.text(alphabet="ab \t\r\n", max_size=300))
def test_there_is_a_hash_for_every_line(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1

    assert len(line_hashes(text)) == lines


def plain_hash(text: str) -> list[str]:
    """The definition, window by window, without the rolling."""
    units = [ord(char) for char in text.replace("\r\n", "\n").replace("\r", "\n") if char not in " \t"]
    starts = [0] + [index + 1 for index, unit in enumerate(units) if unit == 10]
    units += [65535] + [0] * 100
    seen: dict[str, int] = {}
    hashes = []
    for start in starts:
        value = 0
        for unit in units[start : start + 100]:
            value = (value * 37 + unit) % 2**64
        word = f"{value:x}"
        seen[word] = seen.get(word, 0) + 1
        hashes.append(f"{word}:{seen[word]}")
    return hashes


@given(some.text(alphabet="ab- :\tü\n", max_size=400))
def test_the_rolling_hash_is_the_plain_one(text: str) -> None:
    assert plain_hash(text) == line_hashes(text)
