"""Label selectors as Kubernetes' library reads them, on parameters and on labels."""

from __future__ import annotations

import pytest

from gitops_lint.simulate.applicationset.selectors import SelectorError, of_labels, of_parameters
from gitops_lint.text.scalars import Plain

LABELS = {"env": "prod", "tier": "", "example.com/zone": "a"}


def expression(key: str, operator: str, *values: Plain) -> dict[str, Plain]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("selector", "holds"),
    [
        ({}, True),
        ({"matchLabels": {"env": "prod"}}, True),
        ({"matchLabels": {"env": "dev"}}, False),
        ({"matchLabels": {"env": "prod", "none": "x"}}, False),
        ({"matchLabels": {"tier": ""}}, True),
        ({"matchLabels": {"none": ""}}, False),
        (expression("env", "In", "dev", "prod"), True),
        (expression("env", "In", "dev"), False),
        (expression("none", "In", "dev"), False),
        (expression("env", "NotIn", "dev"), True),
        (expression("env", "NotIn", "prod"), False),
        (expression("none", "NotIn", "dev"), True),
        (expression("example.com/zone", "Exists"), True),
        (expression("none", "Exists"), False),
        (expression("env", "DoesNotExist"), False),
        (expression("none", "DoesNotExist"), True),
    ],
)
def test_conditions_all_have_to_hold(selector: dict[str, Plain], holds: bool) -> None:
    assert of_labels(selector).matches(LABELS) is holds
    assert of_parameters(selector).matches(LABELS) is holds


NAME = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
    " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@pytest.mark.parametrize(
    ("selector", "message", "path"),
    [
        (expression("env", "in", "a"), '"in" is not a valid pod selector operator', ("matchExpressions", 0, "operator")),
        (
            expression("env", "In"),
            "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty",
            ("matchExpressions", 0, "values"),
        ),
        (
            expression("env", "Exists", "a", "<b>"),
            'values: Invalid value: ["a","\\u003cb\\u003e"]: values set must be empty for exists and does not exist',
            ("matchExpressions", 0, "values"),
        ),
        ({"matchLabels": {"path[0]": "a"}}, f'key: Invalid value: "path[0]": {NAME}', ("matchLabels", "path[0]")),
        (expression("", "Exists"), f'key: Invalid value: "": name part must be non-empty; {NAME}', ("matchExpressions", 0, "key")),
        (
            {"matchLabels": {"/x": "a"}},
            'key: Invalid value: "/x": prefix part must be non-empty',
            ("matchLabels", "/x"),
        ),
        (
            {"matchLabels": {"x" * 64: "a"}},
            f'key: Invalid value: "{"x" * 64}": name part must be no more than 63 bytes',
            ("matchLabels", "x" * 64),
        ),
    ],
)  # fmt: skip
def test_what_the_library_refuses(selector: dict[str, Plain], message: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(SelectorError) as caught:
        of_parameters(selector)

    assert (message, path) == (caught.value.message, caught.value.path)


def test_more_than_one_slash_is_no_name_of_a_label() -> None:
    with pytest.raises(SelectorError, match="a qualified name must consist of alphanumeric characters"):
        of_parameters({"matchLabels": {"a/b/c": "x"}})


def test_only_labels_of_resources_have_short_values() -> None:
    selector: dict[str, Plain] = {"matchLabels": {"server": "https://example.com"}}

    assert of_parameters(selector).matches({"server": "https://example.com"})
    with pytest.raises(SelectorError) as caught:
        of_labels(selector)
    assert caught.value.message.startswith(
        'values[0][server]: Invalid value: "https://example.com": a valid label must be an empty string or consist of'
    )


def test_an_operator_of_labels_is_called_so() -> None:
    with pytest.raises(SelectorError, match='"Equals" is not a valid label selector operator'):
        of_labels(expression("env", "Equals", "a"))
