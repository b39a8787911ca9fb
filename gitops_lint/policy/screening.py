"""
What is worth asking of a document: which rules that look across files may find something in it, seen from the document alone.
`examine` calls it where the tree is at hand, so that the rest of the run parses again only what may matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.policy.binding import KUSTOMIZE_GROUP, Binder, name_of
from gitops_lint.policy.rulepack import PackedRule
from gitops_lint.policy.subjects import Subject
from gitops_lint.repo.load import LoadedFile
from gitops_lint.text.scalars import MISSING


@dataclass(frozen=True, slots=True)
class Due:
    """
    Rules that may find something in one subject of a file.

    resource: whether the subject is one of the file's resources. at: its place among them, or else among all subjects of
    the file (`Binder.of_file`), from 0.
    """

    resource: bool
    at: int
    rules: tuple[str, ...]


class Screening:
    """The rules that look across files, by the kinds of subjects that they begin with."""

    def __init__(self, rules: Iterable[PackedRule], binder: Binder) -> None:
        self._rules = [rule for rule in rules if not rule.local]
        self._binder = binder
        self._of_kind: dict[tuple[str, str | None], list[tuple[tuple[str, ...], tuple[PackedRule, ...]]]] = {}

    def due(
        self, loaded: LoadedFile, subjects: Sequence[Subject], wanted: Callable[[PackedRule, str], bool]
    ) -> list[Due]:
        """What is to be asked of the subjects of a file, as `Binder.of_file` gives them."""
        found = []
        resources = 0
        for at, subject in enumerate(subjects):
            is_resource = subject.resource is not None and subject.resource.group != KUSTOMIZE_GROUP
            resources += is_resource
            rules = tuple(
                rule.id
                for screens, group in self._rules_for(subject)
                if all(may_have(subject, attribute) for attribute in screens)
                for rule in group
                if wanted(rule, loaded.file)
            )
            if rules:
                found.append(Due(is_resource, resources - 1 if is_resource else at, rules))
        return found

    def _rules_for(self, subject: Subject) -> list[tuple[tuple[str, ...], tuple[PackedRule, ...]]]:
        name = name_of(subject)
        if name not in self._of_kind:
            groups: dict[tuple[str, ...], list[PackedRule]] = {}
            for rule in self._rules:
                if self._binder.means(rule.first, subject):
                    groups.setdefault(rule.screens, []).append(rule)
            self._of_kind[name] = [(screens, tuple(rules)) for screens, rules in groups.items()]
        return self._of_kind[name]


def may_have(subject: Subject, attribute: str) -> bool:
    """
    Whether an attribute of a subject may be true or hold something: seen from its document alone, where there is no more.

    One that fails is left to the rules, each of which then reports its own crash.
    """
    known = subject.attributes.get(attribute)
    if known is None:
        return True
    try:
        if known.needs and subject.context.repo is None:
            return known.screen is None or known.screen(subject)
        answer = subject.ask(attribute)
    except Exception:
        return True
    if isinstance(answer, (list, tuple)):
        return bool(answer) or bool(getattr(answer, "open", False))
    return answer is not MISSING and answer is not False
