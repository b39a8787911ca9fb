"""What generators see of a repository: Secrets of clusters, settings of Argo CD, remotes and branches, checkouts beside it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest
from generating import FILE, URL, appset

from gitops_lint.config import Config
from gitops_lint.config.settings import Cluster, Fixture
from gitops_lint.repo.discover import MemoryTree, WorkingTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of
from gitops_lint.simulate.applicationset.generators import yields
from gitops_lint.simulate.applicationset.gittrees import GitTree
from gitops_lint.simulate.applicationset.surroundings import Surroundings, surroundings_of

LABEL = "argocd.argoproj.io/secret-type"


def repo_of(files: Mapping[str, str], config: Config | None = None, remotes: tuple[str, ...] = (URL,)) -> Repo:
    tree = MemoryTree(files)
    roles = roles_of(tree)
    facts = [facts_of(load(tree, file, role)) for file, role in roles.items()]
    return Repo(tree, roles, facts, config, remote_urls=remotes)


def secret(name: str, rest: str, *, namespace: str = "argocd", labels: str = f"{LABEL}: cluster") -> str:
    return (
        "apiVersion: v1\nkind: Secret\n"
        f"metadata: {{name: {name}, namespace: {namespace}, labels: {{{labels}}}, annotations: {{note: x}}}}\n{rest}\n"
    )


def named(surroundings: Surroundings) -> list[str]:
    return [one.name for one in surroundings.clusters]


def test_a_secret_of_a_cluster_is_read_from_either_of_its_maps() -> None:
    encoded = base64.b64encode(b"dev").decode()
    files = {
        "a.yaml": secret(
            "a", "stringData: {name: prod, server: https://prod, project: shop}", labels=f"{LABEL}: cluster, env: prod"
        ),
        "b.yaml": secret("b", f"data: {{name: {encoded}, server: {encoded}}}"),
        "c.yaml": secret("c", "stringData: {name: other}", labels=f"{LABEL}: repository"),
    }
    found = surroundings_of(repo_of(files))
    dev, prod = found.clusters

    assert (dev.name, dev.server, dev.project, dev.namespace) == ("dev", "dev", "", "argocd")
    assert (prod.name, prod.server, prod.project) == ("prod", "https://prod", "shop")
    assert (prod.labels, prod.annotations) == ({LABEL: "cluster", "env": "prod"}, {"note": "x"})
    assert prod.place is not None
    assert prod.place.file == "a.yaml"
    assert found.missing_clusters == ""


def test_clusters_of_the_configuration_come_beside_those_of_secrets() -> None:
    config = Config(clusters=(Cluster("prod", "https://other"), Cluster("extra", "https://e", labels={"env": "x"})))
    files = {"a.yaml": secret("a", "stringData: {name: prod, server: https://prod}")}
    found = surroundings_of(repo_of(files, config))

    assert [(one.name, one.server) for one in found.clusters] == [("extra", "https://e"), ("prod", "https://prod")]
    assert found.clusters[0].labels == {LABEL: "cluster", "env": "x"}
    assert found.missing_clusters == ""


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("kind: Nothing", "no Secret of a cluster is in this repository"),
        (secret("a", "stringData: {name: '${NAME}', server: x}"), "the Secret `a` of a cluster is not written out"),
        (secret("a", "stringData: {name: a, server: 'ENC[AES256_GCM,data:x]'}"), "the Secret `a` of a cluster is not written out"),
        (secret("a", "data: {name: not-base64!, server: eA==}"), "the Secret `a` of a cluster is not written out"),
        (
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: s}\n"
            f"spec: {{template: {{metadata: {{labels: {{{LABEL}: cluster}}}}}}}}",
            "the SealedSecret `s` makes the Secret of a cluster",
        ),
        (
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\n"
            f"spec: {{target: {{template: {{metadata: {{labels: {{{LABEL}: cluster}}}}}}}}}}",
            "the ExternalSecret `e` makes the Secret of a cluster",
        ),
    ],
)  # fmt: skip
def test_clusters_may_be_missing(document: str, why: str) -> None:
    assert surroundings_of(repo_of({"a.yaml": document})).missing_clusters.startswith(why)


def test_the_configuration_may_say_that_there_are_no_others() -> None:
    sealed = (
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: s}\n"
        f"spec: {{template: {{metadata: {{labels: {{{LABEL}: cluster}}}}}}}}"
    )

    assert surroundings_of(repo_of({"a.yaml": sealed}, Config(clusters=(Cluster("s"),)))).missing_clusters == ""
    assert surroundings_of(repo_of({}, Config(said={"clusters": "x"}))).missing_clusters == ""


def test_argo_cd_is_where_its_settings_are() -> None:
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: gitops}\ndata: {}\n"

    assert surroundings_of(repo_of({"a.yaml": settings})).namespace == "gitops"
    assert (
        surroundings_of(repo_of({"a.yaml": settings, "b.yaml": settings.replace("gitops", "other")})).namespace is None
    )
    assert surroundings_of(repo_of({})).namespace is None


def test_switches_of_the_controller() -> None:
    data = (
        "{applicationsetcontroller.enable.new.git.file.globbing: 'true', reposerver.include.hidden.directories: 'true',"
        " applicationsetcontroller.enable.scm.providers: 'false'}"
    )
    text = (
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: argocd-cmd-params-cm, namespace: argocd}}\ndata: {data}\n"
    )
    switches = surroundings_of(repo_of({"a.yaml": text})).switches
    default = surroundings_of(repo_of({})).switches

    assert (switches.new_globbing, switches.hidden_directories, switches.scm_providers) == (True, True, False)
    assert (default.new_globbing, default.hidden_directories, default.scm_providers) == (False, False, True)


def test_the_first_fixture_whose_name_fits() -> None:
    fixtures = (
        Fixture("plugin", ({"a": "1"},), "shop-*"),
        Fixture("plugin", ({"a": "2"},)),
        Fixture("pullRequest", ({"a": "3"},), "x"),
    )
    found = surroundings_of(repo_of({}, Config(generators=fixtures)))

    assert found.fixture("plugin", "shop-a") is fixtures[0]
    assert found.fixture("plugin", "other") is fixtures[1]
    assert found.fixture("pullRequest", "other") is None


# ---- Git


def test_a_repository_is_known_by_its_remotes_and_by_the_configuration() -> None:
    files = {"apps/a/x.yaml": "k: v"}
    known = surroundings_of(repo_of(files, Config(repositories={"https://mirror.example.com/x": "."})))

    assert isinstance(known.git_tree("git@git.example.com:org/gitops.git", "main", ""), GitTree)
    assert isinstance(known.git_tree("https://mirror.example.com/x.git", "main", ""), GitTree)
    assert isinstance(known.git_tree("https://git.example.com/org/other", "main", "apps"), str)


def test_without_remotes_what_exists_decides() -> None:
    nameless = surroundings_of(repo_of({"apps/a/x.yaml": "k: v"}, remotes=()))

    assert isinstance(nameless.git_tree("https://any.example.com/x", "main", "apps"), GitTree)
    assert isinstance(nameless.git_tree("https://any.example.com/x", "main", "other"), str)


def working(tmp_path: Path, head: str, *, branch: bool = True) -> Surroundings:
    git = tmp_path / ".git"
    (git / "refs/heads").mkdir(parents=True)
    (git / "HEAD").write_text(head)
    (git / "config").write_text(f'[remote "origin"]\n\turl = {URL}\n')
    if branch:
        (git / "refs/heads/work").write_text("0" * 40)
    (tmp_path / "a.yaml").write_text("k: v")
    tree = WorkingTree(tmp_path)
    roles = roles_of(tree)
    return surroundings_of(Repo(tree, roles, [facts_of(load(tree, file, role)) for file, role in roles.items()]))


@pytest.mark.parametrize(
    ("revision", "known"),
    [
        ("", True),
        ("HEAD", True),
        ("work", True),
        ("refs/heads/work", True),
        ("main", True),
        ("prod", False),
        ("v1.0", False),
    ],
)
def test_revisions_that_mean_what_is_checked_out(tmp_path: Path, revision: str, known: bool) -> None:
    found = working(tmp_path, "ref: refs/heads/work\n").git_tree(URL, revision, "")

    assert isinstance(found, GitTree) is known


def test_a_repository_without_commits_knows_no_branches(tmp_path: Path) -> None:
    assert isinstance(working(tmp_path, "ref: refs/heads/main\n", branch=False).git_tree(URL, "prod", ""), GitTree)


def test_a_part_of_a_git_repository_is_not_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "part/apps").mkdir(parents=True)
    (tmp_path / "part/apps/x.yaml").write_text("k: v")

    def found(root: Path, config: Config | None = None) -> GitTree | str:
        tree = WorkingTree(root)
        return surroundings_of(Repo(tree, roles_of(tree), [], config, remote_urls=(URL,))).git_tree(URL, "main", "")

    assert isinstance(found(tmp_path), GitTree)
    assert isinstance(found(tmp_path / "part", Config(repositories={URL: "."})), GitTree)
    assert found(tmp_path / "part") == (
        f"the files of `{URL}` are not here; `repositories:` in the configuration can say where they lie"
    )


def test_a_checkout_beside_the_repository(tmp_path: Path) -> None:
    (tmp_path / "other/apps").mkdir(parents=True)
    (tmp_path / "other/apps/x.yaml").write_text("k: v")
    (tmp_path / "own").mkdir()
    tree = WorkingTree(tmp_path / "own")
    config = Config(repositories={"https://git.example.com/org/other.git": "../other"})
    found = surroundings_of(Repo(tree, roles_of(tree), [], config, remote_urls=(URL,)))
    other = found.git_tree("https://git.example.com/org/other", "v2", "")

    assert isinstance(other, GitTree)
    assert list(other.files) == ["apps/x.yaml"]
    assert not other.own


def test_the_whole_way_from_files_to_sets() -> None:
    root = appset("- clusters: {selector: {matchLabels: {env: prod}}}")
    files = {
        FILE: root.source.text,
        "a.yaml": secret("a", "stringData: {name: prod, server: https://prod}", labels=f"{LABEL}: cluster, env: prod"),
        "b.yaml": secret(
            "b", "stringData: {name: stray, server: x}", namespace="default", labels=f"{LABEL}: cluster, env: prod"
        ),
    }
    repo = repo_of(files)
    (only,) = yields(repo.resources("argoproj.io", "ApplicationSet")[0].root, repo.once(surroundings_of))

    assert [one.values["name"] for one in only.sets] == ["prod"]


def test_switches_of_values_of_the_chart() -> None:
    chart = "apiVersion: v2\nname: argo\nversion: 1.0.0\n"
    params = "{applicationsetcontroller.enable.new.git.file.globbing: true}"
    own = f"configs: {{cm: {{a: b}}, params: {params}}}\n"

    for values in (own, f"argo-cd:\n  {own}"):
        assert surroundings_of(repo_of({"Chart.yaml": chart, "values.yaml": values})).switches.new_globbing


def test_what_a_run_leaves_out_is_in_git_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "apps/vendored").mkdir(parents=True)
    (tmp_path / "apps/vendored/x.yaml").write_text("k: v")
    tree = GitTree(WorkingTree(tmp_path, exclude=["vendored"]))

    assert tree.tree.files() == ()
    assert tree.matching_directories("apps/*") == ("apps/vendored",)
    assert [one.values for one in tree.contents("apps/vendored/x.yaml")] == [{"k": "v"}]


def selecting(*labels: str) -> dict[str, str]:
    selectors = [f"clusters: {{selector: {{matchLabels: {{{one}}}}}}}" for one in labels]
    matrix = [f"matrix: {{generators: [{{{one}}}, {{list: {{elements: []}}}}]}}" for one in selectors]
    return {
        f"sets/{number}.yaml": (
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
            f"metadata: {{name: set-{number}, namespace: argocd}}\n"
            f"spec: {{generators: [{{{one}}}], template: {{}}}}\n"
        )
        for number, one in enumerate((*selectors, *matrix))
    }


@pytest.mark.parametrize(
    ("labels", "known"),
    [
        (["install/a: yes", "install/b: yes", "install/c: yes"], False),
        (["install/a: yes", "install/b: yes"], True),
        (["install/a: yes", "install/b: yes", "install/c: yes", "env: prod", "env: [prod]"], False),
        (["a: b", "c: d", "e: f", "env: prod", "tier: web", "env: prod, tier: web"], True),
        (["a: '{{a}}'", "b: '{{b}}'", "c: '{{c}}'"], True),
        (["a: ' '", "b: ' '", "c: ' '"], True),
    ],
)
def test_most_selectors_that_find_nothing_ask_for_clusters_elsewhere(labels: list[str], known: bool) -> None:
    files = {
        "a.yaml": secret(
            "a", "stringData: {name: a, server: https://a}", labels=f"{LABEL}: cluster, env: prod, tier: web"
        ),
        **selecting(*labels),
    }
    why = "most ApplicationSets select clusters that have no Secret in this repository; "
    found = surroundings_of(repo_of(files)).missing_clusters
    assert found.startswith(why) is not known
    assert not known or found == ""
    complete = Config(clusters=(Cluster("b", "https://b"),))
    assert surroundings_of(repo_of(files, complete)).missing_clusters == ""
