"""Where patches of kustomize reach: a strategic merge or JSON 6902 patch, a replacement, to the paths that it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_lint.pattern import pattern
from gitops_lint.repo.changes import Effect, Path, Step
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import entries, get, key_node, text_of

Touched = tuple[Path, Effect]

# By which key the items of a list are merged, in the order in which they are looked for; source: the x-kubernetes-patch
# keys of Kubernetes' OpenAPI document, which kustomize reads.
_MERGE_KEYS = ("name", "mountPath", "devicePath", "containerPort", "port", "ip", "uid", "topologyKey", "key", "type")


def strategic_paths(patch: Mapping, group: str) -> list[Touched]:
    """
    The paths that a strategic merge patch changes in a resource of this API group.

    Lists of Kubernetes' own kinds merge item by item; lists of custom resources are replaced as a whole, Rollout included
    (kustomize has no schema for them). Deleting or replacing the resource itself touches everything: the path ().
    """
    if directive(patch) in ("delete", "replace"):
        return [((), "any")]
    found: list[Touched] = []
    for key, _, value in entries(patch, "v3"):
        if key in ("apiVersion", "kind"):
            continue
        if key == "metadata":
            found += [one for one in _merged(value, ("metadata",), group) if one[0][1:] not in _NAMING]
        else:
            found += _merged(value, (key,), group)
    return found


_NAMING = (("name",), ("namespace",))


def directive(node: Node) -> str:
    """The text of `$patch` in a mapping; "" where there is none."""
    return text_of(get(node, "$patch")) or ""


def _merged(value: Node, path: Path, group: str) -> list[Touched]:
    if isinstance(value, Mapping):
        if directive(value) in ("delete", "replace"):
            return [(path, "set")]
        if key_node(value, "$retainKeys") is not None:
            return [(path, "any")]
        found: list[Touched] = []
        for key, _, below in entries(value, "v3"):
            if key.startswith("$"):
                found.append((path, "any"))
            else:
                found += _merged(below, (*path, key), group)
        return found
    if isinstance(value, Sequence) and is_built_in(group) and value.items:
        return _merged_list(value, path, group)
    return [(path, "set")]


def _merged_list(value: Sequence, path: Path, group: str) -> list[Touched]:
    found: list[Touched] = []
    for item in value.items:
        if not isinstance(item, Mapping):
            return [(path, "set")]
        step = _merge_step(item)
        if step is None:
            return [(path, "set" if directive(item) != "delete" else "any")]
        if directive(item) in ("delete", "replace"):
            found += [((*path, step), "set"), (path, "grow")]
            continue
        below = [one for one in _merged(item, (*path, step), group) if one[0][-1] != step[0]]
        found += below or [((*path, step), "grow")]
    return found


def _merge_step(item: Mapping) -> tuple[str, str] | None:
    for key in _MERGE_KEYS:
        value = get(item, key)
        if isinstance(value, Scalar):
            return key, value.text
    return None


def is_built_in(group: str) -> bool:
    """Whether an API group is one of Kubernetes' own: without a dot, or below k8s.io."""
    return "." not in group or group.endswith(".k8s.io")


def json_patch_paths(patch: Sequence) -> list[Touched]:
    """The paths that the operations of a JSON patch change."""
    found: list[Touched] = []
    for operation in patch.items:
        op = text_of(get(operation, "op"))
        pointer = text_of(get(operation, "path"))
        if op == "test" or pointer is None:
            continue
        found += _operation(op or "", pointer_steps(pointer))
        if op == "move" and (origin := text_of(get(operation, "from"))) is not None:
            found += _operation("remove", pointer_steps(origin))
    return found


def _operation(op: str, path: Path) -> Iterator[Touched]:
    if not path:
        yield (), "any"
        return
    last = path[-1]
    if last == "-" or (isinstance(last, int) and op != "replace"):
        # behind an insertion or a removal every item has another number
        yield path[:-1], "grow" if last == "-" else "any"
    if last != "-":
        yield path, "set"


def pointer_steps(pointer: str) -> Path:
    """The steps of a JSON pointer: numbers are positions, as far as a list is met there. Source: RFC 6901."""
    parts = pointer.split("/")[1:]
    return tuple(int(part) if part.isdigit() else part.replace("~1", "/").replace("~0", "~") for part in parts)


_FIELD = pattern(r"(?:\\.|[^.\\\[\]])+|\[[^\]]*\]")


def field_path_steps(text: str) -> Path:
    """
    The steps of a replacement's field path: `spec.containers.[name=web].env.0`, `metadata.annotations.a\\.b/c`, `*`.

    Source: kustomize kyaml/utils/pathsplitter.go SmarterPathSplitter.
    """
    steps: list[Step] = []
    for found in _FIELD.finditer(text):
        part = found.group()
        if part.startswith("["):
            key, equals, value = part[1:-1].partition("=")
            steps.append((key, value) if equals else key)
        elif part.isdigit():
            steps.append(int(part))
        else:
            steps.append(re.sub(r"\\(.)", r"\1", part))
    return tuple(steps)
