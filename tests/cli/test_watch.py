"""`--watch`: when it runs again, what counts as a change, and how it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitops_lint.cli import main
from gitops_lint.cli.watch import PAUSE, SETTLED, Files, watch
from gitops_lint.options import Options

pty = pytest.importorskip("pty")
RIGHT = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n"


class OverError(Exception):
    """Ends a watch that would go on for ever."""


def watched(*looks: dict[str, tuple[int, int, int]], takes: float = 0.0) -> list[str]:
    """What `watch` did while it saw these, one after the other: `run`, and how long it waited."""
    did: list[str] = []
    rest = iter(looks)
    now = [0.0]

    def look() -> dict[str, tuple[int, int, int]]:
        now[0] += takes
        try:
            return next(rest)
        except StopIteration:
            raise OverError from None

    with pytest.raises(OverError):
        watch(lambda: did.append("run"), look, lambda seconds: did.append(f"{seconds:g}"), lambda: now[0])
    return did


A, B, C = ({"a.yaml": (time, 1, 1)} for time in (1, 2, 3))
WAIT, SETTLE = f"{PAUSE:g}", f"{SETTLED:g}"


def test_nothing_runs_while_nothing_changes() -> None:
    assert watched(A, A, A, A) == ["run", WAIT, WAIT, WAIT]


def test_a_change_is_followed_by_a_run() -> None:
    assert watched(A, A, B, B, B) == ["run", WAIT, SETTLE, "run"]


def test_a_run_begins_when_the_changes_are_over() -> None:
    assert watched(A, B, C, C, C, C) == ["run", SETTLE, SETTLE, "run", WAIT]


def test_a_change_during_the_run_counts() -> None:
    # seen before the run: A; at the first look after it: B
    assert watched(A, B, B, B, B) == ["run", SETTLE, "run", WAIT]


def test_a_file_that_came_or_went_is_a_change() -> None:
    assert watched(A, {}, {}, {}, A, A, A) == ["run", SETTLE, "run", SETTLE, "run"]


def test_where_looking_takes_long_it_is_done_more_seldom() -> None:
    assert watched(A, A, A, takes=0.2) == ["run", "2", "2"]


# ---- which files


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "gitops"
    (root / ".git").mkdir(parents=True)
    (root / "a.yaml").write_text(RIGHT)
    (root / ".gitignore").write_text("ignored/\n")
    for folder in ("ignored", "vendor", "policies"):
        (root / folder).mkdir()
    (tmp_path / "charts").mkdir()
    (root / ".gitops-lint.yaml").write_text("exclude: [vendor/]\nrepositories: {https://x.example/charts: ../charts}\n")
    (tmp_path / "rules" / "area").mkdir(parents=True)
    (tmp_path / "rules" / "area" / "mine.rule").write_text("")
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("a.yaml", True),
        ("new/b.yaml", True),
        (".gitignore", True),
        (".gitops-lint.yaml", True),
        ("../rules/area/mine.rule", True),
        ("../rules/area/notes.txt", False),
        ("../charts/values.yaml", True),
        ("ignored/b.yaml", False),
        ("vendor/b.yaml", False),
        (".git/index", False),
        ("report.json", False),
        ("../elsewhere.yaml", False),
    ],
)
def test_what_a_run_depends_on_counts_and_nothing_else(file: str, counts: bool, repository: Path) -> None:
    files = Files(["."], Options(rule_folders=("../rules",)), ["report.json"])
    before = files.look()
    (repository / file).parent.mkdir(exist_ok=True)
    with (repository / file).open("a") as stream:
        stream.write("# more\n")

    assert (files.look() != before) == counts


def test_a_file_of_the_same_size_that_took_the_place_of_another_counts(repository: Path) -> None:
    files = Files(["."], Options(), [])
    before = files.look()
    was = (repository / "a.yaml").stat()
    (repository / "new").write_text("x" * was.st_size)
    os.utime(repository / "new", ns=(was.st_atime_ns, was.st_mtime_ns))
    (repository / "new").replace(repository / "a.yaml")

    assert files.look() != before


def test_a_configuration_that_is_half_written_ends_nothing(repository: Path) -> None:
    files = Files(["."], Options(), [])
    before = files.look()
    (repository / ".gitops-lint.yaml").write_text("exclude: [")

    assert set(files.look()) == set(before)


# ---- the command


@pytest.mark.parametrize("other", ["-", "--fix", "--diff", "--write-baseline"])
def test_it_goes_with_nothing_that_reads_once_or_writes(other: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--watch", other]) == 2
    assert f"it does not go with `{other}`" in capsys.readouterr().err


def _may_be_interrupted() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def terminal(repository: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command with a terminal, of which the other end is read here."""
    mine, other = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "gitops_lint", "-w", "--isolated", "--format", "concise", "--color", "never"],
        stdin=other,
        stdout=other,
        stderr=other,
        cwd=repository,
        env={**kept, "TERM": "xterm"},
        start_new_session=True,
        # a shell that runs the tests in the background has interruptions ignored, which children inherit
        preexec_fn=_may_be_interrupted,
    )
    os.close(other)
    yield process, mine
    process.kill()
    process.wait()
    os.close(mine)


def read_until(terminal: int, text: str) -> str:
    found, end = "", time.monotonic() + 60
    while text not in found:
        assert time.monotonic() < end, found
        if select.select([terminal], [], [], 1)[0]:
            found += os.read(terminal, 4096).decode()
    return found


def rest_of(terminal: int) -> str:
    """What is left to read; Linux raises where the other end is closed."""
    try:
        return os.read(terminal, 4096).decode() if select.select([terminal], [], [], 0.2)[0] else ""
    except OSError:
        return ""


def test_it_runs_again_on_an_empty_screen_and_ends_with_an_interruption(
    terminal: tuple[subprocess.Popen[bytes], int], repository: Path
) -> None:
    process, screen = terminal
    first = read_until(screen, "Ctrl-C ends\r\n")
    (repository / "a.yaml").write_text(RIGHT.replace("selector", "selectors"))
    second = read_until(screen, "Ctrl-C ends\r\n")
    process.send_signal(signal.SIGINT)

    assert "unknown-field" not in first
    assert second.startswith("\x1b[2J\x1b[3J\x1b[H")
    assert "a.yaml:6:3: error[unknown-field]" in second
    assert process.wait(timeout=30) == 130
    assert "Traceback" not in rest_of(screen)
