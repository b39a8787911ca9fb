"""The folders of components: what one team keeps for one program, in a base and an overlay for every environment and cluster."""

from __future__ import annotations

import random
import re

from benchmarks import manifests as make
from benchmarks.written import CLUSTERS, REPOSITORY_URL, File, below, commented, digest, join, kustomization, name_of


def component(number: int, rng: random.Random) -> list[File]:
    """A component as Argo CD delivers it: base, overlays of three environments and of clusters, an ApplicationSet."""
    name = name_of(number)
    progressive = number % 20 == 7
    files = [*_base(name, number, progressive, rng), *_overlays(name, progressive, rng, _clusters(number))]
    return [*below(f"components/{name}", files), *application_set(name, name, rng)]


def small_component(number: int, rng: random.Random) -> list[File]:
    """A component with a base and one overlay, and an Application that delivers it."""
    name = f"{name_of(number)}-lite"
    base = [
        File("base/deployment.yaml", commented(make.deployment(name, rng, containers=1), rng)),
        File("base/service.yaml", make.service(name)),
        File("base/config.yaml", join(make.service_account(name), make.config_map(f"{name}-config", rng, 6))),
        File("base/external-secret.yaml", make.external_secret(f"{name}-token", rng, "production")),
        File(
            "base/kustomization.yaml",
            kustomization(["deployment.yaml", "service.yaml", "config.yaml", "external-secret.yaml"]),
        ),
        File("production/kustomization.yaml", kustomization(["../base"], namespace=name, more=_images(name, rng))),
    ]
    mistake, planted = _syncing(rng)
    app = f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
spec:
  project: platform
  source:
    repoURL: {REPOSITORY_URL}
    targetRevision: main
    path: components/{name}/production
  destination:
    server: https://kubernetes.default.svc
    namespace: {name}
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
    syncOptions:
      - CreateNamespace=true
      - {mistake}
"""
    return [*below(f"components/{name}", base), File(f"argo-cd-apps/base/applications/{name}.yaml", app, planted)]


def _syncing(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """A sync option, now and then a mistyped one."""
    if rng.random() < 0.06:
        return "ServerSideAply=true", ("unknown-sync-option",)
    return "ServerSideApply=true", ()


def _clusters(number: int) -> int:
    return 2 + number * 7 % 9


def _base(name: str, number: int, progressive: bool, rng: random.Random) -> list[File]:
    workload = make.rollout(name, rng) if progressive else make.deployment(name, rng, containers=1 + number % 3)
    written = {
        ("rollout.yaml" if progressive else "deployment.yaml"): workload,
        "service.yaml": make.service(name),
        "serviceaccount.yaml": make.service_account(name),
        "config.yaml": make.config_map(f"{name}-config", rng, rng.randint(6, 60)),
        "external-secret.yaml": make.external_secret(f"{name}-token", rng, "production"),
        "monitoring.yaml": make.service_monitor(name),
        "network-policy.yaml": make.network_policy(name),
    }
    if progressive:
        written["canary.yaml"] = join(
            make.service(f"{name}-canary", name), make.virtual_service(name), make.analysis_template(name, rng)
        )
    if number % 3 == 0:
        written["autoscaler.yaml"] = make.autoscaler(
            name,
            "Rollout" if progressive else "Deployment",
            "argoproj.io/v1alpha1" if progressive else "apps/v1",
            rng,
        )
    if number % 2 == 0:
        written["prune.yaml"] = make.cron_job(f"{name}-prune", name, rng)
        written["route.yaml"] = make.route(name)
    if number % 3 == 1:
        written["alerts.yaml"] = make.prometheus_rule(name, rng, rng.randint(2, 12))
    if number % 4 == 1:
        written["migrate.yaml"] = make.hook_job(f"{name}-migrate", "default", rng)
    planted: dict[str, tuple[str, ...]] = {}
    if rng.random() < 0.06:
        # a key at the wrong level: nobody notices, since nothing reads it
        written["service.yaml"] = written["service.yaml"].replace("  type: ClusterIP\n", "  typ: ClusterIP\n")
        planted["service.yaml"] = ("unknown-field",)
    elif rng.random() < 0.06:
        written["config.yaml"] += "  region: eu\n"
        planted["config.yaml"] = ("duplicate-key",)
    if "prune.yaml" in written and rng.random() < 0.2:
        written["prune.yaml"] = re.sub("@sha256:[0-9a-f]{64}", ":latest", written["prune.yaml"])
        planted["prune.yaml"] = ("mutable-image-tag",)
    if "migrate.yaml" in written and rng.random() < 0.2:
        written["migrate.yaml"] = written["migrate.yaml"].replace("BeforeHookCreation", "BeforeHookCreate")
        planted["migrate.yaml"] = ("unknown-hook-delete-policy",)
    files = [File(f"base/{file}", commented(text, rng), planted.get(file, ())) for file, text in written.items()]
    access = {
        "role.yaml": join(make.role(name, rng), make.binding(name, name, name)),
        "cluster-role.yaml": join(
            make.role(f"{name}-reader", rng, cluster=True), make.binding(f"{name}-reader", name, name, cluster=True)
        ),
        "allow-argocd.yaml": make.role(f"{name}-argocd", rng, cluster=True),
    }
    files += [File(f"base/rbac/{file}", commented(text, rng)) for file, text in access.items()]
    return [
        *files,
        File("base/rbac/kustomization.yaml", kustomization(list(access))),
        File("base/kustomization.yaml", kustomization([*written, "rbac"])),
    ]


def _overlays(name: str, progressive: bool, rng: random.Random, clusters: int) -> list[File]:
    kind = "Rollout" if progressive else "Deployment"
    files = [
        File(
            "development/kustomization.yaml",
            kustomization(["../base"], namespace=name, more=_patches(("resources.yaml", kind, name))),
        ),
        File("development/resources.yaml", _resources_patch(name, kind, rng)),
    ]
    files += _feature(name, kind)
    for environment, count in (("staging", 2), ("production", clusters)):
        files += [
            File(
                f"{environment}/base/kustomization.yaml",
                kustomization(
                    ["../../base"],
                    namespace=name,
                    components=["../../components/tracing"],
                    more=_images(name, rng) + _patches(("resources.yaml", kind, name)),
                ),
            ),
            File(f"{environment}/base/resources.yaml", _resources_patch(name, kind, rng)),
        ]
        for cluster in CLUSTERS[:count]:
            folder = f"{environment}/{environment}-{cluster}"
            patches = [("secret-path.yaml", "ExternalSecret", f"{name}-token")]
            files.append(
                File(
                    f"{folder}/secret-path.yaml",
                    "---\n- op: add\n  path: /spec/data/0/remoteRef/key\n"
                    f"  value: {environment}/{cluster}/{name}-token\n",
                )
            )
            if rng.random() < 0.5:
                patches.append(("replicas.yaml", kind, name))
                files.append(
                    File(
                        f"{folder}/replicas.yaml",
                        f"- op: replace\n  path: /spec/replicas\n  value: {rng.randint(2, 9)}\n",
                    )
                )
            planted: tuple[str, ...] = ()
            if rng.random() < 0.02:
                # renamed in the base, and forgotten here
                patches[0] = ("secret-path.yaml", "ExternalSecret", f"{name}-credential")
                planted = ("patch-without-resource",)
            files.append(
                File(f"{folder}/kustomization.yaml", kustomization(["../base"], more=_patches(*patches)), planted)
            )
    return files


def _feature(name: str, kind: str) -> list[File]:
    """A kustomize Component, which the larger environments switch on."""
    text = f"""apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - patch: |
      - op: add
        path: /spec/template/spec/containers/0/env/-
        value:
          name: OTEL_EXPORTER_OTLP_ENDPOINT
          value: http://collector.tracing.svc:4317
    target:
      kind: {kind}
      name: {name}
