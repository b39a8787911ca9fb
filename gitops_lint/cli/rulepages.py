"""The manual pages of rules in a folder: one a rule, and an index by area. Written by `rules docs`, never by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gitops_lint.dsl.rulefile import AREAS
from gitops_lint.dsl.rulepage import rule_page
from gitops_lint.policy.rulepack import PackedRule

INDEX = "index.md"
_HEAD = "<!-- Made by `gitops-lint rules docs`"


def pages(rules: Iterable[PackedRule]) -> dict[str, str]:
    """File name to text: `<id>.md` for every rule, and the index."""
    listed = list(rules)
    made = {
        f"{rule.id}.md": f"{_HEAD} from {rule.area}/{rule.id}.rule. -->\n\n{rule_page(rule.rule, rule.area)}"
        for rule in listed
    }
    return {INDEX: _index(listed), **made}


def _index(rules: Iterable[PackedRule]) -> str:
    by_area: dict[str, list[PackedRule]] = {}
    for rule in rules:
        by_area.setdefault(rule.area, []).append(rule)
    parts = [
        f"{_HEAD}. -->",
        "# Rules",
        f"{sum(map(len, by_area.values()))} rules, by area. `gitops-lint explain ID` shows a page in the terminal.",
    ]
    for area in sorted(by_area, key=_place):
        lines = [f"## {area}", "", "| Rule | Severity | Group | Reports |", "| --- | --- | --- | --- |"]
        for rule in sorted(by_area[area], key=lambda one: one.id):
            title = rule.title.replace("|", "\\|")
            lines.append(f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {rule.group} | {title} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _place(area: str) -> tuple[int, str]:
    return (AREAS.index(area) if area in AREAS else len(AREAS), area)


def write_pages(folder: Path, made: Mapping[str, str]) -> None:
    """Writes the pages, and takes away those of rules that are gone. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _stale(folder, made):
        (folder / name).unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def outdated(folder: Path, made: Mapping[str, str]) -> list[str]:
    """What is wrong with a folder of pages, one line each; nothing where it is as `write_pages` would leave it."""
    lines = []
    for name, text in sorted(made.items()):
        path = folder / name
        if not path.is_file():
            lines.append(f"{path} is missing")
        elif path.read_text(encoding="utf-8") != text:
            lines.append(f"{path} is not what the rule says now")
    return lines + [f"{folder / name} belongs to no rule" for name in _stale(folder, made)]


def _stale(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Pages made by an earlier run that no rule has any more; pages of other origin are left alone."""
    if not folder.is_dir():
        return []
    found = sorted(path for path in folder.glob("*.md") if path.name not in made)
    return [path.name for path in found if path.read_text(encoding="utf-8").startswith(_HEAD)]
