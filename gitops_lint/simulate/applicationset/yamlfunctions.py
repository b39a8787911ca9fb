"""
All functions of ApplicationSet templates: those of the language, and `fromYaml` and `fromYamlArray`, which need a reader of YAML.

Source: argo-cd applicationset/utils/template_functions.go (fromYAML, fromYAMLArray); sigs.k8s.io/yaml v1.6.0 yaml.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions import FUNCTIONS
from gitops_lint.languages.gotemplate.values import Value, of_plain
from gitops_lint.text.nodes import Mapping as MappingNode
from gitops_lint.text.nodes import Node, Scalar, Sequence, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.parsed import Parsed
from gitops_lint.text.scalars import UNKNOWN, plain, typed

_HARMLESS = frozenset(
    ("duplicate-key", "document-separator", "version-directive", "dropped-after-end", "template-file")
)
"""Mistakes that go-yaml does not see, or that lie behind the only document it reads."""
_TOO_LARGE = frozenset(("too-deep", "excessive-aliasing"))
_KINDS = {dict: "object", list: "array", str: "string", bool: "bool", float: "number", int: "number"}


def from_yaml(text: str) -> Value:
    """The mapping that a text holds, its numbers float64; nothing written is an empty one. Raises FunctionError."""
    return _read(text, dict, "map[string]interface {}")


def from_yaml_array(text: str) -> Value:
    """As `from_yaml`, for a list."""
    return _read(text, list, "[]interface {}")


def _read(text: str, wanted: type[dict[str, Value]] | type[list[Value]], go_type: str) -> Value:
    parsed = parse_yaml(Source(text))
    _refuse_mistakes(parsed)
    root = next((one.root for one in parsed.documents if one.number == 0), None)
    if root is None:
        return wanted()
    _refuse_values(root)
    value = plain(root)
    if value is None:
        return wanted()
    if not isinstance(value, wanted):
        raise FunctionError(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
            f"{_KINDS[type(value)]} into Go value of type {go_type}"
        )
    return of_plain(value)


def _refuse_mistakes(parsed: Parsed) -> None:
    for mistake in parsed.mistakes:
        if mistake.document != 0 or mistake.kind in _HARMLESS:
            continue
        if mistake.kind in _TOO_LARGE:
            raise BeyondLimitError(mistake.message, 0, 0)
        line = parsed.source.position(mistake.start).line
        raise FunctionError(f"error converting YAML to JSON: yaml: line {line}: {mistake.message}")


def _refuse_values(root: Node) -> None:
    """Numbers that JSON does not have, and texts that are not what their tag says."""
    left = [root]
    while left:
        node = left.pop()
        if isinstance(node, Scalar):
            if typed(node) is UNKNOWN:
                raise FunctionError(f"error converting YAML to JSON: json: unsupported value: {node.text}")
        elif isinstance(node, MappingNode | Sequence):
            left.extend(node.items)


APPLICATIONSET_FUNCTIONS: Mapping[str, Function] = {
    **FUNCTIONS,
    "fromYaml": Function("fromYaml", from_yaml, ("string",)),
    "fromYamlArray": Function("fromYamlArray", from_yaml_array, ("string",)),
}
"""What a template is read with: `read(text, APPLICATIONSET_FUNCTIONS, options)`."""
