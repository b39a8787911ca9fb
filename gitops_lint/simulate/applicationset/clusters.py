"""The clusters generator: a set for each cluster that Argo CD has a Secret of, and for the local one."""

from __future__ import annotations

from gitops_lint.languages.gotemplate.functions.names import normalize
from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet, Unexpanded
from gitops_lint.simulate.applicationset.selectors import SelectorError, of_labels
from gitops_lint.simulate.applicationset.specs import Spec
from gitops_lint.simulate.applicationset.surroundings import (
    CLUSTER_LABEL,
    CLUSTER_VALUE,
    LOCAL_NAME,
    LOCAL_SERVER,
    KnownCluster,
    Surroundings,
)
from gitops_lint.simulate.applicationset.values import Mode, with_values
from gitops_lint.text.scalars import Plain


def cluster_sets(
    spec: Spec, mode: Mode, surroundings: Surroundings, namespace: str | None
) -> tuple[list[ParamSet], tuple[Unexpanded, ...]]:
    """
    Sets by name of cluster, the local cluster last, and what is not known of them. Raises GenerationError.

    namespace: Argo CD's. Source: argo-cd applicationset/generators/cluster.go.
    """
    written = spec.mapped("selector")
    key = (namespace, mode.go, repr(written))
    chosen = surroundings.chosen_clusters.get(key)
    if chosen is None:
        chosen = surroundings.chosen_clusters[key] = _chosen(spec, mode, surroundings, namespace)
    values = spec.strings("values")
    sets = [ParamSet(with_values(dict(params), values, mode), spec.node, one.place) for one, params in chosen]
    selects = bool(written.get("matchLabels") or written.get("matchExpressions"))
    if not selects and surroundings.local_cluster and all(one.server != LOCAL_SERVER for one, _ in chosen):
        local: dict[str, Value] = {
            "name": LOCAL_NAME,
            "nameNormalized": LOCAL_NAME,
            "server": LOCAL_SERVER,
            "project": "",
        }
        sets.append(ParamSet(with_values(local, values, mode), spec.node, None))
    missing = surroundings.missing_clusters
    unknown = (Unexpanded(spec.node, missing),) if missing else ()
    if spec.written.get("flatList") is True:
        if unknown:
            return [], unknown
        sets = [ParamSet({"clusters": [one.values for one in sets]}, spec.node, None, tuple(sets))]
    return sets, unknown


def _chosen(
    spec: Spec, mode: Mode, surroundings: Surroundings, namespace: str | None
) -> tuple[tuple[KnownCluster, dict[str, Value]], ...]:
    """The clusters that the selector finds, with their parameters."""
    written = spec.mapped("selector")
    given = written.get("matchLabels")
    labels: dict[str, Plain] = dict(given) if isinstance(given, dict) else {}
    # the label that makes a Secret a cluster's is added, whatever the selector says of it
    labels[CLUSTER_LABEL] = CLUSTER_VALUE
    try:
        selector = of_labels({**written, "matchLabels": labels})
    except SelectorError as error:
        message = f"error getting cluster secrets: error converting label selector: {error.message}"
        raise GenerationError(message, spec.place("selector", *error.path)) from error
    # of two with the same name the controller keeps one, by chance
    found = {one.name: one for one in surroundings.clusters_in(namespace) if selector.matches(one.labels)}
    return tuple((one, _parameters(one, mode)) for one in found.values())


def _parameters(cluster: KnownCluster, mode: Mode) -> dict[str, Value]:
    found: dict[str, Value] = {
        "name": cluster.name,
        "nameNormalized": normalize(cluster.name),
        "server": cluster.server,
        "project": cluster.project,
    }
    if mode.go:
        metadata: dict[str, Value] = {}
        if cluster.annotations:
            metadata["annotations"] = cluster.annotations
        if cluster.labels:
            metadata["labels"] = cluster.labels
        found["metadata"] = metadata
    else:
        for key, text in cluster.annotations.items():
            found[f"metadata.annotations.{key}"] = text
        for key, text in cluster.labels.items():
            found[f"metadata.labels.{key}"] = text
    return found
