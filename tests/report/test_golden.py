"""
The reports of one outcome that has everything, byte for byte.

`GOLDEN=write pytest tests/report/test_golden.py` writes the files anew and compares; read the diff.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from gitops_lint.findings import Outcome
from gitops_lint.report import ReportSettings, names, render

FOLDER = Path(__file__).parent.parent / "golden" / "report"
CASES = {
    **{name: (name, {}) for name in names()},
    "text-color": ("text", {"color": True, "links": True}),
    "text-narrow": ("text", {"width": 50, "max_per_rule": 1}),
    "sarif-suppressed": ("sarif", {"sarif_suppressed": True, "sarif_category": "prod"}),
}


@pytest.mark.parametrize("case", CASES)
def test_reports_are_as_written_down(case: str, outcome: Outcome, settings: ReportSettings) -> None:
    format, changed = CASES[case]
    text = render(format, outcome, replace(settings, **changed))
    file = FOLDER / f"{case}.txt"
    if os.environ.get("GOLDEN") == "write":
        FOLDER.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")

    assert file.read_text(encoding="utf-8") == text


def test_every_golden_file_is_of_a_case() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(CASES)
