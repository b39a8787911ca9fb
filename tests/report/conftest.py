"""Outcomes made by hand for the reporters' tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gitops_lint.findings import (
    Finding,
    Fix,
    GeneratedBy,
    Group,
    Outcome,
    Region,
    Related,
    ResourceName,
    RuleCard,
    Severity,
    Taken,
    TextEdit,
    in_order,
    with_fingerprints,
)
from gitops_lint.report import ReportSettings
from gitops_lint.text.lines import Lines

ROLLOUT = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: shop
spec:
  strategy:
    canary:
      steps:
        - setWeight: 20
        - analysis:
            templates:
              - templateName: success-rate
        - setWeight: 150
"""
TEMPLATE = """\
kind: AnalysisTemplate
metadata:
  name: success-rate
spec:
  args:
    - name: service-name
"""
SECRET = """\
kind: Secret
stringData:
  password: hunter2-hunter2
  key: |
    -----BEGIN KEY-----
    c2VjcmV0LXN0dWZm
"""
ODD = "wide: 日本語 # x\n\ttab: e\u0301a\nescape: a\x1b[31mb\nlong: " + "x" * 200 + " needle " + "y" * 200 + "\n"
SOURCES = {
    "apps/shop.yaml": ROLLOUT,
    "analysis/success rate.yaml": TEMPLATE,
    "secret.yaml": SECRET,
    "odd/üñ.yaml": ODD,
}

Place = Callable[..., Region]


def region(file: str, covered: str, path: str = "", text: str | None = None, secret: bool = False) -> Region:
    """The first place of a text in one of SOURCES (or in `text`)."""
    whole = SOURCES[file] if text is None else text
    start = whole.index(covered)
    lines = Lines(whole)
    first, last = lines.position(start), lines.position(start + len(covered))
    return Region(
        file, start, start + len(covered), first.line, first.column, last.line, last.column, path=path, secret=secret
    )


@pytest.fixture
def place() -> Place:
    return region


def card(id: str, area: str, group: Group, severity: Severity, why: str = "", instead: str = "") -> RuleCard:
    words = id.replace("-", " ")
    return RuleCard(id, area, group, severity, "high", words.capitalize(), f"Reports a {words}.", why, instead)


@pytest.fixture
def settings() -> ReportSettings:
    return ReportSettings(version="9.9.9", url="https://lint.example/", width=100, show_unverified=True)


@pytest.fixture
def outcome() -> Outcome:
    """One of everything: severities, related places, fixes, secrets, odd text, what was taken away, what is unknown."""
    shop = ResourceName("argoproj.io", "v1alpha1", "Rollout", "prod", "shop")
    weight = region("apps/shop.yaml", "150", "spec.strategy.canary.steps[2].setWeight")
    findings = [
        Finding(
            "unresolved-analysis-template",
            "rollout",
            "correctness",
            Severity.ERROR,
            "high",
            "success-rate needs argument service-name, which this step does not pass",
            region(
                "apps/shop.yaml", "success-rate", "spec.strategy.canary.steps[1].analysis.templates[0].templateName"
            ),
            shop,
            (
                Related(region("analysis/success rate.yaml", "name: service-name"), "declared here, without a default"),
                Related(region("apps/shop.yaml", "canary"), "this canary"),
                Related(Region("https://git.example/base//a.yaml", 4, 9, 2, 3, 2, 8), "the same name [there]"),
            ),
            ("the controller would answer `args.service-name was not resolved`",),
            "add `args: [{name: service-name, value: …}]` to the step",
            label="step 2 passes no arguments",
        ),
        Finding(
            "weight-above-hundred",
            "rollout",
            "correctness",
            Severity.WARNING,
            "medium",
            "150 is more than 100%: nothing",
            weight,
            shop,
            fixes=(Fix("write 100", False, (TextEdit("apps/shop.yaml", weight.start, weight.end, "100"),)),),
            generated_by=GeneratedBy("ApplicationSet shops", region("apps/shop.yaml", "setWeight"), None),
        ),
        Finding(
            "plaintext-secret",
            "secrets",
            "security",
            Severity.ERROR,
            "high",
            "Secret keeps `hunter2-hunter2` in clear text",
            region("secret.yaml", "hunter2-hunter2", "stringData.password", secret=True),
        ),
        Finding(
            "plaintext-secret",
            "secrets",
            "security",
            Severity.ERROR,
            "high",
            "Secret keeps key in clear text",
            region("secret.yaml", "|\n    -----BEGIN KEY-----\n    c2VjcmV0LXN0dWZm", "stringData.key", secret=True),
        ),
        Finding("odd", "yaml", "practice", Severity.INFO, "low", "wide", region("odd/üñ.yaml", "本語"), label="two"),
        Finding("odd", "yaml", "practice", Severity.INFO, "low", "combining", region("odd/üñ.yaml", "e\u0301a")),
        Finding("odd", "yaml", "practice", Severity.INFO, "low", "escape \x1b[31m", region("odd/üñ.yaml", "\x1b[31m")),
        Finding("odd", "yaml", "practice", Severity.INFO, "low", "100% long, odd", region("odd/üñ.yaml", "needle")),
        Finding(
            "unreadable-file",
            "yaml",
            "correctness",
            Severity.ERROR,
            "high",
            "no text",
            Region("no.yaml", 0, 0, 1, 1, 1, 1),
        ),
    ]
    told = with_fingerprints(in_order(findings))
    quiet = Finding(
        "single-replica", "rollout", "practice", Severity.WARNING, "high", "one", region("apps/shop.yaml", "20"), shop
    )
    return Outcome(
        tuple(told),
        suppressed=(Taken(quiet, "a test app"),),
        baselined=(Taken(quiet, "", "baseline"),),
        unverified={"b-rule": 2, "a-rule": 1},
        files=5,
        resources=3,
        sources=SOURCES,
        rules={
            one.id: one
            for one in (
                replace(
                    card(
                        "unresolved-analysis-template",
                        "rollout",
                        "correctness",
                        Severity.ERROR,
                        "It stops.",
                        "Pass it.",
                    ),
                    sources=("argo-rollouts utils/analysis",),
                    tags=("analysis",),
                    url="https://lint.example/rules/unresolved-analysis-template",
                ),
                card("weight-above-hundred", "rollout", "correctness", Severity.WARNING),
                card(
                    "plaintext-secret", "secrets", "security", Severity.ERROR, why="Git keeps it.", instead="Seal it."
                ),
            )
        },
        prefix="deploy/",
    )
