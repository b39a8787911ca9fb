"""From parameter sets to Applications: templates, overrides, patches, and what the controller adds."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from typing import Any

import pytest

from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.model.resource import Resource, identity_of
from gitops_lint.simulate.applicationset.generate import GeneratedSet, generated
from gitops_lint.simulate.applicationset.params import ParamSet, Yield
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source, children
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import Plain, get, plain
from gitops_lint.text.span import Place

HEAD = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shop, namespace: argocd}
spec:
  generators: [{list: {elements: [{name: eu}]}}]
"""
TEMPLATE = """\
  template:
    metadata:
      name: shop-{{name}}
    spec:
      project: default
      source: {repoURL: https://git.example.com/a.git, path: apps, targetRevision: main}
      destination: {server: https://kubernetes.default.svc, namespace: shop}
"""
SPEC: dict[str, Any] = {
    "project": "default",
    "source": {"repoURL": "https://git.example.com/a.git", "path": "apps", "targetRevision": "main"},
    "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
}
FINALIZERS = ["resources-finalizer.argocd.argoproj.io"]


def tree(text: str) -> Mapping:
    root = parse_yaml(Source(text, "shop.yaml")).documents[0].root
    assert isinstance(root, Mapping)
    return root


def applicationset(text: str) -> Resource:
    root = tree(text)
    identity = identity_of(root)
    assert identity is not None
    return Resource(identity, "shop.yaml", 0, root)


def rendered(body: str, *values: MappingOf[str, Value], override: str | None = None, head: str = HEAD) -> GeneratedSet:
    appset = applicationset(head + body)
    made = tuple(ParamSet(one, appset.root, Place("shop.yaml", 7, 8)) for one in values or ({"name": "eu"},))
    return generated(appset, [Yield(made, tree(override) if override is not None else None)])


def manifest(body: str, values: MappingOf[str, Value] | None = None, override: str | None = None) -> dict[str, Plain]:
    made = rendered(body, {"name": "eu"} if values is None else values, override=override)
    assert made.error is None
    root = plain(made.applications[0].root)
    assert isinstance(root, dict)
    return root


def spec_of(template: str, override: str) -> Plain:
    """What one field of `spec` comes to; template and override: the field in YAML, "" for none."""
    written = f"  template: {{metadata: {{name: a}}, spec: {{{template}}}}}\n"
    return manifest(written, override=f"{{metadata: {{}}, spec: {{{override}}}}}")["spec"]


# ---- what an Application holds


def test_an_application_has_the_name_of_its_set_the_namespace_of_the_applicationset_and_a_finalizer() -> None:
    assert manifest(TEMPLATE) == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "shop-eu", "namespace": "argocd", "finalizers": FINALIZERS},
        "spec": SPEC,
    }


def test_a_namespace_in_the_template_is_replaced() -> None:
    made = manifest(TEMPLATE.replace("name: shop-{{name}}", "name: a\n      namespace: '{{name}}'"))

    assert made["metadata"] == {"name": "a", "namespace": "argocd", "finalizers": FINALIZERS}


def test_a_namespace_in_the_template_is_rendered_before_it_is_replaced() -> None:
    made = rendered(TEMPLATE.replace("name: shop-{{name}}", "name: a\n      namespace: '{{name}} {{'"))

    assert made.error is not None
    assert 'Cannot find end tag="}}"' in made.error.message


