"""Sync options are compared letter by letter: what is read, where, and what was meant otherwise."""

from __future__ import annotations

import pytest

from gitops_lint.dsl.world import Fact, Part
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary.hooks import left_hooks, stray_annotations, unfilled_templates, unread_hook_words
from gitops_lint.policy.vocabulary.ignored_differences import ignore_problems
from gitops_lint.policy.vocabulary.sync_options import (
    compare_option_problems,
    sync_option_clashes,
    sync_option_problems,
)
from gitops_lint.repo.load import load_bytes
from gitops_lint.repo.role import MANIFEST


def subject_of(text: str) -> Subject:
    resource = load_bytes(text.encode(), "app.yaml", MANIFEST).resources[0]
    context = Context(Schemas(), {})
    return Subject(resource.kind, {}, context, "app.yaml", 0, lambda: resource.root, resource)


def application(spec: str) -> Subject:
    return subject_of(f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: shop}}\nspec: {spec}\n")


def annotated(key: str, text: str, kind: str = "ConfigMap", group: str = "v1") -> Subject:
    return subject_of(f"apiVersion: {group}\nkind: {kind}\nmetadata:\n  name: x\n  annotations:\n    {key}: '{text}'\n")


def said(found: object) -> list[tuple[object, ...]]:
    assert isinstance(found, (list, tuple))
    facts = [one for one in found if isinstance(one, Fact)]
    return [tuple(value for key, value in one.fields.items() if isinstance(value, str)) for one in facts]


SYNC = "argocd.argoproj.io/sync-options"
COMPARE = "argocd.argoproj.io/compare-options"


@pytest.mark.parametrize(
    "option",
    [
        "CreateNamespace=true",
        "Replace=false",
        "Validate=true",
        "PrunePropagationPolicy=orphan",
        "Prune=confirm",
        "ClientSideApplyMigration=false",
        "{{ option }}=yes",
        "${OPTION}",
    ],
)
def test_options_that_are_read_or_not_known(option: str) -> None:
    """Also those that say the default, and templates."""
    assert said(sync_option_problems(application(f"{{syncPolicy: {{syncOptions: ['{option}']}}}}"))) == []


LETTERS = "is compared letter by letter"


@pytest.mark.parametrize(
    ("option", "kind", "problem", "right"),
    [
        ("SelfHealGracePeriod=300", "unknown", "is not a sync option", ""),
        ("CreateNamespaces=true", "unknown", "is not a sync option", "CreateNamespace=true"),
        ("createnamespace=true", "value", LETTERS, "CreateNamespace=true"),
        ("CreateNamespace: true", "value", LETTERS, "CreateNamespace=true"),
        ("CreateNamespace=true ", "value", LETTERS, "CreateNamespace=true"),
        ("Prune=Confirm", "value", LETTERS, "Prune=confirm"),
        ("PrunePropagationPolicy=Background", "value", LETTERS, "PrunePropagationPolicy=background"),
        ("Validate", "value", "has no value", "Validate=false"),
        ("Prune=no", "value", "has a value that nothing reads: `Prune` takes `confirm` or `false` or `true`", ""),
        ("Prune=false,Delete=false", "value", "is one option here: each needs an item of its own", ""),
        ("Force=true", "level", "is read only in the annotation sync-options of a resource", ""),
        (
            "ServerSideDiff=true",
            "level",
            "is a compare option, and read only in the annotation compare-options",
            "",
        ),
    ],
)
def test_options_of_an_application_that_are_passed_over(option: str, kind: str, problem: str, right: str) -> None:
    found = said(sync_option_problems(application(f"{{syncPolicy: {{syncOptions: ['{option}']}}}}")))
    meant = (f'; did you mean "{right}"?', right) if right else ("",)

    assert found == [(kind, option, problem, *meant)]


def test_the_words_of_an_annotation_are_told_apart() -> None:
    found = sync_option_problems(annotated(SYNC, "Prune=false, SelfHeal=false"))

    (fact,) = found
    assert isinstance(fact, Fact)
    assert isinstance(fact.at, Part)
    assert (fact.at.start, fact.at.end) == (13, 27)
    assert said(found) == [("unknown", "SelfHeal=false", "is not a sync option", "")]


