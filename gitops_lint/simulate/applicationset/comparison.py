"""
What a change does to the Applications that ApplicationSets generate: which the controller would create, update and delete,
and what Argo CD would delete in clusters with them.

Source: argo-cd applicationset/controllers/applicationset_controller.go (Reconcile, createOrUpdateInCluster, deleteInCluster),
applicationset/utils/policy.go, docs/operator-manual/applicationset/Controlling-Resource-Modification.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.model.resource import Found, Resource
from gitops_lint.pattern import pattern
from gitops_lint.simulate.applicationset.generate import FINALIZER, GeneratedApplication, GeneratedSet
from gitops_lint.text.path import Path
from gitops_lint.text.scalars import MISSING, Missing, Plain, get, items, plain, text_of
from gitops_lint.text.trees import same

Action = Literal["add", "change", "delete", "leave", "unknown"]
"""leave: generated no more, or otherwise, but the controller may not delete or update it. unknown: nobody can tell from here."""
_POLICIES = {
    "create-only": (False, False),
    "create-update": (True, False),
    "create-delete": (False, True),
    "sync": (True, True),
}
_KEPT_ANNOTATIONS = (
    "notified.notifications.argoproj.io",
    "argocd.argoproj.io/refresh",
    "argocd.argoproj.io/hydrate",
)
_HOMES = (("spec", "destination", "server"), ("spec", "destination", "name"))
_SIMPLE_JQ = pattern(r"(?:\.[A-Za-z_][A-Za-z0-9_]*|\.\"[^\"\\]*\"|\[[0-9]+\])+")
_JQ_STEP = pattern(r"\.([A-Za-z_][A-Za-z0-9_]*)|\.\"([^\"\\]*)\"|\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field. old, new: MISSING where it was not, or is no more, there."""

    path: Path
    old: Plain | Missing
    new: Plain | Missing


@dataclass(frozen=True, slots=True, eq=False)
class ApplicationChange:
    """
    What happens to one Application.

    fields: those that the controller writes, in order; for a change, and for one that is left. before, after: the Application on
    both sides, None where it is not generated. notes: what follows from it, a sentence each.
    """

    name: str
    action: Action
    fields: tuple[FieldChange, ...]
    before: GeneratedApplication | None
    after: GeneratedApplication | None
    notes: tuple[str, ...] = ()
    prunes: bool = False
    """Whether something is deleted in a cluster because of it: certainly for a deletion, at the next sync for a change."""


@dataclass(frozen=True, slots=True, eq=False)
class SetChange:
    """What happens to the Applications of one ApplicationSet. before, after: None where it is not there."""

    before: GeneratedSet | None
    after: GeneratedSet | None
    applications: tuple[ApplicationChange, ...]
    notes: tuple[str, ...] = ()

    @property
    def of(self) -> GeneratedSet:
        """The side to speak of: now, else before."""
        found = self.after if self.after is not None else self.before
        assert found is not None
        return found


def compared(before: Sequence[GeneratedSet], after: Sequence[GeneratedSet]) -> list[SetChange]:
    """What comes, changes and goes, ApplicationSet by ApplicationSet; those without any change are left out."""
    old = {_key(one.appset): one for one in before}
    new = {_key(one.appset): one for one in after}
    owners = {(one.appset.namespace, name): one for one in after for name in _named(one)}
    changes = []
    for key in dict.fromkeys((*new, *old)):
        made = _set_change(old.get(key), new.get(key), owners)
        if made.applications or made.notes:
            changes.append(made)
    return changes


def _key(appset: Resource) -> tuple[str | None, str]:
    return appset.namespace, appset.name


def _named(generated: GeneratedSet) -> dict[str, GeneratedApplication]:
    """Name to Application; of several with one name the first."""
    found: dict[str, GeneratedApplication] = {}
    for one in generated.applications:
        name = one.name
        if name is not None and name.text:
            found.setdefault(name.text, one)
    return found


