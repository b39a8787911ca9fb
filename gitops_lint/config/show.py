"""
The settings of a run with where each comes from, for `--show-config`: a configuration file again, origins as comments.

Values are data that a file said; of an address only the host is shown where it holds a user name or a password.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gitops_lint.config.check import config_schema
from gitops_lint.config.settings import Config, Environment, Override
from gitops_lint.findings import Severity
from gitops_lint.pattern import pattern
from gitops_lint.text.scalars import Plain

DEFAULT = "default"
# what a flag adds to instead of taking its place
_ADDED = ("ignore", "rule-folders", "schema-locations")
# which settings are told entry by entry, since a file or a flag may give some of them
_TABLES = ("rules", "targets", "external", "repositories", "environments", "suppressions", "limits")
_USER = pattern(r"://[^/@\s]*@")
_PLAIN_KEY = pattern(r"[A-Za-z][\w./-]*")
_Value = Any


def shown(config: Config, flags: Mapping[str, str]) -> list[str]:
    """
    A line for every key of the configuration, in the schema's order: `key: value  # origin`.

    flags: key, or `targets.<product>`, to the flag that gave it. A key without a value is a comment.
    """
    values = _values(config)
    lines = []
    for key in config_schema()["properties"]:
        value = values[key]
        if key in _TABLES and value:
            lines.append(f"{key}:")
            lines += [_line(f"  {_name(part)}", one, _origin(config, flags, key, part)) for part, one in value.items()]
        else:
            lines.append(_line(key, value, _origin(config, flags, key)))
    return lines


def _line(key: str, value: _Value, origin: str) -> str:
    told = f"{key}: {_text(value)}" if value is not None else f"# {key}: none"
    return f"{told}  # {origin}"


def _origin(config: Config, flags: Mapping[str, str], key: str, part: str = "") -> str:
    path = f"{key}.{part}" if part else key
    flag, place = flags.get(path, ""), config.said.get(path, "")
    if key == "ignore" and "select" in flags:
        # what the file ignores no longer counts
        return flag or flags["select"]
    if key in _ADDED:
        return ", ".join(one for one in (place, flag) if one) or DEFAULT
    return flag or place or DEFAULT


def _text(value: _Value) -> str:
    return _USER.sub("://…@", json.dumps(value, ensure_ascii=False))


def _name(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else _text(key)


def _values(config: Config) -> dict[str, _Value]:
    """The values by their keys, as a file would write them; None for what has none."""
    flags = config.flags
    ignore = flags.ignore if flags.select is not None else config.ignore + flags.ignore
    select = config.select if flags.select is None else flags.select
    return {
        "root": config.root,
        "profile": config.profile,
        "select": None if select is None else list(select),
        "ignore": list(ignore),
        "exclude": list(config.exclude),
        "rule-folders": list(config.rule_folders),
        "rules": {rule: _rule(one.severity, one.params) for rule, one in config.rules.items()},
        "overrides": [_override(one) for one in config.overrides],
        "targets": dict(config.targets),
        "external": _external(config),
        "closed": list(config.closed),
        "repositories": dict(config.repositories),
        "clusters": [
            _given(
                name=one.name,
                server=one.server,
                project=one.project,
                labels=dict(one.labels),
                annotations=dict(one.annotations),
            )
            for one in config.clusters
        ],
        "environments": {name: _environment(one) for name, one in config.environments.items()},
        "generators": [
            {
                "applicationset": one.applicationset,
                "generator": one.generator,
                "parameters": [dict(some) for some in one.parameters],
            }
            for one in config.generators
        ],
        "suppressions": {
            "require-reason": config.suppressions.require_reason,
            "never": list(config.suppressions.never),
        },
        "schema-locations": list(config.schema_locations),
        "limits": {
            "files": config.limits.files,
            "file-bytes": config.limits.file_bytes,
            "total-bytes": config.limits.total_bytes,
            "applications": config.limits.applications,
        },
        "fail-on": "never" if config.fail_on is None else config.fail_on.word,
        "baseline": config.baseline,
    }


def _given(**parts: _Value) -> dict[str, _Value]:
    return {name: value for name, value in parts.items() if value}


def _rule(severity: Severity | None, params: Mapping[str, Plain]) -> dict[str, _Value]:
    return _given(severity=severity.word if severity is not None else None, params=dict(params))


def _override(one: Override) -> dict[str, _Value]:
    rules = {rule: {"severity": severity.word} for rule, severity in one.severities}
    return _given(files=list(one.files), select=list(one.select), ignore=list(one.ignore), rules=rules)


def _environment(one: Environment) -> _Value:
    if one == Environment(one.paths):
        return list(one.paths)
    return {
        **_given(
            paths=list(one.paths),
            clusters=list(one.clusters),
            **{"cluster-labels": dict(one.cluster_labels)},
            namespaces=list(one.namespaces),
            projects=list(one.projects),
        ),
        **({} if one.production is None else {"production": one.production}),
    }


def _external(config: Config) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in config.external:
        name = one.name if one.namespace is None else f"{one.namespace}/{one.name}"
        found.setdefault(one.kind, []).append(name)
    return found
