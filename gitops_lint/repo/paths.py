"""What a file is for by its name and folder alone."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from gitops_lint.pattern import pattern
from gitops_lint.repo.kustomization import KUSTOMIZATION_NAMES
from gitops_lint.repo.role import MANIFEST, Role


def role_by_path(file: str, charts: Set[str]) -> Role:
    """The role that a path shows; charts: folders that hold a Chart.yaml."""
    folder, _, name = file.rpartition("/")
    if name in KUSTOMIZATION_NAMES:
        return Role("kustomization", (f"it is called {name}",))
    if name in (".gitops-lint.yaml", "gitops-lint.yaml", ".gitops-lint-baseline.yaml"):
        return Role("configuration", ("it configures gitops-lint",))
    if name.endswith(".lua"):
        return Role("lua", (_lua(file),))
    if is_text(file):
        return Role("text", ("its name says that it may hold settings or keys",))
    chart = chart_of(folder, charts)
    if chart is not None:
        return role_in_chart(file, chart)
    if name.endswith(".tpl"):
        return Role("template", ("its name says that it is a template",))
    if name in ("health_test.yaml", "action_test.yaml"):
        return Role("lua-test", (f"it is called {name}",))
    if "testdata/" in file and _LUA_TEST_DATA.search(file):
        return Role("lua-test", ("it lies in the test data of Lua scripts",))
    if why := other_tool(file):
        return Role("other-tool", (why,))
    return MANIFEST


_CUSTOMIZATION = pattern(r"(?:^|/)resource_customizations/([^/]+)/([^/]+)/(health|actions/.*)\.lua$")


def _lua(file: str) -> str:
    """What a script is for. Source: argo-cd resource_customizations, where `_` in a folder's name stands for `*`."""
    found = _CUSTOMIZATION.search(file)
    if found is None:
        return "it is a Lua script"
    group, kind, script = found.groups()
    what = "checks the health" if script == "health" else "belongs to the actions"
    return f"it {what} of {group}/{kind}"


_LUA_TEST_DATA = pattern(r"(?:^|/)resource_customizations/.*/testdata/")


def chart_of(folder: str, charts: Set[str]) -> str | None:
    """The nearest folder upwards that holds a Chart.yaml; "" is the root."""
    while folder not in charts:
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
    return folder


_VALUES = pattern(r"values([-._].*)?\.(?:ya?ml|json)|.+[-._]values\.ya?ml")
_CHART_DATA = frozenset(
    ("Chart.lock", "requirements.yaml", "requirements.lock", "artifacthub-repo.yml", "questions.yaml")
)


def role_in_chart(file: str, chart: str) -> Role:
    """What a file below a chart is for. Source: the layout of a chart, helm.sh/docs/topics/charts."""
    below = file[len(chart) + 1 :] if chart else file
    shown = chart or "."
    first, slash, _ = below.partition("/")
    if below == "Chart.yaml":
        return Role("chart", ("it is called Chart.yaml",), chart=chart)
    if slash and first == "templates":
        return Role("chart-template", (f"it is a template of the chart {shown}",), chart=chart)
    if slash and first == "crds":
        return Role("chart-crds", (f"it is a CRD of the chart {shown}",), chart=chart)
    if below in _CHART_DATA or below.endswith(".schema.json"):
        return Role("chart-data", ("Helm and its tools read it",), chart=chart)
    if _VALUES.fullmatch(below) or (first in ("ci", "values", "environments") and below.endswith((".yaml", ".yml"))):
        return Role("values", (f"its name says that it holds values of the chart {shown}",), chart=chart)
    return Role("manifest", (), chart=chart)


# What may hold credentials although it is no YAML: names and endings, examples of them left out.
_TEXT = pattern(
    r"(?:^|/)(?:\.env(?:\.[\w-]+)*|[\w.-]+\.(?:env|properties|ini|conf|tfvars|pem|key|p8|pk8|tfstate|kubeconfig)"
    r"|id_(?:rsa|ed25519|ecdsa|dsa)|kubeconfig|\.npmrc|\.pypirc|\.netrc|\.git-credentials|\.dockercfg|credentials)$"
)
_EXAMPLE = pattern(r"\.(?:example|sample|template|dist|tmpl)$")


def is_text(file: str) -> bool:
    """Whether a file without YAML is read for what it may give away."""
    return _TEXT.search(file) is not None and _EXAMPLE.search(file) is None


