"""What a file and a YAML document answer: how they read, and what is wrong with their text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from gitops_lint.dsl.types import BOOL, INTEGER, PLACE, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Stretch, Value
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.repo.load import LoadedFile
from gitops_lint.text.edit import entry_at
from gitops_lint.text.mistakes import Kind as MistakeKind
from gitops_lint.text.scalars import plain
from gitops_lint.text.trees import same

# nothing of the document is read, so that the mistake is told of the document, not of a node in it
UNREAD = frozenset(
    ("syntax", "tab-indentation", "unquoted-template", "encoding", "unknown-alias", "document-separator")
)

MISTAKE = record(
    "Mistake",
    {
        "kind": Field(TextType(values=get_args(MistakeKind)), optional=False, doc="what sort of mistake it is"),
        "message": Field(TEXT, optional=False, doc="one sentence that stands alone"),
        "help": Field(TEXT, optional=False, doc="the cure, or empty"),
        "document": Field(INTEGER, optional=False, doc="number of the document in its file, from 0"),
        "first": Field(PLACE, optional=True, doc="the other place that explains it, where there is one"),
        "firstWords": Field(TEXT, optional=False, doc="what stands at that other place"),
        "same": Field(BOOL, optional=False, doc="for a key that is written twice: whether both have the same value"),
    },
    doc="something that is wrong with a file's text, before anybody asks what it means",
)


@attribute("File", "mistakes", returns=ListType(MISTAKE))
def mistakes(subject: Subject) -> Sequence[Value]:
    """What is wrong with the text of the file: syntax, duplicate keys, tabs, encoding; in the order of the text."""
    loaded = subject.text_of_file
    source = loaded.source
    found = []
    for each in loaded.mistakes:
        other = each.related[0] if each.related else None
        whole = each.kind in UNREAD
        fields: dict[str, Value] = {
            "kind": each.kind,
            "message": each.message,
            "help": each.help,
            "document": each.document,
            "firstWords": other[2] if other else "",
            "same": each.kind == "duplicate-key"
            and other is not None
            and _same(loaded, each.document, other[0], each.start),
        }
        if other:
            fields["first"] = Stretch(source, other[0], other[1], each.document)
        found.append(Fact("Mistake", Stretch(source, each.start, each.end, each.document, whole=whole), fields))
    return found


def _same(loaded: LoadedFile, document: int, one: int, other: int) -> bool:
    """Whether the keys at two offsets of a document have the same value."""
    root = next((each.root for each in loaded.documents if each.number == document), None)
    first, second = (entry_at(root, start) if root is not None else None for start in (one, other))
    if first is None or second is None:
        return False
    return same(plain(first[0].items[first[1] + 1]), plain(second[0].items[second[1] + 1]))


@attribute("File", "role", returns=TEXT)
def role(subject: Subject) -> Value:
    """What the file is for, such as `resources`, `kustomization` or `chart-template`."""
    return subject.text_of_file.role.name


@attribute("File", "built", returns=BOOL)
def built(subject: Subject) -> Value:
    """Whether a kustomization lists it, so that kustomize reads it before Kubernetes does."""
    return subject.text_of_file.role.built
