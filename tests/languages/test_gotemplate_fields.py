"""Fields that a template is sure to evaluate, and names that are written like plain tokens."""

from __future__ import annotations

import pytest

from gitops_lint.languages.gotemplate.fields import chains, plain_name
from gitops_lint.languages.gotemplate.known import in_notifications, stands_alone


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


@pytest.mark.parametrize(
    ("name", "alone", "in_notification"),
    [
        ("now", True, True),
        ("print", True, True),
        ("dict", True, True),
        ("lower", False, True),
        ("max", False, True),
        ("push", False, True),
        ("toYaml", False, False),
        ("getHostByName", False, True),
        ("env", False, False),
        ("name", False, False),
    ],
)
def test_functions_are_known_by_name(name: str, alone: bool, in_notification: bool) -> None:
    assert (stands_alone(name), in_notifications(name)) == (alone, in_notification)
