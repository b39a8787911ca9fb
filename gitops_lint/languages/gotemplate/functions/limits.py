"""How much one call of a function may make; for all functions whose result is larger than what they are given."""

from __future__ import annotations

from gitops_lint.languages.failure import BeyondLimitError

LIMIT = 1 << 20
"""Bytes or items. No object of Kubernetes is larger, and nobody waits for more."""


def check_size(size: int) -> None:
    """Raises BeyondLimitError if a result of so many bytes or items is more than is computed here."""
    if size > LIMIT:
        raise BeyondLimitError("the result is larger than a mebibyte, and not computed", 0, 0)
