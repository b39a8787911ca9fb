"""What a Rollout makes of analysis templates: every place that runs them, the templates they reach, arguments that meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.suggest import closest
from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.model.resource import Resource
from gitops_lint.model.rollouts import (
    Found,
    analysis_uses,
    argument_of,
    arguments,
    metrics,
    placeholders,
    present,
    scalars_of,
)
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.analysis import METRIC_RULE, TEMPLATES, metric_rules
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import analysis_reference, references_of
from gitops_lint.simulate.analyses import (
    Bundle,
    Template,
    bundle_of,
    endless_metrics,
    given_arguments,
    merged_arguments,
    nearest,
    reach,
    undeclared_in,
)
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, text_of, value

_VALIDATION = "argo-rollouts pkg/apis/rollouts/validation/validation_references.go"
_HELPERS = "argo-rollouts utils/analysis/helpers.go"

ANALYSIS = record(
    "Analysis",
    {
        "place": Field(
            TextType(values=("step", "background", "pre-promotion", "post-promotion", "experiment")),
            optional=False,
            doc="where the Rollout runs it",
        ),
        "blocking": Field(BOOL, optional=False, doc="whether the rollout waits for its end"),
        "templates": Field(ListType(ANYTHING), optional=True, doc="the list of templates, as written"),
        "args": Field(ListType(ANYTHING), optional=True, doc="the arguments it gives, as written"),
        "step": Field(INTEGER, optional=True, doc="number of the step, from 1"),
    },
    doc="one place of a Rollout that runs analyses; it points at the mapping that holds the templates",
)


@attribute("Rollout", "analyses", returns=ListType(ANALYSIS))
def analyses(subject: Subject) -> Sequence[Value]:
    """Every place where the Rollout runs analyses: steps, background, pre- and post-promotion, experiments."""
    found = []
    for use in analysis_uses(subject.root or MISSING):
        fields: dict[str, Value] = {
            "place": use.place,
            "blocking": use.blocking,
            "templates": use.templates,
            "args": get(use.node, "args"),
        }
        if use.number is not None:
            fields["step"] = use.number + 1
        found.append(Fact("Analysis", use.node, fields, title=use.words))
    return found


def _bundles(subject: Subject, repo: Repo) -> Iterator[Bundle]:
    rollout = resource_of(subject)
    for use in analysis_uses(subject.root or MISSING):
        if use.place != "experiment":
            yield bundle_of(repo, rollout, use)


# ---- templates that are not reached

UNREACHED_TEMPLATE = record(
    "UnreachedTemplate",
    {
        "name": Field(TEXT, optional=False, doc="the name as written"),
        "kind": Field(TEXT, optional=False, doc="the kind that is meant"),
        "exists": Field(
            TEXT, optional=False, doc="what exists under that name and cannot be reached, as a clause; empty: nothing"
        ),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
        "other": Field(ANYTHING, optional=True, doc="what exists and cannot be reached"),
    },
    doc="a template that is named and not in reach; it points at the name",
)


@attribute(
    ("Rollout", *TEMPLATES, "Experiment"),
    "unreachedTemplates",
    returns=ListType(UNREACHED_TEMPLATE),
    needs={"references"},
    source="argo-rollouts rollout/controller.go getReferencedAnalysisTemplatesFromRef",
)
def unreached_templates(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The templates it names that are known not to be where the controller looks for them."""
    found = (_unreached(entry, resource_of(subject), repo) for entry in _entries(subject))
    return tuple(one for one in found if one is not None)


def _entries(subject: Subject) -> Iterator[Node]:
    root = subject.root or MISSING
    if subject.kind == "Rollout":
        for use in analysis_uses(root):
            if use.place == "experiment":
                yield use.node
            yield from items(use.templates)
    elif subject.kind == "Experiment":
        yield from items(get(get(root, "spec"), "analyses"))
    else:
        yield from items(get(get(root, "spec"), "templates"))


def _unreached(entry: Node, holder: Resource, repo: Repo) -> Fact | None:
    if get(entry, "clusterScope") is UNKNOWN:
        return None
    # an included name is looked up where the Rollout is, and a template of the cluster says nothing of that
    if holder.kind == "ClusterAnalysisTemplate" and value(get(entry, "clusterScope")) is not True:
        return None
    named = next(iter(analysis_reference(entry, "templateName")), None)
    if named is None:
        return None
    reached = reach(repo, holder, named)
    if reached.status not in ("absent", "elsewhere"):
        return None
    other_kind = TEMPLATES[0] if named.cluster else TEMPLATES[1]
    others = repo.named("argoproj.io", other_kind, named.name)
    fields: dict[str, Value] = {"name": named.name, "kind": named.kinds[0], "exists": "", "suggestion": ""}
    close = closest(named.name, reached.candidates)
    if reached.status == "elsewhere":
        fields["exists"] = reached.reason
        fields["other"] = get(get(reached.found[0].root, "metadata"), "name")
    elif others:
        scope = "with `clusterScope: true` only" if not named.cluster else "without `clusterScope` only"
        fields["exists"] = f"it is a {other_kind}, which is looked for {scope}"
        fields["other"] = get(get(others[0].root, "metadata"), "name")
    elif close:
        fields["suggestion"] = f'; did you mean "{close}"?'
    return Fact("UnreachedTemplate", named.node, fields)


