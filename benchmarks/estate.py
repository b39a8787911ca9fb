"""Everything of a platform that is no component: tenants, policies with their tests, queues, charts, dashboards, definitions."""

from __future__ import annotations

import json
import random

from benchmarks import manifests as make
from benchmarks.components import application_set
from benchmarks.definitions import definition, instance
from benchmarks.written import (
    CLUSTERS,
    ENVIRONMENTS,
    REPOSITORY_URL,
    File,
    below,
    commented,
    join,
    kustomization,
    name_of,
)


def platform() -> list[File]:
    """What every other part leans on: the AppProject, the secret store, the folder of Applications."""
    project = f"""apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: platform
  namespace: argocd
spec:
  description: Everything that the platform team delivers
  sourceRepos:
    - {REPOSITORY_URL}
  destinations:
    - namespace: "*"
      server: "*"
  clusterResourceWhitelist:
    - group: "*"
      kind: "*"
"""
    return [
        File("argo-cd-apps/base/projects/platform.yaml", project),
        File("argo-cd-apps/base/projects/kustomization.yaml", kustomization(["platform.yaml"])),
        File("components/secret-store/base/secret-store.yaml", make.cluster_secret_store()),
        File("components/secret-store/base/kustomization.yaml", kustomization(["secret-store.yaml"])),
    ]


def tenant(number: int, rng: random.Random) -> list[File]:
    """A namespace of a team with people, a quota and a secret; half of the teams keep everything in one file."""
    name = f"{name_of(number)}-tenant"
    people = make.group_binding(f"{name}-maintainers", f"{name}-team", "admin")
    readers = make.group_binding(f"{name}-readers", "everybody", "view")
    account = make.service_account("pipeline")
    token = make.external_secret("registry-token", rng, f"tenants/{name}")
    if number % 2:
        files = {"tenant.yaml": join(make.namespace(name, rng), people, readers, account, token)}
    else:
        files = {
            "namespace.yaml": make.namespace(name, rng),
            "rbac.yaml": join(people, readers),
            "serviceaccount.yaml": account,
            "external-secrets.yaml": token,
            "quota.yaml": make.quota("limits", rng),
        }
    planted: dict[str, tuple[str, ...]] = {}
    if rng.random() < 0.06:
        file = "tenant.yaml" if number % 2 else "external-secrets.yaml"
        files[file] = files[file].replace("    deletionPolicy: Delete\n", "    deletionPolicy: Remove\n")
        planted[file] = ("wrong-value",)
    made = [File(file, commented(text, rng), planted.get(file, ())) for file, text in files.items()]
    return below(f"tenants/{name}", [*made, File("kustomization.yaml", kustomization(list(files), namespace=name))])


def policy(number: int, rng: random.Random) -> list[File]:
    """A ClusterPolicy, and the tests of it that no kustomization names."""
    name = f"require-{name_of(number)}"
    text = f"""apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: {name}
  annotations:
    policies.kyverno.io/title: {name}
    policies.kyverno.io/category: Platform
    policies.kyverno.io/description: >-
      Every namespace of a tenant needs the label, so that costs go to whoever makes them.
spec:
  background: true
  validationFailureAction: Enforce
  rules:
    - name: {name}
      match:
        any:
          - resources:
              kinds:
                - Namespace
              operations:
                - CREATE
                - UPDATE
      exclude:
        any:
          - subjects:
              - kind: ServiceAccount
                name: {name}
                namespace: kyverno
      validate:
        message: "namespace {{{{request.object.metadata.name}}}} has no label"
        pattern:
          metadata:
            labels:
              example.com/team: "?*"
"""
    steps = "".join(
        f"""    - name: step-{step}
      description: |
        Apply what the policy speaks of and look at what it answers.
      try:
        - apply:
            file: resources/namespace-{step % 3}.yaml
        - assert:
            file: assert-ready.yaml
"""
        for step in range(rng.randint(3, 8))
    )
    test = f"""apiVersion: chainsaw.kyverno.io/v1alpha1
kind: Test
metadata:
  name: {name}
spec:
  description: |
    A namespace without the label is refused, one with it is let in.
  concurrent: false
  steps:
{steps}"""
    ready = f"""apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: {name}
status:
  conditions:
    - reason: Succeeded
      status: "True"
      type: Ready
"""
    tests = [test] + [test.replace(f"name: {name}\nspec", f"name: {name}-{extra}\nspec") for extra in range(number % 6)]
    files = [
        File("policy.yaml", commented(text, rng)),
        File("rbac.yaml", join(make.role(name, rng, cluster=True), make.binding(name, name, "kyverno", cluster=True))),
        File("kustomization.yaml", kustomization(["policy.yaml", "rbac.yaml"])),
        File(".chainsaw-test/chainsaw-test.yaml", join(*tests)),
        File(".chainsaw-test/assert-ready.yaml", ready),
        *(File(f".chainsaw-test/resources/namespace-{n}.yaml", make.namespace(f"test-{n}", rng)) for n in range(3)),
    ]
    environment = ENVIRONMENTS[number % 3]
    return below(f"components/policies/{environment}/{name}", files)


