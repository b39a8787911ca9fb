"""References that reach nothing, with what a reader needs to know: where the name exists, or which one was likely meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.suggest import closest
from gitops_lint.dsl.types import ANYTHING, BOOL, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.kubernetes import POD_TEMPLATES, containers, pod_spec
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import Reference, references_of
from gitops_lint.simulate.analyses import reach
from gitops_lint.simulate.resolve import near_miss
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import MISSING, entries, get, items, templated, text_of

LOST_REFERENCE = record(
    "LostReference",
    {
        "relation": Field(TEXT, optional=False, doc="the field that names it, such as volume or scaleTargetRef"),
        "kind": Field(TEXT, optional=False, doc="the kind that is meant"),
        "name": Field(TEXT, optional=False, doc="the name as written"),
        "optional": Field(BOOL, optional=False, doc="whether Kubernetes goes on without it"),
        "exists": Field(TEXT, optional=False, doc="a clause: where it is although it cannot be reached, or empty"),
        "near": Field(TEXT, optional=False, doc="a name in reach that differs by a letter or two, or empty"),
        "suggestion": Field(TEXT, optional=False, doc="a clause that names what may be meant, or empty"),
        "other": Field(
            ANYTHING, optional=True, doc="the name of what `exists` or `near` speaks of, where it is written"
        ),
    },
    doc="a node that names a resource which is known not to be where it is looked for",
)

# what Kubernetes, OpenShift and their operators put into namespaces by themselves
_BUILT_IN = {
    "ConfigMap": ("kube-root-ca.crt", "openshift-service-ca.crt"),
    "ServiceAccount": ("default", "builder", "deployer", "pipeline"),
}


@attribute("Resource", "lostReferences", returns=ListType(LOST_REFERENCE), needs={"references"})
def lost_references(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The references of the resource that reach nothing, as far as that is known."""
    who, root = resource_of(subject), subject.root
    if root is None:
        return ()
    found = (_lost(named, who, repo) for named in references_of(who.kind, root))
    return tuple(one for one in found if one is not None)


def _lost(named: Reference, who: Resource, repo: Repo) -> Fact | None:
    kind = named.kinds[0]
    if named.name in _BUILT_IN.get(kind, ()) or (kind == "PersistentVolumeClaim" and _of_a_set(named.name, repo)):
        return None
    reached = reach(repo, who, named)
    if reached.status not in ("absent", "elsewhere"):
        return None
    if reached.status == "absent" and named.relation == "destination" and named.namespace not in (None, who.namespace):
        return None  # what another namespace holds is not ours to know
    if reached.status == "absent" and kind in ("ConfigMap", "Secret") and _is_told(named.name, who, repo):
        return None
    fields: dict[str, Value] = {
        "relation": named.relation,
        "kind": kind,
        "name": named.name,
        "optional": named.optional,
        "exists": "",
        "near": "",
        "suggestion": "",
    }
    if reached.status == "elsewhere":
        fields["exists"] = reached.reason
        fields["other"] = get(get(reached.found[0].root, "metadata"), "name")
    else:
        fields["near"] = near = near_miss(named.name, reached.candidates)
        likely = near or closest(named.name, reached.candidates)
        if likely:
            fields["suggestion"] = f'; did you mean "{likely}"?'
    return Fact("LostReference", named.node, fields)


def _is_told(name: str, who: Resource, repo: Repo) -> bool:
    """Whether the arguments or variables of another workload hold the name: a controller that makes it."""
    word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    return any(
        name in text and word.search(text) and (one.kind, one.name) != (who.kind, who.name)
        for one, text in repo.once(_told)
    )


def _told(repo: Repo) -> list[tuple[Resource, str]]:
    """Every workload with all its arguments and variables, one a line."""
    found = []
    for one in repo.all_resources():
        if one.kind in POD_TEMPLATES:
            told: list[Node] = []
            for container in containers(pod_spec(one.kind, one.root)):
                told += [*items(get(container, "args")), *items(get(container, "command"))]
                values = (get(each, "value") for each in items(get(container, "env")))
                told += [value for value in values if isinstance(value, Scalar)]
            found.append((one, "\n".join(text_of(each) or "" for each in told)))
    return found


def _of_a_set(claim: str, repo: Repo) -> bool:
    """Whether a claim may come from the template of a StatefulSet: `<template>-<set>-<number>`."""
    head, _, number = claim.rpartition("-")
    if not number.isdigit():
        return False
    return any(head.endswith(f"-{one.name}") for one in repo.resources("apps", "StatefulSet"))


# ---- roles


