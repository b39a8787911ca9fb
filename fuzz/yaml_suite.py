"""
How the parser stands to Kubernetes' on the public YAML test suite (yaml/yaml-test-suite, `src/*.yaml`), or on any folder.

    python fuzz/yaml_suite.py write CHECKOUT FOLDER     each test's text as a file of its own
    python fuzz/yaml_suite.py compare FOLDER ANSWERS    ANSWERS: one JSON object a line, as Kubernetes' reader has it:
                                                        {"File": name, "Docs": [values], "Error": text or ""}

The answers come from a program of twenty lines around k8s.io/apimachinery's YAMLReader and sigs.k8s.io/yaml's YAMLToJSON.
What differs, and why, is in docs/yaml-differences.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from targets import PROJECT as PROJECT

# how the suite writes what an editor would not show
_SIGNS = {"␣": " ", "—": "", "»": "\t", "←": "\r", "⇔": "\ufeff", "↵": "", "∎\n": ""}


def write(checkout: Path, folder: Path) -> None:
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((checkout / "src").glob("*.yaml")):
        text = ""
        for number, test in enumerate(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)):
            text = test.get("yaml", text)
            for sign, meant in _SIGNS.items():
                text = text.replace(sign, meant)
            (folder / f"{path.stem}-{number}.yaml").write_text(text, "utf-8", newline="")


def ours(data: bytes) -> tuple[list[Any], str]:
    """The values of the documents that hold one, as Go's JSON would have them, and the first mistake that loses a document."""
    from gitops_lint.text.parse import parse_yaml
    from gitops_lint.text.scalars import plain
    from gitops_lint.text.source import Source, decode

    text, mistakes = decode(data)
    parsed = parse_yaml(Source(text, "a.yaml"))
    lossless = ("duplicate-key",)
    refused = [one for one in (*mistakes, *parsed.mistakes) if one.kind not in lossless]
    values = [plain(one.root) for one in parsed.documents if one.root is not None]
    return values, refused[0].kind + ": " + refused[0].message if refused else ""


def compare(folder: Path, answers: Path) -> None:
    same = 0
    for line in answers.read_text("utf-8").splitlines():
        theirs = json.loads(line)
        path = folder / Path(theirs["File"]).name
        values, error = ours(path.read_bytes())
        documents = [one for one in theirs["Docs"] if one is not None]
        if bool(error) != bool(theirs["Error"]):
            print(f"{path.name}: Kubernetes {theirs['Error'] or 'accepts'} | here {error or 'accepted'}")
        elif not error and json.dumps([one for one in values if one is not None], sort_keys=True) != json.dumps(
            documents, sort_keys=True
        ):
            print(
                f"{path.name}: Kubernetes {json.dumps(documents)[:150]} | here {json.dumps(values, default=str)[:150]}"
            )
        else:
            same += 1
    print(f"{same} alike")


if __name__ == "__main__":
    {"write": write, "compare": compare}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
