"""
The texts that `init` writes: a configuration from what a repository shows, an entry for pre-commit, a workflow.

What the repository cannot show stands in comments, as something to decide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gitops_lint.dataclass import dataclass
from gitops_lint.repo.discover import Tree, is_candidate
from gitops_lint.repo.gitdata import git_folder, normalise_url
from gitops_lint.text.nodes import Mapping as MappingNode
from gitops_lint.text.nodes import Node, Source, children
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import Plain, get, plain, templated
from gitops_lint.text.source import decode

# where the manifests that install a product are downloaded from; an image may be a command line tool in some job
_INSTALLS = {
    product: re.compile(
        rf"(?:github\.com|raw\.githubusercontent\.com)/{owner}/"
        r"(?:releases/download/|refs/tags/|(?:/?manifests[^\s\"'?]*|/?config[^\s\"'?]*)\?ref=)?"
        r"v?(\d+\.\d+)\.\d+\b"
    )
    for product, owner in {
        "argo-cd": "argoproj/argo-cd",
        "argo-rollouts": "argoproj/argo-rollouts",
        "cert-manager": "(?:cert-manager|jetstack)/cert-manager",
        "external-secrets": "external-secrets/external-secrets",
        "sealed-secrets": "bitnami-labs/sealed-secrets",
    }.items()
}
_NOT_DEPLOYED = ("vendor", "node_modules", "third_party", "testdata")
_MOST_NAMED = 5
# the release of actions/checkout, and its commit: a tag can be moved
_CHECKOUT = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0"


@dataclass(frozen=True, slots=True)
class Installed:
    """A line that says which version of a product is installed. version: `2.13`; line counts from 1."""

    product: str
    version: str
    file: str
    line: int


def installed(tree: Tree) -> list[Installed]:
    """What the manifests of a tree download to install, by file and line; comments do not count."""
    found = []
    for file in filter(is_candidate, tree.files()):
        try:
            data = tree.read(file)
        except OSError:
            continue
        if b"github" not in data:
            continue
        for number, line in enumerate(decode(data)[0].splitlines(), 1):
            written = re.split(r"(?:^|\s)#", line)[0]
            if "github" in written:
                found += [
                    Installed(product, version, file, number)
                    for product, pattern in _INSTALLS.items()
                    for version in pattern.findall(written)
                ]
    return found


def other_repositories(urls: Iterable[str], own: Iterable[str]) -> list[str]:
    """The Git repositories that Applications name and that are not this one, each as it is written first, sorted."""
    known = {normalise_url(url) for url in own}
    found: dict[str, str] = {}
    for url in urls:
        # a registry of charts has no `://`, or ends otherwise; what a template makes of a URL is not known
        if not templated(url) and re.search(r"://|@", url) and normalise_url(url) not in known:
            found.setdefault(normalise_url(url), url)
    return sorted(found.values())


def configuration(folders: Iterable[str], pins: Sequence[Installed], others: Sequence[str], manual: str) -> str:
    """
    A configuration to start from.

    folders: names of folders at the root. pins: versions that the repository names. others: URLs of other repositories.
    manual: where the keys are explained, or "".
    """
    excluded = [f"{name}/" for name in sorted(folders) if name in _NOT_DEPLOYED]
    examples = "\n".join(f"#   {json.dumps(url)}: ../{_name(url)}" for url in others[:_MOST_NAMED])
    return f"""\
# Configuration of gitops-lint. Every key may be left out{f"; {manual} explains them" if manual else ""}.

# default: what is wrong, dangerous or suspicious. strict: good practice as well.
profile: default

# Severity from which on the command ends with status 1: error, warning or info.
fail-on: error

# Files that nothing deploys, as patterns of .gitignore.
# exclude: [{", ".join(excluded or ["vendor/"])}]

# Versions of what reads this repository; the newest known one counts where none is named.
{_targets(pins)}
# What exists although this repository does not define it.
# external:
#   Secret: [shop/database]
#   ClusterSecretStore: [vault]

# Kinds that live nowhere but here, so that a reference to one that is missing is an error.
# closed: [AnalysisTemplate]

