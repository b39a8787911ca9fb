"""
Argo CD's settings for single kinds: health checks, actions and differences in argocd-cm, in the values of the argo-cd chart,
in the operator's ArgoCD resource and in files of a fork.

Source: argo-cd util/settings/settings.go (GetResourceOverrides, appendResourceOverridesFromSplitKeys, convertToOverrideKey).
"""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.dataclass import dataclass
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Mapping, Node, Scalar, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, entries, get, items, templated, text_of, typed

Found = Node | Missing | UnknownValue

PREFIX = "resource.customizations"
TYPES = ("actions", "health", "ignoreDifferences", "ignoreResourceUpdates", "knownTypeFields", "useOpenLibs")
BLOCK_FIELDS = (
    "actions",
    "health.lua",
    "health.lua.useOpenLibs",
    "ignoreDifferences",
    "ignoreResourceUpdates",
    "knownTypeFields",
)
DIFFERENCE_FIELDS = ("jqPathExpressions", "jsonPointers", "managedFieldsManagers")
ACTION_FIELDS = ("definitions", "discovery.lua", "mergeBuiltinActions")
DEFINITION_FIELDS = ("action.lua", "name")
# Not all of them are documented; the other values of a mapping are ignored (settings.go ArgoCDDiffOptions).
COMPARE_FIELDS = ("ignoreAggregatedRoles", "ignoreDifferencesOnResourceUpdates", "ignoreResourceStatusField")
COMPARE_STATUS = ("all", "crd", "none", "off", "false")

# Lua of an unlikely kind of its own: the field that a block gives to the type of a split key.
_TYPE_OF_FIELD = {"health.lua": "health", "health.lua.useOpenLibs": "useOpenLibs"}

Where = str
"""Where settings are written: `configmap`, `patch` (a part of one), `values`, `operator`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The data of argocd-cm, as a mapping. complete: nothing else can add keys."""

    data: Mapping
    where: Where
    complete: bool


@dataclass(frozen=True, slots=True)
class Customization:
    """
    One setting for one kind. type: a word of TYPES, or another that Argo CD refuses. key: where it is named.

    target: `<group>_<kind>` of a split key or `<group>/<kind>` of a block, as written. block: it stands in the block
    `resource.customizations`.
    """

    type: str
    target: str
    key: Scalar
    value: Node
    block: bool

    @property
    def group_kind(self) -> tuple[str, str] | None:
        """Group ("" for the core) and kind; None where the key cannot be read."""
        separator = "/" if self.block else "_"
        parts = self.target.split(separator)
        if len(parts) > 2 or not all(parts[-1:]):
            return None
        return (parts[0], parts[1]) if len(parts) == 2 else ("", parts[0])


@dataclass(frozen=True, slots=True)
class Script:
    """
    One Lua script. what: health, discovery or action. text: its characters. scalar: where they are written; None for a file.

    open_libraries: whether string, math and so on are there; None where that cannot be known. names: how messages name it.
    """

    what: str
    group: str
    kind: str
    text: str
    scalar: Scalar | None
    source: Source
    open_libraries: bool | None

    @property
    def words(self) -> str:
        about = f" of {self.kind}" if self.kind else ""
        noun = {"health": "the health check", "discovery": "the discovery script", "action": "the action"}[self.what]
        return noun + about


def inner_yaml(scalar: Scalar) -> tuple[Node | None, list[Mistake]]:
    """
    The YAML that a scalar holds, and what is wrong with it; nothing of either where a template would have to be filled in.

    Only the first document is read, as Argo CD does.
    """
    parsed = parse_yaml(Source(scalar.text, scalar.source.file, inside=scalar, exact=True))
    broken = [one for one in parsed.mistakes if one.document == 0]
    if broken and templated(scalar.text):
        return None, []
    root = next((one.root for one in parsed.documents if one.number == 0), None)
    return root, broken


FATAL = frozenset(
    (
        "syntax",
        "tab-indentation",
        "unquoted-template",
        "unknown-alias",
        "complex-key",
        "too-deep",
        "excessive-aliasing",
        "merge-value",
    )
)
"""Mistakes after which no reader of Kubernetes gives a value."""


