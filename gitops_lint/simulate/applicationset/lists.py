"""The list generator: elements as written, and those of `elementsYaml`."""

from __future__ import annotations

from gitops_lint.languages.gotemplate.values import Value, of_plain
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet
from gitops_lint.simulate.applicationset.specs import Spec
from gitops_lint.simulate.applicationset.values import Mode
from gitops_lint.text.nodes import Node, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import Plain, get, items, plain
from gitops_lint.text.span import Place

_NOT_STRING = "error parsing value as string %!w(<nil>)"


def list_sets(spec: Spec, mode: Mode) -> list[ParamSet]:
    """
    One set for each element, in order. Raises GenerationError.

    Source: argo-cd applicationset/generators/list.go.
    """
    nodes = items(get(spec.node, "elements"))
    found = []
    for index, element in enumerate(spec.listed("elements")):
        place = _place(nodes[index]) if index < len(nodes) else None
        if element is None:
            # the API's type for free-form data keeps nothing of JSON's null
            message = "error unmarshling list element unexpected end of JSON input"
            raise GenerationError(message, spec.place("elements", index))
        if not isinstance(element, dict):
            said = f"json: cannot unmarshal {_json_kind(element)} into Go value of type map[string]interface {{}}"
            raise GenerationError(f"error unmarshling list element {said}", spec.place("elements", index))
        values = of_plain(element) if mode.go else _flat(spec, index, element)
        found.append(ParamSet(values, spec.node, place))
    yaml_text = spec.text("elementsYaml")
    if yaml_text:
        places = spec.place("elementsYaml")
        place = places[0] if places else None
        found += [ParamSet(values, spec.node, place) for values in _elements_of(yaml_text, spec)]
    return found


def _flat(spec: Spec, index: int, element: dict[str, Plain]) -> dict[str, Value]:
    """The parameters of an element for plain tokens: texts, and those of `values`."""
    found: dict[str, Value] = {}
    for key, value in element.items():
        if isinstance(value, str) and key != "values":
            found[key] = value
        elif key != "values":
            raise GenerationError(_NOT_STRING, spec.place("elements", index, key), _quote(key, value))
        elif not isinstance(value, dict):
            raise GenerationError("error parsing values map", spec.place("elements", index, key))
        else:
            for name, text in value.items():
                if not isinstance(text, str):
                    places = spec.place("elements", index, key, name)
                    raise GenerationError(_NOT_STRING, places, _quote(f"values.{name}", text))
                found[f"values.{name}"] = text
    return found


def _quote(name: str, value: Plain) -> str:
    if isinstance(value, bool | int | float):
        return f"`{name}` is no text: put it in quotes, or set `goTemplate: true`"
    return f"`{name}` is no text, and without `goTemplate: true` every value has to be one"


def _elements_of(text: str, spec: Spec) -> list[dict[str, Value]]:
    values = _read(text, spec)
    if values is None:
        return []
    if not isinstance(values, list):
        raise _undecoded(values, "[]map[string]interface {}", spec)
    found = []
    for one in values:
        if one is not None and not isinstance(one, dict):
            raise _undecoded(one, "map[string]interface {}", spec)
        found.append(of_plain(one or {}))
    return found


def _read(text: str, spec: Spec) -> Plain:
    parsed = parse_yaml(Source(text))
    if not parsed.starts:
        return None
    document = next((one for one in parsed.documents if one.number == 0), None)
    wrong = next((one for one in parsed.mistakes if one.document == 0), None)
    if document is None or (wrong is not None and wrong.kind == "unquoted-template"):
        said = f": {wrong.message}" if wrong is not None else ""
        message = f"error unmarshling decoded ElementsYaml error converting YAML to JSON: yaml{said}"
        raise GenerationError(message, spec.place("elementsYaml"))
    return plain(document.root) if document.root is not None else None


def _undecoded(value: Plain, wanted: str, spec: Spec) -> GenerationError:
    said = f"json: cannot unmarshal {_json_kind(value)} into Go value of type {wanted}"
    message = f"error unmarshling decoded ElementsYaml error unmarshaling JSON: while decoding JSON: {said}"
    return GenerationError(message, spec.place("elementsYaml"), "it has to be a list of mappings")


def _json_kind(value: Plain) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "number"


def _place(node: Node) -> Place | None:
    return Place(node.source.file, node.start, node.end) if node.source.file is not None else None
