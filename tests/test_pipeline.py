"""Whole runs over small repositories: what is known, what is reported, what happens when a rule fails."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import pytest

from gitops_lint import Severity, check
from gitops_lint.errors import ConfigurationError, UsageError
from gitops_lint.options import Options, StandardInput
from gitops_lint.pipeline import run

SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selectors:
    app: web
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "web.yaml").write_text(SERVICE)
    (tmp_path / "other.yaml").write_text(SERVICE.replace("web", "api"))
    return tmp_path


def test_everything_below_the_root_is_reported_in_the_order_of_files(root: Path) -> None:
    outcome = check(root)

    assert [(one.rule, one.file, one.line, one.message) for one in outcome.findings] == [
        ("unknown-field", "apps/web.yaml", 6, "`selectors` is not a field of `spec`; did you mean `selector`?"),
        ("unknown-field", "other.yaml", 6, "`selectors` is not a field of `spec`; did you mean `selector`?"),
    ]


def test_paths_choose_what_is_reported_not_what_is_known(root: Path) -> None:
    outcome = check(root / "apps")

    assert [one.file for one in outcome.findings] == ["apps/web.yaml"]
    assert outcome.files == 2


def test_a_rule_that_fails_is_a_finding_and_the_others_go_on(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> object:
        raise ZeroDivisionError("no schema today")

    (root / "apps" / "twice.yaml").write_text("a: 1\na: 2\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n")
    monkeypatch.setattr(import_module("gitops_lint.policy.vocabulary.resources"), "verdict", broken)

    outcome = check(root)

    assert outcome.crashed
    assert "duplicate-key" in {one.rule for one in outcome.findings}
    crash = next(one for one in outcome.findings if one.rule == "rule-crashed" and one.file == "other.yaml")
    assert crash.message.endswith("so this file is not checked by it: ZeroDivisionError: no schema today")
    assert crash.severity is Severity.ERROR


def test_no_setting_takes_a_crash_away(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> object:
        raise ZeroDivisionError("no schema today")

    monkeypatch.setattr(import_module("gitops_lint.policy.vocabulary.resources"), "verdict", broken)
    outcome = check(root, options=Options(select=("unknown-field",), ignore=("rule-crashed",)))

    assert {one.rule for one in outcome.findings} == {"rule-crashed"}


def test_a_severity_of_the_configuration_replaces_the_rules_own(root: Path) -> None:
    (root / ".gitops-lint.yaml").write_text("rules:\n  unknown-field:\n    severity: info\n")

    assert {one.severity for one in check(root).findings} == {Severity.INFO}


def test_a_word_that_names_no_rule_is_an_error_with_its_place(root: Path) -> None:
    (root / ".gitops-lint.yaml").write_text("ignore: [unknown-feild]\n")

    with pytest.raises(ConfigurationError) as caught:
        check(root)

    assert str(caught.value).splitlines() == [
        ".gitops-lint.yaml:1:10: `ignore` names `unknown-feild`, which is no rule, area or group",
        "  help: did you mean `unknown-field`?",
    ]


def test_a_flag_that_names_no_rule_is_wrong_usage(root: Path) -> None:
    with pytest.raises(UsageError, match="`--select` names `schemas`, which is no rule, area or group"):
        check(root, options=Options(select=("schemas",)))


def test_a_path_that_does_not_exist_is_wrong_usage(root: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        check(root / "nowhere.yaml")


def test_an_ignore_comment_takes_exactly_its_finding_away(root: Path) -> None:
    text = SERVICE.replace("  selectors:", "  selectors:  # gitops-lint: ignore[unknown-field] renamed next week")
    (root / "other.yaml").write_text(text)
    outcome = check(root)

    assert [one.file for one in outcome.findings] == ["apps/web.yaml"]
    assert [(one.finding.file, one.reason) for one in outcome.suppressed] == [("other.yaml", "renamed next week")]


def test_a_definition_in_the_repository_judges_its_kind(root: Path) -> None:
    (root / "crd.yaml").write_text(
        """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: teams.example.com
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Team, plural: teams}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                members: {type: array, items: {type: string}}
"""
    )
    (root / "team.yaml").write_text(
        "apiVersion: example.com/v1\nkind: Team\nmetadata: {name: a}\nspec: {member: [ada]}\n"
    )
    found = [one for one in check(root).findings if one.file == "team.yaml"]

    assert [(one.region.path, one.message) for one in found] == [
        ("spec.member", "`member` is not a field of `spec`; did you mean `members`?")
    ]


def test_a_pipe_and_a_link_that_leaves_are_told_and_not_followed(root: Path) -> None:
    os.mkfifo(root / "pipe.yaml")
    (root / "out.yaml").symlink_to("/etc/hosts")
    outcome = check(root)
    told = [(one.rule, one.file, one.message) for one in outcome.findings if one.area == "layout"]

    assert told == [
        (
            "link-outside-root",
            "out.yaml",
            "the link `out.yaml` was not followed: the symbolic link leaves the root and is not followed",
        ),
        (
            "unread-file",
            "pipe.yaml",
            "`pipe.yaml` was not read: it is not a regular file (a FIFO, a socket or a device)",
        ),
    ]


def test_standard_input_stands_for_a_file_that_need_not_exist(root: Path) -> None:
    stdin = StandardInput(str(root / "apps" / "new.yaml"), SERVICE.encode())
    outcome = run([], Options(stdin=stdin, root=str(root)))

    assert [(one.rule, one.file) for one in outcome.findings] == [("unknown-field", "apps/new.yaml")]


def test_a_part_lacks_nothing(root: Path) -> None:
    part = (
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata:\n  name: web\nspec:\n  endpoints: []\n"
    )
    (root / "whole.yaml").write_text(part)
    (root / "part.yaml").write_text(
        part.replace(
            "  name: web\n", "  name: web\n  annotations: {argocd.argoproj.io/sync-options: ServerSideApply=true}\n"
        )
    )
    found = [(one.rule, one.file) for one in check(root).findings if one.file in ("whole.yaml", "part.yaml")]

    assert found == [("missing-required-field", "whole.yaml")]


@pytest.mark.parametrize(
    ("params", "message", "help"),
    [
        ("mutabel: [latest]", "rule `mutable-image-tag` has no parameter `mutabel`", "did you mean `mutable`?"),
        (
            "mutable: latest",
            "the parameter `mutable` of rule `mutable-image-tag` takes a list, not `latest`",
            "`gitops-lint explain mutable-image-tag` shows its default",
        ),
    ],
)
def test_a_parameter_that_is_not_so_is_an_error(root: Path, params: str, message: str, help: str) -> None:
    (root / ".gitops-lint.yaml").write_text(f"rules:\n  mutable-image-tag:\n    params: {{{params}}}\n")

    with pytest.raises(ConfigurationError) as caught:
        check(root)

    assert (caught.value.message, caught.value.help, caught.value.line) == (message, help, 2)


@pytest.mark.parametrize(
    ("comment", "before"),
    [
        ("# gitops-lint: ignore[unknown-field] why\n", "spec:"),
        ("# gitops-lint: ignore-resource[unknown-field] why\n", "metadata:"),
    ],
)
@pytest.mark.parametrize("first", ["a: 1\n", "a: [\n", SERVICE.replace("selectors", "selector"), "null\n"])
def test_a_comment_counts_in_every_document_of_a_file(comment: str, before: str, first: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    second = SERVICE.replace(before, comment + before)
    (tmp_path / "two.yaml").write_text(f"{first}---\n{second}---\n{SERVICE.replace('web', 'api')}")
    outcome = check(tmp_path)

    assert [(one.rule, one.region.document) for one in outcome.findings if one.area != "yaml"] == [("unknown-field", 2)]
    assert [one.finding.region.document for one in outcome.suppressed] == [1]
