"""Why a resource does not agree with its schema: one problem for each mistake, with its node; called by `model.schema`."""

from __future__ import annotations

from typing import Any

from gitops_lint.model.schemas import words
from gitops_lint.model.schemas.bundle import Schema
from gitops_lint.model.schemas.ground import Ground, types_of
from gitops_lint.model.schemas.library import Error, errors, searches
from gitops_lint.model.schemas.problem import Path, SchemaProblem, Verdict
from gitops_lint.model.schemas.values import VALUES, mistyped, problem, wrong_name
from gitops_lint.text.nodes import Mapping, Node, Scalar, Unknown
from gitops_lint.text.path import render
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, get_written, key_node, templated, value

_TYPE_PROBLEMS = ("wrong-type", "null-item")
_FIELD_PROBLEMS = ("unknown-field", "missing-field")


def explained(ground: Ground) -> Verdict:
    """The problems of a resource that the quick answer refused; mistakes that a template or an open part may cure are counted only."""
    explainer = _Explainer(ground)
    try:
        for error in errors(ground.kind.schema, ground.instance):
            explainer.explain(error)
    except RecursionError:
        # the library needs several frames a level: a resource of some hundred levels is beyond explaining
        return Verdict((), 1)
    return Verdict(tuple(_kept(explainer.problems)), explainer.dropped)


def _kept(problems: list[SchemaProblem]) -> list[SchemaProblem]:
    """One problem for a value: a wrong type speaks alone, and silences what lies below it."""
    wrong = {each.path for each in problems if each.kind in _TYPE_PROBLEMS}
    kept: dict[tuple[bool, Path], SchemaProblem] = {}
    for each in problems:
        if any(each.path[:length] in wrong for length in range(len(each.path))):
            continue
        if each.path in wrong and each.kind not in _TYPE_PROBLEMS:
            continue
        kept.setdefault((each.kind in _FIELD_PROBLEMS, each.path), each)
    return sorted(kept.values(), key=lambda each: (each.node.start, render(each.path)))


_MOST_FIELDS = 100
"""Unknown fields that are told of one mapping: one of thousands is something else than its kind says."""


