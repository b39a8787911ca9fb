"""Trees filled in by a plan are those that a plain walk would give, and share what is the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.simulate.applicationset.application import kept
from gitops_lint.simulate.applicationset.substitute import Plan, SubstitutionError
from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence, Source, Unknown, children
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import Plain, get, plain
from gitops_lint.text.write import flow_text

ORIGIN = Origin("ApplicationSet shop")
VALUES = {"a": "eu", "b": "", "path.basename": "web", "n": "3"}
TOKEN = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)

pieces = st.sampled_from(
    [
        "{{a}}",
        "{{ a }}",
        "{{b}}",
        "{{n}}",
        "{{path.basename}}",
        "{{other}}",
        "{{.a}}",
        "x",
        "-",
        " ",
        "}}",
        "{",
        "true",
        "\n",
    ]
)
texts = st.lists(pieces, max_size=5).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


def tree(text: str) -> Mapping:
    root = parse_yaml(Source(text, "a.yaml")).documents[0].root
    assert isinstance(root, Mapping)
    return root


def walked(value: Plain) -> Plain:
    """Every text filled in, null entries of maps dropped: what the controller's walk over free-form data gives."""
    if isinstance(value, dict):
        return {filled(key): walked(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [walked(one) for one in value]
    return filled(value) if isinstance(value, str) else value


def filled(text: str) -> str:
    # without both braces on one line, in this order, a text is taken as it is
    if not any(re.search(r"\{\{.*\}\}", line) for line in text.split("\n")):
        return text
    return TOKEN.sub(lambda found: VALUES.get(found[1].strip(), found[0]), text)


@given(st.dictionaries(texts, values, max_size=3))
def test_a_plan_gives_what_a_walk_gives(value: dict[str, Plain]) -> None:
    root = kept(tree(flow_text(value, True)), "raw")
    assert isinstance(root, Mapping)
    plan = Plan(root, "raw", False)
    try:
        found = plan.texts(VALUES)
    except SubstitutionError:
        return  # braces that nothing closes

    assert plain(plan.tree(found, ORIGIN)) == walked(value)


@given(st.dictionaries(texts, values, max_size=3))
def test_what_holds_no_tokens_is_shared(value: dict[str, Plain]) -> None:
    root = kept(tree(flow_text(value, True)), "raw")
    assert isinstance(root, Mapping)
    plan = Plan(root, "raw", False)
    try:
        one, other = (plan.tree(plan.texts(VALUES), ORIGIN) for _ in range(2))
    except SubstitutionError:
        return  # braces that nothing closes

    def check(first: Node, second: Node) -> None:
        holds = any("{{" in each.text for each in scalars(first))
        if isinstance(first, Scalar):
            assert (first is second) == (first.origin is None)
        elif first is not second:
            assert first.origin is ORIGIN
            below = zip(children(first), children(second), strict=True)
            # of a mapping the key that changed may be gone: another one came to the same text behind it
            assert holds or isinstance(first, Mapping) or any(each.origin is ORIGIN for each in scalars(first))
            for pair in below:
                check(*pair)

    check(one, other)


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    return [one for child in children(node) for one in scalars(child)]


def filled_in(text: str, values: dict[str, object] | None = None) -> Node:
    plan = Plan(tree(text), "raw", True)
    return plan.tree(plan.texts(values or {"a": "eu", "l": ["x"]}), ORIGIN)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{x: '{{ .a }}'}", {"x": "eu"}),
        ("{x: '{{ .a | upper }}-{{ len .l }}'}", {"x": "EU-1"}),
        ("{'{{ .a }}': 1}", {"eu": 1}),
        ("{x: '{{ \"{{\" }}'}", {"x": "{{"}),
        ("{x: [1, '{{ .a }}']}", {"x": [1, "eu"]}),
    ],
)
def test_go_templates_are_filled_in(text: str, made: Plain) -> None:
    assert plain(filled_in(text)) == made


def test_a_value_that_is_left_to_chance_is_unknown() -> None:
    value = get(filled_in("{x: '{{ uuidv4 }}', z: '{{ .a }}'}"), "x")

    assert isinstance(value, Unknown)
    assert value.origin is ORIGIN


def test_a_key_that_is_left_to_chance_opens_its_mapping() -> None:
    made = filled_in("{'{{ uuidv4 }}': 1, x: 2}")

    assert isinstance(made, Mapping)
    assert (made.open, plain(made)) == (True, {"x": 2})


def test_of_an_entry_that_goes_nothing_is_rendered() -> None:
    assert plain(filled_in("{'{{ fail \"no\" }}': null, x: 1}")) == {"x": 1}


def test_the_scalar_of_an_error_is_told() -> None:
    with pytest.raises(SubstitutionError) as raised:
        filled_in("{x: '{{ .a }}', y: ['{{ fail \"no\" }}']}")

    assert raised.value.scalar.text == '{{ fail "no" }}'
    assert "no" in str(raised.value)


@pytest.mark.parametrize("style", ["'{{ .a }}'", '"{{ .a }}"', "|\n  {{ .a }}\n", ">-\n  {{ .a }}\n", "a{{ .a }}"])
def test_what_is_rendered_is_a_string_in_every_style(style: str) -> None:
    value = get(filled_in(f"x: {style}", {"a": "true"}), "x")

    assert isinstance(value, Scalar)
    assert isinstance(plain(value), str)
    assert value.style != "plain"


def test_lists_are_made_of_shared_items() -> None:
    text = "x: [one, '{{ .a }}']"
    plan = Plan(tree(text), "raw", True)
    one, other = (get(plan.tree(plan.texts({"a": name}), ORIGIN), "x") for name in ("eu", "us"))

    assert isinstance(one, Sequence)
    assert isinstance(other, Sequence)
    assert one.items[0] is other.items[0]
    assert one.items[1] is not other.items[1]


def test_a_text_that_grows_beyond_what_is_followed_is_unknown() -> None:
    plan = Plan(tree("{x: '{{a}}{{a}}', z: '{{a}}'}"), "raw", False)
    made = plan.tree(plan.texts({"a": "x" * 3_000_000}), ORIGIN)
    grown = get(made, "x")

    assert isinstance(grown, Unknown)
    assert grown.why == "it would come to more than 4194304 characters"
    assert isinstance(get(made, "z"), Scalar)


def test_a_go_template_that_is_not_followed_is_unknown_and_no_error() -> None:
    grown = get(filled_in("{x: '{{ repeat 100000000 .a }}', z: '{{ .a }}'}"), "x")

    assert isinstance(grown, Unknown)
