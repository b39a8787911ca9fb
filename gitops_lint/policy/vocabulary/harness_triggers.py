"""What starts a Harness trigger: event, conditions, schedule, polling, secret, and the stages it runs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, PLACE, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.harness import pattern_error, scan
from gitops_lint.model.harness import (
    SHORTEST_INTERVAL,
    credential,
    event_of,
    known_text,
    name_of,
    schedule_problem,
    shortest_gap,
    stages,
)
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import body_of, own_scope
from gitops_lint.policy.vocabulary.harness_deployments import connectors_named
from gitops_lint.policy.vocabulary.harness_entities import close, entities, harness_folder, listed, pipeline_named
from gitops_lint.policy.vocabulary.harness_expressions import sites
from gitops_lint.policy.vocabulary.harness_pipelines import LOST_NAME, lost_name
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, text_of, value

_FILTERS = "harness-core WebhookTriggerFilterUtils.java, ConditionEvaluator.java, FilepathTriggerFilter.java"

EVENT = record(
    "HarnessEvent",
    {
        "source": Field(TEXT, optional=False, doc="Webhook, Scheduled, Artifact, …"),
        "provider": Field(TEXT, optional=False, doc="Github, Gitlab, Custom, …; empty for what is no webhook"),
        "type": Field(TEXT, optional=False, doc="Push, PullRequest, …; empty where none is written"),
        "isGit": Field(BOOL, optional=False, doc="whether a Git provider sends it, so that a connector is needed"),
        "flat": Field(BOOL, optional=False, doc="whether what belongs under its `spec` stands beside `type`"),
        "hasSpec": Field(BOOL, optional=False, doc="whether there is a mapping of settings, however little it holds"),
        "spec": Field(ANYTHING, optional=True, doc="connectorRef, repoName, conditions, …"),
        "typeNode": Field(PLACE, optional=True, doc="where the type is written"),
        "conditions": Field(INTEGER, optional=False, doc="how many conditions there are, of all sorts"),
    },
    doc="what starts a trigger; it points at the mapping that holds its type",
)

_NEEDS_CONNECTOR = frozenset(("Github", "Gitlab", "Bitbucket", "AzureRepo", "AwsCodeCommit"))


@attribute(
    "HarnessTrigger",
    "events",
    returns=ListType(EVENT),
    source="harness-schema v0/trigger; harness-core NGTriggerElementMapper.java",
)
def events(subject: Subject) -> Sequence[Value]:
    """What starts it, as a list of one; empty where that cannot be known."""
    trigger = body_of(subject)
    event = event_of(trigger)
    if event is None:
        return ()
    outer = get(get(trigger, "source"), "spec")
    holder = get(outer, "spec") if event.source == "Webhook" else outer
    lists = [items(get(event.spec, key)) for key in ("payloadConditions", "headerConditions")]
    fields: dict[str, Value] = {
        "source": event.source,
        "provider": event.provider,
        "type": event.type,
        "isGit": event.provider in _NEEDS_CONNECTOR,
        "flat": event.flat,
        "hasSpec": isinstance(event.spec, Mapping),
        "spec": event.spec,
        "typeNode": get(holder, "type"),
        "conditions": sum(len(one) for one in lists) + (get(event.spec, "jexlCondition") is not MISSING),
    }
    at = holder if isinstance(holder, Mapping) else get(trigger, "source")
    return (Fact("HarnessEvent", at if isinstance(at, (Mapping, Scalar)) else subject.root, fields, title=event.type),)


@attribute(
    "HarnessTrigger", "needsRepoName", returns=BOOL, needs={"index"}, source="harness-core GithubConnectorDTO.java"
)
def needs_repo_name(subject: Subject, repo: Repo) -> Value:
    """Whether its connector is one of a whole account or project, so that the repository must be named."""
    event = event_of(body_of(subject))
    if event is None or event.provider not in _NEEDS_CONNECTOR:
        return False
    found = connectors_named(repo, own_scope(subject), known_text(get(event.spec, "connectorRef")))
    return len(found) == 1 and known_text(get(get(found[0], "spec"), "type")) in ("Account", "Project")


# ---- conditions

CONDITION = record(
    "HarnessCondition",
    {
        "header": Field(BOOL, optional=False, doc="whether it is one of headerConditions"),
        "key": Field(TEXT, optional=True, doc="as written"),
        "operator": Field(TEXT, optional=True, doc="as written"),
        "value": Field(TEXT, optional=True, doc="as written"),
        "keyIsExpression": Field(BOOL, optional=False, doc="whether the key holds an expression"),
        "builtIn": Field(
            TEXT, optional=False, doc="sourceBranch, targetBranch or changedFiles for these keys, else empty"
        ),
        "again": Field(BOOL, optional=False, doc="whether an earlier condition is for changedFiles, too"),
        "firstCommit": Field(BOOL, optional=False, doc="whether it looks at the files of the first commit only"),
        "patternError": Field(TEXT, optional=False, doc="why its regular expression does not compile, or empty"),
        "plainPath": Field(
            BOOL, optional=False, doc="whether its value names folders only, so that no file is equal to it"
        ),
    },
    doc="one condition of a webhook; it points at the whole condition",
)

_BUILT_IN = {"sourceBranch": "sourceBranch", "targetBranch": "targetBranch"}
_COMMIT_FILES = pattern(r"<\+(?:trigger\.payload|eventPayload)\.commits\[0\]\.(?:added|modified|removed)>")


@attribute("HarnessTrigger", "conditions", returns=ListType(CONDITION), source=_FILTERS)
def conditions(subject: Subject) -> Sequence[Value]:
    """The conditions on payload and headers, of whichever level they stand on."""
    event = event_of(body_of(subject))
    if event is None:
        return ()
    found: list[Value] = []
    seen_files = False
    for field in ("payloadConditions", "headerConditions"):
        for node in items(get(event.spec, field)):
            if isinstance(node, Mapping):
                fact = _condition(node, field == "headerConditions", seen_files)
                seen_files = seen_files or fact.fields["builtIn"] == "changedFiles"
                found.append(fact)
    return found


def _condition(node: Mapping, header: bool, seen_files: bool) -> Fact:
    key, operator = get(node, "key"), known_text(get(node, "operator")) or ""
    given = get(node, "value")
    text, wanted = text_of(key) or "", known_text(given)
    built_in = _BUILT_IN.get(text, "changedFiles" if text.lower() == "changedfiles" else "")
    pattern = wanted if operator == "Regex" and wanted is not None else None
    fields: dict[str, Value] = {
        "header": header,
        "key": key,
        "operator": get(node, "operator"),
        "value": given,
        "keyIsExpression": "<+" in text,
        "builtIn": "" if header else built_in,
        "again": seen_files and built_in == "changedFiles",
        "firstCommit": _COMMIT_FILES.search(text) is not None,
        "patternError": pattern_error(pattern) if pattern else "",
        "plainPath": wanted is not None and bool(wanted) and all(_is_folder(one) for one in wanted.split(",")),
    }
    return Fact("HarnessCondition", node, fields, title=text)


def _is_folder(entry: str) -> bool:
    """Whether an entry names a folder by its closing slash and is no pattern that more could match."""
    text = entry.strip().strip("\"'")
    return text.endswith("/") and not re.search(r"[*+?()\[\]|^$\\]", text)


# ---- schedules and polling

SCHEDULE = record(
    "HarnessSchedule",
    {
        "expression": Field(TEXT, optional=False, doc="as written"),
        "problem": Field(TEXT, optional=False, doc="what is wrong with its form, a clause; or empty"),
        "gap": Field(INTEGER, optional=True, doc="least number of minutes between two runs, where it can be told"),
        "tooOften": Field(BOOL, optional=False, doc="whether that is less than Harness takes"),
    },
    doc="the schedule of a trigger; it points at the expression",
)


@attribute("HarnessTrigger", "schedules", returns=ListType(SCHEDULE), source="harness-core NGTriggerServiceImpl.java")
def schedules(subject: Subject) -> Sequence[Value]:
    """Its schedule, as a list of one; empty for other triggers."""
    event = event_of(body_of(subject))
    if event is None or event.source != "Scheduled":
        return ()
    spec = get(event.spec, "spec")
    node = get(spec, "expression")
    text = known_text(node)
    kind = get(spec, "type")
    if text is None or not isinstance(node, Scalar) or value(kind) is UNKNOWN:
        return ()
    problem = schedule_problem(text, known_text(kind) == "QUARTZ")
    gap = shortest_gap(text) if not problem else None
    fields: dict[str, Value] = {
        "expression": node,
        "problem": problem,
        "gap": MISSING if gap is None else gap,
        "tooOften": gap is not None and gap < SHORTEST_INTERVAL,
    }
    return (Fact("HarnessSchedule", node, fields, title=text),)


_INTERVAL = pattern(r"(?:(\d+)h)?\s*(?:(\d+)m)?")


@attribute(
    "HarnessTrigger", "pollMinutes", returns=INTEGER, optional=True, source="harness-core NGTriggerServiceImpl.java"
)
def poll_minutes(subject: Subject) -> Value:
    """Minutes of `pollInterval`; missing without one, or where it is no duration of hours and minutes."""
    text = known_text(get(get(body_of(subject), "source"), "pollInterval"))
    if text is None or not text.strip():
        return MISSING
    if text.strip() == "0":
        return 0
    found = _INTERVAL.fullmatch(text.strip())
    return int(found[1] or 0) * 60 + int(found[2] or 0) if found is not None else MISSING


# ---- secret and branch


@attribute(
    "HarnessTrigger",
    "webhookSecretIs",
    returns=TEXT,
    source="harness-core TriggerEventExecutionHelper.java, SecretRefData.java",
)
def webhook_secret_is(subject: Subject) -> Value:
    """What `encryptedWebhookSecretIdentifier` holds: missing, expression, reference, literal."""
    node = get(body_of(subject), "encryptedWebhookSecretIdentifier")
    text = text_of(node)
    if node is UNKNOWN:
        return UNKNOWN
    if text is None or not text.strip():
        return "missing"
    if "<+" in text:
        return "expression"
    if value(node) is UNKNOWN:
        return UNKNOWN
    name = name_of(text, secret=True)
    plain = name is not None and re.fullmatch(r"[A-Za-z0-9_$.-]{1,128}", name.identifier) is not None
    return "reference" if plain and not credential(text) else "literal"


@attribute(
    "HarnessTrigger",
    "isForPipelineInGit",
    returns=BOOL,
    needs={"index"},
    source="harness-core NGTriggerServiceImpl.java",
)
def is_for_pipeline_in_git(subject: Subject, repo: Repo) -> Value:
    """Whether the pipeline it starts is kept in this repository, below `.harness/`, where Harness reads it."""
    wanted, scope = known_text(get(body_of(subject), "pipelineIdentifier")), own_scope(subject)
    if wanted is None or scope is None:
        return False
    return any(harness_folder(one.file) for one in entities(repo).named("pipeline", scope, wanted))


@attribute("HarnessTrigger", "branchIsExpression", returns=BOOL)
def branch_is_expression(subject: Subject) -> Value:
    """Whether `pipelineBranchName` holds an expression."""
    return "<+" in (text_of(get(body_of(subject), "pipelineBranchName")) or "")


@attribute(
    "HarnessTrigger",
    "lostStages",
    returns=ListType(LOST_NAME),
    needs={"index"},
    source="harness-core StagesExecutionHelper",
)
def lost_stages(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Stages to execute that the pipeline does not have; nothing where the pipeline is not here or uses templates."""
    trigger = body_of(subject)
    pipeline = pipeline_named(subject, repo, known_text(get(trigger, "pipelineIdentifier")))
    if pipeline is MISSING or get(pipeline, "template") is not MISSING:
        return ()
    names = [stage.identifier for stage in stages(pipeline)]
    if None in names:
        return ()
    known = [name for name in names if name is not None]
    return [
        lost_name("stage", node, known)
        for node in items(get(trigger, "stagesToExecute"))
        if isinstance(node, Scalar) and (text := known_text(node)) is not None and text not in known
    ]


