from __future__ import annotations

import pytest

from gitops_lint.report.terminal import Paint, inert, visible, width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("a\tb", "a    b"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\r\nb", "a␍␊b"),
        ("\x7f\x00", "␡␀"),
        ("\x9b31m", "<U+009B>31m"),
        ("user\u202etxt", "user<U+202E>txt"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("a\u2028b", "a<U+2028>b"),
        ("half \ud800 pair", "half <U+D800> pair"),
        ("日本 e\u0301 👩\u200d💻", "日本 e\u0301 👩\u200d💻"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_made_visible(text: str, expected: str) -> None:
    assert expected == visible(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("ｆ", 2), ("•", 1), ("\u1112\u1161\u11ab", 2)],
)
def test_width_is_in_terminal_columns(text: str, expected: int) -> None:
    assert expected == width(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n", "a: 1\n"),
        ("::set-output name=a::b", "./::set-output name=a::b"),
        ("ok\n  ::stop-commands::x\n", "ok\n./::stop-commands::x\n"),
        ("58 | run: ##[add-mask]x", "58 | run: ## [add-mask]x"),
        ("std::string", "std::string"),
    ],
)
def test_nothing_is_left_that_a_github_runner_obeys(text: str, expected: str) -> None:
    assert expected == inert(text)


def test_links_and_colors_only_where_they_are_wanted() -> None:
    assert Paint()("error", "x") == "x"
    assert Paint(color=True)("error", "") == ""
    assert Paint().link("https://a.example", "x") == "x"
    assert Paint(links=True).link("https://a.example", "x") == "\x1b]8;;https://a.example\x1b\\x\x1b]8;;\x1b\\"


def test_a_url_cannot_leave_its_link() -> None:
    assert Paint(links=True).link("https://a.example\x1b\\evil", "x") == "x"
