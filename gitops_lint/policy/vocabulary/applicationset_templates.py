"""The template of an ApplicationSet: names, labels and nulls in it, and what its patch says in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, INTEGER, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.fasttemplate import read
from gitops_lint.languages.gotemplate.fields import chains
from gitops_lint.model.applicationset import (
    Entry,
    Parameters,
    elements_of,
    entries_of,
    every_entry,
    parameters_of,
    template_overrides,
)
from gitops_lint.model.argocd import Found, is_true
from gitops_lint.model.schema import verdict
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationset_tokens import go_name
from gitops_lint.policy.vocabulary.applicationsets import set_spec, uses_go
from gitops_lint.text.nodes import Mapping, Node, Scalar, Source
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import (
    MISSING,
    UNKNOWN,
    UnknownValue,
    entries,
    get,
    is_null,
    items,
    key_node,
    plain,
    templated,
    text_of,
    typed,
    value,
)

_SOURCE = "argo-cd applicationset/generators"

# ---- the template

TEMPLATE_NAME = record(
    "TemplateName",
    {
        "sets": Field(INTEGER, optional=True, doc="how many parameter sets there are, where all are written out"),
        "several": Field(
            BOOL,
            optional=False,
            doc="whether more than one set is likely: another generator than list, or a list of several",
        ),
    },
    doc="a name in the template that is the same for every parameter set; it points at the name",
)


@attribute(
    "ApplicationSet",
    "fixedNames",
    returns=ListType(TEMPLATE_NAME),
    source="argo-cd applicationset/controllers/applicationset_controller.go validateGeneratedApplications",
)
def fixed_names(subject: Subject) -> Sequence[Value]:
    """The template's name where it holds no token and nothing else can change it."""
    root = subject.root or MISSING
    name = get(get(get(set_spec(subject), "template"), "metadata"), "name")
    listed = get(set_spec(subject), "generators")
    if not isinstance(name, Scalar) or templated(name.text) or template_overrides(root):
        return ()
    if not isinstance(listed, SequenceNode) or listed.open:
        return ()
    counts = [_count(entry) for entry in entries_of(root)]
    if UNKNOWN in counts:
        return ()
    if None not in counts:
        total = sum(one for one in counts if isinstance(one, int))
        return (Fact("TemplateName", name, {"sets": total, "several": total > 1}),)
    return (Fact("TemplateName", name, {"several": True}),)


def _count(entry: Entry) -> int | UnknownValue | None:
    """How many sets an entry gives: None where it is made to give any number, UNKNOWN where it may be made to give one."""
    elements = elements_of(entry)
    if elements is not None:
        return len(elements) if get(entry.node, "selector") is MISSING else UNKNOWN
    if len(entry.generators) != 1 or get(entry.node, "selector") is not MISSING:
        return UNKNOWN
    one = entry.generators[0]
    if one.kind == "clusters":
        if is_true(get(one.node, "flatList")):
            return 1
        # Argo CD beside the one cluster it manages is common: then there is one set.
        return UNKNOWN
    if one.kind == "git":
        listed = [*items(get(one.node, "directories")), *items(get(one.node, "files"))]
        return None if any("*" in (text_of(get(item, "path")) or "") for item in listed) else UNKNOWN
    return None if one.kind in ("pullRequest", "scmProvider") else UNKNOWN


TEMPLATE_TEXT = record(
    "TemplateText",
    {
        "field": Field(TEXT, optional=False, doc="what it is, such as `metadata.name`"),
        "parameter": Field(TEXT, optional=False, doc="the parameter it prints as it is"),
        "instead": Field(TEXT, optional=False, doc="the parameter or function that makes a name of it"),
        "kind": Field(TEXT, optional=False, doc="the generator it comes from"),
    },
    doc="a raw branch or title where an object's name is expected; it points at the token",
)

_RAW = {
    "pullRequest": {"branch": "branch_slug", "target_branch": "target_branch_slug", "title": "number"},
    "scmProvider": {"branch": "branchNormalized"},
}


@attribute(
    "ApplicationSet", "rawNames", returns=ListType(TEMPLATE_TEXT), source=f"{_SOURCE}/pull_request.go, scm_provider.go"
)
def raw_names(subject: Subject) -> Sequence[Value]:
    """Branches and titles that go into the name of the Application or its namespace without being made a name."""
    go = uses_go(subject)
    kinds = [one.kind for entry in every_entry(subject.root or MISSING) for one in entry.generators if one.kind in _RAW]
    if go is None or not kinds:
        return ()
    template = get(set_spec(subject), "template")
    places = (
        ("the name", get(get(template, "metadata"), "name")),
        ("the namespace", get(get(get(template, "spec"), "destination"), "namespace")),
    )
    found: list[Value] = []
    for words, node in places:
        if not isinstance(node, Scalar):
            continue
        for start, end, name in _printed(node.text, go):
            for kind in kinds:
                if name in _RAW[kind]:
                    fields: dict[str, Value] = {
                        "field": words,
                        "parameter": name,
                        "instead": _RAW[kind][name],
                        "kind": kind,
                    }
                    found.append(Fact("TemplateText", Part(node, start, end), fields))
                    break
    return found


