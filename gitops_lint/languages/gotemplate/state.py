"""
One run of a Go template: its variables, what it has written, and where it stands.

Go remembers which node it looked at last and names that one in an error, so `State.node` is set wherever Go does and a later
step may still fail. A value is None where Go holds a nil interface, and NO_VALUE where it holds nothing; the end of a pipe
turns the first into the second. A value is boxed where Go knows only that it is an interface{}: that is how an error names its
type. Source: Go text/template/exec.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn, TypeAlias

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.errors import GoTemplateError, line_and_column
from gitops_lint.languages.gotemplate.tree import Call, Command, Operand
from gitops_lint.languages.gotemplate.values import Value

Node: TypeAlias = Operand | Command | Call


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How far a run is followed; the controller knows no such limits.

    steps: repetitions of `range` and calls of templates, by the size of what they repeat, and calls of functions, by the size of
    what they are given and give. output: characters of the result, and of each value. values: in one list or map, with all that
    is in it. depth: calls of templates in each other.
    """

    steps: int = 100_000
    output: int = 1 << 20
    values: int = 100_000
    depth: int = 60


LIMITS: Final = Limits()


class State:
    """
    One run. variables: innermost last, each with its name, its value, and whether that is boxed; boxes: for each `range` around,
    whether its elements are; calls: the templates that call each other, with their data; mutates: whether the template calls a
    function that changes its arguments.
    """

    __slots__ = ("boxes", "calls", "left", "limits", "mutates", "name", "node", "out", "size", "text", "variables")

    def __init__(self, text: str, name: str, data: Value, limits: Limits, mutates: bool) -> None:
        self.text = text
        self.mutates = mutates
        self.limits = limits
        self.name = name
        self.node: Node | None = None
        self.variables: list[list[Value]] = [["$", data, False]]
        self.boxes: list[bool] = []
        self.calls: list[tuple[str, Value]] = []
        self.out: list[str] = []
        self.size = 0
        self.left = limits.steps

    def fail(self, message: str, node: Node | None = None, shown: Node | None = None) -> NoReturn:
        """
        Raises the error that Go names this node in; None: the one that was looked at last.

        shown: the node that our own place covers, where Go's is one inside it.
        """
        at = node or self.node
        assert at is not None
        place = shown or at
        text = self.text
        line, column = line_and_column(text, at.pos)
        raise GoTemplateError(
            message, place.start, place.end,
            text=text, phase="exec", line=line, column=column, name=self.name, node=at.source(),
        )  # fmt: skip

    def beyond(self, message: str) -> NoReturn:
        start, end = (self.node.start, self.node.end) if self.node else (0, len(self.text))
        raise BeyondLimitError(message, start, end)

    def step(self, cost: int) -> None:
        self.left -= cost
        if self.left < 0:
            self.beyond(f"the template takes more than {self.limits.steps} steps")
        if self.size > self.limits.output:
            self.beyond(f"the result is longer than {self.limits.output} characters")

    def variable(self, name: str) -> list[Value]:
        for one in reversed(self.variables):
            if one[0] == name:
                return one
        # declared in a branch that was not taken
        self.fail(f"undefined variable: {name}")

    def charge(self, values: Sequence[Value]) -> None:
        """Takes the steps of a function that is given these values."""
        cost = 1
        for one in values:
            if isinstance(one, str):
                cost += len(one) >> 8
            elif isinstance(one, list | dict):
                cost += len(one) >> 4
        self.left -= cost
        if self.left < 0:
            self.step(0)

    def weighed(self, value: Value) -> Value:
        """The value that a function gave, unless it is too large: lists in lists grow faster than anything can be printed."""
        if isinstance(value, str):
            if len(value) > self.limits.output:
                self.beyond(f"a value is longer than {self.limits.output} characters")
        elif isinstance(value, list | dict):
            most, found = self.limits.values, 0
            waiting: list[Value] = [value]
            while waiting:
                one = waiting.pop()
                found += len(one) + 1
                if found > most:
                    self.beyond(f"a value holds more than {most} others")
                inner = one.values() if isinstance(one, dict) else one
                waiting.extend(part for part in inner if isinstance(part, list | dict))
            self.left -= found >> 4
        return value
