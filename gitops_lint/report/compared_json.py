"""What a change does to generated Applications, as JSON, version 1: `schemas/gitops-lint/render-against.json` describes it."""

from __future__ import annotations

from typing import cast

from gitops_lint.report.compared import Comparison, ShownChange, ShownField, ShownSet
from gitops_lint.report.layout import Json, layout
from gitops_lint.report.rendered import ShownPlace
from gitops_lint.text.scalars import MISSING, Missing, Plain


def render(comparison: Comparison) -> str:
    answer: Json = {
        "version": 1,
        "against": {"name": comparison.against, "commit": comparison.commit},
        "summary": {
            "added": comparison.count("add"),
            "changed": comparison.count("change"),
            "deleted": comparison.count("delete"),
            "left": comparison.count("leave"),
            "unknown": comparison.count("unknown"),
            "pruning": comparison.pruning,
        },
        "applicationsets": [_set(one) for one in comparison.applicationsets],
    }
    return layout(answer, 5)


def _set(one: ShownSet) -> Json:
    return {
        "name": one.name,
        "namespace": one.namespace,
        "state": one.state,
        "file": one.place.file,
        "line": one.place.line,
        "error": one.error.message if one.error is not None else None,
        "unknown": [each.message for each in one.unknown],
        "notes": list(one.notes),
        "applications": [_change(each) for each in one.applications],
    }


def _change(change: ShownChange) -> Json:
    return {
        "name": change.name,
        "action": change.action,
        "fields": [_field(one) for one in change.fields],
        "prunes": change.prunes,
        "notes": list(change.notes),
        "element": _place(change.element),
        "template": _place(change.template),
    }


def _field(field: ShownField) -> Json:
    # a side that is left out has no such field; null is a value
    sides: list[tuple[str, Plain | Missing]] = [("old", field.old), ("new", field.new)]
    return {"path": field.path, **{side: cast("Json", value) for side, value in sides if value is not MISSING}}


def _place(place: ShownPlace | None) -> Json:
    return None if place is None else {"file": place.file, "line": place.line, "column": place.column}