@pytest.mark.parametrize(
    ("metadata", "policy", "values", "finalizers"),
    [
        ("{name: a}", "{}", {"x": "y"}, FINALIZERS),
        ("{name: a, finalizers: []}", "{}", {"x": "y"}, FINALIZERS),
        ("{name: a, finalizers: [mine]}", "{}", {"x": "y"}, ["mine"]),
        ("{name: a}", "{preserveResourcesOnDeletion: true}", {"x": "y"}, None),
        ("{name: a}", "{preserveResourcesOnDeletion: false}", {"x": "y"}, FINALIZERS),
        ("{name: a, finalizers: [mine]}", "{preserveResourcesOnDeletion: true}", {"x": "y"}, ["mine"]),
        ("{name: a}", "{}", {}, None),  # nothing is done to a template without parameters
    ],
)
def test_the_default_finalizer(
    metadata: str, policy: str, values: MappingOf[str, Value], finalizers: list[str] | None
) -> None:
    made = manifest(f"  syncPolicy: {policy}\n  template: {{metadata: {metadata}, spec: {{}}}}\n", values)

    assert get_plain(made, "metadata", "finalizers") == finalizers


def get_plain(value: Plain, *keys: str) -> Plain:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def test_an_empty_set_leaves_tokens_as_known_text() -> None:
    made = rendered(TEMPLATE, {})
    name = made.applications[0].name

    assert name is not None
    assert (name.text, name.origin) == ("shop-{{name}}", made.applications[0].origin)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("project: p, unknown: 1", {"project": "p"}),
        ("project: p, source: null", {"project": "p"}),
        ("project: p, project: q", {"project": "q"}),
        ("source: {path: a, ksonnet: {}}", {"source": {"path": "a"}}),
        ("source: {helm: {valuesObject: {any: thing}}}", {"source": {"helm": {"valuesObject": {"any": "thing"}}}}),
        ("syncPolicy: {automated: {}}", {"syncPolicy": {"automated": {}}}),
    ],
)
def test_what_the_api_server_does_not_keep_is_dropped(written: str, known: Plain) -> None:
    assert manifest(f"  template: {{metadata: {{name: a, uid: b}}, spec: {{{written}}}}}\n")["spec"] == known


# ---- what is rendered


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("'{{n}}'", "3"),
        ("'{{ n }}-{{b}}'", "3-true"),
        ("'{{unknown}}'", "{{unknown}}"),
        ("'{{ unknown }}{{n}}'", "{{ unknown }}3"),
        ("3", 3),
        ("true", True),
        ("null", None),
        ("'{{empty}}'", ""),
    ],
)
def test_a_rendered_text_is_a_string(written: str, made: Plain) -> None:
    body = f"  template: {{metadata: {{name: a}}, spec: {{source: {{helm: {{valuesObject: {{x: {written}}}}}}}}}}}\n"
    values = manifest(body, {"n": "3", "b": "true", "empty": ""})["spec"]

    assert get_plain(values, "source", "helm", "valuesObject", "x") == made


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("{a: null, b: 1}", {"b": 1}),
        ("{a: {b: null}}", {"a": {}}),
        ("{a: [null, {b: null}]}", {"a": [None, {}]}),
        ("{'{{k}}': '{{k}}'}", {"key": "key"}),
        ("{'{{k}}': 1, key: 2}", {"key": 2}),
        ("{yes: on}", {"true": True}),
        ("{id: 123456789012345678}", {"id": 123456789012345680}),
        ("{id: 9007199254740993}", {"id": 9007199254740992}),
        ("{id: 9007199254740991}", {"id": 9007199254740991}),
        ("{id: -123456789012345678}", {"id": -123456789012345680}),
    ],
)
def test_free_form_values(written: str, made: Plain) -> None:
    body = f"  template: {{metadata: {{name: a}}, spec: {{source: {{helm: {{valuesObject: {written}}}}}}}}}\n"
    values = manifest(body, {"k": "key"})["spec"]

    assert get_plain(values, "source", "helm", "valuesObject") == made


def test_nulls_of_free_form_values_stay_where_nothing_is_rendered() -> None:
    body = "  template: {metadata: {name: a}, spec: {source: {helm: {valuesObject: {a: null}}}}}\n"

    assert get_plain(manifest(body, {}), "spec", "source", "helm", "valuesObject") == {"a": None}


