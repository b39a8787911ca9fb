"""What an ApplicationSet says by itself: parameters its generators give, tokens, conflicts, printed values, patches."""

from __future__ import annotations

import pytest

from gitops_lint.dsl.world import Fact, Part
from gitops_lint.model.applicationset import entries_of, parameters_of
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary.applicationset_children import child_conflicts, merge_keys
from gitops_lint.policy.vocabulary.applicationset_templates import fixed_names, patch_mistakes
from gitops_lint.policy.vocabulary.applicationset_tokens import token_mistakes
from gitops_lint.policy.vocabulary.applicationset_values import changed_when_printed
from gitops_lint.policy.vocabulary.applicationsets import list_mistakes
from gitops_lint.repo.load import load_bytes
from gitops_lint.repo.role import MANIFEST
from gitops_lint.text.scalars import MISSING

GIT = "repoURL: https://h/r, revision: HEAD"


def appset(generators: str, *, go: bool = False, path: str = "apps", name: str = "x", more: str = "") -> Subject:
    head = "  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n" if go else ""
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: demo}\nspec:\n"
        f"{head}  generators: {generators}\n{more}"
        f"  template:\n    metadata: {{name: '{name}'}}\n    spec: {{source: {{path: '{path}'}}}}\n"
    )
    resource = load_bytes(text.encode(), "set.yaml", MANIFEST).resources[0]
    return Subject("ApplicationSet", {}, Context(Schemas(), {}), "set.yaml", 0, lambda: resource.root, resource)


def facts(found: object) -> list[Fact]:
    assert isinstance(found, (list, tuple))
    return [one for one in found if isinstance(one, Fact)]


@pytest.mark.parametrize(
    ("generator", "expected"),
    [
        ("{list: {elements: [{a: x, values: {b: y}}, {c: z}]}}", ["a", "c", "values.b"]),
        ("{clusters: {values: {v: w}}}", ["name", "nameNormalized", "project", "server", "values.v"]),
        ("{clusters: {flatList: true}}", ["clusters"]),
        (f"{{git: {{{GIT}, directories: [{{path: a}}]}}}}", ["path", "path.basename", "path.basenameNormalized"]),
        (
            f"{{git: {{{GIT}, pathParamPrefix: p, directories: [{{path: a}}]}}}}",
            ["p.path", "p.path.basename", "p.path.basenameNormalized"],
        ),
        ("{matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{b: y}]}}]}}", ["a", "b"]),
    ],
)
def test_parameters_that_are_known(generator: str, expected: list[str]) -> None:
    given = parameters_of(entries_of(appset(f"[{generator}]").root or MISSING)[0], go=False)

    assert (sorted(given.names), given.open) == (expected, False)


@pytest.mark.parametrize(
    "generator",
    [
        f"{{git: {{{GIT}, files: [{{path: a.json}}]}}}}",
        "{plugin: {configMapRef: {name: a}}}",
        "{list: {elementsYaml: '[]'}}",
        "{list: {elements: [{a: x, values: y}]}}",
        "{clusters: {}, list: {elements: [{a: x}]}}",
        "{clusters: }",
        "{list: {elements: [{'{{x}}': y}]}}",
    ],
)
def test_parameters_that_nobody_can_know(generator: str) -> None:
    assert parameters_of(entries_of(appset(f"[{generator}]").root or MISSING)[0], go=False).open


LIST = "[{list: {elements: [{name: a, team: b}]}}]"


@pytest.mark.parametrize(
    ("path", "go", "expected"),
    [
        ("{{name}}", False, []),
        ("{{nmae}}", False, [("unknown", "{{nmae}}")]),
        ("{{.name}}", False, [("go-syntax", "{{.name}}")]),
        ("{{ name | lower }}", False, [("go-syntax", "{{ name | lower }}")]),
        ("{{if x}}", False, [("go-syntax", "{{if x}}")]),
        ("{{name}}{{x", False, [("unclosed", "{{")]),
        ("{{.name}}", True, []),
        ("{{.nmae}}", True, [("unknown", ".nmae")]),
        ('{{ .nmae | default "x" }}', True, [("unknown", ".nmae")]),
        ('{{ dig "nmae" "x" . }}', True, []),
        ("{{name}}", True, [("plain-name", "{{name}}")]),
        ("{{ if .x }}{{ .x }}{{ end }}", True, []),
    ],
)
def test_tokens(path: str, go: bool, expected: list[tuple[str, str]]) -> None:
    found = facts(token_mistakes(appset(LIST, go=go, path=path, name="{{.name}}" if go else "{{name}}")))

    assert [(one.ask("problem"), one.ask("text")) for one in found] == expected
    for one in found:
        assert isinstance(one.at, Part)
        assert one.at.scalar.text[one.at.start : one.at.end] == one.ask("text")


def test_the_first_child_of_a_matrix_is_not_rendered_and_the_second_is() -> None:
    clusters = "{clusters: {selector: {matchLabels: {env: '{{name}}'}}}}"
    elements = "{list: {elements: [{name: a}]}}"
    reversed_ = appset(f"[{{matrix: {{generators: [{clusters}, {elements}]}}}}]")
    right = appset(f"[{{matrix: {{generators: [{elements}, {clusters}]}}}}]")

    assert [one.ask("problem") for one in facts(token_mistakes(reversed_))] == ["unrendered"]
    assert facts(token_mistakes(right)) == []


