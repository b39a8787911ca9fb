"""The list generator, with plain tokens and with Go templates."""

from __future__ import annotations

import pytest
from generating import appset, covered, expand, said_of, sets

NOT_STRING = "error parsing value as string %!w(<nil>)"


def test_elements_of_texts_are_sets_in_order() -> None:
    assert sets("- list: {elements: [{cluster: a, url: x}, {cluster: b}]}") == [
        {"cluster": "a", "url": "x"},
        {"cluster": "b"},
    ]


def test_values_of_an_element_are_flat_names_without_go_templates() -> None:
    assert sets("- list: {elements: [{values: {env: dev, tier: '1'}}]}") == [{"values.env": "dev", "values.tier": "1"}]


def test_with_go_templates_elements_stay_nested_and_numbers_are_floats() -> None:
    (found,) = sets("- list: {elements: [{name: a, replicas: 3, ports: [80], values: {env: null}, on: yes}]}", go=True)

    assert found == {"name": "a", "replicas": 3.0, "ports": [80.0], "values": {"env": None}, "true": True}
    assert type(found["replicas"]) is float


def test_no_elements_are_no_sets() -> None:
    assert sets("- list: {elements: []}") == []
    assert sets("- list: {}") == []


def test_an_empty_element_is_a_set_without_parameters() -> None:
    assert sets("- list: {elements: [{}]}") == [{}]


@pytest.mark.parametrize(
    ("element", "message", "text"),
    [
        ("{name: a, n: 3}", NOT_STRING, "3"),
        ("{flag: true}", NOT_STRING, "true"),
        ("{none: null}", NOT_STRING, "none"),
        ("{many: [a]}", NOT_STRING, "[a]"),
        ("{deep: {a: b}}", NOT_STRING, "{a: b}"),
        ("{values: {n: 3}}", NOT_STRING, "3"),
        ("{values: text}", "error parsing values map", "text"),
        ("text", "error unmarshling list element json: cannot unmarshal string into Go value of type map[string]interface {}", "text"),
        ("7", "error unmarshling list element json: cannot unmarshal number into Go value of type map[string]interface {}", "7"),
        ("[a]", "error unmarshling list element json: cannot unmarshal array into Go value of type map[string]interface {}", "[a]"),
        ("null", "error unmarshling list element unexpected end of JSON input", "null"),
    ],
)  # fmt: skip
def test_plain_tokens_take_texts_alone(element: str, message: str, text: str) -> None:
    assert (message, text) == said_of(f"- list: {{elements: [{{name: ok}}, {element}]}}")


def test_a_set_knows_its_element() -> None:
    text = "- list: {elements: [{name: a}, {name: b}]}"
    (only,) = expand(text)

    assert [covered(appset(text), one.element) for one in only.sets if one.element] == ["{name: a}", "{name: b}"]


def test_elements_of_a_text_come_after_the_others_and_are_not_checked() -> None:
    text = """
- list:
    elements: [{name: a}]
    elementsYaml: |
      - {name: b, count: 3}
      - null
"""
    assert sets(text) == [{"name": "a"}, {"name": "b", "count": 3.0}, {}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b", "json: cannot unmarshal object into Go value of type []map[string]interface {}"),
        ("- a", "json: cannot unmarshal string into Go value of type map[string]interface {}"),
        ("'[a'", "error converting YAML to JSON: yaml"),
    ],
)
def test_a_text_of_elements_is_a_list_of_mappings(text: str, words: str) -> None:
    message, _ = said_of(f"- list:\n    elementsYaml: |\n      {text.strip(chr(39))}")

    assert message.startswith("error unmarshling decoded ElementsYaml ")
    assert words in message


@pytest.mark.parametrize("text", ["{{ x }}: b", "null: x", "[a]: b", "<<: text", '"\\/": b'])
def test_what_go_yaml_refuses_fails(text: str) -> None:
    message, _ = said_of(f"- list:\n    elementsYaml: |\n      - {text}")

    assert message.startswith("error unmarshling decoded ElementsYaml error converting YAML to JSON: yaml")


def test_an_element_of_a_text_has_its_place_in_it() -> None:
    text = "- list:\n    elementsYaml: |\n      - {name: b}\n      - name: c\n"
    (only,) = expand(text)

    assert [covered(appset(text), one.element) for one in only.sets if one.element] == ["{name: b}", "name: c"]
    assert said_of("- list:\n    elementsYaml: |\n      - {a: b}\n      - text\n")[1] == "text"
    assert said_of("- list:\n    elementsYaml: |\n      - {a: b}\n      - null: x\n")[1] == "null"
