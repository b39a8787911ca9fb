"""Matrix and merge: how sets are combined, what the second child sees, what fails."""

from __future__ import annotations

import pytest
from generating import URL, around, cluster, expand, fails, said_of, sets, unknown

from gitops_lint.languages.gotemplate.values import StringMap
from gitops_lint.simulate.applicationset.flatten import go_json
from gitops_lint.simulate.applicationset.matrix import CombineError, overridden


def matrix(first: str, second: str) -> str:
    return f"- matrix:\n    generators:\n      - {first}\n      - {second}"


def merge(keys: str, *children: str) -> str:
    return f"- merge:\n    mergeKeys: [{keys}]\n    generators:\n" + "\n".join(f"      - {one}" for one in children)


def listed(*elements: str) -> str:
    return f"list: {{elements: [{', '.join(elements)}]}}"


# ---- matrix


def test_the_first_child_is_the_outer_loop() -> None:
    text = matrix(listed("{a: '1'}", "{a: '2'}"), listed("{b: x}", "{b: w}"))

    assert sets(text) == [{"a": "1", "b": "x"}, {"a": "1", "b": "w"}, {"a": "2", "b": "x"}, {"a": "2", "b": "w"}]


def test_a_set_knows_the_two_that_made_it() -> None:
    (only,) = expand(matrix(listed("{a: '1'}"), listed("{b: x}")))
    (made,) = only.sets

    assert [dict(one.values) for one in made.parts] == [{"a": "1"}, {"b": "x"}]
    assert made.element is None
    assert all(one.element is not None for one in made.parts)


@pytest.mark.parametrize(("go", "token"), [(False, "{{env}}"), (True, "{{.env}}")])
def test_the_second_child_is_filled_in_with_the_first(go: bool, token: str) -> None:
    here = around(clusters=[cluster("a", env="dev"), cluster("b", env="prod")])
    text = matrix(listed("{env: dev}", "{env: prod}"), f"clusters: {{selector: {{matchLabels: {{env: '{token}'}}}}}}")

    assert [(one["env"], one["name"]) for one in sets(text, here, go=go)] == [("dev", "a"), ("prod", "b")]


def test_keys_of_the_second_child_are_filled_in_as_well() -> None:
    text = matrix(listed("{a: x}"), listed("{'{{a}}-key': '{{ a }}{{nope}}'}"))

    assert sets(text) == [{"a": "x", "x-key": "x{{nope}}"}]


def test_nulls_vanish_where_something_is_filled_in() -> None:
    assert sets(matrix(listed("{a: x}"), listed("{b: null, c: w}"))) == [{"a": "x", "c": "w"}]
    assert sets(matrix(listed("{a: x}"), listed("{b: null}")), go=True) == [{"a": "x"}]
    # nothing is filled in with a set without parameters
    assert fails(matrix(listed("{}"), listed("{b: null}"))).message == "error parsing value as string %!w(<nil>)"


def test_elements_may_be_a_parameter_of_the_first_child() -> None:
    text = matrix(listed("{items: [{b: '1'}, {b: '2'}]}"), "list: {elementsYaml: '{{ .items | toJson }}'}")

    assert [one["b"] for one in sets(text, go=True)] == ["1", "2"]


def test_files_of_the_second_child_may_be_named_by_the_first() -> None:
    here = around({"apps/a/x.yaml": "k: 1", "apps/b/x.yaml": "k: 2"})
    git = f"git: {{repoURL: {URL}, revision: HEAD, files: [{{path: 'apps/{{{{dir}}}}/x.yaml'}}]}}"

    assert [(one["dir"], one["k"]) for one in sets(matrix(listed("{dir: b}", "{dir: a}"), git), here)] == [
        ("b", "2"),
        ("a", "1"),
    ]


def test_values_of_the_second_child_ask_the_first_and_then_their_own_set() -> None:
    here = around(clusters=[cluster("c", env="dev")])
    values = "{app: '{{.app}}', own: '{{.name}}'}"
    text = matrix(listed("{app: web}"), f"clusters: {{selector: {{matchLabels: {{env: dev}}}}, values: {values}}}")

    assert [one["values"] for one in sets(text, here, go=True, options="missingkey=error")] == [
        {"app": "web", "own": "c"}
    ]


