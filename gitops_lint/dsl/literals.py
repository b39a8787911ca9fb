"""How names, numbers, strings and blocks of rule files are written: text to value, with places; and value to text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern

RESERVED = frozenset({"not", "every", "some", "no", "true", "false"})
"""Words that begin an expression and therefore name nothing."""

UNITS = frozenset(
    {
        "ns",
        "us",
        "ms",
        "s",
        "m",
        "h",
        "d",
        "%",
        "Ki",
        "Mi",
        "Gi",
        "Ti",
        "Pi",
        "Ei",
        "n",
        "u",
        "k",
        "M",
        "G",
        "T",
        "P",
        "E",
    }
)
"""Units of quantities, durations and percentages, as the grammar has them."""

LONGEST_NUMBER = 40
"""Characters of a number, its sign and point included."""

_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_-]*")
_KEY = pattern(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_PATTERN = pattern(r"(\\.|[^/\\\r\n])+")
_NUMBER = pattern(r"-?\d+(\.\d+)?")

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_NAMES = {value: letter for letter, value in _ESCAPES.items()}
_HEX = {"u": 4, "U": 8}


def is_word(text: str) -> bool:
    """Whether the grammar takes it for a name where only a name may stand: of rules, kinds, tags, products."""
    # most are names of Python as well, which is quicker to ask
    return (text.isidentifier() and text.isascii()) or _NAME.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether it can name a value."""
    return is_word(text) and text not in RESERVED


def is_key(text: str) -> bool:
    """Whether a field of that name is written `.name`; others are written `["…"]`."""
    return (text.isidentifier() and text.isascii()) or _KEY.fullmatch(text) is not None


def is_pattern(text: str) -> bool:
    """Whether it can stand between the slashes of a pattern."""
    return _PATTERN.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether the grammar takes it for the number of a quantity."""
    return _NUMBER.fullmatch(text) is not None and len(text) <= LONGEST_NUMBER


def write_number(value: int | float) -> str:
    """Digits, and a point where the value is a float; never an exponent."""
    if isinstance(value, int):
        return str(value)
    text = format(Decimal(repr(value)), "f")
    return text if "." in text else text + ".0"


class TextError(Exception):
    """
    A string that cannot be read.

    message: a sentence for the author. offset: the place in the quoted text.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class ReadText:
    """
    A string's value. offsets: for each of its characters, and for its end, where that stands in the rule file (so one
    longer than the value).
    """

    value: str
    offsets: Sequence[int]


def read_string(quoted: str, start: int) -> ReadText:
    """
    The value of `"…"`, with escapes resolved: `\\n`, `\\t`, `\\r`, `\\"`, `\\\\`, `\\uXXXX`, `\\UXXXXXXXX`.

    start: where the opening quote stands in the file. Raises TextError for an escape that is none of these.
    """
    end = len(quoted) - 1
    if "\\" not in quoted:
        return ReadText(quoted[1:end], range(start + 1, start + end + 1))
    value: list[str] = []
    offsets: list[int] = []
    at = 1
    while at < end:
        offsets.append(start + at)
        if quoted[at] != "\\":
            value.append(quoted[at])
            at += 1
            continue
        letter = quoted[at + 1]
        if letter in _ESCAPES:
            value.append(_ESCAPES[letter])
            at += 2
        elif letter in _HEX:
            digits = quoted[at + 2 : min(at + 2 + _HEX[letter], end)]
            value.append(_character(digits, letter, at))
            at += 2 + _HEX[letter]
        else:
            raise TextError(f"`\\{letter}` is no escape; for a backslash write `\\\\`", at)
    offsets.append(start + end)
    return ReadText("".join(value), offsets)


def _character(digits: str, letter: str, at: int) -> str:
    if len(digits) != _HEX[letter] or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        raise TextError(f"`\\{letter}` takes {_HEX[letter]} hexadecimal digits", at)
    number = int(digits, 16)
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise TextError(f"`\\{letter}{digits}` is no character", at)
    return chr(number)


def write_string(value: str) -> str:
    """The canonical `"…"` of a value: what does not print is escaped, so that it fits on one line."""
    return '"' + "".join(_written(character) for character in value) + '"'


def _written(character: str) -> str:
    if character in _NAMES:
        return "\\" + _NAMES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def read_block(quoted: str) -> str:
    '''
    The value of `"""…"""`: without the line break behind the opening quotes and the indentation that all lines share.

    Lines end with LF whatever the file has; blank lines are empty. With the closing quotes on a line of their own, the
    value ends with a line break. There are no escapes.
    '''
    lines = quoted[3:-3].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first, rest = lines[0], lines[1:]
    lines = rest if rest and not first.strip(" \t") else lines
    margin = _margin([line for line in lines if line.strip(" \t")])
    return "\n".join(line[margin:] if line.strip(" \t") else "" for line in lines)


def _margin(lines: Sequence[str]) -> int:
    """How many blanks all lines begin with; tabs and spaces count as different."""
    if not lines:
        return 0
    low, high = min(lines), max(lines)
    length = 0
    while length < len(low) and low[length] in " \t" and low[length] == high[length]:
        length += 1
    return length


def write_block(value: str) -> str | None:
    """The block of a text that ends with a line break, its lines indented by two; None where no block can hold it."""
    if not value.endswith("\n"):
        return None
    lines = ["  " + line if line else "" for line in value.removesuffix("\n").split("\n")]
    block = '"""\n' + "\n".join(lines) + '\n"""'
    return block if '"""' not in value and read_block(block) == value else None
