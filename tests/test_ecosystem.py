"""Two versions of gitops-lint on the same repositories: what came, what went, what is told in another way."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.differences import Answer, Comparison, Said, as_markdown, as_text, by_rule, findings_of
from benchmarks.ecosystem import Wanted, folders, read_list, version
from benchmarks.processes import ProgramError
from gitops_lint import check
from gitops_lint.report import ReportSettings, render

ROOT = Path(__file__).parent.parent
SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selectors:
    app: web
  selectors:
    app: web
"""


def said(fingerprint: str, message: str = "`a` is no field", severity: str = "error", line: int = 4) -> Said:
    return Said(fingerprint, "unknown-field", severity, f"apps/web.yaml:{line}:3", message)


def answer(*findings: Said, seconds: float = 2.0, failure: str = "", crashed: bool = False) -> Answer:
    return Answer({one.fingerprint: one for one in findings}, seconds, failure, crashed)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [said("1")], [("+", "apps/web.yaml:4:3", "error: `a` is no field", "")]),
        ([said("1")], [], [("-", "apps/web.yaml:4:3", "error: `a` is no field", "")]),
        ([said("1")], [said("1", line=9)], []),
        (
            [said("1")],
            [said("1", "`a` is not a field", "warning")],
            [("~", "apps/web.yaml:4:3", "warning: `a` is not a field", "error: `a` is no field")],
        ),
        (
            [said("2", line=10), said("1", line=9)],
            [],
            [
                ("-", "apps/web.yaml:9:3", "error: `a` is no field", ""),
                ("-", "apps/web.yaml:10:3", "error: `a` is no field", ""),
            ],
        ),
    ],
)
def test_a_finding_is_the_same_where_its_fingerprint_is(
    old: list[Said], new: list[Said], expected: list[tuple[str, str, str, str]]
) -> None:
    found = Comparison("org/one", answer(*old), answer(*new)).differences

    assert [(one.sort, one.place, one.words, one.before) for one in found] == expected


def test_nothing_is_compared_where_a_version_gave_no_report() -> None:
    failed = Comparison("org/one", answer(said("1")), answer(failure="ended with 2"))

    assert failed.differences == []
    assert failed.worse
    assert not Comparison("org/one", answer(failure="ended with 2"), answer(failure="ended with 2")).worse
    assert Comparison("org/one", answer(), answer(crashed=True)).worse


def test_the_text_groups_by_rule_and_ends_with_sums() -> None:
    comparisons = [
        Comparison("org/one", answer(said("1"), seconds=2), answer(said("2", line=8), said("3", line=9), seconds=3)),
        Comparison("org/two", answer(seconds=1), answer(seconds=1)),
    ]

    assert as_text(comparisons, most=2).splitlines() == [
        "unknown-field: 2 came, 1 went",
        "- org/one apps/web.yaml:4:3 error: `a` is no field",
        "+ org/one apps/web.yaml:8:3 error: `a` is no field",
        "  and 1 more",
        "",
        "org/one: 1 → 2 findings, 2.0 s → 3.0 s (1.50 times)",
        "org/two: 0 → 0 findings, 1.0 s → 1.0 s (1.00 times)",
        "2 repositories: 2 came, 1 went; 3.0 s → 4.0 s (1.33 times)",
    ]
    assert list(by_rule(comparisons)) == ["unknown-field"]


def test_words_of_a_repository_stay_inside_their_block_of_markdown() -> None:
    hostile = said("1", "```\n</details> @everybody ``` is no field")
    page = as_markdown([Comparison("org/one", answer(), answer(hostile))], most=0)
    fence = "`" * 6

    assert (
        page.count(
            f"\n{fence}diff\n+ org/one apps/web.yaml:4:3 error: ``` </details> @everybody ``` is no field\n{fence}\n"
        )
        == 1
    )


def test_a_list_names_repositories_and_commits(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# a list\n\norg/one abc  # first\n")

    assert read_list(tmp_path / "list.txt") == [Wanted("org/one", "abc")]
    assert all(len(one.commit) == 40 for one in read_list(ROOT / "benchmarks" / "repositories.txt"))

    (tmp_path / "list.txt").write_text("one abc\n")
    with pytest.raises(ProgramError, match=r"list.txt:1: `one abc` is not OWNER/NAME COMMIT"):
        read_list(tmp_path / "list.txt")


def test_repositories_are_found_in_a_folder_under_either_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "org+one").mkdir()
    (tmp_path / "org" / "two").mkdir(parents=True)
    wanted = [Wanted(f"org/{name}", "abc") for name in ("one", "two", "three")]

    assert list(folders(wanted, tmp_path, tmp_path)) == [
        ("org/one", tmp_path / "org+one"),
        ("org/two", tmp_path / "org" / "two"),
    ]
    assert capsys.readouterr().err == f"org/three is not in {tmp_path}\n"


def test_a_ref_is_unpacked_and_a_checkout_is_used_as_it_is(tmp_path: Path) -> None:
    checkout = version(str(ROOT), "--ignore unknown-field", tmp_path / "old")

    assert checkout.environment["PYTHONPATH"].startswith(str(ROOT))
    assert checkout.flags == ("--ignore", "unknown-field")
    assert version("command:gitops-lint -v", "", tmp_path).command == ("gitops-lint", "-v")
    with pytest.raises(ProgramError):
        version("no-such-ref", "", tmp_path / "new")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a checkout with its history is needed")
def test_a_git_ref_is_a_version(tmp_path: Path) -> None:
    version("HEAD", "", tmp_path / "old")

    assert (tmp_path / "old" / "gitops_lint" / "__main__.py").is_file()
    assert (tmp_path / "old" / "rules").is_dir()


def test_two_configurations_are_compared_on_a_repository(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("org/one abc\n")
    (tmp_path / "org+one" / ".git").mkdir(parents=True)
    (tmp_path / "org+one" / "web.yaml").write_text(SERVICE)
    done = run(
        ROOT,
        "--old-flags=--ignore unknown-field",
        "--new-flags=--ignore duplicate-key",
        f"--repositories={tmp_path / 'list.txt'}",
        f"--found-in={tmp_path}",
        f"--markdown={tmp_path / 'comment.md'}",
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith(("+", "-", "~"))]

    assert (done.returncode, done.stderr) == (0, "org/one …\n")
    assert lines == [
        "- org/one web.yaml:8:3 warning: key `selectors` is written twice in this mapping; only the last value counts",
        "+ org/one web.yaml:8:3 error: `selectors` is not a field of `spec`; did you mean `selector`?",
    ]
    assert "<code>duplicate-key</code>: 1 went" in (tmp_path / "comment.md").read_text(encoding="utf-8")


def run(checkout: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = f"command:{shlex.quote(sys.executable)} -m gitops_lint"
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.ecosystem", command, command, *flags],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_json_report_gives_findings_by_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(SERVICE)
    (tmp_path / ".git").mkdir()
    outcome = check(tmp_path)
    report: Mapping[str, object] = json.loads(render("json", outcome, ReportSettings()))
    found = findings_of(report)

    assert {key: one.rule for key, one in found.items()} == {one.fingerprint: one.rule for one in outcome.findings}
