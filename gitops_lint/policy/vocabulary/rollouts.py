"""What a Rollout and an Experiment say by themselves: steps, routers, labels that must agree, numbers below zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import ANYTHING, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.rollouts import EXCLUSIVE_STEP_KINDS, STEP_KINDS, Found, present, strategy, whole_number
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, get, items, text_of, value

_SOURCE = "argo-rollouts pkg/apis/rollouts/validation/validation.go"

# ---- steps and routers

CANARY_STEP = record(
    "CanaryStep",
    {
        "number": Field(INTEGER, optional=False, doc="which step it is, from 1"),
        "kinds": Field(ListType(TEXT), optional=False, doc="what the step does, of the kinds that a step can have"),
        "exclusive": Field(ListType(TEXT), optional=False, doc="those of its kinds of which a step may have only one"),
    },
    doc="one step of a canary; it points at the whole step",
)


@attribute("Rollout", "canarySteps", returns=ListType(CANARY_STEP), source=f"{_SOURCE} hasMultipleStepsType")
def canary_steps(subject: Subject) -> Value:
    """The steps of the canary, each with what it does; a step that may hold more than is shown is left out."""
    given = get(strategy(subject.root or MISSING, "canary"), "steps")
    if given is MISSING or given is UNKNOWN:
        return given
    found = []
    for number, step in enumerate(items(given), 1):
        there = {kind: present(step, kind) for kind in STEP_KINDS}
        if not isinstance(step, Mapping) or None in there.values():
            continue
        kinds = [kind for kind, known in there.items() if known]
        fields: dict[str, Value] = {
            "number": number,
            "kinds": kinds,
            "exclusive": [kind for kind in kinds if kind in EXCLUSIVE_STEP_KINDS],
        }
        found.append(Fact("CanaryStep", step, fields, title=f"step {number}"))
    return found


ROUTERS = ("alb", "ambassador", "apisix", "appMesh", "istio", "nginx", "plugins", "smi", "traefik")


@attribute("Rollout", "routers", returns=ListType(TEXT), optional=True)
def routers(subject: Subject) -> Value:
    """The routers that `trafficRouting` configures, by field name; missing without trafficRouting."""
    routing = get(strategy(subject.root or MISSING, "canary"), "trafficRouting")
    if not isinstance(routing, Mapping):
        return routing if routing is MISSING else UNKNOWN
    there = {name: present(routing, name) for name in ROUTERS}
    if None in there.values():
        return UNKNOWN
    plugins = get(routing, "plugins")
    if isinstance(plugins, Mapping) and not plugins.items:
        there["plugins"] = False
    return [name for name, known in there.items() if known]


# ---- values of a header or path to match

STRING_MATCH = record(
    "StringMatch",
    {
        "step": Field(INTEGER, optional=False, doc="number of the step, from 1"),
        "what": Field(TEXT, optional=False, doc="what is matched: the header, the method or the path"),
        "given": Field(ListType(TEXT), optional=False, doc="the ones of exact, prefix and regex that are written"),
        "onlyExact": Field(TEXT, optional=False, doc="the router that takes `exact` only, or empty"),
    },
    doc="a value that setHeaderRoute or setMirrorRoute matches, whose form is known",
)


@attribute(
    "Rollout",
    "stringMatches",
    returns=ListType(STRING_MATCH),
    source=f"{_SOURCE} hasMultipleMatchValues, hasALBInvalidValues",
)
def string_matches(subject: Subject) -> Sequence[Value]:
    """What the header and mirror routes of the steps match."""
    canary = strategy(subject.root or MISSING, "canary")
    alb = present(get(canary, "trafficRouting"), "alb")
    found: list[Value] = []
    for number, step in enumerate(items(get(canary, "steps")), 1):
        for match in items(get(get(step, "setHeaderRoute"), "match")):
            header = get(match, "headerValue")
            if alb is not None and header is not MISSING:
                found += _string_match(header, number, "the header", "the ALB" if alb else "")
        for match in items(get(get(step, "setMirrorRoute"), "match")):
            for field in ("method", "path"):
                if present(match, field):
                    found += _string_match(get(match, field), number, f"the {field}", "")
    return found


def _string_match(given: Found, step: int, what: str, only_exact: str) -> Iterator[Fact]:
    if not isinstance(given, Mapping) or given.open:
        return
    written = [key for key in ("exact", "prefix", "regex") if (text_of(get(given, key)) or "") != ""]
    fields: dict[str, Value] = {"step": step, "what": what, "given": written, "onlyExact": only_exact}
    yield Fact("StringMatch", given, fields)


# ---- labels

LABEL_MISS = record(
    "LabelMiss",
    {
        "key": Field(TEXT, optional=False, doc="the label that is asked for"),
        "wanted": Field(TEXT, optional=False, doc="what it must be, as words"),
        "actual": Field(TEXT, optional=False, doc="what it is, as words"),
        "template": Field(TEXT, optional=False, doc="how a message calls the pod template"),
        "selector": Field(TEXT, optional=False, doc="the part of the selector that asks"),
    },
    doc="a label that a selector asks for and a pod template does not have; it points at the label, or where it should be",
)


def label_misses(selector: Found, labels: Found, template: str) -> Iterator[Fact]:
    """What a label selector asks that known labels do not answer; nothing for what cannot be known."""
    for key, _, wanted in entries(get(selector, "matchLabels")):
        yield from pair_miss(key, wanted, labels, template)
    for one in items(get(selector, "matchExpressions")):
        yield from _expression_miss(one, labels, template)


def pair_miss(key: str, wanted: Node, labels: Found, template: str) -> Iterator[Fact]:
    """The fact of one `key: value` that labels do not hold."""
    given = get(labels, key)
    text, actual = value(wanted), value(given)
    if text is UNKNOWN or actual is UNKNOWN or text is MISSING:
        return
    if text_of(wanted) != text_of(given):
        yield _miss(key, f"`{text_of(wanted)}`", given, wanted, labels, template)


def _expression_miss(one: Node, labels: Found, template: str) -> Iterator[Fact]:
    key, operator = text_of(get(one, "key")), value(get(one, "operator"))
    if key is None or not isinstance(operator, str):
        return
    given = get(labels, key)
    if given is UNKNOWN or value(given) is UNKNOWN:
        return
    listed = get(one, "values")
    options = [text_of(each) for each in items(listed)]
    closed = (
        isinstance(listed, SequenceNode)
        and not listed.open
        and not any(value(each) is UNKNOWN for each in items(listed))
    )
    if operator == "Exists" and given is MISSING:
        yield _miss(key, "present", given, one, labels, template)
    elif operator == "DoesNotExist" and given is not MISSING:
        yield _miss(key, "absent", given, one, labels, template)
    elif operator == "In" and closed and options and text_of(given) not in options:
        yield _miss(key, "one of " + ", ".join(f"`{each}`" for each in options), given, one, labels, template)
    elif operator == "NotIn" and closed and given is not MISSING and text_of(given) in options:
        yield _miss(key, "none of " + ", ".join(f"`{each}`" for each in options), given, one, labels, template)


def _miss(key: str, wanted: str, given: Found, asked: Node, labels: Found, template: str) -> Fact:
    actual = f"`{given.text}`" if isinstance(given, Scalar) else "not there"
    fields: dict[str, Value] = {"key": key, "wanted": wanted, "actual": actual, "template": template, "selector": asked}
    at = given if isinstance(given, Scalar) else labels if isinstance(labels, Mapping) else asked
    return Fact("LabelMiss", at, fields)


@attribute("Rollout", "selectorMisses", returns=ListType(LABEL_MISS), source=_SOURCE)
def selector_misses(subject: Subject) -> Sequence[Value]:
    """What `spec.selector` asks for and the Rollout's own pod template does not have."""
    spec = get(subject.root or MISSING, "spec")
    if present(spec, "workloadRef") is not False or present(spec, "template") is not True:
        return ()
    labels = get(get(get(spec, "template"), "metadata"), "labels")
    return tuple(label_misses(get(spec, "selector"), labels, "the pod template"))


