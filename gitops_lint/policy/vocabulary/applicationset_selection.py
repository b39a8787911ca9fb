"""What generators, the selectors of a matrix and the steps of RollingSync select of what there is: nothing, or too much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.applicationset import entries_of
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationsets import set_spec
from gitops_lint.policy.vocabulary.generated_things import known_applications, name_of, others, with_places
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.applicationset.generated import cluster_labels, filled_in, yields_alone, yields_of
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, entries, get, items, text_of

if TYPE_CHECKING:
    from gitops_lint.simulate.applicationset.generate import GeneratedApplication

# ---- generators without sets

EMPTY = record(
    "EmptyGenerator",
    {
        "kind": Field(TEXT, optional=False, doc="the generator"),
        "number": Field(INTEGER, optional=False, doc="its number in spec.generators, from 1"),
        "only": Field(BOOL, optional=False, doc="whether nothing at all is generated"),
        "selected": Field(BOOL, optional=False, doc="whether a `selector` beside it may have left nothing"),
    },
    doc="an entry of spec.generators that yields no parameter set; it points at the generator",
)


@attribute(
    "ApplicationSet",
    "emptyGenerators",
    returns=ListType(EMPTY),
    needs={"applicationsets"},
    source="argo-cd applicationset/generators/generator_spec_processor.go Transform",
)
def empty_generators(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Entries that are known to yield nothing although something is asked for: not lists that are written empty, nor what is told
    of a path or a label by itself.
    """
    found, error = yields_of(repo, resource_of(subject))
    listed = items(get(set_spec(subject), "generators"))
    if error is not None or len(found) != len(listed):
        return ()
    if subject.ask("unpairedSets") or subject.ask("unmatchedSelectors"):
        return ()  # told at the label
    nothing = not any(one.sets or one.unknown for one in found)
    facts: list[Value] = []
    for number, (entry, one) in enumerate(zip(listed, found, strict=True), 1):
        if one.sets or one.unknown or not isinstance(entry, Mapping):
            continue
        for kind, key, _ in entries(entry):
            if kind in ("clusters", "matrix", "merge", "list") and isinstance(key, Scalar):
                selected = get(entry, "selector") is not MISSING
                if kind != "list" or selected:
                    fields: dict[str, Value] = {"kind": kind, "number": number, "only": nothing, "selected": selected}
                    facts.append(Fact("EmptyGenerator", key, fields))
                break
    return facts


UNPAIRED = record(
    "UnpairedSet",
    {
        "label": Field(TEXT, optional=False, doc="the label and value that are asked for, as `key=value`"),
        "others": Field(ListType(TEXT), optional=False, doc="values that clusters have for that label"),
        "element": Field(ANYTHING, optional=True, doc="what was written for the set of the first child"),
    },
    doc="a set of a matrix for which its clusters generator selects none; it points at the value in the selector",
)


