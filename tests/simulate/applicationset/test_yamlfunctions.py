"""`fromYaml` and `fromYamlArray`, as sigs.k8s.io/yaml reads."""

from __future__ import annotations

import pytest

from gitops_lint.languages.gotemplate import GoTemplateError, read
from gitops_lint.simulate.applicationset.yamlfunctions import APPLICATIONSET_FUNCTIONS

READ = (
    ("fromYaml", "a: 1\nb: [x, z]\nc: yes\n1: one", '{"1":"one","a":1,"b":["x","z"],"c":true}'),
    ("fromYaml", "", "{}"),
    ("fromYaml", "null", "{}"),
    ("fromYaml", "# nothing", "{}"),
    ("fromYaml", "a: 1\na: 2", '{"a":2}'),
    ("fromYaml", "a: &x {b: 1}\nc:\n  <<: *x\n  d: 010", '{"a":{"b":1},"c":{"b":1,"d":8}}'),
    ("fromYaml", "a: 2001-01-01\nb: 1e3\nc: '1'", '{"a":"2001-01-01","b":1000,"c":"1"}'),
    ("fromYaml", '{"a": {"b": null}}', '{"a":{"b":null}}'),
    ("fromYaml", "a: 1\n---\nb: 2", '{"a":1}'),
    ("fromYaml", "a: |\n  x\n  y\n", '{"a":"x\\ny\\n"}'),
    ("fromYamlArray", "- 1\n- {a: b}\n- ~", '[1,{"a":"b"},null]'),
    ("fromYamlArray", "", "[]"),
)
REFUSED = (
    ("fromYaml", "- 1", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}"),
    ("fromYaml", "x", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}"),
    ("fromYaml", "true", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal bool into Go value of type map[string]interface {}"),
    ("fromYamlArray", "a: 1", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go value of type []interface {}"),
    ("fromYamlArray", "12", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number into Go value of type []interface {}"),
    ("fromYaml", "a: .inf", "error converting YAML to JSON: json: unsupported value: .inf"),
    ("fromYaml", "a: [1", "error converting YAML to JSON: yaml: line 1: "),
    ("fromYaml", "a: 1\n b: 2", "error converting YAML to JSON: yaml: line 2: "),
    ("fromYaml", "a: *x", "error converting YAML to JSON: yaml: line 1: "),
    ("fromYaml", "~: 1", "error converting YAML to JSON: yaml: line 1: "),
    ("fromYaml", "a: {{ x }}", "error converting YAML to JSON: yaml: line 1: "),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), READ)
def test_a_text_is_read(name: str, text: str, expected: str) -> None:
    assert read(f"{{{{toJson ({name} .x)}}}}", APPLICATIONSET_FUNCTIONS).run({"x": text}) == expected


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_a_text_is_refused(name: str, text: str, message: str) -> None:
    with pytest.raises(GoTemplateError) as caught:
        read(f"{{{{{name} .x}}}}", APPLICATIONSET_FUNCTIONS).run({"x": text})

    assert caught.value.message.startswith(f"error calling {name}: {message}")


def test_what_to_yaml_writes_is_read_as_it_was() -> None:
    value = {"a": ["x", "1", 1.0, None, True, {"b": "line\nbreak\n", "": " y"}], "yes": "no", "n": 1e21}

    assert read("{{toJson (fromYaml (toYaml .))}}", APPLICATIONSET_FUNCTIONS).run(value) == (
        '{"a":["x","1",1,null,true,{"":" y","b":"line\\nbreak\\n"}],"n":1e+21,"yes":"no"}'
    )
