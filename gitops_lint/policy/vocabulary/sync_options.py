"""Options of a sync and of a comparison, in Applications and in annotations: which are read, where, with which values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.suggest import closest
from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.model.argocd import application_spec
from gitops_lint.model.argosync import (
    APPLICATION_COMPARE_OPTIONS,
    COMPARE_OPTIONS,
    HARMLESS_COMPARE_OPTIONS,
    RESOURCE_COMPARE_OPTIONS,
    SYNC_OPTION_TABLE,
    SYNC_OPTIONS,
    words,
)
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, Missing, UnknownValue, get, items, value

Found = Node | Missing | UnknownValue

_APPLICATIONS = ("Application", "ApplicationSet")
_OPTIONS = "argo-cd controller/sync.go, gitops-engine/pkg/sync/sync_context.go"

OPTION_PROBLEM_KINDS = ("unknown", "value", "level")

OPTION_PROBLEM = record(
    "OptionProblem",
    {
        "kind": Field(
            TextType(values=OPTION_PROBLEM_KINDS),
            optional=False,
            doc="whether its name, its value or its place is wrong",
        ),
        "option": Field(TEXT, optional=False, doc="the option as written"),
        "problem": Field(TEXT, optional=False, doc="what is wrong, as a clause after the option"),
        "right": Field(TEXT, optional=False, doc="what was probably meant, as a clause, or empty"),
        "cure": Field(TEXT, optional=True, doc="what was probably meant, as it is written"),
    },
    doc="an option that Argo CD passes over; it points at the option",
)

_LETTERS = "is compared letter by letter"

_WRITTEN = tuple[str, Spot]  # an option and its place


def spec_of(subject: Subject) -> Found:
    """`spec` of an Application; that of the template of an ApplicationSet."""
    root = subject.root
    return MISSING if root is None else application_spec(subject.kind, root)


def application_options(spec: Found) -> Iterator[_WRITTEN]:
    """The sync options of an Application's spec that are texts and known, with their nodes."""
    for item in items(get(get(spec, "syncPolicy"), "syncOptions")):
        text = value(item)
        if isinstance(item, Scalar) and isinstance(text, str):
            yield text, item


def annotation_options(metadata: Found, key: str) -> Iterator[_WRITTEN]:
    """The words of an annotation that holds a comma list, with their characters; nothing where it is a template."""
    node = get(get(metadata, "annotations"), key)
    text = value(node)
    if isinstance(node, Scalar) and isinstance(text, str):
        for word in words(text):
            yield word.text, Part(node, word.start, word.end)


@attribute("Resource", "syncOptionProblems", returns=ListType(OPTION_PROBLEM), source=_OPTIONS)
def sync_option_problems(subject: Subject) -> Sequence[Value]:
    """The sync options that Argo CD passes over: in its annotation, and in `syncPolicy` of an Application."""
    root = subject.root or MISSING
    found = [_in_annotation(text, at) for text, at in annotation_options(get(root, "metadata"), SYNC_OPTIONS)]
    if subject.kind in _APPLICATIONS:
        found += [_in_application(text, at) for text, at in application_options(spec_of(subject))]
    if subject.kind == "ApplicationSet":
        of_template = get(get(get(root, "spec"), "template"), "metadata")
        found += [_in_annotation(text, at) for text, at in annotation_options(of_template, SYNC_OPTIONS)]
    return [one for one in found if one is not None]


def _in_application(text: str, at: Spot) -> Fact | None:
    name, equals, given = text.partition("=")
    option = SYNC_OPTION_TABLE.get(name)
    if option is not None and option.application and given in option.values:
        return None
    if text in APPLICATION_COMPARE_OPTIONS:
        return _problem("level", text, at, "is a compare option, and read only in the annotation compare-options")
    if "," in text and all(word.text.partition("=")[0] in SYNC_OPTION_TABLE for word in words(text)):
        return _problem("value", text, at, "is one option here: each needs an item of its own")
    tidy = _tidied(text)
    if tidy is not None and SYNC_OPTION_TABLE[tidy.partition("=")[0]].application:
        return _problem("value", text, at, _LETTERS, tidy)
    if option is None:
        return _unknown(text, at, [key for key, one in SYNC_OPTION_TABLE.items() if one.application])
    if not option.application:
        return _problem("level", text, at, "is read only in the annotation sync-options of a resource")
    return _value(text, at, bool(equals))


