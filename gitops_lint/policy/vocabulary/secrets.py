"""What Secrets, sealed values and SOPS documents say by themselves. No value of a Secret ever becomes a field of a fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import re2

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.credentials import decoded, name_strength, value_class
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar, pairs
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, get, is_null, templated, text_of, typed

DATA_PROBLEMS = ("not-base64", "not-encoded", "trailing-newline", "twice")
DATA_PROBLEM = record(
    "SecretDataProblem",
    {
        "kind": Field(TextType(values=DATA_PROBLEMS), optional=False, doc="what sort of mistake it is"),
        "key": Field(TEXT, optional=False, doc="the key of the Secret"),
    },
    doc="a value of a Secret that does not become what its author typed; what it points at is never printed",
)
BAD_KEY = record(
    "BadDataKey",
    {"key": Field(TEXT, optional=False, doc="the key"), "why": Field(TEXT, optional=False, doc="a clause")},
    doc="a key that a Secret or a ConfigMap cannot have",
)

_BINARY_KEY = pattern(
    r"(?i)\.(?:jks|p12|pfx|keystore|truststore|keytab|tar|t?gz|zip|bin|der|gpg|kbx|enc)$|keytab|keystore|gossip|seed"
)
_PLAIN_WORD = pattern(r"(?=.*[a-z]{4})[A-Za-z0-9]{4,20}")


def whole(scalar: Scalar) -> Part:
    """The value of a scalar as a place whose text is never printed."""
    return Part(scalar, 0, len(scalar.text), secret=True)


@attribute("Secret", "dataProblems", returns=ListType(DATA_PROBLEM), source="kubernetes/api core/v1 types.go Secret")
def data_problems(subject: Subject) -> Sequence[Value]:
    """Values that the API server refuses, or that pods get otherwise than typed."""
    root = subject.root
    if root is None or get(root, "sops") is not MISSING:
        return ()
    return list(_data_problems(root))


def _data_problems(root: Node) -> Iterator[Fact]:
    data, strings = get(root, "data"), get(root, "stringData")
    for key, _, node in entries(data):
        if isinstance(node, Scalar) and not is_null(node):
            kind = _encoded_problem(key, node)
            if kind:
                yield Fact("SecretDataProblem", whole(node), {"kind": kind, "key": key}, title=key)
    written = {key for key, _, node in entries(data) if not is_null(node)}
    for key, key_node, node in entries(strings):
        if key in written and not is_null(node):
            yield Fact("SecretDataProblem", key_node, {"kind": "twice", "key": key}, title=key)
        elif isinstance(node, Scalar) and node.style in ("|", ">") and _ends_by_accident(key, node.text):
            yield Fact("SecretDataProblem", _last_line(node), {"kind": "trailing-newline", "key": key}, title=key)


def _encoded_problem(key: str, node: Scalar) -> str:
    text = node.text
    if templated(text) or "<" in text or value_class(text) == "encrypted" or typed(node) is UNKNOWN:
        return ""
    if "\u2026" not in text and value_class(text) == "reference":
        return ""
    raw = decoded(text)
    if raw is None:
        return "not-base64"
    if not raw or _BINARY_KEY.search(key):
        return ""
    plain = _text(raw)
    if plain is None:
        return "not-encoded" if _PLAIN_WORD.fullmatch(text) else ""
    return "trailing-newline" if _ends_by_accident(key, plain) else ""


def _ends_by_accident(key: str, text: str) -> bool:
    """Whether a password or token, alone on its line, ends with a line break that `echo` or `|` left there."""
    if not text.endswith("\n") or name_strength(key) is None:
        return False
    value = text.rstrip("\r\n")
    return bool(value) and "\n" not in value and value_class(value) in ("literal", "weak")


def _last_line(scalar: Scalar) -> Part:
    return Part(scalar, 0, len(scalar.text.rstrip("\n")), secret=True)


def _text(raw: bytes) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(char.isprintable() or char in "\t\r\n" for char in text) else None


_KEY = pattern(r"[-._a-zA-Z0-9]+")


@attribute(
    ("Secret", "ConfigMap"),
    "badKeys",
    returns=ListType(BAD_KEY),
    source="apimachinery pkg/util/validation/validation.go IsConfigMapKey",
)
def bad_keys(subject: Subject) -> Sequence[Value]:
    """Keys that the API server refuses."""
    found = []
    for field in ("data", "stringData", "binaryData"):
        for key, key_node, _ in entries(get(subject.root or MISSING, field)):
            why = _why_bad(key)
            if why and not templated(key) and "<" not in key:
                found.append(Fact("BadDataKey", key_node, {"key": key, "why": why}, title=key))
    return found


def _why_bad(key: str) -> str:
    if len(key) > 253:
        return "it is longer than 253 characters"
    if key in (".", "..") or key.startswith(".."):
        return "it begins with `..`" if key.startswith("..") else "it is `.`"
    if not _KEY.fullmatch(key):
        return "only letters, digits, `-`, `_` and `.` may stand in it"
    return ""


# ---- SOPS

SOPS_PROBLEMS = ("no-metadata", "in-clear", "nothing-encrypted")
SOPS_PROBLEM = record(
    "SopsProblem",
    {
        "kind": Field(TextType(values=SOPS_PROBLEMS), optional=False, doc="what sort of mistake it is"),
        "key": Field(TEXT, optional=False, doc="the key it stands under"),
    },
    doc="a document that SOPS cannot open again; values it points at are never printed",
)
_MARK = "ENC["
_ENCRYPTED = pattern(r"ENC\[AES256_GCM,data:[^\]]*,tag:[^\]]*,type:\w+\]")
_RULES = ("unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex")
_COMMENT_RULES = ("unencrypted_comment_regex", "encrypted_comment_regex")
# Where the secrets of a Kubernetes object are: its kind and name have to stay readable, and often are by other means.
_OF_OBJECTS = frozenset(("data", "stringData", "spec"))


@attribute(
    "Document", "sopsProblems", returns=ListType(SOPS_PROBLEM), source="sops sops.go Tree.Encrypt; stores/stores.go"
)
def sops_problems(subject: Subject) -> Sequence[Value]:
    """Values that are encrypted without the metadata that opens them, and values in clear that the metadata would hide."""
    root = subject.root
    if not isinstance(root, Mapping) or root.open or subject.text_of_file.role.name in ("test-data", "chart-template"):
        return ()
    metadata = get(root, "sops")
    if metadata is MISSING:
        # what an engine makes need not stand in the document's own text
        if root.origin is None and root.source.text.find(_MARK, root.start, root.end) < 0:
            return ()
        encrypted = next((one for one in _leaves(root) if _ENCRYPTED.fullmatch(one[1].text)), None)
        return [_sops("no-metadata", *encrypted)] if encrypted is not None else ()
    if not isinstance(metadata, Mapping) or get(metadata, "mac") is MISSING:
        return ()
    return list(_in_clear(root, metadata))


def _in_clear(root: Mapping, metadata: Mapping) -> Iterator[Fact]:
    is_object = get(root, "apiVersion") is not MISSING and get(root, "kind") is not MISSING
    rules = {rule: text for rule in _RULES if (text := text_of(get(metadata, rule)))}
    if any(get(metadata, rule) is not MISSING for rule in _COMMENT_RULES):
        return
    if not rules:
        rules = {"unencrypted_suffix": "_unencrypted"}
    leaves = [(path, scalar) for path, scalar in _leaves(root) if not (is_object and path[0] not in _OF_OBJECTS)]
    if not any(_ENCRYPTED.fullmatch(scalar.text) for _, scalar in leaves):
        if any(_covered(path, rules) and _holds_something(scalar) for path, scalar in leaves):
            key = next(key for key, _ in pairs(root) if text_of(key) == "sops")
            yield Fact("SopsProblem", key, {"kind": "nothing-encrypted", "key": "sops"}, title="sops")
        return
    for path, scalar in leaves:
        if _covered(path, rules) and _holds_something(scalar) and not scalar.text.startswith("ENC["):
            yield _sops("in-clear", path, scalar)


def _holds_something(scalar: Scalar) -> bool:
    return scalar.text != "" and not is_null(scalar) and not templated(scalar.text)


def _covered(path: tuple[str, ...], rules: dict[str, str]) -> bool:
    """Whether SOPS encrypts the value at a path; a pattern is looked for in every key on the way."""
    covered = not any(rule.startswith("encrypted") for rule in rules)
    for rule, text in rules.items():
        if rule.endswith("suffix"):
            fits = any(key.endswith(text) for key in path)
        else:
            try:
                fits = any(re2.search(text, key) is not None for key in path)
            except re2.error:
                return False
        if rule.startswith("encrypted"):
            covered = covered or fits
        elif fits:
            return False
    return covered


def _leaves(root: Mapping) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    pending: list[tuple[tuple[str, ...], Node]] = [
        ((name,), value) for key, value in reversed(list(pairs(root))) if (name := text_of(key)) not in (None, "sops")
    ]
    while pending:
        path, node = pending.pop()
        if isinstance(node, Scalar):
            yield path, node
        elif isinstance(node, Mapping):
            pending += [((*path, text_of(key) or ""), value) for key, value in reversed(list(pairs(node)))]
        elif isinstance(node, SequenceNode):
            pending += [(path, item) for item in reversed(node.items)]


def _sops(kind: str, path: tuple[str, ...], scalar: Scalar) -> Fact:
    first = scalar.text.find("\n")
    spot = Part(scalar, 0, len(scalar.text) if first < 0 else first, secret=True)
    return Fact("SopsProblem", spot, {"kind": kind, "key": path[-1]}, title=path[-1])


def _is_encrypted(subject: Subject) -> bool:
    root = subject.root
    metadata = get(root, "sops") if root is not None else MISSING
    return isinstance(metadata, Mapping) and get(metadata, "mac") is not MISSING


@attribute("Document", "isAppliedEncrypted", returns=BOOL, needs={"index", "kustomize"}, screen=_is_encrypted)
def is_applied_encrypted(subject: Subject, repo: Repo) -> Value:
    """
    Whether a document that SOPS encrypted is a plain resource of a kustomization, so that nothing decrypts it.

    False where Flux, which decrypts after the build, or a plugin of Argo CD may be at work.
    """
    if not _is_encrypted(subject):
        return False
    if not repo.kustomizations.included_by_any(subject.file):
        return False
    if any(group.endswith("toolkit.fluxcd.io") for group, _ in repo.kinds()):
        return False
    return not any(use.tool == "plugin" for use in repo.own_sources)


# ---- argocd-vault-plugin

PLACEHOLDER = record(
    "VaultPlaceholder",
    {"text": Field(TEXT, optional=False, doc="the placeholder as written, which names a key of Vault")},
    doc="a `<name>` in a Secret",
)
_GENERIC = pattern(r"<[A-Za-z][\w.-]*(?:\s*\|[^<>]*)?>")


@attribute(
    "Secret",
    "barePlaceholders",
    returns=ListType(PLACEHOLDER),
    needs={"index"},
    source="argocd-vault-plugin pkg/kube/util.go genericReplacement",
)
def bare_placeholders(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Values `<name>` without a path, in a repository that uses the plugin; empty where an annotation gives the path."""
    root = subject.root
    noted = get(get(root, "metadata"), "annotations") if root is not None else MISSING
    if root is None or noted is UNKNOWN or get(noted, "avp.kubernetes.io/path") is not MISSING:
        return ()
    found = [
        node
        for field in ("stringData", "data")
        for _, _, node in entries(get(root, field))
        if isinstance(node, Scalar) and _GENERIC.fullmatch(node.text)
    ]
    if not found or not _uses_vault_plugin(subject, repo):
        return ()
    return [Fact("VaultPlaceholder", node, {"text": node.text}, title=node.text) for node in found]


def _uses_vault_plugin(subject: Subject, repo: Repo) -> bool:
    if "<path:" in subject.text_of_file.source.text:
        return True
    for one in repo.all_resources():
        if any(name.startswith("avp.kubernetes.io/") for name in repo.facts_of(one).annotations):
            return True
    return any("<path:" in repo.load(one.file).source.text for one in repo.resources("", "Secret"))
