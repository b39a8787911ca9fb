"""What a Go template makes of parameters, and what it fails with: Go's message, its node, and the part our place covers."""

from __future__ import annotations

import copy
from types import MappingProxyType

import pytest

from gitops_lint.languages.gotemplate import GoTemplateError, read
from gitops_lint.languages.gotemplate.function import Function, FunctionError, NotDeterministicError, Struct
from gitops_lint.languages.gotemplate.values import Int64, NilList, StringList, StringMap, UnorderedStrings, Value

JSON_DATA = {
    "a": "x",
    "e": "",
    "n": 3.0,
    "z": 0.0,
    "t": True,
    "f": False,
    "nil": None,
    "l": ["p", "q"],
    "empty": [],
    "m": {"b": "v", "c": {"d": "w"}, "nil": None, "my-key": "k"},
    "mixed": ["s", 1.5, None, {"b": "y"}],
    "sm": {"b": "vb"},
    "sl": ["one", "two"],
    "u": "é<\"&'>",
}
DATA = {**JSON_DATA, "sm": StringMap({"b": "vb"}), "sl": StringList(["one", "two"])}


class Release(Struct):
    """A struct with methods, as a version is."""

    __slots__ = ("number",)
    go_type = "*main.ver"

    def __init__(self, number: int) -> None:
        self.number = number

    def text(self) -> str:
        return f"v1.{self.number}"

    def members(self) -> dict[str, Function]:
        return {
            "Minor": Function("Minor", lambda: self.number, ()),
            "Next": Function("Next", lambda step: Release(self.number + step), ("int",)),
            "Bad": Function("Bad", _fail, ()),
        }


def _fail(*_: Value) -> Value:
    raise FunctionError("no way")


