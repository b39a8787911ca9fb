"""
The patterns of git generators as regular expressions for RE2, exactly as Argo CD's three matchers read them.

Paths are matched whole. Callers: the index of a Git tree.
"""

from __future__ import annotations

import re

from gitops_lint.languages.failure import BeyondLimitError

_POSIX = ("alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit")
_DEEPEST = 32
_NOTHING = r"[^\x00-\x{10FFFF}]"


class PatternError(Exception):
    """A pattern that the matcher refuses. The words are the matcher's."""


# ---- directories: Go's path.Match


def directory_expression(pattern: str) -> str:
    """
    `*` and `?` stop at `/`, a class may match it; `\\` quotes; braces are plain text.

    Raises PatternError where Go says `syntax error in pattern`: then the controller takes the pattern as matching nothing.
    Source: Go path/match.go.
    """
    made: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if sign == "*":
            if not made or made[-1] != "[^/]*":
                made.append("[^/]*")
        elif sign == "?":
            made.append("[^/]")
        elif sign == "[":
            expression, at = _go_class(pattern, at)
            made.append(expression)
        elif sign == "\\":
            if at == len(pattern):
                raise PatternError("syntax error in pattern")
            made.append(re.escape(pattern[at]))
            at += 1
        else:
            made.append(re.escape(sign))
    return "".join(made)


