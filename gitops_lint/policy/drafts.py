"""From what a rule hands over to a finding: lines, paths, related places, and fixes as edits of the text."""

from __future__ import annotations

from collections.abc import Callable

from gitops_lint.dsl.tree import Rule
from gitops_lint.dsl.world import Draft, DraftEdit, DraftFix, Part, Stretch, Trail
from gitops_lint.findings import (
    GROUPS,
    Confidence,
    Finding,
    Fix,
    Group,
    Related,
    ResourceName,
    Severity,
    TextEdit,
)
from gitops_lint.policy.places import Where, region_of
from gitops_lint.policy.subjects import Subject
from gitops_lint.text.edit import NotEditable, append_item, remove, rename_key, set_value
from gitops_lint.text.nodes import Node, Source
from gitops_lint.text.path import path_of
from gitops_lint.text.scalars import Plain

Locate = Callable[[str, int], Where]


def finding_of(draft: Draft, rule: Rule, area: str, locate: Locate) -> Finding:
    """
    The finding a draft makes. locate: file and offset to the document around it.

    A place that does not exist falls back to the subject's own; a fix that cannot be written as edits is left out.
    """
    at = _existing(draft.at, draft.subject)
    region, named = region_of(at, locate)
    related = []
    for trail, words in draft.see:
        if trail.at is not None:
            related.append(Related(region_of(trail.at, locate)[0], words))
    fix = _fix(draft.fix, locate) if draft.fix is not None else None
    return Finding(
        rule=rule.name,
        area=area,
        group=_group(rule.group),
        severity=Severity.of(draft.severity or rule.severity),
        confidence=_confidence(rule.confidence),
        message=draft.message,
        region=region,
        resource=_resource(draft.subject),
        related=tuple(related),
        notes=draft.notes,
        help=draft.help,
        fixes=(fix,) if fix is not None else (),
        identity_path=named,
    )


def _existing(trail: Trail, subject: object) -> Node | Part | Stretch:
    if trail.at is not None:
        return trail.at
    if isinstance(subject, Subject):
        node = subject.node
        if node is not None:
            return node
        source = subject.text_of_file.source
        return Stretch(source, 0, 0)
    raise LookupError("the rule points at nothing that has a place")


def _group(word: str) -> Group:
    for group in GROUPS:
        if group == word:
            return group
    raise ValueError(f"no group of rules is called {word}")


def _confidence(word: str) -> Confidence:
    match word:
        case "high" | "medium" | "low":
            return word
    raise ValueError(f"no confidence is called {word}")


def _resource(subject: object) -> ResourceName | None:
    resource = subject.resource if isinstance(subject, Subject) else None
    if resource is None:
        return None
    who = resource.identity
    return ResourceName(who.group, who.version, who.kind, who.namespace, who.name)


def _fix(plan: DraftFix, locate: Locate) -> Fix | None:
    edits: list[TextEdit] = []
    for each in plan.edits:
        made = _edits(each, locate)
        if not made:
            return None
        edits.extend(made)
    return Fix(plan.title, plan.safe, tuple(edits))


def _edits(edit: DraftEdit, locate: Locate) -> list[TextEdit]:
    spot = edit.place.at
    if spot is None or isinstance(spot, (Part, Stretch)) or spot.source.inside is not None or spot.origin is not None:
        return []
    source: Source = spot.source
    where = locate(source.file or "", spot.start)
    found = path_of(where.root, spot) if where.root is not None else None
    if where.root is None or found is None:
        return []
    segments = (*found, *edit.place.missing)
    try:
        match edit.op:
            case "set":
                made = set_value(where.root, segments, _plain(edit.value))
            case "append":
                made = append_item(where.root, segments, _plain(edit.value))
            case "remove":
                made = remove(where.root, segments)
            case "rename":
                made = rename_key(where.root, segments, str(edit.value))
    except NotEditable:
        return []
    return [TextEdit(source.file or "", one.start, one.end, one.text) for one in made]


def _plain(value: object) -> Plain:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value)
