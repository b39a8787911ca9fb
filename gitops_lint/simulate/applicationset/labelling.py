"""Whether the Secrets of clusters in a repository can be all that its Argo CD knows: what ApplicationSets select tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.model.argocd import GROUP
from gitops_lint.model.resource import Found
from gitops_lint.repo.index import ChangedMeanwhileError, Repo
from gitops_lint.simulate.applicationset.selectors import SelectorError, of_labels
from gitops_lint.text.scalars import Plain, get, items, plain

# fewer selectors that find nothing may as well be mistakes
_MANY = 3


def selected_elsewhere(repo: Repo, labels: Sequence[dict[str, str]]) -> bool:
    """
    Whether most selectors of clusters find none of these: then the Secrets here are an example, or one of many.

    labels: of each cluster, with the one that makes the Secret a cluster's. Selectors that hold templates do not count.
    """
    found = missed = 0
    for written in {repr(one): one for one in _selectors(repo)}.values():
        try:
            selector = of_labels(written)
        except SelectorError:
            continue
        if any(selector.matches(one) for one in labels):
            found += 1
        else:
            missed += 1
    return missed >= _MANY and missed > found


def _selectors(repo: Repo) -> Iterator[dict[str, Plain]]:
    for appset in repo.resources(GROUP, "ApplicationSet"):
        try:
            generators = get(get(appset.root, "spec"), "generators")
        except ChangedMeanwhileError:
            continue
        for written in _below(generators):
            if written and "{{" not in repr(written):
                yield written


def _below(generators: Found) -> Iterator[dict[str, Plain]]:
    for entry in items(generators):
        selector = plain(get(get(entry, "clusters"), "selector"))
        if isinstance(selector, dict):
            yield selector
        for kind in ("matrix", "merge"):
            yield from _below(get(get(entry, kind), "generators"))
