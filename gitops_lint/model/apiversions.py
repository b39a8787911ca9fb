"""
Versions of Kubernetes' own kinds that the API server serves no more, since when, and what took their place.

Source: kubernetes/api, the zz_generated.prerelease-lifecycle.go of each group (APILifecycleRemoved, APILifecycleReplacement);
groups that have no such file, and kinds that went before there were any: Kubernetes' deprecated API migration guide.
"""

from __future__ import annotations

from gitops_lint.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Removal:
    """
    One kind in one version that is gone.

    minor: of the first Kubernetes 1.x that does not serve it. replacement: the `apiVersion` to write; "" where there is none.
    """

    minor: int
    replacement: str


_APPS = "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet"
_ROLES = "ClusterRole ClusterRoleBinding Role RoleBinding"
_FLOWS = "FlowSchema PriorityLevelConfiguration"
_POLICIES = "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"

# minor, group and version, kinds, replacement
_ROWS: tuple[tuple[int, str, str, str], ...] = (
    (16, "extensions/v1beta1", "DaemonSet Deployment ReplicaSet", "apps/v1"),
    (16, "extensions/v1beta1", "NetworkPolicy", "networking.k8s.io/v1"),
    (16, "extensions/v1beta1", "PodSecurityPolicy", ""),
    (16, "apps/v1beta1", "ControllerRevision Deployment StatefulSet", "apps/v1"),
    (16, "apps/v1beta2", _APPS, "apps/v1"),
    (22, "extensions/v1beta1", "Ingress", "networking.k8s.io/v1"),
    (22, "networking.k8s.io/v1beta1", "Ingress IngressClass", "networking.k8s.io/v1"),
    (22, "rbac.authorization.k8s.io/v1alpha1", _ROLES, "rbac.authorization.k8s.io/v1"),
    (22, "rbac.authorization.k8s.io/v1beta1", _ROLES, "rbac.authorization.k8s.io/v1"),
    (
        22,
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
        "admissionregistration.k8s.io/v1",
    ),
    (22, "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "apiextensions.k8s.io/v1"),
    (22, "apiregistration.k8s.io/v1beta1", "APIService", "apiregistration.k8s.io/v1"),
    (22, "certificates.k8s.io/v1beta1", "CertificateSigningRequest", "certificates.k8s.io/v1"),
    (22, "coordination.k8s.io/v1beta1", "Lease", "coordination.k8s.io/v1"),
    (22, "scheduling.k8s.io/v1beta1", "PriorityClass", "scheduling.k8s.io/v1"),
    (22, "storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", "storage.k8s.io/v1"),
    (24, "storage.k8s.io/v1alpha1", "CSIStorageCapacity VolumeAttachment", "storage.k8s.io/v1"),
    (25, "batch/v1beta1", "CronJob", "batch/v1"),
    (25, "policy/v1beta1", "PodDisruptionBudget", "policy/v1"),
    (25, "policy/v1beta1", "PodSecurityPolicy", ""),
    (25, "discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1"),
    (25, "events.k8s.io/v1beta1", "Event", "events.k8s.io/v1"),
    (25, "node.k8s.io/v1beta1", "RuntimeClass", "node.k8s.io/v1"),
    (25, "autoscaling/v2beta1", "HorizontalPodAutoscaler", "autoscaling/v2"),
    (26, "autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/v2"),
    (26, "flowcontrol.apiserver.k8s.io/v1beta1", _FLOWS, "flowcontrol.apiserver.k8s.io/v1"),
    (27, "storage.k8s.io/v1beta1", "CSIStorageCapacity", "storage.k8s.io/v1"),
    (29, "flowcontrol.apiserver.k8s.io/v1beta2", _FLOWS, "flowcontrol.apiserver.k8s.io/v1"),
    (32, "flowcontrol.apiserver.k8s.io/v1beta3", _FLOWS, "flowcontrol.apiserver.k8s.io/v1"),
    (32, "admissionregistration.k8s.io/v1alpha1", _POLICIES, "admissionregistration.k8s.io/v1"),
    (34, "admissionregistration.k8s.io/v1beta1", _POLICIES, "admissionregistration.k8s.io/v1"),
    (35, "storage.k8s.io/v1alpha1", "VolumeAttributesClass", "storage.k8s.io/v1"),
    (37, "storage.k8s.io/v1beta1", "VolumeAttributesClass", "storage.k8s.io/v1"),
    (37, "networking.k8s.io/v1beta1", "IPAddress ServiceCIDR", "networking.k8s.io/v1"),
)

_REMOVED: dict[tuple[str, str], Removal] = {
    (version, kind): Removal(minor, replacement)
    for minor, version, kinds, replacement in _ROWS
    for kind in kinds.split()
}


def removal_of(api_version: str, kind: str) -> Removal | None:
    """When Kubernetes stopped to serve a kind in a version; None where it serves it, or the kind is not its own."""
    return _REMOVED.get((api_version, kind))


def minor_of(version: str) -> int | None:
    """The minor number of a Kubernetes version such as `1.31` or `1.31.4`; None for anything else."""
    major, _, rest = version.removeprefix("v").partition(".")
    minor = rest.partition(".")[0]
    return int(minor) if major == "1" and minor.isdecimal() else None
