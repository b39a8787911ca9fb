"""Labels, selectors, images and versions: where a report is due, and where nothing is said."""

from __future__ import annotations

import pytest

from gitops_lint.config import Config
from gitops_lint.model.apiversions import Removal, minor_of, removal_of
from gitops_lint.options import Options
from gitops_lint.pipeline import check_tree
from gitops_lint.policy.rulefiles import FolderOfRules, check_all, rule_texts
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.policy.vocabulary.selectors import key_fault, value_fault
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.shipped import folder as shipped

SERVICE = """apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: wbe}
  ports: [{port: 80}]
"""
WORKLOAD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: LABEL}}
    spec: {containers: [{name: web, image: "web:1.4.2"}]}
"""


SELECTOR = "spec.selector"
REPORTED = [("s.yaml", SELECTOR, "selector")]
OPERATED = "apiVersion: acid.zalan.do/v1\nkind: postgresql\nmetadata: {name: db, namespace: shop}\nspec: {}\n"
ELSEWHERE = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: db, namespace: argocd}
spec:
  project: shop
  source: {repoURL: https://charts.example.com, chart: db, targetRevision: 1.2.3}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
"""


def findings(rule: str, files: dict[str, str]) -> list[tuple[str, str, str]]:
    """File, node path and covered text of what the rule finds."""
    folder = FolderOfRules(shipped("rules"), "rules", built_in=True)
    wanted = [one for one in rule_texts(folder) if one.file.rpartition("/")[2].removesuffix(".rule") == rule]
    config = Config().with_flags(select=(rule,))
    outcome = check_tree(MemoryTree(files), config, Options(), RulePack(check_all(wanted)))
    assert not outcome.crashed
    return [(one.file, one.region.path, files[one.file][one.region.start : one.region.end]) for one in outcome.findings]


def pods(label: str = "web") -> str:
    return WORKLOAD.replace("LABEL", label)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"d.yaml": pods()}, REPORTED),
        ({"d.yaml": pods("wbe")}, []),
        ({"d.yaml": pods("${APP}")}, []),
        ({"d.yaml": pods(), "e.yaml": pods("wbe").replace("name: web,", "name: wbe,")}, []),
        # a pod of another namespace is no answer, and one whose namespace nobody says may be
        ({"d.yaml": pods(), "e.yaml": pods("wbe").replace("shop", "other")}, REPORTED),
        ({"d.yaml": pods(), "e.yaml": pods("wbe").replace(", namespace: shop", "")}, []),
        ({}, []),
        ({"d.yaml": pods(), "o.yaml": OPERATED}, []),
        ({"d.yaml": pods(), "o.yaml": OPERATED.replace("shop", "other")}, REPORTED),
        ({"d.yaml": pods(), "a.yaml": ELSEWHERE}, []),
    ],
)
def test_a_service_selects_pods(files: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    assert findings("service-selects-nothing", {"s.yaml": SERVICE, **files}) == expected


def test_the_service_of_a_rollout_is_told_there() -> None:
    rollout = """apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: shop}
spec:
  strategy: {canary: {stableService: web}}
"""
    assert findings("service-selects-nothing", {"s.yaml": SERVICE, "d.yaml": pods(), "r.yaml": rollout}) == []


MONITOR = """apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  endpoints: [{port: metrics}]
"""
MONITORED = """apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80}]
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"s.yaml": MONITORED}, ["metrics"]),
        ({"s.yaml": MONITORED.replace("http", "metrics")}, []),
        ({"s.yaml": MONITORED.replace("http", "${PORT}")}, []),
        ({"s.yaml": MONITORED, "t.yaml": MONITORED.replace("name: web,", "name: two,").replace("http", "metrics")}, []),
        ({"s.yaml": MONITORED.replace("namespace: shop", "namespace: other")}, []),
        ({"s.yaml": MONITORED, "o.yaml": OPERATED}, []),
        ({"s.yaml": MONITORED, "a.yaml": ELSEWHERE}, []),
    ],
)
def test_the_port_of_a_monitor(files: dict[str, str], expected: list[str]) -> None:
    found = findings("missing-monitor-port", {"m.yaml": MONITOR, **files})
    assert [covered for _, _, covered in found] == expected


def test_labels_of_a_kustomization_are_unknown() -> None:
    build = "resources: [s.yaml, d.yaml]\n"
    files = {"s.yaml": SERVICE, "d.yaml": pods(), "kustomization.yaml": build}
    assert findings("service-selects-nothing", files) == REPORTED
    files["kustomization.yaml"] = build + "commonLabels: {app: shop}\n"
    assert findings("service-selects-nothing", files) == []


POD = """apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: "IMAGE"}]}
"""
UPDATER = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
  annotations: {argocd-image-updater.argoproj.io/image-list: "web=registry.example.com/web"}
spec: {}
"""


