"""What the static checks say of a rule: one table of mistakes with their sentences and columns, one of rules that are right."""

from __future__ import annotations

import pytest
from small_vocabulary import SmallVocabulary

from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.rule_errors import every_error
from gitops_lint.dsl.tree import Check, ForEach, Kind
from gitops_lint.dsl.typecheck import CheckedRule, check
from gitops_lint.errors import RuleError

WORDS = SmallVocabulary()


def checked(text: str) -> CheckedRule:
    (rule,) = parse_rules(text, "a.rule")
    return check(rule, WORDS, "a.rule", text)


def of_body(body: str) -> str:
    """A rule whose body stands on lines of its own, so that line 2 is the body's first."""
    return f"rule a {{\n{body}\n}}"


def box(body: str) -> str:
    return of_body(f"for each Box as box\n{body}")


def when(condition: str) -> str:
    return box(f"when {condition}\n{FINDS}")


FINDS = 'forbid box.name == "x" report "found" at box'


def errors(text: str) -> list[str]:
    """Every error as `line:column: message`, and its help after ` | `."""
    try:
        checked(text)
    except RuleError as error:
        return [
            f"{each.line}:{each.column}: {each.message}{f' | {each.help}' if each.help else ''}"
            for each in every_error([error])
        ]
    return []


