"""
What go-yaml makes of a scalar, and nodes to plain values: the only room that decides what `on`, `017` or `1e3` is.

Two readers are known: "v2" (sigs.k8s.io/yaml: kubectl, Argo CD) and "v3" (kustomize). Callers name the reader, nodes do
not. Source: kubernetes-sigs/yaml goyaml.v2/resolve.go, goyaml.v2/decode.go, goyaml.v3/resolve.go, yaml.go.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from enum import Enum
from functools import lru_cache
from typing import Final, Literal, NoReturn, TypeAlias

from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Reader = Literal["v2", "v3"]


class Missing(Enum):
    """The type of MISSING: there is no such value. It is neither true nor false."""

    MISSING = "missing"

    def __bool__(self) -> NoReturn:
        raise TypeError("MISSING is neither true nor false: compare with `is`")


class UnknownValue(Enum):
    """The type of UNKNOWN: there may be a value, but it cannot be known from here. It is neither true nor false."""

    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("UNKNOWN is neither true nor false: compare with `is`")


MISSING: Final = Missing.MISSING
UNKNOWN: Final = UnknownValue.UNKNOWN

_TAG = "tag:yaml.org,2002:"
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
_TRUE_V2 = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE_V2 = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF"))
_NO_JSON = frozenset(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")) | frozenset(
    (".nan", ".NaN", ".NAN")
)
# Only text that starts with one of these can be anything but a string.
_HINTS = frozenset("+-0123456789yYnNtTfFoO~.")
# A plain key that is one of these words, or starts with one of these signs, may become another text.
_ODD_WORDS = _NULLS | _TRUE | _FALSE | _TRUE_V2 | _FALSE_V2
_ODD_STARTS = frozenset("+-0123456789.")
ODD: Final[dict[str, int]] = {}  # the places of a mapping whose keys have to be looked at one by one
_INT = pattern(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))", re.ASCII)
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_DATE = pattern(r"[0-9]{4}-(0?[1-9]|1[0-2])-(0?[1-9]|[12][0-9]|3[01])", re.ASCII)
_TOKENS = (("{{", "}}"), ("${", "}"), ("<+", ">"))


def templated(text: str) -> bool:
    """Whether text holds `{{…}}`, `<+…>` or `${…}`, which somebody may expand before it is applied."""
    for opening, closing in _TOKENS:
        at = text.find(opening)
        # The first opening decides: what closes a later one closes it too.
        if at >= 0 and text.find(closing, at + len(opening)) >= 0:
            return True
    return False


def text_of(node: Node | Missing | UnknownValue) -> str | None:
    """The text of a scalar as YAML unescapes it, whatever its type; None for anything else."""
    return node.text if isinstance(node, Scalar) else None


def is_null(node: Node | Missing | UnknownValue) -> bool:
    """Whether a node is a written null: `~`, `null`, or a key without a value."""
    return isinstance(node, Scalar) and node.text in _NULLS and typed(node) is None


def value(node: Node | Missing | UnknownValue, reader: Reader = "v2") -> Plain | Missing | UnknownValue:
    """
    The value of one scalar, by the reader's table: None for a written null.

    UNKNOWN for a scalar that a person wrote and that is templated, for a value the reader refuses (`.inf`, `!!int x`),
    for a node Unknown, and for a mapping or sequence: those are compared by their parts, or made with `plain`.
    MISSING and UNKNOWN are passed on.
    """
    if isinstance(node, Scalar):
        if node.origin is None and templated(node.text):
            return UNKNOWN
        return typed(node, reader)
    if node is MISSING:
        return MISSING
    return UNKNOWN


def typed(scalar: Scalar, reader: Reader = "v2") -> bool | int | float | str | UnknownValue | None:
    """What the reader makes of a scalar, templated or not; UNKNOWN where it refuses the value."""
    if scalar.tag is not None:
        return _tagged(scalar.text, scalar.tag, reader)
    text = scalar.text
    if scalar.style != "plain" or (text and text[0] not in _HINTS):
        return text
    return _resolve(text, reader)


@lru_cache(maxsize=4096)
def _resolve(text: str, reader: Reader) -> bool | int | float | str | UnknownValue | None:
    if text in _NULLS:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if reader == "v2":
        if text in _TRUE_V2:
            return True
        if text in _FALSE_V2:
            return False
    if text in _NO_JSON:
        return UNKNOWN  # JSON has no such number: every reader of Kubernetes fails
    number = _number(text)
    if number is not None:
        return number
    if reader == "v3" and _DATE.fullmatch(text):
        year, month, day = text.split("-")
        return f"{year}-{int(month):02}-{int(day):02}T00:00:00Z"
    return text


def _number(text: str) -> int | float | None:
    if text[0] == ".":
        if not _FLOAT.fullmatch(text):
            return None
        return _float(text)
    if text[0] not in "+-0123456789":
        return None
    digits = text.replace("_", "")
    found = _INT.fullmatch(digits)
    if found is not None:
        sign, hexadecimal, octal, binary, decimal = found.groups()
        if hexadecimal is not None:
            number = int(hexadecimal, 16)
        elif octal is not None:
            number = int(octal, 8)
        elif binary is not None:
            number = int(binary, 2)
        else:
            number = int(decimal) if len(decimal) < 25 else 1 << 64
        if sign == "-":
            number = -number
        # Beyond int64 only an unsigned number without a sign is read as an integer.
        if -(1 << 63) <= number < 1 << 63 or (not sign and number < 1 << 64):
            return number
    if _FLOAT.fullmatch(digits):
        return _float(digits)
    return None


def _float(text: str) -> int | float | None:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return None
    # JSON writes 1.0 as 1, and a reader of JSON takes it as an integer.
    if number.is_integer() and -(1 << 63) <= number < 1 << 63:
        return int(number)
    return number


def _tagged(text: str, tag: str, reader: Reader) -> bool | int | float | str | UnknownValue | None:
    kind = tag.removeprefix(_TAG) if tag.startswith(_TAG) else ""
    if kind == "binary":
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", errors="replace")
        except (binascii.Error, ValueError):
            return UNKNOWN
    if kind not in ("bool", "int", "float", "null", "timestamp"):
        return text  # !!str, and tags that go-yaml does not know: ignored
    resolved = _resolve(text, reader) if not text or text[0] in _HINTS else text
    fits = {
        "bool": isinstance(resolved, bool),
        "int": isinstance(resolved, int) and not isinstance(resolved, bool),
        "float": isinstance(resolved, (int, float)) and not isinstance(resolved, bool),
        "null": resolved is None,
        "timestamp": isinstance(resolved, str),
    }
    return resolved if fits[kind] else UNKNOWN


def key_text(key: Node, reader: Reader = "v2") -> str | None:
    """
    The string a key becomes in JSON: `on` is "true" for v2, `1` is "1", `010` is "8".

    None for a key that no JSON object can have: null, a mapping, a sequence, `.inf`, a node Unknown.
    Source: kubernetes-sigs/yaml yaml.go, convertToJSONableObject.
    """
    if not isinstance(key, Scalar):
        return None
    if key.tag is None and (key.style != "plain" or (key.text and key.text[0] not in _HINTS)):
        return key.text
    resolved = typed(key, reader)
    if isinstance(resolved, str):
        return resolved
    if isinstance(resolved, bool):
        return "true" if resolved else "false"
    if isinstance(resolved, int):
        if "." in key.text or ("e" in key.text.lower() and not key.text.lower().startswith(("0x", "+0x", "-0x"))):
            return _float_key(float(resolved))
        return str(resolved)
    if isinstance(resolved, float):
        return _float_key(resolved)
    return None


def _float_key(number: float) -> str:
    # strconv.FormatFloat(number, 'g', -1, 32): the shortest digits that give the same 32-bit float.
    try:
        single = struct.pack("f", number)
    except OverflowError:
        return "+Inf" if number > 0 else "-Inf"
    shortest = next(text for n in range(17) if struct.pack("f", float(text := f"{number:.{n}e}")) == single)
    mantissa, exponent = shortest.split("e")
    power = int(exponent)
    if -4 <= power < 6:
        return f"{float(shortest):.{max(0, len(mantissa.partition('.')[2]) - power)}f}"
    return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02}"


def is_merge(key: Node) -> bool:
    """Whether a key is YAML's merge key: an unquoted `<<`, or one with the tag !!merge."""
    return (
        isinstance(key, Scalar)
        and key.text == "<<"
        and ((key.style == "plain" and key.tag is None) or key.tag == _TAG + "merge")
    )


