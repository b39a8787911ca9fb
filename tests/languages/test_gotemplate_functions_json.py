"""JSON as Go writes and reads it, with its words for what is none. All of it was seen from Go."""

from __future__ import annotations

import pytest
from gotemplate_outcome import outcome

TABLE = (
    ('{{toJson "<a&b>\\u2028é\\x01\\t\\"\\\\"}}', '"\\u003ca\\u0026b\\u003e\\u2028é\\u0001\\t\\"\\\\"'),
    ('{{toRawJson "<a&b>\\u2028"}}', '"<a&b>\\u2028"'),
    (
        "{{toJson (list 1 2.5 1e21 1e-7 0.000001 100000000000000000000 nil true)}}",
        'error: integer overflow: "100000000000000000000"',
    ),
    ("{{toJson .m}}", '{"a":"x","b":{"c":"d","n":null},"e":"","l":[1,2]}'),
    ("{{toJson .labels}}", '{"env":"prod","team":"a"}'),
    (
        '{{toPrettyJson (dict "a" (list) "b" (dict "c" (list 1 2)) "d" (dict))}}',
        '{\n  "a": [],\n  "b": {\n    "c": [\n      1,\n      2\n    ]\n  },\n  "d": {}\n}',
    ),
    ('{{toJson (float64 "inf")}}', ""),
    ('{{mustToJson (float64 "inf")}}', "error: error calling mustToJson: json: unsupported value: +Inf"),
    ('{{toRawJson (float64 "nan")}}', "error: error calling toRawJson: json: unsupported value: NaN"),
    ('{{toJson (semver "v1.2")}}', '"1.2.0"'),
    ('{{toJson (toDate "2006-01-02" "2020-02-03")}}', '"2020-02-03T00:00:00Z"'),
    ("{{toJson 2i}}", ""),
    ("{{mustToPrettyJson (list 1)}}", "[\n  1\n]"),
    ('{{toJson (trunc 1 "é")}}', '"\\ufffd"'),
    ("{{toJson -0.0}}", "-0"),
    ('{{fromJson "{\\"a\\":[1,2.5,\\"x\\",null]}"}}', "map[a:[1 2.5 x <nil>]]"),
    ('{{fromJson "nope"}}', "<no value>"),
    ('{{fromJson "1"}}', "1"),
    ('{{fromJson "[1] x"}}', "<no value>"),
    ('{{fromJson "{\\"a\\":1,\\"a\\":2}"}}', "map[a:2]"),
    ('{{toJson (fromJson "\\"\\\\ud800x\\"")}}', '"�x"'),
    ('{{fromJson ""}}', "<no value>"),
    ('{{fromJson "NaN"}}', "<no value>"),
    ('{{toJson (fromJson "[1e400,2]")}}', "[null,2]"),
    (
        '{{mustFromJson "[1e400,2]"}}',
        "error: error calling mustFromJson: json: cannot unmarshal number 1e400 into Go value of type float64",
    ),
    ('{{typeOf (fromJson "1")}}', "float64"),
    ('{{mustFromJson ""}}', "error: error calling mustFromJson: unexpected end of JSON input"),
    ('{{mustFromJson "{"}}', "error: error calling mustFromJson: unexpected end of JSON input"),
    ('{{mustFromJson "{\\"a\\""}}', "error: error calling mustFromJson: unexpected end of JSON input"),
    ('{{mustFromJson "{\\"a\\" 1}"}}', "error: error calling mustFromJson: invalid character '1' after object key"),
    (
        '{{mustFromJson "{a:1}"}}',
        "error: error calling mustFromJson: invalid character 'a' looking for beginning of object key string",
    ),
    (
        '{{mustFromJson "[1,]"}}',
        "error: error calling mustFromJson: invalid character ']' looking for beginning of value",
    ),
    ('{{mustFromJson "[1 2]"}}', "error: error calling mustFromJson: invalid character '2' after array element"),
    (
        '{{mustFromJson "{\\"a\\":1 \\"b\\"}"}}',
        "error: error calling mustFromJson: invalid character '\"' after object key:value pair",
    ),
    (
        '{{mustFromJson "tru"}}',
        "error: error calling mustFromJson: invalid character ' ' in literal true (expecting 'e')",
    ),
    (
        '{{mustFromJson "nulx"}}',
        "error: error calling mustFromJson: invalid character 'x' in literal null (expecting 'l')",
    ),
    ('{{mustFromJson "01"}}', "error: error calling mustFromJson: invalid character '1' after top-level value"),
    ('{{mustFromJson "-"}}', "error: error calling mustFromJson: invalid character ' ' in numeric literal"),
    ('{{mustFromJson "-x"}}', "error: error calling mustFromJson: invalid character 'x' in numeric literal"),
    (
        '{{mustFromJson "1."}}',
        "error: error calling mustFromJson: invalid character ' ' after decimal point in numeric literal",
    ),
    (
        '{{mustFromJson "1.x"}}',
        "error: error calling mustFromJson: invalid character 'x' after decimal point in numeric literal",
    ),
    (
        '{{mustFromJson "1e"}}',
        "error: error calling mustFromJson: invalid character ' ' in exponent of numeric literal",
    ),
    (
        '{{mustFromJson "1e+x"}}',
        "error: error calling mustFromJson: invalid character 'x' in exponent of numeric literal",
    ),
    ('{{mustFromJson "\\"a"}}', "error: error calling mustFromJson: unexpected end of JSON input"),
    (
        '{{mustFromJson "\\"\\\\x\\""}}',
        "error: error calling mustFromJson: invalid character 'x' in string escape code",
    ),
    (
        '{{mustFromJson "\\"\\\\u12x4\\""}}',
        "error: error calling mustFromJson: invalid character 'x' in \\u hexadecimal character escape",
    ),
    ('{{mustFromJson "\\"a\\nb\\""}}', "error: error calling mustFromJson: invalid character '\\n' in string literal"),
    (
        "{{mustFromJson \"'a'\"}}",
        "error: error calling mustFromJson: invalid character '\\'' looking for beginning of value",
    ),
    ('{{mustFromJson "é"}}', "error: error calling mustFromJson: invalid character 'Ã' looking for beginning of value"),
    ('{{mustFromJson "]"}}', "error: error calling mustFromJson: invalid character ']' looking for beginning of value"),
    ('{{mustFromJson "[1]]"}}', "error: error calling mustFromJson: invalid character ']' after top-level value"),
    (
        '{{mustFromJson "{\\"a\\":1,}"}}',
        "error: error calling mustFromJson: invalid character '}' looking for beginning of object key string",
    ),
    (
        '{{mustFromJson "\\\\"}}',
        "error: error calling mustFromJson: invalid character '\\\\' looking for beginning of value",
    ),
)


@pytest.mark.parametrize(("template", "expected"), TABLE)
def test_what_go_makes_of_it(template: str, expected: str) -> None:
    assert expected == outcome(template)
