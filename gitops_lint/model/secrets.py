"""
Credentials in the tree of a document, and in the texts that its values hold: base64 of Secrets, YAML and JSON in strings,
lines `NAME=VALUE`.

Sources: kubernetes/api core/v1 Secret (data is base64, stringData is not), argo-cd util/db (credentials of clusters and
repositories), kustomize api/types SecretGenerator (literals `NAME=VALUE`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.world import Part, Stretch
from gitops_lint.languages.credentials import (
    CredentialKind,
    assignments,
    authorization,
    credential_value,
    decoded_text,
    find_all,
    name_strength,
)
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source, pairs
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import get, text_of


@dataclass(frozen=True, slots=True)
class Credential:
    """
    One credential in a file.

    what: words for a message. name: the key, variable or parameter it stands under; empty where a form of its own gives
    it away. spot: where to point, never over lines. whole: everything that must not be shown. certain: False for what is
    known to everybody (`minioadmin`), or looks like a key for tests.
    """

    kind: CredentialKind
    what: str
    name: str
    spot: Part | Stretch
    whole: Part | Stretch
    certain: bool


# Values that hold other texts are opened only when one of these words is in them.
_HINT = re.compile(
    r"(?i)pass|pwd|psw|secret|token|api_?-?key|credential|keydata|privatekey|authoriz|signingkey|\"auth\"|data:"
)
_LARGEST = 200_000
_HOLDS_NAMES = re.compile(r"(?:Ref|Refs|Selector|Mount|Mounts)$")
# Below these keys nothing is a value that anybody uses as it stands: types, labels, names of keys.
_PASSED_OVER = frozenset(
    (
        *("openAPIV3Schema", "labels", "matchLabels", "selector", "remoteRef", "secretRef", "status", "managedFields"),
        *(
            "secretObjects",
            "secretKeys",
            "encryptedData",
            "sops",
            "userSecretKeys",
            "panels",
            "properties",
            "inputSchema",
        ),
    )
)
_LINES = frozenset(("literals", "args", "command", "environment", "env", "extraArgs"))
_NAMED = ("name", "key", "header", "variable")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def credentials_in(root: Node) -> list[Credential]:
    """What the tree of one document gives away by the names that its values stand under."""
    return list(_Walk().object(root, False))


def is_secret(root: Node) -> bool:
    """Whether a node is a Kubernetes Secret."""
    return text_of(get(root, "kind")) == "Secret" and text_of(get(root, "apiVersion")) == "v1"


class _Walk:
    """One walk over a tree; `depth` counts texts within texts."""

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._seen: set[int] = set()

    def object(self, root: Node, kept_secret: bool) -> Iterator[Credential]:
        if not isinstance(root, Mapping) or not is_secret(root):
            yield from self.below(root, kept_secret)
            return
        for key, value in pairs(root):
            match text_of(key):
                case "data":
                    yield from self._encoded(value)
                case "stringData":
                    yield from self.below(value, True)
                case "metadata":
                    yield from self.below(value, False)

    def below(self, node: Node, kept_secret: bool) -> Iterator[Credential]:
        if id(node) in self._seen:
            return  # an alias: what it holds was found where it is written
        self._seen.add(id(node))
        if isinstance(node, Sequence):
            for item in node.items:
                if not isinstance(item, Scalar):
                    yield from self.below(item, kept_secret)
        elif isinstance(node, Mapping):
            yield from self._mapping(node, kept_secret)

    def _mapping(self, node: Mapping, kept_secret: bool) -> Iterator[Credential]:
        named = self._named(node)
        for key, value in pairs(node):
            name = text_of(key)
            if name is None:
                continue
            if isinstance(value, Scalar):
                if value is named[1]:
                    name = named[0]
                if not self._is_name_here(node, name):
                    yield from self._value(name, value, kept_secret)
            elif name == "annotations":
                applied = get(value, _LAST_APPLIED)
                if isinstance(applied, Scalar):
                    yield from self._nested(applied, False)
            elif name in _LINES and isinstance(value, Sequence):
                yield from self._items(value, kept_secret)
            elif name not in _PASSED_OVER and not _HOLDS_NAMES.search(name):
                yield from self.below(value, kept_secret or name == "secretGenerator")

    @staticmethod
    def _named(node: Mapping) -> tuple[str, Node | None]:
        """The name and the value of `name: …, value: …`, as environments, parameters and headers write them."""
        value = get(node, "value")
        if not isinstance(value, Scalar):
            return "", None
        for field in _NAMED:
            name = text_of(get(node, field))
            if name:
                return name.rpartition(".")[2] if "." in name and "/" not in name else name, value
        return "", None

    @staticmethod
    def _is_name_here(node: Mapping, name: str) -> bool:
        """Whether the value says under which key something is kept (`secretKey` of an ExternalSecret), not the thing."""
        words = name.lower().replace("_", "").replace("-", "")
        if words in ("secretkey", "tokenkey"):
            keys = {(text_of(key) or "").lower() for key, _ in pairs(node)}
            return not any(key.replace("_", "").startswith("accesskey") for key in keys)
        return False

    def _value(self, name: str, value: Scalar, kept_secret: bool) -> Iterator[Credential]:
        if value.tag is not None and not value.tag.startswith("tag:yaml.org,2002:str"):
            return
        text = value.text
        worth = _worth(name, text, kept_secret)
        if worth is not None and (value.style != "plain" or not _is_switch(text)):
            yield _credential(name, value, 0, len(text), worth == "literal")
        elif "\n" in text or text.lstrip()[:1] in ("{", "["):
            yield from self._nested(value, kept_secret)

    def _items(self, node: Sequence, kept_secret: bool) -> Iterator[Credential]:
        for item in node.items:
            if not isinstance(item, Scalar):
                yield from self.below(item, kept_secret)
                continue
            text = item.text
            if "\n" in text:
                yield from self._nested(item, kept_secret)
                continue
            name, equals, value = text.partition("=")
            if equals and " " not in name:
                worth = _worth(name.lstrip("-"), value, kept_secret)
                if worth is not None:
                    yield _credential(name.lstrip("-"), item, len(name) + 1, len(text), worth == "literal")

    def _nested(self, scalar: Scalar, kept_secret: bool) -> Iterator[Credential]:
        """A text in a value: YAML or JSON, else lines."""
        text = scalar.text
        if self._depth > 2 or len(text) > _LARGEST or not _HINT.search(text):
            return
        found = False
        if text[:2] != "#!":
            parsed = parse_yaml(Source(text, scalar.source.file, scalar))
            for document in parsed.documents:
                if isinstance(document.root, (Mapping, Sequence)) and not _is_dashboard(document.root):
                    found = True
                    yield from _Walk(self._depth + 1).object(document.root, kept_secret)
        if not found:
            yield from _of_lines(scalar, kept_secret)

    def _encoded(self, data: Node) -> Iterator[Credential]:
        """`data` of a Secret: base64, which hides nothing."""
        for key, value in pairs(data) if isinstance(data, Mapping) else ():
            name = text_of(key)
            if name is None or not isinstance(value, Scalar):
                continue
            text = decoded_text(value.text)
            if text is None or "\x00" in text:
                continue
            own = find_all(text)
            worth = _worth(name, text.rstrip("\n"), True)
            if own:
                yield _whole(own[0].kind, own[0].what, name, value, any(one.certain for one in own))
            elif worth is not None:
                yield _whole("password", "a credential", name, value, worth == "literal")
            else:
                inner = Scalar(value.source, value.start, value.end, text)
                nested = list(self._nested(inner, True)) if "\n" in text or text[:1] in ("{", "[") else []
                if nested:
                    yield _whole(
                        "password", "a credential", nested[0].name or name, value, any(one.certain for one in nested)
                    )


def _of_lines(scalar: Scalar, kept_secret: bool) -> Iterator[Credential]:
    for name, start, end in assignments(scalar.text):
        worth = _worth(name, scalar.text[start:end], kept_secret)
        if worth is not None and not _is_code(scalar.text[start:end]):
            yield _credential(name, scalar, start, end, worth == "literal")


def credentials_of_lines(source: Source) -> list[Credential]:
    """What the lines `NAME=VALUE` and `name: value` of a text give away."""
    found = []
    for name, start, end in assignments(source.text):
        text = source.text[start:end]
        worth = _worth(name, text, False)
        if worth is not None and not _is_code(text):
            spot = Stretch(source, start, end, secret=True)
            found.append(Credential("password", "a credential", name, spot, spot, worth == "literal"))
    return found


def _is_code(text: str) -> bool:
    """Whether what stands behind an assignment is an expression of a script or a template, not a value."""
    return any(mark in text for mark in "()$`{}<>|*")


def _is_switch(text: str) -> bool:
    """A plain scalar that YAML takes for a number or a boolean is a switch, a length, a port."""
    return re.fullmatch(r"[-+]?[\d_]+(?:\.\d+)?|true|false|yes|no|on|off", text, re.IGNORECASE) is not None


def _worth(name: str, text: str, kept_secret: bool) -> str | None:
    if name.lower().rpartition("-")[2] == "authorization":
        return authorization(text)
    if name == "auth":
        inner = decoded_text(text)
        return credential_value("password", inner.partition(":")[2]) if inner is not None and ":" in inner else None
    if name_strength(name) is None:
        return None
    return credential_value(name, text, kept_secret=kept_secret)


def _is_dashboard(root: Node) -> bool:
    return get_present(root, "panels") or get_present(root, "openapi") or get_present(root, "$schema")


def get_present(root: Node, key: str) -> bool:
    """Whether a mapping holds a key."""
    return isinstance(root, Mapping) and any(text_of(each) == key for each, _ in pairs(root))


def _credential(name: str, scalar: Scalar, start: int, end: int, certain: bool) -> Credential:
    whole = Part(scalar, start, end, secret=True)
    line_end = scalar.text.find("\n", start, end)
    spot = whole if line_end < 0 else Part(scalar, start, line_end, secret=True)
    return Credential("password", "a credential", name, spot, whole, certain)


def _whole(kind: CredentialKind, what: str, name: str, scalar: Scalar, certain: bool) -> Credential:
    whole = Part(scalar, 0, len(scalar.text), secret=True)
    line_end = scalar.text.find("\n")
    spot = whole if line_end < 0 else Part(scalar, 0, line_end, secret=True)
    return Credential(kind, what, name, spot, whole, certain)
