"""Labels and selectors: what the API server refuses in them, and selectors that no pod here has the labels for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter

from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.kubernetes import POD_TEMPLATES, pod_template
from gitops_lint.model.resource import Resource
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import references_of
from gitops_lint.simulate.resolve import brought_elsewhere, incomplete
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, entries, get, items, templated, typed

Found = Node | Missing | UnknownValue

Labels = dict[str, str | None] | None
"""Labels of pods; a value of None is not known, and None instead of a dictionary: there may be any."""

Pods = tuple[Resource, Labels]
"""A workload with the labels of its pods."""

# ---- syntax

_WORD = pattern(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", re.ASCII)
_DOMAIN = pattern(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", re.ASCII)
_LONGEST_WORD = 63
_LONGEST_DOMAIN = 253

MALFORMED_LABEL = record(
    "MalformedLabel",
    {
        "part": Field(TextType(values=("key", "value")), optional=False, doc="which of the two it is"),
        "key": Field(TEXT, optional=False, doc="the key of the label"),
        "text": Field(TEXT, optional=False, doc="what is written"),
        "why": Field(TEXT, optional=False, doc="a clause: what is wrong with it"),
    },
    doc="a label, or an annotation's key, that the API server refuses; it points at the key or the value",
)


@attribute(
    "Resource",
    "malformedLabels",
    returns=ListType(MALFORMED_LABEL),
    source="kubernetes apimachinery pkg/util/validation/validation.go IsQualifiedName, IsValidLabelValue",
)
def malformed_labels(subject: Subject) -> Sequence[Value]:
    """The labels, and keys of annotations, of the resource and of its pod template that are refused."""
    root = subject.root
    if root is None:
        return ()
    metadata = [get(root, "metadata")]
    if POD_TEMPLATES.get(resource_of(subject).kind):
        metadata.append(get(pod_template(resource_of(subject).kind, root), "metadata"))
    found: list[Value] = []
    for each in metadata:
        found += _malformed(get(each, "labels"), values=True)
        found += _malformed(get(each, "annotations"), values=False)
    return found


def _malformed(labels: Found, *, values: bool) -> Iterator[Fact]:
    for key, written, label in entries(labels):
        if _filled_in(key):
            continue
        # the keys of annotations are looked at in lower case
        why = key_fault(key if values else key.lower())
        if why:
            yield _malformed_label("key", key, key, why, written)
        if values and isinstance(label, Scalar) and isinstance(typed(label), str) and not _filled_in(label.text):
            why = value_fault(label.text)
            if why:
                yield _malformed_label("value", key, label.text, why, label)


def _filled_in(text: str) -> bool:
    """Whether somebody fills in a part of it before it is applied: a template, or a variable such as `$(NAME)`."""
    return templated(text) or "$" in text


def _malformed_label(part: str, key: str, text: str, why: str, at: Node) -> Fact:
    fields: dict[str, Value] = {"part": part, "key": key, "text": text, "why": why}
    return Fact("MalformedLabel", at, fields)


@lru_cache(maxsize=4096)
def key_fault(key: str) -> str:
    """What is wrong with the key of a label, a clause; "" where nothing is. A key is `name` or `domain/name`."""
    domain, slash, name = key.rpartition("/")
    if key.count("/") > 1:
        return "it has more than one `/`"
    if slash and (not _DOMAIN.fullmatch(domain) or len(domain) > _LONGEST_DOMAIN):
        return "what stands before the `/` is no DNS name in lower case"
    if not name:
        return "it names nothing behind the `/`" if slash else "it is empty"
    return _word_fault(name)


@lru_cache(maxsize=4096)
def value_fault(text: str) -> str:
    """What is wrong with the value of a label, a clause; "" where nothing is. It may be empty."""
    return _word_fault(text) if text else ""


def _word_fault(text: str) -> str:
    if len(text) > _LONGEST_WORD:
        return f"it has {len(text)} characters, and {_LONGEST_WORD} are allowed"
    if _WORD.fullmatch(text):
        return ""
    other = next((letter for letter in text if not re.fullmatch(r"[-A-Za-z0-9_.]", letter, re.ASCII)), "")
    shown = "a blank" if other.isspace() else f"`{other}`"
    return f"it holds {shown}" if other else "it does not begin and end with a letter or digit"


# ---- selectors that reach nothing

EMPTY_SELECTION = record(
    "EmptySelection",
    {
        "labels": Field(TEXT, optional=False, doc="the labels that are asked for, as `key: value`, with commas"),
        "namespace": Field(TEXT, optional=False, doc="where it looks for pods"),
        "workload": Field(TEXT, optional=False, doc="a workload of that namespace, as words"),
        "others": Field(TEXT, optional=False, doc="the labels of its pods, as words"),
    },
    doc="a selector for which no pod of the namespace has the labels; it points at the selector",
)

# labels that controllers and programs put on pods while they run
_RUN_TIME = frozenset(
    (
        "apps.kubernetes.io/pod-index",
        "app.kubernetes.io/instance",
        "cnpg.io/instanceRole",
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "pod-template-hash",
        "role",
        "rollouts-pod-template-hash",
        "spilo-role",
        "statefulset.kubernetes.io/pod-name",
        "vault-active",
        "vault-initialized",
        "vault-perf-standby",
        "vault-sealed",
    )
)
_RUN_TIME_DOMAINS = ("batch.kubernetes.io/", "strimzi.io/", "cnpg.io/", "topology.kubernetes.io/")

# Groups whose kinds make no pods. A resource of any other group may be one that an operator answers with pods.
_WITHOUT_PODS = frozenset(
    (
        "",
        "apps",
        "autoscaling",
        "batch",
        "cert-manager.io",
        "external-secrets.io",
        "bitnami.com",
        "gateway.networking.k8s.io",
        "keda.sh",
        "networking.istio.io",
        "networking.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "route.openshift.io",
        "scheduling.k8s.io",
        "security.istio.io",
        "storage.k8s.io",
    )
)
_KINDS_WITHOUT_PODS = {
    "argoproj.io": frozenset(
        ("Rollout", "AnalysisTemplate", "Application", "ApplicationSet", "AppProject", "ClusterAnalysisTemplate")
    ),
    "monitoring.coreos.com": frozenset(("ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe")),
}

_SELECTORS = {
    "Service": ("spec", "selector"),
    "PodDisruptionBudget": ("spec", "selector", "matchLabels"),
    "NetworkPolicy": ("spec", "podSelector", "matchLabels"),
}


@attribute(
    ("Service", "PodDisruptionBudget", "NetworkPolicy"),
    "emptySelections",
    returns=ListType(EMPTY_SELECTION),
    needs={"references"},
    source="kubernetes pkg/controller/endpointslice, pkg/controller/disruption; kubernetes/api networking/v1/types.go",
)
def empty_selections(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Its selector, where no pod of its namespace has the labels, and everything that makes pods there is known.

    Silent where the namespace is not known, no workload is there, or something brings pods that are not shown here:
    charts, remote bases, operators. Labels that come at run time are not asked for.
    """
    who, root = resource_of(subject), subject.root
    path = _SELECTORS[who.kind]
    selector: Found = root if root is not None else MISSING
    for key in path:
        if selector is not MISSING and (not isinstance(selector, Mapping) or selector.open):
            return ()
        selector = get(selector, key)
    if not isinstance(selector, Mapping) or selector.open or not selector.items:
        return ()
    holder = get(get(root or MISSING, "spec"), path[1])
    if len(path) > 2 and get(holder, "matchExpressions") is not MISSING:
        return ()
    wanted = _pairs(selector)
    space = repo.namespace_of(who)
    if not wanted or not isinstance(space, str) or not isinstance(holder, Node):
        return ()
    if incomplete(repo, who.file) or brought_elsewhere(repo, space):
        return ()
    workloads = _workloads(repo, space)
    if not workloads or any(_may_have(labels, wanted) for _, labels in workloads):
        return ()
    if who.kind == "Service" and _is_of_a_rollout(who.name, repo):
        return ()
    first, had = workloads[0]
    fields: dict[str, Value] = {
        "labels": _shown(wanted),
        "namespace": space,
        "workload": f"{first.kind} {first.name}",
        "others": _shown({key: text for key, text in (had or {}).items() if text is not None}) or "no label",
    }
    return (Fact("EmptySelection", holder, fields),)


