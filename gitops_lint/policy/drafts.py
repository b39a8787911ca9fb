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
    GeneratedBy,
    Group,
    Related,
    ResourceName,
    Severity,
    TextEdit,
)
from gitops_lint.policy.places import Where, region_at, region_of, written_at
from gitops_lint.policy.subjects import Making, Subject
from gitops_lint.text.edit import (
    Edit,
    NotEditable,
    append_item,
    edit_inside,
    remove,
    remove_shadowed,
    rename_key,
    set_part,
    set_value,
)
from gitops_lint.text.nodes import Node, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.path import Path, path_of
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
    fix = _fix(draft.fix) if draft.fix is not None else None
    made = draft.subject.made if isinstance(draft.subject, Subject) else None
    by = None if made is None else _generated_by(made, locate)
    if by is not None and by.element is not None:
        related.append(Related(by.element, "generated from this"))
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
        generated_by=by,
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


def _generated_by(made: Making, locate: Locate) -> GeneratedBy:
    element, template = (None if place is None else region_at(place, locate) for place in (made.element, made.template))
    return GeneratedBy(made.words, element, template)


def _fix(plan: DraftFix) -> Fix | None:
    edits: list[TextEdit] = []
    for each in plan.edits:
        made = _edits(each)
        if not made:
            return None
        edits.extend(made)
    return Fix(plan.title, plan.safe, tuple(edits))


def _edits(edit: DraftEdit) -> list[TextEdit]:
    """The edits of the text that one edit of a rule comes to; [] where it cannot be made."""
    spot = edit.place.at
    if spot is None or (isinstance(spot, (Part, Stretch)) and spot.secret):
        return []
    try:
        if isinstance(spot, Stretch):
            return _shadowed(spot) if edit.op == "remove" and not edit.place.missing else []
        node = spot.scalar if isinstance(spot, Part) else spot
        if node.origin is not None:
            return []
        root, found = _written(node)
        made = _made(edit, root, found)
        holder = node.source.inside
        if holder is None:
            return _text_edits(node.source, made)
        # a text in a scalar of the file, such as an inline patch
        if not node.source.exact or holder.origin is not None or holder.source.inside is not None:
            return []
        return _text_edits(holder.source, edit_inside(*_written(holder), made))
    except NotEditable:
        return []


def _written(node: Node) -> tuple[Node, Path]:
    """
    The document around a node as it is written, and the way to the node. Raises NotEditable.

    Read again, because the tree at hand may have parts taken out that a kustomization changes.
    """
    for document in parse_yaml(Source(node.source.text)).documents:
        if document.root is not None and document.start <= node.start < document.end:
            twin = written_at(document.root, node)
            path = path_of(document.root, twin) if twin is not None else None
            if path is not None:
                return document.root, path
    raise NotEditable("the value is not found in the text")


def _made(edit: DraftEdit, root: Node, found: Path) -> list[Edit]:
    """One edit of a rule below a root. Raises NotEditable."""
    spot, segments = edit.place.at, (*found, *edit.place.missing)
    if isinstance(spot, Part):
        if edit.op != "set" or edit.place.missing:
            raise NotEditable("only a value is set inside of a text")
        return set_part(root, segments, spot.start, spot.end, str(edit.value))
    match edit.op:
        case "set":
            return set_value(root, segments, _plain(edit.value))
        case "append":
            return append_item(root, segments, _plain(edit.value))
        case "remove":
            return remove(root, segments)
        case "rename":
            return rename_key(root, segments, str(edit.value))


def _shadowed(spot: Stretch) -> list[TextEdit]:
    """Edits that take away a key that a later one of the same name replaces. Raises NotEditable."""
    for document in parse_yaml(Source(spot.source.text)).documents:
        if spot.source.inside is None and document.root is not None and document.start <= spot.start < document.end:
            return _text_edits(spot.source, remove_shadowed(document.root, spot.start))
    return []


def _text_edits(source: Source, made: list[Edit]) -> list[TextEdit]:
    return [TextEdit(source.file or "", one.start, one.end, one.text) for one in made]


def _plain(value: object) -> Plain:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value)
