"""
Pipes, commands and operands of a Go template as Python closures that give a value, of a run and the dot.

Source: Go text/template/exec.go evalPipeline to evalEmptyInterface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NoReturn, TypeAlias

from gitops_lint.languages.gotemplate.arguments import (
    CLASSES,
    Eval,
    as_argument,
    bare_variable,
    constant,
    constant_of_kind,
    count_mistake,
    kind_at,
    nil_of,
    not_callable,
    number_of,
)
from gitops_lint.languages.gotemplate.builtins import AND, BUILTINS, CALL, OR, truth
from gitops_lint.languages.gotemplate.function import Function, FunctionError, Kind, Struct
from gitops_lint.languages.gotemplate.printing import type_name
from gitops_lint.languages.gotemplate.quoting import quoted
from gitops_lint.languages.gotemplate.state import Node, State
from gitops_lint.languages.gotemplate.tree import (
    Bool,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    Nil,
    Number,
    Operand,
    Pipe,
    String,
    Variable,
)
from gitops_lint.languages.gotemplate.values import NO_VALUE, StringMap, Value

MissingKey = Literal["default", "zero", "error"]
Stage: TypeAlias = Callable[[State, Value, Value], Value]
"""The same behind a `|`: what stands before it is its last argument."""
_CHEAP: Final = frozenset(("not", "len", "index", "eq", "ne", "lt", "le", "gt", "ge"))
"""Functions of Go's own whose result is no larger than what they are given."""
_ABSENT: Final = object()
"""Stands for the argument of a command that nothing is piped into."""


