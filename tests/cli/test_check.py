"""The command line of `check`: flags, outputs and exit statuses, with a pipeline that answers what a test wants."""

from __future__ import annotations

import datetime
import gc
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import gitops_lint
from gitops_lint.cli import main
from gitops_lint.cli.output import Output, colors, outputs
from gitops_lint.errors import ConfigurationError, UsageError
from gitops_lint.findings import Finding, Outcome, Region, Severity, Taken
from gitops_lint.options import Options, StandardInput

TEXT = "a: 1\nb: 2\n"
ERROR = Finding("a-rule", "yaml", "correctness", Severity.ERROR, "high", "m", Region("a.yaml", 3, 4, 1, 4, 1, 5))
WARNING = replace(ERROR, severity=Severity.WARNING, region=replace(ERROR.region, line=2, end_line=2))
INFO = replace(ERROR, severity=Severity.INFO)
CLEAN = Outcome((), files=2, resources=1, sources={"a.yaml": TEXT})


class Pipeline:
    """Stands for the real one: keeps what it was asked and answers with an outcome, or raises."""

    def __init__(self) -> None:
        self.answer: Outcome | BaseException = CLEAN
        self.paths: Sequence[str] = ()
        self.options = Options()
        self.runs = 0

    def run(self, paths: Sequence[str], options: Options) -> Outcome:
        self.paths, self.options, self.runs = paths, options, self.runs + 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        fail_on = options.fail_on if options.fail_on is not None else self.answer.fail_on
        return replace(self.answer, fail_on=fail_on)

    def files(self, paths: Sequence[str], options: Options) -> list[str]:
        self.paths, self.options = paths, options
        return ["a.yaml", "odd\x1b.yaml"]


