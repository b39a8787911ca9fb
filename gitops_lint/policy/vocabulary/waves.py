"""Phases and waves of a sync: what waits for something that comes later, or for something that never comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.argosync import SYNC_WAVE
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import references_of
from gitops_lint.simulate.syncorder import GATED, Turn, late_needs, turn_of, units_of
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, entries, get, items, templated, value

Found = Node | Missing | UnknownValue

_SYNC = "argo-cd gitops-engine/pkg/sync/sync_context.go"

LATE_NEED = record(
    "LateNeed",
    {
        "kind": Field(TextType(values=("phase", "wave")), optional=False, doc="whether the phase or the wave is later"),
        "target": Field(TEXT, optional=False, doc="what is needed, as words"),
        "comes": Field(TEXT, optional=False, doc="how it comes to be and when, as a clause"),
        "here": Field(TEXT, optional=False, doc="the wave or phase of the workload, as words"),
        "other": Field(ANYTHING, optional=False, doc="the name of the resource that comes later"),
    },
    doc="a reference of a workload to what its Application applies only when the workload is healthy; it points at the name",
)


@attribute("workload", "lateNeeds", returns=ListType(LATE_NEED), needs={"references"}, source=_SYNC)
def late_needs_of(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What its pods cannot start without, and what comes only in a later phase or wave of the same Application."""
    root = subject.root
    workload = resource_of(subject)
    if root is None or (workload.group, workload.kind) not in GATED:
        return ()
    if value(get(get(root, "spec"), "replicas")) == 0:
        return ()
    references = references_of(workload.kind, root)
    turn = turn_of(workload) if references else None
    if turn is None:
        return ()
    return [
        _late(need.reference.kinds[0], need.reference.name, need.reference.node, need.target.root, need.turn, turn)
        for need in late_needs(repo, workload, turn, references)
    ]


def _late(kind: str, name: str, at: Node, target: Mapping, comes: Turn, turn: Turn) -> Fact:
    made = get(target, "kind")
    made_of = f", made of {made.text}," if isinstance(made, Scalar) and made.text != kind else ""
    when = f"in the {comes.phase} phase" if comes.phase != turn.phase else f"in wave {comes.wave}"
    fields: dict[str, Value] = {
        "kind": "wave" if comes.phase == turn.phase else "phase",
        "target": f"{kind} `{name}`{made_of}",
        "comes": when,
        "here": f"the {turn.phase} phase" if comes.phase != turn.phase else f"wave {turn.wave}",
        "other": get(get(target, "metadata"), "name"),
    }
    return Fact("LateNeed", at, fields)


# ---- what is never healthy

ENDLESS_WAIT = record(
    "EndlessWait",
    {
        "kind": Field(TextType(values=("never", "promotion")), optional=False, doc="whether a promotion ends it"),
        "why": Field(TEXT, optional=False, doc="why it is not healthy, as a clause"),
        "later": Field(TEXT, optional=False, doc="what waits for it, as words"),
        "other": Field(ANYTHING, optional=False, doc="the name of what waits"),
    },
    doc="a setting that keeps a resource from being healthy while something waits for that; it points at the setting",
)


