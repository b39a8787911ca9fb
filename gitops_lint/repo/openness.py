"""
What is not known of a resource because a kustomization changes it: parts of its tree become unknown or open.

The tree that comes back shares every node that no change touches; changed parts keep the place where they are written.
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from dataclasses import replace

from gitops_lint.model.kubernetes import POD_TEMPLATES
from gitops_lint.model.resource import Identity
from gitops_lint.repo.changes import Change, Effect, Path, Step, matches_whole
from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence, Unknown
from gitops_lint.text.scalars import Missing, UnknownValue, entries, get, key_text
from gitops_lint.text.span import Place


def opened(root: Mapping, identity: Identity, changes: SequenceOf[Change]) -> Mapping:
    """The resource with everything unknown that these changes may change in it; the same object where nothing fits."""
    labels = texts(get(get(root, "metadata"), "labels"))
    for change in changes:
        if change.target.fits(identity, labels, change.renames):
            changed = _changed(root, change)
            root = changed if isinstance(changed, Mapping) else root
    return root


def texts(node: Node | Missing | UnknownValue) -> dict[str, str]:
    """The entries of a mapping whose values are scalars, as text: labels, annotations."""
    return {key: value.text for key, _, value in entries(node) if isinstance(value, Scalar)}


def _changed(root: Mapping, change: Change) -> Node:
    if change.effect == "image":
        return _with_images(root, change)
    if change.effect == "labels":
        node: Node = root
        for path, effect in _label_paths(root, change.detail):
            node = _with_keys(node, path, replace(change, effect=effect))
        return node
    if change.effect == "annotations":
        node = root
        for path in _annotation_paths(root):
            node = _with_keys(node, path, replace(change, effect="set"))
        return node
    return _at(root, change.path, change)


def _with_keys(node: Node, path: Path, change: Change) -> Node:
    for key in change.keys:
        node = _at(node, (*path, key), change)
    return node


def _kind(root: Mapping) -> str:
    kind = get(root, "kind")
    return kind.text if isinstance(kind, Scalar) else ""


def _is_workload(root: Mapping) -> bool:
    """Whether kustomize's own field lists know the pod template: those of Kubernetes' kinds, not of Rollout."""
    return _kind(root) in POD_TEMPLATES and _kind(root) not in ("Rollout", "Pod")


_AFFINITY: tuple[Path, ...] = tuple(
    ("spec", "template", "spec", "affinity", kind, *terms, "labelSelector", "matchLabels")
    for kind in ("podAffinity", "podAntiAffinity")
    for terms in (
        ("preferredDuringSchedulingIgnoredDuringExecution", "*", "podAffinityTerm"),
        ("requiredDuringSchedulingIgnoredDuringExecution", "*"),
    )
)
_SPREAD: Path = ("spec", "template", "spec", "topologySpreadConstraints", "*", "labelSelector", "matchLabels")
_MATCH_LABELS: Path = ("spec", "selector", "matchLabels")
# Selectors that get the labels: made where they are missing, or changed only where they are there.
_MADE: dict[str, tuple[Path, ...]] = {
    "Service": (("spec", "selector"),),
    "ReplicationController": (("spec", "selector"),),
    "Deployment": (_MATCH_LABELS,),
    "ReplicaSet": (_MATCH_LABELS,),
    "DaemonSet": (_MATCH_LABELS,),
    "StatefulSet": (_MATCH_LABELS, ("spec", "volumeClaimTemplates", "*", "metadata", "labels")),
    "Rollout": (_MATCH_LABELS,),
}
_CHANGED: dict[str, tuple[Path, ...]] = {
    "Deployment": (*_AFFINITY, _SPREAD),
    "StatefulSet": (*_AFFINITY, _SPREAD),
    "Rollout": (*_AFFINITY, _SPREAD),
    "Job": (_MATCH_LABELS,),
    "CronJob": (("spec", "jobTemplate", "spec", "selector", "matchLabels"),),
    "PodDisruptionBudget": (_MATCH_LABELS,),
    "NetworkPolicy": (
        ("spec", "podSelector", "matchLabels"),
        ("spec", "ingress", "*", "from", "*", "podSelector", "matchLabels"),
        ("spec", "egress", "*", "to", "*", "podSelector", "matchLabels"),
    ),
}


def _label_paths(root: Mapping, detail: str) -> list[tuple[Path, Effect]]:
    """
    Where labels are set. detail: "" metadata alone; `templates`: pod templates too; `selectors`: selectors as well;
    `configured`: `configurations` may name more fields, those of a Rollout are taken as named.

    Source: kustomize api/internal/konfig/builtinpluginconsts/commonlabels.go, metadatalabels.go; they have no Rollout.
    """
    found: list[tuple[Path, Effect]] = [(("metadata", "labels"), "set")]
    kind = _kind(root)
    known = _is_workload(root) or (kind == "Rollout" and detail == "configured")
    if detail and known:
        found.append(((*POD_TEMPLATES[kind], "metadata", "labels"), "set"))
        if kind == "CronJob":
            found.append((("spec", "jobTemplate", "metadata", "labels"), "set"))
    if detail in ("selectors", "configured") and (known or kind != "Rollout"):
        found += [(path, "set") for path in _MADE.get(kind, ())]
        found += [(path, "fill") for path in _CHANGED.get(kind, ())]
    return found


def _annotation_paths(root: Mapping) -> list[Path]:
    """Source: kustomize api/internal/konfig/builtinpluginconsts/commonannotations.go."""
    found: list[Path] = [("metadata", "annotations")]
    if _is_workload(root):
        found.append((*POD_TEMPLATES[_kind(root)], "metadata", "annotations"))
        if _kind(root) == "CronJob":
            found.append(("spec", "jobTemplate", "metadata", "annotations"))
    return found


def _at(node: Node, path: Path, change: Change) -> Node:
    """The node with the change made at a path below it."""
    if not path:
        if change.effect == "any":
            return all_open(node)
        return _grown(node) if change.effect == "grow" else _unknown(node, change)
    step, rest = path[0], path[1:]
    if isinstance(node, Mapping):
        return _in_mapping(node, step, rest, change)
    if isinstance(node, Sequence):
        return _in_sequence(node, step, rest, change)
    return node if isinstance(node, Unknown) else _unknown(node, change)


def _in_mapping(node: Mapping, step: Step, rest: Path, change: Change) -> Mapping:
    items = list(node.items)
    wanted = str(step) if isinstance(step, int) else step
    for index in range(0, len(items), 2):
        if key_text(items[index]) == wanted:
            items[index + 1] = _at(items[index + 1], rest, change)
            break
    else:
        if change.effect == "replace" or (change.effect == "fill" and rest):
            return node
        if not isinstance(wanted, str):
            return Mapping(node.source, node.start, node.end, items, node.flow, True, node.origin)
        # the key may be there after the build; what else the mapping lacks stays known
        place = (node.source, node.start, node.start)
        origin = Origin(f"kustomization {change.by}", (Place(change.by, change.start, change.end),))
        items += [Scalar(*place, wanted, "plain", None, origin), Unknown(*place, _why(change), origin)]
    return Mapping(node.source, node.start, node.end, items, node.flow, node.open, node.origin)


def _in_sequence(node: Sequence, step: Step, rest: Path, change: Change) -> Sequence:
    items = list(node.items)
    open = node.open
    if step == "*":
        items = [_at(item, rest, change) for item in items]
    elif isinstance(step, int) and 0 <= step < len(items):
        items[step] = _at(items[step], rest, change)
    elif isinstance(step, tuple):
        named = [at for at, item in enumerate(items) if _text(get(item, step[0])) == step[1]]
        for at in named:
            items[at] = _at(items[at], rest, change)
        open = open or not named
    elif change.effect not in ("replace", "fill"):
        open = True
    return Sequence(node.source, node.start, node.end, items, node.flow, open, node.origin)


def _text(node: object) -> str | None:
    return node.text if isinstance(node, Scalar) else None


def _why(change: Change) -> str:
    return f"`{change.by}` changes it"


def _unknown(node: Node, change: Change) -> Node:
    if isinstance(node, Unknown):
        return node
    return Unknown(node.source, node.start, node.end, _why(change), node.origin)


def _grown(node: Node) -> Node:
    if isinstance(node, Mapping):
        return Mapping(node.source, node.start, node.end, node.items, node.flow, True, node.origin)
    if isinstance(node, Sequence):
        return Sequence(node.source, node.start, node.end, node.items, node.flow, True, node.origin)
    return node


def all_open(node: Node) -> Node:
    """The tree with every mapping and list open: what is shown stays, what is not shown may be there."""
    if isinstance(node, Mapping):
        items: list[Node] = [all_open(item) for item in node.items]
        return Mapping(node.source, node.start, node.end, items, node.flow, True, node.origin)
    if isinstance(node, Sequence):
        items = [all_open(item) for item in node.items]
        return Sequence(node.source, node.start, node.end, items, node.flow, True, node.origin)
    return node


def _with_images(node: Node, change: Change) -> Node:
    """Images below `containers` and `initContainers` at any depth, as kustomize's image transformer finds them."""
    if isinstance(node, Mapping):
        items = list(node.items)
        for index in range(0, len(items), 2):
            below = items[index + 1]
            if isinstance(below, Scalar):
                continue
            if key_text(items[index]) in ("containers", "initContainers") and isinstance(below, Sequence):
                below = _with_images_of(below, change)
            items[index + 1] = _with_images(below, change)
        if all(one is other for one, other in zip(items, node.items)):
            return node
        return Mapping(node.source, node.start, node.end, items, node.flow, node.open, node.origin)
    if isinstance(node, Sequence):
        made = [_with_images(item, change) for item in node.items]
        if all(one is other for one, other in zip(made, node.items)):
            return node
        return Sequence(node.source, node.start, node.end, made, node.flow, node.open, node.origin)
    return node


def _with_images_of(containers: Sequence, change: Change) -> Sequence:
    made: list[Node] = []
    for one in containers.items:
        image = get(one, "image")
        if (
            isinstance(one, Mapping)
            and isinstance(image, Scalar)
            and matches_whole(change.detail, image_name(image.text))
        ):
            one = _in_mapping(one, "image", (), change)
        made.append(one)
    if all(one is other for one, other in zip(made, containers.items)):
        return containers
    return Sequence(
        containers.source, containers.start, containers.end, made, containers.flow, containers.open, containers.origin
    )


def image_name(image: str) -> str:
    """The name of an image without tag and digest: `registry:5000/a/b:1@sha256:…` is `registry:5000/a/b`."""
    name = image.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return head if colon and "/" not in tag else name
