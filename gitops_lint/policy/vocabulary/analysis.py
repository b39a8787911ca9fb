"""What analysis templates, runs and experiments say by themselves: limits, providers, rules over metrics, placeholders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import ANYTHING, INTEGER, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.model.rollouts import (
    WITHOUT_CONDITIONS,
    Found,
    analysis_uses,
    argument_of,
    experiment_template_of,
    metrics,
    placeholders,
    present,
    providers,
    scalars_of,
    unclosed,
    whole_number,
)
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, text_of, value

TEMPLATES = ("AnalysisTemplate", "ClusterAnalysisTemplate")
HOLDERS = (*TEMPLATES, "AnalysisRun")

_FACTORY = "argo-rollouts utils/analysis/factory.go ValidateMetric"

# ---- metrics

METRIC = record(
    "Metric",
    {
        "name": Field(TEXT, optional=True, doc="the metric's name"),
        "providers": Field(ListType(TEXT), optional=True, doc="where it measures; each plugin counts by itself"),
        "judgesItself": Field(TEXT, optional=False, doc="the provider that needs no conditions, or empty"),
        "provider": Field(ANYTHING, optional=True, doc="the node of the provider"),
        "successCondition": Field(TEXT, optional=True, doc="as written"),
        "failureCondition": Field(TEXT, optional=True, doc="as written"),
    },
    doc="one metric of a template or run; it points at the whole metric",
)


@attribute(HOLDERS, "metricFacts", returns=ListType(METRIC), source=_FACTORY)
def metric_facts(subject: Subject) -> Sequence[Value]:
    """The metrics, each with its providers."""
    found = []
    for metric in metrics(_spec(subject)) or ():
        used = providers(metric)
        own = [name for name in used or () if name in WITHOUT_CONDITIONS]
        fields: dict[str, Value] = {
            "name": get(metric, "name"),
            "providers": UNKNOWN if used is None else used,
            "judgesItself": own[0] if own else "",
            **{field: get(metric, field) for field in ("provider", "successCondition", "failureCondition")},
        }
        name = text_of(get(metric, "name"))
        found.append(Fact("Metric", metric, fields, title=f"metric `{name}`" if name else "the metric"))
    return found


LIMIT_KINDS = ("below-zero", "all-off", "count-below", "without-interval", "never-fails")

METRIC_LIMIT = record(
    "MetricLimit",
    {
        "kind": Field(TextType(values=LIMIT_KINDS), optional=False, doc="what is wrong with the limits"),
        "metric": Field(TEXT, optional=False, doc="how a message calls the metric"),
        "field": Field(TEXT, optional=False, doc="the field that is wrong"),
        "number": Field(INTEGER, optional=False, doc="what it says"),
        "count": Field(INTEGER, optional=False, doc="how often the metric measures; 0 for no end"),
        "often": Field(TEXT, optional=False, doc="the count as words: once, 3 times"),
        "least": Field(TEXT, optional=False, doc="what the count must reach, as words"),
    },
    doc="limits of a metric that do not go together",
)

_LIMITS = ("failureLimit", "consecutiveSuccessLimit", "inconclusiveLimit", "consecutiveErrorLimit")


@attribute(HOLDERS, "limitProblems", returns=ListType(METRIC_LIMIT), source=_FACTORY)
def limit_problems(subject: Subject) -> Sequence[Value]:
    """Limits and counts of metrics that the controller refuses when a run starts, or that can never take effect."""
    return tuple(one for metric in metrics(_spec(subject)) or () for one in _limits(metric))


def _limits(metric: Mapping) -> Iterator[Fact]:
    """The first problem of each sort. A number that is an argument is not known."""
    name = text_of(get(metric, "name"))
    words = f"metric `{name}`" if name else "the metric"
    numbers = {field: _number(metric, field, 0) for field in (*_LIMITS, "count")}

    def problem(kind: str, field: str, at: Node, least: str = "") -> Fact:
        fields: dict[str, Value] = {"kind": kind, "metric": words, "field": field, "least": least}
        often = "once" if numbers["count"] == 1 else f"{numbers['count'] or 0} times"
        fields |= {"number": numbers[field] or 0, "count": numbers["count"] or 0, "often": often}
        return Fact("MetricLimit", at, fields)

    def node(field: str) -> Node:
        found = get(metric, field)
        return found if isinstance(found, Scalar) else metric

    below = [
        field
        for field in _LIMITS
        if (number := numbers[field]) is not None and number < (-1 if field == "failureLimit" else 0)
    ]
    yield from (problem("below-zero", field, node(field)) for field in below)
    if below:
        return
    failures, successes, inconclusive, count = (
        numbers[field] for field in ("failureLimit", "consecutiveSuccessLimit", "inconclusiveLimit", "count")
    )
    if failures == -1 and successes == 0:
        yield problem("all-off", "failureLimit", node("failureLimit"))
    if count is None or count <= 0:
        return
    if failures is not None and successes is not None and count < max(failures, 0) + successes:
        least = f"the {failures} of `failureLimit`" if not successes else f"{max(failures, 0) + successes}"
        least = least if not successes else f"{least}, the sum of `failureLimit` and `consecutiveSuccessLimit`"
        yield problem("count-below", "count", metric, least)
    elif inconclusive is not None and count < inconclusive:
        yield problem("count-below", "count", metric, f"the {inconclusive} of `inconclusiveLimit`")
    elif failures == count and successes == 0 and isinstance(get(metric, "failureLimit"), Scalar):
        yield problem("never-fails", "failureLimit", node("failureLimit"))
    interval = get(metric, "interval")
    if count > 1 and (interval is MISSING or (isinstance(interval, Scalar) and not interval.text)):
        yield problem("without-interval", "count", node("count"))


def _number(metric: Mapping, field: str, default: int) -> int | None:
    found = get(metric, field)
    return default if found is MISSING else whole_number(found)


# ---- rules over metrics: dryRun, measurementRetention

METRIC_RULE = record(
    "MetricRule",
    {
        "pattern": Field(TEXT, optional=False, doc="the regular expression, as written"),
        "field": Field(TEXT, optional=False, doc="dryRun or measurementRetention"),
        "names": Field(TEXT, optional=False, doc="the names of the metrics, as words"),
    },
    doc="an entry of dryRun or measurementRetention; it points at its metricName",
)

RULE_LISTS = ("dryRun", "measurementRetention")


@attribute(
    HOLDERS,
    "idleMetricRules",
    returns=ListType(METRIC_RULE),
    source="argo-rollouts utils/analysis/helpers.go GetDryRunMetrics",
)
def idle_metric_rules(subject: Subject) -> Sequence[Value]:
    """The entries of dryRun and measurementRetention whose expression fits none of its metrics."""
    spec = _spec(subject)
    known = metrics(spec)
    # included templates bring metrics of their own
    if not known or present(spec, "templates") is not False:
        return ()
    names = [value(get(metric, "name")) for metric in known]
    if not all(isinstance(name, str) for name in names):
        return ()
    return tuple(metric_rules(spec, [str(name) for name in names]))


def metric_rules(holder: Found, names: Sequence[str]) -> Iterator[Fact]:
    """The entries of a holder's rule lists that fit none of the names; an expression that Go refuses fits none."""
    for field in RULE_LISTS:
        for entry in items(get(holder, field)):
            node = get(entry, "metricName")
            pattern = value(node)
            if isinstance(node, Scalar) and isinstance(pattern, str) and _fits(pattern, names) is False:
                words = ", ".join(f"`{name}`" for name in names)
                yield Fact("MetricRule", node, {"pattern": pattern, "field": field, "names": words})


