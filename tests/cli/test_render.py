"""`gitops-lint render`, with the real pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

import gitops_lint
from gitops_lint.cli import main
from gitops_lint.shipped import folder as shipped

SHOP = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: shop
  namespace: argocd
spec:
  generators:
    - list:
        elements:
          - name: eu
            revision: "1.10"
          - name: us
            revision: main
  template:
    metadata:
      name: shop-{{name}}
    spec:
      project: default
      source:
        repoURL: https://git.example.com/a.git
        path: apps/{{name}}
        targetRevision: '{{revision}}'
      destination:
        server: https://kubernetes.default.svc
        namespace: shop
"""
EU = """\
---
# ApplicationSet argocd/shop, spec.generators[0]: apps/shop.yaml:10:13
# template: apps/shop.yaml:15:5
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop-eu
  namespace: argocd
  finalizers:
  - resources-finalizer.argocd.argoproj.io
spec:
  project: default
  source:
    repoURL: https://git.example.com/a.git
    path: apps/eu
    targetRevision: "1.10"
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
"""
BROKEN = SHOP.replace("name: shop\n", "name: broken\n").replace("apps/{{name}}", "apps/{{name}}/{{")
HOSTED = SHOP.replace("name: shop\n", "name: hosted\n").replace(
    SHOP[SHOP.index("    - list:") : SHOP.index("  template:")],
    "    - scmProvider: {github: {organization: example}, cloneProtocol: https}\n",
)
CONFIG = """\
root: true
generators:
  - generator: scmProvider
    applicationset: hosted
    parameters: [{name: web, revision: main}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "apps/shop.yaml", SHOP)
    write(tmp_path, ".gitops-lint.yaml", "root: true\n")
    return tmp_path


def write(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def answer(capsys: pytest.CaptureFixture[str], *args: str) -> Any:
    main(["render", "--format", "json", *args])
    return json.loads(capsys.readouterr().out)


def test_each_application_stands_under_where_it_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render"]) == 0
    out = capsys.readouterr().out

    assert out.startswith(EU)
    assert [one["metadata"]["name"] for one in yaml.safe_load_all(out)] == ["shop-eu", "shop-us"]


def test_json_is_as_its_schema_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((shipped("schemas") / "gitops-lint" / "render.json").read_text(encoding="utf-8"))
    write(folder, "apps/broken.yaml", BROKEN)
    write(folder, "apps/hosted.yaml", HOSTED)
    validator = jsonschema_rs.validator_for(schema, offline=True)

    for told in (answer(capsys), answer(capsys, "--set", "hosted"), answer(capsys, ".gitops-lint.yaml")):
        assert [error.message for error in validator.iter_errors(told)] == []


def test_json_says_what_each_application_was_made_from(capsys: pytest.CaptureFixture[str]) -> None:
    (told,) = answer(capsys)["applicationsets"]
    us = told["applications"][1]

    assert {key: told[key] for key in ("name", "namespace", "file", "line", "error", "unknown")} == {
        "name": "shop",
        "namespace": "argocd",
        "file": "apps/shop.yaml",
        "line": 1,
        "error": None,
        "unknown": [],
    }
    assert (us["kind"], us["metadata"]["name"], us["spec"]["source"]["path"]) == ("Application", "shop-us", "apps/us")
    assert told["origins"][1] == {
        "generator": "spec.generators[0]",
        "element": {"file": "apps/shop.yaml", "line": 12, "column": 13},
        "template": {"file": "apps/shop.yaml", "line": 15, "column": 5},
    }


def test_yaml_and_json_hold_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    main(["render"])
    printed = list(yaml.safe_load_all(capsys.readouterr().out))

    assert printed == answer(capsys)["applicationsets"][0]["applications"]


def test_an_error_is_told_in_the_controllers_words_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "apps/broken.yaml", BROKEN)

    assert main(["render", "apps/broken.yaml"]) == 1
    out, said = capsys.readouterr()
    assert out == ""
    assert said.splitlines()[0].startswith(
        "error: apps/broken.yaml:21:29: ApplicationSet `broken` generates nothing: invalid template: Cannot find end tag"
    )


def test_an_error_of_one_set_leaves_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "apps/broken.yaml", BROKEN)

    assert main(["render"]) == 1
    assert capsys.readouterr().out.startswith(EU)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("same", "the controller does not create any of the 2: ApplicationSet shop contains applications with duplicate name: same"),
        ("{{unknown}}", "the controller does not create any of the 2: ApplicationSet shop contains applications with duplicate name: {{unknown}}"),
        ("Shop-{{name}}", "the API server refuses it: a lowercase RFC 1123 subdomain must consist of"),
    ],
)  # fmt: skip
def test_what_is_generated_and_not_created_is_a_warning(
    name: str, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "apps/shop.yaml", SHOP.replace("shop-{{name}}", f"'{name}'"))

    assert main(["render"]) == 0
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith(
        f"warning: apps/shop.yaml:10:13: ApplicationSet `shop` generates an Application that is not created: {said}"
    )


def test_what_cannot_be_known_is_a_note(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "apps/hosted.yaml", HOSTED)

    assert main(["render", "apps/hosted.yaml"]) == 0
    out, said = capsys.readouterr()
    assert (out, said.split(": ApplicationSet `hosted` is not known as a whole: ")[0]) == (
        "",
        "note: apps/hosted.yaml:8:20",
    )
    assert main(["render", "apps/hosted.yaml", "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert len(answer(capsys, "apps/hosted.yaml")["applicationsets"][0]["unknown"]) == 1


def test_the_configuration_says_what_outside_services_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "apps/hosted.yaml", HOSTED)
    write(folder, ".gitops-lint.yaml", CONFIG)
    (told,) = answer(capsys, "--set", "hosted")["applicationsets"]

    assert [one["metadata"]["name"] for one in told["applications"]] == ["shop-web"]
    assert (told["unknown"], told["origins"][0]["element"]) == ([], None)


def test_sets_are_chosen_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "apps/hosted.yaml", HOSTED)

    assert [one["name"] for one in answer(capsys, "--set", "h*")["applicationsets"]] == ["hosted"]
    assert [one["name"] for one in answer(capsys, "--set", "shop", "--set", "hosted")["applicationsets"]] == [
        "hosted",
        "shop",
    ]


def test_a_name_that_no_set_has_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--set", "shpo"]) == 2
    assert capsys.readouterr().err == "error: no ApplicationSet is called `shpo`\n  help: did you mean `shop`?\n"


def test_paths_choose_what_is_printed_and_not_what_is_known(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = """\
apiVersion: v1
kind: Secret
metadata: {name: eu, namespace: argocd, labels: {argocd.argoproj.io/secret-type: cluster}}
stringData: {name: eu, server: "https://eu.example.com"}
"""
    write(folder, "clusters/eu.yaml", secret)
    listed = SHOP[SHOP.index("    - list:") : SHOP.index("  template:")]
    write(folder, "sets/all.yaml", SHOP.replace(listed, "    - clusters: {selector: {matchLabels: {}}}\n"))
    (told,) = answer(capsys, "sets")["applicationsets"]

    assert told["origins"][0]["element"]["file"] == "clusters/eu.yaml"


def test_all_elements_of_a_matrix_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generators = """\
    - matrix:
        generators:
          - list: {elements: [{name: eu}]}
          - list: {elements: [{revision: main}]}
