"""
All rules of a run: the built-in ones and those of users' folders, checked, as a table of heads. What a rule says is kept as
data and becomes a tree when its kinds turn up.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from gitops_lint import __version__, shipped
from gitops_lint.cache import Cache, user_cache
from gitops_lint.dsl import data
from gitops_lint.dsl.rule_errors import raise_all
from gitops_lint.errors import GitopsLintError, RuleError
from gitops_lint.findings import RuleCard
from gitops_lint.policy.packedrule import PackedRule as PackedRule
from gitops_lint.policy.packedrule import digest_of, unpacked
from gitops_lint.policy.rulefiles import FolderOfRules, read_folder
from gitops_lint.policy.vocabulary import GitopsVocabulary

SHIPPED_DATA = "rules.jsonl"


class RulePack:
    """Rules by id, in the order of their ids."""

    def __init__(self, rules: Iterable[PackedRule]) -> None:
        self._rules = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
        self._former = {name: rule.id for rule in self._rules.values() for name in rule.formerly}

    def __iter__(self) -> Iterator[PackedRule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def rules(self) -> Sequence[PackedRule]:
        return tuple(self._rules.values())

    @property
    def ids(self) -> Sequence[str]:
        return tuple(self._rules)

    @property
    def former_names(self) -> Mapping[str, str]:
        """Names that rules had once, to the ids they have now."""
        return self._former

    def find(self, name: str) -> PackedRule | None:
        """The rule of that id, or the one that was called so once."""
        return self._rules.get(name) or self._rules.get(self._former.get(name, ""))

    def card(self, id: str) -> RuleCard:
        """What reports print of a rule. Raises KeyError for an id that is none."""
        return self._rules[id].card

    def cards(self, ids: Iterable[str]) -> dict[str, RuleCard]:
        """What reports print of these rules; ids without a rule are left out."""
        return {id: self._rules[id].card for id in sorted(set(ids)) if id in self._rules}

    @functools.cached_property
    def digest(self) -> str:
        """Of all rules and of the version that checked them: part of the key of whatever depends on rules."""
        return hashlib.sha256("\n".join([__version__, *map(digest_of, self)]).encode()).hexdigest()


def load_pack(
    folders: Sequence[str | Path] = (),
    *,
    root: Path | None = None,
    vocabulary: GitopsVocabulary | None = None,
    cache: Cache | None = None,
) -> RulePack:
    """
    The built-in rules and those of users' folders (`<folder>/<area>/<id>.rule`), checked.

    Built-in rules come from the wheel's data, else from the cache, else from their files; users' rules from the cache or
    their files. root: what folders are relative to; None: the current folder. vocabulary: what users' rules may speak of
    besides (kinds of the repository's own schemas); with one, their checks are not cached. cache: None is the user's own.
    Raises RuleErrors with what is wrong in the first folder that has something wrong.
    """
    kept = cache if cache is not None else user_cache()
    rules = list(_built_in(kept))
    for folder in folders:
        path = Path(folder) if root is None else root / folder
        rules.extend(read_folder(FolderOfRules(path, Path(folder).as_posix(), built_in=False), kept, vocabulary))
    check_unique(rules)
    return RulePack(rules)


def _built_in(cache: Cache) -> Iterable[PackedRule]:
    packed = shipped.text(SHIPPED_DATA)
    if packed is not None:
        try:
            return unpacked(packed)
        except data.DataError as error:
            raise GitopsLintError(
                f"the shipped rules cannot be read: {error.message}", help="install gitops-lint again"
            ) from error
    return read_folder(FolderOfRules(shipped.folder("rules"), "rules", built_in=True), cache, None)


def check_unique(rules: Iterable[PackedRule]) -> None:
    """Raises RuleErrors where two rules have one id, or one has the former name of another."""
    known: dict[str, PackedRule] = {}
    errors: list[RuleError] = []
    for rule in rules:
        for name in (rule.id, *rule.formerly):
            other = known.setdefault(name, rule)
            if other is rule:
                continue
            what = "id" if name == rule.id and name == other.id else "name"
            errors.append(
                RuleError(
                    f"the {what} `{name}` is taken by the rule in `{other.file}`", file=rule.file, line=1, column=1
                )
            )
    raise_all(errors)
