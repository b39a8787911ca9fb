"""
What holds for any input, however hostile: asked by the properties here and by the targets in `fuzz/`.

Each function raises AssertionError, or whatever the code under it raised, where a promise is broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitops_lint.config import Config
from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.printer import print_rule
from gitops_lint.dsl.rulefile import load_rule_file
from gitops_lint.errors import RuleError
from gitops_lint.findings import Outcome, Region
from gitops_lint.options import Options
from gitops_lint.pipeline import check_tree
from gitops_lint.policy.rulepack import RulePack, load_pack
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.facts import facts_of
from gitops_lint.repo.load import load_bytes
from gitops_lint.repo.role import MANIFEST, Role
from gitops_lint.text.nodes import Node, Scalar, children
from gitops_lint.text.scalars import plain

EVERYTHING = Config().with_flags(select=("ALL",))


def pack() -> RulePack:
    """The built-in rules."""
    return load_pack()


def reads(data: bytes, file: str, role: Role = MANIFEST) -> None:
    """Bytes become documents and mistakes, twice the same, and every place lies in the text."""
    loaded = load_bytes(data, file, role)
    size = len(loaded.source.text)
    for mistake in loaded.mistakes:
        assert 0 <= mistake.start <= mistake.end <= size, mistake
        assert mistake.message
        for start, end, _ in mistake.related:
            assert 0 <= start <= end <= size, mistake
    last = 0
    for document in loaded.documents:
        assert last <= document.start <= document.end <= size
        last = document.end
        if document.root is not None:
            for node in _nodes(document.root):
                assert 0 <= node.start <= node.end <= size, node
            plain(document.root)
    assert facts_of(loaded) == facts_of(load_bytes(data, file, role))


def _nodes(root: Node) -> Iterator[Node]:
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            if not isinstance(node, Scalar):
                stack.extend(children(node))


def reads_rule(text: str) -> bool:
    """A rule file is rules that print to themselves, or a RuleError with a place in the text; True where it is rules."""
    try:
        rules = parse_rules(text, "x.rule")
    except RuleError as error:
        _has_place(error, text)
        return False
    try:
        load_rule_file(text, "x.rule", "yaml")
    except RuleError as error:
        _has_place(error, text)
    for rule in rules:
        printed = print_rule(rule)
        (again,) = parse_rules(printed, "x.rule")
        assert print_rule(again) == printed
    return True


def _has_place(error: RuleError, text: str) -> None:
    assert error.message
    if error.line is not None:
        assert 1 <= error.line <= text.count("\n") + text.count("\r") + 2, error
        assert error.column is None or error.column >= 1, error


def judges(files: Mapping[str, bytes | str], rules: RulePack, config: Config = EVERYTHING) -> Outcome:
    """A run over files ends, no rule crashes, every place lies in its file, and a second run says the same."""
    outcome = check_tree(MemoryTree(files), config, Options(), rules)
    assert not outcome.crashed, [one.message for one in outcome.findings if one.rule == "rule-crashed"]
    for finding in outcome.findings:
        assert finding.message
        for region in (finding.region, *(place.region for place in finding.related)):
            _lies_in(region, outcome.sources)
    again = check_tree(MemoryTree(dict(reversed(files.items()))), config, Options(), rules)
    assert again.findings == outcome.findings
    return outcome


def _lies_in(region: Region, sources: Mapping[str, str]) -> None:
    text = sources.get(region.file)
    if text is not None:
        assert 0 <= region.start <= region.end <= len(text), region
        assert 1 <= region.line <= region.end_line, region