@attribute(
    "ClusterRoleBinding",
    "isOfLooseComponent",
    returns=BOOL,
    needs={"kustomize"},
    source="kustomize api/filters/nameref/nameref.go setMapping",
)
def is_of_loose_component(subject: Subject, repo: Repo) -> Value:
    """
    Whether a Component brings it that nothing here includes.

    The kustomization that includes it, somewhere else, may set a namespace, which subjects without one then get.
    """
    graph = repo.kustomizations
    return any(one.component and not graph.included_by_any(one.directory) for one, _ in graph.includers(subject.file))


@attribute("RoleBinding", "otherRole", returns=TEXT, needs={"references"})
def other_role(subject: Subject, repo: Repo) -> Value:
    """`ClusterRole` where its roleRef says Role and only a ClusterRole has the name; else empty."""
    role = get(subject.root or MISSING, "roleRef")
    name = text_of(get(role, "name")) or ""
    if text_of(get(role, "kind")) != "Role" or not name:
        return ""
    group = "rbac.authorization.k8s.io"
    if any(name in repo.names_of(one) for one in repo.resources(group, "Role")):
        return ""
    return "ClusterRole" if any(name in repo.names_of(one) for one in repo.resources(group, "ClusterRole")) else ""


# ---- keys of ConfigMaps and Secrets

LOST_KEY = record(
    "LostKey",
    {
        "kind": Field(TEXT, optional=False, doc="ConfigMap or Secret"),
        "name": Field(TEXT, optional=False, doc="its name"),
        "key": Field(TEXT, optional=False, doc="the key that is asked for"),
        "suggestion": Field(TEXT, optional=False, doc="a clause that names a close key, or empty"),
        "data": Field(ANYTHING, optional=False, doc="where the keys are written"),
    },
    doc="a key that a pod asks of a ConfigMap or Secret which does not have it",
)

_OTHER_PRODUCERS = (
    ("bitnami.com", "SealedSecret"),
    ("external-secrets.io", "ExternalSecret"),
    ("secrets.hashicorp.com", "VaultStaticSecret"),
    ("cert-manager.io", "Certificate"),
)


