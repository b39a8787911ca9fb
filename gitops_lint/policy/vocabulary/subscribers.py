"""Who is told when a sync fails or an Application degrades: the subscriptions of the ConfigMap, of projects, of Applications."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.argocd import GROUP, Found
from gitops_lint.model.notifications import CONFIG_MAP, DOMAIN, Configuration, configuration, subscription_of
from gitops_lint.model.resource import Resource
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_groups import GROUP_FIELDS, Groups, Trait, grouped, in_short, told_once
from gitops_lint.policy.vocabulary.resources import name_or_kind, resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, entries, get, items, templated, text_of

_SOURCE = "notifications-engine pkg/subscriptions/annotations.go, pkg/api/config.go GetGlobalDestinations"

UNHEARD = record(
    "UnheardTrouble",
    {
        "what": Field(TEXT, optional=False, doc="what nobody hears of, a clause: `a sync fails`"),
        "who": Field(TEXT, optional=False, doc="the Applications in short"),
        "count": Field(INTEGER, optional=False, doc="how many there are"),
        "all": Field(INTEGER, optional=False, doc="how many Applications and ApplicationSets this repository holds"),
        "trigger": Field(
            TEXT, optional=False, doc="the trigger that would tell: one of the ConfigMap, else of the catalog"
        ),
    },
    doc="trouble of Applications that no subscription tells of; it points at the name of the ConfigMap",
)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A kind of trouble. name: how triggers for it are called; condition: what their conditions speak of."""

    what: str
    trigger: str
    name: re.Pattern[str]
    condition: re.Pattern[str]

    def is_told_by(self, trigger: str, conditions: dict[str, str]) -> bool:
        return bool(self.name.search(trigger) or self.condition.search(conditions.get(trigger, "")))


_TROUBLES = (
    _Trouble("a sync fails", "on-sync-failed", pattern(r"fail|error"), pattern(r"Failed|Error")),
    _Trouble("an Application degrades", "on-health-degraded", pattern(r"degraded|health"), pattern(r"Degraded")),
)


@attribute("ConfigMap", "unheardTroubles", returns=ListType(UNHEARD), needs={"index"}, source=_SOURCE)
def unheard_troubles(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Trouble of which no subscription tells, for some Application here: one fact for failed syncs and one for degraded health.

    Empty for other ConfigMaps, where something else adds to it, and where it subscribes by a selector.
    """
    resource = resource_of(subject)
    data = get(subject.root or MISSING, "data")
    if resource.name != CONFIG_MAP or not isinstance(data, Mapping) or data.open:
        return ()
    if len(repo.named("", "ConfigMap", CONFIG_MAP)) > 1 or repo.generated("ConfigMap", CONFIG_MAP):
        return ()
    found = configuration(data, True)
    conditions = {one.name: one.value.text for one in found.entries if one.part == "trigger"}
    place = name_or_kind(subject)
    at = place if isinstance(place, Scalar) else None
    written = [*repo.resources(GROUP, "Application"), *repo.resources(GROUP, "ApplicationSet")]
    # what lives in another namespace belongs to another Argo CD
    holders = [
        one for one in written if None in (one.namespace, resource.namespace) or one.namespace == resource.namespace
    ]
    facts: list[Value] = []
    for trouble in _TROUBLES:
        if _told_to_all(found, trouble, conditions) is not False:
            continue
        unheard = [one for one in holders if not _hears(repo, one, found, trouble, conditions)]
        if not unheard:
            continue
        trigger = next((name for name in conditions if trouble.is_told_by(name, conditions)), trouble.trigger)
        fields: dict[str, Value] = {
            "what": trouble.what,
            "who": in_short([one.name for one in unheard]),
            "count": len(unheard),
            "all": len(holders),
            "trigger": trigger,
        }
        facts.append(Fact("UnheardTrouble", at, fields))
    return facts


def _told_to_all(found: Configuration, trouble: _Trouble, conditions: dict[str, str]) -> bool | None:
    """Whether `subscriptions` of the ConfigMap tell of it for every Application; None where a selector, or a mistake, decides."""
    for entry in found.entries:
        if entry.part != "subscriptions":
            continue
        if entry.root is None or entry.mistakes:
            return None
        for one in items(entry.root):
            triggers = [text_of(name) or "" for name in items(get(one, "triggers"))]
            if any(templated(name) for name in triggers):
                return None
            if any(trouble.is_told_by(name, conditions) for name in triggers):
                return None if get(one, "selector") is not MISSING else True
    return False


def _hears(repo: Repo, holder: Resource, found: Configuration, trouble: _Trouble, conditions: dict[str, str]) -> bool:
    """Whether an Application, or its project, subscribes to trouble; also where that is not known."""
    template = get(get(holder.root, "spec"), "template") if holder.kind == "ApplicationSet" else holder.root
    annotations = [get(get(template, "metadata"), "annotations")]
    project = text_of(get(get(template, "spec"), "project")) or "default"
    if templated(project):
        return True
    annotations += [get(get(one.root, "metadata"), "annotations") for one in repo.named(GROUP, "AppProject", project)]
    for node in annotations:
        if isinstance(node, Mapping) and node.open:
            return True
        for name in _triggers(node, found):
            if name is None or trouble.is_told_by(name, conditions):
                return True
    return False


def _triggers(annotations: Found, found: Configuration) -> Iterator[str | None]:
    """The triggers to which annotations subscribe; None for one that cannot be known."""
    for key, node, value in entries(annotations):
        if not key.startswith(f"{DOMAIN}/") or not isinstance(node, Scalar):
            continue
        one = subscription_of(node, value)
        if one is None:
            # a list of subscriptions in one annotation
            yield None
        elif one.trigger:
            yield None if templated(one.trigger) else one.trigger
        else:
            yield from _defaults(found, one.service)


def _defaults(found: Configuration, service: str) -> Iterator[str | None]:
    for entry in found.entries:
        if entry.part == "defaultTriggers" and entry.name in ("", service):
            for name in items(entry.root if entry.root is not None else MISSING):
                yield text_of(name)


# ---- messages of success alone

SUCCESS_ONLY = record(
    "SuccessOnly", GROUP_FIELDS, doc="what subscribes to success and to no failure; it points at the name of the first"
)


@attribute(
    ("Application", "AppProject"), "successOnly", returns=ListType(SUCCESS_ONLY), needs={"index"}, source=_SOURCE
)
def success_only(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    The Applications whose annotations subscribe to triggers of success and to no others: one fact for the repository. A
    project that does so has a fact of its own.
    """
    resource = resource_of(subject)
    if resource.kind == "Application":
        return told_once(subject, repo, "SuccessOnly", _success_only, _success_only_groups)
    trait = _success_only(repo, resource)
    fields: dict[str, Value] = {"who": f"project `{resource.name}`", "count": 1, "because": ""}
    return [] if trait is None else [Fact("SuccessOnly", trait.at, fields)]


def _success_only_groups(repo: Repo) -> Groups:
    return grouped(repo, _success_only)


def _success_only(repo: Repo, resource: Resource) -> Trait | None:
    root = resource.root
    metadata = get(get(get(root, "spec"), "template") if resource.kind == "ApplicationSet" else root, "metadata")
    annotations = get(metadata, "annotations")
    if not isinstance(annotations, Mapping) or annotations.open:
        return None
    names = list(_triggers(annotations, Configuration((), False)))
    if not names or any(name is None or _GOOD.fullmatch(name) is None for name in names):
        return None
    at = get(metadata, "name")
    return Trait((), at if isinstance(at, Scalar) else None)


_GOOD = pattern(r"on-(?:sync-(?:succeeded|running)|deployed|created)")
