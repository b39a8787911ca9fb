"""
Dataclasses that cost little to declare: what `dataclasses.dataclass(slots=True)` makes, at a twentieth of its cost.

The standard library compiles the text of six methods for every class, about a millisecond each: with some hundred classes
that was a quarter of the time that a small repository takes. Here methods are closures, and the text of `__init__` is
compiled when the first object is made. `dataclasses.replace`, `fields`, `is_dataclass`, matching, pickling and copying
work as ever; fields are declared with `dataclasses.field`. Used by every room.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, field, make_dataclass
from typing import Any, Literal, TypeVar, dataclass_transform

T = TypeVar("T")

_FIELDS = "__dataclass_fields__"  # what `dataclasses` looks for
_OWN = "__own_fields__"


class Declared:
    """One field of a class. default, factory: MISSING where there is none, as in `dataclasses`."""

    __slots__ = ("compare", "default", "factory", "init", "name", "repr", "type")

    def __init__(self, name: str, type: Any, given: Any) -> None:
        self.name = name
        self.type = type
        declared = isinstance(given, Field)
        if declared and (given.kw_only is True or given.hash not in (None, given.compare)):
            raise TypeError(f"the field {name} asks for what this dataclass does not offer")
        self.default = given.default if declared else given
        self.factory = given.default_factory if declared else MISSING
        self.init = given.init if declared else True
        self.compare = given.compare if declared else True
        self.repr = given.repr if declared else True
        if not self.init and self.required:
            raise TypeError(f"nothing gives the field {name} a value")
        if self.default is not MISSING and self.default.__class__.__hash__ is None:
            raise ValueError(f"the default of the field {name} can change: use a default_factory")

    @property
    def required(self) -> bool:
        return self.default is MISSING and self.factory is MISSING


@dataclass_transform(field_specifiers=(field,))
def dataclass(
    *, slots: Literal[True], frozen: bool = False, eq: bool = True, order: bool = False, repr: bool = True
) -> Callable[[type[T]], type[T]]:
    """
    Makes a class with slots a dataclass; the words are those of `dataclasses.dataclass`.

    Raises TypeError for fields without a default after those with one, and for fields that are not offered here: `kw_only`, a
    `hash` of their own, class variables.
    """

    def made(cls: type[T]) -> type[T]:
        own = {name: _declared(cls, name, type) for name, type in cls.__annotations__.items()}
        declared = {**_inherited(cls), **own}
        _check_order(cls, declared.values())
        members = {name: value for name, value in vars(cls).items() if name not in own}
        for gone in ("__dict__", "__weakref__"):
            members.pop(gone, None)
        members["__slots__"] = tuple(own)
        members["__match_args__"] = tuple(one.name for one in declared.values() if one.init)
        members[_OWN] = declared
        members[_FIELDS] = _StandardFields()
        members["__init__"] = _first_init(declared, frozen)
        compared = _values(one.name for one in declared.values() if one.compare)
        if repr:
            members.setdefault("__repr__", _repr(tuple(one.name for one in declared.values() if one.repr)))
        if eq:
            members.setdefault("__eq__", _eq(compared))
            # a class with `__eq__` alone has `__hash__ = None` among its members
            if "__hash__" not in vars(cls) or (vars(cls)["__hash__"] is None and "__eq__" in vars(cls)):
                members["__hash__"] = _hash(compared) if frozen else None
        if order:
            for word in ("lt", "le", "gt", "ge"):
                members[f"__{word}__"] = _comparison(getattr(operator, word), compared)
        if frozen:
            members["__setattr__"] = _refuse_change
            members["__delattr__"] = _refuse_removal
            members["__getstate__"] = _state
            members["__setstate__"] = _set_state
        metaclass: Any = type(cls)
        new: type[T] = metaclass(cls.__name__, cls.__bases__, members)
        return new

    return made


def _declared(cls: type[Any], name: str, type: Any) -> Declared:
    if isinstance(type, str) and type.startswith(("ClassVar", "InitVar")):
        raise TypeError(f"{cls.__name__}.{name} asks for what this dataclass does not offer")
    return Declared(name, type, vars(cls).get(name, MISSING))


def _inherited(cls: type[Any]) -> Mapping[str, Declared]:
    found: dict[str, Declared] = {}
    for base in reversed(cls.__mro__[1:]):
        found.update(vars(base).get(_OWN, {}))
    return found


def _check_order(cls: type[Any], declared: Iterable[Declared]) -> None:
    optional = ""
    for one in declared:
        if one.required and optional:
            raise TypeError(f"{cls.__name__}.{one.name} has no default, but {optional} before it has one")
        if not one.required:
            optional = one.name


def fields_of(cls: type[Any]) -> Mapping[str, Declared]:
    """The fields of a class that `dataclass` made, by name, in the order of its arguments. Raises KeyError for another class."""
    found: Mapping[str, Declared] = vars(cls)[_OWN]
    return found


# ---- methods


def _values(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives some fields of an object as a tuple."""
    wanted = tuple(names)
    if len(wanted) > 1:
        return operator.attrgetter(*wanted)
    return lambda self: tuple(getattr(self, name) for name in wanted)


