"""Rules that look at what ApplicationSets generate: where a finding points, what it names, and how many become one."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable

import pytest

from gitops_lint.config import Config
from gitops_lint.findings import Finding, Outcome
from gitops_lint.options import Options
from gitops_lint.pipeline import check_tree
from gitops_lint.policy.rulepack import load_pack
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.report import ReportSettings
from gitops_lint.report.to_json import render
from gitops_lint.text.source import decode

RULE = """
rule {name} {{
  title    "A wrong folder"
  group    suspicious
  severity warning
  tags     application
  what     "Reports a folder."
  why      "It is a test."
  instead  "Another one."
  source   "none"

  for each Application {origin} as app
  forbid app.spec.source.path == "apps/b" or app.spec.source.path == "apps/c"
    report "path `{{app.spec.source.path}}` of `{{app.name}}`" at app.spec.source.path

  bad "one" {{
    \"\"\"
      apiVersion: argoproj.io/v1alpha1
      kind: Application
      metadata: {{name: a}}
      spec: {{source: {{path: apps/b}}}}
    \"\"\"
    expect "spec.source.path" covers "apps/b" message "path `apps/b` of `a`"
  }}
  good "none" {{
    \"\"\"
      apiVersion: argoproj.io/v1alpha1
      kind: Application
      metadata: {{name: a}}
      spec: {{source: {{path: apps/a}}}}
    \"\"\"
  }}
}}
"""

SET = """
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shop, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - {name: a}
          - {name: b}
          - {name: c}
  template:
    metadata: {name: 'shop-{{name}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/a.git, path: 'apps/{{name}}'}
      destination: {name: in-cluster}
"""


Look = Callable[[dict[str, str], str], list[Finding]]

SCM = SET.replace(
    SET[SET.index("    - list:") : SET.index("  template:")], "    - scmProvider: {github: {organization: org}}\n"
)
"""A set whose parameters only a service outside knows."""


@pytest.fixture
def found(tmp_path_factory: pytest.TempPathFactory) -> Look:
    """What the rule says of files, for each origin of Applications that it may name."""

    def look(files: dict[str, str], origin: str) -> list[Finding]:
        folder = tmp_path_factory.mktemp("rules") / "application"
        folder.mkdir()
        name = "wrong-folder"
        (folder / f"{name}.rule").write_text(RULE.format(name=name, origin=origin))
        pack = load_pack([str(folder.parent)])
        config = Config().with_flags(select=(name,))
        return list(check_tree(MemoryTree(files), config, Options(), pack).findings)

    return look


def text_at(finding: Finding, files: dict[str, str]) -> str:
    text, _ = decode(files[finding.file].encode())
    return text[finding.region.start : finding.region.end]


def test_a_finding_points_at_the_template_and_at_the_element(found: Look) -> None:
    files = {"set.yaml": SET}
    (one,) = found(files, "written or generated")

    assert (one.file, one.region.path, text_at(one, files)) == (
        "set.yaml",
        "spec.template.spec.source.path",
        "'apps/{{name}}'",
    )
    assert one.message == "path `apps/b` of `shop-b`"
    assert one.resource is not None
    assert (one.resource.kind, one.resource.name) == ("Application", "shop-b")
    assert one.generated_by is not None
    assert one.generated_by.maker == "ApplicationSet shop"
    assert [(each.message, each.region.path) for each in one.related] == [
        ("generated from this", "spec.generators[0].list.elements[1]")
    ]
    assert one.notes == ("the same goes for `shop-c`",)


def test_what_is_written_is_told_where_it_is_written(found: Look) -> None:
    written = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x}\nspec: {source: {path: apps/c}}\n"
    )
    files = {"a.yaml": written, "set.yaml": SET}

    places = {
        origin: [(one.file, one.region.path) for one in found(files, origin)]
        for origin in ("written", "generated", "written or generated")
    }

    here, there = ("a.yaml", "spec.source.path"), ("set.yaml", "spec.template.spec.source.path")
    assert places == {"written": [here], "generated": [there], "written or generated": [here, there]}


def test_the_fingerprint_holds_no_parameter(found: Look) -> None:
    (before,) = found({"set.yaml": SET}, "generated")
    (after,) = found({"set.yaml": SET.replace("          - {name: b}\n", "")}, "generated")

    assert (before.message, after.message) == ("path `apps/b` of `shop-b`", "path `apps/c` of `shop-c`")
    assert before.fingerprint == after.fingerprint


def test_a_set_that_is_not_known_is_judged_by_its_template(found: Look) -> None:
    unknown = SCM.replace("'apps/{{name}}'", "apps/b")
    (one,) = found({"set.yaml": unknown}, "generated")

    assert (one.region.path, one.message) == ("spec.template.spec.source.path", "path `apps/b` of `shop-{{name}}`")
    assert one.related == ()


def test_tokens_of_a_set_that_is_not_known_are_no_values(found: Look) -> None:
    assert found({"set.yaml": SCM}, "generated") == []


def test_an_open_template_may_hold_anything_else(found: Look) -> None:
    patched = SCM.replace("  template:", "  templatePatch: '{{patch}}'\n  template:")
    assert found({"set.yaml": patched}, "generated") == []


def test_a_place_is_told_once_for_the_template_and_what_it_makes() -> None:
    text = textwrap.dedent(SET).replace("path: 'apps/{{name}}'", "path: 'apps/{{name}}', targetRevision: HEAD")
    config = Config().with_flags(select=("floating-revision",), profile="strict")
    outcome = check_tree(MemoryTree({"set.yaml": text}), config, Options(), load_pack())

    assert len({(one.rule, one.region.start) for one in outcome.findings}) == len(outcome.findings)


def test_reports_tell_the_maker_and_its_element(found: Look) -> None:
    (one,) = found({"set.yaml": SET}, "generated")

    made = json.loads(render(Outcome(findings=(one,), sources={"set.yaml": SET}), ReportSettings()))["findings"][0][
        "generated_by"
    ]

    assert made["maker"] == "ApplicationSet shop"
    assert (made["element"]["line"], made["template"]["line"]) == (10, 13)


def test_a_name_that_is_left_to_chance_is_not_an_empty_one() -> None:
    text = SET.replace("spec:\n  generators", "spec:\n  goTemplate: true\n  generators")
    text = text.replace("'shop-{{name}}'", "'{{ uuidv4 }}'").replace("apps/{{name}}", "apps/{{.name}}")
    config = Config().with_flags(select=("empty-application-name", "repeated-application-name"))

    assert check_tree(MemoryTree({"set.yaml": text}), config, Options(), load_pack()).findings == ()
