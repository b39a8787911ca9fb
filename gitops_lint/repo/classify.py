"""What a document is, with the evidence: a patch is no incomplete resource, a values file no broken manifest."""

from __future__ import annotations

import re
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.model.resource import Identity, identity_of
from gitops_lint.pattern import pattern
from gitops_lint.repo.role import Role
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import get, key_node, typed

What = Literal[
    "resource",
    "list",  # kind List: its items are the resources
    "custom-resource-definition",
    "argocd-configuration",
    "kustomization",
    "kustomize-patch",
    "json-patch",
    "kustomize-plugin",
    "helm-chart",
    "helm-values",
    "harness",
    "generator-input",
    "lua-test",
    "configuration",
    "empty",
    "other",
]

RESOURCES: frozenset[What] = frozenset(("resource", "custom-resource-definition", "argocd-configuration"))


@dataclass(frozen=True, slots=True)
class Classification:
    """
    What a document is.

    evidence: why, a clause. entity: what exactly, where `what` has kinds of its own: a Harness entity's root key
    (`inputSet`), the part of Argo CD that is configured (`argocd-cm`). identity: of a Kubernetes object, also of a patch.
    """

    what: What
    evidence: str
    entity: str = ""
    identity: Identity | None = None

    @property
    def is_resource(self) -> bool:
        return self.what in RESOURCES


def classify(root: Node | None, file: str, role: Role) -> Classification:
    """What the document with this root is, in a file of this role."""
    if root is None:
        return Classification("empty", "the document is empty")
    identity = identity_of(root)
    by_role = _by_role(root, identity, role)
    if by_role is not None:
        return by_role
    if isinstance(root, Mapping):
        return _mapping(root, identity, file, role)
    if isinstance(root, Sequence) and is_json_patch(root):
        return Classification("json-patch", "every item has `op` and `path`")
    return Classification("other", "it is no mapping")


def _by_role(root: Node, identity: Identity | None, role: Role) -> Classification | None:
    if role.name == "manifest":
        return None
    why = role.evidence[0] if role.evidence else ""
    match role.name:
        case "kustomization":
            return Classification("kustomization", why, identity=identity)
        case "patch":
            what: What = "json-patch" if isinstance(root, Sequence) else "kustomize-patch"
            return Classification(what, why, identity=identity)
        case "kustomize-plugin":
            return Classification("kustomize-plugin", why, identity=identity)
        case "chart":
            return Classification("helm-chart", why)
        case "values":
            return Classification("helm-values", why, _argocd_values(root))
        case "generator-input" if identity is None:
            return Classification("generator-input", why)
        case "lua-test":
            return Classification("lua-test", why, identity=identity)
        case "configuration":
            return Classification("configuration", why)
        case "generated-data" | "chart-data" | "other-tool" | "test-data" | "template" | "text" | "lua":
            return Classification("other", why, identity=identity)
    return None


def _mapping(root: Mapping, identity: Identity | None, file: str, role: Role) -> Classification:
    if identity is None:
        entity, why = harness_entity(root, file)
        if entity:
            return Classification("harness", why, entity)
        return Classification("other", _other(root))
    if identity.group == "kustomize.config.k8s.io" and identity.kind in ("Kustomization", "Component"):
        return Classification("kustomization", "its kind says so", identity=identity)
    if why := _other_tool(identity, root):
        return Classification("other", why, identity=identity)
    if _is_list(identity, root):
        return Classification("list", f"`{identity.kind}` holds its resources in `items`", identity=identity)
    if _has_directive(root):
        return Classification("kustomize-patch", "it holds `$patch`", identity=identity)
    if not role.applied and (why := _named_as_part(file)):
        return Classification("kustomize-patch", why, identity=identity)
    if identity.group == "apiextensions.k8s.io" and identity.kind == "CustomResourceDefinition":
        return Classification("custom-resource-definition", "its kind says so", identity=identity)
    entity = argocd_entity(identity)
    if entity:
        return Classification("argocd-configuration", f"Argo CD reads {entity}", entity, identity)
    why = role.evidence[0] if role.evidence else "it has `apiVersion` and `kind`"
    return Classification("resource", why, identity=identity)


# ---- Kubernetes


def _is_list(identity: Identity, root: Mapping) -> bool:
    """Source: apimachinery unstructured.IsList: a field `items` that is a list; kustomize asks for a kind `…List` as well."""
    return identity.kind.endswith("List") and isinstance(get(root, "items"), Sequence)


