"""
What Argo CD's sync reads: sync options, compare options, hooks, waves, annotations, as tables and small readers.

Source: argo-cd gitops-engine/pkg/sync/common/types.go, controller/sync.go, controller/hook.go, controller/state.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, Missing, UnknownValue, get, value

DOMAIN = "argocd.argoproj.io/"
HOOK = f"{DOMAIN}hook"
HOOK_DELETE_POLICY = f"{DOMAIN}hook-delete-policy"
SYNC_WAVE = f"{DOMAIN}sync-wave"
SYNC_OPTIONS = f"{DOMAIN}sync-options"
COMPARE_OPTIONS = f"{DOMAIN}compare-options"
HELM_HOOK = "helm.sh/hook"
HELM_DELETE_POLICY = "helm.sh/hook-delete-policy"
HELM_WEIGHT = "helm.sh/hook-weight"


# ---- comma lists


@dataclass(frozen=True, slots=True)
class Word:
    """One item of a comma list, white space around it dropped; start and end are characters of the list's text."""

    text: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """
    The items of a comma list that are not empty, in order.

    Source: argo-cd gitops-engine/pkg/sync/resource/annotations.go GetAnnotationCSVs.
    """
    at = 0
    for part in text.split(","):
        bare = part.strip()
        if bare:
            start = at + part.index(bare)
            yield Word(bare, start, start + len(bare))
        at += len(part) + 1


# ---- options


@dataclass(frozen=True, slots=True)
class SyncOption:
    """
    values: what something reads, and `true` or `false` where they say the default. useful: the value that one writes it
    for. application, resource: whether it is read in `spec.syncPolicy.syncOptions`, in the annotation of a resource.
    """

    values: tuple[str, ...]
    useful: str
    application: bool
    resource: bool


_BOTH = ("true", "false")

SYNC_OPTION_TABLE: dict[str, SyncOption] = {
    "ApplyOutOfSyncOnly": SyncOption(_BOTH, "true", application=True, resource=False),
    "ClientSideApplyMigration": SyncOption(_BOTH, "false", application=True, resource=False),
    "CreateNamespace": SyncOption(_BOTH, "true", application=True, resource=False),
    # `true` on a resource beats the Application's own
    "Delete": SyncOption(("confirm", "false", "true"), "false", application=True, resource=True),
    "FailOnSharedResource": SyncOption(_BOTH, "true", application=True, resource=False),
    "Force": SyncOption(_BOTH, "true", application=False, resource=True),
    "Prune": SyncOption(("confirm", "false", "true"), "false", application=True, resource=True),
    "PruneLast": SyncOption(_BOTH, "true", application=True, resource=True),
    "PrunePropagationPolicy": SyncOption(
        ("background", "foreground", "orphan"), "foreground", application=True, resource=False
    ),
    "Replace": SyncOption(_BOTH, "true", application=True, resource=True),
    "RespectIgnoreDifferences": SyncOption(_BOTH, "true", application=True, resource=False),
    "ServerSideApply": SyncOption(_BOTH, "true", application=True, resource=True),
    "SkipDryRunOnMissingResource": SyncOption(_BOTH, "true", application=True, resource=True),
    "Validate": SyncOption(_BOTH, "false", application=True, resource=True),
}
"""Readers: controller/sync.go, controller/state.go, controller/appcontroller.go, gitops-engine/pkg/sync/sync_context.go."""

RESOURCE_COMPARE_OPTIONS = ("IgnoreExtraneous",)
APPLICATION_COMPARE_OPTIONS = ("IncludeMutationWebhook=true", "ServerSideDiff=false", "ServerSideDiff=true")
HARMLESS_COMPARE_OPTIONS = ("IncludeMutationWebhook=false",)
"""Source: controller/state.go CompareAppState. Harmless ones say the default."""


# ---- hooks

SYNC_PHASES = ("PreSync", "Sync", "PostSync", "SyncFail")
DELETE_PHASES = ("PreDelete", "PostDelete")
HOOK_TYPES = (*SYNC_PHASES, *DELETE_PHASES, "Skip")
HELM_HOOKS = {
    "pre-install": "PreSync",
    "pre-upgrade": "PreSync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
    "pre-delete": "PreDelete",
    "post-delete": "PostDelete",
}
# Left out of every sync as well, which is what one wants of a chart's tests.
HELM_TESTS = ("test", "test-failure", "test-success")
DELETE_POLICIES = ("BeforeHookCreation", "HookSucceeded", "HookFailed")
HELM_DELETE_POLICIES = {
    "before-hook-creation": "BeforeHookCreation",
    "hook-succeeded": "HookSucceeded",
    "hook-failed": "HookFailed",
}


