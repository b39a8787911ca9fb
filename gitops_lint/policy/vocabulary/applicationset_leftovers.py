"""What is left in the texts of generated Applications although nobody meant it: tokens, `<no value>`, printed maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.languages.fasttemplate import Token, read
from gitops_lint.model.applicationset import Rendered, looks_meant
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationsets import set_spec, uses_go
from gitops_lint.policy.vocabulary.generated_things import (
    element_of,
    known_applications,
    listed,
    name_of,
    others,
    template_strings,
)
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import get

if TYPE_CHECKING:
    from gitops_lint.simulate.applicationset.generate import GeneratedApplication
    from gitops_lint.simulate.applicationset.params import ParamSet

LEFTOVER = record(
    "Leftover",
    {
        "kind": Field(
            TextType(values=("token", "no-value", "map")),
            optional=False,
            doc="token: a `{{name}}` that the set has no text for; no-value: `<no value>`; map: a printed map",
        ),
        "text": Field(TEXT, optional=False, doc="what is left in the text"),
        "name": Field(TEXT, optional=False, doc="the parameter; or empty"),
        "application": Field(TEXT, optional=False, doc="the first Application that has it"),
        "others": Field(TEXT, optional=False, doc="` and 3 others`, where others have it, too; or empty"),
        "element": Field(ANYTHING, optional=True, doc="what was written for that Application"),
    },
    doc="text of a generated Application that was not meant; it points at the template",
)

_Found = tuple[str, Spot, str, str, "GeneratedApplication"]


@attribute(
    "ApplicationSet",
    "leftovers",
    returns=ListType(LEFTOVER),
    needs={"applicationsets"},
    source="argo-cd applicationset/utils/utils.go Replace; Go text/template exec.go printValue",
)
def leftovers(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Tokens without a value, `<no value>` and printed maps in what is generated, each told once; not what the text alone tells."""
    go = uses_go(subject)
    applications = known_applications(repo, resource_of(subject))
    if go is None or not applications:
        return ()
    template = get(set_spec(subject), "template")
    found = _printed(template, applications) if go else _kept_tokens(template, applications)
    told = list(_told(subject))
    grouped: dict[tuple[str, int, int], list[_Found]] = {}
    for one in found:
        _, start, end = _bounds(one[1])
        grouped.setdefault((one[0], start, end), []).append(one)
    return [_leftover(some, repo) for some in grouped.values() if not any(_touch(some[0][1], spot) for spot in told)]


def _leftover(some: Sequence[_Found], repo: Repo) -> Fact:
    kind, at, text, name, first = some[0]
    fields: dict[str, Value] = {
        "kind": kind,
        "text": text,
        "name": name,
        "application": name_of(first),
        "others": others(len(some) - 1),
    }
    element = element_of(repo, first.params)
    if element is not None:
        fields["element"] = element
    return Fact("Leftover", at, fields)


def _kept_tokens(template: object, applications: Sequence[GeneratedApplication]) -> Iterator[_Found]:
    asked = [
        (one, [token for token in read(one.scalar.text).tokens if token.name]) for one in template_strings(template)
    ]
    asked = [(one, tokens) for one, tokens in asked if tokens]
    for application in applications:
        values = application.params.values
        for one, tokens in asked:
            for token in tokens:
                if not isinstance(values.get(token.name), str) and _is_meant(one, token, application.params):
                    at = Part(one.scalar, token.start, token.end)
                    yield "token", at, one.scalar.text[token.start : token.end], token.name, application


def _is_meant(one: Rendered, token: Token, params: ParamSet) -> bool:
    """Whether a token in text of others (Helm values, annotations) is meant as a parameter."""
    return not one.free or looks_meant(token.name, [name for name in params.values if isinstance(name, str)])


_NO_VALUE = "<no value>"
_MAP = pattern(r"map\[[^\]\s:]+:")


def _printed(template: object, applications: Sequence[GeneratedApplication]) -> Iterator[_Found]:
    written = {(one.scalar.start, one.scalar.end): one.scalar for one in template_strings(template)}
    for application in applications:
        for made in _made_scalars(application.root):
            scalar = written.get((made.start, made.end))
            if scalar is None or made.text == scalar.text:
                continue
            if _NO_VALUE in made.text and _NO_VALUE not in scalar.text:
                yield "no-value", scalar, _NO_VALUE, "", application
            elif (printed := _MAP.search(made.text)) is not None and "map[" not in scalar.text:
                yield "map", scalar, made.text[printed.start() : printed.start() + 40], "", application


def _made_scalars(root: Node) -> Iterator[Scalar]:
    """The scalars below a generated node that were made for its Application."""
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if node.origin is None:
            continue
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, (Mapping, SequenceNode)):
            waiting.extend(reversed(node.items))


def _told(subject: Subject) -> Iterator[Spot]:
    """Where rules tell of tokens that nobody gives."""
    for fact in listed(subject.ask("tokenMistakes")):
        if isinstance(fact, Fact) and fact.at is not None:
            yield fact.at


def _touch(one: Spot, other: Spot) -> bool:
    mine, theirs = _bounds(one), _bounds(other)
    return mine[0] is theirs[0] and mine[1] < theirs[2] and theirs[1] < mine[2]


def _bounds(spot: Spot) -> tuple[object, int, int]:
    node = spot.scalar if isinstance(spot, Part) else spot
    return node.source, node.start, max(node.end, node.start + 1)
