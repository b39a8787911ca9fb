"""YAML as sigs.k8s.io/yaml writes it: what is quoted, what is folded, how it is indented. All of it was seen from Go."""

from __future__ import annotations

import pytest
from gotemplate_outcome import outcome

TABLE = (
    (
        '{{toYaml (dict "b" 1 "a" (list 1 (list 2 3) (dict "x" 1 "y" (dict))) "c" (dict "d" (list) "e" nil))}}',
        'a:\n- 1\n- - 2\n  - 3\n- x: 1\n  "y": {}\nb: 1\nc:\n  d: []\n  e: null',
    ),
    ("{{toYaml (list)}}", "[]"),
    ("{{toYaml (dict)}}", "{}"),
    ("{{toYaml nil}}", "null"),
    ('{{toYaml "x"}}', "x"),
    ("{{toYaml .m}}", 'a: x\nb:\n  c: d\n  "n": null\ne: ""\nl:\n- 1\n- 2'),
    ("{{toYaml .labels}}", "env: prod\nteam: a"),
    ("{{toYaml (rest (list))}}", "null"),
    ("{{toYaml true}}", "true"),
    ('{{toYaml (list (list) (dict) "")}}', '- []\n- {}\n- ""'),
    (
        '{{toYaml (list "true" "yes" "y" "n" "on" "Null" "~" "" "null" "TRUE" "tRUE")}}',
        '- "true"\n- "yes"\n- "y"\n- "n"\n- "on"\n- "Null"\n- "~"\n- ""\n- "null"\n- "TRUE"\n- tRUE',
    ),
    (
        '{{toYaml (list "1" "0x1F" "1_000" "1e3" "1.5" ".5" "." "-" "+" "0o7" "0b1" "-0b1" "08" "1:20" "12:30:45" "1.")}}',
        '- "1"\n- "0x1F"\n- "1_000"\n- "1e3"\n- "1.5"\n- ".5"\n- .\n- \'-\'\n- +\n- "0o7"\n- "0b1"\n- "-0b1"\n- "08"\n- "1:20"\n- "12:30:45"\n- "1."',
    ),
    (
        '{{toYaml (list "2001-01-02" "2001-1-2" "2001-02-30" "2001-12-14t21:59:43.10-05:00" "2001-12-14 21:59:43" "20010102")}}',
        '- "2001-01-02"\n- "2001-1-2"\n- 2001-02-30\n- "2001-12-14t21:59:43.10-05:00"\n- "2001-12-14 21:59:43"\n- "20010102"',
    ),
    (
        '{{toYaml (list ".inf" "-.INF" ".nan" "inf" "18446744073709551615" "18446744073709551616")}}',
        '- ".inf"\n- "-.INF"\n- ".nan"\n- inf\n- "18446744073709551615"\n- "18446744073709551616"',
    ),
    (
        '{{toYaml (list "- a" "a: b" "a #b" "a#b" "#a" "?" "? a" "?a" ":" ":a" "a:" "-a" "--- x" "..." "[a" "{a" "a]" "!a" "&a" "*a" "|" ">" "%a" "@a" "`a" "\'a" "\\"a" "it\'s" "say \\"x\\"" "a,b" "<<" "=")}}',
        "- '- a'\n- 'a: b'\n- 'a #b'\n- a#b\n- '#a'\n- '?'\n- '? a'\n- ?a\n- ':'\n- :a\n- 'a:'\n- -a\n- '--- x'\n- '...'\n- '[a'\n- '{a'\n- a]\n- '!a'\n- '&a'\n- '*a'\n- '|'\n- '>'\n- '%a'\n- '@a'\n- '`a'\n- '''a'\n- '\"a'\n- it's\n- say \"x\"\n- a,b\n- <<\n- =",
    ),
    (
        '{{toYaml (list " a" "a " "a\\tb" "é" "🎉" "\\u00a0" "\\ufeffb" "a\\u2028b" "a\\u0085b" "\\x00" "a\\\\b" "a\\rb")}}',
        '- \' a\'\n- \'a \'\n- "a\\tb"\n- é\n- "\\U0001F389"\n- \xa0\n- "\\uFEFF\\x62"\n- \'a\u2028  b\'\n- a b\n- "\\0"\n- a\\b\n- "a\\rb"',
    ),
    ('{{toYaml "a\\u007f"}}', "error: error calling toYaml: yaml: control characters are not allowed"),
    ('{{toYaml (dict "a\\u0085b" 1)}}', "error: error calling toYaml: yaml: line 1: did not find expected ',' or '}'"),
    (
        '{{toYaml (dict "a" "x\\ny" "b" "x\\ny\\n" "c" "x\\n\\n" "d" " x\\ny" "e" "x \\ny" "f" "\\n" "g" "x\\n y\\n" "h" "x\\ny ")}}',
        'a: |-\n  x\n  y\nb: |\n  x\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\ne: "x \\ny"\nf: |2+\n\ng: |\n  x\n   y\nh: "x\\ny "',
    ),
    ('{{toYaml (list "x\\ny" (dict "k" "x\\ny"))}}', "- |-\n  x\n  y\n- k: |-\n    x\n    y"),
    ('{{toYaml "x\\ny\\n"}}', "|\n  x\n  y"),
    (
        '{{toYaml (dict "a\\nb" 1 "yes" 2 "1" 3 "x y" 4 "" 5 "a: b" 6)}}',
        '"": 5\n"1": 3\n? |-\n  a\n  b\n: 1\n\'a: b\': 6\nx y: 4\n"yes": 2',
    ),
    (
        "{{toYaml (list 1 1.5 1e20 1e21 1e-5 1e-7 1234567.5 18446744073709551615.0 9007199254740993.0 -0.0 100000.0)}}",
        "- 1\n- 1.5\n- 1e+20\n- 1e+21\n- 1e-05\n- 1e-07\n- 1.2345675e+06\n- 1.8446744073709552e+19\n- 9007199254740992\n- 0\n- 100000",
    ),
    (
        '{{toYaml (float64 "nan")}}',
        "error: error calling toYaml: error marshaling into JSON: json: unsupported value: NaN",
    ),
    (
        '{{toYaml (dict "a10" 1 "a2" 1 "B" 1 "b" 1 "1" 1 "10" 1 "2" 1 "_" 1 "a-b" 1 "a.b" 1 "ab" 1 "a02" 1 "é" 1)}}',
        '_: 1\n"1": 1\n"2": 1\n"10": 1\nB: 1\na-b: 1\na.b: 1\na2: 1\na02: 1\na10: 1\nab: 1\nb: 1\né: 1',
    ),
    (
        '{{toYaml (dict "k" (repeat 30 "word "))}}',
        "k: 'word word word word word word word word word word word word word word word word\n  word word word word word word word word word word word word word word '",
    ),
    (
        '{{toYaml (list (dict "key" (printf "%sx" (repeat 12 "eight ch "))))}}',
        "- key: eight ch eight ch eight ch eight ch eight ch eight ch eight ch eight ch eight\n    ch eight ch eight ch eight ch x",
    ),
    (
        '{{toYaml (dict "q" (printf "\'%sx" (repeat 12 "eight ch ")))}}',
        "q: '''eight ch eight ch eight ch eight ch eight ch eight ch eight ch eight ch eight\n  ch eight ch eight ch eight ch x'",
    ),
    (
        '{{toYaml (dict "d" (printf "\\t%sx" (repeat 12 "eight  ch ")))}}',
        'd: "\\teight  ch eight  ch eight  ch eight  ch eight  ch eight  ch eight  ch eight\n  \\ ch eight  ch eight  ch eight  ch eight  ch x"',
    ),
    (
        '{{toYaml (repeat 100 "x")}}',
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
    (
        '{{toYaml (dict (repeat 129 "k") 1)}}',
        "? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n: 1",
    ),
    ('{{toYaml (dict (repeat 1023 "k") 1)}}', "error: error calling toYaml: yaml: did not find expected ',' or '}'"),
    (
        '{{toYaml (dict "t" (toDate "2006-01-02" "2020-01-02") "v" (semver "1.2"))}}',
        't: "2020-01-02T00:00:00Z"\nv: 1.2.0',
    ),
)


@pytest.mark.parametrize(("template", "expected"), TABLE)
def test_what_go_makes_of_it(template: str, expected: str) -> None:
    assert expected == outcome(template)
