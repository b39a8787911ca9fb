"""What each file is for: by its name, by kustomizations, by charts, by what Argo CD reads."""

from __future__ import annotations

import pytest

from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.roles import roles_of

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n"


def application(source: str, kind: str = "Application") -> str:
    """An Application (or the template of an ApplicationSet) whose source holds these flow entries."""
    spec = f"{{project: default, source: {{repoURL: https://h/o/r, {source}}}, destination: {{}}}}"
    if kind == "ApplicationSet":
        spec = f"{{generators: [], template: {{metadata: {{name: a}}, spec: {spec}}}}}"
    return f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: shop}}\nspec: {spec}\n"


def generator(paths: str) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: shop}\nspec:\n  generators:\n"
        f"    - matrix: {{generators: [{{git: {{repoURL: https://h/o/r, files: {paths}}}}}, {{list: {{elements: []}}}}]}}\n"
    )


TABLE: list[tuple[dict[str, str], str, str, str]] = [
    # files, file, role, evidence
    ({"a.yaml": SERVICE}, "a.yaml", "manifest", ""),
    ({"a/kustomization.yaml": ""}, "a/kustomization.yaml", "kustomization", "it is called kustomization.yaml"),
    ({"a/Kustomization": ""}, "a/Kustomization", "kustomization", "it is called Kustomization"),
    ({"health.lua": ""}, "health.lua", "lua", "it is a Lua script"),
    (
        {"resource_customizations/apps/D/health.lua": ""},
        "resource_customizations/apps/D/health.lua",
        "lua",
        "it checks the health of apps/D",
    ),
    (
        {"resource_customizations/apps/D/actions/restart/action.lua": ""},
        "resource_customizations/apps/D/actions/restart/action.lua",
        "lua",
        "it belongs to the actions of apps/D",
    ),
    (
        {"a/kustomization.yaml": "crds: [b.json]", "a/b.json": "{}"},
        "a/b.json",
        "kustomize-plugin",
        "a/kustomization.yaml takes the schema of a kind from it",
    ),
    ({"r/health_test.yaml": ""}, "r/health_test.yaml", "lua-test", "it is called health_test.yaml"),
    (
        {"resource_customizations/apps/D/testdata/a.yaml": SERVICE},
        "resource_customizations/apps/D/testdata/a.yaml",
        "lua-test",
        "it lies in the test data of Lua scripts",
    ),
    ({".gitops-lint.yaml": ""}, ".gitops-lint.yaml", "configuration", "it configures gitops-lint"),
    ({".github/workflows/a.yml": ""}, ".github/workflows/a.yml", "other-tool", "GitHub reads it"),
    ({".gitlab-ci.yml": ""}, ".gitlab-ci.yml", "other-tool", "GitLab reads it"),
    ({"docker-compose.dev.yml": ""}, "docker-compose.dev.yml", "other-tool", "Docker Compose reads it"),
    ({"docs/openapi.yaml": ""}, "docs/openapi.yaml", "other-tool", "it describes an API"),
    ({".tekton/a.yaml": SERVICE}, ".tekton/a.yaml", "other-tool", "Pipelines as Code reads it"),
    ({".harness/a.yaml": ""}, ".harness/a.yaml", "manifest", ""),
    ({"apps/a/.harness.yaml": ""}, "apps/a/.harness.yaml", "manifest", ""),
    ({"app/db.env": "A=b"}, "app/db.env", "text", "its name says that it may hold settings or keys"),
    # charts
    ({"c/Chart.yaml": ""}, "c/Chart.yaml", "chart", "it is called Chart.yaml"),
    (
        {"Chart.yaml": "", "templates/a.yaml": ""},
        "templates/a.yaml",
        "chart-template",
        "it is a template of the chart .",
    ),
    (
        {"c/Chart.yaml": "", "c/templates/x/_h.tpl": ""},
        "c/templates/x/_h.tpl",
        "chart-template",
        "it is a template of the chart c",
    ),
    ({"c/Chart.yaml": "", "c/crds/a.yaml": ""}, "c/crds/a.yaml", "chart-crds", "it is a CRD of the chart c"),
    (
        {"c/Chart.yaml": "", "c/values-prod.yaml": ""},
        "c/values-prod.yaml",
        "values",
        "its name says that it holds values of the chart c",
    ),
    (
        {"c/Chart.yaml": "", "c/ci/x.yaml": ""},
        "c/ci/x.yaml",
        "values",
        "its name says that it holds values of the chart c",
    ),
    (
        {"c/Chart.yaml": "", "c/values.schema.json": "{}"},
        "c/values.schema.json",
        "chart-data",
        "Helm and its tools read it",
    ),
    (
        {"c/Chart.yaml": "", "c/charts/s/Chart.yaml": "", "c/charts/s/templates/a.yaml": ""},
        "c/charts/s/templates/a.yaml",
        "chart-template",
        "it is a template of the chart c/charts/s",
    ),
    ({"templates/a.yaml": SERVICE}, "templates/a.yaml", "manifest", ""),
    ({"values-prod.yaml": "a: 1"}, "values-prod.yaml", "manifest", ""),
    # folders of templates
    (
        {
            "hack/templates/a.yaml": "{% if x %}\na: 1\n{% endif %}\n",
            "hack/templates/b/kustomization.yaml": "resources: [c]",
        },
        "hack/templates/b/kustomization.yaml",
        "template",
        "`hack/templates` holds templates that an engine fills in",
    ),
    ({"templates/a.yaml": "name: '{{ x }}'\n"}, "templates/a.yaml", "manifest", ""),
    # tests
    ({"testdata/a.yaml": SERVICE}, "testdata/a.yaml", "test-data", "its folder holds what tests read"),
    (
        {"x/chainsaw-test.yaml": "", "x/a.yaml": SERVICE},
        "x/a.yaml",
        "test-data",
        "a definition of a test lies beside it",
    ),
    ({"overlays/test/a.yaml": SERVICE}, "overlays/test/a.yaml", "manifest", ""),
    (
        {"testdata/a.yaml": SERVICE, "testdata/kustomization.yaml": "resources: [a.yaml]"},
        "testdata/a.yaml",
        "manifest",
        "testdata/kustomization.yaml lists it under resources",
    ),
    # kustomizations
    (
        {"a/kustomization.yaml": "resources: [b.yaml]", "a/b.yaml": SERVICE},
        "a/b.yaml",
        "manifest",
        "a/kustomization.yaml lists it under resources",
    ),
    (
        {"a/kustomization.yaml": "bases: [b.yaml]", "a/b.yaml": SERVICE},
        "a/b.yaml",
        "manifest",
        "a/kustomization.yaml lists it under bases",
    ),
    (
        {"a/kustomization.yaml": "patches: [{path: b.yaml}]", "a/b.yaml": SERVICE},
        "a/b.yaml",
        "patch",
        "a/kustomization.yaml lists it as a patch",
    ),
    (
        {"a/kustomization.yaml": "patches: [b.yaml]", "a/b.yaml": SERVICE},
        "a/b.yaml",
        "patch",
        "a/kustomization.yaml lists it as a patch",
    ),
    (
        {"a/kustomization.yaml": "patchesStrategicMerge: [../b.yaml]", "b.yaml": SERVICE},
        "b.yaml",
        "patch",
        "a/kustomization.yaml lists it as a patch",
    ),
    (
        {"a/kustomization.yaml": "patchesJson6902: [{path: b.json, target: {kind: A}}]", "a/b.json": "[]"},
        "a/b.json",
        "patch",
        "a/kustomization.yaml lists it as a patch",
    ),
    (
        {"a/kustomization.yaml": "configMapGenerator: [{name: c, files: [x=b.yaml]}]", "a/b.yaml": SERVICE},
        "a/b.yaml",
        "generated-data",
        "a/kustomization.yaml puts it into a ConfigMap",
    ),
    (
        {"a/kustomization.yaml": "secretGenerator: [{name: c, envs: [b.env]}]", "a/b.env": "A=b"},
        "a/b.env",
        "generated-data",
        "a/kustomization.yaml puts it into a Secret",
    ),
    (
        {"a/kustomization.yaml": "generators: [b.yaml]", "a/b.yaml": SERVICE},
        "a/b.yaml",
        "kustomize-plugin",
        "a/kustomization.yaml lists it under generators",
    ),
    (
        {"a/kustomization.yaml": "generators: [g.yaml]", "a/g.yaml": "valuesFile: v.yaml", "a/v.yaml": "a: 1"},
        "a/v.yaml",
        "values",
        "a/kustomization.yaml gives it to a chart as values",
    ),
    (
        {"a/kustomization.yaml": "generators: [g.yaml]", "a/g.yaml": "files: [s.yaml]", "a/s.yaml": SERVICE},
        "a/s.yaml",
        "manifest",
        "a/kustomization.yaml lists it under generators",
    ),
    (
        {"a/kustomization.yaml": "helmCharts: [{name: c, valuesFile: v.yaml}]", "a/v.yaml": "a: 1"},
        "a/v.yaml",
        "values",
        "a/kustomization.yaml gives it to a chart as values",
    ),
    (
        {"a/kustomization.yaml": "resources: [b.yaml]\npatches: [{path: b.yaml}]", "a/b.yaml": SERVICE},
        "a/b.yaml",
        "manifest",
        "a/kustomization.yaml lists it under resources",
    ),
    # Argo CD
    (
        {"a.yaml": application("path: x"), "x/b.yaml": SERVICE},
        "x/b.yaml",
        "manifest",
        "Application shop reads the folder x",
    ),
    ({"a.yaml": application("path: x"), "x/y/b.yaml": SERVICE}, "x/y/b.yaml", "manifest", ""),
    (
        {"a.yaml": application("path: x, directory: {recurse: true}"), "x/y/b.yaml": SERVICE},
        "x/y/b.yaml",
        "manifest",
        "Application shop reads the folder x",
    ),
    ({"a.yaml": application("path: x, directory: {exclude: 'b*'}"), "x/b.yaml": SERVICE}, "x/b.yaml", "manifest", ""),
    (
        {"a.yaml": application("path: x, directory: {include: '{b,c}.yaml'}"), "x/d.yaml": SERVICE},
        "x/d.yaml",
        "manifest",
        "",
    ),
    (
        {"a.yaml": application("path: ."), "b.yaml": SERVICE},
        "b.yaml",
        "manifest",
        "Application shop reads the folder .",
    ),
    (
        {"a.yaml": application("path: c, helm: {valueFiles: [../env/prod.yaml]}"), "env/prod.yaml": "a: 1"},
        "env/prod.yaml",
        "values",
        "Application shop names it in valueFiles",
    ),
    (
        {"a.yaml": application("path: c, helm: {valueFiles: [/env/prod.yaml]}"), "env/prod.yaml": "a: 1"},
        "env/prod.yaml",
        "values",
        "Application shop names it in valueFiles",
    ),
    (
        {
            "a.yaml": application("path: c, helm: {valueFiles: ['/env/{{env}}.yaml']}", "ApplicationSet"),
            "env/prod.yaml": "a: 1",
        },
        "env/prod.yaml",
        "values",
        "ApplicationSet shop names it in valueFiles",
    ),
    (
        {"a.yaml": application("path: c, helm: {valueFiles: ['{{file}}']}", "ApplicationSet"), "env/prod.yaml": "a: 1"},
        "env/prod.yaml",
        "manifest",
        "",
    ),
    (
        {"a.yaml": generator("[{path: 'apps/*/config.json'}]"), "apps/shop/config.json": "{}"},
        "apps/shop/config.json",
        "generator-input",
        "the git generator of ApplicationSet shop reads it",
    ),
    (
        {"a.yaml": generator("[{path: 'apps/**/config.yaml'}]"), "apps/config.yaml": "a: 1"},
        "apps/config.yaml",
        "generator-input",
        "the git generator of ApplicationSet shop reads it",
    ),
    (
        {"a.yaml": generator("[{path: 'apps/{{name}}.yaml'}]"), "apps/shop.yaml": "a: 1"},
        "apps/shop.yaml",
        "generator-input",
        "the git generator of ApplicationSet shop reads it",
    ),
    (
        {
            "a.yaml": generator("[{path: 'apps/*.yaml'}, {path: apps/shop.yaml, exclude: true}]"),
            "apps/shop.yaml": "a: 1",
        },
        "apps/shop.yaml",
        "manifest",
        "",
    ),
]


