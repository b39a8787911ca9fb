"""External Secrets, Vault's operator and ksops: what makes a Secret, and whether it can."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import ANYTHING, BOOL, PLACE, TEXT, Field, ListType, TextType
from gitops_lint.dsl.units import parse_version
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.cluster_secrets import together
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, get, items, templated, text_of

GROUP = "external-secrets.io"
VAULT_KINDS = ("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret")

# the first version of the operator that does not serve a version of its stores and ExternalSecrets any more
_GONE = {"v1alpha1": (0, 16), "v1beta1": (0, 17)}


@attribute(
    ("ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore", "PushSecret", "ClusterPushSecret"),
    "serving",
    returns=TextType(values=("served", "unserved", "unknown")),
    needs={"index"},
    source="external-secrets config/crds/bases at 0.15, 0.16, 0.17",
)
def serving(subject: Subject, repo: Repo) -> Value:
    """
    Whether the operator of the configuration (`targets`) serves its version; `unknown` where none is configured.

    Always `served` for pushes, which have one version only.
    """
    who = resource_of(subject)
    gone = _GONE.get(who.version) if who.kind not in ("PushSecret", "ClusterPushSecret") else None
    target = parse_version(repo.config.targets.get("external-secrets", ""))
    if gone is None:
        return "served"
    return "unknown" if target is None else "unserved" if target.numbers[:2] >= gone else "served"


REPEATED_KEY = record(
    "RepeatedSecretKey",
    {
        "key": Field(TEXT, optional=False, doc="the key"),
        "first": Field(PLACE, optional=False, doc="where it stands first"),
    },
    doc="a secretKey that an earlier item of `data` has too",
)


@attribute(
    "ExternalSecret",
    "repeatedKeys",
    returns=ListType(REPEATED_KEY),
    source="external-secrets apis/externalsecrets/v1/externalsecret_validator.go validateDuplicateKeys",
)
def repeated_keys(subject: Subject) -> Sequence[Value]:
    """Keys that `spec.data` gives twice."""
    seen: dict[str, Scalar] = {}
    found: list[Value] = []
    for item in items(get(get(subject.root or MISSING, "spec"), "data")):
        key = get(item, "secretKey")
        if not isinstance(key, Scalar) or templated(key.text):
            continue
        first = seen.setdefault(key.text, key)
        if first is not key:
            found.append(
                Fact("RepeatedSecretKey", key, {"key": key.text, "first": first, "at": key.start}, title=key.text)
            )
    return found


TWIN_TARGET = record(
    "TwinTarget",
    {
        "secret": Field(TEXT, optional=False, doc="the name of the Secret"),
        "other": Field(TEXT, optional=False, doc="the name of the other ExternalSecret"),
        "first": Field(PLACE, optional=False, doc="where the other names it"),
    },
    doc="an earlier ExternalSecret that owns the same Secret",
)


@attribute(
    "ExternalSecret",
    "twinTargets",
    returns=ListType(TWIN_TARGET),
    needs={"index", "kustomize"},
    source="external-secrets pkg/controllers/externalsecret/externalsecret_controller.go ErrSecretIsOwned",
)
def twin_targets(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Earlier ExternalSecrets, delivered together with this one, that own the Secret which this one owns."""
    here = resource_of(subject)
    mine = _owned(here)
    if mine is None:
        return ()
    found: list[Value] = []
    for other, theirs in repo.once(_owners).get(mine.text, ()):
        if other.name == here.name or (other.file, other.document) >= (here.file, here.document):
            continue
        if not together(repo, here.file, other.file):
            continue
        home = repo.namespace_of(here)
        if not isinstance(home, UnknownValue) and home == repo.namespace_of(other):
            fields: dict[str, Value] = {"secret": mine.text, "other": other.name, "first": theirs}
            found.append(Fact("TwinTarget", mine, fields, title=mine.text))
    return found


