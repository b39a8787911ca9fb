"""Problems of one value: its type, what is taken, its form, its range, its count. Each answers None where nobody can know."""

from __future__ import annotations

from collections.abc import Callable

from gitops_lint.model.formats import check_format
from gitops_lint.model.schemas import words
from gitops_lint.model.schemas.ground import Ground
from gitops_lint.model.schemas.library import Error
from gitops_lint.model.schemas.problem import ProblemKind, SchemaProblem
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.path import render
from gitops_lint.text.scalars import templated, value


def problem(
    ground: Ground,
    kind: ProblemKind,
    error: Error,
    node: Node,
    message: str,
    expected: tuple[str, ...] = (),
    actual: str = "",
    did_you_mean: str = "",
    help: str = "",
) -> SchemaProblem:
    """A problem of the value that an error speaks of; a credential's value goes into no field of it."""
    return SchemaProblem(
        kind,
        node,
        error.path,
        next((part for part in reversed(error.path) if isinstance(part, str)), ""),
        render(error.path),
        message,
        expected,
        actual if kind != "wrong-value" or words.quotable(error.path, ground.instance) else "",
        did_you_mean,
        enforced_by=str(error.schema.get("x-enforced-by", "")),
        help=help,
    )


def wrong_type(ground: Ground, error: Error, node: Node) -> SchemaProblem | None:
    return mistyped(ground, error, node, error.given if isinstance(error.given, list) else [error.given])


def mistyped(ground: Ground, error: Error, node: Node, types: list[str]) -> SchemaProblem | None:
    """
    A value of none of these types.

    Nothing for an annotation that kustomize reads (reader v3): it makes text of numbers, booleans and nulls there.
    """
    instance, path = error.instance, error.path
    if (
        ground.reader == "v3"
        and len(path) == 3
        and path[:2] == ("metadata", "annotations")
        and isinstance(node, Scalar)
    ):
        return None
    place = ground.place(path)
    expected = tuple(sorted(words.type_word(name) for name in types if name != "null"))
    actual = words.type_of(instance)
    if instance is None and path and isinstance(path[-1], int):
        message = f"{place} is empty, and a list item needs a value"
        return problem(ground, "null-item", error, node, message, expected, actual)
    must = f"{place} must be {words.either(expected)}"
    quoted = ground.quoted(node, path)
    help_ = ""
    if isinstance(node, Scalar) and "string" in types and not isinstance(instance, str):
        message = f"{quoted} is read as {actual}, {must}: quote it"
        help_ = "put quotes around it"
    elif isinstance(node, Scalar) and isinstance(instance, str):
        bare = value(Scalar(node.source, node.start, node.end, instance), ground.reader) if instance else instance
        fits = any(_is(bare, name) for name in types)
        message = f"{quoted} is a string, {must}" + (": remove the quotes" if fits else "")
        help_ = "remove the quotes" if fits else ""
    elif isinstance(node, Scalar):
        message = f"{quoted} is {actual}, {must}"
    elif types == ["array"]:
        message = f"{must}, not {actual}: each entry starts with `- `"
    else:
        message = f"{must}, not {actual}"
    return problem(ground, "wrong-type", error, node, message, expected, actual, help=help_)


def not_listed(ground: Ground, error: Error, node: Node) -> SchemaProblem | None:
    listed = [error.given] if error.word == "const" else error.given
    expected = tuple(sorted(_text(item) for item in listed if item not in (None, "")))
    actual = _text(error.instance)
    meant = words.close(actual, expected) if isinstance(error.instance, str) else ""
    start = f"{ground.quoted(node, error.path)} is not a value of {ground.place(error.path)}"
    message = f"{start}; did you mean `{meant}`?" if meant else f"{start}; it takes: {words.some(expected)}"
    return problem(ground, "wrong-value", error, node, message, expected, actual, meant)


def wrong_format(ground: Ground, error: Error, node: Node) -> SchemaProblem | None:
    name, text = str(error.given), str(error.instance)
    clause = check_format(name, text) or f"is not a {name}"
    message = f"{ground.quoted(node, error.path)} {clause} ({ground.place(error.path)})"
    return problem(ground, "wrong-value", error, node, message, (name,), text)


def wrong_pattern(ground: Ground, error: Error, node: Node) -> SchemaProblem | None:
    message = (
        f"{ground.quoted(node, error.path)} is not a value of {ground.place(error.path)}: it must be {_right(error)}"
    )
    return problem(ground, "wrong-value", error, node, message, (str(error.given),), str(error.instance))


