"""
Go's `printf` on values of templates.

Source: Go fmt/print.go doPrintf, fmt/format.go.
"""

from __future__ import annotations

from math import copysign, frexp, isfinite, ldexp
from typing import Final

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import NotDeterministicError, Struct
from gitops_lint.languages.gotemplate.printing import (
    DEEPEST,
    MOST_CHARACTERS,
    MOST_PIECES,
    TOO_LARGE,
    check_order,
    joined,
    shortest,
    text_of,
    type_name,
)
from gitops_lint.languages.gotemplate.quoting import can_backquote, is_print, quoted, quoted_rune, utf8
from gitops_lint.languages.gotemplate.values import Byte, NilList, NilStringList, Value

_WIDEST: Final = 1_000_000
_BASES: Final = {"d": "d", "v": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}
_PREFIXES: Final = {"b": "0b", "x": "0x", "X": "0X"}


@dataclass(slots=True)
class _Verb:
    """One `%…`. width, precision: None where none was given. go: `%#v`."""

    letter: str = ""
    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    width: int | None = None
    precision: int | None = None
    go: bool = False

    def padded(self, text: str, zeros: bool = True) -> str:
        width = self.width or 0
        if len(text) >= width:
            return text
        if self.minus:
            return text.ljust(width)
        return text.rjust(width, "0" if self.zero and zeros else " ")


def formatted(format: str, values: tuple[Value, ...]) -> str:
    """
    What `printf` gives: mistakes in the format stand in the text, as in Go.

    Raises BeyondLimitError for a text too large, NotDeterministicError for an address (`%p`).
    """
    texts = format.count("%s")
    if texts == len(values) and texts == format.count("%") and all(type(one) is str for one in values):
        # what nearly every template asks
        return joined([format % values])
    return _Printer(format, values).text()


class _Printer:
    def __init__(self, format: str, values: tuple[Value, ...]) -> None:
        self.format = format
        self.values = values
        self.pieces: list[str] = []
        self.at = 0
        self.argument = 0
        self.reordered = False
        self.good = True
        self.space = 0

    def text(self) -> str:
        format, pieces = self.format, self.pieces
        while True:
            percent = format.find("%", self.at)
            if percent < 0:
                pieces.append(format[self.at :])
                break
            pieces.append(format[self.at : percent])
            self.at = percent + 1
            if not self.verb():
                break
        if not self.reordered and self.argument < len(self.values):
            extra = ", ".join(
                "<nil>" if one is None else f"{type_name(one)}={_plain(one)}" for one in self.values[self.argument :]
            )
            pieces.append(f"%!(EXTRA {extra})")
        return joined(pieces)

    def verb(self) -> bool:
        """Writes one `%…`; False at the end of the format."""
        format, end = self.format, len(self.format)
        verb = _Verb()
        self.good = True
        while self.at < end and (flag := format[self.at]) in "#0+- ":
            match flag:
                case "#":
                    verb.sharp = True
                case "0":
                    verb.zero = True
                case "+":
                    verb.plus = True
                case "-":
                    verb.minus = True
                case _:
                    verb.space = True
            self.at += 1
        self.modifiers(verb)
        if self.at >= end:
            self.pieces.append("%!(NOVERB)")
            return False
        verb.letter = letter = format[self.at]
        self.at += 1
        if letter == "%":
            self.pieces.append("%")
        elif not self.good:
            self.pieces.append(f"%!{letter}(BADINDEX)")
        elif self.argument >= len(self.values):
            self.pieces.append(f"%!{letter}(MISSING)")
        else:
            self.space += (verb.width or 0) + (verb.precision or 0)
            if self.space > MOST_CHARACTERS:
                raise BeyondLimitError(TOO_LARGE, 0, 0)
            if letter in "vw":
                verb.go, verb.sharp, verb.plus = verb.sharp, False, False
            _argument(self.values[self.argument], verb, self.pieces)
            self.argument += 1
        return True

    def modifiers(self, verb: _Verb) -> None:
        """Index, width and precision."""
        format, end = self.format, len(self.format)
        indexed = self.index()
        if self.at < end and format[self.at] == "*":
            self.at += 1
            verb.width = self.number_argument()
            if verb.width is None:
                self.pieces.append("%!(BADWIDTH)")
            elif verb.width < 0:
                verb.width, verb.minus, verb.zero = -verb.width, True, False
            indexed = False
        else:
            verb.width = self.digits()
            if indexed and verb.width is not None:
                self.good = False
        if self.at + 1 < end and format[self.at] == ".":
            self.at += 1
            if indexed:
                self.good = False
            indexed = self.index()
            if self.at < end and format[self.at] == "*":
                self.at += 1
                verb.precision = self.number_argument()
                if verb.precision is None or verb.precision < 0:
                    verb.precision = None
                    self.pieces.append("%!(BADPREC)")
                indexed = False
            else:
                verb.precision = self.digits() or 0
        if not indexed:
            self.index()

    def index(self) -> bool:
        """Follows an explicit index such as `[2]`; whether one was there."""
        format = self.format
        if format[self.at : self.at + 1] != "[":
            return False
        self.reordered = True
        close = format.find("]", self.at + 1)
        if len(format) - self.at < 3 or close < 0:
            self.at += 1
            self.good = False
            return False
        digits = format[self.at + 1 : close]
        self.at = close + 1
        wanted = _digits_of(digits)
        if wanted is None:
            self.good = False
            return False
        if 1 <= wanted <= len(self.values):
            self.argument = wanted - 1
        else:
            self.good = False
        return True

    def digits(self) -> int | None:
        """A number at this place. One that is far too large counts as none and swallows the rest, as in Go."""
        start = self.at
        while self.at < len(self.format) and "0" <= self.format[self.at] <= "9":
            self.at += 1
        if self.at == start:
            return None
        number = _digits_of(self.format[start : self.at])
        if number is None:
            self.at = len(self.format)
        return number

    def number_argument(self) -> int | None:
        if self.argument >= len(self.values):
            return None
        value = self.values[self.argument]
        self.argument += 1
        return int(value) if _is_whole(value) and abs(value) <= _WIDEST else None


