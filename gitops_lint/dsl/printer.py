"""A rule's tree to its canonical text: what `rules new` writes, and what shows that nothing is lost between text and tree."""

from __future__ import annotations

from collections.abc import Iterable

from gitops_lint.dsl import tree
from gitops_lint.dsl.literals import read_block, write_block, write_number, write_string

DEFAULT_FILE = "test.yaml"
"""The name of an example's file that has none."""

_WIDTH = 110

# how tightly an operand must be bound: a looser expression is put in parentheses
_CONDITION, _CONJUNCTION, _NEGATION, _COMPARISON, _SUM, _ATOM = range(6)


def print_rule(rule: tree.Rule) -> str:
    """
    The rule's text, with its kind declarations at the head; it ends with a line break.

    `parse_rules` gives the same tree for it. Defines are expanded and comments are not in the tree, so neither comes back.
    """
    blocks = [
        [_kind_declaration(kind) for kind in rule.kinds],
        [f"rule {rule.name} {{", *_indented(_body(rule)), "}"],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def print_expression(expr: tree.Expr) -> str:
    """An expression on one line."""
    return _expr(expr, _CONDITION)


# ---- a rule


def _body(rule: tree.Rule) -> list[str]:
    sections = [
        _facts(rule),
        [_param(param) for param in rule.params],
        [line for clause in rule.clauses for line in _clause(clause)],
        *(_example(example) for example in rule.examples),
    ]
    lines: list[str] = []
    for section in sections:
        if section and lines:
            lines.append("")
        lines.extend(section)
    return lines


def _facts(rule: tree.Rule) -> list[str]:
    said: list[tuple[str, str]] = []
    if rule.title:
        said.append(("title", write_string(rule.title)))
    for word, value in (("group", rule.group), ("severity", rule.severity)):
        if value:
            said.append((word, value))
    if rule.confidence != "high":
        said.append(("confidence", rule.confidence))
    if rule.tags:
        said.append(("tags", ", ".join(rule.tags)))
    if rule.formerly:
        said.append(("formerly", ", ".join(rule.formerly)))
    for product in rule.applies_to:
        bounds = " ".join(f"{op} {version}" for op, version in product.bounds)
        said.append(("applies", f"to {product.product} {bounds}"))
    for word, text in (("what", rule.what), ("why", rule.why), ("instead", rule.instead)):
        if text:
            said.append((word, _prose(text)))
    said.extend(("source", write_string(text)) for text in rule.sources)
    said.extend(("link", write_string(text)) for text in rule.links)
    width = max((len(word) for word, _ in said), default=0)
    return [word + " " + text if text.startswith('"""') else f"{word:{width}} {text}" for word, text in said]


def _prose(text: str) -> str:
    """A block where the text has several lines, and can be read back from one."""
    block = write_block(text + "\n") if "\n" in text else None
    return block if block is not None and read_block(block).strip("\n") == text else write_string(text)


def _param(param: tree.Param) -> str:
    text = f"param {param.name} : {param.type} = {_expr(param.default, _ATOM)}"
    return f"{text} {write_string(param.description)}" if param.description else text


def _kind_declaration(kind: tree.KindDeclaration) -> str:
    group = f" in {write_string(kind.group)}" if kind.group else ""
    return f"kind {kind.name}{group} " + (f"from {write_string(kind.schema)}" if kind.schema else "untyped")


# ---- clauses


def _clause(clause: tree.Clause) -> list[str]:
    match clause:
        case tree.ForEach():
            return [f"for each {_kinds(clause.kinds)}{_origin(clause.origin)} as {clause.name}"]
        case tree.WithEach():
            number = f" at {clause.number}" if clause.number else ""
            return [f"with each {_expr(clause.source, _ATOM)} as {clause.name}{number}"]
        case tree.Follow():
            return [f"follow {_expr(clause.reference, _ATOM)} as {clause.name}", *_report(clause.report)]
        case tree.Find():
            head = f"find {clause.quantifier} {_kinds(clause.kinds)}{_origin(clause.origin)} as {clause.name}"
            return [f"{head} where {_expr(clause.where, _CONDITION)}", *_report(clause.report)]
        case tree.Let():
            return [f"let {clause.name} = {_expr(clause.value, _CONDITION)}"]
        case tree.When():
            return _condition("unless" if clause.negated else "when", clause.condition)
        case tree.Check():
            return [*_condition("forbid" if clause.forbidden else "require", clause.condition), *_report(clause.report)]


def _condition(word: str, condition: tree.Expr) -> list[str]:
    """A condition on one line, or its parts below each other."""
    text = f"{word} {_expr(condition, _CONDITION)}"
    if len(text) <= _WIDTH or not isinstance(condition, tree.And | tree.Or):
        return [text]
    inner = _NEGATION if isinstance(condition, tree.And) else _CONJUNCTION
    join = "and" if isinstance(condition, tree.And) else "or"
    first, *rest = (_expr(part, inner) for part in condition.parts)
    return [f"{word} {first}", *(f"  {join} {part}" for part in rest)]


def _kinds(kinds: Iterable[tree.Kind]) -> str:
    return ", ".join(kind.name if kind.group is None else write_string(f"{kind.group}/{kind.name}") for kind in kinds)


def _origin(origin: tree.Origin) -> str:
    return {"written": "", "generated": " generated", "both": " written or generated"}[origin]


def _report(report: tree.Report | None) -> list[str]:
    if report is None:
        return []
    severity = f"{report.severity} " if report.severity else ""
    lines = [f"  else report {severity}{_message(report.message)}", f"    at {_expr(report.at, _ATOM)}"]
    lines.extend(f"    see {_expr(see.place, _ATOM)} {_message(see.message)}" for see in report.see)
    lines.extend(f"    note {_message(note)}" for note in report.notes)
    if report.help is not None:
        lines.append(f"    help {_message(report.help)}")
    if report.fix is not None:
        lines.extend("    " + line for line in _fix(report.fix))
    return lines


def _fix(fix: tree.FixPlan) -> list[str]:
    head = f"fix {'safe' if fix.safe else 'unsafe'} {_message(fix.title)} {{"
    edits = [_edit(edit) for edit in fix.edits]
    if len(edits) == 1 and len(head) + len(edits[0]) <= _WIDTH:
        return [f"{head} {edits[0]} }}"]
    return [head, *("  " + edit for edit in edits), "}"]


def _edit(edit: tree.Edit) -> str:
    place = _expr(edit.place, _ATOM)
    if edit.value is None:
        return f"remove {place}"
    value = _expr(edit.value, _CONDITION)
    match edit.op:
        case "append":
            return f"append {value} to {place}"
        case "rename":
            return f"rename key {place} to {value}"
        case _:
            return f"set {place} to {value}"


def _message(message: tree.Message) -> str:
    """The quoted message: braces in its words are doubled, expressions stand in single ones."""
    text = "".join(
        part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else "{" + _expr(part, _CONDITION) + "}"
        for part in message.parts
    )
    return write_string(text)


# ---- examples


def _example(example: tree.Example) -> list[str]:
    lines: list[str] = []
    for given in example.given:
        name = "" if given.file == DEFAULT_FILE else f"file {write_string(given.file)} "
        lines.append(name + _file(given.text))
    for expect in example.expect:
        where = f" in {write_string(expect.file)}" if expect.file else ""
        where += f" document {expect.document}" if expect.document else ""
        said = f"covers {write_string(expect.covers)} message {write_string(expect.message)}{where}"
        lines.append(f"expect {write_string(expect.path)} {said}")
    if example.fixed is not None:
        lines.append(f"expect fixed {_file(example.fixed)}")
    return [f"{'bad' if example.bad else 'good'} {write_string(example.title)} {{", *_indented(lines), "}"]


def _file(text: str) -> str:
    return write_block(text) or write_string(text)


# ---- lines


def _indented(lines: Iterable[str]) -> list[str]:
    """Each line two blanks further in; lines of blocks too, which share their indentation."""
    return ["  " + line if line else "" for one in lines for line in one.split("\n")]


# ---- expressions


def _expr(expr: tree.Expr, bound: int) -> str:
    text, strength = _written(expr)
    return text if strength >= bound else f"({text})"


def _written(expr: tree.Expr) -> tuple[str, int]:
    """The text, and how tightly it holds together."""
    match expr:
        case tree.Text():
            return write_string(expr.value), _ATOM
        case tree.Number():
            return write_number(expr.value), _ATOM
        case tree.Bool():
            return "true" if expr.value else "false", _ATOM
        case tree.Quantity():
            return expr.number + expr.unit, _ATOM
        case tree.ListOf():
            return "[" + ", ".join(_expr(item, _ATOM) for item in expr.items) + "]", _ATOM
        case tree.Name():
            return expr.name, _ATOM
        case tree.Call():
            return f"{expr.function}({', '.join(_expr(arg, _CONDITION) for arg in expr.args)})", _ATOM
        case tree.Path():
            return _expr(expr.base, _ATOM) + "".join(_step(step) for step in expr.steps), _ATOM
        case tree.Default():
            return f"{_expr(expr.value, _ATOM)} default {_expr(expr.fallback, _ATOM)}", _ATOM
        case tree.Sum():
            return f"{_expr(expr.left, _SUM)} {expr.op} {_expr(expr.right, _ATOM)}", _SUM
        case tree.Not():
            return f"not {_expr(expr.value, _NEGATION)}", _NEGATION
        case tree.And():
            return " and ".join(_expr(part, _NEGATION) for part in expr.parts), _CONJUNCTION
        case tree.Or():
            return " or ".join(_expr(part, _CONJUNCTION) for part in expr.parts), _CONDITION
        case _:
            return _comparison(expr), _COMPARISON


def _comparison(expr: tree.Compare | tree.Is | tree.Test | tree.Matches | tree.Quantified) -> str:
    match expr:
        case tree.Compare() | tree.Test():
            return f"{_expr(expr.left, _SUM)} {expr.op} {_expr(expr.right, _SUM)}"
        case tree.Is():
            return f"{_expr(expr.value, _SUM)} is {'not ' if expr.negated else ''}{expr.state}"
        case tree.Matches():
            pattern = f"like {write_string(expr.pattern)}" if expr.glob else f"matches /{expr.pattern}/"
            return f"{_expr(expr.value, _SUM)} {pattern}"
        case tree.Quantified():
            position = f" {expr.position} {expr.marker}" if expr.position else ""
            items = f"{expr.quantifier} {expr.name} in {_expr(expr.source, _SUM)}{position}"
            return f"{items} satisfies ({_expr(expr.body, _CONDITION)})"


def _step(step: tree.Step) -> str:
    match step:
        case tree.Key():
            return f"[{write_string(step.name)}]" if step.quoted else f".{step.name}"
        case tree.Index():
            return f"[{step.number}]"
        case tree.AllItems():
            return "[*]"
