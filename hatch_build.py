"""
Build hook: puts the checked built-in rules into the wheel as data, so that an installed gitops-lint parses no rule file.

The checkout's own code parses and checks them, so whatever that imports is needed to build (`build-system.requires`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RulesHook(BuildHookInterface[Any]):
    """Adds `gitops_lint/_shipped/rules.jsonl` to a wheel; an editable one reads the rules themselves."""

    PLUGIN_NAME = "custom"
    _folder: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        try:
            from gitops_lint.policy.packedrule import packed
            from gitops_lint.policy.rulefiles import FolderOfRules, check_all, rule_texts

            rules = check_all(rule_texts(FolderOfRules(root / "rules", "rules", built_in=True)))
        finally:
            sys.path.remove(str(root))
        self._folder = tempfile.TemporaryDirectory()
        made = Path(self._folder.name) / "rules.jsonl"
        made.write_text(packed(rules), encoding="utf-8", newline="\n")
        build_data["force_include"][str(made)] = "gitops_lint/_shipped/rules.jsonl"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self._folder is not None:
            self._folder.cleanup()
