"""What Applications and ApplicationSets leave out of comparisons: entries that match nothing or stop the comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.suggest import closest
from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.languages.jqpath import jq_mistake
from gitops_lint.model.schema import Schemas
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.sync_options import spec_of
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, get, items, value

Found = Node | Missing | UnknownValue

IGNORE_PROBLEM_KINDS = ("empty", "group", "pointer", "jq")

IGNORE_PROBLEM = record(
    "IgnoreProblem",
    {
        "kind": Field(TextType(values=IGNORE_PROBLEM_KINDS), optional=False, doc="which part of the entry is wrong"),
        "text": Field(TEXT, optional=False, doc="that part as written"),
        "problem": Field(TEXT, optional=False, doc="what is wrong, as a clause after the text"),
        "right": Field(TEXT, optional=False, doc="what was probably meant, as a clause, or empty"),
    },
    doc="an entry of ignored differences that does not do what it says; it points at the part",
)

_FIELDS = ("jsonPointers", "jqPathExpressions", "managedFieldsManagers")
# Groups of Kubernetes without a dot; a CustomResourceDefinition needs one with a dot.
_BARE_GROUPS = ("apps", "autoscaling", "batch", "extensions", "policy")
# Groups whose kinds are the same in all versions that are served today.
_CLOSED_GROUPS = ("", "apps", "batch")
_GLOB = pattern(r"[*?\[\]{}!\\]")
_TEXT_MAPS = ("annotations", "labels", "matchLabels", "nodeSelector")


@attribute(
    ("Application", "ApplicationSet"),
    "ignoreProblems",
    returns=ListType(IGNORE_PROBLEM),
    source="argo-cd util/argo/normalizers/diff_normalizer.go",
)
def ignore_problems(subject: Subject) -> Sequence[Value]:
    """The parts of `ignoreDifferences`, and of `ignoreApplicationDifferences` of a set, that match nothing or break."""
    found: list[Value] = []
    for entry in items(get(spec_of(subject), "ignoreDifferences")):
        found += group_problems(entry, subject.context.schemas)
        found += _empty(entry)
        found += _paths(entry)
    if subject.kind == "ApplicationSet":
        for entry in items(get(get(subject.root or MISSING, "spec"), "ignoreApplicationDifferences")):
            found += _paths(entry)
    return found


def _problem(kind: str, text: str, at: Spot, problem: str, right: str = "", what: str = "") -> Fact:
    suggestion = f'; did you mean {what}"{right}"?' if right else ""
    return Fact("IgnoreProblem", at, {"kind": kind, "text": text, "problem": problem, "right": suggestion})


def _empty(entry: Node) -> Iterator[Fact]:
    if not isinstance(entry, Mapping):
        return
    given = [get(entry, field) for field in _FIELDS]
    if all(one is MISSING or (isinstance(one, SequenceNode) and not one.items and not one.open) for one in given):
        yield _problem("empty", "", entry, "")


def group_problems(entry: Node, schemas: Schemas) -> Iterator[Fact]:
    """What is wrong with the `group` of an entry for its `kind`; patterns are left alone."""
    kind_node, group_node = get(entry, "kind"), get(entry, "group")
    kind = value(kind_node)
    group = "" if group_node is MISSING else value(group_node)
    if not isinstance(kind_node, Scalar) or not isinstance(kind, str) or not isinstance(group, str):
        return
    if not kind or _GLOB.search(kind) or _GLOB.search(group):
        return
    at = group_node if isinstance(group_node, Scalar) else kind_node
    if "/" in group:
        right = "" if group.startswith("v1") else group.partition("/")[0]
        yield _problem("group", group, at, "holds a version, and groups are compared without one", right)
        return
    if group and "." not in group and group not in _BARE_GROUPS:
        right = closest(group, _BARE_GROUPS)
        yield _problem("group", group, at, "is no API group", right or _group_of(kind, schemas))
        return
    if group not in _CLOSED_GROUPS:
        return
    known = schemas.known_kinds(group)
    if not known or kind in known:
        return
    other = _group_of(kind, schemas)
    name = f"group `{group}`" if group else "the core group, which counts where none is written"
    problem = f"is no kind of {name}"
    if other:
        yield _problem("group", kind, at, problem, other, "group ")
    elif not group or closest(kind, known):
        yield _problem("group", kind, kind_node, problem, closest(kind, known))


def _group_of(kind: str, schemas: Schemas) -> str:
    """The group of Kubernetes that has a kind; "" where none or several have it."""
    groups = (*_BARE_GROUPS, "networking.k8s.io", "rbac.authorization.k8s.io", "apiextensions.k8s.io")
    having = [one for one in groups if kind in schemas.known_kinds(one)]
    return having[0] if len(having) == 1 else ""


def _paths(entry: Node) -> Iterator[Fact]:
    kind = value(get(entry, "kind"))
    for node in items(get(entry, "jsonPointers")):
        text = value(node)
        if isinstance(node, Scalar) and isinstance(text, str):
            yield from _pointer(text, node, kind if isinstance(kind, str) else "")
    for node in items(get(entry, "jqPathExpressions")):
        text = value(node)
        if isinstance(node, Scalar) and isinstance(text, str):
            mistake = jq_mistake(text)
            if mistake is not None:
                start, end, problem = mistake
                at = Part(node, start, end) if end > start else node
                yield _problem("jq", text, at, problem)


def _pointer(text: str, node: Scalar, kind: str) -> Iterator[Fact]:
    """
    A JSON pointer that cannot match: without the first slash, with a pattern, or with a key whose slash is not `~1`.

    Source: RFC 6901; github.com/evanphx/json-patch patch.go findObject.
    """
    if not text.startswith("/"):
        right = "/" + "/".join(text.strip(".").split(".")) if text.startswith(".") and "[" not in text else f"/{text}"
        yield _problem("pointer", text, node, "does not begin with a slash", right if text else "")
        return
    steps = text.split("/")[1:]
    for step in steps:
        if step == "*" or re.fullmatch(r"[A-Za-z]+\[[0-9*]*\]", step):
            start = text.index(f"/{step}") + 1
            at = Part(node, start, start + len(step))
            yield _problem(
                "pointer", text, at, f"holds `{step}`, and a JSON pointer has no patterns: it is taken as a key"
            )
            return
    for depth, step in enumerate(steps[:-2]):
        above = steps[depth - 1] if depth else ""
        inside = step in _TEXT_MAPS and (step in ("matchLabels", "nodeSelector") or above == "metadata")
        data = depth == 0 and step in ("data", "stringData", "binaryData") and kind in ("ConfigMap", "Secret")
        if inside or data:
            key = "~1".join(steps[depth + 1 :])
            right = "/" + "/".join([*steps[: depth + 1], key])
            problem = f"leads below `{steps[depth + 1]}`, which is a text: a slash in a key is written `~1`"
            yield _problem("pointer", text, node, problem, right)
            return