def wrong_name(ground: Ground, error: Error, key: Scalar) -> SchemaProblem:
    """A key that the mapping at `error.path` does not take by its form."""
    message = f"`{key.text}` is not a name that {ground.place(error.path)} takes"
    if error.word == "pattern":
        message += f": it must be {_right(error)}"
    path = (*error.path, key.text)
    return SchemaProblem("wrong-value", key, path, key.text, render(error.path), message, (), key.text)


def _right(error: Error) -> str:
    """What a pattern asks for, in the words of the schema where it has some."""
    return str(error.schema.get("x-expected") or f"text that matches `{error.given}`")


def out_of_range(ground: Ground, error: Error, node: Node) -> SchemaProblem | None:
    word, limit, place = error.word, error.given, ground.place(error.path)
    bounds = {
        "minimum": f"at least {limit}",
        "maximum": f"at most {limit}",
        "exclusiveMinimum": f"more than {limit}",
        "exclusiveMaximum": f"less than {limit}",
        "multipleOf": f"a multiple of {limit}",
        "minLength": f"at least {limit} characters long",
        "maxLength": f"at most {limit} characters long",
    }
    if word == "minLength" and not error.instance:
        message = f"{place} must not be empty"
    elif word == "maxLength":
        message = f"{place} must be {bounds[word]}, it has {len(error.instance)}"
    else:
        message = f"{ground.quoted(node, error.path)} is not a value of {place}: it must be {bounds[word]}"
    return problem(ground, "wrong-value", error, node, message, (bounds[word],), _text(error.instance))


def wrong_count(ground: Ground, error: Error, node: Node) -> SchemaProblem | None:
    """Too few or too many items or entries; for a mapping that takes one of its fields, which they are."""
    least = error.word.startswith("min")
    if ground.open_above(error.path) or (
        isinstance(node, Mapping) and any(_is_template(key) for key in node.items[::2])
    ):
        return None
    limit, found, place = error.given, len(error.instance), ground.place(error.path)
    names = tuple(sorted(error.schema.get("properties", {})))
    if isinstance(node, Mapping) and limit == 1 and names:
        exactly = "exactly one" if error.schema.get("minProperties") == error.schema.get("maxProperties") else "one"
        if least:
            message = f"{place} is empty and needs {exactly} of: {words.some(names)}"
        else:
            message = f"{place} takes only one field, it has {words.both([f'`{name}`' for name in error.instance])}"
        return problem(ground, "exclusive", error, node, message, names, str(found))
    one, many = ("item", "items") if isinstance(node, Sequence) else ("entry", "entries")
    things = f"{limit} {one if limit == 1 else many}"
    if not least:
        message = f"{place} takes at most {things}, it has {found}"
    elif found:
        message = f"{place} needs at least {things}, it has {found}"
    else:
        message = f"{place} is empty and needs at least {things}"
    return problem(ground, "wrong-count", error, node, message, (str(limit),), str(found))


def not_unique(ground: Ground, error: Error, node: Node) -> SchemaProblem | None:
    if ground.unknown_below(node):
        return None
    items = error.instance
    again = next((at for at, item in enumerate(items) if item in items[:at]), 0)
    twice = ground.node((*error.path, again)) or node
    message = f"{ground.place(error.path)} holds the same item twice"
    return problem(ground, "wrong-count", error, twice, message, (), str(len(items)))


VALUES: dict[str, Callable[[Ground, Error, Node], SchemaProblem | None]] = {
    "type": wrong_type,
    "enum": not_listed,
    "const": not_listed,
    "format": wrong_format,
    "pattern": wrong_pattern,
    "minProperties": wrong_count,
    "maxProperties": wrong_count,
    "minItems": wrong_count,
    "maxItems": wrong_count,
    "uniqueItems": not_unique,
    "minimum": out_of_range,
    "maximum": out_of_range,
    "exclusiveMinimum": out_of_range,
    "exclusiveMaximum": out_of_range,
    "multipleOf": out_of_range,
    "minLength": out_of_range,
    "maxLength": out_of_range,
}


def _is_template(key: Node) -> bool:
    return isinstance(key, Scalar) and templated(key.text)


def _is(instance: object, name: str) -> bool:
    if isinstance(instance, bool):
        return name == "boolean"
    return (name == "integer" and isinstance(instance, int)) or (
        name == "number" and isinstance(instance, (int, float))
    )


def _text(instance: object) -> str:
    if isinstance(instance, bool):
        return "true" if instance else "false"
    return str(instance)
