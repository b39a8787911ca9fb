"""One checked rule as the run sees it: its head, and the rest as data; and how the wheel and the cache keep such rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl import data
from gitops_lint.dsl.rulefile import card_of
from gitops_lint.dsl.tree import Kind, Rule
from gitops_lint.errors import GitopsLintError
from gitops_lint.findings import GROUPS, RuleCard

LAYOUT = 1
"""Of the shipped and cached data; raise it with every change of what an entry holds."""


@dataclass(slots=True, eq=False)
class PackedRule:
    """
    One checked rule: its head, and the rest as data. Plain values, so that it travels to worker processes.

    file: where it was read, for messages. built_in: it comes with gitops-lint. first: kinds of its first `for each` as
    written; kinds: the same, classes expanded: without one of them in the repository the rule has nothing to do.
    local: one file is enough. needs: stages of the repository. cost: its loops, in words. reads: fields, as
    `Rollout.spec.replicas`.
    """

    id: str
    area: str
    file: str
    built_in: bool
    group: str
    severity: str
    title: str
    formerly: tuple[str, ...]
    first: tuple[Kind, ...]
    kinds: tuple[Kind, ...]
    needs: frozenset[str]
    local: bool
    cost: str
    reads: tuple[str, ...]
    body: Any = field(repr=False)
    _rule: Rule | None = field(default=None, repr=False)

    @property
    def rule(self) -> Rule:
        """The rule's tree, made at the first use. Raises GitopsLintError where the data is none."""
        if self._rule is None:
            try:
                self._rule = data.from_data(self.body)
            except data.DataError as error:
                raise GitopsLintError(f"rule `{self.id}` cannot be read: {error.message}", file=self.file) from error
        return self._rule

    @property
    def card(self) -> RuleCard:
        """What reports print of it."""
        return card_of(self.rule, self.area)


# ---- data


def packed(rules: Iterable[PackedRule]) -> dict[str, Any]:
    """The rules as JSON data, in the order of their ids: what the wheel ships."""
    return {
        "layout": LAYOUT,
        "tree": data.VERSION,
        "rules": [entry_of(rule) for rule in sorted(rules, key=lambda one: one.id)],
    }


def unpacked(value: object) -> list[PackedRule]:
    """The rules that `packed` gave. Raises DataError for anything else."""
    if not isinstance(value, dict) or value.get("layout") != LAYOUT or value.get("tree") != data.VERSION:
        raise data.DataError("the data has another layout")
    entries = value.get("rules")
    if not isinstance(entries, list):
        raise data.DataError("the data holds no list of rules")
    return [rule_of_entry(entry) for entry in entries]


def entry_of(rule: PackedRule) -> dict[str, Any]:
    """One rule as JSON data."""
    return {
        "id": rule.id,
        "area": rule.area,
        "file": rule.file,
        "built_in": rule.built_in,
        "group": rule.group,
        "severity": rule.severity,
        "title": rule.title,
        "formerly": list(rule.formerly),
        "first": [[kind.name, kind.group] for kind in rule.first],
        "kinds": [[kind.name, kind.group] for kind in rule.kinds],
        "needs": sorted(rule.needs),
        "local": rule.local,
        "cost": rule.cost,
        "reads": list(rule.reads),
        "body": rule.body,
    }


def rule_of_entry(entry: object) -> PackedRule:
    """One rule of the data; its body is looked at when it is asked for. Raises DataError."""
    if not isinstance(entry, dict):
        raise data.DataError("an entry is no object")
    group, severity = _text(entry, "group"), _text(entry, "severity")
    if group not in GROUPS or severity not in ("error", "warning", "info"):
        raise data.DataError("an entry has an unknown group or severity")
    return PackedRule(
        id=_text(entry, "id"),
        area=_text(entry, "area"),
        file=_text(entry, "file"),
        built_in=entry.get("built_in") is True,
        group=group,
        severity=severity,
        title=_text(entry, "title"),
        formerly=_texts(entry, "formerly"),
        first=_kinds(entry, "first"),
        kinds=_kinds(entry, "kinds"),
        needs=frozenset(_texts(entry, "needs")),
        local=entry.get("local") is True,
        cost=_text(entry, "cost"),
        reads=_texts(entry, "reads"),
        body=entry.get("body"),
    )


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise data.DataError(f"an entry has no `{key}`")
    return value


def _texts(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = entry.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise data.DataError(f"an entry has no list `{key}`")
    return tuple(value)


def _kinds(entry: Mapping[str, object], key: str) -> tuple[Kind, ...]:
    value = entry.get(key)
    if not isinstance(value, list):
        raise data.DataError(f"an entry has no list `{key}`")
    kinds = []
    for one in value:
        if not isinstance(one, list) or len(one) != 2 or not isinstance(one[0], str):
            raise data.DataError(f"an entry has no kinds in `{key}`")
        if one[1] is not None and not isinstance(one[1], str):
            raise data.DataError(f"an entry has no kinds in `{key}`")
        kinds.append(Kind(one[0], one[1]))
    return tuple(kinds)
