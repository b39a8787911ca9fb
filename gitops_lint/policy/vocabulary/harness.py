"""What every Harness entity answers: who it is, whether it fits its schema, which names it gives to others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import ANYTHING, BOOL, PLACE, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.harness import (
    GIT_CONNECTORS,
    RESERVED,
    Found,
    Scope,
    body,
    credential,
    event_of,
    is_version_1,
    known_text,
    name_of,
    root_key,
    scope_of,
)
from gitops_lint.model.schema import verdict
from gitops_lint.model.schemas.problem import SchemaProblem
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import SCHEMA_PROBLEM, cure_of
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, get, key_node, value

_IDENTIFIERS = "harness-core EntityIdentifierValidator.java"
_REFERENCES = "harness-core IdentifierRefHelper.java, SecretRefData.java"

WORDS = {
    "pipeline": "pipeline",
    "template": "template",
    "inputSet": "input set",
    "overlayInputSet": "overlay input set",
    "trigger": "trigger",
    "connector": "connector",
    "service": "service",
    "environment": "environment",
    "infrastructureDefinition": "infrastructure definition",
    "secret": "secret",
    "overrides": "override",
    "serviceOverrides": "override",
    "environmentGroup": "environment group",
    "gitops": "GitOps entity",
    "gitExperience": "settings",
    "conflictResolution": "settings",
}
"""How messages call what stands below a root key."""


def body_of(subject: Subject) -> Found:
    """The mapping below the root key; MISSING for what is written in version 1, which nothing here speaks of."""
    root = subject.root
    if root is None or is_version_1(root):
        return MISSING
    return body(root)


@attribute("HarnessEntity", "body", returns=ANYTHING, optional=True)
def entity_body(subject: Subject) -> Value:
    """What stands below the entity's root key; missing for an entity of version 1."""
    return body_of(subject)


@attribute("HarnessEntity", "entity", returns=TEXT)
def entity_words(subject: Subject) -> Value:
    """What it is, in words: pipeline, input set, …"""
    return WORDS.get(root_key(subject.root or MISSING), "entity")


@attribute("HarnessEntity", "identifier", returns=TEXT, optional=True, indexed=True)
def identifier(subject: Subject) -> Value:
    """Its identifier as written."""
    return get(body_of(subject), "identifier")


@attribute("HarnessEntity", "rootKey", returns=PLACE)
def root_key_node(subject: Subject) -> Value:
    """The key below which it stands, to point at."""
    root = subject.root
    return key_node(root, root_key(root)) or root if root is not None else MISSING


@attribute("HarnessEntity", "identifierOrRoot", returns=PLACE)
def identifier_or_root(subject: Subject) -> Value:
    """Where a report about the whole entity points: its identifier, else its root key."""
    found = get(body_of(subject), "identifier")
    return found if isinstance(found, Scalar) else root_key_node(subject)


# ---- schemas


@attribute("HarnessEntity", "schemaProblems", returns=ListType(SCHEMA_PROBLEM), source="harness-schema v0")
def schema_problems(subject: Subject) -> Sequence[Value]:
    """Where the entity does not fit what Harness takes; empty for kinds and versions that no schema here describes."""
    root = subject.root
    if root is None or is_version_1(root):
        return ()
    key = root_key(root)
    schema = subject.context.schemas.schema_for("harness", "v0", key[:1].upper() + key[1:]) if key else None
    if schema is None:
        return ()
    event = event_of(body(root)) if key == "trigger" else None
    misplaced = event.spec if event is not None and event.flat else MISSING
    return tuple(
        _problem_fact(one)
        for one in verdict(root, schema).problems
        if not _open_word(one) and not (isinstance(misplaced, Mapping) and _is_key_of(misplaced, one))
    )


def _is_key_of(holder: Mapping, problem: SchemaProblem) -> bool:
    """Whether a problem is a key that stands in this mapping, where none of such keys belongs."""
    return problem.kind == "unknown-field" and any(key is problem.node for key in holder.items[::2])


def _open_word(problem: SchemaProblem) -> bool:
    """Whether a word may be one of Harness' that the schema does not list: there are more steps than anybody counts."""
    return problem.kind == "wrong-value" and problem.path[-2:] == ("step", "type") and not problem.did_you_mean


def _problem_fact(problem: SchemaProblem) -> Fact:
    fields: dict[str, Value] = {
        "kind": problem.kind,
        "name": problem.name,
        "where": problem.where,
        "message": problem.message,
        "expected": list(problem.expected),
        "actual": problem.actual,
        "didYouMean": problem.did_you_mean,
        "elsewhere": problem.elsewhere,
        "help": problem.help,
        "path": ".".join(str(part) for part in problem.path),
        **cure_of(problem),
    }
    return Fact("SchemaProblem", problem.node, fields)


