"""What every resource answers: who it is, where it lies, and whether it fits its schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, PLACE, TEXT, Field, ListType, MapType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.model.schema import SchemaProblem, verdict
from gitops_lint.model.schemas.problem import ProblemKind
from gitops_lint.model.schemas.words import same_but_case
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.repo.argosources import SERVER_SIDE
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, Reader, get, text_of, typed

SCHEMA_PROBLEM = record(
    "SchemaProblem",
    {
        "kind": Field(TextType(values=get_args(ProblemKind)), optional=False, doc="what sort of mistake it is"),
        "name": Field(TEXT, optional=False, doc="the field spoken of"),
        "where": Field(TEXT, optional=False, doc="readable path of the mapping that holds it; empty is the document"),
        "message": Field(TEXT, optional=False, doc="one sentence that stands alone"),
        "expected": Field(ListType(TEXT), optional=False, doc="names, values or types that are allowed, sorted"),
        "actual": Field(TEXT, optional=False, doc="the type or value that was found"),
        "didYouMean": Field(TEXT, optional=False, doc="a close name, or empty"),
        "elsewhere": Field(TEXT, optional=False, doc="where in this kind a field of that name is allowed, or empty"),
        "enforcedBy": Field(
            TEXT,
            optional=False,
            doc="`controller` where the API server takes the value and the controller does not; or empty",
        ),
        "help": Field(TEXT, optional=False, doc="the cure, or empty"),
        "cure": Field(
            ANYTHING, optional=True, doc="the value or the name of the field to write instead, where one is meant"
        ),
        "sure": Field(BOOL, optional=False, doc="whether the cure is the same value in another form: quotes, letters"),
        "path": Field(TEXT, optional=False, doc="path of the value, such as spec.strategy"),
    },
    doc="one way in which a resource does not fit the schema of its kind and version",
)


def resource_of(subject: Subject) -> Resource:
    """The Kubernetes object of a subject; LookupError for a subject that is none."""
    if subject.resource is None:
        raise LookupError(f"{subject.words()} is no Kubernetes resource")
    return subject.resource


@attribute("Resource", "name", returns=TEXT, indexed=True, optional=True)
def name(subject: Subject) -> Value:
    """`metadata.name` as written; missing where there is none, unknown where it is a template."""
    return _metadata_text(subject, "name")


@attribute("Resource", "namespace", returns=TEXT, optional=True, indexed=True, needs={"kustomize"})
def namespace(subject: Subject, repo: Repo) -> Value:
    """
    Where it will live: the namespace that a kustomization or an Application gives it, else the written one.

    Missing where nothing here says it; unknown where it is a template, or where builds differ.
    """
    found = repo.namespace_of(resource_of(subject))
    return _metadata_text(subject, "namespace") if found is None else found


@attribute("Resource", "writtenNamespace", returns=TEXT, optional=True)
def written_namespace(subject: Subject) -> Value:
    """`metadata.namespace` as written."""
    return _metadata_text(subject, "namespace")


@attribute("Resource", "group", returns=TEXT)
def group(subject: Subject) -> Value:
    """API group; empty for Kubernetes' core group."""
    return resource_of(subject).group


@attribute("Resource", "version", returns=TEXT)
def version(subject: Subject) -> Value:
    """API version, such as `v1`."""
    return resource_of(subject).version


@attribute(
    ("Resource", "Document", "HarnessEntity", "File", "HelmChart", "HelmValues"), "file", returns=TEXT, indexed=True
)
def file(subject: Subject) -> Value:
    """Path of the file, relative to the root."""
    return subject.file


@attribute(("Resource", "Document", "HarnessEntity"), "document", returns=INTEGER)
def document(subject: Subject) -> Value:
    """Number of the document in its file, from 0."""
    return subject.document


@attribute("Resource", "labels", returns=MapType(TEXT), optional=True)
def labels_of(subject: Subject) -> Value:
    """`metadata.labels`."""
    return get(get(subject.root or MISSING, "metadata"), "labels")


@attribute("Resource", "annotations", returns=MapType(TEXT), optional=True)
def annotations_of(subject: Subject) -> Value:
    """`metadata.annotations`."""
    return get(get(subject.root or MISSING, "metadata"), "annotations")