def test_the_rule_of_the_table_is_right() -> None:
    assert errors(box(FINDS)) == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        # names and fields
        ("boxx.count == 1", '3:6: "boxx" is not bound by any clause above; did you mean "box"?'),
        ("box.cont == 1", '3:10: "cont" is not a field of box; did you mean "count"?'),
        (
            "box.zzz is present",
            '3:10: "zzz" is not a field of box; it has: color, count, free, inner, limit, meta, name, only_new, open, ports, …',
        ),
        ('box.meta.nam == "x"', '3:15: "nam" is not a field of box.meta; did you mean "name"?'),
        ("box.ports[0].prot == 1", '3:19: "prot" is not a field of box.ports[0]; did you mean "port"?'),
        ("box.ports[*].prot contains 1", '3:19: "prot" is not a field of box.ports[*]; did you mean "port"?'),
        (
            "box.ports.port == 1",
            '3:16: "box.ports" is a list of ports and has no field "port" | '
            "`with each box.ports as item` asks one item after the other, `box.ports[*].port` all of them",
        ),
        ("box.count.x == 1", '3:16: "box.count" is an integer and has no field "x"'),
        ("box.count[0] == 1", '3:16: "box.count" is an integer, not a list'),
        ("box.meta[*] contains 1", '3:14: "box.meta" is a mapping, not a list'),
        (
            'box.only_new == "x"',
            '3:10: "only_new" is a field of box only in v2 | a rule reads what all served versions have, or says `applies to`',
        ),
        ("before is present", '3:6: "before" is a function: write before(…)'),
        # functions
        ('befor(box.name, "x") == "x"', '3:6: "befor" is not a function; did you mean "before"?'),
        ('before(box.name) == "x"', "3:6: before(text, mark) takes 2 arguments, not 1"),
        ("size_of(box.name) == 1", "3:14: list of size_of is a list of anything, but box.name is text"),
        ('before(box.name, 5m) == "x"', "3:23: 5m as mark of before is a duration, not text"),
        ("fits(box.name, box.name)", "3:21: regex of fits is a literal or a parameter of the rule"),
        (
            'fits(box.name, "(?=x)")',
            "3:21: /(?=x)/ is no regular expression that RE2 knows: invalid perl operator: (?=",
        ),
        ('content(box.name) == "x"', "3:14: box of content is a container, but box.name is text"),
        ("entries() is empty", "3:6: entries(map…) takes at least 1 argument, not 0"),
        # types
        ("box.timeout == 50%", '3:21: "box.timeout" is compared with 50%, which is a percent, not a duration'),
        (
            "box.timeout == box.limit",
            '3:6: "box.timeout" is a duration and "box.limit" is a percent: they cannot be compared',
        ),
        (
            'box.timeout == "5m"',
            '3:21: "box.timeout" is compared with "5m", which is text, not a duration: write it without quotes',
        ),
        (
            "box.timeout == 5",
            '3:21: "box.timeout" is compared with 5, which is an integer, not a duration: it needs a unit, one of ms, s, m, h, d',
        ),
        (
            'box.count == "1"',
            '3:19: "box.count" is compared with "1", which is text, not an integer: write it without quotes',
        ),
        ("box.count == 1.5", '3:19: "box.count" is compared with 1.5, which is not a whole number'),
        (
            'box.open == "true"',
            '3:18: "box.open" is compared with "true", which is text, not a boolean: write it without quotes, or `is true`',
        ),
        (
            "box.meta.name == true",
            '3:23: "box.meta.name" is compared with true, which is a boolean, not text: write it in quotes, "true" or "false"',
        ),
        (
            'box.color == "gren"',
            '3:19: "box.color" is compared with "gren", which is never its value; did you mean "green"?',
        ),
        (
            'box.color == "pink"',
            '3:19: "box.color" is compared with "pink", which is never its value; its values are: blue, green, red',
        ),
        (
            'box.color in ["red", "pink"]',
            '3:27: "box.color" is compared with "pink", which is never its value; its values are: blue, green, red',
        ),
        ("box.meta == box.name", '3:6: "box.meta" is a mapping and "box.name" is text: they cannot be compared'),
        ('"a" == "a"', "3:6: two literals are compared, which always comes out the same"),
        ("box.open is present and box.open > true", "3:30: a boolean has no order: > cannot be asked of it"),
        ("box.count", '3:6: "box.count" is an integer, not a condition | compare it, or ask `is present`'),
        ("box.free", '3:6: "box.free" may be anything: ask `is true`, `is present` or compare it'),
        ("true", "3:6: true is always the same; a condition compares something"),
        (
            "box.count + box.meta.name == 1",
            "3:6: an integer and text cannot be added or subtracted | text is only put together in messages",
        ),
        ('box.count default "x" == 1', '3:24: "x" is text, not an integer'),
        # states
        (
            "box.meta.name is true",
            '3:6: "box.meta.name" is text and never true | compare the text: `box.meta.name == "true"`',
        ),
        ("box.count is empty", '3:6: "box.count" is an integer and never empty'),
        ("box.count is plaintext", '3:6: "box.count" is an integer; plaintext is asked of text'),
        ("box is present", '3:6: "box" is always present'),
        ("box is not missing", '3:6: "box" is always present'),
        # membership and patterns
        ('"x" in box.meta.name', '3:13: "box.meta.name" is text, not a list | a part of a text: `text contains part`'),
        ("box.meta.name in []", "3:23: nothing is in an empty list"),
        ("box.ports contains 1", '3:25: an item of "box.ports" is compared with 1, which is an integer, not a mapping'),
        ("box.count contains 1", '3:6: "box.count" is an integer: only lists, maps and text contain something'),
        ('box.count starts with "1"', '3:6: "box.count" is an integer: `starts with` is asked of text'),
        (
            'box.ports like "a*"',
            '3:6: "box.ports" is a list of ports: `like` is asked of text | `some item in box.ports satisfies (…)` asks its items',
        ),
        ("box.meta.name matches /(a/", "3:28: /(a/ is no regular expression that RE2 knows: missing ): (a"),
        ('box.color like "p*"', '3:21: "box.color" never fits this pattern; its values are: blue, green, red'),
        ("box.color matches /^pi/", '3:24: "box.color" never fits this pattern; its values are: blue, green, red'),
        (
            "box.meta.name == 5",
            '3:23: "box.meta.name" is compared with 5, which is an integer, not text: write it in quotes',
        ),
        # targets
        (
            "target.crane >= 1.5",
            '3:22: "target.crane" is compared with 1.5, which is a number, not a version: write it in quotes, "1.5"',
        ),
        ('target.cran >= "1.2"', '3:13: "cran" is not a product with a version; did you mean "crane"?'),
        ('target.crane >= "new"', '3:22: "target.crane" is compared with "new", which is no version such as "2.13"'),
        ('target.crane.major >= "1"', "3:19: target.crane is a version and has no fields"),
        # quantifiers
        ("some step in box.count satisfies (step is present)", '3:19: "box.count" is an integer, not a list'),
        (
            "some label in box.meta.labels satisfies (label is present)",
            '3:20: "box.meta.labels" is a map of text, not a list | `entries(box.meta.labels)` is the list of its entries',
        ),
        (
            "some step in box.steps satisfies (box.open is true)",
            '3:6: "step" is not used: the condition says the same of every item',
        ),
        (
            "some box in box.steps satisfies (box is present)",
            '3:6: "box" is already the name of something above; choose another name',
        ),
        (
            "some step in box.steps satisfies (some port in box.ports satisfies (port.port == step.weight))",
            "3:40: a quantifier stands inside another one | give the outer list to `with each`, or ask with [*]",
        ),
        (
            "some step in box.steps before box satisfies (step.weight is present)",
            '3:6: "box" is not an item of box.steps, so nothing stands before it | `with each box.steps as box` binds one',
        ),
    ],
)
def test_a_mistake_in_a_condition(condition: str, message: str) -> None:
    assert errors(when(condition)) == [message]


