"""
Regular expressions, by RE2, which reads the syntax that Go's regexp reads.

Source: Masterminds/sprig v3.3.0 regex.go; Go regexp/regexp.go (ReplaceAllString, Split, FindAllString), regexp/syntax/parse.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions.limits import check_size
from gitops_lint.languages.gotemplate.quoting import can_backquote, from_utf8, quoted, utf8
from gitops_lint.languages.gotemplate.values import NilStringList, StringList, Value
from gitops_lint.pattern import pattern

_REFERENCE = pattern(rb"\$(?:(\$)|\{([0-9A-Za-z_]+)\}|([0-9A-Za-z_\x80-\xff]+))")
_SPECIAL = frozenset("\\.+*?()|[]{}^$")
_NOT_IN_GO = pattern(rb"(?<!\\)(?:\\\\)*(\\C)")
_SAID = {
    "bad repetition operator": "invalid nested repetition operator",
    "invalid character class range": "invalid character class range",
    "invalid escape sequence": "invalid escape sequence",
    "invalid named capture group": "invalid named capture",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid repetition size": "invalid repeat count",
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "no argument for repetition operator": "missing argument to repetition operator",
    "unexpected )": "unexpected )",
}
"""What RE2 calls a mistake, and what Go calls it."""


@lru_cache(maxsize=64)
def _compiled(expression: str) -> Any:
    """Raises FunctionError in Go's words, and BeyondLimitError for what only grows too large here."""
    import re2  # slow to load, and few templates need it

    options = re2.Options()
    options.log_errors = False
    written = utf8(expression)
    foreign = _NOT_IN_GO.search(written)
    if foreign is not None:
        raise FunctionError("error parsing regexp: invalid escape sequence: `\\C`")
    try:
        return re2.compile(written, options)
    except re2.error as error:
        raise _refusal(error.args[0]) from None


def _refusal(said: bytes) -> Exception:
    code, _, part = said.decode("utf-8", "replace").partition(": ")
    if code.startswith("pattern too large"):
        return BeyondLimitError("the regular expression is too large", 0, 0)
    if code.startswith("trailing \\"):
        return FunctionError("error parsing regexp: trailing backslash at end of expression: ``")
    return FunctionError(f"error parsing regexp: {_SAID.get(code, code)}: `{part}`")


def _panicking(expression: str) -> Any:
    """As `_compiled`; the functions without `must` panic, and so say more."""
    try:
        return _compiled(expression)
    except FunctionError as error:
        shown = f"`{expression}`" if can_backquote(expression) else quoted(expression)
        raise FunctionError(f"regexp: Compile({shown}): {error}") from None


def _matches(compiled: Any, data: bytes) -> Iterator[Any]:
    """All matches as Go's `FindAll` finds them: none that is empty directly behind another one."""
    at, before = 0, -1
    while at <= len(data):
        found = compiled.search(data, at)
        if found is None:
            return
        start, end = found.span()
        if end == at:
            if start != before:
                yield found
            at += _width(data, at)
        else:
            yield found
            at = end
        before = end


def _width(data: bytes, at: int) -> int:
    """Bytes of the rune at a place; 1 at the end, so that whoever goes on is past it."""
    for width in range(min(4, len(data) - at), 1, -1):
        try:
            if len(data[at : at + width].decode()) == 1:
                return width
        except UnicodeDecodeError:
            continue
    return 1


def matches(expression: str, text: str) -> bool:
    return _compiled(expression).search(utf8(text)) is not None


def matches_or_not(expression: str, text: str) -> bool:
    """Of an expression that cannot be read sprig says no more than that it does not match."""
    try:
        return matches(expression, text)
    except FunctionError:
        return False


Compile = Callable[[str], Any]


def find(compile: Compile, expression: str, text: str) -> str:
    found = compile(expression).search(utf8(text))
    return "" if found is None else from_utf8(found.group())


def find_all(compile: Compile, expression: str, text: str, most: int) -> StringList:
    compiled = compile(expression)
    found: list[str] = []
    for one in _matches(compiled, utf8(text)):
        if len(found) == most:
            break
        found.append(from_utf8(one.group()))
    return StringList(found) if found else NilStringList()


def replace_all(compile: Compile, expression: str, text: str, by: str) -> str:
    template = utf8(by)
    return _replaced(compile(expression), utf8(text), lambda found: _expanded(template, found))


def replace_all_literally(compile: Compile, expression: str, text: str, by: str) -> str:
    literal = utf8(by)
    return _replaced(compile(expression), utf8(text), lambda found: literal)


def _replaced(compiled: Any, data: bytes, by: Callable[[Any], bytes]) -> str:
    made: list[bytes] = []
    size = last = at = 0
    while at <= len(data):
        found = compiled.search(data, at)
        if found is None:
            break
        start, end = found.span()
        made.append(data[last:start])
        if end > last or start == 0:
            made.append(by(found))
            size += len(made[-1])
            check_size(size)
        last = end
        at = max(end, at + _width(data, at))
    made.append(data[last:])
    return from_utf8(b"".join(made))


def _expanded(template: bytes, found: Any) -> bytes:
    """`$1`, `${1}`, `$name`, `$$`: the longest name counts, and a group that is not there is nothing."""

    def group(reference: Any) -> bytes:
        if reference[1]:
            return b"$"
        name: bytes = reference[2] or reference[3]
        if name.isdigit() and (name == b"0" or name[:1] != b"0"):
            number = int(name) if len(name) < 9 else -1
        else:
            number = found.re.groupindex.get(name, -1)
        if not 0 <= number <= found.re.groups:
            return b""
        part: bytes | None = found.group(number)
        return part or b""

    return _REFERENCE.sub(group, template)


def split(compile: Compile, expression: str, text: str, most: int) -> StringList:
    compiled = compile(expression)
    if most == 0:
        return NilStringList()
    data = utf8(text)
    if expression and not data:
        return StringList(("",))
    parts: list[str] = []
    begin = end = 0
    for one in _matches(compiled, data):
        if 0 < most <= len(parts) + 1:
            break
        end = one.start()
        if one.end():
            parts.append(from_utf8(data[begin:end]))
        begin = one.end()
    if end != len(data):
        parts.append(from_utf8(data[begin:]))
    return StringList(parts)


def quote_meta(text: str) -> str:
    return "".join(f"\\{one}" if one in _SPECIAL else one for one in text)


def _both(name: str, call: Callable[..., Value], *more: str) -> tuple[Function, ...]:
    """The function, which panics, and its twin, which returns the error."""
    params: Any = ("string", "string", *more)
    return (
        Function(name, lambda *arguments: call(_panicking, *arguments), params),
        Function(f"mustR{name[1:]}", lambda *arguments: call(_compiled, *arguments), params),
    )


REGEX = (
    Function("regexMatch", matches_or_not, ("string", "string")),
    Function("mustRegexMatch", matches, ("string", "string")),
    *_both("regexFind", find),
    *_both("regexFindAll", find_all, "int"),
    *_both("regexReplaceAll", replace_all, "string"),
    *_both("regexReplaceAllLiteral", replace_all_literally, "string"),
    *_both("regexSplit", split, "int"),
    Function("regexQuoteMeta", quote_meta, ("string",)),
)
