"""The git generator: a set for each directory that a pattern names, or for each map that its files hold."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from functools import lru_cache

from gitops_lint.languages.gotemplate.functions.names import normalize
from gitops_lint.languages.gotemplate.values import StringList, Value
from gitops_lint.simulate.applicationset.git_globs import PatternError, literal_start
from gitops_lint.simulate.applicationset.gittrees import ContentError, GitTree, UnseenFileError
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet, Unexpanded
from gitops_lint.simulate.applicationset.specs import Spec
from gitops_lint.simulate.applicationset.surroundings import Surroundings
from gitops_lint.simulate.applicationset.values import Mode, with_values
from gitops_lint.text.scalars import Plain
from gitops_lint.text.span import Place

Sets = tuple[list[ParamSet], tuple[Unexpanded, ...]]
_KEPT = 8192


def git_sets(spec: Spec, mode: Mode, surroundings: Surroundings) -> Sets:
    """
    Sets in the controller's order, or why they are not known. Raises GenerationError.

    Directories win over files. Source: argo-cd applicationset/generators/git.go.
    """
    directories, files = spec.listed("directories"), spec.listed("files")
    if not directories and not files:
        raise GenerationError("ApplicationSet is empty", spec.place(), "name `directories` or `files`")
    patterns = [_pattern(one) for one in directories or files]
    url, revision = spec.text("repoURL"), spec.text("revision")
    if "{{" in url or "{{" in revision:
        return [], (Unexpanded(spec.node, "its `repoURL` or `revision` still holds a token"),)
    included = next((path for path, exclude in patterns if not exclude), "")
    tree = surroundings.git_tree(url, revision, literal_start(included) if _is_wild(included) else included)
    if isinstance(tree, str):
        return [], (Unexpanded(spec.node, tree),)
    if not directories and not surroundings.switches.new_globbing:
        magic = next((path for path, _ in patterns if path.startswith(":")), None)
        if magic is not None:
            return [], (Unexpanded(spec.node, f"`{magic}` is a pathspec with magic, which is not followed here"),)
    for path, exclude in patterns:
        why = None if exclude else tree.tree.unseen(literal_start(path))
        if why is not None:
            return [], (Unexpanded(spec.node, f"what `{path}` names is not known: {why}"),)
    if directories:
        return _directory_sets(spec, mode, tree, patterns, hidden=surroundings.switches.hidden_directories), ()
    return _file_sets(spec, mode, tree, patterns, new=surroundings.switches.new_globbing)


def _pattern(item: Plain) -> tuple[str, bool]:
    """Path and whether it excludes, of an entry of `directories` or `files`."""
    if not isinstance(item, dict):
        return "", False
    path = item.get("path")
    return path if isinstance(path, str) else "", item.get("exclude") is True


def _is_wild(path: str) -> bool:
    return any(mark in path for mark in "*?[{\\")


# ---- directories


def _directory_sets(
    spec: Spec, mode: Mode, tree: GitTree, patterns: Sequence[tuple[str, bool]], *, hidden: bool
) -> list[ParamSet]:
    named: dict[str, int] = {}
    for index, (path, exclude) in enumerate(patterns):
        if not exclude:
            for directory in tree.matching_directories(path):
                named.setdefault(directory, index)
    for path, exclude in patterns:
        if exclude:
            for directory in tree.matching_directories(path):
                named.pop(directory, None)
    prefix, values = spec.text("pathParamPrefix"), spec.strings("values")
    places = [_first(spec.place("directories", index, "path")) for index in range(len(patterns))]
    found = []
    for directory in tree.walk_order(set(named)):
        if not hidden and (directory.startswith(".") or "/." in directory):
            continue
        params = _path_parameters({}, directory, None, prefix, go=mode.go)
        found.append(ParamSet(with_values(params, values, mode), spec.node, places[named[directory]]))
    return found


def _first(places: tuple[Place, ...]) -> Place | None:
    return places[0] if places else None


# ---- files


def _file_sets(spec: Spec, mode: Mode, tree: GitTree, patterns: Sequence[tuple[str, bool]], *, new: bool) -> Sets:
    named: set[str] = set()
    for excluding in (False, True):
        for index, (path, exclude) in enumerate(patterns):
            if exclude is not excluding:
                continue
            files = _files(spec, tree, path, index, new=new)
            if excluding:
                named.difference_update(files)
            else:
                named.update(files)
    prefix, values = spec.text("pathParamPrefix"), spec.strings("values")
    found = []
    unknown = []
    for file in sorted(named):
        try:
            contents = tree.contents(file)
        except UnseenFileError as error:
            unknown.append(Unexpanded(spec.node, str(error)))
            continue
        except ContentError as error:
            message = f"unable to process file '{file}' from repository '{spec.text('repoURL')}': {error.message}"
            places = (error.place,) if error.place is not None else ()
            raise GenerationError(message, (*places, *spec.place("files"))) from error
        for content in contents:
            data = content.values if mode.go else content.texts
            params = _path_parameters(data, posixpath.dirname(file) or ".", file, prefix, go=mode.go)
            found.append(ParamSet(with_values(params, values, mode), spec.node, content.place))
    return found, tuple(unknown)


def _files(spec: Spec, tree: GitTree, path: str, index: int, *, new: bool) -> tuple[str, ...]:
    try:
        return tree.matching_files(path, new=new)
    except PatternError as error:
        where = f"repo {spec.text('repoURL')} with revision {spec.text('revision')} pattern {path}"
        what = "read files" if str(error).startswith("read ") else "list files"
        message = f"error retrieving Git files: unable to {what}. {where}: {error}"
        raise GenerationError(message, spec.place("files", index, "path")) from error


# ---- parameters of paths


def _path_parameters(
    data: Mapping[str, Value], directory: str, file: str | None, prefix: str, *, go: bool
) -> dict[str, Value]:
    """The data of a file with the parameters of its path, which win. file: None for a directory of its own."""
    if not go:
        return {**data, **_flat_path(directory, file, f"{prefix}.path" if prefix else "path")}
    path = _nested_path(directory, file)
    return {**data, prefix: {"path": path}} if prefix else {**data, "path": path}


# many sets of a matrix hold the same path
@lru_cache(_KEPT)
def _nested_path(directory: str, file: str | None) -> dict[str, Value]:
    """`path` for Go templates."""
    base = posixpath.basename(directory)
    found: dict[str, Value] = {"path": directory, "basename": base, "basenameNormalized": normalize(base)}
    if file is not None:
        name = posixpath.basename(file)
        found["filename"] = name
        found["filenameNormalized"] = normalize(name)
    found["segments"] = StringList(directory.split("/"))
    return found


@lru_cache(_KEPT)
def _flat_path(directory: str, file: str | None, start: str) -> dict[str, Value]:
    """The parameters of a path for plain tokens. start: `path`, or with a prefix before it."""
    base = posixpath.basename(directory)
    found: dict[str, Value] = {
        start: directory,
        f"{start}.basename": base,
        f"{start}.basenameNormalized": normalize(base),
    }
    if file is not None:
        name = posixpath.basename(file)
        found[f"{start}.filename"] = name
        found[f"{start}.filenameNormalized"] = normalize(name)
    for index, part in enumerate(directory.split("/")):
        if part:
            found[f"{start}[{index}]"] = part
    return found