@attribute("Experiment", "selectorMisses", returns=ListType(LABEL_MISS))
def experiment_selector_misses(subject: Subject) -> Sequence[Value]:
    """What the selectors of its templates ask for and those templates do not have."""
    found: list[Value] = []
    for number, one in enumerate(items(get(get(subject.root or MISSING, "spec"), "templates")), 1):
        if present(one, "template"):
            labels = get(get(get(one, "template"), "metadata"), "labels")
            name = text_of(get(one, "name"))
            found += label_misses(get(one, "selector"), labels, f"template `{name}`" if name else f"template {number}")
    return found


# ---- numbers

NEGATIVE_NUMBER = record(
    "NegativeNumber",
    {"number": Field(INTEGER, optional=False, doc="what is written")},
    doc="a number below 0 where the controller takes none",
)

_NOT_NEGATIVE = ("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")


@attribute("Rollout", "negativeNumbers", returns=ListType(NEGATIVE_NUMBER), source=f"{_SOURCE} ValidateRolloutSpec")
def negative_numbers(subject: Subject) -> Sequence[Value]:
    """The numbers of `spec` and of pauses that are below 0 and may not be."""
    root = subject.root or MISSING
    written = [get(get(root, "spec"), name) for name in _NOT_NEGATIVE]
    # a duration as text is judged by its format
    pauses = [get(get(step, "pause"), "duration") for step in items(get(strategy(root, "canary"), "steps"))]
    written += [node for node in pauses if isinstance(value(node), int)]
    return tuple(_negatives(written))


