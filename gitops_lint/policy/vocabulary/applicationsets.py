"""What an ApplicationSet says by itself: its generators and how they nest, list elements, selectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.applicationset import (
    Entry,
    every_entry,
)
from gitops_lint.model.argocd import GENERATORS, Found, Generator
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.text.nodes import Mapping, Node, Scalar, Source
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import (
    MISSING,
    UNKNOWN,
    entries,
    get,
    items,
    templated,
    typed,
    value,
)

_SOURCE = "argo-cd applicationset/generators"


def set_spec(subject: Subject) -> Found:
    return get(subject.root or MISSING, "spec")


def uses_go(subject: Subject) -> bool | None:
    """Whether it uses Go templates; None where that cannot be known."""
    given = value(get(set_spec(subject), "goTemplate"))
    if given is UNKNOWN:
        return None
    return given is True


# ---- generators

GENERATOR_ENTRY = record(
    "GeneratorEntry",
    {
        "parent": Field(
            TextType(values=("", "matrix", "merge")), optional=False, doc="what it lies in; empty at the top"
        ),
        "depth": Field(INTEGER, optional=False, doc="0 at the top, 1 inside a matrix or merge, …"),
        "number": Field(INTEGER, optional=False, doc="its number in its list, from 1"),
        "kinds": Field(ListType(TEXT), optional=False, doc="the generators it holds"),
        "nulls": Field(
            ListType(TEXT), optional=False, doc="generators that are written without a value, at their keys"
        ),
        "unknown": Field(ListType(TEXT), optional=False, doc="keys that are no generators, at their keys"),
        "known": Field(ListType(TEXT), optional=False, doc="all generators there are"),
        "second": Field(TEXT, optional=True, doc="the key of its second generator"),
        "template": Field(ANYTHING, optional=True, doc="the template of its generator"),
        "open": Field(BOOL, optional=False, doc="whether it may hold more than is shown"),
        "empty": Field(BOOL, optional=False, doc="whether nothing at all stands in it"),
    },
    doc="one item of a list of generators; it points at the item",
)


@attribute("ApplicationSet", "generatorEntries", returns=ListType(GENERATOR_ENTRY), source=f"{_SOURCE}/utils.go")
def generator_entries(subject: Subject) -> Sequence[Value]:
    """The items of `generators` at every depth, outer ones first."""
    return [_entry_fact(entry) for entry in every_entry(subject.root or MISSING)]


def _entry_fact(entry: Entry) -> Fact:
    fields: dict[str, Value] = {
        "parent": entry.parent,
        "depth": entry.depth,
        "number": entry.position + 1,
        "kinds": [one.kind for one in entry.generators],
        "nulls": list(entry.nulls),
        "unknown": list(entry.unknown),
        "known": list(GENERATORS),
        "open": entry.open,
        "empty": not entry.node.items,
    }
    if len(entry.generators) > 1:
        fields["second"] = entry.generators[1].key
    if entry.generators:
        template = get(entry.generators[0].node, "template")
        if template is not MISSING:
            fields["template"] = template
    return Fact("GeneratorEntry", entry.node, fields, title=f"entry {entry.position + 1}")


GENERATOR = record(
    "SetGenerator",
    {
        "kind": Field(TextType(values=GENERATORS), optional=False, doc="its key"),
        "key": Field(TEXT, optional=False, doc="its key, to point at"),
        "parent": Field(TEXT, optional=False, doc="matrix or merge where it lies in one, else empty"),
        "depth": Field(INTEGER, optional=False, doc="0 at the top, 1 inside a matrix or merge, …"),
        "number": Field(INTEGER, optional=False, doc="number of its entry in its list, from 1"),
        "children": Field(
            INTEGER, optional=True, doc="how many entries a matrix or merge has; missing where that is open"
        ),
        "spec": Field(ANYTHING, optional=False, doc="what stands under the key"),
        "providers": Field(
            ListType(TEXT),
            optional=True,
            doc="services that scmProvider or pullRequest is told to ask, at their keys, in the order in which the controller looks",
        ),
    },
    doc="one generator; it points at its key",
)

# Source: argo-cd applicationset/generators/scm_provider.go GenerateParams, pull_request.go selectServiceProvider.
_PROVIDERS = {
    "scmProvider": ("github", "gitlab", "gitea", "bitbucketServer", "azureDevOps", "bitbucket", "awsCodeCommit"),
    "pullRequest": ("github", "gitlab", "gitea", "bitbucketServer", "bitbucket", "azuredevops"),
}


@attribute("ApplicationSet", "generators", returns=ListType(GENERATOR), source=_SOURCE)
def generators(subject: Subject) -> Sequence[Value]:
    """Every generator of every depth, outer ones first."""
    return [_generator_fact(entry, one) for entry in every_entry(subject.root or MISSING) for one in entry.generators]


def _generator_fact(entry: Entry, one: Generator) -> Fact:
    fields: dict[str, Value] = {
        "kind": one.kind,
        "key": one.key,
        "parent": entry.parent,
        "depth": entry.depth,
        "number": entry.position + 1,
        "spec": one.node,
    }
    listed = get(one.node, "generators")
    if one.kind in ("matrix", "merge") and (
        listed is MISSING or (isinstance(listed, SequenceNode) and not listed.open)
    ):
        fields["children"] = len(items(listed))
    if one.kind in _PROVIDERS and isinstance(one.node, Mapping):
        there = {name: key for name, key, given in entries(one.node) if get(one.node, name) is not MISSING}
        fields["providers"] = (
            UNKNOWN if one.node.open else [there[name] for name in _PROVIDERS[one.kind] if name in there]
        )
    return Fact("SetGenerator", one.key, fields, title=one.kind)


# ---- list elements

LIST_MISTAKE = record(
    "ListMistake",
    {
        "problem": Field(
            TextType(values=("element", "value", "values", "inner", "yaml")),
            optional=False,
            doc="element: no map; value: no text; values: no map of texts; inner: an entry of values is no text; yaml: elementsYaml is no list of maps",
        ),
        "key": Field(TEXT, optional=False, doc="the key, or empty"),
        "type": Field(TEXT, optional=False, doc="what is there instead"),
        "text": Field(TEXT, optional=True, doc="how it is written, where it is a plain value"),
    },
    doc="a value in a list generator that it refuses",
)


@attribute("ApplicationSet", "listMistakes", returns=ListType(LIST_MISTAKE), source=f"{_SOURCE}/list.go GenerateParams")
def list_mistakes(subject: Subject) -> Sequence[Value]:
    """What list generators refuse: elements that are no maps and, without goTemplate, values that are no texts."""
    go = uses_go(subject)
    if go is None:
        return ()
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        for one in entry.generators:
            if one.kind == "list":
                for element in items(get(one.node, "elements")):
                    found += _element_mistakes(element, go)
                found += _yaml_mistake(get(one.node, "elementsYaml"))
    return found


def _element_mistakes(element: Node, go: bool) -> Iterator[Fact]:
    if not isinstance(element, Mapping):
        if isinstance(element, Scalar) and templated(element.text):
            return
        yield _list_mistake("element", "", element)
        return
    if go:
        return
    for name, _, given in entries(element):
        if name != "values":
            if not _is_text(given):
                yield _list_mistake("value", name, given)
        elif not isinstance(given, Mapping):
            if not (isinstance(given, Scalar) and templated(given.text)):
                yield _list_mistake("values", name, given)
        else:
            for inner, _, text in entries(given):
                if not _is_text(text):
                    yield _list_mistake("inner", f"values.{inner}", text)


def _yaml_mistake(node: Found) -> Iterator[Fact]:
    """`elementsYaml` that is written out and holds no list of maps."""
    if not isinstance(node, Scalar) or templated(node.text) or not node.text.strip():
        return
    parsed = parse_yaml(Source(node.text, inside=node))
    if parsed.mistakes or not parsed.documents:
        return
    root = parsed.documents[0].root
    if root is not None and not (
        isinstance(root, SequenceNode) and all(isinstance(one, Mapping) for one in root.items)
    ):
        words = "a list of something else" if isinstance(root, SequenceNode) else type_words(root)
        yield Fact("ListMistake", node, {"problem": "yaml", "key": "elementsYaml", "type": words})


def _is_text(node: Node) -> bool:
    return isinstance(node, Scalar) and (templated(node.text) or isinstance(typed(node), str))


def _list_mistake(problem: str, key: str, node: Node) -> Fact:
    fields: dict[str, Value] = {"problem": problem, "key": key, "type": type_words(node)}
    if isinstance(node, Scalar) and node.text:
        fields["text"] = node.text
    return Fact("ListMistake", node, fields)


def type_words(node: Node) -> str:
    """What a value is, with its article: `a number`, `a list`."""
    if isinstance(node, Mapping):
        return "a map"
    if isinstance(node, SequenceNode):
        return "a list"
    given = typed(node) if isinstance(node, Scalar) else UNKNOWN
    if given is None:
        return "null"
    if isinstance(given, bool):
        return "a boolean"
    return "a number" if isinstance(given, (int, float)) else "text"


# ---- selectors

SELECTOR = record(
    "GeneratorSelector",
    {
        "operator": Field(TEXT, optional=False, doc="the operator"),
        "values": Field(INTEGER, optional=False, doc="how many values there are"),
        "key": Field(TEXT, optional=False, doc="the key"),
        "labels": Field(
            BOOL, optional=False, doc="whether it selects clusters by their labels; else it filters parameter sets"
        ),
    },
    doc="one item of matchExpressions in a generator; it points at the item",
)


@attribute(
    "ApplicationSet",
    "selectorExpressions",
    returns=ListType(SELECTOR),
    source="argo-cd applicationset/utils/selector.go",
)
def selector_expressions(subject: Subject) -> Sequence[Value]:
    """The expressions of selectors, of clusters generators and behind generators, that are wholly known."""
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        selectors = [(get(entry.node, "selector"), False)]
        selectors += [(get(one.node, "selector"), True) for one in entry.generators if one.kind == "clusters"]
        for selector, labels in selectors:
            for one in items(get(selector, "matchExpressions")):
                operator, key, given = value(get(one, "operator")), value(get(one, "key")), get(one, "values")
                if not isinstance(operator, str) or not isinstance(key, str):
                    continue
                if given is not MISSING and (not isinstance(given, SequenceNode) or given.open):
                    continue
                fields: dict[str, Value] = {
                    "operator": operator,
                    "values": len(items(given)),
                    "key": key,
                    "labels": labels,
                }
                found.append(Fact("GeneratorSelector", one, fields))
    return found
