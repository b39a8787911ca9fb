"""What each file of a tree is for. Runs in the main process before all else, because what a document is depends on it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from gitops_lint.pattern import pattern
from gitops_lint.repo.argosources import (
    GeneratorUse,
    SourceUse,
    generators_in,
    matching,
    mentions_sources,
    source_path,
    sources_in,
    value_file_paths,
)
from gitops_lint.repo.changes import Change, Renames, Target, is_literal
from gitops_lint.repo.discover import Tree, is_candidate
from gitops_lint.repo.globs import any_of
from gitops_lint.repo.kustomization import Kustomization, kustomization_files
from gitops_lint.repo.kustomizations import Kustomizations, read_kustomizations
from gitops_lint.repo.load import load
from gitops_lint.repo.paths import is_test_data, is_test_definition, is_text, role_by_path, template_folder
from gitops_lint.repo.role import MANIFEST, Role, RoleName
from gitops_lint.text.scalars import templated
from gitops_lint.text.source import decode
from gitops_lint.text.templates import action_at, is_template


class Roles:
    """
    The role of every file that is read, and what reading the roles has shown of the repository.

    charts: folders with a Chart.yaml. sources, generators: what Applications and ApplicationSets name, by file and place.
    """

    def __init__(
        self,
        by_file: Mapping[str, Role],
        kustomizations: Kustomizations,
        charts: frozenset[str] = frozenset(),
        sources: Sequence[SourceUse] = (),
        generators: Sequence[GeneratorUse] = (),
    ) -> None:
        self._by_file = dict(sorted(by_file.items()))
        self.kustomizations = kustomizations
        self.charts = charts
        self.sources = tuple(sources)
        self.generators = tuple(generators)

    def of(self, file: str) -> Role:
        """The role of a file; that of a manifest for one that was not there."""
        return self._by_file.get(file, MANIFEST)

    def items(self) -> Iterator[tuple[str, Role]]:
        """Every file that is to be read, with its role, sorted by path."""
        return iter(self._by_file.items())

    def __len__(self) -> int:
        return len(self._by_file)


def roles_of(tree: Tree) -> Roles:
    """The roles of a tree's files: kustomizations, charts and what Argo CD reads are looked at first."""
    candidates = [file for file in tree.files() if is_candidate(file) or is_text(file)]
    charts = frozenset(posixpath.dirname(file) for file in candidates if posixpath.basename(file) == "Chart.yaml")
    roles = {file: role_by_path(file, charts) for file in candidates}
    _mark_template_folders(tree, roles)
    kustomizations = read_kustomizations(tree, [file for file, role in roles.items() if role.name == "kustomization"])
    for one in kustomizations.all():
        _named_by_kustomization(roles, one)
    sources: list[SourceUse] = []
    generators: list[GeneratorUse] = []
    for file in _search(tree, roles, kustomizations):
        loaded = load(tree, file, roles[file])
        sources += sources_in(loaded)
        generators += generators_in(loaded)
    _named_by_argocd(tree, roles, sources, generators, charts)
    _mark_partial(roles, sources, kustomizations)
    _mark_pools(tree, roles, kustomizations)
    _mark_test_data(roles)
    return Roles(roles, kustomizations, charts, sources, generators)


def _mark_template_folders(tree: Tree, roles: dict[str, Role]) -> None:
    """Gives the role `template` to everything in folders that hold templates of an engine that is not Helm."""
    folders: dict[str, list[str]] = {}
    for file, role in roles.items():
        folder = template_folder(file) if role.name in ("manifest", "kustomization", "values", "other-tool") else None
        if folder is not None:
            folders.setdefault(folder, []).append(file)
    for folder, files in folders.items():
        if any(_is_template(tree, file) for file in files):
            for file in files:
                roles[file] = Role("template", (f"`{folder}` holds templates that an engine fills in",))


def _mark_test_data(roles: dict[str, Role]) -> None:
    """Gives the role `test-data` to manifests that only tests read; what something applies is none."""
    tests = {folder for folder, _, name in (file.rpartition("/") for file in roles) if is_test_definition(name)}
    for file, role in roles.items():
        if role.name != "manifest" or role.applied:
            continue
        folder = file.rpartition("/")[0]
        if is_test_data(file):
            roles[file] = replace(role, name="test-data", evidence=("its folder holds what tests read",))
        elif folder in tests:
            roles[file] = replace(role, name="test-data", evidence=("a definition of a test lies beside it",))


def _is_template(tree: Tree, file: str) -> bool:
    try:
        data = tree.read(file)
    except OSError:
        return False  # `load` says so when the file's turn comes
    if b"{%" not in data and b"{{" not in data:
        return False
    text = decode(data)[0]
    # in a folder of this name one value that is filled in is enough; elsewhere it would be a mistake
    return is_template(text) or action_at(text, 0, len(text)) is not None


