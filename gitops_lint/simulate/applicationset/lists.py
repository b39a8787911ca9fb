"""The list generator: elements as written, and those of `elementsYaml`."""

from __future__ import annotations

from gitops_lint.languages.gotemplate.values import Value, of_plain
from gitops_lint.simulate.applicationset.decoding import DecodeError, first_document, json_kind, not_of_type
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet
from gitops_lint.simulate.applicationset.specs import Spec
from gitops_lint.simulate.applicationset.values import Mode
from gitops_lint.text.inside import place_of
from gitops_lint.text.nodes import Node, Scalar, Source, Unknown
from gitops_lint.text.scalars import MISSING, Plain, get, items, plain
from gitops_lint.text.span import Place

_UNDECODED = "error unmarshling decoded ElementsYaml"
_NOT_STRING = "error parsing value as string %!w(<nil>)"


def list_sets(spec: Spec, mode: Mode) -> list[ParamSet]:
    """
    One set for each element, in order. Raises GenerationError.

    Source: argo-cd applicationset/generators/list.go.
    """
    nodes = items(get(spec.node, "elements"))
    found = []
    for index, element in enumerate(spec.listed("elements")):
        place = place_of(nodes[index]) if index < len(nodes) else None
        if element is None:
            # the API's type for free-form data keeps nothing of JSON's null
            message = "error unmarshling list element unexpected end of JSON input"
            raise GenerationError(message, spec.place("elements", index))
        if not isinstance(element, dict):
            said = f"json: cannot unmarshal {json_kind(element)} into Go value of type map[string]interface {{}}"
            raise GenerationError(f"error unmarshling list element {said}", spec.place("elements", index))
        values = of_plain(element) if mode.go else _flat(spec, index, element)
        found.append(ParamSet(values, spec.node, place))
    text = spec.text("elementsYaml")
    return found + _sets_of(text, spec) if text else found


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


def _sets_of(text: str, spec: Spec) -> list[ParamSet]:
    """The elements of a text, as they are: nothing is checked or made flat."""
    written = get(spec.node, "elementsYaml")
    # with parameters filled in it is another text than the one that has places
    scalar = written if isinstance(written, Scalar) and written.text == text else None
    source = Source(text) if scalar is None else Source(text, scalar.source.file, scalar)
    whole = spec.place("elementsYaml")
    try:
        root = first_document(source)
    except DecodeError as error:
        places = _places(Unknown(source, error.start, error.end, "")) if scalar is not None else whole
        raise GenerationError(f"{_UNDECODED} {error.message}", places) from error
    values = plain(root) if root is not None else None
    if values is None:
        return []
    wanted = "[]map[string]interface {}"
    if not isinstance(values, list):
        raise _undecoded(values, wanted, whole)
    found = []
    for value, node in zip(values, items(root if root is not None else MISSING)):
        places = _places(node) if scalar is not None else whole
        if value is not None and not isinstance(value, dict):
            raise _undecoded(value, wanted.removeprefix("[]"), places)
        found.append(ParamSet(of_plain(value or {}), spec.node, places[0] if places else None))
    return found


def _undecoded(value: Plain, wanted: str, places: tuple[Place, ...]) -> GenerationError:
    message = f"{_UNDECODED} {not_of_type(value, wanted)}"
    return GenerationError(message, places, "it has to be a list of mappings")


def _places(node: Node) -> tuple[Place, ...]:
    found = place_of(node)
    return (found,) if found is not None else ()
