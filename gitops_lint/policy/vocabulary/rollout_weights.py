"""What the weights of a canary come to in pods, and who else has pods that a Rollout's Services select."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.types import ANYTHING, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.model.rollouts import Found, present, strategy, whole_number
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.policy.vocabulary.rollout_references import name_node
from gitops_lint.policy.vocabulary.rollouts import label_misses
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.rollout import pods_of_weight, weights_beside_scale
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, text_of, value

_SOURCE = "argo-rollouts utils/replicaset/canary.go"

UNEVEN_WEIGHT = record(
    "UnevenWeight",
    {
        "weight": Field(INTEGER, optional=False, doc="the weight that is written"),
        "pods": Field(TEXT, optional=False, doc="what it comes to, as words"),
        "share": Field(INTEGER, optional=False, doc="the share of the canary's pods, in hundredths"),
        "replicas": Field(ANYTHING, optional=False, doc="the node of the number of replicas"),
    },
    doc="a weight that pods alone cannot come close to; it points at the weight",
)

_TOLERANCE = 10  # hundredths; ours, the controller has none


@attribute(
    "Rollout",
    "unevenWeights",
    returns=ListType(UNEVEN_WEIGHT),
    needs={"references"},
    source=f"{_SOURCE} approximateWeightedCanaryStableReplicaCounts",
)
def uneven_weights(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The first weight of a canary without traffic routing that its pods miss by more than ten hundredths."""
    root = subject.root or MISSING
    canary = strategy(root, "canary")
    if not isinstance(canary, Mapping) or present(canary, "trafficRouting") is not False:
        return ()
    surge_node = get(canary, "maxSurge")
    if surge_node is UNKNOWN or value(surge_node) is UNKNOWN:
        return ()
    surge = value(surge_node) not in (0, "0", "0%")
    replicas = _replicas(resource_of(subject), repo)
    number = whole_number(replicas)
    if number is None or number < 1:
        return ()
    for step in items(get(canary, "steps")):
        node = get(step, "setWeight")
        weight = value(node)
        if not isinstance(node, Scalar) or not isinstance(weight, int) or not 0 < weight < 100:
            continue
        new, old = pods_of_weight(number, weight, surge=surge)
        share = round(100 * new / (new + old))
        if abs(100 * new - weight * (new + old)) > _TOLERANCE * (new + old):
            pods = f"{new} of {new + old} pods"
            return (Fact("UnevenWeight", node, {"weight": weight, "pods": pods, "share": share, "replicas": replicas}),)
    return ()


def _replicas(rollout: Resource, repo: Repo) -> Found:
    """The least number of pods: an autoscaler's, else the written one; MISSING where neither says it."""
    for scaler in repo.resources("autoscaling", "HorizontalPodAutoscaler"):
        spec = get(scaler.root, "spec")
        target = get(spec, "scaleTargetRef")
        if text_of(get(target, "kind")) == "Rollout" and text_of(get(target, "name")) in repo.names_of(rollout):
            return get(spec, "minReplicas")
    return get(get(rollout.root, "spec"), "replicas")


STICKY_SCALE = record(
    "StickyScale",
    {
        "weight": Field(INTEGER, optional=False, doc="the weight that is written"),
        "pods": Field(INTEGER, optional=False, doc="the pods of the canary that stay"),
        "replicas": Field(INTEGER, optional=False, doc="the pods of the whole Rollout"),
        "scale": Field(ANYTHING, optional=False, doc="where the pods are set"),
    },
    doc="a weight for which the canary has too few pods, since an earlier setCanaryScale stays; it points at the weight",
)


@attribute("Rollout", "stickyScales", returns=ListType(STICKY_SCALE), source=f"{_SOURCE} UseSetCanaryScale")
def sticky_scales(subject: Subject) -> Sequence[Value]:
    """The first weight that sends the canary more than twice the share of its pods."""
    root = subject.root or MISSING
    canary = strategy(root, "canary")
    routing = get(canary, "trafficRouting")
    replicas = whole_number(get(get(root, "spec"), "replicas"))
    if not isinstance(routing, Mapping) or present(routing, "maxTrafficWeight") is not False or not replicas:
        return ()
    for node, weight, scale in weights_beside_scale(get(canary, "steps")):
        pods = whole_number(scale)
        if pods is not None and weight * replicas > 2 * 100 * pods:
            fields: dict[str, Value] = {"weight": weight, "pods": pods, "replicas": replicas, "scale": scale}
            return (Fact("StickyScale", node, fields),)
    return ()


OVERLAP = record(
    "Overlap",
    {
        "deployment": Field(TEXT, optional=False, doc="the Deployment's name"),
        "rollout": Field(TEXT, optional=False, doc="the Rollout's name"),
        "other": Field(ANYTHING, optional=False, doc="the Rollout's name, to point at"),
    },
    doc="a Deployment whose selector fits the pods of a Rollout; it points at the Deployment's selector",
)


@attribute(
    "Rollout", "overlaps", returns=ListType(OVERLAP), needs={"references"}, source="argo-rollouts docs/migrating.md"
)
def overlaps(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The Deployments of its namespace whose selectors fit the labels of its pods and that keep pods."""
    root = subject.root or MISSING
    spec = get(root, "spec")
    rollout = resource_of(subject)
    labels = get(get(get(spec, "template"), "metadata"), "labels")
    home = repo.namespace_of(rollout)
    if present(spec, "workloadRef") is not False or not isinstance(labels, Mapping) or labels.open:
        return ()
    found: list[Value] = []
    for other in repo.resources("apps", "Deployment"):
        where = repo.namespace_of(other)
        together = (
            home == where if isinstance(home, str) else home is None and where is None and other.file == rollout.file
        )
        selector = get(get(other.root, "spec"), "selector")
        if not together or not isinstance(selector, Mapping) or value(get(get(other.root, "spec"), "replicas")) == 0:
            continue
        wanted = get(selector, "matchLabels")
        known = isinstance(wanted, Mapping) and wanted.items and not wanted.open and not selector.open
        holds = known and not any(value(get(labels, key.text)) is UNKNOWN for key in _scalars(wanted))
        if holds and not list(label_misses(selector, labels, "")):
            fields: dict[str, Value] = {"deployment": other.name, "rollout": rollout.name, "other": name_node(rollout)}
            found.append(Fact("Overlap", selector, fields))
    return found


def _scalars(mapping: Found) -> list[Scalar]:
    return [key for key in mapping.items[::2] if isinstance(key, Scalar)] if isinstance(mapping, Mapping) else []
