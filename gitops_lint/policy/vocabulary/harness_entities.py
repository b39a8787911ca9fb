"""Harness entities beside one another: what a name reaches in the repository, what is defined twice, where files lie."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gitops_lint.dsl.types import ANYTHING, BOOL, PLACE, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.harness import (
    GIT_CONNECTORS,
    Found,
    Scope,
    body,
    event_of,
    is_version_1,
    known_text,
    name_of,
    repository_path,
    root_key,
    stages,
)
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import WORDS, body_of, own_scope, scope_of_path, uses
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import MISSING, get, items, key_node, templated, text_of

_SCOPES = "harness-core IdentifierRefHelper.java"


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of the repository. key: its root key; identifier: written, else the file's name; names: as facts have them."""

    file: str
    document: int
    key: str
    identifier: str
    scope: Scope
    names: tuple[tuple[str, str], ...]

    def name(self, field: str) -> str:
        """One of its other names (`versionLabel`, `pipelineIdentifier`, `environmentRef`), or ""."""
        return dict(self.names).get(field, "")


class Entities:
    """All Harness entities of a repository, by what they are. unsure: kinds of which one's name or scope is a template."""

    def __init__(self, found: Iterable[Entity], unsure: frozenset[str]) -> None:
        self._found: dict[str, list[Entity]] = {}
        for one in found:
            self._found.setdefault(one.key, []).append(one)
        self.unsure = unsure

    def all(self, key: str) -> Sequence[Entity]:
        """The entities below a root key, by file."""
        return self._found.get(key, ())

    def within(self, key: str, scope: Scope) -> list[Entity]:
        """Those of exactly that scope."""
        return [one for one in self.all(key) if one.scope == scope]

    def named(self, key: str, scope: Scope, identifier: str) -> list[Entity]:
        return [one for one in self.within(key, scope) if one.identifier == identifier]


@lru_cache(maxsize=2)
def entities(repo: Repo) -> Entities:
    """The entities of a repository, from facts alone."""
    found, unsure = [], set()
    for file, facts in repo.harness():
        names = facts.names
        if any(templated(text) for text in names.values()):
            unsure.add(facts.entity)
            continue
        scope = Scope(names.get("orgIdentifier", ""), names.get("projectIdentifier", ""))
        if not scope.org and not scope.project:
            scope = scope_of_path(file)
        stem = file.rpartition("/")[2].rpartition(".")[0]
        identifier = names.get("identifier") or stem
        found.append(Entity(file, facts.number, facts.entity, identifier, scope, tuple(sorted(names.items()))))
    return Entities(found, frozenset(unsure))


def root_of(repo: Repo, entity: Entity) -> Found:
    """The tree of an entity; MISSING where its file holds it no more."""
    document = repo.document(entity.file, entity.document)
    return document.root if document is not None and document.root is not None else MISSING


def body_in(repo: Repo, entity: Entity) -> Found:
    """What stands below the root key of an entity; MISSING for version 1."""
    root = root_of(repo, entity)
    return MISSING if is_version_1(root) else body(root)


def close(name: str, names: Iterable[str]) -> str:
    """The name that was probably meant, or ""."""
    found = difflib.get_close_matches(name, sorted(set(names)), 1, 0.6)
    return found[0] if found else ""


def listed(names: Iterable[str]) -> str:
    """Names for a message: the first ten, sorted."""
    ordered = sorted(set(names))
    return ", ".join(f"`{name}`" for name in ordered[:10]) + (", …" if len(ordered) > 10 else "")


# ---- names that reach nothing

_REACH = {
    "target": Field(TEXT, optional=False, doc="what it names, in words"),
    "name": Field(TEXT, optional=False, doc="as written"),
    "where": Field(TEXT, optional=False, doc="the scope it is looked up in, in words"),
    "known": Field(TEXT, optional=False, doc="what the repository has there instead, listed"),
    "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
}
LOST_REFERENCE = record(
    "HarnessLostReference", _REACH, doc="a name that no entity of the repository has where it is looked up"
)


def scope_words(scope: Scope) -> str:
    """`project default/shop`, `organization default`, `the account`."""
    if scope.project:
        return f"project `{scope.org}/{scope.project}`"
    return f"organization `{scope.org}`" if scope.org else "the account"