def key_node(mapping: Node | Missing | UnknownValue, key: str) -> Scalar | None:
    """The key as written in this mapping itself (merged ones not), the last one where it stands twice; else None."""
    if isinstance(mapping, Mapping):
        items = mapping.items
        places = mapping.places
        if places is None:
            places = mapping.places = _places_of(mapping)
        if places is not ODD:
            at = places.get(key)
            named = items[at - 1] if at is not None else None
            return named if isinstance(named, Scalar) else None
        for index in range(len(items) - 2, -1, -2):
            written = items[index]
            if isinstance(written, Scalar) and _is_key(written, key):
                return written
    return None


def get(node: Node | Missing | UnknownValue, key: str, reader: Reader = "v2") -> Node | Missing | UnknownValue:
    """
    The node under a key, by go-yaml's rules for duplicates and `<<`; MISSING also where a null is written.

    UNKNOWN when the key is not there but could be: the mapping is open, or one of its keys is a template; and for
    anything that is no mapping, since the mistake is then the type, not the absence. MISSING and UNKNOWN are passed on.
    """
    if isinstance(node, Mapping):
        found = _find(node, key, reader)
        if isinstance(found, Scalar) and found.text in _NULLS and typed(found) is None:
            return MISSING
        return found
    return MISSING if node is MISSING or is_null(node) else UNKNOWN