MAY_BE_MISSING = "ask `{0} is present` before, write `{0} is missing or …`, or give it a value: `{0} default …`"


@pytest.mark.parametrize(
    ("condition", "column", "path", "why"),
    [
        ("box.count > 1", 6, "box.count", "> says nothing of it; Kubernetes' default is 1"),
        ('box.meta.name != "x"', 6, "box.meta.name", "!= says nothing of it"),
        ('box.meta.name not in ["x"]', 6, "box.meta.name", "`not in` says nothing of it"),
        ("not (box.limit == 5%)", 11, "box.limit", "`not` of the comparison would be true"),
        ('not (box.meta.name like "x*")', 11, "box.meta.name", "`not` of the condition would be true"),
        ("not box.open", 10, "box.open", "`not` of it would be true; Kubernetes' default is false"),
        ("box.limit > 5% and box.limit is present", 6, "box.limit", "> says nothing of it"),
        ("box.limit is present or box.limit > 5%", 30, "box.limit", "> says nothing of it"),
        ('box.meta is present and box.meta.name != "x"', 30, "box.meta.name", "!= says nothing of it"),
        ("box.free.x != 1", 6, "box.free.x", "!= says nothing of it"),
        ('box.meta.labels["a"] != "x"', 6, 'box.meta.labels["a"]', "!= says nothing of it"),
        (
            "not (some step in box.steps satisfies (step.weight == 1))",
            45,
            "step.weight",
            "`not` of the comparison would be true",
        ),
        ('before(box.meta.name, "x") != "x"', 6, "before(…)", "!= says nothing of it"),
    ],
)
def test_what_may_be_missing_is_not_compared_unguarded(condition: str, column: int, path: str, why: str) -> None:
    assert errors(when(condition)) == [
        f'3:{column}: "{path}" may be missing, and then {why} | {MAY_BE_MISSING.format(path)}'
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "box.count is present and box.count > 1",
        "box.count is missing or box.count > 1",
        "not (box.count is missing) and box.count > 1",
        "box.count default 0 > 1",
        "box.count == 1 and box.count != 2",
        "not (box.count is present and box.count > 1)",
        "box.limit is not missing and not (box.limit == 5%)",
        'box.meta.name is present and box.meta is present and box.meta.name != "x"',
        'box.meta.labels["a"] is present and box.meta.labels.a != "x"',
        "box.open is true and not box.open",
        "some step in box.steps satisfies (step.weight is present and step.weight > 1)",
        "not (some step in box.steps satisfies (step.weight is present and step.weight == 1))",
        "box.open is not true",
        "not (box.open is true)",
        'box.name != "x"',
        'box.meta.name == "x"',
        "box.limit is missing or box.limit > 5",
        'before(box.name, "x") != "x"',
        "box.free is present and box.free > 5",
        "some step in box.steps satisfies (step.pause.duration == 5m)",
        "box.size == 500m and box.timeout == 500m",
        'box.ports[0].target == "http" or box.ports[0].target == 80',
        "box.ports[*].port contains 80",
        '"x" in box.uses[*].args',
        'box.color default "none" == "none"',
        'target.crane >= "1.2"',
        "entries(box.meta.labels, box.secret) is not empty",
        'content(box) contains "x"',
        "box.inner.zip is true",
        'box.meta.labels contains "app"',
        'box.color like "re?" or box.color matches /e$/',
        "box.wave >= 3 and box.wave + 1 == 4",
    ],
)
def test_a_condition_that_is_right(condition: str) -> None:
    assert errors(when(condition)) == []


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("when box.count is present\nwhen box.count > 1", []),
        ("unless box.count is missing\nwhen box.count > 1", []),
        ("unless box.count is missing or box.open is true\nwhen box.count > 1", []),
        ("let counted = box.count is present\nwhen counted\nwhen box.count > 1", []),
        ("let count = box.count\nwhen count is present\nwhen box.count > 1", []),
        (
            "with each box.steps as step\nwhen step.weight is present\nwhen box.steps != box.steps and step.weight < 5",
            [],
        ),
        ("with each box.uses as use\nfollow use.name as other\nwhen other.count is present\nwhen other.count < 5", []),
        ("find any Box as other where other.name == box.name and other.count == 1\nwhen other.count < 5", []),
        ("when box.count is present or box.open is true\nwhen box.count > 1", ["4:6"]),
        ("unless box.count is present\nwhen box.count > 1", ["4:6"]),
        ('require box.count is present else report "no count" at box\nwhen box.count > 1', ["4:6"]),
    ],
)
def test_guards_hold_for_the_clauses_below(clauses: str, expected: list[str]) -> None:
    assert [":".join(each.split(":")[:2]) for each in errors(box(f"{clauses}\n{FINDS}"))] == expected


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        # kinds
        (
            'for each Boxx as b\nforbid b.x == 1 report "x" at b',
            [
                '2:10: "Boxx" is not a known kind; did you mean "Box"? | say at the head of the file `kind Boxx from "schema.json"` or `kind Boxx untyped`'
            ],
        ),
        (
            'for each "a.io/Other" as b\nforbid b.x == 1 report "x" at b',
            [
                '2:10: "a.io/Other" is not a known kind | say at the head of the file `kind Other in "a.io" from "schema.json"` '
                'or `kind Other in "a.io" untyped`'
            ],
        ),
        ('for each Box, Box as b\nforbid b.name == "x" report "x" at b', ['2:15: the kind "Box" is named twice']),
        (
            'for each container as c\nforbid c.zip is true or c.ports is empty report "x" at c',
            ['3:10: "zip" is a field of c only in Bag', '3:27: "ports" is a field of c only in Box'],
        ),
        (
            'for each Box as a\nfor each Bag as b\nforbid a.name == b.name report "x" at a',
            [
                "3:1: this compares every Bag with every Box | `find any Bag as b where b.name == …` looks them up by key"
            ],
        ),
        # names
        (
            'for each Box as box\nlet x = box.count\nforbid box.name == "x" report "x" at box',
            ['3:1: the name "x" is never used'],
        ),
        (
            'for each Box as box\nwith each box.steps as step at n\nforbid step.weight == 1 report "x" at step',
            ['3:1: the number "n" is never used'],
        ),
        (
            'param p : text = "x"\nfor each Box as box\nforbid box.count == 1 report "x" at box',
            ['2:1: the parameter "p" is never used'],
        ),
        (
            'for each Box as box\nwith each box.steps as box\nforbid box.count == 1 report "x" at box',
            ['3:1: "box" is already the name of something above; choose another name'],
        ),
        (
            'for each Box as target\nforbid target.count == 1 report "x" at target',
            ['2:1: "target" has a meaning of its own; choose another name'],
        ),
        # parameters
        (
            'param p : duratoin = 5m\nfor each Box as box\nforbid box.timeout == p report "x" at box',
            ['2:1: "duratoin" is not a type of parameters; did you mean "duration"?'],
        ),
        (
            'param p : percent = 5m\nfor each Box as box\nforbid box.limit == p report "x" at box',
            ['2:21: the parameter "p" is a percent, but 5m is a duration, not a percent'],
        ),
        (
            'param p : globs = [""]\nfor each Box as box\nforbid box.name in p report "x" at box',
            ["2:20: an empty pattern matches nothing but empty text"],
        ),
        # versions
        (
            'applies to cran >= 1.2\nfor each Box as box\nforbid box.count == 1 report "x" at box',
            ['2:1: "cran" is not a product with a version; did you mean "crane"?'],
        ),
        (
            'applies to crane >= 1.2 < 1.2\nfor each Box as box\nforbid box.count == 1 report "x" at box',
            ["2:1: no version of crane is in these bounds"],
        ),
        ('applies to crane >= 1.2\nfor each Box as box\nforbid box.only_new == "x" report "x" at box', []),
        # references
        (
            'for each Box as box\nfollow box.meta.name as other\nforbid other.name == "x" report "x" at other',
            ['3:8: "box.meta.name" names no other resource, so it cannot be followed'],
        ),
        (
            'for each Box as box\nfollow box.uses as other\nforbid other.name == "x" report "x" at other',
            ['3:8: "box.uses" is a list of references | `with each box.uses as reference` comes first'],
        ),
        # find
        (
            'for each Box as box\nfind any Bag as bag where bag.count == box.count\nforbid bag is present report "x" at bag',
            [
                "3:27: this compares every Bag with every Box | `where` needs an equality that looks things up: bag.name == …"
            ],
        ),
        (
            'for each Box as box\nfind any Bag as bag where bag.name == bag.meta.name\nforbid bag is present report "x" at bag',
            [
                "3:27: this compares every Bag with every Box | `where` needs an equality that looks things up: bag.name == …"
            ],
        ),
        (
            'for each Box as box\nfind any Bag as bag where bag.name == box.name or bag.count == 1\nforbid bag is present report "x" at bag',
            [
                "3:27: this compares every Bag with every Box | `where` needs an equality that looks things up: bag.name == …"
            ],
        ),
        # the whole
        (
            "for each Box as box\nwhen box.count == 1",
            ["1:1: the rule never reports anything | say what must hold: `require … else report …`"],
        ),
    ],
)
def test_a_mistake_in_a_clause(body: str, messages: list[str]) -> None:
    found = errors(of_body(body))

    assert len(found) == len(messages)
    assert all(each.startswith(message) for each, message in zip(found, messages)), found