@pytest.mark.parametrize(
    ("image", "others", "expected"),
    [
        ("registry.example.com/web:latest", {}, ["latest"]),
        ("registry.example.com:5000/web:main", {}, ["main"]),
        ("registry.example.com:5000/web", {}, ['"registry.example.com:5000/web"']),
        ("registry.example.com/web:1.4", {}, []),
        ("registry.example.com/web@sha256:0123", {}, []),
        ("$(IMAGE)", {}, []),
        ("{{ image }}:latest", {}, []),
        ("registry.example.com/web:latest", {"a.yaml": UPDATER}, []),
        ("registry.example.com/other:latest", {"a.yaml": UPDATER}, ["latest"]),
        # a name that stands in for what a layer above sets
        ("web:latest", {"kustomization.yaml": "resources: [p.yaml]\n"}, []),
        ("web:latest", {}, ["latest"]),
    ],
)
def test_images_with_tags_that_move(image: str, others: dict[str, str], expected: list[str]) -> None:
    files = {"p.yaml": POD.replace("IMAGE", image), **others}
    assert [covered for _, _, covered in findings("mutable-image-tag", files)] == expected


@pytest.mark.parametrize(
    ("version", "kind", "removal"),
    [
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", Removal(26, "autoscaling/v2")),
        ("policy/v1beta1", "PodSecurityPolicy", Removal(25, "")),
        ("networking.k8s.io/v1beta1", "Ingress", Removal(22, "networking.k8s.io/v1")),
        ("networking.k8s.io/v1beta1", "ServiceCIDR", Removal(37, "networking.k8s.io/v1")),
        ("networking.istio.io/v1beta1", "VirtualService", None),
        ("batch/v1", "CronJob", None),
    ],
)
def test_versions_that_are_gone(version: str, kind: str, removal: Removal | None) -> None:
    assert removal_of(version, kind) == removal


@pytest.mark.parametrize(
    ("version", "minor"), [("1.31", 31), ("v1.31.4", 31), ("1.31+eks", None), ("2.0", None), ("", None)]
)
def test_minor(version: str, minor: int | None) -> None:
    assert minor_of(version) == minor


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("web-1.4_x", ""),
        ("a" * 63, ""),
        ("a" * 64, "it has 64 characters, and 63 are allowed"),
        ("Team Checkout", "it holds a blank"),
        ("1.4.2+build", "it holds `+`"),
        ("web-", "it does not begin and end with a letter or digit"),
    ],
)
def test_value(text: str, why: str) -> None:
    assert value_fault(text) == why


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("app", ""),
        ("app.kubernetes.io/name", ""),
        ("", "it is empty"),
        ("example.com/", "it names nothing behind the `/`"),
        ("example.com/a/b", "it has more than one `/`"),
        ("Example.com/a", "what stands before the `/` is no DNS name in lower case"),
        ("example.com/a b", "it holds a blank"),
    ],
)
def test_key(key: str, why: str) -> None:
    assert key_fault(key) == why
