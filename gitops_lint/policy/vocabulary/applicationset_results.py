"""What comes of an ApplicationSet: where its generation ends in an error, what is left over in its Applications, their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Stretch, Value
from gitops_lint.languages.fasttemplate import Token, read
from gitops_lint.model.applicationset import Rendered, entries_of, looks_meant, rendered_strings
from gitops_lint.model.resource import Resource
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationsets import set_spec, uses_go
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import ChangedMeanwhileError, Repo
from gitops_lint.simulate.applicationset.generated import (
    cluster_labels,
    filled_in,
    generated_set,
    reading_error,
    written_for,
    yields_alone,
    yields_of,
)
from gitops_lint.text.nodes import Mapping, Node, Scalar, children
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, entries, get, items, text_of
from gitops_lint.text.span import Place

if TYPE_CHECKING:
    from gitops_lint.simulate.applicationset.generate import GeneratedApplication
    from gitops_lint.simulate.applicationset.params import ParamSet

_CONTROLLER = "argo-cd applicationset/controllers/applicationset_controller.go validateGeneratedApplications"

# ---- errors

FAILURE = record(
    "GenerationFailure",
    {
        "message": Field(TEXT, optional=False, doc="the controller's own words"),
        "help": Field(TEXT, optional=False, doc="what to do; or empty"),
        "element": Field(ANYTHING, optional=True, doc="what was written for the set at which it fails"),
    },
    doc="why the controller generates nothing at all of an ApplicationSet; it points at the cause",
)


@attribute(
    "ApplicationSet",
    "generationFailures",
    returns=ListType(FAILURE),
    needs={"applicationsets"},
    source="argo-cd applicationset/controllers/applicationset_controller.go Reconcile",
)
def generation_failures(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The error that ends the generation, unless another rule tells the same, seen from the text alone."""
    made = generated_set(repo, resource_of(subject))
    error = made.error
    if error is None and not made.applications and made.unknown and uses_go(subject):
        # nothing was rendered, but what cannot be read fails whatever the parameters are
        template = get(set_spec(subject), "template")
        error = next((found for one in _strings(template) if (found := reading_error(one.scalar)) is not None), None)
    if error is None or _is_told(subject):
        return ()
    here = [place for place in error.places if place.file == subject.file]
    elsewhere = [place for place in error.places if place.file != subject.file]
    at = spot_at(repo, here[0]) if here else subject.root
    if at is None:
        return ()
    fields: dict[str, Value] = {"message": _without_template(error.message), "help": error.help}
    others = [spot for place in (*elsewhere, *here[1:]) if (spot := spot_at(repo, place)) is not None]
    if others:
        fields["element"] = Fact("Element", others[0], {})
    return (Fact("GenerationFailure", at, fields),)


_WITH_VALUES = frozenset(("In", "NotIn"))
_OPERATORS = frozenset((*_WITH_VALUES, "Exists", "DoesNotExist"))
# the place is shown, and with it the text of the template, which may be long
_OF_TEMPLATE = pattern(r"failed to (?:parse|execute go) template .*: template: base:\d+(?::\d+)?: ", re.DOTALL)
_EXECUTING = pattern(r"executing \"base\" at <.*?>: ", re.DOTALL)


def _without_template(message: str) -> str:
    found = _OF_TEMPLATE.search(message)
    if found is None:
        return message
    rest = message[found.end() :]
    at = _EXECUTING.match(rest)
    return message[: found.start()] + (rest if at is None else rest[at.end() :])


# Facts by which rules tell of what ends the generation in words of their own, seen from the text alone.
_TOLD: dict[str, Callable[[Fact], bool]] = {
    "tokenMistakes": lambda one: one.fields["problem"] in ("unclosed", "plain-name") or one.fields["go"] is True,
    "listMistakes": lambda one: True,
    "childConflicts": lambda one: one.fields["go"] is False,
    "gitPairs": lambda one: one.fields["go"] is False,
    "mergeKeys": lambda one: one.fields["nested"] is True or "child" in one.fields,
    "valuesClashes": lambda one: True,
    "valuesReferences": lambda one: True,
    "selectorExpressions": lambda one: (
        one.fields["operator"] not in _OPERATORS
        or (one.fields["operator"] in _WITH_VALUES) is (one.fields["values"] == 0)
    ),
    "generatorEntries": lambda one: one.fields["depth"] != 0 and len(_list(one.fields["kinds"])) != 1,
    "generators": lambda one: _lacks(one),
}