def report(rest: str) -> str:
    return box(
        'param p : text = "a"\nwith each box.steps as step at n\nwith each entries(box.secret) as entry\n'
        f"when entry.key == p and step.weight == n\nforbid step.weight == 1\nreport {rest}"
    )


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (
            '"{nobody}" at box',
            '8:10: "nobody" is not bound by any clause above; known here are: box, entry, n, p, step',
        ),
        ('"{box.steps[0].wight}" at box', '8:23: "wight" is not a field of box.steps[0]; did you mean "weight"?'),
        ('"{box.meta}" at box', '8:10: "box.meta" is a mapping: name the field to print'),
        ('"{box.meta.labels}" at box', '8:10: "box.meta.labels" is a mapping: name the field to print'),
        ('"{box.uses[0].where}" at box', '8:10: "box.uses[0].where" is a place: it can be pointed at, not printed'),
        ('"x" at n', '8:15: at cannot point at "n", which is a number, not a place | point at what it was found in'),
        (
            '"x" at p',
            '8:15: at cannot point at "p", which is a parameter and stands in no file | point at what it was found in',
        ),
        (
            '"x" at box.total',
            '8:15: at cannot point at "box.total", which is computed and is written nowhere | point at what it was found in',
        ),
        (
            '"x" at box.steps[*].weight',
            "8:15: at points at one place, box.steps[*].weight are many | `with each` binds one of them",
        ),
        (
            '"x" at box see n "here"',
            '8:23: see cannot point at "n", which is a number, not a place | point at what it was found in',
        ),
        ('"x" at box fix safe "f" { set box.cont to 1 }', '8:42: "cont" is not a field of box; did you mean "count"?'),
        (
            '"x" at box fix safe "f" { set box.count to "a" }',
            '8:51: "box.count" would be "a", which is text, not an integer',
        ),
        (
            '"x" at box fix safe "f" { set box.color to "pink" }',
            '8:51: "box.color" would be "pink", which is never its value; its values are: blue, green, red',
        ),
        ('"x" at box fix safe "f" { set box.count to p }', '8:51: "box.count" is an integer, but "p" is text'),
        ('"x" at box fix safe "f" { set box to 1 }', '8:38: set needs a path to a field; "box" is none'),
        (
            '"x" at box fix safe "f" { set box.wave to 1 }',
            '8:38: "box.wave" is computed; a fix changes fields that are written in a file',
        ),
        ('"x" at box fix safe "f" { append 1 to box.count }', '8:46: "box.count" is an integer, not a list'),
        (
            '"x" at box fix safe "f" { append 1 to box.uses[0].args }',
            '8:41: an item of "box.uses[0].args" would be 1, which is an integer, not text: write it in quotes',
        ),
        (
            '"x" at box fix safe "f" { rename key box.count to "colour" }',
            '8:58: "colour" is not a field beside "count"; did you mean "color"?',
        ),
        (
            '"x" at box fix safe "f" { remove box.ports[*].name }',
            "8:41: remove changes one place, box.ports[*].name are many",
        ),
        (
            '"x" at box fix safe "f" { set box.meta.name to entry.value }',
            '8:55: "entry.value" may be a secret in clear text, which a fix never writes',
        ),
        (
            '"x" at box fix safe "f" { set entry to entry.value }',
            '8:47: "entry.value" may be a secret in clear text, which a fix never writes',
        ),
        ('"x" at box fix safe "f" { append 1 to entry }', '8:46: append needs a path to a field; "entry" is none'),
    ],
)
def test_a_mistake_in_a_report(rest: str, message: str) -> None:
    assert errors(report(rest)) == [message]


