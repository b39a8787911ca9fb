"""What each file of a tree is for. Runs in the main process before all else, because what a document is depends on it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf

from gitops_lint.repo.discover import Tree, is_candidate
from gitops_lint.repo.role import MANIFEST, Role

KUSTOMIZATION_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Roles:
    """The role of every file that is read, and what reading the roles has shown of the repository."""

    def __init__(self, by_file: MappingOf[str, Role]) -> None:
        self._by_file = dict(by_file)

    def of(self, file: str) -> Role:
        """The role of a file; that of a manifest for one that was not there."""
        return self._by_file.get(file, MANIFEST)

    def items(self) -> Iterator[tuple[str, Role]]:
        """Every file that is to be read, with its role, sorted by path."""
        return iter(sorted(self._by_file.items()))

    def __len__(self) -> int:
        return len(self._by_file)


def roles_of(tree: Tree) -> Roles:
    """The roles of a tree's files."""
    files = [file for file in tree.files() if is_candidate(file)]
    charts = frozenset(posixpath.dirname(file) for file in files if posixpath.basename(file) == "Chart.yaml")
    return Roles({file: by_path(file, charts) for file in files})


def by_path(file: str, charts: Sequence[str] | frozenset[str]) -> Role:
    """What a file is for by its name and folder alone; charts: folders that hold a Chart.yaml."""
    folder, _, name = file.rpartition("/")
    if name in KUSTOMIZATION_NAMES:
        return Role("kustomization", (f"it is called {name}",))
    if name in (".gitops-lint.yaml", "gitops-lint.yaml"):
        return Role("configuration", ("it configures gitops-lint",))
    if name.endswith(".lua"):
        return Role("lua", ("it is a Lua script",))
    chart = chart_of(folder, charts)
    if chart is not None:
        return in_chart(file, chart)
    if name in ("health_test.yaml", "action_test.yaml") or re.search(
        r"(?:^|/)resource_customizations/.*/testdata/", file
    ):
        return Role("lua-test", ("it belongs to the tests of a Lua script",))
    if why := other_tool(file):
        return Role("other-tool", (why,))
    return MANIFEST


def chart_of(folder: str, charts: Sequence[str] | frozenset[str]) -> str | None:
    """The nearest folder upwards that holds a Chart.yaml."""
    while True:
        if folder in charts:
            return folder
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def in_chart(file: str, chart: str) -> Role:
    """What a file below a chart is for."""
    below = file[len(chart) + 1 :] if chart else file
    first, _, _ = below.partition("/")
    name = below.rpartition("/")[2]
    if below == "Chart.yaml":
        return Role("chart", ("it is a chart's Chart.yaml",), chart=chart)
    if first == "templates":
        return Role("chart-template", (f"it is a template of the chart {chart or '.'}",), chart=chart)
    if first == "crds" and name.endswith((".yaml", ".yml")):
        return Role("chart-crds", (f"it is a CRD of the chart {chart or '.'}",), chart=chart)
    if re.fullmatch(r"values([-._].*)?\.(ya?ml|json)", below) or (first == "ci" and name.endswith((".yaml", ".yml"))):
        if below.endswith(".schema.json"):
            return Role("chart-data", ("it is the schema of a chart's values",), chart=chart)
        return Role("values", (f"it holds values of the chart {chart or '.'}",), chart=chart)
    if below in ("Chart.lock", "requirements.yaml", "requirements.lock", "helmfile.yaml", "artifacthub-repo.yml"):
        return Role("chart-data", ("Helm and its tools read it",), chart=chart)
    return Role("manifest", (), chart=chart)


_TOOLS: tuple[tuple[str, str], ...] = (
    (r"(?:^|/)\.github/", "GitHub reads it"),
    (r"(?:^|/)\.gitlab(-ci)?(\.ya?ml$|/)", "GitLab reads it"),
    (r"(?:^|/)\.gitlab-ci[^/]*\.ya?ml$", "GitLab reads it"),
    (
        r"(?:^|/)(?:\.circleci|\.buildkite|\.azure-pipelines|\.azuredevops|\.drone|\.woodpecker)/",
        "a CI service reads it",
    ),
    (
        r"(?:^|/)(?:azure-pipelines[^/]*|bitbucket-pipelines|\.travis|appveyor|\.drone|\.woodpecker|cloudbuild)\.ya?ml$",
        "a CI service reads it",
    ),
    (r"(?:^|/)(?:docker-)?compose([-.][^/]*)?\.ya?ml$", "Docker Compose reads it"),
    (
        r"(?:^|/)(?:\.pre-commit-config|\.pre-commit-hooks|\.yamllint|\.golangci|\.goreleaser|\.codecov|codecov|\.mergify)\.ya?ml$",
        "a tool of developers reads it",
    ),
    (
        r"(?:^|/)\.(?:yamllint|golangci|prettierrc|markdownlint|ansible-lint|tekton-lint|kube-linter|hadolint|dependabot|snyk|prow)[^/]*\.?(?:ya?ml|json)?$",
        "a tool of developers reads it",
    ),
    (
        r"(?:^|/)(?:mkdocs|antora|_config|readthedocs|\.readthedocs|catalog-info|renovate|\.renovaterc|taskfile|Taskfile)[^/]*\.(?:ya?ml|json)$",
        "a tool of developers reads it",
    ),
    (
        r"(?:^|/)(?:package|package-lock|tsconfig|renovate|composer|\.eslintrc|\.devcontainer|devcontainer)[^/]*\.json$",
        "a tool of developers reads it",
    ),
    (r"(?:^|/)(?:\.vscode|\.idea|\.devcontainer|node_modules)/", "an editor or a package manager keeps it"),
    (r"(?:^|/)\.sops\.ya?ml$", "sops reads it"),
    (r"(?:^|/)(?:openapi|swagger)[^/]*\.(?:ya?ml|json)$", "it describes an API"),
    (r"(?:^|/)(?:group_vars|host_vars|playbooks)/", "Ansible reads it"),
    (r"(?:^|/)(?:playbook|playbooks|galaxy|requirements|inventory|hosts)\.ya?ml$", "Ansible reads it"),
    (r"(?:^|/)helmfile[^/]*\.ya?ml$", "helmfile reads it"),
)


def other_tool(file: str) -> str:
    """Which tool outside of Kubernetes reads a file of this name; "" where its name does not tell."""
    return next((why for pattern, why in _TOOLS if re.search(pattern, file)), "")