class Expressions:
    """Makes the closures of one text. called: the names of the functions in it."""

    def __init__(self, functions: Mapping[str, Function], missing: MissingKey) -> None:
        self.functions = functions
        self.missing: MissingKey = missing
        self.called: set[str] = set()

    # ---- pipes. ranged: whether the dot is an element of a `range`

    def pipe(self, pipe: Pipe, ranged: bool) -> Eval:
        """The value of the whole pipe, never None; declares or assigns its variables."""
        first = self.command(pipe.commands[0], ranged, pipe)
        stages = tuple(self.stage(one, ranged) for one in pipe.commands[1:])
        if not stages and not pipe.declared:

            def single(state: State, dot: Value) -> Value:
                value = first(state, dot)
                return NO_VALUE if value is None else value

            return single
        names = tuple(one.name for one in pipe.declared)
        assigns = pipe.assigns

        def piped(state: State, dot: Value) -> Value:
            value = first(state, dot)
            if value is None:
                value = NO_VALUE
            for stage in stages:
                value = stage(state, dot, value)
                if value is None:
                    value = NO_VALUE
            for name in names:
                if assigns:
                    state.variable(name)[1:] = value, False
                else:
                    state.variables.append([name, value, False])
            return value

        return piped

    def command(self, command: Command, ranged: bool, pipe: Pipe) -> Eval:
        """The first command of a pipe."""
        word, *operands = command.operands
        if isinstance(word, Identifier):
            return self.function(word, operands, ranged, command)
        if isinstance(word, Field | Chain) or (isinstance(word, Variable) and word.names):
            return self.fields(word, ranged, operands)
        if operands:
            message = f"can't give argument to non-function {word.source()}"
            node: Node = pipe if isinstance(word, Pipe) else word
            before = self.value(word, ranged) if isinstance(word, Variable) else None

            def refuse(state: State, dot: Value) -> NoReturn:
                if before is not None:
                    before(state, dot)
                state.fail(message, node)

            return refuse
        if isinstance(word, Nil):
            return lambda state, dot: state.fail("nil is not a command", word)
        return self.value(word, ranged)

    def stage(self, command: Command, ranged: bool) -> Stage:
        """A command behind another one."""
        word, *operands = command.operands
        if isinstance(word, Identifier):
            return self.stage_function(word, operands, ranged, command)
        if isinstance(word, Field | Chain) or (isinstance(word, Variable) and word.names):
            return self.piped_field(word, operands, ranged)
        message = f"can't give argument to non-function {word.source()}"
        before = self.value(word, ranged) if isinstance(word, Variable) else None

        def refuse(state: State, dot: Value, value: Value) -> NoReturn:
            if before is not None:
                before(state, dot)
            state.fail(message)

        return refuse

    def value(self, operand: Operand, ranged: bool) -> Eval:
        """What an operand without arguments stands for."""
        if isinstance(operand, Pipe):
            return self.pipe(operand, ranged)
        if isinstance(operand, Field | Chain):
            return self.fields(operand, ranged)
        if isinstance(operand, Variable):
            return self.fields(operand, ranged) if operand.names else bare_variable(operand)
        if isinstance(operand, Identifier):
            return self.function(operand, (), ranged, operand)
        if isinstance(operand, Dot):

            def here(state: State, dot: Value) -> Value:
                state.node = operand
                return dot

            return here
        if isinstance(operand, Number):
            return number_of(operand)
        return constant(operand, NO_VALUE if isinstance(operand, Nil) else operand.value)

    # ---- fields

    def fields(self, node: Field | Chain | Variable, ranged: bool, operands: Sequence[Operand] = ()) -> Eval:
        """operands: arguments, which only a method of a struct takes."""
        walk = _Walk(self, node, ranged, operands)
        if isinstance(node, Variable):
            name = node.name

            def of_variable(state: State, dot: Value) -> Value:
                state.node = node
                _, value, boxed = state.variable(name)
                return walk.value(state, dot, value, boxed)

            return of_variable
        if isinstance(node, Chain):
            inner = self.value(node.of, ranged)
            return lambda state, dot: walk.value(state, dot, inner(state, dot), False)
        names = node.names
        is_boxed = _is_boxed if ranged else _is_plain
        if operands or self.missing != "default":

            def checked(state: State, dot: Value) -> Value:
                state.node = node
                return walk.value(state, dot, dot, is_boxed(state))

            return checked

        def field(state: State, dot: Value) -> Value:
            state.node = node
            value = dot
            for name in names:
                if not isinstance(value, dict):
                    return walk.value(state, dot, dot, is_boxed(state))
                value = value.get(name, NO_VALUE)
            return value

        return field

    def piped_field(self, node: Field | Chain | Variable, operands: Sequence[Operand], ranged: bool) -> Stage:
        """Fields that something is piped into: the last one is a method, or it is a mistake."""
        walk = _Walk(self, node, ranged, operands)
        is_boxed = _is_boxed if ranged else _is_plain
        inner = self.value(node.of, ranged) if isinstance(node, Chain) else None

        def piped(state: State, dot: Value, value: Value) -> Value:
            state.node = node
            start, boxed = dot, False
            if isinstance(node, Variable):
                _, start, boxed = state.variable(node.name)
            elif inner is not None:
                start = inner(state, dot)
            else:
                boxed = is_boxed(state)
            return walk.value(state, dot, start, boxed, value)

        return piped

    # ---- functions

    def function(self, word: Identifier, operands: Sequence[Operand], ranged: bool, node: Node) -> Eval:
        """A call with these arguments. node: what Go names where the function fails."""
        function = self.found(word.name)
        refusal = count_mistake(function, word.name, len(operands), len(operands))
        if refusal:
            return lambda state, dot: state.fail(refusal, word)
        if function is AND or function is OR:
            return self.connective(function is OR, operands, ranged)
        if function is CALL:
            return self.call_of(operands, ranged, node)
        arguments = self.arguments(function, operands, ranged)
        call = function.call
        done = _Done(word.name, node)
        plain = function is BUILTINS.get(word.name) and word.name in _CHEAP
        if len(arguments) == 1:
            (only,) = arguments

            def one(state: State, dot: Value) -> Value:
                argument = only(state, dot)
                if not plain:
                    state.charge((argument,))
                try:
                    value = call(argument)
                except FunctionError as error:
                    done.fail(state, error)
                return value if plain else state.weighed(value)

            return one
        if len(arguments) == 2:
            left, right = arguments

            def two(state: State, dot: Value) -> Value:
                first, second = left(state, dot), right(state, dot)
                if not plain:
                    state.charge((first, second))
                try:
                    value = call(first, second)
                except FunctionError as error:
                    done.fail(state, error)
                return value if plain else state.weighed(value)

            return two

        def many(state: State, dot: Value) -> Value:
            if not arguments:
                state.node = word
            given = [one(state, dot) for one in arguments]
            state.charge(given)
            try:
                value = call(*given)
            except FunctionError as error:
                done.fail(state, error)
            return state.weighed(value)

        return many

    def stage_function(self, word: Identifier, operands: Sequence[Operand], ranged: bool, node: Node) -> Stage:
        function = self.found(word.name)
        refusal = count_mistake(function, word.name, len(operands), len(operands) + 1)
        if refusal:
            return lambda state, dot, value: state.fail(refusal, word)
        if function is AND or function is OR:
            is_or = function is OR
            connective = self.connective(is_or, operands, ranged)

            def connected(state: State, dot: Value, value: Value) -> Value:
                state.node = word
                before = connective(state, dot)
                return before if operands and truth(before) is is_or else value

            return connected
        if function is CALL:
            called = self.call_of(operands, ranged, node)
            return lambda state, dot, value: called(state, dot) if operands else not_callable(state, node, value, value)
        arguments = self.arguments(function, operands, ranged)
        kind = kind_at(function, len(operands))
        call = function.call
        done = _Done(word.name, node)
        if not arguments and kind == "any":

            def simple(state: State, dot: Value, value: Value) -> Value:
                state.node = word
                state.charge((value,))
                try:
                    made = call(None if value is NO_VALUE else value)
                except FunctionError as error:
                    done.fail(state, error)
                return state.weighed(made)

            return simple

        def staged(state: State, dot: Value, value: Value) -> Value:
            state.node = word
            given = [one(state, dot) for one in arguments]
            given.append(as_argument(state, value, kind, word))
            state.charge(given)
            try:
                made = call(*given)
            except FunctionError as error:
                done.fail(state, error)
            return state.weighed(made)

        return staged

    def found(self, name: str) -> Function:
        self.called.add(name)
        return self.functions[name]

    def arguments(self, function: Function, operands: Sequence[Operand], ranged: bool) -> tuple[Eval, ...]:
        return tuple(self.argument(kind_at(function, place), one, ranged) for place, one in enumerate(operands))

    def argument(self, kind: Kind, operand: Operand, ranged: bool) -> Eval:
        """An operand as an argument of this type."""
        if isinstance(operand, Nil):
            return nil_of(operand, kind)
        if isinstance(operand, Bool | Number | String):
            return self.value(operand, ranged) if kind in ("any", "value") else constant_of_kind(operand, kind)
        evaluate = self.value(operand, ranged)
        if kind == "value":
            return evaluate
        if kind == "any":

            def anything(state: State, dot: Value) -> Value:
                value = evaluate(state, dot)
                return None if value is NO_VALUE else value

            return anything
        wanted = CLASSES[kind]

        def typed(state: State, dot: Value) -> Value:
            value = evaluate(state, dot)
            return value if type(value) is wanted else as_argument(state, value, kind, operand)

        return typed

    def connective(self, is_or: bool, operands: Sequence[Operand], ranged: bool) -> Eval:
        """`and`, `or`: the first argument that decides, else the last one."""
        arguments = tuple(self.argument("value", one, ranged) for one in operands)

        def connective(state: State, dot: Value) -> Value:
            value: Value = NO_VALUE
            for one in arguments:
                value = one(state, dot)
                if truth(value) is is_or:
                    break
            return value

        return connective

    def call_of(self, operands: Sequence[Operand], ranged: bool, node: Node) -> Eval:
        """`call` as it fails: no value of ours is a function."""
        arguments = tuple(self.argument("value", one, ranged) for one in operands)

        def called(state: State, dot: Value) -> Value:
            values = [one(state, dot) for one in arguments]
            return not_callable(state, node, values[0], operands[0].source())

        return called


