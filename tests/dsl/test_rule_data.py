"""Rules as JSON data: nothing is lost, and whatever else such data holds is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_trees import RULES
from sample_rules import CANARY, SMALL

from gitops_lint.dsl import tree
from gitops_lint.dsl.data import VERSION, DataError, from_data, to_data
from gitops_lint.dsl.parse import parse_rules

CANARY_RULE = parse_rules(CANARY, "x")[0]


def test_a_rule_comes_back_from_its_data() -> None:
    assert from_data(json.loads(json.dumps(to_data(CANARY_RULE)))) == CANARY_RULE


def test_data_is_compact() -> None:
    data = to_data(parse_rules(SMALL, "x")[0])

    assert data == [
        VERSION,
        ["Rule", "small", "", "", "", "high", [], [], "", "", "", [], [], [], [], [], [
            ["ForEach", [["Kind", "Rollout"]], "written", "ro"],
            ["Check",
                ["Compare", "==", ["Path", ["Name", "ro"], [["Key", "x"]]], ["Number", 1]],
                False,
                ["Report", "",
                    ["Message", [["Path", ["Name", "ro"], [["Key", "name"]]], " is small"]],
                    ["Path", ["Name", "ro"], [["Key", "x"]]]]],
        ]],
    ]  # fmt: skip


@given(RULES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_rule_comes_back_from_its_data(rule: tree.Rule) -> None:
    assert from_data(json.loads(json.dumps(to_data(rule)))) == rule


def clause(*node: Any) -> list[Any]:
    return [VERSION, ["Rule", "a", "", "", "", "high", [], [], "", "", "", [], [], [], [], [], [list(node)]]]


def when(*node: Any) -> list[Any]:
    return clause("When", list(node))


DEEP: list[Any] = ["Name", "a"]
for _ in range(5000):
    DEEP = ["Not", DEEP]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, f"this is no rule of layout {VERSION}"),
        ({}, f"this is no rule of layout {VERSION}"),
        ([VERSION + 1, ["Rule", "a"]], f"this is no rule of layout {VERSION}"),
        ([True, ["Rule", "a"]], f"this is no rule of layout {VERSION}"),
        ([VERSION, ["Name", "a"]], "expected Rule, found the list of Name"),
        ([VERSION, ["Rule"]], "Rule has 0 fields"),
        ([VERSION, ["Rule", 3]], "expected text, found 3"),
        ([VERSION, ["Rule", "a\ud800"]], "expected text, found 'a\\ud800'"),
        ([VERSION, ["Rule", "a b"]], "no rule file can say the list of Rule"),
        ([VERSION, ["Rule", "a", *["x"] * 30]], "Rule has 31 fields"),
        (when("Name", "every"), "no rule file can say the list of Name"),
        (when("Name", "__class__.x"), "no rule file can say the list of Name"),
        (when("Import", "os"), None),
        (when("Span", 1), None),
        (when("Number", True), "expected a number, found True"),
        (when("Number", float("inf")), "expected a number, found inf"),
        (when("Number", 10**50), "no rule file can say the list of Number"),
        (when("Number", 1e-300), "no rule file can say the list of Number"),
        (when("Quantity", "1", "parsec"), "no rule file can say the list of Quantity"),
        (when("Quantity", "1; x", "m"), "no rule file can say the list of Quantity"),
        (when("And", [["Name", "a"]]), "no rule file can say the list of And"),
        (when("Path", ["Name", "a"], []), "no rule file can say the list of Path"),
        (when("Path", ["Text", "a"], [["Key", "b"]]), "expected Call or Name, found the list of Text"),
        (when("Path", ["Name", "a"], [["Key", "b c"]]), "no rule file can say the list of Key"),
        (when("Path", ["Name", "a"], [["Index", -1]]), "no rule file can say the list of Index"),
        (when("Compare", "=~", ["Name", "a"], ["Name", "b"]), "expected !=, <, <=, ==, > or >=, found '=~'"),
        (when("Compare", [], ["Name", "a"], ["Name", "b"]), "expected !=, <, <=, ==, > or >=, found a list"),
        (when("Matches", ["Name", "a"], "a/b", False), "no rule file can say the list of Matches"),
        (when("Matches", ["Name", "a"], "a\nb", False), "no rule file can say the list of Matches"),
        (when("Is", ["Name", "a"], "missing", 1), "expected true or false, found 1"),
        (when(*DEEP), "the tree is nested too deep"),
        (clause("ForEach", [], "written", "a"), "no rule file can say the list of ForEach"),
        (clause("ForEach", {}, "written", "a"), "expected a list, found an object"),
        (clause("ForEach", [["Kind", "a", 5]], "written", "a"), "expected text, found 5"),
        (clause("ForEach", [["Kind", "a b"]], "written", "a"), "no rule file can say the list of Kind"),
    ],
)
def test_other_data_is_refused(data: Any, message: str | None) -> None:
    with pytest.raises(DataError) as caught:
        from_data(data)

    if message is not None:
        assert caught.value.message == message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_changed_data_is_a_rule_or_refused(data: st.DataObject) -> None:
    changed = json.loads(json.dumps(to_data(CANARY_RULE)))
    at = changed
    for _ in range(data.draw(st.integers(1, 8))):
        lists = [number for number, item in enumerate(at) if isinstance(item, list) and item]
        if not lists:
            break
        at = at[data.draw(st.sampled_from(lists))]
    at[data.draw(st.integers(0, len(at) - 1))] = data.draw(
        JSON | st.sampled_from(["Name", "Rule", "written", ["Name", "x"]])
    )
    rule = rule_or_none(changed)

    assert rule is None or from_data(to_data(rule)) == rule


def rule_or_none(data: Any) -> tree.Rule | None:
    try:
        return from_data(data)
    except DataError:
        return None


def test_a_tree_that_no_file_gives_is_not_written() -> None:
    with pytest.raises(DataError):
        to_data(tree.Rule("a", clauses=(tree.When(tree.Name("a b")),)))
