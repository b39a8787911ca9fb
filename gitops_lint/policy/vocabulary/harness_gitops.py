"""Harness' expressions in manifests that Argo CD applies: what its plugin resolves, and what stays as it is."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.harness import scan
from gitops_lint.model.argocd import application_sources, application_spec
from gitops_lint.model.rollouts import scalars_of
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.repo.argosources import SourceUse, source_path
from gitops_lint.repo.index import Repo
from gitops_lint.text.scalars import get, text_of

MANIFEST_EXPRESSION = record(
    "HarnessManifestExpression",
    {
        "text": Field(TEXT, optional=False, doc="the expression"),
        "root": Field(TEXT, optional=False, doc="the name it begins with"),
        "by": Field(
            TextType(values=("plugin", "plain")), optional=False, doc="whether Harness' plugin reads the folder"
        ),
        "inSecret": Field(BOOL, optional=False, doc="whether it stands in a Secret"),
        "application": Field(TEXT, optional=False, doc="an Application that delivers it, in words"),
    },
    doc="an expression in a manifest that Applications of the repository deliver; it points at the expression",
)

_PLUGIN = "argocd-harness-plugin"


def _holds_expression(subject: Subject) -> bool:
    root = subject.root
    return root is not None and "<+" in root.source.text[root.start : root.end]


@attribute(
    "Resource",
    "harnessExpressions",
    returns=ListType(MANIFEST_EXPRESSION),
    needs={"index"},
    screen=_holds_expression,
    source="developer-hub docs/continuous-delivery/gitops/application/harness-expressions-in-gitops-applications.md",
)
def harness_expressions(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Expressions `<+…>` of a manifest, where every Application that delivers it treats them alike."""
    root = subject.root
    if root is None or not _holds_expression(subject):
        return ()
    deliveries = repo.delivering(subject.file)
    by = {_by(repo, use) for use in deliveries}
    if len(by) != 1 or "" in by:
        return ()
    kind = subject.resource.kind if subject.resource is not None else ""
    found: list[Value] = []
    for scalar in scalars_of(root):
        for one in scan(scalar.text).expressions:
            if one.depth or not one.path:
                continue
            fields: dict[str, Value] = {
                "text": f"<+{one.content}>",
                "root": one.path[0].name,
                "by": next(iter(by)),
                "inSecret": kind == "Secret",
                "application": deliveries[0].words(),
            }
            found.append(Fact("HarnessManifestExpression", Part(scalar, one.start, one.end), fields))
    return found


def _by(repo: Repo, use: SourceUse) -> str:
    """`plugin`, `plain`, or "" where another plugin may do whatever it likes."""
    path = source_path(use)
    if path is not None and repo.exists(posixpath.join(path, ".harness.yaml")):
        return "plugin"
    if use.tool != "plugin":
        return "plain"
    document = repo.document(use.file, use.document)
    if document is None or document.root is None:
        return ""
    for source in application_sources(application_spec(use.kind, document.root)):
        if source.node.start == use.start:
            return "plugin" if text_of(get(source.plugin, "name")) == _PLUGIN else ""
    return ""
