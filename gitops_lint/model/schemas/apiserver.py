"""
What the API server checks of Kubernetes' own kinds and its published definitions leave out; read by `kubernetes`.

Values are those of the API server's validation (kubernetes pkg/apis/*/validation, staging/src/k8s.io/api/*/types.go). Only
sets that have not grown since Kubernetes 1.25 are here, so that no target version is told something wrong.
"""

from __future__ import annotations

from gitops_lint.model.schemas.bundle import Schema

_CORE = "io.k8s.api.core.v1."
_APPS = "io.k8s.api.apps.v1."
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."

# definitions that are written anew
SCALARS: dict[str, Schema] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["string", "number"], "format": "quantity"},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"x-kubernetes-int-or-string": True},
}


def _of(*values: str) -> Schema:
    # an empty text is an absent one: the API server puts its default there
    return {"enum": ["", *values]}


def _items_of(*values: str) -> Schema:
    return {"items": {"type": "string", "enum": list(values)}}


_PERCENT: Schema = {"format": "int-or-percent"}
_PORT: Schema = {"minimum": 1, "maximum": 65535}
_PROTOCOL = _of("SCTP", "TCP", "UDP")

# definition to field to words that join those of the field
SHARPER: dict[str, dict[str, Schema]] = {
    "io.k8s.api.batch.v1.CronJobSpec": {
        "schedule": {"format": "cron-standard"},
        "timeZone": {"format": "timezone"},
        "concurrencyPolicy": _of("Allow", "Forbid", "Replace"),
    },
    "io.k8s.api.batch.v1.JobSpec": {"completionMode": _of("Indexed", "NonIndexed")},
    _APPS + "DeploymentStrategy": {"type": _of("Recreate", "RollingUpdate")},
    _APPS + "RollingUpdateDeployment": {"maxSurge": _PERCENT, "maxUnavailable": _PERCENT},
    _APPS + "DaemonSetUpdateStrategy": {"type": _of("OnDelete", "RollingUpdate")},
    _APPS + "RollingUpdateDaemonSet": {"maxSurge": _PERCENT, "maxUnavailable": _PERCENT},
    _APPS + "StatefulSetUpdateStrategy": {"type": _of("OnDelete", "RollingUpdate")},
    _APPS + "StatefulSetSpec": {"podManagementPolicy": _of("OrderedReady", "Parallel")},
    "io.k8s.api.policy.v1.PodDisruptionBudgetSpec": {"maxUnavailable": _PERCENT, "minAvailable": _PERCENT},
    _CORE + "PodSpec": {
        "dnsPolicy": _of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        "preemptionPolicy": _of("Never", "PreemptLowerPriority"),
        "restartPolicy": _of("Always", "Never", "OnFailure"),
    },
    _CORE + "Container": {
        "imagePullPolicy": _of("Always", "IfNotPresent", "Never"),
        "terminationMessagePolicy": _of("FallbackToLogsOnError", "File"),
    },
    _CORE + "ContainerPort": {"containerPort": _PORT, "protocol": _PROTOCOL},
    _CORE + "ServicePort": {"port": _PORT, "protocol": _PROTOCOL},
    _CORE + "ServiceSpec": {
        "externalTrafficPolicy": _of("Cluster", "Local"),
        "internalTrafficPolicy": _of("Cluster", "Local"),
        "ipFamilyPolicy": _of("PreferDualStack", "RequireDualStack", "SingleStack"),
        "sessionAffinity": _of("ClientIP", "None"),
        "type": _of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    },
    _CORE + "HTTPGetAction": {"scheme": _of("HTTP", "HTTPS")},
    _CORE + "Toleration": {"effect": _of("NoExecute", "NoSchedule", "PreferNoSchedule")},
    _CORE + "TopologySpreadConstraint": {"whenUnsatisfiable": {"enum": ["DoNotSchedule", "ScheduleAnyway"]}},
    _CORE + "NodeSelectorRequirement": {"operator": {"enum": ["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"]}},
    _CORE + "PersistentVolumeClaimSpec": {
        "accessModes": _items_of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"),
        "volumeMode": _of("Block", "Filesystem"),
    },
    _CORE + "PersistentVolumeSpec": {
        "accessModes": _items_of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"),
        "persistentVolumeReclaimPolicy": _of("Delete", "Recycle", "Retain"),
        "volumeMode": _of("Block", "Filesystem"),
    },
    "io.k8s.api.storage.v1.StorageClass": {"volumeBindingMode": _of("Immediate", "WaitForFirstConsumer")},
    "io.k8s.api.networking.v1.HTTPIngressPath": {"pathType": {"enum": ["Exact", "ImplementationSpecific", "Prefix"]}},
    "io.k8s.api.networking.v1.NetworkPolicySpec": {"policyTypes": _items_of("Egress", "Ingress")},
    "io.k8s.api.networking.v1.NetworkPolicyPort": {"protocol": _PROTOCOL},
    _META + "LabelSelectorRequirement": {"operator": {"enum": ["DoesNotExist", "Exists", "In", "NotIn"]}},
    "io.k8s.api.rbac.v1.Subject": {"kind": {"enum": ["Group", "ServiceAccount", "User"]}},
    "io.k8s.api.rbac.v1.RoleRef": {"kind": {"enum": ["ClusterRole", "Role"]}},
}


def sharpen(definitions: dict[str, Schema]) -> None:
    """Adds what this module knows to the definitions, where they are."""
    definitions.update({name: schema for name, schema in SCALARS.items() if name in definitions})
    for name, fields in SHARPER.items():
        properties = definitions.get(name, {}).get("properties", {})
        for field, words in fields.items():
            if field in properties:
                properties[field] = {**properties[field], **words}
