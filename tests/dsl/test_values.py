"""Values of nodes, values read in a domain, secrets, and how everything reads in a message."""

from __future__ import annotations

from fractions import Fraction

import pytest
from small_world import Document, parsed

from gitops_lint.dsl.steps import all_of, ask, item, secret
from gitops_lint.dsl.tree import Bool, ListOf, Number, Quantity, Text
from gitops_lint.dsl.units import (
    Duration,
    IntOrPercent,
    Minutes,
    Percent,
    QuantityValue,
    Version,
    Wave,
    parse_quantity,
)
from gitops_lint.dsl.values import SECRET, Items, Secret, as_domain, in_message, literal, settle, show, thing
from gitops_lint.dsl.world import Fact, Part, Stretch
from gitops_lint.text.nodes import Node, Scalar, Source, Unknown
from gitops_lint.text.scalars import MISSING, UNKNOWN, Missing, UnknownValue


def node(text: str) -> Node:
    (root,) = parsed(text)
    return root


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web", "web"),
        ("'5'", "5"),
        ("5", 5),
        ("0o17", 15),
        ("1.0", 1),
        ("yes", True),
        ("null", MISSING),
        ("'{{ x }}'", UNKNOWN),
        ("a-${X}", UNKNOWN),
        ("<+pipeline.name>", UNKNOWN),
        (".inf", UNKNOWN),
    ],
)
def test_a_scalar_is_what_kubernetes_reads(text: str, expected: object) -> None:
    assert settle(node(text)) == expected
    assert settle(Secret(node(text))) == expected


def test_collections_and_things_settle_to_themselves() -> None:
    for one in (
        node("{a: 1}"),
        node("[1]"),
        Items([1]),
        Document(node("{a: 1}"), 0),
        Duration(1),
        Fact("Use", None, {}),
    ):
        assert settle(one) is one
    assert settle(None) is MISSING
    assert settle(Unknown(Source("x"), 0, 1, "an SCM generator")) is UNKNOWN


def test_what_answers_questions_is_a_thing() -> None:
    fact = Fact("Use", None, {})

    assert thing(fact) is fact
    assert [thing(one) for one in ("x", 1, MISSING, UNKNOWN, None, Items(), node("a"), Percent(Fraction(1)))] == [
        None
    ] * 8


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ("5m", "duration", Duration(300 * 10**9)),
        (90, "duration", Duration(90 * 10**9)),
        ("90", "duration", Duration(90 * 10**9)),
        (1.5, "duration", None),
        ("5%", "duration", None),
        (10**12, "duration", None),
        ("50%", "percent", Percent(Fraction(50))),
        (60, "percent", Percent(Fraction(60))),
        ("60", "percent", None),
        (IntOrPercent(5, True), "percent", Percent(Fraction(5))),
        (IntOrPercent(5, False), "percent", None),
        ("1Gi", "quantity", QuantityValue(Fraction(2**30))),
        (0.1, "quantity", QuantityValue(Fraction(1, 10))),
        (2, "quantity", parse_quantity("2000m")),
        ("25%", "int-or-percent", IntOrPercent(25, True)),
        (3, "int-or-percent", IntOrPercent(3, False)),
        (1.5, "int-or-percent", None),
        ("v2.10", "version", Version((2, 10, 0))),
        (3, "version", Version((3, 0, 0))),
        (2.1, "version", None),
        ("-1", "wave", Wave(-1)),
        (4, "wave", Wave(4)),
        (True, "wave", None),
        (MISSING, "quantity", None),
        (UNKNOWN, "duration", None),
        (Duration(1), "percent", None),
    ],
)
def test_a_value_is_read_in_a_domain(value: object, name: str, expected: object) -> None:
    assert as_domain(value, name) == expected


def test_a_node_is_read_in_a_domain() -> None:
    assert as_domain(node("'50%'"), "percent") == Percent(Fraction(50))
    assert as_domain(Secret(node("5m")), "duration") == Duration(300 * 10**9)
    with pytest.raises(KeyError):
        as_domain("1", "colour")


