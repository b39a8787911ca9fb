"""`eval` as a command: what it prints, and how it ends."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_lint.cli import main

PARAMETERS = """\
name: web
count: 3
path: {basename: shop, segments: [apps, shop]}
metadata: {labels: {env: prod}}
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "parameters.yaml").write_text(PARAMETERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(*args: str) -> tuple[int, str, str]:
        status = main(["eval", *args])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.mark.parametrize(
    ("language", "text", "made"),
    [
        ("go-template", "{{.path.basename}}-{{.name | upper}}", "shop-WEB\n"),
        ("go-template", "{{.count}}\n", "3\n"),
        ("go-template", "{{index .path.segments 0}}", "apps\n"),
        ("go-template", '{{(fromYaml "a: b").a}}', "b\n"),
        ("go-template", "{{.nope}}", "<no value>\n"),
        ("fasttemplate", "{{path.basename}}-{{ name }}-{{nope}}", "shop-web-{{nope}}\n"),
        ("fasttemplate", "{{count}}", "3\n"),
    ],
)
def test_a_text_is_filled_in(language: str, text: str, made: str, run: Run) -> None:
    assert run(language, text, "--data", "parameters.yaml") == (0, made, "")


def test_parameters_come_from_standard_input_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"name": "web"}')))

    assert run("go-template", "{{.name}}", "--data", "-") == (0, "web\n", "")


def test_without_parameters_there_are_none(run: Run) -> None:
    assert run("go-template", "{{len .}}") == (0, "0\n", "")


def test_a_mistake_is_shown_where_it_is(run: Run) -> None:
    status, out, err = run("go-template", "a\n{{.my-key}}")

    assert (status, out) == (1, "")
    assert err == (
        "error: bad character U+002D '-'\n"
        " --> template:2:3\n"
        "  |\n"
        "2 | {{.my-key}}\n"
        "  |   ^^^^\n"
        "  |\n"
        '  = help: a key with `-` in it is read with `index`: `index . "my-key"`\n'
        "  = note: Argo CD says: failed to parse template a␊{{.my-key}}: template: base:2: bad character U+002D '-'\n"
    )


@pytest.mark.parametrize(
    ("args", "message", "covered"),
    [
        (("{{.nope}}", "--missingkey", "error"), 'map has no entry for key "nope"', ".nope"),
        (("{{eq .count 3}}",), "incompatible types for comparison: float64 and int", "eq .count 3"),
        (("{{upper .count}}",), "wrong type for value; expected string; got float64", ".count"),
        (("{{range .count}}{{end}}",), "range can't iterate over 3", ".count"),
        (("x{{if .count}}",), "unexpected EOF", "{{"),
        (("{{env `HOME`}}",), 'function "env" not defined', "env"),
        (
            ('{{dig "env" "" .metadata.labels}}', "--string-map", "metadata.labels"),
            "interface {} is map[string]string, not map[string]interface {}",
            "",
        ),
        (('{{first .path.segments | upper}}{{has "a" 1}}',), "Cannot find has on type int", 'has "a" 1'),
    ],
)
def test_a_run_that_fails_says_what_the_controller_says(
    args: tuple[str, ...], message: str, covered: str, run: Run
) -> None:
    status, out, err = run("go-template", *args, "--data", "parameters.yaml")

    assert (status, out) == (1, "")
    assert message in err
    if covered:
        _, line, underline, *_ = err.split("\n  |\n")[1].replace(" | ", "\n", 1).split("\n")
        assert underline.index("^") - 4 == line.index(covered)
        assert underline.count("^") == len(covered)


def test_an_open_token_is_named(run: Run) -> None:
    status, out, err = run("fasttemplate", "{{name}}-{{b", "--data", "parameters.yaml")

    assert (status, out) == (1, "")
    assert 'error: invalid template: Cannot find end tag="}}"' in err
    assert " --> template:1:10\n" in err


def test_what_nobody_can_know_is_named(run: Run) -> None:
    status, out, err = run("go-template", "{{now}}")

    assert (status, out) == (1, "")
    assert err.startswith("error: the result cannot be known: ")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("go-template", "x", "--data", "nope.yaml"), "`nope.yaml` cannot be read"),
        (("go-template", "x", "--data", "list.yaml"), "list.yaml: the parameters are a mapping of names to values"),
        (("go-template", "x", "--data", "broken.yaml"), "broken.yaml:1:"),
        (("go-template", "x", "--data", "parameters.yaml", "--string-map", "name"), "`name` is no map of texts"),
        (("go-template", "x", "--string-list", "a.b"), "`a.b` is no list of texts"),
        (("fasttemplate", "x", "--missingkey", "error"), "go with `go-template`"),
    ],
)
def test_a_wrong_use_is_refused(args: tuple[str, ...], message: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("[a]\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("{a: ]\n", encoding="utf-8")

    status, out, err = run(*args)

    assert (status, out) == (2, "")
    assert message in err