@pytest.mark.parametrize(("files", "file", "role", "evidence"), TABLE)
def test_what_a_file_is_for(files: dict[str, str], file: str, role: str, evidence: str) -> None:
    found = roles_of(MemoryTree(files)).of(file)

    assert (found.name, found.evidence[0] if found.evidence else "") == (role, evidence)


def test_what_a_kustomization_or_an_application_reads_is_applied() -> None:
    roles = roles_of(
        MemoryTree(
            {
                "k/kustomization.yaml": "resources: [a.yaml]",
                "k/a.yaml": SERVICE,
                "k/left-out.yaml": SERVICE,
                "app.yaml": application("path: d"),
                "d/a.yaml": SERVICE,
            }
        )
    )

    assert [file for file, role in roles.items() if role.applied] == ["d/a.yaml", "k/a.yaml"]


def test_a_folder_with_a_kustomization_is_no_plain_folder() -> None:
    files = {"app.yaml": application("path: k"), "k/kustomization.yaml": "resources: []", "k/left-out.yaml": SERVICE}

    assert not roles_of(MemoryTree(files)).of("k/left-out.yaml").applied


def test_evidence_of_a_base_that_many_name_stays_short() -> None:
    files = {f"o{number}/kustomization.yaml": "resources: [../b.yaml]" for number in range(20)}

    assert len(roles_of(MemoryTree({**files, "b.yaml": SERVICE})).of("b.yaml").evidence) == 3


