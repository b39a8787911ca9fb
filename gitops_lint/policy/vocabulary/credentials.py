"""Credentials of a file, and the states `is plaintext` and `is encrypted` of a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, TEXT, Field, ListType, TextType
from gitops_lint.dsl.values import Secret
from gitops_lint.dsl.world import Fact, Parameter, Stretch, Value
from gitops_lint.languages.credentials import CredentialKind
from gitops_lint.languages.credentials import is_encrypted as text_is_encrypted
from gitops_lint.languages.credentials import is_plaintext as text_is_plaintext
from gitops_lint.policy.credentials import credentials_of
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, function, record
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, typed

CREDENTIAL = record(
    "Credential",
    {
        "kind": Field(TextType(values=get_args(CredentialKind)), optional=False, doc="what sort of credential it is"),
        "what": Field(TEXT, optional=False, doc="words for it: `a GitHub token`"),
        "name": Field(
            TEXT, optional=False, doc="the key or variable it stands under; empty where its form gives it away"
        ),
        "certain": Field(
            BOOL, optional=False, doc="whether somebody may use it: false for `minioadmin`, and in files for tests"
        ),
        "length": Field(INTEGER, optional=False, doc="how many characters must not be shown"),
    },
    doc="a credential in clear text; what it points at is never printed",
)


@attribute("File", "credentials", returns=ListType(CREDENTIAL))
def credentials(subject: Subject) -> Sequence[Value]:
    """Credentials in clear text, in whatever kind of file: tokens, private keys, passwords; base64 counts as clear."""
    found = []
    for one in credentials_of(subject.text_of_file):
        fields: dict[str, Value] = {
            "kind": one.kind,
            "what": one.what,
            "name": one.name,
            "certain": one.certain,
            "length": one.whole.end - one.whole.start,
        }
        # equal words at different places are different facts
        place = one.whole if isinstance(one.whole, Stretch) else one.whole.scalar
        fields["place"] = (place.start, one.whole.start)
        found.append(Fact("Credential", one.spot, fields, title=one.what))
    return found


@function("is_plaintext", (Parameter("value", ANYTHING),), BOOL, lenient=True)
def is_plaintext(value: Value) -> Value:
    """Whether a value is readable as it stands: not empty, not encrypted, neither a template nor a reference."""
    text = _text(value)
    return text_is_plaintext(text) if isinstance(text, str) else text


@function("is_encrypted", (Parameter("value", ANYTHING),), BOOL, lenient=True)
def is_encrypted(value: Value) -> Value:
    """Whether a value is encrypted: by SOPS, Ansible Vault, age, PGP, or sealed."""
    text = _text(value)
    return text_is_encrypted(text) if isinstance(text, str) else text


def _text(value: Value) -> Value:
    if isinstance(value, Secret):
        value = value.value
    if isinstance(value, Scalar):
        return value.text if isinstance(typed(value), str) else False
    if isinstance(value, str):
        return value
    return UNKNOWN if value is UNKNOWN else False if value is MISSING or value is not None else UNKNOWN
