"""What an author of a rule is told about a mistake: the place and one sentence, never a word of the parser's own."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_rules import CANARY, told, with_clause

from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.rule_errors import RuleErrors
from gitops_lint.dsl.syntax_words import word_for
from gitops_lint.errors import RuleError

GRAMMAR = (files("gitops_lint.dsl") / "grammar.lark").read_text(encoding="utf-8")
TERMINALS = sorted(set(re.findall(r"^(_?[A-Z_]+)(?:\.\d)?:", GRAMMAR, re.MULTILINE)))


def mistake(text: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        parse_rules(text, "demo.rule")
    return caught.value


# the clause stands in line 4 from column 3 on; `line:column` of the mistake, message, part of the help
CLAUSES = [
    # comparing
    ("when ro.x = true", "4:13", "use `==` or `is true` to compare; `=` is only for let, param and define", "`==`"),
    ("let x == 3", "4:10", "one `=` gives a value; `==` compares", ""),
    ("when x == 1 == 2", "4:15", "`==` compares two values at a time", "`and`"),
    ("when ro.x && ro.y", "4:13", "`&` is no operator", "`and`"),
    ("when ro.x || ro.y", "4:13", "`|` is no operator", "`or`"),
    ("when !ro.x", "4:8", "`!` is no operator", "not"),
    ("when x == not y", "4:17", "`not` stands before a whole condition", "`not in`"),
    ("when x == some y in z satisfies (y)", "4:18", "`some …` is a condition of its own", "parentheses"),
    ("when ro.x is mising", "4:16", "`mising` is no state: write missing, present, empty, null, true, false, templated, plaintext or encrypted", "did you mean `missing`?"),
    ("when ro.x cointains 3", "4:13", "`cointains` cannot follow a value", "did you mean `contains`?"),
    ("when ro.x startswith 3", "4:13", "`startswith` cannot follow a value", "did you mean `starts with`?"),
    ("when ro.x 3", "4:13", "between `x` and `3` an operator is missing", "`==`"),
    ('when x matches "abc"', "4:18", '`matches` takes a pattern in /…/, not `"abc"`', "`like"),
    ("when x == /abc/", "4:13", "a pattern in /…/ stands only after `matches`", ""),
    ("when x matches /abc", "4:18", "this pattern is not closed: a second `/` is missing on this line", ""),
    ("when x default y", "4:18", 'after `default` comes a literal ("text", 3, 50%, true, […]), not `y`', ""),
    ("when ro.x and", "5:1", "after `and` comes a value or a condition, not `}`", ""),
    ("when and ro.x", "4:12", "`and` stands between two values, and there is none in front of it", ""),
    ("when (ro.x == 1", "5:1", "a `(` is not closed: a `)` is missing before `}`", ""),
    ("when ro.x == 1)", "4:17", "this `)` closes nothing", ""),
    ("when x == 5x", "4:13", "`5x` is no number", "units"),
    ("when x == 2.8.1", "4:13", "`2.8.1` is no number", "versions stand in quotes"),
    ("when x == " + "9" * 50, "4:13", "this number has more than 40 characters", ""),
    ("when a.1 == 2", "4:10", "after `.` comes the name of a field, not `1`", '["…"]'),
    ("when a[-1] == 2", "4:10", "`-1` cannot stand here", "a number from 0"),
    ("let every = 3", "4:7", "`every` begins a condition and cannot be a name", ""),
    # texts
    ("when ro.x == 'a'", "4:16", "texts stand in double quotes", ""),
    ('when ro.x == "abc', "4:16", 'this text is not closed: a `"` is missing on this line', '"""'),
    ('when ro.x == "a\\d"', "4:18", "`\\d` is no escape; for a backslash write `\\\\`", ""),
    ('when ro.x == "\\ud800"', "4:17", "`\\ud800` is no character", ""),
    ('when ro.x == "\\u12"', "4:17", "`\\u` takes 4 hexadecimal digits", ""),
    ('why "say "this" now"', "4:13", "the text in front of `this` has ended", '`\\"`'),
    ('what """ abc', "4:8", 'this block is not closed: `"""` is missing below', ""),
    ('source """a"""', "4:10", 'after `source` comes a text on one line in "…", not a block', ""),
    ("source foo", "4:10", "after `source` comes a text in double quotes, not `foo`", ""),
    # messages
    ('forbid x report "a {ro.x" at ro', "4:22", "this `{` is not closed in the message", "`{{`"),
    ('forbid x report "a }" at ro', "4:22", "this `}` closes nothing", "`}}`"),
    ('forbid x report "a { }" at ro', "4:22", "there is nothing between these braces", "`{{}}`"),
    ('forbid x report "\\n{a = 1}" at ro', "4:25", "in the message: use `==` or `is true` to compare; `=` is only for let, param and define", ""),
    # clauses
    ("requires ro.x == 1", "4:3", "`requires` begins no clause", "did you mean `require`?"),
    ('"xyzzy"', "4:3", 'no clause begins with a text: what `"xyzzy"` is must be said in front of it', ""),
    ("`xyzzy`", "4:3", "a backtick means nothing outside of texts", ""),
    ("xyzzy", "4:3", "`xyzzy` begins no clause", "clauses begin with title, group"),
    ('title "again"', "4:3", "`title` is said twice in this rule", "keep one"),
    ("severity eror", "4:12", "`eror` is no severity: write error, warning or info", "did you mean `error`?"),
    ("severity", "5:1", "a severity is missing before `}`: error, warning or info", ""),
    ("group style", "4:9", "`style` is no group: write correctness, security, suspicious or practice", ""),
    ("confidence sure", "4:14", "`sure` is no confidence: write high, medium or low", ""),
    ("applies argo-cd >= 2", "4:11", "after `applies` comes `to`, not `argo-cd`", ""),
    ("applies to argo-cd 2", "4:22", "`2` cannot stand here", "expected `>=` or `<`"),
    ("param x = 3", "4:11", "`:` is missing after `x`", ""),
    ("param x : text = 3 param x : text = 4", "4:22", "parameter `x` is declared twice", ""),
    # rows
    ("for ech X as y", "4:7", "after `for` comes `each`, not `ech`", ""),
    ("for each X y", "4:14", "`y` cannot follow a kind: write `as NAME`, or a comma and another kind", ""),
    ("for each X generate as y", "4:14", "`for …` gives its thing a name: `as NAME` is missing before `generate`", "did you mean `generated`?"),
    ("for each 3 as y", "4:12", "after `each` comes a kind such as `Rollout`, not `3`", ""),
    ('for each "Foo" as y', "4:12", '"Foo" names no kind; in quotes it is written "group/Kind"', "leave out the quotes"),
    ("with each ro.x", "5:1", "`with …` gives its thing a name: `as NAME` is missing before `}`", ""),
    ("with each ro.x as 3", "4:21", "after `as` comes a name, not `3`", ""),
    ("find any Foo as x", "5:1", "`find` needs a condition: `where …` is missing", ""),
    ("find all Foo as x where x", "4:8", "`all` is no way to find: write any, one or every", ""),
    # reports
    ("require ro.x == 1", "5:1", '`require` says nothing when it fails: `else report "…" at …` is missing', ""),
    ('require ro.x report eror "x" at ro', "4:23", "`eror` is no severity: write error, warning or info", "did you mean `error`?"),
    ("require ro.x report ro", "4:23", "`ro` is no severity: write error, warning or info", ""),
    ('require ro.x report "x"', "5:1", "a report says where it points: `at` and a path are missing after the message", ""),
    ('require ro.x report "x" at "ro"', "4:30", 'after `at` comes a name without quotes, not `"ro"`', ""),
    ('require ro.x report "x" at ro sea c "x"', "4:33", "`sea` cannot stand in a report", "did you mean `see`?"),
    ('require ro.x report "x" at ro help "a" help "b"', "4:42", "`help` is said twice in this report", ""),
    ('report "x" at ro', "4:3", "a report follows a condition: `require … else report …`", ""),
    ('note "x"', "4:3", "`note` belongs to a report, which is not open here", ""),
    ('require ro.x report "x" at ro fix sure "t" { remove ro.x }', "4:37", "`sure` is no kind of fix: write safe or unsafe", ""),
    ('require ro.x report "x" at ro fix safe "t" { }', "4:48", "this fix changes nothing", "set, append, remove or rename"),
    ('require ro.x report "x" at ro fix safe "t" { add x }', "4:48", "`add` is no edit: write set, append, remove or rename", ""),
    # examples
    ('bad "x" { }', "4:13", "this example has no file to look at", '"""'),
    ('bad "x" { expect "a" covers "b" message "c" }', "4:7", "this example has no file to look at", '"""'),
    ('bad "x" { fil "x" }', "4:13", '`fil` cannot stand in an example: it holds files (""" … """) and `expect` lines', "did you mean `file`?"),
    ('bad "x" { """a""" expect "a" cover "b" message "c" }', "4:32", 'after `"a"` comes `covers`, not `cover`', ""),
    ('bad "x" { """a""" expect fixed "a" expect fixed "b" }', "4:38", "`expect fixed` is said twice in this example", ""),
    ('good "x" { """a""" expect "a" covers "b" message "c" }', "4:22", "a good example expects nothing: no rule may find anything in it", "`bad`"),
    ('expect "a" covers "b" message "c"', "4:3", "`expect` stands inside of a `bad` example", ""),
    # braces
    ("rule other {}", "4:3", "the rule `demo` that begins in line 1 is not closed: a `}` is missing before the next rule", ""),
    ('bad "x" { """a"""\n  when x', "5:3", 'the example "x" that begins in line 4 is not closed: a `}` is missing before `when`', ""),
    ("} }", "4:5", "this `}` closes nothing", "too many"),
    ("when x == \u00a0 3", "4:13", "this character means nothing here", ""),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "place", "message", "help"), CLAUSES)
