"""
A repository of ApplicationSets, the same for the same seed: what `python -m benchmarks --render` measures on.

Factor 1 is 200 ApplicationSets that generate 20,000 Applications over some 4,000 files; half of the sets use goTemplate.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from benchmarks.written import CLUSTERS, ENVIRONMENTS, REPOSITORY_URL, File, name_of

SETS = 200
APPLICATIONS = 100
"""Of each ApplicationSet."""
_SERVICES = 25
_REGIONS = 4


def repository(factor: float = 1.0, seed: int = 1) -> Iterator[File]:
    """The files, in order. factor: times 200 ApplicationSets."""
    rng = random.Random(seed)
    yield from clusters()
    for number in range(round(SETS * factor)):
        yield from _SORTS[number % len(_SORTS)](number, rng)


def clusters() -> Iterator[File]:
    """The Secrets of twenty clusters, four of them in production."""
    for number in range(20):
        name = f"{CLUSTERS[number % len(CLUSTERS)]}-{number // len(CLUSTERS)}"
        environment = "production" if number < _REGIONS else ENVIRONMENTS[number % 2]
        text = f"""\
apiVersion: v1
kind: Secret
metadata:
  name: cluster-{name}
  namespace: argocd
  labels:
    argocd.argoproj.io/secret-type: cluster
    environment: {environment}
    region: {name.split("-")[0]}
stringData:
  name: {name}
  server: https://{name}.k8s.example.com
"""
        yield File(f"clusters/{name}.yaml", text)


def _listed(number: int, rng: random.Random) -> Iterator[File]:
    """A list of elements, plain tokens."""
    elements = "".join(
        f"""\
        - service: {name_of(element)}
          environment: {ENVIRONMENTS[element % 3]}
          revision: v{rng.randrange(1, 9)}.{rng.randrange(20)}.{rng.randrange(20)}
          replicas: "{rng.randrange(1, 9)}"
"""
        for element in range(APPLICATIONS)
    )
    template = _template(
        number,
        name=f"team{number}-{{{{service}}}}-{{{{environment}}}}",
        path="services/{{service}}",
        revision="{{revision}}",
        server="https://kubernetes.default.svc",
        extra="""\
        helm:
          valueFiles:
            - values.yaml
            - values-{{environment}}.yaml
          parameters:
            - name: replicas
              value: "{{replicas}}"
""",
    )
    yield _set(number, f"    - list:\n        elements:\n{_indented(elements)}", template)


def _files_and_clusters(number: int, rng: random.Random) -> Iterator[File]:
    """Files of services times clusters of production, goTemplate."""
    for service in range(_SERVICES):
        name = name_of(service)
        folder = f"services/team{number}/{name}"
        yield File(
            f"{folder}/config.yaml",
            f"service:\n  name: {name}\n  owner: team{number}\n  port: {8000 + service}\nreplicas: {rng.randrange(1, 9)}\n",
        )
    generators = f"""\
    - matrix:
        generators:
          - git:
              repoURL: {REPOSITORY_URL}
              revision: main
              files:
                - path: services/team{number}/*/config.yaml
          - clusters:
              selector:
                matchLabels:
                  environment: production
              values:
                region: '{{{{ .metadata.labels.region }}}}'
"""
    template = _template(
        number,
        name=f"team{number}-{{{{ .service.name }}}}-{{{{ .nameNormalized }}}}",
        path="{{ .path.path }}",
        revision="main",
        server="{{ .server }}",
        extra="""\
        helm:
          releaseName: '{{ .service.name | trunc 40 }}'
          valuesObject:
            replicas: '{{ .replicas }}'
            region: '{{ .values.region | upper }}'
            image: {repository: 'registry.example.com/{{ .service.name }}', pullPolicy: IfNotPresent}
""",
    )
    yield _set(number, generators, template, go=True)


def _directories_and_list(number: int, rng: random.Random) -> Iterator[File]:
    """Directories of services times environments, plain tokens."""
    for service in range(_SERVICES):
        folder = f"apps/team{number}/{name_of(service)}"
        yield _manifest(folder, name_of(service))
    elements = "".join(f"                - environment: stage{one}\n" for one in range(_REGIONS))
    generators = f"""\
    - matrix:
        generators:
          - git:
              repoURL: {REPOSITORY_URL}
              revision: main
              directories:
                - path: apps/team{number}/*
          - list:
              elements:
{elements}"""
    template = _template(
        number,
        name=f"team{number}-{{{{path.basenameNormalized}}}}-{{{{environment}}}}",
        path="{{path}}",
        revision="main",
        server="https://kubernetes.default.svc",
        extra=f"""\
        kustomize:
          namePrefix: '{{{{environment}}}}-'
          commonLabels:
            environment: '{{{{environment}}}}'
            team: team{number}
""",
    )
    yield _set(number, generators, template)


def _patched(number: int, rng: random.Random) -> Iterator[File]:
    """A list with nested data, goTemplate and a patch."""
    elements = "".join(
        f"""\
        - service: {name_of(element)}
          automated: {"true" if rng.random() < 0.5 else "false"}
          sync: {{wave: {element % 5}, options: [CreateNamespace=true, ServerSideApply=true]}}
"""
        for element in range(APPLICATIONS)
    )
    template = _template(
        number,
        name=f"team{number}-{{{{ .service }}}}",
        path="services/{{ .service }}",
        revision="main",
        server="https://kubernetes.default.svc",
        extra="",
    )
    patch = """\
  templatePatch: |
    metadata:
      annotations:
        argocd.argoproj.io/sync-wave: '{{ .sync.wave }}'
    spec:
      syncPolicy:
        {{- if .automated }}
        automated: {prune: true}
        {{- end }}
        syncOptions: {{ .sync.options | toJson }}
"""
    yield _set(number, f"    - list:\n        elements:\n{_indented(elements)}", template + patch, go=True)


_SORTS: tuple[Callable[[int, random.Random], Iterator[File]], ...] = (
    _listed,
    _files_and_clusters,
    _directories_and_list,
    _files_and_clusters,
    _directories_and_list,
    _listed,
    _files_and_clusters,
    _directories_and_list,
    _patched,
    _files_and_clusters,
)


def _indented(elements: str) -> str:
    return "".join(f"  {line}\n" for line in elements.splitlines())


def _manifest(folder: str, name: str) -> File:
    text = f"""\
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector: {{app: {name}}}
  ports: [{{name: http, port: 80}}]
"""
    return File(f"{folder}/service.yaml", text)


def _template(number: int, *, name: str, path: str, revision: str, server: str, extra: str) -> str:
    return f"""\
  template:
    metadata:
      name: '{name}'
      labels:
        team: team{number}
        app.kubernetes.io/part-of: platform
      annotations:
        notifications.argoproj.io/subscribe.on-sync-failed.slack: team{number}
    spec:
      project: team{number}
      source:
        repoURL: {REPOSITORY_URL}
        targetRevision: '{revision}'
        path: '{path}'
{extra}\
      destination:
        server: '{server}'
        namespace: team{number}
      syncPolicy:
        automated:
          selfHeal: true
        syncOptions:
          - CreateNamespace=true
        retry:
          limit: 5
          backoff: {{duration: 5s, factor: 2, maxDuration: 3m}}
"""


def _set(number: int, generators: str, body: str, *, go: bool = False) -> File:
    mode = '  goTemplate: true\n  goTemplateOptions: ["missingkey=error"]\n' if go else ""
    text = f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: team{number}
  namespace: argocd
spec:
{mode}  generators:
{generators}{body}"""
    return File(f"applicationsets/team{number}.yaml", text)