# ---- what validation finds in the templates of one use

ENDLESS = record(
    "EndlessAnalysis",
    {
        "use": Field(TEXT, optional=False, doc="how a message calls the place of the Rollout"),
        "template": Field(TEXT, optional=False, doc="the template's name"),
        "metrics": Field(TEXT, optional=False, doc="the metrics without an end, as words"),
        "interval": Field(ANYTHING, optional=False, doc="the interval of the first of them"),
    },
    doc="a template whose metrics have no end, where the rollout waits for it; it points at the template's name in the Rollout",
)


@attribute("Rollout", "endlessAnalyses", returns=ListType(ENDLESS), needs={"references"}, source=_VALIDATION)
def endless_analyses(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The templates with endless metrics in analyses that the rollout waits for."""
    found: list[Value] = []
    for bundle in _bundles(subject, repo):
        for template in bundle.templates if bundle.use.blocking else ():
            endless = endless_metrics(template)
            if endless:
                names = ", ".join(f"`{text_of(get(metric, 'name'))}`" for metric in endless)
                fields: dict[str, Value] = {
                    "use": bundle.use.words,
                    "template": template.name,
                    "metrics": names,
                    "interval": get(endless[0], "interval"),
                }
                found.append(Fact("EndlessAnalysis", _name_of(template), fields))
    return found


def _name_of(template: Template) -> Node:
    found = get(template.entry, "templateName")
    return found if isinstance(found, Scalar) else template.entry


ARGUMENT_PROBLEM_KINDS = ("not-given", "not-declared", "conflict", "declared-elsewhere")

ARGUMENT_PROBLEM = record(
    "ArgumentProblem",
    {
        "kind": Field(TextType(values=ARGUMENT_PROBLEM_KINDS), optional=False, doc="what is wrong with the argument"),
        "use": Field(TEXT, optional=False, doc="how a message calls the place of the Rollout"),
        "name": Field(TEXT, optional=False, doc="the argument"),
        "template": Field(TEXT, optional=False, doc="the template that declares or uses it; empty where none does"),
        "known": Field(TEXT, optional=False, doc="the arguments that are declared, as words"),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
        "first": Field(ANYTHING, optional=True, doc="where it is declared or used"),
        "second": Field(ANYTHING, optional=True, doc="where it is declared again"),
    },
    doc="an argument of a Rollout's analysis that its templates and the Rollout do not agree on",
)


@attribute(
    "Rollout",
    "argumentProblems",
    returns=ListType(ARGUMENT_PROBLEM),
    needs={"references"},
    source=f"{_HELPERS} MergeArgs",
)
def argument_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Arguments that are needed and not given, given and not declared, or declared with different defaults."""
    return tuple(one for bundle in _bundles(subject, repo) for one in _arguments(bundle))


def _arguments(bundle: Bundle) -> Iterator[Fact]:
    use = bundle.use
    merged, given = merged_arguments(bundle), given_arguments(use)
    known = ", ".join(f"`{name}`" for name in merged.arguments)

    def problem(kind: str, at: Node, name: str, template: str = "", **others: Value) -> Fact:
        fields: dict[str, Value] = {"kind": kind, "use": use.words, "name": name, "template": template}
        fields |= {"known": known, "suggestion": "", **others}
        return Fact("ArgumentProblem", at, fields)

    listed = use.templates
    for name, first, second in merged.conflicts:
        at = listed if isinstance(listed, SequenceNode) else use.node
        yield problem("conflict", at, name, first=first, second=second)
    if given is not None:
        # an argument that another template gives a default is there only where all templates are known
        for name, (one, template) in merged.arguments.items():
            if one.required and name not in given and bundle.complete:
                yield problem("not-given", use.node, name, template.name, first=get(one.node, "name"))
        if bundle.complete and bundle.templates:
            for name, entry in given.items():
                if name not in merged.arguments:
                    close = closest(name, merged.arguments)
                    words = f'; did you mean "{close}"?' if close else ""
                    node = get(entry, "name")
                    yield problem("not-declared", node if isinstance(node, Scalar) else entry, name, suggestion=words)
    if use.blocking:
        for template in bundle.templates:
            for name, scalar in undeclared_in(template).items():
                if name in merged.arguments:
                    other = merged.arguments[name][1]
                    yield problem(
                        "declared-elsewhere",
                        _name_of(template),
                        name,
                        template.name,
                        first=scalar,
                        known=f"`{other.name}`",
                    )


# ---- metrics that meet

TWIN_METRIC = record(
    "TwinMetric",
    {
        "use": Field(TEXT, optional=False, doc="how a message calls the place of the Rollout"),
        "name": Field(TEXT, optional=False, doc="the name that two metrics have"),
        "templates": Field(TEXT, optional=False, doc="the two templates, as words"),
        "first": Field(ANYTHING, optional=False, doc="the name in the first template"),
        "second": Field(ANYTHING, optional=False, doc="the name in the second template"),
    },
    doc="metrics of one name in two templates of one analysis; it points at the list of templates",
)


@attribute(
    "Rollout", "twinMetrics", returns=ListType(TWIN_METRIC), needs={"references"}, source=f"{_HELPERS} flattenMetrics"
)
def twin_metrics(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Metrics of one name that come from two templates of one analysis."""
    found: list[Value] = []
    for bundle in _bundles(subject, repo):
        first: dict[str, tuple[Scalar, Template]] = {}
        for template in bundle.templates:
            for metric in template.metrics or ():
                node = get(metric, "name")
                name = value(node)
                if not isinstance(node, Scalar) or not isinstance(name, str):
                    continue
                node_before, before = first.setdefault(name, (node, template))
                if before is not template:
                    listed = bundle.use.templates
                    fields: dict[str, Value] = {
                        "use": bundle.use.words,
                        "name": name,
                        "templates": f"`{before.name}` and `{template.name}`",
                        "first": node_before,
                        "second": node,
                    }
                    at = listed if isinstance(listed, SequenceNode) else bundle.use.node
                    found.append(Fact("TwinMetric", at, fields))
    return found


@attribute(
    "Rollout",
    "idleMetricRules",
    returns=ListType(METRIC_RULE),
    needs={"references"},
    source=f"{_HELPERS} GetDryRunMetrics",
)
def rollout_idle_metric_rules(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The entries of dryRun and measurementRetention that fit no metric of the templates beside them."""
    found: list[Value] = []
    for bundle in _bundles(subject, repo):
        written = [value(get(metric, "name")) for template in bundle.templates for metric in template.metrics or ()]
        names = [name for name in written if isinstance(name, str)]
        if bundle.complete and names and len(names) == len(written):
            found += metric_rules(bundle.use.node, names)
    return found


# ---- templates that include themselves

CYCLE = record(
    "TemplateCycle",
    {"way": Field(TEXT, optional=False, doc="the templates of the cycle in order, as words")},
    doc="an include that leads back to a template that is being included; it points at the name",
)


@attribute(
    TEMPLATES,
    "templateCycles",
    returns=ListType(CYCLE),
    needs={"references"},
    source="argo-rollouts rollout/controller.go getReferencedAnalysisTemplatesFromRef",
)
def template_cycles(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    The includes of this template that close a cycle.

    Templates are walked from the first of the cycle in the order of files, so that a cycle is told once, where it closes.
    """
    start = resource_of(subject)
    found: list[Value] = []
    for entry in items(get(get(subject.root or MISSING, "spec"), "templates")):
        target = _included(entry, start, repo)
        if target is None:
            continue
        way = _way_back(target, start, repo)
        # the include that closes the cycle is the one that leads to its first member
        if way is not None and _order(target) == min(_order(one) for one in (*way, start)):
            names = " → ".join(f"`{one.name}`" for one in (start, *way, start)[:8])
            found.append(Fact("TemplateCycle", _node_of(entry), {"way": names}))
    return found


def _order(resource: Resource) -> tuple[str, int]:
    return (resource.file, resource.document)


def _node_of(entry: Node) -> Node:
    found = get(entry, "templateName")
    return found if isinstance(found, Scalar) else entry


def _included(entry: Node, holder: Resource, repo: Repo) -> Resource | None:
    named = next(iter(analysis_reference(entry, "templateName")), None)
    if named is None:
        return None
    reached = reach(repo, holder, named)
    return nearest(reached.found, holder.file) if reached.status == "known" else None


def _way_back(start: Resource, goal: Resource, repo: Repo) -> list[Resource] | None:
    """The templates from one to another along includes, both ends of the way but the goal; None where there is no way."""
    ways: list[list[Resource]] = [[start]]
    seen = {_order(start)}
    while ways:
        way = ways.pop(0)
        if _order(way[-1]) == _order(goal):
            return way[:-1]
        for entry in items(get(get(way[-1].root, "spec"), "templates")):
            following = _included(entry, way[-1], repo)
            if following is not None and (_order(following) not in seen or _order(following) == _order(goal)):
                seen.add(_order(following))
                ways.append([*way, following])
    return None


# ---- arguments that a template uses and does not declare

UNDECLARED = record(
    "UndeclaredArgument",
    {
        "text": Field(TEXT, optional=False, doc="the placeholder with its braces"),
        "name": Field(TEXT, optional=False, doc="the argument"),
        "known": Field(TEXT, optional=False, doc="the arguments that are declared, as words"),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
    },
    doc="an argument that a metric uses and no template declares; it points at the placeholder",
)


@attribute(
    TEMPLATES,
    "undeclaredArguments",
    returns=ListType(UNDECLARED),
    needs={"references"},
    source="argo-rollouts utils/template/template.go resolve",
)
def undeclared_arguments(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The arguments that its metrics use and neither it declares nor a template that is used together with it."""
    spec = get(subject.root or MISSING, "spec")
    own = arguments(spec)
    if own is None:
        return ()
    declared = {one.name for one in own}
    found: list[Value] = []
    elsewhere: set[str] | None = None
    for metric in metrics(spec) or ():
        for scalar in scalars_of(metric):
            for one in placeholders(scalar.text):
                name = argument_of(one.name)
                if name is None or name in declared:
                    continue
                if elsewhere is None:
                    elsewhere = _declared_beside(resource_of(subject), repo)
                if name in elsewhere:
                    continue
                close = closest(name, declared)
                fields: dict[str, Value] = {
                    "text": scalar.text[one.start : one.end],
                    "name": name,
                    "known": ", ".join(f"`{each}`" for each in sorted(declared)),
                    "suggestion": f'; did you mean "{close}"?' if close else "",
                }
                found.append(Fact("UndeclaredArgument", Part(scalar, one.start, one.end), fields))
    return found


def _declared_beside(template: Resource, repo: Repo) -> set[str]:
    """The arguments of every template that some Rollout or template names together with this one."""
    names: set[tuple[str, str]] = set()
    for holder in ("Rollout", *TEMPLATES):
        for resource in repo.resources("argoproj.io", holder):
            named = {
                (one.kinds[0], one.name) for one in references_of(holder, resource.root) if one.relation == "analysis"
            }
            if holder in TEMPLATES:
                named.add((holder, resource.name))
            if (template.kind, template.name) in named:
                names |= named
    found: set[str] = set()
    for kind, name in names:
        for other in repo.named("argoproj.io", kind, name):
            found.update(one.name for one in arguments(get(other.root, "spec")) or ())
    return found


# ---- fields of the Rollout as arguments

FIELD_PATH = record(
    "FieldPath",
    {
        "path": Field(TEXT, optional=False, doc="the path as written"),
        "problem": Field(TEXT, optional=False, doc="what is wrong with it, as a clause that follows the path"),
    },
    doc="a fieldPath of an argument that leads nowhere; it points at the path",
)

_METADATA = pattern(r"metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['[^']+'\])")
_SECTIONS = pattern(r"[.\[\]]+")


@attribute(
    "Rollout",
    "lostFieldPaths",
    returns=ListType(FIELD_PATH),
    source="argo-rollouts utils/analysis/factory.go extractValueFromRollout",
)
def lost_field_paths(subject: Subject) -> Sequence[Value]:
    """The field paths of arguments that the Rollout does not have, or that are no path of metadata."""
    root = subject.root or MISSING
    found: list[Value] = []
    for use in analysis_uses(root):
        for argument in items(get(use.node, "args")):
            node = get(get(get(argument, "valueFrom"), "fieldRef"), "fieldPath")
            path = value(node)
            if isinstance(node, Scalar) and isinstance(path, str):
                problem = _lost(path, root)
                if problem:
                    found.append(Fact("FieldPath", node, {"path": path, "problem": problem}))
    return found


def _lost(path: str, root: Found) -> str:
    if path.startswith("metadata"):
        if _METADATA.fullmatch(path):
            return ""
        return "is no path of metadata: metadata.name, metadata.namespace, metadata.uid, metadata.labels['<key>'] and metadata.annotations['<key>'] are"
    here: Found = root
    sections = [one for one in _SECTIONS.split(path) if one]
    if not sections or sections[0] != "spec":
        # what the controller writes is not in Git
        return "" if sections and sections[0] in ("status", "kind", "apiVersion") else "names no part of a Rollout"
    if present(get(root, "spec"), "workloadRef") is not False and sections[1:2] == ["template"]:
        return ""
    for section in sections:
        if isinstance(here, SequenceNode):
            if not section.isdigit():
                return "asks a list for a name; items are written as `[0]`"
            number = int(section)
            here = here.items[number] if number < len(here.items) else (UNKNOWN if here.open else MISSING)
        else:
            here = get(here, section)
        if here is UNKNOWN:
            return ""
        if here is MISSING:
            return "is not in this Rollout"
    return "is no single value" if isinstance(here, (Mapping, SequenceNode)) else ""
