"""
Ignore comments applied to findings: what they take away, and what is wrong with the comments themselves.

Called by `pipeline` once the rules have run. Works on data only: findings with regions, comments with what they cover.
The facts it returns are judged by rules of their own (`unused-suppression` and its neighbours).
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal

from gitops_lint.config.selection import exactness
from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Finding, Fix, Region, Taken, TextEdit
from gitops_lint.ignores import IgnoreComment, Scope, Word

# the run is not complete where one of these speaks, so that no comment can say it is
NEVER = ("rule-crashed",)
_SCOPES: tuple[Scope, ...] = ("node", "resource", "file")
_LONGEST_NAME = 100
"""What is longer is like no id: comparing it would take long."""
SuppressionKind = Literal["unused", "unknown", "expired", "without-reason", "malformed", "refused"]


@dataclass(frozen=True, slots=True)
class SuppressionFact:
    """
    One thing to say about an ignore comment.

    kind: `unused` it takes nothing away; `unknown` no rule or area has this name; `expired` its date has passed, so it no
    longer counts; `without-reason` the configuration asks for one; `malformed` it cannot be read; `refused` the
    configuration forbids to suppress this. region: the smallest text that shows it: a name, the date or the comment.
    text: the names as written, `a, b`. detail: for `unknown` the name that is meant, perhaps, or ""; for `expired` the date;
    for `malformed` what is wrong; for `refused` the word of `suppressions.never`. fix: the cure, None where a person must decide.
    """

    kind: SuppressionKind
    region: Region
    text: str
    detail: str = ""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class KnownRules:
    """
    The rules that words in comments may name. areas: rule id -> area. groups: rule id -> group.
    formerly: old id -> the id it has now.
    """

    areas: Mapping[str, str]
    groups: Mapping[str, str] = field(default_factory=dict)
    formerly: Mapping[str, str] = field(default_factory=dict)

    def rules_of(self, word: str) -> list[str]:
        """The ids that a word names: itself, its new name, or the rules of an area; [] for an unknown word."""
        word = self.formerly.get(word, word)
        if word in self.areas:
            return [word]
        return [rule for rule, area in self.areas.items() if area == word]

    def like(self, word: str) -> str:
        """The id or area that a mistyped word is closest to, or ""."""
        if len(word) > _LONGEST_NAME:
            return ""
        names = sorted({*self.areas, *self.areas.values(), *self.formerly})
        return next(iter(difflib.get_close_matches(word, names, n=1, cutoff=0.6)), "")


@dataclass(frozen=True, slots=True)
class Suppression:
    """findings: what still counts, in the order given. taken: what comments took away. facts: by file and place."""

    findings: tuple[Finding, ...]
    taken: tuple[Taken, ...]
    facts: tuple[SuppressionFact, ...]


def suppress(
    findings: Iterable[Finding],
    comments: Mapping[str, Sequence[IgnoreComment]],
    known: KnownRules,
    *,
    today: datetime.date | None,
    never: Sequence[str] = (),
    require_reason: bool = False,
    ran: Callable[[str, str], bool] = lambda rule, file: True,
) -> Suppression:
    """
    What ignore comments leave of findings.

    comments: file -> its ignore comments. today: a comment counts up to and on its `until`; None = no date has passed.
    never: ids, areas and groups that no comment takes away. ran: whether a rule ran to its end over a file; a comment is
    called unused only where everything it names did.
    """
    desk = _Desk(comments, known, today, (*NEVER, *never))
    kept, taken = [], []
    for finding in findings:
        comment = desk.comment_for(finding)
        if comment is None:
            kept.append(finding)
        else:
            taken.append(Taken(finding, comment.reason))
    facts = []
    for file in sorted(comments):
        for comment in comments[file]:
            facts += desk.facts(comment, require_reason, ran)
    return Suppression(tuple(kept), tuple(taken), tuple(facts))


class _Desk:
    """The comments of a run and which of their words took something away."""

    def __init__(
        self,
        comments: Mapping[str, Sequence[IgnoreComment]],
        known: KnownRules,
        today: datetime.date | None,
        never: Sequence[str],
    ) -> None:
        self.known = known
        self.today = today
        self.never = never
        self.used: set[Region] = set()
        self.by_name: dict[tuple[str, str], list[tuple[IgnoreComment, Word]]] = {}
        for file, some in comments.items():
            for comment in some:
                if not comment.malformed and not self.expired(comment):
                    for word in comment.words:
                        name = known.formerly.get(word.text, word.text)
                        self.by_name.setdefault((file, name), []).append((comment, word))

    def expired(self, comment: IgnoreComment) -> bool:
        return comment.until is not None and self.today is not None and comment.until < self.today

    def comment_for(self, finding: Finding) -> IgnoreComment | None:
        """The comment that takes a finding away: of the narrowest scope the last. All that cover it are in use."""
        if exactness(self.never, finding.rule, finding.area, finding.group) >= 0:
            return None
        fitting = []
        for name in (finding.rule, finding.area):
            for comment, word in self.by_name.get((finding.file, name), ()):
                if comment.covers(finding.region):
                    self.used.add(word.region)
                    fitting.append(comment)
        return min(fitting, key=lambda one: (_SCOPES.index(one.scope), -one.region.start), default=None)

    def facts(
        self, comment: IgnoreComment, require_reason: bool, ran: Callable[[str, str], bool]
    ) -> list[SuppressionFact]:
        names = ", ".join(word.text for word in comment.words)
        if comment.malformed:
            return [SuppressionFact("malformed", comment.region, names, comment.malformed)]
        found = []
        idle = []
        for word in comment.words:
            rules = self.known.rules_of(word.text)
            refused = self._refused(word, rules)
            if not rules:
                like = self.known.like(word.text)
                found.append(SuppressionFact("unknown", word.region, word.text, like, _renamed(word, like)))
            elif refused:
                found.append(SuppressionFact("refused", word.region, word.text, refused))
            elif word.region not in self.used and all(ran(rule, comment.region.file) for rule in rules):
                idle.append(word)
        if self.expired(comment):
            until = comment.until_region or comment.region
            found.append(SuppressionFact("expired", until, names, str(comment.until), _removed(comment)))
        elif len(idle) == len(comment.words):
            found.append(SuppressionFact("unused", comment.region, names, "", _removed(comment)))
        else:
            found += [SuppressionFact("unused", one.region, one.text, "", _without(comment, one)) for one in idle]
        if require_reason and not comment.reason:
            found.append(SuppressionFact("without-reason", comment.region, names))
        return sorted(found, key=lambda one: (one.region.start, one.kind))

    def _refused(self, word: Word, rules: Sequence[str]) -> str:
        """The word of `never` for which a comment's word can take nothing away, or ""."""
        reasons = [self._never_word(rule) for rule in rules]
        return reasons[0] if reasons and all(reasons) else ""

    def _never_word(self, rule: str) -> str:
        area, group = self.known.areas[rule], self.known.groups.get(rule, "")
        return next((one for one in self.never if exactness((one,), rule, area, group) >= 0), "")


def _removed(comment: IgnoreComment) -> Fix | None:
    return Fix("remove the comment", True, (comment.removal,)) if comment.removal is not None else None


def _without(comment: IgnoreComment, word: Word) -> Fix:
    """A word taken out of the brackets, with the comma that parted it from its neighbour."""
    at = comment.words.index(word)
    if at + 1 < len(comment.words):
        start, end = word.region.start, comment.words[at + 1].region.start
    else:
        start, end = comment.words[at - 1].region.end, word.region.end
    return Fix(f"remove `{word.text}` from the comment", True, (TextEdit(word.region.file, start, end, ""),))


def _renamed(word: Word, like: str) -> Fix | None:
    if not like:
        return None
    edit = TextEdit(word.region.file, word.region.start, word.region.end, like)
    return Fix(f"write `{like}`", False, (edit,))
