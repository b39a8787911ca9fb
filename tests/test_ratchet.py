"""The ratchet of CI: no area of the conformance cases falls below its floors, and what can be raised is told."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ROOT / ".ci" / "floors.toml"


@pytest.fixture(scope="module")
def scoreboard() -> Any:
    specification = importlib.util.spec_from_file_location("scoreboard", ROOT / ".ci" / "scoreboard.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["scoreboard"] = module
    specification.loader.exec_module(module)
    return module


def result(area: str, **given: Any) -> dict[str, Any]:
    """What score.py says of one case."""
    return {
        "id": "a",
        "area": area,
        "wanted": 1,
        "missed": [],
        "false": [],
        "right": 1,
        "render": None,
        "crash": "",
        **given,
    }


def test_results_are_summed_by_area(scoreboard: Any) -> None:
    scores = scoreboard.by_area(
        [
            result("sync", wanted=2, missed=["x"]),
            result("sync", **{"false": ["y"]}),
            result("sync", render=False, crash="exit 3"),
            result("appset", render=True),
        ]
    )

    assert list(scores) == ["appset", "sync"]
    assert scores["sync"] == scoreboard.Score(right=3, all=4, true=3, errors=4, rendered=0, renders=1, crashes=1)
    assert scores["appset"].percent("render") == 100.0


@pytest.mark.parametrize(
    ("right", "all", "percent"), [(86, 88, 97.7), (2, 3, 66.6), (0, 5, 0.0), (5, 5, 100.0), (0, 0, None)]
)
def test_percentages_are_rounded_down(scoreboard: Any, right: int, all: int, percent: float | None) -> None:
    assert scoreboard.Score(right, all, 0, 0, 0, 0, 0).percent("recall") == percent


def score(scoreboard: Any, right: int, crashes: int = 0) -> Any:
    return scoreboard.Score(right, 100, 10, 10, 0, 0, crashes)


@pytest.mark.parametrize(
    ("right", "crashes", "below"),
    [
        (90, 0, []),
        (95, 0, []),
        (89, 0, ["sync: recall is 89.0, its floor is 90.0"]),
        (90, 2, ["sync: 2 runs gave no answer"]),
    ],
)
def test_an_area_below_its_floor_is_told(scoreboard: Any, right: int, crashes: int, below: list[str]) -> None:
    floors = {"sync": {"recall": 90.0, "precision": 100.0}}

    assert scoreboard.compared({"sync": score(scoreboard, right, crashes)}, floors)[0] == below


def test_a_floor_that_can_be_raised_is_told(scoreboard: Any) -> None:
    below, text = scoreboard.compared({"sync": score(scoreboard, 95)}, {"sync": {"recall": 90.0, "precision": 100.0}})

    assert below == []
    assert text.splitlines()[-1] == "sync: the floor of recall can be raised to 95.0"


def test_an_area_without_cases_is_below_its_floor(scoreboard: Any) -> None:
    assert scoreboard.compared({}, {"sync": {"recall": 90.0}})[0] == ["sync: there are no cases any more"]


def test_what_was_measured_cannot_vanish(scoreboard: Any) -> None:
    floors = {"sync": {"render": 50.0}}

    assert scoreboard.compared({"sync": score(scoreboard, 90)}, floors)[0] == ["sync: render is -, its floor is 50.0"]


def test_the_command_runs_in_this_process(scoreboard: Any, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, name: b}\n")
    (tmp_path / ".git").mkdir()
    told, why = scoreboard.answer(["gitops-lint", "check", "--format", "json", "."], str(tmp_path))

    assert ([one["rule"] for one in told["findings"]], why) == (["duplicate-key"], "")

    told, why = scoreboard.answer(["gitops-lint", "check", "--format", "none", "."], str(tmp_path))
    assert (told, why[:8]) == (None, "exit 2: ")

    assert scoreboard.answer(["gitops-lint", "dance", "."], str(tmp_path)) == (None, scoreboard.NO_SUCH_COMMAND)


def test_a_command_that_is_not_there_is_no_crash(scoreboard: Any) -> None:
    (one,) = scoreboard.by_area([result("sync", render=False, crash=scoreboard.NO_SUCH_COMMAND)]).values()

    assert (one.crashes, one.percent("render")) == (0, 0.0)


def test_floors_are_percentages_of_known_measures(scoreboard: Any) -> None:
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))

    assert floors
    for measures in floors.values():
        assert set(measures) <= set(scoreboard.MEASURES)
        assert all(0 <= floor <= 100 for floor in measures.values())
