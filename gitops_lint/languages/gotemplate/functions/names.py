"""
`normalize` and `slugify`: any text to one that can name a resource.

Source: argo-cd applicationset/utils/template_functions.go (SanitizeName), utils.go (SlugifyName); gosimple/slug v1.15.0 slug.go.
"""

from __future__ import annotations

from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions.characters import lower, runes
from gitops_lint.languages.gotemplate.printing import type_name
from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.pattern import pattern

_NOT_IN_NAMES = pattern(r"[^-a-z0-9.]")
_DASHES = pattern("[.-]+")  # a dot becomes a dash, and several of them one
_LONGEST_NAME = 253
_LONGEST_SLUG = 50


def normalize(text: str) -> str:
    """Lower case, a dash for everything that no name may have, cut at 253, no dash and no dot at either end."""
    return _NOT_IN_NAMES.sub("-", lower(runes(text)))[:_LONGEST_NAME].strip("-.")


def slugify(*arguments: Value) -> str:
    """
    `slugify [longest [smart]] text`: normalized, then dashes for dots, and cut: at a dash, or with smart false anywhere.

    Of more arguments than three the last is the text still.
    """
    longest, smart, text = _LONGEST_SLUG, True, ""
    for at, one in enumerate(arguments):
        if at == len(arguments) - 1:
            text = _of_type(one, str, "string")
        elif at == 0:
            longest = _of_type(one, int, "int")
        elif at == 1:
            smart = _of_type(one, bool, "bool")
    slug = normalize(text)
    if not smart and len(slug) >= longest:
        if longest < 0:
            raise FunctionError(f"runtime error: slice bounds out of range [:{longest}]")
        slug = slug[:longest]
    slug = _DASHES.sub("-", slug).strip("-")
    if not smart or longest <= 0 or len(slug) <= longest:
        return slug
    at = slug.rfind("-", 0, longest + 1)
    return slug[:at] if at >= 0 else slug[:longest]


def _of_type(value: Value, kind: type, name: str) -> Value:
    if type(value) is not kind:
        said = "nil" if value is None else type_name(value)
        raise FunctionError(f"interface conversion: interface {{}} is {said}, not {name}")
    return value


NAMES = (
    Function("normalize", normalize, ("string",)),
    Function("slugify", slugify, (), "any"),
)
