"""Generated Applications as JSON, version 1: `schemas/gitops-lint/render.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from gitops_lint.report.layout import Json
from gitops_lint.report.manifest_text import ManifestJson
from gitops_lint.report.rendered import RenderedApplication, RenderedSet, Rendering, ShownPlace


def parts(rendering: Rendering) -> Iterator[str]:
    """The text in pieces, an Application or less each: one line for each of them."""
    yield '{\n  "version": 1,\n  "applicationsets": ['
    text = ManifestJson()
    for at, one in enumerate(rendering.applicationsets):
        yield from _set(one, text, "," if at else "")
    yield ("\n  ]" if rendering.applicationsets else "]") + "\n}\n"


def _set(one: RenderedSet, text: ManifestJson, before: str) -> Iterator[str]:
    head: list[tuple[str, Json]] = [
        ("name", one.name),
        ("namespace", one.namespace),
        ("file", one.place.file),
        ("line", one.place.line),
    ]
    yield f"{before}\n    {{\n"
    for key, value in head:
        yield f'      "{key}": {json.dumps(value)},\n'
    yield from _listed("applications", (text(each.root) for each in one.applications))
    yield f'      "error": {json.dumps(one.error.message if one.error is not None else None)},\n'
    yield f'      "unknown": {json.dumps([each.message for each in one.unknown])},\n'
    yield from _listed("origins", (json.dumps(_origin(each)) for each in one.applications), last=True)
    yield "    }"


def _listed(key: str, items: Iterator[str], *, last: bool = False) -> Iterator[str]:
    yield f'      "{key}": ['
    empty = True
    for item in items:
        yield f"{'' if empty else ','}\n        {item}"
        empty = False
    yield ("]" if empty else "\n      ]") + ("\n" if last else ",\n")


def _origin(application: RenderedApplication) -> Json:
    return {
        "generator": application.generator,
        "element": _place(application.element),
        "template": _place(application.template),
    }


def _place(place: ShownPlace | None) -> Json:
    return None if place is None else {"file": place.file, "line": place.line, "column": place.column}
