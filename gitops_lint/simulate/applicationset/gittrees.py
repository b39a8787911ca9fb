"""A Git repository as git generators look at it: its directories and files by pattern, and what its files say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import field
from functools import cached_property

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.values import Value, of_plain
from gitops_lint.repo.discover import Tree
from gitops_lint.simulate.applicationset.decoding import DecodeError, first_document, not_of_type
from gitops_lint.simulate.applicationset.flatten import texts
from gitops_lint.simulate.applicationset.git_globs import (
    PatternError,
    byte_text,
    directory_expression,
    doublestar_expression,
    literal_end,
    literal_start,
    pathspec_expression,
)
from gitops_lint.text.nodes import Node, Source
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import is_null, plain
from gitops_lint.text.source import decode
from gitops_lint.text.span import Place

Keep = Callable[[str, tuple[str, ...], Callable[[], object]], object]

_WILD = "*?[\\{"


@dataclass(slots=True, eq=False)
class Content:
    """One set of parameters that a file holds. values: as Go templates see them; never changed. place: where they stand."""

    values: dict[str, Value]
    place: Place | None
    _texts: dict[str, str] | None = field(default=None, init=False)

    @property
    def texts(self) -> dict[str, str]:
        """The values as plain tokens see them: flat names and their texts."""
        if self._texts is None:
            self._texts = texts(self.values)
        return self._texts


class ContentError(Exception):
    """A file that gives no parameters. message: the controller's words, as far as they do not depend on its parser."""

    def __init__(self, message: str, place: Place | None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


class GitTree:
    """
    One checkout. own: it is the linted repository, so that its files have places; files of others have none.

    Everything is found once: directories for the tree, matches for each pattern, parameters for each file. keep: where that
    is kept, by a word and texts; None: here.
    """

    def __init__(self, tree: Tree, *, own: bool = True, keep: Keep | None = None) -> None:
        self.tree = tree
        self.own = own
        self._kept: dict[tuple[str, ...], object] = {}
        self._keep: Keep = keep if keep is not None else self._keep_here

    def _keep_here(self, what: str, args: tuple[str, ...], work: Callable[[], object]) -> object:
        key = (what, *args)
        if key not in self._kept:
            self._kept[key] = work()
        return self._kept[key]

    def _all(self) -> None:
        """Looks at what there is, so that it is noted for who asks now (`repo.asked`): the lists below are made once."""
        self.tree.every_file()
        self.tree.skipped  # noqa: B018 - a note

    @cached_property
    def files(self) -> Sequence[str]:
        """Every file, sorted: what this run leaves out is in Git all the same."""
        return self.tree.every_file()

    @cached_property
    def directories(self) -> tuple[str, ...]:
        """Every directory but the root, as filepath.WalkDir comes to them: depth first, those of one directory by name."""
        found: set[str] = {one.file for one in self.tree.skipped if one.kind == "nested-repository"}
        for file in self.files:
            at = file.rfind("/")
            while at > 0 and file[:at] not in found:
                found.add(file[:at])
                at = file.rfind("/", 0, at)
        return tuple(sorted(found, key=lambda one: one.split("/")))

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {directory: rank for rank, directory in enumerate(self.directories)}

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """Directory to the names of those directly in it, sorted."""
        found: dict[str, list[str]] = {}
        for one in self.directories:
            parent, _, name = one.rpartition("/")
            found.setdefault(parent, []).append(name)
        return found

    def walk_order(self, directories: set[str]) -> list[str]:
        self._all()
        return sorted(directories, key=self._rank.__getitem__)

    def matching_directories(self, pattern: str) -> tuple[str, ...]:
        """The directories that a pattern names; none for one that Go refuses, which the controller only logs."""
        found = self._keep("matching_directories", (pattern,), lambda: self._directories_or_none(pattern))
        assert isinstance(found, tuple)  # what is worked out below
        return found

    def _directories_or_none(self, pattern: str) -> tuple[str, ...]:
        self._all()
        try:
            return self._directories(pattern)
        except PatternError:
            return ()

    def _directories(self, pattern: str) -> tuple[str, ...]:
        if "[" in pattern or "\\" in pattern:
            # a class may hold a slash
            matches = _matcher(directory_expression(pattern))
            return tuple(one for one in self.directories if matches(one))
        found = [""]
        for part in pattern.split("/"):
            found = list(self._steps(found, part))
        return tuple(one for one in found if one)

    def _steps(self, parents: list[str], part: str) -> list[str]:
        wild = "*" in part or "?" in part
        matches = _matcher(directory_expression(part)) if wild else None
        found = []
        for parent in parents:
            start = f"{parent}/" if parent else ""
            if matches is None:
                if part and f"{start}{part}" in self._rank:
                    found.append(f"{start}{part}")
            else:
                found += [f"{start}{name}" for name in self._below.get(parent, ()) if matches(name)]
        return found

    def matching_files(self, pattern: str, *, new: bool) -> tuple[str, ...]:
        """
        The files that a pattern names, sorted. new: by doublestar, else as `git ls-files` does.

        Raises PatternError for one that is refused, and for a directory that doublestar names.
        """
        what = "matching_files_new" if new else "matching_files"
        found = self._keep(what, (pattern,), lambda: self._files(pattern, new))
        assert isinstance(found, tuple)  # what is worked out below
        return found

    def _files(self, pattern: str, new: bool) -> tuple[str, ...]:
        self._all()
        return self._new_files(pattern) if new else self._listed(pattern)

    def _listed(self, pattern: str) -> tuple[str, ...]:
        expression = pathspec_expression(pattern or ".")
        if not any(mark in pattern for mark in _WILD):
            path = "/".join(part for part in pattern.split("/") if part not in ("", "."))
            if ".." not in path:
                return self._literal(path, whole=not pattern.endswith("/"))
        matches = _matcher(expression)
        end = literal_end(pattern)
        # a pattern also names what lies below it where it is taken letter by letter
        literal = self._literal(pattern, whole=True) if end else ()
        found = [one for one in self._candidates(pattern, end) if matches(byte_text(one))]
        return tuple(sorted({*found, *literal})) if literal else tuple(found)

    def _candidates(self, pattern: str, end: str) -> Sequence[str]:
        """Files that may fit a pattern with wildcards, by the text before the first of them and behind the last."""
        start = literal_start(pattern)
        below = self._under("" if ".." in start else start)
        return [one for one in below if one.endswith(end)] if end else below

    def _literal(self, path: str, *, whole: bool) -> tuple[str, ...]:
        if not path:
            return tuple(self.files)
        own = (path,) if whole and path in self._known else ()
        return (*own, *self._under(path))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.files)

    def _under(self, directory: str) -> Sequence[str]:
        """The files below a directory."""
        if not directory:
            return self.files
        # "0" follows "/" among characters
        return self.files[bisect_left(self.files, f"{directory}/") : bisect_left(self.files, f"{directory}0")]

    def _new_files(self, pattern: str) -> tuple[str, ...]:
        matches = _matcher(doublestar_expression(pattern))
        end = literal_end(pattern)
        for directory in self.directories:
            if directory.endswith(end) and matches(directory):
                raise PatternError(f"read {directory}: is a directory")
        if matches(""):
            raise PatternError("read .: is a directory")
        return tuple(one for one in self._candidates(pattern, end) if matches(one))

    def contents(self, file: str) -> tuple[Content, ...]:
        """The sets of parameters that a file holds, without its path. Raises ContentError."""
        found = self._keep("contents", (file,), lambda: self._read_or_error(file))
        if isinstance(found, ContentError):
            raise found
        assert isinstance(found, tuple)  # what is worked out below
        return found

    def _read_or_error(self, file: str) -> tuple[Content, ...] | ContentError:
        try:
            return self._read(file)
        except ContentError as error:
            return error

    def _read(self, file: str) -> tuple[Content, ...]:
        """
        A map is one set, a list of maps one for each, nothing and null one without parameters; only the first document counts.

        Source: argo-cd applicationset/generators/git.go generateParamsFromGitFile.
        """
        name = file if self.own else None
        try:
            text, undecodable = decode(self.tree.read(file))
        except OSError as error:
            raise UnseenFileError(f"`{file}` cannot be read: {error}") from error
        if undecodable:
            first = undecodable[0]
            raise ContentError(f"unable to parse file: {first.message}", _place(name, first.start, first.end))
        try:
            root = first_document(Source(text, name))
        except DecodeError as error:
            raise ContentError(
                f"unable to parse file: {error.message}", _place(name, error.start, error.end)
            ) from error
        if root is None or is_null(root):
            return (Content({}, _place(name, 0, 0)),)
        if not isinstance(root, SequenceNode):
            return (self._content(root, name, "[]map[string]interface {}"),)
        return tuple(self._content(one, name, "map[string]interface {}") for one in root.items)

    def _content(self, node: Node, file: str | None, wanted: str) -> Content:
        place = _place(file, node.start, node.end)
        values = None if is_null(node) else plain(node)
        if values is None:
            return Content({}, place)
        if not isinstance(values, dict):
            raise ContentError(f"unable to parse file: {not_of_type(values, wanted)}", place)
        return Content(of_plain(values), place)


class UnseenFileError(Exception):
    """A file of the tree that cannot be read here, so that nobody can tell what it gives."""


def _place(file: str | None, start: int, end: int) -> Place | None:
    return Place(file, start, end) if file is not None else None


def _matcher(expression: str) -> Callable[[str], bool]:
    # not at the top: most repositories have no git generator
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(expression, options=options)
    except re2.error as error:
        raise BeyondLimitError("the pattern of a git generator is too large to be followed", 0, 0) from error
    return lambda path: compiled.fullmatch(path) is not None