def _go_class(pattern: str, at: int) -> tuple[str, int]:
    """A class whose `[` is read: its expression, and where the pattern goes on."""
    negated = pattern.startswith("^", at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while True:
        if pattern.startswith("]", at) and ranges:
            return _class(ranges, negated), at + 1
        low, at = _go_escape(pattern, at)
        high = low
        if pattern.startswith("-", at):
            high, at = _go_escape(pattern, at + 1)
        ranges.append((low, high))


def _go_escape(pattern: str, at: int) -> tuple[str, int]:
    if at >= len(pattern) or pattern[at] in "-]":
        raise PatternError("syntax error in pattern")
    if pattern[at] == "\\":
        at += 1
        if at >= len(pattern):
            raise PatternError("syntax error in pattern")
    if at + 1 >= len(pattern):
        # a class that ends with the pattern is not closed
        raise PatternError("syntax error in pattern")
    return pattern[at], at + 1


def _class(ranges: list[tuple[str, str]], negated: bool, *, slash: bool = True) -> str:
    """A class for RE2; ranges that hold nothing are left out. slash: whether it may match `/`."""
    parts = [
        f"{_literal(low)}-{_literal(high)}" if low != high else _literal(low) for low, high in ranges if low <= high
    ]
    if negated:
        return f"[^{''.join(parts)}{'' if slash else '/'}]" if parts or not slash else r"(?s:.)"
    return f"[{''.join(parts)}]" if parts else _NOTHING


def _literal(sign: str) -> str:
    return f"\\x{{{ord(sign):x}}}"


# ---- files, as `git ls-files` has them


def pathspec_expression(pattern: str) -> str:
    """
    A Git pathspec without magic, as an expression for paths in bytes that are read as Latin-1 (`byte_text`).

    `*` and `?` match `/` too, `**` is `*`; a pattern also names what lies below it as a folder, where it is taken letter by
    letter. Raises PatternError for one that leaves the repository.
    Source: Git's pathspec.c, dir.c match_pathspec_item, wildmatch.c without WM_PATHNAME.
    """
    text = _normal(pattern)
    literal = re.escape(byte_text(text))
    if text in ("", "."):
        return "(?s:.*)"
    below = "(?s:.*)" if text.endswith("/") else "(?:/(?s:.*))?"
    expression = literal + below
    if not any(mark in text for mark in "*?[\\"):
        return expression
    wild = _wild(byte_text(text))
    return expression if wild is None else f"(?:{expression}|{wild})"


def byte_text(path: str) -> str:
    """The UTF-8 bytes of a path as characters: Git counts bytes."""
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("latin-1")


def _normal(pattern: str) -> str:
    """Source: Git's path.c normalize_path_copy, setup.c prefix_path_gently."""
    if pattern.startswith("/"):
        raise PatternError(f"fatal: {pattern}: '{pattern}' is outside repository")
    parts: list[str] = []
    for part in pattern.split("/"):
        if part == "..":
            if not parts:
                raise PatternError(f"fatal: {pattern}: '{pattern}' is outside repository")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    ends = pattern.endswith(("/", "/.", "/..")) and bool(parts)
    return "/".join(parts) + ("/" if ends else "")


def _wild(pattern: str) -> str | None:
    """The expression of a pattern with wildcards; None where it can match nothing."""
    made: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if sign == "*":
            if not made or made[-1] != "(?s:.*)":
                made.append("(?s:.*)")
        elif sign == "?":
            made.append("(?s:.)")
        elif sign == "\\":
            if at == len(pattern):
                return None
            made.append(re.escape(pattern[at]))
            at += 1
        elif sign == "[":
            found = _wild_class(pattern, at)
            if found is None:
                return None
            made.append(found[0])
            at = found[1]
        else:
            made.append(re.escape(sign))
    return "".join(made)


def _wild_class(pattern: str, at: int) -> tuple[str, int] | None:
    """A class of wildmatch whose `[` is read; None where it is not closed, or names no class of characters."""
    negated = pattern.startswith(("!", "^"), at)
    at += negated
    parts: list[str] = []
    previous = ""
    first = True
    while True:
        if at >= len(pattern):
            return None
        sign = pattern[at]
        if sign == "]" and not first:
            break
        first = False
        if sign == "\\":
            at += 1
            if at >= len(pattern):
                return None
            previous = pattern[at]
            parts.append(_literal(previous))
        elif sign == "-" and previous and at + 1 < len(pattern) and pattern[at + 1] != "]":
            at += 1
            if pattern[at] == "\\":
                at += 1
                if at >= len(pattern):
                    return None
            if previous <= pattern[at]:
                parts.append(f"{_literal(previous)}-{_literal(pattern[at])}")
            previous = ""
        elif pattern.startswith("[:", at):
            end = pattern.find("]", at + 2)
            if end < 0:
                return None
            if pattern[end - 1] != ":" or end - 1 < at + 2:
                # no class: a `[` like any other
                previous = "["
                parts.append(_literal("["))
            else:
                name = pattern[at + 2 : end - 1]
                if name not in _POSIX:
                    return None
                parts.append(f"[:{name}:]")
                previous = ""
                at = end
        else:
            previous = sign
            parts.append(_literal(sign))
        at += 1
    body = "".join(parts)
    return f"[{'^' if negated else ''}{body}]", at + 1


# ---- files with the newer globbing: doublestar


def doublestar_expression(pattern: str) -> str:
    """
    `*`, `?` and classes stop at `/`, `**` between slashes is any number of folders, braces are alternatives.

    One that leaves the repository matches nothing. Raises PatternError for one that is no pattern.
    Source: bmatcuk/doublestar v4 utils.go FilepathGlob, match.go, validate.go, called with filepath.Join(root, pattern).
    """
    parts: list[str] = []
    for part in pattern.split("/"):
        if part == "..":
            if not parts:
                return _NOTHING
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    whole = "/".join(parts)
    _validate(whole)
    return _doublestar(whole, 0)


def _validate(pattern: str) -> None:
    depth = 0
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if sign == "\\":
            at += 1
            if at > len(pattern):
                raise PatternError("syntax error in pattern")
        elif sign == "[":
            at += pattern.startswith(("!", "^"), at)
            if pattern.startswith("]", at):
                raise PatternError("syntax error in pattern")
            while at < len(pattern) and pattern[at] != "]":
                at += 2 if pattern[at] == "\\" else 1
            if at >= len(pattern):
                raise PatternError("syntax error in pattern")
            at += 1
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if depth < 0:
                raise PatternError("syntax error in pattern")
    if depth:
        raise PatternError("syntax error in pattern")


def _doublestar(pattern: str, depth: int) -> str:
    if depth > _DEEPEST:
        raise BeyondLimitError("the pattern of a git generator is too deep to be followed", 0, 0)
    made: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "*":
            end = at
            while end < len(pattern) and pattern[end] == "*":
                end += 1
            alone = (at == 0 or pattern[at - 1] == "/") and (end == len(pattern) or pattern[end] == "/")
            if end - at == 2 and alone:
                if end < len(pattern):
                    made.append("(?:(?s:.*)/)?")
                    end += 1
                elif made and made[-1] == "/":
                    made[-1] = "(?:/(?s:.*))?"
                else:
                    made.append("(?s:.*)")
            else:
                made.append("[^/]*")
            at = end
        elif sign == "?":
            made.append("[^/]")
            at += 1
        elif sign == "[":
            expression, at = _doublestar_class(pattern, at + 1)
            made.append(expression)
        elif sign == "{":
            end = _closing(pattern, at)
            made.append(f"(?:{'|'.join(_doublestar(one, depth + 1) for one in _alternatives(pattern[at + 1 : end]))})")
            at = end + 1
        elif sign == "\\":
            if at + 1 == len(pattern):
                raise PatternError("syntax error in pattern")
            made.append(re.escape(pattern[at + 1]))
            at += 2
        else:
            made.append(re.escape(sign))
            at += 1
    return "".join(made)


def _doublestar_class(pattern: str, at: int) -> tuple[str, int]:
    negated = pattern.startswith(("!", "^"), at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while True:
        if at >= len(pattern):
            raise PatternError("syntax error in pattern")
        if pattern[at] == "]":
            return _class(ranges, negated, slash=False), at + 1
        low, at = _doublestar_escape(pattern, at)
        if low == "/":
            # folders are told apart before classes are read
            raise PatternError("syntax error in pattern")
        ranges.append((low, low))
        if pattern.startswith("-", at) and not pattern.startswith("-]", at):
            high, at = _doublestar_escape(pattern, at + 1)
            ranges.append((low, high))


def _doublestar_escape(pattern: str, at: int) -> tuple[str, int]:
    if pattern.startswith("\\", at):
        at += 1
    if at >= len(pattern):
        raise PatternError("syntax error in pattern")
    return pattern[at], at + 1


def _closing(pattern: str, at: int) -> int:
    """Where the brace at an offset is closed."""
    depth = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 1
        elif pattern[at] == "{":
            depth += 1
        elif pattern[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise PatternError("syntax error in pattern")


def _alternatives(text: str) -> list[str]:
    found = [""]
    depth = 0
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == "\\" and at + 1 < len(text):
            found[-1] += text[at : at + 2]
            at += 2
            continue
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
        at += 1
    return found


def literal_start(pattern: str) -> str:
    """The folder that everything a pattern can match lies below, "" for the root; for all three matchers."""
    parts = pattern.split("/")
    literal = []
    for part in parts[:-1]:
        if any(mark in part for mark in "*?[{\\"):
            break
        if part not in ("", "."):
            literal.append(part)
    return "/".join(literal)


def literal_end(pattern: str) -> str:
    """The text that every file ends with which a pattern with wildcards can match; "" where nothing can be said."""
    at = max(pattern.rfind(mark) for mark in "*?[]{}\\,")
    end = pattern[at + 1 :]
    # what normalising may change says nothing
    return "" if at < 0 or "//" in end or "/." in end or end.endswith("/") else end
