"""Go's text/template with the functions of ApplicationSets: read once, run often, bounded, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitops_lint.languages.gotemplate.errors import GoTemplateError
    from gitops_lint.languages.gotemplate.state import LIMITS, Limits
    from gitops_lint.languages.gotemplate.template import Template, read

__all__ = ["LIMITS", "GoTemplateError", "Limits", "Template", "read"]

_MODULES = {
    "LIMITS": "state",
    "GoTemplateError": "errors",
    "Limits": "state",
    "Template": "template",
    "read": "template",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for: who needs a value's class alone need not load the engine."""
    if name in _MODULES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