def _negatives(written: Sequence[Found]) -> Iterator[Fact]:
    for node in written:
        number = whole_number(node)
        if isinstance(node, Scalar) and number is not None and number < 0:
            yield Fact("NegativeNumber", node, {"number": number})


# ---- selectors and deadlines


@attribute(("Rollout", "Experiment"), "selectors", returns=ListType(ANYTHING))
def selectors(subject: Subject) -> Sequence[Value]:
    """The selectors it writes itself: a Rollout's one (none beside workloadRef), one for each template of an Experiment."""
    spec = get(subject.root or MISSING, "spec")
    holders = [spec] if subject.kind == "Rollout" else items(get(spec, "templates"))
    written = [get(one, "selector") for one in holders if present(one, "workloadRef") is False]
    return tuple(one for one in written if isinstance(one, Mapping))


LATE_DEADLINE = record(
    "LateDeadline",
    {
        "problem": Field(TEXT, optional=False, doc="which two numbers do not go together, as a clause"),
        "other": Field(INTEGER, optional=True, doc="the other number, where it is written"),
    },
    doc="a progress deadline that is over before a pod can count as ready; it points at the number to change",
)

_DEFAULT_DEADLINE = 600  # utils/defaults/defaults.go DefaultProgressDeadlineSeconds


@attribute("Rollout", "lateDeadlines", returns=ListType(LATE_DEADLINE), source=f"{_SOURCE} ValidateRolloutSpec")
def late_deadlines(subject: Subject) -> Sequence[Value]:
    """Its own progress deadline, where it is not longer than minReadySeconds."""
    spec = get(subject.root or MISSING, "spec")
    deadline, ready = get(spec, "progressDeadlineSeconds"), get(spec, "minReadySeconds")
    ends, begins = _number_or(deadline, _DEFAULT_DEADLINE), _number_or(ready, 0)
    if ends is None or begins is None or ends > begins or ends < 0:
        return ()
    if isinstance(deadline, Scalar):
        problem = f"the progress deadline of {ends} seconds is not longer than `minReadySeconds`, which is {begins}"
        return (_late(deadline, ready, problem),)
    if not isinstance(ready, Scalar):
        return ()
    problem = f"`minReadySeconds` is {begins}, but the progress deadline is {ends} seconds where none is written and must be longer"
    return (_late(ready, MISSING, problem),)


@attribute(
    "Experiment",
    "lateDeadlines",
    returns=ListType(LATE_DEADLINE),
    source="argo-rollouts utils/conditions/experiments.go",
)
def experiment_late_deadlines(subject: Subject) -> Sequence[Value]:
    """Its templates whose minReadySeconds is longer than the progress deadline."""
    spec = get(subject.root or MISSING, "spec")
    deadline = get(spec, "progressDeadlineSeconds")
    ends = _number_or(deadline, _DEFAULT_DEADLINE)
    found = []
    for one in items(get(spec, "templates")):
        ready = get(one, "minReadySeconds")
        begins = whole_number(ready)
        if isinstance(ready, Scalar) and begins is not None and ends is not None and begins > ends:
            problem = f"`minReadySeconds` is {begins}, longer than the progress deadline of {ends} seconds"
            found.append(_late(ready, deadline, problem))
    return found


def _number_or(node: Found, default: int) -> int | None:
    return default if node is MISSING else whole_number(node)


def _late(at: Scalar, other: Found, problem: str) -> Fact:
    fields: dict[str, Value] = {"problem": problem}
    if isinstance(other, Scalar):
        fields["other"] = other
    return Fact("LateDeadline", at, fields)


@attribute("Rollout", "experiments", returns=ListType(ANYTHING))
def rollout_experiments(subject: Subject) -> Sequence[Value]:
    """The experiments of the canary's steps."""
    steps = items(get(strategy(subject.root or MISSING, "canary"), "steps"))
    return tuple(found for step in steps if isinstance(found := get(step, "experiment"), Mapping))


@attribute("Experiment", "experiments", returns=ListType(ANYTHING))
def experiment_itself(subject: Subject) -> Sequence[Value]:
    """Its own spec, so that a rule can speak of Experiments and steps at once."""
    spec = get(subject.root or MISSING, "spec")
    return (spec,) if isinstance(spec, Mapping) else ()