_CI = "a CI service reads it"
_DEVELOPERS = "a tool of developers reads it"
_ANSIBLE = "Ansible reads it"
_FOLDERS: tuple[tuple[str, str], ...] = (
    (r"(?:^|/)\.github/", "GitHub reads it"),
    (r"(?:^|/)\.tekton/", "Pipelines as Code reads it"),
    (r"(?:^|/)\.gitlab(?:-ci)?/", "GitLab reads it"),
    (r"(?:^|/)\.(?:circleci|buildkite|azure-pipelines|azuredevops|drone|woodpecker|semaphore)/", _CI),
    (r"(?:^|/)(?:\.vscode|\.idea|\.devcontainer|node_modules|\.terraform)/", "an editor or a package manager keeps it"),
    (r"(?:^|/)(?:group_vars|host_vars|playbooks)/", _ANSIBLE),
    (r"(?:^|/)roles/[^/]+/(?:tasks|handlers|defaults|vars|meta)/", _ANSIBLE),
)
_FILES: tuple[tuple[str, str], ...] = (
    (r"\.gitlab-ci[^/]*\.ya?ml", "GitLab reads it"),
    (r"(?:azure-pipelines.*|bitbucket-pipelines|\.travis|\.?appveyor|\.drone|\.woodpecker|cloudbuild)\.ya?ml", _CI),
    (r"(?:docker-)?compose(?:[-.].*)?\.ya?ml", "Docker Compose reads it"),
    (r"\..*\.(?:json|ya?ml)", _DEVELOPERS),
    (
        r"(?:mkdocs|antora|_config|readthedocs|catalog-info|renovate|codecov|mergify|[Tt]askfile).*\.(?:ya?ml|json)",
        _DEVELOPERS,
    ),
    (r"(?:package|package-lock|tsconfig|composer|devcontainer|lerna|nx|turbo)\b.*\.json", _DEVELOPERS),
    (r"(?:skaffold|garden|devspace|okteto)\.ya?ml", _DEVELOPERS),
    (r"(?:openapi|swagger).*\.(?:ya?ml|json)", "it describes an API"),
    (r"(?:playbooks?|galaxy|requirements|inventory)\.ya?ml", _ANSIBLE),
    (r"helmfile.*\.ya?ml", "helmfile reads it"),
)


def other_tool(file: str) -> str:
    """Which tool outside of Kubernetes reads a file of this name, as a clause; "" where its name does not tell."""
    folder, slash, name = file.rpartition("/")
    if name in (".harness.yaml", ".argocd-source.yaml") or name.startswith(".argocd-source-"):
        return ""
    # files of one folder, and files of one name, come by the hundred
    return _by_folder(folder + slash) or _by_name(name)


@lru_cache(maxsize=8192)
def _by_folder(folder: str) -> str:
    if f"/{folder}".find("/.harness/") >= 0:
        return ""
    return next((why for pattern, why in _FOLDERS if re.search(pattern, folder)), "")


@lru_cache(maxsize=8192)
def _by_name(name: str) -> str:
    return next((why for pattern, why in _FILES if re.fullmatch(pattern, name)), "")


# Folders by whose names people mark what is filled in by an engine that is not Helm.
_TEMPLATE_FOLDER = pattern(
    r"(?:^|/)(?:templates?|skeletons?|scaffold(?:s|ing|er)?|boilerplates?|cookiecutter[^/]*|\{\{[^/]*\}\}|copier|archetypes?|_?stubs?)/"
)


def template_folder(file: str) -> str | None:
    """The outermost folder above a file whose name says that templates lie in it; None for none."""
    return _template_folder(file.rpartition("/")[0] + "/")


@lru_cache(maxsize=8192)
def _template_folder(folder: str) -> str | None:
    found = _TEMPLATE_FOLDER.search(folder)
    return folder[: found.end() - 1] if found is not None else None


# Folders that hold what tests read. `test` alone is none: it is the name of many an environment.
_TEST_DATA = pattern(
    r"(?:^|/)(?:\.?chainsaw-tests?|\.?kyverno-tests?|testdata|test-data|test_data|_*fixtures_*|tests?/(?:[^/]+/)*data)/"
)
_TEST_DEFINITION = pattern(r"(?:chainsaw-test|kyverno-test|kuttl-test|[\w.-]*-assert|\d+-(?:assert|errors?))\.ya?ml")


def is_test_data(file: str) -> bool:
    """Whether a file lies in a folder whose name says that tests read it."""
    return _TEST_DATA.search(file) is not None


def is_test_definition(name: str) -> bool:
    """Whether a file's name is one by which chainsaw, kuttl or the Kyverno CLI know a test: its folder belongs to the test."""
    return _TEST_DEFINITION.fullmatch(name) is not None
