"""
gitops-lint: policy as code for GitOps repositories.

    from gitops_lint import check

    for finding in check("path/to/repository").findings:
        print(finding.file, finding.line, finding.message)

    from gitops_lint import render

    for applicationset in render("path/to/repository").applicationsets:
        for application in applicationset.applications:
            print(application.name, application.manifest["spec"])
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["Finding", "GitopsLintError", "Outcome", "Rendering", "Severity", "__version__", "check", "render"]

_ROOMS = {
    "Finding": "gitops_lint.findings",
    "GitopsLintError": "gitops_lint.errors",
    "Outcome": "gitops_lint.findings",
    "Rendering": "gitops_lint.report.rendered",
    "Severity": "gitops_lint.findings",
    "check": "gitops_lint.pipeline",
    "render": "gitops_lint.rendering",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for: `--version` needs none of them."""
    if name in _ROOMS:
        from importlib import import_module

        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'gitops_lint' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