@pytest.mark.parametrize(
    "rest",
    [
        '"{box} {step.weight} {n} {entry.key}{did_you_mean} {target.crane}" at step.weight see box.uses[0] "here {n}" help "{p}"',
        '"x" at box.meta.labels["a"] fix unsafe "set {n}" { set box.meta.labels["a"] to text(box.wave) remove box.count }',
        '"x" at box fix safe "f" { append "a" to box.uses[0].args set step.pause.duration to 500m rename key box.count to "color" }',
        '"x" at box fix safe "f" { set entry to "a" }',
        '"x" at box fix unsafe "f" { rename key entry to entry.key }',
        '"x" at box fix unsafe "f" { remove entry }',
        '"x" at box fix unsafe "f" { remove box.uses[0].where }',
    ],
)
def test_a_report_that_is_right(rest: str) -> None:
    assert errors(report(rest)) == []


def test_did_you_mean_needs_something_to_compare() -> None:
    text = box('forbid box.open is true report "x{did_you_mean}" at box')

    assert errors(text) == [
        "3:35: did_you_mean has nothing to compare here: the report follows no name and no list of names"
    ]


def test_a_secret_is_masked_in_every_message_and_its_key_is_not() -> None:
    rule = checked(
        box(
            'with each entries(box.secret) as entry\nforbid entry.value is plaintext report "{entry.key}: {entry.value}" at entry.value help "{entry.value}"'
        )
    ).rule
    found = rule.clauses[-1]

    assert isinstance(found, Check)
    assert found.report.message.parts[1:] == (": ", "••••")
    assert found.report.help is not None
    assert found.report.help.parts == ("••••",)