def _lost(
    target: str, node: Node, name: str, scope: Scope, known: Sequence[Entity], of: str = "HarnessLostReference"
) -> Fact:
    names = [one.identifier for one in known]
    fields: dict[str, Value] = {
        "target": target,
        "name": name,
        "where": scope_words(scope),
        "known": listed(names),
        "near": close(name, names),
    }
    return Fact(of, node, fields, title=name)


def missing_here(repo: Repo, key: str, scope: Scope | None, text: str) -> tuple[str, Scope, list[Entity]] | None:
    """
    The bare name, its scope and what that scope has of its kind, where the repository does not have what is named.

    None also where nothing follows: no entity of that kind in that scope, a name of one that is a template.
    """
    name = name_of(text)
    if name is None or scope is None or key in entities(repo).unsure:
        return None
    wanted = name.scope(scope)
    known = entities(repo).within(key, wanted)
    if not known or any(one.identifier == name.identifier for one in known):
        return None
    return name.identifier, wanted, known


_LOOKED_UP = {"connector": "connector", "service": "service", "environment": "environment", "template": "template"}


@attribute("HarnessEntity", "lostReferences", returns=ListType(LOST_REFERENCE), needs={"index"}, source=_SCOPES)
def lost_references(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Names of connectors, services, environments and templates that the repository does not have, though it has others there."""
    if root_key(subject.root or MISSING) in ("gitExperience", "conflictResolution", "gitops"):
        return ()
    scope = own_scope(subject)
    found: list[Value] = []
    for use in uses(body_of(subject)):
        key = _LOOKED_UP.get(use.target, "")
        lost = missing_here(repo, key, scope, use.node.text) if key else None
        if lost is not None:
            found.append(_lost(use.target, use.node, *lost))
    return found


@attribute("HarnessTrigger", "lostPipelines", returns=ListType(LOST_REFERENCE), needs={"index"})
def lost_pipelines(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The pipeline of a trigger, where the project of the repository has others only."""
    return _lost_pipeline(subject, repo, get(body_of(subject), "pipelineIdentifier"))


@attribute(
    ("HarnessInputSet", "HarnessOverlayInputSet"), "lostPipelines", returns=ListType(LOST_REFERENCE), needs={"index"}
)
def lost_pipelines_of_inputs(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The pipeline of an input set, where the project of the repository has others only."""
    entity = body_of(subject)
    named = get(entity, "pipelineIdentifier")
    return _lost_pipeline(subject, repo, get(get(entity, "pipeline"), "identifier") if named is MISSING else named)


def _lost_pipeline(subject: Subject, repo: Repo, node: Found) -> Sequence[Value]:
    text = known_text(node)
    if text is None or not isinstance(node, Scalar):
        return ()
    lost = missing_here(repo, "pipeline", own_scope(subject), text)
    return () if lost is None else (_lost("pipeline", node, *lost),)


# ---- pipelines of triggers and input sets


def pipeline_named(subject: Subject, repo: Repo, text: str | None) -> Found:
    """The pipeline of that identifier in the subject's project, its body; MISSING where the repository has none or two."""
    scope = own_scope(subject)
    if text is None or scope is None:
        return MISSING
    found = entities(repo).named("pipeline", scope, text)
    return body_in(repo, found[0]) if len(found) == 1 else MISSING


# ---- input sets by name

LOST_INPUT_SET = record(
    "HarnessLostInputSet",
    {**_REACH, "problem": Field(TEXT, optional=False, doc="missing, other-pipeline or overlay")},
    doc="an input set that an overlay, a trigger or a chained stage names and that is not one of its pipeline",
)


@attribute(
    ("HarnessTrigger", "HarnessOverlayInputSet"),
    "lostInputSets",
    returns=ListType(LOST_INPUT_SET),
    needs={"index"},
    source="harness-core OverlayInputSetValidationHelper.java",
)
def lost_input_sets(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Input sets that it names and its pipeline does not have, where the repository holds that pipeline."""
    entity, scope = body_of(subject), own_scope(subject)
    pipeline = known_text(get(entity, "pipelineIdentifier"))
    known = entities(repo)
    if scope is None or pipeline is None or known.unsure & {"inputSet", "overlayInputSet", "pipeline"}:
        return ()
    if not known.named("pipeline", scope, pipeline):
        return ()
    overlay = root_key(subject.root or MISSING) == "overlayInputSet"
    found: list[Value] = []
    for node in items(get(entity, "inputSetReferences" if overlay else "inputSetRefs")):
        text = known_text(node)
        if text is None or not isinstance(node, Scalar):
            continue
        sets = known.named("inputSet", scope, text)
        overlays = known.named("overlayInputSet", scope, text)
        own = [one for one in sets if one.name("pipelineIdentifier") in ("", pipeline)]
        if own or (overlays and not overlay):
            continue
        problem = "overlay" if overlays else "other-pipeline" if sets else "missing"
        others = [one for one in known.within("inputSet", scope) if one.name("pipelineIdentifier") == pipeline]
        fact = _lost("input set", node, text, scope, others, "HarnessLostInputSet")
        fields = {**fact.fields, "problem": problem, "where": pipeline}
        if problem == "other-pipeline":
            fields["known"] = listed(one.name("pipelineIdentifier") for one in sets)
        found.append(Fact("HarnessLostInputSet", node, fields, title=text))
    return found


# ---- versions of templates

LOST_VERSION = record(
    "HarnessLostVersion",
    {
        "template": Field(TEXT, optional=False, doc="identifier of the template"),
        "version": Field(TEXT, optional=False, doc="the label that is asked for"),
        "known": Field(TEXT, optional=False, doc="the labels that the repository has, listed"),
        "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
    },
    doc="a version of a template that the repository does not have, though it has others",
)


@attribute("HarnessEntity", "lostVersions", returns=ListType(LOST_VERSION), needs={"index"})
def lost_versions(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Versions of templates that it asks for and the repository does not have."""
    scope = own_scope(subject)
    found: list[Value] = []
    if scope is None or "template" in entities(repo).unsure:
        return ()
    for use in uses(body_of(subject)):
        name = name_of(use.node.text)
        label = get(use.holder, "versionLabel")
        text = text_of(label)
        if use.target != "template" or name is None or not text or templated(text):
            continue
        known = [
            one.name("versionLabel") for one in entities(repo).named("template", name.scope(scope), name.identifier)
        ]
        if known and all(known) and text not in known and isinstance(label, Scalar):
            fields: dict[str, Value] = {
                "template": use.node,
                "version": label,
                "known": listed(known),
                "near": close(text, known),
            }
            found.append(Fact("HarnessLostVersion", label, fields, title=text))
    return found


# ---- defined twice

TWIN = record(
    "HarnessTwin",
    {
        "what": Field(TEXT, optional=False, doc="what both are, in words"),
        "name": Field(TEXT, optional=False, doc="the identifier that both have"),
        "where": Field(TEXT, optional=False, doc="the scope of both, in words"),
        "file": Field(TEXT, optional=False, doc="the file that defines it first"),
        "first": Field(PLACE, optional=False, doc="the identifier there"),
    },
    doc="the same entity, defined in an earlier file; it points at the later one",
)


@attribute("HarnessEntity", "twins", returns=ListType(TWIN), needs={"index"})
def twins(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The first definition of the entity, where this is a later one."""
    key, entity = root_key(subject.root or MISSING), body_of(subject)
    if key in ("gitExperience", "conflictResolution", "gitops", "overrides", "serviceOverrides", ""):
        return ()
    written = get(entity, "identifier")
    known = entities(repo)
    mine = next((one for one in known.all(key) if one.file == subject.file and one.document == subject.document), None)
    if mine is None or not isinstance(written, Scalar):
        return ()
    same = [one for one in known.named(key, mine.scope, mine.identifier) if _beside(one) == _beside(mine)]
    first = same[0]
    if first is mine:
        return ()
    label = get(entity, "versionLabel")
    point = label if key == "template" and isinstance(label, Scalar) else written
    other = get(body_in(repo, first), "versionLabel" if point is label else "identifier")
    fields: dict[str, Value] = {
        "what": WORDS[key],
        "name": f"{mine.identifier}` `{mine.name('versionLabel')}" if point is label else mine.identifier,
        "where": scope_words(mine.scope),
        "file": first.file,
        "first": other if isinstance(other, Scalar) else key_node(root_of(repo, first), key),
    }
    return (Fact("HarnessTwin", point, fields, title=mine.identifier),)


def _beside(entity: Entity) -> str:
    """What tells entities of one identifier apart."""
    fields = {
        "template": "versionLabel",
        "infrastructureDefinition": "environmentRef",
        "inputSet": "pipelineIdentifier",
    }
    return entity.name(fields[entity.key]) if entity.key in fields else ""


# ---- where files lie

MISPLACED = record(
    "HarnessMisplaced",
    {
        "what": Field(TEXT, optional=False, doc="what the entity is, in words"),
        "folder": Field(TEXT, optional=False, doc="the folder it lies in"),
        "wanted": Field(TEXT, optional=False, doc="the folders it is looked for in, listed"),
    },
    doc="an entity in the folder of other entities; it points at the root key",
)

_FOLDERS = {
    "pipelines": ("pipeline",),
    "services": ("service",),
    "environments": ("environment",),
    "envs": ("environment",),
    "infrastructure": ("infrastructureDefinition",),
    "infrastructures": ("infrastructureDefinition",),
    "infras": ("infrastructureDefinition",),
    "templates": ("template",),
    "connectors": ("connector",),
    "triggers": ("trigger",),
    "secrets": ("secret",),
    "input_sets": ("inputSet", "overlayInputSet"),
    "inputsets": ("inputSet", "overlayInputSet"),
    "overlays": ("overlayInputSet",),
    "overlay_input_sets": ("overlayInputSet",),
    "overrides": ("overrides", "serviceOverrides"),
}
_FREE = ("gitExperience", "conflictResolution", "gitops", "environmentGroup")


@attribute("HarnessEntity", "misplaced", returns=ListType(MISPLACED))
def misplaced(subject: Subject) -> Sequence[Value]:
    """Whether it lies below `.harness/` in a folder whose name says another kind."""
    root = subject.root
    key = root_key(root or MISSING)
    parts = subject.file.split("/")
    if root is None or ".harness" not in parts or key in _FREE or not key:
        return ()
    below = parts[parts.index(".harness") + 1 : -1]
    named = [part for part in below if part in _FOLDERS]
    if not named or key in _FOLDERS[named[-1]] or "overrides" in below:
        return ()
    wanted = [folder for folder, keys in _FOLDERS.items() if key in keys]
    fields: dict[str, Value] = {
        "what": WORDS[key],
        "folder": named[-1],
        "wanted": listed(wanted),
    }
    return (Fact("HarnessMisplaced", key_node(root, key) or root, fields),)


PATH_CONTRADICTION = record(
    "HarnessPathContradiction",
    {
        "field": Field(TEXT, optional=False, doc="the key whose value the path contradicts"),
        "written": Field(TEXT, optional=False, doc="what the entity says"),
        "path": Field(TEXT, optional=False, doc="what the path says"),
    },
    doc="a value that the path of the file contradicts, in the layout from which Harness creates entities",
)

_LAYOUT = re.compile(
    r"(?:^|/)\.harness/(?:orgs/(?P<org>[^/]+)/(?:projects/(?P<project>[^/]+)/)?)?"
    r"(?:templates/(?P<template>[^/]+)/[^/]+|envs/(?P<type>production|pre_production)/(?:(?P<env>[^/]+)/infras/)?[^/]+"
    r"|pipelines/(?P<pipeline>[^/]+)/input_sets/[^/]+|pipelines/[^/]+|services/[^/]+)$"
)
_TYPES = {"production": "Production", "pre_production": "PreProduction"}


@attribute(
    "HarnessEntity",
    "pathContradictions",
    returns=ListType(PATH_CONTRADICTION),
    source="developer-hub docs/platform/git-experience/autocreation-of-entities.md",
)
def path_contradictions(subject: Subject) -> Sequence[Value]:
    """Values that the path contradicts: organization, project, type of an environment, template, environment, pipeline."""
    entity, key = body_of(subject), root_key(subject.root or MISSING)
    found = _LAYOUT.search(subject.file)
    if found is None or not (found["org"] or found["type"]):
        return ()
    said = {"orgIdentifier": found["org"], "projectIdentifier": found["project"]}
    if key == "environment":
        said["type"] = _TYPES.get(found["type"] or "")
    if key == "infrastructureDefinition":
        said["environmentRef"] = found["env"]
    if key == "template":
        said["identifier"] = found["template"]
    facts: list[Value] = []
    for field, path in said.items():
        node = get(entity, field)
        written = known_text(node)
        if path and written is not None and written.rpartition(".")[2] != path and isinstance(node, Scalar):
            facts.append(
                Fact("HarnessPathContradiction", node, {"field": field, "written": node, "path": path}, title=field)
            )
    pipeline = get(get(entity, "pipeline"), "identifier") if key == "inputSet" else MISSING
    text = known_text(pipeline)
    if found["pipeline"] and text is not None and text != found["pipeline"] and isinstance(pipeline, Scalar):
        fields: dict[str, Value] = {"field": "pipeline.identifier", "written": pipeline, "path": found["pipeline"]}
        facts.append(Fact("HarnessPathContradiction", pipeline, fields, title="pipeline.identifier"))
    return facts


@attribute(
    "HarnessEntity",
    "isSynced",
    returns=BOOL,
    source="developer-hub docs/platform/git-experience/gitexp-bidir-sync-setup.md",
)
def is_synced(subject: Subject) -> Value:
    """Whether its file has an extension that Harness reads: .yaml or .yml."""
    return subject.file.endswith((".yaml", ".yml"))


# ---- connectors in use


@attribute("HarnessConnector", "isUsedByGit", returns=BOOL, needs={"index"})
def is_used_by_git(subject: Subject, repo: Repo) -> Value:
    """Whether a webhook trigger or the Git settings of the repository name it."""
    own = next((one for one in entities(repo).all("connector") if one.file == subject.file), None)
    if own is None:
        return False
    for key in ("trigger", "gitExperience"):
        for user in entities(repo).all(key):
            entity = body_in(repo, user)
            event = event_of(entity)
            node = get(event.spec, "connectorRef") if event is not None else get(entity, "connectorRef")
            name = name_of(known_text(node) or "")
            if name is None or name.identifier != own.identifier:
                continue
            if key == "gitExperience" or name.scope(user.scope) == own.scope:
                return True
    return False


def connectors_named(repo: Repo, scope: Scope | None, text: str | None) -> list[Found]:
    """The bodies of the connectors that a reference from a scope reaches; with no scope, those of any project."""
    name = name_of(text or "")
    if name is None:
        return []
    known = entities(repo)
    found = (
        known.named("connector", name.scope(scope), name.identifier)
        if scope is not None
        else [one for one in known.all("connector") if one.identifier == name.identifier]
    )
    return [body_in(repo, one) for one in found]


def repository_of(connector: Found) -> str | None:
    """The repository that a Git connector of type Repo leads to; None for others and where it cannot be known."""
    spec = get(connector, "spec")
    if known_text(get(connector, "type")) not in GIT_CONNECTORS or known_text(get(spec, "type")) != "Repo":
        return None
    path = repository_path(known_text(get(spec, "url")) or "")
    return path[-1] if path is not None and len(path) > 1 else None


@attribute("HarnessConnector", "lacksRepository", returns=BOOL, source="harness-core GitClientHelper.java")
def lacks_repository(subject: Subject) -> Value:
    """Whether it is a connector of type Repo for Github, Gitlab or Bitbucket whose URL names no repository."""
    entity = body_of(subject)
    spec = get(entity, "spec")
    url = known_text(get(spec, "url"))
    if known_text(get(entity, "type")) not in ("Github", "Gitlab", "Bitbucket") or url is None:
        return False
    path = repository_path(url)
    return known_text(get(spec, "type")) == "Repo" and (path is None or len([part for part in path if part]) < 2)


# ---- what an infrastructure needs of its connector

WRONG_CONNECTOR = record(
    "HarnessWrongConnector",
    {
        "name": Field(TEXT, optional=False, doc="the connector, as written"),
        "is": Field(TEXT, optional=False, doc="its type"),
        "wanted": Field(TEXT, optional=False, doc="the type that the infrastructure takes"),
        "infrastructure": Field(TEXT, optional=False, doc="type of the infrastructure"),
        "first": Field(ANYTHING, optional=False, doc="the type of the connector, where it is defined"),
    },
    doc="a connector of another type than an infrastructure takes",
)

_CONNECTOR_OF = {
    "KubernetesDirect": "K8sCluster",
    "KubernetesRancher": "Rancher",
    "KubernetesGcp": "Gcp",
    "GoogleCloudFunctions": "Gcp",
    "KubernetesAzure": "Azure",
    "SshWinRmAzure": "Azure",
    "AzureWebApp": "Azure",
    "KubernetesAws": "Aws",
    "ECS": "Aws",
    "Asg": "Aws",
    "AWS_SAM": "Aws",
    "AwsLambda": "Aws",
    "ServerlessAwsLambda": "Aws",
    "Elastigroup": "Spot",
}


@attribute(
    "HarnessInfrastructure",
    "wrongConnectors",
    returns=ListType(WRONG_CONNECTOR),
    needs={"index"},
    source="harness-core AbstractInfrastructureTaskExecutableStep.validateConnector, K8sEntityHelper.java",
)
def wrong_connectors(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Its connector, where the repository shows that it is of a type that this infrastructure does not take."""
    entity = body_of(subject)
    kind = known_text(get(entity, "type")) or ""
    node = get(get(entity, "spec"), "connectorRef")
    scope = own_scope(subject)
    wanted = _CONNECTOR_OF.get(kind)
    if wanted is None or scope is None or not isinstance(node, Scalar):
        return ()
    found = connectors_named(repo, scope, known_text(node))
    if len(found) != 1:
        return ()
    given = get(found[0], "type")
    actual = known_text(given)
    if actual is None or actual == wanted:
        return ()
    fields: dict[str, Value] = {
        "name": node,
        "is": actual,
        "wanted": wanted,
        "infrastructure": kind,
        "first": given,
    }
    return (Fact("HarnessWrongConnector", node, fields, title=node.text),)


# ---- stages that deploy, against what they deploy

STAGE_MISMATCH = record(
    "HarnessStageMismatch",
    {
        "problem": Field(TEXT, optional=False, doc="deployment-type or other-environment"),
        "what": Field(TEXT, optional=False, doc="service or infrastructure definition"),
        "name": Field(TEXT, optional=False, doc="identifier of it"),
        "stage": Field(TEXT, optional=False, doc="what the stage says: its deployment type, its environment"),
        "other": Field(TEXT, optional=False, doc="what the entity says"),
        "first": Field(PLACE, optional=False, doc="where the entity says it"),
    },
    doc="a service or infrastructure that does not fit the stage which deploys it",
)


@attribute(
    "HarnessPipeline",
    "stageMismatches",
    returns=ListType(STAGE_MISMATCH),
    needs={"index"},
    source="harness-core DeploymentStageFilterJsonCreatorV2.java, InfrastructureTaskExecutableStepV2.java",
)
def stage_mismatches(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Services and infrastructures of other deployment types than their stage, infrastructures of other environments."""
    scope = own_scope(subject)
    if scope is None:
        return ()
    found: list[Value] = []
    for stage in stages(body_of(subject)):
        if stage.type != "Deployment":
            continue
        kind = known_text(get(stage.spec, "deploymentType"))
        service = get(stage.spec, "service")
        for one in (service, *items(get(get(stage.spec, "services"), "values"))):
            found += _service_mismatch(repo, scope, kind, get(one, "serviceRef"))
        environment = get(stage.spec, "environment")
        for one in (environment, *items(get(get(stage.spec, "environments"), "values"))):
            found += _infrastructure_mismatches(repo, scope, kind, one)
    return found


def _service_mismatch(repo: Repo, scope: Scope, kind: str | None, node: Found) -> list[Value]:
    name = name_of(known_text(node) or "")
    if name is None or kind is None or not isinstance(node, Scalar):
        return []
    services = entities(repo).named("service", name.scope(scope), name.identifier)
    if len(services) != 1:
        return []
    said = get(get(body_in(repo, services[0]), "serviceDefinition"), "type")
    return _type_mismatch("service", node, kind, said)


def _infrastructure_mismatches(repo: Repo, scope: Scope, kind: str | None, environment: Found) -> list[Value]:
    reference = get(environment, "environmentRef")
    name = name_of(known_text(reference) or "")
    if name is None or "infrastructureDefinition" in entities(repo).unsure:
        return []
    wanted = name.scope(scope)
    every = entities(repo).within("infrastructureDefinition", wanted)
    found: list[Value] = []
    single = get(environment, "infrastructureDefinition")
    for one in (*items(get(environment, "infrastructureDefinitions")), single):
        node = get(one, "identifier")
        text = known_text(node)
        if text is None or not isinstance(node, Scalar):
            continue
        same = [each for each in every if each.identifier == text]
        own = [each for each in same if _last(each.name("environmentRef")) in ("", name.identifier)]
        if len(own) == 1 and kind is not None:
            found += _type_mismatch(
                "infrastructure definition", node, kind, get(body_in(repo, own[0]), "deploymentType")
            )
        elif same and not own:
            place = get(body_in(repo, same[0]), "environmentRef")
            if isinstance(place, Scalar):
                fields: dict[str, Value] = {
                    "problem": "other-environment",
                    "what": "infrastructure definition",
                    "name": node,
                    "stage": name.identifier,
                    "other": place,
                    "first": place,
                }
                found.append(Fact("HarnessStageMismatch", node, fields, title=text))
    return found


def _type_mismatch(what: str, node: Scalar, kind: str, said: Found) -> list[Value]:
    other = known_text(said)
    if other is None or other == kind:
        return []
    fields: dict[str, Value] = {
        "problem": "deployment-type",
        "what": what,
        "name": node,
        "stage": kind,
        "other": other,
        "first": said,
    }
    return [Fact("HarnessStageMismatch", node, fields, title=node.text)]


def _last(reference: str) -> str:
    return reference.rpartition(".")[2]


LOST_INFRASTRUCTURE = record(
    "HarnessLostInfrastructure", _REACH, doc="an infrastructure that its environment does not have"
)


@attribute("HarnessPipeline", "lostInfrastructures", returns=ListType(LOST_INFRASTRUCTURE), needs={"index"})
def lost_infrastructures(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Infrastructures that stages name, of environments in the repository that have others only."""
    scope = own_scope(subject)
    if scope is None or "infrastructureDefinition" in entities(repo).unsure:
        return ()
    found: list[Value] = []
    for stage in stages(body_of(subject)):
        holder = get(stage.spec, "environment")
        for environment in (holder, *items(get(get(stage.spec, "environments"), "values"))):
            name = name_of(known_text(get(environment, "environmentRef")) or "")
            if name is None or not entities(repo).named("environment", name.scope(scope), name.identifier):
                continue
            every = entities(repo).within("infrastructureDefinition", name.scope(scope))
            own = [one for one in every if _last(one.name("environmentRef")) == name.identifier]
            for one in items(get(environment, "infrastructureDefinitions")):
                node = get(one, "identifier")
                text = known_text(node)
                if (
                    own
                    and text is not None
                    and isinstance(node, Scalar)
                    and not any(each.identifier == text for each in every)
                ):
                    fact = _lost("infrastructure definition", node, text, name.scope(scope), own)
                    fields = {**fact.fields, "where": f"environment `{name.identifier}`"}
                    found.append(Fact("HarnessLostInfrastructure", node, fields, title=text))
    return found


# ---- labels of Applications

LABEL_REFERENCE = record(
    "HarnessLabel", _REACH, doc="a label of an Application that names a service or environment of Harness"
)

_LABELS = {"harness.io/serviceRef": "service", "harness.io/envRef": "environment"}


@attribute(
    ("Application", "ApplicationSet"),
    "lostHarnessLabels",
    returns=ListType(LABEL_REFERENCE),
    needs={"index"},
    source="developer-hub docs/continuous-delivery/gitops/applicationsets/appset-basics.md",
)
def lost_harness_labels(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Labels that name a service or environment which the repository does not have, though it has others."""
    root = subject.root or MISSING
    metadata = get(root, "metadata")
    if subject.kind == "ApplicationSet":
        metadata = get(get(get(root, "spec"), "template"), "metadata")
    found: list[Value] = []
    for label, key in _LABELS.items():
        node = get(get(metadata, "labels"), label)
        name = name_of(known_text(node) or "")
        known = entities(repo).all(key)
        if name is None or not known or key in entities(repo).unsure or not isinstance(node, Scalar):
            continue
        if not any(one.identifier == name.identifier for one in known):
            fact = _lost(WORDS[key], node, name.identifier, known[0].scope, known, "HarnessLabel")
            found.append(Fact("HarnessLabel", node, {**fact.fields, "name": node}, title=node.text))
    return found
