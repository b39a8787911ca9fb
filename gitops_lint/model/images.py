"""
References to container images: name, tag and digest.

Source: distribution/reference reference.go. What stands behind the last `/` decides: a colon before it belongs to a port.
"""

from __future__ import annotations

from gitops_lint.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """
    name: with registry and repository. tag, digest: "" where none is written. tag_start: code points to where the tag
    begins in the text.
    """

    name: str
    tag: str
    digest: str
    tag_start: int


def image_of(text: str) -> Image | None:
    """
    The parts of a reference; None for a text that names no image: an empty one, one with blanks, or with a `$(…)` that
    kustomize or somebody else fills in.
    """
    if not text or "$" in text or any(letter.isspace() for letter in text):
        return None
    named, _, digest = text.partition("@")
    head, colon, tag = named.rpartition(":")
    if colon and "/" not in tag:
        return Image(head, tag, digest, len(head) + 1)
    return Image(named, "", digest, len(named))