def _owners(repo: Repo) -> dict[str, list[tuple[Resource, Scalar]]]:
    """Name of a Secret to the ExternalSecrets that own it, each with the node that names it."""
    found: dict[str, list[tuple[Resource, Scalar]]] = {}
    for one in repo.resources(GROUP, "ExternalSecret"):
        name = _owned(one)
        if name is not None:
            found.setdefault(name.text, []).append((one, name))
    return found


def _owned(resource: Resource) -> Scalar | None:
    """The node that names the Secret which an ExternalSecret owns; None where it owns none, or nobody can tell."""
    target = get(get(resource.root, "spec"), "target")
    if target is not MISSING and not isinstance(target, Mapping):
        return None
    policy = get(target, "creationPolicy")
    if (policy is not MISSING and text_of(policy) != "Owner") or get(target, "manifest") is not MISSING:
        return None
    name = get(target, "name")
    if name is MISSING:
        name = get(get(resource.root, "metadata"), "name")
    return name if isinstance(name, Scalar) and name.text and not templated(name.text) else None


STORE_REFERENCE = record(
    "StoreReference",
    {
        "provider": Field(TEXT, optional=False, doc="the provider of the store"),
        "field": Field(TEXT, optional=False, doc="the field that refers to a Secret"),
        "node": Field(ANYTHING, optional=False, doc="the reference"),
    },
    doc="a reference of a store to a Secret",
)
# Where providers ask for the namespace in a cluster-wide store: those that validate with ValidateSecretSelector.
_STRICT: dict[str, tuple[tuple[str, ...], ...]] = {
    "keepersecurity": (("authRef",),),
    "doppler": (("auth", "secretRef", "dopplerToken"),),
    "gitlab": (("auth", "SecretRef", "accessToken"),),
    "chef": (("auth", "secretRef", "privateKeySecretRef"),),
    "onboardbase": (("auth", "apiKeyRef"), ("auth", "passcodeRef")),
    "onepassword": (("auth", "secretRef", "connectTokenSecretRef"),),
    "onepasswordSDK": (("auth", "serviceAccountSecretRef"),),
    "ibm": (("auth", "secretRef", "secretApiKeySecretRef"),),
    "oracle": (("auth", "secretRef", "privatekey"), ("auth", "secretRef", "fingerprint")),
    "akeyless": (("authSecretRef", "secretRef", "accessID"), ("authSecretRef", "secretRef", "accessType")),
}


@attribute(
    "ClusterSecretStore",
    "referencesWithoutNamespace",
    returns=ListType(STORE_REFERENCE),
    source="external-secrets runtime/esutils/utils.go ValidateSecretSelector",
)
def references_without_namespace(subject: Subject) -> Sequence[Value]:
    """References that lack the namespace which their provider asks for; providers that take the caller's have none."""
    provider = get(get(subject.root or MISSING, "spec"), "provider")
    found: list[Value] = []
    for name, paths in _STRICT.items():
        for path in paths:
            node: Node | Missing | UnknownValue = get(provider, name)
            for step in path:
                node = get(node, step)
            if isinstance(node, Mapping) and get(node, "name") is not MISSING and get(node, "namespace") is MISSING:
                fields: dict[str, Value] = {"provider": name, "field": path[-1], "node": node}
                found.append(Fact("StoreReference", node, fields, title=path[-1]))
    return found


@attribute(VAULT_KINDS, "destinationIsMade", returns=BOOL, needs={"index"})
def destination_is_made(subject: Subject, repo: Repo) -> Value:
    """Whether anything here makes the Secret that its destination names: a Secret, or what another operator writes."""
    name = text_of(get(get(get(subject.root or MISSING, "spec"), "destination"), "name"))
    if name is None or templated(name):
        return True
    here = resource_of(subject)
    if repo.named("", "Secret", name) or repo.named("bitnami.com", "SealedSecret", name):
        return True
    for one in repo.resources(GROUP, "ExternalSecret"):
        made = text_of(get(get(get(one.root, "spec"), "target"), "name")) or one.name
        if made == name:
            return True
    for kind in VAULT_KINDS:
        for one in repo.resources("secrets.hashicorp.com", kind):
            destination = get(get(one.root, "spec"), "destination")
            if one.identity != here.identity and text_of(get(destination, "name")) == name:
                return True
    return False


