"""The jsonschema library, with what it would do by itself replaced: Python's `re`, its formats, fetching of references."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, cast

import re2
from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError

from gitops_lint.dataclass import dataclass
from gitops_lint.model.schemas.bundle import Schema
from gitops_lint.model.schemas.problem import Path
from gitops_lint.model.schemas.texts import format_checks


@dataclass(frozen=True, slots=True)
class Error:
    """
    One keyword that a value does not satisfy.

    word: the keyword; given: its value in the schema; schema: the mapping that holds it. path: keys and indexes from the
    document to `instance`. branches: for `anyOf` and `oneOf`, the errors of each branch (empty: the branch fits).
    of_name: the keyword speaks of a key (`propertyNames`), and `instance` is that key.
    """

    word: str
    given: Any
    instance: Any
    schema: Schema
    path: Path
    branches: tuple[tuple[Error, ...], ...] = ()
    of_name: bool = False


def errors(schema: Schema, instance: Any) -> list[Error]:
    """All errors of an instance. The schema leads nowhere outside itself, so nothing is fetched."""
    validator = _validator_class()(schema, format_checker=_formats())
    return [_error(found) for found in validator.iter_errors(instance)]


def searches(pattern: str, text: str) -> bool:
    """Whether RE2 finds the pattern, as Go does; a pattern that it does not know forbids nothing."""
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


def _error(found: ValidationError) -> Error:
    word, given = str(found.validator), cast(Any, found.validator_value)
    branches: tuple[tuple[Error, ...], ...] = ()
    if word in ("anyOf", "oneOf"):
        context = found.context or []
        branches = tuple(
            tuple(_error(child) for child in context if child.schema_path[0] == at) for at in range(len(given))
        )
    return Error(
        word,
        given,
        cast(Any, found.instance),
        cast(Schema, found.schema) if isinstance(found.schema, dict) else {},
        tuple(found.absolute_path),
        branches,
        "propertyNames" in found.relative_schema_path,
    )


@lru_cache(maxsize=1)
def _validator_class() -> Any:
    extend = cast(Callable[..., Any], validators.extend)
    return extend(Draft202012Validator, {"pattern": _pattern})


@lru_cache(maxsize=1)
def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, check in format_checks().items():
        checker.checks(name)(check)
    return checker


def _pattern(validator: Any, pattern: str, instance: object, schema: Schema) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not searches(pattern, instance):
        yield ValidationError("pattern")


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error:
        return None
