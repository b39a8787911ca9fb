"""What the vocabulary of generated Applications shares: how to ask for them, and how to point at what was written for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gitops_lint.dsl.world import Fact, Stretch, Value
from gitops_lint.model.applicationset import Rendered, rendered_strings
from gitops_lint.model.resource import Resource
from gitops_lint.repo.index import ChangedMeanwhileError, Repo
from gitops_lint.simulate.applicationset.generated import generated_set, written_for
from gitops_lint.text.nodes import Mapping, Node, children
from gitops_lint.text.scalars import text_of
from gitops_lint.text.span import Place

if TYPE_CHECKING:
    from gitops_lint.simulate.applicationset.generate import GeneratedApplication
    from gitops_lint.simulate.applicationset.params import ParamSet


def spot_at(repo: Repo, place: Place) -> Node | Stretch | None:
    """A place of a file of this repository as something that rules can point at."""
    if "//" in place.file:
        return None
    try:
        loaded = repo.load(place.file)
    except (OSError, ChangedMeanwhileError):
        return None
    number = 0
    for document in loaded.documents:
        if document.start <= place.start:
            number = document.number
            found = _node_at(document.root, place) if document.root is not None else None
            if found is not None:
                return found
    return Stretch(loaded.source, place.start, place.end, number)


def _node_at(root: Node, place: Place) -> Node | None:
    """The outermost node that is written exactly at a place."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if (node.start, node.end) == (place.start, place.end):
            return node
        waiting.extend(one for one in children(node) if one.start <= place.start and place.end <= one.end)
    return None


def template_strings(template: object) -> Iterator[Rendered]:
    """Every string of a template that is rendered; nothing where there is no template."""
    if isinstance(template, Mapping):
        yield from rendered_strings(template)


def with_places(fields: dict[str, Value], repo: Repo, **sets: ParamSet | None) -> None:
    """Adds, under the names given, what was written for parameter sets, as far as that lies in this repository."""
    for name, params in sets.items():
        element = element_of(repo, params) if params is not None else None
        if element is not None:
            fields[name] = element


def listed(value: Value) -> Sequence[Value]:
    """The items of an attribute's answer; nothing for one that is missing or unknown."""
    return value if isinstance(value, (list, tuple)) else ()


def others(count: int) -> str:
    """Words for those that share a mistake with the first: ` and 3 others`, or nothing."""
    return "" if count <= 0 else " and 1 other" if count == 1 else f" and {count} others"


def known_applications(repo: Repo, appset: Resource) -> Sequence[GeneratedApplication]:
    """The Applications that an ApplicationSet generates, each true whatever else it may generate."""
    return generated_set(repo, appset).applications


def name_of(application: GeneratedApplication) -> str:
    """Its name; "" where it has none."""
    return (text_of(application.name) if application.name is not None else None) or ""


def element_of(repo: Repo, params: ParamSet) -> Fact | None:
    """What was written for a parameter set, as something that rules can point at."""
    for place in written_for(params):
        spot = spot_at(repo, place)
        if spot is not None:
            return Fact("Element", spot, {})
    return None
