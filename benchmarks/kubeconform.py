"""kubeconform beside gitops-lint: the same files and, as far as it can read them, the same schemas."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.processes import Run, fastest, run
from benchmarks.program import ROOT


def kubeconform(command: str, folder: Path, repeats: int) -> Run:
    """Its fastest run with two workers on a folder; kinds without a schema are passed over. Raises ProgramError."""
    with tempfile.TemporaryDirectory() as schemas:
        write_schemas(Path(schemas))
        location = f"{schemas}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"
        words = (command, "-n", "2", "-ignore-missing-schemas", "-schema-location", location, "-summary", str(folder))
        # it ends with 1 for what it calls invalid: patches, and templates of charts
        return fastest([run(words, statuses=(0, 1)) for _ in range(repeats)])


def write_schemas(folder: Path) -> None:
    """Schemas as kubeconform looks for them."""
    for file in sorted((ROOT / "schemas").glob("*/*_*.json")):
        target = folder / file.parent.name / file.name
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8"))), encoding="utf-8")