def test_mistakes_in_clauses(clause: str, place: str, message: str, help: str) -> None:
    error = mistake(with_clause(clause))

    assert f"{error.line}:{error.column}" == place
    assert error.message == message
    assert help in error.help
    assert error.file == "demo.rule"


FILES = [
    ('rule a { title "x"', "1:19", "the rule `a` that begins in line 1 is not closed: a `}` is missing at the end of the file"),
    ('rule a {\n  title "x"\nrule b { }', "3:1", "the rule `a` that begins in line 1 is not closed: a `}` is missing before the next rule"),
    ('title "x"', "1:1", "`title` stands outside of a rule"),
    ('rule "a" {}', "1:6", 'after `rule` comes a name without quotes, not `"a"`'),
    ('rule a title "x"', "1:8", "`{` is missing after `a`"),
    ("rul a {}", "1:1", "`rul` begins nothing: a file holds `rule NAME { … }`, and before it `define` and `kind`"),
    ("rule a {} }", "1:11", "this `}` closes nothing"),
    ("rule a {} kind B untyped", "1:11", "`kind` stands before the rule, at the head of the file"),
    ("define f(a) a", "1:13", "`=` is missing after `)`"),
    ("kind Foo", "1:9", "the end of the text cannot stand here"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "message"), FILES)
