"""Which types go together: what may be compared, ordered, added, and which literals are values of a type; asked by the checker."""

from __future__ import annotations

import re

from gitops_lint.dsl.tree import Bool, ListOf, Literal_, Number, Quantity, Text
from gitops_lint.dsl.types import (
    ANYTHING,
    BOOL,
    DURATION,
    INTEGER,
    NUMBER,
    PERCENT,
    QUANTITY,
    TEXT,
    VERSION,
    BoolType,
    DomainType,
    KindType,
    ListType,
    MapType,
    NumberType,
    PlaceType,
    RecordType,
    ReferenceType,
    TextType,
    Type,
    Untyped,
    common,
)
from gitops_lint.dsl.wording import as_written, meant
from gitops_lint.pattern import pattern

UNITS_OF = {
    "duration": ("ms", "s", "m", "h", "d"),
    "percent": ("%",),
    "quantity": ("m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"),
}
_VERSION = pattern(r"v?\d+(\.\d+){0,2}([-+][0-9A-Za-z.+-]+)?")

# what may be compared with what besides its own kind; a percent counts as its number, a wave is one
_ALIKE = frozenset(
    frozenset(pair)
    for pair in (
        ("number", "wave"),
        ("number", "percent"),
        ("number", "quantity"),
        ("number", "int-or-percent"),
        ("number", "int-or-text"),
        ("percent", "int-or-percent"),
        ("percent", "int-or-text"),
        ("int-or-percent", "int-or-text"),
        ("text", "int-or-percent"),
        ("text", "int-or-text"),
        ("text", "reference"),
        ("text", "version"),
    )
)
# domain values that schemas often call plain text; the run reads them from it
_READ_FROM_TEXT = frozenset(("duration", "percent", "quantity", "wave"))
_ORDERED = frozenset(("number", "duration", "percent", "quantity", "int-or-percent", "int-or-text", "version", "wave"))


def sort_of(given: Type) -> str:
    """One word for what a value is, whatever its details."""
    match given:
        case TextType():
            return "text"
        case NumberType():
            return "number"
        case BoolType():
            return "boolean"
        case DomainType(name=name):
            return name
        case ListType():
            return "list"
        case MapType():
            return "map"
        case RecordType(thing=thing):
            return "thing" if thing else "mapping"
        case KindType():
            return "thing"
        case ReferenceType():
            return "reference"
        case PlaceType():
            return "place"
        case Untyped():
            return "anything"


def comparable(one: Type, two: Type) -> bool:
    """Whether `==` between values of these types can ever be told."""
    left, right = sort_of(one), sort_of(two)
    if "place" in (left, right):
        return False
    if "anything" in (left, right):
        return True
    if left == right:
        if isinstance(one, ListType) and isinstance(two, ListType):
            return comparable(one.item, two.item)
        if isinstance(one, MapType) and isinstance(two, MapType):
            return comparable(one.value, two.value)
        return not _different_languages(one, two)
    return frozenset((left, right)) in _ALIKE or _plain_text_as(one, right) or _plain_text_as(two, left)


def ordered(one: Type, two: Type) -> bool:
    """
    Whether `<` between comparable values means something: amounts, or text that may be read as one.

    Two texts have an order where both read as amounts (many schemas call a duration text), closed sets of words have none.
    """
    return all(sort_of(each) in _ORDERED or _may_be_amount(each) for each in (one, two))


def _may_be_amount(given: Type) -> bool:
    return isinstance(given, Untyped) or _plain_text_as(given, "quantity")


def _plain_text_as(given: Type, sort: str) -> bool:
    return isinstance(given, TextType) and not given.values and not given.language and sort in _READ_FROM_TEXT


def _different_languages(one: Type, two: Type) -> bool:
    """Text of two languages is still text; two closed sets of words that share none can never be equal."""
    if isinstance(one, TextType) and isinstance(two, TextType) and one.values and two.values:
        return not set(one.values) & set(two.values)
    return False


# ---- literals


def type_of_literal(literal: Literal_, beside: Type | None = None) -> Type:
    """
    The type of a literal. beside: what it is compared with or assigned to, which decides what `m` means (minutes beside a
    duration, thousandths beside a quantity).
    """
    match literal:
        case Text():
            return TEXT
        case Number(value=value):
            return INTEGER if isinstance(value, int) else NUMBER
        case Bool():
            return BOOL
        case Quantity(unit=unit):
            return _type_of_unit(unit, beside)
        case ListOf(items=items):
            inner = beside.item if isinstance(beside, ListType) else None
            return ListType(common([type_of_literal(item, inner) for item in items]) if items else ANYTHING)


