"""Secrets that Argo CD reads as clusters and repositories: whether it can, and what they switch off."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence

from gitops_lint.dsl.types import PLACE, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.languages.credentials import decoded, decoded_text
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, Missing, UnknownValue, get, is_null, templated, text_of

LABEL = "argocd.argoproj.io/secret-type"
_CLUSTER = "argo-cd util/db/cluster.go SecretToCluster"

CLUSTER_PROBLEM = record(
    "ClusterProblem",
    {
        "kind": Field(
            TextType(values=("undecodable", "insecure", "insecure-with-ca", "no-server")),
            optional=False,
            doc="what sort of mistake it is",
        ),
        "message": Field(TEXT, optional=False, doc="what is wrong, a clause"),
    },
    doc="what is wrong with a cluster as Argo CD reads it from a Secret; values it points at are never printed",
)
TWIN_CLUSTER = record(
    "TwinCluster",
    {
        "field": Field(TextType(values=("name", "server")), optional=False, doc="what both say"),
        "text": Field(TEXT, optional=False, doc="the name or the URL"),
        "other": Field(TEXT, optional=False, doc="the name of the other Secret"),
        "first": Field(PLACE, optional=False, doc="where the other says it"),
    },
    doc="another cluster Secret of the same Argo CD that says the same",
)


def secret_type(root: Node | None) -> str | None:
    """What Argo CD takes a Secret for, by its label; None where it has none."""
    return text_of(get(get(get(root, "metadata"), "labels"), LABEL)) if root is not None else None


def secret_text(root: Node, key: str) -> tuple[str | Missing | UnknownValue, Scalar | None, bool]:
    """The value of a key as the API server keeps it, its node, and whether the node is that very text (not base64)."""
    for field in ("stringData", "data"):
        node = get(get(root, field), key)
        if node is UNKNOWN:
            return UNKNOWN, None, False
        if not isinstance(node, Scalar) or is_null(node):
            continue
        if templated(node.text) or "<" in node.text or node.text.startswith("ENC["):
            return UNKNOWN, node, False
        if field == "stringData":
            return node.text, node, True
        text = decoded_text(node.text)
        return (UNKNOWN if text is None or templated(text) or "<" in text else text), node, False
    return MISSING, None, False


@attribute("Secret", "clusterProblems", returns=ListType(CLUSTER_PROBLEM), source=_CLUSTER)
def cluster_problems(subject: Subject) -> Sequence[Value]:
    """What keeps Argo CD from using the cluster, or makes it careless; empty for other Secrets."""
    root = subject.root
    if root is None or secret_type(root) != "cluster" or get(root, "sops") is not MISSING:
        return ()
    return list(_cluster_problems(root))


def _cluster_problems(root: Node) -> Iterator[Fact]:
    server, _, _ = secret_text(root, "server")
    holder = get(root, "stringData")
    data = get(root, "data")
    if server is MISSING and (holder is not MISSING or data is not MISSING):
        place = get(get(root, "metadata"), "name")
        yield _problem("no-server", "it has no `server`", place if isinstance(place, Scalar) else root)
    text, node, exact = secret_text(root, "config")
    if not isinstance(text, str) or node is None or not text.strip():
        return
    whole = _first_line(node)
    try:
        config = json.loads(text)
    except json.JSONDecodeError as error:
        at = min(error.pos, max(len(text) - 1, 0))
        spot = Part(node, at, at + 1, secret=True) if exact and text[at : at + 1].strip() else whole
        yield _problem("undecodable", "`config` is not JSON", spot)
        return
    wrong = next(_misfits(config, _CONFIG, ""), None)
    if wrong is not None:
        path, words, value = wrong
        yield _problem(
            "undecodable", f"`{path}` {words}" if path else f"`config` {words}", _spot(node, text, value, exact)
        )
        return
    tls = config.get("tlsClientConfig") or {} if isinstance(config, dict) else {}
    if tls.get("insecure") is True:
        if tls.get("caData"):
            yield _problem("insecure-with-ca", "`insecure: true` and `caData` exclude one another", whole)
        else:
            yield _problem("insecure", "`insecure: true` accepts any certificate", whole)


def _problem(kind: str, message: str, spot: Spot) -> Fact:
    return Fact("ClusterProblem", spot, {"kind": kind, "message": message}, title="config")


def _first_line(node: Scalar) -> Part:
    stop = node.text.find("\n")
    return Part(node, 0, len(node.text) if stop < 0 else stop, secret=True)


def _spot(node: Scalar, text: str, value: object, exact: bool) -> Part:
    """Where a value stands in a text of JSON; the whole of it where that cannot be told."""
    written = json.dumps(value)
    at = text.find(written) if exact and isinstance(value, str) and value else -1
    return Part(node, at, at + len(written), secret=True) if at >= 0 else _first_line(node)


_TEXT_FIELD, _BYTES, _FLAG, _TEXTS, _TEXT_MAP = "text", "bytes", "flag", "texts", "map"
_Shape = Mapping[str, "str | _Shape"]
_CONFIG: Mapping[str, object] = {
    "username": _TEXT_FIELD,
    "password": _TEXT_FIELD,
    "bearerToken": _TEXT_FIELD,
    "tlsClientConfig": {
        "insecure": _FLAG,
        "serverName": _TEXT_FIELD,
        "certData": _BYTES,
        "keyData": _BYTES,
        "caData": _BYTES,
    },
    "awsAuthConfig": {"clusterName": _TEXT_FIELD, "roleARN": _TEXT_FIELD, "profile": _TEXT_FIELD},
    "execProviderConfig": {
        "command": _TEXT_FIELD,
        "args": _TEXTS,
        "env": _TEXT_MAP,
        "apiVersion": _TEXT_FIELD,
        "installHint": _TEXT_FIELD,
    },
    "disableCompression": _FLAG,
    "proxyUrl": _TEXT_FIELD,
}


def _misfits(value: object, shape: object, path: str) -> Iterator[tuple[str, str, object]]:
    """Where JSON does not fit the Go types of ClusterConfig: path, a clause, the value. Null fits everything."""
    if value is None:
        return
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            yield path, "must be an object", value
            return
        for key, below in value.items():
            known = next((each for each in shape if each.lower() == key.lower()), None)
            if known is not None:
                yield from _misfits(below, shape[known], f"{path}.{known}" if path else known)
    elif shape == _FLAG:
        if not isinstance(value, bool):
            yield path, "must be true or false, without quotes", value
    elif shape == _TEXTS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            yield path, "must be a list of texts", value
    elif shape == _TEXT_MAP:
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            yield path, "must be an object of texts", value
    elif not isinstance(value, str):
        yield path, "must be a text", value
    elif shape == _BYTES and decoded(value) is None:
        yield path, "must be base64 (of the PEM text)", value


@attribute(
    "Secret",
    "insecureRepository",
    returns=TEXT,
    optional=True,
    source="argo-cd util/db/repository_secrets.go secretToRepository",
)
def insecure_repository(subject: Subject) -> Value:
    """The value of `insecure` or `insecureIgnoreHostKey` of a repository Secret of Argo CD, where that is true."""
    root = subject.root
    if root is None or secret_type(root) not in ("repository", "repo-creds", "repository-write", "repo-write-creds"):
        return MISSING
    for key in ("insecure", "insecureIgnoreHostKey"):
        text, node, _ = secret_text(root, key)
        if text == "true" and node is not None:
            return node
    return MISSING


@attribute("Secret", "twinClusters", returns=ListType(TWIN_CLUSTER), needs={"index", "kustomize"}, source=_CLUSTER)
def twin_clusters(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Earlier cluster Secrets, delivered together with this one, that have its name or its server."""
    root = subject.root
    if root is None or secret_type(root) != "cluster":
        return ()
    here = resource_of(subject)
    found: list[Value] = []
    for other in repo.labelled(LABEL, "cluster"):
        if (other.kind, other.group) != ("Secret", "") or other.name == here.name or other.root is None:
            continue
        if (other.file, other.document) >= (here.file, here.document) or not together(repo, here.file, other.file):
            continue
        if repo.namespace_of(here) != repo.namespace_of(other):
            continue
        for field in ("name", "server"):
            mine, node, _ = secret_text(root, field)
            theirs, first, _ = secret_text(other.root, field)
            if isinstance(mine, str) and isinstance(theirs, str) and mine and _same(field, mine, theirs):
                fields: dict[str, Value] = {"field": field, "text": mine, "other": other.name, "first": first}
                found.append(Fact("TwinCluster", node, fields, title=mine))
    return found