def test_the_second_child_sees_the_first_ones_parameters_only() -> None:
    git = f"{{git: {{{GIT}, directories: [{{path: '{{{{nmae}}}}/*'}}]}}}}"
    found = facts(
        token_mistakes(appset(f"[{{matrix: {{generators: [{{list: {{elements: [{{name: a}}]}}}}, {git}]}}}}]"))
    )

    assert [(one.ask("problem"), one.ask("name")) for one in found] == [("unknown", "nmae")]


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("{a: '1', b: x}", []),
        ("{a: 1}", [("value", "a", "a number")]),
        ("{a: true}", [("value", "a", "a boolean")]),
        ("{a: yes}", [("value", "a", "a boolean")]),
        ("{a: }", [("value", "a", "null")]),
        ("{a: [x]}", [("value", "a", "a list")]),
        ("{a: 2001-12-14}", []),
        ("{a: 1.2.3}", []),
        ("{values: {b: 1}}", [("inner", "values.b", "a number")]),
        ("{values: x}", [("values", "values", "text")]),
        ("x", [("element", "", "text")]),
        ("'{{x}}'", []),
    ],
)
def test_list_elements_without_gotemplate(element: str, expected: list[tuple[str, str, str]]) -> None:
    found = facts(list_mistakes(appset(f"[{{list: {{elements: [{element}]}}}}]")))

    assert [(one.ask("problem"), one.ask("key"), one.ask("type")) for one in found] == expected


def test_list_elements_with_gotemplate_are_of_any_type() -> None:
    assert facts(list_mistakes(appset("[{list: {elements: [{a: 1, b: [x]}]}}]", go=True))) == []


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("1.10", "1.1"),
        ("1000000", "1e+06"),
        ("123456789012", "1.23456789012e+11"),
        ("0755", "493"),
        ("on", "true"),
        ("~", "<no value>"),
        ("3", None),
        ("100000.5", None),
        ("'1.10'", None),
        ("1.2.3", None),
        ("0.0001", None),
    ],
)
def test_values_as_go_prints_them(written: str, printed: str | None) -> None:
    found = facts(
        changed_when_printed(appset(f"[{{list: {{elements: [{{v: {written}}}]}}}}]", go=True, path="{{ .v }}"))
    )

    assert [one.ask("printed") for one in found] == ([printed] if printed else [])


@pytest.mark.parametrize(
    ("generators", "several"),
    [
        ("[{list: {elements: [{a: x}, {a: y}]}}]", [True]),
        ("[{list: {elements: [{a: x}]}}]", [False]),
        ("[{clusters: {}}]", []),
        (f"[{{git: {{{GIT}, directories: [{{path: a/*}}]}}}}]", [True]),
        ("[{clusters: {flatList: true}}]", [False]),
        ("[{clusters: {selector: {matchLabels: {a: b}}}}]", []),
        ("[{list: {elements: [{a: x}, {a: y}]}, selector: {matchLabels: {a: x}}}]", []),
    ],
)
def test_names_without_parameters(generators: str, several: list[bool]) -> None:
    assert [one.ask("several") for one in facts(fixed_names(appset(generators)))] == several


def test_conflicts_need_values_that_differ() -> None:
    def matrix(first: str, second: str) -> Subject:
        return appset(f"[{{matrix: {{generators: [{first}, {second}]}}}}]")

    one, same, other = (f"{{list: {{elements: [{{name: {text}}}]}}}}" for text in ("a", "a", "b"))

    assert [fact.ask("name") for fact in facts(child_conflicts(matrix(one, other)))] == ["name"]
    assert facts(child_conflicts(matrix(one, same))) == []
    assert [fact.ask("name") for fact in facts(child_conflicts(matrix(one, "{clusters: {}}")))] == ["name"]


def test_merge_keys_are_looked_for_in_every_child() -> None:
    generators = "[{merge: {mergeKeys: [server, 'values.a'], generators: [{clusters: {}}, {clusters: {}}]}}]"
    plain = facts(merge_keys(appset(generators)))
    with_go = facts(merge_keys(appset(generators, go=True)))

    assert [(one.ask("name"), one.fields.get("child")) for one in plain] == [("server", None), ("values.a", 1)]
    assert [one.ask("nested") for one in with_go] == [False, True]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ("spec:", [("empty-spec", "spec")]),
        ("spec: {project: a}", [("project", "project")]),
        ("metadata: {namespace: a}", [("namespace", "namespace")]),
        ("spec: {syncPolicies: {}}", [("field", "syncPolicies")]),
        ("spec: {syncPolicy: {automated: {prune: {{ .p }}}}}", []),
        ("{{ if .x }}", []),
        ("spec: {source: {$patch: replace, path: b}}", []),
    ],
)
def test_patches(patch: str, expected: list[tuple[str, str]]) -> None:
    found = facts(patch_mistakes(appset(LIST, go=True, more=f"  templatePatch: |\n    {patch}\n")))
    covered = [one.at.scalar.text[one.at.start : one.at.end] for one in found if isinstance(one.at, Part)]

    assert list(zip([one.ask("problem") for one in found], covered, strict=True)) == expected
