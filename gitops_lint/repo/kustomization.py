"""
One kustomization file as plain data with offsets: what it names, what it changes, what it generates. Read by
`kustomizations`, which puts them together.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.repo.changes import Change, Effect, Path, Target
from gitops_lint.repo.discover import Tree
from gitops_lint.repo.patches import field_path_steps, json_patch_paths, strategic_paths
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source
from gitops_lint.text.parse import Parsed, parse_json, parse_yaml
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, entries, get, is_null, items, templated, typed
from gitops_lint.text.source import decode

KUSTOMIZATION_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")

Found = Node | Missing | UnknownValue

Status = Literal[
    "file",
    "directory",  # a folder with a kustomization
    "bare-directory",  # a folder without one
    "remote",
    "outside",  # above the root of the repository, or absolute
    "missing",
    "inline",  # YAML or JSON in the place of a path
    "unknown",  # a template, or a place that nobody can see into
]


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A path that a kustomization names.

    field: where (`resources`, `patches`, `configMapGenerator.files`). text: as written; for `key=file` the file alone.
    target: the path from the root that it reaches, where status is file, directory or bare-directory; also what is
    missing. start, end: the scalar in the kustomization file, code points.
    """

    field: str
    text: str
    status: Status
    target: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Patch:
    """
    One patch document.

    field: `patches`, `patchesStrategicMerge` or `patchesJson6902`. form: what the text is. entry: the file it lies in;
    None for an inline one. target: whom it is for, by the entry's `target` or by its own kind and name. targeted: whether
    the entry says a target. start, end: the entry (its path, its inline text) in the kustomization file.
    """

    field: str
    form: Literal["strategic", "json6902", "unreadable"]
    entry: Entry | None
    target: Target
    targeted: bool
    start: int
    end: int
    paths: tuple[tuple[Path, Effect], ...] = ()


@dataclass(frozen=True, slots=True)
class Generated:
    """An entry of configMapGenerator or secretGenerator; hashed: its name gets a suffix that depends on its content."""

    kind: Literal["ConfigMap", "Secret"]
    name: str
    namespace: str | None
    behavior: str
    hashed: bool
    start: int
    end: int
    keys: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Kustomization:
    """
    What one kustomization file says.

    file: its path; directory: the folder that is built, and that paths count from. component: kind Component. broken: it
    could not be read, so nothing is known of it. entries: every path it names, in the order of the text. changes: what it
    does to the resources below it, its patches included. unseen: why a build holds more than the repository shows
    (remote bases, charts, plugins), with the place of each cause.
    """

    file: str
    directory: str
    component: bool = False
    broken: bool = False
    entries: tuple[Entry, ...] = ()
    patches: tuple[Patch, ...] = ()
    changes: tuple[Change, ...] = ()
    generated: tuple[Generated, ...] = ()
    namespace: str | None = None
    prefix: str = ""
    suffix: str = ""
    configured: bool = False
    unseen: tuple[tuple[str, int, int], ...] = ()

    def included(self) -> Iterator[Entry]:
        """Entries that bring resources: files and folders under resources, bases and components."""
        return (one for one in self.entries if one.field in INCLUDES)


INCLUDES = ("resources", "bases", "components")


def read_kustomization(tree: Tree, file: str) -> Kustomization:
    """The kustomization in a file; `broken` where it cannot be read."""
    directory = posixpath.dirname(file)
    parsed = _parse(tree, file)
    root = next((one.root for one in parsed.documents if one.root is not None), None) if parsed is not None else None
    if parsed is None or not isinstance(root, Mapping) or any(one.kind in _BROKEN for one in parsed.mistakes):
        return Kustomization(file, directory, broken=True)
    return _Reader(tree, file, directory, root).read()


_BROKEN = frozenset(
    ("syntax", "tab-indentation", "template-file", "unquoted-template", "too-deep", "excessive-aliasing")
)


def _parse(tree: Tree, file: str) -> Parsed | None:
    """The nodes of a file, which nobody has to classify here; None where it cannot be read."""
    try:
        data = tree.read(file)
    except OSError:
        return None
    source = Source(decode(data)[0], file)
    return parse_json(source) if file.endswith(".json") else parse_yaml(source)