def test_keys_of_labels_are_rendered_and_keys_of_fields_are_not() -> None:
    body = "  template: {metadata: {name: a, labels: {'{{k}}': '{{k}}'}}, spec: {'{{k}}': x, project: '{{k}}'}}\n"
    made = manifest(body, {"k": "env"})

    assert get_plain(made, "metadata", "labels") == {"env": "env"}
    assert made["spec"] == {"project": "env"}


def test_the_first_error_is_that_of_the_first_field_in_the_order_of_the_type() -> None:
    """The template is written in another order than the controller renders it in."""
    body = "  template: {spec: {project: '{{a}} {{p', source: {path: '{{a}} {{s'}}, metadata: {name: '{{a}} {{n'}}\n"
    made = rendered(body)

    assert made.error is not None
    assert 'starting from "n"' in made.error.message
    assert made.applications == ()


@pytest.mark.parametrize(
    ("mode", "values", "message"),
    [
        ("{goTemplate: true}", {"a": "b"}, "unrecognized option: missingkey=no"),
        ("{goTemplate: true}", {}, None),  # nothing is rendered
        ("{goTemplate: false}", {"a": "b"}, None),
    ],
)
def test_an_unknown_option_is_an_error_also_without_actions(
    mode: str, values: MappingOf[str, Value], message: str | None
) -> None:
    word = mode.strip("{}")
    made = rendered(
        f"  {word}\n  goTemplateOptions: ['missingkey=no']\n  template: {{metadata: {{name: a}}, spec: {{}}}}\n", values
    )

    if message is None:
        assert made.error is None
    else:
        assert made.error is not None
        assert made.error.message == message
        place = made.error.places[0]
        assert made.appset.root.source.text[place.start : place.end] == "missingkey=no"


def test_an_error_says_where_the_token_and_the_element_are_written() -> None:
    body = TEMPLATE.replace("name: shop-{{name}}", "name: 'a{{name}} {{b'")
    made = rendered(body)
    text = HEAD + body

    assert made.error is not None
    assert [text[one.start : one.end] for one in made.error.places] == ["{{", text[7:8]]


# ---- provenance


def test_a_rendered_scalar_is_written_where_the_template_has_it() -> None:
    made = rendered(TEMPLATE).applications[0]
    name = made.name

    assert name is not None
    assert name.source.text[name.start : name.end] == "shop-{{name}}"
    assert name.origin is made.origin
    assert made.origin.maker == "ApplicationSet shop"
    assert made.origin.made_from == (Place("shop.yaml", 7, 8),)


def test_nodes_that_no_set_changes_are_shared() -> None:
    one, other = rendered(TEMPLATE, {"name": "eu"}, {"name": "us"}).applications

    assert get(one.root, "spec") is get(other.root, "spec")
    assert get(one.root, "metadata") is not get(other.root, "metadata")


def test_every_node_of_an_application_has_a_place_in_a_file() -> None:
    made = rendered("  templatePatch: 'metadata: {labels: {a: b}}'\n" + TEMPLATE).applications[0]

    def check(node: Node) -> None:
        source = node.source
        while source.inside is not None:
            source = source.inside.source
        assert source.file == "shop.yaml"
        assert 0 <= node.start <= node.end <= len(node.source.text)
        for child in children(node):
            check(child)

    check(made.root)


def test_the_places_of_a_matrix_are_those_of_its_parts() -> None:
    appset = applicationset(HEAD + TEMPLATE)
    first, second = Place("a.yaml", 1, 2), Place("b.yaml", 3, 4)
    parts = (ParamSet({}, appset.root, first), ParamSet({}, appset.root, second))
    made = generated(appset, [Yield((ParamSet({"name": "eu"}, appset.root, None, parts),))])

    assert made.applications[0].origin.made_from == (first, second)


