"""Functions of the rule language that know no controller: texts, lists, entries of maps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gitops_lint.config.globs import matches as matches_globs
from gitops_lint.dsl.compare import may_have_more
from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, TEXT, Field, ListType, MapType, Type
from gitops_lint.dsl.values import Items, settle, show
from gitops_lint.dsl.world import Fact, Parameter, Value
from gitops_lint.policy.vocabulary import function, record
from gitops_lint.text.nodes import Mapping, Scalar, children
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, templated, text_of
from gitops_lint.text.scalars import entries as mapping_entries

ENTRY = record(
    "Entry",
    {
        "key": Field(TEXT, optional=False, doc="the key; its place is the key's own"),
        "value": Field(ANYTHING, optional=True, doc="the value; missing where it is null"),
    },
    doc="one key of a mapping with its value",
)

_TEXTS = (Parameter("text", TEXT),)


def as_text(value: Value) -> str | None:
    """The text of a node or a plain value; None for what is no text."""
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return show(value)
    return None


@function("before", (*_TEXTS, Parameter("separator", TEXT)), TEXT)
def before(text: Value, separator: Value) -> Value:
    """The part of a text before the first separator; the whole text where it holds none."""
    whole, mark = as_text(text), as_text(separator)
    return UNKNOWN if whole is None or mark is None else whole.partition(mark)[0]


@function("after", (*_TEXTS, Parameter("separator", TEXT)), TEXT)
def after(text: Value, separator: Value) -> Value:
    """The part of a text behind the first separator; empty where it holds none."""
    whole, mark = as_text(text), as_text(separator)
    return UNKNOWN if whole is None or mark is None else whole.partition(mark)[2]


@function("joined", _TEXTS, TEXT, variadic=True)
def joined(*texts: Value) -> Value:
    """Texts in a row, with nothing between them: what a fix writes."""
    parts = [as_text(one) for one in texts]
    return UNKNOWN if None in parts else "".join(part for part in parts if part is not None)


@function("lower", _TEXTS, TEXT)
def lower(text: Value) -> Value:
    """A text in lower case."""
    whole = as_text(text)
    return UNKNOWN if whole is None else whole.lower()


@function("trimmed", _TEXTS, TEXT)
def trimmed(text: Value) -> Value:
    """A text without white space around it."""
    whole = as_text(text)
    return UNKNOWN if whole is None else whole.strip()


@function("split", (*_TEXTS, Parameter("separator", TEXT)), ListType(TEXT))
def split(text: Value, separator: Value) -> Value:
    """The parts of a text between separators, white space around them dropped; an empty text has none."""
    whole, mark = as_text(text), as_text(separator)
    if whole is None or not mark:
        return UNKNOWN
    return [part.strip() for part in whole.split(mark)] if whole.strip() else []


@function("text", (Parameter("value", ANYTHING),), TEXT)
def text(value: Value) -> Value:
    """A value as text, as a message would show it."""
    return show(value)


@function("count", (Parameter("values", ANYTHING),), INTEGER, lenient=True)
def count(values: Value) -> Value:
    """How many items a list or entries a map has; 0 where it is missing."""
    if values is MISSING:
        return 0
    if isinstance(values, SequenceNode):
        return UNKNOWN if values.open else len(values.items)
    if isinstance(values, Mapping):
        return UNKNOWN if values.open else len(mapping_entries(values))
    if isinstance(values, (list, tuple)):
        return len(values)
    return UNKNOWN


@function("length", _TEXTS, INTEGER)
def length(text: Value) -> Value:
    """How many characters a text has."""
    whole = as_text(text)
    return UNKNOWN if whole is None else len(whole)


def _entry_type(types: Sequence[Type]) -> Type:
    return ListType(ENTRY)


@function(
    "entries",
    (Parameter("map", MapType(ANYTHING)),),
    ListType(ENTRY),
    variadic=True,
    lenient=True,
    result_type=_entry_type,
)
def entries(*maps: Value) -> Value:
    """The entries of one or more maps, in the order of the text; each has a `key` and a `value`."""
    found = Items()
    for each in maps:
        if settle(each) is UNKNOWN:
            return UNKNOWN
        if isinstance(each, Mapping):
            found.open = found.open or may_have_more(each)
            for name, key, value in mapping_entries(each):
                fields: dict[str, Value] = {"key": key if text_of(key) == name else name, "value": value}
                found.append(Fact("Entry", key, fields, title=name))
    return found


@function("strings", (Parameter("value", ANYTHING),), ListType(TEXT), lenient=True)
def strings(value: Value) -> Value:
    """Every scalar value below a node, keys left out, in the order of the text."""
    node = getattr(value, "node", value)
    return list(_scalars(node)) if isinstance(node, (Scalar, Mapping, SequenceNode)) else []


def _scalars(node: Value) -> Iterable[Scalar]:
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, Scalar):
            yield here
        elif isinstance(here, Mapping):
            pending.extend(reversed(here.items[1::2]))
        elif isinstance(here, SequenceNode):
            pending.extend(reversed(children(here)))


@function("matches_any", (Parameter("file", TEXT), Parameter("globs", ListType(TEXT))), BOOL)
def matches_any(file: Value, globs: Value) -> Value:
    """Whether a path fits one of the globs, as `.gitignore` reads them."""
    path = as_text(file)
    if path is None or not isinstance(globs, (list, tuple)):
        return UNKNOWN
    return matches_globs(tuple(str(each) for each in globs), path)


@function("holds_template", (Parameter("text", ANYTHING),), BOOL, lenient=True)
def holds_template(value: Value) -> Value:
    """Whether a text holds `{{…}}`, `${…}` or `<+…>`, which somebody may fill in before it is applied."""
    found = as_text(value)
    return False if found is None else templated(found)