def test_one_entry_of_values_cannot_ask_both() -> None:
    here = around(clusters=[cluster("c", env="dev")])
    text = matrix(listed("{app: web}"), "clusters: {values: {both: '%s'}}")
    error = fails(text % "{{.app}}-{{.name}}", here, go=True, options="missingkey=error")

    assert 'map has no entry for key "app"' in error.message
    assert [one["values.both"] for one in sets(text % "{{app}}-{{name}}", here)] == ["web-c", "web-in-cluster"]


def test_a_key_that_is_missing_in_the_first_child_fails_with_go_templates() -> None:
    text = matrix(listed("{a: x}"), listed("{b: '{{.nope}}'}"))
    error = fails(text, go=True, options="missingkey=error")

    assert error.message.startswith(
        "failed to replace parameters in generator: failed to deeply replace JSON field contents: failed to execute go template"
    )
    assert sets(text, go=True) == [{"a": "x", "b": "<no value>"}]


def test_different_values_of_a_key_fail_without_go_templates() -> None:
    text = matrix(listed("{name: a, x: '1'}"), listed("{x: '1'}", "{name: b}"))

    assert said_of(text) == (
        "failed to combine string maps with merging params for the matrix generator:"
        " found duplicate key name with different value, a: a ,b: b",
        "{name: b}",
    )


def test_with_go_templates_the_first_child_wins_and_maps_are_merged() -> None:
    text = matrix(listed("{name: a, deep: {x: 1, l: [1]}}"), listed("{name: b, deep: {w: 2, l: [2, 3]}, more: c}"))

    assert sets(text, go=True) == [{"name": "a", "deep": {"x": 1.0, "w": 2.0, "l": [1.0]}, "more": "c"}]


def test_without_go_templates_everything_becomes_text() -> None:
    text = matrix(listed("{a: x}"), "list: {elementsYaml: '[{count: 1000000, m: {k: [1, null]}}]'}")

    assert sets(text) == [{"a": "x", "count": "1e+06", "m": "map[k:[1 <nil>]]"}]


def test_a_map_of_strings_cannot_take_other_values() -> None:
    here = around(clusters=[cluster("c", env="dev")])
    values = "clusters: {selector: {matchLabels: {env: dev}}, values: {b: w}}"

    assert (
        "is not assignable to type string" in fails(matrix(listed("{values: {a: x}}"), values), here, go=True).message
    )
    assert [one["values"] for one in sets(matrix(values, listed("{values: {a: x}}")), here, go=True)] == [
        {"a": "x", "b": "w"}
    ]


@pytest.mark.parametrize(
    ("children", "message"),
    [
        ("[]", "found less than two generators, Matrix support only two"),
        ("[{list: {}}]", "found less than two generators, Matrix support only two"),
        ("[{list: {}}, {list: {}}, {list: {}}]", "found more than two generators, Matrix support only two"),
        ("[{list: {}, clusters: {}}, {list: {}}]", "found more than one generator in matrix.Generators"),
        ("[{lists: {}}, {list: {}}]", "child generator generated no parameters"),
        ("[{list: null}, {list: {}}]", "child generator generated no parameters"),
        ("[{list: {elements: [{a: b}]}}, {selector: {}}]", "child generator generated no parameters"),
    ],
)
def test_a_matrix_has_two_children_of_one_generator_each(children: str, message: str) -> None:
    assert fails(f"- matrix: {{generators: {children}}}").message == message


def test_the_second_child_is_not_looked_at_where_the_first_yields_nothing() -> None:
    assert sets("- matrix: {generators: [{list: {}}, {lists: {}}]}") == []


def test_what_a_child_does_not_know_the_matrix_does_not_know() -> None:
    other = "git: {repoURL: 'https://git.example.com/{{repo}}', revision: HEAD, directories: [{path: '*'}]}"
    text = matrix(listed("{repo: org/gitops}", "{repo: x}", "{repo: x}"), other)
    (found,) = expand(text, around({"a/b": ""}))

    assert [one.values["path"] for one in found.sets] == ["a"]
    assert len(found.unknown) == 1
    assert "https://git.example.com/x" in found.unknown[0].why


def test_a_matrix_is_bounded() -> None:
    text = matrix(listed(*(f"{{a: '{n}'}}" for n in range(9))), listed(*(f"{{b: '{n}'}}" for n in range(9))))

    assert unknown(text, around(most=80)) == ["it yields more than 80 parameter sets, the limit `limits.applications`"]
    assert len(sets(text, around(most=81))) == 81


# ---- merge