def get_written(node: Node | Missing | UnknownValue, key: str, reader: Reader = "v2") -> Node | Missing | UnknownValue:
    """As `get`, but a written null is returned as the scalar it is."""
    if isinstance(node, Mapping):
        return _find(node, key, reader)
    if node is MISSING or is_null(node):
        return MISSING
    return UNKNOWN


def _is_key(written: Scalar, key: str, reader: Reader = "v2") -> bool:
    text = written.text
    if text == key:
        # A plain `on` is the key "true" for v2, not "on"; `8080` stays "8080".
        return written.style != "plain" or not text or text[0] not in _HINTS or key_text(written, reader) == key
    # Only unquoted words and numbers (or `!!binary`) become another text.
    if (written.style == "plain" and text and text[0] in _HINTS) or written.tag is not None:
        return key_text(written, reader) == key
    return False


def _find(mapping: Mapping, key: str, reader: Reader) -> Node | Missing | UnknownValue:
    places = mapping.places
    if places is None:
        places = mapping.places = _places_of(mapping)
    at = places.get(key)
    if at is not None:
        return mapping.items[at]
    if places is ODD:
        return _find_odd(mapping, key, reader)
    return UNKNOWN if mapping.open else MISSING


def _places_of(mapping: Mapping) -> dict[str, int]:
    """
    Where in `items` the value of each key stands, the last of duplicates; ODD where this depends on the reader, or a key is
    a template, a merge, or no scalar.

    A mapping is asked for some ten keys, most of which it does not have.
    """
    places: dict[str, int] = {}
    at = -1
    for key in mapping.items[::2]:
        at += 2
        if not isinstance(key, Scalar) or key.tag is not None:
            return ODD
        text = key.text
        if key.style == "plain" and (text in _ODD_WORDS or text[0] in _ODD_STARTS):
            return ODD
        if ("{" in text or "<" in text) and (text == "<<" or (key.origin is None and templated(text))):
            return ODD
        places[text] = at
    return places


def odd_key(text: str, style: str) -> bool:
    """Whether a key as written, without a tag, makes the places of its mapping ODD."""
    if style == "plain" and (text in _ODD_WORDS or text[0] in _ODD_STARTS):
        return True
    return ("{" in text or "<" in text) and (text == "<<" or templated(text))


def _find_odd(mapping: Mapping, key: str, reader: Reader) -> Node | Missing | UnknownValue:
    items = mapping.items
    unknown = mapping.open
    merged: Node | None = None
    for index in range(len(items) - 2, -1, -2):
        written = items[index]
        if not isinstance(written, Scalar):
            unknown = True
            continue
        if _is_key(written, key, reader) and not is_merge(written):
            return items[index + 1]
        if written.text == "<<" and is_merge(written):
            if reader == "v3":
                merged = merged or items[index + 1]
                continue
            # v2 applies entries in the order written, so a merge below a key replaces it.
            found = _find_merged(items[index + 1], key, reader)
            if found is not MISSING and found is not UNKNOWN:
                return found
            unknown = unknown or found is UNKNOWN
        elif written.origin is None and templated(written.text):
            unknown = True
    if merged is not None:
        found = _find_merged(merged, key, reader)
        if found is not MISSING:
            return found
    return UNKNOWN if unknown else MISSING