# ---- expressions of triggers

NOT_FOR_EVENT = record(
    "HarnessNotForEvent",
    {
        "name": Field(TEXT, optional=False, doc="the name below `trigger`"),
        "event": Field(TEXT, optional=False, doc="what starts the trigger, in words"),
        "known": Field(TEXT, optional=False, doc="what such a trigger has, listed"),
        "exists": Field(BOOL, optional=False, doc="whether triggers of another event have it"),
        "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
    },
    doc="a name below `trigger` that this event does not set; it points at the name",
)

_BASE = frozenset(("type", "header", "sourceType", "payload", "eventPayload"))
_GIT = _BASE | {"branch", "targetBranch", "event", "repoUrl", "gitUser", "connectorRef", "webhookName"}
_REQUEST = _GIT | {"commitSha", "sourceBranch", "prNumber", "prTitle", "baseCommitSha"}
_NAMES = {
    "push": _GIT | {"commitSha", "tag"},
    "pull request": _REQUEST,
    "release": _GIT | {"tag"},
    "artifact": frozenset(("type", "header", "artifact", "manifest", "sourceType")),
    "schedule": frozenset(("type", "header")),
    "custom webhook": _BASE,
}
_EVENTS = {
    "Push": "push",
    "PullRequest": "pull request",
    "MergeRequest": "pull request",
    "IssueComment": "pull request",
    "PRComment": "pull request",
    "MRComment": "pull request",
    "Release": "release",
}
_SOURCES = {"Artifact": "artifact", "Manifest": "artifact", "MultiRegionArtifact": "artifact", "Scheduled": "schedule"}


@attribute("HarnessTrigger", "notForEvent", returns=ListType(NOT_FOR_EVENT), source="harness-core TriggerHelper.java")
def not_for_event(subject: Subject) -> Sequence[Value]:
    """Expressions `<+trigger.…>` that the trigger's own event does not set, so that they are null."""
    event = event_of(body_of(subject))
    if event is None:
        return ()
    words = (
        "custom webhook" if event.provider == "Custom" else _EVENTS.get(event.type) or _SOURCES.get(event.source, "")
    )
    if not words:
        return ()
    every = frozenset().union(*_NAMES.values())
    found: list[Value] = []
    for site in sites(subject):
        for one in scan(site.scalar.text).expressions:
            if len(one.path) < 2 or one.path[0].name != "trigger" or one.path[1].name in _NAMES[words]:
                continue
            name = one.path[1]
            near = close(name.name, _NAMES[words]) if name.name not in every else ""
            if name.name not in every and not near:
                continue
            fields: dict[str, Value] = {
                "name": name.name,
                "event": words,
                "known": listed(_NAMES[words]),
                "exists": name.name in every,
                "near": near,
            }
            found.append(Fact("HarnessNotForEvent", Part(site.scalar, name.start, name.end), fields))
    return found
