"""
The syntax tree of a Go template.

Every node has three offsets in the text: pos, the place that Go's messages name, and start and end of what was written.
`source()` is the node as Go writes it in a message: `at <.a.b>`. Source: Go text/template/parse/node.go.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.quoting import quoted


@dataclass(frozen=True, slots=True, eq=False)
class Dot:
    pos: int
    start: int
    end: int

    def source(self) -> str:
        return "."


@dataclass(frozen=True, slots=True, eq=False)
class Nil:
    pos: int
    start: int
    end: int

    def source(self) -> str:
        return "nil"


@dataclass(frozen=True, slots=True, eq=False)
class Bool:
    pos: int
    start: int
    end: int
    value: bool

    def source(self) -> str:
        return "true" if self.value else "false"


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """whole, fraction, both: the number as an int, a float, a complex, each None where it is none. unsigned: beyond int64."""

    pos: int
    start: int
    end: int
    text: str
    whole: int | None
    fraction: float | None
    both: complex | None
    unsigned: bool

    def source(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, eq=False)
class String:
    pos: int
    start: int
    end: int
    literal: str
    value: str

    def source(self) -> str:
        return self.literal


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """`.a.b` on the dot. names: without the dots, at least one."""

    pos: int
    start: int
    end: int
    names: tuple[str, ...]

    def source(self) -> str:
        return "".join(f".{name}" for name in self.names)


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """`$x.a.b`. name: with its `$`; names: the fields behind it."""

    pos: int
    start: int
    end: int
    name: str
    names: tuple[str, ...]

    def source(self) -> str:
        return ".".join((self.name, *self.names))


@dataclass(frozen=True, slots=True, eq=False)
class Identifier:
    """The name of a function."""

    pos: int
    start: int
    end: int
    name: str

    def source(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """`(…).a.b`, or a function's name with fields."""

    pos: int
    start: int
    end: int
    of: Pipe | Identifier
    names: tuple[str, ...]

    def source(self) -> str:
        inner = self.of.source()
        return "".join((f"({inner})" if isinstance(self.of, Pipe) else inner, *(f".{name}" for name in self.names)))


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """Operands side by side; at least one."""

    pos: int
    start: int
    end: int
    operands: tuple[Operand, ...]

    def source(self) -> str:
        return " ".join(f"({one.source()})" if isinstance(one, Pipe) else one.source() for one in self.operands)


@dataclass(frozen=True, slots=True, eq=False)
class Pipe:
    """Commands joined by `|`. declared: the variables before `:=`, or before `=` where it assigns."""

    pos: int
    start: int
    end: int
    declared: tuple[Variable, ...]
    assigns: bool
    commands: tuple[Command, ...]

    def source(self) -> str:
        before = ""
        if self.declared:
            names = ", ".join(one.source() for one in self.declared)
            before = f"{names} {'=' if self.assigns else ':='} "
        return before + " | ".join(one.source() for one in self.commands)


Operand: TypeAlias = Dot | Nil | Bool | Number | String | Field | Variable | Identifier | Chain | Pipe


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    pos: int
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """A pipe whose value is printed."""

    pos: int
    start: int
    end: int
    pipe: Pipe


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """`if`, `with` or `range`. otherwise: what stands behind `else`; None without one. An `else if` is a branch in there."""

    pos: int
    start: int
    end: int
    word: Literal["if", "with", "range"]
    pipe: Pipe
    body: tuple[Item, ...]
    otherwise: tuple[Item, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """`{{template "name" pipe}}`, or what a `block` leaves where it stands."""

    pos: int
    start: int
    end: int
    name: str
    pipe: Pipe | None

    def source(self) -> str:
        argument = f" {self.pipe.source()}" if self.pipe else ""
        return f"{{{{template {quoted(self.name)}{argument}}}}}"


@dataclass(frozen=True, slots=True, eq=False)
class Jump:
    """`break` or `continue`."""

    pos: int
    start: int
    end: int
    word: Literal["break", "continue"]


Item: TypeAlias = Text | Action | Branch | Call | Jump


def is_empty(items: tuple[Item, ...]) -> bool:
    """Whether a template holds nothing but blanks and comments, so that another one may take its name."""
    return all(isinstance(one, Text) and not one.value.strip() for one in items)
