"""
What is written of a generator: entries of a `generators` list as plain data beside their nodes, as Go decodes them, and the
same with the parameters of another generator filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import LanguageError
from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.simulate.applicationset.values import Mode, missingkey_error, resolved_first
from gitops_lint.text.inside import place_of as node_place
from gitops_lint.text.nodes import Mapping as MappingNode
from gitops_lint.text.nodes import Node, Unknown, children
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, Missing, Plain, UnknownValue, get, items, key_node, plain
from gitops_lint.text.span import Place

ORDER = (
    "list", "clusters", "git", "scmProvider", "clusterDecisionResource", "pullRequest", "matrix", "merge", "plugin",
)  # fmt: skip
"""Generators of one entry, in the order in which they run: that of the fields of Go's struct."""
COMBINING = ("matrix", "merge")
DEEPEST = 2
"""The level below which a matrix or merge is dropped: 0 is `spec.generators`."""

_Check = Callable[[Plain], bool]


@dataclass(slots=True, eq=False)
class Spec:
    """
    One generator. kind: its key. node: what is written under it. written: that as plain data, only known fields, without nulls
    where Go has none. level: 0 below `spec.generators`.
    """

    kind: str
    node: Node
    written: dict[str, Plain]
    level: int
    _tokens: bool | None = field(default=None, init=False)

    @property
    def has_tokens(self) -> bool:
        """Whether filling in parameters may change it: a `{{` in any of its texts, or a null, which then is dropped."""
        if self._tokens is None:
            self._tokens = _has_tokens(self.written)
        return self._tokens

    def text(self, key: str) -> str:
        found = self.written.get(key)
        return found if isinstance(found, str) else ""

    def listed(self, key: str) -> list[Plain]:
        found = self.written.get(key)
        return found if isinstance(found, list) else []

    def mapped(self, key: str) -> dict[str, Plain]:
        found = self.written.get(key)
        return found if isinstance(found, dict) else {}

    def strings(self, key: str) -> dict[str, str]:
        return {name: text for name, text in self.mapped(key).items() if isinstance(text, str)}

    def place(self, *path: str | int) -> tuple[Place, ...]:
        """Where something of it is written: the deepest node of a path that is there."""
        return place_of(self.node, *path)

    def children(self) -> list[Entry]:
        """The entries of a matrix or merge."""
        nodes = items(get(self.node, "generators"))
        return [entry_of(node, one, self.level + 1) for node, one in zip(nodes, self.listed("generators"))]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """
    One item of a `generators` list. specs: in the order in which they run. selector: None without one. refused: why nobody can
    tell what it yields: it is of a shape that the API server refuses, or not wholly known; "" else.
    """

    node: Node
    specs: tuple[Spec, ...]
    selector: dict[str, Plain] | None
    refused: str = ""


def entries_of(nodes: Sequence[Node]) -> list[Entry]:
    """The entries of `spec.generators`."""
    return [entry_of(node, plain(node), 0) for node in nodes]


def entry_of(node: Node, written: Plain, level: int) -> Entry:
    """An entry. written: its plain data, which differ from the node where parameters were filled in."""
    if not isinstance(written, dict):
        return Entry(node, (), None, "an entry of `generators` is not a mapping")
    if level == 0 and (unknown := _unknown_part(node)):
        return Entry(node, (), None, unknown)
    found = []
    for kind in ORDER:
        value = written.get(kind)
        if value is None or (kind in COMBINING and level >= DEEPEST):
            continue
        below = get(node, kind)
        spec_node = node if isinstance(below, Missing | UnknownValue) else below
        if not isinstance(value, dict):
            return Entry(node, (), None, f"`{kind}` is not a mapping")
        spec = Spec(kind, spec_node, _known_fields(kind, value), level)
        if wrong := _wrong_field(spec):
            return Entry(node, (), None, f"`{kind}.{wrong}` is of a type that is refused")
        found.append(spec)
    selector = written.get("selector")
    if selector is None:
        return Entry(node, tuple(found), None)
    if not isinstance(selector, dict) or not _is_selector(selector):
        return Entry(node, (), None, "`selector` is of a type that is refused")
    return Entry(node, tuple(found), _pruned_map(selector))


