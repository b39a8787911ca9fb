"""
A whole run in memory. The bytes are files: each begins with a line `### NAME`; text before the first such line is `a.yaml`.
"""

from __future__ import annotations

import re

from targets import instrumented, run

with instrumented():
    import promises

RULES = promises.pack()
_HEAD = re.compile(rb"^### ([A-Za-z0-9._/-]{1,60})$", re.MULTILINE)


def one(data: bytes) -> None:
    parts = _HEAD.split(data)
    files = {"a.yaml": parts[0]} if parts[0] else {}
    for name, content in zip(parts[1::2], parts[2::2]):
        file = name.decode("ascii").strip("/")
        if file and ".." not in file and "//" not in file:
            files[file] = content.removeprefix(b"\n")
    promises.judges(files, RULES)


if __name__ == "__main__":
    run(one)