# Other repositories{" that Applications name here" if examples else ""}, where a checkout lies beside this one.
# repositories:
{examples or "#   https://example.com/charts.git: ../charts"}
"""


def _name(url: str) -> str:
    return normalise_url(url).rpartition("/")[2] or "other"


def _targets(pins: Sequence[Installed]) -> str:
    """`targets`, with products of which one version is named; the others in comments."""
    by_product: dict[str, dict[str, Installed]] = {}
    for one in pins:
        by_product.setdefault(one.product, {}).setdefault(one.version, one)
    sure = {product: found for product, found in sorted(by_product.items()) if len(found) == 1}
    lines = ["targets:" if sure else "# targets:"]
    for product, found in sorted(by_product.items()):
        for version, one in sorted(found.items()):
            comment = "" if product in sure else "# "
            lines.append(f'{comment}  {product}: "{version}" # {_shown(one.file)}:{one.line}')
    if "kubernetes" not in by_product:
        lines.append('#   kubernetes: "1.31"')
    return "\n".join(lines) + "\n"


def _shown(file: str) -> str:
    """A file's name for a comment, which ends with its line."""
    return file if file.isprintable() else ascii(file)[1:-1]


def pre_commit_entry(url: str, version: str) -> str:
    """The entry of `repos:` in a pre-commit configuration, two spaces deep."""
    return f"""\
  - repo: {url}
    rev: v{version}
    hooks:
      - id: gitops-lint-changed # gitops-lint, without -changed, reports the whole repository at each commit
"""


def pre_commit_config(entry: str) -> str:
    return f"repos:\n{entry}"


def has_hook(data: bytes) -> bool:
    """Whether a pre-commit configuration names a hook of gitops-lint."""
    return re.search(rb"^[^#\n]*\bid: *[\"']?gitops-lint\b", data, re.MULTILINE) is not None


def with_entry(data: bytes, entry: str) -> str | None:
    """
    A pre-commit configuration with an entry more at the end of `repos`, all else as it was.

    None where the list is not written line by line, or the outcome would not be the old configuration and the entry.
    """
    text, mistakes = decode(data)
    root = _only_root(text)
    repos = get(root, "repos") if root is not None else None
    if mistakes or not isinstance(repos, SequenceNode) or repos.flow or not repos.items:
        return None
    first = repos.items[0].start
    dash = re.match(r" *(?=- )", text[text.rfind("\n", 0, first) + 1 : first])
    if dash is None:
        return None
    last: Node = repos
    while inner := children(last):
        last = inner[-1]
    # a block scalar ends behind its line end, every other node before it
    end = text.find("\n", last.end - 1)
    at = len(text) if end < 0 else end + 1
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = [f"{dash[0]}{line[2:]}" if line else line for line in entry.splitlines()]
    before = text[:at] if text[:at].endswith("\n") else text[:at] + line_end
    made = before + line_end.join(lines) + line_end + text[at:]
    return made if _is_more_by_one(text, made, entry) else None


def _is_more_by_one(old: str, new: str, entry: str) -> bool:
    before, after, added = (_config_of(text) for text in (old, new, f"repos:\n{entry}"))
    return after == {**before, "repos": [*_listed(before), *_listed(added)]}


def _config_of(text: str) -> dict[str, Plain]:
    root = _only_root(text)
    value = plain(root) if root is not None else None
    return value if isinstance(value, dict) else {}


def _listed(config: Mapping[str, Plain]) -> list[Plain]:
    repos = config.get("repos")
    return repos if isinstance(repos, list) else []


def _only_root(text: str) -> MappingNode | None:
    parsed = parse_yaml(Source(text, ".pre-commit-config.yaml"))
    roots = [document.root for document in parsed.documents if document.root is not None]
    return roots[0] if len(roots) == 1 and isinstance(roots[0], MappingNode) and not parsed.mistakes else None


def workflow(url: str, version: str, branch: str | None) -> str:
    """
    A workflow for GitHub that runs the action.

    url: the project's page at GitHub. branch: the one that is deployed; None where the repository does not say.
    """
    action = "/".join(normalise_url(url).split("/")[-2:])
    branches = (
        "main, master"
        if branch is None
        else branch
        if re.fullmatch(r"[a-zA-Z][\w./-]*", branch)
        else json.dumps(branch)
    )
    return f"""\
name: gitops-lint

on:
  pull_request:
  push:
    branches: [{branches}]

permissions:
  contents: read

jobs:
  gitops-lint:
    runs-on: ubuntu-latest
    steps:
      - uses: {_CHECKOUT}
        with:
          persist-credentials: false
      # a tag can be moved: write the commit of the release instead where that matters
      - uses: {action}@v{version} # zizmor: ignore[unpinned-uses]
"""


def default_branch(top: Path) -> str | None:
    """The branch that the remote `origin` calls its main one, as the clone wrote it down."""
    folder = git_folder(top)
    try:
        text = (folder / "refs" / "remotes" / "origin" / "HEAD").read_text("utf-8") if folder else ""
    except (OSError, UnicodeDecodeError):
        return None
    found = re.fullmatch(r"ref: refs/remotes/origin/(\S+)\s*", text)
    return found[1] if found else None
