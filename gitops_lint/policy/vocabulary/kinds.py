"""
The kinds that rules name by one word, the group that word means, and the classes of kinds.

A bare name means one group; where others have a kind of that name too, `also` lists them and a rule writes "group/Kind".
Sources: the API groups of kubernetes/api, and the CustomResourceDefinitions of the projects named below.
"""

from __future__ import annotations

from gitops_lint.policy.vocabulary import kind

_KUBERNETES: dict[str, str] = {
    "": (
        "ConfigMap Endpoints LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate "
        "ReplicationController ResourceQuota Secret Service ServiceAccount"
    ),
    "admissionregistration.k8s.io": (
        "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration "
        "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"
    ),
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "apps": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "autoscaling": "HorizontalPodAutoscaler",
    "batch": "CronJob Job",
    "certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle",
    "coordination.k8s.io": "Lease",
    "discovery.k8s.io": "EndpointSlice",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io": "IPAddress IngressClass NetworkPolicy ServiceCIDR",
    "node.k8s.io": "RuntimeClass",
    "policy": "PodDisruptionBudget",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "resource.k8s.io": "DeviceClass DeviceTaintRule ResourceClaim ResourceClaimTemplate ResourceSlice",
    "scheduling.k8s.io": "PriorityClass",
    "storage.k8s.io": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass",
}

_EXTENSIONS: dict[str, str] = {
    # Argo
    "argoproj.io": (
        "AnalysisRun AnalysisTemplate AppProject ApplicationSet ClusterAnalysisTemplate Experiment Rollout "
        "ArgoCD NotificationsConfiguration RolloutManager CronWorkflow ClusterWorkflowTemplate Workflow "
        "WorkflowTemplate EventBus EventSource Sensor"
    ),
    # traffic
    "networking.istio.io": (
        "DestinationRule EnvoyFilter ProxyConfig ServiceEntry Sidecar VirtualService WorkloadEntry WorkloadGroup"
    ),
    "security.istio.io": "AuthorizationPolicy PeerAuthentication RequestAuthentication",
    "telemetry.istio.io": "Telemetry",
    "gateway.networking.k8s.io": (
        "BackendTLSPolicy GRPCRoute GatewayClass HTTPRoute ReferenceGrant TCPRoute TLSRoute UDPRoute"
    ),
    "split.smi-spec.io": "TrafficSplit",
    "specs.smi-spec.io": "HTTPRouteGroup",
    "access.smi-spec.io": "TrafficTarget",
    "appmesh.k8s.aws": "VirtualGateway VirtualNode VirtualRouter",
    "elbv2.k8s.aws": "IngressClassParams TargetGroupBinding",
    "traefik.io": "IngressRoute IngressRouteTCP IngressRouteUDP Middleware TraefikService",
    "getambassador.io": "Host Listener Mapping",
    "apisix.apache.org": "ApisixRoute ApisixTls ApisixUpstream",
    "projectcontour.io": "HTTPProxy",
    "nginx.org": "VirtualServerRoute VirtualServer",
    # secrets
    "external-secrets.io": (
        "ClusterExternalSecret ClusterPushSecret ClusterSecretStore ExternalSecret PushSecret SecretStore"
    ),
    "bitnami.com": "SealedSecret",
    "isindir.github.com": "SopsSecret",
    "secrets.hashicorp.com": (
        "HCPAuth HCPVaultSecretsApp SecretTransformation VaultAuth VaultAuthGlobal VaultConnection "
        "VaultDynamicSecret VaultPKISecret VaultStaticSecret"
    ),
    "secrets-store.csi.x-k8s.io": "SecretProviderClass SecretProviderClassPodStatus",
    "cert-manager.io": "Certificate CertificateRequest ClusterIssuer Issuer",
    # monitoring and scaling
    "monitoring.coreos.com": (
        "Alertmanager AlertmanagerConfig PodMonitor Probe Prometheus PrometheusAgent PrometheusRule "
        "ScrapeConfig ServiceMonitor ThanosRuler"
    ),
    "keda.sh": "ClusterTriggerAuthentication ScaledJob ScaledObject TriggerAuthentication",
    "autoscaling.k8s.io": "VerticalPodAutoscaler",
    # building, policies, other controllers
    "kustomize.config.k8s.io": "Component",
    "kyverno.io": "ClusterPolicy Policy PolicyException",
    "helm.toolkit.fluxcd.io": "HelmRelease",
    "source.toolkit.fluxcd.io": "GitRepository HelmRepository OCIRepository",
    "cluster.open-cluster-management.io": "ManagedCluster Placement PlacementDecision",
}