def _find_merged(merged: Node, key: str, reader: Reader) -> Node | Missing | UnknownValue:
    """What a `<<` brings under a key: in a list the first mapping that has it wins."""
    if isinstance(merged, Mapping):
        return _find(merged, key, reader)
    if isinstance(merged, Sequence):
        unknown = merged.open
        for source in merged.items:
            found = _find(source, key, reader) if isinstance(source, Mapping) else UNKNOWN
            if found is UNKNOWN:
                unknown = True
            elif found is not MISSING:
                return found
        return UNKNOWN if unknown else MISSING
    return UNKNOWN


def items(node: Node | Missing | UnknownValue) -> list[Node]:
    """The items of a sequence; an empty list for everything else, so ask for `open`, MISSING and UNKNOWN first."""
    return node.items if isinstance(node, Sequence) else []


def entries(node: Node | Missing | UnknownValue, reader: Reader = "v2") -> list[tuple[str, Node, Node]]:
    """
    Key as text, key node and value node of every entry a reader ends up with: merges done, the last duplicate kept.

    In the order of first appearance. Keys that no JSON object can have are left out; an empty list for no mapping.
    """
    if not isinstance(node, Mapping):
        return []
    places = node.places
    if places is None:
        places = node.places = _places_of(node)
    if places is not ODD:
        written = node.items
        return [(key, written[at - 1], written[at]) for key, at in places.items()]
    return [(key, *found) for key, found in _entries(node, reader).items()]


def _entries(mapping: Mapping, reader: Reader) -> dict[str, tuple[Node, Node]]:
    found: dict[str, tuple[Node, Node]] = {}
    written = mapping.items
    explicit: set[str] = set()
    for index in range(0, len(written), 2):
        key = written[index]
        if is_merge(key):
            for name, entry in _merged_entries(written[index + 1], reader).items():
                if name not in explicit:
                    found[name] = entry
            continue
        name_of_key = key_text(key, reader)
        if name_of_key is not None:
            found[name_of_key] = (key, written[index + 1])
            if reader == "v3":
                explicit.add(name_of_key)
    return found


def _merged_entries(merged: Node, reader: Reader) -> dict[str, tuple[Node, Node]]:
    if isinstance(merged, Mapping):
        return _entries(merged, reader)
    found: dict[str, tuple[Node, Node]] = {}
    if isinstance(merged, Sequence):
        for source in merged.items:
            if isinstance(source, Mapping):
                for name, entry in _entries(source, reader).items():
                    found.setdefault(name, entry)
    return found


def plain(node: Node | Missing | UnknownValue, reader: Reader = "v2") -> Plain:
    """
    A whole tree as plain values: dict, list, str, int, float, bool, None and no subclasses; merges done.

    Templated text stays the text it is, and so does a value the reader refuses; a node Unknown, MISSING and UNKNOWN
    become None. Keys are strings, as in JSON. Depth is bounded by the parser.
    """
    if isinstance(node, Scalar):
        return _plain_scalar(node, reader)
    if isinstance(node, Mapping):
        return _plain_mapping(node, reader)
    if isinstance(node, Sequence):
        return [plain(item, reader) for item in node.items]
    return None


def _plain_scalar(scalar: Scalar, reader: Reader) -> Plain:
    text = scalar.text
    if scalar.tag is None and (scalar.style != "plain" or (text and text[0] not in _HINTS)):
        return text
    resolved = typed(scalar, reader)
    return text if resolved is UNKNOWN else resolved


def _plain_mapping(mapping: Mapping, reader: Reader) -> dict[str, Plain]:
    written = mapping.items
    places = mapping.places
    if places is None:
        places = mapping.places = _places_of(mapping)
    result: dict[str, Plain] = {}
    if places is not ODD:
        for name, at in places.items():
            node = written[at]
            result[name] = _plain_scalar(node, reader) if isinstance(node, Scalar) else plain(node, reader)
        return result
    for index in range(0, len(written), 2):
        key = written[index]
        if key.__class__ is Scalar and key.text == "<<" and is_merge(key):
            return {name: plain(node, reader) for name, (_, node) in _entries(mapping, reader).items()}
        text = key_text(key, reader)
        if text is not None:
            result[text] = plain(written[index + 1], reader)
    return result