def test_all_mistakes_of_a_rule_are_told_in_the_order_of_the_text() -> None:
    text = box('when box.cuont == 1 and box.colour == "red"\nforbid box.nam == "x" report "{nobody}" at bx')

    assert [each.split(": ")[0] for each in errors(text)] == ["3:10", "3:29", "4:12", "4:32", "4:44"]


def test_one_unknown_name_is_told_once_however_it_goes_on() -> None:
    assert errors(when("bag.a.b.c > 5m and 1 == 1 + box.count"))[0] == (
        '3:6: "bag" is not bound by any clause above; known here are: box'
    )


def test_an_error_without_the_rules_text_has_no_line() -> None:
    (rule,) = parse_rules(when("box.cuont == 1"), "a.rule")
    with pytest.raises(RuleError) as caught:
        check(rule, WORDS)

    assert str(caught.value) == '"cuont" is not a field of box; did you mean "count"?'


# ---- what is known of a rule that is right


def test_a_rule_over_one_thing_without_needs_is_local() -> None:
    rule = checked(box('with each box.steps as step\nforbid step.weight == 1 report "x" at step'))

    assert rule == CheckedRule(
        rule.rule, True, frozenset(), (Kind("Box", "thing"),), (), ("Box.steps", "Box.steps[].weight"), "Boxes × steps"
    )


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        ("forbid box.wave == 1", {"deliveries"}),
        ('forbid content(box) == "x"', {"lua"}),
        ("with each box.uses as use\nfollow use.name as other\nforbid other.count == 1", {"references"}),
        ("find one Bag as bag where bag.name == box.name\nforbid bag.count == 1", {"index"}),
    ],
)
def test_a_rule_that_asks_more_needs_stages_and_is_not_local(body: str, needs: set[str]) -> None:
    rule = checked(box(f'{body} report "x" at box'))

    assert (rule.local, rule.needs) == (False, frozenset(needs))


