"""What an ApplicationSet finds in the repository: directories and files of git generators, cluster Secrets, ConfigMaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.applicationset import every_entry
from gitops_lint.model.argocd import Found, Generator, is_true
from gitops_lint.model.gitpatterns import directories_matching, files_matching, hidden, malformed, paths_matching
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.argosources import source_path
from gitops_lint.repo.gitdata import normalise_url
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, entries, get, items, templated, text_of, value

# Revisions that the checked-out files stand for; anything else may hold other files.
HERE = frozenset(("", "HEAD", "main", "master"))

# ---- patterns by themselves

PATH_PATTERN = record(
    "PathPattern",
    {
        "pattern": Field(TEXT, optional=False, doc="the pattern as written"),
        "field": Field(TEXT, optional=False, doc="`directories` or `files`"),
        "malformed": Field(TEXT, optional=False, doc="why it is refused, a clause; or empty"),
        "shellNegation": Field(BOOL, optional=False, doc="whether it holds `[!`, which does not negate here"),
        "braces": Field(BOOL, optional=False, doc="whether it holds `{a,b}`"),
        "exclude": Field(BOOL, optional=False, doc="whether it excludes"),
    },
    doc="a path of a git generator; it points at the path",
)


def _patterns(subject: Subject) -> Iterator[tuple[Generator, str, Scalar, bool]]:
    """Generator, field, path and whether it excludes, of all git generators; those with tokens are left out."""
    for entry in every_entry(subject.root or MISSING):
        for one in entry.generators:
            if one.kind != "git":
                continue
            # files beside directories are never looked at
            field = "directories" if items(get(one.node, "directories")) else "files"
            for item in items(get(one.node, field)):
                path = get(item, "path")
                if isinstance(path, Scalar) and not templated(path.text):
                    yield one, field, path, is_true(get(item, "exclude"))


@attribute(
    "ApplicationSet",
    "pathPatterns",
    returns=ListType(PATH_PATTERN),
    source="argo-cd applicationset/generators/git.go filterApps; Go path.Match",
)
def path_patterns(subject: Subject) -> Sequence[Value]:
    """The paths of git generators that hold no tokens."""
    return [
        Fact(
            "PathPattern",
            path,
            {
                "pattern": path.text,
                "field": field,
                "malformed": (malformed(path.text) or "") if field == "directories" else "",
                "shellNegation": field == "directories" and "[!" in path.text,
                "braces": field == "directories" and "{" in path.text and "," in path.text,
                "exclude": exclude,
            },
        )
        for _, field, path, exclude in _patterns(subject)
    ]


# ---- patterns against the files

PATH_MATCH = record(
    "PathMatch",
    {
        "pattern": Field(TEXT, optional=False, doc="the pattern as written"),
        "field": Field(TEXT, optional=False, doc="`directories` or `files`"),
        "found": Field(INTEGER, optional=False, doc="how many directories or files it names"),
        "hidden": Field(
            BOOL, optional=False, doc="whether it names directories that begin with a dot, which are not looked at"
        ),
        "braces": Field(BOOL, optional=False, doc="whether it would name some if `{a,b}` meant alternatives"),
        "near": Field(
            TEXT,
            optional=False,
            doc="the same pattern without `./` or a slash at its ends, where that names some; or empty",
        ),
        "deeper": Field(ListType(TEXT), optional=False, doc="files that it names only because `*` crosses slashes"),
        "directories": Field(
            ListType(TEXT), optional=False, doc="directories that it names as files, where the newer globbing is on"
        ),
    },
    doc="an including path of a git generator and what it names in this repository; it points at the path",
)


@attribute(
    "ApplicationSet",
    "pathMatches",
    returns=ListType(PATH_MATCH),
    needs={"index"},
    source="argo-cd applicationset/generators/git.go, util/git/client.go LsFiles",
)
def path_matches(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What git generators find here, where their repository is this one and their revision its main branch."""
    found: list[Value] = []
    for one, field, path, exclude in _patterns(subject):
        url, revision = text_of(get(one.node, "repoURL")), text_of(get(one.node, "revision"))
        if exclude or url is None or templated(url) or revision not in HERE:
            continue
        if is_here(repo, url) or (not repo.remotes and _sibling_matches(one, field, path, repo)):
            found.append(_match(path, field, repo))
    return found