@attribute("Resource", "nameOrKind", returns=PLACE)
def name_or_kind(subject: Subject) -> Value:
    """Where a report about the whole resource points: its name, else its kind."""
    root = subject.root
    found = get(get(root, "metadata"), "name") if root is not None else MISSING
    if found is MISSING or found is UNKNOWN:
        found = get(root, "kind") if root is not None else MISSING
    return found if found is not MISSING and found is not UNKNOWN else root


@attribute("Resource", "schemaProblems", returns=ListType(SCHEMA_PROBLEM))
def schema_problems(subject: Subject) -> Sequence[Value]:
    """
    Where the resource does not fit the schema of its kind; empty where no schema is known.

    What a kustomization builds is read as kustomize reads it: its output quotes what go-yaml v3 takes for a text, and
    annotations are always texts. Mistakes that a template may cure are unknown, one for each.
    """
    who = resource_of(subject)
    schema = subject.context.schemas.schema_for(who.group, who.version, who.kind)
    if schema is None or subject.root is None:
        return ()
    reader: Reader = "v3" if subject.text_of_file.role.built else "v2"
    found = verdict(subject.root, schema, reader)
    partial = subject.text_of_file.role.partial or _applied_by_server(subject.root)
    facts: list[Value] = [
        UNKNOWN if partial and problem.kind == "missing-field" else _schema_problem(problem)
        for problem in found.problems
    ]
    facts.extend([UNKNOWN] * found.unverified)
    return facts


def _applied_by_server(root: Node) -> bool:
    """Whether the resource asks for server-side apply, by which a manifest may be a part of what others complete."""
    options = text_of(get(get(get(root, "metadata"), "annotations"), "argocd.argoproj.io/sync-options"))
    return options is not None and SERVER_SIDE in [option.strip() for option in options.split(",")]


# texts that mean the same without their quotes, to every reader
_BARE = pattern(r"-?(?:0|[1-9][0-9]*)|true|false")


def cure_of(problem: SchemaProblem) -> dict[str, Value]:
    """The fields `cure` and `sure` of a problem: what to write instead."""
    node, meant = problem.node, problem.did_you_mean
    # a message that does not begin with the value keeps a credential to itself, and so does a fix
    telling = problem.message.startswith("`")
    if problem.kind == "wrong-type" and isinstance(node, Scalar) and node.tag is None and telling:
        # what is written, in quotes or without them: `1.10` stays "1.10"
        if "a string" in problem.expected and node.text:
            return {"cure": node.text, "sure": True}
        if problem.help and _BARE.fullmatch(node.text):
            return {"cure": typed(Scalar(node.source, node.start, node.end, node.text)), "sure": True}
    if problem.kind == "wrong-value" and meant:
        return {"cure": meant, "sure": same_but_case(problem.actual, meant)}
    # `token` and `tokenRef` are close as words and take different things
    if problem.kind == "unknown-field" and meant and not meant.startswith(f"{problem.name}Ref"):
        return {"cure": meant, "sure": False}
    return {"sure": False}


def _schema_problem(problem: SchemaProblem) -> Fact:
    return Fact(
        "SchemaProblem",
        problem.node,
        {
            **cure_of(problem),
            "kind": problem.kind,
            "name": problem.name,
            "where": problem.where,
            "message": problem.message,
            "expected": list(problem.expected),
            "actual": problem.actual,
            "didYouMean": problem.did_you_mean,
            "elsewhere": problem.elsewhere,
            "enforcedBy": problem.enforced_by,
            "help": problem.help,
            "path": ".".join(str(part) for part in problem.path),
        },
    )


@attribute("Resource", "hasSchema", returns=BOOL)
def has_schema(subject: Subject) -> Value:
    """Whether a schema of its kind and version is known."""
    who = resource_of(subject)
    return subject.context.schemas.schema_for(who.group, who.version, who.kind) is not None


@attribute("Resource", "servedVersions", returns=ListType(TEXT))
def served_versions(subject: Subject) -> Value:
    """Versions of its kind that some schema here knows, newest first; empty for a kind nobody knows."""
    who = resource_of(subject)
    return subject.context.schemas.known_versions(who.group, who.kind)


def _metadata_text(subject: Subject, field: str) -> Value:
    root = subject.root
    if root is None:
        return MISSING
    found = get(get(root, "metadata"), field)
    if found is MISSING or found is UNKNOWN:
        return found
    return found if text_of(found) is not None else MISSING