@pytest.mark.parametrize(
    ("option", "kind"),
    [("ApplyOutOfSyncOnly=true", "level"), ("Prune=false;Delete=false", "value"), ("IgnoreExtraneous", "level")],
)
def test_options_of_a_resource_that_are_passed_over(option: str, kind: str) -> None:
    assert [one[0] for one in said(sync_option_problems(annotated(SYNC, option)))] == [kind]


def test_the_template_of_a_set_is_an_application() -> None:
    of_set = subject_of(
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: shop}\nspec:\n  template:\n"
        "    metadata: {annotations: {argocd.argoproj.io/compare-options: ServerSideDiff=true}}\n"
        "    spec: {syncPolicy: {syncOptions: [Force=true, '{{x}}']}}\n"
    )

    assert [one[0] for one in said(sync_option_problems(of_set))] == ["level"]
    assert said(compare_option_problems(of_set)) == []


@pytest.mark.parametrize(
    ("options", "clashes"),
    [
        ("Replace=true, ServerSideApply=true", [("ServerSideApply=true", "Replace=true", "no")]),
        ("Force=true, ServerSideApply=true", [("Force=true", "ServerSideApply=true", "yes")]),
        ("Replace=true, Force=true", []),
        ("ServerSideApply=true, ServerSideApply=false", [("ServerSideApply=true", "ServerSideApply=false", "no")]),
        ("Prune=false, Prune=true", [("Prune=true", "Prune=false", "no")]),
        ("Replace=false, Replace=true", [("Replace=false", "Replace=true", "no")]),
        ("Prune=false, Prune=false", []),
    ],
)
def test_options_that_contradict_each_other(options: str, clashes: list[tuple[str, str, str]]) -> None:
    assert said(sync_option_clashes(annotated(SYNC, options))) == clashes


@pytest.mark.parametrize(
    ("option", "kinds"),
    [
        ("IgnoreExtraneous", []),
        ("IgnoreExtraneous=true", ["value"]),
        ("ServerSideDiff=true", ["level"]),
        ("Prune=false", ["level"]),
        ("IgnoreExtra", ["unknown"]),
    ],
)
def test_compare_options_of_a_resource(option: str, kinds: list[str]) -> None:
    assert [one[0] for one in said(compare_option_problems(annotated(COMPARE, option)))] == kinds


HOOK = "argocd.argoproj.io/hook"


@pytest.mark.parametrize(
    ("types", "words"),
    [
        ("PreSync, PostSync", []),
        ("Presync", [("type", "Presync")]),
        ("PreSync,nothing", [("type", "nothing")]),
        ("", [("type", "")]),
        ("Skip", []),
        ("Skip,PreSync", [("skip", "Skip")]),
        ("PreDelete,PostDelete", []),
        ("{{ hook }}", []),
    ],
)
def test_words_of_a_hook(types: str, words: list[tuple[str, str]]) -> None:
    assert [one[:2] for one in said(unread_hook_words(annotated(HOOK, types, "Job", "batch/v1")))] == words


@pytest.mark.parametrize(
    ("hook", "words"),
    [("pre-rollback", ["pre-rollback"]), ("test", []), ("crd-install", []), ("pre-install,pre-rollback", [])],
)
def test_hooks_of_helm_that_have_no_counterpart(hook: str, words: list[str]) -> None:
    assert [one[1] for one in said(unread_hook_words(annotated("helm.sh/hook", hook, "Job", "batch/v1")))] == words


def hook_with(name: str, hook: str, policy: str, spec: str = "{}", kind: str = "Job") -> Subject:
    own = f", argocd.argoproj.io/hook-delete-policy: '{policy}'" if policy else ""
    group = "batch/v1" if kind == "Job" else "v1"
    return subject_of(
        f"apiVersion: {group}\nkind: {kind}\nmetadata: {{{name}, annotations: {{{HOOK}: '{hook}'{own}}}}}\nspec: {spec}\n"
    )