def _roots_of(tree: Tree, file: str) -> list[Node]:
    """The roots of the documents of a file that are not empty."""
    parsed = _parse(tree, file)
    return [one.root for one in parsed.documents if one.root is not None] if parsed is not None else []


class _Reader:
    def __init__(self, tree: Tree, file: str, directory: str, root: Mapping) -> None:
        self.tree = tree
        self.file = file
        self.directory = directory
        # every field is asked for once, and most are absent
        self.fields: dict[str, Node] = {key: node for key, _, node in entries(root, "v2")}
        self.entries: list[Entry] = []
        self.patches: list[Patch] = []
        self.changes: list[Change] = []
        self.unseen: list[tuple[str, int, int]] = []

    def field(self, name: str) -> Found:
        """What stands under a key of the kustomization; MISSING also for null."""
        node = self.fields.get(name, MISSING)
        return MISSING if is_null(node) else node

    def read(self) -> Kustomization:
        for field in INCLUDES:
            self._included(field)
        for field in ("generators", "transformers", "validators", "configurations", "crds"):
            self._listed(field)
        self._named("openapi", get(self.field("openapi"), "path"))
        self._patches()
        self._replacements()
        self._transformers()
        self._charts()
        generated = [*self._generated("configMapGenerator"), *self._generated("secretGenerator")]
        self.entries.sort(key=lambda one: one.start)
        configured = "configurations" in self.fields or "openapi" in self.fields
        return Kustomization(
            self.file,
            self.directory,
            component=_text(self.field("kind")) == "Component",
            entries=tuple(self.entries),
            patches=tuple(self.patches),
            changes=tuple(self.changes),
            generated=tuple(generated),
            namespace=_text(self.field("namespace")) or None,
            prefix=_text(self.field("namePrefix")),
            suffix=_text(self.field("nameSuffix")),
            configured=configured,
            unseen=tuple(self.unseen),
        )

    # ---- paths

    def _entry(self, field: str, node: Scalar, text: str | None = None) -> Entry:
        """The entry for a path; kept in `entries`."""
        written = node.text if text is None else text
        status, target = self._reach(written)
        entry = Entry(field, written, status, target, node.start, node.end)
        self.entries.append(entry)
        return entry

    def _reach(self, text: str) -> tuple[Status, str | None]:
        if not text or templated(text):
            return "unknown", None
        path = posixpath.normpath(posixpath.join(self.directory, text))
        path = "" if path == "." else path
        if text.startswith("/") or path == ".." or path.startswith("../"):
            return ("remote" if is_remote(text) else "outside"), None
        if self.tree.is_directory(path):
            real = self.tree.resolve(path)
            return ("directory" if kustomization_files(self.tree, real) else self._bare(real)), real
        if self.tree.exists(path):
            return "file", self.tree.resolve(path)
        if is_remote(text):
            return "remote", None
        return ("unknown" if self.tree.unseen(path) else "missing"), path

    def _bare(self, path: str) -> Status:
        return "unknown" if self.tree.unseen(path) else "bare-directory"

    def _included(self, field: str) -> None:
        for node in _scalars(self.field(field)):
            if is_yaml(node):
                self._unseen(f"`{field}` holds an inline resource", node)
                continue
            entry = self._entry(field, node)
            if entry.status in ("remote", "unknown"):
                self._unseen(f"`{entry.text}` lies outside of this repository", node)

    def _listed(self, field: str) -> None:
        for node in _scalars(self.field(field)):
            text = "" if is_yaml(node) else node.text
            entry = self._entry(field, node) if text else None
            if field == "transformers":
                self._change(node, Target(), "any")
            if field in ("generators", "transformers"):
                self._unseen(f"`{field}` run a plugin", node)
            if (
                entry is not None
                and entry.status == "file"
                and entry.target
                and field in ("generators", "transformers")
            ):
                self._plugin(entry)

    def _plugin(self, entry: Entry) -> None:
        """Files that a plugin's configuration names: values of a chart, files of ksops. Their places are the plugin's."""
        if entry.target is None:
            return
        directory = posixpath.dirname(entry.target)
        for root in _roots_of(self.tree, entry.target):
            named = [get(root, "valuesFile"), *items(get(root, "additionalValuesFiles"))]
            fields = ["helmCharts.valuesFile"] * len(named)
            files = items(get(root, "files"))
            for field, node in [*zip(fields, named), *(("generators.files", one) for one in files)]:
                if isinstance(node, Scalar):
                    path = posixpath.normpath(posixpath.join(directory, node.text))
                    if self.tree.exists(path):
                        self.entries.append(Entry(field, node.text, "file", path, entry.start, entry.end))

    def _named(self, field: str, node: Found) -> None:
        if isinstance(node, Scalar):
            self._entry(field, node)

    def _unseen(self, why: str, node: Node) -> None:
        self.unseen.append((why, node.start, node.end))

    def _change(
        self,
        node: Node,
        target: Target,
        effect: Effect,
        path: Path = (),
        detail: str = "",
        keys: tuple[str, ...] = (),
    ) -> None:
        self.changes.append(Change(self.file, node.start, node.end, target, effect, path, detail, keys))

    # ---- patches

    def _patches(self) -> None:
        for node in _scalars(self.field("patchesStrategicMerge")):
            self._patch("patchesStrategicMerge", node, None)
        for field in ("patchesJson6902", "patches"):
            for item in items(self.field(field)):
                if isinstance(item, Scalar):
                    self._patch(field, item, None)
                    continue
                path, inline = get(item, "path"), get(item, "patch")
                written = inline if isinstance(inline, Scalar) else path
                target = get(item, "target")
                if isinstance(written, Scalar):
                    whom = target if isinstance(target, Mapping) else None
                    self._patch(field, written, whom, inline=written is inline)
                    if whom is not None and _true(get(get(item, "options"), "allowNameChange")):
                        self._change(written, _target(whom), "set", ("metadata", "name"))

    def _patch(self, field: str, node: Scalar, target: Mapping | None, *, inline: bool | None = None) -> None:
        entry = None
        if inline if inline is not None else is_yaml(node):
            roots = _roots(node.text)
        else:
            entry = self._entry(field, node)
            if entry.status != "file" or entry.target is None:
                self._patch_nobody_sees(field, node, entry, target)
                return
            roots = _roots_of(self.tree, entry.target)
        if not roots:
            self._patch_nobody_sees(field, node, entry, target)
        for root in roots:
            self._patch_document(field, node, entry, target, root)

    def _patch_nobody_sees(self, field: str, node: Scalar, entry: Entry | None, target: Mapping | None) -> None:
        known = _target(target) if target is not None else Target()
        self.patches.append(
            Patch(field, "unreadable", entry, known, target is not None, node.start, node.end, (((), "any"),))
        )
        self._change(node, known, "any")

    def _patch_document(
        self, field: str, node: Scalar, entry: Entry | None, target: Mapping | None, root: Node
    ) -> None:
        if isinstance(root, Sequence):
            form: Literal["strategic", "json6902"] = "json6902"
            whom = _target(target) if target is not None else Target()
            paths = json_patch_paths(root)
        elif isinstance(root, Mapping):
            form = "strategic"
            own = _own_target(root)
            whom = _target(target) if target is not None else own
            group = own.group if own.kind or own.group else whom.group
            # a target that names only a kind may be of any group: then lists may merge or be replaced
            paths = strategic_paths(root, group if own.kind or whom.group else _group_of_kind(whom.kind))
        else:
            return
        self.patches.append(Patch(field, form, entry, whom, target is not None, node.start, node.end, tuple(paths)))
        for path, effect in dict.fromkeys(paths):
            self._change(node, whom, effect, path)

    def _replacements(self) -> None:
        for item in items(self.field("replacements")):
            path = get(item, "path")
            if isinstance(path, Scalar):
                entry = self._entry("replacements", path)
                roots: list[Node] = []
                if entry.status == "file" and entry.target:
                    roots = _roots_of(self.tree, entry.target)
                if not roots:
                    self._change(path, Target(), "any")
                for root in roots:
                    for one in root.items if isinstance(root, Sequence) else [root]:
                        self._replacement(one, path)
            else:
                self._replacement(item, item)

    def _replacement(self, replacement: Node, place: Node) -> None:
        for target in items(get(replacement, "targets")):
            select = get(target, "select")
            whom = _target(select) if isinstance(select, Mapping) else Target()
            fields = [one for one in items(get(target, "fieldPaths")) if isinstance(one, Scalar)]
            paths = [field_path_steps(one.text) for one in fields] or [("metadata", "name")]
            for path in paths:
                self._change(place, whom, "set", path)

    # ---- transformers

    def _transformers(self) -> None:
        self._namespace()
        configured = "configurations" in self.fields
        common = self.field("commonLabels")
        if isinstance(common, Mapping):
            detail = "configured" if configured else "selectors"
            self._change(common, Target(), "labels", detail=detail, keys=_keys(common))
        for item in items(self.field("labels")):
            pairs = get(item, "pairs")
            if isinstance(pairs, Mapping):
                detail = "templates" if _true(get(item, "includeTemplates")) else ""
                if _true(get(item, "includeSelectors")):
                    detail = "configured" if configured else "selectors"
                if isinstance(get(item, "fields"), Sequence):
                    detail = "configured"
                self._change(pairs, Target(), "labels", detail=detail, keys=_keys(pairs))
        annotations = self.field("commonAnnotations")
        if isinstance(annotations, Mapping):
            self._change(annotations, Target(), "annotations", keys=_keys(annotations))
        for item in items(self.field("images")):
            name = get(item, "name")
            if isinstance(name, Scalar):
                self._change(item, Target(), "image", detail=name.text)
        for item in items(self.field("replicas")):
            name = get(item, "name")
            if isinstance(name, Scalar):
                for kind in ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"):
                    self._change(item, Target(kind=kind, name=name.text, exact=True), "set", ("spec", "replicas"))
        variables = self.field("vars")
        if isinstance(variables, Sequence) and variables.items:
            self._change(variables, Target(), "any")

    def _namespace(self) -> None:
        """Fields that name a namespace follow a resource that was moved. Source: kustomize namereference.go, namespace.go."""
        node = self.field("namespace")
        if not isinstance(node, Scalar):
            return
        for kind in ("RoleBinding", "ClusterRoleBinding"):
            self._change(node, Target(kind=kind, exact=True), "fill", ("subjects", "*", "namespace"))
        service = ("clientConfig", "service", "namespace")
        for kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"):
            self._change(node, Target(kind=kind, exact=True), "replace", ("webhooks", "*", *service))
        definition = Target(kind="CustomResourceDefinition", exact=True)
        self._change(node, definition, "replace", ("spec", "conversion", "webhook", *service))
        self._change(node, Target(kind="APIService", exact=True), "replace", ("spec", "service", "namespace"))

    def _charts(self) -> None:
        for field in ("helmCharts", "helmChartInflationGenerator"):
            for item in items(self.field(field)):
                self._unseen("a Helm chart brings more resources", item)
                self._named("helmCharts.valuesFile", get(item, "valuesFile"))
                for node in _scalars(get(item, "additionalValuesFiles")):
                    self._entry("helmCharts.valuesFile", node)

    def _generated(self, field: str) -> Iterator[Generated]:
        kind: Literal["ConfigMap", "Secret"] = "ConfigMap" if field == "configMapGenerator" else "Secret"
        without = _true(get(self.field("generatorOptions"), "disableNameSuffixHash"))
        for item in items(self.field(field)):
            keys: list[str] | None = []
            for node in _scalars(get(item, "files")):
                key, equals, path = node.text.partition("=")
                entry = self._entry(f"{field}.files", node, path if equals else node.text)
                if keys is not None:
                    keys.append(key if equals else posixpath.basename(entry.text))
            envs = get(item, "env")
            for node in [*_scalars(get(item, "envs")), *([envs] if isinstance(envs, Scalar) else [])]:
                self._entry(f"{field}.envs", node)
                keys = None
            if keys is not None:
                keys += [node.text.partition("=")[0] for node in _scalars(get(item, "literals"))]
            own = _true(get(get(item, "options"), "disableNameSuffixHash"))
            if _text(get(item, "behavior")) in ("merge", "replace"):
                existing = Target(kind=kind, name=_text(get(item, "name")), exact=True)
                for data in ("data", "binaryData", "stringData"):
                    self._change(item, existing, "set", (data,))
            yield Generated(
                kind,
                _text(get(item, "name")),
                _text(get(item, "namespace")) or None,
                _text(get(item, "behavior")) or "create",
                not (without or own),
                item.start,
                item.end,
                None if keys is None else tuple(keys),
            )