def _same(field: str, one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/") if field == "server" else one == other


def together(repo: Repo, one: str, other: str) -> bool:
    """Whether two files reach one cluster together: they lie in one folder, or one build holds both."""
    if posixpath.dirname(one) == posixpath.dirname(other):
        return True
    builds = {placement.build for placement in repo.placements(one)}
    return any(placement.build in builds for placement in repo.placements(other))


# what lies in Argo CD's own namespace: its settings, else projects, else ApplicationSets, which may lie in others as well
_HOMES: tuple[tuple[tuple[str, str, str | None], ...], ...] = (
    (("", "ConfigMap", "argocd-cm"), ("", "ConfigMap", "argocd-cmd-params-cm"), ("", "ConfigMap", "argocd-rbac-cm")),
    (("argoproj.io", "AppProject", None),),
    (("argoproj.io", "ApplicationSet", None),),
)


@attribute(
    "Secret",
    "argocdNamespace",
    returns=TEXT,
    optional=True,
    needs={"index", "kustomize"},
    source="argo-cd util/db/cluster.go, applicationset/utils/clusterUtils.go ListClusters",
)
def argocd_namespace(subject: Subject, repo: Repo) -> Value:
    """The namespace of Argo CD, for a cluster Secret: where its settings are, else its projects, else its ApplicationSets."""
    root = subject.root
    if root is None or secret_type(root) != "cluster":
        return MISSING
    found = repo.once(_argocd_namespace)
    return MISSING if found is None else found


def _argocd_namespace(repo: Repo) -> str | None:
    for some in _HOMES:
        there = {
            repo.namespace_of(one)
            for group, kind, name in some
            for one in (repo.resources(group, kind) if name is None else repo.named(group, kind, name))
        }
        if there:
            only = there.pop() if len(there) == 1 else None
            return only if isinstance(only, str) else None
    return None
