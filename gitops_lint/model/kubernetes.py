"""Kubernetes' own kinds: where their pod templates are, what a pod holds, which kinds belong to no namespace."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.text.nodes import Node
from gitops_lint.text.scalars import Missing, UnknownValue, get, items

Found = Node | Missing | UnknownValue

POD_TEMPLATES: dict[str, tuple[str, ...]] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Rollout": ("spec", "template"),
}

# Source: kubernetes/api, the types whose client is generated non-namespaced (+genclient:nonNamespaced).
CLUSTER_SCOPED = frozenset(
    {
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("networking.k8s.io", "IngressClass"),
        ("node.k8s.io", "RuntimeClass"),
        ("policy", "PodSecurityPolicy"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttachment"),
        ("argoproj.io", "ClusterAnalysisTemplate"),
        ("external-secrets.io", "ClusterSecretStore"),
        ("external-secrets.io", "ClusterExternalSecret"),
        ("external-secrets.io", "ClusterPushSecret"),
        ("cert-manager.io", "ClusterIssuer"),
    }
)


def pod_template(kind: str, root: Found) -> Found:
    """The pod template of a workload (of a Pod: itself); MISSING for a kind that has none."""
    path = POD_TEMPLATES.get(kind)
    if path is None:
        return Missing.MISSING
    for key in path:
        root = get(root, key)
    return root


def pod_spec(kind: str, root: Found) -> Found:
    return get(pod_template(kind, root), "spec")


def containers(spec: Found) -> Iterator[Node]:
    """Every container of a pod spec: init, main and ephemeral ones, in this order."""
    for field in ("initContainers", "containers", "ephemeralContainers"):
        yield from items(get(spec, field))
