"""What becomes of the values of list generators: how Go prints them, where a merge finds no partner, `values` that clash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.languages.gotemplate_fields import chains
from gitops_lint.model.applicationset import Entry, elements_of, every_entry, rendered_strings
from gitops_lint.model.argocd import is_true
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, entries, get, items, text_of, typed, value

PRINTED = record(
    "PrintedValue",
    {
        "name": Field(TEXT, optional=False, doc="the parameter"),
        "printed": Field(TEXT, optional=False, doc="what a template prints"),
        "user": Field(TEXT, optional=False, doc="where the template prints it"),
    },
    doc="a value in a list element that a Go template prints as another text; it points at the value",
)


@attribute(
    "ApplicationSet",
    "changedWhenPrinted",
    returns=ListType(PRINTED),
    source="Go fmt (%v of a float64); sigs.k8s.io/yaml: numbers become float64",
)
def changed_when_printed(subject: Subject) -> Sequence[Value]:
    """With goTemplate: numbers, booleans and nulls of list elements that the template prints as another text than is written."""
    spec = get(subject.root or MISSING, "spec")
    if not is_true(get(spec, "goTemplate")):
        return ()
    users: dict[tuple[str, ...], Scalar] = {}
    for one in rendered_strings(get(spec, "template")):
        for _, _, chain, bare in chains(one.scalar.text):
            if bare:
                users.setdefault(chain, one.scalar)
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        if elements_of(entry) is None or entry.parent == "merge":
            continue
        for element in items(get(entry.generators[0].node, "elements")):
            for chain, node in _leaves(element, ()):
                printed = go_print(node)
                if chain in users and printed is not None and printed != node.text:
                    fields: dict[str, Value] = {"name": ".".join(chain), "printed": printed, "user": users[chain]}
                    found.append(Fact("PrintedValue", node, fields))
    return found


def _leaves(node: Node, chain: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    if isinstance(node, Scalar):
        yield chain, node
    elif isinstance(node, Mapping):
        for name, _, given in entries(node):
            yield from _leaves(given, (*chain, name))


def go_print(node: Scalar) -> str | None:
    """What a Go template prints of a number, boolean or null that came through JSON; None for text."""
    given = typed(node)
    if given is None:
        return "<no value>"
    if isinstance(given, bool):
        return "true" if given else "false"
    if not isinstance(given, (int, float)):
        return None
    number = float(given)
    if number == 0:
        return "0"
    # %v of a float64: the shortest digits that read back as the same number, with an exponent below -4 and from 6 on
    written = (f"{number:.{digits}e}" for digits in range(17))
    mantissa, exponent = next(text for text in written if float(text) == number).split("e")
    power = int(exponent)
    if not -4 <= power < 6:
        return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02}"
    return f"{number:.{max(0, len(mantissa.partition('.')[2]) - power)}f}"


# ---- merge

UNMATCHED = record(
    "UnmatchedOverride",
    {
        "keys": Field(TEXT, optional=False, doc="its merge keys and values, as `key=value`"),
        "near": Field(TEXT, optional=False, doc="a value of the base that only differs in type, or empty"),
    },
    doc="a list element in a merge that has no partner in the first child; it points at the element",
)


@attribute(
    "ApplicationSet",
    "unmatchedOverrides",
    returns=ListType(UNMATCHED),
    source="argo-cd applicationset/generators/merge.go",
)
def unmatched_overrides(subject: Subject) -> Sequence[Value]:
    """Elements of later children of a merge whose keys no element of the first one has; lists that are written out only."""
    go = value(get(get(subject.root or MISSING, "spec"), "goTemplate"))
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        merge = entry.only("merge")
        if merge is None or (not isinstance(go, bool) and go is not MISSING):
            continue
        names = [text for one in items(get(merge.node, "mergeKeys")) if (text := text_of(one)) is not None]
        base = _plain_elements(entry.children[0]) if entry.children else None
        if base is None or not names or any("." in name for name in names):
            continue
        there = {_key(element, names) for element in base}
        for child in entry.children[1:]:
            listed = _plain_elements(child)
            for element, node in zip(listed or (), _element_nodes(child), strict=False):
                if _key(element, names) not in there:
                    words = ", ".join(f"{name}={element.get(name)}" for name in names)
                    same = any(all(str(one.get(name)) == str(element.get(name)) for name in names) for one in base)
                    found.append(Fact("UnmatchedOverride", node, {"keys": words, "near": "same" if same else ""}))
    return found


def _element_nodes(entry: Entry) -> list[Node]:
    return items(get(entry.generators[0].node, "elements")) if entry.generators else []


def _plain_elements(entry: Entry) -> list[dict[str, object]] | None:
    elements = elements_of(entry)
    if elements is None or get(entry.node, "selector") is not MISSING or "{{" in repr(elements):
        return None
    return elements


def _key(element: dict[str, object], names: Sequence[str]) -> str:
    return json.dumps({name: element.get(name) for name in names}, sort_keys=True, default=str)


# ---- values of both children

CLASH = record(
    "ValuesClash",
    {"other": Field(TEXT, optional=False, doc="the generator that has the other `values`")},
    doc="`values` of a matrix that cannot be made with goTemplate; it points at them",
)
_WITH_VALUES = ("clusters", "git", "scmProvider", "pullRequest", "clusterDecisionResource", "plugin")


@attribute(
    "ApplicationSet",
    "valuesClashes",
    returns=ListType(CLASH),
    source="argo-cd applicationset/utils/utils.go, applicationset/generators/matrix.go",
)
def values_clashes(subject: Subject) -> Sequence[Value]:
    """With goTemplate: `values` of a list element beside those of a generator in one matrix."""
    if not is_true(get(get(subject.root or MISSING, "spec"), "goTemplate")):
        return ()
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        if entry.only("matrix") is None or len(entry.children) != 2:
            continue
        kinds = [child.generators[0] if len(child.generators) == 1 else None for child in entry.children]
        for mine, other in ((kinds[0], kinds[1]), (kinds[1], kinds[0])):
            if mine is None or other is None or mine.kind != "list" or other.kind not in _WITH_VALUES:
                continue
            if not entries(get(other.node, "values")):
                continue
            for element in items(get(mine.node, "elements")):
                clash = get(element, "values")
                if isinstance(clash, Mapping) and clash.items:
                    found.append(Fact("ValuesClash", clash, {"other": other.kind}))
    return found


# ---- fields that are no strings

TYPED = record(
    "TypedTemplate",
    {
        "field": Field(TEXT, optional=False, doc="the field"),
        "type": Field(TEXT, optional=False, doc="what it must be, with its article"),
    },
    doc="a template in a field of the set's template that is no string; it points at the template",
)

# Source: argo-cd manifests/crds/applicationset-crd.yaml
_BOOLEANS = frozenset(
    (
        *("prune", "selfHeal", "allowEmpty", "enabled", "refresh"),
        *("ignoreMissingValueFiles", "skipCrds", "skipTests", "skipSchemaValidation", "passCredentials", "forceString"),
        *(
            "recurse",
            "forceCommonLabels",
            "forceCommonAnnotations",
            "commonAnnotationsEnvsubst",
            "labelWithoutSelector",
        ),
        *("labelIncludeTemplates", "ignoreMissingComponents"),
    )
)
_INTEGERS = frozenset(("limit", "factor", "revisionHistoryLimit"))
_FREE_FORM = frozenset(("valuesObject", "labels", "annotations", "commonLabels", "commonAnnotations", "plugin"))


@attribute(
    "ApplicationSet", "typedTemplates", returns=ListType(TYPED), source="argo-cd manifests/crds/applicationset-crd.yaml"
)
def typed_templates(subject: Subject) -> Sequence[Value]:
    """Templates in boolean and integer fields of `template.spec`."""
    spec = get(get(get(subject.root or MISSING, "spec"), "template"), "spec")
    return list(_typed_templates(spec))


def _typed_templates(node: object) -> Iterator[Fact]:
    if isinstance(node, Mapping):
        for name, _, given in entries(node):
            if isinstance(given, Scalar):
                kind = "a boolean" if name in _BOOLEANS else "a whole number" if name in _INTEGERS else ""
                if kind and "{{" in given.text and "}}" in given.text:
                    yield Fact("TypedTemplate", given, {"field": name, "type": kind}, title=name)
            elif name not in _FREE_FORM:
                yield from _typed_templates(given)
    elif isinstance(node, SequenceNode):
        for one in node.items:
            yield from _typed_templates(one)