"""
    listed = SHOP[SHOP.index("    - list:") : SHOP.index("  template:")]
    write(folder, "apps/shop.yaml", SHOP.replace(listed, generators))
    main(["render"])

    assert capsys.readouterr().out.splitlines()[1] == (
        "# ApplicationSet argocd/shop, spec.generators[0]: apps/shop.yaml:10:31, apps/shop.yaml:11:31"
    )


def test_the_manifests_go_where_they_are_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "-o", "out.yaml"]) == 0
    assert capsys.readouterr().out == ""
    assert (folder / "out.yaml").read_text(encoding="utf-8").startswith(EU)


def test_a_place_that_cannot_be_written_is_wrong_use(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "-o", "nowhere/out.yaml"]) == 2
    assert capsys.readouterr().err.startswith("error: `nowhere/out.yaml` cannot be written: ")


def test_the_library_answers_with_values() -> None:
    (told,) = gitops_lint.render().applicationsets

    assert [one.name for one in told.applications] == ["shop-eu", "shop-us"]
    assert str(told.applications[0].element) == "apps/shop.yaml:10:13"
    assert told.applications[0].manifest["spec"] == yaml.safe_load(EU)["spec"]
    assert not gitops_lint.render().failed


def test_a_folder_without_applicationsets_prints_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "apps/shop.yaml").unlink()

    assert main(["render"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("field", ["metadata/labels", "spec/project"])
def test_a_template_that_a_kustomization_changes_is_not_known_as_a_whole(
    field: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patch = f"- {{op: add, path: /spec/template/{field}, value: other}}"
    kustomization = f"resources: [shop.yaml]\npatches: [{{target: {{kind: ApplicationSet}}, patch: '{patch}'}}]\n"
    write(folder, "apps/kustomization.yaml", kustomization)
    (told,) = answer(capsys)["applicationsets"]

    assert [one["metadata"]["name"] for one in told["applications"]] == ["shop-eu", "shop-us"]
    assert told["unknown"] == ["a part of the template is not known: `apps/kustomization.yaml` changes it"]


@pytest.mark.parametrize(("form", "printed"), [("yaml", "project: null  # not known: "), ("json", '"project": null')])
def test_what_is_left_to_chance_is_null(
    form: str, printed: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = SHOP.replace("{{name}}", "{{.name}}").replace("project: default", "project: '{{ uuidv4 }}'")
    drawn = drawn.replace("{{revision}}", "{{.revision}}").replace("spec:\n  gen", "spec:\n  goTemplate: true\n  gen")
    write(folder, "apps/shop.yaml", drawn)

    assert main(["render", "--format", form]) == 0
    out, said = capsys.readouterr()
    assert printed in out
    assert said.startswith(
        "note: apps/shop.yaml:19:16: ApplicationSet `shop` is not known as a whole: a part of the template"
    )
