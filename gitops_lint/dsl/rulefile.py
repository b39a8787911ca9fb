"""One rule file: whether it is complete and lies where it belongs. Commands, the build and the rule pack read rules through it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.rule_errors import error_at, raise_all
from gitops_lint.dsl.tree import Check, Example, Find, Follow, ForEach, Rule, Span
from gitops_lint.errors import RuleError
from gitops_lint.findings import GROUPS
from gitops_lint.pattern import pattern

AREAS = (
    "yaml", "schema", "appset", "application", "project", "rollout", "analysis", "sync", "health", "notifications", "secrets",
    "references", "kustomize", "harness", "network", "layout",
)  # fmt: skip
"""The folders of rules, in the order in which they are listed."""

SUFFIX = ".rule"

_KEBAB = pattern(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_ID = 60


def load_rule_file(text: str, file: str, area: str) -> Rule:
    """
    The rule of a file, known to be complete: one rule, named as the file, in an area, with docs and examples.

    text: decoded. file: its path, as errors show it; its name without `.rule` is the id. area: its folder. Whether the rule
    makes sense is `typecheck.check`'s to say. Raises RuleError, or RuleErrors with everything that is missing.
    """
    rules = parse_rules(text, file)
    check = _Completeness(text, file)
    if len(rules) != 1:
        raise RuleError(_not_one(rules), file=file, line=1, column=1)
    check.rule(rules[0], area)
    raise_all(check.errors)
    return rules[0]


def area_error(area: str) -> str:
    """What is wrong with the name of an area, or ""."""
    if area in AREAS:
        return ""
    close = difflib.get_close_matches(area, AREAS, 1)
    hint = f"; did you mean `{close[0]}`?" if close else f"; areas are {', '.join(AREAS)}"
    return f"`{area}` is no area of rules{hint}"


def id_error(id: str) -> str:
    """What is wrong with the id of a rule, or ""."""
    if not _KEBAB.fullmatch(id):
        return f"`{id}` is no id of a rule: ids are lower-case words joined by `-`, such as `missing-canary-service`"
    if len(id) > _LONGEST_ID:
        return f"`{id}` is too long for an id: at most {_LONGEST_ID} characters"
    return ""


def _not_one(rules: Sequence[Rule]) -> str:
    if not rules:
        return "this file holds no rule"
    names = ", ".join(f"`{rule.name}`" for rule in rules)
    return f"a file holds one rule, this one holds {len(rules)}: {names}"


UNSHOWN = frozenset(("Crash", "SkippedFile"))
"""Kinds of which no example can show one: files in memory are always read, and a right rule does not crash."""


class _Completeness:
    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self.errors: list[RuleError] = []

    def _wrong(self, message: str, span: Span, help: str = "") -> None:
        self.errors.append(error_at(message, file=self._file, text=self._text, offset=span[0], help=help))

    def rule(self, rule: Rule, area: str) -> None:
        path = PurePosixPath(self._file.replace("\\", "/"))
        if path.suffix != SUFFIX:
            self._wrong(f"the name of a rule file ends with `{SUFFIX}`", rule.span)
        if rule.name != path.stem:
            self._wrong(
                f"rule `{rule.name}` lies in a file called `{path.name}`",
                rule.span,
                f"the two have one name: call the file `{rule.name}{SUFFIX}` or the rule `{path.stem}`",
            )
        for wrong in (id_error(rule.name), area_error(area)):
            if wrong:
                self._wrong(wrong, rule.span)
        self._facts(rule)
        self._words(rule)
        self._examples(rule)

    def _facts(self, rule: Rule) -> None:
        for word in ("title", "group", "severity", "what", "why", "instead"):
            if not getattr(rule, word).strip():
                self._wrong(f"`{word}` is missing in rule `{rule.name}`", rule.span, _ASKED[word])
        if not any(source.strip() for source in rule.sources):
            self._wrong(f"`source` is missing in rule `{rule.name}`", rule.span, _ASKED["source"])
        if "\n" in rule.title or rule.title.endswith("."):
            self._wrong("the title is one line without a full stop", rule.span)

    def _words(self, rule: Rule) -> None:
        for word in (*rule.tags, *rule.formerly):
            if not _KEBAB.fullmatch(word):
                self._wrong(f"`{word}` is not written in lower-case words joined by `-`", rule.span)
        if rule.name in rule.formerly:
            self._wrong(f"`{rule.name}` is the rule's name and cannot be a former one", rule.span)
        for words, what in ((rule.tags, "tag"), (rule.formerly, "former name")):
            for word in _twice(words):
                self._wrong(f"the {what} `{word}` is said twice", rule.span)

    def _examples(self, rule: Rule) -> None:
        shown = {kind.name for clause in rule.clauses if isinstance(clause, ForEach) for kind in clause.kinds}
        for bad, word in ((True, "bad"), (False, "good")):
            if not any(example.bad == bad for example in rule.examples) and not shown & UNSHOWN:
                self._wrong(f"rule `{rule.name}` has no `{word}` example", rule.span, _ASKED[word])
        for title in _twice([example.title for example in rule.examples]):
            self._wrong(f"two examples are called `{title}`", rule.span)
        fixes = any(
            clause.report is not None and clause.report.fix is not None
            for clause in rule.clauses
            if isinstance(clause, Check | Find | Follow)
        )
        for example in rule.examples:
            self._example(example, fixes)

    def _example(self, example: Example, fixes: bool) -> None:
        if not example.title.strip():
            self._wrong("this example has no title", example.span)
        if example.bad and not example.expect:
            self._wrong(
                "a bad example says what the rule finds in it",
                example.span,
                'expect "node.path" covers "text" message "…"',
            )
        if example.fixed is not None and not fixes:
            self._wrong("`expect fixed` stands here, but no report of this rule has a fix", example.span)
        texts = {given.file: given.text for given in example.given}
        for name in _twice([given.file for given in example.given]):
            self._wrong(
                f"two files of this example are called `{name}`", example.span, 'name them: file "a.yaml" """ … """'
            )
        for given in example.given:
            parts = PurePosixPath(given.file).parts
            if not parts or given.file.startswith("/") or "\\" in given.file or ".." in parts:
                self._wrong(f"`{given.file}` is no path below the root of the example", given.span)
        for expect in example.expect:
            file = expect.file or example.given[0].file
            if file not in texts:
                self._wrong(f"this example has no file called `{file}`", expect.span, _one_of(texts))
            elif expect.covers not in texts[file]:
                shown = expect.covers.splitlines()[0]
                self._wrong(f"the text `{shown}` that should be covered is nowhere in `{file}`", expect.span)


_ASKED = {
    "title": 'one line: title "…"',
    "group": f"one of {', '.join(GROUPS)}",
    "severity": "one of error, warning, info",
    "what": "what the rule reports",
    "why": "what the real system does then",
    "instead": "what to write instead",
    "source": "where the claim can be checked: repository, path and version",
    "bad": "each rule shows one thing it reports, with what it says",
    "good": "each rule shows one thing that it leaves alone, as close to the bad one as can be",
}


def _one_of(names: Sequence[str] | dict[str, str]) -> str:
    return "it has " + ", ".join(f"`{name}`" for name in names)


def _twice(words: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            yield word
        seen.add(word)
