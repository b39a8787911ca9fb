"""
Credentials in the tree of a document, and in the texts that its values hold: base64 of Secrets, YAML and JSON in strings,
lines `NAME=VALUE`.

Sources: kubernetes/api core/v1 Secret (data is base64, stringData is not), argo-cd util/db (credentials of clusters and
repositories), kustomize api/types SecretGenerator (literals `NAME=VALUE`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import re2

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.world import Part, Stretch
from gitops_lint.languages.credentials import (
    CredentialKind,
    authorization,
    credential_value,
    decoded_text,
    find_all,
    name_strength,
    telling_assignments,
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
_HINT = re2.compile(
    r"(?i)pass|pwd|psw|secret|token|api_?-?key|credential|keydata|privatekey|authoriz|signingkey|\"auth\"|data:"
)
_LARGEST = 200_000
_HOLDS_NAMES = ("Ref", "Refs", "Selector", "Mount", "Mounts")
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
    walk = _Walk()
    walk.object(root, False)
    return walk.found


def is_secret(root: Node) -> bool:
    """Whether a node is a Kubernetes Secret."""
    return text_of(get(root, "kind")) == "Secret" and text_of(get(root, "apiVersion")) == "v1"


class _Walk:
    """One walk over a tree; `depth` counts texts within texts. What it finds is in `found`, in the order written."""

    def __init__(self, depth: int = 0) -> None:
        self.found: list[Credential] = []
        self._depth = depth
        self._seen: set[int] = set()

    def object(self, root: Node, kept_secret: bool) -> None:
        if not isinstance(root, Mapping) or not is_secret(root):
            self.below(root, kept_secret)
            return
        for key, value in pairs(root):
            match text_of(key):
                case "data":
                    self._encoded(value)
                case "stringData":
                    self.below(value, True)
                case "metadata":
                    self.below(value, False)

    def below(self, node: Node, kept_secret: bool) -> None:
        if id(node) in self._seen:
            return  # an alias: what it holds was found where it is written
        self._seen.add(id(node))
        if isinstance(node, Mapping):
            self._mapping(node, kept_secret)
        elif isinstance(node, Sequence):
            for item in node.items:
                if not isinstance(item, Scalar):
                    self.below(item, kept_secret)

    def _mapping(self, node: Mapping, kept_secret: bool) -> None:
        for key, value in pairs(node):
            if not isinstance(key, Scalar):
                continue
            name = key.text
            if isinstance(value, Scalar):
                # most names promise nothing, and most values hold no other text
                if _is_telling(name):
                    self._telling(node, name, value, kept_secret)
                elif _holds_text(value):
                    self._nested(value, kept_secret)
            elif name == "annotations":
                applied = get(value, _LAST_APPLIED)
                if isinstance(applied, Scalar):
                    self._nested(applied, False)
            elif name in _LINES and isinstance(value, Sequence):
                self._items(value, kept_secret)
            elif name not in _PASSED_OVER and not name.endswith(_HOLDS_NAMES):
                self.below(value, kept_secret or name == "secretGenerator")

    def _telling(self, node: Mapping, name: str, value: Scalar, kept_secret: bool) -> None:
        if name == "value":
            name = _name_of_value(node, value) or name
        if _is_name_here(node, name):
            return
        if not _is_text(value):
            return
        text = value.text
        worth = _worth(name, text, kept_secret)
        if worth is not None and (value.style != "plain" or not _is_switch(text)):
            self.found.append(_credential(name, value, 0, len(text), worth == "literal"))
        elif _holds_text(value):
            self._nested(value, kept_secret)

    def _items(self, node: Sequence, kept_secret: bool) -> None:
        for item in node.items:
            if not isinstance(item, Scalar):
                self.below(item, kept_secret)
                continue
            text = item.text
            if "\n" in text:
                self._nested(item, kept_secret)
                continue
            name, equals, value = text.partition("=")
            if equals and " " not in name:
                worth = _worth(name.lstrip("-"), value, kept_secret)
                if worth is not None:
                    self.found.append(_credential(name.lstrip("-"), item, len(name) + 1, len(text), worth == "literal"))

    def _nested(self, scalar: Scalar, kept_secret: bool) -> None:
        """A text in a value: YAML or JSON, else lines."""
        text = scalar.text
        if self._depth > 2 or len(text) > _LARGEST or not _HINT.search(text):
            return
        walked = False
        if text[:2] != "#!":
            parsed = parse_yaml(Source(text, scalar.source.file, scalar))
            for document in parsed.documents:
                if isinstance(document.root, (Mapping, Sequence)) and not _is_dashboard(document.root):
                    walked = True
                    inner = _Walk(self._depth + 1)
                    inner.object(document.root, kept_secret)
                    self.found += inner.found
        if not walked:
            self.found += _of_lines(scalar, kept_secret)

    def _encoded(self, data: Node) -> None:
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
                self.found.append(_whole(own[0].kind, own[0].what, name, value, any(one.certain for one in own)))
            elif worth is not None:
                self.found.append(_whole("password", "a credential", name, value, worth == "literal"))
            elif "\n" in text or text[:1] in ("{", "["):
                inner = _Walk(self._depth)
                inner._nested(Scalar(value.source, value.start, value.end, text), True)
                if inner.found:
                    certain = any(one.certain for one in inner.found)
                    self.found.append(_whole("password", "a credential", inner.found[0].name or name, value, certain))


def _holds_text(value: Scalar) -> bool:
    """Whether a value holds a text of its own: lines, or JSON."""
    text = value.text
    return ("\n" in text or text.lstrip()[:1] in ("{", "[")) and _is_text(value)


def _is_text(value: Scalar) -> bool:
    return value.tag is None or value.tag.startswith("tag:yaml.org,2002:str")


@lru_cache(maxsize=16384)
def _is_telling(name: str) -> bool:
    """Whether the name alone says that its value needs a look; the others promise no credential."""
    return name == "value" or _promises(name) or _is_name_of_key(name)


def _name_of_value(node: Mapping, given: Scalar) -> str:
    """The name of `name: …, value: …`, as environments, parameters and headers write them; "" where there is none."""
    if get(node, "value") is not given:
        return ""
    for field in _NAMED:
        name = text_of(get(node, field))
        if name:
            return name.rpartition(".")[2] if "." in name and "/" not in name else name
    return ""


def _is_name_here(node: Mapping, name: str) -> bool:
    """Whether the value says under which key something is kept (`secretKey` of an ExternalSecret), not the thing."""
    if not _is_name_of_key(name):
        return False
    keys = {(text_of(key) or "").lower() for key, _ in pairs(node)}
    return not any(key.replace("_", "").startswith("accesskey") for key in keys)


def _is_name_of_key(name: str) -> bool:
    return name.lower().replace("_", "").replace("-", "") in ("secretkey", "tokenkey")


def _of_lines(scalar: Scalar, kept_secret: bool) -> Iterator[Credential]:
    for name, start, end in telling_assignments(scalar.text):
        worth = _worth(name, scalar.text[start:end], kept_secret)
        if worth is not None and not _is_code(scalar.text[start:end]):
            yield _credential(name, scalar, start, end, worth == "literal")


def credentials_of_lines(source: Source) -> list[Credential]:
    """What the lines `NAME=VALUE` and `name: value` of a text give away."""
    found = []
    for name, start, end in telling_assignments(source.text):
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


def _promises(name: str) -> bool:
    """Whether a value under this name may be a credential: for all other names `_worth` is None."""
    return name == "auth" or _is_authorization(name) or name_strength(name) is not None


def _is_authorization(name: str) -> bool:
    return name.lower().rpartition("-")[2] == "authorization"


def _worth(name: str, text: str, kept_secret: bool) -> str | None:
    if _is_authorization(name):
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
