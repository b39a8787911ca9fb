"""Conditions as far as words tell: what certainly does not compile, and the names that are read."""

from __future__ import annotations

import pytest

from gitops_lint.languages.exprwords import expr_names
from gitops_lint.languages.failure import LanguageError


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("app.status.health.status == 'Degraded'", ["app"]),
        ("app.status?.operationState?.phase in ['Error', 'Failed']", ["app"]),
        (
            "all(app.spec.sources, {# != nil and .repoURL startsWith 'https'}) && not context.off",
            ["all", "app", "context"],
        ),
        ("reduce(a, #acc + #, 0) > 1 // sum", ["reduce", "a"]),
        ("a ? b : c", ["a", "b", "c"]),
        ("x not in [1, 2,] or -1 < y", ["x", "y"]),
        ("{a: 1}.a == app['x'].in", ["app"]),
        ("a ?? b | f(1..3)", ["a", "b", "f"]),
        ("let x = 1; x > 0", []),
        ("", []),
    ],
)
def test_names_of_what_compiles(text: str, names: list[str]) -> None:
    assert [one.text for one in expr_names(text)] == names


@pytest.mark.parametrize(
    ("text", "covered", "message"),
    [
        ("a = 'b'", "=", "`=` is no operator"),
        ("a === 'b'", "=", "`=` is no operator"),
        ("a => 1", "=>", "`=>` is no operator"),
        ("a AND b", "AND", "expected an operator before `AND`"),
        ("a is 'x'", "is", "expected an operator before `is`"),
        ("a == 'b", "'", "this string is never closed by `'`, or holds an escape that does not exist"),
        ("== 'b'", "==", "`==` has nothing on its left"),
        ("a ==", "==", "`==` has nothing on its right"),
        ("a and == b", "==", "`==` has nothing on its left"),
        ("f(a", "(", "this `(` is never closed"),
        ("a)", ")", "`)` closes nothing"),
        ("a == 1 # why", "#", "`#` has no meaning here"),
        ("{{ a }}", "{{", "a condition is no template, `{{` cannot stand in it"),
        (".a == 1", ".", "a condition cannot start with `.`"),
    ],
)
def test_what_does_not_compile(text: str, covered: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        expr_names(text)

    error = caught.value
    assert (text[error.start : error.end], error.message) == (covered, message)
