"""What the functions of maps make, and which of them change what they are given. All of it was seen from Go."""

from __future__ import annotations

import pytest
from gotemplate_outcome import outcome

TABLE = (
    ('{{dict "a" 1 "b"}}', "map[a:1 b:]"),
    ("{{dict 1 2 nil 3}}", "map[1:2 <nil>:3]"),
    ("{{dict}}", "map[]"),
    ('{{dict "a" 1 "a" 2}}', "map[a:2]"),
    ('{{get .m "a"}}', "x"),
    ('{{get .m "nope"}}', ""),
    ('{{get .labels "env"}}', "error: wrong type for value; expected map[string]interface {}; got map[string]string"),
    ('{{get nil "a"}}', ""),
    ('{{get .nul "a"}}', "error: wrong type for value; expected map[string]interface {}; got interface {}"),
    ('{{get .nope "a"}}', ""),
    ('{{hasKey .m "a"}}', "true"),
    ('{{hasKey .m "nope"}}', "false"),
    ('{{hasKey .nope "a"}}', "false"),
    (
        '{{hasKey .labels "env"}}',
        "error: wrong type for value; expected map[string]interface {}; got map[string]string",
    ),
    ('{{pluck "a" .m .o .em}}', "[x other]"),
    ('{{pick .m "a" "nope"}}', "map[a:x]"),
    ('{{omit .m "a" "b"}}', "map[e: l:[1 2]]"),
    ('{{pick .labels "env"}}', "error: wrong type for value; expected map[string]interface {}; got map[string]string"),
    ('{{set .em "k" 1}}', "map[k:1]"),
    ('{{unset .m "b"}}', "map[a:x e: l:[1 2]]"),
    ('{{$d := dict}}{{set $d "a" 1}}{{set $d "b" $d.a}}{{$d}}', "map[a:1]map[a:1 b:1]map[a:1 b:1]"),
    ('{{$_ := set .em "x" 1}}{{.em.x}}', "1"),
    ('{{$d := dict "a" 1}}{{$x := unset $d "a"}}{{$d}}{{$x}}', "map[]map[]"),
    ('{{keys (dict "a" 1)}}', "[a]"),
    ("{{sortAlpha (keys .m .o)}}", "[a a b b e e k l l]"),
    ('{{values (dict "a" 1)}}', "[1]"),
    ("{{len (keys .m)}}", "4"),
    ('{{has "a" (keys .m)}}', "true"),
    ("{{keys}}", "[]"),
    ("{{keys .labels}}", "error: wrong type for value; expected map[string]interface {}; got map[string]string"),
    ("{{len (values .m)}}", "4"),
    ("{{uniq (keys .m .o) | sortAlpha}}", "[a b e k l]"),
    ('{{dig "b" "c" "no" .m}}', "d"),
    ('{{dig "b" "x" "no" .m}}', "no"),
    (
        '{{dig "a" "c" "no" .m}}',
        "error: error calling dig: interface conversion: interface {} is string, not map[string]interface {}",
    ),
    ('{{dig "b" "n" "no" .m}}', "<no value>"),
    (
        '{{dig "b" "n" "x" "no" .m}}',
        "error: error calling dig: interface conversion: interface {} is nil, not map[string]interface {}",
    ),
    ('{{dig "a" "no"}}', "error: error calling dig: dig needs at least three arguments"),
    (
        '{{dig "a" "no" .labels}}',
        "error: error calling dig: interface conversion: interface {} is map[string]string, not map[string]interface {}",
    ),
    (
        '{{dig "a" 1 nil}}',
        "error: error calling dig: interface conversion: interface {} is nil, not map[string]interface {}",
    ),
    ('{{dig 1 "no" .m}}', "error: error calling dig: interface conversion: interface {} is int, not string"),
    ('{{dig "x" "no" .em}}', "no"),
    ("{{merge .m .o}}", "map[a:x b:map[c:d n:<nil> new:1] e:full k:5 l:[1 2]]"),
    ("{{merge .em .m}}", "map[a:x b:map[c:d n:<nil>] e: l:[1 2]]"),
    ("{{mergeOverwrite .m .o}}", "map[a:other b:map[c:q n:<nil> new:1] e:full k:5 l:[]]"),
    ('{{merge (dict "a" (dict)) (dict "a" (dict "b" 1))}}', "map[a:map[b:1]]"),
    ('{{merge (dict "a" "x") (dict "a" (dict "b" 1))}}', "map[a:x]"),
    ('{{mergeOverwrite (dict "a" "x" "b" 1) (dict "a" "" "b" nil)}}', "map[a: b:<nil>]"),
    ('{{mergeOverwrite (dict "a" (dict "x" 1)) (dict "a" "y")}}', "map[a:y]"),
    ('{{mergeOverwrite (dict "a" (list 1)) (dict "a" (list))}}', "map[a:[]]"),
    ('{{merge (dict "a" (list)) (dict "a" (list 1))}}', "map[a:[1]]"),
    ('{{merge (dict "a" nil "b" false) (dict "a" 1 "b" true)}}', "map[a:1 b:true]"),
    ("{{merge .m .labels}}", "error: wrong type for value; expected map[string]interface {}; got map[string]string"),
    ('{{mustMerge (dict) (dict "a" 1) (dict "a" 2)}}', "map[a:1]"),
    ('{{$m := deepCopy .m}}{{$_ := set $m.b "c" 1}}{{.m.b.c}}', "d"),
    ("{{deepCopy nil}}", "error: error calling deepCopy: reflect: call of reflect.Value.Type on zero Value"),
    ("{{deepCopy .labels}}", "map[env:prod team:a]"),
    ("{{typeOf (deepCopy .parts)}}", "[]string"),
    ('{{$_ := merge .em .o}}{{$_ := set .em.b "c" "changed"}}{{.o.b.c}}', "changed"),
)


@pytest.mark.parametrize(("template", "expected"), TABLE)
def test_what_go_makes_of_it(template: str, expected: str) -> None:
    assert expected == outcome(template)