def kustomization_files(tree: Tree, directory: str) -> list[str]:
    """The kustomization files directly in a folder; more than one is a mistake."""
    prefix = f"{directory}/" if directory else ""
    return [
        prefix + name
        for name in KUSTOMIZATION_NAMES
        if tree.exists(prefix + name) and not tree.is_directory(prefix + name)
    ]


_REMOTE = pattern(
    r"^(?:[a-z][a-z0-9+.-]*::)?(?:[a-z][a-z0-9+.-]*://|git@|(?:www\.)?(?:github|gitlab|bitbucket)\.[a-z.]+[/:])"
    r"|^[\w.-]+@[\w.-]+:|\.git(?:/|\?|$)|[?&](?:ref|version|timeout|submodules)=|^[\w-]+(?:\.[\w-]+)+/.*//",
    re.IGNORECASE,
)


def is_remote(text: str) -> bool:
    """Whether a path that does not exist is a URL, as far as its form tells. Source: kustomize api/internal/git/repospec.go."""
    return _REMOTE.search(text) is not None


def is_yaml(node: Scalar) -> bool:
    """Whether a scalar holds a document instead of a path."""
    text = node.text.strip()
    if text.startswith("{{"):
        return False
    return "\n" in text or text.startswith(("[", "{")) or re.match(r"[\w$-]+:(?:\s|$)", text) is not None


