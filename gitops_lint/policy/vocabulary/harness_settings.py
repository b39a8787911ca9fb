"""
The settings documents `gitExperience` and `conflictResolution`: no product reads them, they are a dialect of their own.

What they say is checked against itself and against the entities of the repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, PLACE, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.model.harness import Found, Scope, known_text, name_of, root_key
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import body_of
from gitops_lint.policy.vocabulary.harness_deployments import connectors_named, repository_of
from gitops_lint.policy.vocabulary.harness_entities import close, entities, listed
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items

# ---- placeholders

PLACEHOLDER = record(
    "HarnessPlaceholder",
    {
        "name": Field(TEXT, optional=False, doc="what stands between the braces"),
        "known": Field(TEXT, optional=False, doc="the placeholders of this text, listed"),
        "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
    },
    doc="a placeholder that this text does not have; it points at the placeholder",
)

_MESSAGE = ("entityName", "entityType", "operation")
_REQUEST = ("changedFiles", "conflictDetails", *_MESSAGE)
_BRACES = pattern(r"\{\{\s*([^{}]*?)\s*\}\}")


@attribute("HarnessSettings", "lostPlaceholders", returns=ListType(PLACEHOLDER))
def lost_placeholders(subject: Subject) -> Sequence[Value]:
    """Placeholders of commit messages and pull requests that nothing fills in."""
    settings = body_of(subject)
    texts: list[tuple[Found, Sequence[str]]] = [(get(get(settings, "autoCommit"), "commitMessage"), _MESSAGE)]
    for holder in (settings, get(settings, "conflictResolution")):
        texts += [(get(get(holder, "pr"), key), _REQUEST) for key in ("title", "body")]
    found: list[Value] = []
    for node, known in texts:
        for one in _BRACES.finditer(node.text) if isinstance(node, Scalar) else ():
            if isinstance(node, Scalar) and one[1] not in known:
                fields: dict[str, Value] = {"name": one[1], "known": listed(known), "near": close(one[1], known)}
                found.append(Fact("HarnessPlaceholder", Part(node, one.start(), one.end()), fields))
    return found


# ---- rules

CONFLICT_RULE = record(
    "HarnessConflictRule",
    {
        "type": Field(TEXT, optional=False, doc="autoMerge, autoReject or createPR"),
        "entityType": Field(TEXT, optional=False, doc="what kind of entity it is for"),
        "operation": Field(TEXT, optional=False, doc="Create, Update, Delete, or empty for all"),
        "mergesAll": Field(BOOL, optional=False, doc="whether it merges every change of such entities, unseen"),
        "earlier": Field(
            TEXT, optional=False, doc="type of an earlier rule for the same change that decides otherwise, or empty"
        ),
        "first": Field(PLACE, optional=True, doc="that earlier condition"),
    },
    doc="one condition of a conflict rule; it points at the condition",
)


@attribute("HarnessSettings", "conflictRules", returns=ListType(CONFLICT_RULE))
def conflict_rules(subject: Subject) -> Sequence[Value]:
    """The conditions of all conflict rules, in order."""
    found: list[Value] = []
    earlier: list[tuple[str, str, str, tuple[str, ...], Mapping]] = []
    for kind, node in _conditions(subject):
        entity = known_text(get(node, "entityType"))
        operation = get(node, "operation")
        fields = get(node, "fields")
        names = tuple(text for one in items(fields) if (text := known_text(one)) is not None)
        action = "" if operation is MISSING else known_text(operation)
        if entity is None or action is None or fields is UNKNOWN:
            continue
        clash = next((one for one in earlier if one[0] != kind and _same(one, entity, action, names)), None)
        given: dict[str, Value] = {
            "type": kind,
            "entityType": entity,
            "operation": action,
            "mergesAll": kind == "autoMerge" and (not names or action == "Delete"),
            "earlier": clash[0] if clash is not None else "",
        }
        if clash is not None:
            given["first"] = clash[4]
        found.append(Fact("HarnessConflictRule", node, given))
        earlier.append((kind, entity, action, names, node))
    return found


def _same(
    one: tuple[str, str, str, tuple[str, ...], Mapping], entity: str, action: str, names: tuple[str, ...]
) -> bool:
    """Whether an earlier condition covers all of a later one."""
    if one[1] != entity or one[2] not in ("", action):
        return False
    return not one[3] or (bool(names) and set(names) <= set(one[3]))


def _conditions(subject: Subject) -> Iterator[tuple[str, Mapping]]:
    settings = body_of(subject)
    for holder in (settings, get(settings, "conflictResolution")):
        for rule in items(get(holder, "rules")):
            kind = known_text(get(rule, "type"))
            for condition in items(get(rule, "conditions")):
                if kind is not None and isinstance(condition, Mapping):
                    yield kind, condition


LOST_FIELD = record(
    "HarnessLostField",
    {
        "name": Field(TEXT, optional=False, doc="as written"),
        "entityType": Field(TEXT, optional=False, doc="the kind of entity"),
        "known": Field(TEXT, optional=False, doc="keys of such an entity, listed"),
        "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
    },
    doc="a field in a conflict rule that entities of its kind do not have",
)

_SCHEMAS = {
    "Pipeline": "Pipeline",
    "Template": "Template",
    "InputSet": "InputSet",
    "Service": "Service",
    "Environment": "Environment",
    "Infrastructure": "InfrastructureDefinition",
    "Connector": "Connector",
    "Secret": "Secret",
    "Trigger": "Trigger",
}


@attribute("HarnessSettings", "lostFields", returns=ListType(LOST_FIELD))
def lost_fields(subject: Subject) -> Sequence[Value]:
    """Fields of conflict rules that their kind of entity does not have at its top."""
    found: list[Value] = []
    for _, condition in _conditions(subject):
        kind = known_text(get(condition, "entityType")) or ""
        schema = subject.context.schemas.schema_for("harness", "v0", _SCHEMAS[kind]) if kind in _SCHEMAS else None
        if schema is None:
            continue
        key = _SCHEMAS[kind][0].lower() + _SCHEMAS[kind][1:]
        known = sorted(schema.resolve(schema.resolve(schema.schema)["properties"][key])["properties"])
        for node in items(get(condition, "fields")):
            text = known_text(node)
            if text is not None and text.partition(".")[0] not in known and isinstance(node, Scalar):
                fields: dict[str, Value] = {
                    "name": node,
                    "entityType": kind,
                    "known": listed(known),
                    "near": close(text, known),
                }
                found.append(Fact("HarnessLostField", node, fields, title=text))
    return found


# ---- the connector

SETTINGS_CONNECTOR = record(
    "HarnessSettingsConnector",
    {
        "problem": Field(TEXT, optional=False, doc="missing, repository or kind"),
        "name": Field(TEXT, optional=False, doc="the connector, as written"),
        "known": Field(
            TEXT, optional=False, doc="connectors of the repository; for repository: the one that it leads to"
        ),
        "near": Field(TEXT, optional=False, doc="the connector that was probably meant, or empty"),
        "repository": Field(TEXT, optional=False, doc="the repository that the settings name, or empty"),
    },
    doc="a connector of the Git settings that is not there, or leads elsewhere; it points at the reference or the repository",
)


@attribute("HarnessSettings", "connectorProblems", returns=ListType(SETTINGS_CONNECTOR), needs={"index"})
def connector_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The connector of the Git settings, where the repository has others only or it leads to another repository."""
    settings = body_of(subject)
    node, repository = get(settings, "connectorRef"), get(settings, "repoName")
    name = name_of(known_text(node) or "")
    if root_key(subject.root or MISSING) != "gitExperience" or name is None or not isinstance(node, Scalar):
        return ()
    if "connector" in entities(repo).unsure:
        return ()
    every = [one for one in entities(repo).all("connector") if _in_reach(name.prefix, one.scope)]
    same = [one for one in every if one.identifier == name.identifier]
    fields: dict[str, Value] = {"name": node, "known": "", "near": "", "repository": known_text(repository) or ""}
    if every and not same:
        names = [one.identifier for one in every]
        fields |= {"problem": "missing", "known": listed(names), "near": close(name.identifier, names)}
        return (Fact("HarnessSettingsConnector", node, fields, title=node.text),)
    if len(same) != 1 or not isinstance(repository, Scalar) or known_text(repository) is None:
        return ()
    leads = repository_of(next(iter(connectors_named(repo, same[0].scope, name.identifier)), MISSING))
    if leads is None or leads == repository.text:
        return ()
    fields |= {"problem": "repository", "known": f"`{leads}`"}
    return (Fact("HarnessSettingsConnector", repository, fields, title=repository.text),)


def _in_reach(prefix: str, scope: Scope | None) -> bool:
    return scope is None or scope.name == (prefix or "project")
