"""What one Application delivers has an order; across Applications nothing is said."""

from __future__ import annotations

import pytest

from gitops_lint.model.argosync import hook_of, wave_of, words
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.references import references_of
from gitops_lint.repo.roles import roles_of
from gitops_lint.simulate.syncorder import late_needs, turn_of, units_of

HOOK = "argocd.argoproj.io/hook"
WAVE = "argocd.argoproj.io/sync-wave"


def repo_of(files: dict[str, str]) -> Repo:
    tree = MemoryTree(files)
    roles = roles_of(tree)
    facts = [facts_of(load(tree, file, role), references_of) for file, role in roles.items()]
    return Repo(tree, roles, facts, remote_urls=["https://git.example.com/own.git"])


def job(annotations: str, optional: str = "false") -> str:
    return (
        f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: migrate, annotations: {{{annotations}}}}}\nspec:\n  template:\n"
        f"    spec: {{containers: [{{envFrom: [{{configMapRef: {{name: settings, optional: {optional}}}}}]}}]}}\n"
    )


def settings(annotations: str = "") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, annotations: {{{annotations}}}}}\n"


def late(files: dict[str, str]) -> list[str]:
    repo = repo_of(files)
    (workload,) = repo.resources("batch", "Job")
    turn = turn_of(workload)
    assert turn is not None
    return [need.turn.words() for need in late_needs(repo, workload, turn, references_of("Job", workload.root))]


PRE = f"{HOOK}: PreSync"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a/job.yaml": job(PRE), "a/settings.yaml": settings()}, ["wave 0"]),
        ({"a/job.yaml": job(PRE), "a/settings.yaml": settings(f"{PRE}, {WAVE}: '-1'")}, []),
        ({"a/job.yaml": job(PRE), "a/settings.yaml": settings(f"{PRE}, {WAVE}: '1'")}, ["wave 1 of the PreSync phase"]),
        ({"a/job.yaml": job(PRE, "true"), "a/settings.yaml": settings()}, []),
        ({"a/job.yaml": job(PRE), "b/settings.yaml": settings()}, []),
        ({"a/job.yaml": job(PRE), "a/settings.yaml": settings(), "b/settings.yaml": settings()}, []),
        ({"a/job.yaml": job(f"{WAVE}: '1'"), "a/settings.yaml": settings()}, []),
        ({"a/job.yaml": job(f"{WAVE}: '1'"), "a/settings.yaml": settings(f"{WAVE}: '2'")}, ["wave 2"]),
        ({"a/job.yaml": job(f"{WAVE}: '1'"), "a/settings.yaml": settings(f"{WAVE}: '{{{{w}}}}'")}, []),
        ({"a/job.yaml": job(""), "a/settings.yaml": settings(f"{HOOK}: SyncFail")}, []),
    ],
)
def test_what_comes_too_late(files: dict[str, str], found: list[str]) -> None:
    assert late(files) == found


def test_a_kustomization_decides_what_belongs_together() -> None:
    base = {"base/job.yaml": job(PRE), "other/settings.yaml": settings()}
    one = "kind: Kustomization\nresources: [job.yaml, ../other/settings.yaml]\n"
    alone = "kind: Kustomization\nresources: [job.yaml]\n"
    generated = f"{alone}configMapGenerator: [{{name: settings, literals: [a=b]}}]\n"

    assert late({**base, "base/kustomization.yaml": one}) == ["wave 0"]
    assert late({**base, "base/kustomization.yaml": alone}) == []
    assert late({"base/job.yaml": job(PRE), "base/kustomization.yaml": generated}) == []


def test_a_namespace_is_no_later_resource() -> None:
    """Argo CD moves it before its content."""
    later = "apiVersion: v1\nkind: Namespace\nmetadata: {name: x, annotations: {argocd.argoproj.io/sync-wave: '5'}}\n"
    repo = repo_of({"a/job.yaml": job(PRE), "a/later.yaml": later})
    (workload,) = repo.resources("batch", "Job")
    turn = turn_of(workload)

    assert turn is not None
    assert units_of(repo).later(workload, turn) is None


@pytest.mark.parametrize(
    ("annotations", "phases", "policies"),
    [
        ({}, ("Sync",), ("BeforeHookCreation",)),
        ({HOOK: "PostSync,PreSync"}, ("PreSync", "PostSync"), ("BeforeHookCreation",)),
        ({HOOK: "nothing"}, (), ("BeforeHookCreation",)),
        ({HOOK: "Skip"}, (), ("BeforeHookCreation",)),
        ({HOOK: "PostDelete"}, (), ("BeforeHookCreation",)),
        ({HOOK: "nothing", "helm.sh/hook": "pre-install"}, ("PreSync",), ("BeforeHookCreation",)),
        ({HOOK: "Sync", "helm.sh/hook": "pre-install"}, ("Sync",), ("BeforeHookCreation",)),
        ({"helm.sh/hook": "crd-install"}, ("Sync",), ("BeforeHookCreation",)),
        (
            {"helm.sh/hook": "post-upgrade", "helm.sh/hook-delete-policy": "hook-failed, nothing"},
            ("PostSync",),
            ("HookFailed",),
        ),
    ],
)
def test_hooks(annotations: dict[str, str], phases: tuple[str, ...], policies: tuple[str, ...]) -> None:
    hook = hook_of(annotations)

    assert (hook.phases, hook.policies) == (phases, policies)


@pytest.mark.parametrize(
    ("annotations", "wave"),
    [
        ({}, 0),
        ({WAVE: "-3"}, -3),
        ({WAVE: "+3"}, 3),
        ({WAVE: " 3"}, 0),
        ({WAVE: "1.5", "helm.sh/hook-weight": "7"}, 7),
        ({WAVE: "99999999999999999999"}, 0),
    ],
)
def test_waves(annotations: dict[str, str], wave: int) -> None:
    assert wave_of(annotations) == wave


def test_words_know_their_place() -> None:
    text = " a ,, b=c,"

    assert [(one.text, text[one.start : one.end]) for one in words(text)] == [("a", "a"), ("b=c", "b=c")]