def _printed(text: str, go: bool) -> Iterator[tuple[int, int, str]]:
    if go:
        for start, end, chain, bare in chains(text):
            if bare and len(chain) == 1:
                yield start, end, chain[0]
    else:
        for token in read(text).tokens:
            yield token.start, token.end, token.name


@attribute(
    "ApplicationSet",
    "outsideSources",
    returns=ListType(TEXT),
    source="argo-cd docs/operator-manual/applicationset/Security.md",
)
def outside_sources(subject: Subject) -> Sequence[Value]:
    """
    Its generators whose parameters come from people who can push or open pull requests (git, scmProvider, pullRequest), as far
    as they can give what the project asks for.
    """
    go = uses_go(subject)
    project = get(get(get(set_spec(subject), "template"), "spec"), "project")
    asked = _asked(project.text, go) if isinstance(project, Scalar) and go is not None else []
    return [
        one.kind
        for entry in every_entry(subject.root or MISSING)
        for one in entry.generators
        if one.kind in _OUTSIDE and (not asked or _gives_one(parameters_of(entry, go is True), asked))
    ]


_OUTSIDE = frozenset(("git", "scmProvider", "pullRequest"))


def _asked(text: str, go: bool) -> list[tuple[str, ...]]:
    """The parameters that a text asks for: with goTemplate the fields on the way to them, else one name each."""
    if go:
        return [chain for _, _, chain, _ in chains(text)]
    return [(token.name,) for token in read(text).tokens]


def _gives_one(given: Parameters, asked: Sequence[tuple[str, ...]]) -> bool:
    # a flat name is one name, so that both ways of asking come to the same where nothing lies below it
    return any(given.lacks(chain) is None if len(chain) > 1 else given.has(chain[0]) for chain in asked)


DROPPED_NULL = record(
    "DroppedNull",
    {"key": Field(TEXT, optional=False, doc="the key")},
    doc="a null in valuesObject; it points at the null",
)


@attribute(
    "ApplicationSet",
    "droppedNulls",
    returns=ListType(DROPPED_NULL),
    source="argo-cd applicationset/utils/utils.go RenderTemplateParams",
)
def dropped_nulls(subject: Subject) -> Sequence[Value]:
    """Nulls in the `valuesObject` of the template's sources: rendering drops the keys before Helm sees them."""
    spec = get(get(set_spec(subject), "template"), "spec")
    found: list[Value] = []
    for source in (get(spec, "source"), *items(get(spec, "sources"))):
        found += _nulls(get(get(source, "helm"), "valuesObject"))
    return found


def _nulls(node: Found) -> Iterator[Fact]:
    if isinstance(node, Mapping):
        for name, key, given in entries(node):
            if isinstance(given, Scalar) and typed(given) is None:
                yield Fact("DroppedNull", key, {"key": name}, title=name)
            else:
                yield from _nulls(given)
    elif isinstance(node, SequenceNode):
        for one in node.items:
            yield from _nulls(one)


@attribute("ApplicationSet", "mayOverride", returns=BOOL)
def may_override(subject: Subject) -> Value:
    """Whether a templatePatch or a generator's own template may change what `spec.template` says."""
    return template_overrides(subject.root or MISSING)


STEP_KEY = record(
    "StepKey",
    {
        "key": Field(TEXT, optional=False, doc="the label asked for"),
        "labels": Field(ListType(TEXT), optional=False, doc="labels that the template writes"),
    },
    doc="a label that a step of RollingSync selects by and no generated Application has; it points at the key",
)


@attribute(
    "ApplicationSet",
    "missingStepLabels",
    returns=ListType(STEP_KEY),
    source="argo-cd applicationset/progressivesync/progressive_sync.go buildAppDependencyList",
)
def missing_step_labels(subject: Subject) -> Sequence[Value]:
    """Labels that steps ask for with `In` although the template writes none of that name."""
    root = subject.root or MISSING
    metadata = get(get(set_spec(subject), "template"), "metadata")
    labels = get(metadata, "labels")
    if template_overrides(root) or labels is UNKNOWN or metadata is UNKNOWN:
        return ()
    names = [name for name, _, _ in entries(labels)]
    if any("{{" in name for name in names) or (isinstance(labels, Mapping) and labels.open):
        return ()
    found: list[Value] = []
    for step in items(get(get(get(set_spec(subject), "strategy"), "rollingSync"), "steps")):
        for one in items(get(step, "matchExpressions")):
            key = get(one, "key")
            known = value(key)
            if (
                isinstance(key, Scalar)
                and isinstance(known, str)
                and known not in names
                and value(get(one, "operator")) == "In"
            ):
                found.append(Fact("StepKey", key, {"key": known, "labels": names}))
    return found


