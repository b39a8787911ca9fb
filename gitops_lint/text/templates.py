"""Template actions in YAML: files that are templates as a whole, and single actions that lack their quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gitops_lint.pattern import pattern
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.parsed import Document

_BLOCK_HEADER = pattern(r"(?:^|[:\-][ \t]+|[&!]\S+[ \t]+)[|>][-+0-9]{0,2}[ \t]*(?:[ \t]#.*)?$")
_DASHES = pattern(r"[ \t]*(?:-[ \t]+)*")
_COMMENT = pattern(r"(?:^|[ \t])#")
_QUOTED = pattern(r"""(?<![^\s,\[\]{}(:=|-])(?:"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\r\n]|'')*')""")
_WHOLE = pattern(r"\{%|\{\{-|-\}\}|^[ \t]*\{\{", re.MULTILINE)
_LISTED = pattern(r"^[ \t]*(?:-[ \t]+)+\{\{", re.MULTILINE)
_ACTION = pattern(r"\{\{(?:(?!\{\{).)*?\}\}")
_TOKEN_LINE = pattern(r"^[ \t]*(?:<[A-Z][A-Z0-9_]*>|\$\{[A-Za-z_][A-Za-z0-9_]*\}|%%[^%\s]+%%)[ \t]*\r?$", re.MULTILINE)
_VALUE_ACTION = pattern(r"(?:^[ \t]*|[:,?-][ \t]+|[\[,{][ \t]*)(\{\{(?:(?!\{\{).)*?\}\})", re.MULTILINE)
_PART = 50  # lines
_VALUE = pattern(r"\{\{.*?\}\}(?:[ \t]*(?:\{\{.*?\}\}|[^\s,\[\]{}#]|(?<=\S)#))*")


def action_at(text: str, start: int, end: int) -> int | None:
    """Start of the first action between start and end (whole lines) that begins a value and stands in no quotes."""
    bare = _bare(text[start:end])
    found = _VALUE_ACTION.search(bare)
    return start + found.start(1) if found is not None else None


def value_end(text: str, start: int) -> int:
    """End of the value that the action at `start` begins: `{{ env }}/cluster` is one value."""
    found = _VALUE.match(text, start)
    return found.end() if found is not None else start + 2


def unquoted_template(text: str, start: int, number: int) -> Mistake:
    """An action at `start` that begins a value and stands in no quotes."""
    end = value_end(text, start)
    value = text[start:end]
    quote = "'" if '"' in value else '"'
    return Mistake(
        "unquoted-template",
        f"`{value}` needs quotes: without them YAML reads the braces as a mapping",
        start,
        end,
        number,
        f"write `{quote}{value}{quote}`",
    )


def judge_templates(
    text: str, starts: Sequence[int], mistakes: list[Mistake], documents: Sequence[Document]
) -> list[Mistake]:
    """
    The mistakes as they should be told once templates are recognised.

    Judged are the stretches of documents that could not be read or hold an action as a mapping. Lines with `{%`, `{{-`
    or a `{{` at their start make a template of the file, and so do placeholders such as `<NAME>` alone on a line: then
    each such document gets one mistake `template-file`. Block scalars and quoted text do not count: a templatePatch in
    an ApplicationSet is no template file. Elsewhere a document gets one `unquoted-template`; its other actions are
    related places.
    """
    if not mistakes:
        return mistakes
    read = {document.number for document in documents}
    suspects: dict[int, list[Mistake]] = {}
    for mistake in mistakes:
        if mistake.kind in _DOUBTFUL or (mistake.kind in _SYNTAX and mistake.document not in read):
            suspects.setdefault(mistake.document, []).append(mistake)
    if not suspects:
        return mistakes
    ends = [*starts[1:], len(text)]
    template = any(is_template(text[starts[number] : ends[number]]) for number in suspects)
    judged = [mistake for mistake in mistakes if mistake not in suspects.get(mistake.document, ())]
    for number, found in suspects.items():
        if template:
            message = "this is a template, not YAML; it can be read only after it is rendered"
            judged.append(replace(found[0], kind="template-file", message=message, help="", related=()))
            continue
        unquoted = [mistake for mistake in found if mistake.kind == "unquoted-template"]
        if not unquoted:
            judged.extend(found)
            continue
        first = unquoted[0]
        others = [
            starts[number] + action.start(1)
            for action in _VALUE_ACTION.finditer(_bare(text[starts[number] : ends[number]]))
            if starts[number] + action.start(1) > first.start
        ]
        related = tuple((at, value_end(text, at), "this one needs quotes too") for at in others)
        judged.append(replace(first, related=related))
        judged.extend(mistake for mistake in found if mistake.kind == "complex-key" and number in read)
    judged.sort(key=lambda mistake: (mistake.start, mistake.end))
    return judged


_DOUBTFUL = frozenset(("unquoted-template", "complex-key", "dropped-after-end"))
_SYNTAX = frozenset(("syntax", "tab-indentation", "unknown-alias"))


def _bare(document: str) -> str:
    """The text with blanks in place of block scalars, quoted text and comments; offsets stay."""
    return "".join(_bare_parts(document))


def _bare_parts(document: str) -> Iterator[str]:
    """The same, some whole lines at a time."""
    lines: list[str] = []
    inside: int | None = None  # column of the key or dash that holds the block scalar at hand
    for line in document.splitlines(keepends=True):
        if len(lines) >= _PART and lines[-1].endswith("\n"):
            yield "".join(lines)
            lines = []
        if inside is not None:
            if len(line) - len(line.lstrip(" ")) > inside or not line.strip():
                lines.append(_blank(line))
                continue
            inside = None
        if ("|" in line or ">" in line) and _BLOCK_HEADER.search(line.rstrip()):
            inside = _block_parent(line)
        if '"' in line or "'" in line:
            line = _QUOTED.sub(lambda found: " " * len(found.group()), line)
        if "#" in line:
            comment = _COMMENT.search(line)
            if comment is not None:
                line = line[: comment.start()] + _blank(line[comment.start() :])
        lines.append(line)
    yield "".join(lines)


def _blank(line: str) -> str:
    body = len(line.rstrip("\r\n"))
    return " " * body + line[body:]


def _block_parent(line: str) -> int:
    """The column that a block scalar's lines must lie behind: of its key, or of its dash where it has no key."""
    found = _DASHES.match(line)
    prefix = found.group() if found is not None else ""
    if line[len(prefix) : len(prefix) + 1] in "|>":
        return prefix.rfind("-")
    return len(prefix)


def is_template(text: str) -> bool:
    """Whether the text of a document that could not be read is plainly a template."""
    listed = False
    actions = 0
    for bare in _bare_parts(text):  # most templates show what they are in their first lines
        if _TOKEN_LINE.search(bare):
            return True
        if "{{" not in bare and "}}" not in bare and "{%" not in bare:
            continue
        if _WHOLE.search(bare):
            return True
        listed = listed or _LISTED.search(bare) is not None
        actions += len(_ACTION.findall(bare))
        if listed and actions > 1:
            return True
    return False
