"""Plain trees with one change: what a fix must come to."""

from __future__ import annotations

from gitops_lint.text.path import Path
from gitops_lint.text.scalars import Plain


def same(one: Plain, other: Plain) -> bool:
    """Whether two values are equal as JSON: true is not 1, but 1.0 is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def with_value(tree: Plain, path: Path, value: Plain) -> Plain:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        items = list(tree) if isinstance(tree, list) else []
        if first == len(items):
            items.append(None)
        items[first] = with_value(items[first], rest, value)
        return items
    entries = dict(tree) if isinstance(tree, dict) else {}
    entries[first] = with_value(entries.get(first), rest, value)
    return entries


def without(tree: Plain, path: Path) -> Plain:
    first, rest = path[0], path[1:]
    if isinstance(tree, list) and isinstance(first, int):
        changed = [] if not rest else [without(tree[first], rest)]
        return [*tree[:first], *changed, *tree[first + 1 :]]
    if isinstance(tree, dict) and isinstance(first, str):
        if rest:
            return {**tree, first: without(tree[first], rest)}
        return {key: value for key, value in tree.items() if key != first}
    return tree


def renamed(tree: Plain, path: Path, name: str) -> Plain:
    first, rest = path[0], path[1:]
    if isinstance(tree, list) and isinstance(first, int):
        return [*tree[:first], renamed(tree[first], rest, name), *tree[first + 1 :]]
    if isinstance(tree, dict) and isinstance(first, str):
        if rest:
            return {**tree, first: renamed(tree[first], rest, name)}
        return {name if key == first else key: value for key, value in tree.items()}
    return tree