def _lacks(generator: Fact) -> bool:
    """Whether a generator lacks what it cannot do without: children, merge keys, paths."""
    kind, children, spec = (generator.fields.get(name) for name in ("kind", "children", "spec"))
    if kind == "matrix":
        return isinstance(children, int) and children != 2
    if kind == "merge":
        return isinstance(children, int) and (children < 2 or not items(_get_of(spec, "mergeKeys")))
    return kind == "git" and not items(_get_of(spec, "directories")) and not items(_get_of(spec, "files"))


def _get_of(node: Value, key: str) -> Node | Missing | UnknownValue:
    return get(node, key) if isinstance(node, (Scalar, Mapping, SequenceNode)) else MISSING


def _list(value: Value) -> Sequence[Value]:
    return value if isinstance(value, (list, tuple)) else ()


def _is_told(subject: Subject) -> bool:
    """Whether the text alone tells what ends the generation: a rule of its own says it."""
    return any(
        isinstance(fact, Fact) and ends(fact) for name, ends in _TOLD.items() for fact in _list(subject.ask(name))
    )


def _told(subject: Subject) -> Iterator[Spot]:
    """Where rules tell of tokens that nobody gives."""
    for fact in _list(subject.ask("tokenMistakes")):
        if isinstance(fact, Fact) and fact.at is not None:
            yield fact.at


def _touch(one: Spot, other: Spot) -> bool:
    mine, theirs = _bounds(one), _bounds(other)
    return mine[0] is theirs[0] and mine[1] < theirs[2] and theirs[1] < mine[2]


def _bounds(spot: Spot) -> tuple[object, int, int]:
    node = spot.scalar if isinstance(spot, Part) else spot
    return node.source, node.start, max(node.end, node.start + 1)


def spot_at(repo: Repo, place: Place) -> Node | Stretch | None:
    """A place of a file of this repository as something that rules can point at."""
    if "//" in place.file:
        return None
    try:
        loaded = repo.load(place.file)
    except (OSError, ChangedMeanwhileError):
        return None
    number = 0
    for document in loaded.documents:
        if document.start <= place.start:
            number = document.number
            found = _node_at(document.root, place) if document.root is not None else None
            if found is not None:
                return found
    return Stretch(loaded.source, place.start, place.end, number)


def _node_at(root: Node, place: Place) -> Node | None:
    """The outermost node that is written exactly at a place."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if (node.start, node.end) == (place.start, place.end):
            return node
        waiting.extend(one for one in children(node) if one.start <= place.start and place.end <= one.end)
    return None


# ---- leftovers

LEFTOVER = record(
    "Leftover",
    {
        "kind": Field(
            TextType(values=("token", "no-value", "map")),
            optional=False,
            doc="token: a `{{name}}` that the set has no text for; no-value: `<no value>`; map: a printed map",
        ),
        "text": Field(TEXT, optional=False, doc="what is left in the text"),
        "name": Field(TEXT, optional=False, doc="the parameter; or empty"),
        "application": Field(TEXT, optional=False, doc="the first Application that has it"),
        "others": Field(TEXT, optional=False, doc="` and 3 others`, where others have it, too; or empty"),
        "element": Field(ANYTHING, optional=True, doc="what was written for that Application"),
    },
    doc="text of a generated Application that was not meant; it points at the template",
)

_Found = tuple[str, Spot, str, str, "GeneratedApplication"]


@attribute(
    "ApplicationSet",
    "leftovers",
    returns=ListType(LEFTOVER),
    needs={"applicationsets"},
    source="argo-cd applicationset/utils/utils.go Replace; Go text/template exec.go printValue",
)
def leftovers(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Tokens without a value, `<no value>` and printed maps in what is generated, each told once; not what the text alone tells."""
    go = uses_go(subject)
    applications = known_applications(repo, resource_of(subject))
    if go is None or not applications:
        return ()
    template = get(set_spec(subject), "template")
    found = _printed(template, applications) if go else _kept_tokens(template, applications)
    told = list(_told(subject))
    grouped: dict[tuple[str, int, int], list[_Found]] = {}
    for one in found:
        _, start, end = _bounds(one[1])
        grouped.setdefault((one[0], start, end), []).append(one)
    return [_leftover(some, repo) for some in grouped.values() if not any(_touch(some[0][1], spot) for spot in told)]