def _in_annotation(text: str, at: Spot) -> Fact | None:
    name, equals, given = text.partition("=")
    option = SYNC_OPTION_TABLE.get(name)
    if option is not None and option.resource and given in option.values:
        return None
    if option is None:
        if text in (*APPLICATION_COMPARE_OPTIONS, *RESOURCE_COMPARE_OPTIONS):
            return _problem("level", text, at, "is a compare option, and read only in the annotation compare-options")
        tidy = _tidied(text)
        if tidy is not None and SYNC_OPTION_TABLE[tidy.partition("=")[0]].resource:
            return _problem("value", text, at, _LETTERS, tidy)
        return _unknown(text, at, [key for key, one in SYNC_OPTION_TABLE.items() if one.resource])
    if not option.resource:
        return _problem("level", text, at, "is read only in `spec.syncPolicy.syncOptions` of an Application")
    if ";" in given:
        return _problem("value", text, at, "is one option here: the list is split at commas only")
    tidy = _tidied(text)
    if tidy is not None:
        return _problem("value", text, at, _LETTERS, tidy)
    return _value(text, at, bool(equals))


def _tidied(text: str) -> str | None:
    """The option that a text would be without blanks, with the right separator and letters; None where it is none."""
    squeezed = "".join(text.split()).replace(":", "=", 1) if "=" not in text else "".join(text.split())
    name, _, given = squeezed.partition("=")
    by_folded = {key.casefold(): key for key in SYNC_OPTION_TABLE}
    key = by_folded.get(name.casefold())
    if key is None:
        return None
    values = {one.casefold(): one for one in SYNC_OPTION_TABLE[key].values}
    right = values.get(given.casefold())
    return f"{key}={right}" if right is not None else None


def _unknown(text: str, at: Spot, names: Sequence[str]) -> Fact:
    name, _, given = text.partition("=")
    close = closest(name.strip(), names)
    right = ""
    if close:
        option = SYNC_OPTION_TABLE[close]
        right = f"{close}={given if given in option.values else option.useful}"
    return _problem("unknown", text, at, "is not a sync option", right)


def _value(text: str, at: Spot, has_value: bool) -> Fact:
    name = text.partition("=")[0]
    option = SYNC_OPTION_TABLE[name]
    if not has_value:
        return _problem("value", text, at, "has no value", f"{name}={option.useful}")
    allowed = " or ".join(f"`{one}`" for one in option.values)
    return _problem("value", text, at, f"has a value that nothing reads: `{name}` takes {allowed}")


def _problem(kind: str, text: str, at: Spot, problem: str, right: str = "") -> Fact:
    words_of_right = f'; did you mean "{right}"?' if right else ""
    fields: dict[str, Value] = {"kind": kind, "option": text, "problem": problem, "right": words_of_right}
    if right:
        fields["cure"] = right
    return Fact("OptionProblem", at, fields, title=text)


# ---- compare options


@attribute(
    "Resource",
    "compareOptionProblems",
    returns=ListType(OPTION_PROBLEM),
    source="argo-cd controller/state.go CompareAppState",
)
def compare_option_problems(subject: Subject) -> Sequence[Value]:
    """The compare options in its annotation that Argo CD passes over."""
    root = subject.root or MISSING
    holders = [(get(root, "metadata"), subject.kind == "Application")]
    if subject.kind == "ApplicationSet":
        holders.append((get(get(get(root, "spec"), "template"), "metadata"), True))
    found = [
        _compare_problem(text, at, of_application)
        for metadata, of_application in holders
        for text, at in annotation_options(metadata, COMPARE_OPTIONS)
    ]
    return [one for one in found if one is not None]


def _compare_problem(text: str, at: Spot, of_application: bool) -> Fact | None:
    # a parent Application reads IgnoreExtraneous of an Application that it delivers
    if text in RESOURCE_COMPARE_OPTIONS or (
        of_application and text in (*APPLICATION_COMPARE_OPTIONS, *HARMLESS_COMPARE_OPTIONS)
    ):
        return None
    if text in (*APPLICATION_COMPARE_OPTIONS, *HARMLESS_COMPARE_OPTIONS):
        return _problem("level", text, at, "is read only in the annotations of an Application")
    name, equals, given = text.partition("=")
    if name in SYNC_OPTION_TABLE and given in SYNC_OPTION_TABLE[name].values:
        return _problem("level", text, at, "is a sync option, and read only in the annotation sync-options")
    if name in RESOURCE_COMPARE_OPTIONS and equals:
        return _problem("value", text, at, f"is the bare word `{name}`, and is not known with a value", name)
    known = (*RESOURCE_COMPARE_OPTIONS, *(APPLICATION_COMPARE_OPTIONS if of_application else ()))
    return _problem("unknown", text, at, "is not a compare option", closest(text, known))


