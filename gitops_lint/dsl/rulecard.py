"""What reports print of a rule, from its tree; apart from `rulefile`, as a run that parses no rule file needs no parser."""

from __future__ import annotations

from gitops_lint.dsl.tree import Rule
from gitops_lint.findings import GROUPS, Confidence, Group, RuleCard, Severity


def card_of(rule: Rule, area: str, url: str = "") -> RuleCard:
    """What reports print of a complete rule."""
    return RuleCard(
        id=rule.name,
        area=area,
        group=_group(rule.group),
        severity=Severity.of(rule.severity),
        confidence=_confidence(rule.confidence),
        title=rule.title,
        what=rule.what,
        why=rule.why,
        instead=rule.instead,
        sources=rule.sources,
        tags=rule.tags,
        url=url,
    )


def _group(word: str) -> Group:
    for group in GROUPS:
        if group == word:
            return group
    raise ValueError(f"{word} is no group of rules")


def _confidence(word: str) -> Confidence:
    known: tuple[Confidence, ...] = ("high", "medium", "low")
    for confidence in known:
        if confidence == word:
            return confidence
    raise ValueError(f"{word} is no confidence")
