"""Labels and selectors: what the API server refuses in them, and selectors that no pod here has the labels for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.kubernetes import POD_TEMPLATES, pod_template
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import Missing, UnknownValue, entries, get, templated, typed

Found = Node | Missing | UnknownValue

# ---- syntax

_WORD = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", re.ASCII)
_LONGEST_WORD = 63
_LONGEST_DOMAIN = 253

MALFORMED_LABEL = record(
    "MalformedLabel",
    {
        "part": Field(TextType(values=("key", "value")), optional=False, doc="which of the two it is"),
        "key": Field(TEXT, optional=False, doc="the key of the label"),
        "text": Field(TEXT, optional=False, doc="what is written"),
        "why": Field(TEXT, optional=False, doc="a clause: what is wrong with it"),
    },
    doc="a label, or an annotation's key, that the API server refuses; it points at the key or the value",
)


@attribute(
    "Resource",
    "malformedLabels",
    returns=ListType(MALFORMED_LABEL),
    source="kubernetes apimachinery pkg/util/validation/validation.go IsQualifiedName, IsValidLabelValue",
)
def malformed_labels(subject: Subject) -> Sequence[Value]:
    """The labels, and keys of annotations, of the resource and of its pod template that are refused."""
    root = subject.root
    if root is None:
        return ()
    metadata = [get(root, "metadata")]
    if POD_TEMPLATES.get(resource_of(subject).kind):
        metadata.append(get(pod_template(resource_of(subject).kind, root), "metadata"))
    found: list[Value] = []
    for each in metadata:
        found += _malformed(get(each, "labels"), values=True)
        found += _malformed(get(each, "annotations"), values=False)
    return found


def _malformed(labels: Found, *, values: bool) -> Iterator[Fact]:
    for key, written, label in entries(labels):
        if templated(key):
            continue
        # the keys of annotations are looked at in lower case
        why = key_fault(key if values else key.lower())
        if why:
            yield _malformed_label("key", key, key, why, written)
        if values and isinstance(label, Scalar) and isinstance(typed(label), str) and not templated(label.text):
            why = value_fault(label.text)
            if why:
                yield _malformed_label("value", key, label.text, why, label)


def _malformed_label(part: str, key: str, text: str, why: str, at: Node) -> Fact:
    fields: dict[str, Value] = {"part": part, "key": key, "text": text, "why": why}
    return Fact("MalformedLabel", at, fields)


def key_fault(key: str) -> str:
    """What is wrong with the key of a label, a clause; "" where nothing is. A key is `name` or `domain/name`."""
    domain, slash, name = key.rpartition("/")
    if key.count("/") > 1:
        return "it has more than one `/`"
    if slash and (not _DOMAIN.fullmatch(domain) or len(domain) > _LONGEST_DOMAIN):
        return "what stands before the `/` is no DNS name in lower case"
    if not name:
        return "it names nothing behind the `/`" if slash else "it is empty"
    return _word_fault(name)


def value_fault(text: str) -> str:
    """What is wrong with the value of a label, a clause; "" where nothing is. It may be empty."""
    return _word_fault(text) if text else ""


def _word_fault(text: str) -> str:
    if len(text) > _LONGEST_WORD:
        return f"it has {len(text)} characters, and {_LONGEST_WORD} are allowed"
    if _WORD.fullmatch(text):
        return ""
    other = next((letter for letter in text if not re.fullmatch(r"[-A-Za-z0-9_.]", letter, re.ASCII)), "")
    shown = "a blank" if other.isspace() else f"`{other}`"
    return f"it holds {shown}" if other else "it does not begin and end with a letter or digit"