def is_here(repo: Repo, url: str) -> bool:
    """
    Whether a repository is this one: by its remotes; where there are none, because sources of that URL name paths that
    exist here, and none names one that does not.
    """
    if repo.remotes:
        return repo.is_this_repository(url)
    wanted = normalise_url(url)
    paths = [
        path
        for use in repo.roles.sources
        if use.repo_url is not None and normalise_url(use.repo_url.text) == wanted and (path := source_path(use))
    ]
    return bool(paths) and sum(1 for path in paths if not repo.exists(path)) * 2 < len(paths)


def _sibling_matches(one: Generator, field: str, path: Scalar, repo: Repo) -> bool:
    """Whether another pattern of the same generator names something here."""
    for item in items(get(one.node, field)):
        other = get(item, "path")
        if isinstance(other, Scalar) and other is not path and not templated(other.text):
            if _match(other, field, repo).fields["found"]:
                return True
    return False


def _match(path: Scalar, field: str, repo: Repo) -> Fact:
    pattern = path.text
    fields: dict[str, Value] = {
        "pattern": pattern,
        "field": field,
        "found": 0,
        "hidden": False,
        "braces": False,
        "near": "",
        "deeper": [],
        "directories": [],
    }
    if field == "directories":
        every = _directories(repo)
        named = directories_matching(pattern, every)
        near = pattern.removeprefix("./").strip("/")
        fields["found"] = len(named)
        if not named:
            fields["hidden"] = any(hidden(one) and one == pattern for one in every)
            fields["braces"] = "{" in pattern and bool(paths_matching(pattern, every))
            fields["near"] = near if near != pattern and directories_matching(near, every) else ""
    else:
        files = repo.tree.files()
        wide, narrow = files_matching(pattern, files), paths_matching(pattern, files)
        newer = _new_globbing(repo)
        fields["found"] = len(narrow if newer else wide) if newer is not None else len({*wide, *narrow})
        if newer is True:
            fields["directories"] = paths_matching(pattern, _directories(repo))
        elif newer is False and narrow and "*" in pattern:
            fields["deeper"] = sorted(set(wide) - set(narrow))
    return Fact("PathMatch", path, fields)


def _directories(repo: Repo) -> list[str]:
    found: set[str] = set()
    for file in repo.tree.files():
        at = file.rfind("/")
        while at > 0 and file[:at] not in found:
            found.add(file[:at])
            at = file.rfind("/", 0, at)
    return sorted(found)


_SWITCH = "applicationsetcontroller.enable.new.git.file.globbing"


def _new_globbing(repo: Repo) -> bool | None:
    """Whether the controller is told to use the newer globbing; None where its configuration says something unclear."""
    for one in repo.named("", "ConfigMap", "argocd-cmd-params-cm"):
        given = text_of(get(get(one.root, "data"), _SWITCH))
        if given is not None:
            return {"true": True, "false": False}.get(given)
    return False


# ---- clusters

UNMATCHED_SELECTOR = record(
    "UnmatchedSelector",
    {
        "label": Field(TEXT, optional=False, doc="what is asked for, as `key=value`"),
        "others": Field(ListType(TEXT), optional=False, doc="values that cluster Secrets here have for that label"),
        "plain": Field(TEXT, optional=True, doc="the name of a Secret that has all labels but is no cluster Secret"),
    },
    doc="a label of a clusters selector that no cluster Secret of the repository has; it points at the value",
)
_TYPE = "argocd.argoproj.io/secret-type"