class _Done:
    """What a failing call ends with."""

    __slots__ = ("name", "node")

    def __init__(self, name: str, node: Node) -> None:
        self.name = name
        self.node = node

    def fail(self, state: State, error: FunctionError) -> NoReturn:
        state.fail(f"error calling {self.name}: {error}", self.node)


class _Walk:
    """Fields one after the other, with every check that Go makes. operands: arguments of the last one."""

    __slots__ = ("expressions", "missing", "names", "node", "operands", "ranged")

    def __init__(
        self, expressions: Expressions, node: Field | Chain | Variable, ranged: bool, operands: Sequence[Operand]
    ) -> None:
        self.expressions = expressions
        self.node = node
        self.names = node.names
        self.missing = expressions.missing
        self.ranged = ranged
        self.operands = operands

    def value(self, state: State, dot: Value, value: Value, boxed: bool, final: Value = _ABSENT) -> Value:
        """The fields of a value. dot: for arguments; final: what is piped in."""
        last = len(self.names) - 1
        for place, name in enumerate(self.names):
            if isinstance(value, Struct) and (member := value.members().get(name)) is not None:
                operands, piped = (self.operands, final) if place == last else ((), _ABSENT)
                value, boxed = self.method(state, dot, name, member, operands, piped), False
            else:
                arguments = place == last and (bool(self.operands) or final is not _ABSENT)
                value, boxed = self.step(state, value, name, boxed, arguments), type(value) is dict
        return value

    def step(self, state: State, value: Value, name: str, boxed: bool, arguments: bool) -> Value:
        if isinstance(value, dict):
            if arguments:
                state.fail(f"{name} is not a method but has arguments", shown=self.node)
            found = value.get(name, _ABSENT)
            if found is not _ABSENT:
                return found
            if self.missing == "error":
                state.fail(f"map has no entry for key {quoted(name)}", shown=self.node)
            if self.missing == "zero":
                return "" if isinstance(value, StringMap) else None
            return NO_VALUE
        if value is NO_VALUE:
            if self.missing == "error":
                state.fail(f"nil data; no entry for key {quoted(name)}", shown=self.node)
            return NO_VALUE
        if value is None:
            state.fail(f"nil pointer evaluating interface {{}}.{name}", shown=self.node)
        state.fail(
            f"can't evaluate field {name} in type {'interface {}' if boxed else type_name(value)}", shown=self.node
        )

    def method(
        self, state: State, dot: Value, name: str, member: Function, operands: Sequence[Operand], final: Value
    ) -> Value:
        piped = final is not _ABSENT
        refusal = count_mistake(member, name, len(operands), len(operands) + piped)
        if refusal:
            state.fail(refusal)
        given = [one(state, dot) for one in self.expressions.arguments(member, operands, self.ranged)]
        if piped:
            given.append(as_argument(state, final, kind_at(member, len(operands)), self.node))
        try:
            return member.call(*given)
        except FunctionError as error:
            state.fail(f"error calling {name}: {error}", self.node)


def _is_boxed(state: State) -> bool:
    return state.boxes[-1]


def _is_plain(state: State) -> bool:
    return False
