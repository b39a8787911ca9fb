"""Entries of `generators`: which generators run, how deep they may stand, what a selector leaves, what is not known."""

from __future__ import annotations

import pytest
from generating import appset, around, cluster, covered, expand, fails, said_of, sets, unknown

from gitops_lint.simulate.applicationset.generators import mode_of, yields
from gitops_lint.text.nodes import Mapping, Origin, Source, Unknown


def test_generators_of_one_entry_run_in_the_order_of_gos_struct() -> None:
    text = "- clusters: {}\n  list: {elements: [{name: a}]}\n- list: {elements: [{name: b}]}"

    assert [[one.values["name"] for one in each.sets] for each in expand(text)] == [["a"], ["in-cluster"], ["b"]]


@pytest.mark.parametrize(
    "entry", ["{}", "{cluster: {}}", "{clusters: null}", "{selector: {}}", "{selector: {}, lists: {}}"]
)
def test_an_entry_without_a_known_generator_yields_nothing(entry: str) -> None:
    assert expand(f"- {entry}") == []


def test_a_yield_has_the_template_of_its_generator() -> None:
    text = "- list: {elements: [{a: b}], template: {metadata: {name: x}}}\n- list: {elements: []}"
    first, second = expand(text)

    assert isinstance(first.override, Mapping)
    assert appset(text).source.text[first.override.start : first.override.end] == "{metadata: {name: x}}"
    assert second.override is None


def test_templates_of_children_do_not_count_but_those_of_a_matrix_do() -> None:
    text = """
- matrix:
    template: {metadata: {name: own}}
    generators:
      - list: {elements: [{a: b}], template: {metadata: {name: child}}}
      - list: {elements: [{c: d}]}
"""
    (only,) = expand(text)

    assert only.override is not None
    assert "own" in appset(text).source.text[only.override.start : only.override.end]


# ---- nesting

LIST = "{list: {elements: [{%s: x}]}}"


def nested(depth: int) -> str:
    inner = LIST % f"k{depth}"
    for level in range(depth):
        inner = f"{{matrix: {{generators: [{LIST % f'k{level}'}, {inner}]}}}}"
    return f"- {inner}"


def test_two_levels_are_read() -> None:
    assert sets(nested(1)) == [{"k0": "x", "k1": "x"}]
    assert sets(nested(2)) == [{"k0": "x", "k1": "x", "k2": "x"}]


def test_a_third_level_is_dropped() -> None:
    assert fails(nested(3)).message == "child generator generated no parameters"


def test_selectors_work_on_every_level() -> None:
    chosen = "{list: {elements: [{a: '1'}, {a: '2'}]}, selector: {matchLabels: {a: '2'}}}"
    outer = f"{{matrix: {{generators: [{chosen}, {LIST % 'b'}]}}, selector: {{matchLabels: {{b: x}}}}}}"

    assert sets(f"- matrix: {{generators: [{outer}, {LIST % 'c'}]}}") == [{"a": "2", "b": "x", "c": "x"}]


# ---- selector


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("{}", ["a", "b", "c"]),
        ("{matchLabels: {env: dev}}", ["a"]),
        ("{matchLabels: {values.tier: '1'}}", ["b"]),
        ("{matchExpressions: [{key: env, operator: NotIn, values: [dev]}]}", ["b", "c"]),
        ("{matchExpressions: [{key: env, operator: Exists}]}", ["a", "b"]),
        ("{matchLabels: {url: 'https://x y'}}", ["c"]),
    ],
)
def test_a_selector_leaves_the_sets_that_fit(selector: str, names: list[str]) -> None:
    elements = "{name: a, env: dev}, {name: b, env: prod, values: {tier: '1'}}, {name: c, url: 'https://x y'}"

    assert [one["name"] for one in sets(f"- list: {{elements: [{elements}]}}\n  selector: {selector}")] == names


@pytest.mark.parametrize(
    ("key", "value", "names"),
    [
        ("count", "1e+06", ["a"]),
        ("count", "1000000", []),
        ("deep.flag", "true", ["a"]),
        ("deep.list.1", "y", ["a"]),
        ("none", "<nil>", ["a"]),
    ],
)
def test_nested_parameters_are_compared_as_text(key: str, value: str, names: list[str]) -> None:
    element = "{name: a, count: 1000000, deep: {flag: true, list: [x, 'y']}, none: null}"
    text = f"- list: {{elements: [{element}]}}\n  selector: {{matchLabels: {{{key}: '{value}'}}}}"

    assert [one["name"] for one in sets(text, go=True)] == names