def _has_directive(root: Mapping) -> bool:
    return key_node(root, "$patch") is not None or key_node(get(root, "metadata"), "$patch") is not None


_PATCH_NAME = pattern(r"(?:^|[-_.])(?:patch|patches)(?:[-_.]|$)|^json6902", re.IGNORECASE)
_PATCH_FOLDER = pattern(r"(?:^|/)(?:patch|patches)/")


def _named_as_part(file: str) -> str:
    """Why a document that nothing is known to apply is only a part of a resource; "" where it is none by its name."""
    name = file.rpartition("/")[2]
    if _PATCH_NAME.search(name) or _PATCH_FOLDER.search(file):
        return "its name says that it is a patch, and no kustomization lists it as a resource"
    return ""


# API groups whose objects are read by a tool from a file and never by a cluster.
_TOOL_GROUPS = {
    "kustomize.config.k8s.io": "kustomize",
    "builtin": "kustomize",
    "kubeadm.k8s.io": "kubeadm",
    "kubelet.config.k8s.io": "the kubelet",
    "kubeproxy.config.k8s.io": "kube-proxy",
    "kubescheduler.config.k8s.io": "kube-scheduler",
    "apiserver.config.k8s.io": "kube-apiserver",
    "apiserver.k8s.io": "kube-apiserver",
    "audit.k8s.io": "kube-apiserver",
    "controller-runtime.sigs.k8s.io": "controller-runtime",
    "config.karmada.io": "karmada",
    "kind.x-k8s.io": "kind",
    "k3d.io": "k3d",
    "ctlptl.dev": "ctlptl",
    "eksctl.io": "eksctl",
    "k0sctl.k0sproject.io": "k0sctl",
    "skaffold": "skaffold",
    "backstage.io": "Backstage",
    "scaffolder.backstage.io": "Backstage",
    "kuttl.dev": "kuttl",
    "kudo.dev": "kuttl",
    "chainsaw.kyverno.io": "chainsaw",
    "cli.kyverno.io": "the Kyverno CLI",
    "test.gatekeeper.sh": "gator",
    "jsonnet.io": "jsonnet",
    "krew.googlecontainertools.github.com": "krew",
    "configuration.konghq.com.deck": "deck",
    "config.kubernetes.io": "kpt",
    "kpt.dev": "kpt",
    "fn.kpt.dev": "kpt",
    "vendir.k14s.io": "vendir",
    "imgpkg.carvel.dev": "imgpkg",
    "kbld.k14s.io": "kbld",
    "kapp.k14s.io": "kapp",
    "resource-syncer": "a tool",
    "viaduct.ai": "ksops",
    "goabout.com": "a kustomize plugin",
    "client.authentication.k8s.io": "kubectl",
    "kubecfg.dev": "kubecfg",
    "acorn.io": "acorn",
    "dagger.io": "dagger",
    "jx.jenkins.io": "Jenkins X",
    "gotemplate.kustomize.config.k8s.io": "kustomize",
    "minikube.sigs.k8s.io": "minikube",
    "talos.dev": "talosctl",
    "imageset.openshift.io": "oc-mirror",
    "mirror.openshift.io": "oc-mirror",
}


def _other_tool(identity: Identity, root: Mapping) -> str:
    """Which tool reads an object from a file, so that no cluster ever sees it; "" for what a cluster may see."""
    group = identity.group or identity.version.partition("/")[0]
    tool = _TOOL_GROUPS.get(group, "")
    if tool:
        return f"{group} is read by {tool}, not by a cluster"
    if identity.group == "" and identity.kind == "Config" and key_node(root, "clusters") is not None:
        return "it is a kubeconfig"
    if identity.group == "" and identity.kind in ("ImageSetConfiguration", "InstallConfig"):
        return "it is read by an installer, not by a cluster"
    if identity.group == "" and re.fullmatch(r"v?\d+(\.\d+)*", identity.version) and identity.version not in ("v1",):
        return "its `apiVersion` is none of Kubernetes"
    if identity.group == "" and identity.version == "v1" and key_node(root, "baseDomain") is not None:
        return "it is read by an installer, not by a cluster"
    return ""


_ARGOCD_MAPS = frozenset(
    (
        "argocd-cm",
        "argocd-cmd-params-cm",
        "argocd-gpg-keys-cm",
        "argocd-notifications-cm",
        "argocd-rbac-cm",
        "argocd-ssh-known-hosts-cm",
        "argocd-tls-certs-cm",
    )
)