@pytest.fixture(autouse=True)
def pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Pipeline]:
    fake = Pipeline()
    module = SimpleNamespace(run=fake.run, files=fake.files)
    monkeypatch.setitem(sys.modules, "gitops_lint.pipeline", module)
    monkeypatch.setattr(gitops_lint, "pipeline", module, raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS", "CI", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    threshold = gc.get_threshold()
    yield fake
    gc.set_threshold(*threshold)
    gc.unfreeze()


def outcome(*findings: Finding, crashed: bool = False, fail_on: Severity | None = Severity.ERROR) -> Outcome:
    return replace(CLEAN, findings=findings, crashed=crashed, fail_on=fail_on)


# ---- exit status


@pytest.mark.parametrize(
    ("answer", "flags", "status"),
    [
        (CLEAN, [], 0),
        (outcome(ERROR), [], 1),
        (outcome(WARNING), [], 0),
        (outcome(WARNING), ["--fail-on", "warning"], 1),
        (outcome(INFO), ["--fail-on", "warning"], 0),
        (outcome(INFO), ["--fail-on", "info"], 1),
        (outcome(WARNING, fail_on=Severity.WARNING), [], 1),
        (outcome(WARNING, fail_on=Severity.WARNING), ["--fail-on", "error"], 0),
        (outcome(ERROR, fail_on=None), [], 0),
        (outcome(ERROR), ["--exit-zero"], 0),
        (outcome(ERROR), ["--min-severity", "error"], 1),
        (outcome(WARNING), ["--min-severity", "error", "--fail-on", "warning"], 1),
        (outcome(ERROR, crashed=True), [], 3),
        (outcome(crashed=True), ["--exit-zero"], 3),
        (replace(CLEAN, resources=0), [], 0),
        (replace(CLEAN, resources=0), ["--require-resources"], 2),
        (replace(outcome(ERROR), resources=0), ["--require-resources", "--exit-zero"], 2),
        (ConfigurationError("no such key"), [], 2),
        (UsageError("no such path"), [], 2),
        (KeyError("x"), [], 3),
        (RecursionError("deep"), [], 3),
        (MemoryError(), [], 3),
        (KeyboardInterrupt(), [], 130),
    ],
)
@pytest.mark.parametrize("format", ["text", "json", "sarif", "github"])
def test_the_exit_status_is_the_same_in_every_format(
    answer: Outcome | BaseException, flags: list[str], status: int, format: str, pipeline: Pipeline
) -> None:
    pipeline.answer = answer

    assert status == main(["check", "-f", format, *flags])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["check", "--no-such-flag"], "No such option"),
        (["--no-such-flag"], "No such option"),
        (["check", "--fail-on", "fatal"], "'fatal' is not one of"),
        (["check", "-j", "0"], "0 is not in the range"),
        (["check", "-f", "xml"], "`xml` is not a format; there are: checkstyle, concise, github, gitlab"),
        (["check", "-f", "json="], "`--format json=` names no file"),
        (["check", "-f", "json", "-f", "sarif"], "several reports would go to standard output"),
        (["check", "-f", "json=x", "-f", "sarif=x"], "several reports would go to `x`"),
        (["check", "-f", "json=x", "-o", "y"], "`--output-file` goes with a single format"),
        (["check", "-f", "json=no/such/x"], "its folder does not exist"),
        (["check", "--target", "argo-cd"], "is not PRODUCT=VERSION"),
        (["check", "-", "a.yaml"], "`-` (standard input) cannot be combined"),
        (["check", "--stdin-filename", "a.yaml"], "`--stdin-filename` goes with the path `-`"),
    ],
)
def test_wrong_usage_says_why_and_nothing_is_checked(
    args: list[str], words: str, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(args) == 2
    told = capsys.readouterr()
    assert words in " ".join(told.err.split())
    assert told.out == ""
    assert pipeline.runs == 0


def test_an_error_is_told_with_its_place_and_cure(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.answer = ConfigurationError(
        "`selct` is no key", file=".gitops-lint.yaml", line=3, column=1, help="write `select`"
    )

    assert main([]) == 2
    assert capsys.readouterr().err == "error: .gitops-lint.yaml:3:1: `selct` is no key\n  help: write `select`\n"


@pytest.mark.parametrize(
    ("args", "traceback"),
    [
        (["check"], False),
        (["check", "--traceback"], True),
        (["--traceback", "."], True),
        (["--", "--traceback"], False),
    ],
)
def test_an_internal_error_asks_for_a_report(
    args: list[str], traceback: bool, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.answer = KeyError("lost")

    assert main(args) == 3
    told = capsys.readouterr().err
    assert "internal error: KeyError: 'lost'\n  This is a defect in gitops-lint" in told
    assert ("Traceback (most recent call last)" in told) is traceback


# ---- which command


@pytest.mark.parametrize(
    ("args", "paths"),
    [
        ([], (".",)),
        (["."], (".",)),
        (["check"], (".",)),
        (["check", "a", "b"], ("a", "b")),
        (["apps/a.yaml", "-q"], ("apps/a.yaml",)),
        (["-q", "apps"], ("apps",)),
        (["--exit-zero"], (".",)),
        (["check", "check"], ("check",)),
        (["./rules"], ("./rules",)),
        (["--", "-odd"], ("-odd",)),
    ],
)
def test_without_a_command_paths_are_checked(args: list[str], paths: tuple[str, ...], pipeline: Pipeline) -> None:
    assert main(args) == 0
    assert paths == pipeline.paths


def test_a_mistyped_command_is_not_taken_for_a_path(
    pipeline: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["chekc"]) == 2
    assert capsys.readouterr().err == "error: `chekc` is neither a command nor a path; did you mean `check`?\n"
    (tmp_path / "chekc").mkdir()
    assert main(["chekc"]) == 0


def test_a_shell_is_told_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("_GITOPS_LINT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "gitops-lint ch")
    monkeypatch.setenv("COMP_CWORD", "1")

    assert main([]) == 0
    assert capsys.readouterr().out == "file,ch\nplain,check\n"


@pytest.mark.parametrize("flag", ["--version", "--help", "-h"])
def test_version_and_help_run_nothing(flag: str, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([flag]) == 0
    assert "gitops-lint" in capsys.readouterr().out
    assert pipeline.runs == 0


def test_the_version_is_told_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--version"])

    assert capsys.readouterr().out == f"gitops-lint {gitops_lint.__version__}\n"


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(flag: str) -> None:
    code = f"import sys; from gitops_lint.cli import main; main(['{flag}']); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())

    heavy = {
        "lark",
        "jsonschema",
        "jsonschema_rs",
        "lupa",
        "sarif_om",
        "yaml",
        "rich",
        "gitops_lint.findings",
        "gitops_lint.config",
    }
    assert loaded & heavy == set()


# ---- flags to options


def test_flags_become_options(pipeline: Pipeline) -> None:
    flags = (
        "--select a,b --select rollout --ignore c --extend-select group:practice --profile strict --fail-on info"
        " --config c.yaml --isolated --root .. --rules p --rules q --target argo-cd=2.13 --target argo-rollouts=1.8"
        " --schema-location s --no-suppressions -j 3 --no-cache --cache-dir kept --offline apps"
    )
    main(["check", *flags.split()])

    assert pipeline.options == Options(
        select=("a", "b", "rollout"),
        ignore=("c",),
        extend_select=("group:practice",),
        profile="strict",
        fail_on=Severity.INFO,
        config="c.yaml",
        isolated=True,
        root="..",
        rule_folders=("p", "q"),
        targets={"argo-cd": "2.13", "argo-rollouts": "1.8"},
        schema_locations=("s",),
        suppressions=False,
        jobs=3,
        cache=False,
        cache_dir="kept",
        today=datetime.date.today(),
    )


def test_without_flags_the_configuration_decides(pipeline: Pipeline) -> None:
    main([])

    assert pipeline.options == Options(today=datetime.date.today(), jobs=0, cache=True)


@pytest.mark.parametrize(
    ("args", "file"), [(["-"], "stdin.yaml"), (["check", "-", "--stdin-filename", "apps/a.yaml"], "apps/a.yaml")]
)
def test_standard_input_stands_for_a_file(
    args: list[str], file: str, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: \xff\n")))

    assert main(args) == 0
    assert pipeline.options.stdin == StandardInput(file, b"a: \xff\n")
    assert pipeline.paths == (file,)


def test_show_files_lists_and_stops(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-files", "apps"]) == 0
    assert capsys.readouterr().out == "a.yaml\nodd␛.yaml\n"
    assert (pipeline.paths, pipeline.runs) == (("apps",), 0)


def test_the_collector_looks_less_often(pipeline: Pipeline) -> None:
    main([])

    assert gc.get_threshold()[0] == 50_000
    assert gc.get_freeze_count() > 0


# ---- outputs


def test_several_reports_go_to_several_places(
    pipeline: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.answer = outcome(ERROR)

    assert main(["-f", "concise", "-f", "json=out.json", "-f", "sarif=out.sarif"]) == 1
    assert capsys.readouterr().out == "a.yaml:1:4: error[a-rule] m\n"
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["errors"] == 1
    assert json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"][0]["ruleId"] == "a-rule"


def test_one_report_goes_to_the_output_file(
    pipeline: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.answer = outcome(ERROR)

    assert main(["-f", "json", "-o", "out.json"]) == 1
    assert capsys.readouterr().out == ""
    assert json.loads((tmp_path / "out.json").read_text())["version"] == 1


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_machine_formats_write_nothing_else_to_standard_output(
    format: str, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    pipeline.answer = replace(outcome(ERROR), resources=0, warnings=("odd",), details=("used x",))

    main(["-f", format, "-v"])
    told = capsys.readouterr()
    json.loads(told.out)
    assert told.err == "warning: odd\nused x\nwarning: no Kubernetes, Argo CD or Harness resource was found\n"


@pytest.mark.parametrize(
    ("flags", "expected"),
    [([], "warning: odd\n"), (["-v"], "warning: odd\nused x\n"), (["-q"], "")],
)
def test_the_tools_own_words_go_to_standard_error(
    flags: list[str], expected: str, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.answer = replace(CLEAN, warnings=("odd",), details=("used x",))

    main(flags)
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize("format", ["text", "concise"])
def test_a_github_runner_gets_annotations_too(
    format: str, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    pipeline.answer = outcome(ERROR)

    main(["-f", format])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "::error file=a.yaml,line=1,col=4,endLine=1,endColumn=5,title=a-rule::m"
    assert any("error[a-rule]" in line for line in lines[:-1])


def test_a_file_gets_no_annotations(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    pipeline.answer = outcome(ERROR)

    main(["-o", "out.txt"])
    assert "::error" not in (tmp_path / "out.txt").read_text(encoding="utf-8")


def test_min_severity_hides_and_counts(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.answer = outcome(INFO, WARNING, ERROR)

    main(["--min-severity", "warning"])
    assert capsys.readouterr().out.splitlines()[-1] == "1 error, 1 warning (1 below --min-severity)"


def test_a_secret_stays_masked_when_its_finding_is_hidden(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden = replace(INFO, region=replace(INFO.region, secret=True))
    pipeline.answer = outcome(
        hidden, replace(ERROR, region=replace(ERROR.region, start=0, end=1, column=1, end_column=2))
    )

    main(["--min-severity", "error"])
    assert "1 | a: ••••\n" in capsys.readouterr().out


def test_sarif_flags_reach_the_report(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.answer = replace(outcome(ERROR), suppressed=(Taken(WARNING, "why"),))

    main(["-f", "sarif", "--sarif-suppressed", "--sarif-category", "prod/"])
    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert run["automationDetails"]["id"] == "prod/"
    assert [one["suppressions"] for one in run["results"]] == [[], [{"kind": "inSource", "justification": "why"}]]


@pytest.mark.parametrize(
    ("flags", "environment", "expected"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colors_follow_the_flag_and_the_environment(
    flags: list[str],
    environment: dict[str, str],
    expected: bool,
    pipeline: Pipeline,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    pipeline.answer = outcome(ERROR)

    main(flags)
    assert ("\x1b[" in capsys.readouterr().out) is expected


@pytest.mark.parametrize(
    ("environment", "terminal", "expected"),
    [
        ({}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"CLICOLOR_FORCE": "0"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "3"}, False, True),
    ],
)
def test_a_terminal_has_colors(environment: dict[str, str], terminal: bool, expected: bool) -> None:
    assert colors("auto", environment, terminal) is expected


@pytest.mark.parametrize(
    ("formats", "file", "expected"),
    [
        ([], None, [Output("text")]),
        ([], "x", [Output("text", "x")]),
        (["json"], "-", [Output("json")]),
        (["json=-", "sarif=a=b"], None, [Output("json"), Output("sarif", "a=b")]),
    ],
)
def test_formats_and_files(formats: list[str], file: str | None, expected: list[Output]) -> None:
    assert expected == outputs(formats, file)


def test_a_file_that_cannot_be_written_is_wrong_usage(
    pipeline: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()

    assert main(["-f", "json=folder"]) == 2
    assert "`folder` cannot be written" in capsys.readouterr().err


DRIVER = """
import sys, types, gitops_lint
from gitops_lint.findings import Finding, Outcome, Region, Severity
one = Finding("a-rule", "yaml", "correctness", Severity.ERROR, "high", "m\\u00fc", Region("a.yaml", 0, 1, 1, 1, 1, 2))
fake = types.SimpleNamespace(run=lambda paths, options: Outcome((one,) * 5000, resources=1))
sys.modules["gitops_lint.pipeline"] = gitops_lint.pipeline = fake
from gitops_lint.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_reader_that_has_gone_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, "-f", "concise"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()

    assert (told, process.returncode) == (b"", 1)


def test_a_terminal_without_the_characters_gets_escapes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, "-f", "concise"],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
    )

    assert done.stdout.splitlines()[0] == b"a.yaml:1:1: error[a-rule] m\\xfc"
    assert done.returncode == 1
