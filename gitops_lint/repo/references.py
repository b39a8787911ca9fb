"""
Who names whom, and where that is written: edges of the repository, not yet resolved.

`references_of` reads one resource's tree. What an edge reaches is `simulate/resolve.py`'s to say. Sources: the fields of
the upstream types named in each function (kubernetes/api, argo-rollouts types.go, istio virtual_service.proto).
"""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.dataclass import dataclass
from gitops_lint.model.kubernetes import POD_TEMPLATES, Found, containers, pod_spec
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import Missing, UnknownValue, entries, get, items, text_of, value


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """
    One node that names another resource.

    relation: a word for the field (`canaryService`, `volume`, `env`). kinds: what may be meant, most likely first.
    name: as written. namespace: written beside the name; None means the referrer's own. cluster: the target has no
    namespace. node: the name's node, the caret's place. optional: Kubernetes goes on without it. key: what is asked of
    the target (a ConfigMap's key, a Service's port), with its node; None where nothing is.
    """

    relation: str
    kinds: tuple[str, ...]
    name: str
    namespace: str | None
    node: Node
    optional: bool = False
    cluster: bool = False
    key: Node | None = None


def references_of(kind: str, root: Found) -> list[Reference]:
    """Every reference of a resource of that kind, in the order of the text where the fields are lists."""
    found: list[Reference] = []
    if kind in POD_TEMPLATES:
        found.extend(pod_references(pod_spec(kind, root)))
    reader = _READERS.get(kind)
    if reader is not None:
        found.extend(reader(root))
    return found


def reference(
    relation: str,
    kinds: tuple[str, ...],
    node: Found,
    *,
    namespace: Found | None = None,
    optional: bool = False,
    cluster: bool = False,
    key: Found | None = None,
) -> Iterator[Reference]:
    """The reference that a name node makes; none where it is missing, empty or no scalar."""
    if isinstance(node, Scalar) and node.text:
        beside = text_of(namespace) if namespace is not None else None
        asked = key if isinstance(key, Scalar) else None
        yield Reference(relation, kinds, node.text, beside or None, node, optional, cluster, asked)


# ---- pods: kubernetes/api core/v1 PodSpec


def pod_references(spec: Found) -> Iterator[Reference]:
    yield from reference("serviceAccountName", ("ServiceAccount",), get(spec, "serviceAccountName"))
    for secret in items(get(spec, "imagePullSecrets")):
        yield from reference("imagePullSecrets", ("Secret",), get(secret, "name"), optional=True)
    for volume in items(get(spec, "volumes")):
        yield from _volume(volume)
    for container in containers(spec):
        for variable in items(get(container, "env")):
            source = get(variable, "valueFrom")
            for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                chosen = get(source, field)
                yield from reference(
                    "env", (kind,), get(chosen, "name"), optional=_true(get(chosen, "optional")), key=get(chosen, "key")
                )
        for origin in items(get(container, "envFrom")):
            for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                chosen = get(origin, field)
                yield from reference("envFrom", (kind,), get(chosen, "name"), optional=_true(get(chosen, "optional")))


def _volume(volume: Node) -> Iterator[Reference]:
    config = get(volume, "configMap")
    yield from _volume_source("ConfigMap", config, get(config, "name"))
    secret = get(volume, "secret")
    yield from _volume_source("Secret", secret, get(secret, "secretName"))
    claim = get(volume, "persistentVolumeClaim")
    yield from reference("volume", ("PersistentVolumeClaim",), get(claim, "claimName"))
    for part in items(get(get(volume, "projected"), "sources")):
        for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
            chosen = get(part, field)
            yield from _volume_source(kind, chosen, get(chosen, "name"))


def _volume_source(kind: str, source: Found, name: Found) -> Iterator[Reference]:
    optional = _true(get(source, "optional"))
    picked = [get(item, "key") for item in items(get(source, "items"))]
    if not picked:
        yield from reference("volume", (kind,), name, optional=optional)
    for key in picked:
        yield from reference("volume", (kind,), name, optional=optional, key=key)


# ---- Argo Rollouts: argo-rollouts pkg/apis/rollouts/v1alpha1/types.go, analysis_types.go