KSOPS_FILE = record(
    "KsopsFile",
    {"path": Field(TEXT, optional=False, doc="the path as written")},
    doc="a file that a ksops generator names and that is not there",
)


@attribute("Document", "isKsops", returns=BOOL)
def is_ksops(subject: Subject) -> Value:
    """Whether it is a generator of ksops."""
    root = subject.root
    return (
        root is not None
        and text_of(get(root, "kind")) == "ksops"
        and text_of(get(root, "apiVersion")) == "viaduct.ai/v1"
    )


@attribute(
    "Document", "missingKsopsFiles", returns=ListType(KSOPS_FILE), needs={"index"}, source="kustomize-sops main.go"
)
def missing_ksops_files(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Files that a ksops generator names and that lie neither beside it nor in a folder above."""
    root = subject.root
    if root is None or is_ksops(subject) is not True:
        return ()
    return [
        Fact("KsopsFile", node, {"path": path}, title=path)
        for node, path in _ksops_files(root)
        if not templated(path) and "://" not in path and not _exists_around(repo, subject.file, path)
    ]


def _ksops_files(root: Node) -> Iterator[tuple[Scalar, str]]:
    sources = [get(root, "files")]
    for one in items(get(root, "secretFrom")):
        sources += [get(one, field) for field in ("files", "binaryFiles", "envs")]
    for source in sources:
        for node in source.items if isinstance(source, SequenceNode) else ():
            if isinstance(node, Scalar) and node.text:
                yield node, node.text.rpartition("=")[2]


def _exists_around(repo: Repo, file: str, path: str) -> bool:
    folder = posixpath.dirname(file)
    while True:
        found = posixpath.normpath(posixpath.join(folder, path))
        if found.startswith("../") or repo.exists(found) or repo.unseen(found) is not None:
            return True
        if not folder:
            return False
        folder = posixpath.dirname(folder)


DATA_FROM = record(
    "DataFrom",
    {
        name: Field(ANYTHING, optional=True, doc=doc)
        for name, doc in (
            ("extract", "`extract`"),
            ("find", "`find`"),
            ("sourceRef", "`sourceRef`"),
            ("generatorRef", "`sourceRef.generatorRef`"),
            ("storeRef", "`sourceRef.storeRef`"),
        )
    },
    doc="one item of `spec.dataFrom` in the form that it has since v1beta1",
)


@attribute("ExternalSecret", "dataFromItems", returns=ListType(DATA_FROM))
def data_from_items(subject: Subject) -> Sequence[Value]:
    """The items of `spec.dataFrom`; none in v1alpha1, which has another form."""
    if resource_of(subject).version == "v1alpha1":
        return ()
    found: list[Value] = []
    for item in items(get(get(subject.root or MISSING, "spec"), "dataFrom")):
        if isinstance(item, Mapping):
            source = get(item, "sourceRef")
            fields: dict[str, Value] = {name: get(item, name) for name in ("extract", "find", "sourceRef")}
            fields.update({name: get(source, name) for name in ("generatorRef", "storeRef")})
            found.append(Fact("DataFrom", item, {**fields, "at": item.start}, title="dataFrom"))
    return found


@attribute("ExternalSecret", "deletionPolicy", returns=TEXT, optional=True)
def deletion_policy(subject: Subject) -> Value:
    """`spec.target.deletionPolicy`, which v1alpha1 does not have."""
    return get(get(get(subject.root or MISSING, "spec"), "target"), "deletionPolicy")
