"""What Applications deliver of a repository, and what is wrong with that; what cannot be known is silent."""

from __future__ import annotations

import pytest

from gitops_lint.config import Config
from gitops_lint.model.argocd import GROUP, application_sources
from gitops_lint.options import Options
from gitops_lint.pipeline import check_tree
from gitops_lint.policy.rulefiles import FolderOfRules, check_all, rule_texts
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.policy.vocabulary.application_contents import Contents, contents_of, scope_of
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of
from gitops_lint.shipped import folder as shipped
from gitops_lint.text.scalars import get

URL = "https://git.example.com/org/repo.git"


def app(source: str, name: str = "web", spec: str = "", namespace: str = "web", project: str = "default") -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\n"
        f"spec:\n  project: {project}\n  source: {{repoURL: {URL}, targetRevision: main, {source}}}\n"
        f"  destination: {{name: in-cluster, namespace: '{namespace}'}}\n{spec}"
    )


def manifest(kind: str, name: str, namespace: str = "", api: str = "v1") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}{where}}}\n"


def repo_of(files: dict[str, str]) -> Repo:
    tree = MemoryTree(files)
    roles = roles_of(tree)
    facts = [facts_of(load(tree, file, roles.of(file))) for file, _ in roles.items()]
    return Repo(tree, roles, facts, remote_urls=(URL,))


def contents(files: dict[str, str]) -> Contents:
    """Of the first source of the first Application."""
    repo = repo_of(files)
    root = repo.resources(GROUP, "Application")[0].root
    return contents_of(application_sources(get(root, "spec"))[0], repo)


CM = manifest("ConfigMap", "web")


@pytest.mark.parametrize(
    ("source", "more", "manner", "names"),
    [
        ("path: x", {}, "directory", ["web"]),
        ("path: ./x/", {}, "directory", ["web"]),
        ("path: x, directory: {exclude: '*.yaml'}", {}, "directory", []),
        (
            "path: x, directory: {recurse: true}",
            {"x/y/b.yaml": manifest("Secret", "deep")},
            "directory",
            ["web", "deep"],
        ),
        ("path: x", {"x/y/b.yaml": manifest("Secret", "deep")}, "directory", ["web"]),
        ("path: x", {"x/kustomization.yaml": "namePrefix: p-\nresources: [cm.yaml]\n"}, "kustomize", ["p-web"]),
        ("path: x", {"x/Chart.yaml": "name: x\nversion: 1.0.0\n"}, "chart", []),
        ("path: x, helm: {releaseName: a}", {}, "chart", []),
        ("path: x, plugin: {name: cdk8s}", {}, "plugin", []),
        ("path: x, kustomize: {namePrefix: p-}", {}, "kustomize", []),
        ("path: nowhere", {}, "unknown", []),
        ("chart: x", {}, "chart", []),
    ],
)
def test_how_a_folder_is_read(source: str, more: dict[str, str], manner: str, names: list[str]) -> None:
    found = contents({"a.yaml": app(source), "x/cm.yaml": CM, **more})

    assert (found.manner, [one.name for one in found.held]) == (manner, names)


def test_another_branch_or_repository_is_not_known() -> None:
    other = app("path: x").replace("targetRevision: main", "targetRevision: v1")
    elsewhere = app("path: x").replace("org/repo", "org/other")

    assert contents({"a.yaml": other, "x/cm.yaml": CM}).folder is None
    assert contents({"a.yaml": elsewhere, "x/cm.yaml": CM}).folder is None


def test_options_of_kustomize_make_names_unsure() -> None:
    files = {
        "a.yaml": app("path: x, kustomize: {namePrefix: p-}"),
        "x/cm.yaml": CM,
        "x/kustomization.yaml": "resources: [cm.yaml]\n",
    }
    harmless = {**files, "a.yaml": app("path: x, kustomize: {images: ['a:1']}")}

    assert [one.sure for one in contents(files).held] == [False]
    assert [one.sure for one in contents(harmless).held] == [True]


def test_scopes_of_kinds() -> None:
    definition = manifest("CustomResourceDefinition", "x.e.com", api="apiextensions.k8s.io/v1") + (
        "spec: {group: e.com, scope: Cluster, names: {kind: X, plural: xs}}\n"
    )
    repo = repo_of({"crd.yaml": definition})

    assert [scope_of("", "Namespace", repo), scope_of("apps", "Deployment", repo)] == ["cluster", "namespace"]
    assert [scope_of("e.com", "X", repo), scope_of("e.com", "Y", repo)] == ["cluster", "unknown"]


