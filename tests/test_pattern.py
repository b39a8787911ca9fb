"""Patterns that are compiled when they are asked do what compiled ones do."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import gitops_lint
from gitops_lint.pattern import pattern

TEXT = "a1 b22 c"


@pytest.mark.parametrize("flags", [0, re.IGNORECASE, re.IGNORECASE | re.DOTALL])
def test_a_pattern_answers_as_a_compiled_one(flags: int) -> None:
    late, compiled = pattern(r"([A-Z])(\d+)", flags), re.compile(r"([A-Z])(\d+)", flags)

    for method in ("match", "search", "fullmatch"):
        ours, theirs = getattr(late, method)(TEXT), getattr(compiled, method)(TEXT)
        assert (ours and ours.groups()) == (theirs and theirs.groups())
    assert late.findall(TEXT) == compiled.findall(TEXT)
    assert [one.span() for one in late.finditer(TEXT, 2)] == [one.span() for one in compiled.finditer(TEXT, 2)]
    assert late.sub(r"\2", TEXT) == compiled.sub(r"\2", TEXT)
    assert late.subn("x", TEXT) == compiled.subn("x", TEXT)
    assert late.split(TEXT) == compiled.split(TEXT)
    assert (late.pattern, late.flags, late.groups) == (compiled.pattern, compiled.flags, compiled.groups)


def test_bytes_are_searched_by_patterns_of_bytes() -> None:
    found = pattern(rb"b(\d+)").search(TEXT.encode())

    assert found is not None
    assert found[1] == b"22"


def test_a_pattern_is_compiled_once_and_not_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    make = re.compile

    def counted(text: str, flags: int) -> re.Pattern[str]:
        compiled.append(text)
        return make(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    late = pattern("b+")

    assert compiled == []

    assert late.search(TEXT) is not None
    assert late.match(TEXT) is None
    assert compiled == ["b+"]


def test_a_wrong_pattern_is_an_error_when_it_is_asked() -> None:
    late = pattern("(")

    with pytest.raises(re.error):
        late.search(TEXT)
    with pytest.raises(AttributeError):
        late.__getattribute__("scanner")


def test_every_pattern_of_a_module_compiles() -> None:
    """What is compiled late must be right all the same."""
    for found in pkgutil.walk_packages(gitops_lint.__path__, "gitops_lint."):
        if found.name in ("gitops_lint.__main__", "gitops_lint.lsp"):
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            if type(value) is type(pattern("")):
                assert value.groups >= 0, name
