"""The line that says how far a run is: who sees it, when, and that nothing of it stays."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from gitops_lint.cli import progress as module
from gitops_lint.cli.progress import DELAY, ProgressLine, progress, wanted
from gitops_lint.options import Options
from gitops_lint.pipeline import run
from gitops_lint.progress import told_of

CLEAR = "\r\x1b[2K"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(Terminal):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise OSError("gone")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def line(width: int = 80) -> tuple[ProgressLine, Terminal, Clock]:
    terminal, clock = Terminal(), Clock()
    return ProgressLine(terminal, width, clock), terminal, clock


def test_a_short_run_shows_nothing() -> None:
    shown, terminal, clock = line()
    clock.now += DELAY - 0.01
    shown("reading files", 900, 1000)
    shown.clear()

    assert terminal.getvalue() == ""


def test_a_long_run_shows_how_far_it_is_on_one_line() -> None:
    shown, terminal, clock = line()
    clock.now += DELAY
    shown("reading files", 12, 4000)
    clock.now += 0.5
    shown("asking rules", 3, 0)
    clock.now += 0.5
    shown("writing", 0, 0)

    assert terminal.getvalue() == f"{CLEAR}reading files 12/4000{CLEAR}asking rules 3{CLEAR}writing"


def test_it_is_not_rewritten_for_every_file() -> None:
    shown, terminal, clock = line()
    clock.now += DELAY
    for done in range(1000):
        shown("reading files", done, 1000)
        clock.now += 0.001

    assert terminal.getvalue().count(CLEAR) in (9, 10, 11)


def test_it_is_gone_once_there_is_something_to_read() -> None:
    shown, terminal, clock = line()
    clock.now += DELAY
    shown("reading files", 1, 2)
    shown.clear()
    shown.clear()

    assert terminal.getvalue().endswith(f"1/2{CLEAR}")


def test_it_never_takes_a_second_line() -> None:
    shown, terminal, clock = line(width=10)
    clock.now += DELAY
    shown("reading files", 12, 4000)

    assert terminal.getvalue() == f"{CLEAR}reading f"


def test_a_terminal_that_has_gone_ends_nothing() -> None:
    clock = Clock()
    shown = ProgressLine(Gone(), 80, clock)
    clock.now += DELAY
    shown("reading files", 1, 2)
    clock.now += 1
    shown("reading files", 2, 2)
    shown.clear()


@pytest.mark.parametrize(
    ("stream", "environment", "quiet", "expected"),
    [
        (Terminal(), {}, False, True),
        (Terminal(), {"TERM": "xterm", "CI": ""}, False, True),
        (Terminal(), {}, True, False),
        (Terminal(), {"CI": "true"}, False, False),
        (Terminal(), {"TERM": "dumb"}, False, False),
        (io.StringIO(), {}, False, False),
    ],
)
def test_only_a_person_at_a_terminal_sees_it(
    stream: io.StringIO, environment: Mapping[str, str], quiet: bool, expected: bool
) -> None:
    assert wanted(stream, environment, quiet=quiet) == expected


def test_the_line_is_gone_when_a_run_ends_by_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(module, "DELAY", 0.0)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")

    def run() -> None:
        with progress(quiet=False) as told:
            assert told is not None
            told("reading files", 1, 2)
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        run()

    assert terminal.getvalue() == f"{CLEAR}reading files 1/2{CLEAR}"


def test_where_nobody_looks_there_is_nothing_to_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    with progress(quiet=False) as told:
        assert told is None


def test_the_pipeline_tells_how_many_are_done() -> None:
    heard: list[tuple[str, int, int]] = []
    tell = told_of(lambda *given: heard.append(given), "reading files", 5)
    tell(2)
    tell(3)
    told_of(None, "reading files", 5)(1)

    assert heard == [("reading files", 0, 5), ("reading files", 2, 5), ("reading files", 5, 5)]


def test_a_run_tells_of_every_file(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("kind: Service\napiVersion: v1\nmetadata: {name: a}\n")
    heard: list[tuple[str, int, int]] = []
    run([str(tmp_path)], Options(progress=lambda *given: heard.append(given)))

    assert ("reading files", 2, 2) in heard
    assert Options(progress=lambda *given: None) == Options()