@attribute("workload", "endlessWaits", returns=ListType(ENDLESS_WAIT), needs={"index"}, source=_SYNC)
def endless_waits(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What keeps the sync of its Application waiting: paused, suspended, or paused by its own steps."""
    cause = _cause(subject)
    if cause is None:
        return ()
    kind, why, at = cause
    resource = resource_of(subject)
    turn = turn_of(resource)
    if turn is None:
        return ()
    waiting = units_of(repo).later(resource, turn)
    if waiting is None:
        return ()
    other, later = waiting
    fields: dict[str, Value] = {
        "kind": kind,
        "why": why,
        "later": f"{other.kind} `{other.name}` in {later.words()}",
        "other": get(get(other.root, "metadata"), "name"),
    }
    return (Fact("EndlessWait", at, fields),)


def _cause(subject: Subject) -> tuple[str, str, Node] | None:
    spec = get(subject.root or MISSING, "spec")
    who = resource_of(subject)
    if (who.group, who.kind) == ("apps", "Deployment"):
        return _switch(spec, "paused", "a paused Deployment")
    if (who.group, who.kind) == ("batch", "Job"):
        return _switch(spec, "suspend", "a suspended Job")
    if (who.group, who.kind) != ("argoproj.io", "Rollout"):
        return None
    strategy = get(spec, "strategy")
    for step in items(get(get(strategy, "canary"), "steps")):
        pause = get(step, "pause")
        if isinstance(pause, Mapping) and not pause.open and get(pause, "duration") is MISSING:
            return "promotion", "a Rollout that pauses without end", pause
    automatic = get(get(strategy, "blueGreen"), "autoPromotionEnabled")
    if isinstance(automatic, Scalar) and value(automatic) is False:
        return "promotion", "a Rollout that is not promoted by itself", automatic
    return None


def _switch(spec: Found, field: str, why: str) -> tuple[str, str, Node] | None:
    node = get(spec, field)
    return ("never", why, node) if isinstance(node, Scalar) and value(node) is True else None


# ---- Applications that an Application delivers

CHILD_WAVE = record(
    "ChildWave",
    {
        "kind": Field(TextType(values=("not-gated", "by-hand")), optional=False, doc="what does not work as written"),
        "other": Field(TEXT, optional=False, doc="the Application or resource at the other end, as words"),
        "settings": Field(ANYTHING, optional=False, doc="the ConfigMap argocd-cm"),
    },
    doc="an Application whose wave does not do what it seems to; it points at the wave, or at what lets it wait",
)


@attribute(
    "Application",
    "childWaves",
    returns=ListType(CHILD_WAVE),
    needs={"index"},
    source="argo-cd docs/operator-manual/health.md",
)
def child_waves(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What is to be said of its wave among the Applications beside it, by what `argocd-cm` says of their health."""
    resource = resource_of(subject)
    wave = get(get(get(subject.root or MISSING, "metadata"), "annotations"), SYNC_WAVE)
    if resource.group != "argoproj.io" or not isinstance(wave, Scalar):
        return ()
    turn = turn_of(resource)
    gated, settings = _applications_gated(repo)
    if turn is None or gated is None or settings is None:
        return ()
    at = get(get(settings, "metadata"), "name")
    if gated:
        return list(_by_hand(subject, repo, turn, at))
    for other in units_of(repo).members(resource):
        if (other.group, other.kind) != ("argoproj.io", "Application") or SYNC_WAVE not in repo.facts_of(
            other
        ).annotations:
            continue
        before = turn_of(other)
        if before is not None and before.order < turn.order:
            words = f"`{other.name}` of wave {before.wave}"
            return (Fact("ChildWave", wave, {"kind": "not-gated", "other": words, "settings": at}),)
    return ()


def _by_hand(subject: Subject, repo: Repo, turn: Turn, settings: Value) -> Iterator[Fact]:
    spec = get(subject.root or MISSING, "spec")
    policy = get(spec, "syncPolicy")
    automated = get(policy, "automated")
    off = automated is MISSING or value(get(automated, "enabled")) is False
    waiting = units_of(repo).later(resource_of(subject), turn) if off else None
    if waiting is not None:
        other, later = waiting
        words = f"{other.kind} `{other.name}` in {later.words()}"
        at = automated if isinstance(automated, Mapping) else policy if isinstance(policy, Mapping) else spec
        if isinstance(at, Mapping):
            yield Fact("ChildWave", at, {"kind": "by-hand", "other": words, "settings": settings})


def _applications_gated(repo: Repo) -> tuple[bool | None, Mapping | None]:
    """
    Whether waves wait for Applications, and the settings that say so; None where this repository does not show it.

    Without a health check of its own in `argocd-cm` an Application has none since Argo CD 1.8.
    """
    if any(kind == "ArgoCD" for _, kind in repo.kinds()):
        return None, None
    found = repo.named("", "ConfigMap", "argocd-cm")
    answers = {_gates(one.root) for one in found}
    return (answers.pop(), found[0].root) if len(answers) == 1 else (None, None)


def _gates(root: Mapping) -> bool | None:
    if root.open:
        return None
    data = get(root, "data")
    if data is MISSING:
        return False
    if not isinstance(data, Mapping) or data.open:
        return None
    for key, _, node in entries(data):
        text = node.text if isinstance(node, Scalar) else ""
        if templated(key) or (key == "resource.customizations" and (templated(text) or "Application" in text)):
            return None
        if key.startswith("resource.customizations.health.") and key.endswith(("argoproj.io_Application", "_*")):
            return True
    return False
