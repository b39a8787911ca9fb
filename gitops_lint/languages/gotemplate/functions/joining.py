"""
Texts out of values, texts put together and taken apart.

Source: Masterminds/sprig v3.3.0 strings.go (quote, squote, cat, strslice, split, splitn), list.go (sortAlpha).
"""

from __future__ import annotations

from gitops_lint.languages.gotemplate.function import Function
from gitops_lint.languages.gotemplate.functions.limits import check_size
from gitops_lint.languages.gotemplate.functions.ordering import ordered
from gitops_lint.languages.gotemplate.printing import text_of
from gitops_lint.languages.gotemplate.quoting import quoted, utf8
from gitops_lint.languages.gotemplate.values import (
    NilStringList,
    StringList,
    StringMap,
    UnorderedList,
    UnorderedStrings,
    Value,
)


def quote(*values: Value) -> str:
    return " ".join(quoted(text_of(one)) for one in values if one is not None)


def single_quote(*values: Value) -> str:
    return " ".join(f"'{text_of(one)}'" for one in values if one is not None)


def cat(*values: Value) -> str:
    return " ".join(text_of(one) for one in values if one is not None)


def strings_of(value: Value) -> StringList:
    """Every item as a text, nil left out; a value that is no list as the only item, nil as none."""
    if isinstance(value, StringList):
        return value
    if isinstance(value, list):
        made = (text_of(one) for one in value if one is not None)
        return UnorderedStrings(made) if isinstance(value, UnorderedList) else StringList(made)
    return StringList() if value is None else StringList((text_of(value),))


def join(separator: str, value: Value) -> str:
    parts = strings_of(ordered(value))
    check_size(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def sort_alpha(value: Value) -> StringList:
    if isinstance(value, list):
        return StringList(sorted(strings_of(value), key=utf8))
    return StringList((text_of(value),))


def split_list(separator: str, text: str, most: int = -1) -> StringList:
    """strings.SplitN: between all characters where the separator is empty; most: how many parts, all below 0."""
    if most == 0:
        return NilStringList()
    if separator:
        return StringList(text.split(separator, most - 1 if most > 0 else -1))
    if most < 0 or most > len(text):
        return StringList(text)
    return StringList((*text[: most - 1], text[most - 1 :])) if text else StringList()


def numbered(parts: StringList) -> StringMap:
    return StringMap((f"_{at}", part) for at, part in enumerate(parts))


JOINING = (
    Function("toString", text_of, ("any",)),
    Function("toStrings", strings_of, ("any",)),
    Function("quote", quote, (), "any"),
    Function("squote", single_quote, (), "any"),
    Function("cat", cat, (), "any"),
    Function("join", join, ("string", "any")),
    Function("sortAlpha", sort_alpha, ("any",)),
    Function("splitList", split_list, ("string", "string")),
    Function("split", lambda separator, text: numbered(split_list(separator, text)), ("string", "string")),
    Function(
        "splitn",
        lambda separator, most, text: numbered(split_list(separator, text, most)),
        ("string", "int", "string"),
    ),
)
