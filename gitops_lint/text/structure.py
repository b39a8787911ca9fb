"""What is wrong with the structure of YAML: brackets that are not closed, lines that fit no collection around them."""

from __future__ import annotations

from yaml import (
    AliasToken,
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    ScalarToken,
)

from gitops_lint.text.around import Case, Token
from gitops_lint.text.mistakes import Mistake


def flow_not_ended(case: Case) -> Mistake | None:
    """A comma or a closing bracket is missing in the flow collection that begins at `context_at`."""
    opener = case.text[case.context_at : case.context_at + 1]
    if opener not in ("[", "{"):
        return None
    closer = "]" if opener == "[" else "}"
    what = "list" if opener == "[" else "mapping"
    line = case.line(case.at)
    first = case.line(case.context_at)
    opened = (case.context_at, case.context_at + 1, "opened here")
    found = case.text[case.at : case.at + 1]
    if found in ("]", "}"):
        message = f"`{found}` closes the {what} that `{opener}` opened"
        return case.tell(message, case.at, case.at + 1, f"close it with `{closer}`", opened)
    indented = len(line.text) - len(line.text.lstrip())
    if case.at >= len(case.text) or (
        line.start > first.start and indented <= len(first.text) - len(first.text.lstrip())
    ):
        return _not_closed(case, case.context_at)
    words = case.to_line_end(case.at)
    if found == ":":
        return case.tell(f"`:` cannot stand here in a {what} in brackets", case.at, case.at + 1, "", opened)
    message = f"a comma or `{closer}` is missing before `{words}`"
    return case.tell(message, case.at, case.at + len(words), "put quotes around text that holds brackets", opened)


def _not_closed(case: Case, at: int) -> Mistake:
    opener = case.text[at]
    closer, what = ("]", "list") if opener == "[" else ("}", "mapping")
    return case.tell(f"the {what} opened here with `{opener}` is not closed", at, at + 1, f"close it with `{closer}`")


def no_value(case: Case) -> Mistake | None:
    """`did not find expected node content`."""
    openers = _open_brackets(case)
    found = case.text[case.at : case.at + 1]
    if openers and found not in ("]", "}", ","):
        return _not_closed(case, openers[-1].start)
    if found == ",":
        message = "a comma stands here with no value before it" if openers else "no plain text can start with a comma"
        return case.tell(
            message, case.at, case.at + 1, "remove the comma" if openers else "put quotes around the value"
        )
    if found in ("]", "}"):
        if not openers:
            return case.tell(f"`{found}` closes nothing that was opened", case.at, case.at + 1)
        return flow_not_ended(Case(case.text, case.document, case.at, case.context, openers[-1].start))
    return None


def _open_brackets(case: Case) -> list[Token]:
    openers: list[Token] = []
    for token in case.tokens:
        if token.kind in (FlowMappingStartToken, FlowSequenceStartToken):
            openers.append(token)
        elif token.kind in (FlowMappingEndToken, FlowSequenceEndToken) and openers:
            openers.pop()
    return openers


def no_entry(case: Case) -> Mistake | None:
    """`did not find expected key` and `… '-' indicator`: something else stands among the entries of a collection."""
    before = next((token for token in reversed(case.tokens) if token.end > token.start), None)
    line = case.line(case.at)
    words = case.to_line_end(case.at)
    end = case.at + len(words)
    found = case.text[case.at : case.at + 1]
    if found in ("]", "}"):
        return case.tell(f"`{found}` closes nothing that was opened", case.at, case.at + 1)
    if before is not None and line.start < before.end <= case.at and case.at > line.content:
        behind = _behind_value(case, before, words, end)
        if behind is not None:
            return behind
    if found in ("", "%"):
        return None
    indented = len(line.text) - len(line.text.lstrip(" "))
    dashed = case.text[case.at : case.at + 2] in ("-", "- ", "-\t", "-\n", "-\r")
    around = _columns(case)
    if dashed and "mapping" in case.context and case.at - line.start in {column for column, _ in around}:
        message = f"the list item `{words}` stands among the keys of a mapping"
        cure = "give the list a key of its own; or indent the item below the key it belongs to"
        return case.tell(message, case.at, end, cure, _first_entry(case, "the first key of the mapping"))
    item = _last_item(case)
    if "collection" in case.context and item is not None and case.at - line.start == item[0]:
        key = words.split(":")[0]
        message = f"`{key}` stands in the column of the dashes, and so belongs to no list item"
        cure = "indent it like the first key of the item; or less than the dashes, if the list is over"
        return case.tell(message, case.at, end if ":" not in words else case.at + len(key), cure, item[1])
    fitting = [(column, start) for column, start in around if column != indented]
    if not fitting:
        return None
    texts = " or ".join(f"{column} (`{_entry_text(case, start)}`)" for column, start in sorted(set(fitting))[:4])
    key = words.split(":")[0] if ":" in words else words
    message = f"`{key}` is indented by {indented} {'space' if indented == 1 else 'spaces'}, but the lines around it by {texts}"
    return case.tell(message, case.at, case.at + len(key), "indent it like the lines it belongs to")


def _behind_value(case: Case, before: Token, words: str, end: int) -> Mistake | None:
    """Text behind a value that is over: quoted, in brackets, or an alias."""
    written = case.text[before.start : before.end]
    if before.kind is ScalarToken and before.style in ("'", '"'):
        if "\n" in written or "\r" in written:
            first = case.to_line_end(before.start)
            message = f"the quote of `{first}` is closed only on a later line: is its end missing here?"
            related = (before.end - 1, before.end, "this quote closes it")
            return case.tell(
                message, before.start, before.start + len(first), f"close it with `{before.style}`", related
            )
        message = f"`{words}` follows the closing quote of `{written}`"
        double = before.style == "'" and case.text[before.end : before.end + 1] not in (" ", "\t")
        cure = "write a quote in single quotes twice: `''`" if double else "put the quotes around the whole value"
        return case.tell(message, case.at, end, cure)
    if before.kind in (FlowMappingEndToken, FlowSequenceEndToken):
        message = f"`{words}` follows the closing `{written}`"
        return case.tell(message, case.at, end, "put quotes around the whole value, if it is a text")
    if before.kind is AliasToken:
        message = f"`{words}` follows the alias `{written}`, which is a whole value"
        return case.tell(message, case.at, end, "put quotes around the whole value, if it is a text")
    return None


def _columns(case: Case) -> list[tuple[int, int]]:
    """Column and start of the block collections that are open at the error or were closed just before it."""
    stack: list[Token] = []
    closed: list[Token] = []
    for token in case.tokens:
        if token.kind in (BlockMappingStartToken, BlockSequenceStartToken):
            stack.append(token)
            closed.clear()
        elif token.kind is BlockEndToken and stack:
            closed.append(stack.pop())
        elif token.kind is ScalarToken:
            closed.clear()
    return [(token.start - case.line(token.start).start, token.start) for token in [*stack, *closed]]


def _entry_text(case: Case, start: int) -> str:
    words = case.to_line_end(start)
    return words if words.startswith("-") else words.split(":")[0]


def _first_entry(case: Case, words: str) -> tuple[int, int, str]:
    start = case.context_at
    return start, start + len(_entry_text(case, start)), words


def _last_item(case: Case) -> tuple[int, tuple[int, int, str]] | None:
    """Column of the dash of the list item above, and its place for a note."""
    token = next((token for token in reversed(case.tokens) if token.kind is BlockEntryToken), None)
    if token is None:
        return None
    end = case.value_end(token.start)
    return token.start - case.line(token.start).start, (token.start, end, "the list item above")