def _set(map: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    map[key] = value
    return map


def _now() -> Value:
    raise NotDeterministicError("it asks the clock")


FUNCTIONS = {
    one.name: one
    for one in (
        Function("upper", str.upper, ("string",)),
        Function("trunc", lambda count, text: text[:count], ("int", "string")),
        Function("add", lambda *values: Int64(len(values)), (), "any"),
        Function("inc", lambda value: Int64(value + 1), ("int64",)),
        Function("half", lambda value: value / 2, ("float64",)),
        Function("flip", lambda value: not value, ("bool",)),
        Function("list", lambda *values: list(values), (), "any"),
        Function("first", lambda values: values[0] if values else None, ("list",)),
        Function("hasKey", lambda map, key: key in map, ("map", "string")),
        Function("set", _set, ("map", "string", "any")),
        Function("default", lambda other, value: value if value not in (None, "") else other, ("any", "any")),
        Function("int", int, ("any",)),
        Function("ver", lambda: Release(2), ()),
        Function("fail", _fail, ("string",)),
        Function("now", _now, ()),
        Function("keys", lambda map: UnorderedStrings(map), ("map",)),
        Function("rest", lambda _: NilList(), ("any",)),
    )
}


def run(text: str, *options: str) -> str:
    return read(text, FUNCTIONS, options).run(copy.deepcopy(DATA))


def failed(text: str, *options: str) -> GoTemplateError:
    with pytest.raises(GoTemplateError) as caught:
        run(text, *options)
    return caught.value


@pytest.mark.parametrize(
    ("text", "made"),
    [
        # fields
        ("{{.a}}-{{.m.b}}-{{$.m.c.d}}", "x-v-w"),
        ("{{.n}} {{.t}} {{.l}} {{.m}}", "3 true [p q] map[b:v c:map[d:w] my-key:k nil:<nil>]"),
        ("{{.nope}} {{.nope.b.c}} {{.nil}} {{.sm.nope}} {{.sm.b}}", "<no value> <no value> <no value> <no value> vb"),
        ("{{(.m).c.d}} {{(index .mixed 3).b}}", "w y"),
        ("{{.nope.b 1}}", "<no value>"),
        # text, trimming, comments
        ("a  {{- .a -}}  b", "axb"),
        ("a {{- /* c */ -}} b", "ab"),
        ("a{{/* c\nd */}}b }}", "ab }}"),
        ("{{\"a\\tb\"}}{{`c\\t`}}{{'d'}}{{0x10}}{{1.50}}{{true}}", "a\tbc\\t100161.5true"),
        # pipes and variables
        ('{{.a | printf "%s-%s" "y"}}', "y-x"),
        ("{{$x := .a}}{{$x}}{{$x = 1}}{{$x}}", "x1"),
        ("{{$x := 1}}{{if .t}}{{$x = 2}}{{$x := 3}}{{$x}}{{end}}{{$x}}", "32"),
        ("{{$m := .m}}{{$m.c.d}}", "w"),
        ("{{with $y := .a}}{{$y}}{{.}}{{end}}", "xx"),
        ("{{len ($x := .a)}}{{$x}}", "1x"),
        # if, with
        ("{{if .f}}1{{else if .e}}2{{else if .n}}3{{else}}4{{end}}", "3"),
        ("{{if .nope}}1{{end}}{{if .empty}}2{{end}}{{if .z}}3{{end}}{{if .nil}}4{{end}}{{if ver}}5{{end}}", "5"),
        ("{{with .m}}{{.b}}{{end}}{{with .e}}1{{else with .a}}{{.}}{{else}}2{{end}}", "vx"),
        # range
        ("{{range .l}}{{.}},{{end}}{{range $i, $e := .l}}{{$i}}{{$e}}{{end}}", "p,q,0p1q"),
        ("{{range $k, $v := .sm}}{{$k}}={{$v}}{{end}}{{range .m.c}}{{.}}{{end}}", "b=vbw"),
        ("{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}{{range inc 1}}{{.}}{{end}}", "0120101"),
        ("{{range .empty}}1{{else}}2{{end}}{{range .nope}}1{{else}}3{{end}}{{range 0}}1{{else}}4{{end}}", "234"),
        ('{{range .l}}{{if eq . "q"}}{{break}}{{end}}{{.}}{{end}}', "p"),
        ('{{range .l}}{{if eq . "p"}}{{continue}}{{end}}{{.}}{{end}}', "q"),
        # Go takes a `break` in the `else` of a range as one of that range
        ("{{range .l}}{{range $.empty}}{{else}}{{break}}{{end}}{{.}}{{end}}", "pq"),
        ("{{range .l}}{{range $.empty}}{{else}}{{continue}}{{end}}{{.}}{{end}}", ""),
        ("{{$x := 0}}{{range $x = .l}}{{end}}{{$x}}", "q"),
        ("{{range $i, $e := .empty}}{{else}}{{$i}}{{end}}", "[]"),
        # templates
        ('{{template "t" .m}}{{define "t"}}[{{.b}}{{$.b}}]{{end}}', "[vv]"),
        ('{{define "t"}}{{.}}{{end}}{{template "t"}}', "<no value>"),
        ('{{block "t" .a}}<{{.}}>{{end}}{{template "t" .n}}', "<x><3>"),
        ('{{define "t"}}{{end}}{{define "t"}}1{{end}}{{define "t"}} {{end}}{{template "t"}}', "1"),
        (' {{define "base"}}1{{end}} ', "1"),
        # functions of Go's own
        ("{{and .t .a}} {{and .e .a}}|{{or .e .a}} {{or .f .z}} {{not .e}}", "x |x 0 true"),
        ('{{and .f (fail "x")}} {{or .t (fail "x")}} {{.a | and .t}} {{.a | or .t}}', "false true x true"),
        (
            '{{eq .a "y" "x"}} {{eq .n 3.0}} {{eq .nil nil}} {{eq .a nil}} {{ne .a "x"}} {{eq .nope .nil}}',
            "true true true false false true",
        ),
        (
            '{{lt 1 2}} {{le 2 2}} {{gt 1.5 2.0}} {{ge "b" "a"}} {{eq (inc 1) 2}} {{lt 1 (inc 1)}}',
            "true true false true true true",
        ),
        ("{{len .u}} {{len .l}} {{len .m}} {{len .sm}}", "7 2 4 1"),
        (
            '{{index .l 1}} {{index .m "c" "d"}} {{index .m "my-key"}} {{index .m "nope"}} {{index .sm "nope"}}|',
            "q w k <no value> |",
        ),
        ("{{index .a 0}} {{printf \"%T\" (index .a 0)}} {{eq (index .a 0) 'x'}}", "120 uint8 true"),
        ('{{print 1 2 "a" 3 .nil}}|{{println "a" 1}}|{{print}}', "1 2a3 <nil>|a 1\n|"),
        (
            "{{html .u}} {{js .u}} {{urlquery .u}} {{html .nil}} {{.a | html}}",
            "é&lt;&#34;&amp;&#39;&gt; é\\u003C\\\"\\u0026\\'\\u003E %C3%A9%3C%22%26%27%3E &lt;no value&gt; x",
        ),
        # given functions
        (
            '{{upper .a}} {{.a | upper}} {{trunc 1 "ab"}} {{inc 2}} {{half 3}} {{half .n}} {{flip .t}}',
            "X X a 3 1.5 1.5 false",
        ),
        (
            '{{add 1 nil .nope}} {{list .nope .nil}} {{hasKey .nope "a"}} {{first nil}} {{first .nope}}',
            "3 [<nil> <nil>] false <no value> <no value>",
        ),
        ('{{default "d" .nope}} {{.nil | default "d"}}', "d d"),
        ("{{ver}} {{ver.Minor}} {{(ver.Next 3).Minor}} {{3 | (ver).Next}}", "v1.2 2 5 v1.5"),
        ('{{$_ := set .m "new" 1}}{{.m.new}}', "1"),
    ],
)
def test_a_template_makes_what_go_makes(text: str, made: str) -> None:
    assert run(text) == made


@pytest.mark.parametrize(
    ("text", "option", "made"),
    [
        ("{{.nope}}", "missingkey=default", "<no value>"),
        ("{{.nope.b}}", "missingkey=invalid", "<no value>"),
        ("{{.nope}}|{{.sm.nope}}", "missingkey=zero", "<no value>|"),
        ('{{index .m "nope"}}', "missingkey=error", "<no value>"),
        ("{{.nil}}", "missingkey=error", "<no value>"),
        ("{{.m.b}}", "missingkey=error", "v"),
    ],
)
def test_an_option_says_what_a_missing_key_gives(text: str, option: str, made: str) -> None:
    assert run(text, option) == made


def test_the_last_option_counts() -> None:
    assert run("{{.nope}}", "missingkey=error", "missingkey=zero") == "<no value>"


@pytest.mark.parametrize(
    ("text", "where", "covered"),
    [
        ("{{.m.nil.x}}", '1:4: executing "base" at <.m.nil.x>: nil pointer evaluating interface {}.x', ".m.nil.x"),
        ("{{.a.b}}", '1:4: executing "base" at <.a.b>: can\'t evaluate field b in type interface {}', ".a.b"),
        ("{{.sm.b.c}}", '1:5: executing "base" at <.sm.b.c>: can\'t evaluate field c in type string', ".sm.b.c"),
        ("{{$x := .a}}{{$x.b}}", '1:16: executing "base" at <$x.b>: can\'t evaluate field b in type string', "$x.b"),
        ("{{range .l}}{{.b}}{{end}}", '1:14: executing "base" at <.b>: can\'t evaluate field b in type interface {}', ".b"),
        ("{{range .sl}}{{.b}}{{end}}", '1:15: executing "base" at <.b>: can\'t evaluate field b in type string', ".b"),
        ("{{range $v := .l}}{{$v.b}}{{end}}", '1:22: executing "base" at <$v.b>: can\'t evaluate field b in type interface {}', "$v.b"),
        ("{{range .mixed}}{{.b}}{{end}}", '1:18: executing "base" at <.b>: can\'t evaluate field b in type interface {}', ".b"),
        ("{{with .a}}{{.b}}{{end}}", '1:13: executing "base" at <.b>: can\'t evaluate field b in type string', ".b"),
        ("{{(.m.b).c}}", '1:5: executing "base" at <.m.b>: can\'t evaluate field c in type string', "(.m.b).c"),
        ("{{.m.b 1}}", '1:4: executing "base" at <.m.b>: b is not a method but has arguments', ".m.b"),
        ("{{1 | .a}}", '1:6: executing "base" at <.a>: a is not a method but has arguments', ".a"),
        ("{{$ 1}}", '1:2: executing "base" at <$>: can\'t give argument to non-function $', "$"),
        ('{{"a" 1}}', '1:2: executing "base" at <"a">: can\'t give argument to non-function "a"', '"a"'),
        ("{{nil}}", '1:2: executing "base" at <nil>: nil is not a command', "nil"),
        ("{{range .n}}{{end}}", '1:8: executing "base" at <.n>: range can\'t iterate over 3', ".n"),
        ("{{range .a}}{{end}}", '1:8: executing "base" at <.a>: range can\'t iterate over x', ".a"),
        (
            "{{range $i, $v := 3}}{{end}}",
            '1:18: executing "base" at <3>: can\'t use 3 to iterate over more than one variable',
            "$i, $v := 3",
        ),
        ('{{template "zz" .}}', '1:11: executing "base" at <{{template "zz" .}}>: template "zz" not defined', '{{template "zz" .}}'),
        ('{{define "t"}}{{.a.b}}{{end}}é\n{{template "t" .}}', '1:18: executing "t" at <.a.b>: can\'t evaluate field b in type interface {}', ".a.b"),
        ("é{{.a.b}}", '1:6: executing "base" at <.a.b>: can\'t evaluate field b in type interface {}', ".a.b"),
        ("é\né{{.a.b}}", '2:6: executing "base" at <.a.b>: can\'t evaluate field b in type interface {}', ".a.b"),
        ("{{if .f}}{{$x := 1}}{{else}}{{$x}}{{end}}", '1:30: executing "base" at <$x>: undefined variable: $x', "$x"),
        ("{{upper}}", '1:2: executing "base" at <upper>: wrong number of args for upper: want 1 got 0', "upper"),
        ("{{.a | upper .a}}", '1:7: executing "base" at <upper>: wrong number of args for upper: want 1 got 2', "upper"),
        ("{{and}}", '1:2: executing "base" at <and>: wrong number of args for and: want at least 1 got 0', "and"),
        ("{{upper .n}}", '1:8: executing "base" at <.n>: wrong type for value; expected string; got float64', ".n"),
        ("{{.n | upper}}", '1:7: executing "base" at <upper>: wrong type for value; expected string; got float64', "upper"),
        ("{{upper .nil}}", '1:8: executing "base" at <.nil>: wrong type for value; expected string; got interface {}', ".nil"),
        ("{{upper .nope}}", '1:8: executing "base" at <.nope>: invalid value; expected string', ".nope"),
        ("{{upper nil}}", '1:8: executing "base" at <nil>: cannot assign nil to string', "nil"),
        ("{{upper 3}}", '1:8: executing "base" at <3>: expected string; found 3', "3"),
        ('{{trunc "a" .a}}', '1:8: executing "base" at <"a">: expected integer; found "a"', '"a"'),
        ("{{trunc .n .a}}", '1:8: executing "base" at <.n>: wrong type for value; expected int; got float64', ".n"),
        ("{{trunc (add 1) .a}}", '1:13: executing "base" at <1>: wrong type for value; expected int; got int64', "(add 1)"),
        ('{{half "a"}}', '1:7: executing "base" at <"a">: expected float; found "a"', '"a"'),
        ("{{flip 1}}", '1:7: executing "base" at <1>: expected bool; found 1', "1"),
        ("{{first 1}}", '1:8: executing "base" at <1>: can\'t handle 1 for arg of type []interface {}', "1"),
        ("{{first .sl}}", '1:8: executing "base" at <.sl>: wrong type for value; expected []interface {}; got []string', ".sl"),
        (
            '{{hasKey .sm "a"}}',
            '1:9: executing "base" at <.sm>: wrong type for value; expected map[string]interface {}; got map[string]string',
            ".sm",
        ),
        ('{{fail "x"}}', '1:2: executing "base" at <fail "x">: error calling fail: no way', 'fail "x"'),
        ('{{print (fail "x")}}', '1:9: executing "base" at <fail "x">: error calling fail: no way', 'fail "x"'),
        ("{{ver.Bad}}", '1:5: executing "base" at <ver.Bad>: error calling Bad: no way', "ver.Bad"),
        ("{{ver.Nope}}", '1:2: executing "base" at <ver>: can\'t evaluate field Nope in type *main.ver', "ver.Nope"),
        ("{{(ver.Next)}}", '1:3: executing "base" at <ver>: wrong number of args for Next: want 1 got 0', "ver"),
        ("{{eq .n 3}}", '1:2: executing "base" at <eq .n 3>: error calling eq: incompatible types for comparison: float64 and int', "eq .n 3"),
        ("{{eq .l .l}}", '1:2: executing "base" at <eq .l .l>: error calling eq: non-comparable type [p q]: []interface {}', "eq .l .l"),
        ("{{lt .t .f}}", '1:2: executing "base" at <lt .t .f>: error calling lt: invalid type for comparison', "lt .t .f"),
        ("{{eq .a}}", '1:2: executing "base" at <eq .a>: error calling eq: missing argument for comparison', "eq .a"),
        ("{{len .n}}", '1:2: executing "base" at <len .n>: error calling len: len of type float64', "len .n"),
        ("{{len .nil}}", '1:2: executing "base" at <len .nil>: error calling len: len of nil pointer', "len .nil"),
        ("{{index .l 9}}", '1:2: executing "base" at <index .l 9>: error calling index: index out of range: 9', "index .l 9"),
        ("{{index .l .n}}", '1:2: executing "base" at <index .l .n>: error calling index: cannot index slice/array with type float64', "index .l .n"),
        ("{{index .nope 1}}", '1:2: executing "base" at <index .nope 1>: error calling index: index of untyped nil', "index .nope 1"),
        ('{{index .m "nil" "x"}}', '1:2: executing "base" at <index .m "nil" "x">: error calling index: index of nil pointer', 'index .m "nil" "x"'),
        ("{{index .m 1}}", '1:2: executing "base" at <index .m 1>: error calling index: value has type int; should be string', "index .m 1"),
        ("{{index 1 1}}", '1:2: executing "base" at <index 1 1>: error calling index: can\'t index item of type int', "index 1 1"),
        ("{{call .a}}", '1:2: executing "base" at <call .a>: error calling call: non-function .a of type string', "call .a"),
        ("{{call nil}}", '1:2: executing "base" at <call nil>: error calling call: call of nil', "call nil"),
        ("{{9223372036854775808}}", '1:2: executing "base" at <9223372036854775808>: 9223372036854775808 overflows int', "9223372036854775808"),
        (
            '{{define "t"}}{{template "t" .}}{{end}}{{template "t" .}}',
            '1:25: executing "t" at <{{template "t" .}}>: exceeded maximum template depth (100000)',
            '{{template "t" .}}',
        ),
    ],
)  # fmt: skip
def test_a_template_fails_as_go_fails(text: str, where: str, covered: str) -> None:
    error = failed(text)

    assert error.where == f"template: base:{where}"
    assert error.upstream == f"failed to execute go template {text}: template: base:{where}"
    assert (error.phase, text[error.start : error.end]) == ("exec", covered)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{.nope}}", 'map has no entry for key "nope"'),
        ("{{if .nope}}{{end}}", 'map has no entry for key "nope"'),
        ('{{default "d" .m.nope}}', 'map has no entry for key "nope"'),
        ("{{.sm.nope}}", 'map has no entry for key "nope"'),
        ("{{.nil.x}}", "nil pointer evaluating interface {}.x"),
        ("{{(.nil).x}}", 'nil data; no entry for key "x"'),
    ],
)
def test_a_missing_key_fails_where_it_must_not_be_missing(text: str, message: str) -> None:
    assert failed(text, "missingkey=error").message == message


