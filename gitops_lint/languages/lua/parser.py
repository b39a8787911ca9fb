"""Tokens to the tree of a Lua script. Source: gopher-lua v1.1.2 parse/parser.go.y, compile.go (labels, break, vararg)."""

from __future__ import annotations

from gitops_lint.languages.failure import BeyondLimitError, LanguageError
from gitops_lint.languages.lua.lexer import Token, tokens
from gitops_lint.languages.lua.tree import (
    Assignment,
    Binary,
    Block,
    Break,
    Call,
    CallStatement,
    Constant,
    Do,
    Expression,
    Function,
    GenericFor,
    Goto,
    If,
    Index,
    Label,
    Local,
    LocalFunction,
    Name,
    NumericFor,
    Parenthesis,
    Repeat,
    Return,
    Statement,
    Table,
    Unary,
    Vararg,
    While,
    blocks_of,
)

MAX_DEPTH = 120
"""Blocks and expressions within one another; upstream's scripts stay below 15."""

_BINARY = {  # left and right binding power; `..` and `^` lean to the right
    "or": (1, 1),
    "and": (2, 2),
    **dict.fromkeys(("<", ">", "<=", ">=", "~=", "=="), (3, 3)),
    "..": (5, 4),
    **dict.fromkeys(("+", "-"), (6, 6)),
    **dict.fromkeys(("*", "/", "%"), (7, 7)),
    "^": (10, 9),
}
_UNARY = 8
_BLOCK_ENDS = ("end", "else", "elseif", "until")