def findings(rule: str, files: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """File, node path, covered text and message of what the rule finds."""
    folder = FolderOfRules(shipped("rules"), "rules", built_in=True)
    wanted = [one for one in rule_texts(folder) if one.file.rpartition("/")[2].removesuffix(".rule") == rule]
    config = Config().with_flags(select=(rule,))
    outcome = check_tree(MemoryTree(files), config, Options(), RulePack(check_all(wanted)))
    assert not outcome.crashed
    return [
        (one.file, one.region.path, files[one.file][one.region.start : one.region.end], one.message)
        for one in outcome.findings
    ]


def test_a_resource_of_two_applications_is_told_at_the_later_one() -> None:
    files = {"apps/a.yaml": app("path: x", "a"), "apps/b.yaml": app("path: x", "b"), "x/cm.yaml": CM}

    assert findings("resource-of-two-applications", files) == [
        ("apps/b.yaml", "spec.source.path", "x", "the Application `a` delivers ConfigMap web as well")
    ]


@pytest.mark.parametrize(
    "second",
    [
        {"apps/b.yaml": app("path: x", "b", namespace="other")},
        {"envs/b.yaml": app("path: x", "b")},
        {"apps/b.yaml": app("path: x", "b").replace("in-cluster", "prod")},
        {"apps/b.yaml": app("path: x", "a")},
        {"apps/b.yaml": app("path: x, directory: {exclude: cm.yaml}", "b")},
    ],
    ids=["another namespace", "another folder", "another cluster", "the same Application", "excluded"],
)
def test_what_is_not_shared(second: dict[str, str]) -> None:
    assert (
        findings("resource-of-two-applications", {"apps/a.yaml": app("path: x", "a"), "x/cm.yaml": CM, **second}) == []
    )


PROJECT = (
    "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: team, namespace: argocd}\n"
    "spec:\n  sourceRepos: ['*']\n  destinations: [{server: '*', namespace: web}]\n"
)


@pytest.mark.parametrize(
    ("extra", "resource", "expected"),
    [
        ("", manifest("Namespace", "web"), ["the cluster-scoped kind `Namespace`"]),
        ("  clusterResourceWhitelist: [{group: '*', kind: '*'}]\n", manifest("Namespace", "web"), []),
        (
            "  clusterResourceWhitelist: [{group: '', kind: Namespace, name: 'team-*'}]\n",
            manifest("Namespace", "web"),
            ["the cluster-scoped kind `Namespace`"],
        ),
        ("  clusterResourceWhitelist: [{group: '', kind: Namespace, name: 'w*'}]\n", manifest("Namespace", "web"), []),
        ("", manifest("Widget", "web", api="e.com/v1"), []),
        ("", CM, []),
        ("", manifest("ConfigMap", "web", "kube-system"), ["the namespace `kube-system`"]),
        ("", manifest("ConfigMap", "web", "'{{ns}}'"), []),
        ("  namespaceResourceWhitelist: [{group: apps, kind: '*'}]\n", CM, ["the kind `ConfigMap`"]),
        ("  namespaceResourceBlacklist: [{group: '', kind: Config*}]\n", CM, ["the kind `ConfigMap`"]),
    ],
)
def test_resources_that_a_project_refuses(extra: str, resource: str, expected: list[str]) -> None:
    files = {"p.yaml": PROJECT + extra, "a.yaml": app("path: x", project="team"), "x/r.yaml": resource}
    found = findings("resource-refused-by-project", files)

    assert [
        message.removeprefix("project `team` does not permit ").partition(", and")[0] for *_, message in found
    ] == expected
    assert all((file, path, text) == ("a.yaml", "spec.project", "team") for file, path, text, _ in found)


def test_global_projects_may_permit_more() -> None:
    files = {
        "p.yaml": PROJECT,
        "a.yaml": app("path: x", project="team"),
        "x/r.yaml": manifest("Namespace", "web"),
        "cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {globalProjects: '[]'}\n",
    }

    assert findings("resource-refused-by-project", files) == []


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (CM, 1),
        (manifest("ConfigMap", "web", "shop"), 0),
        (manifest("ClusterRole", "web", api="rbac.authorization.k8s.io/v1"), 0),
        (manifest("Widget", "web", api="e.com/v1"), 0),
        (CM.replace("{name: web}", "{name: web, annotations: {argocd.argoproj.io/hook: Skip}}"), 0),
    ],
)
def test_resources_without_a_namespace(resource: str, expected: int) -> None:
    files = {"a.yaml": app("path: x", namespace="").replace(", namespace: ''}", "}"), "x/r.yaml": resource}

    assert len(findings("resource-without-namespace", files)) == expected


@pytest.mark.parametrize(
    ("replica", "more", "expected"),
    [
        ("web", {}, 0),
        ("wep", {}, 1),
        ("wep", {"x/kustomization.yaml": "resources: [d.yaml, 'https://github.com/o/r']\n"}, 0),
        ("p-web", {"x/kustomization.yaml": "namePrefix: p-\nresources: [d.yaml]\n"}, 0),
        ("cm", {"x/kustomization.yaml": "resources: [d.yaml]\nconfigMapGenerator: [{name: cm, literals: [a=b]}]\n"}, 1),
    ],
)
def test_replicas_need_a_workload(replica: str, more: dict[str, str], expected: int) -> None:
    files = {
        "a.yaml": app(f"path: x, kustomize: {{replicas: [{{name: {replica}, count: 2}}]}}"),
        "x/d.yaml": manifest("Deployment", "web", api="apps/v1"),
        "x/kustomization.yaml": "resources: [d.yaml]\n",
        **more,
    }

    assert len(findings("replicas-of-missing-workload", files)) == expected


