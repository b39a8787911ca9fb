"""Why a resource does not agree with its schema: one problem for each mistake, with its node; called by `model.schema`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from gitops_lint.model.formats import check_format
from gitops_lint.model.schemas import words
from gitops_lint.model.schemas.bundle import Schema
from gitops_lint.model.schemas.library import Error, errors, searches
from gitops_lint.model.schemas.problem import Path, ProblemKind, SchemaProblem, Verdict
from gitops_lint.model.schemas.texts import expanded_later
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Unknown, children
from gitops_lint.text.path import render
from gitops_lint.text.scalars import (
    MISSING,
    UNKNOWN,
    Plain,
    Reader,
    entries,
    get_written,
    is_null,
    key_node,
    templated,
    value,
)


class Kind(Protocol):
    """What of `model.schema.KindSchema` is needed here."""

    @property
    def kind(self) -> str: ...
    @property
    def schema(self) -> Schema: ...
    def resolve(self, schema: Schema) -> Schema: ...
    def holders(self, name: str) -> list[Path]: ...


def without_nulls(instance: Plain) -> Plain:
    """The value without the fields that are null, as the API server drops them; nulls in lists stay."""
    if isinstance(instance, dict):
        return {key: without_nulls(part) for key, part in instance.items() if part is not None}
    if isinstance(instance, list):
        return [without_nulls(part) for part in instance]
    return instance


def explained(root: Node, kind: Kind, instance: Plain, reader: Reader) -> Verdict:
    """
    The problems of a resource that the quick answer refused.

    instance: `root` as plain value, null fields dropped. Mistakes that a template or an open part may cure are counted only.
    """
    return _Explainer(root, kind, instance, reader).verdict()


_ONE_LINE = ("plain", "'", '"')
_TYPE_PROBLEMS = ("wrong-type", "null-item")


class _Explainer:
    def __init__(self, root: Node, kind: Kind, instance: Plain, reader: Reader) -> None:
        self._root = root
        self._kind = kind
        self._instance = instance
        self._reader: Reader = reader
        self._problems: list[SchemaProblem] = []
        self._dropped = 0

    def verdict(self) -> Verdict:
        for error in errors(self._kind.schema, self._instance):
            self._explain(error)
        return Verdict(tuple(self._kept()), self._dropped)

    def _kept(self) -> list[SchemaProblem]:
        """One problem for a value: a wrong type speaks alone, and silences what lies below it."""
        mistyped = {problem.path for problem in self._problems if problem.kind in _TYPE_PROBLEMS}
        kept: dict[tuple[bool, Path], SchemaProblem] = {}
        for problem in self._problems:
            if any(problem.path[:length] in mistyped for length in range(len(problem.path))):
                continue
            if problem.path in mistyped and problem.kind not in _TYPE_PROBLEMS:
                continue
            kept.setdefault((problem.kind in ("unknown-field", "missing-field"), problem.path), problem)
        return sorted(kept.values(), key=lambda problem: (problem.node.start, render(problem.path)))

    # ---- one error of the library to problems

    def _explain(self, error: Error) -> None:
        path = error.path
        node = self._node(path)
        if error.of_name:
            key = key_node(node, str(error.instance)) if node is not None else None
            if key is None or templated(key.text):
                self._dropped += 1
            else:
                self._name(error, path, key)
            return
        if node is None or self._unknown(node):
            self._dropped += 1
            return
        handler = _HANDLERS.get(error.word, _Explainer._other)
        handler(self, error, path, node)

    def _unknown_field(self, error: Error, path: Path, node: Node) -> None:
        properties = error.schema.get("properties", {})
        allowed = tuple(sorted(properties))
        elsewhen = error.schema.get("x-elsewhen", {})
        for name in error.instance:
            if not path and name == "sops":
                # an encrypted document: whoever decrypts it takes this away
                continue
            if name in properties or any(
                searches(pattern, name) for pattern in error.schema.get("patternProperties", {})
            ):
                continue
            key = next((key for written, key, _ in entries(node, self._reader) if written == name), None)
            if not isinstance(key, Scalar) or (isinstance(node, Mapping) and node.open) or value(key) is UNKNOWN:
                self._dropped += 1
                continue
            where = render(path)
            holder = f"`{words.short(path) or self._kind.kind}`"
            absent = [field for field in allowed if field not in error.instance]
            meant = words.close(name, absent) or words.close(name, allowed)
            place = self._elsewhere(name, path, get_written(node, name, self._reader))
            if place and meant and not words.same_but_case(name, meant):
                meant = ""
            versions = elsewhen.get(name, {})
            since, until = words.versions(versions.get("since", {})), words.versions(versions.get("until", {}))
            if since or until:
                meant, place = "", ""
            if until:
                message = f"`{name}` is no longer a field of {holder} since {until}"
            elif since:
                message = f"`{name}` is a field of {holder} only since {since}"
            elif meant:
                message = f"`{name}` is not a field of {holder}; did you mean `{meant}`?"
            elif place:
                message = f"`{name}` is not a field of `{where or self._kind.kind}`; it belongs under `{place}`"
            elif allowed:
                message = f"`{name}` is not a field of {holder}; it has: {words.some(allowed)}"
            else:
                message = f"`{name}` is not a field of {holder}, which has none"
            self._problems.append(
                SchemaProblem(
                    "unknown-field", key, (*path, name), name, where, message, allowed, name, meant, place, since, until
                )
            )

    def _missing_field(self, error: Error, path: Path, node: Node) -> None:
        for name in error.given:
            if name not in error.instance:
                self._missing(name, error.schema, path, node)

    def _missing(self, name: str, schema: Schema, path: Path, node: Node, reason: str = "") -> None:
        found = get_written(node, name, self._reader)
        if found is UNKNOWN or isinstance(found, Unknown):
            self._dropped += 1
            return
        if found is not MISSING and "null" in _types(self._kind.resolve(schema.get("properties", {}).get(name, {}))):
            return
        holder = f"`{words.short(path) or self._kind.kind}`"
        key = key_node(node, name)
        if key is not None:
            message = f"`{name}` is empty, and {holder} needs a value for it{reason}"
        else:
            message = f"{holder} needs the field `{name}`{reason}"
        self._problems.append(
            SchemaProblem("missing-field", key or node, (*path, name), name, render(path), message, (name,))
        )

    def _dependent(self, error: Error, path: Path, node: Node) -> None:
        for name, needed in error.given.items():
            for other in needed if name in error.instance else ():
                if other not in error.instance:
                    self._missing(other, error.schema, path, node, f" beside `{name}`")

    def _wrong_type(self, error: Error, path: Path, node: Node) -> None:
        expected = error.given if isinstance(error.given, list) else [error.given]
        self._type(expected, error, path, node)

    def _type(self, types: list[str], error: Error, path: Path, node: Node) -> None:
        instance = error.instance
        place = f"`{words.short(path) or self._kind.kind}`"
        expected = tuple(sorted(words.type_word(name) for name in types if name != "null"))
        actual = words.type_of(instance)
        if instance is None and path and isinstance(path[-1], int):
            message = f"{place} is empty, and a list item needs a value"
            self._add("null-item", error, node, path, message, expected, actual)
            return
        must = f"{place} must be {words.either(expected)}"
        quoted = self._quoted(node, path)
        help_ = ""
        if isinstance(node, Scalar) and "string" in types and not isinstance(instance, str):
            message = f"{quoted} is read as {actual}, {must}: quote it"
            help_ = "put quotes around it"
        elif isinstance(instance, str):
            bare = value(Scalar(node.source, node.start, node.end, instance), self._reader) if instance else instance
            fits = any(_is(bare, name) for name in types)
            message = f"{quoted} is a string, {must}" + (": remove the quotes" if fits else "")
            help_ = "remove the quotes" if fits else ""
        elif isinstance(node, Scalar):
            message = f"{quoted} is {actual}, {must}"
        elif types == ["array"]:
            message = f"{must}, not {actual}: each entry starts with `- `"
        else:
            message = f"{must}, not {actual}"
        self._add("wrong-type", error, node, path, message, expected, actual, help=help_)

    def _not_listed(self, error: Error, path: Path, node: Node) -> None:
        listed = [error.given] if error.word == "const" else error.given
        expected = tuple(sorted(_plain_text(item) for item in listed if item not in (None, "")))
        actual = _plain_text(error.instance)
        meant = words.close(actual, expected) if isinstance(error.instance, str) else ""
        place = f"`{words.short(path)}`"
        start = f"{self._quoted(node, path)} is not a value of {place}"
        message = f"{start}; did you mean `{meant}`?" if meant else f"{start}; it takes: {words.some(expected)}"
        self._add("wrong-value", error, node, path, message, expected, actual, meant)

    def _wrong_format(self, error: Error, path: Path, node: Node) -> None:
        name = str(error.given)
        clause = check_format(name, str(error.instance)) or f"is not a {name}"
        message = f"{self._quoted(node, path)} {clause} (`{words.short(path)}`)"
        self._add("wrong-value", error, node, path, message, (name,), str(error.instance))

    def _wrong_pattern(self, error: Error, path: Path, node: Node) -> None:
        right = error.schema.get("x-expected") or f"text that matches `{error.given}`"
        message = f"{self._quoted(node, path)} is not a value of `{words.short(path)}`: it must be {right}"
        self._add("wrong-value", error, node, path, message, (str(error.given),), str(error.instance))

    def _out_of_range(self, error: Error, path: Path, node: Node) -> None:
        word, limit = error.word, error.given
        bounds = {
            "minimum": f"at least {limit}",
            "maximum": f"at most {limit}",
            "exclusiveMinimum": f"more than {limit}",
            "exclusiveMaximum": f"less than {limit}",
            "multipleOf": f"a multiple of {limit}",
            "minLength": "not empty" if limit == 1 else f"at least {limit} characters long",
            "maxLength": f"at most {limit} characters long",
        }
        actual = _plain_text(error.instance)
        if word == "minLength" and not error.instance:
            message = f"`{words.short(path)}` must not be empty"
        elif word == "maxLength":
            message = f"`{words.short(path)}` must be {bounds[word]}, it has {len(error.instance)}"
        else:
            message = f"{self._quoted(node, path)} is not a value of `{words.short(path)}`: it must be {bounds[word]}"
        self._add("wrong-value", error, node, path, message, (bounds[word],), actual)

    def _wrong_count(self, error: Error, path: Path, node: Node) -> None:
        if isinstance(node, (Mapping, Sequence)) and node.open:
            self._dropped += 1
            return
        word, limit, found = error.word, error.given, len(error.instance)
        place = f"`{words.short(path) or self._kind.kind}`"
        names = tuple(sorted(error.schema.get("properties", {})))
        if isinstance(node, Mapping) and limit == 1 and names:
            if any(isinstance(key, Scalar) and templated(key.text) for key in node.items[::2]):
                self._dropped += 1
                return
            wanted = "exactly one" if error.schema.get("minProperties") == error.schema.get("maxProperties") else "one"
            if word == "minProperties":
                message = f"{place} is empty and needs {wanted} of: {words.some(names)}"
            else:
                there = words.both([f"`{name}`" for name in error.instance])
                message = f"{place} takes only one field, it has {there}"
            self._add("exclusive", error, node, path, message, names, str(found))
            return
        thing = "item" if isinstance(node, Sequence) else "entry"
        things = thing if limit == 1 else {"item": "items", "entry": "entries"}[thing]
        if word.startswith("min"):
            message = (
                f"{place} is empty and needs at least {limit} {things}"
                if not found
                else f"{place} needs at least {limit} {things}, it has {found}"
            )
        else:
            message = f"{place} takes at most {limit} {things}, it has {found}"
        self._add("wrong-count", error, node, path, message, (str(limit),), str(found))

    def _not_unique(self, error: Error, path: Path, node: Node) -> None:
        if self._unknown_below(node):
            self._dropped += 1
            return
        items = error.instance
        again = next((at for at, item in enumerate(items) if item in items[:at]), 0)
        twice = self._node((*path, again)) or node
        self._add(
            "wrong-count",
            error,
            twice,
            (*path, again),
            f"`{words.short(path)}` holds the same item twice",
            (),
            str(len(items)),
        )

    def _no_branch(self, error: Error, path: Path, node: Node) -> None:
        if self._unknown_below(node):
            self._dropped += 1
            return
        names = tuple(sorted({name for branch in error.given for name in _required(branch)}))
        tried = [branch for branch in error.branches if branch]
        mistyped = [[child for child in branch if child.word == "type" and child.path == path] for branch in tried]
        if tried and all(mistyped):
            types = [name for branch in mistyped for child in branch for name in _types({"type": child.given})]
            self._type(list(dict.fromkeys(types)), error, path, node)
            return
        here = all(child.path == path and child.word in ("required", "not") for branch in tried for child in branch)
        if names and here and isinstance(error.instance, dict):
            self._exclusive(error, names, path, node)
            return
        ranked = sorted((_distance(branch), at) for at, branch in enumerate(tried) if not mistyped[at])
        if ranked and (len(ranked) == 1 or ranked[0][0] < ranked[1][0]):
            for child in tried[ranked[0][1]]:
                self._explain(child)
            return
        self._other(error, path, node)

    def _exclusive(self, error: Error, names: tuple[str, ...], path: Path, node: Node) -> None:
        if isinstance(node, Mapping) and node.open:
            self._dropped += 1
            return
        place = f"`{words.short(path) or self._kind.kind}`"
        there = [name for name in names if name in error.instance]
        if len(there) > 1:
            last = key_node(node, there[-1]) or node
            message = f"{place} takes only one of {words.both([f'`{name}`' for name in there])}"
            self._add("exclusive", error, last, path, message, names, ", ".join(there))
        else:
            message = f"{place} needs one of: {words.some(names)}"
            self._add("exclusive", error, node, path, message, names, ", ".join(there))

    def _forbidden(self, error: Error, path: Path, node: Node) -> None:
        if self._unknown_below(node):
            self._dropped += 1
            return
        names = tuple(_required(error.given)) if isinstance(error.given, dict) else ()
        if len(names) > 1 and isinstance(error.instance, dict):
            self._exclusive(error, names, path, node)
        else:
            self._other(error, path, node)

    def _name(self, error: Error, path: Path, key: Scalar) -> None:
        message = f"`{key.text}` is not a name that `{words.short(path)}` takes"
        if error.word == "pattern":
            message += f": it must be {error.schema.get('x-expected') or f'text that matches `{error.given}`'}"
        self._problems.append(
            SchemaProblem("wrong-value", key, (*path, key.text), key.text, render(path), message, (), key.text)
        )

    def _other(self, error: Error, path: Path, node: Node) -> None:
        if self._unknown_below(node):
            self._dropped += 1
            return
        message = f"`{words.short(path) or self._kind.kind}` has none of the forms that it may have"
        self._add("exclusive" if error.word in ("anyOf", "oneOf", "not") else "wrong-value", error, node, path, message)

    # ---- small parts

    def _add(
        self,
        kind: ProblemKind,
        error: Error,
        node: Node,
        path: Path,
        message: str,
        expected: tuple[str, ...] = (),
        actual: str = "",
        did_you_mean: str = "",
        *,
        help: str = "",
    ) -> None:
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        self._problems.append(
            SchemaProblem(
                kind,
                node,
                path,
                name,
                render(path),
                message,
                expected,
                actual,
                did_you_mean,
                enforced_by=str(error.schema.get("x-enforced-by", "")),
                help=help,
            )
        )

    def _quoted(self, node: Node, path: Path) -> str:
        """The value as it is written, in backticks; "this value" for a credential, several lines, or no scalar."""
        if not isinstance(node, Scalar) or not words.quotable(path, self._instance):
            return "this value"
        written = (
            node.source.text[node.start : node.end] if node.origin is None and node.style in _ONE_LINE else node.text
        )
        if "\n" in written or "`" in written:
            return "this value"
        return f"`{written}`" if len(written) <= 60 else f"`{written[:60]}…`"

    def _node(self, path: Path) -> Node | None:
        """The node at a path of the plain value; None where an engine could not compute it."""
        node: Node = self._root
        for part in path:
            if isinstance(part, int):
                if not isinstance(node, Sequence) or part >= len(node.items):
                    return None
                node = node.items[part]
                continue
            found = get_written(node, part, self._reader)
            if found is MISSING or found is UNKNOWN:
                return None
            node = found
        return node

    def _unknown(self, node: Node) -> bool:
        """Whether the value itself cannot be known: made by a template, refused by the reader, or not computed."""
        if isinstance(node, Scalar):
            return value(node, self._reader) is UNKNOWN or (node.origin is None and expanded_later(node.text))
        if isinstance(node, Mapping):
            # `replicas: {{ count }}` is read as a mapping in a mapping
            return node.flow and node.source.text.startswith("{{", node.start)
        return isinstance(node, Unknown)

    def _unknown_below(self, node: Node) -> bool:
        if self._unknown(node) or (isinstance(node, (Mapping, Sequence)) and node.open):
            return True
        return any(self._unknown_below(child) for child in children(node))

    def _elsewhere(self, name: str, path: Path, written: Any) -> str:
        """Readable path of the mapping that does take `name`, where one such mapping is near; else ""."""
        here = tuple("[]" if isinstance(part, int) else part for part in path)
        near: list[tuple[int, Path]] = []
        for holder in self._kind.holders(name):
            if holder == here or holder[:1] == ("status",) or not self._could_hold(holder, name, written):
                continue
            shared = next((at for at, (a, b) in enumerate(zip(holder, here)) if a != b), min(len(holder), len(here)))
            near.append((len(holder) + len(here) - 2 * shared, holder))
        near.sort(key=lambda found: found[0])
        if not near or near[0][0] > (4 if len(near) == 1 else 2) or (len(near) > 1 and near[0][0] == near[1][0]):
            return ""
        return ".".join(str(part) for part in near[0][1]).replace(".[]", "[]")

    def _could_hold(self, holder: Path, name: str, written: Any) -> bool:
        schema: Schema = self._kind.schema
        for part in holder:
            schema = self._kind.resolve(schema)
            schema = schema["items"] if part == "[]" else schema["properties"][part]
        types = _types(self._kind.resolve(self._kind.resolve(schema)["properties"][name]))
        if isinstance(written, Mapping):
            return "object" in types
        if isinstance(written, Sequence):
            return "array" in types
        return (
            not isinstance(written, Scalar)
            or is_null(written)
            or bool({"string", "integer", "number", "boolean"} & set(types))
        )


_Handler = Callable[[_Explainer, Error, Path, Node], None]
_HANDLERS: dict[str, _Handler] = {
    "additionalProperties": _Explainer._unknown_field,
    "required": _Explainer._missing_field,
    "dependentRequired": _Explainer._dependent,
    "type": _Explainer._wrong_type,
    "enum": _Explainer._not_listed,
    "const": _Explainer._not_listed,
    "format": _Explainer._wrong_format,
    "pattern": _Explainer._wrong_pattern,
    "minProperties": _Explainer._wrong_count,
    "maxProperties": _Explainer._wrong_count,
    "minItems": _Explainer._wrong_count,
    "maxItems": _Explainer._wrong_count,
    "uniqueItems": _Explainer._not_unique,
    "anyOf": _Explainer._no_branch,
    "oneOf": _Explainer._no_branch,
    "not": _Explainer._forbidden,
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
        _Explainer._out_of_range,
    ),
}


def _distance(branch: tuple[Error, ...]) -> tuple[int, int, int]:
    """How far a form is from what is written: forms that another value of a discriminating field chooses come last."""
    other = sum(child.word in ("const", "enum") for child in branch)
    return (other, len(branch), -max(len(child.path) for child in branch))


def _required(branch: Any) -> list[str]:
    """Names that a branch asks for directly: `{required: [a]}`, also in an anyOf of such."""
    if not isinstance(branch, dict):
        return []
    names = list(branch.get("required", ()))
    for part in branch.get("anyOf", ()):
        names += _required(part)
    return names


def _types(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return list(kinds) if isinstance(kinds, list) else [kinds]


def _is(instance: object, name: str) -> bool:
    if isinstance(instance, bool):
        return name == "boolean"
    return (name == "integer" and isinstance(instance, int)) or (
        name == "number" and isinstance(instance, (int, float))
    )


def _plain_text(instance: object) -> str:
    if isinstance(instance, bool):
        return "true" if instance else "false"
    return str(instance)
