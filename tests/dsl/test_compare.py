"""Operators: by value, unknown with an unknown part or another type, false where a part is missing."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import Document, parsed

from gitops_lint.dsl.compare import (
    STATES,
    Truth,
    add,
    compare,
    contains,
    equal,
    every,
    is_null_value,
    negate,
    not_in,
    subtract,
    text_test,
    truth,
)
from gitops_lint.dsl.matching import glob, regex
from gitops_lint.dsl.steps import all_of, ask, field, item, written_null
from gitops_lint.dsl.units import (
    Duration,
    IntOrPercent,
    Percent,
    QuantityValue,
    Wave,
    parse_duration,
    parse_quantity,
    parse_version,
)
from gitops_lint.dsl.values import Items, Secret, show, with_unit
from gitops_lint.dsl.world import Fact
from gitops_lint.text.nodes import Mapping, Node, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING, UNKNOWN, get

MINUTES_5 = with_unit("5", "m")


def node(text: str, *, open: bool = False) -> Node:
    (root,) = parsed(text, open=open)
    return root


# ---- equality

EQUALITIES: list[tuple[object, object, Truth]] = [
    ("a", "a", True),
    ("a", "A", False),
    (1, 1.0, True),
    (0.1, Fraction(1, 10), True),
    (2**53, float(2**53), True),
    (float("inf"), 1, None),
    (float("nan"), float("nan"), None),
    (True, True, True),
    (True, 1, None),
    ("1", 1, None),
    ("a", True, None),
    (MISSING, "a", False),
    (MISSING, MISSING, False),
    (None, "a", False),
    (UNKNOWN, "a", None),
    (UNKNOWN, MISSING, None),
    (node("web"), "web", True),
    (node("'{{x}}'"), "web", None),
    (node("null"), "web", False),
    (Secret(node("web")), "web", True),
    (node("300"), MINUTES_5, None),  # five minutes, or three hundred times a thousand milli
    (node("5m"), MINUTES_5, True),
    (node("300s"), MINUTES_5, True),
    (node("0.005"), MINUTES_5, True),
    (node("5e-3"), MINUTES_5, True),
    (node("5000u"), MINUTES_5, True),
    (node("web"), MINUTES_5, None),
    (parse_duration("300s"), MINUTES_5, True),
    (parse_quantity("5000u"), MINUTES_5, True),
    (MINUTES_5, MINUTES_5, True),
    ("1h", Duration(3600 * 10**9), True),
    ("60m", parse_quantity("0.06"), True),
    (60, Percent(Fraction(60)), True),
    ("60%", Percent(Fraction(60)), True),
    ("60", Percent(Fraction(60)), None),
    (Percent(Fraction(60)), Duration(60), None),
    (Percent(Fraction(25)), IntOrPercent(25, True), True),
    (Percent(Fraction(25)), IntOrPercent(25, False), None),
    (IntOrPercent(0, True), 0, True),
    (parse_version("2.10"), "v2.10.0", True),
    (parse_version("2.10"), 2.1, None),
    (parse_version("3"), 3, True),
    (Wave(3), "3", True),
    (node("[1, a]"), (1, "a"), True),
    (node("[1, a]"), ("a", 1), None),
    (node("[b, a]"), ("a", "b"), False),
    (node("[a]"), ("a", "b"), False),
    (node("[a, '{{x}}']"), ("a", "b"), None),
    (node("[b, '{{x}}']"), ("a", "b"), False),
    (node("[a]", open=True), ("a",), None),
    (node("{a: 1, b: x}"), node("{b: x, a: 1.0}"), True),
    (node("{a: 1, n: null}"), {"a": 1}, True),
    (node("{a: 1}"), {"a": 1, "b": 2}, False),
    (node("{a: 1}", open=True), {"a": 1}, None),
    (node("{a: 1}", open=True), {"a": 1, "b": 2}, None),
    (node("{a: 1}", open=True), {"a": 2}, False),
    (node("{a: 1, '{{k}}': 2}"), {"a": 1}, None),
    (node("{a: 1}"), "a", None),
    (Fact("Use", None, {"x": 1}), Fact("Use", node("a"), {"x": 1.0}), True),
    (Fact("Use", None, {"x": 1}), Fact("Use", None, {"x": 2}), False),
    (Fact("Use", None, {"x": 1}), Fact("Other", None, {"x": 1}), False),
    (Fact("Use", None, {"x": UNKNOWN}), Fact("Use", None, {"x": 2}), None),
    (Fact("Use", None, {}), "Use", None),
]


@pytest.mark.parametrize(("left", "right", "expected"), EQUALITIES)
def test_values_are_equal_by_what_they_mean(left: object, right: object, expected: Truth) -> None:
    assert equal(left, right) is expected
    assert equal(right, left) is expected
    assert compare("==", left, right) is expected


@pytest.mark.parametrize(("left", "right", "expected"), EQUALITIES)
def test_unequal_is_the_opposite_but_for_what_is_missing(left: object, right: object, expected: Truth) -> None:
    absent = expected is False and any(one is MISSING or one is None or is_null_value(one) for one in (left, right))

    assert compare("!=", left, right) is (False if absent else None if expected is None else not expected)


def test_what_is_nested_beyond_reason_is_unknown() -> None:
    deep, map_ = node("[" * 200 + "]" * 200), node("{a: " * 200 + "1" + "}" * 200)

    assert [equal(deep, deep), equal(map_, map_), equal(deep, node("[]"))] == [None, None, False]


def test_a_subject_equals_itself() -> None:
    one, other = Document(node("{kind: A}"), 0), Document(node("{kind: A}"), 1)

    assert equal(one, one) is True
    assert equal(one, other) is False


# ---- order


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        (1, 2, -1),
        (2, 1.5, 1),
        (Fraction(1, 3), 1, -1),
        (node("60"), Percent(Fraction(50)), 1),
        (node("'49.9%'"), Percent(Fraction(50)), -1),
        (node("10m"), node("9m"), 1),
        ("90s", "1m", 1),
        ("512Mi", "1Gi", -1),
        ("2.9.0", "2.10.0", -1),
        ("1.10", "1.9", None),  # a version says one thing, a quantity the other
        ("a", "b", None),
        ("1m", "1Gi", -1),
        (True, False, None),
        ("1", 2, None),
        (node("1h"), MINUTES_5, 1),
        (node("250m"), MINUTES_5, 1),
        (node("1"), MINUTES_5, None),
        (node("1Gi"), with_unit("512", "Mi"), 1),
        (Wave(-1), 0, -1),
        (IntOrPercent(1, False), "50%", None),
        (IntOrPercent(0, False), "50%", -1),
        (parse_version("v3.0.0-rc1"), "3.0", -1),
        ([1], [2], None),
    ],
)
def test_values_are_ordered_by_what_they_mean(left: object, right: object, order: int | None) -> None:
    ops = ("<", "<=", ">", ">=")
    expected = [None] * 4 if order is None else [order < 0, order <= 0, order > 0, order >= 0]

    assert [compare(op, left, right) for op in ops] == expected
    assert [compare(op, right, left) for op in ("<", ">")] == ([None] * 2 if order is None else [order > 0, order < 0])


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
def test_unknown_wins_over_missing_and_missing_is_false(op: str) -> None:
    assert compare(op, UNKNOWN, MISSING) is None
    assert compare(op, MISSING, UNKNOWN) is None
    assert compare(op, MISSING, 1) is False
    assert compare(op, 1, None) is False
    assert compare(op, UNKNOWN, 1) is None


# ---- membership


@pytest.mark.parametrize(
    ("container", "part", "expected"),
    [
        (node("[a, b]"), "b", True),
        (node("[a, b]"), "c", False),
        (node("[a, '{{x}}']"), "a", True),
        (node("[a, '{{x}}']"), "c", None),
        (node("[a]", open=True), "c", None),
        (node("[a]", open=True), "a", True),
        (node("[1]"), "1", None),
        ((1, "a"), 1.0, True),
        (Items(["a"], open=True), "b", None),
        (node("{a: 1, n: null}"), "a", True),
        (node("{a: 1, n: null}"), "n", False),
        (node("{a: 1}", open=True), "b", None),
        (node("{'{{k}}': 1}"), "b", None),
        ({"a": 1, "b": None}, "b", False),
        (node("{1: x}"), 1, None),
        ("a text", "tex", True),
        ("a text", 1, None),
        (node("a text"), "xet", False),
        (5, "5", None),
        (MISSING, "a", False),
        (node("[]"), MISSING, False),
        (UNKNOWN, "a", None),
        (node("[a]"), UNKNOWN, None),
        ((Duration(60 * 10**9),), "1m", True),
    ],
)
def test_a_list_holds_items_a_map_keys_a_text_parts(container: object, part: object, expected: Truth) -> None:
    absent = MISSING in (container, part)

    assert contains(container, part) is expected
    assert not_in(part, container) is (False if absent else None if expected is None else not expected)


def test_beginnings_and_ends_are_tests_of_texts() -> None:
    assert text_test(node("web-1"), "web", str.startswith) is True
    assert text_test("web-1", "2", str.endswith) is False
    assert text_test(MISSING, "2", str.endswith) is False
    assert text_test(UNKNOWN, MISSING, str.endswith) is None
    assert text_test(5, "5", str.endswith) is None


# ---- states


@pytest.mark.parametrize(
    ("value", "states"),
    [
        (MISSING, "missing"),
        (None, "missing"),
        (node("null"), "missing"),
        (UNKNOWN, "?"),
        (node("'{{x}}'"), "present true? false? empty? templated"),
        (Secret(node("'{{x}}'")), "present true? false? empty? templated"),
        (node("true"), "present true"),
        (node("'true'"), "present true? false?"),
        (False, "present false"),
        ("", "present empty true? false?"),
        ("x", "present true? false?"),
        ("${X}", "present templated true? false?"),
        (0, "present true? false?"),
        (node("[]"), "present empty true? false?"),
        (node("[]", open=True), "present empty? true? false?"),
        (node("[a]", open=True), "present true? false?"),
        (node("{}"), "present empty true? false?"),
        (node("{}", open=True), "present empty? true? false?"),
        (node("{a: 1}", open=True), "present true? false?"),
        (Items(), "present empty true? false?"),
        ({}, "present empty true? false?"),
        (Fact("Use", None, {}), "present true? false?"),
    ],
)
def test_states_of_a_value(value: object, states: str) -> None:
    """Named states hold, those with `?` are unknown, all others do not; `?` alone: nothing is known."""
    words = states.split()
    expected = {state: None if words == ["?"] or f"{state}?" in words else state in words for state in STATES}

    assert {state: test(value) for state, test in STATES.items()} == expected


def test_null_is_a_state_of_what_is_written() -> None:
    root = node("{a: null, b: 1, c: '{{x}}', d: }")
    subject = Document(root, 0)

    assert [written_null(root, key) for key in "abcdz"] == [True, False, None, True, False]
    assert [written_null(subject, key) for key in "abcdz"] == [True, False, None, True, False]
    assert [written_null(one, "a") for one in (MISSING, UNKNOWN, {"a": None}, Secret(root), "x")] == [
        False, None, True, True, None,
    ]  # fmt: skip
    assert [is_null_value(one) for one in (node("~"), MISSING, UNKNOWN, Secret(node("~")), 1)] == [
        True, False, None, True, False,
    ]  # fmt: skip


def test_a_value_may_stand_for_a_condition() -> None:
    values = (True, node("no"), MISSING, UNKNOWN, "true", 1, node("[]"))

    assert [truth(one) for one in values] == [True, False, False, None, None, None, None]


# ---- sums


@pytest.mark.parametrize(
    ("left", "right", "total", "difference"),
    [
        (1, 2, 3, -1),
        (0.1, 0.2, Fraction(3, 10), Fraction(-1, 10)),
        (node("5"), 2, 7, 3),
        (node("1m"), MINUTES_5, Duration(360 * 10**9), Duration(-240 * 10**9)),
        ("1Gi", QuantityValue(Fraction(2**30)), QuantityValue(Fraction(2**31)), QuantityValue(Fraction(0))),
        (60, Percent(Fraction(10)), Percent(Fraction(70)), Percent(Fraction(50))),
        (Wave(2), 1, Wave(3), Wave(1)),
        (IntOrPercent(2, True), IntOrPercent(1, True), IntOrPercent(3, True), IntOrPercent(1, True)),
        (IntOrPercent(2, True), IntOrPercent(1, False), UNKNOWN, UNKNOWN),
        ("a", "b", UNKNOWN, UNKNOWN),
        (True, 1, UNKNOWN, UNKNOWN),
        (MISSING, 1, MISSING, MISSING),
        (UNKNOWN, MISSING, UNKNOWN, UNKNOWN),
        (float("inf"), 1, UNKNOWN, UNKNOWN),
        (Duration(1), Percent(Fraction(1)), UNKNOWN, UNKNOWN),
    ],
)
def test_sums_keep_their_unit(left: object, right: object, total: object, difference: object) -> None:
    assert add(left, right) == total
    assert subtract(left, right) == difference


def test_a_sum_with_a_secret_is_secret() -> None:
    assert add(Secret(node("1")), 2) == Secret(3)


# ---- steps


def test_items_are_counted_from_either_end() -> None:
    root = node("[a, b]")

    assert [show(item(root, n)) for n in (0, 1, -1, -2)] == ["a", "b", "b", "a"]
    assert [item(root, n) for n in (2, -3)] == [MISSING, MISSING]
    assert [item(node("[a]", open=True), n) for n in (1, -1)] == [UNKNOWN, UNKNOWN]
    assert [item(one, 0) for one in (MISSING, UNKNOWN, "a", node("{a: 1}"))] == [MISSING, UNKNOWN, UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    ("text", "shown", "open_"),
    [
        ("[{a: 1}, {a: 2}]", "1, 2", False),
        ("[{a: 1}, {b: 2}, {a: null}]", "1", False),
        ("[{a: [1, 2]}, {a: []}, {a: [3]}]", "1, 2, 3", False),
        ("{x: {a: 1}, y: {a: 2}}", "1, 2", False),
        ("[{a: 1}, '{{x}}']", "1", True),
        ("[{a: 1}, {'{{k}}': 2}]", "1", True),
        ("{'{{k}}': {a: 1}}", "1", True),
    ],
)
def test_a_star_asks_every_item_and_leaves_out_what_is_missing(text: str, shown: str, open_: bool) -> None:
    found = all_of(node(text), lambda one: ask(one, "a"))

    assert isinstance(found, Items)
    assert (show(found), found.open) == (shown, open_)


def test_a_star_over_nothing_is_missing() -> None:
    assert [all_of(one, None) for one in (MISSING, UNKNOWN, "a")] == [MISSING, UNKNOWN, UNKNOWN]
    assert show(all_of(node("[a, null, b]"), None)) == "a, b"


def test_fields_of_plain_values() -> None:
    assert ask({"a": 1, "b": None}, "a") == 1
    assert [ask(one, "a") for one in (None, MISSING, UNKNOWN, "x", 1, Items(), node("x"), node("null"))] == [
        MISSING, MISSING, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, MISSING,
    ]  # fmt: skip


KEYS = st.sampled_from(
    ["a", "name", "on", "yes", "1", "'1'", "0x1", "~", "<<", "'<<'", "!!str on", "'{{k}}'", "true", "x.y"]
)
FIELDS = st.sampled_from(["a", "name", "on", "true", "1", "<<", "", "x.y", "{{k}}"])
VALUES = st.sampled_from(["1", "~", "x", "'{{v}}'", "{a: 2, name: z}", "[{a: 3}, {name: null}]"])


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4), st.booleans(), FIELDS)
def test_the_quick_look_at_a_mapping_sees_what_the_careful_one_sees(
    pairs: list[tuple[str, str]], open_: bool, key: str
) -> None:
    text = "".join(f"? {name}\n: {value}\n" for name, value in pairs) or "{}"
    document = parse_yaml(Source(text), open=open_).documents
    for one in document:
        if isinstance(one.root, Mapping):
            assert field(one.root, key) is get(one.root, key)


# ---- patterns


def _by_recursion(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _by_recursion(pattern[1:], text) or (bool(text) and _by_recursion(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and _by_recursion(pattern[1:], text[1:])


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=7))
def test_globs_fit_the_whole_text(pattern: str, text: str) -> None:
    assert glob(pattern)(text) is _by_recursion(pattern, text)


def test_globs_are_quick_on_what_nearly_fits() -> None:
    assert glob("*a" * 50 + "b")("a" * 5000) is False


def test_regular_expressions_are_searched_by_re2() -> None:
    assert [regex("^v[0-9]+$")(text) for text in ("v12", "xv1", "v1\n")] == [True, False, False]
    assert regex("caf.$")("café") is True
    assert regex("^a.b$")("a\ud800b") is True
    with pytest.raises(ValueError, match="RE2 refuses /\\(\\?=a\\)/"):
        regex("(?=a)")


def test_kleene() -> None:
    truths: list[Truth] = [True, False, None]
    for one, other in product(truths, truths):
        both = False if False in (one, other) else None if None in (one, other) else True
        assert every([one, other]) is both
    assert [negate(one) for one in truths] == [False, True, None]
