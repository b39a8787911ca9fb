"""`check --show-config`: where a run takes its settings from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gitops_lint.config import says_root
from gitops_lint.config.show import shown
from gitops_lint.known import baseline_file
from gitops_lint.options import Options
from gitops_lint.pipeline import configured
from gitops_lint.policy.rulepack import load_pack
from gitops_lint.policy.selection import check_params, check_words
from gitops_lint.repo.discover import find_root
from gitops_lint.repo.gitdata import top_level
from gitops_lint.report.terminal import visible

_OFF = {"suppressions": "--no-suppressions", "use_baseline": "--no-baseline"}


def settings(paths: Sequence[str], options: Options) -> str:
    """
    The settings that `check` would use, as a configuration file with the origin of each as a comment.

    Raises GitopsLintError for what a run would refuse: what is shown is what would count.
    """
    stdin = options.stdin
    chosen = [Path(stdin.file).parent] if stdin else [Path(path) for path in paths]
    root = find_root(chosen, Path(options.root) if options.root else None, isolated=options.isolated)
    config = configured(chosen, root, options)
    pack = load_pack(config.rule_folders, root=root)
    check_words(pack, config)
    check_params(pack, config)
    known = baseline_file(root, config, options)
    head = [
        f"# root: {root}  # {_origin_of(root, options)}",
        f"# configuration: {config.file or 'none'}{'  # --isolated' if options.isolated else ''}",
        f"# findings known before: {known.name if known is not None else 'none'}",
        *(f"# {flag}" for option, flag in _OFF.items() if not getattr(options, option)),
    ]
    if options.extend_select:
        head.append(f"# rules that also run: {', '.join(options.extend_select)}  # --extend-select")
    return "".join(f"{visible(line)}\n" for line in [*head, *shown(config, _flags(options))])


def _origin_of(root: Path, options: Options) -> str:
    if options.root is not None:
        return "--root"
    if not options.isolated and says_root(root):
        return "its configuration says `root: true`"
    return "top of the Git repository" if top_level(root) == root else "current folder"


def _flags(options: Options) -> dict[str, str]:
    """The keys of the configuration that a flag gives, with the flag."""
    given = {
        "select": (options.select, "--select"),
        "ignore": (options.ignore, "--ignore"),
        "profile": (options.profile, "--profile"),
        "fail-on": (options.fail_on is not None, "--fail-on"),
        "rule-folders": (options.rule_folders, "--rules"),
        "schema-locations": (options.schema_locations, "--schema-location"),
        "baseline": (options.baseline, "--baseline"),
        **{f"targets.{product}": (True, "--target") for product in options.targets},
    }
    return {key: flag for key, (told, flag) in given.items() if told}
