"""Go's text/template with the functions of ApplicationSets: read once, run often, bounded, the same on every machine."""

from __future__ import annotations

from gitops_lint.languages.gotemplate.errors import ROOT, GoTemplateError
from gitops_lint.languages.gotemplate.function import Function, FunctionError, NotDeterministicError
from gitops_lint.languages.gotemplate.state import LIMITS, Limits
from gitops_lint.languages.gotemplate.template import Template, read
from gitops_lint.languages.gotemplate.values import NO_VALUE, StringList, StringMap, Value, of_plain

__all__ = [
    "LIMITS", "NO_VALUE", "ROOT", "Function", "FunctionError", "GoTemplateError", "Limits", "NotDeterministicError",
    "StringList", "StringMap", "Template", "Value", "of_plain", "read",
]  # fmt: skip
