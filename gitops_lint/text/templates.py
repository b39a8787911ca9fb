"""Template actions in YAML: files that are templates as a whole, and single actions that lack their quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.parsed import Document

_BLOCK_HEADER = re.compile(r"(?:^|[:\-][ \t]+|[&!]\S+[ \t]+)[|>][-+0-9]{0,2}[ \t]*(?:[ \t]#.*)?$")
_DASHES = re.compile(r"[ \t]*(?:-[ \t]+)*")
_COMMENT = re.compile(r"(?:^|[ \t])#")
_QUOTED = re.compile(r""""(?:[^"\\\r\n]|\\.)*"|'(?:[^'\r\n]|'')*'""")
_WHOLE = re.compile(r"\{%|\{\{-|-\}\}|^[ \t]*\{\{")
_LISTED = re.compile(r"^[ \t]*(?:-[ \t]+)+\{\{")
_ACTION = re.compile(r"\{\{.*?\}\}")
_TOKEN_LINE = re.compile(r"^[ \t]*(?:<[A-Z][A-Z0-9_]*>|\$\{[A-Za-z_][A-Za-z0-9_]*\}|%%[^%\s]+%%)[ \t]*$")


def template_end(text: str, start: int) -> int:
    """Behind the `}}` of the action that starts at `start`, or its line's end."""
    end = text.find("}}", start)
    if end < 0:
        return start + 2
    return end + 2


def unquoted_template(text: str, start: int, end: int, number: int) -> Mistake:
    """An action at start..end that is a value without quotes."""
    action = text[start:end]
    mark = "'" if '"' in action else '"'
    line = action.splitlines()[0]
    return Mistake(
        "unquoted-template",
        f"`{line}` needs quotes: without them YAML reads the braces as a mapping",
        start,
        end,
        number,
        f"put quotes around the whole value: `{mark}{line}{mark}`",
    )


def judge_templates(
    text: str, starts: Sequence[int], mistakes: list[Mistake], documents: Sequence[Document]
) -> list[Mistake]:
    """
    The mistakes with `template-file` in place of what comes from parsing a template as YAML.

    Judged are the stretches of documents that could not be read or hold an action as a mapping: lines with `{%`, `{{-`
    or a `{{` at their start make a template of the file; so do placeholders such as `<NAME>` alone on a line. Block
    scalars and quoted text do not count: a templatePatch in an ApplicationSet is no template file.
    """
    if not mistakes:
        return mistakes
    read = {document.number for document in documents}
    suspects = {
        mistake.document
        for mistake in mistakes
        if mistake.kind in _DOUBTFUL or (mistake.document not in read and mistake.kind in _SYNTAX)
    }
    if not suspects:
        return mistakes
    ends = [*starts[1:], len(text)]
    for number in sorted(suspects):
        found = _trace(text[starts[number] : ends[number]])
        if found is not None:
            break
    else:
        return mistakes
    judged: list[Mistake] = []
    done: set[int] = set()
    for mistake in mistakes:
        if mistake.document not in suspects or mistake.kind not in _DOUBTFUL | _SYNTAX:
            judged.append(mistake)
        elif mistake.document not in done:
            done.add(mistake.document)
            message = "this is a template, not YAML; it can be read only after it is rendered"
            judged.append(replace(mistake, kind="template-file", message=message, help="", related=()))
    return judged


_DOUBTFUL = frozenset(("unquoted-template", "complex-key"))
_SYNTAX = frozenset(("syntax", "tab-indentation", "dropped-after-end"))


def _trace(document: str) -> str | None:
    """The first line that makes a template of a document, or None."""
    actions = 0
    listed: str | None = None
    for line in _bare_lines(document):
        if "{" not in line and "}" not in line and "<" not in line and "%" not in line:
            continue
        if _WHOLE.search(line) or _TOKEN_LINE.search(line):
            return line
        actions += len(_ACTION.findall(line))
        if _LISTED.search(line):
            listed = line
    return listed if actions > 1 else None


def _bare_lines(document: str) -> list[str]:
    """Lines outside of block scalars, without quoted text and comments."""
    lines: list[str] = []
    inside: int | None = None  # column of the key or dash that holds the block scalar at hand
    for line in document.splitlines():
        if inside is not None:
            if len(line) - len(line.lstrip(" ")) > inside or not line.strip():
                continue
            inside = None
        if ("|" in line or ">" in line) and _BLOCK_HEADER.search(line):
            inside = _block_parent(line)
        if '"' in line or "'" in line:
            line = _QUOTED.sub("", line)
        if "#" in line:
            comment = _COMMENT.search(line)
            line = line[: comment.start()] if comment is not None else line
        lines.append(line)
    return lines


def _block_parent(line: str) -> int:
    """The column that a block scalar's lines must lie behind: of its key, or of its dash where it has no key."""
    found = _DASHES.match(line)
    prefix = found.group() if found is not None else ""
    if line[len(prefix) : len(prefix) + 1] in "|>":
        return prefix.rfind("-")
    return len(prefix)


def is_template(text: str) -> bool:
    """Whether the text of a document that could not be read is plainly a template."""
    return _trace(text) is not None
