"""Writes seed inputs for the three targets, from the examples of the built-in rules and the sample repository."""

from __future__ import annotations

import sys
from pathlib import Path

from targets import PROJECT


def main(folder: Path) -> None:
    from gitops_lint.dsl.parse import parse_rules

    loader, rules, check = (folder / name for name in ("loader", "rules", "check"))
    for one in (loader, rules, check):
        one.mkdir(parents=True, exist_ok=True)
    for path in sorted((PROJECT / "rules").rglob("*.rule")):
        text = path.read_text("utf-8")
        (rules / path.stem).write_text(text, "utf-8")
        for rule in parse_rules(text, path.name):
            for number, example in enumerate(rule.examples):
                files = "".join(f"### {one.file}\n{one.text}" for one in example.given)
                (check / f"{path.stem}-{number}").write_text(files, "utf-8")
                for inner, one in enumerate(example.given):
                    (loader / f"{path.stem}-{number}-{inner}").write_bytes(b"\0" + one.text.encode())
    for path in sorted((PROJECT / "examples").rglob("*.yaml")):
        name = "-".join(path.relative_to(PROJECT).parts)
        (loader / name).write_bytes(b"\0" + path.read_bytes())
    print(*(f"{one.name}: {len(list(one.iterdir()))} files" for one in (loader, rules, check)), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
