"""Folders of sources in this repository that Argo CD reads otherwise than meant, and inputs of their tools that are missing."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Spot, Value
from gitops_lint.model.appproject import known_text
from gitops_lint.model.argocd import ApplicationSource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_contents import (
    block_of,
    contents_of,
    files_below,
    folder_of,
    is_taken,
    manifests_in,
)
from gitops_lint.policy.vocabulary.application_sources import sources_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, get, items, key_node, value

FOLDER_MISTAKE = record(
    "FolderMistake",
    {
        "problem": Field(
            TextType(values=("no-chart", "no-kustomization", "below", "filtered", "missing")),
            optional=False,
            doc="no-chart, no-kustomization: a block for a tool whose file is not in the folder; below: manifests lie in folders below only; filtered: include or exclude leave nothing; missing: a file or folder that the block names is not there",
        ),
        "folder": Field(
            TEXT, optional=False, doc="the folder, or the path that is missing, from the root of the repository"
        ),
        "what": Field(TEXT, optional=False, doc="the field or file in question"),
        "certain": Field(
            TextType(values=("yes", "no")), optional=False, doc="whether no plugin may read the folder otherwise"
        ),
    },
    doc="a folder of this repository that Argo CD reads otherwise than its source says; it points at the field",
)


def has_folder(subject: Subject) -> bool:
    return any(one.path is not MISSING and one.chart is MISSING for one in sources_of(subject))


@attribute(
    "Application",
    "folderMistakes",
    returns=ListType(FOLDER_MISTAKE),
    needs={"kustomize"},
    source="argo-cd reposerver/repository/repository.go GetAppSourceType, findManifests",
    screen=has_folder,
)
def folder_mistakes(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Folders of its sources that hold nothing to read, or nothing for the tool whose settings are there."""
    found: list[Value] = []
    for one in sources_of(subject):
        folder = folder_of(one, repo)
        if folder is None:
            continue
        block = block_of(one)
        if block == "helm" and folder not in repo.roles.charts and not _names_file(repo, folder, "Chart.yaml"):
            found.append(_folder("no-chart", key_node(one.node, "helm") or one.node, folder, "helm"))
        elif block == "kustomize" and repo.kustomizations.at(folder) is None:
            if not any(
                _names_file(repo, folder, name) for name in ("kustomization.yaml", "kustomization.yml", "Kustomization")
            ):
                found.append(
                    _folder("no-kustomization", key_node(one.node, "kustomize") or one.node, folder, "kustomize")
                )
        elif contents_of(one, repo).manner == "directory":
            found += _nothing_read(one, folder, repo)
        found += _missing_inputs(one, folder, repo)
    return found


def _names_file(repo: Repo, folder: str, name: str) -> bool:
    return repo.exists(posixpath.join(folder, name))


def _nothing_read(source: ApplicationSource, folder: str, repo: Repo) -> Iterator[Fact]:
    if not isinstance(source.path, Scalar) or manifests_in(source, folder, repo):
        return
    directory = source.directory
    deep = value(get(directory, "recurse")) is True
    certain = "yes" if isinstance(directory, Mapping) and block_of(source) == "directory" else "no"
    include, exclude = get(directory, "include"), get(directory, "exclude")
    candidates = [
        file for file in files_below(folder, deep, repo) if file.endswith((".yaml", ".yml", ".json", ".jsonnet"))
    ]
    if candidates:
        # something is there, and the globs let nothing of it through
        at = include if isinstance(include, Scalar) else exclude
        known = [known_text(one) for one in (include, exclude)]
        if isinstance(at, Scalar) and None not in known:
            below = [file[len(folder) + 1 if folder else 0 :] for file in candidates]
            if not any(is_taken(file, known[0], known[1]) for file in below):
                yield _folder("filtered", at, folder, "include" if at is include else "exclude", "yes")
    elif not deep:
        nested = [file for file in files_below(folder, True, repo) if _is_manifest(file, repo)]
        if nested:
            yield _folder("below", source.path, folder, posixpath.dirname(nested[0]), certain)


def _is_manifest(file: str, repo: Repo) -> bool:
    return repo.roles.of(file).name in ("manifest", "kustomization", "chart") and bool(
        repo.in_file(file) or repo.kustomizations.of_file(file) or file.endswith("/Chart.yaml")
    )


def _missing_inputs(source: ApplicationSource, folder: str, repo: Repo) -> Iterator[Fact]:
    """Files that helm, kustomize and directory settings name below the folder of the source."""
    for entry in items(get(source.helm, "fileParameters")):
        yield from _missing(get(entry, "path"), folder, "fileParameters", repo)
    for entry in items(get(source.kustomize, "patches")):
        yield from _missing(get(entry, "path"), folder, "patches", repo)
    if value(get(source.kustomize, "ignoreMissingComponents")) is not True:
        for node in items(get(source.kustomize, "components")):
            yield from _missing(node, folder, "components", repo)
    for node in items(get(get(source.directory, "jsonnet"), "libs")):
        yield from _missing(node, "", "libs", repo)


def _missing(node: object, folder: str, what: str, repo: Repo) -> Iterator[Fact]:
    if not isinstance(node, Scalar):
        return
    text = known_text(node)
    if not text or "://" in text or "$" in text or any(sign in text for sign in "*?[") or "//" in text:
        return
    # a component may be a repository of its own
    if what == "components" and not text.startswith("."):
        if "." in text.partition("/")[0] or ":" in text:
            return
    absolute = text.startswith("/") and what != "patches"
    path = posixpath.normpath(text.lstrip("/") if absolute else posixpath.join(folder, text))
    if path.startswith("../") or path == ".." or repo.unseen(path) is not None or repo.exists(path):
        return
    yield _folder("missing", node, path, what, "yes")


def _folder(problem: str, at: Spot, folder: str, what: str, certain: str = "yes") -> Fact:
    fields: dict[str, Value] = {"problem": problem, "folder": folder or ".", "what": what, "certain": certain}
    return Fact("FolderMistake", at, fields, title=folder)
