"""The syntax tree of a Lua script; every node has its place, offsets in the script's text, end exclusive."""

from __future__ import annotations

from dataclasses import field

from gitops_lint.dataclass import dataclass


@dataclass(slots=True, eq=False)
class Node:
    start: int
    end: int


# ---- expressions


@dataclass(slots=True, eq=False)
class Constant(Node):
    """nil, true, false, a string or a number. kind: that word; text: of a string its value, else as written."""

    kind: str
    text: str


@dataclass(slots=True, eq=False)
class Name(Node):
    text: str


@dataclass(slots=True, eq=False)
class Index(Node):
    """`base.key` or `base[key]`; dotted: which of the two."""

    base: Expression
    key: Expression
    dotted: bool


@dataclass(slots=True, eq=False)
class Call(Node):
    """`function(arguments)`; with a method, `function:method(arguments)`."""

    function: Expression
    arguments: list[Expression]
    method: Constant | None = None


@dataclass(slots=True, eq=False)
class Function(Node):
    parameters: list[Name]
    vararg: bool
    body: Block


@dataclass(slots=True, eq=False)
class Table(Node):
    """A constructor; the key of a positional field is None."""

    fields: list[tuple[Expression | None, Expression]]


@dataclass(slots=True, eq=False)
class Binary(Node):
    operator: str
    left: Expression
    right: Expression


@dataclass(slots=True, eq=False)
class Unary(Node):
    operator: str
    operand: Expression


@dataclass(slots=True, eq=False)
class Parenthesis(Node):
    """`(inner)`, which cuts a list of values down to one."""

    inner: Expression


@dataclass(slots=True, eq=False)
class Vararg(Node):
    """`...`"""


Expression = Constant | Name | Index | Call | Function | Table | Binary | Unary | Parenthesis | Vararg

# ---- statements


@dataclass(slots=True, eq=False)
class Block(Node):
    statements: list[Statement] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Local(Node):
    names: list[Name]
    values: list[Expression]


@dataclass(slots=True, eq=False)
class LocalFunction(Node):
    name: Name
    function: Function


@dataclass(slots=True, eq=False)
class Assignment(Node):
    """Also `function a.b()`: its value is the function."""

    targets: list[Expression]
    values: list[Expression]


@dataclass(slots=True, eq=False)
class CallStatement(Node):
    call: Call


@dataclass(slots=True, eq=False)
class If(Node):
    """branches: condition and block each; otherwise: the block of `else`."""

    branches: list[tuple[Expression, Block]]
    otherwise: Block | None


@dataclass(slots=True, eq=False)
class While(Node):
    condition: Expression
    body: Block


@dataclass(slots=True, eq=False)
class Repeat(Node):
    body: Block
    condition: Expression


@dataclass(slots=True, eq=False)
class NumericFor(Node):
    name: Name
    bounds: list[Expression]
    body: Block


@dataclass(slots=True, eq=False)
class GenericFor(Node):
    names: list[Name]
    values: list[Expression]
    body: Block


@dataclass(slots=True, eq=False)
class Do(Node):
    body: Block


@dataclass(slots=True, eq=False)
class Return(Node):
    values: list[Expression]


@dataclass(slots=True, eq=False)
class Break(Node):
    pass


@dataclass(slots=True, eq=False)
class Goto(Node):
    label: Name


@dataclass(slots=True, eq=False)
class Label(Node):
    name: Name


Statement = (
    Local
    | LocalFunction
    | Assignment
    | CallStatement
    | If
    | While
    | Repeat
    | NumericFor
    | GenericFor
    | Do
    | Return
    | Break
    | Goto
    | Label
)


def expressions_of(statement: Statement) -> list[Expression]:
    """The expressions directly in a statement, those of its inner blocks left out, in the order of evaluation."""
    match statement:
        case Local() | Assignment() | GenericFor() | Return():
            targets = statement.targets if isinstance(statement, Assignment) else []
            return [*statement.values, *targets]
        case LocalFunction():
            return [statement.function]
        case CallStatement():
            return [statement.call]
        case If():
            return [condition for condition, _ in statement.branches]
        case While() | Repeat():
            return [statement.condition]
        case NumericFor():
            return list(statement.bounds)
    return []


def blocks_of(statement: Statement) -> list[Block]:
    """The blocks directly in a statement, functions left out."""
    match statement:
        case If():
            return [block for _, block in statement.branches] + ([statement.otherwise] if statement.otherwise else [])
        case While() | Repeat() | NumericFor() | GenericFor() | Do():
            return [statement.body]
    return []


def parts_of(expression: Expression) -> list[Expression]:
    """The expressions directly in an expression; the body of a function is none of them."""
    match expression:
        case Index():
            return [expression.base, expression.key]
        case Call():
            return [expression.function, *expression.arguments]
        case Table():
            return [one for key, value in expression.fields for one in (key, value) if one is not None]
        case Binary():
            return [expression.left, expression.right]
        case Unary():
            return [expression.operand]
        case Parenthesis():
            return [expression.inner]
    return []
