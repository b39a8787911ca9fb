"""
What is worth asking of a document: which rules that look across files may find something in it, seen from the document alone.
`examine` calls it where the tree is at hand, so that the rest of the run parses again only what may matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.policy.binding import KUSTOMIZE_GROUP, Binder, name_of
from gitops_lint.policy.generated import GENERATED, GENERATOR
from gitops_lint.policy.rulepack import PackedRule
from gitops_lint.policy.subjects import Subject
from gitops_lint.text.scalars import MISSING


@dataclass(frozen=True, slots=True)
class Due:
    """
    Rules that may find something in one subject of a file.

    resource: whether the subject is one of the file's resources. at: its place among them, or else among all subjects of
    the file (`Binder.of_file`), from 0. generated: not the subject itself is to be looked at, but what it generates.
    """

    resource: bool
    at: int
    rules: tuple[str, ...]
    generated: bool = False


class Choice:
    """Which rules count for all files with the same settings. selects: says it of a rule's id, area and group."""

    def __init__(self, selects: Callable[[str, str, str], bool]) -> None:
        self._selects = selects
        self._known: dict[str, bool] = {}

    def wants(self, rule: PackedRule) -> bool:
        """Whether a rule counts."""
        known = self._known.get(rule.id)
        if known is None:
            known = self._known[rule.id] = self._selects(rule.id, rule.area, rule.group)
        return known


Groups = Sequence[tuple[tuple[str, ...], Sequence[PackedRule]]]


class RulesByKind:
    """Rules by the kind of subject that they begin with, together where they find nothing without the same attributes."""

    def __init__(self, rules: Sequence[PackedRule], binder: Binder) -> None:
        self._rules = rules
        self._binder = binder
        self._known: dict[tuple[tuple[str, str | None], Choice], Groups] = {}

    def of(self, subject: Subject, choice: Choice) -> Groups:
        """The rules that count for a subject, behind the attributes without which they find nothing."""
        key = (name_of(subject), choice)
        known = self._known.get(key)
        if known is None:
            groups: dict[tuple[str, ...], list[PackedRule]] = {}
            for rule in self._rules:
                if choice.wants(rule) and self._binder.means(rule.first, subject):
                    groups.setdefault(rule.screens, []).append(rule)
            known = self._known[key] = tuple(groups.items())
        return known


class Screening:
    """The rules that look across files, and those that look at what ApplicationSets generate."""

    def __init__(self, rules: Iterable[PackedRule], binder: Binder) -> None:
        rules = list(rules)
        self._rules = RulesByKind([rule for rule in rules if not rule.local and rule.origin != "generated"], binder)
        self._of_generated = [rule for rule in rules if rule.origin != "written" and binder.mean(rule.first, GENERATED)]
        self._generated: dict[Choice, tuple[str, ...]] = {}

    def due(self, subjects: Sequence[Subject], choice: Choice) -> list[Due]:
        """What is to be asked of the subjects of a file, as `Binder.of_file` gives them."""
        found = []
        resources = 0
        for at, subject in enumerate(subjects):
            is_resource = subject.resource is not None and subject.resource.group != KUSTOMIZE_GROUP
            resources += is_resource
            rules: list[str] = []
            for screens, group in self._rules.of(subject, choice):
                for attribute in screens:
                    if not may_have(subject, attribute):
                        break
                else:
                    rules.extend(rule.id for rule in group)
            if rules:
                found.append(Due(is_resource, resources - 1 if is_resource else at, tuple(rules)))
            if name_of(subject) == GENERATOR:
                generated = self._for_generated(choice)
                if generated:
                    found.append(Due(True, resources - 1, generated, generated=True))
        return found

    def _for_generated(self, choice: Choice) -> tuple[str, ...]:
        known = self._generated.get(choice)
        if known is None:
            known = self._generated[choice] = tuple(rule.id for rule in self._of_generated if choice.wants(rule))
        return known


def may_have(subject: Subject, attribute: str) -> bool:
    """
    Whether an attribute of a subject may be true or hold something: seen from its document alone, where there is no more.

    One that fails is left to the rules, each of which then reports its own crash.
    """
    answer = subject.answered(attribute)
    if answer is None:
        known = subject.attributes.get(attribute)
        if known is None:
            return True
        try:
            if known.needs and subject.context.repo is None:
                return known.screen is None or known.screen(subject)
            answer = subject.ask(attribute)
        except Exception:
            return True
    if answer is MISSING or answer is False:
        return False
    if isinstance(answer, (list, tuple)):
        return bool(answer) or bool(getattr(answer, "open", False))
    return True
