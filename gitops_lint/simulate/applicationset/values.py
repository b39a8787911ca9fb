"""`values` of a generator: each entry filled in with the parameters of a set and added to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.values import StringMap, Value
from gitops_lint.simulate.applicationset.strings import rendered, rendered_unless_missing


@dataclass(frozen=True, slots=True)
class Mode:
    """How an ApplicationSet fills in strings: go with `goTemplate: true`; options of `goTemplateOptions`."""

    go: bool
    options: tuple[str, ...] = ()

    def rendered(self, text: str, values: Mapping[str, Value]) -> str:
        return rendered(text, values, self.go, self.options)


PLAIN = Mode(False)
GO = Mode(True)


def with_values(params: dict[str, Value], written: Mapping[str, str], mode: Mode) -> dict[str, Value]:
    """
    The parameters with `values` added, in place; the entries do not see each other. Raises as `rendered`.

    Source: argo-cd applicationset/generators/value_interpolation.go.
    """
    if not written:
        return params
    made = {key: mode.rendered(text, params) for key, text in written.items()}
    if mode.go:
        params["values"] = StringMap(made)
    else:
        for key, text in made.items():
            params[f"values.{key}"] = text
    return params


def resolved_first(
    written: Mapping[str, str], first: Mapping[str, Value], mode: Mode, options: Sequence[str]
) -> dict[str, str]:
    """
    `values` of the second child of a matrix, filled in with the set of the first: an entry that asks for a key which that set
    does not have stays as it is written, for the set of the child itself.

    options: those of `missingkey_error`. Raises as `rendered`, but not for missing keys.
    """
    found = {}
    for key, text in written.items():
        made = rendered_unless_missing(text, first, mode.go, options)
        found[key] = text if made is None else made
    return found


def missingkey_error(options: Sequence[str]) -> tuple[str, ...]:
    return (*(one for one in options if not one.startswith("missingkey=")), "missingkey=error")
