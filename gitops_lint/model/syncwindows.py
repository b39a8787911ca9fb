"""
Which Applications the sync windows of an AppProject cover. Callers: the vocabulary.

Source: argo-cd pkg/apis/application/v1alpha1/types.go SyncWindows.Matches, util/glob.
"""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.model.appproject import glob_matches, texts
from gitops_lint.model.argocd import Found, is_true
from gitops_lint.text.nodes import Mapping
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, get


def covered(windows: Found, name: str, clusters: Sequence[str], namespace: str) -> bool | None:
    """
    Whether some window, allowing or denying, is for an Application; None where a part of them is not known.

    clusters: server and name of its destination as written, empty ones left out.
    """
    if windows is MISSING:
        return False
    if not isinstance(windows, SequenceNode) or windows.open:
        return None
    answers = [_covers(one, name, clusters, namespace) for one in windows.items]
    if True in answers:
        return True
    return None if None in answers else False


def _covers(window: Found, name: str, clusters: Sequence[str], namespace: str) -> bool | None:
    if not isinstance(window, Mapping) or window.open:
        return None
    lists = [texts(get(window, key)) for key in ("applications", "clusters", "namespaces")]
    if None in lists:
        return None
    asked = zip(lists, ((name,), clusters, (namespace,)), strict=True)
    fits = [any(_fits(one, each) for one in given for each in known) for given, known in asked if given]
    if not fits:
        return False
    return all(fits) if is_true(get(window, "andOperator")) else any(fits)


def _fits(pattern: str, text: str) -> bool:
    return not pattern.startswith("!") and glob_matches(pattern, text)
