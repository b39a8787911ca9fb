"""`define name(args) = expr`: a macro, expanded while a file is parsed; neither recursive nor able to grow without bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl import tree
from gitops_lint.dsl.tree import Span

DEEPEST = 60
"""How deep an expression may be nested."""
LARGEST = 5000
"""How many parts an expression may have, defines expanded."""


class DefineError(Exception):
    """
    A define, or a use of one, that cannot be expanded; or an expression that got too large.

    message: a sentence for the author. offset: its place in the rule file.
    """

    def __init__(self, message: str, offset: int, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.help = help


@dataclass(frozen=True, slots=True)
class Define:
    name: str
    arguments: tuple[str, ...]
    body: tree.Expr
    span: Span


def check_size(expr: tree.Expr) -> None:
    """Raises DefineError for an expression that is nested too deep or has too many parts."""
    size, depth = tree.measure(expr, LARGEST)
    if depth > DEEPEST:
        raise DefineError(
            f"this expression is nested more than {DEEPEST} deep", expr.span[0], "name its parts with `let`"
        )
    if size > LARGEST:
        raise DefineError(
            f"this expression has more than {LARGEST} parts",
            expr.span[0],
            "name its parts with `let`, or use smaller defines",
        )


class Defines:
    """The defines of one file, each usable below where it is written."""

    def __init__(self) -> None:
        self._known: dict[str, Define] = {}

    def add(self, define: Define) -> None:
        """
        Makes a define known, its body expanded.

        Raises DefineError when the name is taken, when the body calls the define itself, or when the body uses a name that
        is neither an argument nor bound in it: what stands around a call must not leak in.
        """
        if define.name in self._known:
            raise DefineError(f"`{define.name}` is defined twice", define.span[0])
        check_size(define.body)
        self._check_names(define)
        body = self.expand(define.body)
        check_size(body)
        self._known[define.name] = Define(define.name, define.arguments, body, define.span)

    def _check_names(self, define: Define) -> None:
        allowed = {*define.arguments, "target"}
        todo: list[tuple[tree.Expr, frozenset[str]]] = [(define.body, frozenset(allowed))]
        while todo:
            expr, bound = todo.pop()
            match expr:
                case tree.Call(function=function) if function == define.name:
                    raise DefineError(
                        f"`{define.name}` calls itself", expr.span[0], "a define may use only defines above it"
                    )
                case tree.Name(name=name) if name not in bound:
                    raise DefineError(
                        f"`{name}` is no argument of `{define.name}`",
                        expr.span[0],
                        "a define sees nothing but its arguments",
                    )
                case tree.Quantified():
                    if expr.name in define.arguments:
                        raise DefineError(
                            f"`{expr.name}` is an argument of `{define.name}` and the name of an item",
                            expr.span[0],
                            "rename one",
                        )
                    if expr.marker and expr.marker not in bound:
                        raise DefineError(
                            f"`{expr.marker}` is no argument of `{define.name}`",
                            expr.span[0],
                            "a define sees nothing but its arguments",
                        )
                    todo.append((expr.source, bound))
                    todo.append((expr.body, bound | {expr.name}))
                case _:
                    todo.extend((part, bound) for part in tree.parts(expr))

    def expand(self, expr: tree.Expr) -> tree.Expr:
        """The expression with every call of a define replaced by its body. Raises DefineError."""
        if not self._known:
            return expr
        made = _rebuilt(expr, self.expand)
        if not isinstance(made, tree.Call):
            return made
        define = self._known.get(made.function)
        if define is None:
            return made
        expanded = _applied(define, made)
        check_size(expanded)
        return expanded


def _applied(define: Define, call: tree.Call) -> tree.Expr:
    """The body of a define with the call's arguments in the place of its own."""
    if len(call.args) != len(define.arguments):
        wanted = len(define.arguments)
        words = f"{wanted} argument" + ("" if wanted == 1 else "s")
        raise DefineError(f"`{define.name}` takes {words}, not {len(call.args)}", call.span[0])
    given = dict(zip(define.arguments, call.args, strict=True))
    outside = _names(call)

    def put(expr: tree.Expr) -> tree.Expr:
        if isinstance(expr, tree.Name):
            return given.get(expr.name, expr)
        if isinstance(expr, tree.Quantified):
            if expr.name in outside:
                raise DefineError(
                    f"`{expr.name}` means an item inside `{define.name}` and something else here",
                    call.span[0],
                    "rename one",
                )
            if expr.marker in given:
                marker = given[expr.marker]
                if not isinstance(marker, tree.Name):
                    raise DefineError(
                        f"`{define.name}` needs the name of an item as its argument `{expr.marker}`", marker.span[0]
                    )
                expr = replace(expr, marker=marker.name)
        return _rebuilt(expr, put)

    return put(define.body)


def _names(expr: tree.Expr) -> frozenset[str]:
    """Every name that occurs in an expression."""
    found = set()
    todo: list[tree.Expr] = [expr]
    while todo:
        one = todo.pop()
        if isinstance(one, tree.Name):
            found.add(one.name)
        elif isinstance(one, tree.Quantified):
            found.update((one.name, one.marker))
        todo.extend(tree.parts(one))
    return frozenset(found)


def _rebuilt(expr: tree.Expr, change: Callable[[tree.Expr], tree.Expr]) -> tree.Expr:
    """The node with `change` done to each of its parts; literals stay as they are."""
    match expr:
        case tree.Path():
            return _path(change(expr.base), expr)
        case tree.Call():
            return replace(expr, args=tuple(change(one) for one in expr.args))
        case tree.Default() | tree.Is() | tree.Matches() | tree.Not():
            return replace(expr, value=change(expr.value))
        case tree.Compare() | tree.Test() | tree.Sum():
            return replace(expr, left=change(expr.left), right=change(expr.right))
        case tree.Quantified():
            return replace(expr, source=change(expr.source), body=change(expr.body))
        case tree.And() | tree.Or():
            return replace(expr, parts=tuple(change(one) for one in expr.parts))
        case _:
            return expr


def _path(base: tree.Expr, path: tree.Path) -> tree.Path:
    match base:
        case tree.Path():
            return tree.Path(base.base, base.steps + path.steps, path.span)
        case tree.Name() | tree.Call():
            return tree.Path(base, path.steps, path.span)
        case _:
            raise DefineError("this stands for a condition or a literal, which has no fields", path.span[0])
