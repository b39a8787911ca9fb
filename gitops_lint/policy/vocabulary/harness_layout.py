"""Where the files of Harness entities lie, against what they say: folders, scopes in paths, endings that are synced."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.harness import known_text, root_key
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import WORDS, body_of
from gitops_lint.policy.vocabulary.harness_entities import listed
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, get, key_node

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

_LAYOUT = pattern(
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
