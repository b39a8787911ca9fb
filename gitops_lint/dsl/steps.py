"""Steps from one value to the next: fields of nodes, attributes of things, items, `[*]`, and calls that keep secrets secret."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as SequenceOf
from typing import cast

from gitops_lint.dsl.compare import Truth, listed, may_have_more
from gitops_lint.dsl.units import DOMAINS
from gitops_lint.dsl.values import Items, Secret, settle, thing
from gitops_lint.dsl.world import Fact, Thing, Value, World
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Unknown
from gitops_lint.text.scalars import MISSING, UNKNOWN, Missing, UnknownValue, entries, get, get_written, is_null

# Classes of things that were met: there are two or three, which are asked more than all else.
_THINGS: set[type] = set()
_NODES = (Scalar, Mapping, Sequence, Unknown, Missing, UnknownValue)
# Words and beginnings of keys that go-yaml may read as something else than text.
_ODD_WORDS = frozenset(
    case
    for word in ("", "y", "n", "yes", "no", "on", "off", "true", "false", "null", "<<")
    for case in (word, word.capitalize(), word.upper())
)
_ODD_STARTS = frozenset("+-.~0123456789")
# Keys of a Secret are no secrets: messages name them.
_PUBLIC_FIELDS = frozenset(("key",))


def ask(given: Value, key: str) -> Value:
    """The field or attribute of that name: MISSING where it is not there or null, UNKNOWN where the value has no fields."""
    if isinstance(given, Mapping):
        return field(given, key)
    found: Value
    if given.__class__ in _THINGS:
        found = cast(Thing, given).ask(key)
    elif isinstance(given, _NODES):
        return get(given, key)
    elif isinstance(given, dict):
        found = given.get(key)
    elif isinstance(given, Secret):
        return secret(ask(given.value, key))
    elif given is None:
        return MISSING
    else:
        subject = thing(given)
        if subject is None:
            return UNKNOWN
        _THINGS.add(given.__class__)
        found = subject.ask(key)
    return MISSING if found is None else found


def field(mapping: Mapping, key: str) -> Node | Missing | UnknownValue:
    """
    What `scalars.get` answers, in a third of the time for mappings as people write them.

    Rules spend most of their time here. Merges, tags, keys that are no plain words (`on` is true) and keys that are
    templates are left to `get`.
    """
    if key in _ODD_WORDS or key[0] in _ODD_STARTS:
        return get(mapping, key)
    items = mapping.items
    for at in range(len(items) - 2, -1, -2):
        written = items[at]
        if not isinstance(written, Scalar):
            return get(mapping, key)
        text = written.text
        if text == key:
            found = items[at + 1]
            return MISSING if isinstance(found, Scalar) and is_null(found) else found
        if text == "<<" or "{" in text or "<+" in text or written.tag is not None:
            return get(mapping, key)
    return UNKNOWN if mapping.open else MISSING


def item(given: Value, number: int) -> Value:
    """One item of a list, counted from 0, from the end if negative: MISSING beyond a list that is whole, else UNKNOWN."""
    items = listed(given)
    if not isinstance(items, Items):
        return items
    if items.open and number < 0:
        return UNKNOWN
    if -len(items) <= number < len(items):
        return items[number]
    return UNKNOWN if items.open else MISSING


def all_of(given: Value, rest: Callable[[Value], Value] | None) -> Value:
    """
    `[*]` and what follows it: rest of each item of a list or each value of a map, lists among the answers flattened.

    Answers that are missing are left out; after one that is unknown the list may hold more than is shown.
    """
    items = _values(given)
    if not isinstance(items, Items):
        return items
    found = Items(open=items.open)
    for one in items:
        answer = one if rest is None else rest(one)
        if answer is MISSING or (isinstance(answer, Scalar) and is_null(answer)):
            continue
        if answer is UNKNOWN or isinstance(answer, Unknown):
            found.open = True
            continue
        inner = listed(answer)
        if isinstance(inner, Items) and rest is not None:
            found.extend(inner)
            found.open = found.open or inner.open
        else:
            found.append(answer)
    return found


def _values(given: Value) -> Items | Missing | UnknownValue:
    if isinstance(given, Mapping):
        return Items((node for _, _, node in entries(given)), may_have_more(given))
    if isinstance(given, dict):
        return Items(one for one in given.values() if one is not None and one is not MISSING)
    if isinstance(given, Secret):
        found = _values(given.value)
        return Items(map(secret, found), found.open) if isinstance(found, Items) else found
    return listed(given)


def written_null(given: Value, key: str) -> Truth:
    """Whether a field is there and null."""
    if isinstance(given, Secret):
        return written_null(given.value, key)
    if isinstance(given, _NODES):
        found = get_written(given, key)
        if settle(found) is UNKNOWN:
            return None
        return isinstance(found, Scalar) and is_null(found)
    if isinstance(given, dict):
        return key in given and given[key] is None
    subject = thing(given)
    if subject is None:
        return None
    answer = subject.ask(key)
    if answer is None or answer is MISSING:
        # A subject leaves nulls out of its answers; the text still shows them.
        return isinstance(subject.node, Mapping) and written_null(subject.node, key)
    return None if settle(answer) is UNKNOWN else False


# ---- secrets


def secret(given: Value) -> Value:
    """A value that was taken out of a secret: kept from messages, unless there is nothing to tell."""
    if given is MISSING or given is UNKNOWN or given is None or isinstance(given, bool | Secret):
        return given
    if isinstance(given, Fact):
        fields = {name: one if name in _PUBLIC_FIELDS else secret(one) for name, one in given.fields.items()}
        return Fact(given.record, given.at, fields, given.title)
    if isinstance(given, list | tuple):
        return Items(map(secret, given), isinstance(given, Items) and given.open)
    if thing(given) is not None or given.__class__ in DOMAINS:
        return given
    return Secret(given)


def call(world: World, function: str, args: SequenceOf[Value]) -> Value:
    """What a function of the vocabulary answers. It gets what a secret holds; its answer is a secret then."""
    for arg in args:
        if isinstance(arg, Secret):
            return secret(_called(world, function, [one.value if isinstance(one, Secret) else one for one in args]))
    return _called(world, function, args)


def _called(world: World, function: str, args: SequenceOf[Value]) -> Value:
    found = world.call(function, args)
    return MISSING if found is None else found
