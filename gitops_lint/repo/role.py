"""
What a file is for, as a value that travels to worker processes: plain data. `roles` makes it, `load` and `classify` read it.
"""

from __future__ import annotations

from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.repo.changes import Change

RoleName = Literal[
    "manifest",  # a file whose documents speak for themselves
    "kustomization",
    "patch",  # named by a kustomization: strategic merge or JSON 6902
    "kustomize-plugin",  # generators, transformers, validators, configurations, openapi, replacements of a kustomization
    "generated-data",  # content of a ConfigMap or Secret that a kustomization generates
    "chart",  # Chart.yaml
    "values",  # values of a chart
    "chart-template",
    "chart-crds",
    "chart-data",  # anything else below a chart that Helm and its tools read
    "generator-input",  # read by the git generator of an ApplicationSet
    "lua",
    "lua-test",  # health_test.yaml, action_test.yaml and what they read
    "template",  # in a folder of templates of another engine (Jinja, cookiecutter): nothing in it is final
    "test-data",  # read by tests (chainsaw, kuttl, a folder testdata): parts of manifests, often wrong on purpose
    "configuration",  # of gitops-lint
    "other-tool",  # a file of CI, compose, an editor: no manifest
    "text",  # no YAML, JSON or Lua, read because it may hold what must not be in Git
]


@dataclass(frozen=True, slots=True)
class Role:
    """
    What one file is for.

    evidence: why, one clause each, most important first. changes: what kustomizations that include the file do to
    resources in it. applied: something is known that reads the file as manifests (a kustomization, an Application).
    built: a kustomization lists it, so kustomize reads it before Kubernetes does. partial: it may be a part of
    what is applied: on the server's side, where a manifest holds only the fields that it owns, or once it is picked.
    chart: folder of the chart that the file belongs to; None outside of charts.
    """

    name: RoleName = "manifest"
    evidence: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    applied: bool = False
    built: bool = False
    partial: bool = False
    chart: str | None = None

    @property
    def open(self) -> bool:
        """Whether a kustomization changes resources of this file."""
        return bool(self.changes)


MANIFEST = Role()
