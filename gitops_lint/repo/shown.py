"""What every file was taken for, and why: the rows of `--show-files`."""

from __future__ import annotations

from gitops_lint.dataclass import dataclass
from gitops_lint.repo.index import Repo


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One row of `--show-files`: a file or a document of it, what it is taken for, and why."""

    file: str
    role: str
    document: int | None
    what: str
    name: str
    evidence: tuple[str, ...]

    @property
    def line(self) -> str:
        """`apps/web.yaml#1: manifest, resource Service web (it has apiVersion and kind)`."""
        number = f"#{self.document}" if self.document else ""
        what = " ".join(part for part in (self.what, self.name) if part)
        why = "; ".join(self.evidence)
        return f"{self.file}{number}: {self.role}, {what}" + (f" ({why})" if why else "")


def show_files(repo: Repo) -> list[ShownFile]:
    """What every file is taken for, and every document in it, by file and place."""
    rows: list[ShownFile] = []
    for facts in repo.files():
        evidence = repo.roles.of(facts.file).evidence
        documents = [one for one in facts.documents if one.item is None]
        if not documents:
            why = (facts.unreadable,) if facts.unreadable else evidence
            what = "template" if facts.template else "text" if facts.role in ("lua", "text") else "empty"
            rows.append(ShownFile(facts.file, facts.role, None, what, "", why))
        for one in documents:
            name = f"{one.identity.kind} {one.identity.name}".strip() if one.identity is not None else one.entity
            reasons = tuple(dict.fromkeys((one.evidence, *evidence)))
            rows.append(ShownFile(facts.file, facts.role, one.number, one.what, name, reasons))
    return rows