def _type_of_unit(unit: str, beside: Type | None) -> Type:
    if isinstance(beside, DomainType) and unit in UNITS_OF.get(beside.name, ()):
        return beside
    if unit in UNITS_OF["percent"]:
        return PERCENT
    return DURATION if unit in UNITS_OF["duration"] else QUANTITY


def misfit(literal: Literal_, wanted: Type, *, enum: bool = True, exact: bool = False) -> str | None:
    """
    Why a literal is no value of a type, as words that follow it (`is text, not a duration`), or None where it is one.

    enum: whether a text outside a closed set of words is a misfit. exact: whether `5m` is a misfit beside plain text, which
    may only be compared with it.
    """
    if isinstance(wanted, Untyped):
        return None
    if isinstance(literal, ListOf):
        if not isinstance(wanted, ListType):
            return f"is a list, not {in_words(wanted)}"
        for item in literal.items:
            wrong = misfit(item, wanted.item, enum=enum, exact=exact)
            if wrong is not None:
                return f"holds {as_written(item)}, which {wrong}"
        return None
    if isinstance(literal, Text):
        return _text_misfit(literal, wanted, enum=enum)
    given = type_of_literal(literal, wanted)
    if comparable(given, wanted) and not (exact and isinstance(wanted, TextType)):
        if (
            isinstance(wanted, NumberType)
            and wanted.integer
            and isinstance(literal, Number)
            and isinstance(literal.value, float)
        ):
            return "is not a whole number"
        return None
    hint = ""
    if isinstance(literal, Bool) and isinstance(wanted, TextType):
        hint = ': write it in quotes, "true" or "false"'
    if isinstance(literal, Number) and isinstance(wanted, TextType):
        hint = ": write it in quotes"
    if isinstance(literal, Number) and wanted == VERSION:
        hint = f': write it in quotes, "{literal.value}"'
    if isinstance(literal, Number) and isinstance(wanted, DomainType) and wanted.name in UNITS_OF:
        hint = f": it needs a unit, one of {', '.join(UNITS_OF[wanted.name])}"
    return f"is {in_words(given)}, not {in_words(wanted)}{hint}"


def _text_misfit(literal: Text, wanted: Type, *, enum: bool) -> str | None:
    text = literal.value
    if isinstance(wanted, TextType):
        if enum and wanted.values and text not in wanted.values:
            return f"is never its value{meant(text, wanted.values, have='its values are')}"
        return None
    if isinstance(wanted, DomainType):
        if wanted.name in ("int-or-percent", "int-or-text"):
            return None
        if wanted.name == "version":
            return None if _VERSION.fullmatch(text) else 'is no version such as "2.13"'
        return f"is text, not {in_words(wanted)}: write it without quotes"
    if isinstance(wanted, ReferenceType):
        return None
    if isinstance(wanted, NumberType) and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return f"is text, not {in_words(wanted)}: write it without quotes"
    if isinstance(wanted, BoolType) and text in ("true", "false"):
        return f"is text, not {in_words(wanted)}: write it without quotes, or `is {text}`"
    return f"is text, not {in_words(wanted)}"


def in_words(given: Type) -> str:
    """The type in words with its article: `a duration`, `text`, `an integer`, `a list of text`."""
    match given:
        case TextType():
            return "text"
        case NumberType(integer=integer):
            return "an integer" if integer else "a number"
        case DomainType(name=name):
            words = {"int-or-percent": "an integer or percent", "int-or-text": "an integer or text"}
            return words.get(name, f"a {name}")
        case RecordType(thing=thing, name=name):
            return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}" if thing else "a mapping"
        case KindType(kinds=kinds):
            return "a " + " or ".join(kinds)
        case Untyped():
            return "anything"
        case _:
            return f"a {given}"


# ---- sums


def sum_type(one: Type, two: Type) -> Type | None:
    """What `+` and `-` give, or None where they do not go together: amounts of one sort, and waves with numbers."""
    left, right = sort_of(one), sort_of(two)
    if left == "anything" or right == "anything":
        return ANYTHING
    if left == right and left in ("number", "duration", "percent", "quantity", "wave"):
        return common([one, two])
    if {left, right} == {"number", "wave"}:
        return one if left == "wave" else two
    if {left, right} == {"number", "percent"}:
        return NUMBER
    return None
