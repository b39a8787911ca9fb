"""
What a Rollout's analysis is made of: the templates it names with those they include, and their arguments merged.

Source: argo-rollouts rollout/controller.go getReferencedAnalysisTemplatesFromRef, utils/analysis/helpers.go
FlattenTemplates, MergeArgs, pkg/apis/rollouts/validation/validation_references.go ValidateAnalysisTemplateWithType.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.model.resource import Resource
from gitops_lint.model.rollouts import (
    AnalysisUse,
    Argument,
    Found,
    argument_of,
    arguments,
    metrics,
    placeholders,
    runs_for_ever,
    scalars_of,
)
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import Reference, analysis_reference
from gitops_lint.simulate.resolve import Resolution, Wanted, resolve
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, text_of, value

PLACEHOLDER_VALUE = "dummy-value"
"""What validation puts where an argument has no value of its own."""


def reach(repo: Repo, referrer: Resource, named: Reference) -> Resolution:
    """What a reference of a resource reaches."""
    home = repo.namespace_of(referrer)
    where = home if isinstance(home, str) else None
    return resolve(repo, Wanted(named.kinds, named.name, named.namespace, named.cluster, where, referrer.file))


def nearest(found: Sequence[Resource], file: str) -> Resource | None:
    """The one target that a reference of a file can mean: the only one, or the only one beside the file; else None."""
    if len(found) == 1:
        return found[0]
    same = [one for one in found if one.file == file] or [
        one for one in found if posixpath.dirname(one.file) == posixpath.dirname(file)
    ]
    return same[0] if len(same) == 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """
    One template of an analysis.

    entry: the node in the Rollout's list that brought it, itself or through the templates that name it. arguments, metrics:
    None where they cannot be known.
    """

    name: str
    cluster: bool
    resource: Resource
    entry: Node
    arguments: list[Argument] | None
    metrics: list[Mapping] | None

    @property
    def kind(self) -> str:
        return "ClusterAnalysisTemplate" if self.cluster else "AnalysisTemplate"


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """
    The templates of one use, each once, those of a namespace before those of the cluster.

    complete: whether all are known with their arguments and metrics, so that what is not here is nowhere.
    """

    use: AnalysisUse
    templates: tuple[Template, ...]
    complete: bool


def bundle_of(repo: Repo, rollout: Resource, use: AnalysisUse) -> Bundle:
    """The templates of a use, with those that they include; a cycle is followed once."""
    found: dict[tuple[bool, str], Template] = {}
    listed = use.templates
    complete = listed is MISSING or (isinstance(listed, SequenceNode) and not listed.open)
    pending: list[tuple[Node, Node]] = []
    if isinstance(listed, SequenceNode):
        pending = [(entry, entry) for entry in reversed(listed.items)]
    while pending:
        entry, top = pending.pop()
        named = next(iter(analysis_reference(entry, "templateName")), None)
        if named is None or get(entry, "clusterScope") is UNKNOWN:
            complete = False
            continue
        if (named.cluster, named.name) in found:
            continue
        reached = reach(repo, rollout, named)
        target = nearest(reached.found, rollout.file) if reached.status == "known" else None
        if target is None:
            complete = False
            continue
        spec = get(target.root, "spec")
        template = Template(named.name, named.cluster, target, top, arguments(spec), metrics(spec))
        found[named.cluster, named.name] = template
        included = get(spec, "templates")
        if template.arguments is None or template.metrics is None or included is UNKNOWN:
            complete = False
        if isinstance(included, SequenceNode):
            complete = complete and not included.open
            pending.extend((one, top) for one in reversed(included.items))
    ordered = sorted(found.values(), key=lambda one: one.cluster)
    return Bundle(use, tuple(ordered), complete)


# ---- what validation says of a bundle


def endless_metrics(template: Template) -> list[Mapping]:
    """The metrics of a template that have no end, as validation reads them with the template's own arguments."""
    defaults = own_values(template)
    if defaults is None:
        return []
    return [metric for metric in template.metrics or () if runs_for_ever(metric, defaults) is True]


def own_values(template: Template) -> dict[str, str] | None:
    """The text that validation fills in for each argument of a template; None where the arguments are not known."""
    if template.arguments is None:
        return None
    return {one.name: text_of(one.value) or PLACEHOLDER_VALUE for one in template.arguments if one.value is not UNKNOWN}


def undeclared_in(template: Template) -> dict[str, Scalar]:
    """The arguments that metrics of a template use and the template does not declare, with the first text that does."""
    if template.arguments is None:
        return {}
    declared = {one.name for one in template.arguments}
    found: dict[str, Scalar] = {}
    for metric in template.metrics or ():
        for scalar in scalars_of(metric):
            for one in placeholders(scalar.text):
                name = argument_of(one.name)
                if name is not None and name not in declared:
                    found.setdefault(name, scalar)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """The arguments of a bundle. conflicts: name, the first and the second node of two defaults that differ."""

    arguments: dict[str, tuple[Argument, Template]]
    conflicts: list[tuple[str, Scalar, Scalar]]


def merged_arguments(bundle: Bundle) -> Merged:
    """As FlattenTemplates merges: a value that is there stays; one without a value is replaced by what comes later."""
    found: dict[str, tuple[Argument, Template]] = {}
    conflicts: list[tuple[str, Scalar, Scalar]] = []
    for template in bundle.templates:
        for one in template.arguments or ():
            before = found.get(one.name)
            if before is None:
                found[one.name] = (one, template)
                continue
            first, second = before[0].value, one.value
            if isinstance(first, Scalar) and isinstance(second, Scalar) and _differ(first, second):
                conflicts.append((one.name, first, second))
            if first is MISSING:
                found[one.name] = (one, template)
    return Merged(found, conflicts)


def _differ(first: Scalar, second: Scalar) -> bool:
    known = value(first) is not UNKNOWN and value(second) is not UNKNOWN
    return known and first.text != second.text


def given_arguments(use: AnalysisUse) -> dict[str, Node] | None:
    """The arguments that a use gives, name to entry; None where they cannot be known."""
    given: Found = get(use.node, "args")
    if given is MISSING:
        return {}
    if not isinstance(given, SequenceNode) or given.open:
        return None
    found: dict[str, Node] = {}
    for entry in given.items:
        name = value(get(entry, "name"))
        if not isinstance(name, str):
            return None
        found.setdefault(name, entry)
    return found