# ---- identifiers


@attribute("HarnessEntity", "hasReservedIdentifier", returns=BOOL, source=_IDENTIFIERS)
def has_reserved_identifier(subject: Subject) -> Value:
    """Whether its identifier is a word that Harness keeps for itself."""
    return known_text(get(body_of(subject), "identifier")) in RESERVED


@attribute("HarnessEntity", "lacksOrg", returns=BOOL, source=_REFERENCES)
def lacks_org(subject: Subject) -> Value:
    """Whether it says a project and no organization."""
    entity = body_of(subject)
    return known_text(get(entity, "projectIdentifier")) is not None and get(entity, "orgIdentifier") is MISSING


@attribute("HarnessEntity", "isScopedByPath", returns=BOOL)
def is_scoped_by_path(subject: Subject) -> Value:
    """Whether its path gives it organization and project: `.harness/orgs/<org>/projects/<project>/…`."""
    return scope_of_path(subject.file).project != ""


# ---- references, by form

HARNESS_REFERENCE = record(
    "HarnessReference",
    {
        "field": Field(TEXT, optional=False, doc="the key that holds it, such as connectorRef"),
        "target": Field(TEXT, optional=False, doc="what it names: connector, service, secret, …"),
        "name": Field(TEXT, optional=False, doc="as written"),
        "prefix": Field(TEXT, optional=False, doc="what stands before the first dot, or empty"),
        "wellFormed": Field(
            BOOL, optional=False, doc="whether it is an identifier with at most a prefix account or org"
        ),
        "narrower": Field(BOOL, optional=False, doc="whether it names something in a narrower scope than the entity's"),
        "ownScope": Field(TEXT, optional=False, doc="scope of the entity: account, org or project; or empty"),
        "credential": Field(TEXT, optional=False, doc="what sort of credential the text plainly is, or empty"),
    },
    doc="a node of a Harness entity that names another entity",
)

_SECRET_FIELDS = frozenset(
    (
        *("tokenRef", "passwordRef", "usernameRef", "sshKeyRef", "privateKeyRef", "secretKeyRef", "accessKeyRef"),
        *("refreshTokenRef", "applicationIdRef", "installationIdRef", "serviceAccountTokenRef", "clientKeyRef"),
        *("clientCertRef", "caCertRef", "clientKeyPassphraseRef", "kerberosKeyRef", "patRef", "apiKeyRef", "emailRef"),
        *("oidcClientIdRef", "oidcPasswordRef", "oidcSecretRef", "oidcUsernameRef", "secretRef"),
    )
)
_TARGETS = {
    "connectorRef": "connector",
    "connector_ref": "connector",
    "serviceRef": "service",
    "environmentRef": "environment",
    "templateRef": "template",
    "envGroupRef": "environment group",
    "secretManagerIdentifier": "connector",
}


@dataclass(frozen=True, slots=True)
class Use:
    """A name in an entity: the field, what it names (a word of WORDS, or `secret`), its node, the mapping around it."""

    field: str
    target: str
    node: Scalar
    holder: Mapping

    @property
    def is_secret(self) -> bool:
        return self.target == "secret"


def uses(entity: Found) -> Iterator[Use]:
    """Every node of an entity whose key says that it names another entity, templates left out."""
    pending: list[Node] = [entity] if isinstance(entity, (Mapping, SequenceNode)) else []
    while pending:
        here = pending.pop()
        if isinstance(here, Mapping):
            for key, _, node in entries(here):
                target = "secret" if key in _SECRET_FIELDS else _TARGETS.get(key, "")
                if target and isinstance(node, Scalar):
                    if node.text and value(node) is not UNKNOWN and "<+" not in node.text:
                        yield Use(key, target, node, here)
            pending.extend(reversed(here.items[1::2]))
        elif isinstance(here, SequenceNode):
            pending.extend(reversed(here.items))


def own_scope(subject: Subject) -> Scope | None:
    """The scope of an entity; None where it cannot be known."""
    written = scope_of(body_of(subject))
    return None if written is None else settled_scope(root_key(subject.root or MISSING), written, subject.file)