@attribute(
    "ApplicationSet",
    "unpairedSets",
    returns=ListType(UNPAIRED),
    needs={"applicationsets"},
    source="argo-cd applicationset/generators/matrix.go, cluster.go",
)
def unpaired_sets(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    Sets of the first child of a matrix for which the second one asks for a label that no cluster has, although some have
    another value of it. Told once for each label and value.
    """
    me = resource_of(subject)
    labels = cluster_labels(repo)
    found: dict[tuple[int, str], Value] = {}
    for entry in entries_of(subject.root or MISSING) if labels else ():
        second = entry.children[1] if entry.only("matrix") is not None and len(entry.children) == 2 else None
        clusters = second.only("clusters") if second is not None else None
        asked = [
            (name, node)
            for name, _, node in entries(get(get(clusters.node, "selector"), "matchLabels") if clusters else MISSING)
            if isinstance(node, Scalar) and "{{" in node.text
        ]
        for one in yields_alone(repo, me, entry.children[0].node) if asked else ():
            for params in one.sets:
                for name, node in asked:
                    text = filled_in(node.text, params, me)
                    others = sorted({known[name] for known in labels if name in known})
                    if text is not None and "{{" not in text and others and text not in others:
                        fields: dict[str, Value] = {"label": f"{name}={text}", "others": others}
                        with_places(fields, repo, element=params)
                        found.setdefault((node.start, text), Fact("UnpairedSet", node, fields))
    return list(found.values())


# ---- steps of RollingSync

STEP_COVER = record(
    "StepCover",
    {
        "application": Field(TEXT, optional=False, doc="the first such Application"),
        "others": Field(TEXT, optional=False, doc="` and 3 others`, where there are others; or empty"),
        "alone": Field(BOOL, optional=False, doc="whether no step selects it"),
        "steps": Field(ListType(INTEGER), optional=False, doc="the steps that select it, from 1"),
        "element": Field(ANYTHING, optional=True, doc="what was written for it"),
    },
    doc="a generated Application that no step of RollingSync selects, or more than one; it points at the steps",
)


@attribute(
    "ApplicationSet",
    "stepCover",
    returns=ListType(STEP_COVER),
    needs={"applicationsets"},
    source="argo-cd applicationset/progressivesync/progressive_sync.go buildAppDependencyList",
)
def step_cover(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Applications that are in no step, and those in more than one; where all labels and steps are known."""
    rolling = get(get(set_spec(subject), "strategy"), "rollingSync")
    steps = get(rolling, "steps")
    if text_of(get(get(set_spec(subject), "strategy"), "type")) != "RollingSync" or not isinstance(steps, SequenceNode):
        return ()
    wanted = [_expressions(step) for step in steps.items]
    if not wanted or steps.open or any(one is None for one in wanted):
        return ()
    if subject.ask("missingStepLabels"):
        return ()  # told at the label
    selected: dict[bool, list[tuple[GeneratedApplication, list[int]]]] = {}
    for application in known_applications(repo, resource_of(subject)):
        labels = _labels(application.root)
        if labels is None:
            return ()
        matching = [number for number, one in enumerate(wanted, 1) if one is not None and _selects(one, labels)]
        if len(matching) != 1:
            selected.setdefault(bool(matching), []).append((application, matching))
    return [_cover(some, steps, repo) for some in selected.values()]


def _cover(some: Sequence[tuple[GeneratedApplication, list[int]]], at: Node, repo: Repo) -> Fact:
    first, matching = some[0]
    fields: dict[str, Value] = {
        "application": name_of(first),
        "others": others(len(some) - 1),
        "alone": not matching,
        "steps": matching,
    }
    with_places(fields, repo, element=first.params)
    return Fact("StepCover", at, fields)


_Expression = tuple[str, bool, frozenset[str]]  # label, whether it must have one of the values, the values


def _expressions(step: Node) -> list[_Expression] | None:
    found: list[_Expression] = []
    for one in items(get(step, "matchExpressions")):
        key, operator = text_of(get(one, "key")), text_of(get(one, "operator"))
        values = [text_of(value) for value in items(get(one, "values"))]
        if key is None or operator not in ("In", "NotIn") or None in values:
            return None
        found.append((key, operator == "In", frozenset(value for value in values if value is not None)))
    return found


def _selects(expressions: Iterable[_Expression], labels: dict[str, str]) -> bool:
    # In: the label must be there; NotIn: one that is missing fits
    return all((labels.get(key) in values) == wanted for key, wanted, values in expressions)


def _labels(root: Node) -> dict[str, str] | None:
    metadata = get(root, "metadata")
    written = get(metadata, "labels")
    if written is MISSING:
        return {}
    if not isinstance(written, Mapping) or written.open:
        return None
    found: dict[str, str] = {}
    for key, _, value in entries(written):
        text = text_of(value)
        if text is None:
            return None
        found[key] = text
    return found