def _set_change(
    before: GeneratedSet | None,
    after: GeneratedSet | None,
    owners: dict[tuple[str | None, str], GeneratedSet],
) -> SetChange:
    if before is None:
        assert after is not None
        return SetChange(None, after, tuple(_added(after, {})), _errors(None, after))
    if after is None:
        return SetChange(before, None, tuple(_orphaned(before, owners)))
    notes = _errors(before, after)
    if after.error is not None:
        return SetChange(before, after, (), notes)
    old, new = _named(before), _named(after)
    rules = _Rules(after.appset)
    changes = list(_added(after, old, before))
    for name, one in old.items():
        if name in new:
            made = _changed(name, one, new[name], rules)
        else:
            made = _gone(name, one, after, rules, owners)
        if made is not None:
            changes.append(made)
    return SetChange(before, after, tuple(sorted(changes, key=lambda one: (_ORDER[one.action], one.name))), notes)


_ORDER: dict[Action, int] = {"delete": 0, "change": 1, "add": 2, "leave": 3, "unknown": 4}


def _errors(before: GeneratedSet | None, after: GeneratedSet) -> tuple[str, ...]:
    """What is to be said of sides that generate nothing because of an error."""
    if after.error is not None:
        if before is None:
            return ("it generates nothing, because it ends in an error",)
        if before.error is not None:
            return ()  # as before
        count = len(before.applications)
        return (f"it ends in an error now: the controller leaves its {_many(count)} as they are, and makes no others",)
    if before is not None and before.error is not None:
        return ("it ended in an error before: what it had generated until then is not known here",)
    return ()


def _many(count: int) -> str:
    return "Application" if count == 1 else f"{count} Applications"


# ---- one Application


def _added(
    after: GeneratedSet, old: dict[str, GeneratedApplication], before: GeneratedSet | None = None
) -> Iterator[ApplicationChange]:
    uncertain = before is not None and (before.error is not None or bool(before.unknown))
    for name, one in _named(after).items():
        if name not in old:
            if uncertain:
                yield ApplicationChange(name, "unknown", (), None, one, ("it may have been there before",))
            else:
                yield ApplicationChange(name, "add", (), None, one)


def _changed(
    name: str, before: GeneratedApplication, after: GeneratedApplication, rules: _Rules
) -> ApplicationChange | None:
    fields = tuple(one for one in differences(_fields(before), _fields(after)) if not rules.keeps(name, one))
    if not fields:
        return None
    if not rules.updates:
        why = f"applicationsSync: {rules.policy} forbids the controller to update it"
        return ApplicationChange(name, "leave", fields, before, after, (why,))
    moved = [
        one for one in fields if one.path[:2] in (("spec", "source"), ("spec", "sources"), ("spec", "sourceHydrator"))
    ]
    homes = [one for one in fields if one.path in _HOMES and one.old is not MISSING and one.new is not MISSING]
    notes = []
    prunes = False
    if homes:
        notes.append("what it has deployed to the old cluster stays there: Argo CD looks after the new one only")
    elif moved and _prunes(after):
        notes.append("what its source delivers no longer is deleted at the next sync (syncPolicy.automated.prune)")
        prunes = True
    return ApplicationChange(name, "change", fields, before, after, tuple(notes), prunes)


def _fields(application: GeneratedApplication) -> Plain:
    """An Application as plain values; no labels or annotations are the same as empty ones."""
    found = plain(application.root)
    metadata = found.get("metadata") if isinstance(found, dict) else None
    if isinstance(metadata, dict):
        for key in ("labels", "annotations"):
            metadata.setdefault(key, {})
    return found


def _prunes(application: GeneratedApplication) -> bool:
    automated = get(get(get(application.root, "spec"), "syncPolicy"), "automated")
    return plain(get(automated, "prune")) is True and plain(get(automated, "enabled")) is not False


def _gone(
    name: str,
    before: GeneratedApplication,
    after: GeneratedSet,
    rules: _Rules,
    owners: dict[tuple[str | None, str], GeneratedSet],
) -> ApplicationChange:
    owner = owners.get((after.appset.namespace, name))
    if after.unknown:
        return ApplicationChange(
            name, "unknown", (), before, None, ("a generator that is not known may still yield it",)
        )
    if not rules.deletes:
        why = f"applicationsSync: {rules.policy} forbids the controller to delete it"
        return ApplicationChange(name, "leave", (), before, None, (why,))
    notes = _cascade(before)
    if owner is not None:
        notes = (*notes, f"ApplicationSet {owner.appset.name} generates it now, and can create it only once it is gone")
    return ApplicationChange(name, "delete", (), before, None, notes, _cascades(before))


