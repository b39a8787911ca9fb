"""
Which environment an Application or another resource serves, and by which sign that is known.

With `environments` in the configuration only that counts, else the words that people use. Two signs that say different
things, and a sign that a template hides, make it unknown. Callers: the vocabulary.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from gitops_lint.config import Config
from gitops_lint.dataclass import dataclass
from gitops_lint.languages.credentials import decoded_text
from gitops_lint.model.applicationset import template_overrides
from gitops_lint.model.argocd import (
    GROUP,
    ApplicationSource,
    Found,
    application_sources,
    application_spec,
    destination_of,
    generators_of,
)
from gitops_lint.model.environmentwords import (
    PRODUCTION,
    Said,
    in_cluster,
    in_folders,
    in_host,
    in_name,
    together,
    whole_word,
)
from gitops_lint.model.resource import Resource
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, UnknownValue, entries, get, templated, text_of, value

_LABELS = frozenset(("environment", "env"))
_CLUSTER_LABEL = ("argocd.argoproj.io/secret-type", "cluster")


@dataclass(frozen=True, slots=True)
class Environment:
    """
    An environment that something serves.

    name: as the configuration calls it, else production, staging, development or test. because: the sign by which it is
    known, a clause (`its destination namespace is `shop-prod``). node: where that stands; None for the path of a file.
    """

    name: str
    production: bool
    because: str
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that tells an environment. said: its name; None where it tells none for certain."""

    said: str | None
    because: str
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster of which the configuration or a Secret here tells the labels."""

    name: str | None
    server: str | None
    labels: Mapping[str, str]


def environment_of(repo: Repo, resource: Resource) -> Environment | UnknownValue | None:
    """
    The environment that a resource serves.

    None: nothing says one. UNKNOWN: signs contradict each other, or a template hides one. An ApplicationSet serves an
    environment where all its Applications do.
    """
    if resource.group == GROUP and resource.kind in ("Application", "ApplicationSet"):
        signs = list(_of_application(repo, resource))
    else:
        signs = list(_of_resource(repo, resource))
    return _agreed(repo.config, signs)


def _agreed(config: Config, signs: Sequence[Sign]) -> Environment | UnknownValue | None:
    if not signs:
        return None
    names = {one.said for one in signs}
    name = names.pop()
    if names or name is None:
        return UNKNOWN
    known = config.environments.get(name)
    production = known.is_production(name) if known is not None else name == PRODUCTION
    return Environment(name, production, signs[0].because, signs[0].node)


# ---- signs of an Application


def _of_application(repo: Repo, resource: Resource) -> Iterator[Sign]:
    root = resource.root
    spec = application_spec(resource.kind, root)
    template = get(get(root, "spec"), "template") if resource.kind == "ApplicationSet" else root
    words = _words(repo.config)
    hidden = resource.kind == "ApplicationSet" and template_overrides(root)
    selected = list(words.selectors(root)) if resource.kind == "ApplicationSet" else []
    yield from selected
    yield from words.labels(get(get(template, "metadata"), "labels"))
    target = destination_of(spec)
    for field, node, ask in (
        ("destination namespace", target.namespace, words.namespace),
        ("project", get(spec, "project"), words.project),
    ):
        text = _text(node)
        if isinstance(text, str):
            yield from _signs(ask(text), f"its {field} is `{text}`", node)
        elif text is UNKNOWN:
            hidden = True
    cluster = _text(target.name), _text(target.server)
    if UNKNOWN in cluster:
        hidden = True
    else:
        name, server = (text if isinstance(text, str) else None for text in cluster)
        node = target.name if name else target.server
        yield from words.cluster(clusters(repo), name, server, node)
    for source in application_sources(spec):
        for sign in _of_source(repo, words, source):
            if sign is None:
                hidden = True
            else:
                yield sign
    yield from _of_file(repo, words, resource.file)
    name_node = get(get(template, "metadata"), "name")
    text = _text(name_node)
    if isinstance(text, str):
        yield from _signs(words.name(text), f"its name is `{text}`", name_node)
    if hidden and not selected:
        yield Sign(None, "a template hides it")


def _of_source(repo: Repo, words: _Words, source: ApplicationSource) -> Iterator[Sign | None]:
    """Signs of its path and its value files; None for one that a template hides."""
    path = _text(source.path)
    if path is UNKNOWN:
        yield None
    elif isinstance(path, str) and source.chart is MISSING:
        here = repo.is_this_repository(text_of(source.repo_url) or "", path)
        yield from _signs(words.folder(path.strip("/"), here), f"its source path is `{path}`", source.path)
    for file in source.value_files:
        text = _text(file)
        if text is UNKNOWN:
            yield None
        elif isinstance(text, str):
            base = path if isinstance(path, str) else ""
            yield from _signs(words.value_file(base, text), f"its values come from `{text}`", file)


def _of_file(repo: Repo, words: _Words, file: str) -> Iterator[Sign]:
    """Signs of the folders in which a file lies and from which it is built."""
    yield from _signs(words.file(file), f"its file is {file}")
    for build in dict.fromkeys(one.build for one in repo.placements(file)):
        yield from _signs(words.folder(build, True), f"it is built in {build}")


def _words(config: Config) -> _Words:
    return _Configured(config) if config.environments else _Usual()


def _of_resource(repo: Repo, resource: Resource) -> Iterator[Sign]:
    words = _words(repo.config)
    yield from words.labels(get(get(resource.root, "metadata"), "labels"))
    namespace = repo.namespace_of(resource)
    if isinstance(namespace, str):
        yield from _signs(words.namespace(namespace), f"its namespace is `{namespace}`")
    yield from _of_file(repo, words, resource.file)


def _signs(said: Said | None, because: str, node: Found = MISSING) -> Iterator[Sign]:
    if said is not None:
        yield Sign(said.environment, because, node if isinstance(node, Scalar) else None)


def _text(node: Found) -> str | UnknownValue | None:
    """A text that is known; None where there is none, UNKNOWN where a template hides it."""
    found = value(node)
    if found is UNKNOWN:
        return UNKNOWN
    return found if isinstance(found, str) and found else None


# ---- what tells


class _Words(Protocol):
    """What tells an environment: each question takes a text and answers what it says, or None."""

    def labels(self, node: Found) -> Iterator[Sign]:
        """Signs in the labels of the thing itself."""

    def selectors(self, root: Node) -> Iterator[Sign]:
        """Signs in the selectors by which an ApplicationSet takes its clusters."""

    def name(self, text: str) -> Said | None: ...
    def namespace(self, text: str) -> Said | None: ...
    def project(self, text: str) -> Said | None: ...
    def file(self, path: str) -> Said | None: ...
    def folder(self, path: str, here: bool) -> Said | None:
        """here: whether it is a folder of this repository."""

    def value_file(self, base: str, path: str) -> Said | None:
        """base: the folder of the source; path: as written, with a ref before it or not."""

    def cluster(
        self, known: Sequence[KnownCluster], name: str | None, server: str | None, node: Found
    ) -> Iterator[Sign]: ...


class _Usual:
    """The words that people use."""

    def labels(self, node: Found) -> Iterator[Sign]:
        for key, at, below in entries(node):
            if key.rpartition("/")[2] in _LABELS:
                text = value(below)
                said = in_cluster(text) if isinstance(text, str) else None
                yield Sign(
                    said.environment if said is not None else None, f"its label `{key}` is `{text_of(below)}`", at
                )

    def selectors(self, root: Node) -> Iterator[Sign]:
        for one in generators_of(root):
            if one.kind == "clusters":
                for key, at, below in entries(get(get(one.node, "selector"), "matchLabels")):
                    text = value(below)
                    said = in_cluster(text) if key.rpartition("/")[2] in _LABELS and isinstance(text, str) else None
                    yield from _signs(said, f"it takes clusters whose label `{key}` is `{text}`", at)

    def name(self, text: str) -> Said | None:
        return in_name(text)

    def namespace(self, text: str) -> Said | None:
        return in_name(text)

    def project(self, text: str) -> Said | None:
        return in_name(text)

    def file(self, path: str) -> Said | None:
        return in_folders(path.split("/")[:-1])

    def folder(self, path: str, here: bool) -> Said | None:
        return in_folders(path.split("/"))

    def value_file(self, base: str, path: str) -> Said | None:
        *folders, file = path.split("/")
        stem = file.rpartition(".")[0] or file
        whole = whole_word(stem)
        of_file = Said(whole) if whole is not None else in_name(stem)
        return together((in_folders([one for one in folders if not one.startswith("$")]), of_file))

    def cluster(
        self, known: Sequence[KnownCluster], name: str | None, server: str | None, node: Found
    ) -> Iterator[Sign]:
        if name:
            yield from _signs(in_cluster(name), f"its cluster is `{name}`", node)
        elif server:
            host = server.partition("://")[2].partition("/")[0].partition(":")[0]
            # an address of digits, and the cluster that Argo CD runs in, say nothing
            if host and host != "kubernetes.default.svc" and not host.replace(".", "").isdigit():
                yield from _signs(in_host(host), f"its cluster is `{server}`", node)
        for one in known:
            if (name and one.name == name) or (server and one.server == server):
                if server and one.name:
                    yield from _signs(in_cluster(one.name), f"its cluster is called `{one.name}`", node)
                for key, text in one.labels.items():
                    if key.rpartition("/")[2] in _LABELS:
                        yield from _signs(in_cluster(text), f"its cluster has the label `{key}: {text}`", node)


class _Configured:
    """What `environments` of the configuration says."""

    def __init__(self, config: Config) -> None:
        self._environments = config.environments

    def labels(self, node: Found) -> Iterator[Sign]:
        return iter(())

    def selectors(self, root: Node) -> Iterator[Sign]:
        return iter(())

    def name(self, text: str) -> Said | None:
        return None

    def namespace(self, text: str) -> Said | None:
        return together(Said(name) for name, one in self._environments.items() if one.holds_namespace(text))

    def project(self, text: str) -> Said | None:
        return together(Said(name) for name, one in self._environments.items() if one.holds_project(text))

    def file(self, path: str) -> Said | None:
        return self.folder(path, True)

    def folder(self, path: str, here: bool) -> Said | None:
        fitting = (Said(name) for name, one in self._environments.items() if one.holds_path(path))
        # the first entry that fits is the environment of a file
        return next(fitting, None) if here and path else None

    def value_file(self, base: str, path: str) -> Said | None:
        ref, slash, rest = path.partition("/")
        if ref.startswith("$") and slash:
            found = rest
        elif path.startswith("/"):
            found = path.lstrip("/")
        else:
            found = posixpath.join(base, path)
        return self.folder(posixpath.normpath(found), "://" not in path)

    def cluster(
        self, known: Sequence[KnownCluster], name: str | None, server: str | None, node: Found
    ) -> Iterator[Sign]:
        if not name and not server:
            return
        fitting = [one for one in known if (name and one.name == name) or (server and one.server == server)]
        fitting = fitting or [KnownCluster(name, server, {})]
        found = together(
            Said(environment)
            for environment, one in self._environments.items()
            if any(one.holds_cluster(each.name or name, each.server or server, each.labels) for each in fitting)
        )
        yield from _signs(found, f"its cluster is `{name or server}`", node)


# ---- clusters


def clusters(repo: Repo) -> Sequence[KnownCluster]:
    """The clusters of the configuration, and those of Secrets here whose name or address is in clear text."""
    return repo.once(_clusters)


def _clusters(repo: Repo) -> Sequence[KnownCluster]:
    found = [KnownCluster(one.name, one.server or None, one.labels) for one in repo.config.clusters]
    for secret in repo.labelled(*_CLUSTER_LABEL):
        if (secret.group, secret.kind) == ("", "Secret"):
            name, server = (_kept(secret, key) for key in ("name", "server"))
            found.append(KnownCluster(name, server, repo.facts_of(secret).labels))
    return tuple(found)


def _kept(secret: Resource, key: str) -> str | None:
    """What a Secret keeps under a key; None where that is hidden."""
    plain = text_of(get(get(secret.root, "stringData"), key))
    coded = text_of(get(get(secret.root, "data"), key))
    text = plain if plain is not None else decoded_text(coded) if coded is not None else None
    return text if text and not templated(text) else None
