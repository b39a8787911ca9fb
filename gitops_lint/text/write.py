"""Plain values to YAML text: quotes only where a reader would take the text for something else; for `edit.py`."""

from __future__ import annotations

import json
import math
import re

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source, children, pairs
from gitops_lint.text.scalars import Plain, typed

# Plain texts, compiled by `re` at first use: most runs write nothing.
# What YAML 1.1 readers other than go-yaml take for numbers and dates: base 60, timestamps, `=` and `<<`.
_OTHER_READERS = (
    r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:(?:[Tt]|[ \t]+)[0-9][0-9]?:.*)?"
    r"|[-+]?(?:0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?)"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|=|<<"
)
_PLAIN_START = pattern(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[-?:](?=[^\s,\[\]{}])")
_PLAIN_BREAK = pattern(r":(?:\s|$)|\s#|^\s|\s$|^(?:---|\.\.\.)")
_UNPRINTABLE = "[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]"


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How a document is laid out.

    step: spaces by which a mapping below a key is indented. dash: the same for the dashes of a list below a key.
    newline: the line break. json: the document is in braces as a whole, so that keys and texts take double quotes.
    """

    step: int = 2
    dash: int = 2
    newline: str = "\n"
    json: bool = False


def layout_of(root: Node) -> Layout:
    """The layout of a document, from the first nested collections that show it."""
    text = root.source.text
    step: int | None = None
    dash: int | None = None
    stack = [root]
    seen: set[int] = set()
    while stack and (step is None or dash is None):
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping) and not node.flow:
            for key, value in pairs(node):
                if value.start <= key.end or not isinstance(value, (Mapping, Sequence)) or value.flow:
                    continue
                wider = column(node.source, value.start) - column(node.source, key.start)
                if isinstance(value, Mapping) and step is None and wider > 0:
                    step = wider
                elif isinstance(value, Sequence) and dash is None and wider >= 0:
                    dash = wider
        stack.extend(reversed(children(node)))
    flow = isinstance(root, (Mapping, Sequence)) and root.flow
    newline = "\r\n" if "\r\n" in text else "\n"
    return Layout(step or 2, dash if dash is not None else (step or 2), newline, flow)


def column(source: Source, offset: int) -> int:
    """Column of an offset from 0, in code points."""
    return offset - max(source.text.rfind("\n", 0, offset), source.text.rfind("\r", 0, offset)) - 1


def scalar_text(value: Plain, flow: bool = False, json_like: bool = False, quote: str = "") -> str:
    """
    A scalar on one line. Raises ValueError for a mapping, a list and a number that JSON does not have.

    flow: it stands in brackets. quote: the quotes to keep (`"` or `'`), if the value is a text that can stand in them.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{value} is no number that can be written")
        return repr(value)
    if not isinstance(value, str):
        raise ValueError("a mapping or a list is no scalar")
    if json_like:
        return _double(value)
    if not quote and _is_plain(value, flow):
        return value
    if _holds_unprintable(value):
        return _double(value)
    if quote == "'" or (quote != '"' and ('"' in value or "\\" in value)):
        return "'" + value.replace("'", "''") + "'"
    return _double(value)


def flow_text(value: Plain, json_like: bool) -> str:
    """A value on one line, collections in brackets."""
    if isinstance(value, dict):
        entries = (
            f"{scalar_text(key, True, json_like)}: {flow_text(below, json_like)}" for key, below in value.items()
        )
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow_text(item, json_like) for item in value) + "]"
    return scalar_text(value, True, json_like)


def block_lines(value: Plain, layout: Layout) -> list[str]:
    """Lines of a collection that is not empty, in block style, indented from column 0."""
    lines: list[str] = []
    if isinstance(value, dict):
        for key, below in value.items():
            lines.extend(entry_lines(key, below, layout))
    elif isinstance(value, list):
        for item in value:
            lines.extend(item_lines(item, layout))
    return lines


def entry_lines(key: str, value: Plain, layout: Layout) -> list[str]:
    """Lines of one entry of a block mapping, the key at column 0."""
    written = scalar_text(key)
    if isinstance(value, (dict, list)) and value:
        wider = layout.step if isinstance(value, dict) else layout.dash
        return [f"{written}:", *(_indented(line, wider) for line in block_lines(value, layout))]
    first, *more = value_lines(value, layout.step)
    return [f"{written}: {first}", *more]


def item_lines(value: Plain, layout: Layout) -> list[str]:
    """Lines of one item of a block list, the dash at column 0."""
    if isinstance(value, (dict, list)) and value:
        first, *more = block_lines(value, layout)
        return [f"- {first}", *(_indented(line, 2) for line in more)]
    first, *more = value_lines(value, 2)
    return [f"- {first}", *more]


def value_lines(value: Plain, indent: int, quote: str = "") -> list[str]:
    """Lines of a scalar or an empty collection in block style: one, or a literal block for a text of several lines."""
    if isinstance(value, (dict, list)):
        return ["{}" if isinstance(value, dict) else "[]"]
    if isinstance(value, str) and not quote and _is_literal(value):
        lines = value.removesuffix("\n").split("\n")
        header = "|" if value.endswith("\n") else "|-"
        return [header, *(_indented(line, indent) for line in lines)]
    return [scalar_text(value, quote=quote)]


def _indented(line: str, width: int) -> str:
    return " " * width + line if line else line


def _is_literal(value: str) -> bool:
    """Whether a text can be a literal block of its own words: several lines, no odd characters, no odd ends."""
    if "\n" not in value.removesuffix("\n") or value.endswith("\n\n") or value[0] in " \n\t":
        return False
    return not any(_holds_unprintable(line) for line in value.split("\n"))


def _is_plain(value: str, flow: bool) -> bool:
    """Whether every reader takes a text for itself without quotes."""
    if not value or _holds_unprintable(value) or not _PLAIN_START.match(value) or _PLAIN_BREAK.search(value):
        return False
    if flow and re.search(r"[,\[\]{}:?]", value):
        return False
    if value[0] in "-?:" and len(value) == 1:
        return False
    probe = Scalar(_NOWHERE, 0, 0, value)
    return (
        typed(probe, "v2") == value
        and typed(probe, "v3") == value
        and not re.fullmatch(_OTHER_READERS, value, re.ASCII)
    )


_NOWHERE = Source("")


def _holds_unprintable(value: str) -> bool:
    # Python's own answer is the same for ASCII, and most texts are ASCII
    return not value.isprintable() if value.isascii() else re.search(_UNPRINTABLE, value) is not None


def _double(value: str) -> str:
    # JSON's escapes are YAML's, but a character beyond the BMP would become two halves, which YAML refuses.
    written = json.dumps(value, ensure_ascii=False)
    return re.sub(_UNPRINTABLE, lambda found: f"\\u{ord(found.group()):04x}", written)
