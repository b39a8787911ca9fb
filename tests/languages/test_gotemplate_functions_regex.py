"""Regular expressions as Go finds, replaces and splits by them. All of it was seen from Go."""

from __future__ import annotations

import pytest
from gotemplate_outcome import outcome

TABLE = (
    ('{{regexMatch "^a+$" "aaa"}}', "true"),
    ('{{regexMatch "(" "x"}}', "false"),
    ('{{mustRegexMatch "(" "x"}}', "error: error calling mustRegexMatch: error parsing regexp: missing closing ): `(`"),
    ('{{regexFind "[0-9]+" "ab12cd"}}', "12"),
    ('{{regexFind "x" "ab"}}', ""),
    (
        '{{regexFind "(" "x"}}',
        "error: error calling regexFind: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`",
    ),
    ('{{mustRegexFind "[" "x"}}', "error: error calling mustRegexFind: error parsing regexp: missing closing ]: `[`"),
    ('{{regexFind "(?i)A" "xa"}}', "a"),
    ('{{regexFindAll "[a-z]" "a1b2c3" 2}}', "[a b]"),
    ('{{regexFindAll "[a-z]" "a1b2c3" -1}}', "[a b c]"),
    ('{{regexFindAll "a*" "baac" -1}}', "[ aa ]"),
    ('{{regexFindAll "x" "a" -1}}', "[]"),
    ('{{regexFindAll "" "é" -1}}', "[ ]"),
    ('{{regexFindAll "a" "aaa" 0}}', "[]"),
    (
        '{{mustRegexFindAll "a**" "a" 1}}',
        "error: error calling mustRegexFindAll: error parsing regexp: invalid nested repetition operator: `**`",
    ),
    ('{{regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W"}}', "-W-xxW-"),
    ('{{regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W"}}', "---"),
    ('{{regexReplaceAll "(?P<n>[a-z])" "ab" "<$n>"}}', "<a><b>"),
    ('{{regexReplaceAll "a*" "baac" "-"}}', "-b-c-"),
    ('{{regexReplaceAll "b" "abc" "$$$0$"}}', "a$b$c"),
    ('{{regexReplaceAll "" "ab" "-"}}', "-a-b-"),
    ('{{regexReplaceAll "a" "a" "${x"}}', "${x"),
    ('{{regexReplaceAll "(a)|(b)" "ab" "[$2]"}}', "[][b]"),
    ('{{regexReplaceAllLiteral "a" "banana" "$0"}}', "b$0n$0n$0"),
    (
        '{{mustRegexReplaceAll "\\\\" "a" "b"}}',
        "error: error calling mustRegexReplaceAll: error parsing regexp: trailing backslash at end of expression: ``",
    ),
    (
        '{{mustRegexReplaceAllLiteral "a)" "a" "b"}}',
        "error: error calling mustRegexReplaceAllLiteral: error parsing regexp: unexpected ): `a)`",
    ),
    ('{{regexReplaceAll "é|." "éa" "x"}}', "xx"),
    ('{{regexSplit "z+" "pizza" -1}}', "[pi a]"),
    ('{{regexSplit "z+" "pizzaz" 2}}', "[pi az]"),
    ('{{regexSplit "a*" "" -1}}', "[]"),
    ('{{regexSplit "" "abc" -1}}', "[a b c]"),
    ('{{regexSplit "," "a,b,c" 2}}', "[a b,c]"),
    ('{{regexSplit "," "a,b" 0}}', "[]"),
    ('{{regexSplit "x" "abc" 1}}', "[abc]"),
    (
        '{{mustRegexSplit "x{1001}" "a" 1}}',
        "error: error calling mustRegexSplit: error parsing regexp: invalid repeat count: `{1001}`",
    ),
    (
        '{{regexSplit "(?=x)" "a" 1}}',
        "error: error calling regexSplit: regexp: Compile(`(?=x)`): error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
    ),
    ('{{regexQuoteMeta "1.2+[3]"}}', "1\\.2\\+\\[3\\]"),
    ('{{regexQuoteMeta "é-_/"}}', "é-_/"),
    (
        '{{regexFind "\\\\C" "a"}}',
        "error: error calling regexFind: regexp: Compile(`\\C`): error parsing regexp: invalid escape sequence: `\\C`",
    ),
    ('{{regexFind "`" "a`b"}}', "`"),
)


@pytest.mark.parametrize(("template", "expected"), TABLE)
def test_what_go_makes_of_it(template: str, expected: str) -> None:
    assert expected == outcome(template)
