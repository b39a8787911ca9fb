"""The library that screens and the library that explains accept the same, so that no mistake is lost between them."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops_lint.model.schema import KindSchema, Schemas
from gitops_lint.model.schemas.library import errors
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import Plain, plain

VALID = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, labels: {app: a}}
spec:
  replicas: 2
  selector: {matchLabels: {app: a}}
  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}
  template:
    metadata: {labels: {app: a}}
    spec:
      containers:
      - name: a
        image: b
        env: [{name: A, value: b}]
        ports: [{containerPort: 80, protocol: TCP}]
        resources: {limits: {memory: 512Mi, cpu: 1.5}}
        readinessProbe: {httpGet: {port: http, path: /}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: a}
spec: {schedule: "0 0 * * *", timeZone: Europe/Berlin, jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: a}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: a, kind: ClusterSecretStore}
  target: {name: b, template: {data: {a: "x"}}}
  data: [{secretKey: a, remoteRef: {key: b}}]
  dataFrom: [{find: {name: {regexp: "^a"}}, rewrite: [{regexp: {source: a, target: b}}]}]
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: a}
spec:
  conditions: [{namespaceRegexes: ["a.*"]}]
  provider: {vault: {server: "https://a", auth: {kubernetes: {mountPath: kubernetes, role: a}}}}
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: a}
spec:
  secretStoreRefs: [{name: a}]
  selector: {secret: {name: b}}
  dataTo: [{storeRef: {name: a}, rewrite: [{transform: {template: "x"}}]}]
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
spec:
  project: default
  destination: {server: "https://a", namespace: b}
  source: {repoURL: a, path: b, helm: {values: "a"}}
  syncPolicy: {automated: {prune: true}, retry: {limit: 5, backoff: {duration: 5s, factor: 2}}}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: a}
spec: {sourceRepos: ["*"], syncWindows: [{kind: allow, schedule: "0 22 * * *", duration: 1h, timeZone: UTC}]}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: a}
spec:
  goTemplate: true
  generators: [{list: {elements: [{a: b}]}}, {git: {repoURL: a, revision: b, directories: [{path: c}]}}]
  template: {metadata: {name: a}, spec: {project: a, destination: {}, source: {repoURL: a}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: a}
spec:
  replicas: 2
  selector: {matchLabels: {app: a}}
  strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 5m}}], maxSurge: 25%}}
  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: b}]}}
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: a}
spec:
  args: [{name: a, value: b}]
  metrics: [{name: m, interval: 1m, count: 3, provider: {prometheus: {address: a, query: b}}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a}
spec:
  hosts: [a]
  http: [{name: r, match: [{uri: {prefix: /}}], route: [{destination: {host: a, port: {number: 80}}, weight: 100}]}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a}
spec: {host: a, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}, subsets: [{name: s, labels: {a: b}}]}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: a}
spec: {encryptedData: {a: AgB}, template: {metadata: {name: a}, type: Opaque}}
"""

SCHEMAS = Schemas()


def cases() -> list[tuple[KindSchema, dict[str, Plain]]]:
    found = []
    for document in parse_yaml(Source(VALID, "a.yaml")).documents:
        value = plain(document.root) if document.root is not None else None
        assert isinstance(value, dict)
        group, _, version = str(value["apiVersion"]).rpartition("/")
        schema = SCHEMAS.schema_for(group, version, str(value["kind"]))
        assert schema is not None
        found.append((schema, value))
    return found


CASES = cases()
WORDS = [
    "",
    "a",
    "1d",
    "5m",
    "25%",
    "1",
    "0 0 * * *",
    "@daily",
    "512MB",
    "Always",
    "a[",
    "UTC",
    "A_b",
    "2027-01-01T00:00:00Z",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from([0, 1, -1, 80, 65536, 0.5, 1.0, 1e30])
    | st.sampled_from(WORDS)
    | st.text("ab-.{$:é\n ", max_size=6).filter(lambda text: "{{" not in text),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "a", "spec", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def paths(value: Any) -> list[tuple[str | int, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *path) for key, part in below for path in paths(part))]


def changed(value: Any, path: tuple[str | int, ...], how: str, other: Any) -> Any:
    """The value with one place replaced, taken away, or joined by another field or item."""
    result = copy.deepcopy(value)
    holder = result
    for part in path[:-1]:
        holder = holder[part]
    if not path:
        return {**result, "other": other}
    if how == "replace":
        holder[path[-1]] = other
    elif how == "remove":
        del holder[path[-1]]
    elif isinstance(holder, dict):
        holder[str(path[-1]) + "x"] = other
    else:
        holder.append(other)
    return result


def test_the_documents_that_are_changed_are_right_before() -> None:
    assert [schema.kind for schema, value in CASES if not schema.accepts(value)] == []
    assert [schema.kind for schema, value in CASES if errors(schema.schema, value)] == []


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_both_libraries_accept_the_same(data: st.DataObject) -> None:
    schema, value = data.draw(st.sampled_from(CASES))
    changes = data.draw(st.integers(1, 2))
    for _ in range(changes):
        path = data.draw(st.sampled_from(paths(value)))
        how = data.draw(st.sampled_from(["replace", "remove", "add"]))
        value = changed(value, path, how, data.draw(VALUES))

    assert schema.accepts(value) == (errors(schema.schema, value) == [])
