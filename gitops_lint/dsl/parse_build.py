"""What Lark made of a rule file to the rules of `tree.py`. Imports Lark: only the parser may use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from lark import Token, Tree

from gitops_lint.dsl import tree
from gitops_lint.dsl.parse_defines import Define, DefineError
from gitops_lint.dsl.parse_expressions import Branch, Child, ExpressionBuilder, branches_of, token_at, tokens_of

DEFAULT_FILE = "test.yaml"
"""The name of an example's file that has none."""

_ONCE = frozenset({"title", "group", "severity", "confidence", "what", "why", "instead"})


class RuleBuilder(ExpressionBuilder):
    """Builds the rules of one file; errors are told to `complain` and do not stop it."""

    def rules(self, file: Branch) -> list[tree.Rule]:
        """Every rule of the file, defines expanded."""
        rules: list[tree.Rule] = []
        kinds: list[tree.KindDeclaration] = []
        for part in branches_of(file):
            if part.data == "define":
                self._define(part)
            elif part.data == "kind_declaration":
                kinds.append(self._kind_declaration(part))
            else:
                rules.append(self._rule(part, tuple(kinds)))
        return rules

    # ---- the head of a file

    def _define(self, part: Branch) -> None:
        name, names, body = token_at(part, 0), part.children[1], part.children[2]
        arguments = [self._bound(one) for one in tokens_of(names)] if isinstance(names, Tree) else []
        span = self._span(name)
        if len(set(arguments)) != len(arguments):
            self._complain(f"`{name}` has two arguments of one name", span[0], "")
            return
        try:
            self._defines.add(Define(str(name), tuple(arguments), self._expression(body), span))
        except DefineError as error:
            self._complain(error.message, error.offset, error.help)

    def _kind_declaration(self, part: Branch) -> tree.KindDeclaration:
        name, group, schema = part.children
        return tree.KindDeclaration(
            str(name),
            self._read(group).value if isinstance(group, Token) else "",
            self._read(schema).value if isinstance(schema, Token) and schema.type == "STRING" else "",
            self._span(part),
        )

    # ---- a rule

    def _rule(self, part: Branch, kinds: tuple[tree.KindDeclaration, ...]) -> tree.Rule:
        facts: dict[str, Any] = {}
        lists: dict[str, list[Any]] = {}
        clauses: list[tree.Clause] = []
        for child in branches_of(part):
            word = str(child.data)
            if word in _ONCE:
                if word in facts:
                    self._complain(f"`{word}` is said twice in this rule", self._span(child)[0], "keep one of them")
                token = token_at(child, 0)
                facts[word] = self._prose(token) if token.type in ("STRING", "BLOCK") else str(token)
            elif word in ("tags", "formerly"):
                lists.setdefault(word, []).extend(str(name) for name in tokens_of(child))
            elif word in ("source", "link"):
                lists.setdefault(word + "s", []).append(self._read(token_at(child, 0)).value)
            elif word == "applies_to":
                lists.setdefault(word, []).append(self._applies_to(child))
            elif word == "param":
                lists.setdefault("params", []).append(self._param(child))
            elif word in ("bad", "good"):
                lists.setdefault("examples", []).append(self._example(child))
            else:
                clauses.append(self._clause(child))
        self._check_params(lists.get("params", []))
        facts.update((name, tuple(items)) for name, items in lists.items())
        return tree.Rule(
            str(token_at(part, 0)),
            kinds=kinds,
            clauses=tuple(clauses),
            span=self._span(part),
            **facts,
        )

    def _check_params(self, params: Sequence[tree.Param]) -> None:
        seen: set[str] = set()
        for param in params:
            if param.name in seen:
                self._complain(f"parameter `{param.name}` is declared twice", param.span[0], "")
            seen.add(param.name)

    def _applies_to(self, part: Branch) -> tree.AppliesTo:
        product, *bounds = tokens_of(part)
        pairs = zip(bounds[::2], bounds[1::2], strict=True)
        said = tuple((cast(Literal[">=", "<"], str(op)), version.removeprefix("v")) for op, version in pairs)
        return tree.AppliesTo(str(product), said, self._span(part))

    def _param(self, part: Branch) -> tree.Param:
        name, kind, default, description = part.children
        assert isinstance(name, Token)
        return tree.Param(
            self._bound(name),
            str(kind),
            self._literal(default),
            self._read(description).value if isinstance(description, Token) else "",
            self._span(part),
        )

    def _example(self, part: Branch) -> tree.Example:
        title, *parts = part.children
        given: list[tree.Given] = []
        expect: list[tree.Expect] = []
        fixed: str | None = None
        for child in parts:
            assert isinstance(child, Tree)
            if child.data == "given":
                given.append(self._given(child))
            elif child.data == "expect":
                expect.append(self._expect(child))
            elif fixed is None:
                fixed = self._text(token_at(child, 0))
            else:
                self._complain("`expect fixed` is said twice in this example", self._span(child)[0], "keep one of them")
        assert isinstance(title, Token)
        if not given:
            self._complain("this example has no file to look at", self._span(title)[0], 'give one: """ … """')
        return tree.Example(
            part.data == "bad", self._read(title).value, tuple(given), tuple(expect), fixed, self._span(part)
        )

    def _given(self, part: Branch) -> tree.Given:
        file, text = part.children
        assert isinstance(text, Token)
        name = self._read(file).value if isinstance(file, Token) else DEFAULT_FILE
        return tree.Given(name, self._text(text), self._span(part))

    def _expect(self, part: Branch) -> tree.Expect:
        path, covers, message, file, document = part.children
        assert isinstance(path, Token)
        assert isinstance(covers, Token)
        assert isinstance(message, Token)
        return tree.Expect(
            self._read(path).value,
            self._read(covers).value,
            self._read(message).value,
            self._read(file).value if isinstance(file, Token) else "",
            self._integer(document) if isinstance(document, Token) else 0,
            self._span(part),
        )

    # ---- clauses

    def _clause(self, part: Branch) -> tree.Clause:
        span = self._span(part)
        match str(part.data), part.children:
            case "for_each", [kinds, origin, Token() as name]:
                return tree.ForEach(self._kinds(kinds), _origin(origin), self._bound(name), span)
            case "with_each", [source, Token() as name, number]:
                counter = self._bound(number) if isinstance(number, Token) else ""
                return tree.WithEach(self._bounded(source), self._bound(name), counter, span)
            case "follow", [reference, Token() as name, report]:
                return tree.Follow(self._bounded(reference), self._bound(name), self._maybe_report(report), span)
            case "find", [quantifier, kinds, origin, Token() as name, where, report]:
                how = cast(Literal["one", "every", "any"], str(quantifier))
                condition = self._bounded(where)
                said = self._maybe_report(report)
                return tree.Find(how, self._kinds(kinds), _origin(origin), self._bound(name), condition, said, span)
            case "let", [Token() as name, value]:
                return tree.Let(self._bound(name), self._bounded(value), span)
            case ("when" | "unless") as word, [condition]:
                return tree.When(self._bounded(condition), word == "unless", span)
            case ("require" | "forbid") as word, [condition, report]:
                assert isinstance(report, Tree)
                return tree.Check(self._bounded(condition), word == "forbid", self._report(report), span)
            case _:
                raise AssertionError(part.data)

    def _kinds(self, part: Child) -> tuple[tree.Kind, ...]:
        assert isinstance(part, Tree)
        return tuple(self._kind(token_at(kind, 0)) for kind in branches_of(part))

    def _kind(self, token: Token) -> tree.Kind:
        if token.type == "NAME":
            return tree.Kind(str(token), None, self._span(token))
        group, slash, name = self._read(token).value.rpartition("/")
        if not slash or not name:
            self._complain(
                f'{token} names no kind; in quotes it is written "group/Kind"',
                self._span(token)[0],
                "or leave out the quotes",
            )
        return tree.Kind(name, group, self._span(token))

    def _maybe_report(self, part: Child) -> tree.Report | None:
        return self._report(part) if isinstance(part, Tree) else None

    def _report(self, part: Branch) -> tree.Report:
        severity, message, place, *details = part.children
        assert isinstance(message, Token)
        see: list[tree.See] = []
        notes: list[tree.Message] = []
        once: dict[str, Any] = {}
        for detail in details:
            assert isinstance(detail, Tree)
            word = str(detail.data)
            if word == "see":
                where, words = detail.children
                assert isinstance(words, Token)
                see.append(tree.See(self._bounded(where), self._message(words), self._span(detail)))
            elif word == "note":
                notes.append(self._message(token_at(detail, 0)))
            else:
                if word in once:
                    self._complain(f"`{word}` is said twice in this report", self._span(detail)[0], "")
                once[word] = self._message(token_at(detail, 0)) if word == "help" else self._fix(detail)
        return tree.Report(
            cast(Literal["", "error", "warning", "info"], str(severity or "")),
            self._message(message),
            self._bounded(place),
            tuple(see),
            tuple(notes),
            once.get("help"),
            once.get("fix"),
            self._span(part),
        )

    def _fix(self, part: Branch) -> tree.FixPlan:
        safety, title, *edits = part.children
        assert isinstance(title, Token)
        return tree.FixPlan(
            safety == "safe", self._message(title), tuple(self._edit(one) for one in edits), self._span(part)
        )

    def _edit(self, part: Child) -> tree.Edit:
        assert isinstance(part, Tree)
        span = self._span(part)
        match str(part.data), part.children:
            case "edit_set", [place, value]:
                return tree.Edit("set", self._bounded(place), self._bounded(value), span)
            case "edit_append", [value, place]:
                return tree.Edit("append", self._bounded(place), self._bounded(value), span)
            case "edit_remove", [place]:
                return tree.Edit("remove", self._bounded(place), None, span)
            case "edit_rename", [place, value]:
                return tree.Edit("rename", self._bounded(place), self._bounded(value), span)
            case _:
                raise AssertionError(part.data)


def _origin(part: Child) -> tree.Origin:
    if part is None:
        return "written"
    assert isinstance(part, Tree)
    words = [str(token) for token in tokens_of(part)]
    if len(words) == 2:
        return "both"
    return "written" if words == ["written"] else "generated"
