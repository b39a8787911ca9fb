"""What pull request generators make of the name of a branch, so that resources can be called by it."""

from __future__ import annotations

from gitops_lint.pattern import pattern

_SIGN = pattern(r"[^a-z0-9_-]")
_DASHES = pattern(r"-+")
_LONGEST_SLUG = 50
_WORDS = str.maketrans({"&": "and", "@": "at", "_": "-", '"': "", "'": ""})


def branch_slug(branch: str) -> str | None:
    """
    A branch as pull request generators write it in `branch_slug`; None where it holds more than ASCII, for which a table of
    the library decides.

    Source: gosimple/slug v1.15.0 slug.go Make, smartTruncate, with the settings of applicationset/generators/pull_request.go.
    """
    if not branch.isascii():
        return None
    text = branch.strip().translate(_WORDS).lower()
    text = _DASHES.sub("-", _SIGN.sub("-", text)).strip("-_")
    if len(text) <= _LONGEST_SLUG:
        return text
    kept = ""
    for word in text.split("-"):
        longer = f"{kept}-{word}" if kept else word
        if len(longer) > _LONGEST_SLUG:
            break
        kept = longer
    return kept or text[:_LONGEST_SLUG]