def _orphaned(before: GeneratedSet, owners: dict[tuple[str | None, str], GeneratedSet]) -> Iterator[ApplicationChange]:
    """The Applications of an ApplicationSet that is gone: Kubernetes deletes them with their owner."""
    rules = _Rules(before.appset)
    held = any(text_of(one) == FINALIZER for one in items(get(get(before.appset.root, "metadata"), "finalizers")))
    for name, one in sorted(_named(before).items()):
        if not rules.deletes and held:
            why = f"applicationsSync: {rules.policy} and the finalizer of the ApplicationSet keep it"
            yield ApplicationChange(name, "leave", (), one, None, (why,))
            continue
        notes = ("Kubernetes deletes it with its ApplicationSet, once that is deleted", *_cascade(one))
        owner = owners.get((before.appset.namespace, name))
        if owner is not None:
            notes = (
                *notes,
                f"ApplicationSet {owner.appset.name} generates it now, and can create it only once it is gone",
            )
        yield ApplicationChange(name, "delete", (), one, None, notes, _cascades(one))


def _cascades(application: GeneratedApplication) -> bool:
    finalizers = items(get(get(application.root, "metadata"), "finalizers"))
    return any((text_of(one) or "").split("/")[0] == FINALIZER for one in finalizers)


def _cascade(application: GeneratedApplication) -> tuple[str, ...]:
    if _cascades(application):
        return (f"everything it has deployed is deleted with it ({FINALIZER})",)
    return ("what it has deployed stays, and nobody looks after it any more",)


# ---- what the controller leaves alone


class _Rules:
    """What an ApplicationSet says of updates and deletions. policy: as it is written, "sync" where nothing is."""

    def __init__(self, appset: Resource) -> None:
        spec = get(appset.root, "spec")
        self.policy = text_of(get(get(spec, "syncPolicy"), "applicationsSync")) or "sync"
        # the API server refuses other words
        self.updates, self.deletes = _POLICIES.get(self.policy, (True, True))
        preserved = get(spec, "preservedFields")
        self._annotations = {*_KEPT_ANNOTATIONS, *_texts(get(preserved, "annotations"))}
        self._labels = set(_texts(get(preserved, "labels")))
        self._ignored = list(_ignored(get(spec, "ignoreApplicationDifferences")))

    def keeps(self, name: str, change: FieldChange) -> bool:
        """Whether an update leaves a field of a live Application as it is."""
        path = change.path
        if path[:1] == ("metadata",) and len(path) > 2 and change.old is not MISSING:
            kept = {"annotations": self._annotations, "labels": self._labels}.get(str(path[1]), set())
            if path[2] in kept:
                return True
        return any(of in ("", name) and path[: len(ignored)] == ignored for of, ignored in self._ignored)


def _texts(node: Found) -> list[str]:
    return [text for one in items(node) if (text := text_of(one)) is not None]


def _ignored(node: Found) -> Iterator[tuple[str, Path]]:
    """Name of an Application, "" for all, and the path of a field; jq expressions that are more than a path are left out."""
    for one in items(node):
        name = text_of(get(one, "name")) or ""
        for pointer in _texts(get(one, "jsonPointers")):
            parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")]
            yield name, tuple(int(part) if part.isdigit() else part for part in parts)
        for expression in _texts(get(one, "jqPathExpressions")):
            if _SIMPLE_JQ.fullmatch(expression):
                steps = _JQ_STEP.finditer(expression)
                yield name, tuple(int(step[3]) if step[3] else step[1] or step[2] or "" for step in steps)


# ---- fields


def differences(old: Plain | Missing, new: Plain | Missing, path: Path = ()) -> Iterator[FieldChange]:
    """
    The fields in which two values differ, as deep as both have them; lists of one length item by item, others as a whole.
    """
    if old is not MISSING and new is not MISSING:
        if isinstance(old, dict) and isinstance(new, dict):
            for key in dict.fromkeys((*old, *new)):
                yield from differences(old.get(key, MISSING), new.get(key, MISSING), (*path, key))
            return
        if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for at, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from differences(one, other, (*path, at))
            return
        if same(old, new):
            return
    elif old is new:
        return
    yield FieldChange(path, old, new)
