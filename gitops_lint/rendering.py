"""
The Applications that the ApplicationSets of a repository generate, and what a change does to them: `gitops-lint render`, and
`gitops_lint.render`.

Only what generating asks for is read: ApplicationSets, Secrets of clusters, Argo CD's settings, and the files that
generators name. Rules, schemas and references have no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from fnmatch import fnmatchcase
from pathlib import Path

from gitops_lint.config import Config
from gitops_lint.dsl.world import Part
from gitops_lint.errors import UsageError
from gitops_lint.model.argocd import GROUP
from gitops_lint.model.resource import Resource
from gitops_lint.model.secrets import credentials_in
from gitops_lint.options import Options
from gitops_lint.pipeline import configured, is_below
from gitops_lint.repo.committree import CommitTree, tree_before
from gitops_lint.repo.discover import Tree, WorkingTree, find_root, relative_paths
from gitops_lint.repo.facts import FileFacts, facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import Loader, load_bytes
from gitops_lint.repo.roles import Roles, roles_of
from gitops_lint.report.compared import Comparison, ShownChange, ShownSet, State, shown_field
from gitops_lint.report.rendered import Remark, RenderedApplication, RenderedSet, Rendering, ShownPlace
from gitops_lint.simulate.applicationset.comparison import ApplicationChange, SetChange, compared
from gitops_lint.simulate.applicationset.generate import GeneratedApplication, GeneratedSet, generate
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet, Unexpanded
from gitops_lint.simulate.applicationset.surroundings import surroundings_of
from gitops_lint.simulate.applicationset.validation import NameProblem, name_problems
from gitops_lint.text.inside import place_of
from gitops_lint.text.lines import Lines
from gitops_lint.text.nodes import Mapping, Node, Sequence, Unknown, children
from gitops_lint.text.path import render as path_text
from gitops_lint.text.scalars import get, items
from gitops_lint.text.source import decode
from gitops_lint.text.span import Place

KIND = "ApplicationSet"
# a file without any of these holds nothing that generating asks for
_WORDS = (KIND.encode(), b"argocd.argoproj.io/secret-type", b"argocd-cm", b"argocd-rbac-cm")


def render(*paths: str | Path, options: Options | None = None, sets: SequenceOf[str] = ()) -> Rendering:
    """
    The Applications that the ApplicationSets below paths generate; without paths, those of the current folder.

    sets: names of ApplicationSets, `*` and `?` count; empty: all. Raises GitopsLintError for a path or a configuration that is
    wrong, and for a name that fits no ApplicationSet.
    """
    root, config, below = _asked(paths, options)
    repo = repo_of(WorkingTree(root, config.exclude, config.limits), config)
    chosen = applicationsets(repo, below)
    _refuse_unknown(chosen, sets)
    return Rendering(_shown(generated_sets(repo, _named(chosen, sets)), repo))


def compare(*paths: str | Path, against: str, options: Options | None = None, sets: SequenceOf[str] = ()) -> Comparison:
    """
    What the ApplicationSets below paths generate otherwise than at a commit: the one at which the history of now and that of
    `against`, a branch, a tag or a hash, parted.

    Both sides are read by the configuration of now. Raises GitopsLintError as `render` does, and for what is no commit.
    """
    root, config, below = _asked(paths, options)
    tree, commit = tree_before(root, against, config.exclude, config.limits, flag="--against")
    repo = repo_of(WorkingTree(root, config.exclude, config.limits), config)
    old = _EarlierRepo(tree, repo)
    before, after = applicationsets(old, below), applicationsets(repo, below)
    _refuse_unknown([*before, *after], sets)
    then, now = generated_sets(old, _named(before, sets)), generated_sets(repo, _named(after, sets))
    sides = (_Side(old), _Side(repo))
    changes = tuple(_shown_set(one, *sides) for one in compared(then, now))
    return Comparison(against, commit, changes, Rendering(tuple(sides[1].set(one) for one in now)))


def _asked(paths: SequenceOf[str | Path], options: Options | None) -> tuple[Path, Config, list[str]]:
    """The root, the configuration, and the paths relative to the root."""
    asked = options or Options()
    chosen = [Path(path) for path in paths] or [Path()]
    root = find_root(chosen, Path(asked.root) if asked.root else None, isolated=asked.isolated)
    return root, configured(chosen, root, asked), relative_paths(root, chosen)


class _EarlierRepo(Repo):
    """A commit of a repository: other repositories lie where they lie now, and its URLs are those of now."""

    def __init__(self, tree: CommitTree, now: Repo) -> None:
        roles = roles_of(tree)
        loader = Loader(tree, roles.of)
        super().__init__(tree, roles, _facts(tree, roles, loader), now.config, loader=loader, remote_urls=now.remotes)
        self._now = now

    def checkout(self, url: str) -> Tree | None:
        return self._now.checkout(url)


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


def applicationsets(repo: Repo, below: SequenceOf[str] = ("",)) -> list[Resource]:
    """The ApplicationSets below some paths, relative to the root; by file and place."""
    return [one for one in repo.resources(GROUP, KIND) if is_below(one.file, below)]


def generated_sets(repo: Repo, chosen: SequenceOf[Resource]) -> list[GeneratedSet]:
    """What ApplicationSets of a repository generate."""
    surroundings = repo.once(surroundings_of)
    return [generate(one, surroundings) for one in chosen]


def _named(chosen: SequenceOf[Resource], sets: SequenceOf[str]) -> list[Resource]:
    """Those that have one of the names; all where no name is given."""
    return [one for one in chosen if not sets or any(fnmatchcase(one.name, name) for name in sets)]


def _refuse_unknown(chosen: SequenceOf[Resource], sets: SequenceOf[str]) -> None:
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

    def elements(self, application: GeneratedApplication) -> tuple[ShownPlace, ...]:
        """What was written for an Application; without any, its origin names its generator."""
        if not has_element(application.params):
            return ()
        return tuple(shown for one in application.origin.made_from if (shown := self.shown(one)) is not None)

    def _of(self, file: str) -> Lines | None:
        if file not in self._lines:
            try:
                self._lines[file] = Lines(decode(self._repo.tree.read(file))[0])
            except OSError:
                self._lines[file] = None
        return self._lines[file]


def _shown(generated: SequenceOf[GeneratedSet], repo: Repo) -> tuple[RenderedSet, ...]:
    places = _Places(repo)
    return tuple(_rendered_set(one, places) for one in generated)


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
        return RenderedApplication(one.root, entries.path(one.params.generator), places.elements(one), templates[start])

    return RenderedSet(
        appset.name,
        appset.namespace,
        here,
        tuple(application(one) for one in generated.applications),
        None if generated.error is None else _error(generated.error, here, places),
        (*(_unknown(one, here, places) for one in generated.unknown), *_unfinished(generated, here, places)),
        tuple(_refused(one, here, places) for one in name_problems(generated)),
    )


def _unfinished(generated: GeneratedSet, here: ShownPlace, places: _Places) -> Iterator[Remark]:
    """What is not known of a template, as of its first Application: parts that something else changes, or leaves to chance."""
    waiting: list[Node] = [one.root for one in generated.applications[:1]]
    told: set[str] = set()
    while waiting:
        node = waiting.pop(0)
        why = ""
        if isinstance(node, Unknown):
            why = f"a part of the template is not known: {node.why}"
        elif isinstance(node, Mapping | Sequence) and node.open:
            why = "the template may hold more than is written here"
        if why and why not in told:
            told.add(why)
            yield Remark(why, places.node(node) or here)
        waiting.extend(children(node))


def _refused(problem: NameProblem, here: ShownPlace, places: _Places) -> Remark:
    """Which Applications are not created, at what the first of them is made of."""
    made_from = problem.applications[0].origin.made_from
    place = places.shown(made_from[0]) if made_from else None
    count = len(problem.applications)
    what = "it" if count == 1 else f"any of the {count}"
    by = "the API server refuses" if problem.kind == "invalid" else "the controller does not create"
    return Remark(f"{by} {what}: {problem.message}", place or here)


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


# ---- two sides


class _Side:
    """One side of a comparison: what each of its Applications looks like to people."""

    def __init__(self, repo: Repo) -> None:
        self._places = _Places(repo)
        self._shown: dict[int, tuple[GeneratedSet, RenderedSet]] = {}  # the set is kept so that its id stays its own

    def set(self, one: GeneratedSet) -> RenderedSet:
        known = self._shown.get(id(one))
        if known is None:
            known = self._shown[id(one)] = (one, _rendered_set(one, self._places))
        return known[1]

    def places(self, application: GeneratedApplication) -> tuple[ShownPlace | None, ShownPlace | None]:
        """What was written for an Application, and its template."""
        elements = self._places.elements(application)
        return elements[0] if elements else None, self._places.node(application.root)


def _shown_set(change: SetChange, before: _Side, after: _Side) -> ShownSet:
    if change.after is not None:
        of = after.set(change.after)
        state: State = "new" if change.before is None else "kept"
    else:
        assert change.before is not None
        of, state = before.set(change.before), "gone"
    return ShownSet(
        of.name,
        of.namespace,
        state,
        of.place,
        of.error if state != "gone" else None,
        of.unknown if state != "gone" else (),
        change.notes,
        tuple(_shown_change(one, before, after) for one in change.applications),
    )


def _shown_change(change: ApplicationChange, before: _Side, after: _Side) -> ShownChange:
    element: ShownPlace | None = None
    template: ShownPlace | None = None
    if change.after is not None:
        element, template = after.places(change.after)
    elif change.before is not None:
        element, template = before.places(change.before)
    secrets: list[str] = []
    if any(one.path[:1] != ("spec",) or one.path[1:2] in _FREE for one in change.fields):
        secrets = [text for one in (change.before, change.after) if one is not None for text in _secrets(one.root)]
    fields = tuple(shown_field(one, secrets) for one in change.fields)
    return ShownChange(change.name, change.action, fields, change.notes, change.prunes, element, template)


# the fields of `spec` in which people write texts of their own
_FREE = (("source",), ("sources",), ("sourceHydrator",), ("info",))


def _secrets(root: Node) -> list[str]:
    """Texts of an Application that must not be shown, longest first."""
    found = set()
    for one in credentials_in(root):
        whole = one.whole
        text = whole.scalar.text if isinstance(whole, Part) else whole.source.text
        found.add(text[whole.start : whole.end].strip())
    return sorted(found - {""}, key=lambda text: (-len(text), text))
