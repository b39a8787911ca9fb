"""One checked rule as the run sees it: its head, and the rest as data; and how the wheel and the cache keep such rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any

from gitops_lint.dataclass import dataclass, fields_of
from gitops_lint.dsl import data
from gitops_lint.dsl.rulecard import card_of
from gitops_lint.dsl.tree import Kind, Origin, Rule
from gitops_lint.errors import GitopsLintError
from gitops_lint.findings import GROUPS, RuleCard

LAYOUT = 4
"""Of the shipped and cached data; raise it with every change of what an entry holds."""


@dataclass(slots=True, eq=False)
class PackedRule:
    """
    One checked rule: its head, and the rest as data. Plain values, so that it travels to worker processes.

    file: where it was read, for messages. built_in: it comes with gitops-lint. first: kinds of its first `for each` as
    written; origin: whether it speaks of those that are written or generated; kinds: the same, classes expanded: without
    one of them in the repository the rule has nothing to do. local: for what is written one file is enough. screens: attributes of its first subject without which no row comes to a check. needs: stages of
    the repository. cost: its loops, in words. reads: fields, as `Rollout.spec.replicas`. body: the rule's tree, as the text of
    JSON data.
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
    origin: Origin
    kinds: tuple[Kind, ...]
    needs: frozenset[str]
    local: bool
    screens: tuple[str, ...]
    cost: str
    reads: tuple[str, ...]
    body: str = field(repr=False)
    _rule: Rule | None = field(default=None, repr=False)

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        # the tree is made again where it is needed: it is some times as large as its text
        return None, {name: None if name == "_rule" else getattr(self, name) for name in fields_of(PackedRule)}

    @property
    def rule(self) -> Rule:
        """The rule's tree, made at the first use. Raises GitopsLintError where the data is none."""
        if self._rule is None:
            try:
                self._rule = data.from_data(json.loads(self.body))
            except (data.DataError, ValueError, RecursionError) as error:
                raise GitopsLintError(f"rule `{self.id}` cannot be read: {error}", file=self.file) from error
        return self._rule

    @property
    def card(self) -> RuleCard:
        """What reports print of it."""
        return card_of(self.rule, self.area)


# ---- data


def body_of(rule: Rule) -> str:
    """The text of a rule's data. Raises DataError for a tree that no rule file gives."""
    return json.dumps(data.to_data(rule), separators=(",", ":"), ensure_ascii=True)


def packed(rules: Iterable[PackedRule]) -> str:
    """
    The rules in the order of their ids, as the wheel ships them: a line of JSON with all heads, then a line for each body.

    A run reads the heads, and the bodies of the few rules that find something to look at.
    """
    return lines_of(sorted(rules, key=lambda one: one.id))


def lines_of(rules: Sequence[PackedRule], keys: Sequence[str] = ()) -> str:
    """The same in the order given. keys: a text for each rule that whoever keeps the lines knows it by."""
    heads = {"layout": LAYOUT, "tree": data.VERSION, "keys": list(keys), "rules": [entry_of(rule) for rule in rules]}
    return "\n".join([json.dumps(heads, separators=(",", ":"), ensure_ascii=True), *(rule.body for rule in rules)])


def unpacked(lines: str) -> list[PackedRule]:
    """The rules that `packed` gave. Raises DataError for anything else."""
    return [rule for _, rule in with_keys(lines)]


def with_keys(lines: str) -> list[tuple[str, PackedRule]]:
    """The rules that `lines_of` gave, each with its key ("" where there are none). Raises DataError for anything else."""
    first, *bodies = lines.split("\n")
    try:
        heads = json.loads(first)
    except (ValueError, RecursionError) as error:
        raise data.DataError("the data begins with no heads") from error
    if not isinstance(heads, dict) or heads.get("layout") != LAYOUT or heads.get("tree") != data.VERSION:
        raise data.DataError("the data has another layout")
    entries = heads.get("rules")
    if not isinstance(entries, list) or len(entries) != len(bodies):
        raise data.DataError("the data holds no list of rules")
    keys = _texts(heads, "keys") or ("",) * len(entries)
    if len(keys) != len(entries):
        raise data.DataError("the data holds other keys than rules")
    return [(key, rule_of_entry(entry, body)) for key, entry, body in zip(keys, entries, bodies, strict=True)]


def digest_of(rule: PackedRule) -> str:
    """Of all there is to a rule."""
    parts = (json.dumps(entry_of(rule), ensure_ascii=True), rule.body)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def entry_of(rule: PackedRule) -> dict[str, Any]:
    """The head of a rule as JSON data."""
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
        "origin": rule.origin,
        "kinds": [[kind.name, kind.group] for kind in rule.kinds],
        "needs": sorted(rule.needs),
        "local": rule.local,
        "screens": list(rule.screens),
        "cost": rule.cost,
        "reads": list(rule.reads),
    }


def rule_of_entry(entry: object, body: str) -> PackedRule:
    """One rule of its head and its body, which is looked at when it is asked for. Raises DataError."""
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
        origin=_origin(entry),
        kinds=_kinds(entry, "kinds"),
        needs=frozenset(_texts(entry, "needs")),
        local=entry.get("local") is True,
        screens=_texts(entry, "screens"),
        cost=_text(entry, "cost"),
        reads=_texts(entry, "reads"),
        body=body,
    )


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise data.DataError(f"an entry has no `{key}`")
    return value


def _origin(entry: Mapping[str, object]) -> Origin:
    match entry.get("origin"):
        case "written" | "generated" | "both" as origin:
            return origin
    raise data.DataError("an entry has an unknown origin")


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
        kinds.append(_kind(one[0], one[1]))
    return tuple(kinds)


@cache
def _kind(name: str, group: str | None) -> Kind:
    return Kind(name, group)
