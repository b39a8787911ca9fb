"""docs/performance.md holds the tables of the last full measurement between two comments; this writes them."""

from __future__ import annotations

import re

from benchmarks.processes import ProgramError
from benchmarks.program import ROOT

PAGE = ROOT / "docs" / "performance.md"
BLOCK = re.compile(r"(?<=<!-- figures: begin -->\n).*?(?=<!-- figures: end -->)", re.DOTALL)


def write(text: str) -> None:
    """Puts the tables into the page. Raises ProgramError where the page has no place for them."""
    old = PAGE.read_text(encoding="utf-8")
    if not BLOCK.search(old):
        raise ProgramError(f"{PAGE} has no `<!-- figures: begin -->`")
    PAGE.write_text(BLOCK.sub(lambda found: text.rstrip() + "\n", old), encoding="utf-8")
