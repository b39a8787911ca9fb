"""Lists whose order Go leaves to chance: what asks for their order cannot know its result; for all functions of lists."""

from __future__ import annotations

from gitops_lint.languages.gotemplate.function import NotDeterministicError
from gitops_lint.languages.gotemplate.values import Value, unordered


def ordered(value: Value) -> Value:
    """The value itself. Raises NotDeterministicError if it is a list whose order is chance."""
    if unordered(value):
        raise NotDeterministicError(
            "Go leaves the order of the keys of a map to chance: `sortAlpha` would give them one of their own"
        )
    return value
