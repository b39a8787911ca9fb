"""What the patches and transformers of a kustomization do wrong to the resources they reach: JSON pointers, lists, Rollouts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.kustomizations import BOTH, PATCHES, kustomization_of, node_at, writes
from gitops_lint.repo.changes import Path
from gitops_lint.repo.index import Repo
from gitops_lint.repo.kustomization import Kustomization, Patch
from gitops_lint.repo.patches import directive, is_built_in, pointer_steps
from gitops_lint.repo.references import labels_in, references_of
from gitops_lint.simulate.layers import Layer, Member, as_written, inputs
from gitops_lint.text.nodes import Mapping, Node, Scalar, Source
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import (
    MISSING,
    Missing,
    UnknownValue,
    entries,
    get,
    get_written,
    items,
    templated,
    text_of,
    value,
)

# ---- JSON pointers

POINTER = record(
    "JsonPointer",
    {
        "op": Field(TEXT, optional=False, doc="the operation"),
        "path": Field(TEXT, optional=False, doc="the pointer as written"),
        "rooted": Field(BOOL, optional=False, doc="whether it starts with a slash, or is empty"),
        "first": Field(TEXT, optional=False, doc="its part before the first slash"),
        "splitKey": Field(TEXT, optional=False, doc="the key that its slash divides, or empty"),
        "escaped": Field(TEXT, optional=False, doc="the pointer with that key escaped, or empty"),
        "absent": Field(
            TEXT, optional=False, doc="the part that the resource does not have, or empty where it has all"
        ),
        "resource": Field(TEXT, optional=False, doc="that resource, as words"),
    },
    doc="where an operation of a JSON patch points to",
)

# mappings whose values are texts: nothing is below a key of theirs
_TEXT_MAPS = ("annotations", "labels", "matchLabels", "nodeSelector", "commonAnnotations", "commonLabels")
_SHARED = frozenset(("metadata", "labels", "annotations", "selector", "matchLabels"))


@attribute(
    BOTH,
    "jsonPointers",
    returns=ListType(POINTER),
    needs={"kustomize"},
    source="RFC 6901; kustomize api/filters/patchjson6902",
    screen=writes(*PATCHES),
)
def json_pointers(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The `path` of every operation of its JSON patches."""
    one = kustomization_of(subject, repo)
    if one is None or not any(patch.form == "json6902" for patch in one.patches):
        return ()
    layer = inputs(repo, one)
    found: list[Value] = []
    done: list[Patch] = []
    for patch in one.patches:
        if patch.form == "json6902":
            for root in patch_roots(subject, patch, repo):
                if isinstance(root, SequenceNode):
                    found += _pointers(root, patch, _plain_targets(patch, done, layer, one, repo))
        done.append(patch)
    return found


def patch_roots(subject: Subject, patch: Patch, repo: Repo) -> list[Node]:
    """The documents of a patch, in its own file or inside the kustomization."""
    if patch.entry is not None:
        if patch.entry.target is None or repo.facts(patch.entry.target) is None:
            return []
        return [one.root for one in repo.load(patch.entry.target).documents if one.root is not None]
    written = node_at(subject.root, patch.start)
    if not isinstance(written, Scalar) or templated(written.text):
        return []
    source = Source(written.text, subject.file, written)
    return [one.root for one in parse_yaml(source).documents if one.root is not None]


def _plain_targets(
    patch: Patch, done: Sequence[Patch], layer: Layer, one: Kustomization, repo: Repo
) -> list[tuple[Member, Mapping, bool]]:
    """
    The resources that a patch reaches and nothing changed before, with their trees and whether labels may have been added.

    Empty where that is not known of all of them.
    """
    if layer.unseen or patch.target.labels:
        return []
    direct = {entry.start for entry in one.entries if entry.status == "file"}
    found: list[tuple[Member, Mapping, bool]] = []
    for member in layer.members:
        if not member.may_be(patch.target):
            continue
        if member.resource is None or member.patched or not member.sure:
            return []
        if any(each.form == "unreadable" or member.may_be(each.target) for each in done):
            return []
        tree = as_written(repo, member.resource)
        if tree is None:
            return []
        found.append((member, tree, member.entry[0] not in direct))
    return found


def _pointers(patch: SequenceNode, of: Patch, targets: Sequence[tuple[Member, Mapping, bool]]) -> Iterator[Fact]:
    changed: list[Path] = []
    for operation in patch.items:
        node, op = get(operation, "path"), text_of(get(operation, "op")) or ""
        if not isinstance(node, Scalar) or templated(node.text):
            return
        steps = pointer_steps(node.text)
        key, escaped = _split_key(node.text)
        rooted = node.text == "" or node.text.startswith("/")
        absent, who = "", ""
        if rooted and not key and not any(_overlap(steps, other) for other in changed):
            absent, who = _absent(op, steps, targets)
        fields: dict[str, Value] = {
            "op": op,
            "path": node.text,
            "rooted": rooted,
            "first": node.text.partition("/")[0],
            "splitKey": key,
            "escaped": escaped,
            "absent": absent,
            "resource": who,
        }
        yield Fact("JsonPointer", node, fields, title=node.text)
        if op != "test":
            changed.append(steps)
        if op in ("move", "copy"):
            return