def settled_scope(key: str, written: Scope, file: str) -> Scope | None:
    """
    The scope of an entity from what it says and where its file lies.

    None for a service that says none, since Harness leaves scopes out when it exports services, and for a template outside of
    `.harness/`, whose scope the import decides.
    """
    if written.org or written.project:
        return written
    found = scope_of_path(file)
    if found.org or found.project:
        return found
    inside = "/.harness/" in f"/{file}"
    return None if key == "service" or (key == "template" and not inside) else found


def scope_of_path(file: str) -> Scope:
    """The scope that `.harness/orgs/<org>/projects/<project>/` gives what lies below."""
    parts = file.split("/")
    org = project = ""
    for at, part in enumerate(parts[:-2]):
        if part == ".harness" and parts[at + 1] == "orgs":
            org = parts[at + 2]
            if parts[at + 3 : at + 4] == ["projects"] and len(parts) > at + 5:
                project = parts[at + 4]
    return Scope(org, project)


_SCOPED = frozenset(("template", "connector", "service", "environment", "infrastructureDefinition"))


@attribute("HarnessEntity", "references", returns=ListType(HARNESS_REFERENCE), source=_REFERENCES)
def references(subject: Subject) -> Sequence[Value]:
    """Every node that names another entity: connectors, services, environments, templates, secrets."""
    return [_reference_fact(one, subject) for one in uses(body_of(subject))]


def _reference_fact(use: Use, subject: Subject) -> Fact:
    scope = own_scope(subject)
    name = name_of(use.node.text, secret=use.is_secret)
    own = root_key(subject.root or MISSING)
    # outside of `.harness/` an entity without any scope gets one by the import
    says = scope is not None and (scope.org != "" or "/.harness/" in f"/{subject.file}")
    narrower = (
        says
        and scope is not None
        and name is not None
        and own in _SCOPED
        and (
            (scope.name == "account" and name.prefix != "account")
            or (scope.name == "org" and name.prefix not in ("org", "account"))
        )
    )
    fields: dict[str, Value] = {
        "field": use.field,
        "target": use.target,
        "name": use.node,
        "prefix": use.node.text.partition(".")[0] if "." in use.node.text else "",
        "wellFormed": name is not None,
        "narrower": narrower is True,
        "ownScope": scope.name if scope is not None else "",
        "credential": credential(use.node.text),
    }
    return Fact("HarnessReference", use.node, fields, title=use.field)


# ---- credentials in clear text

CLEAR_SECRET = record(
    "HarnessClearSecret",
    {
        "field": Field(TEXT, optional=False, doc="the key that holds it"),
        "what": Field(TEXT, optional=False, doc="what sort of credential it is, in words"),
        "length": Field(TEXT, optional=False, doc="how many characters it has"),
    },
    doc="a credential that stands in a Harness entity as it is",
)

_LITERAL_FIELDS = {"token": "a token", "password": "a password", "apiToken": "a token", "accessToken": "a token"}

# connectors whose references to secrets all end in `Ref`; of others `authToken`, `secretKey` and `password` are references
_REF_CONNECTORS = frozenset((*GIT_CONNECTORS, "K8sCluster", "DockerRegistry", "HttpHelmRepo", "OciHelmRepo"))


@attribute("HarnessEntity", "clearSecrets", returns=ListType(CLEAR_SECRET))
def clear_secrets(subject: Subject) -> Sequence[Value]:
    """Scalars that plainly are credentials, and literals under `token`, `password`, … of a connector."""
    entity = body_of(subject)
    in_connector = (
        root_key(subject.root or MISSING) == "connector" and known_text(get(entity, "type")) in _REF_CONNECTORS
    )
    found: list[Value] = []
    pending: list[tuple[str, Found]] = [("", entity)]
    while pending:
        key, here = pending.pop()
        if isinstance(here, Mapping):
            pending.extend((name, node) for name, _, node in reversed(entries(here)))
        elif isinstance(here, SequenceNode):
            pending.extend((key, node) for node in reversed(here.items))
        elif isinstance(here, Scalar) and here.text and value(here) is not UNKNOWN:
            what = credential(here.text) or (_LITERAL_FIELDS.get(key, "") if in_connector else "")
            if what:
                fields: dict[str, Value] = {"field": key, "what": what, "length": str(len(here.text))}
                found.append(Fact("HarnessClearSecret", here, fields))
    return found


# ---- connectors


@attribute("HarnessConnector", "isGit", returns=BOOL)
def is_git(subject: Subject) -> Value:
    """Whether it leads to a Git provider whose API Harness calls: Github, Gitlab, Bitbucket, AzureRepo."""
    kind = get(body_of(subject), "type")
    return UNKNOWN if kind is UNKNOWN else known_text(kind) in GIT_CONNECTORS