def parse(text: str) -> Block:
    """The script as a block. Raises LanguageError where gopher-lua would not compile it, BeyondLimitError where we give up."""
    return _Parser(text).script()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._loops = 0
        self._vararg = True
        self._else_ifs: list[Token] = []  # the `if` behind each `else` on one line, which wants an `end` of its own

    # ---- tokens

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _ended(self) -> bool:
        """Whether the block at hand ends here, or the script."""
        return self._now.kind == "end" or self._is(*_BLOCK_ENDS)

    def _is(self, *texts: str) -> bool:
        return self._now.kind in ("keyword", "sign") and self._now.text in texts

    def _next(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _take(self, text: str) -> Token | None:
        return self._next() if self._is(text) else None

    def _want(self, text: str, after: str) -> Token:
        found = self._take(text)
        if found is None:
            raise self._unexpected(f"expected `{text}` {after}", (text,))
        return found

    def _name(self, after: str) -> Name:
        token = self._now
        if token.kind != "name":
            why = f"; `{token.text}` is a word of the language" if token.kind == "keyword" else ""
            raise self._unexpected(f"expected a name {after}{why}", ("a name",))
        self._next()
        return Name(token.start, token.end, token.text)

    def _unexpected(self, sentence: str, expected: tuple[str, ...], help: str = "") -> LanguageError:
        token = self._now
        if token.kind == "sign" and token.text == "=" and expected == ("then",):
            help = "write `==` to compare"
        shown = "a string" if token.kind == "string" else token.words()
        start, end = token.start, token.end
        if token.kind == "end":  # a caret behind the text helps nobody
            last = self._tokens[self._at - 1] if self._at else token
            start, end = last.start, last.end
        return LanguageError(f"{sentence}, found {shown}", start, end, expected, help)

    # ---- blocks and statements

    def script(self) -> Block:
        block = self._block(None)
        if self._now.kind != "end":
            token = self._now
            if token.text in _BLOCK_ENDS:
                raise LanguageError(f"`{token.text}` closes nothing: no block is open here", token.start, token.end)
            raise self._unexpected("expected a statement", ("a statement",))
        _check_labels(block, [])
        return block

    def _block(self, opener: Token | None) -> Block:
        self._deeper()
        start = self._now.start
        statements: list[Statement] = []
        while not self._ended():
            if self._take(";"):
                continue
            statement = self._statement()
            statements.append(statement)
            if isinstance(statement, (Return, Break)):
                self._take(";")
                if not self._ended():
                    word = "return" if isinstance(statement, Return) else "break"
                    raise LanguageError(
                        f"`{word}` must be the last statement of its block",
                        statement.start,
                        statement.start + len(word),
                        help="close the block with `end` before what follows, or remove what follows",
                    )
        self._depth -= 1
        end = statements[-1].end if statements else start
        return Block(start, end, statements)

    def _close(self, opener: Token, word: str = "end") -> Token:
        found = self._take(word)
        if found is not None:
            return found
        if self._now.kind == "end":
            help = ""
            if opener in self._else_ifs:
                help = "`elseif` is one word; an `if` behind `else` needs an `end` of its own"
            elif self._else_ifs:
                help = "`elseif` is one word; an `if` behind `else` needs an `end` of its own"
                opener = self._else_ifs[-1]
            raise LanguageError(
                f"this `{opener.text}` is never closed by `{word}`", opener.start, opener.end, (word,), help
            )
        line = self._text.count("\n", 0, opener.start) + 1
        raise self._unexpected(f"expected `{word}` for the `{opener.text}` of line {line}", (word,))

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BeyondLimitError("the script is nested too deeply to follow", self._now.start, self._now.end)

    def _statement(self) -> Statement:
        token = self._now
        if token.kind == "keyword":
            match token.text:
                case "if":
                    return self._if()
                case "while":
                    return self._while()
                case "do":
                    self._next()
                    body = self._block(token)
                    return Do(token.start, self._close(token).end, body)
                case "for":
                    return self._for()
                case "repeat":
                    return self._repeat()
                case "function":
                    return self._function_statement()
                case "local":
                    return self._local()
                case "return":
                    return self._return()
                case "break":
                    self._next()
                    if not self._loops:
                        raise LanguageError("`break` stands in no loop", token.start, token.end)
                    return Break(token.start, token.end)
                case "goto":
                    self._next()
                    name = self._name("after `goto`")
                    return Goto(token.start, name.end, name)
        if self._is("::"):
            self._next()
            name = self._name("after `::`")
            return Label(token.start, self._want("::", "after the name of a label").end, name)
        return self._expression_statement()

    def _if(self) -> If:
        opener = self._next()
        before = self._tokens[self._at - 2] if self._at > 1 else opener
        if before.text == "else" and before.kind == "keyword" and not opener.line_before:
            self._else_ifs.append(opener)
        branches = [self._branch("if")]
        otherwise = None
        while True:
            if self._take("elseif"):
                branches.append(self._branch("elseif"))
                continue
            if self._take("else"):
                otherwise = self._block(opener)
            return If(opener.start, self._close(opener).end, branches, otherwise)

    def _branch(self, word: str) -> tuple[Expression, Block]:
        condition = self._expression()
        opener = self._want("then", f"after the condition of `{word}`")
        return condition, self._block(opener)

    def _while(self) -> While:
        opener = self._next()
        condition = self._expression()
        self._want("do", "after the condition of `while`")
        body = self._loop(opener)
        return While(opener.start, self._close(opener).end, condition, body)

    def _repeat(self) -> Repeat:
        opener = self._next()
        body = self._loop(opener)
        self._close(opener, "until")
        condition = self._expression()
        return Repeat(opener.start, condition.end, body, condition)

    def _loop(self, opener: Token) -> Block:
        self._loops += 1
        body = self._block(opener)
        self._loops -= 1
        return body

    def _for(self) -> NumericFor | GenericFor:
        opener = self._next()
        names = [self._name("after `for`")]
        if self._take("="):
            bounds = [self._expression()]
            self._want(",", "between the bounds of `for`")
            bounds.append(self._expression())
            if self._take(","):
                bounds.append(self._expression())
            self._want("do", "after the bounds of `for`")
            body = self._loop(opener)
            return NumericFor(opener.start, self._close(opener).end, names[0], bounds, body)
        while self._take(","):
            names.append(self._name("after `,`"))
        self._want("in", "after the names of `for`")
        values = self._expressions()
        self._want("do", "after what `for` goes over")
        body = self._loop(opener)
        return GenericFor(opener.start, self._close(opener).end, names, values, body)

    def _function_statement(self) -> Assignment:
        opener = self._next()
        target: Expression = self._name("after `function`")
        method = False
        while self._is(".", ":"):
            method = self._next().text == ":"
            name = self._name("in the name of a function")
            target = Index(target.start, name.end, target, Constant(name.start, name.end, "string", name.text), True)
            if method:
                break
        function = self._function(opener, method)
        return Assignment(opener.start, function.end, [target], [function])

    def _local(self) -> Local | LocalFunction:
        opener = self._next()
        function = self._take("function")
        if function is not None:
            name = self._name("after `local function`")
            made = self._function(function, False)
            return LocalFunction(opener.start, made.end, name, made)
        names = [self._name("after `local`")]
        while self._take(","):
            names.append(self._name("after `,`"))
        values = self._expressions() if self._take("=") else []
        return Local(opener.start, (values[-1] if values else names[-1]).end, names, values)

    def _return(self) -> Return:
        opener = self._next()
        values: list[Expression] = []
        if not (self._now.kind == "end" or self._is(*_BLOCK_ENDS, ";")):
            values = self._expressions()
        return Return(opener.start, values[-1].end if values else opener.end, values)

    def _expression_statement(self) -> Assignment | CallStatement:
        token = self._now
        if not (token.kind == "name" or self._is("(")):
            raise self._unexpected("expected a statement", ("a statement",))
        first = self._prefixed()
        if not self._is("=", ","):
            if isinstance(first, Call):
                return CallStatement(first.start, first.end, first)
            raise self._lone(first)
        targets = [first]
        while self._take(","):
            targets.append(self._prefixed())
        for target in targets:
            if not isinstance(target, (Name, Index)):
                raise LanguageError("nothing can be assigned to this", target.start, target.end)
        self._want("=", "in an assignment")
        values = self._expressions()
        return Assignment(first.start, values[-1].end, targets, values)

    def _lone(self, found: Expression) -> LanguageError:
        token = self._now
        if token.kind == "sign" and token.text in ("==", "~="):
            return LanguageError(
                f"expected `=`, found `{token.text}`: a comparison is no statement", token.start, token.end, ("=",)
            )
        written = self._text[found.start : found.end]
        shown = f"`{written}`" if len(written) < 60 and "\n" not in written else "this expression"
        if not token.text or token.line_before:
            return LanguageError(f"{shown} alone is no statement", found.start, found.end)
        return self._unexpected(f"expected `=` or a call after {shown}", ("=", "("))

    # ---- expressions

    def _expressions(self) -> list[Expression]:
        found = [self._expression()]
        while self._take(","):
            found.append(self._expression())
        return found

    def _expression(self, power: int = 0) -> Expression:
        depth = self._depth
        self._deeper()
        left = self._operand()
        while self._now.kind in ("sign", "keyword"):
            operator = self._now.text
            powers = _BINARY.get(operator)
            if powers is None or powers[0] <= power:
                break
            self._next()
            self._deeper()
            right = self._expression(powers[1])
            left = Binary(left.start, right.end, operator, left, right)
        self._depth = depth
        return left

    def _operand(self) -> Expression:
        token = self._now
        if self._is("not", "-", "#"):
            self._next()
            operand = self._expression(_UNARY)
            return Unary(token.start, operand.end, token.text, operand)
        if token.kind in ("number", "string"):
            self._next()
            return Constant(token.start, token.end, token.kind, token.text)
        if self._is("nil", "true", "false"):
            self._next()
            return Constant(token.start, token.end, token.text, token.text)
        if self._is("..."):
            if not self._vararg:
                raise LanguageError("`...` stands in a function without `...`", token.start, token.end)
            self._next()
            return Vararg(token.start, token.end)
        if self._is("{"):
            return self._table()
        if self._is("function"):
            return self._function(self._next(), False)
        return self._prefixed()

    def _prefixed(self) -> Expression:
        """A name or `(…)` with everything that hangs on it."""
        token = self._now
        found: Expression
        if self._take("("):
            inner = self._expression()
            end = self._want(")", "to close `(`").end
            found = Parenthesis(token.start, end, inner)
        elif token.kind == "name":
            self._next()
            found = Name(token.start, token.end, token.text)
        else:
            raise self._unexpected("expected an expression", ("an expression",))
        depth = self._depth
        while True:
            # what hangs on it makes the tree deeper, too
            self._deeper()
            if self._take("."):
                name = self._name("after `.`")
                found = Index(found.start, name.end, found, Constant(name.start, name.end, "string", name.text), True)
            elif self._take("["):
                key = self._expression()
                found = Index(found.start, self._want("]", "to close `[`").end, found, key, False)
            elif self._take(":"):
                name = self._name("after `:`")
                method = Constant(name.start, name.end, "string", name.text)
                arguments, end = self._arguments(f"after `:{name.text}`")
                found = Call(found.start, end, found, arguments, method)
            elif self._is("(", "{") or self._now.kind == "string":
                arguments, end = self._arguments("")
                found = Call(found.start, end, found, arguments)
            else:
                self._depth = depth
                return found

    def _arguments(self, after: str) -> tuple[list[Expression], int]:
        token = self._now
        if token.kind == "string":
            self._next()
            return [Constant(token.start, token.end, "string", token.text)], token.end
        if self._is("{"):
            table = self._table()
            return [table], table.end
        if not self._is("("):
            raise self._unexpected(f"expected `(` {after}", ("(",))
        if token.line_before and self._tokens[self._at - 1].text == ")":
            raise LanguageError(
                "`(` at the start of a line could be a call of what stands before or a new statement",
                token.start,
                token.end,
                help="put `;` before it, or move it to the line before",
            )
        self._next()
        arguments = [] if self._is(")") else self._expressions()
        return arguments, self._want(")", "to close the arguments").end

    def _table(self) -> Table:
        opener = self._next()
        self._deeper()
        fields: list[tuple[Expression | None, Expression]] = []
        while not self._is("}"):
            fields.append(self._field())
            if not (self._take(",") or self._take(";")):
                break
        self._depth -= 1
        if not self._is("}"):
            raise self._unexpected("expected `,` or `}` in a table", (",", "}"))
        return Table(opener.start, self._next().end, fields)

    def _field(self) -> tuple[Expression | None, Expression]:
        if self._take("["):
            key = self._expression()
            self._want("]", "to close `[`")
            self._want("=", "after a key")
            return key, self._expression()
        token = self._now
        after = self._tokens[self._at + 1] if token.kind == "name" else token
        if token.kind == "name" and after.kind == "sign" and after.text == "=":
            self._next()
            self._next()
            return Constant(token.start, token.end, "string", token.text), self._expression()
        return None, self._expression()

    def _function(self, opener: Token, method: bool) -> Function:
        self._want("(", "before the parameters of a function")
        parameters: list[Name] = []
        vararg = False
        if method:
            parameters.append(Name(opener.start, opener.end, "self"))
        while not self._is(")"):
            if self._take("..."):
                vararg = True
                break
            parameters.append(self._name("as parameter of a function"))
            if not self._take(","):
                break
            if self._is(")"):
                raise self._unexpected("expected a name after `,`", ("a name",))
        self._want(")", "after the parameters of a function")
        outer = (self._loops, self._vararg)
        self._loops, self._vararg = 0, vararg
        body = self._block(opener)
        end = self._close(opener).end
        self._loops, self._vararg = outer
        _check_labels(body, [])
        return Function(opener.start, end, parameters, vararg, body)


def _check_labels(block: Block, outer: list[set[str]]) -> None:
    """Every `goto` has its label in its block or in one around it, in the same function."""
    visible = [*outer, {one.name.text for one in block.statements if isinstance(one, Label)}]
    for statement in block.statements:
        if isinstance(statement, Goto) and not any(statement.label.text in one for one in visible):
            label = statement.label
            raise LanguageError(f"no label `{label.text}` can be reached from here", label.start, label.end)
        for inner in blocks_of(statement):
            _check_labels(inner, visible)
