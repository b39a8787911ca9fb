"""Harness entities beside one another: what a name reaches in the repository, what is defined twice, where files lie."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import PLACE, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.harness import (
    Found,
    Scope,
    body,
    is_version_1,
    known_text,
    name_of,
    root_key,
)
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import WORDS, body_of, own_scope, settled_scope, uses
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import MISSING, get, items, key_node, templated, text_of

_SCOPES = "harness-core IdentifierRefHelper.java"


@dataclass(frozen=True, slots=True)
class Entity:
    """
    An entity of the repository.

    key: its root key. identifier: written, else the file's name. scope: None where it cannot be known (`settled_scope`).
    names: as facts have them.
    """

    file: str
    document: int
    key: str
    identifier: str
    scope: Scope | None
    names: tuple[tuple[str, str], ...]

    def name(self, field: str) -> str:
        """One of its other names (`versionLabel`, `pipelineIdentifier`, `environmentRef`), or ""."""
        return dict(self.names).get(field, "")


class Entities:
    """All Harness entities of a repository, by what they are. unsure: kinds of which one's name or scope is a template."""

    settled = True  # asks the repository nothing more (`repo.asked`)

    def __init__(self, found: Iterable[Entity], unsure: frozenset[str]) -> None:
        self._found: dict[str, list[Entity]] = {}
        for one in found:
            self._found.setdefault(one.key, []).append(one)
        self.unsure = unsure

    def all(self, key: str) -> Sequence[Entity]:
        """The entities below a root key, by file."""
        return self._found.get(key, ())

    def within(self, key: str, scope: Scope) -> list[Entity]:
        """Those of that scope, and those of whichever scope."""
        return [one for one in self.all(key) if one.scope in (scope, None)]

    def named(self, key: str, scope: Scope, identifier: str) -> list[Entity]:
        return [one for one in self.within(key, scope) if one.identifier == identifier]


def entities(repo: Repo) -> Entities:
    """The entities of a repository, from facts alone."""
    return repo.once(_entities)


def _entities(repo: Repo) -> Entities:
    found, unsure = [], set()
    for file, facts in repo.harness():
        names = facts.names
        if any(templated(text) for text in names.values()):
            unsure.add(facts.entity)
            continue
        written = Scope(names.get("orgIdentifier", ""), names.get("projectIdentifier", ""))
        scope = settled_scope(facts.entity, written, file)
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

REACH = {
    "target": Field(TEXT, optional=False, doc="what it names, in words"),
    "name": Field(TEXT, optional=False, doc="as written"),
    "where": Field(TEXT, optional=False, doc="the scope it is looked up in, in words"),
    "known": Field(TEXT, optional=False, doc="what the repository has there instead, listed"),
    "near": Field(TEXT, optional=False, doc="the one that was probably meant, or empty"),
}
LOST_REFERENCE = record(
    "HarnessLostReference", REACH, doc="a name that no entity of the repository has where it is looked up"
)


def scope_words(scope: Scope) -> str:
    """`project default/shop`, `organization default`, `the account`."""
    if scope.project:
        return f"project `{scope.org}/{scope.project}`"
    return f"organization `{scope.org}`" if scope.org else "the account"


def lost_fact(
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
    if not any(one.scope == wanted for one in known) or any(one.identifier == name.identifier for one in known):
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
            found.append(lost_fact(use.target, use.node, *lost))
    return found


@attribute("HarnessTrigger", "lostPipelines", returns=ListType(LOST_REFERENCE), needs={"index"})
def lost_pipelines(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The pipeline of a trigger, where the project of the repository has others only."""
    return _lost_pipeline(subject, repo, get(body_of(subject), "pipelineIdentifier"))


@attribute(
    ("HarnessInputSet", "HarnessOverlayInputSet"), "lostPipelines", returns=ListType(LOST_REFERENCE), needs={"index"}
)
def lost_pipelines_of_inputs(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The pipeline of an input set kept in Git, where the project of the repository has others only."""
    if not harness_folder(subject.file):
        return ()
    entity = body_of(subject)
    named = get(entity, "pipelineIdentifier")
    return _lost_pipeline(subject, repo, get(get(entity, "pipeline"), "identifier") if named is MISSING else named)


def _lost_pipeline(subject: Subject, repo: Repo, node: Found) -> Sequence[Value]:
    text = known_text(node)
    if text is None or not isinstance(node, Scalar):
        return ()
    lost = missing_here(repo, "pipeline", own_scope(subject), text)
    return () if lost is None else (lost_fact("pipeline", node, *lost),)


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
    {**REACH, "problem": Field(TEXT, optional=False, doc="missing, other-pipeline or overlay")},
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
        fact = lost_fact("input set", node, text, scope, others, "HarnessLostInputSet")
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
    if mine is None or mine.scope is None or not isinstance(written, Scalar):
        return ()
    same = [
        one
        for one in known.all(key)
        if (one.scope, one.identifier) == (mine.scope, mine.identifier)
        and _beside(one) == _beside(mine)
        and harness_folder(one.file) == harness_folder(mine.file) != ""
    ]
    if not same:
        return ()
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


def harness_folder(file: str) -> str:
    """The folder `.harness` that holds a file; "" for other files, which may be variants that nobody applies together."""
    before, found, _ = f"/{file}".rpartition("/.harness/")
    return f"{before}{found}" if found else ""


def _beside(entity: Entity) -> str:
    """What tells entities of one identifier apart."""
    fields = {
        "template": "versionLabel",
        "infrastructureDefinition": "environmentRef",
        "inputSet": "pipelineIdentifier",
    }
    return entity.name(fields[entity.key]) if entity.key in fields else ""