def test_literals_have_their_values() -> None:
    assert literal(ListOf((Text("a"), Number(1), Bool(True)))) == ("a", 1, True)
    assert literal(Quantity("7", "d")) == Duration(7 * 24 * 3600 * 10**9)
    assert literal(Quantity("50", "%")) == Percent(Fraction(50))
    assert literal(Quantity("1.5", "Gi")) == parse_quantity("1.5Gi")
    found = literal(Quantity("5", "m"))
    assert found == Minutes(Duration(300 * 10**9), QuantityValue(Fraction(1, 200)), "5m")
    assert [show(literal(Quantity("5", unit))) for unit in ("m", "%", "Mi", "ns")] == ["5m", "5%", "5Mi", "5ns"]
    with pytest.raises(ValueError, match="xs is not a unit"):
        literal(Quantity("5", "xs"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web", "web"),
        ("'{{ x }}'", "{{ x }}"),
        ("0o17", "0o17"),
        ("''", ""),
        ("null", "null"),
        ("[a, 1, [b, c]]", "a, 1, b, c"),
        ("{a: 1, b: [x, y], c: {d: e}}", "{a: 1, b: [x, y], c: {d: e}}"),
        ("|\n  two\n  lines\n", "two lines"),
        ("[" + ", ".join(map(str, range(12))) + "]", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
        ("x" * 200, "x" * 159 + "…"),
    ],
)
def test_a_node_reads_as_it_is_written_on_one_line(text: str, expected: str) -> None:
    assert in_message(node(text)) == expected


def test_text_is_whole_but_in_messages() -> None:
    assert show(node("x" * 253)) == "x" * 253
    assert show(node("|\n  two\n  lines\n")) == "two\nlines\n"
    assert show(node("[" * 200 + "]" * 200)) == "…"


def test_values_that_are_no_nodes_read_plainly() -> None:
    scalar = node("hello world")
    assert isinstance(scalar, Scalar)
    document = Document(node("{kind: App, metadata: {name: web}}"), 0)
    values = (True, 2.0, 0.5, MISSING, None, UNKNOWN, {"a": [1]}, ("x", "y"), Duration(1, "1ns"))

    assert [show(one) for one in values] == [
        "true",
        "2",
        "0.5",
        "(none)",
        "(none)",
        "(unknown)",
        "{a: [1]}",
        "x, y",
        "1ns",
    ]
    assert show(Part(scalar, 6, 11)) == "world"
    assert show(Stretch(Source("abc"), 1, 2)) == "b"
    assert show(document) == "App web"
    assert show(Fact("Use", None, {})) == "Use"
    assert show(Unknown(Source("name: web"), 6, 9, "a chart")) == "web"


# ---- secrets


def test_what_is_taken_out_of_a_secret_is_secret() -> None:
    held = Secret(node("{password: hunter2, list: [a, b], on: true}"))
    facts = secret([Fact("Entry", None, {"key": "password", "value": "hunter2"})])

    assert show(held) == SECRET
    assert show(ask(held, "password")) == SECRET
    assert show(ask(ask(held, "list"), "x")) == "(unknown)"
    assert [show(one) for one in (item(ask(held, "list"), 0), all_of(held, None))] == [
        SECRET,
        f"{SECRET}, {SECRET}, {SECRET}",
    ]
    assert ask(held, "nothing") is MISSING
    assert isinstance(facts, Items)
    assert show(ask(facts[0], "value")) == SECRET
    assert show(ask(facts[0], "key")) == "password"
    assert "hunter2" not in repr(held)


def test_there_is_nothing_to_hide_in_verdicts() -> None:
    for one in (True, MISSING, UNKNOWN, None, Duration(1)):
        assert secret(one) is one


def test_missing_and_unknown_are_the_only_ones() -> None:
    assert isinstance(MISSING, Missing)
    assert isinstance(UNKNOWN, UnknownValue)
