"""Bytes to documents: text/, repo/load.py, repo/classify.py. The first byte chooses the name that the file goes by."""

from __future__ import annotations

from targets import instrumented, run

with instrumented():
    import promises

NAMES = ("a.yaml", "a.json", "kustomization.yaml", "templates/a.yaml", ".harness/a.yaml", "values.yaml")


def one(data: bytes) -> None:
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    promises.reads(data[1:], name)


if __name__ == "__main__":
    run(one)
