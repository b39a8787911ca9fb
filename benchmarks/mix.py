"""
What a repository is made of: sizes, kinds, layers. The generator is fitted to this. `python -m benchmarks.mix FOLDER …`.
"""

from __future__ import annotations

import collections
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from benchmarks.budgets import aligned
from benchmarks.compose import yaml_files

PERCENTILES = (10, 50, 90, 99)
KINDS = 30
"""How many kinds are listed."""


@dataclass(slots=True)
class Mix:
    """
    One repository, counted.

    sizes: bytes of each YAML file, ascending. unread: files that are not YAML, mostly templates of charts.
    kinds: documents by kind; `(patch)` is a list, `(values)` a mapping without a kind. depths: kustomizations by how many
    layers lie below them. json: bytes of JSON files.
    """

    name: str
    sizes: list[int] = field(default_factory=list)
    lines: int = 0
    comments: int = 0
    documents: int = 0
    several: int = 0
    unread: int = 0
    unread_bytes: int = 0
    kinds: collections.Counter[str] = field(default_factory=collections.Counter)
    kind_bytes: collections.Counter[str] = field(default_factory=collections.Counter)
    depths: collections.Counter[int] = field(default_factory=collections.Counter)
    json: int = 0


def mix_of(folder: Path) -> Mix:
    """Counts a folder."""
    made = Mix(folder.name)
    layers: dict[Path, list[Path]] = {}
    for file in yaml_files(folder):
        content = file.read_bytes()
        made.sizes.append(len(content))
        lines = content.splitlines()
        made.lines += len(lines)
        made.comments += sum(line.lstrip().startswith(b"#") for line in lines)
        try:
            roots = [root for root in yaml.compose_all(content, yaml.CSafeLoader) if root is not None]
        except yaml.YAMLError:
            made.unread += 1
            made.unread_bytes += len(content)
            continue
        made.documents += len(roots)
        made.several += len(roots) > 1
        for root in roots:
            kind = _kind(root, file)
            made.kinds[kind] += 1
            made.kind_bytes[kind] += root.end_mark.index - root.start_mark.index
            if kind == "Kustomization" and isinstance(root, yaml.MappingNode):
                layers[file.parent.resolve()] = [(file.parent / entry).resolve() for entry in _below(root)]
    made.sizes.sort()
    made.depths.update(_depth(layer, layers, ()) for layer in layers)
    made.json = sum(
        Path(parent, name).stat().st_size
        for parent, _, names in os.walk(folder)
        for name in names
        if name.endswith(".json")
    )
    return made


def _kind(root: yaml.Node, file: Path) -> str:
    if isinstance(root, yaml.SequenceNode):
        return "(patch)"
    if not isinstance(root, yaml.MappingNode):
        return "(scalar)"
    for key, value in root.value:
        if key.value == "kind" and isinstance(value, yaml.ScalarNode):
            return str(value.value)
    return "Kustomization" if file.stem == "kustomization" else "(values)"


def _below(root: yaml.MappingNode) -> list[str]:
    """The entries of a kustomization that may name other ones."""
    found = []
    for key, value in root.value:
        if key.value in ("resources", "components", "bases") and isinstance(value, yaml.SequenceNode):
            found += [
                entry.value for entry in value.value if isinstance(entry, yaml.ScalarNode) and "://" not in entry.value
            ]
    return found


def _depth(layer: Path, layers: dict[Path, list[Path]], above: tuple[Path, ...]) -> int:
    inner = [one for one in layers[layer] if one in layers and one not in above]
    return 1 + max(_depth(one, layers, (*above, layer)) for one in inner) if inner else 0


def table(all_mixes: Sequence[Mix]) -> str:
    """The repositories side by side, as a Markdown table."""
    kinds: collections.Counter[str] = collections.Counter()
    for one in all_mixes:
        # by share, so that a large repository does not choose alone
        kinds.update({kind: round(1e6 * count / max(one.documents, 1)) for kind, count in one.kinds.items()})
    rows: list[list[str]] = [
        ["", *(one.name for one in all_mixes)],
        ["YAML files", *(str(len(one.sizes)) for one in all_mixes)],
        ["MB of YAML", *(f"{sum(one.sizes) / 1e6:.1f}" for one in all_mixes)],
        ["MB of JSON", *(f"{one.json / 1e6:.1f}" for one in all_mixes)],
        ["documents", *(str(one.documents) for one in all_mixes)],
        ["files with several documents", *(str(one.several) for one in all_mixes)],
        ["lines", *(str(one.lines) for one in all_mixes)],
        ["comment lines", *(f"{one.comments / max(one.lines, 1):.1%}" for one in all_mixes)],
        [
            "files that are not YAML (templates)",
            *(f"{one.unread}, {one.unread_bytes / 1e6:.1f} MB" for one in all_mixes),
        ],
    ]
    for percent in PERCENTILES:
        rows.append(
            [f"bytes of a file, {percent} % are smaller", *(str(_quantile(one.sizes, percent)) for one in all_mixes)]
        )
    rows.append(["largest file, kB", *(str(one.sizes[-1] // 1000) if one.sizes else "-" for one in all_mixes)])
    for depth in range(6):
        rows.append([f"kustomizations with {depth} layers below", *(str(one.depths[depth]) for one in all_mixes)])
    for kind, _ in kinds.most_common(KINDS):
        rows.append([kind, *(f"{one.kinds[kind]} ({one.kind_bytes[kind] / 1000:.0f} kB)" for one in all_mixes)])
    return aligned(rows)


def _quantile(sizes: Sequence[int], percent: int) -> int:
    return sizes[len(sizes) * percent // 100] if sizes else 0


if __name__ == "__main__":
    print(table([mix_of(Path(word)) for word in sys.argv[1:]]), end="")
