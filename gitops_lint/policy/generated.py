"""What ApplicationSets generate as subjects of rules: `world` asks for them where rules speak of generated Applications."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gitops_lint.model.applicationset import template_overrides
from gitops_lint.model.resource import Resource, identity_of
from gitops_lint.policy.binding import Binder
from gitops_lint.policy.subjects import Making, Subject
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.applicationset.generated import generated_set
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import MISSING, get, items
from gitops_lint.text.span import Place

GENERATOR = ("ApplicationSet", "argoproj.io")
GENERATED = ("Application", "argoproj.io")
"""Kind and group of what generates, and of what is generated."""


def made_of(repo: Repo, made_by: Resource, binder: Binder) -> tuple[Subject, ...]:
    """
    The Applications of one ApplicationSet, as far as they can be known from the repository.

    Where that is not all of them, the template itself stands for the others: its tokens are unknown values.
    """
    return tuple(_subjects(repo, made_by, binder))


def _subjects(repo: Repo, made_by: Resource, binder: Binder) -> Iterator[Subject]:
    made = generated_set(repo, made_by)
    template = get(get(made_by.root, "spec"), "template")
    if not isinstance(template, Mapping):
        return
    words = f"ApplicationSet {made_by.name}"
    at = Place(made_by.file, template.start, template.end)
    whole = made.error is None and not made.unknown
    roots = [(one.root, one.origin.made_from) for one in made.applications]
    roots = [(root, made_from) for root, made_from in roots if not _is_emptied(root, template)]
    for root, made_from in roots if whole else [*roots, (_as_application(made_by, template), ())]:
        identity = identity_of(root)
        if identity is not None:
            found = Resource(identity, made_by.file, made_by.document, root)
            making = Making(made_by, words, made_from[0] if made_from else None, at)
            yield binder.resource(found, partial(repo.load, made_by.file), making)


def _is_emptied(root: Mapping, template: Mapping) -> bool:
    """Whether a patch took everything out of `spec`: told where it is written, and nothing is left to be judged."""
    written, made = get(template, "spec"), get(root, "spec")
    return (
        get(written, "destination") is not MISSING
        and not items(get(made, "sources"))
        and all(get(made, name) is MISSING for name in ("source", "sourceHydrator"))
        and any(get(written, name) is not MISSING for name in ("source", "sources", "sourceHydrator"))
    )


def _as_application(made_by: Resource, template: Mapping) -> Mapping:
    """The template with the kind that it lacks; open where a patch or a generator's own template may change it."""
    source, start = template.source, template.start
    words = [
        Scalar(source, start, start, word) for word in ("apiVersion", "argoproj.io/v1alpha1", "kind", "Application")
    ]
    is_open = template_overrides(made_by.root)
    items = [_opened(one) if is_open else one for one in template.items]
    return Mapping(source, start, template.end, [*words, *items], template.flow, template.open or is_open)


def _opened(node: Node) -> Node:
    """A node to which somebody may add."""
    if not isinstance(node, Mapping):
        return node
    items = [_opened(one) for one in node.items]
    return Mapping(node.source, node.start, node.end, items, node.flow, True, node.origin)
