"""
The template of an ApplicationSet with that of a generator merged over it, and what of it becomes the Application.

Source: argo-cd applicationset/generators/generator_spec_processor.go mergeGeneratorTemplate, which fills what is empty in
the generator's template from the ApplicationSet's (mergo.Merge); applicationset/controllers/template/template.go.
"""

from __future__ import annotations

from gitops_lint.simulate.applicationset.application import (
    TEMPLATE,
    ListOf,
    MapOf,
    Struct,
    Type,
    is_zero,
    item_type,
    kept,
    with_items,
)
from gitops_lint.text.nodes import Mapping, Node
from gitops_lint.text.scalars import entries


def template_of(own: Node, override: Node | None = None) -> Mapping | None:
    """
    What is rendered for each set of a generator: `metadata` and `spec`, only known fields.

    own: `spec.template`. override: `template` of the generator; what is empty in it (also `false` and `0`) is filled from
    `own`. None where there is no mapping to render.
    """
    if override is not None and isinstance(override, Mapping):
        merged = _merged(kept(override, TEMPLATE), kept(own, TEMPLATE), TEMPLATE)
        return merged if isinstance(merged, Mapping) else None
    template = kept(own, TEMPLATE)
    return template if isinstance(template, Mapping) else None


def _merged(first: Node, second: Node, type: Type) -> Node:
    """`first` with its gaps filled from `second`; maps are joined, a list that is not empty counts as a whole."""
    if isinstance(type, Struct | MapOf):
        if isinstance(first, Mapping) and isinstance(second, Mapping):
            return _joined(first, second, type)
        return first
    if isinstance(type, ListOf) or type != "raw":
        return second if is_zero(first) else first
    return first


def _joined(first: Mapping, second: Mapping, type: Struct | MapOf) -> Mapping:
    others = {name: (key, value) for name, key, value in entries(second)}
    items: list[Node] = []
    changed = second.open and not first.open
    for name, key, value in entries(first):
        other = others.pop(name, None)
        below = item_type(type, name)
        made = value if other is None or below is None else _merged(value, other[1], below)
        changed = changed or made is not value
        items += (key, made)
    for key, value in others.values():
        items += (key, value)
        changed = True
    if not changed:
        return first
    made_mapping = with_items(first, items)
    made_mapping.open = first.open or second.open
    return made_mapping
