"""
Harness' expressions `<+…>` and runtime inputs `<+input>.…(…)`: where they begin and end, and which path they name.

An expression is JEXL between `<+` and `>`, and may hold others. Only what can be told for sure is read: balance, a path such
as `pipeline.variables.region`, the modifiers of a runtime input. Called by the facts of Harness entities.
Source: harness-core (last public source, December 2023) expression StringReplacer.java, NGExpressionUtils.java,
NGRuntimeInputUtils.java.
"""

from __future__ import annotations

import re

import re2

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern

INPUT = "<+input>"
MODIFIERS = ("allowedValues", "default", "executionInput", "regex", "selectManyFrom", "selectOneFrom")


@dataclass(frozen=True, slots=True)
class Segment:
    """
    One step of a path. name: of a field, an index or key without its quotes. start, end: in the text, a call's arguments
    not included. call: whether it is called. argument: the text between the parentheses of a call, else "".
    """

    name: str
    start: int
    end: int
    call: bool = False
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Expression:
    """
    One `<+…>`. start, end: with its delimiters, code points. depth: 0 for one that stands in no other. content: what is
    between. path: its steps, where the whole content is one path (`a.b["c"].d()`), else empty.
    """

    start: int
    end: int
    depth: int
    content: str
    path: tuple[Segment, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The steps as words, up to the first call."""
        found = []
        for one in self.path:
            if one.call:
                break
            found.append(one.name)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a text holds. expressions: by start; unclosed: where a `<+` begins that no `>` closes."""

    expressions: tuple[Expression, ...] = ()
    unclosed: tuple[int, ...] = ()


def scan(text: str) -> Scan:
    """
    The expressions of a text. A `>` closes the innermost `<+`, `\\>` closes nothing.

    Source: StringReplacer.substitute.
    """
    if "<+" not in text:
        return Scan()
    open_at: list[int] = []
    found: list[Expression] = []
    at = 0
    while at < len(text):
        if text.startswith("<+", at):
            open_at.append(at)
            at += 2
            continue
        if text[at] == ">" and open_at and text[at - 1] != "\\":
            start = open_at.pop()
            content = text[start + 2 : at]
            found.append(Expression(start, at + 1, len(open_at), content, _path(content, start + 2)))
        at += 1
    return Scan(tuple(sorted(found, key=lambda one: one.start)), tuple(open_at))


_WORD = pattern(r"[A-Za-z_$][A-Za-z0-9_$]*")
_INDEX = pattern(r"""\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\]""")


def _path(content: str, offset: int) -> tuple[Segment, ...]:
    """The steps of a content that is one path and nothing else; else ()."""
    blank = len(content) - len(content.lstrip())
    end = len(content.rstrip())
    at = blank
    steps: list[Segment] = []
    while at < end:
        if content[at] == "[" and steps:
            found = _INDEX.match(content, at)
            if found is None:
                return ()
            steps.append(
                Segment(next(each for each in found.groups() if each is not None), offset + at, offset + found.end())
            )
            at = found.end()
            continue
        if steps:
            if content[at] != ".":
                return ()
            at += 1
        word = _WORD.match(content, at)
        if word is None:
            return ()
        at = word.end()
        if content.startswith("(", at):
            close = _closing(content, at)
            if close is None:
                return ()
            steps.append(Segment(word[0], offset + word.start(), offset + word.end(), True, content[at + 1 : close]))
            at = close + 1
        else:
            steps.append(Segment(word[0], offset + word.start(), offset + word.end()))
    return tuple(steps)


def _closing(content: str, start: int) -> int | None:
    """Where the parenthesis at `start` is closed; quoted text holds none."""
    depth, quote = 0, ""
    for at in range(start, len(content)):
        char = content[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return at
    return None


# ---- runtime inputs


@dataclass(frozen=True, slots=True)
class Modifier:
    """`.name(argument)` behind `<+input>`; start, end: of name and argument, code points of the text."""

    name: str
    argument: str
    start: int
    end: int

    @property
    def values(self) -> list[str]:
        """The values of allowedValues and the like: divided at commas outside of quotes, white space cut off."""
        return divided(self.argument)


@dataclass(frozen=True, slots=True)
class RuntimeInput:
    """
    `<+input>` with its modifiers, in order.

    problem: what is wrong with the form, a clause, "" where nothing is; start, end: where. near: a modifier that was
    probably meant.
    """

    modifiers: tuple[Modifier, ...]
    problem: str = ""
    start: int = 0
    end: int = 0
    near: str = ""

    def modifier(self, name: str) -> Modifier | None:
        """The first modifier of that name."""
        return next((one for one in self.modifiers if one.name == name), None)


_NEXT = pattern(r"\)\s*\.\s*(?=[A-Za-z_]\w*\()")


def runtime_input(text: str) -> RuntimeInput | None:
    """
    What a value that begins with `<+input>` asks for; None for every other value.

    Source: harness-schema's pattern of runtime inputs; harness-core InputSetValidatorType, NGRuntimeInputUtils.
    """
    if not text.startswith(INPUT):
        return None
    modifiers: list[Modifier] = []
    at = len(INPUT)
    end = len(text.rstrip())
    while at < end:
        if text[at] != ".":
            return RuntimeInput(tuple(modifiers), f"goes on with `{text[at:end]}`, which is no modifier", at, end)
        word = re.compile(r"[A-Za-z_]\w*").match(text, at + 1)
        if word is None:
            return RuntimeInput(tuple(modifiers), "ends with a dot that no modifier follows", at, end)
        name = word[0]
        if name not in MODIFIERS:
            near = next((one for one in MODIFIERS if _close(name, one)), "")
            return RuntimeInput(tuple(modifiers), f"has no modifier `{name}`", word.start(), word.end(), near)
        if not text.startswith("(", word.end()):
            return RuntimeInput(tuple(modifiers), f"needs parentheses behind `{name}`", word.start(), word.end())
        close = _argument_end(text, word.end(), end)
        if close is None:
            return RuntimeInput(tuple(modifiers), f"does not close the parenthesis of `{name}`", word.start(), end)
        argument = text[word.end() + 1 : close]
        if name == "executionInput" and argument.strip():
            return RuntimeInput(
                tuple(modifiers), "gives `executionInput` a value, and it takes none", word.end() + 1, close
            )
        if name not in ("executionInput", "default") and not argument.strip():
            return RuntimeInput(tuple(modifiers), f"gives `{name}` no value", word.start(), close + 1)
        modifiers.append(Modifier(name, argument, word.start(), close + 1))
        at = close + 1
    return RuntimeInput(tuple(modifiers))


def _argument_end(text: str, start: int, end: int) -> int | None:
    """The parenthesis that ends a modifier: the one before the next modifier, else the last of the text."""
    following = _NEXT.search(text, start, end)
    if following is not None:
        return following.start()
    last = text.rfind(")", start, end)
    return last if last >= 0 else None


def divided(argument: str) -> list[str]:
    """The parts of a list in one text: commas divide, not those in `'…'`, `"…"` or their escaped forms."""
    parts: list[str] = []
    part, quote, at = "", "", 0
    while at < len(argument):
        char = argument[at]
        if char == "\\" and argument[at + 1 : at + 2] in ("'", '"'):
            at += 1
            char = argument[at]
        if char in "'\"" and quote in ("", char):
            quote = "" if quote else char
        elif char == "," and not quote:
            parts.append(part.strip())
            part = ""
        else:
            part += char
        at += 1
    if quote:
        return [each.strip() for each in argument.split(",")]
    parts.append(part.strip())
    return parts


def _close(word: str, other: str) -> bool:
    first, second = word.lower().rstrip("s"), other.lower().rstrip("s")
    return first == second or (abs(len(first) - len(second)) <= 2 and _distance(first, second) <= 2)


def _distance(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for at, char in enumerate(first, 1):
        previous, row[0] = row[0], at
        for to, other in enumerate(second, 1):
            previous, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, previous + (char != other))
    return row[-1]


# ---- regular expressions, which Harness gives to java.util.regex and matches against the whole value

_JAVA_ONLY = pattern(r"\\[pPQhHRGzZkX]|\(\?<|&&|\(\?[a-zA-Z]*[dux]")


def pattern_error(pattern: str) -> str:
    """Why Java's regular expressions refuse a pattern, a clause; "" where they take it or nobody can tell."""
    if _compiled(pattern) is not None:
        return ""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as wrong:
        return "" if _JAVA_ONLY.search(pattern) else str(wrong)
    return ""


def whole_match(pattern: str, text: str) -> bool | None:
    """Whether a pattern matches the whole text; None for a pattern that cannot be judged here."""
    compiled = _compiled(pattern)
    return None if compiled is None else compiled.fullmatch(text) is not None


def _compiled(pattern: str) -> re2._Regexp | None:
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    try:
        return re2.compile(pattern, options=options)
    except re2.error:
        return None
