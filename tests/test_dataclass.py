"""Dataclasses that cost little to declare do what the standard library's do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from gitops_lint.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A place."""

    x: int
    y: int = 2
    tags: tuple[str, ...] = ()
    note: str = field(default="", compare=False, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class StandardPoint:
    """The same, made by the standard library."""

    x: int
    y: int = 2
    tags: tuple[str, ...] = ()
    note: str = field(default="", compare=False, repr=False)


@dataclass(slots=True)
class Basket:
    items: list[int] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(slots=True, eq=False)
class Node:
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Leaf(Node):
    text: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Level:
    number: int

    def __str__(self) -> str:
        return str(self.number)


@dataclass(slots=True, eq=False, repr=False)
class Quiet:
    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class Empty:
    pass


GIVEN: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, 3), {}),
    ((), {"x": 1, "note": "n"}),
    ((1, 2, ("a",), "n"), {}),
]


@pytest.mark.parametrize(("args", "given"), GIVEN)
def test_an_object_reads_compares_and_hashes_as_the_standard_one(args: tuple[Any, ...], given: dict[str, Any]) -> None:
    ours = Point(*args, **given)
    theirs: Any = StandardPoint(*args, **given)

    assert [getattr(ours, name) for name in Point.__match_args__] == list(dataclasses.astuple(theirs))
    assert repr(ours) == repr(theirs).replace("Standard", "")
    assert hash(ours) == hash(theirs)
    for others, more in GIVEN:
        assert (ours == Point(*others, **more)) == (theirs == StandardPoint(*others, **more))
    assert (ours == theirs) is False


@pytest.mark.parametrize(("args", "given"), [((), {}), ((1, 2, (), "", 5), {}), ((1,), {"z": 1}), ((1,), {"x": 1})])
def test_wrong_arguments_are_refused_also_for_the_first_object(args: tuple[Any, ...], given: dict[str, Any]) -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        x: int
        y: int = 2
        tags: tuple[str, ...] = ()
        note: str = ""

    for _ in range(2):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            Fresh(*args, **given)


def test_a_frozen_object_cannot_be_changed() -> None:
    point = Point(1)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.__setattr__("x", 2)
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        point.__delattr__("x")


def test_there_is_room_for_the_fields_alone() -> None:
    basket = Basket()

    assert not hasattr(basket, "__dict__")
    with pytest.raises(AttributeError):
        basket.__setattr__("other", 2)


def test_each_object_gets_a_default_of_its_own() -> None:
    one, other = Basket(), Basket()
    one.items.append(1)
    one.known["a"] = 1

    assert (other.items, other.known) == ([], {})
    assert one != other
    assert Basket([1]) == one


def test_an_object_that_can_change_and_compares_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Basket())

    assert hash(Node(1, 2)) != hash(Node(1, 2))
    assert Node(1, 2) != Node(1, 2)


def test_fields_of_a_class_above_come_first() -> None:
    leaf = Leaf(1, 2, "x")

    assert (leaf.start, leaf.end, leaf.text) == (1, 2, "x")
    assert repr(leaf) == "Leaf(start=1, end=2, text='x')"
    assert [one.name for one in dataclasses.fields(Leaf)] == ["start", "end", "text"]
    assert [one.name for one in dataclasses.fields(Node)] == ["start", "end"]


def test_ordered_objects_compare_by_their_fields() -> None:
    assert sorted([Level(2), Level(1)]) == [Level(1), Level(2)]
    assert Level(1) < Level(2) <= Level(2) < Level(3)
    assert Level(3) > Level(2) >= Level(2)
    other: Any = 2
    with pytest.raises(TypeError, match="not supported"):
        assert Level(1) < other


def test_methods_that_a_class_has_stay() -> None:
    assert (str(Level(3)), repr(Quiet("q"))) == ("3", "<q>")


def test_an_object_without_fields() -> None:
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    assert pickle.loads(pickle.dumps(Empty())) == Empty()


def test_matching_takes_fields_in_their_order() -> None:
    match Point(1, 5):
        case Point(x, y):
            found = (x, y)

    assert found == (1, 5)
    assert Basket.__match_args__ == ("items",)


@pytest.mark.parametrize("given", [Point(1, 3, ("a",), "n"), Basket([1]), Level(3)])
def test_an_object_survives_pickling_and_copying(given: object) -> None:
    assert pickle.loads(pickle.dumps(given)) == given
    assert copy.copy(given) == given
    assert copy.deepcopy(given) == given


def test_the_library_knows_the_fields() -> None:
    ours, theirs = dataclasses.fields(Point), dataclasses.fields(StandardPoint)

    assert [(one.name, one.type, one.default, one.compare, one.repr) for one in ours] == [
        (one.name, one.type, one.default, one.compare, one.repr) for one in theirs
    ]
    assert dataclasses.replace(Point(1, 3, note="n"), x=2) == Point(2, 3)
    assert dataclasses.replace(Point(1, 3, note="n"), x=2).note == "n"
    assert dataclasses.asdict(Basket([1])) == {"items": [1], "known": {}}
    assert dataclasses.is_dataclass(Point)


def test_a_field_without_default_stands_before_those_with_one() -> None:
    wrong = type("Wrong", (), {"__annotations__": {"x": "int", "y": "int"}, "x": 1})

    with pytest.raises(TypeError, match=r"Wrong\.y has no default, but x before it has one"):
        dataclass(slots=True)(wrong)


def test_a_default_that_can_change_is_refused() -> None:
    with pytest.raises(ValueError, match="the default of the field x can change"):

        @dataclass(frozen=True, slots=True)
        class Wrong:
            x: list[int] = []  # noqa: RUF012


@pytest.mark.parametrize("given", [field(kw_only=True), field(hash=True, compare=False), field(init=False)])
def test_fields_that_are_not_offered_are_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="the field x"):
        dataclass(slots=True)(type("Wrong", (), {"__annotations__": {"x": "int"}, "x": given}))