def _is_of_a_rollout(service: str, repo: Repo) -> bool:
    """Whether a Rollout names the Service: then the Rollout is refused, and the mistake is told there."""
    return any(
        named.name == service and "Service" in named.kinds
        for rollout in repo.resources("argoproj.io", "Rollout")
        for named in references_of(rollout.kind, rollout.root)
    )


def _shown(pairs: dict[str, str]) -> str:
    return ", ".join(f"`{key}: {text}`" for key, text in pairs.items())


def _pairs(labels: Found) -> dict[str, str]:
    """The pairs whose text is known, without those that come at run time."""
    return {
        key: label.text
        for key, _, label in entries(labels)
        if isinstance(label, Scalar)
        and not templated(key)
        and not templated(label.text)
        and key not in _RUN_TIME
        and not key.startswith(_RUN_TIME_DOMAINS)
    }


def _workloads(repo: Repo, space: str) -> Sequence[Pods] | None:
    """What makes pods in a namespace; None where there may be more than is known."""
    return repo.once(_found_in, space)


_ANYWHERE = "*"
"""Stands for a namespace that nobody here says."""


def _by_namespace(repo: Repo) -> dict[str, list[tuple[int, Resource]]]:
    """Namespace to the resources in it, each with its place among all."""
    found: dict[str, list[tuple[int, Resource]]] = {}
    for at, one in enumerate(repo.all_resources()):
        home = repo.namespace_of(one)
        found.setdefault(home if isinstance(home, str) else _ANYWHERE, []).append((at, one))
    return found