def _rollout(root: Found) -> Iterator[Reference]:
    spec = get(root, "spec")
    canary = get(get(spec, "strategy"), "canary")
    blue_green = get(get(spec, "strategy"), "blueGreen")
    for strategy, fields in (
        (canary, ("canaryService", "stableService")),
        (blue_green, ("activeService", "previewService")),
    ):
        for field in fields:
            yield from reference(field, ("Service",), get(strategy, field))
    ping_pong = get(canary, "pingPong")
    for field in ("pingService", "pongService"):
        yield from reference(field, ("Service",), get(ping_pong, field))
    yield from _traffic_routing(get(canary, "trafficRouting"))
    workload = get(spec, "workloadRef")
    kind = text_of(get(workload, "kind"))
    if kind:
        yield from reference("workloadRef", (kind,), get(workload, "name"))
    for where in analysis_places(root):
        for template in items(get(where, "templates")):
            yield from analysis_reference(template, "templateName")
    for step in items(get(canary, "steps")):
        for analysis in items(get(get(step, "experiment"), "analyses")):
            yield from analysis_reference(analysis, "templateName")


def analysis_places(root: Found) -> Iterator[Node]:
    """The analyses of a Rollout: canary steps in order, background, pre- and post-promotion."""
    strategy = get(get(root, "spec"), "strategy")
    canary, blue_green = get(strategy, "canary"), get(strategy, "blueGreen")
    places = [get(step, "analysis") for step in items(get(canary, "steps"))]
    places.append(get(canary, "analysis"))
    places += [get(blue_green, "prePromotionAnalysis"), get(blue_green, "postPromotionAnalysis")]
    return (place for place in places if not isinstance(place, (Missing, UnknownValue)))


def analysis_reference(use: Node, field: str) -> Iterator[Reference]:
    """What `templateName` (with `clusterScope` beside it) names."""
    cluster = _true(get(use, "clusterScope"))
    kind = "ClusterAnalysisTemplate" if cluster else "AnalysisTemplate"
    return reference("analysis", (kind,), get(use, field), cluster=cluster)


def _traffic_routing(routing: Found) -> Iterator[Reference]:
    istio = get(routing, "istio")
    for service in (get(istio, "virtualService"), *items(get(istio, "virtualServices"))):
        yield from _virtual_service(service)
    yield from reference("destinationRule", ("DestinationRule",), get(get(istio, "destinationRule"), "name"))
    nginx = get(routing, "nginx")
    yield from reference("stableIngress", ("Ingress",), get(nginx, "stableIngress"))
    for name in items(get(nginx, "stableIngresses")):
        yield from reference("stableIngresses", ("Ingress",), name)
    alb = get(routing, "alb")
    yield from reference("ingress", ("Ingress",), get(alb, "ingress"))
    for name in items(get(alb, "ingresses")):
        yield from reference("ingresses", ("Ingress",), name)
    yield from reference("rootService", ("Service",), get(alb, "rootService"))
    yield from reference("rootService", ("Service",), get(get(routing, "smi"), "rootService"))


def _virtual_service(service: Found) -> Iterator[Reference]:
    """`name` or `name.namespace`; the last dot divides (argo-rollouts utils/istio GetVirtualServiceNamespaceName)."""
    node = get(service, "name")
    for found in reference("virtualService", ("VirtualService",), node):
        name, dot, namespace = found.name.removesuffix(".cluster.local").rpartition(".")
        yield Reference(found.relation, found.kinds, name if dot else namespace, namespace if dot else None, found.node)


def _analysis_template(root: Found) -> Iterator[Reference]:
    for template in items(get(get(root, "spec"), "templates")):
        yield from analysis_reference(template, "templateName")


# ---- the network


def _ingress(root: Found) -> Iterator[Reference]:
    """networking.k8s.io/v1 (`service`) and the older `serviceName`; a backend may be a `resource` instead."""
    spec = get(root, "spec")
    backends = [get(spec, "defaultBackend"), get(spec, "backend")]
    for rule in items(get(spec, "rules")):
        backends += [get(path, "backend") for path in items(get(get(rule, "http"), "paths"))]
    for backend in backends:
        service = get(backend, "service")
        port = get(service, "port")
        number = get(port, "number")
        if text_of(get(port, "name")) == "use-annotation":
            continue  # the name is then an action of an annotation (AWS load balancer controller), not a Service
        yield from reference(
            "backend",
            ("Service",),
            get(service, "name"),
            key=number if isinstance(number, Scalar) else get(port, "name"),
        )
        yield from reference("backend", ("Service",), get(backend, "serviceName"), key=get(backend, "servicePort"))


