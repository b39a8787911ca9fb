"""Whether a text has the form that its `format` asks for, and whether its form says anything yet; for both libraries."""

from __future__ import annotations

from collections.abc import Callable

from gitops_lint.model.formats import FORMATS, check_format
from gitops_lint.pattern import pattern
from gitops_lint.text.scalars import templated

_LATER = pattern(r"\$\([A-Za-z_]|^ENC\[")


def expanded_later(text: str) -> bool:
    """
    Whether somebody may put another text here before the API server sees it, so that its form says nothing.

    A template, a variable of kustomize (`$(NAME)`), or a value that SOPS keeps encrypted.
    """
    return templated(text) or _LATER.search(text) is not None


def format_checks() -> dict[str, Callable[[object], bool]]:
    """Format to a check of any instance: what is no text, or is expanded later, is right."""
    return {name: _check(name) for name in FORMATS}


def _check(name: str) -> Callable[[object], bool]:
    def right(instance: object) -> bool:
        return not isinstance(instance, str) or check_format(name, instance) is None or expanded_later(instance)

    return right
