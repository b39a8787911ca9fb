"""
Weights and pods of a canary, step by step: what share of the pods a weight becomes, and which scale is in force.

Source: argo-rollouts utils/replicaset/canary.go approximateWeightedCanaryStableReplicaCounts, UseSetCanaryScale.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gitops_lint.model.rollouts import Found
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, value


def pods_of_weight(replicas: int, weight: int, *, surge: bool) -> tuple[int, int]:
    """
    Canary and stable pods that come closest to a weight, where pods alone make it.

    replicas: spec.replicas, from 0. weight: 0 to 100. surge: whether one pod more is allowed. Weights of 1 to 99 keep at
    least one pod of each version, unless there is one replica and no surge, or the weight lies in the middle between all
    pods and all but one: there upstream finds no answer and leaves the canary without a pod.
    """
    if replicas == 0:
        return 0, 0
    floor, rest = divmod(replicas * weight, 100)
    ceiling = floor + (1 if rest else 0)
    none_allowed = weight in (0, 100) or (replicas == 1 and not surge)
    options: list[tuple[int, int]] = []
    if ceiling < replicas or none_allowed:
        options.append((ceiling, replicas))
    if not _tied(weight, replicas) and (floor != 0 or none_allowed):
        options.append((floor, replicas))
    if surge:
        options.append((ceiling, replicas + 1))
        if not _tied(weight, replicas + 1) and (floor != 0 or none_allowed):
            options.append((floor, replicas + 1))
    if not options:
        return 0, replicas
    canary, total = min(options, key=lambda one: abs(Fraction(100 * one[0], one[1]) - weight))
    return canary, total - canary


def _tied(weight: int, replicas: int) -> bool:
    """Whether the weight lies in the middle between two numbers of pods."""
    return replicas * weight % 100 == 50


def weights_beside_scale(steps: Found) -> Iterator[tuple[Scalar, int, Scalar]]:
    """
    Every `setWeight` while a number of canary pods is in force: its node, the weight, the node of that number.

    A scale stays until the next `setCanaryScale`; `matchTrafficWeight: true` or an empty one gives the pods back to the weight.
    Ends where a step cannot be known.
    """
    scale: Scalar | None = None
    if not isinstance(steps, SequenceNode) or steps.open:
        return
    for step in steps.items:
        given = get(step, "setCanaryScale")
        if given is UNKNOWN:
            return
        if isinstance(given, Mapping):
            replicas, follows = get(given, "replicas"), value(get(given, "matchTrafficWeight"))
            if replicas is UNKNOWN or follows is UNKNOWN:
                return
            scale = replicas if isinstance(replicas, Scalar) and follows is not True else None
        node = get(step, "setWeight")
        weight = value(node)
        if node is not MISSING and isinstance(node, Scalar) and isinstance(weight, int) and scale is not None:
            yield node, weight, scale