def queue(number: int, rng: random.Random) -> list[File]:
    """What one cluster has to give away: many small documents of kinds that have no schema here."""
    name = f"{CLUSTERS[number % len(CLUSTERS)]}-{number}"
    flavors = [
        f"apiVersion: kueue.x-k8s.io/v1beta1\nkind: ResourceFlavor\nmetadata:\n  name: {name}-flavor-{n}\n"
        for n in range(4)
    ]
    priorities = [
        f"""apiVersion: kueue.x-k8s.io/v1beta1
kind: WorkloadPriorityClass
metadata:
  name: {name}-priority-{n}
value: {1000 * n}
description: What runs for {("people", "releases", "tests", "nobody")[n]}
"""
        for n in range(4)
    ]
    covered = "".join(
        f"""    - coveredResources:
        - linux-{size}
        - linux-{size}-arm
      flavors:
        - name: {name}-flavor-{n % 4}
          resources:
            - name: linux-{size}
              nominalQuota: "{rng.randint(10, 1000)}"
            - name: linux-{size}-arm
              nominalQuota: "{rng.randint(10, 1000)}"
"""
        for n, size in enumerate(
            ("small", "large", "xlarge", "d160", "mxlarge", "c2xlarge", "c4xlarge", "c8xlarge", "g4x", "g6x")
        )
    )
    cluster_queue = f"""apiVersion: kueue.x-k8s.io/v1beta1
kind: ClusterQueue
metadata:
  name: {name}
spec:
  namespaceSelector:
    matchLabels:
      example.com/type: tenant
  preemption:
    withinClusterQueue: LowerPriority
  queueingStrategy: BestEffortFIFO
  resourceGroups:
{covered}"""
    files = {
        "cluster-queue.yaml": cluster_queue,
        "flavors.yaml": join(*flavors),
        "priorities.yaml": join(*priorities),
    }
    made = [File(file, text) for file, text in files.items()]
    return below(f"components/queue/{name}", [*made, File("kustomization.yaml", kustomization(list(files)))])


def rendered(number: int, rng: random.Random) -> list[File]:
    """An operator as its makers render it: one file of some fifty documents, and a patch over it."""
    name = f"{name_of(number)}-operator"
    group = f"{name}.example.com"
    kinds = [name_of(number * 5 + n).title().replace("-", "") for n in range(2)]
    documents = [make.namespace(name, rng)]
    for kind in kinds:
        documents.append(definition(kind, group, rng, 5000))
    for part in ("api", "watcher", "webhook", "cleaner", "results", "chains"):
        full = f"{name}-{part}"
        documents += [make.service_account(full), make.config_map(f"{full}-config", rng, 25)]
        documents += [make.role(full, rng, rules=4), make.binding(full, full, name)]
        documents += [make.role(f"{full}-all", rng, cluster=True, rules=8)]
        documents += [make.binding(f"{full}-all", full, name, cluster=True)]
        documents += [make.role(f"{full}-aggregate", rng, cluster=True, rules=5)]
        documents.append(make.secret(f"{full}-session"))
        for right in ("view", "edit", "lease"):
            documents.append(make.role(f"{full}-{right}", rng, cluster=True, rules=2))
            documents.append(make.binding(f"{full}-{right}", full, name, cluster=True))
        if part in ("api", "webhook"):
            documents += [make.deployment(full, rng), make.service(full), make.service_monitor(full)]
            documents += [make.external_secret(f"{full}-token", rng, name)]
    documents += [instance(kind, group, name, rng) for kind in kinds]
    patch = f"- op: replace\n  path: /spec/replicas\n  value: {rng.randint(1, 5)}\n"
    more = f"patches:\n  - path: replicas.yaml\n    target:\n      kind: Deployment\n      name: {name}-api\n"
    files = [
        File("base/deploy.yaml", join(*documents)),
        File("base/kustomization.yaml", kustomization(["deploy.yaml"], namespace=name)),
        File("production/kustomization.yaml", kustomization(["../base"], more=more)),
        File("production/replicas.yaml", patch),
    ]
    return [*below(f"components/{name}", files), *application_set_of(name, rng)]


def application_set_of(name: str, rng: random.Random) -> list[File]:
    """The ApplicationSet of a folder whose only overlay is production."""
    made = application_set(name, name, rng)
    return [
        File(one.path, one.text.replace("clusterDir: base\n", 'clusterDir: ""\n'), one.planted)
        if one.path.endswith(f"{name}.yaml")
        else one
        for one in made
    ]


