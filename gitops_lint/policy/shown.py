"""What reporters need beside findings: the texts they quote, and the stretches in them that must never be printed."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf

from gitops_lint.findings import Finding
from gitops_lint.policy.credentials import credentials_of, stretch_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar, Sequence
from gitops_lint.text.scalars import entries, get


def files_of(findings: Iterable[Finding]) -> list[str]:
    """Every file that findings, their related places or their fixes point into, sorted."""
    found: set[str] = set()
    for one in findings:
        found.add(one.file)
        found.update(place.region.file for place in one.related)
        found.update(edit.file for fix in one.fixes for edit in fix.edits)
    return sorted(found)


def sources_of(findings: Iterable[Finding], repo: Repo) -> MappingOf[str, str]:
    """File to text."""
    return {file: repo.loader.file(file).source.text for file in files_of(findings)}


def secrets_of(findings: Iterable[Finding], repo: Repo) -> MappingOf[str, tuple[tuple[int, int], ...]]:
    """File to the stretches that hold values of Secrets, and whatever a rule would call a credential."""
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for file in files_of(findings):
        loaded = repo.loader.file(file)
        stretches = {
            (node.start, node.end)
            for resource in loaded.resources
            if resource.kind == "Secret" and resource.group == ""
            for field in ("data", "stringData")
            for _, _, node in entries(get(resource.root, field))
            if isinstance(node, (Scalar, Mapping, Sequence)) and node.source.file == file
        }
        stretches.update(stretch_of(one) for one in credentials_of(loaded, everything=True))
        if stretches:
            found[file] = tuple(sorted(stretches))
    return found