def _fits(pattern: str, names: Sequence[str]) -> bool | None:
    """Whether an expression is found in a name; None for one that RE2 refuses, which the schema's format reports."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options=options)
    except re2.error:
        return None
    return any(compiled.search(name) is not None for name in names)


# ---- placeholders

PLACEHOLDER = record(
    "Placeholder",
    {
        "text": Field(TEXT, optional=False, doc="the placeholder with its braces"),
        "name": Field(TEXT, optional=False, doc="what stands between the braces"),
    },
    doc="`{{…}}` in a text; it points at the characters",
)

_HELM = pattern(r"[.$\"(]|[-a-zA-Z]+\s")
"""How an action of another template language begins, which is filled in before the controller sees it."""


@attribute(
    HOLDERS,
    "strangePlaceholders",
    returns=ListType(PLACEHOLDER),
    source="argo-rollouts utils/template/template.go resolve",
)
def strange_placeholders(subject: Subject) -> Sequence[Value]:
    """The placeholders of metrics that are no argument and that nothing else fills in, and braces that nothing closes."""
    found: list[Value] = []
    for scalar in scalars_of(get(_spec(subject), "metrics")):
        for one in placeholders(scalar.text):
            if argument_of(one.name) is None and not _HELM.match(one.name):
                found.append(_placeholder(scalar, one.start, one.end))
        open_at = unclosed(scalar.text)
        if open_at is not None:
            found.append(_placeholder(scalar, open_at, len(scalar.text)))
    return found


def _placeholder(scalar: Scalar, start: int, end: int) -> Fact:
    text = scalar.text[start:end]
    name = text.removeprefix("{{").removesuffix("}}").strip()
    return Fact("Placeholder", Part(scalar, start, end), {"text": text, "name": name})


@attribute(
    "Experiment",
    "strangePlaceholders",
    returns=ListType(PLACEHOLDER),
    source="argo-rollouts utils/template/template.go ResolveExperimentArgsValue",
)
def experiment_placeholders(subject: Subject) -> Sequence[Value]:
    """The placeholders of its analyses' arguments that name no template of it and nothing else an experiment knows."""
    spec = _spec(subject)
    names = {text_of(get(one, "name")) for one in items(get(spec, "templates"))}
    known = {"experiment.availableAt"} | (
        {"experiment.finishedAt"} if present(spec, "duration") is not False else set()
    )
    found: list[Value] = []
    for analysis in items(get(spec, "analyses")):
        for argument in items(get(analysis, "args")):
            node = get(argument, "value")
            for one in placeholders(node.text) if isinstance(node, Scalar) else ():
                template = experiment_template_of(one.name)
                strange = one.name not in known if template is None else template not in names
                if isinstance(node, Scalar) and strange and not _HELM.match(one.name):
                    found.append(_placeholder(node, one.start, one.end))
    return found