@attribute("workload", "lostKeys", returns=ListType(LOST_KEY), needs={"references"})
def lost_keys(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The keys that its pods ask of known ConfigMaps and Secrets and that those do not have."""
    who, root = resource_of(subject), subject.root
    found = []
    for named in references_of(who.kind, root) if root is not None else ():
        if not isinstance(named.key, Scalar) or named.optional or named.kinds[0] not in ("ConfigMap", "Secret"):
            continue
        if templated(named.key.text) or repo.generated(named.kinds[0], named.name):
            continue
        reached = reach(repo, who, named)
        keys = [_keys_of(one, repo) for one in reached.found] if reached.status == "known" else [None]
        if any(each is None or named.key.text in each for each in keys):
            continue
        known = sorted({key for each in keys if each is not None for key in each})
        likely = closest(named.key.text, known)
        root_of_map = reached.found[0].root
        data = get(root_of_map, "data")
        fields: dict[str, Value] = {
            "kind": named.kinds[0],
            "name": named.name,
            "key": named.key.text,
            "suggestion": f'; did you mean "{likely}"?' if likely else "",
            "data": data if isinstance(data, Mapping) else get(get(root_of_map, "metadata"), "name"),
        }
        found.append(Fact("LostKey", named.key, fields))
    return found


def _keys_of(resource: Resource, repo: Repo) -> frozenset[str] | None:
    """The keys of a ConfigMap or Secret; None where others may add some."""
    root = resource.root
    if root.open or repo.roles.of(resource.file).changes:
        if any(
            change.path[:1] in ((), ("data",), ("binaryData",))
            for change in repo.roles.of(resource.file).changes
            if change.effect not in ("labels", "annotations", "image")
        ):
            return None
    if "config.openshift.io/inject-trusted-cabundle" in resource.labels:
        return None
    if resource.annotations and any("inject" in key or "reflector" in key for key in resource.annotations):
        return None
    maps = [get(root, field) for field in ("data", "binaryData", "stringData")]
    if not any(isinstance(one, Mapping) for one in maps):
        return None  # something fills it in the cluster
    if any(not isinstance(one, Mapping) and one is not MISSING for one in maps):
        return None
    if any(isinstance(one, Mapping) and one.open for one in maps):
        return None
    if resource.kind == "Secret" and any(repo.named(group, kind, resource.name) for group, kind in _OTHER_PRODUCERS):
        return None
    keys = [key for one in maps for key, _, _ in entries(one)]
    return None if any(templated(key) for key in keys) else frozenset(keys)


# ---- ports of Services

LOST_PORT = record(
    "LostPort",
    {
        "service": Field(TEXT, optional=False, doc="the Service"),
        "port": Field(TEXT, optional=False, doc="the port as written"),
        "known": Field(TEXT, optional=False, doc="the ports that it has, as words"),
        "ports": Field(ANYTHING, optional=False, doc="where they are written"),
    },
    doc="a port that is asked of a Service which does not have it",
)


@attribute(("Ingress", "VirtualService"), "lostPorts", returns=ListType(LOST_PORT), needs={"references"})
def lost_ports(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The ports that it asks of known Services and that those do not have."""
    who, root = resource_of(subject), subject.root
    found = []
    for named in references_of(who.kind, root) if root is not None else ():
        if named.kinds != ("Service",) or not isinstance(named.key, Scalar) or templated(named.key.text):
            continue
        reached = reach(repo, who, named)
        if reached.status != "known":
            continue
        ports = [_ports_of(one) for one in reached.found]
        if any(each is None or named.key.text in each for each in ports):
            continue
        known = sorted({text for each in ports if each is not None for text in each})
        fields: dict[str, Value] = {
            "service": named.name,
            "port": named.key.text,
            "known": ", ".join(f"`{text}`" for text in known[:6]),
            "ports": get(get(reached.found[0].root, "spec"), "ports"),
        }
        found.append(Fact("LostPort", named.key, fields))
    return found


def _ports_of(service: Resource) -> frozenset[str] | None:
    """Numbers and names of a Service's ports; None where there may be more, or none is written."""
    spec = get(service.root, "spec")
    ports = get(spec, "ports")
    listed = items(ports)
    if not listed or getattr(ports, "open", True) or text_of(get(spec, "type")) == "ExternalName":
        return None
    texts = [text for one in listed for key in ("port", "name") if (text := text_of(get(one, key))) is not None]
    return None if any(templated(text) for text in texts) or any(_is_open(one) for one in listed) else frozenset(texts)


def _is_open(node: Node) -> bool:
    return not isinstance(node, Mapping) or node.open


# ---- volumes

LOST_MOUNT = record(
    "LostMount",
    {
        "name": Field(TEXT, optional=False, doc="the name of the volume as written"),
        "container": Field(TEXT, optional=False, doc="the container"),
        "suggestion": Field(TEXT, optional=False, doc="a clause that names a close volume, or empty"),
    },
    doc="a volume that a container mounts and the pod does not define; it points at the name",
)


@attribute(
    "workload",
    "lostMounts",
    returns=ListType(LOST_MOUNT),
    source="kubernetes pkg/apis/core/validation ValidateVolumeMounts",
)
def lost_mounts(subject: Subject) -> Sequence[Value]:
    """The volumes that its containers mount and its pods do not define."""
    root = subject.root
    spec = pod_spec(subject.kind, root) if root is not None else MISSING
    if not isinstance(spec, Mapping) or spec.open:
        return ()
    volumes = get(spec, "volumes")
    templates = get(get(root or MISSING, "spec"), "volumeClaimTemplates") if subject.kind == "StatefulSet" else MISSING
    for one in (volumes, templates):
        if one is not MISSING and getattr(one, "open", True):
            return ()
    names = [text_of(get(one, "name")) for one in items(volumes)]
    names += [text_of(get(get(one, "metadata"), "name")) for one in items(templates)]
    known = [name for name in names if name is not None]
    if len(known) != len(names) or any(templated(name) for name in known):
        return ()
    return tuple(_mounts(spec, known))


def _mounts(spec: Node, known: Sequence[str]) -> Iterator[Fact]:
    for container in containers(spec):
        for field in ("volumeMounts", "volumeDevices"):
            for mount in items(get(container, field)):
                name = get(mount, "name")
                if isinstance(name, Scalar) and not templated(name.text) and name.text not in known:
                    likely = closest(name.text, known)
                    fields: dict[str, Value] = {
                        "name": name.text,
                        "container": text_of(get(container, "name")) or "",
                        "suggestion": f'; did you mean "{likely}"?' if likely else "",
                    }
                    yield Fact("LostMount", name, fields)


# ---- scale targets

_SCALED = {
    "Deployment": "apps",
    "StatefulSet": "apps",
    "ReplicaSet": "apps",
    "Rollout": "argoproj.io",
}


@attribute(
    "HorizontalPodAutoscaler",
    "targetGroup",
    returns=TEXT,
    source="kubernetes pkg/controller/podautoscaler/horizontal.go",
)
def target_group(subject: Subject) -> Value:
    """The group of the kind that its scaleTargetRef names, where what is written is another one; else empty."""
    target = get(get(subject.root or MISSING, "spec"), "scaleTargetRef")
    written, kind = text_of(get(target, "apiVersion")), text_of(get(target, "kind"))
    right = _SCALED.get(kind or "")
    if written is None or right is None or templated(written):
        return ""
    group = written.partition("/")[0] if "/" in written else ""
    # groups that served these kinds once are another mistake
    return right if group not in (right, "extensions") else ""