class _Explainer:
    """Errors of the library in, problems out; `dropped` counts the mistakes that nobody can be sure of."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.problems: list[SchemaProblem] = []
        self.dropped = 0

    def explain(self, error: Error) -> None:
        ground = self._ground
        node = ground.node(error.path)
        if node is None or ground.unknown(node):
            self.dropped += 1
        elif error.of_name:
            key = key_node(node, str(error.instance))
            self._add(None if key is None or templated(key.text) else wrong_name(ground, error, key))
        elif error.word == "additionalProperties":
            self._unknown_fields(error, node)
        elif error.word == "required":
            for name in error.given:
                if name not in error.instance:
                    self._missing_field(name, error, node)
        elif error.word == "dependentRequired":
            self._dependent_fields(error, node)
        elif error.word in VALUES:
            self._add(VALUES[error.word](ground, error, node))
        elif ground.unknown_below(node):
            self.dropped += 1
        elif error.word in ("anyOf", "oneOf"):
            self._no_form(error, node)
        else:
            self._forbidden(error, node)

    def _add(self, found: SchemaProblem | None) -> None:
        if found is None:
            self.dropped += 1
        else:
            self.problems.append(found)

    # ---- fields

    def _unknown_fields(self, error: Error, node: Node) -> None:
        properties, patterns = error.schema.get("properties", {}), error.schema.get("patternProperties", {})
        keys = {name: key for name, key, _ in entries(node, self._ground.reader)}
        told = 0
        for name in error.instance:
            if told >= _MOST_FIELDS:
                self.dropped += 1
                continue
            if name in properties or any(searches(pattern, name) for pattern in patterns):
                continue
            if not error.path and name == "sops":
                # an encrypted document: whoever decrypts it takes this away
                continue
            key = keys.get(name)
            if not isinstance(key, Scalar) or (isinstance(node, Mapping) and node.open) or value(key) is UNKNOWN:
                self.dropped += 1
            else:
                told += 1
                self.problems.append(self._unknown_field(name, key, error, node))

    def _unknown_field(self, name: str, key: Scalar, error: Error, node: Node) -> SchemaProblem:
        ground, path = self._ground, error.path
        allowed = tuple(sorted(error.schema.get("properties", {})))
        versions = error.schema.get("x-elsewhen", {}).get(name) or ground.kind.elsewhen(path, name)
        since, until = words.versions(versions.get("since", {})), words.versions(versions.get("until", {}))
        meant, place = "", ""
        if not (since or until):
            absent = [field for field in allowed if field not in error.instance]
            meant = words.close(name, absent) or words.close(name, allowed)
            place = ground.elsewhere(name, path, get_written(node, name, ground.reader))
            if place and meant and not words.same_but_case(name, meant):
                meant = ""
        holder = ground.place(path)
        if until:
            message = f"`{name}` is no longer a field of {holder} since {until}"
        elif since:
            message = f"`{name}` is a field of {holder} only since {since}"
        elif meant:
            message = f"`{name}` is not a field of {holder}; did you mean `{meant}`?"
        elif place:
            # two long paths that end alike would read as one
            holder = f"`{render(path) or ground.kind.kind}`"
            message = f"`{name}` is not a field of {holder}; it belongs under `{place}`"
        elif allowed:
            message = f"`{name}` is not a field of {holder}; it has: {words.some(allowed)}"
        else:
            message = f"`{name}` is not a field of {holder}, which has none"
        return SchemaProblem(
            "unknown-field", key, (*path, name), name, render(path), message, allowed, name, meant, place, since, until
        )

    def _missing_field(self, name: str, error: Error, node: Node, reason: str = "") -> None:
        ground = self._ground
        found = get_written(node, name, ground.reader)
        if found is UNKNOWN or isinstance(found, Unknown) or ground.open_above(error.path):
            self.dropped += 1
            return
        if found is not MISSING and "null" in types_of(ground.kind.resolve(_property(error.schema, name))):
            return
        key = key_node(node, name)
        if key is not None:
            message = f"`{name}` is empty, and {ground.place(error.path)} needs a value for it{reason}"
        else:
            message = f"{ground.place(error.path)} needs the field `{name}`{reason}"
        path = (*error.path, name)
        self.problems.append(
            SchemaProblem("missing-field", key or node, path, name, render(error.path), message, (name,))
        )

    def _dependent_fields(self, error: Error, node: Node) -> None:
        for name, needed in error.given.items():
            for other in needed if name in error.instance else ():
                if other not in error.instance:
                    self._missing_field(other, error, node, f" beside `{name}`")

    # ---- forms

    def _no_form(self, error: Error, node: Node) -> None:
        """The closest of several forms speaks; which of several fields are wanted, where that is all that divides them."""
        names = tuple(sorted({name for form in error.given for name in _required(form)}))
        tried = [form for form in error.branches if form]
        wrong = [[child for child in form if child.word == "type" and child.path == error.path] for form in tried]
        if tried and all(wrong):
            types = [name for form in wrong for child in form for name in types_of({"type": child.given})]
            self._add(mistyped(self._ground, error, node, list(dict.fromkeys(types))))
            return
        shallow = all(
            child.path == error.path and child.word in ("required", "not") for form in tried for child in form
        )
        if names and shallow and isinstance(error.instance, dict):
            self._exclusive(error, names, node)
            return
        ranked = sorted((_distance(form), at) for at, form in enumerate(tried) if not wrong[at])
        if ranked and (len(ranked) == 1 or ranked[0][0] < ranked[1][0]):
            for child in tried[ranked[0][1]]:
                self.explain(child)
            return
        self._other(error, node)

    def _exclusive(self, error: Error, names: tuple[str, ...], node: Node) -> None:
        ground = self._ground
        there = [name for name in names if name in error.instance]
        if len(there) > 1:
            last = key_node(node, there[-1]) or node
            message = f"{ground.place(error.path)} takes only one of {words.both([f'`{name}`' for name in there])}"
            self._add(problem(ground, "exclusive", error, last, message, names, ", ".join(there)))
        elif ground.open_above(error.path):
            self.dropped += 1
        else:
            message = f"{ground.place(error.path)} needs one of: {words.some(names)}"
            self._add(problem(ground, "exclusive", error, node, message, names, ", ".join(there)))

    def _forbidden(self, error: Error, node: Node) -> None:
        names = tuple(_required(error.given)) if error.word == "not" else ()
        if len(names) > 1 and isinstance(error.instance, dict):
            self._exclusive(error, names, node)
        else:
            self._other(error, node)

    def _other(self, error: Error, node: Node) -> None:
        message = f"{self._ground.place(error.path)} has none of the forms that it may have"
        self._add(problem(self._ground, "exclusive", error, node, message))


def _distance(form: tuple[Error, ...]) -> tuple[int, int, int]:
    """How far a form is from what is written: forms that another value of a discriminating field chooses come last."""
    other = sum(child.word in ("const", "enum") for child in form)
    return (other, len(form), -max(len(child.path) for child in form))


def _required(form: Any) -> list[str]:
    """Names that a form asks for directly: `{required: [a]}`, also in an anyOf of such."""
    if not isinstance(form, dict):
        return []
    names = list(form.get("required", ()))
    for part in form.get("anyOf", ()):
        names += _required(part)
    return names


def _property(schema: Schema, name: str) -> Schema:
    part = schema.get("properties", {}).get(name, {})
    return part if isinstance(part, dict) else {}
