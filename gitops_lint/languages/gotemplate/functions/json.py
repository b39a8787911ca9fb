"""
JSON as Go's encoding/json writes and reads it.

Source: Masterminds/sprig v3.3.0 defaults.go; Go encoding/json/encode.go, decode.go, scanner.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, isnan
from typing import Any, NoReturn

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import Function, FunctionError, NotDeterministicError, Struct
from gitops_lint.languages.gotemplate.functions.characters import runes
from gitops_lint.languages.gotemplate.functions.jsonmistakes import mistake_of
from gitops_lint.languages.gotemplate.functions.limits import check_size
from gitops_lint.languages.gotemplate.functions.ordering import ordered
from gitops_lint.languages.gotemplate.functions.structs import JsonStruct
from gitops_lint.languages.gotemplate.printing import DEEPEST, shortest, type_name
from gitops_lint.languages.gotemplate.quoting import utf8
from gitops_lint.languages.gotemplate.values import NilList, NilStringList, Value
from gitops_lint.pattern import pattern

_ESCAPED = pattern('["\\\\\x00-\x1f\u2028\u2029\ud800-\udfff]')
_ESCAPED_HTML = pattern('["\\\\\x00-\x1f\u2028\u2029\ud800-\udfff<>&]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN_FROM, _PLAIN_BELOW = 1e-6, 1e21
"""The numbers between which a float is written without an exponent."""


def encode(value: Value, *, html: bool = True, indent: str = "") -> str:
    """
    The JSON of a value. html: `<`, `>` and `&` are escaped. Raises FunctionError for what JSON has no word for.
    """
    pieces: list[str] = []
    size = 0
    for piece in _pieces(value, _ESCAPED_HTML if html else _ESCAPED, indent, 0):
        pieces.append(piece)
        size += len(piece)
        check_size(size)
    return "".join(pieces)


def _pieces(value: Value, escaped: Any, indent: str, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        raise BeyondLimitError("the value is too deep to be written as JSON", 0, 0)
    if isinstance(value, str):
        yield _string(value, escaped)
    elif isinstance(value, dict):
        names = sorted(value, key=utf8)
        items: Iterator[tuple[str, Value]] = ((_string(name, escaped) + ":", value[name]) for name in names)
        yield from _within("{", "}", items, escaped, indent, depth)
    elif isinstance(value, NilList | NilStringList):
        yield "null"
    elif isinstance(value, list):
        yield from _within("[", "]", (("", one) for one in ordered(value)), escaped, indent, depth)
    else:
        yield scalar_text(value)


def _within(
    opening: str, closing: str, items: Iterator[tuple[str, Value]], escaped: Any, indent: str, depth: int
) -> Iterator[str]:
    """Items with what stands before each."""
    yield opening
    lead = ""
    for before, one in items:
        yield f"{lead}\n{indent * (depth + 1)}" if indent else lead
        yield f"{before} " if before and indent else before
        yield from _pieces(one, escaped, indent, depth + 1)
        lead = ","
    yield f"\n{indent * depth}{closing}" if indent and lead else closing


def scalar_text(value: Value) -> str:
    """The JSON of what is no text, list or map."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, JsonStruct):
        return f'"{value.json_text()}"'
    if isinstance(value, Struct):
        raise NotDeterministicError(f"the JSON of a {value.go_type} is not computed offline")
    raise FunctionError(f"json: unsupported type: {type_name(value)}")


def number(value: float) -> str:
    """A float64 as JavaScript writes it. Raises FunctionError for an infinity and for NaN."""
    if not isfinite(value):
        raise FunctionError(f"json: unsupported value: {'NaN' if isnan(value) else '+Inf' if value > 0 else '-Inf'}")
    if value == 0 or _PLAIN_FROM <= abs(value) < _PLAIN_BELOW:
        return shortest(value, "f")
    text = shortest(value, "e")
    return f"{text[:-2]}{text[-1]}" if text[-4:-1] == "e-0" else text


def _string(text: str, escaped: Any) -> str:
    made: str = escaped.sub(_escape, text)
    return f'"{made}"'


def _escape(found: Any) -> str:
    character = found.group()
    if "\ud800" <= character <= "\udfff":
        return "\\ufffd"  # a byte that is no UTF-8
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def encode_or_nothing(value: Value, *, indent: str = "") -> str:
    """Of what JSON has no word for, nothing: sprig drops the error."""
    try:
        return encode(value, indent=indent)
    except FunctionError:
        return ""


def decode(text: str) -> Value:
    """The value of a JSON text, its numbers float64. Raises FunctionError in Go's words."""
    import json  # most templates read none

    text = runes(text)
    mistake: list[str] = []

    def decimal(written: str) -> float | None:
        value = float(written)
        if isfinite(value):
            return value
        mistake.append(f"json: cannot unmarshal number {written} into Go value of type float64")
        return None

    try:
        value = json.loads(text, parse_float=decimal, parse_int=decimal, parse_constant=_refuse_constant)
    except ValueError:
        raise FunctionError(mistake_of(text)) from None
    except RecursionError:
        raise BeyondLimitError("the JSON text is too deep", 0, 0) from None
    if mistake:
        raise _NumberError(mistake[0], value)
    return _without_surrogates(value) if "\\u" in text else value


class _NumberError(FunctionError):
    """value: what Go has read all the same, nil where the number stands."""

    def __init__(self, message: str, value: Value) -> None:
        super().__init__(message)
        self.value = value


def decode_or_nil(text: str) -> Value:
    try:
        return decode(text)
    except _NumberError as error:
        return error.value
    except FunctionError:
        return None


def _refuse_constant(written: str) -> NoReturn:
    raise ValueError(written)


def _without_surrogates(value: Value) -> Value:
    """Half a pair (`\\ud800`) is U+FFFD in Go."""
    if isinstance(value, str):
        return runes(value)
    if isinstance(value, dict):
        return {runes(key): _without_surrogates(one) for key, one in value.items()}
    return [_without_surrogates(one) for one in value] if isinstance(value, list) else value


JSON = (
    Function("toJson", encode_or_nothing, ("any",)),
    Function("toPrettyJson", lambda value: encode_or_nothing(value, indent="  "), ("any",)),
    *(Function(name, lambda value: encode(value, html=False), ("any",)) for name in ("toRawJson", "mustToRawJson")),
    Function("mustToJson", encode, ("any",)),
    Function("mustToPrettyJson", lambda value: encode(value, indent="  "), ("any",)),
    Function("fromJson", decode_or_nil, ("string",)),
    Function("mustFromJson", decode, ("string",)),
)