def _leftover(some: Sequence[_Found], repo: Repo) -> Fact:
    kind, at, text, name, first = some[0]
    fields: dict[str, Value] = {
        "kind": kind,
        "text": text,
        "name": name,
        "application": name_of(first),
        "others": _others(len(some) - 1),
    }
    element = element_of(repo, first.params)
    if element is not None:
        fields["element"] = element
    return Fact("Leftover", at, fields)


def _kept_tokens(template: object, applications: Sequence[GeneratedApplication]) -> Iterator[_Found]:
    asked = [(one, [token for token in read(one.scalar.text).tokens if token.name]) for one in _strings(template)]
    asked = [(one, tokens) for one, tokens in asked if tokens]
    for application in applications:
        values = application.params.values
        for one, tokens in asked:
            for token in tokens:
                if not isinstance(values.get(token.name), str) and _is_meant(one, token, application.params):
                    at = Part(one.scalar, token.start, token.end)
                    yield "token", at, one.scalar.text[token.start : token.end], token.name, application


def _strings(template: object) -> Iterator[Rendered]:
    if isinstance(template, Mapping):
        yield from rendered_strings(template)


def _is_meant(one: Rendered, token: Token, params: ParamSet) -> bool:
    """Whether a token in text of others (Helm values, annotations) is meant as a parameter."""
    return not one.free or looks_meant(token.name, [name for name in params.values if isinstance(name, str)])


_NO_VALUE = "<no value>"
_MAP = pattern(r"map\[[^\]\s:]+:")


def _printed(template: object, applications: Sequence[GeneratedApplication]) -> Iterator[_Found]:
    written = {(one.scalar.start, one.scalar.end): one.scalar for one in _strings(template)}
    for application in applications:
        for made in _made_scalars(application.root):
            scalar = written.get((made.start, made.end))
            if scalar is None or made.text == scalar.text:
                continue
            if _NO_VALUE in made.text and _NO_VALUE not in scalar.text:
                yield "no-value", scalar, _NO_VALUE, "", application
            elif (printed := _MAP.search(made.text)) is not None and "map[" not in scalar.text:
                yield "map", scalar, made.text[printed.start() : printed.start() + 40], "", application


def _made_scalars(root: Node) -> Iterator[Scalar]:
    """The scalars below a generated node that were made for its Application."""
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if node.origin is None:
            continue
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, (Mapping, SequenceNode)):
            waiting.extend(reversed(node.items))


# ---- names

GENERATED_NAME = record(
    "GeneratedName",
    {
        "problem": Field(
            TextType(values=("empty", "invalid", "repeated", "elsewhere")),
            optional=False,
            doc="repeated: more than one Application of this ApplicationSet has it; elsewhere: one of another ApplicationSet, or a written one",
        ),
        "name": Field(TEXT, optional=False, doc="the name"),
        "why": Field(TEXT, optional=False, doc="what is wrong with it, a clause; or empty"),
        "other": Field(TEXT, optional=False, doc="who has the same name, in words with a verb; or empty"),
        "others": Field(TEXT, optional=False, doc="` and 3 others`, where other names have the same mistake; or empty"),
        "element": Field(ANYTHING, optional=True, doc="what was written for the Application"),
        "twin": Field(ANYTHING, optional=True, doc="what was written for the other one"),
    },
    doc="the name of a generated Application with which it is refused; it points at the name in the template",
)
_LONGEST_NAME = 253
_NAME = pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")