def _roots(text: str) -> list[Node]:
    return [one.root for one in parse_yaml(Source(text)).documents if one.root is not None]


def _scalars(node: Found) -> list[Scalar]:
    return [one for one in items(node) if isinstance(one, Scalar)]


def _text(node: Found) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _true(node: Found) -> bool:
    return isinstance(node, Scalar) and typed(node) is True


def _keys(node: Mapping) -> tuple[str, ...]:
    return tuple(key for key, _, _ in entries(node))


def _target(node: Mapping) -> Target:
    """The selector of a patch or replacement; labels that are no plain `key=value` pairs exclude nothing."""
    pairs = []
    for part in _text(get(node, "labelSelector")).split(","):
        key, equals, value = part.replace("==", "=").partition("=")
        if equals and not key.endswith("!") and not re.search(r"[()\s]", part.strip()):
            pairs.append((key.strip(), value.strip()))
    return Target(
        _text(get(node, "group")),
        _text(get(node, "version")),
        _text(get(node, "kind")),
        _text(get(node, "name")),
        _text(get(node, "namespace")),
        labels=tuple(pairs),
    )


def _own_target(root: Mapping) -> Target:
    api_version = _text(get(root, "apiVersion"))
    group = api_version.partition("/")[0] if "/" in api_version else ""
    metadata = get(root, "metadata")
    namespace = _text(get(metadata, "namespace"))
    return Target(group, "", _text(get(root, "kind")), _text(get(metadata, "name")), namespace, exact=True)


_CUSTOM_KINDS = frozenset(
    ("Rollout", "Application", "ApplicationSet", "AppProject", "VirtualService", "ExternalSecret")
)


def _group_of_kind(kind: str) -> str:
    """A group that makes lists merge or not, where only a kind is known."""
    return "argoproj.io" if kind in _CUSTOM_KINDS else ""
