"""What a resource has wrong with its schema, as values."""

from __future__ import annotations

from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.text.nodes import Node

ProblemKind = Literal[
    "unknown-field",  # the mapping takes no such field
    "missing-field",  # the mapping needs a field that is absent or null
    "wrong-type",
    "wrong-value",  # enum, range, pattern, format, length
    "wrong-count",  # too few or too many items or entries
    "exclusive",  # fields or forms of which exactly, or at most, one is allowed
    "null-item",  # a list item without a value
]

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """
    One mistake.

    node: an unknown field's key, the mapping that lacks a field (or the key of the field that is null), else the value.
    path: keys and indexes to the field or value spoken of, the unknown or missing field included.
    name: the last key in `path`. where: readable path of the mapping that holds an unknown or missing field, else of the
    value; "" is the document. expected: sorted names, values or types in words. actual: the type found, or the value.
    did_you_mean: one of `expected` that is close, or "". elsewhere: readable path of the mapping, in the same kind, that does
    take a field of this name, where exactly one is near; or "". since, until: system and version in words, for a field that
    only other versions than the target have. enforced_by: "controller" where the API server takes the value and only
    the controller refuses or ignores it, else "". message: one sentence that stands alone. help: the cure, or "".
    """

    kind: ProblemKind
    node: Node
    path: Path
    name: str
    where: str
    message: str
    expected: tuple[str, ...] = ()
    actual: str = ""
    did_you_mean: str = ""
    elsewhere: str = ""
    since: str = ""
    until: str = ""
    enforced_by: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """problems: in the order of the text. unverified: mistakes that were dropped because a template or an open part may cure them."""

    problems: tuple[SchemaProblem, ...] = ()
    unverified: int = 0


AGREES = Verdict()