@attribute(
    "ApplicationSet",
    "unmatchedSelectors",
    returns=ListType(UNMATCHED_SELECTOR),
    needs={"index"},
    source="argo-cd applicationset/generators/cluster.go getSecretsByClusterName",
)
def unmatched_selectors(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Labels of clusters selectors that no cluster Secret here has, although some have that label with another value."""
    secrets = [(one, repo.facts_of(one).labels) for one in repo.resources("", "Secret")]
    clusters = [labels for _, labels in secrets if labels.get(_TYPE) == "cluster"]
    if any(templated(text) for labels in clusters for text in labels.values()):
        return ()
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        for one in entry.generators:
            wanted = get(get(one.node, "selector"), "matchLabels") if one.kind == "clusters" else MISSING
            if not isinstance(wanted, Mapping) or wanted.open:
                continue
            pairs = [(name, node, value(node)) for name, _, node in entries(wanted)]
            if any(not isinstance(text, str) for _, _, text in pairs):
                continue
            beside = [
                who
                for who, labels in secrets
                if labels.get(_TYPE) != "cluster" and _has(labels, pairs) and _is_cluster(who)
            ]
            if any(_has(labels, pairs) for labels in clusters) or not (clusters or beside):
                continue
            for name, node, text in pairs:
                others = sorted({labels[name] for labels in clusters if name in labels})
                # A label that no cluster here has at all speaks of clusters that are kept elsewhere.
                if beside or (others and text not in others):
                    fields: dict[str, Value] = {"label": f"{name}={text}", "others": others}
                    if beside:
                        fields["plain"] = beside[0].name
                    found.append(Fact("UnmatchedSelector", node, fields))
                    break
    return found


def _has(labels: object, pairs: Sequence[tuple[str, object, object]]) -> bool:
    return isinstance(labels, dict) and all(labels.get(name) == text for name, _, text in pairs)


def _is_cluster(secret: object) -> bool:
    """Whether a Secret holds what a cluster Secret holds: a server and a config."""
    root = getattr(secret, "root", MISSING)
    keys = {name for part in ("data", "stringData") for name, _, _ in entries(get(root, part))}
    return {"server", "config"} <= keys or {"server", "name"} <= keys


# ---- ConfigMaps of generators

GENERATOR_USE = record(
    "GeneratorUse",
    {
        "kind": Field(TEXT, optional=False, doc="plugin or clusterDecisionResource"),
        "set": Field(TEXT, optional=False, doc="name of the ApplicationSet"),
    },
    doc="an ApplicationSet whose generator reads this ConfigMap; it points at the name there",
)


@attribute(
    "ConfigMap",
    "generatorUses",
    returns=ListType(GENERATOR_USE),
    needs={"index"},
    source="argo-cd applicationset/generators/plugin.go, duck_type.go",
)
def generator_uses(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The plugin and clusterDecisionResource generators that name this ConfigMap."""
    who = resource_of(subject)
    return [
        Fact("GeneratorUse", name, {"kind": kind, "set": one.name})
        for one, kind, name in repo.once(_configured).get(who.name, ())
        if who.namespace is None or one.namespace is None or who.namespace == one.namespace
    ]


def _configured(repo: Repo) -> dict[str, list[tuple[Resource, str, Scalar]]]:
    """Name of a ConfigMap to the sets whose generators name it, with the generator's kind and the node."""
    found: dict[str, list[tuple[Resource, str, Scalar]]] = {}
    for one in repo.resources("argoproj.io", "ApplicationSet"):
        for entry in every_entry(one.root):
            for generator in entry.generators:
                name = _configuration(generator)
                if isinstance(name, Scalar) and name.text:
                    found.setdefault(name.text, []).append((one, generator.kind, name))
    return found


def _configuration(generator: Generator) -> Found:
    reference = get(generator.node, "configMapRef")
    if generator.kind == "plugin":
        return get(reference, "name")
    return reference if generator.kind == "clusterDecisionResource" else MISSING