def _spec(subject: Subject) -> Found:
    return get(subject.root or MISSING, "spec")


RULE_LIST = record(
    "MetricRuleList",
    {
        "field": Field(TEXT, optional=False, doc="dryRun or measurementRetention"),
        "entries": Field(ListType(ANYTHING), optional=False, doc="the entries"),
    },
    doc="a list of rules over metrics",
)


@attribute(HOLDERS, "metricRuleLists", returns=ListType(RULE_LIST))
def metric_rule_lists(subject: Subject) -> Sequence[Value]:
    """Its dryRun and measurementRetention."""
    return tuple(_rule_lists(_spec(subject)))


@attribute("Rollout", "metricRuleLists", returns=ListType(RULE_LIST))
def rollout_metric_rule_lists(subject: Subject) -> Sequence[Value]:
    """The dryRun and measurementRetention of each place that runs analyses."""
    return tuple(one for use in analysis_uses(subject.root or MISSING) for one in _rule_lists(use.node))


def _rule_lists(holder: Found) -> Iterator[Fact]:
    for field in RULE_LISTS:
        node = get(holder, field)
        if isinstance(node, SequenceNode):
            yield Fact("MetricRuleList", node, {"field": field, "entries": node})


@attribute(HOLDERS, "includedTemplates", returns=ListType(ANYTHING), optional=True)
def included_templates(subject: Subject) -> Value:
    """`spec.templates`; an AnalysisRun has none."""
    return MISSING if subject.kind == "AnalysisRun" else get(_spec(subject), "templates")