def test_generated_things_need_their_makers() -> None:
    rule = checked(of_body('for each Box generated as box\nforbid box.count == 1 report "x" at box'))

    assert (rule.local, rule.needs) == (False, frozenset({"applicationsets"}))


def test_what_is_written_needs_no_makers_although_generated_things_count_too() -> None:
    rule = checked(of_body('for each Box written or generated as box\nforbid box.count == 1 report "x" at box'))

    assert (rule.local, rule.needs) == (True, frozenset())


def test_a_look_up_among_generated_things_needs_their_makers() -> None:
    body = "find one Box written or generated as other where other.name == box.name\nforbid other.count == 1"
    rule = checked(box(f'{body} report "x" at box'))

    assert (rule.local, rule.needs) == (False, frozenset({"index", "applicationsets"}))


def test_what_nobody_generates_is_not_asked_for() -> None:
    (told,) = errors(of_body('for each container generated as one\nforbid one.count == 1 report "x" at one'))

    assert "nothing of these kinds is generated | ApplicationSets generate Applications: drop the word" in told


def test_a_class_stands_for_its_kinds_and_reads_their_fields() -> None:
    rule = checked(of_body('for each container as c\nforbid c.count == 1 report "x" at c'))

    assert rule.kinds == (Kind("Box", "thing"), Kind("Bag", "thing"))
    assert rule.fields == ("Bag.count", "Box.count")
    assert rule.cost == "containers"


def test_kinds_that_a_reference_reaches_are_others() -> None:
    rule = checked(
        box(
            'with each box.uses as use\nfollow use.name as other\nfind any Bag as bag where bag.name == other.name\nforbid bag is present report "x" at use'
        )
    )

    assert rule.kinds == (Kind("Box", "thing"),)
    assert rule.others == (Kind("Bag", "thing"),)
    assert rule.fields == ("Bag.name", "Box.name", "Box.uses", "Use.name")
    assert rule.cost == "Boxes × uses × matching Bags"


def test_a_kind_that_the_file_declares_is_free_form_and_keeps_its_group() -> None:
    text = 'kind Crate in "wood.example" untyped\n' + of_body(
        'for each Crate as c\nforbid c.spec.nails == 1 report "x" at c'
    )
    rule = checked(text)

    assert rule.kinds == (Kind("Crate", "wood.example"),)
    first = rule.rule.clauses[0]
    assert isinstance(first, ForEach)
    assert first.kinds == (Kind("Crate", "wood.example"),)


def test_an_expression_deeper_than_anybody_reads_is_refused() -> None:
    nested = "not " * 45 + "box.open is true"

    assert errors(when(nested)) == ["3:1: this nests deeper than 40 levels | name its parts with `let`"]
