"""What the children of a matrix or merge have in common: parameters, paths, merge keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.applicationset import (
    Entry,
    elements_of,
    every_entry,
    parameters_of,
)
from gitops_lint.model.argocd import is_true
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationsets import uses_go
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import (
    MISSING,
    UNKNOWN,
    entries,
    get,
    items,
    text_of,
    value,
)

_SOURCE = "argo-cd applicationset/generators"

# ---- matrix and merge

CHILD_CONFLICT = record(
    "ChildConflict",
    {
        "name": Field(TEXT, optional=False, doc="the parameter that both children give"),
        "first": Field(TEXT, optional=False, doc="which generator the first child is"),
        "second": Field(TEXT, optional=False, doc="which generator the second child is"),
        "other": Field(TEXT, optional=True, doc="where the other child gives it"),
        "go": Field(BOOL, optional=False, doc="whether Go templates are on"),
    },
    doc="a parameter that both children of a matrix give with different values; it points at one of the two",
)


@attribute(
    "ApplicationSet",
    "childConflicts",
    returns=ListType(CHILD_CONFLICT),
    source=f"{_SOURCE}/matrix.go, applicationset/utils/map.go CombineStringMaps",
)
def child_conflicts(subject: Subject) -> Sequence[Value]:
    """Parameters that both children of a matrix give, where their values are sure to differ."""
    go = uses_go(subject)
    if go is None:
        return ()
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        matrix = entry.only("matrix")
        if matrix is not None and len(entry.children) == 2:
            first, second = entry.children
            found += _conflicts(first, second, go)
    return found


def _conflicts(first: Entry, second: Entry, go: bool) -> Iterator[Fact]:
    if len(first.generators) != 1 or len(second.generators) != 1:
        return
    one, two = first.generators[0], second.generators[0]
    if "selector" in [name for entry in (first, second) for name, _, _ in entries(entry.node)]:
        return
    left, right = _element_nodes(first), _element_nodes(second)
    fields: dict[str, Value] = {"first": one.kind, "second": two.kind, "go": go}
    if left is not None and right is not None:
        for name in left:
            for mine in left[name]:
                different = next((other for other in right.get(name, ()) if _differ(mine, other)), None)
                if different is not None:
                    yield Fact("ChildConflict", different, {**fields, "name": name, "other": mine})
                    break
    for nodes, other in ((left, two), (right, one)):
        # Not with goTemplate: there a list child may mean to be overridden, or to override.
        if nodes is not None and other.kind == "clusters" and not go and not is_true(get(other.node, "flatList")):
            for name in ("name", "server"):
                for node in nodes.get(name, ())[:1]:
                    yield Fact("ChildConflict", node, {**fields, "name": name, "other": other.key})


def _element_nodes(entry: Entry) -> dict[str, list[Scalar]] | None:
    """The values that a written list gives each key; None for another generator."""
    if elements_of(entry) is None:
        return None
    found: dict[str, list[Scalar]] = {}
    for element in items(get(entry.generators[0].node, "elements")):
        for name, _, given in entries(element):
            if isinstance(given, Scalar):
                found.setdefault(name, []).append(given)
    return found


def _differ(one: Scalar, other: Scalar) -> bool:
    return "{{" not in one.text and "{{" not in other.text and one.text != other.text


GIT_PAIR = record(
    "GitPair",
    {
        "go": Field(BOOL, optional=False, doc="whether Go templates are on"),
        "prefix": Field(TEXT, optional=False, doc="pathParamPrefix of both, or empty"),
        "first": Field(TEXT, optional=False, doc="the key of the first one"),
    },
    doc="two git generators in one matrix that give the same path parameters; it points at the second",
)


@attribute(
    "ApplicationSet",
    "gitPairs",
    returns=ListType(GIT_PAIR),
    source="argo-cd docs/operator-manual/applicationset/Generators-Matrix.md",
)
def git_pairs(subject: Subject) -> Sequence[Value]:
    """Matrices of two git generators whose path parameters have the same names."""
    go = uses_go(subject)
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        if go is None or entry.only("matrix") is None or len(entry.children) != 2:
            continue
        one, two = (child.only("git") for child in entry.children)
        if one is None or two is None:
            continue
        prefixes = [get(each.node, "pathParamPrefix") for each in (one, two)]
        if any(given is UNKNOWN or value(given) is UNKNOWN for given in prefixes):
            continue
        first, second = (text_of(given) or "" for given in prefixes)
        if first == second:
            found.append(Fact("GitPair", two.key, {"go": go, "prefix": first, "first": one.key}))
    return found


MERGE_KEY = record(
    "MergeKey",
    {
        "name": Field(TEXT, optional=False, doc="the key as written"),
        "nested": Field(
            BOOL,
            optional=False,
            doc="whether it is a dotted name with goTemplate on, where only top-level names are found",
        ),
        "child": Field(
            INTEGER, optional=True, doc="number of the first child that cannot give it, from 1; missing where all may"
        ),
        "kind": Field(TEXT, optional=True, doc="which generator that child is"),
    },
    doc="one item of mergeKeys; it points at the item",
)


@attribute(
    "ApplicationSet", "mergeKeys", returns=ListType(MERGE_KEY), source=f"{_SOURCE}/merge.go getParamSetsByMergeKey"
)
def merge_keys(subject: Subject) -> Sequence[Value]:
    """The merge keys of all merge generators."""
    go = uses_go(subject)
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        merge = entry.only("merge")
        if go is None or merge is None:
            continue
        given = [(child, parameters_of(child, go)) for child in entry.children]
        for node in items(get(merge.node, "mergeKeys")):
            name = value(node)
            if not isinstance(name, str):
                continue
            fields: dict[str, Value] = {"name": name, "nested": go and "." in name}
            lacking = next((child for child, known in given if not known.has(name)), None)
            if lacking is not None:
                fields["child"] = lacking.position + 1
                fields["kind"] = lacking.generators[0].kind
            found.append(Fact("MergeKey", node, fields, title=name))
    return found
