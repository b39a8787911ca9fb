"""Expressions and messages of Lark's tree to `tree.py`; `parse_build` builds on it. Imports Lark: only the parser may use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, cast

from lark import Token, Tree

from gitops_lint.dsl import tree
from gitops_lint.dsl.literals import LONGEST_NUMBER, RESERVED, ReadText, TextError, read_block, read_string
from gitops_lint.dsl.parse_defines import DefineError, Defines, check_size
from gitops_lint.dsl.tree import Span

Branch = Tree[Token]
Child = Branch | Token | None
ParseExpression = Callable[[str, Sequence[int]], Branch | None]
Complain = Callable[[str, int, str], None]


class ExpressionBuilder:
    """
    Builds expressions and messages.

    parse_expression: text of a `{…}` in a message and where its characters stand in the file, to Lark's tree; None after
    it complained itself. complain(message, offset, help): notes an error and lets the building go on.
    """

    def __init__(self, parse_expression: ParseExpression, complain: Complain) -> None:
        self._parse_expression = parse_expression
        self._complain = complain
        self._offsets: Sequence[int] | None = None
        self._defines = Defines()

    # ---- places and texts

    def _span(self, part: Branch | Token) -> Span:
        if isinstance(part, Token):
            start, end = part.start_pos or 0, part.end_pos or 0
        elif part.meta.empty:
            return tree.NOWHERE
        else:
            start, end = part.meta.start_pos, part.meta.end_pos
        return (start, end) if self._offsets is None else (self._offsets[start], self._offsets[end])

    def _read(self, token: Token) -> ReadText:
        start = self._span(token)[0]
        try:
            read = read_string(token, token.start_pos or 0)
        except TextError as error:
            self._complain(error.message, start + error.offset, "")
            return ReadText("", range(start, start + 1))
        if self._offsets is None:
            return read
        offsets = self._offsets
        return ReadText(read.value, [offsets[at] for at in read.offsets])

    def _text(self, token: Token) -> str:
        """A string or block as it is."""
        return read_block(token) if token.type == "BLOCK" else self._read(token).value

    def _prose(self, token: Token) -> str:
        """A string or block of documentation: without empty lines around it."""
        return read_block(token).strip("\n") if token.type == "BLOCK" else self._read(token).value

    def _bound(self, token: Token) -> str:
        """A name that a clause gives to a value."""
        if token in RESERVED:
            self._complain(f"`{token}` begins a condition and cannot be a name", self._span(token)[0], "")
        return str(token)

    # ---- messages

    def _message(self, token: Token) -> tree.Message:
        read = self._read(token)
        parts: list[str | tree.Expr] = []
        words: list[str] = []
        for words_or_hole in self._pieces(read):
            if isinstance(words_or_hole, str):
                words.append(words_or_hole)
                continue
            start, end = words_or_hole
            inner = self._parse_expression(read.value[start:end], read.offsets[start : end + 1])
            if inner is None:
                continue
            if words:
                parts.append("".join(words))
                words.clear()
            outer, self._offsets = self._offsets, read.offsets[start : end + 1]
            parts.append(self._bounded(inner))
            self._offsets = outer
        if words:
            parts.append("".join(words))
        return tree.Message(tuple(parts), self._span(token))

    def _pieces(self, read: ReadText) -> Iterator[str | tuple[int, int]]:
        """Words of a message, and start and end of the expressions between its braces."""
        text = read.value
        at = 0
        while at < len(text):
            if text[at] not in "{}":
                stop = next((place for place in range(at, len(text)) if text[place] in "{}"), len(text))
                yield text[at:stop]
                at = stop
            elif text[at : at + 2] in ("{{", "}}"):
                yield text[at]
                at += 2
            elif text[at] == "}":
                self._complain(
                    "this `}` closes nothing", read.offsets[at], "a brace in a message is written twice: `}}`"
                )
                at += 1
            else:
                end = _closing_brace(text, at)
                if end is None:
                    self._complain(
                        "this `{` is not closed in the message",
                        read.offsets[at],
                        "a brace in a message is written twice: `{{`",
                    )
                    return
                if text[at + 1 : end].strip():
                    yield (at + 1, end)
                else:
                    self._complain(
                        "there is nothing between these braces",
                        read.offsets[at],
                        "name the value to print, or write `{{}}` for a pair of braces",
                    )
                at = end + 1

    # ---- expressions

    def _bounded(self, part: Child) -> tree.Expr:
        """The expression with its defines expanded; too deep or too large ones are complained about and become a name."""
        made = self._expression(part)
        try:
            check_size(made)
            expanded = self._defines.expand(made)
            check_size(expanded)
        except DefineError as error:
            self._complain(error.message, error.offset, error.help)
            return tree.Name("refused", made.span)
        return expanded

    def _expression(self, part: Child) -> tree.Expr:
        assert part is not None
        span = self._span(part)
        if isinstance(part, Token):
            return self._literal(part)
        op = _TESTS.get(str(part.data))
        if op is not None:
            return tree.Test(op, self._expression(part.children[0]), self._expression(part.children[1]), span)
        return _EXPRESSIONS[str(part.data)](self, part.children, span)

    def _all(self, parts: Sequence[Child]) -> tuple[tree.Expr, ...]:
        return tuple(self._expression(part) for part in parts)

    def _or(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        return tree.Or(self._all(parts), span)

    def _and(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        return tree.And(self._all(parts), span)

    def _not(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        return tree.Not(self._expression(parts[0]), span)

    def _compare(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        left, op, right = parts
        words = cast(Literal["==", "!=", "<", "<=", ">", ">="], str(op))
        return tree.Compare(words, self._expression(left), self._expression(right), span)

    def _state(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        value, negation, state = parts
        return tree.Is(self._expression(value), cast(tree.State, str(state)), negation is not None, span)

    def _matches(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        return tree.Matches(self._expression(parts[0]), str(parts[1])[1:-1], False, span)

    def _like(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        assert isinstance(parts[1], Token)
        return tree.Matches(self._expression(parts[0]), self._read(parts[1]).value, True, span)

    def _quantified(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        quantifier, name, source, position, marker, body = parts
        assert isinstance(name, Token)
        return tree.Quantified(
            cast(Literal["every", "some", "no"], str(quantifier)),
            self._bound(name),
            self._expression(source),
            cast(Literal["", "before", "after"], str(position or "")),
            str(marker or ""),
            self._expression(body),
            span,
        )

    def _sum(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        first, *rest = parts
        total = self._expression(first)
        for op, part in zip(rest[::2], rest[1::2], strict=True):
            right = self._expression(part)
            total = tree.Sum(cast(Literal["+", "-"], str(op)), total, right, (total.span[0], right.span[1]))
        return total

    def _default(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        return tree.Default(self._expression(parts[0]), self._literal(parts[1]), span)

    def _access(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        first, *rest = parts
        base = tree.Name(str(first), self._span(first)) if isinstance(first, Token) else self._expression(first)
        assert isinstance(base, tree.Name | tree.Call)
        return tree.Path(base, tuple(self._step(step) for step in rest), span) if rest else base

    def _step(self, part: Child) -> tree.Step:
        assert isinstance(part, Tree)
        if part.data == "all_items":
            return tree.AllItems(self._span(part))
        token = token_at(part, 0)
        span = self._span(token)
        if part.data == "key":
            return tree.Key(str(token), False, span)
        if part.data == "quoted_key":
            return tree.Key(self._read(token).value, True, span)
        return tree.Index(self._integer(token), span)

    def _call(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        name, *args = parts
        return tree.Call(str(name), self._all([one for one in args if one is not None]), span)

    def _list(self, parts: Sequence[Child], span: Span) -> tree.Expr:
        return self._literal_list(parts, span)

    def _literal_list(self, parts: Sequence[Child], span: Span) -> tree.ListOf:
        return tree.ListOf(tuple(self._literal(one) for one in parts if one is not None), span)

    def _literal(self, part: Child) -> tree.Literal_:
        assert part is not None
        span = self._span(part)
        if isinstance(part, Tree):
            return self._literal_list(part.children, span)
        match part.type:
            case "STRING":
                return tree.Text(self._read(part).value, span)
            case "BOOL":
                return tree.Bool(part == "true", span)
            case "QUANTITY":
                unit = part.lstrip("-0123456789.")
                return tree.Quantity(part.removesuffix(unit), unit, span)
            case "FLOAT":
                return tree.Number(float(part) if self._short(part) else 0.0, span)
            case _:
                return tree.Number(self._integer(part), span)

    def _integer(self, token: Token) -> int:
        return int(token) if self._short(token) else 0

    def _short(self, token: Token) -> bool:
        if len(token) <= LONGEST_NUMBER:
            return True
        self._complain(f"this number has more than {LONGEST_NUMBER} characters", self._span(token)[0], "")
        return False


_EXPRESSIONS: dict[str, Callable[[ExpressionBuilder, Sequence[Child], Span], tree.Expr]] = {
    "expression": ExpressionBuilder._or,
    "conjunction": ExpressionBuilder._and,
    "not_": ExpressionBuilder._not,
    "compare": ExpressionBuilder._compare,
    "state": ExpressionBuilder._state,
    "matches": ExpressionBuilder._matches,
    "like": ExpressionBuilder._like,
    "quantified": ExpressionBuilder._quantified,
    "sum": ExpressionBuilder._sum,
    "default": ExpressionBuilder._default,
    "access": ExpressionBuilder._access,
    "call": ExpressionBuilder._call,
    "list": ExpressionBuilder._list,
}
_TESTS: dict[str, Literal["in", "not in", "contains", "starts with", "ends with"]] = {
    "in_": "in",
    "not_in": "not in",
    "contains": "contains",
    "starts_with": "starts with",
    "ends_with": "ends with",
}


def _closing_brace(text: str, start: int) -> int | None:
    """Where the `}` for the `{` at start stands; braces in the expression's own strings and patterns do not count."""
    quote = ""
    at = start + 1
    while at < len(text):
        character = text[at]
        if quote:
            if character == "\\":
                at += 1
            elif character == quote:
                quote = ""
        elif character in '"/':
            # no operator of the language is a slash: it always begins a pattern
            quote = character
        elif character == "}":
            return at
        at += 1
    return None


def branches_of(part: Branch) -> Iterator[Branch]:
    return (child for child in part.children if isinstance(child, Tree))


def tokens_of(part: Branch) -> Iterator[Token]:
    return (child for child in part.children if isinstance(child, Token))


def token_at(part: Branch, number: int) -> Token:
    found = part.children[number]
    assert isinstance(found, Token)
    return found
