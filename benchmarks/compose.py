"""
The yardstick: PyYAML's C loader composes every file with marks, in one process. `python -m benchmarks.compose FOLDER`.

Prints seconds of wall and processor time, files, documents and bytes as JSON. Reading the files is part of it; starting
Python and importing yaml is not, and the garbage collector is told to wait, as gitops-lint tells it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from pathlib import Path

import yaml


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files below a folder, without Git's, links not followed."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one != ".git")
        found += [Path(parent, one) for one in sorted(files) if one.endswith((".yaml", ".yml"))]
    return [one for one in found if not one.is_symlink()]


def main() -> int:
    files = yaml_files(Path(sys.argv[1]))
    documents = size = broken = 0
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    wall, cpu = time.perf_counter(), time.process_time()
    for file in files:
        content = file.read_bytes()
        size += len(content)
        try:
            for _ in yaml.compose_all(content, yaml.CSafeLoader):
                documents += 1
        except yaml.YAMLError:
            broken += 1
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    told = {"wall": wall, "cpu": cpu, "files": len(files), "documents": documents, "bytes": size, "broken": broken}
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
