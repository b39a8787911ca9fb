"""
Label selectors of generators: on the parameters of sets and on the labels of cluster Secrets, with the errors of both.

Source: argo-cd applicationset/utils/selector.go; apimachinery pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector,
pkg/labels/selector.go NewRequirement, pkg/util/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.simulate.applicationset.flatten import go_json
from gitops_lint.text.scalars import Plain

_NAME_WORDS = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)
_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_NAME_EXAMPLES = f"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_NAME}')"
_VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
_VALUE_WORDS = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
    f" alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '{_VALUE}')"
)
_SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_SUBDOMAIN_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an"
    f" alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
_IS_NAME = pattern(_NAME)
_IS_VALUE = pattern(_VALUE)
_IS_SUBDOMAIN = pattern(_SUBDOMAIN)
_LONGEST_NAME = 63
_LONGEST_SUBDOMAIN = 253


class SelectorError(Exception):
    """
    A selector that Kubernetes' library refuses.

    message: its words. path: keys and indexes from the selector to what is wrong.
    """

    def __init__(self, message: str, path: tuple[str | int, ...]) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition. negated: it also holds where the key is missing. values: None where only the key counts."""

    key: str
    negated: bool
    values: frozenset[str] | None

    def holds(self, labels: Mapping[str, str]) -> bool:
        text = labels.get(self.key)
        if text is None:
            return self.negated
        if self.values is None:
            return not self.negated
        return (text in self.values) is not self.negated


@dataclass(frozen=True, slots=True)
class Selector:
    """Conditions that all have to hold; none hold for everything."""

    requirements: tuple[Requirement, ...]

    def matches(self, labels: Mapping[str, str]) -> bool:
        return all(one.holds(labels) for one in self.requirements)


EVERYTHING = Selector(())


def of_parameters(written: Mapping[str, Plain]) -> Selector:
    """The `selector` beside a generator: values can be any text. Raises SelectorError."""
    return _selector(written, "pod", check_values=False)


def of_labels(written: Mapping[str, Plain]) -> Selector:
    """A selector on labels of resources. Raises SelectorError."""
    return _selector(written, "label", check_values=True)


def _selector(written: Mapping[str, Plain], kind: str, *, check_values: bool) -> Selector:
    found = []
    labels = written.get("matchLabels")
    for key, text in labels.items() if isinstance(labels, dict) else ():
        values = (text if isinstance(text, str) else "",)
        _check(key, "=", values, ("matchLabels", key), check_values=check_values)
        found.append(Requirement(key, False, frozenset(values)))
    expressions = written.get("matchExpressions")
    for index, one in enumerate(expressions if isinstance(expressions, list) else ()):
        if isinstance(one, dict):
            found.append(_expression(one, kind, ("matchExpressions", index), check_values=check_values))
    return Selector(tuple(found))


def _expression(
    written: Mapping[str, Plain], kind: str, path: tuple[str | int, ...], *, check_values: bool
) -> Requirement:
    key, operator, listed = written.get("key"), written.get("operator"), written.get("values")
    values = tuple(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else ()
    name = key if isinstance(key, str) else ""
    if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        raise SelectorError(f'"{operator or ""}" is not a valid {kind} selector operator', (*path, "operator"))
    _check(name, str(operator), values, path, check_values=check_values)
    return Requirement(
        name, operator in ("NotIn", "DoesNotExist"), frozenset(values) if operator in ("In", "NotIn") else None
    )


def _check(key: str, operator: str, values: Sequence[str], path: tuple[str | int, ...], *, check_values: bool) -> None:
    wrong: list[tuple[str, tuple[str | int, ...]]] = []
    at_key = path if operator == "=" else (*path, "key")
    at_values = path if operator == "=" else (*path, "values")
    if mistakes := name_mistakes(key):
        wrong.append((f'key: Invalid value: "{key}": {"; ".join(mistakes)}', at_key))
    if operator in ("In", "NotIn") and not values:
        said = "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty"
        wrong.append((said, at_values))
    if operator in ("Exists", "DoesNotExist") and values:
        shown = go_json(list(values))
        said = f"values: Invalid value: {shown}: values set must be empty for exists and does not exist"
        wrong.append((said, at_values))
    for index, one in enumerate(values if check_values else ()):
        if mistakes := value_mistakes(one):
            at = at_values if operator == "=" else (*at_values, index)
            wrong.append((f'values[{index}][{key}]: Invalid value: "{one}": {"; ".join(mistakes)}', at))
    if wrong:
        said = wrong[0][0] if len(wrong) == 1 else f"[{', '.join(one for one, _ in wrong)}]"
        raise SelectorError(said, wrong[0][1])


def name_mistakes(key: str) -> list[str]:
    """What is wrong with the key of a label, in Kubernetes' words; empty where nothing is."""
    parts = key.split("/")
    if len(parts) > 2:
        prefixed = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a qualified name {_NAME_WORDS} {_NAME_EXAMPLES} {prefixed}"]
    found = []
    if len(parts) == 2:
        prefix = parts[0]
        if not prefix:
            found.append("prefix part must be non-empty")
        else:
            if len(prefix.encode()) > _LONGEST_SUBDOMAIN:
                found.append(f"prefix part must be no more than {_LONGEST_SUBDOMAIN} bytes")
            if not _IS_SUBDOMAIN.fullmatch(prefix):
                found.append(f"prefix part {_SUBDOMAIN_WORDS}")
    name = parts[-1]
    if not name:
        found.append("name part must be non-empty")
    elif len(name.encode()) > _LONGEST_NAME:
        found.append(f"name part must be no more than {_LONGEST_NAME} bytes")
    if not _IS_NAME.fullmatch(name):
        found.append(f"name part {_NAME_WORDS} {_NAME_EXAMPLES}")
    return found


def value_mistakes(text: str) -> list[str]:
    """What is wrong with the value of a label, in Kubernetes' words; empty where nothing is."""
    found = []
    if len(text.encode()) > _LONGEST_NAME:
        found.append(f"must be no more than {_LONGEST_NAME} bytes")
    if not _IS_VALUE.fullmatch(text):
        found.append(_VALUE_WORDS)
    return found
