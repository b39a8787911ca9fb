"""The configuration of a run: `.gitops-lint.yaml` to a `Config`. Data only: it can run nothing and fetch nothing."""

from __future__ import annotations

from gitops_lint.config.read import CONFIG_NAMES, find_config, load_config, read_config, says_root
from gitops_lint.config.selection import FileSettings, Selector
from gitops_lint.config.settings import (
    DEFAULT_LIMITS,
    Cluster,
    Config,
    Environment,
    ExternalName,
    Fixture,
    Limits,
    Override,
    RuleSettings,
    Suppressions,
)

__all__ = [
    "CONFIG_NAMES",
    "DEFAULT_LIMITS",
    "Cluster",
    "Config",
    "Environment",
    "ExternalName",
    "FileSettings",
    "Fixture",
    "Limits",
    "Override",
    "RuleSettings",
    "Selector",
    "Suppressions",
    "find_config",
    "load_config",
    "read_config",
    "says_root",
]
