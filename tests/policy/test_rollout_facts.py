"""What rules about Rollouts say across files, and when they hold their tongue: templates, patches, several candidates."""

from __future__ import annotations

import pytest

from gitops_lint.config import Config
from gitops_lint.options import Options
from gitops_lint.pipeline import check_tree
from gitops_lint.policy.rulefiles import FolderOfRules, check_all, rule_texts
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.shipped import folder as shipped

HEAD = """apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: web
  namespace: shop
spec:
  replicas: 10
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: web:1
  strategy:
"""


def service(name: str, selector: str = "app: web", namespace: str = "shop") -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"
        f"spec:\n  selector:\n    {selector}\n  ports:\n    - port: 80\n"
    )


def template(name: str, spec: str, kind: str = "AnalysisTemplate", namespace: str = "  namespace: shop\n") -> str:
    return f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n{namespace}spec:\n{spec}"


METRIC = """  metrics:
    - name: {name}
      count: 3
      interval: 1m
      failureLimit: 1
      successCondition: result == true
      provider:
        web:
          url: https://{name}.example.com/{{{{args.service}}}}
"""


def findings(rules: tuple[str, ...], files: dict[str, str]) -> list[tuple[str, str, str]]:
    """File, node path and covered text of what the rules find."""
    folder = FolderOfRules(shipped("rules"), "rules", built_in=True)
    wanted = [one for one in rule_texts(folder) if one.file.rpartition("/")[2].removesuffix(".rule") in rules]
    outcome = check_tree(MemoryTree(files), Config().with_flags(select=rules), Options(), RulePack(check_all(wanted)))
    assert not outcome.crashed
    return [(one.file, one.region.path, files[one.file][one.region.start : one.region.end]) for one in outcome.findings]


STEP = "    canary:\n      steps:\n        - analysis:\n            templates:\n              - templateName: ok\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"s.yaml": service("web")}, []),
        ({"s.yaml": service("web", "app: web\n    track: ${TRACK}")}, []),
        ({"s.yaml": service("web", "app: web\n    rollouts-pod-template-hash: abc")}, []),
        ({"s.yaml": service("web", "app: shop")}, ["service-selects-other-pods"]),
        # one of two that may be meant fits
        ({"a/s.yaml": service("web"), "b/s.yaml": service("web", "app: shop")}, []),
        ({}, ["missing-rollout-service"]),
        ({"s.yaml": service("web", namespace="other")}, ["missing-rollout-service"]),
    ],
)
def test_a_service_must_be_there_and_select_the_pods(files: dict[str, str], expected: list[str]) -> None:
    rules = ("service-selects-other-pods", "missing-rollout-service")
    rollout = HEAD + "    blueGreen:\n      activeService: web\n"

    found = findings(rules, {"rollout.yaml": rollout, **files})

    place = ("rollout.yaml", "spec.strategy.blueGreen.activeService", "web")
    assert found == [place for _ in expected]


def test_labels_that_a_kustomization_adds_count() -> None:
    files = {
        "app/rollout.yaml": HEAD + "    blueGreen:\n      activeService: web\n",
        "app/service.yaml": service("web", "app: web\n    team: red"),
        "app/kustomization.yaml": "commonLabels:\n  team: red\nresources:\n  - rollout.yaml\n  - service.yaml\n",
    }

    assert findings(("service-selects-other-pods", "selector-outside-pod-template"), files) == []


def test_an_argument_may_come_from_any_template_of_an_analysis() -> None:
    rollout = HEAD + (
        "    canary:\n      analysis:\n        templates:\n          - templateName: one\n          - templateName: two\n"
    )
    files = {
        "rollout.yaml": rollout,
        "one.yaml": template("one", "  args:\n    - name: service\n      value: web\n" + METRIC.format(name="one")),
        "two.yaml": template("two", "  args:\n    - name: service\n" + METRIC.format(name="two")),
    }

    assert (
        findings(("analysis-argument-not-given", "undeclared-argument", "conflicting-argument-defaults"), files) == []
    )


def test_nothing_is_said_of_arguments_while_a_template_is_unknown() -> None:
    rollout = HEAD + STEP + "              - templateName: elsewhere\n"
    files = {
        "rollout.yaml": rollout,
        "ok.yaml": template("ok", "  args:\n    - name: service\n" + METRIC.format(name="ok")),
    }

    assert findings(("analysis-argument-not-given",), files) == []
    assert findings(("missing-analysis-template",), files) == [
        ("rollout.yaml", "spec.strategy.canary.steps[0].analysis.templates[1].templateName", "elsewhere")
    ]


def test_included_templates_count_as_templates_of_the_use() -> None:
    files = {
        "rollout.yaml": HEAD + STEP,
        "ok.yaml": template("ok", "  templates:\n    - templateName: inner\n"),
        "inner.yaml": template("inner", METRIC.format(name="inner").replace("      count: 3\n", "")),
    }

    assert findings(("endless-step-analysis",), files) == [
        ("rollout.yaml", "spec.strategy.canary.steps[0].analysis.templates[0].templateName", "ok")
    ]


ROUTING = """    canary:
      canaryService: web-canary
      stableService: web
      trafficRouting:
        istio:
          virtualService:
            name: {name}
{routes}"""
ROUTES = "            routes:\n              - primary\n"
VIRTUAL = """apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: web
  namespace: {namespace}
spec:
  hosts: [web]
  http:
    - name: {route}
      route:
        - destination:
            host: {host}
          weight: 100
        - destination:
            host: web-canary
"""


@pytest.mark.parametrize(
    ("name", "routes", "virtual", "paths"),
    [
        ("web", ROUTES, VIRTUAL.format(namespace="shop", route="primary", host="web"), []),
        ("web.edge", ROUTES, VIRTUAL.format(namespace="edge", route="primary", host="web.shop"), []),
        ("web.edge.cluster.local", ROUTES, VIRTUAL.format(namespace="edge", route="primary", host="web"), []),
        ("web", "", VIRTUAL.format(namespace="shop", route="any", host="web"), []),
        ("web", ROUTES, VIRTUAL.format(namespace="shop", route="${ROUTE}", host="web"), []),
        ("web", ROUTES, VIRTUAL.format(namespace="shop", route="primary", host="${HOST}"), []),
        ("web", ROUTES, VIRTUAL.format(namespace="shop", route="main", host="web"), ["routes[0]"]),
        ("web", ROUTES, VIRTUAL.format(namespace="shop", route="primary", host="shop"), ["routes[0]"]),
        ("web", "", VIRTUAL.format(namespace="shop", route="primary", host="shop"), ["name"]),
    ],
)
def test_routes_of_istio_hold_both_destinations(name: str, routes: str, virtual: str, paths: list[str]) -> None:
    rollout = HEAD + ROUTING.format(name=name, routes=routes)

    found = findings(
        ("unmatched-istio-route", "istio-destination-missing"), {"rollout.yaml": rollout, "virtual.yaml": virtual}
    )

    prefix = "spec.strategy.canary.trafficRouting.istio.virtualService."
    assert [path for _, path, _ in found] == [prefix + path for path in paths]