def argocd_entity(identity: Identity) -> str:
    """Which part of Argo CD's configuration a resource is; "" for none. Source: argo-cd util/argo, common/common.go."""
    if identity.group == "" and identity.kind == "ConfigMap" and identity.name in _ARGOCD_MAPS:
        return identity.name
    if identity.group == "argoproj.io" and identity.kind == "ArgoCD":
        return "ArgoCD"
    return ""


def _argocd_values(root: Node) -> str:
    """`argo-cd` for values of the argo-cd chart, which end in argocd-cm; also below the key of an umbrella chart."""
    for one in (root, get(root, "argo-cd"), get(root, "argocd")):
        if isinstance(one, Mapping):
            cm = get(get(one, "configs"), "cm")
            if isinstance(cm, Mapping) or isinstance(get(get(one, "notifications"), "triggers"), Mapping):
                return "argo-cd"
    return ""


def is_json_patch(root: Sequence) -> bool:
    """Whether a list is a JSON patch: every item has a known `op` and a `path`."""
    if not root.items:
        return False
    for item in root.items:
        op = get(item, "op")
        known = isinstance(op, Scalar) and op.text in ("add", "remove", "replace", "move", "copy", "test")
        if not known or not isinstance(get(item, "path"), Scalar):
            return False
    return True


# ---- Harness

HARNESS_KEYS = (
    "pipeline",
    "template",
    "inputSet",
    "overlayInputSet",
    "trigger",
    "connector",
    "service",
    "environment",
    "infrastructureDefinition",
    "secret",
    "gitops",
    "overrides",
    "environmentGroup",
    "serviceOverrides",
)
_SETTINGS = {
    "gitExperience": ("enabled", "defaultBranch", "connectorRef", "repoName", "filePath", "syncMode", "autoCommit"),
    "conflictResolution": ("strategy", "onConflict", "pr", "rules"),
}
_MARKS = ("identifier", "orgIdentifier", "projectIdentifier")


def harness_entity(root: Mapping, file: str) -> tuple[str, str]:
    """
    The root key that makes a document a Harness entity, and why; ("", "") for none.

    The key alone is too common (`service:` in Helm values): the mapping below it must hold an identifier, or the file lie
    below `.harness/`. Version 1 entities say `version: 1`, input sets of it `kind: input-set`.
    """
    keys = [key.text for key in root.items[::2] if isinstance(key, Scalar)]
    for key, fields in _SETTINGS.items():
        below = get(root, key)
        if key in keys and isinstance(below, Mapping) and any(key_node(below, field) for field in fields):
            return key, f"`{key}` holds settings of GitX"
    version = get(root, "version")
    if isinstance(version, Scalar) and typed(version) == 1:
        kind = get(root, "kind")
        if isinstance(kind, Scalar) and kind.text in ("input-set", "overlay-input-set"):
            return (
                "inputSet" if kind.text == "input-set" else "overlayInputSet"
            ), f"it has version 1 and kind {kind.text}"
        for key in ("pipeline", "template"):
            if isinstance(get(root, key), Mapping):
                return key, f"it has version 1 and `{key}`"
    inside = _in_harness_folder(file)
    found = [key for key in keys if key in HARNESS_KEYS]
    if len(found) != 1 or (len(keys) > 1 and not inside):
        return "", ""
    key = found[0]
    below = get(root, key)
    if not isinstance(below, Mapping):
        return (key, f"`{key}` in a file below `.harness/`") if inside else ("", "")
    if any(key_node(below, mark) is not None for mark in _MARKS):
        return key, f"`{key}` holds an identifier"
    if key == "pipeline" and isinstance(get(below, "stages"), Sequence):
        return key, "`pipeline` holds stages"
    if key == "gitops" and key_node(below, "agentIdentifier") is not None:
        return key, "`gitops` holds an agent's identifier"
    return (key, f"`{key}` in a file below `.harness/`") if inside else ("", "")


def _in_harness_folder(file: str) -> bool:
    return file.startswith(".harness/") or "/.harness/" in file


def _other(root: Mapping) -> str:
    has = [key for key in ("apiVersion", "kind") if key_node(root, key) is not None]
    return f"it has `{has[0]}` alone" if len(has) == 1 else "it has neither `apiVersion` nor `kind`"
