"""ApplicationSets of a few lines, and what their generators yield."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent
from typing import Any

import pytest

from gitops_lint.languages.gotemplate.values import StringMap, Value
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.simulate.applicationset.generators import yields
from gitops_lint.simulate.applicationset.params import GenerationError, Yield
from gitops_lint.simulate.applicationset.surroundings import CLUSTER_LABEL, KnownCluster, Surroundings
from gitops_lint.text.nodes import Mapping as MappingNode
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.span import Place

URL = "https://git.example.com/org/gitops.git"
FILE = "set.yaml"


def appset(generators: str, *, go: bool = False, options: str = "") -> MappingNode:
    """The document of an ApplicationSet. generators: the items of `spec.generators`; options: `missingkey=error` and its like."""
    head = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: shop, namespace: argocd}\nspec:\n"
    said = f"  goTemplate: {str(go).lower()}\n" + (f"  goTemplateOptions: [{options}]\n" if options else "")
    text = f"{head}{said}  generators:\n{indent(generators.strip(), '    ')}\n"
    root = parse_yaml(Source(text, FILE)).documents[0].root
    assert isinstance(root, MappingNode)
    return root


def cluster(name: str, server: str = "", **labels: str) -> KnownCluster:
    return KnownCluster(
        name, server or f"https://{name}", labels=StringMap({CLUSTER_LABEL: "cluster", **labels}), namespace="argocd"
    )


def around(files: Mapping[str, str] | None = None, **given: Any) -> Surroundings:
    """Surroundings whose own repository, URL, holds these files."""
    given.setdefault("own_urls", frozenset(("git.example.com/org/gitops",)))
    return Surroundings(tree=MemoryTree(files or {}), **given)


def expand(
    generators: str, surroundings: Surroundings | None = None, *, go: bool = False, options: str = ""
) -> list[Yield]:
    return list(yields(appset(generators, go=go, options=options), surroundings or around()))


def sets(
    generators: str, surroundings: Surroundings | None = None, *, go: bool = False, options: str = ""
) -> list[dict[str, Value]]:
    """The parameters of all sets, where everything is known."""
    found = expand(generators, surroundings, go=go, options=options)

    assert [one.why for each in found for one in each.unknown] == []
    return [dict(one.values) for each in found for one in each.sets]


def unknown(generators: str, surroundings: Surroundings | None = None, *, go: bool = False) -> list[str]:
    return [one.why for each in expand(generators, surroundings, go=go) for one in each.unknown]


def fails(
    generators: str, surroundings: Surroundings | None = None, *, go: bool = False, options: str = ""
) -> GenerationError:
    with pytest.raises(GenerationError) as caught:
        expand(generators, surroundings, go=go, options=options)
    return caught.value


def covered(root: MappingNode, place: Place) -> str:
    """The text of the ApplicationSet that a place covers."""
    assert place.file == FILE
    return root.source.text[place.start : place.end]


def said_of(generators: str, surroundings: Surroundings | None = None, **given: Any) -> tuple[str, str]:
    """The message of a generation that fails, and the text that its first place covers."""
    error = fails(generators, surroundings, **given)
    return error.message, covered(appset(generators, **given), error.places[0])
