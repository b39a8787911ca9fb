"""
What Lark could not read, as a sentence for the author of a rule. Only `parse` calls it, and it imports Lark.

The parser's state says what is on its stack and what it would accept; the first of `_SENTENCES` that fits speaks. Names of
Lark's terminals never reach a user: `word_for` has words for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from gitops_lint.dsl.syntax_state import CLAUSES, Situation, situation_of
from gitops_lint.dsl.syntax_words import CHOICES, did_you_mean, expected, one_of, plain, word_for

_OPERATORS = ("and", "or", "is", "in", "not", "contains", "starts with", "ends with", "matches", "like", "default")
_BETWEEN = ("and", "or", "is", "in", "contains", "matches", "like", "default")
_DETAILS = ("see", "note", "help", "fix")
_EDITS = ("set", "append", "remove", "rename")


class Said(NamedTuple):
    """
    message: one sentence. offset: its place in the text. help: the cure, or "". hopeless: what follows cannot be read
    either, since it is not clear where the mistake ends.
    """

    message: str
    offset: int
    help: str = ""
    hopeless: bool = False


def describe(error: UnexpectedInput, text: str) -> Said:
    """The sentence for what Lark raised."""
    if isinstance(error, UnexpectedToken):
        situation = situation_of(error, text)
        for sentence in _SENTENCES:
            said = sentence(situation)
            if said is not None:
                return said
        return _anything(situation)
    assert isinstance(error, UnexpectedCharacters)
    return _character(text, error.pos_in_stream or 0)


# ---- sentences, the first that fits


def _equals(now: Situation) -> Said | None:
    if now.kind == "EQUAL" and now.after_value:
        return Said(
            "use `==` or `is true` to compare; `=` is only for let, param and define",
            now.offset,
            "write `==` in its place",
        )
    if now.kind == "CMP" and now.behind_value:
        return Said(f"{now.quoted} compares two values at a time", now.offset, "join comparisons with `and`")
    return None


def _quote_inside(now: Situation) -> Said | None:
    if now.text[now.offset - 1 : now.offset] == '"' and re.match(r"[\w`.\"]", now.word):
        return Said(
            f"the text in front of {now.quoted} has ended", now.offset, 'a `"` inside of a text is written `\\"`'
        )
    return None


def _left_open(now: Situation) -> Said | None:
    if not now.open:
        return None
    inner = now.open[-1]
    if now.kind in ("_RULE", "$END"):
        what = "before the next rule" if now.kind == "_RULE" else "at the end of the file"
        message = f"the {inner.owner} that begins in line {inner.line} is not closed: a `}}` is missing {what}"
        return Said(message, now.offset, hopeless=True)
    if len(now.open) > 1 and now.word in CLAUSES and now.wants("RBRACE") and not now.wants_clause:
        message = (
            f"the {inner.owner} that begins in line {inner.line} is not closed: a `}}` is missing before {now.quoted}"
        )
        return Said(message, now.offset, hopeless=True)
    return None


def _closed_too_often(now: Situation) -> Said | None:
    if now.kind == "RBRACE" and not now.open:
        return Said("this `}` closes nothing", now.offset, "there is one `}` too many, here or above", hopeless=True)
    return None


def _good_expects(now: Situation) -> Said | None:
    if now.word == "expect" and now.open and now.open[-1].owner.startswith("example"):
        if now.wants("RBRACE") and not now.wants("_EXPECT"):
            return Said(
                "a good example expects nothing: no rule may find anything in it", now.offset, "or is it a `bad` one?"
            )
    return None


def _choice(now: Situation) -> Said | None:
    """A word out of a short list was wanted: `severity eror`, `is mising`."""
    for terminal, (what, choices) in CHOICES.items():
        others = now.wanted - {terminal, "STRING", "NEGATION"}
        if terminal in now.wanted and not others and (now.kind == "NAME" or "STRING" not in now.wanted):
            if now.ends or not re.match(r"[A-Za-z]", now.word):
                return Said(f"a {what} is missing before {now.quoted}: {one_of(choices)}", now.offset)
            return Said(
                f"{now.quoted} is no {what}: write {one_of(choices)}", now.offset, did_you_mean(now.word, choices)
            )
    return None


def _report_missing(now: Situation) -> Said | None:
    if now.wants("_REPORT", "_ELSE") and now.ends:
        return Said(f'`{now.clause}` says nothing when it fails: `else report "…" at …` is missing', now.offset)
    return None


def _at_missing(now: Situation) -> Said | None:
    if now.wanted == {"_AT"}:
        return Said("a report says where it points: `at` and a path are missing after the message", now.offset)
    return None


def _as_missing(now: Situation) -> Said | None:
    if "_AS" not in now.wanted:
        return None
    close = did_you_mean(
        now.word, ("as", "written", "generated", "default") if now.wants("WRITTEN") else ("as", "default")
    )
    if now.kind == "NAME" and now.wants("COMMA") and not close:
        return Said(f"{now.quoted} cannot follow a kind: write `as NAME`, or a comma and another kind", now.offset)
    return Said(f"`{now.clause} …` gives its thing a name: `as NAME` is missing before {now.quoted}", now.offset, close)


def _where_missing(now: Situation) -> Said | None:
    if now.wanted == {"_WHERE"}:
        return Said("`find` needs a condition: `where …` is missing", now.offset, did_you_mean(now.word, ("where",)))
    return None


def _partner(now: Situation) -> Said | None:
    """Two words that go together: `for each`, `applies to`, `starts with`."""
    if len(now.wanted) == 1:
        (only,) = now.wanted
        if only.startswith("_") and now.before:
            return Said(f"after {plain(now.before)} comes {word_for(only)}, not {now.quoted}", now.offset)
    return None


def _at_head(now: Situation) -> Said | None:
    if now.open or "_RULE" not in now.wanted:
        return None
    if now.word in CLAUSES:
        return Said(f"`{now.word}` stands outside of a rule", now.offset, "a rule is written: rule NAME { … }")
    if now.word in ("define", "kind"):
        return Said(f"`{now.word}` stands before the rule, at the head of the file", now.offset)
    close = did_you_mean(now.word, ("rule", "define", "kind"))
    return Said(
        f"{now.quoted} begins nothing: a file holds `rule NAME {{ … }}`, and before it `define` and `kind`",
        now.offset,
        close,
    )


def _clause_word(now: Situation) -> Said | None:
    if not now.wants_clause or now.after_value or now.wants("_SEE"):
        return None
    if now.word in ("report", "else"):
        return Said("a report follows a condition: `require … else report …`", now.offset)
    if now.word in (*_DETAILS, "at"):
        return Said(f"`{now.word}` belongs to a report, which is not open here", now.offset)
    if now.word == "expect":
        return Said("`expect` stands inside of a `bad` example", now.offset)
    if now.kind in ("STRING", "BLOCK"):
        return Said(f"no clause begins with a text: what {now.quoted} is must be said in front of it", now.offset)
    if now.word in _OPERATORS or now.kind in ("CMP", "SIGN"):
        return Said(f"{now.quoted} has no condition before it", now.offset)
    if now.kind == "NAME" or now.kind.startswith("_"):
        close = did_you_mean(now.word, CLAUSES)
        return Said(f"{now.quoted} begins no clause", now.offset, close or "clauses begin with " + one_of(CLAUSES))
    return None


def _report_detail(now: Situation) -> Said | None:
    if now.wants("_SEE") and (now.kind == "NAME" or now.kind.startswith("_")):
        close = did_you_mean(now.word, (*_DETAILS, *CLAUSES))
        return Said(
            f"{now.quoted} cannot stand in a report", now.offset, close or f"after `at PATH` come {one_of(_DETAILS)}"
        )
    return None


def _edit_word(now: Situation) -> Said | None:
    if now.wants("_SET") and now.wants("_APPEND"):
        if now.kind == "RBRACE":
            return Said("this fix changes nothing", now.offset, f"it holds {one_of(_EDITS)}")
        if not now.after_value:
            return Said(f"{now.quoted} is no edit: write {one_of(_EDITS)}", now.offset, did_you_mean(now.word, _EDITS))
    return None


def _in_example(now: Situation) -> Said | None:
    if not now.open or not now.open[-1].owner.startswith("example") or "STRING" not in now.wanted:
        return None
    if not ("BLOCK" in now.wanted and "_FILE" in now.wanted):
        return None
    if now.kind == "RBRACE":
        return Said("this example has no file to look at", now.offset, 'give one: """ … """')
    close = did_you_mean(now.word, ("file", "expect", "covers", "message", "fixed"))
    return Said(
        f'{now.quoted} cannot stand in an example: it holds files (""" … """) and `expect` lines', now.offset, close
    )


def _pattern(now: Situation) -> Said | None:
    if now.kind == "REGEX" and "REGEX" not in now.wanted:
        return Said("a pattern in /…/ stands only after `matches`", now.offset)
    if now.wanted == {"REGEX"}:
        return Said(
            f"`matches` takes a pattern in /…/, not {now.quoted}", now.offset, 'or write `like "…"` for * and ?'
        )
    return None


def _name_wanted(now: Situation) -> Said | None:
    if now.wanted == {"NAME"}:
        if now.kind == "STRING":
            return Said(f"after {plain(now.before)} comes a name without quotes, not {now.quoted}", now.offset)
        what = (
            "a path such as `x.spec.name`"
            if now.before in ("at", "see", "set", "remove", "follow", "key")
            else "a name"
        )
        return Said(f"after {plain(now.before)} comes {what}, not {now.quoted}", now.offset)
    if now.wanted == {"NAME", "STRING"}:
        return Said(f"after {plain(now.before)} comes a kind such as `Rollout`, not {now.quoted}", now.offset)
    if now.wanted == {"KEY"}:
        return Said(
            f"after `.` comes the name of a field, not {now.quoted}", now.offset, 'other keys are written ["…"]'
        )
    return None


def _text_wanted(now: Situation) -> Said | None:
    if now.wanted == {"STRING"} and now.kind == "BLOCK":
        return Said(f'after {plain(now.before)} comes a text on one line in "…", not a block', now.offset)
    if now.wanted in ({"STRING"}, {"STRING", "BLOCK"}, {"SEVERITY_WORD", "STRING"}):
        return Said(f"after {plain(now.before)} comes a text in double quotes, not {now.quoted}", now.offset)
    return None


def _literal_wanted(now: Situation) -> Said | None:
    if now.wants("STRING", "INT", "BOOL", "LSQB") and "NAME" not in now.wanted:
        return Said(
            f'after {plain(now.before)} comes a literal ("text", 3, 50%, true, […]), not {now.quoted}', now.offset
        )
    return None


def _value_wanted(now: Situation) -> Said | None:
    if not now.wants_value:
        return None
    if now.word == "=" and now.before == "=":
        return Said("one `=` gives a value; `==` compares", now.offset)
    if re.match(r"-?\d", now.word):
        return _number(now.text, now.offset)
    if now.kind == "QUANTIFIER" and "QUANTIFIER" not in now.wanted:
        return Said(f"{now.quoted} begins a condition of its own: put parentheses around it", now.offset)
    return Said(f"after {plain(now.before)} comes a value or a condition, not {now.quoted}", now.offset)


def _after_value(now: Situation) -> Said | None:
    if not now.after_value:
        return None
    if now.before in _BETWEEN and now.kind == "NAME":
        return Said(f"`{now.before}` stands between two values, and there is none in front of it", now.offset)
    if now.before == "not":
        return Said("`not` stands before a whole condition", now.offset, "write `not (…)`, `is not` or `not in`")
    if now.before in ("every", "some", "no"):
        return Said(f"`{now.before} …` is a condition of its own", now.offset, "put parentheses around it")
    if now.kind == "RPAR":
        return Said("this `)` closes nothing", now.offset)
    if now.wants("RPAR") and (now.ends or now.word in ("report", "else")):
        return Said(f"a `(` is not closed: a `)` is missing before {now.quoted}", now.offset)
    clauses = CLAUSES if now.wants_clause else ()
    words = (*_OPERATORS, *(("report", "else") if now.wants("_REPORT") else ()), *clauses)
    close = did_you_mean(now.word, words) if now.kind == "NAME" or now.kind.startswith("_") else ""
    if now.kind == "INT" or now.kind == "FLOAT" or now.kind == "QUANTITY" or now.kind == "STRING" or now.kind == "BOOL":
        return Said(
            f"between `{now.before}` and {now.quoted} an operator is missing",
            now.offset,
            "such as `==`, `in`, `contains`",
        )
    return Said(f"{now.quoted} cannot follow a value", now.offset, close or expected(now.wanted))


def _sign_wanted(now: Situation) -> Said | None:
    if now.wanted in ({"LBRACE"}, {"EQUAL"}, {"COLON"}):
        (only,) = now.wanted
        return Said(f"{word_for(only)} is missing after {plain(now.before)}", now.offset)
    return None


def _anything(now: Situation) -> Said:
    return Said(f"{now.quoted} cannot stand here", now.offset, expected(now.wanted))


_SENTENCES: tuple[Callable[[Situation], Said | None], ...] = (
    _quote_inside,
    _equals,
    _left_open,
    _closed_too_often,
    _good_expects,
    _choice,
    _report_missing,
    _at_missing,
    _as_missing,
    _where_missing,
    _sign_wanted,
    _partner,
    _at_head,
    _pattern,
    _edit_word,
    _in_example,
    _clause_word,
    _report_detail,
    _name_wanted,
    _text_wanted,
    _literal_wanted,
    _value_wanted,
    _after_value,
)


# ---- characters that begin no word


_SIGNS = {
    "'": ("texts stand in double quotes", ""),
    "&": ("`&` is no operator", "write `and`"),
    "|": ("`|` is no operator", "write `or`"),
    "!": ("`!` is no operator", "write `not (…)`, `!=`, `is not` or `not in`"),
    "`": ("a backtick means nothing outside of texts", ""),
    ";": ("clauses end by themselves", "leave out the `;`"),
    "“": ('texts stand in straight double quotes: "…"', ""),
    "”": ('texts stand in straight double quotes: "…"', ""),
    "/": ("this pattern is not closed: a second `/` is missing on this line", ""),
}


def _character(text: str, offset: int) -> Said:
    if text.startswith('"""', offset):
        return Said('this block is not closed: `"""` is missing below', offset)
    if text.startswith('"', offset):
        return Said('this text is not closed: a `"` is missing on this line', offset, 'longer texts stand in """ … """')
    here = text[offset : offset + 1]
    if here in _SIGNS:
        message, help = _SIGNS[here]
        return Said(message, offset, help)
    if re.match(r"-?\d", text[offset : offset + 2]):
        return _number(text, offset)
    return Said(
        f"the character `{here}` means nothing here" if here.isprintable() else "this character means nothing here",
        offset,
    )


def _number(text: str, offset: int) -> Said:
    found = re.match(r"-?[\w.%-]+", text[offset : offset + 40])
    number = found.group() if found else ""
    return Said(
        f"`{number}` is no number",
        offset,
        "units are ms, s, m, h, d, %, Ki, Mi, Gi, k, M, G …; versions stand in quotes",
    )