@pytest.mark.parametrize(
    ("subject", "kinds"),
    [
        (hook_with("name: x", "PreSync", ""), []),
        (hook_with("name: x", "PreSync", "HookSucceeded"), ["never-again"]),
        (hook_with("name: x", "PreSync", "HookSucceeded,HookFailed"), []),
        (hook_with("name: x", "PreSync", "HookSucceeded,{{ more }}"), []),
        (hook_with("name: x", "PreSync", "HookFailed", kind="ConfigMap"), []),
        (hook_with("name: x", "PreSync", "HookSucceeded", "{ttlSecondsAfterFinished: 60}"), []),
        (hook_with("generateName: x-", "PreSync", "BeforeHookCreation"), ["piles-up"]),
        (hook_with("generateName: x-", "PreSync", "HookSucceeded"), []),
        (hook_with("generateName: x-", "PostDelete", "HookSucceeded"), ["nameless-delete"]),
        (hook_with("name: x", "PostDelete", ""), ["left-behind"]),
        (hook_with("name: x", "PreDelete", ""), []),
        (hook_with("name: x", "nothing", "HookFailed"), []),
    ],
)
def test_what_hooks_leave_behind(subject: Subject, kinds: list[str]) -> None:
    assert [one[0] for one in said(left_hooks(subject))] == kinds


@pytest.mark.parametrize(
    ("key", "right"),
    [
        ("argocd.argoproj.io/hooks", "argocd.argoproj.io/hook"),
        ("argocd.argoproj.io/syncWave", "argocd.argoproj.io/sync-wave"),
        ("argocd.argoproj.io/sync-option", "argocd.argoproj.io/sync-options"),
        ("argo-cd.argoproj.io/sync-wave", "argocd.argoproj.io/sync-wave"),
        ("argocd.argoproj.io/owner", ""),
        ("argocd.argoproj.io/refresh", ""),
        ("example.com/sync-wave", ""),
        ("argo-rollouts.argoproj.io/managed-by-rollouts", ""),
        ("argocd-image-updater.argoproj.io/image-list", ""),
        ("notifications.argoproj.io/subscribe.on-sync-failed.slack", ""),
    ],
)
def test_keys_that_are_nearly_right(key: str, right: str) -> None:
    expected = [("key", key, right, "")] if right else []

    assert said(stray_annotations(annotated(key, "1"))) == expected


def test_tokens_in_the_environment_of_a_hook() -> None:
    """Of Argo CD's and Helm's objects; those of other programs, and of what is no hook, are let alone."""
    pods = "{template: {spec: {containers: [{env: [{name: A, value: 'x {{.app.metadata.name}}'}, {name: B, value: '{{ x }}'}]}]}}}"

    assert said(unfilled_templates(hook_with("name: x", "SyncFail", "", pods))) == [("{{.app.metadata.name}}",)]
    assert said(unfilled_templates(subject_of(f"apiVersion: batch/v1\nkind: Job\nspec: {pods}\n"))) == []


@pytest.mark.parametrize(
    ("entry", "kinds"),
    [
        ("{group: apps, kind: Deployment}", ["empty"]),
        ("{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}", []),
        ("{kind: Deployment, jsonPointers: [/spec/replicas]}", ["group"]),
        ("{group: '*', kind: '*', jsonPointers: [/spec/replicas]}", []),
        ("{group: app, kind: Deployment, jsonPointers: [/spec/replicas]}", ["group"]),
        ("{group: cert-manager.io, kind: Certificate, jsonPointers: [/spec/x]}", []),
        ("{group: policy, kind: PodSecurityPolicy, jsonPointers: [/spec/x]}", []),
        ("{group: '{{g}}', kind: Deployment, jsonPointers: ['{{p}}']}", []),
        ("{kind: Service, jsonPointers: [spec/ports]}", ["pointer"]),
        ("{kind: Service, jsonPointers: [/spec/ports/*/nodePort]}", ["pointer"]),
        ("{kind: Service, jsonPointers: [/metadata/labels/a.b/c]}", ["pointer"]),
        ("{kind: Service, jsonPointers: [/metadata/labels/a.b~1c, /metadata/annotations]}", []),
        ("{kind: ConfigMap, jsonPointers: [/data/a/b]}", ["pointer"]),
        ("{kind: Service, jqPathExpressions: ['.spec.ports[']}", ["jq"]),
    ],
)
def test_ignored_differences(entry: str, kinds: list[str]) -> None:
    assert [one[0] for one in said(ignore_problems(application(f"{{ignoreDifferences: [{entry}]}}")))] == kinds
