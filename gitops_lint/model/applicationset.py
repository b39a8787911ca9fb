"""
What an ApplicationSet says by itself: the entries of its generators, the parameters they are sure to give, the strings
that are rendered. Nothing is generated here. Callers: the vocabulary of rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import field
from difflib import get_close_matches

from gitops_lint.dataclass import dataclass
from gitops_lint.model.argocd import GENERATORS, Found, Generator, is_true, text
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import MISSING, entries, get, is_null, items, plain, templated, typed

# ---- entries


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """
    One item of a `generators` list, at whatever depth.

    parent: "" below spec.generators, else matrix or merge. position: in its list, from 0. generators: the known ones it
    holds; nulls: keys of known ones without a value; unknown: other keys than generators and selector. children: the
    entries of its matrix or merge. open: it may hold more than is shown.
    """

    node: Mapping
    parent: str
    depth: int
    position: int
    generators: tuple[Generator, ...]
    nulls: tuple[Scalar, ...]
    unknown: tuple[Scalar, ...]
    children: tuple[Entry, ...]
    open: bool

    def only(self, kind: str) -> Generator | None:
        """Its generator where that is the only one and of this kind."""
        found = self.generators
        return found[0] if len(found) == 1 and found[0].kind == kind else None


def entries_of(root: Found) -> list[Entry]:
    """The entries below `spec.generators`, in order, each with those below it."""
    return list(_entries(get(get(root, "spec"), "generators"), "", 0))


def every_entry(root: Found) -> Iterator[Entry]:
    """All entries of all depths, outer ones first."""
    waiting = entries_of(root)
    while waiting:
        entry = waiting.pop(0)
        yield entry
        waiting[:0] = entry.children


def _entries(listed: Found, parent: str, depth: int) -> Iterator[Entry]:
    for position, node in enumerate(items(listed)):
        if not isinstance(node, Mapping):
            continue
        generators, nulls, unknown = [], [], []
        children: list[Entry] = []
        for name, key, value in entries(node):
            if not isinstance(key, Scalar) or name == "selector":
                continue
            if name not in GENERATORS:
                unknown.append(key)
            elif is_null(value):
                nulls.append(key)
            else:
                generators.append(Generator(name, key, value, node, depth))
                if name in ("matrix", "merge") and depth < 8:
                    children += _entries(get(value, "generators"), name, depth + 1)
        open_ = node.open or any(isinstance(key, Scalar) and templated(key.text) for key in unknown)
        yield Entry(
            node, parent, depth, position, tuple(generators), tuple(nulls), tuple(unknown), tuple(children), open_
        )


# ---- parameters


@dataclass(slots=True)
class Parameters:
    """
    What parameter sets can hold.

    names: with goTemplate top-level names, each with what is below it (None: anything); without, flat names, each None.
    families: without goTemplate, how names begin of which there can be any (`metadata.labels.`). open: there may be others.
    """

    names: dict[str, Parameters | None] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    open: bool = False

    def has(self, name: str) -> bool:
        """Whether a set may hold a flat name."""
        return self.open or name in self.names or name.startswith(self.families)

    def lacks(self, chain: tuple[str, ...]) -> tuple[str, ...] | None:
        """The beginning of a chain of goTemplate fields that no set can hold; None where it may be there."""
        here: Parameters | None = self
        for depth, name in enumerate(chain, 1):
            if here is None or here.open:
                return None
            if name not in here.names:
                return chain[:depth]
            here = here.names[name]
        return None

    def joined(self, other: Parameters) -> Parameters:
        """What the sets of a matrix or merge can hold: names of both."""
        names = dict(self.names)
        for name, below in other.names.items():
            mine = names.get(name)
            both = name in names and mine is not None and below is not None
            names[name] = (
                mine.joined(below) if both and mine is not None and below is not None else _wider(names, name, below)
            )
        return Parameters(names, (*self.families, *other.families), self.open or other.open)


def _wider(names: dict[str, Parameters | None], name: str, below: Parameters | None) -> Parameters | None:
    return below if name not in names else None


def flat(*names: str) -> Parameters:
    return Parameters(dict.fromkeys(names))


OPEN = Parameters(open=True)

_SCM = flat(
    "organization",
    "repository",
    "repository_id",
    "url",
    "branch",
    "branchNormalized",
    "sha",
    "short_sha",
    "short_sha_7",
    "labels",
)
_PULL_REQUEST = (
    "number",
    "title",
    "branch",
    "branch_slug",
    "target_branch",
    "target_branch_slug",
    "head_sha",
    "head_short_sha",
    "head_short_sha_7",
    "author",
)


def parameters_of(entry: Entry, go: bool) -> Parameters:
    """
    The parameters that the sets of an entry can hold.

    Source: argo-cd applicationset/generators/*.go, GenerateParams of each.
    """
    if entry.open or entry.nulls or len(entry.generators) != 1:
        return OPEN
    one = entry.generators[0]
    if not isinstance(one.node, Mapping) or one.node.open:
        return OPEN
    if one.kind in ("matrix", "merge"):
        if not entry.children or not _closed(get(one.node, "generators")):
            return OPEN
        found = Parameters()
        for child in entry.children:
            found = found.joined(parameters_of(child, go))
        return found
    made = _GIVEN[one.kind](one.node, go)
    return made.joined(_values(one.node, go)) if one.kind != "list" and not made.open else made


def _list(node: Mapping, go: bool) -> Parameters:
    if get(node, "elementsYaml") is not MISSING:
        return OPEN
    listed = get(node, "elements")
    if not isinstance(listed, Sequence) or not _closed(listed) or not listed.items:
        return OPEN
    found = Parameters()
    for element in listed.items:
        shape = _shape(element) if go else _flat_element(element)
        if shape is None:
            return OPEN
        found = found.joined(shape)
    return found


def _flat_element(element: Node) -> Parameters | None:
    """Names of one element without goTemplate: its keys, and `values.<key>` for those of its map `values`."""
    if not isinstance(element, Mapping) or element.open:
        return None
    names: list[str] = []
    for name, key, value in entries(element):
        if isinstance(key, Scalar) and templated(key.text):
            return None
        if name != "values" and isinstance(value, Scalar):
            names.append(name)
        elif name == "values" and isinstance(value, Mapping) and not value.open:
            names += [f"values.{inner}" for inner, _, _ in entries(value)]
        else:
            return None
    return flat(*names)


def _shape(node: Node) -> Parameters | None:
    """What is below a value of goTemplate data; None for what is no map, or may hold more."""
    if not isinstance(node, Mapping) or node.open:
        return None
    listed = entries(node)
    if any(isinstance(key, Scalar) and templated(key.text) for _, key, _ in listed):
        return None
    return Parameters({name: _shape(value) for name, _, value in listed})


def _clusters(node: Mapping, go: bool) -> Parameters:
    if is_true(get(node, "flatList")):
        return flat("clusters")
    found = flat("name", "nameNormalized", "server", "project")
    if go:
        found.names["metadata"] = flat("labels", "annotations")
    else:
        found.families = ("metadata.labels.", "metadata.annotations.")
    return found


def _git(node: Mapping, go: bool) -> Parameters:
    if not items(get(node, "directories")) or not _closed(get(node, "directories")):
        return OPEN
    prefix = text(get(node, "pathParamPrefix")) or ""
    if templated(prefix):
        return OPEN
    if go:
        path = Parameters({"path": flat("path", "basename", "basenameNormalized", "segments")})
        return Parameters({prefix: path}) if prefix else path
    lead = f"{prefix}.path" if prefix else "path"
    found = flat(lead, f"{lead}.basename", f"{lead}.basenameNormalized")
    found.families = (f"{lead}[",)
    return found


def _scm(node: Mapping, go: bool) -> Parameters:
    return _SCM


def _pull_request(node: Mapping, go: bool) -> Parameters:
    return flat(*_PULL_REQUEST, "labels") if go else flat(*_PULL_REQUEST)


def _unknown(node: Mapping, go: bool) -> Parameters:
    return OPEN


_GIVEN = {
    "list": _list,
    "clusters": _clusters,
    "git": _git,
    "scmProvider": _scm,
    "pullRequest": _pull_request,
    "plugin": _unknown,
    "clusterDecisionResource": _unknown,
}


def _values(node: Mapping, go: bool) -> Parameters:
    """`values` of a generator; with goTemplate and without `values` there is none."""
    given = get(node, "values")
    if given is MISSING:
        return Parameters()
    if not isinstance(given, Mapping) or given.open:
        return OPEN
    names = [name for name, _, _ in entries(given)]
    if any(templated(name) for name in names):
        return OPEN
    return Parameters({"values": flat(*names)}) if go else flat(*(f"values.{name}" for name in names))


def _closed(node: Found) -> bool:
    return isinstance(node, Sequence) and not node.open


# ---- what is rendered

# Below these keys stands text of others (Helm values, patches, notes), in which braces may mean something else.
_FREE = frozenset(
    ("values", "valuesObject", "parameters", "fileParameters", "annotations", "patches", "plugin", "info")
)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A string that is rendered for each parameter set. path: keys and indexes from the template. free: text of others."""

    scalar: Scalar
    path: tuple[str | int, ...]
    free: bool


def rendered_strings(node: Found, path: tuple[str | int, ...] = (), free: bool = False) -> Iterator[Rendered]:
    """Every string below a node that is rendered, keys of maps as well, in the order of the text."""
    if isinstance(node, Scalar):
        if isinstance(typed(node), str):
            yield Rendered(node, path, free)
    elif isinstance(node, Mapping):
        for name, key, value in entries(node):
            if isinstance(key, Scalar) and "{{" in key.text:
                yield Rendered(key, (*path, name), free)
            yield from rendered_strings(value, (*path, name), free or name in _FREE)
    elif isinstance(node, Sequence):
        for index, value in enumerate(node.items):
            yield from rendered_strings(value, (*path, index), free)


_LEADS = ("values.", "metadata.labels.", "metadata.annotations.", "path.", "path[")


def looks_meant(name: str, known: SequenceOf[str]) -> bool:
    """
    Whether a name in text of others (`Rendered.free`) that is no parameter is meant as one: it looks like one of this set.

    known: the parameters there are, or how they begin.
    """
    if name.startswith(_LEADS):
        return any(one.startswith(name.partition(".")[0]) for one in known) or "values." in name
    return bool(get_close_matches(name, known, 1, 0.8))


def template_overrides(root: Found) -> bool:
    """Whether a templatePatch or a generator's own template may change what `spec.template` says."""
    spec = get(root, "spec")
    if get(spec, "templatePatch") is not MISSING:
        return True
    return any(get(one.node, "template") is not MISSING for entry in entries_of(root) for one in entry.generators)


def elements_of(entry: Entry) -> list[dict[str, object]] | None:
    """The sets of a list generator that is written out, as plain values; None where that is not all there is."""
    one = entry.only("list")
    if one is None or entry.open or get(one.node, "elementsYaml") is not MISSING:
        return None
    listed = get(one.node, "elements")
    if not isinstance(listed, Sequence) or listed.open:
        return None
    found: list[dict[str, object]] = []
    for element in listed.items:
        value = plain(element)
        if not isinstance(value, dict):
            return None
        found.append(dict(value))
    return found