@dataclass(frozen=True, slots=True)
class Hook:
    """
    What Argo CD makes of the annotations of one resource.

    is_hook: whether it is treated as a hook. types: its phases and Skip, once each, of one of the two annotations.
    policies: when its object is deleted, the default included.
    """

    is_hook: bool
    types: tuple[str, ...]
    policies: tuple[str, ...]

    @property
    def skipped(self) -> bool:
        """Whether nothing ever applies it: `Skip` alone, or a hook of no phase."""
        return self.types == ("Skip",) or (self.is_hook and not self.types)

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases of a sync in which it is applied, in their order."""
        if self.skipped:
            return ()
        if not self.is_hook:
            return ("Sync",)
        return tuple(phase for phase in SYNC_PHASES if phase in self.types)


def hook_of(annotations: dict[str, str]) -> Hook:
    """
    The hook that a resource with these annotations is.

    Source: argo-cd gitops-engine/pkg/sync/hook/hook.go, hook/helm/hook.go, hook/delete_policy.go; controller/hook.go for the
    two types of a deletion, which are looked for in both annotations.
    """
    own = [word.text for word in words(annotations.get(HOOK, ""))]
    helm = [word.text for word in words(annotations.get(HELM_HOOK, ""))]
    types = [one for one in own if one in HOOK_TYPES]
    of_sync = [one for one in types if one not in DELETE_PHASES]
    for one in helm:
        phase = HELM_HOOKS.get(one)
        if phase is not None and (phase in DELETE_PHASES or not of_sync):
            types.append(phase)
    types = list(dict.fromkeys(types))
    policies = [one.text for one in words(annotations.get(HOOK_DELETE_POLICY, "")) if one.text in DELETE_POLICIES]
    policies += [
        HELM_DELETE_POLICIES[one.text]
        for one in words(annotations.get(HELM_DELETE_POLICY, ""))
        if one.text in HELM_DELETE_POLICIES
    ]
    is_hook = HOOK in annotations or annotations.get(HELM_HOOK, "crd-install") != "crd-install"
    if types == ["Skip"]:
        is_hook = False
    return Hook(is_hook, tuple(types), tuple(dict.fromkeys(policies)) or ("BeforeHookCreation",))


# ---- waves


def wave_number(text: str) -> int | None:
    """The number that Go's strconv.Atoi reads; None where it reads none."""
    if re.fullmatch(r"[+-]?[0-9]+", text) and len(text) < 64 and -(2**63) <= int(text) < 2**63:
        return int(text)
    return None


def wave_of(annotations: dict[str, str]) -> int:
    """
    The wave of a resource: the annotation, else Helm's weight, else 0; what is no number is passed over.

    Source: argo-cd gitops-engine/pkg/sync/syncwaves/waves.go, hook/helm/weight.go.
    """
    for key in (SYNC_WAVE, HELM_WEIGHT):
        number = wave_number(annotations.get(key, ""))
        if number is not None:
            return number
    return 0


# ---- annotations

KNOWN_KEYS = frozenset(
    DOMAIN + name
    for name in [
        "application-set-refresh",
        "auto-label-cluster-info",
        "client-side-apply-migration-manager",
        "compare-options",
        "deletion-approved",
        "hook",
        "hook-delete-policy",
        "hydrate",
        "hydrate-timestamp",
        "ignore-default-links",
        "ignore-healthcheck",
        "ignore-resource-updates",
        "ignore-restart-policy",
        "installation-id",
        "instance",
        "kubernetes-version",
        "managed-by",
        "managed-by-url",
        "manifest-generate-paths",
        "refresh",
        "refresh-timestamp",
        "secret-type",
        "skip-reconcile",
        "sync-options",
        "sync-wave",
        "tracking-id",
    ]
)
"""Source: argo-cd common/common.go, pkg/apis/application/v1alpha1, gitops-engine; `managed-by` is the operator's."""

SYNC_KEYS = (HOOK, HOOK_DELETE_POLICY, SYNC_WAVE, SYNC_OPTIONS)
"""Annotations that mean something on the applied object alone."""

HOOK_KEYS = (HOOK, HOOK_DELETE_POLICY, HELM_HOOK, HELM_DELETE_POLICY)
WAVE_KEYS = (SYNC_WAVE, HELM_WEIGHT)


def known_annotations(root: Node | Missing | UnknownValue, keys: Sequence[str]) -> dict[str, str] | None:
    """The texts of these annotations of a resource, those that are written; None where one of them cannot be known."""
    annotations = get(get(root, "metadata"), "annotations")
    found: dict[str, str] = {}
    for key in keys:
        node = get(annotations, key)
        if node is MISSING:
            continue
        if not isinstance(node, Scalar) or value(node) is UNKNOWN:
            return None
        found[key] = node.text
    return found