def test_labels_of_clusters_can_be_selected_in_both_modes() -> None:
    here = around(clusters=[cluster("a", env="dev"), cluster("b", env="prod")])
    text = "- clusters: {}\n  selector: {matchLabels: {metadata.labels.env: prod}}"

    assert [[one["name"] for one in sets(text, here, go=go)] for go in (False, True)] == [["b"], ["b"]]


def test_a_selector_that_is_refused() -> None:
    text = "- list: {elements: [{a: b}]}\n  selector: {matchExpressions: [{key: 'path[0]', operator: Exists}]}"
    message, place = said_of(text)

    assert message.startswith('error parsing label selector: key: Invalid value: "path[0]": name part must consist of')
    assert place == "'path[0]'"


def test_the_selector_of_a_second_child_is_not_filled_in() -> None:
    child = "{list: {elements: [{b: x}, {b: z}]}, selector: {matchLabels: {b: '{{a}}'}}}"

    assert sets(f"- matrix: {{generators: [{{list: {{elements: [{{a: x}}]}}}}, {child}]}}") == []


# ---- mode


@pytest.mark.parametrize(
    ("written", "go", "options"),
    [
        ("goTemplate: true, goTemplateOptions: [missingkey=error]", True, ("missingkey=error",)),
        ("goTemplate: 'true'", False, ()),
        ("goTemplateOptions: [missingkey=error]", False, ()),
        ("goTemplate: false", False, ()),
    ],
)
def test_how_strings_are_filled_in(written: str, go: bool, options: tuple[str, ...]) -> None:
    from gitops_lint.text.parse import parse_yaml

    root = parse_yaml(Source(f"spec: {{{written}}}")).documents[0].root
    assert isinstance(root, Mapping)
    mode = mode_of(root)

    assert (mode.go, mode.options) == (go, options)


# ---- what is not known


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("text", "an entry of `generators` is not a mapping"),
        ("{list: []}", "`list` is not a mapping"),
        ("{list: {elements: {}}}", "`list.elements` is of a type that is refused"),
        ("{list: {elementsYaml: 3}}", "`list.elementsYaml` is of a type that is refused"),
        ("{clusters: {values: {a: 1}}}", "`clusters.values` is of a type that is refused"),
        ("{clusters: {selector: {matchLabels: {a: 1}}}}", "`clusters.selector` is of a type that is refused"),
        ("{git: {repoURL: u, revision: 1}}", "`git.revision` is of a type that is refused"),
        ("{git: {files: [a]}}", "`git.files` is of a type that is refused"),
        ("{list: {}, selector: {matchExpressions: {}}}", "`selector` is of a type that is refused"),
    ],
)
def test_what_the_api_server_refuses_is_not_known(entry: str, why: str) -> None:
    assert unknown(f"- {entry}") == [why]


def test_a_part_that_a_kustomization_changes_is_not_known() -> None:
    root = appset("- list: {elements: [{a: b}]}")
    spec = root.items[-1]
    assert isinstance(spec, Mapping)
    listed = spec.items[-1]
    entry = getattr(listed, "items")[0]  # noqa: B009 - a Sequence
    entry.items[1] = Unknown(root.source, 0, 0, "a patch changes it", Origin("patch"))

    assert [one.why for each in yields(root, around()) for one in each.unknown] == [
        "a part of the generator is not known: a patch changes it"
    ]


def test_all_generators_together_are_bounded() -> None:
    text = "- list: {elements: [{a: b}, {a: c}]}\n- list: {elements: [{a: d}]}"

    assert [len(one.sets) for one in expand(text, around(most=2))] == [2, 0]
    assert unknown(text, around(most=2)) == ["it yields more than 2 parameter sets, the limit `limits.applications`"]


def test_places_point_into_the_file() -> None:
    text = "- list: {elements: [{a: b}]}"
    (only,) = expand(text)

    assert covered(appset(text), only.sets[0].element) == "{a: b}" if only.sets[0].element else False
