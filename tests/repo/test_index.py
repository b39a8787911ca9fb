"""The whole repository: resources by name, documents again, namespaces and names after a build, whose it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitops_lint.config import Config
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.index import ChangedMeanwhileError, Repo
from gitops_lint.repo.load import load
from gitops_lint.repo.roles import roles_of
from gitops_lint.repo.shown import show_files
from gitops_lint.text.scalars import UNKNOWN, get, text_of

RepoOf = Callable[..., Repo]

URL = "https://github.com/org/shop.git"


def service(name: str = "web", namespace: str | None = None) -> str:
    written = f"  namespace: {namespace}\n" if namespace else ""
    return f"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n{written}  labels: {{app: {name}}}\n"


def application(
    path: str, namespace: str | None = "shop", name: str = "shop", url: str = URL, kind: str = "Application"
) -> str:
    destination = f"{{namespace: {namespace}}}" if namespace else "{}"
    spec = f"{{source: {{repoURL: {url}, path: {path}}}, destination: {destination}}}"
    if kind == "ApplicationSet":
        spec = f"{{generators: [], template: {{spec: {spec}}}}}"
    return f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def test_resources_are_found_by_kind_name_file_and_label(repo_of: RepoOf) -> None:
    repo = repo_of({"b.yaml": service("b"), "a.yaml": service("a") + "---\n" + service("b")})

    assert [(one.file, one.document, one.name) for one in repo.resources("", "Service")] == [
        ("a.yaml", 0, "a"),
        ("a.yaml", 1, "b"),
        ("b.yaml", 0, "b"),
    ]
    assert [one.file for one in repo.named("", "Service", "b")] == ["a.yaml", "b.yaml"]
    assert [one.name for one in repo.in_file("a.yaml")] == ["a", "b"]
    assert [one.name for one in repo.labelled("app", "a")] == ["a"]
    assert repo.kinds() == {("", "Service")}
    assert list(repo.resources("apps", "Service")) == []
    assert repo.facts_of(repo.resources("", "Service")[0]).labels == {"app": "a"}


def test_a_tree_is_parsed_again_when_it_is_asked_for(repo_of: RepoOf) -> None:
    (one,) = repo_of({"a.yaml": "a: 1\n---\n" + service()}).resources("", "Service")

    assert text_of(get(get(one.root, "metadata"), "name")) == "web"


def test_an_item_of_a_list_has_its_own_root(repo_of: RepoOf) -> None:
    items = "- {a: 1}\n- {apiVersion: v1, kind: Service, metadata: {name: x}}\n"
    (one,) = repo_of({"a.yaml": f"apiVersion: v1\nkind: List\nitems:\n{items}"}).resources("", "Service")

    assert text_of(get(get(one.root, "metadata"), "name")) == "x"


def test_a_file_that_changed_meanwhile_is_told() -> None:
    roles = roles_of(MemoryTree({"a.yaml": service()}))
    facts = [facts_of(load(MemoryTree({"a.yaml": service()}), "a.yaml"))]
    (one,) = Repo(MemoryTree({"a.yaml": ""}), roles, facts, remote_urls=()).resources("", "Service")

    with pytest.raises(ChangedMeanwhileError, match=r"a\.yaml changed while it was checked"):
        _ = one.root


def test_documents_and_files(repo_of: RepoOf) -> None:
    repo = repo_of({"a/b.yaml": service(), "c.txt": "x"})
    document = repo.document("a/b.yaml", 0)

    assert document is not None
    assert document.classification.what == "resource"
    assert repo.document("a/b.yaml", 1) is None
    assert [one.file for one in repo.files()] == ["a/b.yaml"]
    assert [repo.exists(path) for path in ("a/b.yaml", "a", "c.txt", "d")] == [True, True, True, False]
    assert [repo.is_directory(path) for path in ("a/b.yaml", "a", "")] == [False, True, True]
    assert repo.unseen("a/b.yaml") is None


def test_harness_entities_by_their_kind(repo_of: RepoOf) -> None:
    repo = repo_of({"p.yaml": "pipeline: {identifier: a}", "t.yaml": "trigger: {identifier: b}", "s.yaml": service()})

    assert [(file, one.entity) for file, one in repo.harness()] == [("p.yaml", "pipeline"), ("t.yaml", "trigger")]
    assert [(file, one.names) for file, one in repo.harness("trigger")] == [("t.yaml", {"identifier": "b"})]


# ---- namespaces

BASE = {"base/kustomization.yaml": "resources: [a.yaml]", "base/a.yaml": service()}

NAMESPACES: list[tuple[str, dict[str, str], object]] = [
    ("nothing sets one", {"a.yaml": service()}, None),
    ("it is written", {"a.yaml": service(namespace="own")}, "own"),
    ("it is a token", {"a.yaml": service(namespace="'{{ x }}'")}, UNKNOWN),
    ("a kustomization sets it", {**BASE, "base/kustomization.yaml": "resources: [a.yaml]\nnamespace: k"}, "k"),
    (
        "a kustomization wins over what is written",
        {"k/kustomization.yaml": "resources: [a.yaml]\nnamespace: k", "k/a.yaml": service(namespace="own")},
        "k",
    ),
    ("the outermost build wins", {**BASE, "o/kustomization.yaml": "resources: [../base]\nnamespace: o"}, "o"),
    (
        "builds differ",
        {
            **BASE,
            "o/kustomization.yaml": "resources: [../base]\nnamespace: o",
            "p/kustomization.yaml": "resources: [../base]",
        },
        UNKNOWN,
    ),
    (
        "builds agree",
        {
            **BASE,
            "o/kustomization.yaml": "resources: [../base]\nnamespace: o",
            "p/kustomization.yaml": "resources: [../base]\nnamespace: o",
        },
        "o",
    ),
    ("an Application delivers the folder", {"app.yaml": application("d"), "d/a.yaml": service()}, "shop"),
    (
        "an Application of another repository",
        {"app.yaml": application("d", url="https://h/x"), "d/a.yaml": service()},
        None,
    ),
    ("an Application without a namespace", {"app.yaml": application("d", None), "d/a.yaml": service()}, None),
    ("an Application builds the kustomization", {**BASE, "app.yaml": application("base")}, "shop"),
    (
        "two Applications with different namespaces",
        {"app.yaml": application("d"), "b.yaml": application("d", "other", "b"), "d/a.yaml": service()},
        UNKNOWN,
    ),
    (
        "what is written wins over an Application",
        {"app.yaml": application("d"), "d/a.yaml": service(namespace="own")},
        "own",
    ),
    (
        "a set delivers folders by a pattern",
        {"set.yaml": application("'apps/{{name}}'", "'{{name}}'", kind="ApplicationSet"), "apps/x/a.yaml": service()},
        UNKNOWN,
    ),
    (
        "a set delivers folders by a pattern into one namespace",
        {"set.yaml": application("'apps/{{name}}'", "shop", kind="ApplicationSet"), "apps/x/a.yaml": service()},
        "shop",
    ),
    (
        "a component sets it",
        {
            **BASE,
            "o/kustomization.yaml": "resources: [../base]\ncomponents: [../c]",
            "c/kustomization.yaml": "kind: Component\nnamespace: c",
        },
        "c",
    ),
]


@pytest.mark.parametrize(("fact", "files", "expected"), NAMESPACES, ids=[row[0] for row in NAMESPACES])
def test_the_namespace_in_which_a_resource_ends_up(
    repo_of: RepoOf, fact: str, files: dict[str, str], expected: object
) -> None:
    repo = repo_of(files, [URL])
    (one,) = repo.resources("", "Service")

    assert repo.namespace_of(one) == expected


def test_cluster_scoped_kinds_have_no_namespace(repo_of: RepoOf) -> None:
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: x}\n"
    repo = repo_of({"k/kustomization.yaml": "resources: [a.yaml]\nnamespace: k", "k/a.yaml": role})

    assert repo.namespace_of(repo.all_resources()[0]) is None


def test_names_after_a_build(repo_of: RepoOf) -> None:
    repo = repo_of(
        {
            **BASE,
            "base/n.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
            "base/kustomization.yaml": "resources: [a.yaml, n.yaml]\nnamePrefix: p-",
            "o/kustomization.yaml": "resources: [../base]\nnameSuffix: -s",
            "q/kustomization.yaml": "resources: [../base]",
            "x.yaml": service("x"),
        }
    )
    every = repo.all_resources()

    assert {one.name: list(repo.built_names(one)) for one in every} == {
        "web": ["p-web-s", "p-web"],
        "shop": ["shop"],
        "x": ["x"],
    }
    assert [list(repo.names_of(one)) for one in every if one.name == "web"] == [["web", "p-web-s", "p-web"]]


def test_a_namespace_takes_the_name_that_the_build_gives_everything(repo_of: RepoOf) -> None:
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    repo = repo_of(
        {"k/kustomization.yaml": "resources: [n.yaml]\nnamespace: prod\nnamePrefix: p-", "k/n.yaml": namespace}
    )

    assert list(repo.built_names(repo.all_resources()[0])) == ["prod"]


def test_what_a_kustomization_generates_is_known_by_name(repo_of: RepoOf) -> None:
    repo = repo_of({"k/kustomization.yaml": "configMapGenerator: [{name: conf, literals: [a=b]}]"})

    assert [(one.directory, made.keys) for one, made in repo.generated("ConfigMap", "conf")] == [("k", ("a",))]
    assert list(repo.generated("Secret", "conf")) == []


RENAMED = [
    'patches: [{target: {kind: Service}, patch: \'[{"op": "replace", "path": "/metadata/name", "value": "x"}]\'}]',
    "patches: [{target: {kind: Service}, patch: '{metadata: {name: x}}', options: {allowNameChange: true}}]",
    "patches: [{patch: '{apiVersion: v1, kind: Service, metadata: {name: web}, $patch: delete}'}]",
    "transformers: [t.yaml]",
]


@pytest.mark.parametrize("change", RENAMED)
def test_a_patch_that_renames_or_deletes_leaves_no_built_name(repo_of: RepoOf, change: str) -> None:
    repo = repo_of({**BASE, "o/kustomization.yaml": f"resources: [../base]\n{change}\n"})
    (one,) = repo.resources("", "Service")

    assert (list(repo.built_names(one)), list(repo.names_of(one))) == ([], ["web"])


def test_a_patch_of_the_namespace_makes_it_unknown(repo_of: RepoOf) -> None:
    patch = '[{"op": "add", "path": "/metadata/namespace", "value": "x"}]'
    repo = repo_of(
        {
            **BASE,
            "o/kustomization.yaml": f"resources: [../base]\npatches: [{{target: {{kind: Service}}, patch: '{patch}'}}]\n",
        }
    )
    (one,) = repo.resources("", "Service")

    assert repo.namespace_of(one) is UNKNOWN


# ---- whose it is


def test_a_url_means_this_repository_when_it_is_a_remote_else_when_the_path_is_here(repo_of: RepoOf) -> None:
    known = repo_of({"apps/a.yaml": service()}, ["git@github.com:org/shop.git", "https://mirror.example.com/shop"])
    unknown = repo_of({"apps/a.yaml": service()})

    assert [
        known.is_this_repository(url, "apps") for url in (URL, "https://mirror.example.com/shop/", "https://h/x")
    ] == [True, True, False]
    assert [unknown.is_this_repository(URL, path) for path in ("apps", "other", None)] == [True, False, False]


def test_a_url_that_the_configuration_maps_to_the_root_is_this_repository(repo_of: RepoOf) -> None:
    config = Config(repositories={URL: "./", "https://h/other": "../other"})
    repo = repo_of({"apps/a.yaml": service()}, ["https://h/elsewhere"], config)

    assert [
        repo.is_this_repository(url, "apps") for url in (URL, "https://h/elsewhere", "https://h/other", "https://h/x")
    ] == [True, True, False, False]


def test_deliveries_of_a_file(repo_of: RepoOf) -> None:
    repo = repo_of(
        {**BASE, "app.yaml": application("base"), "b.yaml": application("d", name="b"), "d/x.yaml": service("x")}, [URL]
    )

    assert [use.name for use in repo.delivering("base/a.yaml")] == ["shop"]
    assert [use.name for use in repo.delivering("d/x.yaml")] == ["b"]
    assert [use.name for use in repo.delivering("app.yaml")] == []


ORPHANS: list[tuple[dict[str, str], bool]] = [
    ({"a/kustomization.yaml": "resources: []", "a/x.yaml": service()}, True),
    ({"a/kustomization.yaml": "resources: [x.yaml]", "a/x.yaml": service()}, False),
    (
        {
            "a/kustomization.yaml": "resources: []",
            "b/kustomization.yaml": "resources: [../a/x.yaml]",
            "a/x.yaml": service(),
        },
        False,
    ),
    ({"a/kustomization.yaml": "{% if x %}", "a/x.yaml": service()}, False),
    ({"a/x.yaml": service()}, False),
    ({"a/kustomization.yaml": "resources: []", "a/below/x.yaml": service()}, False),
]


@pytest.mark.parametrize(("files", "expected"), ORPHANS)
def test_a_manifest_beside_a_kustomization_that_does_not_name_it_is_an_orphan(
    repo_of: RepoOf, files: dict[str, str], expected: bool
) -> None:
    file = next(name for name in files if name.endswith("x.yaml"))

    assert repo_of(files).is_orphan(file) is expected


def test_other_repositories_lie_where_the_configuration_says(repo_of: RepoOf) -> None:
    repo = repo_of({"a.yaml": service()}, config=Config(repositories={"https://h/o/other.git": "../other"}))

    # files in memory lie beside nothing
    assert repo.checkout("https://h/o/other") is None
    assert repo.checkout("https://h/o/third") is None


def test_show_files_says_what_everything_is_and_why(repo_of: RepoOf) -> None:
    repo = repo_of(
        {
            "k/kustomization.yaml": "resources: [a.yaml]",
            "k/a.yaml": service() + "---\na: 1\n",
            "h.lua": "",
            "c/Chart.yaml": "name: c",
            "c/templates/x.yaml": "{{ if }}",
            "empty.yaml": "# nothing\n",
        }
    )

    assert [(row.file, row.role, row.document, row.what, row.name, row.evidence) for row in show_files(repo)] == [
        ("c/Chart.yaml", "chart", 0, "helm-chart", "", ("it is called Chart.yaml",)),
        ("c/templates/x.yaml", "chart-template", None, "template", "", ("it is a template of the chart c",)),
        ("empty.yaml", "manifest", None, "empty", "", ()),
        ("h.lua", "lua", None, "text", "", ("it is a Lua script",)),
        ("k/a.yaml", "manifest", 0, "resource", "Service web", ("k/kustomization.yaml lists it under resources",)),
        (
            "k/a.yaml",
            "manifest",
            1,
            "other",
            "",
            ("it has neither `apiVersion` nor `kind`", "k/kustomization.yaml lists it under resources"),
        ),
        ("k/kustomization.yaml", "kustomization", 0, "kustomization", "", ("it is called kustomization.yaml",)),
    ]
