"""
The items of a Go template as Python closures, which run them on data as text/template does.

Source: Go text/template/exec.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NoReturn, TypeAlias

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.arguments import BOXING, Eval
from gitops_lint.languages.gotemplate.expressions import Expressions, MissingKey
from gitops_lint.languages.gotemplate.function import Function
from gitops_lint.languages.gotemplate.printing import check_order, text_of
from gitops_lint.languages.gotemplate.quoting import quoted
from gitops_lint.languages.gotemplate.state import Limits, State
from gitops_lint.languages.gotemplate.tree import Action, Branch, Call, Item, Jump, Text
from gitops_lint.languages.gotemplate.values import NO_VALUE, Value

DEEPEST: Final = 100_000
"""Calls of templates in each other at which Go gives up."""
MUTATORS: Final = frozenset(("set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"))
"""Functions that change their arguments."""
BREAK, CONTINUE = 1, 2
Step: TypeAlias = Callable[[State, Value], int | None]
"""Does what an item of a template does; BREAK or CONTINUE where a jump came out of it."""


class Program:
    """The templates of one text, compiled. called: the names of functions in it; mutates: whether one may change its arguments."""

    def __init__(
        self, text: str, trees: Mapping[str, Sequence[Item]], functions: Mapping[str, Function], missing: MissingKey
    ) -> None:
        self.text = text
        self.steps: dict[str, Step] = {}
        self.costs = {name: _cost(items) for name, items in trees.items()}
        expressions = Expressions(functions, missing)
        compiler = _Compiler(self, expressions)
        for name, items in trees.items():
            self.steps[name] = compiler.body(items, False)
        self.called = frozenset(expressions.called)
        self.mutates = not MUTATORS.isdisjoint(self.called)

    def run(self, name: str, data: Value, limits: Limits) -> str:
        if not isinstance(data, dict) and isinstance(data, Mapping):
            data = dict(data)
        state = State(self.text, name, data, limits, self.mutates)
        try:
            self.steps[name](state, data)
        except BeyondLimitError as error:
            if error.start or error.end or not state.node:
                raise
            raise BeyondLimitError(error.message, state.node.start, state.node.end) from None
        except RecursionError:
            raise BeyondLimitError("the template is too deep to be followed", 0, len(self.text)) from None
        if state.size > limits.output:
            state.beyond(f"the result is longer than {limits.output} characters")
        return "".join(state.out)


class _Compiler:
    def __init__(self, program: Program, expressions: Expressions) -> None:
        self.program = program
        self.pipe = expressions.pipe

    # ---- items. ranged: whether the dot is an element of a `range`

    def body(self, items: Sequence[Item], ranged: bool) -> Step:
        steps = tuple(self.item(one, ranged) for one in items)
        if len(steps) == 1:
            return steps[0]
        if not any(isinstance(one, Jump) for one in _all_items(items)):

            def straight(state: State, dot: Value) -> None:
                for step in steps:
                    step(state, dot)

            return straight

        def body(state: State, dot: Value) -> int | None:
            for step in steps:
                jump = step(state, dot)
                if jump:
                    return jump
            return None

        return body

    def item(self, item: Item, ranged: bool) -> Step:
        if isinstance(item, Text):
            return _text(item.value)
        if isinstance(item, Action):
            return _printed(self.pipe(item.pipe, ranged), bool(item.pipe.declared))
        if isinstance(item, Branch):
            return self.range(item, ranged) if item.word == "range" else self.choice(item, ranged)
        if isinstance(item, Call):
            return self.call(item, ranged)
        jump = BREAK if item.word == "break" else CONTINUE
        return lambda state, dot: jump

    def choice(self, branch: Branch, ranged: bool) -> Step:
        is_with = branch.word == "with"
        arms: list[tuple[Eval, Step]] = []
        last: Step | None = None
        one: Branch | None = branch
        while one is not None:
            arms.append((self.pipe(one.pipe, ranged), self.body(one.body, ranged and not is_with)))
            following = _else_branch(one)
            if following is None and one.otherwise is not None:
                last = self.body(one.otherwise, ranged)
            one = following
        tried = tuple(arms)

        def choice(state: State, dot: Value) -> int | None:
            variables = state.variables
            mark = len(variables)
            jump = None
            for pipe, body in tried:
                value = pipe(state, dot)
                if value is not NO_VALUE and value:
                    jump = body(state, value if is_with else dot)
                    break
            else:
                if last is not None:
                    jump = last(state, dot)
            if len(variables) > mark:
                del variables[mark:]
            return jump

        return choice

    def range(self, branch: Branch, ranged: bool) -> Step:
        pipe = self.pipe(branch.pipe, ranged)
        body = self.body(branch.body, True)
        cost = _cost(branch.body)
        otherwise = None if branch.otherwise is None else self.body(branch.otherwise, ranged)
        names = [one.name for one in branch.pipe.declared]
        assigns = branch.pipe.assigns

        def repeated(state: State, value: Value) -> Iterable[tuple[Value, Value]]:
            if isinstance(value, list):
                check_order(value)
                return enumerate(value)
            if isinstance(value, dict):
                return sorted(value.items(), key=_key)
            if isinstance(value, int) and not isinstance(value, bool):
                if len(names) > 1:
                    state.fail(f"can't use {text_of(value)} to iterate over more than one variable", shown=branch.pipe)
                kind = type(value)
                return ((NO_VALUE, kind(one)) for one in range(value))
            state.fail(f"range can't iterate over {text_of(value)}", shown=branch.pipe)

        def loop(state: State, dot: Value) -> int | None:
            variables = state.variables
            outer = len(variables)
            value = pipe(state, dot)
            pairs = () if value is NO_VALUE else repeated(state, value)
            boxed = type(value) in BOXING
            state.boxes.append(boxed)
            mark = len(variables)
            element = variables[-1] if names and not assigns else None
            key = variables[-2] if len(names) > 1 and not assigns else None
            jump = None
            ran = False
            for place, one in pairs:
                ran = True
                state.step(cost)
                if element is not None:
                    element[1:] = one, boxed
                    if key is not None:
                        key[1:] = place, False
                elif names:
                    _assign(state, names, place, one, boxed)
                jump = body(state, one)
                if len(variables) > mark:
                    del variables[mark:]
                if jump == BREAK:
                    break
            state.boxes.pop()
            jump = None
            if not ran and otherwise is not None:
                jump = otherwise(state, dot)
                # Go catches a `break` in here as one of this range
                jump = None if jump == BREAK else jump
            del variables[outer:]
            return jump

        return loop

    def call(self, call: Call, ranged: bool) -> Step:
        pipe = None if call.pipe is None else self.pipe(call.pipe, ranged)
        name = call.name
        steps, costs = self.program.steps, self.program.costs

        def called(state: State, dot: Value) -> None:
            state.node = call
            step = steps.get(name)
            if step is None:
                state.fail(f"template {quoted(name)} not defined")
            if len(state.calls) >= state.limits.depth:
                _too_deep(state)
            value = NO_VALUE if pipe is None else pipe(state, dot)
            state.step(costs[name])
            state.calls.append((name, value))
            outer, state.variables = state.variables, [["$", value, False]]
            caller, state.name = state.name, name
            step(state, value)
            state.name = caller
            state.variables = outer
            state.calls.pop()

        return called


def _all_items(items: Sequence[Item]) -> Iterator[Item]:
    """The items and those in their branches; without recursion, as every `else if` lies in the branch before it."""
    waiting = list(items)
    while waiting:
        item = waiting.pop()
        yield item
        if isinstance(item, Branch):
            waiting += item.body
            waiting += item.otherwise or ()


def _cost(items: Sequence[Item]) -> int:
    """Steps that doing the items once takes: one, and more where they are many."""
    found = 0
    for item in _all_items(items):
        pipe = item.pipe if isinstance(item, Action | Branch | Call) else None
        # no operand is written with fewer than two characters, the blank between them included
        found += 1 + ((pipe.end - pipe.start) // 2 if pipe else 0)
    return 1 + found // 8


def _text(text: str) -> Step:
    size = len(text)

    def write(state: State, dot: Value) -> None:
        state.out.append(text)
        state.size += size

    return write


def _printed(pipe: Eval, silent: bool) -> Step:
    def evaluate(state: State, dot: Value) -> None:
        pipe(state, dot)

    def write(state: State, dot: Value) -> None:
        value = pipe(state, dot)
        text = value if type(value) is str else text_of(value)
        state.out.append(text)
        state.size += len(text)

    return evaluate if silent else write


def _assign(state: State, names: Sequence[str], place: Value, one: Value, boxed: bool) -> None:
    """What `range $i, $v = …` does before each repetition."""
    if len(names) > 1:
        state.variable(names[0])[1:] = place, False
    state.variable(names[-1])[1:] = one, boxed


def _key(item: tuple[str, Value]) -> str:
    return item[0]


def _else_branch(branch: Branch) -> Branch | None:
    """The branch of the same word that is all an `else` holds: `else if` is read as that."""
    items = branch.otherwise
    if items is not None and len(items) == 1 and isinstance(items[0], Branch) and items[0].word == branch.word:
        return items[0]
    return None


def _too_deep(state: State) -> NoReturn:
    """
    Says what Go says at its own limit, where one template calls itself with the same data and nothing can have changed it
    meanwhile; else that this is beyond ours.
    """
    seen: set[tuple[str, int | str | float]] = set()
    for name, value in state.calls:
        same = (name, value if isinstance(value, str | int | float) else id(value))
        if same in seen and not state.mutates:
            state.fail(f"exceeded maximum template depth ({DEEPEST})")
        seen.add(same)
    state.beyond(f"templates call each other more than {state.limits.depth} deep")