def _first_init(declared: Mapping[str, Declared], frozen: bool) -> Callable[..., None]:
    """An `__init__` that puts a compiled one into its place when it is called first."""

    def init(self: Any, *args: Any, **given: Any) -> None:
        owner = next(one for one in type(self).__mro__ if vars(one).get(_OWN) is declared)
        compiled = _compiled_init(owner, declared, frozen)
        type.__setattr__(owner, "__init__", compiled)
        compiled(self, *args, **given)

    return init


def _compiled_init(owner: type[Any], declared: Mapping[str, Declared], frozen: bool) -> Callable[..., None]:
    known: dict[str, Any] = {"_missing": MISSING}
    head, body = ["self"], []
    for name, one in declared.items():
        value = name
        if one.factory is not MISSING:
            known[f"_factory_{name}"] = one.factory
            argument = f"{name}=_missing"
            value = f"_factory_{name}() if {name} is _missing else {name}" if one.init else f"_factory_{name}()"
        elif one.default is not MISSING:
            known[f"_default_{name}"] = one.default
            argument = f"{name}=_default_{name}"
            value = name if one.init else f"_default_{name}"
        else:
            argument = name
        if one.init:
            head.append(argument)
        if frozen:
            # the slot itself takes what `__setattr__` refuses
            known[f"_set_{name}"] = getattr(owner, name).__set__
            body.append(f"    _set_{name}(self, {value})")
        else:
            body.append(f"    self.{name} = {value}")
    text = f"def __init__({', '.join(head)}):\n" + ("\n".join(body) or "    pass")
    # the text is made of names of fields alone, which are names of Python
    exec(text, known)
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{owner.__qualname__}.__init__"
    return made


def _repr(names: tuple[str, ...]) -> Callable[[Any], str]:
    def shown(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return shown


def _eq(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, object], object]:
    def equal(self: Any, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    return equal


def _hash(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    return lambda self: hash(values(self))


def _comparison(
    holds: Callable[[Any, Any], bool], values: Callable[[Any], tuple[Any, ...]]
) -> Callable[[Any, object], object]:
    def compare(self: Any, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return holds(values(self), values(other))

    return compare


def _refuse_change(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_removal(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in getattr(self, _OWN)]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(getattr(self, _OWN), state, strict=True):
        object.__setattr__(self, name, value)


# ---- what `dataclasses` asks


class _StandardFields:
    """The fields as `dataclasses` knows them, made when they are asked for: most classes are never asked."""

    def __get__(self, instance: object, owner: type[Any]) -> Mapping[str, Field[Any]]:
        cls = next(one for one in owner.__mro__ if vars(one).get(_FIELDS) is self)
        # a class with the same fields, so that none of the library's own parts is touched
        like = make_dataclass(cls.__name__, [_standard(one) for one in vars(cls)[_OWN].values()])
        made: Mapping[str, Field[Any]] = getattr(like, _FIELDS)
        type.__setattr__(cls, _FIELDS, made)
        return made


def _standard(one: Declared) -> tuple[str, Any, Any]:
    if one.factory is not MISSING:
        made = field(default_factory=one.factory, init=one.init, compare=one.compare, repr=one.repr)
    else:
        made = field(default=one.default, init=one.init, compare=one.compare, repr=one.repr)
    return one.name, one.type, made
