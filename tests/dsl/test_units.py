"""Texts and numbers as durations, percentages, quantities, versions, waves, and back."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.dsl.units import (
    Duration,
    IntOrPercent,
    QuantityValue,
    Wave,
    exact,
    number_text,
    parse_duration,
    parse_int_or_percent,
    parse_percent,
    parse_quantity,
    parse_version,
    parse_wave,
)

SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("1s", SECOND),
        ("1m30s", 90 * SECOND),
        ("1.5h", 5400 * SECOND),
        ("-2m", -120 * SECOND),
        ("+.5s", SECOND // 2),
        ("1.s", SECOND),
        ("100ms", SECOND // 10),
        ("3us", 3000),
        ("3µs", 3000),
        ("1ns", 1),
        ("0.1ns", 0),
        ("2562047h47m16.854775807s", 2**63 - 1),
        ("2562048h", None),
        ("5", None),
        ("", None),
        ("1d", None),
        ("1 s", None),
        ("1s ", None),
        (".s", None),
        ("s", None),
        ("--1s", None),
        ("１s", None),
    ],
)
def test_a_duration_is_what_go_parses(text: str, nanoseconds: int | None) -> None:
    found = parse_duration(text)

    assert (None if found is None else found.nanoseconds) == nanoseconds


def test_seconds_may_stand_without_unit_where_the_field_says_so() -> None:
    assert parse_duration("30", bare_seconds=True) == Duration(30 * SECOND)
    assert parse_duration("9" * 20, bare_seconds=True) is None
    assert parse_duration("1.5", bare_seconds=True) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", Fraction(1)),
        ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("500m", Fraction(1, 2)),
        ("1k", Fraction(1000)),
        ("1Ki", Fraction(1024)),
        ("512Mi", Fraction(512 * 1024**2)),
        ("1.5Gi", Fraction(3 * 2**29)),
        ("1E", Fraction(10**18)),
        ("1Ei", Fraction(2**60)),
        ("1e3", Fraction(1000)),
        ("1E-3", Fraction(1, 1000)),
        ("-2", Fraction(-2)),
        ("100n", Fraction(1, 10**7)),
        ("1e-10", Fraction(1, 10**9)),
        ("-1e-10", Fraction(-1, 10**9)),
        ("0e-10", Fraction(0)),
        ("9223372036854775808", Fraction(2**63 - 1)),
        ("1e999999999", Fraction(2**63 - 1)),
        ("1e-999999999", Fraction(1, 10**9)),
        ("", None),
        ("1K", None),
        ("1mi", None),
        ("1 Gi", None),
        ("1GB", None),
        ("0x10", None),
        ("1e", None),
        ("inf", None),
        ("1_000", None),
    ],
)
def test_a_quantity_is_what_kubernetes_parses(text: str, number: Fraction | None) -> None:
    found = parse_quantity(text)

    assert (None if found is None else found.number) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("50%", 50), ("12.5%", Fraction(25, 2)), ("-1%", -1), ("50", None), ("%", None), ("50 %", None)],
)
def test_a_percentage_has_its_sign(text: str, number: Fraction | int | None) -> None:
    found = parse_percent(text)

    assert (None if found is None else found.number) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25%", IntOrPercent(25, True)),
        ("3", IntOrPercent(3, False)),
        ("2.5%", None),
        ("1.5", None),
        ("", None),
        ("3%%", None),
    ],
)
def test_a_number_or_percentage_is_whole(text: str, value: IntOrPercent | None) -> None:
    assert parse_int_or_percent(text) == value


@pytest.mark.parametrize(
    "versions",
    [
        ["1", "1.0.1", "1.1", "v1.2", "1.10", "2.0.0-alpha", "v2"],
        ["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc.1", "1.0.0"],
    ],
)
def test_versions_are_in_semantic_order(versions: list[str]) -> None:
    keys = [version.precedence for text in versions if (version := parse_version(text)) is not None]

    assert len(keys) == len(versions)
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_texts_of_any_length_are_read_or_refused() -> None:
    many = "1" * 5000
    parsers = (parse_duration, parse_percent, parse_quantity, parse_int_or_percent, parse_version, parse_wave)

    for parse in parsers:
        for text in (many, f"{many}s", f"{many}%", f"1.{many}", f"1.0-{many}", f"1.{many}s", f"{many}Gi", f"1e{many}"):
            assert parse(text) is None


def test_build_metadata_and_unwritten_parts_do_not_count() -> None:
    assert parse_version("v1.2+abc") == parse_version("1.2.0")
    assert [parse_version(text) for text in ("", "latest", "1.2.3.4", "1.", "v", "1.2-")] == [None] * 6


def test_a_wave_is_a_whole_number() -> None:
    assert [parse_wave(text) for text in ("-1", "+2", "007")] == [Wave(-1), Wave(2), Wave(7)]
    assert [parse_wave(text) for text in ("", "1.0", "one", " 1", "9" * 19)] == [None] * 5


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Duration(0), "0s"),
        (Duration(90 * SECOND), "1m30s"),
        (Duration(-3600 * SECOND), "-1h"),
        (Duration(1500 * 10**6), "1.5s"),
        (Duration(250 * 10**6), "250ms"),
        (Duration(1), "1ns"),
        (Duration(5 * 60 * SECOND, "300s"), "300s"),
        (QuantityValue(Fraction(2**30)), "1Gi"),
        (QuantityValue(Fraction(1000)), "1000"),
        (QuantityValue(Fraction(1, 2)), "500m"),
        (QuantityValue(Fraction(0)), "0"),
        (IntOrPercent(5, True), "5%"),
        (Wave(-2), "-2"),
    ],
)
def test_a_computed_value_reads_as_people_write_it(value: object, text: str) -> None:
    assert str(value) == text


@given(st.integers(-(2**62), 2**62))
def test_a_computed_duration_reads_back(nanoseconds: int) -> None:
    assert parse_duration(str(Duration(nanoseconds))) == Duration(nanoseconds)


@given(st.fractions(0, 10**12, max_denominator=1).map(lambda number: number / 10**9))
def test_a_computed_quantity_reads_back(number: Fraction) -> None:
    assert parse_quantity(str(QuantityValue(number))) == QuantityValue(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e-7, "1.5e-7"),
        (0.000001, "0.000001"),
        (Fraction(1, 4), "0.25"),
        (float("inf"), "+Inf"),
        (float("nan"), "NaN"),
        (10**30, "1" + "0" * 30),
    ],
)
def test_numbers_read_as_kubernetes_prints_them(number: float | Fraction, text: str) -> None:
    assert number_text(number) == text


def test_numbers_are_the_decimals_that_were_written() -> None:
    assert exact(0.1) == Fraction(1, 10)
    assert [exact(one) for one in (True, "1", float("inf"), float("nan"), None)] == [None] * 5
