"""
Resources that a schema refuses, but only where a template or an open part may make it right: told without the explaining
library, which takes a hundred times as long and 60 ms to import. Called by `model.schema`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from gitops_lint.model.schemas.ground import Ground
from gitops_lint.model.schemas.problem import Path
from gitops_lint.text.nodes import Node, Unknown
from gitops_lint.text.scalars import UNKNOWN, Plain, get_written

# Keywords of which both libraries make one error for one value.
_OF_ONE_VALUE = frozenset(
    (
        *("type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum"),
        *("minItems", "maxItems", "anyOf", "oneOf"),
    )
)


class Refusal(Protocol):
    """One error of jsonschema-rs."""

    @property
    def kind(self) -> Any: ...
    @property
    def instance_path(self) -> list[str | int]: ...
    @property
    def schema_path(self) -> list[str | int]: ...


def without_nulls(instance: Plain) -> Plain:
    """The value without the fields that are null, as the API server drops them; nulls in lists stay."""
    if isinstance(instance, dict):
        return {key: without_nulls(part) for key, part in instance.items() if part is not None}
    if isinstance(instance, list):
        return [without_nulls(part) for part in instance]
    return instance


def doubtful(ground: Ground, refusals: Sequence[Refusal]) -> int | None:
    """How many mistakes there are, none of them certain; None where one may be, or has to be looked at more closely."""
    count = 0
    if not refusals:
        return None
    missing: dict[tuple[Path, tuple[str | int, ...]], int] = {}
    for refusal in refusals:
        word = refusal.kind.name
        path = tuple(refusal.instance_path)
        node = ground.node(path)
        if word == "required" and node is not None and not ground.unknown(node):
            if not _may_be_there(ground, node, path, refusal.kind.property):
                return None
            keyword = (path, tuple(refusal.schema_path))
            missing[keyword] = missing.get(keyword, 0) + 1
        elif word in _OF_ONE_VALUE and (node is None or ground.unknown(node)):
            count += 1
        else:
            return None
    # the explaining library makes an error for each missing field, and each of them speaks of all that are missing
    return count + sum(fields * fields for fields in missing.values())


def _may_be_there(ground: Ground, node: Node, path: Path, name: str) -> bool:
    """Whether a missing field has a value that is not known, or an open part around it may add it."""
    found = get_written(node, name, ground.reader)
    return found is UNKNOWN or isinstance(found, Unknown) or ground.open_above(path)