def test_no_more_applications_are_made_than_the_limit_says() -> None:
    appset = applicationset(HEAD + TEMPLATE)
    sets = tuple(ParamSet({"name": str(n)}, appset.root, None) for n in range(5))
    made = generated(appset, [Yield(sets)], most=3)

    assert len(made.applications) == 3
    assert [one.why for one in made.unknown] == ["it yields more than 3 Applications together with those before it"]


# ---- the template of a generator


@pytest.mark.parametrize(
    ("template", "override", "made"),
    [
        ("project: a", "project: b", {"project": "b"}),
        ("project: a", "project: ''", {"project": "a"}),
        ("project: a", "", {"project": "a"}),
        ("", "project: b", {"project": "b"}),
        ("source: {path: a, chart: c}", "source: {path: b}", {"source": {"path": "b", "chart": "c"}}),
        (
            "syncPolicy: {automated: {prune: true}}",
            "syncPolicy: {automated: {prune: false}}",
            {"syncPolicy": {"automated": {"prune": True}}},
        ),
        ("revisionHistoryLimit: 3", "revisionHistoryLimit: 0", {"revisionHistoryLimit": 3}),
        ("info: [{name: a, value: b}]", "info: []", {"info": [{"name": "a", "value": "b"}]}),
        (
            "syncPolicy: {syncOptions: [A=true, B=true]}",
            "syncPolicy: {syncOptions: [C=true]}",
            {"syncPolicy": {"syncOptions": ["C=true"]}},
        ),
        (
            "source: {kustomize: {commonLabels: {a: '1', b: '2'}}}",
            "source: {kustomize: {commonLabels: {b: '3', c: '4'}}}",
            {"source": {"kustomize": {"commonLabels": {"b": "3", "c": "4", "a": "1"}}}},
        ),
        (
            "source: {kustomize: {commonLabels: {a: '1'}}}",
            "source: {kustomize: {commonLabels: {a: ''}}}",
            {"source": {"kustomize": {"commonLabels": {"a": "1"}}}},
        ),
        (
            "source: {helm: {valuesObject: {a: 1}}}",
            "source: {helm: {valuesObject: {b: 2}}}",
            {"source": {"helm": {"valuesObject": {"b": 2}}}},
        ),
        ("destination: {name: a}", "destination: {server: b}", {"destination": {"server": "b", "name": "a"}}),
        ("sources: [{path: a}]", "source: {path: b}", {"source": {"path": "b"}, "sources": [{"path": "a"}]}),
    ],
)
def test_what_is_empty_in_the_template_of_a_generator_is_filled(template: str, override: str, made: Plain) -> None:
    assert spec_of(template, override) == made


def test_labels_of_both_templates_are_joined() -> None:
    body = "  template: {metadata: {name: a, labels: {a: '1', b: '2'}}, spec: {}}\n"
    made = manifest(body, override="{metadata: {name: 'b-{{name}}', labels: {b: '3'}}, spec: {}}")

    assert get_plain(made, "metadata", "name") == "b-eu"
    assert get_plain(made, "metadata", "labels") == {"b": "3", "a": "1"}


# ---- templatePatch


def patched(patch: str, template: str = TEMPLATE) -> dict[str, Plain]:
    lines = "".join(f"    {line}\n" for line in patch.splitlines())
    return manifest(f"  templatePatch: |\n{lines}{template}")


def refused(patch: str, template: str = TEMPLATE) -> str:
    lines = "".join(f"    {line}\n" for line in patch.splitlines())
    made = rendered(f"  templatePatch: |\n{lines}{template}")
    assert made.error is not None
    return made.error.message


