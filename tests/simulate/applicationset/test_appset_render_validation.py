"""Names of generated Applications that the controller or the API server refuses."""

from __future__ import annotations

import pytest

from gitops_lint.model.resource import Resource, identity_of
from gitops_lint.simulate.applicationset.generate import GeneratedSet, generate
from gitops_lint.simulate.applicationset.surroundings import Surroundings
from gitops_lint.simulate.applicationset.validation import contested_names, name_problems
from gitops_lint.text.nodes import Mapping, Source
from gitops_lint.text.parse import parse_yaml


def generated(*names: str, appset: str = "shop", namespace: str = "argocd", template: str = "{{name}}") -> GeneratedSet:
    elements = ", ".join(f"{{name: '{name}'}}" for name in names)
    text = f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: {appset}, namespace: {namespace}}}
spec:
  generators: [{{list: {{elements: [{elements}]}}}}]
  template: {{metadata: {{name: '{template}'}}, spec: {{project: default}}}}
"""
    root = parse_yaml(Source(text, "shop.yaml")).documents[0].root
    assert isinstance(root, Mapping)
    identity = identity_of(root)
    assert identity is not None
    return generate(Resource(identity, "shop.yaml", 0, root), Surroundings())


@pytest.mark.parametrize(
    ("names", "problems"),
    [
        (["a", "b"], []),
        (["a.b-c.9"], []),
        (["a" * 253], []),
        ([""], [("missing", 1)]),
        (["a", "b", "a"], [("duplicate", 2)]),
        (["A"], [("invalid", 1)]),
        (["a_b"], [("invalid", 1)]),
        (["-a"], [("invalid", 1)]),
        (["a."], [("invalid", 1)]),
        (["a..b"], [("invalid", 1)]),
        (["a" * 254], [("invalid", 1)]),
        (["A", "A"], [("duplicate", 2)]),
    ],
)
def test_names_that_keep_applications_from_being_created(names: list[str], problems: list[tuple[str, int]]) -> None:
    assert [(one.kind, len(one.applications)) for one in name_problems(generated(*names))] == problems


def test_a_duplicate_is_told_in_the_controllers_words() -> None:
    (problem,) = name_problems(generated("a", "a"))

    assert problem.message == "ApplicationSet shop contains applications with duplicate name: a"


def test_two_applicationsets_of_one_namespace_contest_a_name() -> None:
    sets = [
        generated("a", "b", "b"),
        generated("b", appset="other"),
        generated("b", appset="third", namespace="elsewhere"),
    ]

    (contested,) = contested_names(sets)
    assert (contested.name, [one.appset.name for one, _ in contested.applications]) == ("b", ["shop", "other"])
