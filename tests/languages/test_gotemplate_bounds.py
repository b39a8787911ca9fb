"""How far a template is followed, and that a text is read once."""

from __future__ import annotations

import pytest

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate import LIMITS, GoTemplateError, Limits, read
from gitops_lint.languages.gotemplate.builtins import BUILTINS
from gitops_lint.languages.gotemplate.function import Function
from gitops_lint.languages.gotemplate.values import Value


def _set(map: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    map[key] = value
    return map


FUNCTIONS = {
    one.name: one
    for one in (
        Function("list", lambda *values: list(values), (), "any"),
        Function("dict", dict, ()),
        Function("concat", lambda *lists: [one for list in lists for one in list], ("list",), "list"),
        Function("set", _set, ("map", "string", "any")),
    )
}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{range 1000000}}{{end}}", "the template takes more than 100000 steps"),
        ("{{range 2}}" * 40 + "{{end}}" * 40, "the template takes more than 100000 steps"),
        ('{{range 10000}}{{printf "%1000d" 1}}{{end}}', "the result is longer than 1048576 characters"),
        ('{{$x := "abcd"}}' + "{{$x = print $x $x}}" * 40, "the value is too large to be printed"),
        ("{{$x := list 1}}" + "{{$x = list $x $x}}" * 40, "a value holds more than 100000 others"),
        ("{{$x := list 1}}" + "{{$x = concat $x $x}}" * 40, "a value holds more than 100000 others"),
        ('{{$x := dict}}{{$_ := set $x "a" $x}}', "a value holds more than 100000 others"),
        (
            '{{define "t"}}{{template "t" (list .)}}{{end}}{{template "t"}}',
            "templates call each other more than 60 deep",
        ),
        (
            '{{define "t"}}{{$_ := set . "a" 1}}{{template "t" .}}{{end}}{{template "t" .}}',
            "templates call each other more than 60 deep",
        ),
        ("{{range 100000}}" + "{{print 1}}" * 1000 + "{{end}}", "the template takes more than 100000 steps"),
    ],
)
def test_a_template_that_makes_too_much_is_not_followed(text: str, message: str) -> None:
    with pytest.raises(BeyondLimitError) as caught:
        read(text, FUNCTIONS).run({})

    assert caught.value.message == message
    assert 0 <= caught.value.start <= caught.value.end <= len(text)


def test_a_template_that_calls_itself_forever_fails_as_in_go() -> None:
    with pytest.raises(GoTemplateError) as caught:
        read(
            '{{define "a"}}{{template "b" .}}{{end}}{{define "b"}}{{template "a" .}}{{end}}{{template "a" 1}}',
            FUNCTIONS,
        ).run({})

    assert caught.value.message == "exceeded maximum template depth (100000)"


def test_a_template_may_call_itself_often_enough() -> None:
    text = (
        '{{define "t"}}{{if lt (len .) 50}}{{template "t" (print . "x")}}{{else}}{{.}}{{end}}{{end}}{{template "t" ""}}'
    )

    assert read(text, FUNCTIONS).run({}) == "x" * 50


def test_limits_are_given_with_a_run() -> None:
    template = read("{{range 5}}{{.}}{{end}}", FUNCTIONS)

    assert template.run({}, LIMITS) == "01234"
    with pytest.raises(BeyondLimitError):
        template.run({}, Limits(steps=4))
    with pytest.raises(BeyondLimitError):
        template.run({}, Limits(output=4))


def test_a_text_is_read_once() -> None:
    first = read("{{.a}}-remembered", FUNCTIONS)

    assert read("{{.a}}-remembered", FUNCTIONS) is first
    assert read("{{.a}}-remembered", FUNCTIONS, ("missingkey=error",)) is not first
    assert read("{{.a}}-remembered", BUILTINS) is not first


def test_templates_are_forgotten_in_the_end() -> None:
    first = read("{{.a}}-forgotten", FUNCTIONS)

    for number in range(5000):
        read(f"text {number}", FUNCTIONS)

    assert read("{{.a}}-forgotten", FUNCTIONS) is not first


def test_runs_do_not_know_of_each_other() -> None:
    template = read('{{$x := .a}}{{define "t"}}{{.}}{{end}}{{range .l}}{{template "t" .}}{{end}}{{$x}}', FUNCTIONS)

    assert [template.run({"a": str(n), "l": [1.0] * n}) for n in range(3)] == ["0", "11", "112"]