@attribute(
    "ApplicationSet",
    "generatedNames",
    returns=ListType(GENERATED_NAME),
    needs={"applicationsets"},
    source=f"{_CONTROLLER}; kubernetes apimachinery pkg/util/validation IsDNS1123Subdomain",
)
def generated_names(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Names of generated Applications that are empty, no names of Kubernetes, or those of others; each mistake told once."""
    me = resource_of(subject)
    found: dict[str, list[Fact]] = {}
    seen: dict[str, GeneratedApplication] = {}
    for application in known_applications(repo, me):
        name = text_of(application.name) if application.name is not None else None
        if application.name is None and get(application.root, "metadata") is MISSING:
            continue
        problem, why, other, twin = _problem_of_name(name, application, seen, me, repo)
        if name and name not in seen:
            seen[name] = application
        if problem:
            at = _name_node(subject, application)
            if at is not None:
                fields: dict[str, Value] = {"problem": problem, "name": name or "", "why": why, "other": other}
                _with_places(fields, repo, element=application.params, twin=twin)
                found.setdefault(problem, []).append(Fact("GeneratedName", at, fields))
    return [
        Fact(
            some[0].record,
            some[0].at,
            {**some[0].fields, "others": _others(len({one.fields["name"] for one in some}) - 1)},
        )
        for some in found.values()
    ]


def _problem_of_name(
    name: str | None,
    application: GeneratedApplication,
    seen: dict[str, GeneratedApplication],
    me: Resource,
    repo: Repo,
) -> tuple[str, str, str, ParamSet | None]:
    if not name:
        return "empty", "", "", None
    if name in seen:
        return "repeated", "", "", seen[name].params
    scalar = application.name
    if scalar is not None and scalar.origin is not None and "{{" not in name:
        why = why_no_name(name)
        if why:
            return "invalid", why, "", None
    for other, twin in repo.once(_by_name).get(name, ()):
        if other is not me and _same_home(other, me) and (other.file, other.document) < (me.file, me.document):
            return "elsewhere", "", f"ApplicationSet `{other.name}` generates", twin
    for written in repo.named("argoproj.io", "Application", name):
        if me.namespace is not None and written.namespace == me.namespace:
            return "elsewhere", "", f"`{written.file}` defines", None
    return "", "", "", None


def why_no_name(name: str) -> str:
    """Why the API server refuses a name of an object, a clause; "" where it takes it."""
    if len(name) > _LONGEST_NAME:
        return f"it has {len(name)} characters, {_LONGEST_NAME} are allowed"
    if _NAME.fullmatch(name):
        return ""
    odd = sorted(set(re.findall(r"[^a-z0-9.-]", name)))
    if odd:
        shown = ", ".join("a blank" if one == " " else f"`{one}`" for one in odd[:5])
        return f"{shown} may not be in a name, only lower-case letters, digits, `-` and `.`"
    return "every part of it must begin and end with a lower-case letter or a digit"


def _by_name(repo: Repo) -> dict[str, list[tuple[Resource, ParamSet]]]:
    """Name to the ApplicationSets that generate an Application of that name."""
    found: dict[str, list[tuple[Resource, ParamSet]]] = {}
    for appset in repo.resources("argoproj.io", "ApplicationSet"):
        for application in known_applications(repo, appset):
            name = text_of(application.name) if application.name is not None else None
            if name:
                found.setdefault(name, []).append((appset, application.params))
    return found


def _same_home(one: Resource, other: Resource) -> bool:
    """Whether two ApplicationSets are sure to lie in one namespace of one cluster, so that both exist at a time."""
    return one.namespace is not None and one.namespace == other.namespace and one.name != other.name


def _name_node(subject: Subject, application: GeneratedApplication) -> Node | None:
    """The template's name; where there is none, its metadata, its key, or the whole."""
    template = get(set_spec(subject), "template")
    name = application.name
    if name is not None and name.text and name.source is template_source(template):
        return name
    metadata = get(template, "metadata")
    written = get(metadata, "name")
    for node in (written, metadata, template):
        if isinstance(node, (Scalar, Mapping)):
            return node
    return subject.root


def template_source(template: object) -> object:
    return template.source if isinstance(template, Mapping) else None


def _with_places(fields: dict[str, Value], repo: Repo, **sets: ParamSet | None) -> None:
    for name, params in sets.items():
        element = element_of(repo, params) if params is not None else None
        if element is not None:
            fields[name] = element


# ---- generators without sets

EMPTY = record(
    "EmptyGenerator",
    {
        "kind": Field(TEXT, optional=False, doc="the generator"),
        "number": Field(INTEGER, optional=False, doc="its number in spec.generators, from 1"),
        "only": Field(BOOL, optional=False, doc="whether nothing at all is generated"),
        "selected": Field(BOOL, optional=False, doc="whether a `selector` beside it may have left nothing"),
    },
    doc="an entry of spec.generators that yields no parameter set; it points at the generator",
)


@attribute(
    "ApplicationSet",
    "emptyGenerators",
    returns=ListType(EMPTY),
    needs={"applicationsets"},
    source="argo-cd applicationset/generators/generator_spec_processor.go Transform",
)
def empty_generators(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Entries that are known to yield nothing although something is asked for: not lists that are written empty, nor what is told
    of a path or a label by itself.
    """
    found, error = yields_of(repo, resource_of(subject))
    listed = items(get(set_spec(subject), "generators"))
    if error is not None or len(found) != len(listed):
        return ()
    if subject.ask("unpairedSets") or subject.ask("unmatchedSelectors"):
        return ()  # told at the label
    nothing = not any(one.sets or one.unknown for one in found)
    facts: list[Value] = []
    for number, (entry, one) in enumerate(zip(listed, found, strict=True), 1):
        if one.sets or one.unknown or not isinstance(entry, Mapping):
            continue
        for kind, key, _ in entries(entry):
            if kind in ("clusters", "matrix", "merge", "list") and isinstance(key, Scalar):
                selected = get(entry, "selector") is not MISSING
                if kind != "list" or selected:
                    fields: dict[str, Value] = {"kind": kind, "number": number, "only": nothing, "selected": selected}
                    facts.append(Fact("EmptyGenerator", key, fields))
                break
    return facts


UNPAIRED = record(
    "UnpairedSet",
    {
        "label": Field(TEXT, optional=False, doc="the label and value that are asked for, as `key=value`"),
        "others": Field(ListType(TEXT), optional=False, doc="values that clusters have for that label"),
        "element": Field(ANYTHING, optional=True, doc="what was written for the set of the first child"),
    },
    doc="a set of a matrix for which its clusters generator selects none; it points at the value in the selector",
)


@attribute(
    "ApplicationSet",
    "unpairedSets",
    returns=ListType(UNPAIRED),
    needs={"applicationsets"},
    source="argo-cd applicationset/generators/matrix.go, cluster.go",
)
def unpaired_sets(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Sets of the first child of a matrix for which the second one asks for a label that no cluster has, although some have
    another value of it. Told once for each label and value.
    """
    me = resource_of(subject)
    labels = cluster_labels(repo)
    found: dict[tuple[int, str], Value] = {}
    for entry in entries_of(subject.root or MISSING) if labels else ():
        second = entry.children[1] if entry.only("matrix") is not None and len(entry.children) == 2 else None
        clusters = second.only("clusters") if second is not None else None
        asked = [
            (name, node)
            for name, _, node in entries(get(get(clusters.node, "selector"), "matchLabels") if clusters else MISSING)
            if isinstance(node, Scalar) and "{{" in node.text
        ]
        for one in yields_alone(repo, me, entry.children[0].node) if asked else ():
            for params in one.sets:
                for name, node in asked:
                    text = filled_in(node.text, params, me)
                    others = sorted({known[name] for known in labels if name in known})
                    if text is not None and "{{" not in text and others and text not in others:
                        fields: dict[str, Value] = {"label": f"{name}={text}", "others": others}
                        _with_places(fields, repo, element=params)
                        found.setdefault((node.start, text), Fact("UnpairedSet", node, fields))
    return list(found.values())


# ---- steps of RollingSync

STEP_COVER = record(
    "StepCover",
    {
        "application": Field(TEXT, optional=False, doc="the first such Application"),
        "others": Field(TEXT, optional=False, doc="` and 3 others`, where there are others; or empty"),
        "alone": Field(BOOL, optional=False, doc="whether no step selects it"),
        "steps": Field(ListType(INTEGER), optional=False, doc="the steps that select it, from 1"),
        "element": Field(ANYTHING, optional=True, doc="what was written for it"),
    },
    doc="a generated Application that no step of RollingSync selects, or more than one; it points at the steps",
)


@attribute(
    "ApplicationSet",
    "stepCover",
    returns=ListType(STEP_COVER),
    needs={"applicationsets"},
    source="argo-cd applicationset/progressivesync/progressive_sync.go buildAppDependencyList",
)
def step_cover(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Applications that are in no step, and those in more than one; where all labels and steps are known."""
    rolling = get(get(set_spec(subject), "strategy"), "rollingSync")
    steps = get(rolling, "steps")
    if text_of(get(get(set_spec(subject), "strategy"), "type")) != "RollingSync" or not isinstance(steps, SequenceNode):
        return ()
    wanted = [_expressions(step) for step in steps.items]
    if not wanted or steps.open or any(one is None for one in wanted):
        return ()
    if subject.ask("missingStepLabels"):
        return ()  # told at the label
    selected: dict[bool, list[tuple[GeneratedApplication, list[int]]]] = {}
    for application in known_applications(repo, resource_of(subject)):
        labels = _labels(application.root)
        if labels is None:
            return ()
        matching = [number for number, one in enumerate(wanted, 1) if one is not None and _selects(one, labels)]
        if len(matching) != 1:
            selected.setdefault(bool(matching), []).append((application, matching))
    return [_cover(some, steps, repo) for some in selected.values()]


def _cover(some: Sequence[tuple[GeneratedApplication, list[int]]], at: Node, repo: Repo) -> Fact:
    first, matching = some[0]
    fields: dict[str, Value] = {
        "application": name_of(first),
        "others": _others(len(some) - 1),
        "alone": not matching,
        "steps": matching,
    }
    _with_places(fields, repo, element=first.params)
    return Fact("StepCover", at, fields)


_Expression = tuple[str, bool, frozenset[str]]  # label, whether it must have one of the values, the values


def _expressions(step: Node) -> list[_Expression] | None:
    found: list[_Expression] = []
    for one in items(get(step, "matchExpressions")):
        key, operator = text_of(get(one, "key")), text_of(get(one, "operator"))
        values = [text_of(value) for value in items(get(one, "values"))]
        if key is None or operator not in ("In", "NotIn") or None in values:
            return None
        found.append((key, operator == "In", frozenset(value for value in values if value is not None)))
    return found


def _selects(expressions: Iterable[_Expression], labels: dict[str, str]) -> bool:
    # In: the label must be there; NotIn: one that is missing fits
    return all((labels.get(key) in values) == wanted for key, wanted, values in expressions)


def _labels(root: Node) -> dict[str, str] | None:
    metadata = get(root, "metadata")
    written = get(metadata, "labels")
    if written is MISSING:
        return {}
    if not isinstance(written, Mapping) or written.open:
        return None
    found: dict[str, str] = {}
    for key, _, value in entries(written):
        text = text_of(value)
        if text is None:
            return None
        found[key] = text
    return found


# ---- what all of these ask


def _others(count: int) -> str:
    return "" if count <= 0 else " and 1 other" if count == 1 else f" and {count} others"


def known_applications(repo: Repo, appset: Resource) -> Sequence[GeneratedApplication]:
    """The Applications that an ApplicationSet generates, each true whatever else it may generate."""
    return generated_set(repo, appset).applications


def name_of(application: GeneratedApplication) -> str:
    return (text_of(application.name) if application.name is not None else None) or ""


def element_of(repo: Repo, params: ParamSet) -> Fact | None:
    """What was written for a parameter set, as something that rules can point at."""
    for place in written_for(params):
        spot = spot_at(repo, place)
        if spot is not None:
            return Fact("Element", spot, {})
    return None
