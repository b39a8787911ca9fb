"""
Typed views of Argo Rollouts: the steps of a canary, its routers, where analyses run, what a metric and its arguments say.

Nodes stay nodes, so that whoever judges can point at them. Source: argo-rollouts pkg/apis/rollouts/v1alpha1/types.go,
analysis_types.go; the fields that validation counts: pkg/apis/rollouts/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import MISSING, UNKNOWN, Missing, UnknownValue, get, items, text_of, value

Found = Node | Missing | UnknownValue

POD_HASH = "rollouts-pod-template-hash"
MANAGED_BY = "argo-rollouts.argoproj.io/managed-by-rollouts"

STEP_KINDS = (
    *("setWeight", "pause", "experiment", "analysis"),
    *("setCanaryScale", "setHeaderRoute", "setMirrorRoute", "plugin"),
)
"""What a canary step can be; validation.go lets the first four exclude each other."""

EXCLUSIVE_STEP_KINDS = STEP_KINDS[:4]
PROVIDERS = (
    *("cloudWatch", "datadog", "graphite", "influxdb", "job", "kayenta", "newRelic", "prometheus", "skywalking"),
    *("wavefront", "web"),
)
"""Providers of metrics that are one field each; `plugin` holds any number of others."""

WITHOUT_CONDITIONS = frozenset(("job", "kayenta"))
"""Providers that judge by themselves: metricproviders/job/job.go, metricproviders/kayenta/kayenta.go read no conditions."""

_EXPERIMENT_PLACEHOLDER = pattern(r"templates\.(.+)\.(podTemplateHash|replicaset\.name)", re.DOTALL)

Place = Literal["step", "background", "pre-promotion", "post-promotion", "experiment"]


def strategy(root: Found, name: str) -> Found:
    """`spec.strategy.canary` or `spec.strategy.blueGreen`."""
    return get(get(get(root, "spec"), "strategy"), name)


def present(node: Found, key: str) -> bool | None:
    """Whether a mapping has the key with a value; None where nobody can tell."""
    found = get(node, key)
    return None if found is UNKNOWN else found is not MISSING


def whole_number(node: Found) -> int | None:
    """The number of an int-or-text field, read as IntOrString.IntValue reads it where it is digits; else None."""
    found = value(node)
    if isinstance(found, bool):
        return None
    if isinstance(found, int):
        return found
    if isinstance(found, str) and re.fullmatch(r"[+-]?\d{1,18}", found, re.ASCII):
        return int(found)
    return None


# ---- where analyses run


@dataclass(frozen=True, slots=True)
class AnalysisUse:
    """
    One place of a Rollout that runs analyses.

    node: the mapping that holds `templates` (of an experiment's analysis: the one with `templateName`). words: how a
    message calls it. number: of the step, from 0; None for the other places.
    """

    place: Place
    node: Node
    words: str
    number: int | None = None

    @property
    def blocking(self) -> bool:
        """Whether the rollout waits for its end, so that it must have one."""
        return self.place in ("step", "pre-promotion", "post-promotion")

    @property
    def templates(self) -> Found:
        """The list of references; MISSING for an experiment's analysis, which names one template itself."""
        return get(self.node, "templates")


def analysis_uses(root: Found) -> Iterator[AnalysisUse]:
    """The analyses of a Rollout: those of the canary's steps in order, the background one, pre- and post-promotion."""
    canary, blue_green = strategy(root, "canary"), strategy(root, "blueGreen")
    for number, step in enumerate(items(get(canary, "steps"))):
        found = get(step, "analysis")
        if isinstance(found, Mapping):
            yield AnalysisUse("step", found, f"step {number + 1}", number)
        for analysis in items(get(get(step, "experiment"), "analyses")):
            if isinstance(analysis, Mapping):
                yield AnalysisUse("experiment", analysis, f"the experiment of step {number + 1}", number)
    places: tuple[tuple[Place, Found, str], ...] = (
        ("background", get(canary, "analysis"), "the background analysis"),
        ("pre-promotion", get(blue_green, "prePromotionAnalysis"), "the pre-promotion analysis"),
        ("post-promotion", get(blue_green, "postPromotionAnalysis"), "the post-promotion analysis"),
    )
    for place, found, words in places:
        if isinstance(found, Mapping):
            yield AnalysisUse(place, found, words)


# ---- what stands in metrics


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{{…}}` in a text. name: what stands between the braces, white space cut off; start, end: with the braces."""

    name: str
    start: int
    end: int


def placeholders(text: str) -> list[Placeholder]:
    """Every placeholder of a text, as valyala/fasttemplate finds them: from `{{` to the next `}}`."""
    found, at = [], 0
    while (start := text.find("{{", at)) >= 0 and (end := text.find("}}", start + 2)) >= 0:
        found.append(Placeholder(text[start + 2 : end].strip(), start, end + 2))
        at = end + 2
    return found


def unclosed(text: str) -> int | None:
    """Where a `{{` begins that nothing closes (fasttemplate refuses the text); None where all are closed."""
    at = 0
    while (start := text.find("{{", at)) >= 0:
        end = text.find("}}", start + 2)
        if end < 0:
            return start
        at = end + 2
    return None


def argument_of(placeholder: str) -> str | None:
    """The argument that `args.<name>` stands for; None for any other placeholder."""
    return placeholder[5:] if placeholder.startswith("args.") else None


def experiment_template_of(placeholder: str) -> str | None:
    """The template that `templates.<name>.podTemplateHash` or `….replicaset.name` speaks of (utils/template/template.go)."""
    found = _EXPERIMENT_PLACEHOLDER.fullmatch(placeholder)
    return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument that a template declares. name: its text; value, origin: nodes of `value` and `valueFrom`, or MISSING, UNKNOWN."""

    name: str
    node: Mapping
    value: Found
    origin: Found

    @property
    def required(self) -> bool:
        """Whether a use must give it; False where nobody can tell."""
        return self.value is MISSING and self.origin is MISSING


def arguments(holder: Found) -> list[Argument] | None:
    """The `args` of a template's spec, in order; None where the list or a name cannot be known."""
    given = get(holder, "args")
    if given is MISSING:
        return []
    if not isinstance(given, Sequence) or given.open:
        return None
    found = []
    for one in given.items:
        name = text_of(get(one, "name"))
        if not isinstance(one, Mapping) or name is None or value(get(one, "name")) is UNKNOWN:
            return None
        found.append(Argument(name, one, get(one, "value"), get(one, "valueFrom")))
    return found


def metrics(holder: Found) -> list[Mapping] | None:
    """The `metrics` of a template's spec, in order; None where the list cannot be known."""
    given = get(holder, "metrics")
    if given is MISSING:
        return []
    if not isinstance(given, Sequence) or given.open:
        return None
    return [one for one in given.items if isinstance(one, Mapping)]


def providers(metric: Found) -> list[str] | None:
    """The providers of a metric, each plugin by itself; None where they cannot be known (utils/analysis/factory.go ValidateMetric)."""
    holder = get(metric, "provider")
    if not isinstance(holder, Mapping):
        return None
    found = []
    for name in PROVIDERS:
        there = present(holder, name)
        if there is None:
            return None
        if there:
            found.append(name)
    plugins = get(holder, "plugin")
    if plugins is UNKNOWN:
        return None
    if isinstance(plugins, Mapping):
        found += [f"plugin {key.text}" for key in plugins.items[::2] if isinstance(key, Scalar)]
    return found


def runs_for_ever(metric: Found, defaults: dict[str, str]) -> bool | None:
    """
    Whether a metric repeats without an end: an interval, and no count or one that reads as 0.

    defaults: what the template itself gives its arguments, a placeholder text for the others; None where it cannot be known.
    Source: analysis_types.go Metric.EffectiveCount, IntOrString.IntValue.
    """
    interval = get(metric, "interval")
    if interval is MISSING or (isinstance(interval, Scalar) and not interval.text):
        return False
    if not isinstance(interval, Scalar):
        return None
    count = get(metric, "count")
    if count is MISSING:
        return True
    if not isinstance(count, Scalar):
        return None
    text = filled(count.text, defaults)
    if text is None:
        return None
    return not (re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII) and int(text))


def filled(text: str, known: dict[str, str]) -> str | None:
    """A text with its arguments filled in; None where it holds another placeholder."""
    made, at = [], 0
    for one in placeholders(text):
        name = argument_of(one.name)
        if name is None or name not in known:
            return None
        made.append(text[at : one.start] + known[name])
        at = one.end
    return "".join(made) + text[at:]


def scalars_of(node: Found) -> Iterator[Scalar]:
    """Every scalar below a node, keys left out, in the order of the text."""
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, Scalar):
            yield here
        elif isinstance(here, Mapping):
            pending.extend(reversed(here.items[1::2]))
        elif isinstance(here, Sequence):
            pending.extend(reversed(here.items))
