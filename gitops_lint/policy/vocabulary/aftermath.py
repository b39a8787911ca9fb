"""What a run itself has to say: ignore comments, files that were passed over, rules that crashed. Facts come from `aftermath`."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from gitops_lint.dsl.types import TEXT, TextType, Type
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.policy.vocabulary import attribute, kind
from gitops_lint.repo.discover import SkippedKind
from gitops_lint.suppress import SuppressionKind

kind("Suppression", None, doc="an ignore comment that something is to be said about")
kind("SkippedFile", None, doc="a file that was not read, or not to its end")
kind("BaselineEntry", None, doc="an entry of the baseline that fits no finding any more")
kind("Crash", None, doc="a rule that failed on one subject")


def _field(owner: str, name: str, returns: Type, doc: str) -> None:
    def answer(fact: Fact) -> Value:
        return fact.fields[name]

    attribute(owner, name, returns=returns, doc=doc)(_named(answer, f"{owner}.{name}"))


def _named(answer: Callable[[Fact], Value], name: str) -> Callable[[Fact], Value]:
    answer.__qualname__ = name
    return answer


_field("Suppression", "kind", TextType(values=get_args(SuppressionKind)), "what there is to say")
_field("Suppression", "text", TEXT, "the rules and areas as written")
_field("Suppression", "detail", TEXT, "a close name, the date, the mistake or the word that forbids it; or empty")
_field("SkippedFile", "kind", TextType(values=get_args(SkippedKind)), "why it was passed over, in a word")
_field("SkippedFile", "why", TEXT, "why it was passed over, a clause")
_field("SkippedFile", "file", TEXT, "path of the file, relative to the root")
_field("BaselineEntry", "rule", TEXT, "the rule whose finding was known")
_field("BaselineEntry", "file", TEXT, "the file that it was in, relative to the root")
_field("Crash", "rule", TEXT, "the rule that failed")
_field("Crash", "subject", TEXT, "what it was looking at")
_field("Crash", "error", TEXT, "what went wrong, for a report to us")
