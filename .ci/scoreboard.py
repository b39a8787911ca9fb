"""
The ratchet: what gitops-lint finds in the conformance cases never falls below `.ci/floors.toml`.

    .ci/scoreboard.py CONFORMANCE_FOLDER [CASES ...] [--only TEXT] [--show]

CONFORMANCE_FOLDER holds score.py, whose own judgement of a case is used; only the command is not started anew for each of
a thousand cases: it runs in this process and another one. Ends with 1 where an area is below one of its floors. Floors are
raised by hand and never lowered; what could be raised is printed.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import contextlib
import importlib.util
import io
import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

FLOORS = Path(__file__).parent / "floors.toml"
MEASURES = ("recall", "precision", "render")
NO_SUCH_COMMAND = "there is no such command"
"""What is answered for a command that gitops-lint does not have: nothing is rendered then, but nothing crashed either."""


@dataclass(frozen=True, slots=True)
class Score:
    """
    One area: counts of its cases.

    right, all: expected findings that were reported, and all expected ones. true, errors: reported errors that were
    expected, and all reported ones. rendered, renders: cases rendered as expected, and all that render. crashes: runs
    without an answer.
    """

    right: int
    all: int
    true: int
    errors: int
    rendered: int
    renders: int
    crashes: int

    def percent(self, measure: str) -> float | None:
        """One of MEASURES in percent, rounded down to a tenth; None where there is nothing to measure."""
        part, whole = {
            "recall": (self.right, self.all),
            "precision": (self.true, self.errors),
            "render": (self.rendered, self.renders),
        }[measure]
        return 1000 * part // whole / 10 if whole else None


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the score of every area with its floors.")
    parser.add_argument("conformance", type=Path, help="the folder of score.py")
    parser.add_argument("cases", type=Path, nargs="*", help="folders of cases (default: `cases` beside that folder)")
    parser.add_argument("--only", default="", help="only cases whose path holds this text; nothing is compared then")
    parser.add_argument("--show", action="store_true", help="print every miss, false alarm and crash")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every case's result there, as score.py does")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    score_file = given.conformance / "score.py"
    folders = given.cases or [given.conformance.parent / "cases"]
    files = sorted(file for folder in folders for file in folder.rglob("*.yaml") if given.only in str(file))
    cases = [str(file) for file in files if file.name != "vectors.yaml"]
    if not cases or not score_file.is_file():
        print(f"error: no cases in {', '.join(map(str, folders))}, or no {score_file}", file=sys.stderr)
        return 2
    with concurrent.futures.ProcessPoolExecutor(given.jobs, initializer=prepare, initargs=(str(score_file),)) as pool:
        results = [one for one in pool.map(score_of, cases, chunksize=8) if one is not None]
    if given.show:
        show(results)
    if given.json:
        given.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    scores = by_area(results)
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    below, text = compared(scores, {} if given.only or given.cases else floors)
    print(text)
    return 1 if below else 0


def by_area(results: Iterable[Mapping[str, Any]]) -> dict[str, Score]:
    """The results of cases, as score.py gives them, summed by area."""
    rows = collections.defaultdict(list)
    for one in results:
        rows[str(one["area"])].append(one)
    scores = {}
    for area, group in sorted(rows.items()):
        wanted = sum(one["wanted"] for one in group)
        true = sum(one["right"] for one in group)
        renders = [one["render"] for one in group if one["render"] is not None]
        scores[area] = Score(
            wanted - sum(len(one["missed"]) for one in group),
            wanted,
            true,
            true + sum(len(one["false"]) for one in group),
            sum(renders),
            len(renders),
            sum(bool(one["crash"]) and one["crash"] != NO_SUCH_COMMAND for one in group),
        )
    return scores


def compared(scores: Mapping[str, Score], floors: Mapping[str, Mapping[str, float]]) -> tuple[list[str], str]:
    """What lies below its floor, and a table of everything with what could be raised."""
    below: list[str] = []
    higher: list[str] = []
    lines = [f"{'area':14}" + "".join(f"{measure:>20}" for measure in MEASURES) + f"{'crashes':>10}"]
    for area, score in scores.items():
        cells = []
        for measure in MEASURES:
            figure, floor = score.percent(measure), floors.get(area, {}).get(measure)
            cells.append("-" if figure is None else f"{figure:.1f}" + ("" if floor is None else f" (>= {floor:.1f})"))
            if floor is not None and (figure is None or figure < floor):
                below.append(f"{area}: {measure} is {cells[-1].split()[0]}, its floor is {floor:.1f}")
            elif floors and figure is not None and figure > (floor or 0):
                higher.append(f"{area}: the floor of {measure} can be raised to {figure:.1f}")
        if score.crashes and floors:
            below.append(f"{area}: {score.crashes} runs gave no answer")
        lines.append(f"{area:14}" + "".join(f"{cell:>20}" for cell in cells) + f"{score.crashes:10}")
    below += [f"{area}: there are no cases any more" for area in floors if area not in scores]
    return below, "\n".join([*lines, *higher, *(f"BELOW THE FLOOR: {one}" for one in below)])


def show(results: Iterable[Mapping[str, Any]]) -> None:
    """Every miss, false alarm, wrong rendering and crash, one a line."""
    for one in results:
        for kind in ("missed", "false"):
            for line in one[kind]:
                print(f"{one['id']}: {kind}: {line}")
        if one["render"] is False:
            print(f"{one['id']}: render: not as expected")
        if one["crash"]:
            print(f"{one['id']}: crash: {one['crash']}")


_scoring: list[ModuleType] = []
"""score.py in a worker, once it is prepared."""


def prepare(score_file: str) -> None:
    """Loads score.py in this process, with the command run here instead of in a process of its own."""
    spec = importlib.util.spec_from_file_location("score", score_file)
    if spec is None or spec.loader is None:
        raise ImportError(score_file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["run"] = answer
    _scoring.append(module)
    keep_rules()


def keep_rules() -> None:
    """The rules that are built in are loaded once in this process, not again for every run."""
    from gitops_lint import pipeline
    from gitops_lint.policy.rulepack import RulePack

    load: Callable[..., RulePack] = vars(pipeline)["load_pack"]
    built_in: list[RulePack] = []

    def kept(folders: Sequence[str | Path] = (), **given: Any) -> RulePack:
        if folders:
            return load(folders, **given)
        if not built_in:
            built_in.append(load((), **given))
        return built_in[0]

    vars(pipeline)["load_pack"] = kept


def score_of(case: str) -> dict[str, Any] | None:
    """What score.py says of one case; None for a file that is none."""
    (module,) = _scoring
    result: dict[str, Any] | None = module.score(Path(case), ["gitops-lint"])
    return result


def answer(command: Sequence[str], folder: str) -> tuple[dict[str, Any] | None, str]:
    """In the place of score.py's `run`: the JSON that the command prints in that folder, or None and why there is none."""
    from gitops_lint.cli import COMMANDS
    from gitops_lint.cli import main as gitops_lint

    if command[1] not in COMMANDS:
        return None, NO_SUCH_COMMAND
    before = Path.cwd()
    output, errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            status = gitops_lint(command[1:])
    finally:
        os.chdir(before)
    output.seek(0)
    text = output.read()
    if status > 1:
        return None, f"exit {status}: {errors.getvalue().strip()[-300:]}"
    try:
        return json.loads(text), ""
    except ValueError:
        return None, f"no JSON on stdout: {(text + errors.getvalue()).strip()[-300:]}"


if __name__ == "__main__":
    sys.exit(main())