def _search(tree: Tree, roles: dict[str, Role], kustomizations: Kustomizations) -> list[str]:
    """
    Looks once at the bytes of every manifest: which may hold Applications, and which of the changes that kustomizations make
    can be meant for it at all.
    """
    found: list[str] = []
    # by the tuple itself, which is shared by files of one folder; it is kept so that its id stays its own
    sieves: dict[int, tuple[tuple[Change, ...], list[tuple[Change, bytes, tuple[bytes, ...]]]]] = {}
    for file, role in roles.items():
        if role.name != "manifest":
            continue
        try:
            data = tree.read(file)
        except OSError:
            continue
        if mentions_sources(data):
            found.append(file)
        changes = kustomizations.changes_to(file)
        if changes:
            sieve = sieves.get(id(changes))
            if sieve is None:
                sieve = sieves[id(changes)] = (
                    changes,
                    [(change, *_words_of(change.target, change.renames)) for change in changes],
                )
            kept = tuple(
                change
                for change, kind, names in sieve[1]
                if kind in data and (not names or any(name in data for name in names))
            )
            roles[file] = replace(role, changes=kept)
    return found


@lru_cache(maxsize=65536)
def _words_of(target: Target, renames: Renames) -> tuple[bytes, tuple[bytes, ...]]:
    """The kind, and the names, one of which must stand in a file that a change is for; empty where a pattern is meant."""
    kind = target.kind if target.exact or is_literal(target.kind) else ""
    names: tuple[str, ...] = ()
    if target.name and (target.exact or is_literal(target.name)):
        names = tuple(
            target.name[len(before) : len(target.name) - len(behind)]
            for before, behind in renames
            if target.name.startswith(before) and target.name.endswith(behind)
        )
    return kind.encode(), tuple(name.encode() for name in names)


# ---- Argo CD


def _mark_partial(roles: dict[str, Role], sources: Sequence[SourceUse], kustomizations: Kustomizations) -> None:
    """
    Marks what an Application applies on the server's side: such a manifest may be a part of a resource that others complete.

    Source: argo-cd docs/user-guide/sync-options.md, Server-Side Apply (patching of existing resources).
    """
    partial: set[str] = set()
    built: set[str] = set()
    for use in sources:
        if not use.server_side or use.path is None or use.chart is not None:
            continue
        path = source_path(use)
        if path is None:
            means = any_of([use.path.text])
            built.update(one.directory for one in kustomizations.all() if means(one.directory))
        elif kustomizations.at(path) is not None:
            built.add(path)
        else:
            partial.update(files_of_directory_source(use, path, roles))
    for folder in built:
        partial.update(kustomizations.files_of(folder))
    for file in partial & roles.keys():
        roles[file] = replace(roles[file], partial=True)


_COMMENTED = pattern(r"^[ \t]*#[ \t]*-[ \t]+(\S+\.ya?ml)[ \t]*\r?$", re.MULTILINE)


def _mark_pools(tree: Tree, roles: dict[str, Role], kustomizations: Kustomizations) -> None:
    """
    Marks manifests of folders from which a kustomization above picks some, and keeps others commented out.

    Nothing applies the ones that are not picked; once they are, that kustomization's patches may complete them.
    """
    commented: dict[str, str] = {}
    for one in kustomizations.all():
        try:
            text = decode(tree.read(one.file))[0]
        except OSError:
            continue
        for found in _COMMENTED.finditer(text) if "#" in text else ():
            path = posixpath.normpath(posixpath.join(one.directory, found[1]))
            if posixpath.dirname(path) != one.directory:
                commented.setdefault(path, one.file)
    pools = {posixpath.dirname(path): by for path, by in commented.items()}
    for file, role in roles.items():
        by = commented.get(file) or pools.get(posixpath.dirname(file))
        if by is not None and role.name == "manifest" and not role.applied:
            roles[file] = replace(role, partial=True, evidence=(*role.evidence, f"{by} picks from its folder"))


def _named_by_argocd(
    tree: Tree,
    roles: dict[str, Role],
    sources: Sequence[SourceUse],
    generators: Sequence[GeneratorUse],
    charts: frozenset[str],
) -> None:
    by_application: dict[tuple[str, int], list[SourceUse]] = {}
    for use in sources:
        by_application.setdefault((use.file, use.document), []).append(use)
    known: dict[str, list[str]] = {}  # many ApplicationSets name value files by the same pattern
    for use in sources:
        for _, path in value_file_paths(use, by_application[use.file, use.document]):
            why = f"{use.words()} names it in valueFiles"
            if path not in known:
                known[path] = _named(path, roles) if templated(path) or "*" in path else [path]
            for file in known[path]:
                _give(roles, file, "values", why, only=("manifest", "values"))
        _directory_source(tree, roles, use, charts)
    manifests = [file for file, role in roles.items() if role.name == "manifest"]
    for generator in generators:
        if generator.field == "files":
            for file in matching(generator.patterns, manifests):
                why = f"the git generator of ApplicationSet {generator.name} reads it"
                _give(roles, file, "generator-input", why, only=("manifest",))


