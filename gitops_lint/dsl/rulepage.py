"""The manual page of a rule, made from its file: `rules docs` writes it, `explain` shows it. The headings are always the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gitops_lint.dsl.printer import DEFAULT_FILE, print_expression
from gitops_lint.dsl.tree import Example, Expect, Given, Rule
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.path import key_or_node, parse

HEADINGS = ("What it reports", "Why", "Example", "Instead", "Parameters", "Source")

_DATA = (".yaml", ".yml", ".json")


def rule_page(rule: Rule, area: str) -> str:
    """
    The page in Markdown, ending with a line break: title, facts, and a section for each of HEADINGS, in this order.

    In the bad example the text that a finding covers is marked on the line below it, with what the rule says.
    """
    bad = next((example for example in rule.examples if example.bad), None)
    good = next((example for example in rule.examples if not example.bad), None)
    sections = (
        [rule.what],
        [rule.why],
        _example(bad) if bad is not None else [],
        [rule.instead, *(_example(good) if good is not None else [])],
        _parameters(rule),
        _sources(rule),
    )
    parts = [f"# {rule.name}", f"{rule.title}.", _facts(rule, area)]
    for heading, section in zip(HEADINGS, sections, strict=True):
        parts += [f"## {heading}", *section]
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(rule: Rule, area: str) -> str:
    facts = [("Area", area), ("Group", rule.group), ("Severity", rule.severity), ("Confidence", rule.confidence)]
    if rule.applies_to:
        facts.append(("Applies to", ", ".join(_applies(one.product, one.bounds) for one in rule.applies_to)))
    if rule.tags:
        facts.append(("Tags", ", ".join(rule.tags)))
    if rule.formerly:
        facts.append(("Formerly", ", ".join(f"`{name}`" for name in rule.formerly)))
    return "\n".join(f"- {name}: {value}" for name, value in facts)


def _applies(product: str, bounds: Iterable[tuple[str, str]]) -> str:
    words = {">=": "from", "<": "below"}
    return " ".join([product, *(f"{words[op]} {version}" for op, version in bounds)])


def _parameters(rule: Rule) -> list[str]:
    if not rule.params:
        return ["None."]
    lines = []
    for param in rule.params:
        text = f"- `{param.name}` ({param.type}, default `{print_expression(param.default)}`)"
        lines.append(f"{text}: {param.description}" if param.description else text)
    return ["\n".join(lines), f"They are set in the configuration, under `rules: {{{rule.name}: {{params: {{…}}}}}}`."]


def _sources(rule: Rule) -> list[str]:
    lines = [f"- {source}" for source in rule.sources] + [f"- <{link}>" for link in rule.links]
    return ["\n".join(lines)]


# ---- examples


def _example(example: Example) -> list[str]:
    parts = [f"{example.title[:1].upper()}{example.title[1:]}:"]
    for given in example.given:
        if len(example.given) > 1 or given.file != DEFAULT_FILE:
            parts.append(f"`{given.file}`")
        first = given is example.given[0]
        expects = [one for one in example.expect if one.file == given.file or (first and not one.file)]
        lines = _marked(given, expects)
        fence = "```" if "```" not in given.text else "~~~~"
        language = "yaml" if given.file.endswith(_DATA) else given.file.rpartition(".")[2] if "." in given.file else ""
        parts.append("\n".join([fence + language, *lines, fence]))
    return parts


def _marked(given: Given, expects: Sequence[Expect]) -> list[str]:
    """The lines of a file, each covered text underlined on a line of its own, with the message behind it."""
    source = Source(given.text, given.file)
    marks: dict[int, list[str]] = {}
    for expect in expects:
        at = place_of(source, expect)
        position = source.position(at)
        covered = source.line(position.line)[position.column - 1 :]
        width = max(1, min(len(expect.covers.split("\n")[0]), len(covered)))
        marks.setdefault(position.line, []).append(_underline(position.column - 1, width, expect.message))
    lines: list[str] = []
    for number in range(1, source.line_count + 1):
        lines.append(source.line(number))
        lines.extend(marks.get(number, ()))
    if lines and not lines[-1]:
        lines.pop()
    return lines


def _underline(column: int, width: int, message: str) -> str:
    """A comment below the marked text; where the line has no room in front for the `#`, the mark is that much shorter."""
    if column >= 2:
        return " " * (column - 2) + "# " + "^" * width + " " + message
    return "#" + " " * max(0, column - 1) + "^" * max(1, width - (1 - column)) + " " + message


def place_of(source: Source, expect: Expect) -> int:
    """
    Offset of the text that a finding should cover: the first one at or behind the node that the path names, else the first
    in the file.
    """
    start = 0
    try:
        path = parse(expect.path)
    except ValueError:
        path = ()
    document = next((one for one in parse_yaml(source).documents if one.number == expect.document), None)
    if document is not None and document.root is not None:
        start = key_or_node(document.root, path).start
        # the finding may cover the key of the node that is there
        line = source.text.rfind("\n", 0, start) + 1
        if source.text.find(expect.covers, start) < 0 or expect.covers in source.text[line:start]:
            start = line
    found = source.text.find(expect.covers, start)
    return found if found >= 0 else max(0, source.text.find(expect.covers))
