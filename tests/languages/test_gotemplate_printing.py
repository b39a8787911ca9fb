"""How Go prints values, its quoted strings and its numbers: with `%v`, and with every verb of `printf`."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.function import NotDeterministicError, Struct
from gitops_lint.languages.gotemplate.numbers import number
from gitops_lint.languages.gotemplate.printf import formatted
from gitops_lint.languages.gotemplate.printing import float_text, text_of, type_name
from gitops_lint.languages.gotemplate.quoting import QuotingError, code_point, from_utf8, quoted, unquoted, utf8
from gitops_lint.languages.gotemplate.values import NO_VALUE, Byte, Int64, NilList, StringList, StringMap, Value


class Release(Struct):
    __slots__ = ()
    go_type = "*semver.Version"

    def text(self) -> str:
        return "1.2.3"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "-0"),
        (0.0, "0"),
        (0.5, "0.5"),
        (100000.5, "100000.5"),
        (999999.0, "999999"),
        (1000000.0, "1e+06"),
        (-1000000.0, "-1e+06"),
        (1234567.0, "1.234567e+06"),
        (123456789012.0, "1.23456789012e+11"),
        (1e21, "1e+21"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
    ],
)
def test_a_float_has_an_exponent_from_a_million_on_and_below_a_ten_thousandth(value: float, text: str) -> None:
    assert float_text(value) == text


@given(st.floats(allow_nan=False))
def test_a_float_is_printed_with_digits_that_give_it_back(value: float) -> None:
    assert float(float_text(value)) == value


@pytest.mark.parametrize(
    ("value", "text", "type"),
    [
        ("a b", "a b", "string"),
        (True, "true", "bool"),
        (12, "12", "int"),
        (Int64(-3), "-3", "int64"),
        (Byte(97), "97", "uint8"),
        (None, "<nil>", "<nil>"),
        (NO_VALUE, "<no value>", "<nil>"),
        ([], "[]", "[]interface {}"),
        (["a", 1.0, None, [True]], "[a 1 <nil> [true]]", "[]interface {}"),
        ({}, "map[]", "map[string]interface {}"),
        ({"b": 1.0, "a": {"c": None}}, "map[a:map[c:<nil>] b:1]", "map[string]interface {}"),
        (StringList(["a", "b"]), "[a b]", "[]string"),
        (StringMap({"b": "1", "a": "2"}), "map[a:2 b:1]", "map[string]string"),
        (1 + 2.5j, "(1+2.5i)", "complex128"),
        (complex(0, -2), "(0-2i)", "complex128"),
        (Release(), "1.2.3", "*semver.Version"),
        ([Release()], "[1.2.3]", "[]interface {}"),
    ],
)
def test_a_value_is_printed_and_its_type_named(value: Value, text: str, type: str) -> None:
    assert (text_of(value), type_name(value)) == (text, type)


def test_a_value_in_itself_is_not_printed() -> None:
    value: list[Value] = []
    value.append(value)

    with pytest.raises(BeyondLimitError):
        text_of(value)


@pytest.mark.parametrize(
    ("format", "values", "text"),
    [
        ("%s-%s", ("a", "b"), "a-b"),
        ("%d|%5d|%-5d|%05d|%+d|% d", (1, 2, 3, 4, 5, 6), "1|    2|3    |00004|+5| 6"),
        ("%x %X %#x %o %#o %O %b", (255, 255, 255, 8, 8, 8, 5), "ff FF 0xff 10 010 0o10 101"),
        ("%.3d|%.0d", (7, 0), "007|"),
        ("%c %q %U %#U", (65, 65, 65, 65), "A 'A' U+0041 U+0041 'A'"),
        ("%c %U", (-1, -1), "\ufffd U+FFFFFFFFFFFFFFFF"),
        ("%v %d", (Byte(7), Int64(8)), "7 8"),
        ("%#v", (Byte(7),), "0x7"),
        (
            "%f %.2f %8.3f| %-8.1f| %08.3f %+.1f",
            (1.5, 2.345, 3.14159, 1.0, -3.14159, 2.0),
            "1.500000 2.35    3.142| 1.0     | -003.142 +2.0",
        ),
        ("%e %E %.1e %g %G", (1234.5, 1234.5, 1234.5, 1e-7, 1e-7), "1.234500e+03 1.234500E+03 1.2e+03 1e-07 1E-07"),
        ("%.3g %.10g %#g %#.3f", (1234.5, 1234.5, 1.0, 2.0), "1.23e+03 1234.5 1.00000 2.000"),
        ("%x %X %.1x %b", (1.5, 1.5, 1.99, 1.0), "0x1.8p+00 0X1.8P+00 0x1.0p+01 4503599627370496p-52"),
        ("%6v|%v|%+v", (math.inf, math.nan, -math.inf), "  +Inf|NaN|-Inf"),
        ("%q %+q %#q %x % x %X", ('a"é\n', "é", "a`", "hi", "hi", "hi"), '"a\\"é\\n" "\\u00e9" "a`" 6869 68 69 6869'),
        ("%#q", ("a\\b",), "`a\\b`"),
        ("%.2s|%5s|%-5s|%05s", ("abc", "é", "é", "x"), "ab|    é|é    |0000x"),
        ("%t %v", (True, False), "true false"),
        ("%v %+v %s", ([1.0, "a"], {"k": None}, ["a", "b"]), "[1 a] map[k:<nil>] [a b]"),
        ("%q %d", (["a", "b"], [1, 2]), '["a" "b"] [1 2]'),
        ("%#v", (["a", 1, None],), '[]interface {}{"a", 1, interface {}(nil)}'),
        ("%#v %#v", ({"a": 1.0}, StringMap({"a": "b"})), 'map[string]interface {}{"a":1} map[string]string{"a":"b"}'),
        ("%#v %#v", (NilList(), []), "[]interface {}(nil) []interface {}{}"),
        ("%T %T %T %T", (1.0, 1, None, ["a"]), "float64 int <nil> []interface {}"),
        ("%d", (3.0,), "%!d(float64=3)"),
        ("%s %s %s", (3.0, True, None), "%!s(float64=3) %!s(bool=true) %!s(<nil>)"),
        ("%5d", ("a",), "%!d(string=    a)"),
        ("%d", (["a", 1, None],), "[%!d(string=a) 1 <nil>]"),
        ("%z %!", ("web",), "%!z(string=web) %!!(MISSING)"),
        ("%s %s", ("a",), "a %!s(MISSING)"),
        ("%s", ("a", 3.0, None), "a%!(EXTRA float64=3, <nil>)"),
        ("%[2]s %[1]s", ("a", "b"), "b a"),
        ("%[3]s %[x]s", ("a",), "%!s(BADINDEX) %!s(BADINDEX)"),
        ("%*d|%-*d|%.*f", (4, 7, 4, 7, 1, 2.55), "   7|7   |2.5"),
        ("%*d", ("a", 7), "%!(BADWIDTH)7"),
        ("%.*d", (-1, 7), "%!(BADPREC)7"),
        ("100%", (), "100%!(NOVERB)"),
        ("%% %%%s", ("a",), "% %a"),
        ("%s %v", (Release(), [Release()]), "1.2.3 [1.2.3]"),
        ("%v %.1f", (1 + 2j, 1j), "(1+2i) (0.0+1.0i)"),
        ("%w %p", ("a", "b"), "%!w(string=a) %!p(string=b)"),
        ("%s", ("\udcff",), "\udcff"),
        ("%q %x", ("\udcff", "\udcff"), '"\\xff" ff'),
    ],
)
def test_printf_writes_what_go_writes(format: str, values: tuple[Value, ...], text: str) -> None:
    assert formatted(format, values) == text


def test_an_address_is_not_known() -> None:
    with pytest.raises(NotDeterministicError):
        formatted("%p", ([],))


@pytest.mark.parametrize("format", ["%1000000d%1000000d", "%.1000000d%.1000000d"])
def test_a_text_that_is_too_wide_is_not_made(format: str) -> None:
    with pytest.raises(BeyondLimitError):
        formatted(format, (1, 2))


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ('"a"', "a"),
        (r'"\a\b\f\n\r\t\v\\\""', '\a\b\f\n\r\t\v\\"'),
        (r'"\x41\101\u00e9\U0001F600"', "AAé😀"),
        (r'"\xc3\xa9"', "é"),
        (r'"\xff"', "\udcff"),
        ("`a\\n\r\nb`", "a\\n\nb"),
    ],
)
def test_a_string_literal_stands_for_a_text(literal: str, text: str) -> None:
    assert unquoted(literal) == text


@pytest.mark.parametrize(
    "literal", [r'"\q"', r'"\'"', r'"\x4"', r'"\u12"', r'"\ud800"', r'"\U00110000"', r'"\400"', r'"\08"']
)
def test_another_escape_is_no_go(literal: str) -> None:
    with pytest.raises(QuotingError):
        unquoted(literal)


@pytest.mark.parametrize(("literal", "code"), [("'a'", 97), (r"'\n'", 10), (r"'\''", 39), ("'é'", 233), ("'ab'", None)])
def test_a_character_literal_is_a_number(literal: str, code: int | None) -> None:
    assert code_point(literal) == code


@given(st.text())
def test_a_quoted_text_is_a_literal_of_it(text: str) -> None:
    again = from_utf8(utf8(text))

    assert unquoted(quoted(text)) == again
    assert unquoted(quoted(text, ascii_only=True)) == again
    assert quoted(text, ascii_only=True).isascii()


@pytest.mark.parametrize(
    ("literal", "whole", "fraction"),
    [
        ("12", 12, 12.0), ("-3", -3, -3.0), ("+5", 5, 5.0), ("0", 0, 0.0), ("017", 15, 15.0), ("0o17", 15, 15.0),
        ("0x1F", 31, 31.0), ("0b101", 5, 5.0), ("1_000", 1000, 1000.0), ("0x_1", 1, 1.0), ("1.5", None, 1.5), (".5", None, 0.5),
        ("12.", 12, 12.0), ("1e3", 1000, 1000.0), ("0x1p4", 16, 16.0), ("1_0.5", None, 10.5), ("1e30", None, 1e30),
        ("9223372036854775807", 2**63 - 1, float(2**63)), ("18446744073709551615", None, float(2**64)),
    ],
)  # fmt: skip
def test_a_number_is_whole_where_it_can_be(literal: str, whole: int | None, fraction: float) -> None:
    meaning = number(literal)

    assert (meaning.whole, meaning.fraction) == (whole, fraction)


@pytest.mark.parametrize(
    "literal", ["0x", "0b2", "1__0", "_1", "1_", "1_.5", "1e", "0x1.8", "0b1.1", "1e400", ".", "+", "0x_"]
)
def test_what_go_reads_as_no_number_is_refused(literal: str) -> None:
    with pytest.raises(ValueError, match="illegal number syntax"):
        number(literal)


@pytest.mark.parametrize("literal", ["08", "99999999999999999999", "-9223372036854775809"])
def test_a_whole_number_that_fits_nowhere_is_refused(literal: str) -> None:
    with pytest.raises(ValueError, match="integer overflow"):
        number(literal)