def test_a_file_that_is_not_there_is_a_manifest() -> None:
    assert roles_of(MemoryTree({})).of("nowhere.yaml").name == "manifest"


def test_one_value_to_fill_in_makes_a_template_of_a_folder_whose_name_says_so() -> None:
    tree = MemoryTree(
        {
            "boilerplate/app/ns.yaml": "metadata:\n  name: {{ .name }}\n",
            "app/ns.yaml": "metadata:\n  name: {{ .name }}\n",
        }
    )
    roles = roles_of(tree)

    assert (roles.of("boilerplate/app/ns.yaml").name, roles.of("app/ns.yaml").name) == ("template", "manifest")


def test_a_folder_from_which_a_kustomization_picks_holds_parts() -> None:
    tree = MemoryTree(
        {
            "infra/kustomization.yaml": "resources:\n- argocd/used.yaml\n# - argocd/later.yaml\n",
            "infra/argocd/used.yaml": MANIFEST_TEXT,
            "infra/argocd/later.yaml": MANIFEST_TEXT,
            "infra/argocd/never.yaml": MANIFEST_TEXT,
            "infra/other/alone.yaml": MANIFEST_TEXT,
        }
    )
    roles = roles_of(tree)

    assert {file: role.partial for file, role in roles.items() if role.name == "manifest"} == {
        "infra/argocd/used.yaml": False,
        "infra/argocd/later.yaml": True,
        "infra/argocd/never.yaml": True,
        "infra/other/alone.yaml": False,
    }


MANIFEST_TEXT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"