@pytest.mark.parametrize(
    ("patch", "spec"),
    [
        ("{}", SPEC),
        ("# nothing", SPEC),
        ("spec: {source: {path: '{{name}}'}}", {**SPEC, "source": {**SPEC["source"], "path": "eu"}}),
        ("spec: {destination: null}", {**SPEC, "destination": {}}),
        ("spec: {destination: {namespace: null}}", {**SPEC, "destination": {"server": SPEC["destination"]["server"]}}),
        ("spec: {source: {$patch: replace, path: b}}", {**SPEC, "source": {"path": "b"}}),
        ("spec: {source: {$patch: delete}}", {**SPEC, "source": {}}),
        ("spec: {project: other}", SPEC),
        ("spec:", {"project": "default", "destination": {}}),
        ("spec: {syncPolicy: {automated: {}, retry: null}}", {**SPEC, "syncPolicy": {"automated": {}}}),
        ("spec: {unknown: 1}", SPEC),
        ("status: {sync: {}}", SPEC),
        ('{"spec": {"revisionHistoryLimit": 3}}', {**SPEC, "revisionHistoryLimit": 3}),
        ("spec: {source: {$retainKeys: [path], path: b}}", {**SPEC, "source": {"path": "b"}}),
    ],
)
def test_a_patch_is_merged_into_the_spec(patch: str, spec: Plain) -> None:
    assert patched(patch)["spec"] == spec


def test_lists_are_replaced() -> None:
    template = TEMPLATE.replace(
        "source: {", "syncPolicy: {syncOptions: [A=true]}\n      source: {helm: {valueFiles: [a]}, "
    )
    made = patched("spec: {syncPolicy: {syncOptions: [B=true]}, source: {helm: {valueFiles: [b, c]}}}", template)

    assert get_plain(made, "spec", "syncPolicy", "syncOptions") == ["B=true"]
    assert get_plain(made, "spec", "source", "helm", "valueFiles") == ["b", "c"]


@pytest.mark.parametrize(
    ("written", "patch", "finalizers"),
    [
        ("[a]", "[b]", ["b", "a"]),
        ("[a, b]", "[b]", ["a", "b"]),
        ("[a, b, c]", "[d, b]", ["d", "a", "b", "c"]),
        ("[]", "[b]", ["b", *FINALIZERS]),
    ],
)
def test_finalizers_of_a_patch_are_added(written: str, patch: str, finalizers: list[str]) -> None:
    template = TEMPLATE.replace("name: shop-{{name}}", f"name: a\n      finalizers: {written}")

    assert get_plain(patched(f"metadata: {{finalizers: {patch}}}", template), "metadata", "finalizers") == finalizers


def test_finalizers_can_be_deleted() -> None:
    made = patched(f"metadata: {{$deleteFromPrimitiveList/finalizers: [{FINALIZERS[0]}]}}")

    assert get_plain(made, "metadata", "finalizers") == []


def test_a_patch_may_change_the_name_and_not_the_namespace() -> None:
    made = patched("metadata: {name: '{{name}}-b', namespace: elsewhere, labels: {a: b}}")

    assert made["metadata"] == {"name": "eu-b", "namespace": "argocd", "finalizers": FINALIZERS, "labels": {"a": "b"}}


def test_an_operation_in_a_patch_is_taken() -> None:
    assert patched("operation: {sync: {revision: main}}")["operation"] == {"sync": {"revision": "main"}}


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ("spec: [a", "error while converting template to json"),
        ("- a", 'invalid templatePatch "- a": json: cannot unmarshal array into Go value of type v1alpha1.Application'),
        ("just text", "json: cannot unmarshal string into Go value of type v1alpha1.Application"),
        (
            "spec: {source: text}",
            "cannot unmarshal string into Go struct field Application.spec.source of type v1alpha1",
        ),
        ("spec: {project: 3}", "cannot unmarshal number into Go struct field Application.spec.project of type string"),
        (
            "spec: {syncPolicy: {automated: {prune: 'true'}}}",
            "cannot unmarshal string into Go struct field Application.spec.syncPolicy.automated.prune of type bool",
        ),
        ("spec: {revisionHistoryLimit: 1.5}", "cannot unmarshal number 1.5 into Go struct field"),
        ("metadata: {labels: {a: 1}}", "cannot unmarshal number into Go struct field Application.metadata.labels.a"),
        ("{{- if x }}\nspec: {}", "invalid templatePatch"),
        ("{spec: {}}", "invalid templatePatch"),  # what begins with a brace is JSON
        ("spec: {source: {$patch: merge}}", "unknown patch type: merge"),
        ("spec: {source: {$retainKeys: [path], chart: c}}", "invalid patch format of retainKeys"),
    ],
)
def test_a_patch_that_is_no_application_stops_everything(patch: str, message: str) -> None:
    assert message in refused(patch)


