"""Which rules count and how severe they are, as the configuration says; called by `pipeline`."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace

from gitops_lint.config import Config
from gitops_lint.config.selection import Selector, exactness
from gitops_lint.dsl.values import as_domain
from gitops_lint.errors import ConfigurationError, UsageError
from gitops_lint.findings import GROUPS, Finding
from gitops_lint.policy.rulepack import PackedRule, RulePack
from gitops_lint.policy.run import Results
from gitops_lint.suppress import KnownRules


def graded(finding: Finding, config: Config) -> Finding:
    """The finding with the severity that the configuration gives its rule in that file."""
    severity = config.for_file(finding.file).severity(finding.rule)
    return finding if severity is None else replace(finding, severity=severity)


def known_rules(pack: RulePack) -> KnownRules:
    """The rules that ignore comments may name."""
    return KnownRules(
        {rule.id: rule.area for rule in pack}, {rule.id: rule.group for rule in pack}, dict(pack.former_names)
    )


def ran(pack: RulePack, config: Config, results: Results) -> Callable[[str, str], bool]:
    """Whether a rule ran to its end over a file: it was on there and crashed nowhere."""
    crashed = {crash.rule for crash in results.crashes}

    def answer(rule: str, file: str) -> bool:
        known = pack.find(rule)
        if known is None or rule in crashed:
            return False
        return config.for_file(file).selects(known.id, known.area, known.group)

    return answer


def wanted_rules(pack: RulePack, config: Config) -> list[PackedRule]:
    """The rules that are on for some file: by the general settings, or by those of an override."""
    general = config.for_file("")
    named = [word for one in config.overrides for word in one.select]

    def wanted(rule: PackedRule) -> bool:
        on = general.selects(rule.id, rule.area, rule.group)
        return on or exactness(named, rule.id, rule.area, rule.group) >= 0

    return [rule for rule in pack if wanted(rule)]


def check_words(pack: RulePack, config: Config) -> None:
    """Raises ConfigurationError or UsageError for the first word of the settings or flags that names no rule, area or group."""
    areas = {rule.area for rule in pack}
    known = {*pack.ids, *pack.former_names, *areas, *(f"group:{group}" for group in GROUPS), "ALL"}
    for one in config.named:
        only_rules = one.setting.endswith("rules")
        if one.word in known and not (only_rules and pack.find(one.word) is None):
            continue
        choices = sorted({*pack.ids, *pack.former_names}) if only_rules else sorted(known)
        close = difflib.get_close_matches(one.word, choices, n=1, cutoff=0.6)
        message = f"`{one.setting}` names `{one.word}`, which is no rule{'' if only_rules else ', area or group'}"
        help = f"did you mean `{close[0]}`?" if close else "`gitops-lint rules list` shows all rules"
        if one.file is None:
            raise UsageError(message, help=help)
        raise ConfigurationError(message, file=one.file, line=one.line, column=one.column, help=help)


def check_params(pack: RulePack, config: Config) -> None:
    """Raises ConfigurationError for the first parameter that its rule does not have, or whose value it does not take."""
    places = {one.word: one for one in config.named if one.setting == "rules"}
    for name, settings in config.rules.items():
        rule = pack.find(name)
        if rule is None:
            continue
        known = {param.name: param.type for param in rule.rule.params}
        for param, value in settings.params.items():
            if param not in known:
                close = difflib.get_close_matches(param, sorted(known), n=1, cutoff=0.6)
                has = ", ".join(sorted(known)) or "none"
                help = f"did you mean `{close[0]}`?" if close else f"it has: {has}"
                raise _misset(places.get(name), f"rule `{name}` has no parameter `{param}`", help)
            if not _takes(known[param], value):
                message = f"the parameter `{param}` of rule `{name}` takes a {known[param]}, not `{value}`"
                raise _misset(places.get(name), message, f"`gitops-lint explain {name}` shows its default")


def _takes(type: str, value: object) -> bool:
    match type:
        case "text":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "list" | "globs":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case _:
            return as_domain(value, type) is not None


def _misset(place: Selector | None, message: str, help: str) -> ConfigurationError:
    if place is None:
        return ConfigurationError(message, help=help)
    return ConfigurationError(message, file=place.file, line=place.line, column=place.column, help=help)
