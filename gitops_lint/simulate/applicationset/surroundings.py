"""
What generators see besides the ApplicationSet itself: the clusters that Argo CD knows, Git repositories, switches of the
controller, and what outside services are said to answer.
"""

from __future__ import annotations

import base64
import binascii
import os
import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from gitops_lint.config.settings import DEFAULT_LIMITS, Fixture
from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.values import StringMap, Value
from gitops_lint.model.resource import Found, Resource
from gitops_lint.pattern import pattern
from gitops_lint.repo.discover import Tree, WorkingTree
from gitops_lint.repo.gitdata import git_folder, normalise_url, read_regular, top_level
from gitops_lint.repo.index import ChangedMeanwhileError, Repo
from gitops_lint.simulate.applicationset.gittrees import GitTree, Keep
from gitops_lint.simulate.applicationset.labelling import selected_elsewhere
from gitops_lint.text.nodes import Mapping as MappingNode
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, get, is_null, templated, text_of, typed
from gitops_lint.text.span import Place

LOCAL_NAME = "in-cluster"
LOCAL_SERVER = "https://kubernetes.default.svc"
CLUSTER_LABEL = "argocd.argoproj.io/secret-type"
CLUSTER_VALUE = "cluster"
_SETTINGS = ("argocd-cm", "argocd-cmd-params-cm", "argocd-rbac-cm")
_GLOBBING = "applicationsetcontroller.enable.new.git.file.globbing"
_HIDDEN = "reposerver.include.hidden.directories"
_SCM = "applicationsetcontroller.enable.scm.providers"
_HASH = pattern(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# branches that a clone of another branch is about to be merged into
_TRUNKS = ("", "HEAD", "main", "master")


@dataclass(frozen=True, slots=True, eq=False)
class KnownCluster:
    """
    A cluster as its Secret tells it.

    labels: that of CLUSTER_LABEL is always among them. namespace: of the Secret; None where nothing says it. place: the Secret;
    None for one of the configuration.
    """

    name: str
    server: str
    project: str = ""
    labels: StringMap = field(default_factory=lambda: StringMap({CLUSTER_LABEL: CLUSTER_VALUE}))
    annotations: StringMap = field(default_factory=StringMap)
    namespace: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Switches:
    """What the controller is started with. Each is Argo CD's own default where nothing is said."""

    new_globbing: bool = False
    hidden_directories: bool = False
    scm_providers: bool = True


class Surroundings:
    """
    What generators see.

    clusters: those that have a Secret; the local cluster is not among them unless it has one. missing_clusters: why there may
    be others; "" where these are all. namespace: Argo CD's own; None where it is that of the ApplicationSet. tree: the linted
    repository, own_urls: how it is called, None where nobody knows; other_trees: checkouts by normalised URL. branches: what a
    revision may be called that means what is checked out; None where any may. local_cluster: whether the local cluster counts
    although it has no Secret, and there may be Secrets elsewhere. most: how many sets are made at most.
    """

    def __init__(
        self,
        *,
        clusters: Sequence[KnownCluster] = (),
        missing_clusters: str = "",
        namespace: str | None = None,
        tree: Tree | None = None,
        own_urls: frozenset[str] | None = None,
        other_trees: Mapping[str, Tree] | None = None,
        branches: frozenset[str] | None = None,
        switches: Switches = Switches(),  # noqa: B008 - never changed
        fixtures: Sequence[Fixture] = (),
        local_cluster: bool = True,
        most: int = DEFAULT_LIMITS.applications,
        keep: Keep | None = None,
    ) -> None:
        self.clusters = tuple(sorted(clusters, key=lambda one: one.name))
        self.missing_clusters = missing_clusters
        # by namespace, goTemplate and selector: the sets of a matrix ask the same again and again
        self.chosen_clusters: dict[tuple[str | None, bool, str], tuple[tuple[KnownCluster, dict[str, Value]], ...]] = {}
        self.local_cluster = local_cluster or not missing_clusters
        self.namespace = namespace
        self.switches = switches
        self.most = most
        self._fixtures = tuple(fixtures)
        self._own = GitTree(tree, keep=keep) if tree is not None else None
        self._own_urls = own_urls
        self._others = {url: GitTree(one, own=False) for url, one in (other_trees or {}).items()}
        self._branches = branches

    settled = True  # what it asks later is kept by the repository (`repo.asked`)

    @property
    def own_tree(self) -> GitTree:
        """The linted repository. Raises LookupError where there is none."""
        if self._own is None:
            raise LookupError("no tree is given")
        return self._own

    def clusters_in(self, namespace: str | None) -> Sequence[KnownCluster]:
        """The clusters whose Secrets an Argo CD in a namespace sees, by name; None: all."""
        if namespace is None:
            return self.clusters
        return [one for one in self.clusters if one.namespace in (None, namespace)]

    def git_tree(self, url: str, revision: str, path: str) -> GitTree | str:
        """What lies in a Git repository at a revision, or why it is not known. path: something that should exist there."""
        other = self._others.get(normalise_url(url))
        if other is not None:
            return other
        if self._own is None or not self._is_own(url, path):
            return f"the files of `{url}` are not here; `repositories:` in the configuration can say where they lie"
        if self._branches is not None and revision not in self._branches:
            return f"`{revision}` is not the branch that is checked out"
        if _HASH.fullmatch(revision):
            return f"`{revision}` is a commit, and may hold other files than what is checked out"
        return self._own

    def _is_own(self, url: str, path: str) -> bool:
        if self._own_urls is not None:
            return normalise_url(url) in self._own_urls
        return self._own is not None and self._own.tree.exists(path)

    def fixture(self, generator: str, applicationset: str) -> Fixture | None:
        """What the configuration says a generator of an ApplicationSet yields; None where it says nothing."""
        for one in self._fixtures:
            if one.generator == generator and fnmatchcase(applicationset, one.applicationset.replace("[", "[[]")):
                return one
        return None


def certain_surroundings_of(repo: Repo) -> Surroundings:
    """
    As `surroundings_of`, for whoever judges: where no Secret of a cluster is here, clusters are kept elsewhere, and the local
    one, which counts only without a Secret of its own, may have one there.
    """
    return surroundings_of(repo, local_cluster=False)


def surroundings_of(repo: Repo, *, local_cluster: bool = True) -> Surroundings:
    """What generators see in a repository; ask it by `repo.once(surroundings_of)`."""
    config = repo.config
    clusters, why = _clusters(repo)
    named = {one.name for one in clusters}
    clusters += [
        KnownCluster(
            one.name,
            one.server,
            one.project,
            StringMap({CLUSTER_LABEL: CLUSTER_VALUE, **one.labels}),
            StringMap(one.annotations),
        )
        for one in config.clusters
        if one.name not in named
    ]
    if config.clusters or "clusters" in config.said:
        why = ""
    elif not clusters and not why:
        why = "no Secret of a cluster is in this repository; `clusters:` in the configuration can name those that Argo CD knows"
    elif not why and selected_elsewhere(repo, [one.labels for one in clusters]):
        why = "most ApplicationSets select clusters that have no Secret in this repository; `clusters:` in the configuration can name them"
    # Argo CD counts paths from the top level
    part = _is_part(repo.tree)
    own = set() if part else {normalise_url(url) for url in repo.remotes}
    others = {}
    for url, folder in config.repositories.items():
        tree = repo.checkout(url)
        if posixpath.normpath(folder) == ".":
            own.add(normalise_url(url))
        elif tree is not None:
            others[normalise_url(url)] = tree
    return Surroundings(
        clusters=clusters,
        missing_clusters=why,
        namespace=_namespace(repo),
        tree=repo.tree if own or not part else None,
        own_urls=frozenset(own) if own else None,
        other_trees=others,
        branches=None if part else _branches(repo.tree),
        switches=_switches(repo),
        fixtures=config.generators,
        local_cluster=local_cluster,
        most=config.limits.applications,
        keep=partial(_keep, repo),
    )


def _keep(repo: Repo, what: str, args: tuple[str, ...], work: Callable[[], object]) -> object:
    """Keeps what is found in the tree of a repository: matches can be asked for again and compared, contents cannot."""
    question = ("once", __name__, what, *args) if what in ("matching_directories", "matching_files") else None
    return repo.kept((GitTree, what, *args), work, question)


def matching_directories(repo: Repo, pattern: str) -> tuple[str, ...]:
    """The directories of the linted repository that a pattern names."""
    return repo.once(surroundings_of).own_tree.matching_directories(pattern)


def matching_files(repo: Repo, pattern: str) -> tuple[str, ...]:
    """The files of the linted repository that a pattern names, as `git ls-files` does."""
    return repo.once(surroundings_of).own_tree.matching_files(pattern, new=False)


# ---- clusters


def _clusters(repo: Repo) -> tuple[list[KnownCluster], str]:
    """The clusters whose Secrets are written here, and why there may be more; "" where nothing says so."""
    found: list[KnownCluster] = []
    why = ""
    for resource in repo.resources("", "Secret"):
        label = repo.facts_of(resource).labels.get(CLUSTER_LABEL)
        if label != CLUSTER_VALUE and not (label is not None and templated(label)):
            continue
        cluster = _cluster(repo, resource)
        if cluster is None:
            why = f"the Secret `{resource.name}` of a cluster is not written out"
        else:
            found.append(cluster)
    for group, kind, path in _MAKERS:
        for resource in repo.resources(group, kind):
            node: Found = resource.root
            for key in path:
                node = get(node, key)
            if text_of(get(node, CLUSTER_LABEL)) == CLUSTER_VALUE:
                why = f"the {kind} `{resource.name}` makes the Secret of a cluster"
    return found, why


# what becomes a Secret in the cluster, and where the labels of that are
_MAKERS = (
    ("bitnami.com", "SealedSecret", ("spec", "template", "metadata", "labels")),
    ("external-secrets.io", "ExternalSecret", ("spec", "target", "template", "metadata", "labels")),
    (
        "external-secrets.io",
        "ClusterExternalSecret",
        ("spec", "externalSecretSpec", "target", "template", "metadata", "labels"),
    ),
    ("isindir.github.com", "SopsSecret", ("spec", "secretTemplates")),
)


def _cluster(repo: Repo, resource: Resource) -> KnownCluster | None:
    """A cluster by its Secret; None where the Secret is encrypted, templated or changed by a kustomization."""
    try:
        root = resource.root
    except ChangedMeanwhileError:
        return None
    name, server = _data(root, "name"), _data(root, "server")
    project = _data(root, "project")
    metadata = get(root, "metadata")
    labels, annotations = _texts(get(metadata, "labels")), _texts(get(metadata, "annotations"))
    if name is None or server is None or project is None or labels is None or annotations is None:
        return None
    facts = repo.facts_of(resource)
    home = repo.namespace_of(resource)
    return KnownCluster(
        name,
        server,
        project,
        labels,
        annotations,
        home if isinstance(home, str) else None,
        Place(resource.file, facts.start, facts.end),
    )


def _data(root: Found, key: str) -> str | None:
    """A value of a Secret, "" where there is none; None where it is not readable. `stringData` wins, as in the API server."""
    plain, encoded = get(get(root, "stringData"), key), get(get(root, "data"), key)
    if plain is UNKNOWN or (encoded is UNKNOWN and plain is MISSING):
        return None
    if isinstance(plain, Scalar):
        return None if templated(plain.text) or _is_encrypted(plain.text) else plain.text
    if isinstance(encoded, Scalar):
        if templated(encoded.text) or _is_encrypted(encoded.text):
            return None
        try:
            return base64.b64decode("".join(encoded.text.split()), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return None
    return ""


def _is_encrypted(text: str) -> bool:
    """Whether another tool puts the value in: SOPS, Argo CD Vault Plugin."""
    return text.startswith(("ENC[", "<"))


def _texts(node: Found) -> StringMap | None:
    """Labels or annotations; None where some are not known."""
    if node is UNKNOWN or (isinstance(node, MappingNode) and node.open):
        return None
    found = StringMap()
    for key, _, value in entries(node):
        if is_null(value):
            found[key] = ""
            continue
        text = typed(value) if isinstance(value, Scalar) else None
        if not isinstance(text, str) or templated(text):
            return None
        found[key] = text
    return found


# ---- where Argo CD is, and how it is started


def _namespace(repo: Repo) -> str | None:
    """The one namespace that Argo CD's own settings are in; None where there is none, or more."""
    found = Counter(
        home
        for name in _SETTINGS
        for resource in repo.named("", "ConfigMap", name)
        if isinstance(home := repo.namespace_of(resource), str)
    )
    return next(iter(found)) if len(found) == 1 else None


def _switches(repo: Repo) -> Switches:
    given: dict[str, bool] = {}
    for data in _parameters(repo):
        for key in (_GLOBBING, _HIDDEN, _SCM):
            text = text_of(get(data, key))
            if text in ("true", "false"):
                given[key] = text == "true"
    return Switches(given.get(_GLOBBING, False), given.get(_HIDDEN, False), given.get(_SCM, True))


def _parameters(repo: Repo) -> Iterator[Found]:
    """What argocd-cmd-params-cm is given: its `data`, and `configs.params` in values of the argo-cd chart."""
    for resource in repo.named("", "ConfigMap", "argocd-cmd-params-cm"):
        yield get(resource.root, "data")
    for file, one in repo.of_entity("argo-cd"):
        document = repo.document(file, one.number)
        root = document.root if document is not None else None
        for part in (root, get(root, "argo-cd"), get(root, "argocd")) if root is not None else ():
            if isinstance(part, MappingNode):
                yield get(get(part, "configs"), "params")


def _is_part(tree: Tree) -> bool:
    """Whether a working folder lies below the top level of its Git repository."""
    if not isinstance(tree, WorkingTree):
        return False
    root = Path(os.path.realpath(tree.root))
    return top_level(root) not in (None, root)


def _branches(tree: Tree) -> frozenset[str] | None:
    """Names of revisions that mean what is checked out; None where Git's data do not tell."""
    top = top_level(Path(tree.root)) if isinstance(tree, WorkingTree) else None
    git = git_folder(top) if top is not None else None
    if git is None:
        return None
    common = read_regular(git / "commondir", 4096)
    shared = git / common.strip().decode("utf-8", "surrogateescape") if common is not None else git
    if not _has_references(shared):
        return None
    found = set(_TRUNKS)
    for file, start in (
        (git / "HEAD", "ref: refs/heads/"),
        (shared / "refs/remotes/origin/HEAD", "ref: refs/remotes/origin/"),
    ):
        text = (read_regular(file, 4096) or b"").decode("utf-8", "replace").strip()
        if text.startswith(start):
            found.add(text.removeprefix(start))
    return frozenset({*found, *(f"refs/heads/{one}" for one in found if one not in ("", "HEAD"))})


def _has_references(git: Path) -> bool:
    if (git / "packed-refs").is_file():
        return True
    return any(any(one.is_file() for one in (git / "refs" / kind).rglob("*")) for kind in ("heads", "remotes"))
