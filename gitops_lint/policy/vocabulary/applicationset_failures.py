"""Why the controller generates nothing at all of an ApplicationSet, where no rule tells it from the text alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationsets import set_spec, uses_go
from gitops_lint.policy.vocabulary.generated_things import listed, spot_at, template_strings
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.applicationset.generated import generated_set, reading_error
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, get, items

FAILURE = record(
    "GenerationFailure",
    {
        "message": Field(TEXT, optional=False, doc="the controller's own words"),
        "help": Field(TEXT, optional=False, doc="what to do; or empty"),
        "element": Field(ANYTHING, optional=True, doc="what was written for the set at which it fails"),
    },
    doc="why the controller generates nothing at all of an ApplicationSet; it points at the cause",
)


@attribute(
    "ApplicationSet",
    "generationFailures",
    returns=ListType(FAILURE),
    needs={"applicationsets"},
    source="argo-cd applicationset/controllers/applicationset_controller.go Reconcile",
)
def generation_failures(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The error that ends the generation, unless another rule tells the same, seen from the text alone."""
    made = generated_set(repo, resource_of(subject))
    error = made.error
    if error is None and not made.applications and made.unknown and uses_go(subject):
        # nothing was rendered, but what cannot be read fails whatever the parameters are
        template = get(set_spec(subject), "template")
        error = next(
            (found for one in template_strings(template) if (found := reading_error(one.scalar)) is not None), None
        )
    if error is None or _is_told(subject):
        return ()
    here = [place for place in error.places if place.file == subject.file]
    elsewhere = [place for place in error.places if place.file != subject.file]
    at = spot_at(repo, here[0]) if here else subject.root
    if at is None:
        return ()
    fields: dict[str, Value] = {"message": _without_template(error.message), "help": error.help}
    others = [spot for place in (*elsewhere, *here[1:]) if (spot := spot_at(repo, place)) is not None]
    if others:
        fields["element"] = Fact("Element", others[0], {})
    return (Fact("GenerationFailure", at, fields),)


_WITH_VALUES = frozenset(("In", "NotIn"))
_OPERATORS = frozenset((*_WITH_VALUES, "Exists", "DoesNotExist"))
# the place is shown, and with it the text of the template, which may be long
_OF_TEMPLATE = pattern(r"failed to (?:parse|execute go) template .*: template: base:\d+(?::\d+)?: ", re.DOTALL)
_EXECUTING = pattern(r"executing \"base\" at <.*?>: ", re.DOTALL)


def _without_template(message: str) -> str:
    found = _OF_TEMPLATE.search(message)
    if found is None:
        return message
    rest = message[found.end() :]
    at = _EXECUTING.match(rest)
    return message[: found.start()] + (rest if at is None else rest[at.end() :])


# Facts by which rules tell of what ends the generation in words of their own, seen from the text alone.
_TOLD: dict[str, Callable[[Fact], bool]] = {
    "tokenMistakes": lambda one: one.fields["problem"] in ("unclosed", "plain-name") or one.fields["go"] is True,
    "listMistakes": lambda one: True,
    "childConflicts": lambda one: one.fields["go"] is False,
    "gitPairs": lambda one: one.fields["go"] is False,
    "mergeKeys": lambda one: one.fields["nested"] is True or "child" in one.fields,
    "valuesClashes": lambda one: True,
    "valuesReferences": lambda one: True,
    "selectorExpressions": lambda one: (
        one.fields["operator"] not in _OPERATORS
        or (one.fields["operator"] in _WITH_VALUES) is (one.fields["values"] == 0)
    ),
    "generatorEntries": lambda one: one.fields["depth"] != 0 and len(listed(one.fields["kinds"])) != 1,
    "generators": lambda one: _lacks(one),
}


def _lacks(generator: Fact) -> bool:
    """Whether a generator lacks what it cannot do without: children, merge keys, paths."""
    kind, children, spec = (generator.fields.get(name) for name in ("kind", "children", "spec"))
    if kind == "matrix":
        return isinstance(children, int) and children != 2
    if kind == "merge":
        return isinstance(children, int) and (children < 2 or not items(_get_of(spec, "mergeKeys")))
    return kind == "git" and not items(_get_of(spec, "directories")) and not items(_get_of(spec, "files"))


def _get_of(node: Value, key: str) -> Node | Missing | UnknownValue:
    return get(node, key) if isinstance(node, (Scalar, Mapping, SequenceNode)) else MISSING


def _is_told(subject: Subject) -> bool:
    """Whether the text alone tells what ends the generation: a rule of its own says it."""
    return any(
        isinstance(fact, Fact) and ends(fact) for name, ends in _TOLD.items() for fact in listed(subject.ask(name))
    )