"""
    return [File("components/tracing/kustomization.yaml", text)]


def _patches(*entries: tuple[str, str, str]) -> str:
    """The `patches` of a kustomization; an entry is file, kind and name."""
    return "patches:\n" + "".join(
        f"  - path: {file}\n    target:\n      kind: {kind}\n      name: {name}\n" for file, kind, name in entries
    )


def _images(name: str, rng: random.Random) -> str:
    return (
        f"images:\n  - name: quay.example.com/platform/{name}\n"
        f"    newName: quay.example.com/platform/{name}\n    digest: sha256:{digest(rng)}\n"
    )


def _resources_patch(name: str, kind: str, rng: random.Random) -> str:
    if kind == "Rollout":
        # a merge would replace the whole list of containers: kustomize knows no merge keys of a Rollout
        return f"""- op: replace
  path: /spec/template/spec/containers/0/resources/limits/memory
  value: {rng.choice((1, 2, 4))}Gi
"""
    return f"""apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
spec:
  template:
    spec:
      containers:
        - name: server
          resources:
            requests:
              cpu: {rng.choice((100, 200, 500))}m
              memory: {rng.choice((256, 512))}Mi
            limits:
              memory: {rng.choice((1, 2, 4))}Gi
"""


def application_set(name: str, target: str, rng: random.Random) -> list[File]:
    """
    The ApplicationSet that delivers a component to clusters, as the clusters and a list know them, and its kustomization.

    target: the namespace.
    """
    elements = "".join(
        f"                - nameNormalized: production-{cluster}\n                  values.clusterDir: production-{cluster}\n"
        for cluster in CLUSTERS[:2]
    )
    text = f"""apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: {name}
  namespace: argocd
spec:
  generators:
    - merge:
        mergeKeys:
          - nameNormalized
        generators:
          - clusters:
              selector:
                matchLabels:
                  example.com/member: "true"
              values:
                sourceRoot: components/{name}
                environment: production
                clusterDir: base
          - list:
              elements:
{elements}  template:
    metadata:
      name: {name}-{{{{nameNormalized}}}}
    spec:
      project: platform
      source:
        path: "{{{{values.sourceRoot}}}}/{{{{values.environment}}}}/{{{{values.clusterDir}}}}"
        repoURL: {REPOSITORY_URL}
        targetRevision: main
      destination:
        namespace: {target}
        server: "{{{{server}}}}"
      syncPolicy:
        automated:
          prune: true
          selfHeal: true
        syncOptions:
          - CreateNamespace=true
        retry:
          limit: {rng.choice((-1, 5, 10))}
          backoff:
            duration: 10s
            factor: 2
            maxDuration: 3m
"""
    folder = f"argo-cd-apps/base/sets/{name}"
    return [
        File(f"{folder}/{name}.yaml", commented(text, rng)),
        File(f"{folder}/kustomization.yaml", kustomization([f"{name}.yaml"])),
    ]
