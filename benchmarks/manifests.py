"""Kubernetes objects as a platform team writes them, one function a kind; each gives one YAML document as text."""

from __future__ import annotations

import random

from benchmarks.written import digest

_GROUPS = {
    "": ("configmaps", "events", "namespaces", "pods", "secrets", "serviceaccounts", "services"),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "batch": ("cronjobs", "jobs"),
    "networking.k8s.io": ("ingresses", "networkpolicies"),
    "rbac.authorization.k8s.io": ("clusterroles", "rolebindings", "roles"),
    "coordination.k8s.io": ("leases",),
}


def deployment(name: str, rng: random.Random, *, containers: int = 2, wave: int | None = None) -> str:
    """A Deployment of one to three containers with probes, limits and mounts; it uses `<name>-config` and `<name>-token`."""
    annotations = f'  annotations:\n    argocd.argoproj.io/sync-wave: "{wave}"\n' if wave is not None else ""
    return (
        f"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/component: server
{annotations}spec:
  replicas: {rng.randint(1, 4)}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
"""
        + "  template:\n"
        + _pods(name, rng, containers)
    )


def rollout(name: str, rng: random.Random) -> str:
    """A canary Rollout over an Istio route, with an analysis; its Services are `<name>` and `<name>-canary`."""
    return (
        f"""apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
spec:
  replicas: {rng.randint(3, 8)}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  strategy:
    canary:
      stableService: {name}
      canaryService: {name}-canary
      trafficRouting:
        istio:
          virtualService:
            name: {name}
            routes:
              - primary
      steps:
        - setWeight: {rng.choice((5, 10, 20))}
        - pause: {{duration: {rng.randint(2, 9)}m}}
        - analysis:
            templates:
              - templateName: {name}-success-rate
            args:
              - name: service
                value: {name}
        - setWeight: 50
        - pause: {{duration: {rng.randint(10, 20)}m}}
"""
        + "  template:\n"
        + _pods(name, rng, 2)
    )


def _pods(name: str, rng: random.Random, containers: int) -> str:
    boxes = "".join(_container(name, number, rng) for number in range(containers))
    return f"""    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      serviceAccountName: {name}
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
{boxes}      volumes:
        - name: config
          configMap:
            name: {name}-config
        - name: tmp
          emptyDir: {{}}
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                topologyKey: topology.kubernetes.io/zone
                labelSelector:
                  matchLabels:
                    app.kubernetes.io/name: {name}
"""


def _container(name: str, number: int, rng: random.Random) -> str:
    port = 8080 + number
    flags = "".join(
        f"            - --{flag}={rng.randint(1, 90)}\n"
        for flag in rng.sample(("workers", "burst", "qps", "max-age", "retries", "page-size"), 3)
    )
    return f"""        - name: {("server", "proxy", "metrics")[number % 3]}
          image: quay.example.com/platform/{name}@sha256:{digest(rng)}
          args:
            - --listen=:{port}
{flags}          env:
            - name: LOG_LEVEL
              value: {rng.choice(("debug", "info", "warning"))}
            - name: POD_NAMESPACE
              valueFrom:
                fieldRef:
                  fieldPath: metadata.namespace
            - name: UPSTREAM_CREDENTIAL
              valueFrom:
                secretKeyRef:
                  name: {name}-token
                  key: token
          ports:
            - name: {("http", "proxy", "metrics")[number % 3]}
              containerPort: {port}
              protocol: TCP
          livenessProbe:
            httpGet:
              path: /healthz
              port: {port}
            initialDelaySeconds: {rng.randint(5, 30)}
            periodSeconds: 20
          readinessProbe:
            httpGet:
              path: /readyz
              port: {port}
            periodSeconds: 10
          resources:
            requests:
              cpu: {rng.choice((10, 50, 100, 250))}m
              memory: {rng.choice((64, 128, 256))}Mi
            limits:
              cpu: {rng.choice((500, 1000))}m
              memory: {rng.choice((512, 1024))}Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop:
                - ALL
          volumeMounts:
            - name: config
              mountPath: /etc/{name}
              readOnly: true
            - name: tmp
              mountPath: /tmp
"""


def service(name: str, selected: str = "", port: str = "http") -> str:
    """A Service of the pods of a component; selected: the component, where it has another name."""
    return f"""apiVersion: v1
kind: Service
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {selected or name}
spec:
  type: ClusterIP
  ports:
    - name: {port}
      port: 8080
      protocol: TCP
      targetPort: {port}
  selector:
    app.kubernetes.io/name: {selected or name}
"""


def virtual_service(name: str) -> str:
    """The Istio route that `rollout` moves traffic with."""
    return f"""apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: {name}
spec:
  hosts:
    - {name}
  http:
    - name: primary
      route:
        - destination:
            host: {name}
          weight: 100
        - destination:
            host: {name}-canary
          weight: 0
"""


def analysis_template(name: str, rng: random.Random) -> str:
    """The measurement that `rollout` names."""
    return f"""apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata:
  name: {name}-success-rate
spec:
  args:
    - name: service
  metrics:
    - name: success-rate
      interval: 1m
      count: {rng.randint(3, 9)}
      failureLimit: 2
      successCondition: result[0] >= 0.95
      provider:
        prometheus:
          address: http://prometheus.monitoring.svc:9090
          query: |
            sum(rate(http_requests_total{{service="{{{{args.service}}}}",code!~"5.."}}[5m]))
            /
            sum(rate(http_requests_total{{service="{{{{args.service}}}}"}}[5m]))
"""


def service_account(name: str) -> str:
    return f"""apiVersion: v1
kind: ServiceAccount
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
"""


def role(name: str, rng: random.Random, *, cluster: bool = False, rules: int = 3) -> str:
    """A Role, or a ClusterRole, with so many rules."""
    lines = []
    for _ in range(rules):
        group = rng.choice(sorted(_GROUPS))
        resources = rng.sample(_GROUPS[group], min(len(_GROUPS[group]), rng.randint(1, 3)))
        verbs = rng.sample(("get", "list", "watch", "create", "update", "patch", "delete"), rng.randint(2, 5))
        lines += ["  - apiGroups:", f'      - "{group}"', "    resources:", *(f"      - {one}" for one in resources)]
        lines += ["    verbs:", *(f"      - {one}" for one in verbs)]
    text = "\n".join(lines)
    return f"""apiVersion: rbac.authorization.k8s.io/v1
kind: {"ClusterRole" if cluster else "Role"}
metadata:
  name: {name}
rules:
{text}
"""


def binding(name: str, account: str, namespace: str, *, cluster: bool = False, cluster_role: bool = False) -> str:
    """A RoleBinding or a ClusterRoleBinding of the role with that name to a ServiceAccount."""
    return f"""apiVersion: rbac.authorization.k8s.io/v1
kind: {"ClusterRoleBinding" if cluster else "RoleBinding"}
metadata:
  name: {name}
subjects:
  - kind: ServiceAccount
    name: {account}
    namespace: {namespace}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {"ClusterRole" if cluster or cluster_role else "Role"}
  name: {name}
"""


def group_binding(name: str, group: str, cluster_role: str) -> str:
    """A RoleBinding of people to a ClusterRole."""
    return f"""apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {name}
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: {group}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {cluster_role}
"""


def config_map(name: str, rng: random.Random, lines: int = 12) -> str:
    """A ConfigMap that holds a configuration file of so many lines."""
    content = "\n".join(
        f"    {rng.choice(('cache', 'queue', 'store', 'trace'))}.{rng.choice(('size', 'limit', 'window'))}.{number}"
        f" = {rng.randint(1, 9999)}"
        for number in range(lines)
    )
    return f"""apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
data:
  application.properties: |
{content}
  region: {rng.choice(("eu", "us", "ap"))}
  page-size: "{rng.randint(10, 500)}"
"""


def external_secret(name: str, rng: random.Random, folder: str) -> str:
    """An ExternalSecret that makes the Secret of that name, from the ClusterSecretStore `vault`."""
    return f"""apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {name}
  annotations:
    argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true
    argocd.argoproj.io/sync-wave: "-1"
spec:
  refreshInterval: {rng.choice(("15m", "1h", "6h"))}
  secretStoreRef:
    kind: ClusterSecretStore
    name: vault
  target:
    name: {name}
    creationPolicy: Owner
    deletionPolicy: Delete
  data:
    - secretKey: token
      remoteRef:
        key: {folder}/{name}
        property: token
"""


def cluster_secret_store() -> str:
    """The store that every `external_secret` reads."""
    return """apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.com:8200
      path: secret
      version: v2
      auth:
        kubernetes:
          mountPath: kubernetes
          role: platform
          serviceAccountRef:
            name: vault-reader
            namespace: secret-store
"""


def secret(name: str) -> str:
    """A Secret without a credential: the kind that names a place for an operator to fill."""
    return f"""apiVersion: v1
kind: Secret
metadata:
  name: {name}
  annotations:
    kubernetes.io/service-account.name: {name.removesuffix("-session")}
type: kubernetes.io/service-account-token
"""


def namespace(name: str, rng: random.Random) -> str:
    team = rng.choice(("core", "data", "delivery", "edge"))
    return f"""apiVersion: v1
kind: Namespace
metadata:
  name: {name}
  labels:
    example.com/team: {team}
    pod-security.kubernetes.io/enforce: restricted
"""


def service_monitor(name: str) -> str:
    return f"""apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
spec:
  endpoints:
    - path: /metrics
      port: http
      scheme: http
      interval: 30s
      honorLabels: true
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
"""


def prometheus_rule(name: str, rng: random.Random, alerts: int = 4) -> str:
    """Alerts with PromQL expressions and templated words."""
    rules = "".join(
        f"""        - alert: {name.title().replace("-", "")}{rng.choice(("Slow", "Failing", "Down", "Saturated"))}{number}
          expr: |
            sum by (namespace) (rate({name.replace("-", "_")}_errors_total{{job="{name}"}}[5m])) > {rng.randint(1, 9)}
          for: {rng.randint(5, 30)}m
          labels:
            severity: {rng.choice(("warning", "critical"))}
          annotations:
            summary: "{name} has failed {{{{ $value }}}} times in {{{{ $labels.namespace }}}}"
            description: Look at the dashboard of {name} and at its last deployment.
"""
        for number in range(alerts)
    )
    return f"""apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {name}
spec:
  groups:
    - name: {name}.rules
      interval: 1m
      rules:
{rules}"""


def network_policy(name: str) -> str:
    return f"""apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {name}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {name}
  policyTypes:
    - Ingress
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: ingress
      ports:
        - port: 8080
          protocol: TCP
"""


def cron_job(name: str, account: str, rng: random.Random) -> str:
    return f"""apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name}