for _groups in (_KUBERNETES, _EXTENSIONS):
    for _group, _names in _groups.items():
        for _name in _names.split():
            kind(_name, _group)

# one word, several groups
kind("Application", "argoproj.io", also=("app.k8s.io",))
kind("Event", "", also=("events.k8s.io",))
kind("Gateway", "networking.istio.io", also=("gateway.networking.k8s.io",))
kind("Ingress", "networking.k8s.io", also=("extensions",))
kind("Kustomization", "kustomize.config.k8s.io", also=("kustomize.toolkit.fluxcd.io",))

# classes of kinds
kind(
    "workload",
    "",
    members=("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Rollout", "Pod"),
    doc="everything that runs pods; attributes tell where its pod template is",
)
kind("Resource", None, everything=True, doc="every document with apiVersion and kind")

# what is no Kubernetes resource
kind("File", None, doc="a file of the repository, whatever it holds")
kind("Document", None, free_form=True, doc="a document of a YAML stream, whatever it is")
kind("HealthCheck", None, doc="a Lua health check or action of Argo CD's configuration, or a .lua file")
kind("HelmChart", None, free_form=True, doc="a folder with a Chart.yaml")
kind("HelmValues", None, free_form=True, doc="a values file of a Helm chart")
kind("HarnessPipeline", None, free_form=True, doc="a document with the top-level key pipeline")
kind("HarnessTemplate", None, free_form=True, doc="a document with the top-level key template")
kind("HarnessInputSet", None, free_form=True, doc="a document with the top-level key inputSet")
kind("HarnessOverlayInputSet", None, free_form=True, doc="a document with the top-level key overlayInputSet")
kind("HarnessTrigger", None, free_form=True, doc="a document with the top-level key trigger")
kind("HarnessConnector", None, free_form=True, doc="a document with the top-level key connector")
kind("HarnessService", None, free_form=True, doc="a document with the top-level key service")
kind("HarnessEnvironment", None, free_form=True, doc="a document with the top-level key environment")
kind("HarnessInfrastructure", None, free_form=True, doc="a document with the top-level key infrastructureDefinition")
kind("HarnessOverride", None, free_form=True, doc="a document with the top-level key overrides or serviceOverrides")
kind("HarnessSecret", None, free_form=True, doc="a document with the top-level key secret")
kind("HarnessEnvironmentGroup", None, free_form=True, doc="a document with the top-level key environmentGroup")
kind("HarnessGitopsEntity", None, free_form=True, doc="a document with the top-level key gitops")
kind(
    "HarnessSettings",
    None,
    free_form=True,
    doc="a document with the top-level key gitExperience or conflictResolution",
)
kind(
    "HarnessEntity",
    None,
    members=(
        "HarnessPipeline",
        "HarnessTemplate",
        "HarnessInputSet",
        "HarnessOverlayInputSet",
        "HarnessTrigger",
        "HarnessConnector",
        "HarnessService",
        "HarnessEnvironment",
        "HarnessEnvironmentGroup",
        "HarnessInfrastructure",
        "HarnessOverride",
        "HarnessSecret",
        "HarnessGitopsEntity",
        "HarnessSettings",
    ),
    doc="a document that is a Harness entity of any kind",
)