def _scale_target(root: Found) -> Iterator[Reference]:
    """autoscaling HorizontalPodAutoscaler; KEDA's ScaledObject defaults to a Deployment."""
    target = get(get(root, "spec"), "scaleTargetRef")
    kind = text_of(get(target, "kind")) or "Deployment"
    yield from reference("scaleTargetRef", (kind,), get(target, "name"))


def _role_binding(root: Found) -> Iterator[Reference]:
    role = get(root, "roleRef")
    kind = text_of(get(role, "kind"))
    if kind in ("Role", "ClusterRole"):
        yield from reference("roleRef", (kind,), get(role, "name"), cluster=kind == "ClusterRole")


def _virtual_service_uses(root: Found) -> Iterator[Reference]:
    """Destinations and gateways of an Istio VirtualService; hosts that are no Service of a cluster name none."""
    spec = get(root, "spec")
    for destination in destinations(spec):
        node = get(destination, "host")
        at = service_host(text_of(node) or "")
        if at is not None and isinstance(node, Scalar):
            name, namespace = at
            port = get(get(destination, "port"), "number")
            yield Reference(
                "destination", ("Service",), name, namespace, node, key=port if isinstance(port, Scalar) else None
            )
    for node in items(get(spec, "gateways")):
        text = text_of(node) or ""
        space, slash, name = text.rpartition("/")
        if isinstance(node, Scalar) and name and name != "mesh":
            yield Reference("gateways", ("Gateway",), name, space if slash else None, node)


def destinations(spec: Found) -> Iterator[Node]:
    """Every `destination` of a VirtualService's spec, and its mirrors."""
    for protocol in ("http", "tcp", "tls"):
        for rule in items(get(spec, protocol)):
            for route in items(get(rule, "route")):
                found = get(route, "destination")
                if isinstance(found, Mapping):
                    yield found
            mirrors = [get(rule, "mirror"), *(get(one, "destination") for one in items(get(rule, "mirrors")))]
            yield from (one for one in mirrors if isinstance(one, Mapping))


def service_host(host: str) -> tuple[str, str | None] | None:
    """
    Name and namespace (None: the referrer's own) of the Service that a host of the mesh means; None for another host.

    `name.namespace` cannot be told from a domain, and is None. Source: istio pkg/config/resource ResolveShortnameToFQDN.
    """
    if not host or "*" in host:
        return None
    parts = host.split(".")
    if len(parts) == 1:
        return host, None
    if len(parts) == 3 and parts[2] == "svc":
        return parts[0], parts[1]
    if len(parts) == 5 and host.endswith(".svc.cluster.local"):
        return parts[0], parts[1]
    return None


# ---- secrets and Argo CD


def _external_secret(root: Found) -> Iterator[Reference]:
    yield from _store(get(get(root, "spec"), "secretStoreRef"))


def _cluster_external_secret(root: Found) -> Iterator[Reference]:
    yield from _store(get(get(get(root, "spec"), "externalSecretSpec"), "secretStoreRef"))


def _store(store: Found) -> Iterator[Reference]:
    kind = text_of(get(store, "kind")) or "SecretStore"
    if kind in ("SecretStore", "ClusterSecretStore"):
        yield from reference("secretStoreRef", (kind,), get(store, "name"), cluster=kind == "ClusterSecretStore")


def _application(root: Found) -> Iterator[Reference]:
    yield from reference("project", ("AppProject",), get(get(root, "spec"), "project"))


def _application_set(root: Found) -> Iterator[Reference]:
    yield from reference("project", ("AppProject",), get(get(get(get(root, "spec"), "template"), "spec"), "project"))


def _true(node: Found) -> bool:
    return value(node) is True


def labels_in(node: Found) -> dict[str, str]:
    """A mapping of labels as text to text; entries that are no scalars are left out."""
    return {key: text for key, _, label in entries(node) if (text := text_of(label)) is not None}


_READERS = {
    "Rollout": _rollout,
    "AnalysisTemplate": _analysis_template,
    "ClusterAnalysisTemplate": _analysis_template,
    "Ingress": _ingress,
    "VirtualService": _virtual_service_uses,
    "HorizontalPodAutoscaler": _scale_target,
    "ScaledObject": _scale_target,
    "RoleBinding": _role_binding,
    "ClusterRoleBinding": _role_binding,
    "ExternalSecret": _external_secret,
    "ClusterExternalSecret": _cluster_external_secret,
    "Application": _application,
    "ApplicationSet": _application_set,
}
