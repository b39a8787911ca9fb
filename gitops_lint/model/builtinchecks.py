"""
Kinds that Argo CD has a health check for, and the kinds of Kubernetes' closed API groups.

Source: argo-cd resource_customizations/ (one folder a kind; `_` in a name stands for any text), gitops-engine
pkg/health/health.go GetHealthCheckFunc, kubernetes staging/src/k8s.io/api.
"""

from __future__ import annotations

import re

_SCRIPTS = """
_.cnrm.cloud.google.com: _
_.crossplane.io: _
_.services.k8s.aws: _
_.upbound.io: _
acid.zalan.do: postgresql
addons.cluster.x-k8s.io: ClusterResourceSet
apiextensions.k8s.io: CustomResourceDefinition
apps.3scale.net: APIManager
apps.kruise.io: AdvancedCronJob BroadcastJob CloneSet DaemonSet StatefulSet
apps.openshift.io: DeploymentConfig
argoproj.io: AnalysisRun ApplicationSet CronWorkflow EventBus Experiment Rollout
astra.netapp.io: AppVault Application Backup ExecHook ExecHooksRun ResourceBackup ResticVolumeBackup Schedule Snapshot
batch: CronJob
beat.k8s.elastic.co: Beat
bitnami.com: SealedSecret
camel.apache.org: Integration
capabilities.3scale.net: ActiveDoc Application ApplicationAuth Backend CustomPolicyDefinition DeveloperAccount
    DeveloperUser OpenAPI Product ProxyConfigPromote Tenant
cassandra.rook.io: Cluster
cdi.kubevirt.io: DataVolume
ceph.rook.io: CephCluster CephObjectStore
cert-manager.io: Certificate ClusterIssuer Issuer
certmanager.k8s.io: Certificate Issuer
clickhouse-keeper.altinity.com: ClickHouseKeeperInstallation
clickhouse.altinity.com: ClickHouseInstallation
cloudfront.aws.crossplane.io: Distribution
cluster.x-k8s.io: Cluster Machine MachineDeployment MachineHealthCheck MachinePool
controlplane.cluster.x-k8s.io: AWSManagedControlPlane
coralogix.com: Alert RecordingRuleGroupSet
core.gardener.cloud: Shoot
core.humio.com: HumioAction HumioAlert HumioCluster HumioIngestToken HumioParser HumioRepository HumioView
core.spinkube.dev: SpinApp
datadoghq.com: DatadogMetric
db.atlasgo.io: AtlasMigration AtlasSchema
elasticsearch.k8s.elastic.co: Elasticsearch
external-secrets.io: ClusterExternalSecret ClusterSecretStore ExternalSecret PushSecret SecretStore
flagger.app: Canary
flink.apache.org: FlinkDeployment
game.kruise.io: GameServer GameServerSet
gateway.networking.k8s.io: BackendTLSPolicy GRPCRoute Gateway GatewayClass HTTPRoute
gateway.solo.io: Gateway MatchableHttpGateway RouteOption RouteTable VirtualHostOption VirtualService
gloo.solo.io: Proxy Settings Upstream UpstreamGroup
grafana-org-operator.kubitus-project.gitlab.io: _
grafana.integreatly.org: Grafana GrafanaDashboard GrafanaDatasource GrafanaFolder
helm.toolkit.fluxcd.io: HelmRelease
iam.aws.crossplane.io: Policy Role RolePolicyAttachment
iammanager.keikoproj.io: Iamrole
image.toolkit.fluxcd.io: ImagePolicy ImageRepository ImageUpdateAutomation
install.istio.io: IstioOperator
jaegertracing.io: Jaeger
k8s.keycloak.org: Keycloak
k8s.mariadb.com: Backup Database Grant MariaDB SqlJob User
kafka.banzaicloud.io: KafkaCluster
kafka.strimzi.io: Kafka KafkaBridge KafkaConnect KafkaConnector KafkaTopic KafkaUser
karpenter.k8s.aws: EC2NodeClass
karpenter.sh: NodeClaim NodePool
keda.sh: ScaledJob ScaledObject
kiali.io: Kiali
kubernetes-client.io: ExternalSecret
kubevirt.io: VirtualMachine VirtualMachineInstance
kustomize.toolkit.fluxcd.io: Kustomization
kyverno.io: Policy
lifecycle.keptn.sh: KeptnAppVersion KeptnEvaluation KeptnTask KeptnWorkloadInstance KeptnWorkloadVersion
logstash.k8s.elastic.co: Logstash
mariadb.mmontes.io: MariaDB
metrics.keptn.sh: Analysis KeptnMetric
microgateway.airlock.com: _
minio.min.io: Tenant
monitoring.coreos.com: Prometheus
networking.gke.io: ManagedCertificate
nmstate.io: NodeNetworkConfigurationPolicy
notification.toolkit.fluxcd.io: Receiver
numaflow.numaproj.io: InterStepBufferService MonoVertex Pipeline Vertex
numaplane.numaproj.io: ISBServiceRollout MonoVertexRollout NumaflowControllerRollout PipelineRollout
objectbucket.io: ObjectBucketClaim
ocs.openshift.io: StorageCluster
onepassword.com: OnePasswordItem
openfaas.com: Function
opentelemetry.io: OpenTelemetryCollector
operator.knative.dev: KnativeEventing KnativeServing
operator.openshift.io: IngressController
operator.victoriametrics.com: _
operators.coreos.com: Subscription
pkg.crossplane.io: Provider
platform.confluent.io: Connect Connector ControlCenter Kafka KsqlDB SchemaRegistry Zookeeper
policy.open-cluster-management.io: CertificatePolicy ConfigurationPolicy OperatorPolicy Policy
policy: PodDisruptionBudget
postgresql.cnpg.io: Cluster
proclaim.dogmatiq.io: DNSSDServiceInstance
projectcontour.io: ExtensionService HTTPProxy
promoter.argoproj.io: ArgoCDCommitStatus ChangeTransferPolicy ClusterScmProvider CommitStatus GitCommitStatus
    GitRepository PromotionStrategy PullRequest ScmProvider TimedCommitStatus WebRequestCommitStatus
psmdb.percona.com: PerconaServerMongoDB
pulumi.com: Stack
pxc.percona.com: PerconaXtraDBCluster
rabbitmq.com: Binding Exchange Permission Policy Queue RabbitmqCluster Shovel User Vhost
rds.aws.crossplane.io: DBCluster DBInstance
rollouts.kruise.io: Rollout
route.openshift.io: Route
route53.aws.crossplane.io: ResourceRecordSet
s3.aws.crossplane.io: Bucket
services.cloud.sap.com: ServiceBinding ServiceInstance
serving.knative.dev: Service
serving.kserve.io: InferenceService
snapshot.storage.k8s.io: VolumeSnapshot VolumeSnapshotContent
solr.apache.org: SolrCloud
source.toolkit.fluxcd.io: Bucket GitRepository HelmChart HelmRepository OCIRepository
sparkoperator.k8s.io: SparkApplication
spot.io: SpotDeployment
stacks.crossplane.io: ClusterStackInstall
tower.ansible.com: AnsibleJob
trident.netapp.io: TridentBackendConfig TridentOrchestrator
work.karmada.io: ClusterResourceBinding ResourceBinding
zookeeper.pravega.io: ZookeeperCluster
"""


