"""Harness' expressions and runtime inputs: where they end, what they name, what is wrong with their form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.languages.harness import divided, pattern_error, runtime_input, scan, whole_match


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("nothing here", []),
        ("<+pipeline.name>", ["pipeline.name"]),
        ("a <+x.y> b <+z>", ["x.y", "z"]),
        ('<+<+a.b> == "x">', ['<+a.b> == "x"', "a.b"]),
        (r"<+a \> b>", [r"a \> b"]),
        ("1 > 0", []),
    ],
)
def test_a_bracket_closes_the_innermost_expression(text: str, contents: list[str]) -> None:
    found = scan(text)

    assert contents == [one.content for one in found.expressions]
    assert found.unclosed == ()


@pytest.mark.parametrize(
    ("text", "unclosed"),
    [("echo <+a.b", (5,)), ("<+a <+b>", (0,)), ("<+a> <+", (5,)), (r"<+a\>", (0,))],
)
def test_what_is_not_closed_is_told_by_its_place(text: str, unclosed: tuple[int, ...]) -> None:
    assert unclosed == scan(text).unclosed


@given(st.text(alphabet="<+> ab.\\"))
def test_expressions_slice_back_to_the_text(text: str) -> None:
    for one in scan(text).expressions:
        assert text[one.start : one.end] == f"<+{one.content}>"
        assert all(text[step.start : step.end].strip("[\"']") for step in one.path)


@pytest.mark.parametrize(
    ("text", "names", "last_argument"),
    [
        ("<+pipeline.variables.region>", ("pipeline", "variables", "region"), ""),
        ("<+ env.name >", ("env", "name"), ""),
        ("<+trigger.payload.commits[0].id>", ("trigger", "payload", "commits", "0", "id"), ""),
        ("<+trigger.header['X-GitHub-Event']>", ("trigger", "header", "X-GitHub-Event"), ""),
        ('<+pipeline.variables.get("a-b")>', ("pipeline", "variables"), '"a-b"'),
        ('<+secrets.getValue("account.x)")>', ("secrets",), '"account.x)"'),
        ("<+a.b == 1>", (), ""),
        ("<+a-b>", (), ""),
        ("<+a..b>", (), ""),
    ],
)
def test_a_path_is_read_where_the_whole_content_is_one(text: str, names: tuple[str, ...], last_argument: str) -> None:
    (one,) = scan(text).expressions

    assert names == one.names
    assert last_argument == (one.path[-1].argument if one.path else "")


@pytest.mark.parametrize(
    ("text", "modifiers"),
    [
        ("<+input>", []),
        ("<+input>.default(a)", [("default", "a")]),
        ("<+input>.allowedValues(a,b).default(a)", [("allowedValues", "a,b"), ("default", "a")]),
        (r"<+input>.regex(^v\d+(\.\d+)$).executionInput()", [("regex", r"^v\d+(\.\d+)$"), ("executionInput", "")]),
        ("<+input>.default()", [("default", "")]),
    ],
)
def test_modifiers_of_a_runtime_input(text: str, modifiers: list[tuple[str, str]]) -> None:
    found = runtime_input(text)

    assert found is not None
    assert found.problem == ""
    assert modifiers == [(one.name, one.argument) for one in found.modifiers]
    assert all(text[one.start : one.end].startswith(one.name) for one in found.modifiers)


@pytest.mark.parametrize(
    ("text", "problem", "covers", "near"),
    [
        ("<+input>.allowedValue(a)", "has no modifier `allowedValue`", "allowedValue", "allowedValues"),
        ("<+input>.colour(a)", "has no modifier `colour`", "colour", ""),
        ("<+input>.allowedValues()", "gives `allowedValues` no value", "allowedValues()", ""),
        ("<+input>.regex", "needs parentheses behind `regex`", "regex", ""),
        ("<+input>.default(a", "does not close the parenthesis of `default`", "default(a", ""),
        ("<+input>.executionInput(a)", "gives `executionInput` a value, and it takes none", "a", ""),
        ("<+input>-x", "goes on with `-x`, which is no modifier", "-x", ""),
        ("<+input>.", "ends with a dot that no modifier follows", ".", ""),
    ],
)
def test_a_wrong_form_is_told_with_its_place(text: str, problem: str, covers: str, near: str) -> None:
    found = runtime_input(text)

    assert found is not None
    assert (problem, covers, near) == (found.problem, text[found.start : found.end], found.near)


@pytest.mark.parametrize("text", ["", "v<+input>", "<+pipeline.name>", "input"])
def test_only_a_text_that_begins_so_is_a_runtime_input(text: str) -> None:
    assert runtime_input(text) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a, b", ["a", "b"]),
        (r"\'london,uk\',b", ["london,uk", "b"]),
        ('"a,b",c', ["a,b", "c"]),
        ("it's,b", ["it's", "b"]),
        ("", [""]),
    ],
)
def test_commas_divide_outside_of_quotes(text: str, parts: list[str]) -> None:
    assert parts == divided(text)


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("a+", False),
        ("(?<=a)b", False),
        (r"\p{Lu}+", False),
        (r"(?<name>a", False),  # Java's own form, which nobody here can judge
        ("[a-", True),
        ("(a", True),
    ],
)
def test_a_pattern_is_refused_only_where_java_refuses_it(pattern: str, wrong: bool) -> None:
    assert wrong == bool(pattern_error(pattern))


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [("v.*", "v1", True), ("v", "v1", False), ("a|b", "b", True), ("(?<=a)b", "b", None)],
)
def test_a_pattern_matches_the_whole_text(pattern: str, text: str, fits: bool | None) -> None:
    assert fits == whole_match(pattern, text)