def _digits_of(text: str) -> int | None:
    """None for what is no number, or one of more digits than Go reads."""
    number = 0
    for one in text:
        if not "0" <= one <= "9" or number > _WIDEST:
            return None
        number = number * 10 + int(one)
    return number if text else None


def _is_whole(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(value: Value) -> str:
    return "<nil>" if value is None else text_of(value)


# ---- one argument


def _argument(value: Value, verb: _Verb, pieces: list[str]) -> None:
    if value is None:
        pieces.append(verb.padded("<nil>") if verb.letter in "Tv" else f"%!{verb.letter}(<nil>)")
    elif verb.letter == "T":
        pieces.append(_string(type_name(value), verb))
    elif verb.letter == "p" and isinstance(value, list | dict | Struct):
        raise NotDeterministicError("the template prints an address in memory")
    elif verb.letter == "w" and isinstance(value, list | dict):
        _bad(value, verb, pieces)
    else:
        _value(value, verb, pieces, 0)


def _value(value: Value, verb: _Verb, pieces: list[str], depth: int) -> None:
    if isinstance(value, str):
        made = _text(value, verb)
    elif value is None:
        made = "interface {}(nil)" if verb.go else "<nil>"
    elif isinstance(value, bool):
        made = verb.padded("true" if value else "false") if verb.letter in "tv" else None
    elif isinstance(value, int):
        made = _whole(value, verb)
    elif isinstance(value, float):
        made = _float(value, verb)
    elif isinstance(value, list | dict):
        if depth > DEEPEST or len(pieces) > MOST_PIECES:
            raise BeyondLimitError(TOO_LARGE, 0, 0)
        check_order(value)
        _container(value, verb, pieces, depth)
        return
    elif isinstance(value, complex):
        made = _complex(value, verb)
    elif verb.letter in "vsqxX" and not verb.go:
        made = _text(text_of(value), verb)
    else:
        raise BeyondLimitError(f"what `%{verb.letter}` prints of a {type_name(value)} is not followed", 0, 0)
    if made is None:
        _bad(value, verb, pieces)
    else:
        pieces.append(made)


def _container(value: list[Value] | dict[str, Value], verb: _Verb, pieces: list[str], depth: int) -> None:
    between, close = (", ", "}") if verb.go else (" ", "]")
    before = f"{type_name(value)}{{" if verb.go else "[" if isinstance(value, list) else "map["
    if verb.go and isinstance(value, NilList | NilStringList):
        pieces.append(f"{type_name(value)}(nil)")
        return
    if not value:
        pieces.append(before)
    for one in value if isinstance(value, list) else sorted(value):
        pieces.append(before)
        before = between
        _value(one, verb, pieces, depth + 1)
        if isinstance(value, dict):
            pieces.append(":")
            _value(value[one], verb, pieces, depth + 1)
    pieces.append(close)


def _bad(value: Value, verb: _Verb, pieces: list[str]) -> None:
    """A verb that the value does not know; width and flags still count for what is shown."""
    pieces.append(f"%!{verb.letter}({type_name(value)}=")
    letter, verb.letter = verb.letter, "v"
    _value(value, verb, pieces, 0)
    verb.letter = letter
    pieces.append(")")


# ---- texts


def _text(value: str, verb: _Verb) -> str | None:
    match verb.letter:
        case "v" if verb.go:
            return _quoted(value, verb)
        case "v" | "s":
            return _string(value, verb)
        case "q":
            return _quoted(value, verb)
        case "x" | "X":
            return _hexadecimal(value, verb)
    return None


def _string(value: str, verb: _Verb) -> str:
    return verb.padded(value if verb.precision is None else value[: verb.precision])


def _quoted(value: str, verb: _Verb) -> str:
    if verb.precision is not None:
        value = value[: verb.precision]
    if verb.sharp and can_backquote(value):
        return verb.padded(f"`{value}`")
    return verb.padded(quoted(value, ascii_only=verb.plus))


def _hexadecimal(value: str, verb: _Verb) -> str:
    data = utf8(value)
    if verb.precision is not None:
        data = data[: verb.precision]
    if not data:
        return verb.padded("")
    prefix = f"0{verb.letter}" if verb.sharp else ""
    if verb.space:
        made = " ".join(f"{prefix}{byte:02x}" for byte in data)
    else:
        made = prefix + data.hex()
    return verb.padded(made.upper() if verb.letter == "X" else made)


# ---- numbers


def _whole(value: int, verb: _Verb) -> str | None:
    unsigned = isinstance(value, Byte)
    match verb.letter:
        case "c":
            return verb.padded(_rune(value))
        case "q":
            return verb.padded(quoted_rune(value, ascii_only=verb.plus))
        case "U":
            return _code_point(value, verb)
        case "v" if verb.go and unsigned:
            return _digits(value, "x", "0x", verb)
    base = _BASES.get(verb.letter)
    if base is None:
        return None
    prefix = _PREFIXES.get(base, "") if verb.sharp else ""
    if base == "o" and verb.sharp and value:
        prefix = "0"
    if verb.letter == "O":
        prefix = "0o" + prefix
    return _digits(value, base, prefix, verb)


def _digits(value: int, base: str, prefix: str, verb: _Verb) -> str:
    least = 0
    if verb.precision is not None:
        least = verb.precision
        if least == 0 and value == 0:
            return verb.padded("", zeros=False)
    elif verb.zero and not verb.minus and verb.width is not None:
        least = verb.width - (value < 0 or verb.plus or verb.space)
    digits = format(abs(int(value)), base).rjust(least, "0")
    if prefix == "0" and digits[0] == "0":
        prefix = ""
    if prefix == "0o0" and digits[0] == "0":
        prefix = "0o"
    sign = "-" if value < 0 else "+" if verb.plus else " " if verb.space else ""
    return verb.padded(f"{sign}{prefix}{digits}", zeros=False)


def _rune(code: int) -> str:
    return chr(code) if 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def _code_point(value: int, verb: _Verb) -> str:
    code = value % 2**64
    made = f"U+{code:0{max(verb.precision or 0, 4)}X}"
    if verb.sharp and code <= 0x10FFFF and is_print(chr(code)):
        made += f" '{chr(code)}'"
    return verb.padded(made, zeros=False)


def _complex(value: complex, verb: _Verb) -> str | None:
    real = _float(value.real, verb)
    plus, verb.plus = verb.plus, True
    imaginary = _float(value.imag, verb)
    verb.plus = plus
    return None if real is None or imaginary is None else f"({real}{imaginary}i)"


def _float(value: float, verb: _Verb) -> str | None:
    letter = {"v": "g", "F": "f"}.get(verb.letter, verb.letter)
    if letter not in "bgGxXfeE":
        return None
    precision = verb.precision if verb.precision is not None else 6 if letter in "feE" else None
    number = _with_precision(value, letter, precision)
    if number[0] not in "+-":
        number = f"+{number}"
    if verb.space and number[0] == "+" and not verb.plus:
        number = f" {number[1:]}"
    if not isfinite(value):
        if number[1] == "N" and not verb.space and not verb.plus:
            number = number[1:]
        return verb.padded(number, zeros=False)
    if verb.sharp and letter != "b":
        number = _pointed(number, letter, precision)
    if not verb.plus and number[0] == "+":
        return verb.padded(number[1:])
    if verb.zero and not verb.minus and verb.width is not None and verb.width > len(number):
        return number[0] + number[1:].rjust(verb.width - 1, "0")
    return verb.padded(number)


def _with_precision(value: float, letter: str, precision: int | None) -> str:
    if not isfinite(value):
        return shortest(value, "g")
    if letter == "b":
        # the smallest numbers, zero among them, share one exponent
        exponent = max(frexp(value)[1] - 53, -1074) if value else -1074
        return f"{'-' if copysign(1.0, value) < 0 else ''}{abs(int(ldexp(value, -exponent)))}p{exponent:+d}"
    if letter in "xX":
        made = _hexadecimal_float(value, precision)
        return made.upper() if letter == "X" else made
    lower = letter.lower()
    made = shortest(value, lower) if precision is None else format(value, f".{precision or (lower == 'g') + 0}{lower}")
    return made.upper() if letter in "GE" else made


def _hexadecimal_float(value: float, precision: int | None) -> str:
    """`0x1.8p+01`: one bit before the point, and digits of four after it, rounded half to even."""
    mantissa, exponent = frexp(abs(value))
    bits = int(mantissa * 2**53) if value else 0
    exponent -= 1
    if precision is not None and precision < 13:
        shift = 52 - 4 * precision
        kept, rest = bits >> shift, bits & ((1 << shift) - 1)
        half = 1 << (shift - 1)
        kept += rest > half or (rest == half and kept & 1)
        if kept >> (4 * precision + 1):
            kept >>= 1
            exponent += 1
        bits = kept << shift
    digits = f"{bits & (2**52 - 1):013x}"
    digits = digits.rstrip("0") if precision is None else digits[:precision].ljust(precision, "0")
    if not value:
        exponent = 0
    sign = "-" if copysign(1.0, value) < 0 else ""
    return f"{sign}0x{bits >> 52}{'.' if digits else ''}{digits}p{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _pointed(number: str, letter: str, precision: int | None) -> str:
    """The number with a point, and with the zeros that `g` leaves away."""
    wanted = (6 if precision is None else precision) if letter in "gGx" else 0
    marks = "pP" if letter in "xX" else "eE"
    split = next((place for place, one in enumerate(number) if one in marks), len(number))
    body, tail = number[:split], number[split:]
    significant = body[1:].replace(".", "").lstrip("0")
    wanted -= len(significant)
    if "." not in body:
        if body[1:] == "0":
            wanted -= 1
        body += "."
    return body + "0" * max(wanted, 0) + tail
