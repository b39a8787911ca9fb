"""What becomes of the values of list generators: how Go prints them, where a merge finds no partner, `values` that clash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf

from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.fasttemplate import read
from gitops_lint.languages.gotemplate.fields import chains
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


# ---- values that ask for values

SELF_REFERENCE = record(
    "ValuesReference",
    {"name": Field(TEXT, optional=False, doc="the parameter asked for")},
    doc="a place in `values` of a generator that asks for another one of them; it points at the token",
)


@attribute(
    "ApplicationSet",
    "valuesReferences",
    returns=ListType(SELF_REFERENCE),
    source="argo-cd applicationset/generators/value_interpolation.go",
)
def values_references(subject: Subject) -> Sequence[Value]:
    """Texts in `values` that ask for an entry of the same `values`."""
    go = value(get(get(subject.root or MISSING, "spec"), "goTemplate"))
    if go not in (MISSING, True, False):
        return ()
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        # the second child of a matrix may mean the values of the first
        for generator in entry.generators if entry.parent != "matrix" or entry.position == 0 else ():
            given = get(generator.node, "values") if generator.kind in _WITH_VALUES else MISSING
            names = {f"values.{name}" for name, _, _ in entries(given)}
            for _, _, text in entries(given):
                for start, end, name in _asked(text, go is True) if isinstance(text, Scalar) else ():
                    if name in names and isinstance(text, Scalar):
                        found.append(Fact("ValuesReference", Part(text, start, end), {"name": name}))
    return found


def _asked(text: Scalar, go: bool) -> Iterator[tuple[int, int, str]]:
    """Start, end and name of what a text asks for."""
    if go:
        for start, end, chain, _ in chains(text.text):
            yield start, end, ".".join(chain)
    else:
        for token in read(text.text).tokens:
            yield token.start, token.end, token.name


# ---- keys

ODD_KEY = record(
    "OddKey",
    {
        "key": Field(TEXT, optional=False, doc="the key as written"),
        "problem": Field(
            TextType(values=("boolean", "dotted")),
            optional=False,
            doc="boolean: YAML reads it as true or false; dotted: with goTemplate it is one key, not a way through maps",
        ),
        "read": Field(TEXT, optional=False, doc="what it is read as"),
        "user": Field(ANYTHING, optional=True, doc="where the template asks for what was meant"),
    },
    doc="a key of a list element that gives another parameter than is meant; it points at the key",
)


@attribute(
    "ApplicationSet",
    "oddKeys",
    returns=ListType(ODD_KEY),
    source="sigs.k8s.io/yaml yaml.go convertToJSONableObject; argo-cd applicationset/generators/list.go",
)
def odd_keys(subject: Subject) -> Sequence[Value]:
    """Keys of list elements that YAML reads as booleans, and those with a dot that a Go template asks for as a way through maps."""
    spec = get(subject.root or MISSING, "spec")
    go = is_true(get(spec, "goTemplate"))
    asked: dict[str, Scalar] = {}
    for one in rendered_strings(get(spec, "template")) if go else ():
        for _, _, chain, _ in chains(one.scalar.text):
            asked.setdefault(".".join(chain), one.scalar)
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        for generator in entry.generators:
            for element in items(get(generator.node, "elements")) if generator.kind == "list" else ():
                for name, key, below in entries(element):
                    found += _odd_key(name, key, asked)
                    for inner, inner_key, _ in entries(below) if name == "values" else ():
                        found += _odd_key(inner, inner_key, {})
    return found


def _odd_key(name: str, key: Node, asked: MappingOf[str, Scalar]) -> Iterator[Fact]:
    if not isinstance(key, Scalar):
        return
    if isinstance(typed(key), bool) and key.text not in ("true", "false"):
        yield Fact("OddKey", key, {"key": key.text, "problem": "boolean", "read": name})
    elif "." in name and name in asked:
        user = Fact("User", asked[name], {})
        yield Fact("OddKey", key, {"key": name, "problem": "dotted", "read": name.partition(".")[0], "user": user})


# ---- overrides that change nothing

LOST_OVERRIDE = record(
    "LostOverride",
    {
        "field": Field(TEXT, optional=False, doc="the field, by its path below `spec`"),
        "text": Field(TEXT, optional=False, doc="what the override says"),
        "kept": Field(ANYTHING, optional=False, doc="the value of the template, which stays"),
        "keeps": Field(TEXT, optional=False, doc="its text"),
    },
    doc="a false or zero in the template of a generator over something else in the template; it points at it",
)


@attribute(
    "ApplicationSet",
    "lostOverrides",
    returns=ListType(LOST_OVERRIDE),
    source="argo-cd applicationset/generators/generator_spec_processor.go mergeGeneratorTemplate; dario.cat/mergo Merge",
)
def lost_overrides(subject: Subject) -> Sequence[Value]:
    """What a generator's own template sets to false, 0 or an empty text while the template says something: that stays."""
    spec = get(subject.root or MISSING, "spec")
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        for generator in entry.generators if entry.depth == 0 else ():
            found += _lost(get(get(generator.node, "template"), "spec"), get(get(spec, "template"), "spec"), "")
    return found


def _lost(mine: object, theirs: object, lead: str) -> Iterator[Fact]:
    if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping):
        return
    for name, _, given in entries(mine):
        below = get(theirs, name)
        path = f"{lead}.{name}" if lead else name
        if isinstance(given, Mapping):
            yield from _lost(given, below, path)
        # an empty text is how a required field is left to the template
        elif isinstance(given, Scalar) and isinstance(below, Scalar) and typed(given) in (False, 0) and typed(below):
            kept: dict[str, Value] = {"kept": Fact("Kept", below, {}), "keeps": below.text}
            yield Fact("LostOverride", given, {"field": path, "text": given.text, **kept})
