"""Expressions and runtime inputs in Harness entities: unclosed, of unknown roots, of names that are not there or not yet."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.harness import (
    Expression,
    Segment,
    scan,
)
from gitops_lint.model.harness import (
    Found,
    Stage,
    Step,
    has_unseen_steps,
    name_of,
    root_key,
    runs_later,
    stages,
    steps,
    uses_templates,
    variable_names,
)
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import body_of
from gitops_lint.policy.vocabulary.harness_entities import close, listed
from gitops_lint.policy.vocabulary.harness_pipelines import pipeline_of
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, entries, get

_EVALUATOR = (
    "harness-core EngineExpressionEvaluator.java, AmbianceExpressionEvaluator.java, PMSExpressionEvaluator.java"
)


@dataclass(frozen=True, slots=True)
class Site:
    """
    A scalar with expressions, and where it stands.

    key: of the entry that holds it. stage, step: around it, or None. foreign: it belongs to a pipeline that a stage calls.
    """

    scalar: Scalar
    key: str
    stage: Stage | None = None
    step: Step | None = None
    foreign: bool = False


def sites(subject: Subject) -> list[Site]:
    """Every scalar of an entity that holds `<+`, in the order of the text."""
    pipeline = pipeline_of(subject) if root_key(subject.root or MISSING) in ("pipeline", "template") else MISSING
    owners: dict[int, tuple[Stage | None, Step | None]] = {}
    for stage in stages(pipeline):
        owners[id(stage.node)] = (stage, None)
        owners.update({id(step.node): (stage, step) for step in steps(stage.node)})
    return list(_sites(body_of(subject), "", owners, (None, None)))


def _sites(
    node: Found,
    key: str,
    owners: dict[int, tuple[Stage | None, Step | None]],
    owner: tuple[Stage | None, Step | None],
    foreign: bool = False,
) -> Iterator[Site]:
    owner = owners.get(id(node), owner)
    if isinstance(node, Scalar):
        if "<+" in node.text:
            yield Site(node, key, *owner, foreign)
    elif isinstance(node, Mapping):
        for name, _, child in entries(node):
            called = owner[0] is not None and owner[0].type == "Pipeline" and name == "outputs"
            yield from _sites(child, name, owners, owner, foreign or called)
    elif isinstance(node, SequenceNode):
        for child in node.items:
            yield from _sites(child, key, owners, owner, foreign)


# ---- balance

UNCLOSED = record(
    "HarnessUnclosed",
    {"text": Field(TEXT, optional=False, doc="the beginning of what is not closed")},
    doc="a `<+` that no `>` closes; it points at its line",
)


@attribute(
    "HarnessEntity", "unclosedExpressions", returns=ListType(UNCLOSED), source="harness-core StringReplacer.java"
)
def unclosed_expressions(subject: Subject) -> Sequence[Value]:
    """Every `<+` without its `>`."""
    found: list[Value] = []
    for site in sites(subject):
        text = site.scalar.text
        for start in scan(text).unclosed[:1]:
            line = text[start:].split("\n", 1)[0].rstrip()
            found.append(Fact("HarnessUnclosed", Part(site.scalar, start, start + len(line)), {"text": _short(line)}))
    return found


def _short(text: str) -> str:
    return text if len(text) <= 50 else text[:50] + "…"


# ---- roots

ROOTS = frozenset(
    (
        # contexts
        *("account", "org", "project", "pipeline", "executionInput", "strategy", "inputSet", "eventPayload", "trigger"),
        *("serviceVariableOverrides", "approval", "exportedVariables", "secrets", "regex", "shell", "json", "xml"),
        *("datetime", "stage", "step", "stepGroup", "input", "inputs"),
        # aliases
        *("serviceConfig", "serviceDefinition", "artifact", "infra", "INFRA_KEY", "INFRA_KEY_SHORT_ID", "matrix"),
        *("repeat", "OnStageSuccess", "OnStageFailure", "OnPipelineSuccess", "OnPipelineFailure", "Always"),
        *("OnRollbackModeExecution",),
        # functors
        *("variable", "imagePullSecret", "connector", "dockerConfigJsonSecret", "terraformPlanJson", "instance"),
        *("terraformPlanHumanReadable", "terraformCloudPlanJson", "policyChecksJson", "configFile", "fileStore"),
        *("kubernetes", "workspace", "environmentVariables", "rancher", "aws", "gcp", "azure"),
        # outcomes of stages
        *("service", "env", "infrastructure", "artifacts", "manifests", "manifest", "serviceVariables", "stages"),
        *("rollbackArtifact", "cluster", "execution", "steps", "codebase", "ambiance", "configFiles", "manifestConfig"),
        *("output", "outcome", "child", "ancestor", "spec", "variables", "rollbackSteps", "parallel", "hooks", "sto"),
        *("environment", "services", "deploymentType", "metadata", "tags", "host", "hosts", "iteration"),
        *("iterations", "currentStatus", "identifierPostFix", "notification", "overrides", "executionUrl", "release"),
        *("lastPublished", "build", "ci", "var", "custom", "dynamicProvisioner", "provisioner", "freeze"),
    )
)
"""Names that an expression may begin with; any stage, step group or step may stand there by its identifier, too."""

UNKNOWN_ROOT = record(
    "HarnessUnknownRoot",
    {
        "root": Field(TEXT, optional=False, doc="the name that the expression begins with"),
        "near": Field(TEXT, optional=False, doc="the root that was probably meant, or empty"),
        "certain": Field(
            BOOL, optional=False, doc="whether the whole pipeline is at hand, so that no stage can have it"
        ),
    },
    doc="an expression that begins with a name which is no root, stage or step; it points at that name",
)


@attribute("HarnessEntity", "unknownRoots", returns=ListType(UNKNOWN_ROOT), source=_EVALUATOR)
def unknown_roots(subject: Subject) -> Sequence[Value]:
    """Expressions whose first name nothing is called."""
    key = root_key(subject.root or MISSING)
    whole = pipeline_of(subject) if key in ("pipeline", "template") else MISSING
    known, complete = set(ROOTS), key == "pipeline" and not uses_templates(whole)
    for stage in stages(whole):
        known.add(stage.identifier or "")
        for step in steps(stage.node):
            known.add(step.identifier or "")
    found: list[Value] = []
    for site in sites(subject):
        for one in scan(site.scalar.text).expressions:
            if len(one.path) < 2 or one.path[0].call or one.path[0].name in known or site.foreign:
                continue
            root = one.path[0]
            near = next(iter(difflib.get_close_matches(root.name, sorted(known - {""}), 1, 0.8)), "")
            if not complete and not near:
                continue
            fields: dict[str, Value] = {"root": root.name, "near": near, "certain": complete}
            found.append(Fact("HarnessUnknownRoot", Part(site.scalar, root.start, root.end), fields))
    return found


# ---- names below a root

LOST_EXPRESSION = record(
    "HarnessLostExpression",
    {
        "what": Field(TEXT, optional=False, doc="what is named: pipeline variable, stage, step, …"),
        "name": Field(TEXT, optional=False, doc="the name"),
        "where": Field(TEXT, optional=False, doc="in what it was looked for"),
        "known": Field(TEXT, optional=False, doc="what there is, listed; or empty"),
        "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
    },
    doc="a name in an expression that the pipeline does not have; it points at the name",
)


@attribute("HarnessPipeline", "lostExpressions", returns=ListType(LOST_EXPRESSION), source=_EVALUATOR)
def lost_expressions(subject: Subject) -> Sequence[Value]:
    """Expressions that name a variable, stage or step which the pipeline does not have, unless a template may bring it."""
    pipeline = body_of(subject)
    if pipeline is MISSING or get(pipeline, "template") is not MISSING:
        return ()
    found: list[Value] = []
    for site in sites(subject):
        for one in scan(site.scalar.text).expressions if not site.foreign else ():
            lost = _lost_in(pipeline, site, one.path)
            if lost is not None:
                what, segment, name, where, known = lost
                fields: dict[str, Value] = {
                    "what": what,
                    "name": name,
                    "where": where,
                    "known": listed(known),
                    "near": close(name, known),
                }
                found.append(Fact("HarnessLostExpression", Part(site.scalar, segment.start, segment.end), fields))
    return found


_Lost = tuple[str, Segment, str, str, list[str]]


def _lost_in(pipeline: Found, site: Site, path: tuple[Segment, ...]) -> _Lost | None:
    names = [one.name for one in path]
    if names[:2] == ["pipeline", "variables"] and len(path) > 2:
        return _lost_variable("variable", "the pipeline", variable_names(pipeline), path[2])
    if names[:2] == ["stage", "variables"] and len(path) > 2 and site.stage is not None:
        known = variable_names(site.stage.node)
        return _lost_variable("variable", f"stage `{site.stage.identifier}`", known, path[2])
    if names[:2] == ["pipeline", "stages"] and len(path) > 2 and not path[2].call:
        every = {one.identifier: one for one in stages(pipeline) if one.identifier is not None}
        stage = every.get(names[2])
        if stage is None:
            return ("stage", path[2], names[2], "the pipeline", list(every))
        if names[3:6] == ["spec", "execution", "steps"] and len(path) > 6:
            return _lost_step(stage, path[6])
        if names[3:4] == ["variables"] and len(path) > 4:
            return _lost_variable("variable", f"stage `{stage.identifier}`", variable_names(stage.node), path[4])
    if site.stage is not None:
        if names[:2] == ["execution", "steps"] and len(path) > 2:
            return _lost_step(site.stage, path[2])
        if names[:1] == ["steps"] and len(path) > 2:
            return _lost_step(site.stage, path[1])
    return None


def _lost_variable(what: str, where: str, known: list[str] | None, segment: Segment) -> _Lost | None:
    name = segment.name
    if segment.call:
        quoted = re.fullmatch(r"""\s*(["'])(.*)\1\s*""", segment.argument)
        if name != "get" or quoted is None:
            return None
        name = quoted[2]
    return None if known is None or name in known else (what, segment, name, where, known)


def _lost_step(stage: Stage, segment: Segment) -> _Lost | None:
    every = [step.identifier for step in steps(stage.node)]
    if (
        has_unseen_steps(stage)
        or segment.call
        or None in every
        or stage.type not in ("Custom", "Approval", "Deployment", "CI")
    ):
        return None
    known = [name for name in every if name is not None]
    if segment.name in known or not known:
        return None
    if get(get(stage.spec, "environment"), "provisioner") is not MISSING:
        return None
    return ("step", segment, segment.name, f"stage `{stage.identifier}`", known)


# ---- outputs before they are there

EARLY_OUTPUT = record(
    "HarnessEarlyOutput",
    {
        "what": Field(TEXT, optional=False, doc="step or stage"),
        "name": Field(TEXT, optional=False, doc="the one whose output is used"),
        "own": Field(BOOL, optional=False, doc="whether it is the step itself"),
        "by": Field(TEXT, optional=False, doc="identifier of the step or stage that uses it"),
    },
    doc="an expression for an output that is not there when it is needed; it points at the name",
)


@attribute("HarnessPipeline", "earlyOutputs", returns=ListType(EARLY_OUTPUT), source=_EVALUATOR)
def early_outputs(subject: Subject) -> Sequence[Value]:
    """Steps that use the output of a step or stage that runs later, or their own."""
    every = list(stages(body_of(subject)))
    found: list[Value] = []
    for site in sites(subject):
        if site.stage is None or site.step is None or site.key == "name":
            continue
        for one in scan(site.scalar.text).expressions:
            names = [part.name for part in one.path]
            if "output" not in names and "outcome" not in names:
                continue
            early = _early(every, site.stage, site.step, one, names)
            if early is not None:
                what, segment, own = early
                by = site.step.identifier if what == "step" else site.stage.identifier
                fields: dict[str, Value] = {"what": what, "name": segment.name, "own": own, "by": by or ""}
                found.append(Fact("HarnessEarlyOutput", Part(site.scalar, segment.start, segment.end), fields))
    return found


def _early(
    every: Sequence[Stage], stage: Stage, step: Step, expression: Expression, names: list[str]
) -> tuple[str, Segment, bool] | None:
    path = expression.path
    at = None
    if names[:2] == ["execution", "steps"] and len(path) > 2:
        at = 2
    elif names[:1] == ["steps"] and len(path) > 2:
        at = 1
    elif names[:2] == ["pipeline", "stages"] and len(path) > 3:
        other = next((one for one in every if one.identifier == names[2]), None)
        if other is None:
            return None
        if other is not stage and other.identifier != stage.identifier:
            later = len(other.place) == 1 == len(stage.place) and other.place > stage.place
            return ("stage", path[2], False) if later else None
        if names[3:6] == ["spec", "execution", "steps"] and len(path) > 6:
            at = 6
    if at is None:
        return None
    same = [one for one in steps(stage.node) if one.identifier == names[at] and not one.is_group]
    if len(same) != 1:
        return None
    if same[0].node is step.node:
        return ("step", path[at], True)
    return ("step", path[at], False) if runs_later(same[0], step) else None


# ---- what JEXL reads otherwise

MISREAD = record(
    "HarnessMisread",
    {
        "problem": Field(
            TextType(values=("hyphen", "method", "secret", "scope")), optional=False, doc="what is read otherwise"
        ),
        "text": Field(TEXT, optional=False, doc="the expression as written"),
        "name": Field(TEXT, optional=False, doc="the name, method or secret that it is about"),
        "right": Field(TEXT, optional=False, doc="how it is written instead"),
    },
    doc="an expression that Harness reads as something else than it looks like",
)

_HYPHEN = pattern(r"\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.([A-Za-z_]\w*(?:-\w+)+)((?:\.\w+)*)\s*")
_METHODS = frozenset(
    (
        *(
            "toLowerCase",
            "toUpperCase",
            "substring",
            "replace",
            "replaceAll",
            "contains",
            "split",
            "trim",
            "startsWith",
        ),
        *("endsWith", "concat", "indexOf", "equals", "matches", "length", "lastIndexOf", "equalsIgnoreCase"),
    )
)


@attribute(
    "HarnessEntity",
    "misreadExpressions",
    returns=ListType(MISREAD),
    source="developer-hub docs/platform/variables-and-expressions",
)
def misread_expressions(subject: Subject) -> Sequence[Value]:
    """Names with a hyphen by dot, methods without inner delimiters, secrets without quotes or with an unknown scope."""
    found: list[Value] = []
    for site in sites(subject):
        for one in scan(site.scalar.text).expressions:
            fact = _misread(one)
            if fact is not None:
                problem, start, end, name, right = fact
                fields: dict[str, Value] = {
                    "problem": problem,
                    "text": f"<+{one.content}>",
                    "name": name,
                    "right": right,
                }
                found.append(Fact("HarnessMisread", Part(site.scalar, start, end), fields))
    return found


def _misread(one: Expression) -> tuple[str, int, int, str, str] | None:
    hyphen = _HYPHEN.fullmatch(one.content)
    if hyphen is not None and hyphen[1].split(".")[0] in ROOTS:
        holder, name, rest = hyphen.groups()
        start = one.start + 2 + hyphen.start(2)
        right = f'{holder}["{name}"]{rest}' if holder == "trigger.header" else f'{holder}.get("{name}"){rest}'
        return "hyphen", start, start + len(name), name, f"<+{right}>"
    path = one.path
    if len(path) == 2 and path[0].name == "secrets" and path[1].call and path[1].name == "getValue":
        argument = path[1].argument.strip()
        start = one.start + 2 + one.content.index("(") + 1
        if re.fullmatch(r"[A-Za-z_][\w.$-]*", argument):
            return "secret", start, start + len(path[1].argument), argument, f'<+secrets.getValue("{argument}")>'
        literal = re.fullmatch(r"""(["'])([\w.$-]+)\1""", argument)
        if literal is not None and name_of(literal[2], secret=True) is None:
            bare = literal[2].rpartition(".")[2]
            return "scope", start, start + len(path[1].argument), literal[2], f'<+secrets.getValue("account.{bare}")>'
    if len(path) > 2 and path[-1].call and path[-1].name in _METHODS and not any(part.call for part in path[:-1]):
        if path[0].name in ROOTS and path[0].name not in ("json", "regex", "datetime", "xml", "shell"):
            inner = one.content[: path[-1].start - 1 - one.start - 2].strip()
            right = f"<+<+{inner}>.{path[-1].name}({path[-1].argument})>"
            return "method", path[-1].start, path[-1].end, path[-1].name, right
    return None
