"""Go templates as far as words tell."""

from __future__ import annotations

import pytest

from gitops_lint.languages.failure import LanguageError
from gitops_lint.languages.templatewords import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no action", []),
        ("{{.app.name}}", [("field", ".app.name", True)]),
        ("{{- upper .a -}}", [("function", "upper", True), ("field", ".a", True)]),
        ("{{range .l}}{{.x}}{{$.y}}{{end}}", [("field", ".l", False), ("field", ".x", False), ("field", "$.y", True)]),
        ("{{/* a {{ b */}}", []),
        ('{{ "}}" }}', []),
        ("{{ if true }}a{{ else if false }}b{{ end }}", []),
        ("{{ (call .f 1e3).Author }}", [("function", "call", True), ("field", ".f", True), ("field", ".Author", True)]),
        (
            "{{ with $x := .a }}{{ $x.b }}{{ end }}",
            [("field", "$x", False), ("field", ".a", False), ("field", "$x.b", False)],
        ),
    ],
)
def test_words_of_actions(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert [(one.kind, one.text, one.whole) for one in words(text)] == expected


@pytest.mark.parametrize(
    ("text", "covered", "message"),
    [
        ("a {{ .b", "{{", "this `{{` is never closed by `}}`"),
        ("{{ if .a }}b", "if", "this `if` has no `{{ end }}`"),
        ("{{ end }}", "end", "this `end` closes nothing"),
        ("{{ else }}", "else", "this `else` belongs to no `if`"),
        ('{{ "a }}', '"', 'this string is never closed by `"`'),
        ("{{/* a }}", "{{", "this comment is never closed by `*/}}`"),
    ],
)
def test_what_does_not_parse(text: str, covered: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        words(text)

    error = caught.value
    assert (text[error.start : error.end], error.message) == (covered, message)
