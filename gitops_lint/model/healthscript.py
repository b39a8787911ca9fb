"""
What a Lua health check gives, read from its text: each variable and table as the set of what it may hold.

The script is followed twice: for an object of which only `metadata` and an empty `spec` are known to exist (one that was just
created), and for one whose `status` may hold anything. What the sets do not settle stays unknown and is never a problem.
Source of the rules: argo-cd util/lua/lua.go ExecuteHealthLua.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.lua.flow import falls_through, has_return
from gitops_lint.languages.lua.names import Names, walk
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
    While,
)

STATUSES = ("Degraded", "Healthy", "Missing", "Progressing", "Suspended", "Unknown")

ProblemKind = Literal[
    "no-return",
    "return-nothing",
    "wrong-return",
    "unknown-status",
    "status-not-text",
    "message-not-text",
    "status-not-set",
    "nil-status",
    "healthy-lost",
    "healthy-before-status",
]


@dataclass(frozen=True, slots=True)
class HealthProblem:
    """
    One thing that is certain about a check and wrong. start, end: offsets in the script.

    text: what is spoken of: the wrong word, the type that was found, the use that fails.
    """

    kind: ProblemKind
    start: int
    end: int
    text: str = ""


# ---- values

AtomKind = Literal["nil", "absent", "true", "false", "string", "number", "function", "table", "object", "part", "any"]


@dataclass(frozen=True, slots=True)
class _Atom:
    """
    One thing a value may be. nil: text "status" where it is the status of a new object. absent: a field of `spec` or
    `metadata` that is not set, which another object may have. part: `spec` or `metadata`. string: its text, or None.
    start, end: where the script writes it.
    """

    kind: AtomKind
    text: str | None = None
    table: int = 0
    start: int = -1
    end: int = -1


_Value = frozenset[_Atom]
_NIL: _Value = frozenset((_Atom("nil"),))
_NO_STATUS: _Value = frozenset((_Atom("nil", "status"),))
_ABSENT: _Value = frozenset((_Atom("absent"),))
_ANY: _Value = frozenset((_Atom("any"),))
_BOTH: _Value = frozenset((_Atom("true"), _Atom("false")))

# Fields that hold whole numbers wherever Kubernetes has them.
_NUMBERS = frozenset(
    [
        "availableReplicas",
        "collisionCount",
        "currentReplicas",
        "generation",
        "numberReady",
        "numberAvailable",
        "observedGeneration",
        "readyReplicas",
        "replicas",
        "restartCount",
        "unavailableReplicas",
        "updatedReplicas",
    ]
)


@dataclass(slots=True)
class _TableState:
    """fields: by text key. open: it may hold more than is shown."""

    fields: dict[str, _Value] = field(default_factory=dict)
    open: bool = False

    def copy(self) -> _TableState:
        return _TableState(dict(self.fields), self.open)


@dataclass(slots=True)
class _State:
    """variables: by identity. tables: by number. certain: every object of this sort comes here."""

    variables: dict[int, _Value] = field(default_factory=dict)
    tables: dict[int, _TableState] = field(default_factory=dict)
    certain: bool = True

    def copy(self) -> _State:
        return _State(dict(self.variables), {key: one.copy() for key, one in self.tables.items()}, self.certain)


def _joined(states: list[_State]) -> _State | None:
    if not states:
        return None
    result = states[0].copy()
    for other in states[1:]:
        result.certain = result.certain and other.certain
        for key, value in other.variables.items():
            result.variables[key] = result.variables.get(key, value) | value
        for number, table in other.tables.items():
            mine = result.tables.get(number)
            if mine is None:
                result.tables[number] = table.copy()
                continue
            mine.open = mine.open or table.open
            for name in {*mine.fields, *table.fields}:
                mine.fields[name] = mine.fields.get(name, _NIL) | table.fields.get(name, _NIL)
    return result


@dataclass(slots=True)
class _Returned:
    statement: Return
    values: list[_Value]
    state: _State


class _StopError(Exception):
    """The path ends here: an error at run time."""


class _GiveUpError(Exception):
    """The script does what is not followed."""


class _Run:
    """One pass over a script. fresh: the object has no status yet."""

    def __init__(self, names: Names, fresh: bool) -> None:
        self._names = names
        self._fresh = fresh
        self.returned: list[_Returned] = []
        self.problems: list[HealthProblem] = []
        self._leaving: list[list[_State]] = []  # for each loop around: the states in which it is left
        self._fuel = 20_000

    def follow(self, script: Block) -> None:
        self._block(script, _State())

    # ---- statements: None where the path ended

    def _block(self, block: Block, state: _State | None) -> _State | None:
        for statement in block.statements:
            if state is None:
                return None
            try:
                state = self._statement(statement, state)
            except _StopError:
                return None
        return state

    def _statement(self, statement: Statement, state: _State) -> _State | None:
        self._fuel -= 1
        if self._fuel < 0:
            raise _GiveUpError
        match statement:
            case Local():
                values = self._values(statement.values, len(statement.names), state)
                for name, value in zip(statement.names, values, strict=True):
                    self._set(name, value, state)
            case LocalFunction():
                self._set(statement.name, frozenset((_Atom("function"),)), state)
            case Assignment():
                values = self._values(statement.values, len(statement.targets), state)
                for target, value in zip(statement.targets, values, strict=True):
                    self._assign(target, value, state)
            case CallStatement():
                if isinstance(statement.call.function, Name) and statement.call.function.text == "error":
                    return None
                self._value(statement.call, state)
            case Return():
                self.returned.append(
                    _Returned(statement, [self._value(one, state) for one in statement.values], state.copy())
                )
                return None
            case Break() | Goto():
                if not self._leaving:
                    raise _GiveUpError  # a jump over statements
                self._leaving[-1].append(state)
                return None
            case If():
                return self._if(statement, state)
            case Do():
                return self._block(statement.body, state)
            case While() | Repeat() | NumericFor() | GenericFor():
                return self._loop(statement, state)
            case Label():
                pass
        return state

    def _if(self, statement: If, state: _State) -> _State | None:
        ends: list[_State] = []
        certain, undecided, ended = state.certain, False, False
        current: _State | None = state
        for condition, block in statement.branches:
            if current is None:
                break
            outcome = _truth(self._value(condition, current))
            if outcome is False:
                continue
            inside = current.copy() if outcome is None else current
            if outcome is None:
                undecided = True
                inside.certain = False
            end = self._block(block, inside)
            if end is None:
                ended = ended or outcome is None
            else:
                ends.append(end)
            if outcome is True:
                current = None
            else:
                current.certain = False
        if current is not None:
            end = self._block(statement.otherwise, current) if statement.otherwise is not None else current
            if end is None:
                ended = ended or undecided
            else:
                ends.append(end)
        result = _joined(ends)
        if result is not None and undecided:
            result.certain = certain and not ended
        return result

    def _loop(self, loop: While | Repeat | NumericFor | GenericFor, state: _State) -> _State | None:
        if isinstance(loop, While):
            first = _truth(self._value(loop.condition, state))
            if first is False:
                return state
            body = loop.body
        elif isinstance(loop, Repeat):
            first, body = True, loop.body
        else:
            names = [loop.name] if isinstance(loop, NumericFor) else loop.names
            for one in loop.bounds if isinstance(loop, NumericFor) else loop.values:
                self._value(one, state)
            if isinstance(loop, GenericFor) and self._over_nothing(loop, state):
                return state
            first, body = None, loop.body
            for name in names:
                self._set(name, _ANY, state)
        certain = state.certain
        before = len(self.returned)
        self._leaving.append([])
        current: _State | None = state.copy()
        after: list[_State] = [] if first is True else [state]
        for _ in range(3):
            if current is None:
                break
            inside = current.copy()
            inside.certain = False
            end = self._block(body, inside)
            if end is not None:
                after.append(end)
            current = _joined([one for one in (current, end) if one is not None])
        after.extend(self._leaving.pop())
        result = _joined(after)
        if result is not None:
            result.certain = certain and len(self.returned) == before
        return result

    def _over_nothing(self, loop: GenericFor, state: _State) -> bool:
        """Whether a loop goes over an empty table."""
        call = loop.values[0]
        if len(loop.values) != 1 or not isinstance(call, Call) or len(call.arguments) != 1:
            return False
        if not (isinstance(call.function, Name) and call.function.text in ("ipairs", "pairs")):
            return False
        value = self._value(call.arguments[0], state)
        return all(
            one.kind == "absent"
            or (one.kind == "table" and not state.tables[one.table].open and not state.tables[one.table].fields)
            for one in value
        )

    # ---- variables and tables

    def _set(self, name: Name, value: _Value, state: _State) -> None:
        state.variables[id(self._names.of(name))] = value

    def _assign(self, target: Expression, value: _Value, state: _State) -> None:
        if isinstance(target, Name):
            self._set(target, value, state)
            return
        if not isinstance(target, Index):
            return
        base = self._value(target.base, state)
        self._fail_on_nil(base, target.base, "index", state)
        key = _key_of(target)
        tables = [one for one in base if one.kind in ("table", "object")]
        for one in tables:
            table = state.tables.setdefault(one.table, _TableState())
            if key is None:
                table.open = True
            elif len(base) == 1:
                table.fields[key] = value
            else:
                table.fields[key] = table.fields.get(key, _NIL) | value

    def _values(self, expressions: list[Expression], count: int, state: _State) -> list[_Value]:
        found = [self._value(one, state) for one in expressions]
        several = bool(expressions) and not isinstance(
            expressions[-1], (Constant, Name, Index, Table, Function, Binary, Unary, Parenthesis)
        )
        while len(found) < count:
            found.append(_ANY if several else _NIL)
        return found[:count]

    # ---- expressions

    def _value(self, expression: Expression, state: _State) -> _Value:
        self._fuel -= 1
        if self._fuel < 0:
            raise _GiveUpError
        match expression:
            case Constant():
                return _constant(expression)
            case Name():
                return self._variable(expression, state)
            case Parenthesis():
                return self._value(expression.inner, state)
            case Index():
                return self._index(expression, state)
            case Table():
                return self._table(expression, state)
            case Function():
                return frozenset((_Atom("function", None, 0, expression.start, expression.end),))
            case Binary():
                return self._binary(expression, state)
            case Unary():
                return self._unary(expression, state)
            case Call():
                return self._call(expression, state)
        return _ANY

    def _variable(self, name: Name, state: _State) -> _Value:
        variable = self._names.of(name)
        if name.text == "obj" and variable.is_global and not variable.assigned:
            return frozenset((_Atom("object"),))
        if variable.shared:
            return _ANY
        known = state.variables.get(id(variable))
        if known is not None:
            return known
        # a global that nothing has set so far: a function of the library, or nil
        return _ANY

    def _index(self, expression: Index, state: _State) -> _Value:
        base = self._value(expression.base, state)
        self._fail_on_nil(base, expression.base, "index", state)
        key = _key_of(expression)
        if key is None:
            self._value(expression.key, state)
        found: set[_Atom] = set()
        for one in base:
            found |= self._member(one, key, state)
        # a number is shown where it is read
        return frozenset(
            _Atom("number", None, 0, expression.start, expression.end)
            if one.kind == "number" and one.start < 0
            else one
            for one in found
        )

    def _member(self, base: _Atom, key: str | None, state: _State) -> _Value:
        if base.kind == "object":
            own = state.tables.get(0)
            if own is not None and key in own.fields:
                return own.fields[key]
            if key in ("metadata", "spec"):
                return frozenset((_Atom("part", key),))
            if key in ("apiVersion", "kind"):
                return frozenset((_Atom("string"),))
            if key == "status" and self._fresh:
                return _NO_STATUS
            return _ABSENT if self._fresh and key is not None else _ANY
        if base.kind == "part":
            if base.text == "metadata" and key in ("name", "namespace", "uid", "creationTimestamp", "resourceVersion"):
                return frozenset((_Atom("string"),))
            if base.text == "metadata" and key == "generation":
                return frozenset((_Atom("number"),))
            if base.text == "metadata" and key == "deletionTimestamp":
                return _NIL if self._fresh else _ANY
            return _ABSENT if self._fresh and key is not None else _ANY
        if base.kind == "table":
            table = state.tables[base.table]
            if key is None:
                return _ANY
            return table.fields.get(key, _ANY if table.open else _NIL)
        if base.kind == "any" and key in _NUMBERS:
            return frozenset((_Atom("any"), _Atom("number")))
        return _ANY

    def _table(self, table: Table, state: _State) -> _Value:
        made = _TableState()
        for key, value in table.fields:
            held = self._value(value, state)
            if isinstance(key, Constant) and key.kind == "string":
                made.fields[key.text] = held
            else:
                made.open = made.open or key is not None
                if key is None:
                    made.fields.setdefault("[1]", held)
        state.tables[id(table)] = made
        return frozenset((_Atom("table", None, id(table), table.start, table.end),))

    def _binary(self, expression: Binary, state: _State) -> _Value:
        operator = expression.operator
        left = self._value(expression.left, state)
        if operator in ("and", "or"):
            outcome = _truth(left)
            if outcome is (operator == "or"):
                return left
            if outcome is None:
                kept = frozenset(one for one in left if (_truth(frozenset((one,))) is not (operator == "and")))
                aside = state.copy()
                aside.certain = False
                try:
                    right = self._value(expression.right, aside)
                except _StopError:
                    return kept or _ANY
                for number, table in aside.tables.items():
                    state.tables.setdefault(number, table)
                return kept | right
            return self._value(expression.right, state)
        right = self._value(expression.right, state)
        if operator in ("==", "~="):
            equal = _equal(left, right)
            if equal is None:
                return _BOTH
            return frozenset((_Atom("true" if equal is (operator == "==") else "false"),))
        use = "concatenate" if operator == ".." else "compare" if operator[0] in "<>" else "calculate"
        self._fail_on_nil(left, expression.left, use, state)
        self._fail_on_nil(right, expression.right, use, state)
        if operator == "..":
            return frozenset((_Atom("string"),))
        return (
            _BOTH if operator[0] in "<>" else frozenset((_Atom("number", None, 0, expression.start, expression.end),))
        )

    def _unary(self, expression: Unary, state: _State) -> _Value:
        operand = self._value(expression.operand, state)
        if expression.operator == "not":
            outcome = _truth(operand)
            return _BOTH if outcome is None else frozenset((_Atom("false" if outcome else "true"),))
        self._fail_on_nil(operand, expression.operand, "measure" if expression.operator == "#" else "calculate", state)
        return frozenset((_Atom("number", None, 0, expression.start, expression.end),))

    def _call(self, call: Call, state: _State) -> _Value:
        name = call.function.text if isinstance(call.function, Name) else ""
        called = self._value(call.function, state)
        if call.method is not None:
            self._fail_on_nil(called, call.function, "index", state)
        values = [self._value(one, state) for one in call.arguments]
        if name in ("ipairs", "pairs", "next") and call.arguments:
            self._fail_on_nil(values[0], call.arguments[0], "iterate", state)
            return _ANY
        if name in ("tostring", "type"):
            return frozenset((_Atom("string"),))
        if name == "error":
            raise _StopError
        if name not in ("tonumber", "print", "assert", "rawequal"):
            for one in (atom for value in (*values, called) for atom in value):
                if one.kind == "table" and one.table in state.tables:
                    self._let_go(one.table, state, set())
        return _ANY

    def _let_go(self, number: int, state: _State, seen: set[int]) -> None:
        """A table that others got hold of may hold anything from now on, and so may what it holds."""
        if number in seen or number not in state.tables:
            return
        seen.add(number)
        table = state.tables[number]
        for value in table.fields.values():
            for one in value:
                if one.kind == "table":
                    self._let_go(one.table, state, seen)
        state.tables[number] = _TableState({}, True)

    def _fail_on_nil(self, value: _Value, at: Expression, use: str, state: _State) -> None:
        """Ends the path where a value is nil for certain; a problem where every new object comes here."""
        if value and all(one.kind == "nil" for one in value):
            if state.certain and self._fresh and any(one.text == "status" for one in value):
                self.problems.append(HealthProblem("nil-status", at.start, at.end, use))
            raise _StopError


def _constant(constant: Constant) -> _Value:
    if constant.kind == "nil":
        return _NIL
    if constant.kind in ("true", "false"):
        kind: AtomKind = "true" if constant.kind == "true" else "false"
        return frozenset((_Atom(kind, None, 0, constant.start, constant.end),))
    if constant.kind == "string":
        return frozenset((_Atom("string", constant.text, 0, constant.start, constant.end),))
    return frozenset((_Atom("number", constant.text, 0, constant.start, constant.end),))


def _key_of(index: Index) -> str | None:
    key = index.key
    return key.text if isinstance(key, Constant) and key.kind == "string" else None


def _truth(value: _Value) -> bool | None:
    outcomes = {None if one.kind == "any" else one.kind not in ("nil", "absent", "false") for one in value}
    return outcomes.pop() if len(outcomes) == 1 else None


def _equal(left: _Value, right: _Value) -> bool | None:
    outcomes = {_same(one, other) for one in left for other in right}
    return outcomes.pop() if len(outcomes) == 1 else None


def _same(one: _Atom, other: _Atom) -> bool | None:
    if "any" in (one.kind, other.kind):
        return None
    first, second = ("nil" if each.kind == "absent" else each.kind for each in (one, other))
    if first != second:
        return False
    if first in ("nil", "true", "false"):
        return True
    if first == "string" and one.text is not None and other.text is not None:
        return one.text == other.text
    return None


# ---- problems


def health_problems(script: Block, names: Names) -> list[HealthProblem]:
    """What is certainly wrong with a health check, in the order of the text."""
    found = list(_missing_return(script))
    runs = []
    for fresh in (True, False):
        run = _Run(names, fresh)
        try:
            run.follow(script)
        except _GiveUpError:
            continue
        runs.append(run)
        found.extend(run.problems)
        for one in run.returned:
            found.extend(_judge(one, fresh))
        if fresh:
            found.extend(_healthy_at_once(run))
        else:
            found.extend(_healthy_lost(run, script, names))
    if any(one.kind == "status-not-set" for one in found):
        found = [one for one in found if one.kind != "healthy-lost"]  # the same mistake, seen from its other end
    seen: dict[tuple[str, int, int], HealthProblem] = {}
    for each in sorted(found, key=lambda each: (each.start, each.end, each.kind)):
        seen.setdefault((each.kind, each.start, each.end), each)
    return list(seen.values())


def _missing_return(script: Block) -> Iterator[HealthProblem]:
    if not script.statements:
        yield HealthProblem("no-return", 0, 0, "never")
    elif falls_through(script):
        last = script.statements[-1]
        start = last.end - 3 if isinstance(last, (If, While, NumericFor, GenericFor, Do, LocalFunction)) else last.start
        if isinstance(last, Assignment) and isinstance(last.values[-1], Function):
            start = last.end - 3
        yield HealthProblem("no-return", start, last.end, "sometimes" if has_return(script) else "never")


_WORDS = {
    "string": "a string",
    "number": "a number",
    "function": "a function",
    "true": "a boolean",
    "false": "a boolean",
}


def _judge(returned: _Returned, fresh: bool) -> Iterator[HealthProblem]:
    statement, state = returned.statement, returned.state
    if not statement.values:
        yield HealthProblem("return-nothing", statement.start, statement.end)
        return
    last, value = statement.values[-1], returned.values[-1]
    kinds = {one.kind for one in value}
    if kinds == {"nil"} and not any(one.text == "status" for one in value):
        yield HealthProblem("return-nothing", last.start, last.end)
        return
    if kinds and kinds <= _WORDS.keys():
        yield HealthProblem("wrong-return", last.start, last.end, " or ".join(sorted({_WORDS[one] for one in kinds})))
        return
    tables = [state.tables[one.table] for one in value if one.kind == "table"]
    if len(tables) != len(value):
        return
    for table in tables:
        yield from _wrong_fields(table)
    if len(tables) == 1 and not tables[0].open:
        table = tables[0]
        status = table.fields.get("status", _NIL)
        cased = any(name.lower() == "status" for name in table.fields if name != "status")
        never = all(one.kind == "nil" for one in status) and not cased
        if never and (state.certain or not fresh):
            yield HealthProblem("status-not-set", last.start, last.end, "empty" if not table.fields else "")


def _wrong_fields(table: _TableState) -> Iterator[HealthProblem]:
    for one in table.fields.get("status", ()):
        if one.kind == "string" and one.text is not None and one.text not in STATUSES and one.start >= 0:
            yield HealthProblem("unknown-status", one.start, one.end, one.text)
        elif one.kind in ("number", "true", "false", "function") and one.start >= 0:
            yield HealthProblem("status-not-text", one.start, one.end, _WORDS[one.kind])
    for one in table.fields.get("message", ()):
        if one.kind in ("number", "true", "false", "function") and one.start >= 0:
            yield HealthProblem("message-not-text", one.start, one.end, _WORDS[one.kind])


def _healthy_at_once(run: _Run) -> Iterator[HealthProblem]:
    """An object without a status is called Healthy, whatever else it holds."""
    for one in run.returned:
        if not one.state.certain or not one.values:
            continue
        for atom in one.values[-1] if len(one.values[-1]) == 1 else ():
            table = one.state.tables.get(atom.table) if atom.kind == "table" else None
            status = table.fields.get("status", frozenset()) if table is not None and not table.open else frozenset()
            if status and all(each.kind == "string" and each.text == "Healthy" for each in status):
                where = min(status, key=lambda each: each.start)
                yield HealthProblem("healthy-before-status", where.start, where.end)


def _healthy_lost(run: _Run, script: Block, names: Names) -> Iterator[HealthProblem]:
    """`Healthy` is written to a table, and no way through the script returns it: it is overwritten, or in another table."""
    if not run.returned:
        return
    held: set[_Atom] = set()
    for one in run.returned:
        if not one.values:
            return
        for atom in one.values[-1]:
            table = one.state.tables.get(atom.table) if atom.kind == "table" else None
            if table is None or table.open:
                return
            status = table.fields.get("status", _NIL)
            if any(
                each.kind not in ("string", "nil") or (each.kind == "string" and each.text is None) for each in status
            ):
                return
            held |= status
    if any(one.text == "Healthy" for one in held):
        return
    for target, literal in _status_literals(script):
        if literal.text == "Healthy" and not names.of(target).shared:
            yield HealthProblem("healthy-lost", literal.start, literal.end, target.text)


def _status_literals(block: Block) -> Iterator[tuple[Name, Constant]]:
    """`x.status = "…"` outside of functions."""
    for statement in walk(block):
        if isinstance(statement, Assignment):
            for target, value in zip(statement.targets, statement.values, strict=False):
                if (
                    isinstance(target, Index)
                    and isinstance(target.base, Name)
                    and _key_of(target) == "status"
                    and isinstance(value, Constant)
                    and value.kind == "string"
                ):
                    yield target.base, value
