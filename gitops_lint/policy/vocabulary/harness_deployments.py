"""What Harness deploys with: connectors in use, services and infrastructures that fit a stage, labels of Applications."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.types import ANYTHING, BOOL, PLACE, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.harness import (
    GIT_CONNECTORS,
    Found,
    Scope,
    event_of,
    known_text,
    name_of,
    repository_path,
    stages,
)
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import WORDS, body_of, own_scope
from gitops_lint.policy.vocabulary.harness_entities import REACH, body_in, entities, lost_fact
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, get, items

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
            if key == "gitExperience" or (user.scope is not None and name.scope(user.scope) == own.scope):
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
    "HarnessLostInfrastructure", REACH, doc="an infrastructure that its environment does not have"
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
                    fact = lost_fact("infrastructure definition", node, text, name.scope(scope), own)
                    fields = {**fact.fields, "where": f"environment `{name.identifier}`"}
                    found.append(Fact("HarnessLostInfrastructure", node, fields, title=text))
    return found


# ---- labels of Applications

LABEL_REFERENCE = record(
    "HarnessLabel", REACH, doc="a label of an Application that names a service or environment of Harness"
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
            fact = lost_fact(WORDS[key], node, name.identifier, Scope("", ""), known, "HarnessLabel")
            found.append(Fact("HarnessLabel", node, {**fact.fields, "name": node}, title=node.text))
    return found
