"""
YAML as sigs.k8s.io/yaml writes it: a value as JSON, that JSON read as YAML, and what is read written by go-yaml v2.

Source: sigs.k8s.io/yaml v1.6.0 yaml.go; go.yaml.in/yaml/v2 v2.4.4 encode.go, emitterc.go, sorter.go; argo-cd
applicationset/utils/template_functions.go (toYAML).
"""

from __future__ import annotations

from functools import cmp_to_key

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions.characters import is_digit, is_letter, runes
from gitops_lint.languages.gotemplate.functions.json import encode, number, scalar_text
from gitops_lint.languages.gotemplate.functions.limits import check_size
from gitops_lint.languages.gotemplate.functions.ordering import ordered
from gitops_lint.languages.gotemplate.functions.yamlscalars import is_plain_string
from gitops_lint.languages.gotemplate.printing import DEEPEST, shortest
from gitops_lint.languages.gotemplate.quoting import utf8
from gitops_lint.languages.gotemplate.values import NilList, NilStringList, Value
from gitops_lint.pattern import pattern

_INDENT = 2
_WIDTH = 80
_LONGEST_SIMPLE_KEY = 128
_LONGEST_KEY = 1024
_BREAKS = "\n\r\x85\u2028\u2029"
_IN_JSON = "error marshaling into JSON: "
_NAMED = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}
_CONTROL = pattern("[\x7f-\x84\x86-\x9f\ufffe\uffff]")
_NEXT_LINES = pattern(" *(?:\x85 *)+")
_UNPRINTABLE = pattern("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


def to_yaml(value: Value) -> str:
    """The YAML of a value without its last line break. Raises FunctionError for what JSON has no word for."""
    emitter = _Emitter()
    try:
        emitter.node(value, 0)
    except FunctionError as error:
        raise FunctionError(f"{_IN_JSON if str(error).startswith('json: ') else ''}{error}") from None
    emitter.to_indent()
    return "".join(emitter.pieces).removesuffix("\n")


class _Emitter:
    """go-yaml's emitter, as far as a document of mappings, sequences and scalars without tags needs one."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0
        self.column = 0
        self.indent = -1
        self.blank = True
        """Whether the last that was written is white."""
        self.indention = True
        """Whether nothing but blanks and `-` stand on the line."""

    def put(self, text: str) -> None:
        self.pieces.append(text)
        self.column += len(text)
        self.size += len(text)
        check_size(self.size)

    def line_break(self, character: str = "\n") -> None:
        self.pieces.append(character)
        self.column = 0

    def to_indent(self) -> None:
        indent = max(self.indent, 0)
        if not self.indention or self.column > indent or (self.column == indent and not self.blank):
            self.line_break()
        self.put(" " * (indent - self.column))
        self.blank = self.indention = True

    def sign(self, text: str, *, apart: bool = False, blank: bool = False, indention: bool = False) -> None:
        if apart and not self.blank:
            self.put(" ")
        self.put(text)
        self.blank = blank
        self.indention = self.indention and indention

    def node(self, value: Value, depth: int, *, in_mapping: bool = False, is_key: bool = False) -> None:
        if depth > DEEPEST:
            raise BeyondLimitError("the value is too deep to be written as YAML", 0, 0)
        if isinstance(value, dict):
            self._mapping(value, depth)
        elif isinstance(value, list) and not isinstance(value, NilList | NilStringList):
            self._sequence(ordered(value), depth, in_mapping)
        else:
            before = self.indent
            self.indent = _INDENT if before < 0 else before + _INDENT
            self._scalar(value, is_key)
            self.indent = before

    def _mapping(self, value: dict[str, Value], depth: int) -> None:
        if not value:
            self.sign("{", apart=True, blank=True)
            self.sign("}")
            return
        before = self.indent
        self.indent = before + _INDENT if before >= 0 else 0
        read = {_read_key(runes(key)): one for key, one in sorted(value.items(), key=lambda item: utf8(item[0]))}
        for key in _sorted(read):
            self.to_indent()
            simple = len(utf8(key)) <= _LONGEST_SIMPLE_KEY and not any(one in _BREAKS for one in key)
            if simple:
                self.node(key, depth + 1, in_mapping=True, is_key=True)
                self.sign(":")
            else:
                self.sign("?", apart=True, indention=True)
                self.node(key, depth + 1, in_mapping=True)
                self.to_indent()
                self.sign(":", apart=True, indention=True)
            self.node(read[key], depth + 1, in_mapping=True)
        self.indent = before

    def _sequence(self, value: list[Value], depth: int, in_mapping: bool) -> None:
        if not value:
            self.sign("[", apart=True, blank=True)
            self.sign("]")
            return
        before = self.indent
        if before < 0:
            self.indent = 0
        elif not (in_mapping and not self.indention):
            self.indent += _INDENT
        for one in value:
            self.to_indent()
            self.sign("-", apart=True, indention=True)
            self.node(one, depth + 1)
        self.indent = before

    def _scalar(self, value: Value, is_key: bool) -> None:
        if isinstance(value, str):
            self._string(_read(runes(value)) if not is_key else value, is_key)
        elif isinstance(value, float):
            self._plain(_float(value), is_key)
        elif isinstance(value, int) or value is None:
            self._plain(scalar_text(value), is_key)
        elif isinstance(value, list):
            self._plain("null", is_key)
        else:
            text = scalar_text(value)
            self._string(text[1:-1], is_key)

    def _string(self, text: str, is_key: bool) -> None:
        look = _Look(text)
        if "\n" in text:
            style = "double" if is_key or not look.block_allowed else "literal"
        elif not is_plain_string(text) or (is_key and look.line_breaks):
            style = "double"
        elif look.plain_allowed and text:
            style = "plain"
        else:
            style = "single" if look.single_allowed else "double"
        {"literal": self._literal, "double": self._double, "single": self._single, "plain": self._plain}[style](
            text, is_key
        )

    def _plain(self, text: str, is_key: bool) -> None:
        if not self.blank:
            self.put(" ")
        self._folded(text, not is_key, "")
        self.blank = self.indention = False

    def _single(self, text: str, is_key: bool) -> None:
        self.sign("'", apart=True)
        self._folded(text, not is_key, "'")
        self.sign("'")

    def _folded(self, text: str, may_fold: bool, doubled: str) -> None:
        """Words, and line breaks in place of single blanks behind the width."""
        spaces = breaks = False
        for at, one in enumerate(text):
            if one == " ":
                inner = not doubled or 0 < at < len(text) - 1
                if may_fold and not spaces and self.column > _WIDTH and inner and text[at + 1 : at + 2] != " ":
                    self.to_indent()
                else:
                    self.put(one)
                spaces = True
            elif one in _BREAKS:
                if not breaks and one == "\n":
                    self.line_break()
                self.line_break(one)
                self.indention = breaks = True
            else:
                if breaks:
                    self.to_indent()
                self.put(one * 2 if one == doubled else one)
                self.indention = spaces = breaks = False

    def _double(self, text: str, is_key: bool) -> None:
        self.sign('"', apart=True)
        spaces = False
        last = len(text) - 1
        # go-yaml looks for a byte order mark at the start of the text, whichever character it is about to write
        marked = text[:1] == "\ufeff"
        for at, one in enumerate(text):
            if marked or one in _BREAKS or one in '"\\' or _UNPRINTABLE.match(one):
                self.put(_escape(one))
                spaces = False
            elif one == " ":
                if not is_key and not spaces and self.column > _WIDTH and 0 < at < last:
                    self.to_indent()
                    if text[at + 1] == " ":
                        self.put("\\")
                else:
                    self.put(one)
                spaces = True
            else:
                self.put(one)
                spaces = False
        self.sign('"')
        self.blank = self.indention = False

    def _literal(self, text: str, is_key: bool) -> None:
        self.sign("|", apart=True)
        if text[0] in " \n\r\x85\u2028\u2029":
            self.sign(str(_INDENT))
        if text[-1] not in _BREAKS:
            self.sign("-")
        elif len(text) == 1 or text[-2] in _BREAKS:
            self.sign("+")
        self.line_break()
        self.indention = self.blank = True
        breaks = True
        for one in text:
            if one in _BREAKS:
                self.line_break(one)
                self.indention = breaks = True
            else:
                if breaks:
                    self.to_indent()
                self.put(one)
                self.indention = breaks = False


def _escape(character: str) -> str:
    name = _NAMED.get(character)
    if name is not None:
        return f"\\{name}"
    code = ord(character)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _float(value: float) -> str:
    """A number that is whole in the JSON, and fits, is an integer in the YAML."""
    text = number(value)
    if text.lstrip("-").isdigit() and -(1 << 63) <= (whole := int(text)) < 1 << 64:
        return str(whole)
    return shortest(value, "g")


def _read(text: str) -> str:
    """What go-yaml reads out of a text in JSON: U+0085, which JSON leaves bare, is a line break that folds to a blank."""
    if text.isascii() and "\x7f" not in text:
        return text
    if _CONTROL.search(text):
        raise FunctionError("yaml: control characters are not allowed")
    return _NEXT_LINES.sub(lambda found: "\n" * (found.group().count("\x85") - 1) or " ", text)


def _read_key(text: str) -> str:
    """A key of a flow mapping that spans lines, or that is longer than go-yaml looks ahead, quotes included, is none."""
    if "\x85" in text:
        raise FunctionError("yaml: line 1: did not find expected ',' or '}'")
    if len(text) > _LONGEST_KEY // 6 and len(encode(text)) > _LONGEST_KEY:
        raise FunctionError("yaml: did not find expected ',' or '}'")
    return _read(text)


class _Look:
    """What stands in the way of each style of a text."""

    def __init__(self, text: str) -> None:
        special = _UNPRINTABLE.search(text) is not None
        indicators = text[:3] in ("---", "...") or text[:1] in tuple("#,[]{}&*!|>'\"%@`")
        if text[:1] in ("?", ":", "-") and text[1:2] in ("", " ", "\t"):
            indicators = True
        self.line_breaks = False
        break_space = space_break = previous_space = previous_break = False
        for at, one in enumerate(text):
            if (at and one == ":" and text[at + 1 : at + 2] in ("", " ", "\t")) or (
                at and one == "#" and (text[at - 1] in " \t\0" or text[at - 1] in _BREAKS)
            ):
                indicators = True
            if one == " ":
                break_space = break_space or previous_break
                previous_space, previous_break = True, False
            elif one in _BREAKS:
                self.line_breaks = True
                space_break = space_break or previous_space
                previous_space, previous_break = False, True
            else:
                previous_space = previous_break = False
        ends = text[:1] == " " or text[-1:] == " " or text[:1] in tuple(_BREAKS) or text[-1:] in tuple(_BREAKS)
        self.single_allowed = not (break_space or space_break or special)
        self.plain_allowed = self.single_allowed and not (ends or self.line_breaks or indicators)
        self.block_allowed = not (text[-1:] == " " or space_break or special)


def _sorted(keys: dict[str, Value]) -> list[str]:
    return sorted(keys, key=cmp_to_key(_order))


def _order(one: str, other: str) -> int:
    """Letters behind everything else, and numbers by what they are: a2 before a10."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a == b:
            continue
        letter_a, letter_b = is_letter(a), is_letter(b)
        if letter_a and letter_b:
            return -1 if a < b else 1
        if letter_a or letter_b:
            return -1 if letter_b else 1
        lead = 0
        if "0" in (a, b):
            back = at - 1
            while back >= 0 and is_digit(one[back]):
                if one[back] != "0":
                    lead = 1
                    break
                back -= 1
        number_a, end_a = _number(one, at, lead)
        number_b, end_b = _number(other, at, lead)
        if number_a != number_b:
            return -1 if number_a < number_b else 1
        if end_a != end_b:
            return -1 if end_a < end_b else 1
        return -1 if a < b else 1
    return len(one) - len(other)


def _number(text: str, at: int, lead: int) -> tuple[int, int]:
    """The digits from a place on as a number of 64 bits, and where they end."""
    number = lead
    while at < len(text) and is_digit(text[at]):
        number = (number * 10 + ord(text[at]) - 48 + (1 << 63)) % (1 << 64) - (1 << 63)
        at += 1
    return number, at


YAMLTEXT = (Function("toYaml", to_yaml, ("any",)),)
