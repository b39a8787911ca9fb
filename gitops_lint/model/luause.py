"""Single habits of Lua health checks that fail on real objects, and the actions that a discovery script offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.lua.names import expressions_in, walk
from gitops_lint.languages.lua.tree import (
    Assignment,
    Binary,
    Block,
    Constant,
    Expression,
    If,
    Index,
    Local,
    Name,
    Parenthesis,
    Repeat,
    Return,
    Table,
    Unary,
    While,
    expressions_of,
)

# Counters that Kubernetes' types leave out of JSON while they are 0 (`omitempty`).
_OMITTED = frozenset(("availableReplicas", "readyReplicas", "unavailableReplicas", "updatedReplicas"))


@dataclass(frozen=True, slots=True)
class Use:
    """A field of `obj.status` that is used although it may be missing. text: its path."""

    kind: Literal["omitted-number", "concatenated-status"]
    start: int
    end: int
    text: str


def unguarded_uses(script: Block) -> Iterator[Use]:
    """
    Ordered comparisons of a counter that is left out while it is 0, and `..` with a field of the status.

    Silent where the script asks anywhere (for `..`: anywhere before) whether the field is there.
    """
    asked = _asked(script)
    for statement in walk(script):
        for outer in expressions_of(statement):
            for one in expressions_in(outer):
                if not isinstance(one, Binary):
                    continue
                for operand in (one.left, one.right):
                    path = _path(operand)
                    if path is None:
                        continue
                    last = path[-1]
                    if one.operator in ("<", ">", "<=", ">=") and last in _OMITTED and path[:2] == ("obj", "status"):
                        if not any(known[-1] == last for known, _ in asked):
                            yield Use("omitted-number", operand.start, operand.end, ".".join(path))
                    elif one.operator == ".." and path[:2] == ("obj", "status") and len(path) > 2:
                        if not any(known == path and start < operand.start for known, start in asked):
                            yield Use("concatenated-status", operand.start, operand.end, ".".join(path))


def _asked(script: Block) -> list[tuple[tuple[str, ...], int]]:
    """Paths whose presence decides something, and where: alone as a condition, with `not`, `and`, `or`, `==`, `~=`."""
    found = []
    for statement in walk(script):
        conditions = expressions_of(statement) if isinstance(statement, (If, While, Repeat)) else []
        for outer in expressions_of(statement):
            for one in expressions_in(outer):
                parts: list[Expression] = []
                if isinstance(one, Binary) and one.operator in ("and", "or", "==", "~="):
                    parts = [one.left, one.right]
                elif isinstance(one, Unary) and one.operator == "not":
                    parts = [one.operand]
                elif one in conditions:
                    parts = [one]
                for part in parts:
                    path = _path(part)
                    if path is not None:
                        found.append((path, part.start))
    return found


def _path(expression: Expression) -> tuple[str, ...] | None:
    """`obj.status.phase` as ("obj", "status", "phase"); None for what is no such path."""
    while isinstance(expression, Parenthesis):
        expression = expression.inner
    if isinstance(expression, Name):
        return (expression.text,)
    if isinstance(expression, Index) and isinstance(expression.key, Constant) and expression.key.kind == "string":
        base = _path(expression.base)
        return (*base, expression.key.text) if base is not None else None
    return None


def discovered_actions(script: Block) -> list[tuple[str, int, int]]:
    """
    Names that a discovery script puts into the table it returns, and where; empty where that is not plain to see.

    Offers on some condition count too.
    """
    returned = [one for one in walk(script) if isinstance(one, Return)]
    tables = {one.values[0].text for one in returned if len(one.values) == 1 and isinstance(one.values[0], Name)}
    found: list[tuple[str, int, int]] = []
    for statement in walk(script):
        match statement:
            case Return():
                for value in statement.values:
                    found.extend(_keys(value))
            case Local() | Assignment():
                targets = statement.names if isinstance(statement, Local) else statement.targets
                for target, value in zip(targets, statement.values, strict=False):
                    if isinstance(target, Name) and target.text in tables:
                        found.extend(_keys(value))
                    elif isinstance(target, Index) and isinstance(target.base, Name) and target.base.text in tables:
                        key = target.key
                        if isinstance(key, Constant) and key.kind == "string":
                            found.append((key.text, key.start, key.end))
    return found


def _keys(value: Expression) -> Iterator[tuple[str, int, int]]:
    if isinstance(value, Table):
        for key, _ in value.fields:
            if isinstance(key, Constant) and key.kind == "string":
                yield key.text, key.start, key.end
