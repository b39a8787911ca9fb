"""What Go finds while it parses a template: its message, its line, and the part of the text that our place covers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate import GoTemplateError, read
from gitops_lint.languages.gotemplate.builtins import BUILTINS
from gitops_lint.languages.gotemplate.function import Function

FUNCTIONS = {"upper": Function("upper", str.upper, ("string",))}


def refused(text: str) -> GoTemplateError:
    with pytest.raises(GoTemplateError) as caught:
        read(text, FUNCTIONS)
    return caught.value


@pytest.mark.parametrize(
    ("text", "message", "covered"),
    [
        ("a{{.b", "unclosed action", "{{.b"),
        ("{{if .a}}b", "unexpected EOF", "{{"),
        ("{{range .a}}{{if .b}}x{{end}}", "unexpected EOF", "{{"),
        ("a{{end}}", "unexpected {{end}}", "end"),
        ("{{else}}", "unexpected {{else}}", "else"),
        ("{{if .a}}{{else}}{{else}}{{end}}", "expected end; found {{else}}", "else"),
        ("{{if}}a{{end}}", "missing value for if", "}}"),
        ("{{range}}a{{end}}", "missing value for range", "}}"),
        ("{{with }}a{{end}}", "missing value for with", "}}"),
        ("{{}}", "missing value for command", "}}"),
        ('{{block "a"}}b{{end}}', "missing value for block clause", "}}"),
        ("{{nope .a}}", 'function "nope" not defined', "nope"),
        ("{{if false}}{{.a | nope}}{{end}}", 'function "nope" not defined', "nope"),
        ("{{$x}}", 'undefined variable "$x"', "$x"),
        ("{{if .a}}{{$x := 1}}{{end}}{{$x}}", 'undefined variable "$x"', "$x"),
        ('{{"a}}', "unterminated quoted string", '"a}}'),
        ('{{"a\nb"}}', "unterminated quoted string", '"a'),
        ("{{`a}}", "unterminated raw quoted string", "`a}}"),
        ("{{'a}}", "unterminated character constant", "'a}}"),
        ("{{'ab'}}", "malformed character constant: 'ab'", "'ab'"),
        (r'{{"\q"}}', "invalid syntax", r'"\q"'),
        ("{{-.x}}", 'bad number syntax: "-.x"', "-.x"),
        ("{{3a}}", 'bad number syntax: "3a"', "3a"),
        ("{{1__0}}", 'illegal number syntax: "1__0"', "1__0"),
        ("{{99999999999999999999}}", 'integer overflow: "99999999999999999999"', "99999999999999999999"),
        ("{{1e999}}", 'illegal number syntax: "1e999"', "1e999"),
        ("{{.a-b}}", "bad character U+002D '-'", ".a-"),
        ("{{.l[0]}}", "bad character U+005B '['", ".l["),
        ("{{.l.0}}", 'unexpected ".0" in operand', ".0"),
        ('{{.a == "b"}}', 'unexpected "=" in operand', "="),
        ("{{.a && .b}}", 'unexpected "&" in operand', "&"),
        ("{{.a ? 1 : 2}}", 'unexpected "?" in operand', "?"),
        ("{{1 + 2}}", 'illegal number syntax: "+"', "+"),
        ("{{ /* a */ }}", 'unexpected "/" in command', "/"),
        ("{{{a}}}", 'unexpected "{" in command', "{"),
        ("{{/* a }}", "unclosed comment", "/* a }}"),
        ("{{/* a */ }}", "comment ends before closing delimiter", "/* a */"),
        ("{{(.a}}", "unclosed left paren", "(.a}}"),
        ("{{.a)}}", "unexpected right paren", ")"),
        ("{{\u201ca\u201d}}", "unrecognized character in action: U+201C '\u201c'", "\u201c"),
        ("{{a\u00a0}}", "bad character U+00A0", "a\u00a0"),
        ("{{.a : 1}}", "expected :=", ":"),
        ("{{$x, $y := .a}}", "too many declarations in command", ","),
        ("{{range $a, $b, $c := .l}}{{end}}", "too many declarations in range", ","),
        ("{{range $a, .b}}{{end}}", "range can only initialize variables", ".b"),
        ("{{.a | 1}}", "non executable command in pipeline stage 2", "1"),
        ("{{.a | upper | .}}", "non executable command in pipeline stage 3", "."),
        ("{{break}}", "{{break}} outside {{range}}", "break"),
        ("{{range .a}}{{else}}{{continue}}{{end}}", "{{continue}} outside {{range}}", "continue"),
        ('{{range .a}}{{block "b" .}}{{break}}{{end}}{{end}}', "{{break}} outside {{range}}", "break"),
        ('{{if .a}}{{define "b"}}{{end}}{{end}}', "unexpected <define> in command", "define"),
        ("{{template foo}}", 'unexpected "foo" in template clause', "foo"),
        ("{{define foo}}{{end}}", 'unexpected "foo" in define clause', "foo"),
        ('{{define "a"}}1{{end}}{{define "a"}}2{{end}}', 'template: multiple definition of template "a"', "}}"),
        ('{{define "base"}}1{{end}}2', 'template: multiple definition of template "base"', ""),
        ('{{"a".b}}', 'unexpected . after term "\\"a\\""', '"a"'),
        ("{{range .a}}{{else if .b}}{{end}}", "unexpected <if> in input", "if"),
        ("{{end\n}}", "unexpected {{end}}", "end"),
        ("{{.abcdefghijklm ,}}", 'unexpected "," in operand', ","),
        ("{{.a `abcdefghijklm`.b}}", 'unexpected . after term "`abcdefghijklm`"', "`abcdefghijklm`"),
        ('{{if .a "abcdefghijklm" =}}{{end}}', 'unexpected "=" in operand', "="),
        ("{{end abcdefghijklm}}", 'unexpected "abcdefghij"... in end', "abcdefghijklm"),
    ],
)
def test_a_mistake_is_said_as_go_says_it(text: str, message: str, covered: str) -> None:
    error = refused(text)

    assert (error.phase, error.message) == ("parse", message)
    assert text[error.start : error.end] == covered


@pytest.mark.parametrize(
    ("text", "upstream"),
    [
        ("a\n\n{{nope}}", 'failed to parse template a\n\n{{nope}}: template: base:3: function "nope" not defined'),
        ("{{if\n.a}}", "failed to parse template {{if\n.a}}: template: base:2: unexpected EOF"),
        (
            "{{.a\n-b}}",
            'failed to parse template {{.a\n-b}}: template: base:2: bad number syntax: "-b" in action started at base:1',
        ),
        (
            "{{.a\n.b",
            "failed to parse template {{.a\n.b: template: base:2: unclosed action started at base:1",
        ),
    ],
)
def test_the_controllers_sentence_counts_lines_as_go_does(text: str, upstream: str) -> None:
    assert refused(text).upstream == upstream


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("{{uper .a}}", "did you mean `upper`?"),
        ("{{cluster}}", "a parameter is written with a dot: `.cluster`"),
        ("{{include .a}}", "it is Helm's own: `template` prints a template that the same text defines"),
        ("{{.my-app}}", 'a key with `-` in it is read with `index`: `index . "my-key"`'),
        ("{{.l[0]}}", "an element of a list is read with `index`: `index .list 0`"),
        ("{{.a == 1}}", "compare with `eq a b`"),
        ("{{.a && .b}}", "combine with `and a b`"),
        ("{{1 + 2}}", "add with `add a b`"),
        ("{{'web'}}", 'a text stands in double quotes: "…"'),
        ("{{if .a}}", "`{{end}}` is missing: it closes this block"),
        ("{{.a", ""),
    ],
)
def test_the_cure_of_a_usual_mistake_is_named(text: str, help: str) -> None:
    assert refused(text).help == help


def test_an_error_is_raised_anew_each_time() -> None:
    first, second = refused("{{.a"), refused("{{.a")

    assert first is not second
    assert first.upstream == second.upstream


@pytest.mark.parametrize(
    ("options", "message"),
    [(("missingkey=nope",), "unrecognized option: missingkey=nope"), (("",), "empty option string")],
)
def test_an_unknown_option_is_refused_as_go_refuses_it(options: tuple[str, ...], message: str) -> None:
    with pytest.raises(GoTemplateError) as caught:
        read("{{.a}}", FUNCTIONS, options)

    assert message == caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "{{if 1}}" * 200 + "{{end}}" * 200,
        "{{" + "(" * 200 + "1" + ")" * 200 + "}}",
        "{{/* " + "a" * (1 << 17) + " */}}",
    ],
)
def test_what_is_too_deep_or_too_long_is_not_followed(text: str) -> None:
    with pytest.raises(BeyondLimitError):
        read(text, FUNCTIONS)


def test_a_chain_of_else_if_is_not_deep() -> None:
    text = "{{if .a}}a" + "{{else if .b}}b" * 1000 + "{{else}}c{{end}}"

    assert read(text, FUNCTIONS).run({}) == "c"


def test_the_functions_of_a_text_are_known() -> None:
    assert {"upper", "eq"} == read('{{if eq .a "b"}}{{.a | upper}}{{end}}', FUNCTIONS).called


_PIECES = st.sampled_from(
    ["{{", "}}", "{{- ", " -}}", "if ", "else", "end", "range ", "with ", "define ", "template ", "block ", "break", ".a", ".",
     "$", "$x", ":=", "=", ",", "|", "(", ")", '"a"', "`b`", "'c'", "12", "1.5", "-3", "/*", "*/", "nil", "true", "eq ", "print ",
     " ", "\n", "\u00e9", "{", "}", "\\", "-", "text"]
)  # fmt: skip


def outcome(text: str) -> tuple[str, GoTemplateError | None]:
    """What a text makes of parameters, and the error it ends with instead."""
    try:
        return read(text, BUILTINS).run({"a": "b"}), None
    except GoTemplateError as error:
        return "", error


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_whatever_is_written_is_run_or_refused_at_a_place_in_it(text: str) -> None:
    made, error = outcome(text)

    assert outcome(text)[0] == made
    if error is not None:
        what = "parse template" if error.phase == "parse" else "execute go template"
        assert 0 <= error.start <= error.end <= len(text)
        assert error.upstream.startswith(f"failed to {what} {text}: template: base:")


@given(st.text(max_size=40).filter(lambda text: "{{" not in text))
def test_a_text_without_actions_stays_as_it_is(text: str) -> None:
    assert text == read(text, BUILTINS).run({})