# ---- the patch

PATCH_MISTAKE = record(
    "TemplatePatchMistake",
    {
        "problem": Field(
            TextType(values=("empty-spec", "project", "namespace", "field", "list")),
            optional=False,
            doc="empty-spec: `spec:` without a value; project, namespace: a field that is put back; field: no field of an Application; list: a list that replaces one of the template",
        ),
        "name": Field(TEXT, optional=False, doc="the field"),
        "known": Field(ListType(TEXT), optional=False, doc="fields that are known there"),
        "other": Field(TEXT, optional=True, doc="the list of the template that is lost"),
    },
    doc="a line of templatePatch that does something else than it says; it points at the key",
)


@attribute("ApplicationSet", "patchIsGoTemplate", returns=BOOL, source="argo-cd applicationset/utils/utils.go Replace")
def patch_is_go_template(subject: Subject) -> Value:
    """Whether templatePatch holds what only Go templates know: a field with a dot, a function, control flow."""
    patch = get(set_spec(subject), "templatePatch")
    return isinstance(patch, Scalar) and any(go_name(token.name) is not None for token in read(patch.text).tokens)


_LONGEST_PATCH = 32_000
"""Code points; looking for the end of actions takes the square of it."""
_LINE_ACTION = pattern(r"(?m)^[ \t]*\{\{.*?\}\}[ \t]*$", re.DOTALL)
_ANY_ACTION = pattern(r"\{\{.*?\}\}", re.DOTALL)


def _as_yaml(patch: Scalar) -> Mapping | None:
    """
    The patch with its actions replaced by text of the same length, as a tree; None where that is no YAML mapping, or where
    it is longer than anybody writes one.
    """
    if len(patch.text) > _LONGEST_PATCH:
        return None

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0])

    made = _LINE_ACTION.sub(blank, patch.text)
    made = _ANY_ACTION.sub(lambda found: re.sub(r"[^\n]", "x", found[0]), made)
    parsed = parse_yaml(Source(made, inside=patch))
    if parsed.mistakes or len(parsed.documents) != 1:
        return None
    root = parsed.documents[0].root
    return root if isinstance(root, Mapping) else None


@attribute(
    "ApplicationSet",
    "patchMistakes",
    returns=ListType(PATCH_MISTAKE),
    source="argo-cd applicationset/controllers/template/patch.go applyTemplatePatch",
)
def patch_mistakes(subject: Subject) -> Sequence[Value]:
    """What templatePatch says in vain, or says more than it means."""
    patch = get(set_spec(subject), "templatePatch")
    if not isinstance(patch, Scalar):
        return ()
    root = _as_yaml(patch)
    if root is None:
        return ()
    found: list[Value] = []
    for name, key, given in entries(root):
        if name == "spec" and is_null(given) and not _ANY_ACTION.search(patch.text[key.start :]):
            found.append(_patch_fact("empty-spec", patch, key, name))
    project = key_node(get(root, "spec"), "project")
    if project is not None:
        found.append(_patch_fact("project", patch, project, "spec.project"))
    namespace = key_node(get(root, "metadata"), "namespace")
    if namespace is not None:
        found.append(_patch_fact("namespace", patch, namespace, "metadata.namespace"))
    schema = subject.context.schemas.schema_for("argoproj.io", "v1alpha1", "Application")
    if schema is not None:
        for problem in verdict(root, schema).problems:
            at = problem.node
            if problem.kind == "unknown-field" and not problem.name.startswith("$") and "xxxx" not in problem.name:
                where = f"{problem.where}.{problem.name}" if problem.where else problem.name
                found.append(_patch_fact("field", patch, at, where, problem.expected))
    found += _lost_lists(patch, get(root, "spec"), get(get(set_spec(subject), "template"), "spec"), "spec")
    return found


def _patch_fact(
    problem: str, patch: Scalar, at: Node, name: str, known: Sequence[str] = (), other: Value = None
) -> Fact:
    fields: dict[str, Value] = {"problem": problem, "name": name, "known": list(known)}
    if other is not None:
        fields["other"] = other
    return Fact("TemplatePatchMistake", Part(patch, at.start, at.end), fields)


def _lost_lists(patch: Scalar, mine: Found, theirs: Found, path: str) -> Iterator[Fact]:
    """Lists of the template that a list of the patch replaces without holding what they hold."""
    for name, key, given in entries(mine):
        written = get(theirs, name)
        if isinstance(given, SequenceNode) and isinstance(written, SequenceNode) and written.items and given.items:
            there = [plain(one) for one in given.items]
            if any(plain(one) not in there for one in written.items):
                yield _patch_fact("list", patch, key, f"{path}.{name}", other=key_node(theirs, name))
        elif isinstance(given, Mapping) and isinstance(written, Mapping) and key_node(given, "$patch") is None:
            yield from _lost_lists(patch, given, written, f"{path}.{name}")