@pytest.mark.parametrize(
    ("patch", "refusal"),
    [
        ("{a: 2}", ""),
        ("{new: {x: 1}}", ""),
        ("{b: {c: 2}}", 'unable to find api field in struct RawExtension for the json field "b"'),
        ("{l: [2]}", 'unable to find api field in struct RawExtension for the json field "l"'),
        ("{$patch: replace, b: {c: 2}}", ""),
    ],
)
def test_a_patch_cannot_go_into_maps_and_lists_of_free_form_values(patch: str, refusal: str) -> None:
    """Source: apimachinery strategicpatch: it looks the field up in the Go struct, which RawExtension has no fields for."""
    template = TEMPLATE.replace("source: {", "source: {helm: {valuesObject: {a: 1, b: {c: 1}, l: [1]}}, ")
    whole = f"spec: {{source: {{helm: {{valuesObject: {patch}}}}}}}"

    if refusal:
        assert refusal in refused(whole, template)
    else:
        assert get_plain(patched(whole, template), "spec", "source", "helm", "valuesObject") is not None


def test_text_of_a_patch_lies_inside_the_patch() -> None:
    made = rendered("  templatePatch: |\n    metadata: {labels: {a: '{{name}}'}}\n" + TEMPLATE).applications[0]
    label = get(get(get(made.root, "metadata"), "labels"), "a")

    assert isinstance(label, Scalar)
    assert (label.text, label.source.exact) == ("eu", False)
    assert label.source.inside is not None
    assert label.source.inside.text.startswith("metadata:")


def names(made: GeneratedSet) -> SequenceOf[str]:
    return [one.name.text if one.name is not None else "" for one in made.applications]


def test_applications_come_in_the_order_of_the_sets() -> None:
    assert names(rendered(TEMPLATE, {"name": "b"}, {"name": "a"})) == ["shop-b", "shop-a"]


def test_an_applicationset_without_a_template_generates_nothing() -> None:
    assert rendered("  goTemplate: false\n").applications == ()


def test_a_list_that_holds_tokens_is_made_for_each_set() -> None:
    body = "  template: {metadata: {name: a}, spec: {source: {helm: {valueFiles: [a.yaml, '{{name}}.yaml']}}}}\n"
    one, other = rendered(body, {"name": "eu"}, {"name": "us"}).applications
    lists = [get(get(get(get(each.root, "spec"), "source"), "helm"), "valueFiles") for each in (one, other)]

    assert [plain(each) for each in lists] == [["a.yaml", "eu.yaml"], ["a.yaml", "us.yaml"]]
    assert all(isinstance(each, Sequence) for each in lists)
    first, second = (each.items if isinstance(each, Sequence) else [] for each in lists)
    assert first[0] is second[0]


def test_applications_that_hold_too_much_are_not_all_made() -> None:
    """A megabyte in each of many Applications: memory has an end."""
    appset = applicationset(HEAD + TEMPLATE)
    sets = tuple(ParamSet({"name": "x" * 3_000_000}, appset.root, None) for _ in range(200))
    made = generated(appset, [Yield(sets)])

    assert 100 < len(made.applications) < 200
    assert made.error is None
    assert [one.why for one in made.unknown] == [
        "its Applications hold more than is followed here, together with those before it"
    ]