@pytest.mark.parametrize(
    ("ref", "expected"),
    [("v3.2.1", 0), ("v3.3.0", 1), ("v3.10.2", 1), ("stable", 1), ("v2.14.0", 0), ("release-3.4", 1)],
)
def test_argo_cd_needs_the_server_to_apply_it(ref: str, expected: int) -> None:
    for entry in (
        f"https://github.com/argoproj/argo-cd//manifests/cluster-install?ref={ref}",
        f"github.com/argoproj/argo-cd/manifests/ha/cluster-install?ref={ref}",
        f"https://raw.githubusercontent.com/argoproj/argo-cd/{ref}/manifests/install.yaml",
    ):
        files = {"a.yaml": app("path: x"), "x/kustomization.yaml": f"resources: ['{entry}']\n"}

        assert len(findings("argo-cd-without-server-side-apply", files)) == expected
    without = (
        f"resources: ['https://raw.githubusercontent.com/argoproj/argo-cd/{ref}/manifests/namespace-install.yaml']\n"
    )

    assert (
        findings("argo-cd-without-server-side-apply", {"a.yaml": app("path: x"), "x/kustomization.yaml": without}) == []
    )


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("  syncPolicy: {automated: {prune: true}}\n", "{name: b, namespace: argocd}", 1),
        ("  syncPolicy: {automated: {prune: true, enabled: false}}\n", "{name: b, namespace: argocd}", 0),
        ("  syncPolicy: {automated: {}}\n", "{name: b, namespace: argocd}", 0),
        (
            "  syncPolicy: {automated: {prune: true}}\n",
            "{name: b, namespace: argocd, finalizers: [x.example.com/y]}",
            0,
        ),
    ],
)
def test_what_is_pruned_without_its_resources(parent: str, child: str, expected: int) -> None:
    inner = app("path: x", "b").replace("{name: b, namespace: argocd}", child)
    files = {"root/a.yaml": app("path: apps", "a", parent), "apps/b.yaml": inner, "x/cm.yaml": CM}

    assert len(findings("orphans-when-pruned", files)) == expected


NAMESPACES = {
    "apps/ns.yaml": app("path: ns", "namespaces", namespace="default"),
    "ns/shop.yaml": manifest("Namespace", "shop"),
}


@pytest.mark.parametrize(
    ("namespace", "spec", "resource", "expected"),
    [
        ("shpo", "", CM, "did you mean `shop`?"),
        ("payments", "", CM, "and the sync fails unless it exists"),
        ("shop", "", CM, ""),
        ("kube-system", "", CM, ""),
        ("argocd", "", CM, ""),
        ("<namespace>", "", CM, ""),
        ("shpo", "  syncPolicy: {syncOptions: [CreateNamespace=true]}\n", CM, ""),
        ("shpo", "", manifest("ConfigMap", "web", "shop"), ""),
        ("shpo", "", manifest("ClusterRole", "web", api="rbac.authorization.k8s.io/v1"), ""),
    ],
)
def test_namespaces_that_nobody_creates(namespace: str, spec: str, resource: str, expected: str) -> None:
    files = {**NAMESPACES, "apps/a.yaml": app("path: x", spec=spec, namespace=namespace), "x/r.yaml": resource}
    found = findings("namespace-never-created", files)

    assert [message.endswith(expected) for *_, message in found] == ([True] if expected else [])


def test_another_application_may_create_the_namespace() -> None:
    creating = app("path: x", "other", "  syncPolicy: {syncOptions: [CreateNamespace=true]}\n", "shpo")
    files = {**NAMESPACES, "apps/a.yaml": app("path: x", namespace="shpo"), "x/r.yaml": CM}
    chart = {**files, "x/Chart.yaml": "name: x\nversion: 1.0.0\n"}

    assert len(findings("namespace-never-created", files)) == 1
    assert findings("namespace-never-created", {**files, "apps/b.yaml": creating}) == []
    assert findings("namespace-never-created", chart) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (manifest("ConfigMap", "web"), 1),
        (manifest("ConfigMap", "web", "web"), 1),
        (manifest("ConfigMap", "web", "other"), 0),
        (manifest("Secret", "web"), 0),
        (manifest("Widget", "web", api="e.com/v1"), 0),
    ],
)
def test_resources_that_are_there_twice(second: str, expected: int) -> None:
    files = {"a.yaml": app("path: x"), "x/a.yaml": CM, "x/b.yaml": second}

    assert len(findings("resource-repeated-in-application", files)) == expected
