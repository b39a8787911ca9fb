"""Which variable each name of a Lua script means: locals by their scope, everything else a global."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.lua.tree import (
    Assignment,
    Binary,
    Block,
    Call,
    Constant,
    Expression,
    Function,
    GenericFor,
    Index,
    Local,
    LocalFunction,
    Name,
    NumericFor,
    Repeat,
    Statement,
    blocks_of,
    expressions_of,
    parts_of,
)


@dataclass(slots=True, eq=False)
class Variable:
    """
    One local or global. depth: in how many functions it is declared (0 is the script itself; globals have 0).

    shared: a function inside another one reads or sets it, so that a call may change it. function: what it was declared as.
    """

    name: str
    is_global: bool
    depth: int = 0
    shared: bool = False
    assigned: int = 0
    function: Function | None = None


@dataclass(slots=True)
class GlobalRead:
    """A global that is read. compared: only with `==` or `~=` to see whether it equals something. called: as a function."""

    name: Name
    compared: bool
    called: bool


@dataclass(slots=True)
class MethodCall:
    call: Call
    method: Constant


@dataclass(slots=True)
class Names:
    """All names of a script. variables: by the identity of the Name node."""

    variables: dict[int, Variable] = field(default_factory=dict)
    globals: dict[str, Variable] = field(default_factory=dict)
    reads: list[GlobalRead] = field(default_factory=list)
    method_calls: list[MethodCall] = field(default_factory=list)
    members: list[tuple[Name, Index]] = field(default_factory=list)
    defined_methods: set[str] = field(default_factory=set)

    def of(self, name: Name) -> Variable:
        return self.variables[id(name)]

    @property
    def written_globals(self) -> frozenset[str]:
        """Globals that the script sets somewhere."""
        return frozenset(name for name, one in self.globals.items() if one.assigned)


def names_of(script: Block) -> Names:
    """The names of a whole script."""
    resolver = _Resolver()
    resolver.block(script)
    return resolver.names


class _Resolver:
    def __init__(self) -> None:
        self.names = Names()
        self._scopes: list[dict[str, Variable]] = []
        self._depth = 0

    def block(self, block: Block, declared: tuple[Name, ...] = (), until: Expression | None = None) -> None:
        self._scopes.append({})
        for name in declared:
            self._declare(name)
        for statement in block.statements:
            self._statement(statement)
        if until is not None:  # the condition of `repeat` sees the locals of its body
            self._read(until)
        self._scopes.pop()

    def _declare(self, name: Name, function: Function | None = None) -> None:
        made = Variable(name.text, False, self._depth, function=function)
        self._scopes[-1][name.text] = made
        self.names.variables[id(name)] = made

    def _find(self, name: Name) -> Variable:
        for scope in reversed(self._scopes):
            if name.text in scope:
                found = scope[name.text]
                break
        else:
            found = self.names.globals.setdefault(name.text, Variable(name.text, True))
        if found.depth != self._depth:
            found.shared = True
        self.names.variables[id(name)] = found
        return found

    def _statement(self, statement: Statement) -> None:
        match statement:
            case LocalFunction():
                self._declare(statement.name, statement.function)
                self._read(statement.function)
            case Local():
                for value in statement.values:
                    self._read(value)
                for at, name in enumerate(statement.names):
                    given = statement.values[at] if at < len(statement.values) else None
                    self._declare(name, given if isinstance(given, Function) else None)
            case Assignment():
                for value in statement.values:
                    self._read(value)
                for at, target in enumerate(statement.targets):
                    given = statement.values[at] if at < len(statement.values) else None
                    self._write(target, given if isinstance(given, Function) else None)
            case GenericFor():
                for value in statement.values:
                    self._read(value)
                self.block(statement.body, tuple(statement.names))
            case NumericFor():
                for value in statement.bounds:
                    self._read(value)
                self.block(statement.body, (statement.name,))
            case Repeat():
                self.block(statement.body, until=statement.condition)
            case _:
                for value in expressions_of(statement):
                    self._read(value)
                for block in blocks_of(statement):
                    self.block(block)

    def _write(self, target: Expression, function: Function | None) -> None:
        if isinstance(target, Name):
            found = self._find(target)
            found.assigned += 1
            found.function = function if found.assigned == 1 and found.is_global else None
            return
        if isinstance(target, Index) and isinstance(target.key, Constant) and function is not None:
            self.names.defined_methods.add(target.key.text)
        self._parts(target)

    def _read(self, expression: Expression, compared: bool = False, called: bool = False) -> None:
        if isinstance(expression, Name):
            found = self._find(expression)
            if found.is_global:
                self.names.reads.append(GlobalRead(expression, compared, called))
            return
        if isinstance(expression, Function):
            self._depth += 1
            self.block(expression.body, tuple(expression.parameters))
            self._depth -= 1
            return
        self._parts(expression)

    def _parts(self, expression: Expression) -> None:
        if isinstance(expression, Call):
            if expression.method is not None:
                self.names.method_calls.append(MethodCall(expression, expression.method))
            self._read(expression.function, called=expression.method is None)
            for argument in expression.arguments:
                self._read(argument)
            return
        if isinstance(expression, Index) and isinstance(expression.base, Name):
            self._read(expression.base)
            if self.names.variables[id(expression.base)].is_global:
                self.names.members.append((expression.base, expression))
            self._read(expression.key)
            return
        compared = isinstance(expression, Binary) and expression.operator in ("==", "~=")
        for part in parts_of(expression):
            self._read(part, compared)


def walk(block: Block) -> Iterator[Statement]:
    """Every statement of a block and of the blocks inside, functions left out, in the order of the text."""
    for statement in block.statements:
        yield statement
        for inner in blocks_of(statement):
            yield from walk(inner)


def expressions_in(expression: Expression) -> Iterator[Expression]:
    """An expression and everything in it, outer ones first; bodies of functions left out."""
    yield expression
    for part in parts_of(expression):
        yield from expressions_in(part)
