"""What a function of a template is: its parameters as Go types them, and the errors it may end with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.values import Value

Kind = Literal["any", "value", "string", "int", "int64", "float64", "bool", "list", "map", "time"]
"""
The Go type of a parameter: any is interface{}, list is []interface{}, map is map[string]interface{}, time is time.Time; value is
reflect.Value, which only Go's own functions take: they see NO_VALUE, where those that take any see None. The evaluator checks
arguments and says `wrong type for value; expected …` as text/template does; a function sees only what passed: a str for string, an int for
int, an Int64 (or an int written in the template) for int64, a float, bool, list, dict. No value gives an empty list or map.
"""


@dataclass(frozen=True, slots=True)
class Function:
    """
    A function as text/template calls it.

    call: takes the arguments in order, and returns a Value. params: the fixed parameters. rest: the type of those that may
    follow in any number; None where none may.
    """

    name: str
    call: Callable[..., Value]
    params: tuple[Kind, ...]
    rest: Kind | None = None


class Struct:
    """
    A value of a struct that functions hand to one another (a date, a version); each kind of it is a class below this one.

    go_type: as `%T` prints it, such as `*semver.Version`. members: what may stand behind a dot, by name: methods, and fields as
    functions without parameters.
    """

    __slots__ = ()
    go_type: str = "struct {}"

    def text(self) -> str:
        """What printing it gives."""
        raise NotImplementedError

    def members(self) -> Mapping[str, Function]:
        return {}


class FunctionError(Exception):
    """A function failed: `error calling NAME: message` for whoever called it."""


class NotDeterministicError(Exception):
    """The result depends on the clock, on chance or on the machine, so that it cannot be known. why: one sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
