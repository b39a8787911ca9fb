"""A Go template, read once and run on many parameter sets, as the ApplicationSet controller runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.builtins import BUILTINS
from gitops_lint.languages.gotemplate.errors import ROOT, GoTemplateError
from gitops_lint.languages.gotemplate.evaluate import Program
from gitops_lint.languages.gotemplate.expressions import MissingKey
from gitops_lint.languages.gotemplate.function import Function
from gitops_lint.languages.gotemplate.parser import parse
from gitops_lint.languages.gotemplate.printing import float_text
from gitops_lint.languages.gotemplate.state import LIMITS, Limits
from gitops_lint.languages.gotemplate.tree import Action, Field, Item, Text
from gitops_lint.languages.gotemplate.values import Value

_MISSING_KEY: Final[Mapping[str, MissingKey]] = {
    "missingkey=default": "default",
    "missingkey=invalid": "default",
    "missingkey=zero": "zero",
    "missingkey=error": "error",
}
_KEPT: Final = 4096
"""Templates that are remembered."""
_TOO_DEEP: Final = "the template is too deep to be followed"
_Part = str | tuple[str, ...]


class Template:
    """A text that was read. trees: its templates by name, its own as ROOT; empty where there is no action in it."""

    __slots__ = ("_functions", "_missing", "_parts", "_plain", "_program", "text", "trees")

    def __init__(
        self, text: str, trees: Mapping[str, Sequence[Item]], functions: Mapping[str, Function], missing: MissingKey
    ) -> None:
        self.text = text
        self.trees = trees
        self._functions = functions
        self._missing = missing
        self._plain = None if trees else text
        self._parts = _simple_parts(trees.get(ROOT, ()))
        self._program: Program | None = None

    @property
    def called(self) -> frozenset[str]:
        """The names of the functions in it."""
        return self._compiled().called

    def _compiled(self) -> Program:
        # when it is first asked for: many templates are read that never need it
        if self._program is None:
            try:
                self._program = Program(self.text, self.trees, self._functions, self._missing)
            except RecursionError:
                raise BeyondLimitError(_TOO_DEEP, 0, len(self.text)) from None
        return self._program

    def run(self, data: Value, limits: Limits = LIMITS) -> str:
        """
        What the template makes of the data: a mapping of parameters, with values as values.py has them. Functions such as `set`
        change a dict, as they do in the controller; give another mapping, or a copy, where it must stay as it is.

        Raises GoTemplateError where the controller would stop, NotDeterministicError where it makes something else each time,
        BeyondLimitError where we do not follow.
        """
        if self._plain is not None:
            return self._plain
        parts = self._parts
        if parts is not None:
            made: list[str] = []
            for part in parts:
                if type(part) is str:
                    made.append(part)
                    continue
                value = data
                for name in part:
                    if not isinstance(value, dict) or name not in value:
                        break
                    value = value[name]
                else:
                    if type(value) is str:
                        made.append(value)
                        continue
                    if type(value) is float:
                        made.append(float_text(value))
                        continue
                break
            else:
                return "".join(made)
        return self._compiled().run(ROOT, data, limits)


def read(text: str, functions: Mapping[str, Function] = BUILTINS, options: tuple[str, ...] = ()) -> Template:
    """
    The template that a text is; the last few thousand are remembered.

    functions: by name, besides Go's own; the same mapping each time, as it is part of what is remembered. options: as `goTemplateOptions` has them.
    Raises GoTemplateError for what the controller refuses, BeyondLimitError for a text longer or deeper than we follow.
    """
    key = (text, options, id(functions))
    known = _REMEMBERED.get(key)
    if known is None:
        known = functions, _read(text, functions, options)
        if len(_REMEMBERED) >= _KEPT:
            del _REMEMBERED[next(iter(_REMEMBERED))]
        _REMEMBERED[key] = known
    template = known[1]
    if isinstance(template, Template):
        return template
    raise template.again()


# the functions are kept so that no other mapping gets their id
_REMEMBERED: Final[
    dict[tuple[str, tuple[str, ...], int], tuple[Mapping[str, Function], Template | GoTemplateError]]
] = {}


def _read(text: str, functions: Mapping[str, Function], options: tuple[str, ...]) -> Template | GoTemplateError:
    try:
        missing = _missing_key(text, options)
        all_functions = {**BUILTINS, **functions}
        trees = parse(text, all_functions) if "{{" in text else {}
        return Template(text, trees, all_functions, missing)
    except GoTemplateError as error:
        return error.again()
    except RecursionError:
        raise BeyondLimitError(_TOO_DEEP, 0, len(text)) from None


def _missing_key(text: str, options: tuple[str, ...]) -> MissingKey:
    missing: MissingKey = "default"
    for option in options:
        known = _MISSING_KEY.get(option)
        if known is None:
            message = f"unrecognized option: {option}" if option else "empty option string"
            raise GoTemplateError(message, 0, len(text), text=text, phase="parse", line=1)
        missing = known
    return missing


def _simple_parts(items: Sequence[Item]) -> tuple[_Part, ...] | None:
    """Texts and names of fields, where a template is nothing else: it can run without a program unless a value is missing or no text."""
    parts: list[_Part] = []
    for item in items:
        if isinstance(item, Text):
            parts.append(item.value)
        elif (
            isinstance(item, Action)
            and not item.pipe.declared
            and len(item.pipe.commands) == 1
            and len(operands := item.pipe.commands[0].operands) == 1
            and isinstance(operands[0], Field)
        ):
            parts.append(operands[0].names)
        else:
            return None
    return tuple(parts)