def place_of(node: Node, *path: str | int) -> tuple[Place, ...]:
    """The place of the deepest node of a path of keys and indexes that is written; empty for a text of no file."""
    found: Node = node
    for step in path:
        if isinstance(step, int):
            listed = items(found)
            below: Node | Missing | UnknownValue = listed[step] if step < len(listed) else MISSING
        else:
            below = get(found, step)
            key = key_node(found, step)
            if isinstance(below, Missing | UnknownValue) and key is not None:
                below = key
        if isinstance(below, Missing | UnknownValue):
            break
        found = below
    place = node_place(found)
    return (place,) if place is not None else ()


def _unknown_part(node: Node) -> str:
    """Why a tree is not wholly known; "" where it is."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Unknown):
            return f"a part of the generator is not known: {one.why}"
        if isinstance(one, MappingNode | SequenceNode):
            if one.open:
                return "the generator may hold more than is written here"
            waiting += children(one)
    return ""


# ---- fields and their types


def _is_text(value: Plain) -> bool:
    return isinstance(value, str)


def _is_flag(value: Plain) -> bool:
    return isinstance(value, bool)


def _is_number(value: Plain) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_map(value: Plain) -> bool:
    return isinstance(value, dict)


def _is_list(value: Plain) -> bool:
    return isinstance(value, list)


def _is_texts(value: Plain) -> bool:
    return isinstance(value, dict) and all(one is None or isinstance(one, str) for one in value.values())


def _is_text_list(value: Plain) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_map_list(value: Plain) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _is_selector(value: Plain) -> bool:
    if not isinstance(value, dict):
        return False
    labels, expressions = value.get("matchLabels"), value.get("matchExpressions")
    if labels is not None and not _is_texts(labels):
        return False
    if expressions is None:
        return True
    return _is_list_of(expressions, {"key": _is_text, "operator": _is_text, "values": _is_text_list})


def _is_path_list(value: Plain) -> bool:
    return _is_list_of(value, {"path": _is_text, "exclude": _is_flag})


def _is_list_of(value: Plain, checks: Mapping[str, _Check]) -> bool:
    """Whether a value is a list of maps whose fields, where they are there, are of these types."""
    return isinstance(value, list) and all(
        isinstance(one, dict) and all(one.get(key) is None or check(one[key]) for key, check in checks.items())
        for one in value
    )


_COMMON: dict[str, _Check] = {"template": _is_map}
_ASKED: dict[str, _Check] = {**_COMMON, "values": _is_texts, "requeueAfterSeconds": _is_number}
# Source: argo-cd pkg/apis/application/v1alpha1/applicationset_types.go
_FIELDS: dict[str, dict[str, _Check]] = {
    "list": {**_COMMON, "elements": _is_list, "elementsYaml": _is_text},
    "clusters": {**_COMMON, "selector": _is_selector, "values": _is_texts, "flatList": _is_flag},
    "git": {
        **_ASKED,
        "repoURL": _is_text,
        "revision": _is_text,
        "directories": _is_path_list,
        "files": _is_path_list,
        "pathParamPrefix": _is_text,
    },
    "scmProvider": {
        **_ASKED,
        **dict.fromkeys(("github", "gitlab", "gitea", "bitbucketServer", "azureDevOps", "bitbucket", "awsCodeCommit"), _is_map),
        "filters": _is_map_list,
        "cloneProtocol": _is_text,
    },
    "clusterDecisionResource": {**_ASKED, "configMapRef": _is_text, "name": _is_text, "labelSelector": _is_selector},
    "pullRequest": {
        **_ASKED,
        **dict.fromkeys(("github", "gitlab", "gitea", "bitbucketServer", "bitbucket", "azuredevops"), _is_map),
        "filters": _is_map_list,
        "continueOnRepoNotFoundError": _is_flag,
    },
    "matrix": {**_COMMON, "generators": _is_map_list},
    "merge": {**_COMMON, "generators": _is_map_list, "mergeKeys": _is_text_list},
    "plugin": {**_ASKED, "configMapRef": _is_map, "input": _is_map},
}  # fmt: skip


def _known_fields(kind: str, value: dict[str, Plain]) -> dict[str, Plain]:
    """Only what Go's struct has; nulls are dropped, but not in free-form data."""
    found = {}
    for key in _FIELDS[kind]:
        one = value.get(key)
        if one is not None:
            found[key] = one if (kind, key) in _FREE else _pruned(one)
    return found


