"""One string filled in, in either mode, and the words where that fails."""

from __future__ import annotations

import pytest

from gitops_lint.languages.failure import LanguageError
from gitops_lint.languages.gotemplate.function import NotDeterministicError
from gitops_lint.simulate.applicationset.strings import rendered


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{{name}}-{{ env }}", "a-dev"),
        ("{{nope}} {{ count }}", "{{nope}} {{ count }}"),
        ("{{name", "{{name"),
        ("plain", "plain"),
        ("{{.name}}", "{{.name}}"),
    ],
)
def test_plain_tokens(text: str, made: str) -> None:
    assert rendered(text, {"name": "a", "env": "dev", "count": 3.0}, False) == made


def test_a_token_that_is_not_closed_fails() -> None:
    with pytest.raises(LanguageError) as caught:
        rendered("{{a}} {{b", {"a": "x"}, False)

    assert caught.value.message == (
        'invalid template: Cannot find end tag="}}" in the template="{{a}} {{b" starting from "b"'
    )
    assert caught.value.start == 6


@pytest.mark.parametrize(
    ("text", "made"),
    [("{{.name | upper}}", "A"), ("x }} y", "x }} y"), ("{{ .deep.a }}{{ .nope }}", "1<no value>")],
)
def test_go_templates(text: str, made: str) -> None:
    assert rendered(text, {"name": "a", "deep": {"a": 1.0}}, True) == made


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ .nope }}", 'failed to execute go template {{ .nope }}: template: base:1:3: executing "base" at <.nope>: map has no entry for key "nope"'),
        ("{{ nope }}", 'failed to parse template {{ nope }}: template: base:1: function "nope" not defined'),
    ],
)  # fmt: skip
def test_go_templates_fail_in_the_controllers_words(text: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        rendered(text, {}, True, ["missingkey=error"])

    assert caught.value.message == message


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("missingkey=x", "unrecognized option: missingkey=x"),
        ("other", "unrecognized option: other"),
        ("missingkey=error=x", "unrecognized option: missingkey=error=x"),
        ("", "empty option string"),
    ],
)
def test_an_unknown_option_fails_for_every_text(option: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        rendered("no action", {}, True, [option])

    assert caught.value.message == message
    assert rendered("no action", {}, False, [option]) == "no action"


def test_parameters_stay_as_they_are() -> None:
    values = {"deep": {"a": "x"}}

    assert rendered('{{ $_ := set .deep "a" "z" }}{{ .deep.a }}', values, True) == "z"
    assert values == {"deep": {"a": "x"}}


def test_chance_is_not_known() -> None:
    with pytest.raises(NotDeterministicError):
        rendered("{{ uuidv4 }}", {}, True)
