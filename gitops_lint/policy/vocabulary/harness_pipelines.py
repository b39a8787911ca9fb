"""What a Harness pipeline says by itself: names that occur twice, barriers, stages that deploy, values taken from other stages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, PLACE, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.languages.harness import runtime_input
from gitops_lint.model.harness import (
    RESERVED,
    Found,
    Stage,
    credential,
    known_text,
    root_key,
    stages,
    steps,
    variables,
)
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import body_of
from gitops_lint.policy.vocabulary.harness_entities import close, listed
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, text_of, value

_PIPELINES = ("HarnessPipeline", "HarnessTemplate")


def pipeline_of(subject: Subject) -> Found:
    """The pipeline of a subject: its body, or the spec of a template of type Pipeline; else MISSING."""
    entity = body_of(subject)
    if root_key(subject.root or MISSING) != "template":
        return entity
    return get(entity, "spec") if known_text(get(entity, "type")) == "Pipeline" else MISSING


# ---- names that occur twice

REPEATED = record(
    "HarnessRepeatedName",
    {
        "what": Field(TEXT, optional=False, doc="what has the name: stage, step, variable, manifest, …"),
        "name": Field(TEXT, optional=False, doc="the name"),
        "where": Field(TEXT, optional=False, doc="in what it must be unique"),
        "first": Field(PLACE, optional=False, doc="where it occurs first"),
    },
    doc="a name that an earlier thing beside it has already",
)


@attribute(
    "HarnessEntity",
    "repeatedNames",
    returns=ListType(REPEATED),
    source="harness-core FQNMapGenerator, ManifestsPlanCreator.java, NGEnvironmentInfoConfig.java",
)
def repeated_names(subject: Subject) -> Sequence[Value]:
    """Identifiers of stages, steps and manifests and names of variables that occur twice where they must be unique."""
    entity, key = body_of(subject), root_key(subject.root or MISSING)
    found: list[Value] = []
    pipeline = pipeline_of(subject) if key in ("pipeline", "template") else MISSING
    if pipeline is not MISSING:
        every = list(stages(pipeline))
        found += _repeated("stage", "the pipeline", [get(one.node, "identifier") for one in every])
        for stage in every:
            found += _repeated_steps(stage)
            found += _repeated("variable", "the stage", [get(one, "name") for one in variables(stage.node)])
        found += _repeated("variable", "the pipeline", [get(one, "name") for one in variables(pipeline)])
    if key in ("service", "environment"):
        spec = get(get(entity, "serviceDefinition"), "spec") if key == "service" else entity
        holder = get(entity, "overrides") if key == "environment" else spec
        found += _repeated("variable", f"the {key}", [get(one, "name") for one in variables(spec)])
        for listing, inner, words in (
            ("manifests", "manifest", "manifest"),
            ("configFiles", "configFile", "config file"),
        ):
            names = [get(get(one, inner), "identifier") for one in items(get(holder, listing))]
            found += _repeated(words, f"the {key}", names)
    return found


def _repeated_steps(stage: Stage) -> Iterator[Fact]:
    """Steps of one list, of which `parallel` is no list of its own; step groups open a new one."""
    lists: dict[tuple[object, ...], list[Found]] = {}
    for step in steps(stage.node):
        lists.setdefault((step.rollback, *step.group), []).append(get(step.node, "identifier"))
    for names in lists.values():
        yield from _repeated("step", "its list of steps", names)


def _repeated(what: str, where: str, nodes: Sequence[Found]) -> Iterator[Fact]:
    first: dict[str, Scalar] = {}
    for node in nodes:
        text = known_text(node)
        if text is None or not isinstance(node, Scalar):
            continue
        if text in first:
            fields: dict[str, Value] = {"what": what, "name": node, "where": where, "first": first[text]}
            yield Fact("HarnessRepeatedName", node, fields, title=text)
        else:
            first[text] = node


# ---- variables

VARIABLE = record(
    "HarnessVariable",
    {
        "name": Field(TEXT, optional=True, doc="its name"),
        "type": Field(TEXT, optional=True, doc="String, Number or Secret"),
        "value": Field(TEXT, optional=True, doc="its value"),
        "reserved": Field(BOOL, optional=False, doc="whether the name is a word of Harness' expressions"),
        "isExpression": Field(BOOL, optional=False, doc="whether the value asks for a secret with secrets.getValue"),
        "credential": Field(TEXT, optional=False, doc="what sort of credential the value plainly is, or empty"),
    },
    doc="a variable of a pipeline, a stage, a service or an environment",
)


@attribute("HarnessEntity", "variables", returns=ListType(VARIABLE), source="harness-core FilterCreatorHelper.java")
def entity_variables(subject: Subject) -> Sequence[Value]:
    """The variables of a pipeline and its stages, of a service or of an environment."""
    entity, key = body_of(subject), root_key(subject.root or MISSING)
    holders: list[Found] = []
    if key in ("pipeline", "template"):
        pipeline = pipeline_of(subject)
        holders = [pipeline, *(stage.node for stage in stages(pipeline))]
    elif key == "service":
        holders = [get(get(entity, "serviceDefinition"), "spec")]
    elif key == "environment":
        holders = [entity]
    return [_variable(one, key) for holder in holders for one in variables(holder)]


def _variable(node: Mapping, key: str) -> Fact:
    given = get(node, "value")
    text = text_of(given) or ""
    fields: dict[str, Value] = {
        "name": get(node, "name"),
        "type": get(node, "type"),
        "value": given,
        "reserved": key in ("pipeline", "template") and known_text(get(node, "name")) in RESERVED,
        "isExpression": "<+secrets.getValue(" in text.replace(" ", ""),
        "credential": credential(text) if value(given) is not UNKNOWN else "",
    }
    return Fact("HarnessVariable", node, fields)


# ---- barriers

LOST_NAME = record(
    "HarnessLostName",
    {
        "what": Field(TEXT, optional=False, doc="what is named: barrier, stage"),
        "name": Field(TEXT, optional=False, doc="as written"),
        "known": Field(TEXT, optional=False, doc="what there is, listed"),
        "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
    },
    doc="a name of a stage or barrier that the pipeline does not have",
)


def lost_name(what: str, node: Scalar, known: Sequence[str]) -> Fact:
    """The fact of one name that is not among the known ones."""
    fields: dict[str, Value] = {"what": what, "name": node, "known": listed(known), "near": close(node.text, known)}
    return Fact("HarnessLostName", node, fields, title=node.text)


@attribute("HarnessPipeline", "lostBarriers", returns=ListType(LOST_NAME), source="harness-core BarrierVisitor.java")
def lost_barriers(subject: Subject) -> Sequence[Value]:
    """Barriers that steps wait at and `flowControl.barriers` does not declare."""
    pipeline = pipeline_of(subject)
    declared = get(get(pipeline, "flowControl"), "barriers")
    names = [known_text(get(one, "identifier")) for one in items(declared)]
    if declared is UNKNOWN or None in names:
        return ()
    known = [name for name in names if name is not None]
    found: list[Value] = []
    for stage in stages(pipeline):
        for step in steps(stage.node):
            node = get(get(step.node, "spec"), "barrierRef")
            text = known_text(node)
            if step.type == "Barrier" and text is not None and text not in known and isinstance(node, Scalar):
                found.append(lost_name("barrier", node, known))
    return found


# ---- stages that deploy

DEPLOYMENT = record(
    "HarnessDeployment",
    {
        "environment": Field(
            PLACE, optional=True, doc="the environment that the stage names itself; missing for others"
        ),
        "failureStrategies": Field(PLACE, optional=True, doc="the failure strategies of the stage"),
        "catchesAll": Field(BOOL, optional=False, doc="whether one strategy is for exactly [AllErrors]"),
        "gitOps": Field(BOOL, optional=True, doc="whether it deploys through GitOps; unknown for an expression"),
        "hasInfrastructure": Field(BOOL, optional=False, doc="whether infrastructures or filters are chosen"),
        "hasClusters": Field(BOOL, optional=False, doc="whether clusters or filters are chosen"),
        "deployToAll": Field(BOOL, optional=True, doc="as written; missing where it is not"),
        "clusters": Field(PLACE, optional=True, doc="the list of clusters"),
    },
    doc="a stage of type Deployment; it points at the stage's identifier",
)


@attribute(
    "HarnessPipeline",
    "deployments",
    returns=ListType(DEPLOYMENT),
    source="harness-core DeploymentStageFilterJsonCreatorV2.java, DeploymentStagePMSPlanCreatorV2.java",
)
def deployments(subject: Subject) -> Sequence[Value]:
    """The stages that deploy and are written out here."""
    return [_deployment(stage) for stage in stages(pipeline_of(subject)) if stage.type == "Deployment"]


def _deployment(stage: Stage) -> Fact:
    environment = get(stage.spec, "environment")
    strategies = get(stage.node, "failureStrategies")
    git_ops = get(stage.spec, "gitOpsEnabled")
    fields: dict[str, Value] = {
        "environment": environment if _written_out(environment) else MISSING,
        "failureStrategies": strategies,
        "catchesAll": any(_catches_all(one) for one in items(strategies)) or not isinstance(strategies, SequenceNode),
        "gitOps": False if git_ops is MISSING else value(git_ops),
        "hasInfrastructure": any(
            get(environment, key) is not MISSING
            for key in ("infrastructureDefinitions", "infrastructureDefinition", "filters")
        ),
        "hasClusters": any(get(environment, key) is not MISSING for key in ("gitOpsClusters", "filters")),
        "deployToAll": get(environment, "deployToAll"),
        "clusters": get(environment, "gitOpsClusters"),
    }
    at = get(stage.node, "identifier")
    return Fact("HarnessDeployment", at if isinstance(at, Scalar) else stage.node, fields, title=stage.identifier or "")


def _written_out(environment: Found) -> bool:
    """Whether the environment is chosen here by a name that is known, so that nothing is left to the run."""
    reference = get(environment, "environmentRef")
    return isinstance(environment, Mapping) and not environment.open and known_text(reference) is not None


def _catches_all(strategy: object) -> bool:
    if not isinstance(strategy, Mapping):
        return True
    errors = get(get(strategy, "onFailure"), "errors")
    if not isinstance(errors, SequenceNode):
        return errors is not MISSING
    return [text_of(one) for one in errors.items] == ["AllErrors"]


FROM_STAGE = record(
    "HarnessFromStage",
    {
        "name": Field(TEXT, optional=False, doc="the stage that is named"),
        "problem": Field(TEXT, optional=False, doc="missing, itself, chained or deployment-type"),
        "stage": Field(TEXT, optional=False, doc="deployment type of the stage that takes over"),
        "other": Field(TEXT, optional=False, doc="deployment type of the one it takes from, or what that takes from"),
        "known": Field(TEXT, optional=False, doc="the stages that there are, listed"),
        "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
    },
    doc="a service or environment that is taken from a stage which cannot give it",
)


@attribute(
    "HarnessPipeline",
    "fromStageProblems",
    returns=ListType(FROM_STAGE),
    source="harness-core ServiceAllInOnePlanCreatorUtils.java",
)
def from_stage_problems(subject: Subject) -> Sequence[Value]:
    """`useFromStage` that names no stage, the stage itself, or one that takes from another or deploys another type."""
    every = list(stages(pipeline_of(subject)))
    names = [one.identifier for one in every]
    known = {one.identifier: one for one in every if one.identifier is not None}
    found: list[Value] = []
    if None in names:
        return ()
    for stage in every:
        for part in ("service", "services", "environment"):
            node = get(get(get(stage.spec, part), "useFromStage"), "stage")
            text = known_text(node)
            if text is None or not isinstance(node, Scalar):
                continue
            mine, problem, other = known_text(get(stage.spec, "deploymentType")) or "", "", ""
            if text == stage.identifier:
                problem = "itself"
            elif text not in known:
                problem = "missing"
            else:
                giver = known[text]
                again = get(get(get(giver.spec, part), "useFromStage"), "stage")
                other = known_text(get(giver.spec, "deploymentType")) or ""
                if again is not MISSING:
                    problem, other = "chained", text_of(again) or ""
                elif part != "environment" and mine and other and mine != other:
                    problem = "deployment-type"
            if problem:
                fields: dict[str, Value] = {
                    "name": node,
                    "problem": problem,
                    "stage": mine,
                    "other": other,
                    "known": listed(known),
                    "near": close(text, known),
                }
                found.append(Fact("HarnessFromStage", node, fields, title=text))
    return found


# ---- inputs at a moment that has none

LATE_INPUT = record(
    "HarnessLateInput",
    {"field": Field(TEXT, optional=False, doc="the key that takes no input of the run")},
    doc="executionInput() where Harness refuses it",
)


@attribute(_PIPELINES, "lateInputs", returns=ListType(LATE_INPUT), source="harness-schema v0 stage-when-condition.yaml")
def late_inputs(subject: Subject) -> Sequence[Value]:
    """Conditions of stages and steps, and timeouts of stages, that ask for an input while the run goes on."""
    found: list[Value] = []
    for stage in stages(pipeline_of(subject)):
        asked = [("timeout", get(stage.node, "timeout")), ("condition", get(get(stage.node, "when"), "condition"))]
        asked += [("condition", get(get(step.node, "when"), "condition")) for step in steps(stage.node)]
        for field, node in asked:
            text = text_of(node)
            given = runtime_input(text) if text is not None else None
            if given is not None and given.modifier("executionInput") and isinstance(node, Scalar):
                found.append(Fact("HarnessLateInput", node, {"field": field}, title=field))
    return found
