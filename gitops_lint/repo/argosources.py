"""
What Argo CD reads of the repository: sources of Applications and ApplicationSets, files of git generators, as plain data
with offsets. Found by a text search before anything else is parsed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.model.argocd import (
    GROUP,
    ApplicationSource,
    application_sources,
    application_spec,
    destination_of,
    generators_of,
    is_true,
    text,
)
from gitops_lint.model.resource import Resource
from gitops_lint.repo.globs import any_of
from gitops_lint.repo.load import LoadedFile
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import Missing, UnknownValue, get, items, templated


@dataclass(frozen=True, slots=True)
class Written:
    """A text and where it stands: start and end in its file, code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SourceUse:
    """
    One source of an Application, or of the template of an ApplicationSet (then with tokens in it).

    file, document: where. kind, name, namespace: of the Application or set. index: in `sources`, None for `source`.
    recurse, include, exclude: of `directory`. tool: the block that forces how the path is read. destination_*: None where
    none is written. server_side: the sync option ServerSideApply=true is on.
    """

    file: str
    document: int
    kind: Literal["Application", "ApplicationSet"]
    name: str
    namespace: str | None
    index: int | None
    start: int
    end: int
    repo_url: Written | None
    path: Written | None
    chart: Written | None
    ref: str | None
    target_revision: str | None
    value_files: tuple[Written, ...] = ()
    ignore_missing_value_files: bool = False
    recurse: bool = False
    include: str | None = None
    exclude: str | None = None
    tool: Literal["plugin", "helm", "kustomize", "directory"] | None = None
    destination_namespace: str | None = None
    destination_server: str | None = None
    destination_name: str | None = None
    server_side: bool = False

    @property
    def templated(self) -> bool:
        """Whether its path or repository is only known once parameters are filled in."""
        return any(one is not None and templated(one.text) for one in (self.repo_url, self.path))

    def words(self) -> str:
        return f"{self.kind} {self.name}" if self.name else self.kind


@dataclass(frozen=True, slots=True)
class GeneratorUse:
    """The files or directories that a git generator looks for; patterns with whether they exclude."""

    file: str
    document: int
    name: str
    field: Literal["files", "directories"]
    repo_url: Written | None
    patterns: tuple[tuple[Written, bool], ...]


SERVER_SIDE = "ServerSideApply=true"


def mentions_sources(data: bytes) -> bool:
    """Whether a file may hold an Application or ApplicationSet, by its bytes alone."""
    return b"Application" in data and GROUP.encode() in data


def sources_in(loaded: LoadedFile) -> Iterator[SourceUse]:
    """The sources that a file's Applications and ApplicationSets name."""
    for resource in loaded.resources:
        if resource.group != GROUP or resource.kind not in ("Application", "ApplicationSet"):
            continue
        kind: Literal["Application", "ApplicationSet"] = (
            "Application" if resource.kind == "Application" else "ApplicationSet"
        )
        spec = application_spec(kind, resource.root)
        destination = destination_of(spec)
        server_side = any(text(one) == SERVER_SIDE for one in items(get(get(spec, "syncPolicy"), "syncOptions")))
        for source in application_sources(spec):
            yield SourceUse(
                resource.file,
                resource.document,
                kind,
                resource.name,
                resource.namespace,
                source.index,
                source.node.start,
                source.node.end,
                _written(source.repo_url),
                _written(source.path),
                _written(source.chart),
                text(source.ref),
                text(source.target_revision),
                tuple(Written(one.text, one.start, one.end) for one in source.value_files),
                is_true(get(source.helm, "ignoreMissingValueFiles")),
                is_true(get(source.directory, "recurse")),
                text(get(source.directory, "include")),
                text(get(source.directory, "exclude")),
                _tool(source),
                text(destination.namespace),
                text(destination.server),
                text(destination.name),
                server_side,
            )


def generators_in(loaded: LoadedFile) -> Iterator[GeneratorUse]:
    """The git generators of a file's ApplicationSets."""
    for resource in loaded.resources:
        if resource.group == GROUP and resource.kind == "ApplicationSet":
            yield from _git_generators(resource)


def _git_generators(resource: Resource) -> Iterator[GeneratorUse]:
    for generator in generators_of(resource.root):
        if generator.kind != "git" or not isinstance(generator.node, Mapping):
            continue
        for field in ("files", "directories"):
            patterns = []
            for item in items(get(generator.node, field)):
                path = _written(get(item, "path"))
                if path is not None:
                    patterns.append((path, is_true(get(item, "exclude"))))
            if patterns:
                name: Literal["files", "directories"] = "files" if field == "files" else "directories"
                url = _written(get(generator.node, "repoURL"))
                yield GeneratorUse(resource.file, resource.document, resource.name, name, url, tuple(patterns))


def _written(node: Node | Missing | UnknownValue) -> Written | None:
    return Written(node.text, node.start, node.end) if isinstance(node, Scalar) and text(node) is not None else None


def _tool(source: ApplicationSource) -> Literal["plugin", "helm", "kustomize", "directory"] | None:
    if isinstance(source.plugin, Mapping):
        return "plugin"
    if isinstance(source.helm, Mapping):
        return "helm"
    if isinstance(source.kustomize, Mapping):
        return "kustomize"
    return "directory" if isinstance(source.directory, Mapping) else None


def source_path(use: SourceUse) -> str | None:
    """The folder of a source, relative to the repository's root; None for a chart, an unknown or an impossible path."""
    if use.chart is not None or use.path is None or templated(use.path.text) or use.path.text.startswith("/"):
        return None
    path = posixpath.normpath(use.path.text or ".")
    if path == ".." or path.startswith("../"):
        return None
    return "" if path == "." else path


def value_file_paths(use: SourceUse, uses: Sequence[SourceUse]) -> Iterator[tuple[Written, str]]:
    """
    Value files of a source with their paths from the root of the repository they lie in; tokens stay as they are.

    uses: the sources of the same Application, which `$ref/…` may name. URLs and globs of other schemes are left out.
    Source: argo-cd util/io/path/resolved.go: relative to the source's path, `/` is the repository's root.
    """
    for one in use.value_files:
        name = one.text
        if "://" in name or "$ARGOCD_" in name:
            continue
        if name.startswith("$"):
            ref, slash, rest = name[1:].partition("/")
            if slash and any(other.ref in (ref, f"${ref}") for other in uses):
                yield one, _normal(rest)
        elif name.startswith("/"):
            yield one, _normal(name.lstrip("/"))
        elif use.path is not None:
            yield one, _normal(posixpath.join(use.path.text, name))


def _normal(path: str) -> str:
    # `..` behind a token cannot be resolved: posixpath would drop the token
    return path if "{{" in path and ".." in path else posixpath.normpath(path)


def matching(patterns: Sequence[tuple[Written, bool]], files: Sequence[str]) -> list[str]:
    """
    The files that the patterns of a git generator may name, by either of Argo CD's two ways of matching.

    Wider than the truth: for the question what a file is for, not for what is generated. Tokens match anything.
    """
    include = any_of([one.text for one, exclude in patterns if not exclude])
    exclude = any_of([one.text for one, exclude in patterns if exclude and not templated(one.text)])
    return [file for file in files if include(file) and not exclude(file)]
