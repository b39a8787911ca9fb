"""What the generator writes: files with the mistakes that were put into them, and the words they are made of."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

REPOSITORY_URL = "https://git.example.com/platform/deployments.git"
CLUSTERS = ("eu-1", "eu-2", "us-1", "us-2", "ap-1", "ap-2", "sa-1", "ca-1", "me-1", "af-1")
ENVIRONMENTS = ("development", "staging", "production")

_FIRST_TEXT = """
    account billing build cart catalog chat claim code cost event fleet image order parcel policy quota
"""
_SECOND_TEXT = """
    api audit broker cache collector controller exporter gateway indexer mirror portal proxy relay worker
"""
_FIRST = tuple(_FIRST_TEXT.split())
_SECOND = tuple(_SECOND_TEXT.split())
_SENTENCES = (
    "kept small on purpose, the defaults are too generous for a shared cluster",
    "the other environments set this in their overlay",
    "see the runbook before changing this value",
    "needed until the next release of the operator",
    "must agree with the name in the vault",
    "owned by the platform team",
)


@dataclass(frozen=True, slots=True)
class File:
    """
    One file of the generated repository.

    path: relative to its top, with `/`. planted: the rules that report a mistake put into it on purpose, one entry for
    each finding.
    """

    path: str
    text: str
    planted: tuple[str, ...] = ()


def name_of(number: int) -> str:
    """The name of a component: another one for every number, and short for the first few hundred."""
    first, second = _FIRST[number % len(_FIRST)], _SECOND[number // len(_FIRST) % len(_SECOND)]
    turn = number // (len(_FIRST) * len(_SECOND))
    return f"{first}-{second}" if turn == 0 else f"{first}-{second}-{turn}"


def digest(rng: random.Random) -> str:
    """Sixty-four hex digits, as an image's digest has."""
    return f"{rng.getrandbits(256):064x}"


def join(*documents: str) -> str:
    """Several documents in one file; each ends with a line break."""
    return "---\n".join(documents)


def kustomization(
    resources: Sequence[str] = (), *, namespace: str = "", components: Sequence[str] = (), more: str = ""
) -> str:
    """A kustomization.yaml. more: further top-level keys as text."""
    lines = ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization"]
    if namespace:
        lines.append(f"namespace: {namespace}")
    for key, entries in (("resources", resources), ("components", components)):
        if entries:
            lines += [f"{key}:", *(f"  - {one}" for one in entries)]
    return "\n".join(lines) + "\n" + more


def commented(text: str, rng: random.Random, share: float = 0.16) -> str:
    """The text with comment lines between its top-level keys; share: how many, of the lines."""
    lines = text.split("\n")
    places = [i for i, line in enumerate(lines) if line and line[0].islower() and line.rstrip("|").endswith(":")]
    wanted = round(len(lines) * share + rng.random())
    for at in sorted(rng.sample(places, min(len(places), (wanted + 2) // 3)), reverse=True):
        count = min(3, wanted)
        lines[at:at] = [f"# {sentence}" for sentence in rng.sample(_SENTENCES, count)]
    return "\n".join(lines)


def below(folder: str, files: Sequence[File]) -> list[File]:
    """The files, moved into a folder."""
    return [File(str(PurePosixPath(folder, one.path)), one.text, one.planted) for one in files]