def _named(pattern: str, roles: Mapping[str, Role]) -> list[str]:
    # tokens alone name everything: then nothing is learnt
    if not posixpath.basename(pattern).strip("*{}. ").partition("{{")[0] and not pattern.endswith((".yaml", ".yml")):
        return []
    named = any_of([pattern])
    return [file for file, role in roles.items() if role.name in ("manifest", "values") and named(file)]


def _directory_source(tree: Tree, roles: dict[str, Role], use: SourceUse, charts: frozenset[str]) -> None:
    """Files of a folder that Argo CD reads as plain manifests: no kustomization, no chart in the folder itself."""
    path = source_path(use)
    if path is None or use.tool in ("plugin", "helm", "kustomize") or not tree.is_directory(path):
        return
    real = tree.resolve(path)
    if kustomization_files(tree, real) or real in charts:
        return
    for file in files_of_directory_source(use, real, roles):
        role = roles[file]
        if role.name == "manifest":
            why = f"{use.words()} reads the folder {path or '.'}"
            roles[file] = replace(role, evidence=(*role.evidence, why), applied=True)


def files_of_directory_source(use: SourceUse, directory: str, files: Iterable[str]) -> list[str]:
    """
    The files that Argo CD reads in a folder of plain manifests.

    Source: argo-cd reposerver/repository/repository.go getPotentiallyValidManifests: endings .yaml, .yml, .json, the folder
    itself unless `recurse`, include and exclude match the path below the folder.
    """
    prefix = f"{directory}/" if directory else ""
    include = any_of([use.include]) if use.include else None
    exclude = any_of([use.exclude]) if use.exclude else None
    found = []
    for file in files:
        if not file.startswith(prefix) or not file.endswith((".yaml", ".yml", ".json")):
            continue
        below = file[len(prefix) :]
        if "/" in below and not use.recurse:
            continue
        if exclude is not None and exclude(below):
            continue
        if include is None or include(below):
            found.append(file)
    return found


# ---- kustomize

_FIELDS: tuple[tuple[str, RoleName, str], ...] = (
    ("patches", "patch", "lists it as a patch"),
    ("patchesStrategicMerge", "patch", "lists it as a patch"),
    ("patchesJson6902", "patch", "lists it as a patch"),
    ("generators", "kustomize-plugin", "lists it under generators"),
    ("transformers", "kustomize-plugin", "lists it under transformers"),
    ("validators", "kustomize-plugin", "lists it under validators"),
    ("configurations", "kustomize-plugin", "lists it under configurations"),
    ("replacements", "kustomize-plugin", "lists it under replacements"),
    ("openapi", "kustomize-plugin", "takes its schema from it"),
    ("crds", "kustomize-plugin", "takes the schema of a kind from it"),
    ("configMapGenerator.files", "generated-data", "puts it into a ConfigMap"),
    ("configMapGenerator.envs", "generated-data", "puts it into a ConfigMap"),
    ("secretGenerator.files", "generated-data", "puts it into a Secret"),
    ("secretGenerator.envs", "generated-data", "puts it into a Secret"),
    ("helmCharts.valuesFile", "values", "gives it to a chart as values"),
)
_BY_FIELD = {field: (role, words) for field, role, words in _FIELDS}


def _named_by_kustomization(roles: dict[str, Role], one: Kustomization) -> None:
    for entry in one.entries:
        if entry.status != "file" or entry.target not in roles:
            continue
        file = entry.target
        role = roles[file]
        if entry.field in ("resources", "bases", "components", "generators.files"):
            why = f"{one.file} lists it under {entry.field.partition('.')[0]}"
            # what is listed as a resource is one, whatever else it is used for
            name: RoleName = (
                "manifest" if role.name not in ("kustomization", "chart-template", "chart-crds") else role.name
            )
            roles[file] = replace(role, name=name, evidence=_evidence(why, role), applied=True, built=True)
        elif entry.field in _BY_FIELD:
            name, words = _BY_FIELD[entry.field]
            _give(roles, file, name, f"{one.file} {words}", only=("manifest", "values", "other-tool", "text", name))


def _give(roles: dict[str, Role], file: str, name: RoleName, why: str, only: Sequence[RoleName]) -> None:
    """Gives a file a role, unless it is known to be read as manifests or has a role that says more."""
    role = roles.get(file)
    if role is None or role.name not in only or (role.applied and role.name == "manifest"):
        return
    roles[file] = replace(role, name=name, evidence=_evidence(why, role))


def _evidence(why: str, role: Role) -> tuple[str, ...]:
    # a base that hundreds of overlays name: three of them say enough
    return role.evidence if why in role.evidence or len(role.evidence) >= 3 else (why, *role.evidence)