def definitions(number: int, rng: random.Random) -> list[File]:
    """The definitions of one operator, each in its own file, and an object of the first."""
    name = f"{name_of(number)}-definitions"
    group = f"{name_of(number)}.example.com"
    kinds = [name_of(number * 3 + n).title().replace("-", "") + "Spec" for n in range(3)]
    files = {
        f"{kind.lower()}.yaml": definition(kind, group, rng, rng.choice((3000, 4000, 6000, 12000, 18000)))
        for kind in kinds
    }
    files["example.yaml"] = instance(kinds[0], group, "example", rng)
    made = [File(file, text) for file, text in files.items()]
    return below(f"components/definitions/{name}", [*made, File("kustomization.yaml", kustomization(list(files)))])


def large_definitions(number: int, rng: random.Random) -> list[File]:
    """One file of 370 kB: an operator's release with a dozen definitions."""
    name = f"{name_of(number)}-release"
    kinds = [name_of(1000 * number + n).title().replace("-", "") + "Event" for n in range(12)]
    documents = [make.namespace(name, rng)]
    documents += [definition(kind, f"{name}.example.com", rng, 28000) for kind in kinds]
    documents += [make.role(f"{name}-{n}", rng, cluster=True, rules=6) for n in range(20)]
    files = [
        File("base/release.yaml", join(*documents)),
        File("base/kustomization.yaml", kustomization(["release.yaml"])),
    ]
    return below(f"components/{name}", files)


def chart(number: int, rng: random.Random) -> list[File]:
    """A vendored Helm chart with definitions between template actions: many bytes, and hardly any of it plain YAML."""
    name = f"{name_of(number)}-chart"
    sizes = (600_000, 600_000, 140_000, 86_000, 68_000, 60_000, 29_000, 25_000, *(9000 for _ in range(15)))
    files = [
        File(
            "Chart.yaml",
            f"apiVersion: v2\nname: {name}\nversion: 1.{number}.0\nappVersion: v1.{number}.0\ntype: application\n",
        ),
        File("values.yaml", _values(name, rng, 120)),
        File(
            "values.schema.json",
            json.dumps({"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(900)}}, indent=1)
            + "\n",
        ),
    ]
    for n, size in enumerate(sizes):
        kind = f"{name_of(number * 50 + n).title().replace('-', '')}Claim"
        text = definition(kind, f"{name}.example.com", rng, size)
        text = text.replace(
            "  annotations:\n",
            "  annotations:\n    {{- with .Values.crds.annotations }}\n    {{- toYaml . | nindent 4 }}\n    {{- end }}\n",
        )
        files.append(
            File(f"templates/crds/{kind.lower()}.yaml", f"{{{{- if .Values.installCRDs }}}}\n{text}{{{{- end }}}}\n")
        )
    for n in range(28):
        full = f'{{{{ include "{name}.fullname" . }}}}-{n}'
        text = make.service(name).replace(
            f"  name: {name}\n", f"  name: {full}\n  namespace: {{{{ .Release.Namespace }}}}\n", 1
        )
        files.append(
            File(f"templates/service-{n}.yaml", f"{{{{- if .Values.services.enabled }}}}\n{text}{{{{- end }}}}\n")
        )
    return below(f"components/{name}", files)


def _values(name: str, rng: random.Random, entries: int) -> str:
    lines = [
        f"fullnameOverride: {name}",
        "installCRDs: true",
        "services:",
        "  enabled: true",
        "crds:",
        "  annotations: {}",
    ]
    for n in range(entries):
        lines += [f"part{n}:", "  enabled: true", f"  replicas: {rng.randint(1, 5)}", "  resources:"]
        lines += [f"    requests: {{cpu: {rng.randint(1, 9)}00m, memory: {rng.randint(1, 9)}Gi}}"]
    return "\n".join(lines) + "\n"


def inflated(number: int, rng: random.Random) -> list[File]:
    """A chart that kustomize inflates, with values for each of three clusters."""
    name = f"{name_of(number)}-logs"
    files = []
    for cluster in CLUSTERS[:3]:
        generator = f"""apiVersion: builtin
kind: HelmChartInflationGenerator
metadata:
  name: {name}
name: {name}
repo: https://charts.example.com
version: 0.{number}.1
releaseName: {name}
namespace: {name}
valuesFile: values.yaml
"""
        files += [
            File(f"{cluster}/generator.yaml", generator),
            File(f"{cluster}/values.yaml", _values(name, rng, rng.randint(15, 60))),
            File(f"{cluster}/kustomization.yaml", kustomization(more="generators:\n  - generator.yaml\n")),
        ]
    return below(f"components/{name}", files)


def dashboards(number: int, rng: random.Random) -> list[File]:
    """Dashboards as JSON files that become ConfigMaps, and one that is written into a ConfigMap."""
    name = f"{name_of(number)}-dashboards"
    files = [File("overview.json", json.dumps(_dashboard(rng, 55), indent=2) + "\n")]
    inside = json.dumps(_dashboard(rng, 120 if number % 4 == 0 else 12), indent=2).replace("\n", "\n    ")
    folder_of_panels = f"""apiVersion: grafana.integreatly.org/v1beta1
kind: GrafanaDashboard
metadata:
  name: {name}
spec:
  instanceSelector:
    matchLabels:
      dashboards: grafana
  configMapRef:
    name: {name}-overview
    key: overview.json
"""
    files += [
        File("dashboard.yaml", folder_of_panels),
        File(
            "written.yaml",
            f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}-written\ndata:\n  written.json: |\n    {inside}\n",
        ),
        File(
            "kustomization.yaml",
            kustomization(
                ["dashboard.yaml", "written.yaml"],
                namespace="monitoring",
                more=f"generatorOptions:\n  disableNameSuffixHash: true\nconfigMapGenerator:\n  - name: {name}-overview\n    files:\n      - overview.json\n",
            ),
        ),
    ]
    return below(f"components/monitoring/{name}", files)


def _dashboard(rng: random.Random, panels: int) -> dict[str, object]:
    return {
        "title": "Overview",
        "schemaVersion": 39,
        "panels": [
            {
                "id": number,
                "type": "timeseries",
                "title": f"Requests {number}",
                "gridPos": {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)},
                "fieldConfig": {
                    "defaults": {"unit": "reqps", "custom": {"lineWidth": rng.randint(1, 3)}},
                    "overrides": [],
                },
                "targets": [
                    {
                        "expr": f'sum(rate(http_requests_total{{code=~"{rng.randint(2, 5)}.."}}[5m])) by (service)',
                        "refId": letter,
                    }
                    for letter in "AB"
                ],
            }
            for number in range(panels)
        ],
    }