# ---- options that do not go together

OPTION_CLASH = record(
    "OptionClash",
    {
        "loser": Field(TEXT, optional=False, doc="the option that has no effect"),
        "winner": Field(TEXT, optional=False, doc="the option that takes it away"),
        "other": Field(ANYTHING, optional=False, doc="where the winner is written"),
        "fails": Field(TextType(values=("yes", "no")), optional=False, doc="whether every apply fails with both"),
    },
    doc="two options of one list that contradict each other; it points at the one that loses",
)


@attribute("Resource", "syncOptionClashes", returns=ListType(OPTION_CLASH), source=_OPTIONS)
def sync_option_clashes(subject: Subject) -> Sequence[Value]:
    """Pairs of sync options in one list that contradict each other."""
    root = subject.root or MISSING
    lists = [list(annotation_options(get(root, "metadata"), SYNC_OPTIONS))]
    if subject.kind in _APPLICATIONS:
        lists.append(list(application_options(spec_of(subject))))
    return [clash for one in lists for clash in _clashes(one)]


def _clashes(written: Sequence[_WRITTEN]) -> Iterator[Fact]:
    places: dict[str, Spot] = {}
    for text, at in written:
        places.setdefault(text, at)

    def clash(loser: str, winner: str, fails: str = "no") -> Fact:
        fields: dict[str, Value] = {
            "loser": loser,
            "winner": winner,
            "other": _as_value(places[winner]),
            "fails": fails,
        }
        return Fact("OptionClash", places[loser], fields)

    if {"Replace=true", "ServerSideApply=true"} <= places.keys():
        yield clash("ServerSideApply=true", "Replace=true")
    elif {"Force=true", "ServerSideApply=true"} <= places.keys():
        yield clash("Force=true", "ServerSideApply=true", "yes")
    first: dict[str, str] = {}
    for text in places:
        name, _, given = text.partition("=")
        option = SYNC_OPTION_TABLE.get(name)
        if option is None or given not in option.values:
            continue
        other = first.setdefault(name, text)
        if other == text:
            continue
        # Prune and Delete are taken from the first item, of the others only what is not the default counts
        if name in ("Delete", "Prune"):
            yield clash(text, other)
        elif name == "ServerSideApply" and isinstance(places[text], Part):
            yield clash("ServerSideApply=true", "ServerSideApply=false")
        elif set(option.values) == {"true", "false"}:
            winner = f"{name}={option.useful}"
            yield clash(text if text != winner else other, winner)


def _as_value(spot: Spot) -> Value:
    return spot.scalar if isinstance(spot, Part) else spot


# ---- what goes with CreateNamespace


@attribute(
    _APPLICATIONS, "createsNamespace", returns=TextType(values=("yes", "no")), source="argo-cd controller/sync.go"
)
def creates_namespace(subject: Subject) -> Value:
    """Whether the option CreateNamespace=true is there; unknown where the list may hold more than is shown."""
    spec = spec_of(subject)
    listed = get(get(spec, "syncPolicy"), "syncOptions")
    if any(text == "CreateNamespace=true" for text, _ in application_options(spec)):
        return "yes"
    if listed is UNKNOWN or subject_is_patched(subject):
        return UNKNOWN
    if isinstance(listed, SequenceNode):
        known = not listed.open and all(isinstance(value(item), str) for item in listed.items)
        return "no" if known else UNKNOWN
    return "no" if listed is MISSING else UNKNOWN


def subject_is_patched(subject: Subject) -> bool:
    """Whether a templatePatch may add to the template of an ApplicationSet."""
    return (
        subject.kind == "ApplicationSet" and get(get(subject.root or MISSING, "spec"), "templatePatch") is not MISSING
    )


@attribute(_APPLICATIONS, "syncSettings", returns=ANYTHING, optional=True)
def sync_settings(subject: Subject) -> Value:
    """`syncPolicy` of an Application, or of the template of an ApplicationSet."""
    found = get(spec_of(subject), "syncPolicy")
    return found if isinstance(found, Mapping) or found is MISSING else UNKNOWN


@attribute(_APPLICATIONS, "deliversTo", returns=ANYTHING, optional=True)
def delivers_to(subject: Subject) -> Value:
    """`destination` of an Application, or of the template of an ApplicationSet."""
    if subject_is_patched(subject):
        return UNKNOWN
    found = get(spec_of(subject), "destination")
    return found if isinstance(found, Mapping) or found is MISSING else UNKNOWN