@pytest.mark.parametrize("text", ["{{now}}", "{{keys .m}}", "{{range keys .m}}{{end}}", "{{index (keys .m) 0}}"])
def test_what_nobody_can_know_is_said(text: str) -> None:
    with pytest.raises(NotDeterministicError):
        run(text)


def test_lists_that_are_nil_equal_nil() -> None:
    assert run("{{eq (rest 1) nil}} {{eq nil (rest 1)}} {{len (keys .m)}}") == "true true 4"


def test_a_method_of_the_parameters_is_what_stands_in_them() -> None:
    assert read("{{.len}}{{.a}}", FUNCTIONS).run({"len": "1", "a": 2.0}) == "12"


def test_parameters_may_be_any_mapping() -> None:
    parameters = MappingProxyType({"a": "x", "m": {"b": "y"}})

    assert read("{{.a}}{{.m.b}}{{len .}}", FUNCTIONS).run(parameters) == "xy2"


def test_functions_change_the_parameters_that_are_given() -> None:
    parameters: dict[str, Value] = {}

    read('{{$_ := set . "a" 1}}', FUNCTIONS).run(parameters)

    assert parameters == {"a": 1}


def test_a_given_function_goes_before_one_of_gos_own() -> None:
    functions = {
        "len": Function("len", lambda value: "other", ("any",)),
        "and": Function("and", lambda *_: "all", (), "any"),
    }

    assert read("{{len .a}} {{and .f .t}}", functions).run(DATA) == "other all"
