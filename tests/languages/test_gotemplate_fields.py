"""Fields that a template is sure to evaluate, and names that are written like plain tokens."""

from __future__ import annotations

import pytest

from gitops_lint.languages.gotemplate_fields import FUNCTIONS, chains, plain_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{.name}}", [("name", True)]),
        ("{{- .a.b -}}", [("a.b", True)]),
        ('{{ .env | default "dev" }}', [("env", False)]),
        ('{{ printf "%s.x" .name }}', [("name", False)]),
        ('{{ dig "env" "dev" . }}', []),
        ('{{ index .metadata.labels "a/b" }}', [("metadata.labels", False)]),
        ("{{ if .a }}{{ .b }}{{ end }}", []),
        ("{{ range .list }}{{ .x }}{{ end }}", []),
        ("{{ $x.y }}", []),
        ("{{ or .a .b }}", []),
        ("{{ (.a).b }}", [("a", False)]),
    ],
)
def test_chains(text: str, expected: list[tuple[str, bool]]) -> None:
    assert [(".".join(names), bare) for _, _, names, bare in chains(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{name}}", ["name"]),
        ("{{ path.basename }}", ["path.basename"]),
        ("{{path[0]}}", ["path[0]"]),
        ("{{metadata.labels.a/b}}", ["metadata.labels.a/b"]),
        ("{{.name}}", []),
        ("{{ lower .name }}", []),
        ("{{ end }}", []),
    ],
)
def test_plain_names(text: str, expected: list[str]) -> None:
    assert [name for _, _, name in plain_name(text)] == expected


def test_functions_know_whether_they_need_an_argument() -> None:
    assert [FUNCTIONS.get(name) for name in ("lower", "now", "toYaml", "env")] == [1, 0, 1, None]
