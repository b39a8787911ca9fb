"""
What libyaml could not read, in words for people and at the place where the cure is.

libyaml names the place where it gave up and what it wanted there ("did not find expected key"). This room looks at the
tokens and lines around that place and says what was found and what is probably wrong. Texts are quoted, lines are not
numbered: the text may lie inside another file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from gitops_lint.pattern import pattern
from gitops_lint.text.around import Case, Line
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.structure import flow_not_ended, no_entry, no_value
from gitops_lint.text.templates import action_at, unquoted_template

_CONFLICT = pattern(r"(?:^|(?<=[\r\n]))(?:<{7} |>{7} )[^\r\n]*")
_KEY_LINE = pattern(
    r"""[ \t]*(?:-[ \t]+)*(?P<key>"[^"\r\n]*"|'[^'\r\n]*'|[^\s#'"\[{&*!|>][^\r\n]*?):(?P<value>[ \t][^\r\n]*)?$"""
)
_BLOCK_HEADER = pattern(r"(?:^|[:\-][ \t]+)[|>][-+0-9]{0,2}[ \t]*(?:[ \t]#.*)?$")
_SECRET = pattern(r"^[ \t]*\"?kind\"?:[ \t]*[\"']?Secret\b", re.MULTILINE)
_QUOTED = pattern(r"`[^`]*`")
_LONG = pattern(r"(`[^`]{60})[^`]+`")
_MARKS = {"`": "a backtick", "\x00": "a NUL character"}


def explain(text: str, document: int, problem: str, at: int, context: str, context_at: int) -> Mistake:
    """
    The mistake behind an error of libyaml in the document that begins at offset `document`.

    problem, context: libyaml's words. at, context_at: the offsets it names. The number of the document is left at 0.
    """
    conflict = _CONFLICT.search(text, document) if "<<<<<<< " in text or ">>>>>>> " in text else None
    if conflict is not None and conflict.start() <= at:
        message = "the file holds an unresolved merge conflict of Git"
        return Mistake("syntax", message, conflict.start(), conflict.end(), 0, "keep one of the two versions")
    case = Case(text, document, at, context, context_at)
    action = _action(case)
    if action is not None:
        return unquoted_template(text, action, 0)
    explainer = _EXPLAINERS.get(problem)
    mistake = explainer(case) if explainer is not None else None
    if mistake is None:
        mistake = _unexplained(case)
    return _masked(mistake) if _SECRET.search(text, document, _document_end(text, document)) else _shortened(mistake)


def _document_end(text: str, document: int) -> int:
    end = text.find("\n---", document + 1)
    return end if end >= 0 else len(text)


def _masked(mistake: Mistake) -> Mistake:
    """Without any text of the document: it may hold what must not be printed."""
    hidden = [_QUOTED.sub(_mask, words) for words in (mistake.message, mistake.help)]
    return replace(mistake, message=hidden[0], help=hidden[1])


def _mask(found: re.Match[str]) -> str:
    return found.group() if re.fullmatch(r"`\W{1,3}`", found.group()) else "`…`"


def _shortened(mistake: Mistake) -> Mistake:
    """With long quotations cut, so that the message stays one line."""
    cut = [_LONG.sub(lambda found: f"{found[1]}…`", words) for words in (mistake.message, mistake.help)]
    return replace(mistake, message=cut[0], help=cut[1])


def _action(case: Case) -> int | None:
    """Start of a template action without quotes that made the error."""
    line = case.line(case.at)
    first = case.line(min(case.context_at, case.at)).start if "flow" in case.context else line.start
    return action_at(case.text, max(first, case.document), line.end)


def _quoted(value: str) -> str:
    """A text with the quotes it would need."""
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def _needs_quotes(case: Case, at: int, why: str) -> Mistake:
    """The text from `at` to the end of its line is a value that needs quotes."""
    value = case.to_line_end(at)
    if "`" in value:
        return case.tell(f"this text needs quotes: {why}", at, at + len(value), "put quotes around it")
    return case.tell(f"`{value}` needs quotes: {why}", at, at + len(value), f"write `{_quoted(value)}`")


def _tab(case: Case, at: int) -> Mistake:
    line = case.line(at)
    start = at
    while start > line.start and case.text[start - 1] in " \t":
        start -= 1
    end = at
    while end < line.end and case.text[end] in " \t":
        end += 1
    if start == line.start:
        return case.tell_kind(
            "tab-indentation",
            "this line is indented with a tab, and YAML indents with spaces only",
            start,
            end,
            "replace the tab with spaces",
        )
    message = "a tab stands where only spaces are allowed"
    return case.tell_kind("tab-indentation", message, at, end, "replace the tab with spaces")


def _cannot_start(case: Case) -> Mistake | None:
    if case.at >= len(case.text):
        return None
    mark = case.text[case.at]
    if mark == "\t":
        return _tab(case, case.at)
    return _needs_quotes(case, case.at, f"no plain text can start with {_MARKS.get(mark, f'`{mark}`')}")


def _tab_found(case: Case) -> Mistake | None:
    return _tab(case, case.at)


def _second_colon(case: Case) -> Mistake | None:
    """`mapping values are not allowed`: a colon where no key can be."""
    line = case.line(case.at)
    first = _first_colon(case.text, line.content, case.at)
    if first is not None:
        start = first + 1
        while start < case.at and case.text[start] in " \t":
            start += 1
        value = case.to_line_end(start)
        if value[:1] in ("'", '"'):
            return case.tell(
                f"a colon follows the closing quote of `{case.text[start : case.at].rstrip()}`, but this value is no key",
                case.at,
                case.at + 1,
                "put quotes around the whole value",
            )
        if value[:1] not in ("{", "["):
            why = "a colon followed by a space starts another key"
            return _needs_quotes(case, start, why)
    return _key_behind_text(case, line)


def _first_colon(text: str, start: int, end: int) -> int | None:
    """The first `: ` between start and end that is not in quotes."""
    quote = ""
    for at in range(start, end):
        character = text[at]
        if quote:
            if character == quote:
                quote = ""
        elif character in "'\"" and (at == start or text[at - 1] in " \t[{,"):
            quote = character
        elif character == ":" and text[at + 1 : at + 2] in (" ", "\t"):
            return at
    return None


def _key_behind_text(case: Case, line: Line) -> Mistake | None:
    """A key on a line that continues the text of the lines before."""
    key = case.text[line.content : case.at].rstrip()
    above = case.line_before(line)
    while above is not None:
        found = _KEY_LINE.match(above.text)
        if found is not None:
            value = (found["value"] or "").strip()
            start, end = above.start + found.start("key"), above.start + found.end("key")
            if above.content - above.start < line.column and value:
                message = f"`{key}` is indented deeper than `{found['key']}`, which has the value `{value}` already"
                cure = f"indent it like `{found['key']}`, or remove that value"
                return case.tell(message, line.content, case.at, cure, (start, end, "this key has a value"))
            return None
        if above.column <= line.column:
            words = case.to_line_end(above.content)
            if re.match(r"-[^\s-]", words):
                return _no_space_behind_dash(case, above.content, words)
            message = f"a colon is missing behind `{words}`: the next line has a key of its own"
            return case.tell(message, above.content, above.content + len(words), f"write `{words}:`")
        above = case.line_before(above)
    return None


def _no_colon(case: Case) -> Mistake | None:
    """`could not find expected ':'`: a line among keys that is no key; the key would begin at `context_at`."""
    start = case.context_at
    words = case.to_line_end(start)
    end = start + len(words)
    line = case.line(start)
    if start == line.start and words.startswith("---"):
        dashes = len(words) - len(words.lstrip("-"))
        if dashes == len(words):
            message = f"a document separator has three dashes, this line has {dashes}"
            return case.tell_kind("document-separator", message, start, end, "write `---`")
        message = "only a comment may follow `---` on its line"
        return case.tell_kind("document-separator", message, start, end, "move the text to the next line")
    above = case.line_before(line)
    if above is not None and _BLOCK_HEADER.search(above.text) and above.column >= line.column:
        key = case.to_line_end(above.content)
        message = f"`{words}` is not indented, so that it is no text of the block scalar above it"
        related = (above.content, above.content + len(key), "the block scalar begins here")
        return case.tell(message, start, end, "indent the text deeper than its key", related)
    if words[:1] in ("'", '"') and words.find(words[0], 1) < 0:
        return case.tell(
            "the quote opened here is not closed on its line, and a key must stand on one line", start, end
        )
    joined = re.match(r"([^\s:\"'\[\]{},]+):(\S.*)", words)
    if joined is not None:
        colon = start + joined.end(1)
        message = f"a space is missing behind the colon of `{words}`"
        return case.tell(message, colon, colon + 1, f"write `{joined[1]}: {joined[2]}`")
    if re.match(r"-[^\s-]", words):
        return _no_space_behind_dash(case, start, words)
    assigned = re.match(r"([^\s=]+)\s*=\s*(\S.*)", words)
    if assigned is not None:
        message = f"`{words}` is no entry of a mapping: a key is followed by a colon and a space"
        return case.tell(message, start, end, f"write `{assigned[1]}: {assigned[2]}`")
    message = f"`{words}` stands among keys, but no colon and value follow it"
    cure = "give it a value; or indent it deeper, if it continues the text above"
    return case.tell(message, start, end, cure)


def _no_space_behind_dash(case: Case, start: int, words: str) -> Mistake:
    return case.tell(f"a space is missing behind the dash of `{words}`", start, start + 1, f"write `- {words[1:]}`")


def _list_on_key_line(case: Case) -> Mistake | None:
    line = case.line(case.at)
    value = case.to_line_end(case.at)
    end = case.at + len(value)
    if _first_colon(case.text, line.content, case.at) is None:
        return case.tell(f"`{value}` cannot start a list here", case.at, end)
    message = f"`{value}` stands on the line of its key, and a list starts on a line of its own"
    cure = f"move it to the next line; or write `{_quoted(value)}`, if it is a text"
    return case.tell(message, case.at, end, cure)


def _no_key_marker(case: Case) -> Mistake | None:
    return _needs_quotes(case, case.at, "`? ` starts a key")


def _anchor_or_alias(case: Case) -> Mistake | None:
    mark = case.text[case.context_at : case.context_at + 1]
    what = {"*": "an alias", "&": "an anchor", "!": "a tag"}.get(mark)
    if what is None:
        return None
    return _needs_quotes(case, case.context_at, f"`{mark}` starts {what}")


def _unclosed_quote(case: Case) -> Mistake | None:
    start = case.context_at
    quote = case.text[start : start + 1]
    words = case.to_line_end(start)
    return case.tell(
        f"the quote opened here is not closed: `{words}`", start, start + len(words), f"close it with `{quote}`"
    )


def _unknown_escape(case: Case) -> Mistake | None:
    at = case.text.rfind("\\", case.context_at, case.at + 1)
    if at < 0:
        return None
    escape = case.text[at : at + 2]
    digits = {"x": 2, "u": 4, "U": 8}.get(escape[1:])
    if digits is not None:
        written = case.text[at : at + 2 + digits].split('"')[0]
        message = f"`{written}` is no escape: `{escape}` takes {digits} hexadecimal digits of a character"
        return case.tell(message, at, at + len(written), "write a backslash as `\\\\` in double quotes")
    cure = f"write `\\{escape}`, or use single quotes, in which a backslash is just a backslash"
    return case.tell(f"`{escape}` is no escape that double quotes know", at, at + 2, cure)


def _block_header(case: Case) -> Mistake | None:
    mark = case.text[case.context_at : case.context_at + 1]
    if mark not in ("|", ">"):
        return None
    line = case.line(case.context_at)
    if case.text[case.context_at : line.end].strip() in ("|0", ">0"):
        return case.tell("the indentation given for a block scalar counts from 1", case.context_at, case.context_at + 2)
    return _needs_quotes(case, case.context_at, f"`{mark}` starts a block scalar, whose text begins on the next line")


def _directive(case: Case) -> Mistake | None:
    start = case.line(case.context_at).start
    words = case.to_line_end(start)
    if not words.startswith("%"):
        return None
    name = words.split()[0]
    if name in ("%YAML", "%TAG"):
        message = f"the directive `{words}` is not understood, and Kubernetes knows no directives"
        return case.tell_kind("version-directive", message, start, start + len(words), "remove the line")
    message = f"`{words}` is read as a directive, as every line that starts with `%`"
    return case.tell(message, start, start + len(words), "indent the line, or put quotes around it")


def _tag_handle(case: Case) -> Mistake | None:
    words = case.to_line_end(case.at).split()
    if not words:
        return None
    message = f"tag `{words[0]}` uses a prefix that no %TAG line declares"
    return case.tell(message, case.at, case.at + len(words[0]), "put quotes around text that starts with `!`")


def _unexplained(case: Case) -> Mistake:
    at = min(case.at, len(case.text))
    words = case.to_line_end(at)
    if not words:
        # The end of a line or of the file: the text before it is what can be shown.
        stripped = len(case.text[:at].rstrip())
        start = max(case.line(max(stripped - 1, 0)).content, case.document)
        before = case.text[start:stripped]
        return case.tell(f"the text ends too early behind `{before}`", start, max(stripped, start))
    return case.tell(f"`{words}` cannot be read as YAML here", at, at + len(words))


_EXPLAINERS: dict[str, Callable[[Case], Mistake | None]] = {
    "found character that cannot start any token": _cannot_start,
    "found a tab character that violates indentation": _tab_found,
    "found a tab character where an indentation space is expected": _tab_found,
    "mapping values are not allowed in this context": _second_colon,
    "could not find expected ':'": _no_colon,
    "block sequence entries are not allowed in this context": _list_on_key_line,
    "mapping keys are not allowed in this context": _no_key_marker,
    "did not find expected alphabetic or numeric character": _anchor_or_alias,
    "did not find the expected '>'": _anchor_or_alias,
    "did not find expected whitespace or line break": _anchor_or_alias,
    "did not find expected tag URI": _anchor_or_alias,
    "found unexpected end of stream": _unclosed_quote,
    "found unexpected document indicator": _unclosed_quote,
    "found unknown escape character": _unknown_escape,
    "did not find expected hexdecimal number": _unknown_escape,
    "found invalid Unicode character escape code": _unknown_escape,
    "did not find expected comment or line break": _block_header,
    "found an indentation indicator equal to 0": _block_header,
    "did not find expected ',' or ']'": flow_not_ended,
    "did not find expected ',' or '}'": flow_not_ended,
    "did not find expected node content": no_value,
    "did not find expected key": no_entry,
    "did not find expected '-' indicator": no_entry,
    "found unknown directive name": _directive,
    "could not find expected directive name": _directive,
    "found incompatible YAML document": _directive,
    "found duplicate %YAML directive": _directive,
    "found duplicate %TAG directive": _directive,
    "did not find expected digit or '.' character": _directive,
    "did not find expected version number": _directive,
    "found undefined tag handle": _tag_handle,
}
