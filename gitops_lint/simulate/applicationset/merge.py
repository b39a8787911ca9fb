"""The sets of a merge generator: those of its first child, each with those of the others that have the same keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.simulate.applicationset.flatten import go_json
from gitops_lint.simulate.applicationset.matrix import overridden
from gitops_lint.simulate.applicationset.params import ParamSet
from gitops_lint.text.nodes import Node


class DuplicateKeyError(Exception):
    """Two sets of one child have the same merge keys. message: the controller's words; sets: both."""

    def __init__(self, message: str, sets: tuple[ParamSet, ParamSet]) -> None:
        super().__init__(message)
        self.message = message
        self.sets = sets


def merged_sets(
    children: Sequence[Sequence[ParamSet]], keys: Sequence[str], generator: Node, *, go: bool
) -> list[ParamSet]:
    """
    The sets in the order of the first child (the controller leaves it to chance). Raises DuplicateKeyError, and CombineError
    as `overridden`.

    Sets of later children without a partner in the first are dropped. Source: argo-cd applicationset/generators/merge.go.
    """
    base = _by_key(children[0], keys)
    made: dict[str, Mapping[str, Value]] = {key: one.values for key, one in base.items()}
    parts: dict[str, tuple[ParamSet, ...]] = {key: (one,) for key, one in base.items()}
    for child in children[1:]:
        for key, one in _by_key(child, keys).items():
            if key in made:
                values = made[key]
                made[key] = overridden(values, one.values) if go else {**values, **one.values}
                parts[key] = (*parts[key], one)
    return [ParamSet(values, generator, None, parts[key]) for key, values in made.items()]


def _by_key(sets: Sequence[ParamSet], keys: Sequence[str]) -> dict[str, ParamSet]:
    found: dict[str, ParamSet] = {}
    names = sorted(set(keys))
    for one in sets:
        key = go_json({name: one.values.get(name) for name in names})
        if key in found:
            message = (
                "the parameters from a generator were not unique by the given mergeKeys, Merge requires all param sets to be"
                f" unique. Duplicate key was {key}"
            )
            raise DuplicateKeyError(message, (found[key], one))
        found[key] = one
    return found
