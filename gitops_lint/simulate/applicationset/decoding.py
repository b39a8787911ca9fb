"""
What Go's `yaml.Unmarshal` makes of a text that is no manifest: a file of a git generator, `elementsYaml`. The words of go-yaml's
scanner are ours, those around them the library's.

Source: sigs.k8s.io/yaml yaml.go Unmarshal, yamlToJSONTarget; encoding/json.
"""

from __future__ import annotations

from gitops_lint.pattern import pattern
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Node, Scalar, Source, children
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import UNKNOWN, Plain, typed

# what our parser reads on at, and go-yaml or the way to JSON does not
_SUSPICIOUS = pattern(r"!|\.(?:inf|Inf|INF|nan|NaN|NAN)\b|\\/")
_SLASH = pattern(r"(?<!\\)(?:\\\\)*\\/")
_REFUSED = ("unquoted-template", "unknown-escape", "null-key", "complex-key", "merge-value")


class DecodeError(Exception):
    """A text that is no YAML. start, end: offsets of the mistake in it."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


def first_document(source: Source) -> Node | None:
    """The root of the first document, the only one that is read; None for an empty text. Raises DecodeError."""
    parsed = parse_yaml(source)
    document = next((one for one in parsed.documents if one.number == 0), None)
    mistakes = [one for one in parsed.mistakes if one.document == 0]
    wrong = next((one for one in mistakes if document is None or _is_refused(one, source.text)), None)
    if wrong is not None:
        raise DecodeError(f"error converting YAML to JSON: yaml: {wrong.message}", wrong.start, wrong.end)
    if document is None or document.root is None:
        return None
    if _SUSPICIOUS.search(source.text):
        _check_scalars(document.root)
    return document.root


def _is_refused(mistake: Mistake, text: str) -> bool:
    if mistake.kind == "version-directive":
        written = text[mistake.start : mistake.end].split()
        return written[0] == "%YAML" and written[1:2] != ["1.1"]
    return mistake.kind in _REFUSED


def _check_scalars(root: Node) -> None:
    """Raises for the first scalar that is no value of JSON, not of the type that its tag says, or with an escape of JSON alone."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Scalar):
            waiting += reversed(children(node))
        elif typed(node) is UNKNOWN:
            message = (
                f"error converting YAML to JSON: cannot decode `{node.text}`{f' as a {node.tag}' if node.tag else ''}"
            )
            raise DecodeError(message, node.start, node.end)
        elif node.style == '"' and (escape := _SLASH.search(node.source.text, node.start, node.end)) is not None:
            message = "error converting YAML to JSON: yaml: found unknown escape character"
            raise DecodeError(message, escape.end() - 2, escape.end())


def not_of_type(value: Plain, wanted: str) -> str:
    """The words for a value that does not fit a Go type."""
    said = f"json: cannot unmarshal {json_kind(value)} into Go value of type {wanted}"
    return f"error unmarshaling JSON: while decoding JSON: {said}"


def json_kind(value: Plain) -> str:
    """What encoding/json calls a value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "number"
