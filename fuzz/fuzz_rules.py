"""Text to rules and back: dsl/parse.py, dsl/rulefile.py, dsl/printer.py."""

from __future__ import annotations

from targets import instrumented, run

with instrumented():
    import promises


def one(data: bytes) -> None:
    promises.reads_rule(data.decode("utf-8", "replace"))


if __name__ == "__main__":
    run(one)