def settings_in(root: Node | None, where: Where) -> Iterator[Settings]:
    """The settings that a document holds, given what it is."""
    if where in ("configmap", "patch"):
        data = get(root, "data") if root is not None else MISSING
        if isinstance(data, Mapping):
            yield Settings(data, where, where == "configmap" and not data.open)
    elif where == "values" and root is not None:
        for one in (root, get(root, "argo-cd"), get(root, "argocd"), get(root, "argoCd")):
            data = get(get(one, "configs"), "cm")
            if isinstance(data, Mapping):
                yield Settings(data, where, True)
            old = get(get(one, "server"), "config")
            if isinstance(old, Mapping) and any(key.startswith(PREFIX) for key, _, _ in entries(old)):
                yield Settings(old, where, True)
    elif where == "operator" and root is not None:
        data = get(get(root, "spec"), "extraConfig")
        if isinstance(data, Mapping):
            yield Settings(data, where, True)


def customizations(data: Mapping) -> Iterator[Customization]:
    """Every setting for a kind: those of split keys, those of the block; keys that Argo CD skips are left out."""
    for key, node, value in entries(data):
        if not isinstance(node, Scalar) or not key.startswith(PREFIX):
            continue
        if key == PREFIX:
            yield from block_customizations(value)
        elif len(parts := key.split(".", 3)) == 4:
            yield Customization(parts[2], parts[3], node, value, False)


def block_customizations(block: Found) -> Iterator[Customization]:
    """The settings in the block `resource.customizations`."""
    if not isinstance(block, Scalar):
        return
    root, _ = inner_yaml(block)
    for target, key, fields in entries(root if root is not None else MISSING):
        if isinstance(key, Scalar):
            for name, field, value in entries(fields):
                if isinstance(field, Scalar):
                    yield Customization(_TYPE_OF_FIELD.get(name, name), target, key, value, True)


def key_part(one: Customization) -> tuple[int, int]:
    """Where in its key the kind is named; offsets in the key's text."""
    if one.block:
        return 0, len(one.key.text)
    return len(one.key.text) - len(one.target), len(one.key.text)


# ---- scripts


def scripts_in(root: Node | None, where: Where) -> Iterator[Script]:
    """Every Lua script of a document's settings."""
    for settings in settings_in(root, where):
        found = list(customizations(settings.data))
        opened = {one.group_kind: _is_opened(one) for one in found if one.type == "useOpenLibs"}
        for one in found:
            target = one.group_kind or ("", "")
            if one.type == "health" and isinstance(one.value, Scalar):
                libraries = opened.get(one.group_kind, False if settings.complete else None)
                yield _script("health", target, one.value, libraries)
            elif one.type == "actions" and isinstance(one.value, Scalar):
                yield from _action_scripts(target, one.value)
    if where == "operator" and root is not None:
        yield from _operator_scripts(root)


def _script(what: str, target: tuple[str, str], scalar: Scalar, libraries: bool | None) -> Script:
    return Script(what, *target, scalar.text, scalar, scalar.source, libraries)


def _is_opened(one: Customization) -> bool | None:
    if not isinstance(one.value, Scalar):
        return None
    return {"true": True, "false": False}.get(one.value.text.lower(), one.value.text in ("1", "t", "T"))


def _action_scripts(target: tuple[str, str], scalar: Scalar) -> Iterator[Script]:
    root, _ = inner_yaml(scalar)
    if root is None:
        return
    discovery = get(root, "discovery.lua")
    if isinstance(discovery, Scalar):
        yield _script("discovery", target, discovery, False)
    for one in items(get(root, "definitions")):
        action = get(one, "action.lua")
        if isinstance(action, Scalar):
            yield _script("action", target, action, False)


def _operator_scripts(root: Node) -> Iterator[Script]:
    spec = get(root, "spec")
    for one in items(get(spec, "resourceHealthChecks")):
        check = get(one, "check")
        if isinstance(check, Scalar):
            yield _script("health", _target(one), check, None)
    for one in items(get(spec, "resourceActions")):
        action = get(one, "action")
        if isinstance(action, Scalar):
            yield from _action_scripts(_target(one), action)
    for each in block_customizations(get(spec, "resourceCustomizations")):
        if each.type == "health" and isinstance(each.value, Scalar):
            yield _script("health", each.group_kind or ("", ""), each.value, None)


def _target(entry: Node) -> tuple[str, str]:
    return text_of(get(entry, "group")) or "", text_of(get(entry, "kind")) or ""


# ---- single values


def opens_libraries(value: Node) -> bool:
    """Whether Go's strconv.ParseBool reads a value of `useOpenLibs`."""
    return isinstance(value, Scalar) and value.text in (
        "1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"
    )  # fmt: skip


def is_text(value: Node) -> bool:
    """Whether a scalar is a string for Go's JSON decoder."""
    return isinstance(value, Scalar) and (isinstance(typed(value), str) or typed(value) is None)
