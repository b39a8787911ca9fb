"""kubeconform beside gitops-lint: the same files, and the same schemas as gitops-lint checks them with."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.compose import yaml_files
from benchmarks.processes import Run, fastest, run
from gitops_lint.model.schema import Schemas

LOCATION = "{folder}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"


def kubeconform(command: str, folder: Path, repeats: int) -> Run:
    """
    Its fastest run with two workers on a folder, without the network. Raises ProgramError.

    Kinds without a schema are passed over, as gitops-lint passes over them.
    """
    with tempfile.TemporaryDirectory() as schemas:
        write_schemas(folder, Path(schemas))
        location = LOCATION.format(folder=schemas)
        words = (command, "-n", "2", "-ignore-missing-schemas", "-schema-location", location, "-summary", str(folder))
        # it ends with 1 for what it calls invalid, patches and templates of charts among it
        return fastest([run(words, statuses=(0, 1)) for _ in range(repeats)])


def write_schemas(folder: Path, target: Path) -> int:
    """The schemas of all kinds in a folder, each complete in its file, where kubeconform looks for them; how many."""
    known = Schemas()
    count = 0
    for group, version, kind in sorted(set(kinds(folder))):
        schema = known.schema_for(group, version, kind)
        if schema is not None:
            file = target / group / f"{kind.lower()}_{version}.json"
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(schema.schema), encoding="utf-8")
            count += 1
    return count


def kinds(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Group, version and kind of every document that has them."""
    for file in yaml_files(folder):
        try:
            for root in yaml.compose_all(file.read_bytes(), yaml.CSafeLoader):
                entries = root.value if isinstance(root, yaml.MappingNode) else []
                words = {key.value: value.value for key, value in entries if isinstance(value, yaml.ScalarNode)}
                if "apiVersion" in words and "kind" in words:
                    group, _, version = words["apiVersion"].rpartition("/")
                    yield group, version, words["kind"]
        except yaml.YAMLError:
            continue