def test_later_children_override_sets_with_the_same_keys() -> None:
    text = merge(
        "name",
        listed("{name: a, x: '1'}", "{name: b, x: '1'}"),
        listed("{name: b, x: '2', w: q}", "{name: c}"),
        listed("{name: b, x: '3'}"),
    )

    assert sets(text) == [{"name": "a", "x": "1"}, {"name": "b", "x": "3", "w": "q"}]


def test_a_merged_set_knows_its_parts() -> None:
    (only,) = expand(merge("name", listed("{name: a}", "{name: b}"), listed("{name: b, x: '1'}")))

    assert [[dict(part.values) for part in one.parts] for one in only.sets] == [
        [{"name": "a"}],
        [{"name": "b"}, {"name": "b", "x": "1"}],
    ]


def test_with_go_templates_maps_are_merged_and_empty_values_override() -> None:
    text = merge(
        "name",
        listed("{name: a, deep: {x: 1, w: 1}, flag: true, l: [1]}"),
        listed("{name: a, deep: {w: 0}, flag: false, l: [], z: null}"),
    )

    assert sets(text, go=True) == [{"name": "a", "deep": {"x": 1.0, "w": 0.0}, "flag": False, "l": [], "z": None}]


def test_a_missing_key_counts_as_null() -> None:
    assert sets(merge("id", listed("{name: a}"), listed("{x: '1'}"))) == [{"name": "a", "x": "1"}]
    message, text = said_of(merge("id", listed("{name: a}", "{name: b}"), listed("{x: '1'}")))
    assert message.endswith('Duplicate key was {"id":null}')
    assert text == "{name: b}"


def test_keys_of_go_templates_are_not_paths() -> None:
    text = merge("values.id", listed("{values: {id: '1'}}"), listed("{values: {id: '2'}, x: w}"))

    assert sets(text, go=True) == [{"values": {"id": "2"}, "x": "w"}]
    assert sets(text) == [{"values.id": "1"}]


def test_a_number_is_not_its_text() -> None:
    assert sets(merge("id", listed("{id: 1}"), listed("{id: '1', x: w}")), go=True) == [{"id": 1.0}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- merge: {mergeKeys: [a], generators: [{list: {}}]}", "found less than two generators, Merge requires two or more"),
        (
            "- merge: {mergeKeys: [], generators: [{list: {}}, {list: {}}]}",
            "error getting param sets by merge key: no merge keys were specified, Merge requires at least one",
        ),
        (
            "- merge: {generators: [{list: {}}, {list: {}}]}",
            "error getting param sets by merge key: no merge keys were specified, Merge requires at least one",
        ),
        ("- merge: {mergeKeys: [a], generators: [{list: {}}, {git: null}]}", "child generator generated no parameters"),
    ],
)  # fmt: skip
def test_a_merge_needs_children_and_keys(text: str, message: str) -> None:
    assert fails(text).message == message


def test_children_of_a_merge_do_not_see_each_other() -> None:
    text = merge("name", listed("{name: a}"), listed("{name: '{{name}}', x: w}"))

    assert sets(text) == [{"name": "a"}]


def test_an_unknown_child_may_override_anything() -> None:
    text = merge("name", listed("{name: a}"), "plugin: {configMapRef: {name: x}}")

    assert [len(one.sets) for one in expand(text)] == [0]
    assert len(unknown(text)) == 1


# ---- values


def test_merging_leaves_both_as_they_are() -> None:
    base, by = {"a": {"x": 1.0}}, {"a": {"w": 2.0}}

    assert overridden(base, by) == {"a": {"x": 1.0, "w": 2.0}}
    assert (base, by) == ({"a": {"x": 1.0}}, {"a": {"w": 2.0}})


def test_a_merged_map_has_the_type_of_the_one_below() -> None:
    assert type(overridden({"a": StringMap(x="1")}, {"a": StringMap(w="2")})["a"]) is StringMap
    assert type(overridden({"a": {}}, {"a": StringMap(w="2")})["a"]) is dict
    assert type(overridden({}, {"a": StringMap(w="2")})["a"]) is StringMap
    assert overridden({"a": StringMap(x="1")}, {"a": {}}) == {"a": {"x": "1"}}
    with pytest.raises(CombineError):
        overridden({"a": StringMap(x="1")}, {"a": {"w": "2"}})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1.0, "a": None}, '{"a":null,"b":1}'),
        ([1.5, True, "é<&>"], '[1.5,true,"é\\u003c\\u0026\\u003e"]'),
        (1e21, "1e+21"),
    ],
)
def test_json_as_go_writes_it(value: object, text: str) -> None:
    assert go_json(value) == text
