"""What libyaml could not read, in words for people and at the place where it helps."""

from __future__ import annotations

from gitops_lint.text.mistakes import Mistake


def explain(text: str, document: int, problem: str, at: int, context: str, context_at: int) -> Mistake:
    """
    The mistake behind an error of libyaml in the document that begins at offset `document`.

    problem, context: libyaml's words. at, context_at: the offsets it names.
    """
    end = at
    while end < len(text) and text[end] not in "\r\n":
        end += 1
    return Mistake("syntax", f"this cannot be read as YAML ({problem})", min(at, len(text)), min(end, len(text)))
