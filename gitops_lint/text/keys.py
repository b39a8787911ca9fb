"""What is wrong with the keys of one mapping: duplicates, nulls, merges of no mapping, collections as keys."""

from __future__ import annotations

from dataclasses import replace

from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, pairs
from gitops_lint.text.scalars import is_merge, key_text

SPECIAL = frozenset(("<<", "")) | frozenset(
    word
    for lower in ("null", "~", "y", "yes", "true", "on", "n", "no", "false", "off")
    for word in (lower, lower.title(), lower.upper())
)
"""Key texts that need a look: all other unquoted words are keys as they stand."""

_MOST_DUPLICATES = 20
"""How many are told of one mapping: a mapping of nothing else would make a report that nobody reads."""


def key_mistakes(mapping: Mapping, number: int) -> list[Mistake]:
    """Mistakes among the keys of a mapping of document `number`, in the order written."""
    mistakes: list[Mistake] = []
    seen: dict[str, Node] = {}
    duplicates = last_told = 0
    for key, value in pairs(mapping):
        if is_merge(key):
            mistakes.extend(_merge_mistakes(key, value, number))
            name = "<<"
        elif isinstance(key, Scalar):
            text = key_text(key)
            if text is None:
                mistakes.append(_null_key(key, number))
                continue
            name = text
        elif isinstance(key, (Mapping, Sequence)):
            mistakes.append(_complex_key(key, number))
            continue
        else:
            continue
        first = seen.get(name)
        if first is None:
            seen[name] = key
        elif name != "<<" or not is_merge(key):
            duplicates += 1
            if duplicates <= _MOST_DUPLICATES:
                last_told = len(mistakes)
                mistakes.append(_duplicate(first, key, name, number))
    if duplicates > _MOST_DUPLICATES:
        last = mistakes[last_told]
        more = f" (and {duplicates - _MOST_DUPLICATES} more keys of this mapping are written twice)"
        mistakes[last_told] = replace(last, message=last.message + more)
    return mistakes


def _duplicate(first: Node, second: Node, name: str, number: int) -> Mistake:
    one, two = _written(first), _written(second)
    if one == two:
        message = f"key `{two}` is written twice in this mapping; only the last value counts"
    else:
        message = f"keys `{one}` and `{two}` both mean `{name}`; only the last value counts"
    related = ((first.start, first.end, "written here first"),)
    return Mistake("duplicate-key", message, second.start, second.end, number, "remove one of them", related)


def _null_key(key: Scalar, number: int) -> Mistake:
    written = _written(key)
    what = f"key `{written}` is read as null" if written else "this entry has no key"
    cure = f'put quotes around it: `"{written}"`' if written else "write a name before the colon"
    return Mistake("null-key", f"{what}, and a key must be a text", key.start, key.end, number, cure)


def _complex_key(key: Mapping | Sequence, number: int) -> Mistake:
    what = "mapping" if isinstance(key, Mapping) else "list"
    message = f"a {what} is used as a key, and a key must be a text"
    return Mistake(
        "complex-key", message, key.start, key.end, number, "put quotes around text that starts with a bracket"
    )


def _merge_mistakes(key: Node, value: Node, number: int) -> list[Mistake]:
    if isinstance(value, Mapping):
        return []
    if isinstance(value, Sequence) and all(isinstance(item, Mapping) for item in value.items):
        # A list must be written at the key itself: an alias to a list is refused.
        if value.start > key.end:
            return []
    message = "`<<` merges a mapping or a list of mappings, and this is neither"
    span = value if value.start > key.end and value.end > value.start else key
    return [Mistake("merge-value", message, span.start, span.end, number, "give `<<` the alias of a mapping")]


def _written(key: Node) -> str:
    return key.source.text[key.start : key.end]
