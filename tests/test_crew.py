"""Worker processes: the same report for any number of them, however they start, and also when one dies."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_lint import crew, pipeline
from gitops_lint.examine import Examined
from gitops_lint.findings import Outcome
from gitops_lint.options import Options
from gitops_lint.repo import discover

Run = Callable[[int], Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs over some files that name each other, with so many workers."""
    for number in range(12):
        folder = tmp_path / f"app{number}"
        folder.mkdir()
        (folder / "kustomization.yaml").write_text("resources:\n  - deployment.yaml\n  - gone.yaml\n")
        (folder / "deployment.yaml").write_text(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: two\n"
            "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
            "    spec: {containers: [{name: web, image: 'nginx:1.27', envFrom: [{configMapRef: {name: absent}}]}]}\n"
        )
    # a few files are worth no worker outside of tests
    monkeypatch.setattr(crew, "ENOUGH", 1)
    monkeypatch.setattr(crew, "_CHUNK", 1000)
    return lambda jobs: pipeline.run([str(tmp_path)], Options(root=str(tmp_path), jobs=jobs))


def test_any_number_of_workers_says_the_same(run: Run) -> None:
    alone = run(1)

    assert len({one.rule for one in alone.findings}) > 1
    assert alone == run(2)
    assert alone == run(3)


def test_workers_that_start_from_nothing_say_the_same(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run(1)
    monkeypatch.setattr(threading, "active_count", lambda: 2)  # then none is forked

    assert alone == run(2)


def test_the_part_of_a_worker_that_dies_is_done_here(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run(1)
    here = os.getpid()
    judge = crew.Examiner.judge

    def dying(examiner: crew.Examiner, loaded: object) -> object:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return judge(examiner, loaded)  # type: ignore[arg-type]

    monkeypatch.setattr(crew.Examiner, "judge", dying)

    assert alone == run(2)


def test_a_file_that_changes_while_it_is_checked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first content is examined; when the rules that look across files ask again, it is another."""
    monkeypatch.setattr(discover, "KEPT_BYTES", 0)
    monkeypatch.setattr(crew.Crew, "_examine_here", _forgetting(crew.Crew._examine_here, tmp_path))
    (tmp_path / "kustomization.yaml").write_text("resources:\n  - gone.yaml\n")
    outcome = pipeline.run([str(tmp_path)], Options(root=str(tmp_path)))

    assert [(one.rule, one.message) for one in outcome.findings] == [
        (
            "unread-file",
            "`kustomization.yaml` changed while it was checked, so what is said of it may be neither old nor new",
        )
    ]
    assert not outcome.crashed


def _forgetting(examine: Callable[..., Examined], root: Path) -> Callable[..., Examined]:
    def examined(self: crew.Crew, *given: object) -> Examined:
        found = examine(self, *given)
        self.loader = crew.Loader(self.tree, self._roles.of)
        (root / "kustomization.yaml").write_text("a: 1\n")
        return found

    return examined