def _found_in(repo: Repo, space: str) -> list[Pods] | None:
    found: list[Pods] = []
    spaces = repo.once(_by_namespace)
    for _, one in sorted((*spaces.get(space, ()), *spaces.get(_ANYWHERE, ())), key=itemgetter(0)):
        if one.group not in _WITHOUT_PODS and one.kind not in _KINDS_WITHOUT_PODS.get(one.group, ()):
            return None
        if one.kind in POD_TEMPLATES and one.group in ("", "apps", "batch", "argoproj.io"):
            if templated(one.name) or incomplete(repo, one.file):
                return None
            found.append((one, _pod_labels(one)))
    return found


def _pod_labels(workload: Resource) -> Labels:
    template = pod_template(workload.kind, workload.root)
    metadata = get(template, "metadata")
    labels = get(metadata, "labels")
    for part in (template, metadata, labels):
        if part is MISSING:
            # without a template the pods are those of another workload
            return {} if part is not template else None
        if not isinstance(part, Mapping) or part.open:
            return None
    if any(templated(key) for key, _, _ in entries(labels)):
        return None
    return {
        key: label.text if isinstance(label, Scalar) and not templated(label.text) else None
        for key, _, label in entries(labels)
    }


def _may_have(labels: Labels, wanted: dict[str, str]) -> bool:
    """Whether pods have the labels, as far as that is known."""
    return labels is None or all(key in labels and labels[key] in (None, text) for key, text in wanted.items())


# ---- ports that a ServiceMonitor asks for

LOST_MONITOR_PORT = record(
    "LostMonitorPort",
    {
        "port": Field(TEXT, optional=False, doc="the name as written"),
        "service": Field(TEXT, optional=False, doc="a Service that is selected"),
        "known": Field(TEXT, optional=False, doc="the names of its ports, as words"),
        "ports": Field(ANYTHING, optional=False, doc="where they are written"),
    },
    doc="the port of an endpoint that none of the selected Services has; it points at the port",
)


@attribute(
    "ServiceMonitor",
    "lostPorts",
    returns=ListType(LOST_MONITOR_PORT),
    needs={"references"},
    source="prometheus-operator pkg/apis/monitoring/v1/types.go Endpoint.Port",
)
def lost_ports(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    The ports of its endpoints that no selected Service has; silent where it selects none here, looks into other
    namespaces, or where more may be in its own than is known.
    """
    who = resource_of(subject)
    spec = get(subject.root or MISSING, "spec")
    selector = get(spec, "selector")
    labels = get(selector, "matchLabels")
    if not isinstance(labels, Mapping) or labels.open or get(selector, "matchExpressions") is not MISSING:
        return ()
    wanted = {key: label.text for key, _, label in entries(labels) if isinstance(label, Scalar)}
    if not wanted or any(templated(one) for pair in wanted.items() for one in pair):
        return ()
    space = repo.namespace_of(who)
    if get(spec, "namespaceSelector") is not MISSING or not isinstance(space, str):
        return ()
    if incomplete(repo, who.file) or brought_elsewhere(repo, space) or _workloads(repo, space) is None:
        return ()
    selected = [
        one for one in repo.resources("", "Service") if _is_selected(one, wanted, repo.namespace_of(one), space)
    ]
    names = [_port_names(one) for one in selected]
    if not selected or any(each is None for each in names):
        return ()
    known = sorted({name for each in names for name in each or ()})
    found: list[Value] = []
    for endpoint in items(get(spec, "endpoints")):
        port = get(endpoint, "port")
        if isinstance(port, Scalar) and isinstance(typed(port), str) and not _filled_in(port.text):
            if port.text and port.text not in known:
                fields: dict[str, Value] = {
                    "port": port.text,
                    "service": selected[0].name,
                    "known": ", ".join(f"`{name}`" for name in known) or "no name",
                    "ports": get(get(selected[0].root, "spec"), "ports"),
                }
                found.append(Fact("LostMonitorPort", port, fields))
    return found


def _is_selected(service: Resource, wanted: dict[str, str], home: Value, space: str) -> bool:
    """Whether a Service has the labels, as far as that is known; one whose namespace is not known may be there."""
    if isinstance(home, str) and home != space:
        return False
    metadata = get(service.root, "metadata")
    labels = get(metadata, "labels")
    if not isinstance(labels, Mapping):
        return labels is not MISSING
    for key, text in wanted.items():
        label = get(labels, key)
        if label is MISSING and not labels.open:
            return False
        if isinstance(label, Scalar) and label.text != text and not templated(label.text):
            return False
    return True


def _port_names(service: Resource) -> frozenset[str] | None:
    """Names of a Service's ports; None where there may be more."""
    ports = get(get(service.root, "spec"), "ports")
    listed = items(ports)
    if not listed or getattr(ports, "open", True):
        return None
    if any(not isinstance(one, Mapping) or one.open for one in listed):
        return None
    names = [get(one, "name") for one in listed]
    if any(one is not MISSING and (not isinstance(one, Scalar) or _filled_in(one.text)) for one in names):
        return None
    return frozenset(one.text for one in names if isinstance(one, Scalar))
