"""Plain tokens: what counts as one, what stays, where each stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.languages.fasttemplate import read


@pytest.mark.parametrize(
    ("text", "names", "unclosed", "plain"),
    [
        ("apps", [], None, True),
        ("{{name", [], None, True),
        ("{{\nname}}", [], None, True),
        ("}} {{", [], None, True),
        ("{{name}}", ["name"], None, False),
        ("{{ path.basename }}-{{x}}", ["path.basename", "x"], None, False),
        ("{{{x}}}", ["{x"], None, False),
        ("{{a}} {{b\n}}", ["a", "b"], None, False),
        ("{{a}}{{b", ["a"], 5, False),
        ("{{}}", [""], None, False),
    ],
)
def test_tokens(text: str, names: list[str], unclosed: int | None, plain: bool) -> None:
    found = read(text)

    assert ([one.name for one in found.tokens], found.unclosed, found.plain) == (names, unclosed, plain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ a }}/{{b}}", "1/{{b}}"),
        ("{{empty}}!", "!"),
        ("{{number}}", "{{number}}"),
        ("{{a | lower}}", "{{a | lower}}"),
        ("{{}}", "{{}}"),
        ("{{again}}", "{{a}}"),
        ("no token {{a", "no token {{a"),
    ],
)
def test_known_texts_are_replaced_once_and_others_stay(text: str, expected: str) -> None:
    assert read(text).replaced({"a": "1", "empty": "", "number": 3, "again": "{{a}}", "": "x"}) == expected


def test_an_unclosed_token_fails() -> None:
    with pytest.raises(ValueError, match="end tag"):
        read("{{a}}{{").replaced({})


@given(st.text(alphabet="{}a \n.", max_size=30))
def test_places_cut_the_text_where_the_names_stand(text: str) -> None:
    found = read(text)

    for one in found.tokens:
        assert text[one.start : one.start + 2] == "{{"
        assert text[one.end - 2 : one.end] == "}}"
        assert text[one.name_start : one.name_end] == one.name
    if found.unclosed is None:
        assert found.replaced({}) == text