_FREE = (("list", "elements"), ("plugin", "input"), ("matrix", "generators"), ("merge", "generators"))


def _pruned_map(value: dict[str, Plain]) -> dict[str, Plain]:
    return {key: _pruned(one) for key, one in value.items() if one is not None}


def _pruned(value: Plain) -> Plain:
    if isinstance(value, dict):
        return _pruned_map(value)
    return [_pruned(one) for one in value] if isinstance(value, list) else value


def _wrong_field(spec: Spec) -> str:
    return next(
        (key for key, check in _FIELDS[spec.kind].items() if key in spec.written and not check(spec.written[key])), ""
    )


# ---- filled in


def _has_tokens(value: Plain) -> bool:
    if isinstance(value, str):
        return "{{" in value
    if isinstance(value, dict):
        return any(one is None or "{{" in key or _has_tokens(one) for key, one in value.items())
    return isinstance(value, list) and any(_has_tokens(one) for one in value)


def filled(spec: Spec, first: Mapping[str, Value], mode: Mode) -> Spec:
    """
    A generator with the parameters of the set of another one in every text: the second child of a matrix. Raises as `rendered`.

    The same spec where nothing changes. Source: argo-cd applicationset/utils/utils.go RenderGeneratorParams.
    """
    if not first or not spec.has_tokens:
        return spec
    return Spec(spec.kind, spec.node, _Filling(first, mode).spec(spec.kind, spec.written), spec.level)


class _Filling:
    def __init__(self, first: Mapping[str, Value], mode: Mode) -> None:
        self.first = first
        self.mode = mode
        self.strict = missingkey_error(mode.options) if mode.go else mode.options

    def spec(self, kind: str, written: dict[str, Plain]) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for key, value in written.items():
            if key == "values" and isinstance(value, dict):
                texts = {name: text for name, text in value.items() if isinstance(text, str)}
                found[key] = dict(resolved_first(texts, self.first, self.mode, self.strict))
            elif key == "generators" and kind in COMBINING and isinstance(value, list):
                found[key] = [self.entry(one) if isinstance(one, dict) else one for one in value]
            else:
                found[key] = self.free(value) if (kind, key) in _FREE else self.value(value)
        return found

    def free(self, value: Plain) -> Plain:
        """Free-form data, of which the controller says so."""
        try:
            return self.value(value)
        except LanguageError as error:
            message = f"failed to deeply replace JSON field contents: {error.message}"
            raise LanguageError(message, error.start, error.end, error.expected, error.help) from error

    def entry(self, written: dict[str, Plain]) -> dict[str, Plain]:
        """An entry of a matrix or merge inside: only what is decoded of it is filled in."""
        found: dict[str, Plain] = {}
        for kind in ORDER:
            value = written.get(kind)
            if isinstance(value, dict) and kind not in COMBINING:
                found[kind] = self.spec(kind, _known_fields(kind, value))
        if isinstance(written.get("selector"), dict):
            found["selector"] = self.value(_pruned(written["selector"]))
        return found

    def value(self, value: Plain) -> Plain:
        if isinstance(value, str):
            return self.mode.rendered(value, self.first)
        if isinstance(value, dict):
            return {
                self.mode.rendered(key, self.first): self.value(one) for key, one in value.items() if one is not None
            }
        return [self.value(one) for one in value] if isinstance(value, list) else value


def filled_selector(selector: dict[str, Plain], first: Mapping[str, Value], mode: Mode) -> Plain:
    """The `selector` of an entry with parameters in it. Raises as `rendered`."""
    return _Filling(first, mode).value(selector) if _has_tokens(selector) else selector