spec:
  schedule: "{rng.randint(0, 59)} {rng.randint(0, 23)} * * *"
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec:
          serviceAccountName: {account}
          restartPolicy: Never
          containers:
            - name: prune
              image: quay.example.com/platform/tools@sha256:{digest(rng)}
              command:
                - /bin/bash
                - -c
                - |
                  set -euo pipefail
                  for namespace in $(kubectl get namespaces -o name); do
                    kubectl get jobs --namespace "${{namespace#namespace/}}" -o json |
                      jq -r '.items[] | select(.status.succeeded == 1) | .metadata.name'
                  done
              resources:
                requests: {{cpu: 50m, memory: 64Mi}}
                limits: {{cpu: 200m, memory: 128Mi}}
"""


def hook_job(name: str, account: str, rng: random.Random) -> str:
    """A Job that Argo CD runs before each sync."""
    return f"""apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
  annotations:
    argocd.argoproj.io/hook: PreSync
    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
spec:
  backoffLimit: 3
  template:
    spec:
      serviceAccountName: {account}
      restartPolicy: OnFailure
      containers:
        - name: migrate
          image: quay.example.com/platform/tools@sha256:{digest(rng)}
          args: [migrate, --up, --timeout={rng.randint(1, 9)}m]
          resources:
            requests: {{cpu: 50m, memory: 64Mi}}
            limits: {{cpu: 200m, memory: 128Mi}}
"""


def autoscaler(name: str, kind: str, version: str, rng: random.Random) -> str:
    """A HorizontalPodAutoscaler of a workload."""
    return f"""apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {name}
spec:
  scaleTargetRef:
    apiVersion: {version}
    kind: {kind}
    name: {name}
  minReplicas: 2
  maxReplicas: {rng.randint(4, 12)}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {rng.randint(60, 85)}
"""


def route(name: str) -> str:
    """An OpenShift Route."""
    return f"""apiVersion: route.openshift.io/v1
kind: Route
metadata:
  name: {name}
  annotations:
    haproxy.router.openshift.io/timeout: 60s
spec:
  host: {name}.apps.example.com
  port:
    targetPort: http
  tls:
    termination: edge
    insecureEdgeTerminationPolicy: Redirect
  to:
    kind: Service
    name: {name}
    weight: 100
  wildcardPolicy: None
"""


def quota(name: str, rng: random.Random) -> str:
    return f"""apiVersion: v1
kind: ResourceQuota
metadata:
  name: {name}
spec:
  hard:
    limits.cpu: "{rng.randint(4, 64)}"
    limits.memory: {rng.randint(8, 128)}Gi
    count/jobs.batch: "{rng.randint(100, 900)}"
"""
