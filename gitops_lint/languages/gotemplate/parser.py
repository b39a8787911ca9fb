"""
A Go template's text to its syntax trees; finds every mistake that Go finds while parsing, and says it in Go's words.

Source: Go text/template/parse/parse.go.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final, Literal, NoReturn, cast

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate import numbers
from gitops_lint.languages.gotemplate.advice import advice
from gitops_lint.languages.gotemplate.errors import ROOT, GoTemplateError
from gitops_lint.languages.gotemplate.lexer import Lexer, Token
from gitops_lint.languages.gotemplate.quoting import QuotingError, quoted, unquoted
from gitops_lint.languages.gotemplate.tree import (
    Action,
    Bool,
    Branch,
    Call,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    Item,
    Jump,
    Nil,
    Number,
    Operand,
    Pipe,
    String,
    Text,
    Variable,
    is_empty,
)

LONGEST: Final = 1 << 17
"""Characters in a template."""
DEEPEST: Final = 100
"""Blocks and parentheses in each other."""
_OPERANDS: Final = frozenset(
    (
        "bool",
        "character",
        "complex",
        "dot",
        "field",
        "identifier",
        "number",
        "nil",
        "raw string",
        "string",
        "variable",
        "(",
    )
)
_LITERALS = (Bool, Dot, Nil, Number, String)
_NOWHERE: Final = Token("", "", 0, 0, 0)


def parse(text: str, functions: Container[str]) -> dict[str, tuple[Item, ...]]:
    """
    The templates that the text defines by name, its own among them under ROOT.

    Raises GoTemplateError for what Go does not accept, BeyondLimitError for a text longer or deeper than we follow.
    """
    if len(text) > LONGEST:
        raise BeyondLimitError(f"the template is longer than {LONGEST} characters", 0, len(text))
    found: dict[str, tuple[Item, ...]] = {}
    tree = _Tree(text, Lexer(text), functions, found)
    tree.add(ROOT, tree.whole())
    return found


class _Tree:
    """The parser of one template; a `define` or `block` in it has one of its own on the same tokens."""

    def __init__(
        self, text: str, lexer: Lexer, functions: Container[str], found: dict[str, tuple[Item, ...]], depth: int = 0
    ) -> None:
        self.text = text
        self.lexer = lexer
        self.functions = functions
        self.found = found
        self.depth = depth
        # Go's buffer of three tokens: which one lies in its first place says the line of a mistake
        self.tokens = [_NOWHERE, _NOWHERE, _NOWHERE]
        self.waiting = 0
        self.end = 0
        self.variables = ["$"]
        self.action_line = 0
        self.ranges = 0

    # ---- tokens

    def next(self) -> Token:
        if self.waiting:
            self.waiting -= 1
        else:
            self.tokens[0] = self.lexer.next()
        token = self.tokens[self.waiting]
        self.end = token.end
        return token

    def peek(self) -> Token:
        if not self.waiting:
            self.waiting = 1
            self.tokens[0] = self.lexer.next()
        return self.tokens[self.waiting - 1]

    def back(self) -> None:
        self.waiting += 1

    def next_word(self) -> Token:
        while (token := self.next()).kind == "space":
            pass
        return token

    def peek_word(self) -> Token:
        end = self.end
        token = self.next_word()
        self.back()
        self.end = end
        return token

    def expect(self, context: str, *kinds: str) -> Token:
        token = self.next_word()
        if token.kind not in kinds:
            self.unexpected(token, context)
        return token

    # ---- mistakes

    def fail(self, message: str, at: Token | None = None) -> NoReturn:
        place = at or self.tokens[0]
        raise GoTemplateError(
            message,
            place.start,
            place.end,
            text=self.text,
            phase="parse",
            line=self.tokens[0].line,
            help=advice(message, self.text, place.start, self.functions),
        )

    def unexpected(self, token: Token, context: str) -> NoReturn:
        if token.kind != "error":
            self.fail(f"unexpected {token.shown()} in {context}", token)
        message = token.value
        if self.action_line and self.action_line != token.line:
            started = f"started at {ROOT}:{self.action_line}"
            message += f" {started}" if message.endswith(" action") else f" in action {started}"
        self.fail(message, token)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            place = self.tokens[0]
            raise BeyondLimitError(f"the template is nested more than {DEEPEST} deep", place.start, place.end)

    # ---- text and actions

    def whole(self) -> tuple[Item, ...]:
        """Everything to the end of the text; the definitions in it go where all are found."""
        items: list[Item] = []
        while self.peek().kind != "end of text":
            if self.peek().kind == "open":
                opened = self.next()
                if self.next_word().kind == "define":
                    self.inner().definition(opened)
                    continue
                self.tokens[1] = opened
                self.waiting = 2
            item = self.item()
            if isinstance(item, Token):
                self.fail(f"unexpected {{{{{item.kind}}}}}", item)
            items.append(item)
        return tuple(items)

    def inner(self) -> _Tree:
        return _Tree(self.text, self.lexer, self.functions, self.found, self.depth)

    def definition(self, opened: Token) -> None:
        context = "define clause"
        name = self.unquoted(self.expect(context, "string", "raw string"))
        self.expect(context, "close")
        items, end = self.items(opened)
        if end.kind != "end":
            self.fail(f"unexpected {{{{{end.kind}}}}} in {context}", end)
        self.add(name, items)

    def add(self, name: str, items: tuple[Item, ...]) -> None:
        known = self.found.get(name)
        if known is None or is_empty(known):
            self.found[name] = items
        elif not is_empty(items):
            self.fail(f"template: multiple definition of template {quoted(name)}")

    def items(self, opened: Token) -> tuple[tuple[Item, ...], Token]:
        """What stands before the next `{{end}}` or `{{else}}`, and that one's word. opened: where the block begins."""
        items: list[Item] = []
        self.enter()
        while self.peek_word().kind != "end of text":
            item = self.item()
            if isinstance(item, Token):
                self.depth -= 1
                return tuple(items), item
            items.append(item)
        self.fail("unexpected EOF", opened)

    def item(self) -> Item | Token:
        """A text or an action; the word of an `{{end}}` or `{{else}}`."""
        token = self.next_word()
        if token.kind == "text":
            return Text(token.start, token.start, token.end, token.value)
        if token.kind != "open":
            self.unexpected(token, "input")
        self.action_line = token.line
        item = self.action(token)
        self.action_line = 0
        return item

    def action(self, opened: Token) -> Item | Token:
        word = self.next_word()
        match word.kind:
            case "if" | "with" | "range":
                return self.branch(word.kind, opened)
            case "end":
                self.expect("end", "close")
                return word
            case "else":
                if self.peek_word().kind not in ("if", "with"):
                    self.expect("else", "close")
                return word
            case "template":
                return self.call(opened)
            case "block":
                return self.block(opened)
            case "break" | "continue":
                return self.jump(word, opened)
        self.back()
        pos = self.peek().start
        pipe = self.pipe("command", "close")
        return Action(pos, opened.start, self.end, pipe)

    def jump(self, word: Token, opened: Token) -> Jump:
        action = f"{{{{{word.kind}}}}}"
        token = self.next_word()
        if token.kind != "close":
            self.unexpected(token, action)
        if not self.ranges:
            self.fail(f"{action} outside {{{{range}}}}", word)
        return Jump(word.start, opened.start, self.end, cast('Literal["break", "continue"]', word.kind))

    def branch(self, word: Literal["if", "with", "range"], opened: Token) -> Branch:
        declared = len(self.variables)
        arms: list[tuple[Pipe, tuple[Item, ...], int]] = []
        otherwise: tuple[Item, ...] | None = None
        start = opened.start
        while True:
            pipe = self.pipe(word, "close")
            self.ranges += word == "range"
            body, end = self.items(opened)
            self.ranges -= word == "range"
            arms.append((pipe, body, start))
            if end.kind == "end":
                break
            if word != "range" and self.peek().kind == word:
                # `else if` opens no block of its own: the one `end` closes all
                start = self.next().start
                continue
            otherwise, end = self.items(opened)
            if end.kind != "end":
                self.fail(f"expected end; found {{{{{end.kind}}}}}", end)
            break
        del self.variables[declared:]
        branch = None
        for pipe, body, start in reversed(arms):
            if branch is not None:
                otherwise = (branch,)
            branch = Branch(pipe.pos, start, self.end, word, pipe, body, otherwise)
        assert branch is not None
        return branch

    def call(self, opened: Token) -> Call:
        context = "template clause"
        token = self.next_word()
        name = self.template_name(token, context)
        pipe = None
        if self.next_word().kind != "close":
            self.back()
            pipe = self.pipe(context, "close")
        return Call(token.start, opened.start, self.end, name, pipe)

    def block(self, opened: Token) -> Call:
        context = "block clause"
        token = self.next_word()
        name = self.template_name(token, context)
        pipe = self.pipe(context, "close")
        end = self.end
        inner = self.inner()
        items, word = inner.items(opened)
        if word.kind != "end":
            self.fail(f"unexpected {{{{{word.kind}}}}} in {context}", word)
        inner.add(name, items)
        return Call(token.start, opened.start, end, name, pipe)

    def template_name(self, token: Token, context: str) -> str:
        if token.kind not in ("string", "raw string"):
            self.unexpected(token, context)
        return self.unquoted(token)

    def unquoted(self, token: Token) -> str:
        try:
            return unquoted(token.value)
        except QuotingError as error:
            self.fail(str(error), token)

    # ---- pipes

    def pipe(self, context: str, close: str) -> Pipe:
        first = self.peek_word()
        declared, assigns = self.declarations(context)
        commands: list[Command] = []
        while (token := self.next_word()).kind != close:
            if token.kind not in _OPERANDS:
                self.unexpected(token, context)
            self.back()
            commands.append(self.command())
        if not commands:
            self.fail(f"missing value for {context}", token)
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.operands[0], _LITERALS):
                raise self.at_node(f"non executable command in pipeline stage {stage}", command)
        return Pipe(first.start, first.start, commands[-1].end, declared, assigns, tuple(commands))

    def declarations(self, context: str) -> tuple[tuple[Variable, ...], bool]:
        declared: list[Variable] = []
        while (variable := self.peek_word()).kind == "variable":
            self.next()
            behind = self.peek()
            sign = self.peek_word()
            if sign.kind in ("assign", "declare"):
                self.next_word()
                self.declare(variable, declared)
                return tuple(declared), sign.kind == "assign"
            if sign.kind == "mark" and sign.value == ",":
                self.next_word()
                self.declare(variable, declared)
                if context != "range" or len(declared) > 1:
                    self.fail(f"too many declarations in {context}", sign)
                if self.peek_word().kind not in ("variable", "close", ")"):
                    self.fail("range can only initialize variables", self.peek_word())
                continue
            if behind.kind == "space":
                self.tokens[1] = behind
                self.tokens[2] = variable
                self.waiting = 3
            else:
                self.tokens[1] = variable
                self.waiting = 2
            break
        return tuple(declared), False

    def declare(self, token: Token, declared: list[Variable]) -> None:
        declared.append(Variable(token.start, token.start, token.end, token.value, ()))
        self.variables.append(token.value)

    def command(self) -> Command:
        first = self.peek_word()
        operands: list[Operand] = []
        end = first.start
        while True:
            self.peek_word()
            operand = self.operand()
            if operand is not None:
                operands.append(operand)
                end = operand.end
            token = self.next()
            if token.kind == "space":
                continue
            if token.kind in ("close", ")"):
                self.back()
            elif token.kind != "pipe":
                self.unexpected(token, "operand")
            break
        if not operands:
            self.fail("empty command")
        return Command(first.start, first.start, end, tuple(operands))

    def operand(self) -> Operand | None:
        term = self.term()
        if term is None or self.peek().kind != "field":
            return term
        pos = self.peek().start
        names = []
        while self.peek().kind == "field":
            names.append(self.next().value[1:])
        if isinstance(term, Field):
            return Field(pos, term.start, self.end, (*term.names, *names))
        if isinstance(term, Variable):
            return Variable(pos, term.start, self.end, term.name, (*term.names, *names))
        if isinstance(term, Pipe | Identifier):
            return Chain(pos, term.start, self.end, term, tuple(names))
        assert isinstance(term, _LITERALS)
        raise self.at_node(f"unexpected . after term {quoted(term.source())}", term)

    def term(self) -> Operand | None:
        token = self.next_word()
        start, end = token.start, token.end
        match token.kind:
            case "field":
                return Field(start, start, end, (token.value[1:],))
            case "identifier":
                if token.value not in self.functions:
                    self.fail(f"function {quoted(token.value)} not defined", token)
                return Identifier(start, start, end, token.value)
            case "string" | "raw string":
                return String(start, start, end, token.value, self.unquoted(token))
            case "variable":
                if token.value not in self.variables:
                    self.fail(f"undefined variable {quoted(token.value)}", token)
                return Variable(start, start, end, token.value, ())
            case "dot":
                return Dot(start, start, end)
            case "(":
                self.enter()
                pipe = self.pipe("parenthesized pipeline", ")")
                self.depth -= 1
                return Pipe(pipe.pos, start, self.end, pipe.declared, pipe.assigns, pipe.commands)
            case "number" | "character" | "complex":
                return self.number(token)
            case "bool":
                return Bool(start, start, end, token.value == "true")
            case "nil":
                return Nil(start, start, end)
        self.back()
        return None

    def number(self, token: Token) -> Number:
        reader = {"number": numbers.number, "character": numbers.character, "complex": numbers.complex_number}[
            token.kind
        ]
        try:
            whole, fraction, both, unsigned = reader(token.value)
        except ValueError as error:
            self.fail(str(error), token)
        return Number(token.start, token.start, token.end, token.value, whole, fraction, both, unsigned)

    def at_node(self, message: str, node: Command | Bool | Dot | Nil | Number | String) -> GoTemplateError:
        line = self.tokens[0].line
        return GoTemplateError(message, node.start, node.end, text=self.text, phase="parse", line=line)