_COMPILED = {
    "": "PersistentVolumeClaim Pod Service",
    "apiregistration.k8s.io": "APIService",
    "apps": "DaemonSet Deployment ReplicaSet StatefulSet",
    "argoproj.io": "Workflow",
    "autoscaling": "HorizontalPodAutoscaler",
    "batch": "Job",
    "extensions": "Ingress",
    "networking.k8s.io": "Ingress",
}

# API groups that Kubernetes alone fills, so that a kind which is not listed exists nowhere.
CLOSED_GROUPS = {
    "": [
        "Binding",
        "ComponentStatus",
        "ConfigMap",
        "Endpoints",
        "Event",
        "LimitRange",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Pod",
        "PodTemplate",
        "ReplicationController",
        "ResourceQuota",
        "Secret",
        "Service",
        "ServiceAccount",
    ],
    "apps": ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
    "autoscaling": ["HorizontalPodAutoscaler", "Scale"],
    "batch": ["CronJob", "Job"],
    "networking.k8s.io": ["IPAddress", "Ingress", "IngressClass", "NetworkPolicy", "ServiceCIDR"],
    "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
}


def _scripts() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    group = ""
    for line in _SCRIPTS.strip().splitlines():
        if not line.startswith(" "):
            group, _, line = line.partition(":")
        found[group] = (*found.get(group, ()), *line.split())
    return found


SCRIPTS = _scripts()
"""API group to the kinds that a built-in Lua script judges."""


def has_builtin_check(group: str, kind: str) -> bool:
    """Whether Argo CD judges a kind by itself; group "" is Kubernetes' core."""
    if kind in _COMPILED.get(group, "").split():
        return True
    for written, kinds in SCRIPTS.items():
        if written == group or ("_" in written and _fits(written, group)):
            if any(one == kind or ("_" in one and _fits(one, kind)) for one in kinds):
                return True
    return False


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace("_", ".*"), text) is not None


def builtin_kinds() -> list[tuple[str, str]]:
    """Group and kind of every built-in check without wildcards."""
    found = [(group, kind) for group, kinds in SCRIPTS.items() for kind in kinds if "_" not in group + kind]
    return found + [(group, kind) for group, kinds in _COMPILED.items() for kind in kinds.split()]