def _overlap(one: Path, other: Path) -> bool:
    """Whether one path lies below the other, or both in the same place: lists shift, so their parents count."""
    short = min(len(one), len(other)) - 1
    return one[: max(short, 0)] == other[: max(short, 0)]


def _split_key(pointer: str) -> tuple[str, str]:
    parts = pointer.split("/")
    for at, part in enumerate(parts[:-2]):
        if part in _TEXT_MAPS and at > 0:
            rest = parts[at + 1 :]
            # the API server takes one slash in such a key
            if len(rest) == 2 and all(rest):
                return "/".join(rest), "/".join([*parts[: at + 1], "~1".join(rest)])
    return "", ""


def _absent(op: str, steps: Path, targets: Sequence[tuple[Member, Mapping, bool]]) -> tuple[str, str]:
    """The part of a path that a target surely does not have although the operation needs it, and which target."""
    if op not in ("add", "replace", "remove") or not steps:
        return "", ""
    for member, tree, shared in targets:
        if shared and _SHARED.intersection(map(str, steps)):
            continue
        missing = _first_absent(op, steps, tree)
        if missing:
            return "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in missing), (
                f"{member.identity.kind} `{member.name}`"
            )
    return "", ""


def _first_absent(op: str, steps: Path, tree: Mapping) -> Path:
    node: Node | Missing | UnknownValue = tree
    for at, step in enumerate(steps):
        last = at == len(steps) - 1
        here = steps[: at + 1]
        if isinstance(node, SequenceNode):
            if node.open or not isinstance(step, int):
                return here if step == "-" and last and op != "add" else ()
            if step >= len(node.items):
                return () if last and op == "add" and step == len(node.items) else here
            node = node.items[step]
        elif isinstance(node, Mapping):
            node = get_written(node, str(step), "v3")
            if isinstance(node, Missing):
                # kustomize keeps annotations of its own in every resource
                if (last and op != "remove") or here == ("metadata", "annotations"):
                    return ()
                return here
        elif isinstance(node, Scalar):
            return () if templated(node.text) else here
        else:
            return ()
    return ()


# ---- lists of custom resources

REPLACED_LIST = record(
    "ReplacedList",
    {
        "list": Field(TEXT, optional=False, doc="the name of the list"),
        "resource": Field(TEXT, optional=False, doc="the resource, as words"),
        "lost": Field(TEXT, optional=False, doc="what is lost, as words"),
        "broken": Field(BOOL, optional=False, doc="whether a container is left without image"),
    },
    doc="a list in a strategic merge patch that takes the place of a whole list of a Rollout; it points at the list",
)

_NAMED_LISTS = ("containers", "initContainers", "volumes", "env", "volumeMounts", "ports")