def subscription(number: int, rng: random.Random) -> list[File]:
    """An operator from a catalogue: four small documents of kinds that have no schema here."""
    name = f"{name_of(number)}-catalog"
    files = {
        "namespace.yaml": make.namespace(name, rng),
        "subscription.yaml": f"""apiVersion: operators.coreos.com/v1alpha1
kind: Subscription
metadata:
  name: {name}
  namespace: {name}
spec:
  channel: stable
  installPlanApproval: {rng.choice(("Automatic", "Manual"))}
  name: {name}
  source: {name}
  sourceNamespace: openshift-marketplace
""",
        "operator-group.yaml": f"apiVersion: operators.coreos.com/v1\nkind: OperatorGroup\nmetadata:\n  name: {name}\n  namespace: {name}\nspec:\n  targetNamespaces:\n    - {name}\n",
        "catalog-source.yaml": f"apiVersion: operators.coreos.com/v1alpha1\nkind: CatalogSource\nmetadata:\n  name: {name}\n  namespace: openshift-marketplace\nspec:\n  sourceType: grpc\n  image: quay.example.com/catalogs/{name}:v4.{number}\n  displayName: {name}\n",
    }
    made = [File(file, text) for file, text in files.items()]
    return below(f"components/operators/{name}", [*made, File("kustomization.yaml", kustomization(list(files)))])


def settings(number: int, rng: random.Random) -> list[File]:
    """The configuration of a pipeline controller: one long document of a kind that has no schema here, and JSON patches of it."""
    name = f"{name_of(number)}-pipelines"
    controllers = rng.randint(12, 40)
    options = "".join(
        f"""      {part}:
        disabled: false
        replicas: {rng.randint(1, 5)}
        environment:
          - name: QPS
            value: "{rng.randint(10, 90)}"
          - name: BURST
            value: "{rng.randint(10, 90)}"
        node-selector:
          example.com/pool: {rng.choice(("infra", "workers"))}
"""
        for part in (f"controller-{n}" for n in range(controllers))
    )
    text = f"""apiVersion: operator.tekton.dev/v1alpha1
kind: TektonConfig
metadata:
  name: config
spec:
  profile: all
  targetNamespace: {name}
  pipeline:
    enable-api-fields: beta
    options:
{options}"""
    patch = "".join(
        f"- op: add\n  path: /spec/pipeline/options/controller-{n % controllers}/replicas\n  value: {rng.randint(1, 9)}\n"
        for n in range(rng.randint(2, 60) if number % 5 else 300)
    )
    more = "patches:\n  - path: replicas.yaml\n    target:\n      kind: TektonConfig\n      name: config\n"
    files = [
        File("base/config.yaml", commented(text, rng)),
        File("base/kustomization.yaml", kustomization(["config.yaml"])),
        File("production/replicas.yaml", patch),
        File("production/kustomization.yaml", kustomization(["../base"], more=more)),
    ]
    return below(f"components/{name}", files)