def test_mistakes_around_rules(text: str, place: str, message: str) -> None:
    error = mistake(text)

    assert f"{error.line}:{error.column}" == place
    assert error.message == message


def test_several_mistakes_are_told_at_once() -> None:
    text = """rule demo {
  title "x"
  severty error
  for each Rollout as ro
  when ro.x = 1
  require ro.y
  forbid ro.z report "{ro.q" at ro
  forbid ro.z report "fine {ro.z}" at ro
}
"""
    error = mistake(text)

    assert isinstance(error, RuleErrors)
    assert [(one.line, one.message) for one in error.errors] == [
        (3, "`severty` begins no clause"),
        (5, "use `==` or `is true` to compare; `=` is only for let, param and define"),
        (7, '`require` says nothing when it fails: `else report "…" at …` is missing'),
        (7, "this `{` is not closed in the message"),
    ]
    assert str(error).startswith(
        "demo.rule:3:3: `severty` begins no clause\n  help: did you mean `severity`?\ndemo.rule:5"
    )


def test_a_mistake_hides_none_of_another_clause() -> None:
    """A clause that is broken is left out, and what is said of the others is true without it."""
    error = mistake('rule a {\n  define x\n  bad "b" {\n  "x" }\n  good "c" {}\n}')

    assert error.line == 2


def test_every_terminal_has_words() -> None:
    for terminal in [
        *TERMINALS,
        "LPAR",
        "RPAR",
        "LBRACE",
        "RBRACE",
        "LSQB",
        "RSQB",
        "COMMA",
        "COLON",
        "DOT",
        "EQUAL",
        "STAR",
    ]:
        word = word_for(terminal)
        assert not re.search(r"[A-Z_]{2,}", word), terminal


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_word_of_the_parser_reaches_a_user(data: st.DataObject) -> None:
    words = re.findall(r'"""[\s\S]*?"""|"[^"\n]*"|[\w-]+|\S', CANARY)
    at = data.draw(st.integers(0, len(words) - 1))
    other = data.draw(st.sampled_from(words))
    text = " ".join([*words[:at], *data.draw(st.sampled_from([[], [other], [other, words[at]]])), *words[at + 1 :]])
    said = re.sub(r"`[^`]*`", "", str(told(text) or "")).replace("NAME", "").replace("PATH", "")

    assert not re.search(r"\b_?[A-Z]{3,}(?:_[A-Z]+)*\b|Token|Unexpected|lark", said)