@attribute(
    "Kustomization",
    "replacedLists",
    returns=ListType(REPLACED_LIST),
    needs={"kustomize"},
    source="kustomize kyaml/yaml/merge2 (no schema, no merge key); argo-rollouts docs/features/kustomize.md",
    screen=writes(*PATCHES),
)
def replaced_lists(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Lists of a Rollout's pods that a patch replaces although it shows only a part of them."""
    one = kustomization_of(subject, repo)
    if one is None or one.configured:
        return ()
    rollouts = [
        member
        for member in inputs(repo, one).members
        if member.identity.kind == "Rollout" and not is_built_in(member.identity.group) and not member.patched
    ]
    found: list[Value] = []
    for patch in one.patches if rollouts else ():
        if patch.form != "strategic":
            continue
        for root in patch_roots(subject, patch, repo):
            named = get(get(root, "metadata"), "name")
            for member in rollouts:
                reached = member.may_be(patch.target) if patch.targeted else text_of(named) in member.names
                tree = as_written(repo, member.resource) if member.resource is not None else None
                if reached and tree is not None and text_of(get(root, "kind")) in ("Rollout", None):
                    found += _replaced(root, tree, member)
    return found


def _replaced(patch: Node, tree: Mapping, member: Member) -> Iterator[Fact]:
    for field in _NAMED_LISTS:
        new = get(get(get(get(patch, "spec"), "template"), "spec"), field)
        old = get(get(get(get(tree, "spec"), "template"), "spec"), field)
        if not isinstance(new, SequenceNode) or not isinstance(old, SequenceNode) or old.open:
            continue
        if any(isinstance(item, Mapping) and directive(item) for item in new.items):
            continue
        by_name = {text_of(get(item, "name")): item for item in new.items}
        lost: list[str] = []
        broken = False
        for item in old.items:
            name = text_of(get(item, "name"))
            instead = by_name.get(name)
            if name is None or instead is None:
                continue
            gone = [key for key, _, _ in entries(item) if get_written(instead, key) is MISSING]
            lost += [f"`{key}` of `{name}`" for key in gone]
            broken = broken or ("image" in gone and field != "volumes")
        if lost:
            fields: dict[str, Value] = {
                "list": field,
                "resource": f"Rollout `{member.name}`",
                "lost": ", ".join(lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else ""),
                "broken": broken,
            }
            yield Fact("ReplacedList", new, fields)


# ---- Rollouts, which transformers do not know

LEFT_BEHIND = record(
    "LeftBehind",
    {
        "what": Field(TEXT, optional=False, doc="`label`, `name` or `hash`: what is changed on one side alone"),
        "holder": Field(TEXT, optional=False, doc="the resource that stays as it is, as words"),
        "target": Field(TEXT, optional=False, doc="the resource that is changed, as words"),
        "detail": Field(TEXT, optional=False, doc="the label, or the name that stays"),
    },
    doc="something that a kustomization changes on a resource, but not where a Rollout (or what kustomize does not know) names it",
)


@attribute(
    BOTH,
    "leftBehind",
    returns=ListType(LEFT_BEHIND),
    needs={"kustomize"},
    source="kustomize api/internal/konfig/builtinpluginconsts (no entry for Rollout); argo-rollouts docs/features/kustomize.md",
)
def left_behind(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What its labels, prefixes and hashes change on one side alone."""
    one = kustomization_of(subject, repo)
    root = subject.root
    if one is None or root is None or one.configured or get(root, "transformers") is not MISSING:
        return ()
    members = [member for member in inputs(repo, one).members if member.sure]
    if not any(member.identity.kind in _BLIND for member in members):
        return ()
    return [*_labels_left(root, members, repo), *_names_left(root, one, members, repo)]


# kind to the kinds of its references that kustomize does not follow
_BLIND: dict[str, frozenset[str] | None] = {
    "Rollout": None,
    "AnalysisTemplate": None,
    "HorizontalPodAutoscaler": frozenset(("Rollout",)),
    "VirtualService": frozenset(("Service",)),
}


def _labels_left(root: Node, members: Sequence[Member], repo: Repo) -> Iterator[Fact]:
    added = [(key, node) for key, _, node in entries(get(root, "commonLabels"))]
    for item in items(get(root, "labels")):
        if value(get(item, "includeSelectors")) is True and get(item, "fields") is MISSING:
            added += [(key, node) for key, _, node in entries(get(item, "pairs"))]
    if not added:
        return
    services = [(one, _pairs(one, repo, "spec", "selector")) for one in members if one.identity.kind == "Service"]
    for rollout in members:
        if rollout.identity.kind != "Rollout":
            continue
        labels = _pairs(rollout, repo, "spec", "template", "metadata", "labels")
        for service, selector in services:
            if not selector or not labels or not selector.items() <= labels.items():
                continue
            for key, node in added:
                if labels.get(key) != text_of(node) and not templated(text_of(node) or ""):
                    fields: dict[str, Value] = {
                        "what": "label",
                        "holder": f"Rollout `{rollout.name}`",
                        "target": f"Service `{service.name}`",
                        "detail": f"{key}: {text_of(node)}",
                    }
                    yield Fact("LeftBehind", node, fields)
                    break


def _pairs(member: Member, repo: Repo, *path: str) -> dict[str, str]:
    node: Node | Missing | UnknownValue = MISSING
    if member.resource is not None:
        node = as_written(repo, member.resource) or MISSING
    for key in path:
        node = get(node, key)
    return labels_in(node)


def _names_left(root: Node, one: Kustomization, members: Sequence[Member], repo: Repo) -> Iterator[Fact]:
    by_name: dict[tuple[str, str], Member] = {(each.identity.kind, each.name): each for each in members}
    generators = {made.start for made in one.generated}
    told: set[tuple[str, str]] = set()
    for holder in members:
        kind = holder.identity.kind
        tree = as_written(repo, holder.resource) if holder.resource is not None and kind in _BLIND else None
        wanted = _BLIND.get(kind)
        for named in references_of(kind, tree) if tree is not None else ():
            target = by_name.get((named.kinds[0], named.name))
            if named.namespace is not None or target is None or (wanted is not None and named.kinds[0] not in wanted):
                continue
            hashed = target.hashed and target.resource is None
            if hashed and (target.entry[0] in generators or target.entry != holder.entry):
                at: Value = node_at(root, target.entry[0])
                at = get(at, "name") if isinstance(at, Mapping) else at
            elif (one.prefix or one.suffix) and target.resource is not None:
                at = get(root, "namePrefix" if one.prefix else "nameSuffix")
            else:
                continue
            if (target.identity.kind, target.name) in told or not isinstance(at, Scalar | Mapping):
                continue
            told.add((target.identity.kind, target.name))
            fields: dict[str, Value] = {
                "what": "hash" if hashed else "name",
                "holder": f"{kind} `{holder.name}`",
                "target": f"{target.identity.kind} `{target.name}`",
                "detail": named.name,
            }
            yield Fact("LeftBehind", at, fields)
