"""
The Applications that the ApplicationSets of a repository generate: `gitops-lint render`, and `gitops_lint.render`.

Only what generating asks for is read: ApplicationSets, Secrets of clusters, Argo CD's settings, and the files that
generators name. Rules, schemas and references have no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from gitops_lint.config import Config
from gitops_lint.errors import UsageError
from gitops_lint.model.argocd import GROUP
from gitops_lint.model.resource import Resource
from gitops_lint.options import Options
from gitops_lint.pipeline import configured, is_below
from gitops_lint.repo.discover import Tree, WorkingTree, find_root, relative_paths
from gitops_lint.repo.facts import FileFacts, facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import Loader, load_bytes
from gitops_lint.repo.roles import Roles, roles_of
from gitops_lint.report.rendered import Remark, RenderedApplication, RenderedSet, Rendering, ShownPlace
from gitops_lint.simulate.applicationset.generate import GeneratedApplication, GeneratedSet, generate
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet, Unexpanded
from gitops_lint.simulate.applicationset.surroundings import surroundings_of
from gitops_lint.text.inside import place_of
from gitops_lint.text.lines import Lines
from gitops_lint.text.nodes import Node
from gitops_lint.text.path import render as path_text
from gitops_lint.text.scalars import get, items
from gitops_lint.text.source import decode
from gitops_lint.text.span import Place

KIND = "ApplicationSet"
# a file without any of these holds nothing that generating asks for
_WORDS = (KIND.encode(), b"argocd.argoproj.io/secret-type", b"argocd-cm", b"argocd-rbac-cm")


def render(*paths: str | Path, options: Options | None = None, sets: Sequence[str] = ()) -> Rendering:
    """
    The Applications that the ApplicationSets below paths generate; without paths, those of the current folder.

    sets: names of ApplicationSets, `*` and `?` count; empty: all. Raises GitopsLintError for a path or a configuration that is
    wrong, and for a name that fits no ApplicationSet.
    """
    given = [str(path) for path in paths] or ["."]
    asked = options or Options()
    chosen = [Path(path) for path in given]
    root = find_root(chosen, Path(asked.root) if asked.root else None, isolated=asked.isolated)
    config = configured(chosen, root, asked)
    repo = repo_of(WorkingTree(root, config.exclude, config.limits), config)
    below = relative_paths(root, chosen)
    return rendered(repo, below, sets)


def repo_of(tree: Tree, config: Config) -> Repo:
    """As much of a repository as generating asks for."""
    roles = roles_of(tree)
    loader = Loader(tree, roles.of)
    return Repo(tree, roles, _facts(tree, roles, loader), config, loader=loader)


def _facts(tree: Tree, roles: Roles, loader: Loader) -> list[FileFacts]:
    found = []
    for file, role in roles.items():
        try:
            data = tree.read(file)
        except OSError:
            continue
        if any(word in data for word in _WORDS):
            loaded = load_bytes(data, file, role)
            loader.keep(loaded)
            found.append(facts_of(loaded, None))
    return found


def rendered(repo: Repo, below: Sequence[str] = ("",), sets: Sequence[str] = ()) -> Rendering:
    """The ApplicationSets below some paths, relative to the root, that have one of the names, rendered."""
    chosen = [one for one in repo.resources(GROUP, KIND) if is_below(one.file, below)]
    if sets:
        _refuse_unknown(chosen, sets)
        chosen = [one for one in chosen if any(fnmatchcase(one.name, name) for name in sets)]
    surroundings = repo.once(surroundings_of)
    places = _Places(repo)
    return Rendering(tuple(_rendered_set(generate(one, surroundings), places) for one in chosen))


def _refuse_unknown(chosen: Sequence[Resource], sets: Sequence[str]) -> None:
    names = sorted({one.name for one in chosen})
    for wanted in sets:
        if not any(fnmatchcase(name, wanted) for name in names):
            from difflib import get_close_matches

            close = get_close_matches(wanted, names, n=1)
            help = f"did you mean `{close[0]}`?" if close else ""
            raise UsageError(f"no ApplicationSet is called `{wanted}`", help=help)


class _Places:
    """Places as people count them; the lines of a file are counted once."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._lines: dict[str, Lines | None] = {}

    def shown(self, place: Place | None) -> ShownPlace | None:
        """None where there is no place, or its file cannot be read."""
        if place is None:
            return None
        if place.start == 0:
            return ShownPlace(place.file, 1, 1)
        lines = self._of(place.file)
        if lines is None or place.start > len(lines.text):
            return None
        at = lines.position(place.start)
        return ShownPlace(place.file, at.line, at.column)

    def node(self, node: Node) -> ShownPlace | None:
        return self.shown(place_of(node))

    def _of(self, file: str) -> Lines | None:
        if file not in self._lines:
            try:
                self._lines[file] = Lines(decode(self._repo.tree.read(file))[0])
            except OSError:
                self._lines[file] = None
        return self._lines[file]


def _rendered_set(generated: GeneratedSet, places: _Places) -> RenderedSet:
    appset = generated.appset
    root = appset.root
    here = places.node(root) or ShownPlace(appset.file, 1, 1)
    entries = _Entries(appset)
    templates: dict[int, ShownPlace | None] = {}

    def application(one: GeneratedApplication) -> RenderedApplication:
        start = one.root.start
        if start not in templates:
            templates[start] = places.node(one.root)
        made_from = one.origin.made_from
        element = places.shown(made_from[0]) if made_from and has_element(one.params) else None
        return RenderedApplication(one.root, entries.path(one.params.generator), element, templates[start])

    return RenderedSet(
        appset.name,
        appset.namespace,
        here,
        tuple(application(one) for one in generated.applications),
        None if generated.error is None else _error(generated.error, here, places),
        tuple(_unknown(one, here, places) for one in generated.unknown),
    )


def has_element(params: ParamSet) -> bool:
    """Whether something was written for a set, or for one that a matrix or merge made it of."""
    return params.element is not None or any(map(has_element, params.parts))


def _error(error: GenerationError, here: ShownPlace, places: _Places) -> Remark:
    shown = (places.shown(one) for one in error.places)
    return Remark(error.message, next((one for one in shown if one is not None), here), error.help)


def _unknown(one: Unexpanded, here: ShownPlace, places: _Places) -> Remark:
    return Remark(one.why, places.node(one.node) or here)


class _Entries:
    """The entries of `spec.generators`, by what lies in them."""

    def __init__(self, appset: Resource) -> None:
        self._entries = items(get(get(appset.root, "spec"), "generators"))
        self._known: dict[int, str] = {}

    def path(self, generator: Node) -> str:
        """The path of the entry that a generator, or a part of one, is written in."""
        known = self._known.get(id(generator))
        if known is None:
            at = next((at for at, one in enumerate(self._entries) if _holds(one, generator)), None)
            known = self._known[id(generator)] = path_text(("spec", "generators", *(() if at is None else (at,))))
        return known


def _holds(entry: Node, node: Node) -> bool:
    return entry.source is node.source and entry.start <= node.start and node.end <= entry.end
