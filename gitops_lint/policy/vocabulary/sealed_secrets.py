"""Sealed values: whether the controller can open them at all, and what their annotations do."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.credentials import decoded
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, entries, get, is_null, templated

SEALED_PROBLEMS = ("not-base64", "too-short", "not-sealed")
SEALED_PROBLEM = record(
    "SealedProblem",
    {
        "kind": Field(TextType(values=SEALED_PROBLEMS), optional=False, doc="what sort of mistake it is"),
        "key": Field(TEXT, optional=False, doc="the key of the Secret"),
        "readable": Field(BOOL, optional=False, doc="whether the value is text that only was encoded"),
    },
    doc="a value that no controller can open; what it points at is never printed",
)
_RSA_LENGTHS = (256, 384, 512, 1024)  # bytes: keys of 2048, 3072, 4096 and 8192 bits
_TAG = 16  # what AES-GCM adds to the text
_FORMAT = "sealed-secrets pkg/crypto/crypto.go HybridDecrypt"


@attribute("SealedSecret", "sealedProblems", returns=ListType(SEALED_PROBLEM), source=_FORMAT)
def sealed_problems(subject: Subject) -> Sequence[Value]:
    """Values of encryptedData that cannot be what kubeseal wrote."""
    found = []
    for key, _, node in entries(get(get(subject.root or MISSING, "spec"), "encryptedData")):
        if not isinstance(node, Scalar) or is_null(node) or templated(node.text):
            continue
        kind, readable = _judge(node.text)
        if kind:
            first = node.text.find("\n")
            spot = Part(node, 0, len(node.text) if first < 0 else first, secret=True)
            fields: dict[str, Value] = {"kind": kind, "key": key, "readable": readable}
            found.append(Fact("SealedProblem", spot, fields, title=key))
    return found


def _judge(text: str) -> tuple[str, bool]:
    """
    Two bytes of length, a session key under RSA of that length, then the text and its tag under AES-GCM.
    """
    raw = decoded(text)
    if raw is None:
        return "not-base64", False
    if len(raw) >= 2:
        length = int.from_bytes(raw[:2], "big")
        if length in _RSA_LENGTHS:
            return ("", False) if len(raw) >= 2 + length + _TAG else ("too-short", False)
    try:
        readable = bool(raw) and raw.decode("utf-8").replace("\n", " ").isprintable()
    except UnicodeDecodeError:
        readable = False
    return "not-sealed", readable


SCOPE_PROBLEM = record(
    "ScopeProblem",
    {
        "annotation": Field(
            TEXT, optional=False, doc="the annotation without its prefix: cluster-wide, namespace-wide"
        ),
        "kind": Field(TextType(values=("template-only", "not-true")), optional=False, doc="why it does not count"),
    },
    doc="a scope annotation of a SealedSecret that has no effect",
)
_PREFIX = "sealedsecrets.bitnami.com/"


@attribute(
    "SealedSecret",
    "scopeProblems",
    returns=ListType(SCOPE_PROBLEM),
    source="sealed-secrets pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go SecretScope, Unseal",
)
def scope_problems(subject: Subject) -> Sequence[Value]:
    """Scope annotations that stand only on the template, or say another word than `true`."""
    root = subject.root or MISSING
    own = get(get(root, "metadata"), "annotations")
    template = get(get(get(get(root, "spec"), "template"), "metadata"), "annotations")
    found: list[Value] = []
    for name in ("cluster-wide", "namespace-wide"):
        on_own, on_template = get(own, _PREFIX + name), get(template, _PREFIX + name)
        fields: dict[str, Value] = {"annotation": name, "kind": "template-only"}
        if isinstance(on_own, Scalar):
            if on_own.text not in ("true", "false", "") and not templated(on_own.text):
                found.append(Fact("ScopeProblem", on_own, {**fields, "kind": "not-true"}, title=name))
        elif on_own is MISSING and isinstance(on_template, Scalar) and on_template.text == "true":
            found.append(Fact("ScopeProblem", on_template, fields, title=name))
    return found
